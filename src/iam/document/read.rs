//! From JSON to a [`Policy`].

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::json::{Json, Node};
use super::{
    Condition, Effect, Element, LONGEST, Malformed, Oddity, Operator, Origin, Policy, PrincipalName, Statement, Version,
};

/// What may stand in a document.
const OF_DOCUMENT: [&str; 3] = ["Version", "Id", "Statement"];
/// What may stand in a statement.
const OF_STATEMENT: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
/// What may stand in `Principal`.
const OF_PRINCIPAL: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

pub(super) fn policy(text: &str) -> Result<Policy, Malformed> {
    let text = plain(text)?;
    let root = Node::read(&text)?;
    let mut oddities = Vec::new();
    let elements = Elements::of(root, "a policy document", &OF_DOCUMENT, &mut oddities)?;
    let line = elements.line;
    let version = match elements.get("Version").map(|node| scalar(node, "Version")).transpose()?.as_deref() {
        None | Some("2008-10-17") => Version::V2008,
        Some("2012-10-17") => Version::V2012,
        Some(other) => {
            return Err(Malformed {
                line,
                message: format!("Version is `{other}`; AWS has `2012-10-17` and `2008-10-17`"),
            });
        }
    };
    let id = elements.get("Id").map(|node| scalar(node, "Id")).transpose()?;
    let statements = match elements.get("Statement") {
        None => return Err(Malformed { line, message: "the document has no `Statement`".to_owned() }),
        Some(Node { value: Json::List(items), .. }) => items.iter().collect(),
        Some(one) => vec![one],
    };
    let read = |(index, node): (usize, &Node)| statement(index, node, &mut oddities);
    let statements: Vec<Statement> = statements.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
    for (at, later) in statements.iter().enumerate() {
        if later.sid.is_some() && statements[..at].iter().any(|earlier| earlier.sid == later.sid) {
            let sid = later.sid.as_deref().unwrap_or_default();
            let message =
                format!("the Sid `{sid}` is used twice: AWS stored this once, and refuses it in new policies");
            oddities.push(Oddity { line: later.line, code: "duplicate-sid", message });
        }
    }
    oddities.sort_by_key(|oddity| oddity.line);
    Ok(Policy { origin: Arc::new(Origin::default()), version, id, statements, oddities })
}

/// The JSON text of a document that may be percent-encoded, or a JSON string that holds the document.
pub(super) fn plain(text: &str) -> Result<Cow<'_, str>, Malformed> {
    let mut text = Cow::Borrowed(text.trim_start_matches('\u{feff}').trim());
    // A document within a string within a string occurs (API Gateway escapes its policy once more).
    for _ in 0..3 {
        if text.len() > LONGEST {
            let message = format!("the document is {} bytes long; no service stores more than {LONGEST}", text.len());
            return Err(Malformed { line: 1, message });
        }
        let inner = if text.starts_with('%') {
            let decoded = percent_decode_str(&text).decode_utf8();
            let wrong = |_| Malformed { line: 1, message: "the percent-encoded document is not UTF-8".to_owned() };
            decoded.map_err(wrong)?.trim().to_owned()
        } else if text.starts_with('"') {
            match Node::read(&text)?.value {
                Json::Text(inner) => inner.trim().to_owned(),
                _ => break,
            }
        } else {
            escaped(&text).unwrap_or_default()
        };
        if inner.is_empty() {
            break;
        }
        text = Cow::Owned(inner);
    }
    Ok(text)
}

/// The document of `{\"Version\":…}`: what is left of a JSON string when its quotation marks were taken off, as the
/// `policy` of an API Gateway REST API is returned.
fn escaped(text: &str) -> Option<String> {
    let rest = text.strip_prefix('{')?.trim_start();
    (rest.starts_with("\\\"") || rest.starts_with("\\n")).then(|| serde_json::from_str(&format!("\"{text}\"")).ok())?
}

