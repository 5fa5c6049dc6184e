//! Policy documents as JSON text, with their elements in the order in which AWS's own documents have them.
//!
//! Writing is for those who read: what is written means what was read, in the words that were read, but not on the same
//! lines. A list of one value is written as the value.

use super::{Condition, Effect, Element, Policy, PrincipalName, Statement, Version};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// JSON whose pairs keep their order.
enum Node {
    Text(String),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Policy {
    /// The document as JSON on several lines, without a newline at the end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let version = match self.version {
            Version::V2008 => "2008-10-17",
            Version::V2012 => "2012-10-17",
        };
        let mut pairs = vec![("Version".to_owned(), Node::Text(version.to_owned()))];
        pairs.extend(self.id.iter().map(|id| ("Id".to_owned(), Node::Text(id.clone()))));
        pairs.push(("Statement".to_owned(), Node::List(self.statements.iter().map(statement).collect())));
        let mut text = String::new();
        Node::Map(pairs).pretty(0, &mut text);
        text
    }
}

impl Statement {
    /// The statement as JSON on one line.
    #[must_use]
    pub fn to_json_line(&self) -> String {
        statement(self).line()
    }

    /// The statement that allows `actions` on `resources` under the conditions of this one, and under the name `sid`.
    #[must_use]
    pub fn on_less(&self, sid: Option<&str>, actions: &[String], resources: &[String]) -> Self {
        let element = |values: &[String]| Element { not: false, values: values.to_vec() };
        Self {
            sid: sid.map(str::to_owned),
            effect: Effect::Allow,
            action: element(actions),
            resource: Some(element(resources)),
            ..self.clone()
        }
    }
}