/// The elements of an object, each at most once.
struct Elements {
    line: usize,
    pairs: Vec<(String, Node)>,
}

impl Elements {
    fn of(node: Node, what: &str, known: &[&str], oddities: &mut Vec<Oddity>) -> Result<Self, Malformed> {
        let (line, noun) = (node.line, node.noun());
        let Json::Map(pairs) = node.value else {
            return Err(Malformed { line, message: format!("{what} is an object; this is {noun}") });
        };
        for (at, (name, value)) in pairs.iter().enumerate() {
            let line = value.line;
            if pairs[..at].iter().any(|(earlier, _)| earlier == name) {
                let message = format!("`{name}` is written twice; AWS does not say which one it reads: remove one");
                return Err(Malformed { line, message });
            }
            if known.contains(&name.as_str()) {
                continue;
            }
            if let Some(near) = known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
                return Err(Malformed { line, message: format!("`{name}` is written `{near}`, with these capitals") });
            }
            let message = format!("`{name}` is not an element of {what}: it has no effect");
            oddities.push(Oddity { line, code: "unknown-element", message });
        }
        Ok(Self { line, pairs })
    }

    fn get(&self, name: &str) -> Option<&Node> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    /// `X` or `NotX`, not both.
    fn either(&self, name: &str) -> Result<Option<(bool, &Node)>, Malformed> {
        match (self.get(name), self.get(&format!("Not{name}"))) {
            (Some(_), Some(not)) => Err(Malformed {
                line: not.line,
                message: format!("a statement has `{name}` or `Not{name}`; this one has both"),
            }),
            (Some(node), None) => Ok(Some((false, node))),
            (None, Some(node)) => Ok(Some((true, node))),
            (None, None) => Ok(None),
        }
    }
}

fn statement(index: usize, node: &Node, oddities: &mut Vec<Oddity>) -> Result<Statement, Malformed> {
    let elements = Elements::of(node.clone(), "a statement", &OF_STATEMENT, oddities)?;
    let line = elements.line;
    let effect = match elements.get("Effect").map(|node| scalar(node, "Effect")).transpose()?.as_deref() {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        Some(other) => {
            return Err(Malformed { line, message: format!("Effect is `{other}`; wanted `Allow` or `Deny`") });
        }
        None => return Err(Malformed { line, message: "the statement has no `Effect`".to_owned() }),
    };
    let Some((not, actions)) = elements.either("Action")? else {
        return Err(Malformed { line, message: "the statement has neither `Action` nor `NotAction`".to_owned() });
    };
    let action = Element { not, values: scalars(actions, "Action")? };
    let resource = match elements.either("Resource")? {
        None => None,
        Some((not, node)) => Some(Element { not, values: scalars(node, "Resource")? }),
    };
    let principal = match elements.either("Principal")? {
        None => None,
        Some((not, node)) => Some(Element { not, values: principals(node, oddities)? }),
    };
    let conditions = match elements.get("Condition") {
        None => Vec::new(),
        Some(node) => conditions(node)?,
    };
    let sid = elements.get("Sid").map(|node| scalar(node, "Sid")).transpose()?.filter(|sid| !sid.is_empty());
    Ok(Statement { index, line, sid, effect, principal, action, resource, conditions })
}