impl Node {
    fn line(&self) -> String {
        match self {
            Self::Text(value) => quoted(value),
            Self::List(items) => format!("[{}]", items.iter().map(Self::line).collect::<Vec<_>>().join(", ")),
            Self::Map(pairs) if pairs.is_empty() => "{}".to_owned(),
            Self::Map(pairs) => {
                let pair = |(key, value): &(String, Self)| format!("{}: {}", quoted(key), value.line());
                format!("{{ {} }}", pairs.iter().map(pair).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn pretty(&self, indent: usize, text: &mut String) {
        let pad = "  ".repeat(indent + 1);
        let end = "  ".repeat(indent);
        match self {
            Self::Text(value) => text.push_str(&quoted(value)),
            Self::List(items) if items.is_empty() => text.push_str("[]"),
            Self::Map(pairs) if pairs.is_empty() => text.push_str("{}"),
            Self::List(items) => {
                for (at, item) in items.iter().enumerate() {
                    text.push_str(if at == 0 { "[\n" } else { ",\n" });
                    text.push_str(&pad);
                    item.pretty(indent + 1, text);
                }
                text.push_str(&format!("\n{end}]"));
            }
            Self::Map(pairs) => {
                for (at, (key, value)) in pairs.iter().enumerate() {
                    text.push_str(if at == 0 { "{\n" } else { ",\n" });
                    text.push_str(&format!("{pad}{}: ", quoted(key)));
                    value.pretty(indent + 1, text);
                }
                text.push_str(&format!("\n{end}}}"));
            }
        }
    }
}

fn statement(of: &Statement) -> Node {
    let mut pairs: Vec<(String, Node)> = Vec::new();
    let mut pair = |key: &str, value: Node| pairs.push((key.to_owned(), value));
    if let Some(sid) = &of.sid {
        pair("Sid", Node::Text(sid.clone()));
    }
    pair("Effect", Node::Text(of.effect.word().to_owned()));
    if let Some(element) = &of.principal {
        pair(&named(element, "Principal"), principals(&element.values));
    }
    pair(&named(&of.action, "Action"), one_or_more(&of.action.values));
    if let Some(element) = &of.resource {
        pair(&named(element, "Resource"), one_or_more(&element.values));
    }
    if !of.conditions.is_empty() {
        pair("Condition", conditions(&of.conditions));
    }
    Node::Map(pairs)
}

fn named<T>(element: &Element<T>, name: &str) -> String {
    if element.not { format!("Not{name}") } else { name.to_owned() }
}

fn principals(values: &[PrincipalName]) -> Node {
    if values.iter().all(|value| *value == PrincipalName::Everyone) && !values.is_empty() {
        return Node::Text("*".to_owned());
    }
    let mut blocks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for value in values {
        let (under, name) = match value {
            PrincipalName::Everyone => ("AWS", "*"),
            PrincipalName::Aws(name) => ("AWS", name.as_str()),
            PrincipalName::Service(name) => ("Service", name.as_str()),
            PrincipalName::Federated(name) => ("Federated", name.as_str()),
            PrincipalName::CanonicalUser(name) => ("CanonicalUser", name.as_str()),
        };
        blocks.entry(under).or_default().push(name.to_owned());
    }
    Node::Map(blocks.iter().map(|(under, names)| ((*under).to_owned(), one_or_more(names))).collect())
}

fn conditions(conditions: &[Condition]) -> Node {
    let mut blocks: BTreeMap<String, Vec<(String, Node)>> = BTreeMap::new();
    for condition in conditions {
        let operator = match &condition.operator {
            Ok(operator) => operator.to_string(),
            Err(written) => written.clone(),
        };
        blocks.entry(operator).or_default().push((condition.key.clone(), one_or_more(&condition.values)));
    }
    Node::Map(blocks.into_iter().map(|(operator, entries)| (operator, Node::Map(entries))).collect())
}

fn one_or_more(values: &[String]) -> Node {
    match values {
        [one] => Node::Text(one.clone()),
        several => Node::List(several.iter().cloned().map(Node::Text).collect()),
    }
}

fn quoted(value: &str) -> String {
    Json::from(value).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written reads back as the same statements.
    #[test]
    fn what_is_written_means_what_was_read() {
        let text = r#"{"Version":"2012-10-17","Id":"i","Statement":[
            {"Sid":"a","Effect":"Allow","Action":["sqs:*"],"Resource":["arn:aws:sqs:*:*:a","b\"\n"],
             "Condition":{"StringEqualsIfExists":{"aws:PrincipalTag/x":["1","2"],"aws:y":"3"},"Bool":{"aws:z":true}}},
            {"Effect":"Deny","NotAction":"iam:*","NotResource":["*"]},
            {"Effect":"Allow","Principal":{"AWS":["*","111122223333"],"Service":"sns.amazonaws.com"},"Action":[]},
            {"Effect":"Allow","NotPrincipal":"*","Action":"s3:*","Resource":"*"}]}"#;
        let mut read = Policy::parse(text).expect("a policy");
        let mut again = Policy::parse(&read.to_json()).expect("what is written is a policy");
        let mut each: Vec<Policy> = read
            .statements
            .iter()
            .map(|of| format!(r#"{{"Version":"2012-10-17","Statement":{}}}"#, of.to_json_line()))
            .map(|text| Policy::parse(&text).expect("and so is each statement"))
            .collect();
        let plain = |policy: &mut Policy| {
            policy.oddities.clear();
            for (at, statement) in policy.statements.iter_mut().enumerate() {
                (statement.index, statement.line) = (at, 0);
                statement.conditions.iter_mut().for_each(|condition| condition.line = 0);
                statement.conditions.sort_by_key(|condition| (condition.key.clone(), condition.values.clone()));
            }
        };
        plain(&mut read);
        plain(&mut again);
        each.iter_mut().for_each(plain);
        assert_eq!(read, again);
        let each: Vec<Statement> = each.into_iter().flat_map(|policy| policy.statements).collect();
        for (of, mut one) in read.statements.iter().zip(each) {
            one.index = of.index;
            assert_eq!(*of, one);
        }
    }

    #[test]
    fn a_document_stands_as_aws_shows_it() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["a:B","a:C"],"Resource":"*"}}"#;
        let policy = Policy::parse(text).expect("a policy");
        let written = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \
                       \"Action\": [\n        \"a:B\",\n        \"a:C\"\n      ],\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        assert_eq!(policy.to_json(), written);
        let less = policy.statements[0].on_less(Some("s"), &["a:B".to_owned()], &["x".to_owned()]);
        assert_eq!(less.to_json_line(), r#"{ "Sid": "s", "Effect": "Allow", "Action": "a:B", "Resource": "x" }"#);
    }
}