fn principals(node: &Node, oddities: &mut Vec<Oddity>) -> Result<Vec<PrincipalName>, Malformed> {
    if let Json::Text(text) = &node.value {
        if text == "*" {
            return Ok(vec![PrincipalName::Everyone]);
        }
        // AWS refuses this; the one thing it can mean is what stands under `AWS`.
        if text.starts_with("arn:") || (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())) {
            let message =
                format!("Principal is the bare text `{text}`: AWS refuses it; read as {{ \"AWS\": \"{text}\" }}");
            oddities.push(Oddity { line: node.line, code: "bare-principal", message });
            return Ok(vec![PrincipalName::Aws(text.clone())]);
        }
        let message = format!("Principal is `{text}`; wanted \"*\" or an object such as {{ \"AWS\": \"{text}\" }}");
        return Err(Malformed { line: node.line, message });
    }
    let elements = Elements::of(node.clone(), "Principal", &OF_PRINCIPAL, oddities)?;
    let mut found = Vec::new();
    for (name, node) in &elements.pairs {
        let of_type: fn(String) -> PrincipalName = match name.as_str() {
            "AWS" => PrincipalName::Aws,
            "Service" => PrincipalName::Service,
            "Federated" => PrincipalName::Federated,
            "CanonicalUser" => PrincipalName::CanonicalUser,
            other => {
                let message = format!("`{other}` is not a type of principal; AWS has {}", OF_PRINCIPAL.join(", "));
                return Err(Malformed { line: node.line, message });
            }
        };
        found.extend(scalars(node, name)?.into_iter().map(of_type));
    }
    Ok(found)
}

fn conditions(node: &Node) -> Result<Vec<Condition>, Malformed> {
    let Json::Map(operators) = &node.value else {
        let message = format!("Condition is an object; this is {}", node.noun());
        return Err(Malformed { line: node.line, message });
    };
    let mut found = Vec::new();
    for (name, keys) in distinct(operators, "operator")? {
        let Json::Map(keys_of) = &keys.value else {
            let message = format!("`{name}` takes an object of condition keys; this is {}", keys.noun());
            return Err(Malformed { line: keys.line, message });
        };
        let operator = Operator::parse(name).ok_or_else(|| name.clone());
        for (key, values) in distinct(keys_of, "condition key")? {
            let condition = Condition {
                operator: operator.clone(),
                key: key.clone(),
                values: scalars(values, key)?,
                line: values.line,
            };
            found.push(condition);
        }
    }
    Ok(found)
}

/// The pairs of an object, none twice: AWS compares these names without regard to letter case, and does not say what
/// a second one means.
fn distinct<'n>(pairs: &'n [(String, Node)], what: &str) -> Result<&'n [(String, Node)], Malformed> {
    for (at, (name, node)) in pairs.iter().enumerate() {
        if let Some((earlier, _)) = pairs[..at].iter().find(|(earlier, _)| earlier.eq_ignore_ascii_case(name)) {
            let message = format!(
                "the {what} `{name}` is written twice (as `{earlier}` before); AWS does not say which one it reads: \
                 put all values under one"
            );
            return Err(Malformed { line: node.line, message });
        }
    }
    Ok(pairs)
}

/// A list of scalars, or one of them.
fn scalars(node: &Node, element: &str) -> Result<Vec<String>, Malformed> {
    match &node.value {
        Json::List(items) => items.iter().map(|item| scalar(item, element)).collect(),
        _ => Ok(vec![scalar(node, element)?]),
    }
}

/// A string; numbers and booleans are their JSON text.
fn scalar(node: &Node, element: &str) -> Result<String, Malformed> {
    match &node.value {
        Json::Text(text) | Json::Number(text) => Ok(text.clone()),
        Json::Bool(value) => Ok(value.to_string()),
        Json::Null | Json::List(_) | Json::Map(_) => {
            Err(Malformed { line: node.line, message: format!("`{element}` takes text; this is {}", node.noun()) })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:*","Resource":"*"}}"#;

    #[test]
    fn every_form_that_aws_returns_is_the_same_policy() {
        let plain = Policy::parse(ONE).expect("a policy");
        let in_a_string = serde_json::to_string(ONE).expect("a string");
        let twice = serde_json::to_string(&in_a_string).expect("a string");
        let encoded = percent_encoding::utf8_percent_encode(ONE, percent_encoding::NON_ALPHANUMERIC).to_string();
        let bare = in_a_string.trim_matches('"').to_owned();
        let lists = r#"{"Statement":[{"Resource":["*"],"Action":["sqs:*"],"Effect":"Allow"}],"Version":"2012-10-17"}"#;
        let marked = format!("\u{feff} {ONE}\n");
        for text in [&in_a_string, &twice, &encoded, &bare, lists, &marked] {
            assert_eq!(Policy::parse(text).as_ref(), Ok(&plain), "{text}");
        }
    }

    #[test]
    fn a_statement_keeps_its_place() {
        let text = "{\n\"Statement\": [\n  {\"Effect\":\"Allow\",\"Action\":\"a:B\",\"Resource\":\"*\"},\n\n  \
                    {\"Sid\":\"Two\",\"Effect\":\"Deny\",\"Action\":\"a:B\",\"Resource\":\"*\",\n   \
                    \"Condition\":{\"Bool\":{\n\"aws:SecureTransport\":false}}}]}";
        let policy = Policy::parse(text).expect("a policy").named("P", Some("v2".to_owned()));
        assert_eq!(policy.version, Version::V2008);
        assert_eq!(policy.statements[0].line, 3);
        assert_eq!(policy.statements[1].line, 5);
        assert_eq!(policy.statements[1].conditions[0].line, 7);
        assert_eq!(policy.statements[1].conditions[0].values, ["false"]);
        assert_eq!(policy.place(&policy.statements[0]).to_string(), "statement 1 of P (v2)");
        assert_eq!(policy.place(&policy.statements[1]).to_string(), "statement \"Two\" of P (v2)");
    }

    #[test]
    fn oddities_are_noted_and_doubts_are_errors() {
        let with = |statement: &str| Policy::parse(&format!("{{\"Statement\":[{statement}]}}"));
        let odd = with(
            r#"{"Sid":"A","Effect":"Allow","Action":"a:B","Resource":"*","Note":1},
               {"Sid":"A","Effect":"Allow","Action":"a:B","Resource":"*"}"#,
        );
        let codes: Vec<_> = odd.expect("a policy").oddities.iter().map(|oddity| oddity.code).collect();
        assert_eq!(codes, ["unknown-element", "duplicate-sid"]);
        for (statement, said) in [
            (r#"{"Effect":"Allow","Effect":"Deny","Action":"a:B"}"#, "written twice"),
            (r#"{"effect":"Allow","Action":"a:B"}"#, "written `Effect`"),
            (r#"{"Effect":"allow","Action":"a:B"}"#, "wanted `Allow` or `Deny`"),
            (r#"{"Effect":"Allow","Action":"a:B","NotAction":"a:C"}"#, "has both"),
            (r#"{"Effect":"Allow","Resource":"*"}"#, "neither `Action`"),
            (r#"{"Effect":"Allow","Action":{"a":1}}"#, "takes text; this is an object"),
            (r#"{"Effect":"Allow","Action":"a:B","Principal":"x"}"#, "wanted \"*\""),
            (r#"{"Effect":"Allow","Action":"a:B","Principal":{"User":"x"}}"#, "not a type of principal"),
            (r#"{"Effect":"Allow","Action":"a:B","Condition":{"Bool":{"a":1,"A":2}}}"#, "condition key `A`"),
            (r#"{"Effect":"Allow","Action":"a:B","Condition":{"Bool":{},"bool":{}}}"#, "operator `bool`"),
        ] {
            let error = with(statement).expect_err(statement);
            assert!(error.message.contains(said), "{statement}: {error}");
        }
    }

    #[test]
    fn hostile_texts_end_in_an_error() {
        let deep = "[".repeat(500_000) + &"]".repeat(500_000);
        let long = format!("{{\"Statement\":\"{}\"}}", "x".repeat(LONGEST));
        for text in
            [deep.as_str(), long.as_str(), "", "%", "%ff", "\"", "\"\\ud800\"", "null", "{\\\"", "{\"Statement\":[[]]}"]
        {
            assert!(Policy::parse(text).is_err());
        }
        let nested = format!("{{\"Statement\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        assert!(Policy::parse(&nested).expect_err("deep").message.contains("levels deep"));
    }
}
