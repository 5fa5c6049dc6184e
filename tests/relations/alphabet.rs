//! A small alphabet of policies, and every request over it.

use plimsoll::iam::{Context, ContextValue, Principal, Request};
use serde_json::{Map, Value, json};

use super::dice::Dice;

/// What documents ask for. Among the names are some that the catalogue does not have, and a service that it does not.
const ACTIONS: [&str; 16] = [
    "*",
    "sqs:*",
    "sqs:Send*",
    "SQS:sendmessage",
    "sqs:*Message",
    "sqs:?e*",
    "s?s:*",
    "sns:Publish",
    "sns:P*",
    "s*:Get*",
    "lab:*",
    "lab:Al?ha",
    "sqs:SendNothing",
    "*:*",
    "**",
    "lab:B*a*",
];
const ASKED: [&str; 8] = [
    "sqs:SendMessage",
    "sqs:ReceiveMessage",
    "sqs:GetQueueUrl",
    "sqs:sendnothing",
    "sns:Publish",
    "sns:getwhatever",
    "lab:alpha",
    "lab:beta",
];

const RESOURCES: [&str; 20] = [
    "*",
    "arn:aws:sqs:us-east-1:111122223333:a",
    "arn:aws:sqs:us-east-1:111122223333:ab",
    "arn:aws:sqs:us-east-1:111122223333:b",
    "arn:aws:sqs:*:*:a*",
    "arn:aws:sqs:us-east-1:*:?",
    "arn:aws:sqs:us-east-1:111122223333:*b",
    "arn:aws:sqs:us-east-1:111122223333:*",
    "arn:aws:s?s:*:111122223333:*a*",
    "arn:aws:sqs:*",
    "arn:aws:sns",
    "arn:aws:sqs:us-east-1:111122223333:${aws:username}",
    "arn:aws:sqs:us-east-1:111122223333:${aws:username}*",
    "arn:aws:sqs:us-east-1:111122223333:a${aws:username}",
    "arn:aws:sqs:*:*:${aws:username, 'a'}",
    "arn:aws:sqs:*:*:${lab:word, 'b'}",
    "arn:aws:sqs:*:*:${lab:word}",
    "arn:aws:sqs:us-east-1:111122223333:${*}",
    "arn:*:*:*:*:*b",
    "**",
];
const ASKED_OF: [&str; 8] = [
    "*",
    "arn:aws:sqs:us-east-1:111122223333:a",
    "arn:aws:sqs:us-east-1:111122223333:ab",
    "arn:aws:sqs:us-east-1:111122223333:b",
    "arn:aws:sqs:eu-west-1:444455556666:a",
    "arn:aws:sqs:us-east-1:111122223333:b:a",
    "arn:aws:sns:us-east-1:111122223333:ab",
    "arn:aws:sqs:us-east-1:111122223333:*",
];

/// A condition key: what documents ask of it, and what requests have.
struct Key {
    names: &'static [&'static str],
    operators: &'static [&'static str],
    values: &'static [&'static str],
    /// The values of requests; a comma separates several.
    states: &'static [Option<&'static str>],
    /// Whether it may have several values.
    sets: bool,
}

const TEXT: [&str; 6] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
];
const NUMBER: [&str; 6] = [
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
];
const DATE: [&str; 6] =
    ["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"];
const ARN: [&str; 4] = ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"];
const MIXED: [&str; 7] =
    ["StringEquals", "NumericLessThan", "StringNotLike", "Bool", "NumericNotEquals", "DateLessThan", "BinaryEquals"];

const KEYS: [Key; 11] = [
    Key {
        names: &["aws:username", "AWS:UserName"],
        operators: &TEXT,
        values: &["a", "b", "a*", "*", "?", "${lab:word}", "${aws:username}", "A", ""],
        states: &[None, Some("a"), Some("b"), Some("A"), Some("ab"), Some("*")],
        sets: false,
    },
    Key {
        names: &["lab:word", "lab:Word"],
        operators: &TEXT,
        values: &[
            "a",
            "b",
            "ab",
            "a*",
            "*b",
            "*",
            "?",
            "${aws:username}",
            "${aws:username, 'B'}",
            "x${aws:username}",
            "",
        ],
        states: &[None, Some(""), Some("a"), Some("b"), Some("ab"), Some("B"), Some("xa")],
        sets: false,
    },
    Key {
        names: &["lab:words"],
        operators: &TEXT,
        values: &["a", "b", "ab", "a*", "*", "?*", "${aws:username}", ""],
        states: &[None, Some(""), Some("a"), Some("b"), Some("A"), Some("a,b"), Some("a,ab"), Some("b,c"), Some(",a")],
        sets: true,
    },
    Key {
        names: &["aws:TagKeys"],
        operators: &["StringEquals", "StringLike", "StringNotEquals", "StringEqualsIgnoreCase"],
        values: &["a", "b", "a*"],
        states: &[
            None,
            Some(""),
            Some("a"),
            Some("b"),
            Some("c"),
            Some("a,b"),
            Some("a,c"),
            Some("b,c"),
            Some("a,b,c"),
        ],
        sets: true,
    },
    Key {
        names: &["aws:MultiFactorAuthAge"],
        operators: &NUMBER,
        values: &["5", "5.0", "7", "-1", "1e1", "5.00000000000000001"],
        states: &[
            None,
            Some("4.5"),
            Some("5"),
            Some("5.000000000000000001"),
            Some("6"),
            Some("7"),
            Some("10"),
            Some("-2"),
        ],
        sets: false,
    },
    Key {
        names: &["aws:CurrentTime"],
        operators: &DATE,
        values: &["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-02-01", "1767225600"],
        states: &[
            None,
            Some("2025-12-31T23:59:59.5Z"),
            Some("2026-01-01"),
            Some("2026-01-01T00:00:00.0000000001Z"),
            Some("2026-03-01T00:00Z"),
        ],
        sets: false,
    },
    Key {
        names: &["aws:SourceIp", "lab:Address"],
        operators: &["IpAddress", "NotIpAddress"],
        values: &[
            "10.0.0.0/8",
            "10.1.0.0/16",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::/32",
            "10.1.2.3",
            "10.0.0.0/9",
            "10.128.0.0/9",
        ],
        states: &[None, Some("10.1.2.3"), Some("10.200.0.1"), Some("192.0.2.1"), Some("2001:db8::1"), Some("fe80::1")],
        sets: false,
    },
    Key {
        names: &["aws:SecureTransport"],
        operators: &["Bool"],
        values: &["true", "false", "TRUE"],
        states: &[None, Some("true"), Some("false")],
        sets: false,
    },
    Key {
        names: &["lab:arn"],
        operators: &ARN,
        values: &[
            "arn:aws:sns:*:111122223333:*",
            "arn:aws:sns:us-east-1:111122223333:n",
            "arn:aws:s?s:*:*:n",
            "arn:*:*:*:*:*",
            "arn:aws:sns:*",
            "arn:aws:sns:us-east-1:111122223333:${aws:username}",
            "arn:aws:sns:us-east-1:${aws:username}:n",
            "*:*:*:*:*:n",
            "n",
        ],
        states: &[
            None,
            Some("arn:aws:sns:us-east-1:111122223333:n"),
            Some("arn:aws:sns:eu-west-1:444455556666:n"),
            Some("arn:aws:sqs:us-east-1:111122223333:a"),
            Some("n"),
            Some("x:y:z:u:v:n"),
        ],
        sets: false,
    },
    // The same key as text and as an ARN.
    Key {
        names: &["lab:source"],
        operators: &["ArnLike", "StringLike", "StringEquals", "ArnNotLike", "StringNotLike", "StringEqualsIgnoreCase"],
        values: &[
            "arn:aws:sns:*:111122223333:n",
            "arn:aws:sns:us-east-1:111122223333:n",
            "arn:aws:sns:*",
            "*",
            "*:*:*:*:*:n",
            "arn:aws:sns:${lab:word}:111122223333:n",
            "arn:aws:sns:${lab:word, 'a:b'}:111122223333:n",
            "kn",
            "x:*:*:*:*:n",
        ],
        states: &[
            None,
            Some("arn:aws:sns:us-east-1:111122223333:n"),
            Some("arn:aws:sns:a:b:111122223333:n"),
            Some("x:aws:sns:b:111122223333:n"),
            Some("kn"),
            Some("\u{212a}n"),
        ],
        sets: false,
    },
    // What is compared in several ways.
    Key {
        names: &["lab:mixed"],
        operators: &MIXED,
        values: &["5", "7", "true", "2026-01-01", "Zg==", "a"],
        states: &[None, Some("4"), Some("5"), Some("a"), Some("true"), Some("2025-01-01"), Some("Zg=="), Some("")],
        sets: true,
    },
];

const PRINCIPALS: [&str; 13] = [
    "\"*\"",
    r#"{"AWS":"*"}"#,
    r#"{"AWS":"111122223333"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:user/ann"}"#,
    r#"{"AWS":"arn:aws:iam::111122223333:role/p/r"}"#,
    r#"{"AWS":["arn:aws:iam::111122223333:user/ann","arn:aws:iam::111122223333:root"]}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/r/s"}"#,
    r#"{"AWS":"arn:aws:sts::111122223333:federated-user/ann"}"#,
    r#"{"AWS":"444455556666"}"#,
    r#"{"Service":"sns.amazonaws.com"}"#,
    r#"{"AWS":"AIDAEXAMPLEEXAMPLE"}"#,
    r#"{"Federated":"accounts.google.com","Service":["sns.amazonaws.com","lambda.amazonaws.com"]}"#,
];

/// Principals of requests with their `aws:PrincipalArn` and `aws:PrincipalAccount`.
const CALLERS: [(&str, &str, &str); 11] = [
    ("anonymous", "", "anonymous"),
    ("arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:user/ann", "111122223333"),
    ("arn:aws:iam::111122223333:user/bob", "arn:aws:iam::111122223333:user/bob", "111122223333"),
    ("arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root", "111122223333"),
    ("arn:aws:iam::111122223333:role/p/r", "arn:aws:iam::111122223333:role/p/r", "111122223333"),
    ("arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:role/p/r", "111122223333"),
    ("arn:aws:sts::111122223333:federated-user/ann", "arn:aws:sts::111122223333:federated-user/ann", "111122223333"),
    ("arn:aws:iam::444455556666:user/ann", "arn:aws:iam::444455556666:user/ann", "444455556666"),
    ("arn:aws:iam::777788889999:role/other", "arn:aws:iam::777788889999:role/other", "777788889999"),
    ("sns.amazonaws.com", "", ""),
    ("events.amazonaws.com", "", ""),
];

/// What the documents of one pair are made of.
pub(crate) struct Alphabet {
    keys: Vec<&'static Key>,
    actions: Vec<&'static str>,
    resources: Vec<&'static str>,
    /// Whether statements name principals.
    pub(crate) of_resource: bool,
}

impl Alphabet {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let mut keys: Vec<&'static Key> = Vec::new();
        let (few_actions, few_resources) = (dice.below(4) + 1, dice.below(5) + 1);
        for _ in 0..dice.below(3) {
            let key = dice.pick(&KEYS);
            if !keys.iter().any(|known| std::ptr::eq(*known, key)) {
                keys.push(key);
            }
        }
        let of_resource = dice.percent(50);
        Self {
            keys,
            actions: dice.some(&ACTIONS, few_actions),
            resources: dice.some(&RESOURCES, few_resources),
            of_resource,
        }
    }

    fn condition(&self, dice: &mut Dice) -> Option<(String, String, Value)> {
        if self.of_resource && dice.percent(15) {
            let operator = dice.pick(&["ArnLike", "ArnNotEquals", "StringLike", "StringNotEqualsIfExists"]);
            let values = [
                "arn:aws:iam::111122223333:user/*",
                "arn:aws:iam::*:role/*",
                "arn:aws:iam::111122223333:role/p/r",
                "arn:aws:sts::111122223333:federated-user/ann",
            ];
            return Some(((*operator).to_owned(), "aws:PrincipalArn".to_owned(), json!(dice.some(&values, 2))));
        }
        let key = if self.keys.is_empty() { return None } else { *dice.pick(&self.keys) };
        let name = (*dice.pick(key.names)).to_owned();
        if dice.percent(15) {
            return Some(("Null".to_owned(), name, json!(dice.some(&["true", "false"], 2))));
        }
        let mut operator = (*dice.pick(key.operators)).to_owned();
        if key.sets && dice.percent(60) {
            operator = format!("{}:{operator}", dice.pick(&["ForAllValues", "ForAnyValue"]));
        }
        if dice.percent(20) {
            operator.push_str("IfExists");
        }
        Some((operator, name, json!(dice.some(key.values, 2))))
    }

    pub(crate) fn statement(&self, dice: &mut Dice) -> Value {
        let mut statement = Map::new();
        statement.insert("Effect".to_owned(), json!(if dice.percent(70) { "Allow" } else { "Deny" }));
        let mut element = |name: &str, values: Value, not: usize, dice: &mut Dice| {
            let name = if dice.percent(not) { format!("Not{name}") } else { name.to_owned() };
            statement.insert(name, values);
        };
        element("Action", json!(dice.some(&self.actions, 2)), 15, dice);
        element("Resource", json!(dice.some(&self.resources, 2)), 15, dice);
        if self.of_resource && dice.percent(93) {
            let text: &str = dice.pick::<&str>(&PRINCIPALS);
            let named = serde_json::from_str(text).expect("a principal");
            element("Principal", named, 15, dice);
        }
        let mut conditions: Map<String, Value> = Map::new();
        for _ in 0..dice.below(3) {
            if let Some((operator, key, values)) = self.condition(dice) {
                let of_operator = conditions.entry(operator).or_insert_with(|| json!({}));
                let known = of_operator.as_object_mut().expect("an object");
                if !known.keys().any(|known| known.eq_ignore_ascii_case(&key)) {
                    known.insert(key, values);
                }
            }
        }
        if !conditions.is_empty() {
            statement.insert("Condition".to_owned(), Value::Object(conditions));
        }
        Value::Object(statement)
    }

    pub(crate) fn document(&self, dice: &mut Dice, most: usize) -> Value {
        let statements: Vec<Value> = (0..=dice.below(most)).map(|_| self.statement(dice)).collect();
        let version = if dice.percent(90) { "2012-10-17" } else { "2008-10-17" };
        json!({ "Version": version, "Statement": statements })
    }

    /// A document that says nearly the same.
    pub(crate) fn like(&self, document: &Value, dice: &mut Dice) -> Value {
        let mut changed = document.clone();
        let statements = changed["Statement"].as_array_mut().expect("statements");
        for _ in 0..=dice.below(2) {
            let at = dice.below(statements.len());
            match dice.below(6) {
                0 => statements.push(self.statement(dice)),
                1 if statements.len() > 1 => drop(statements.remove(at)),
                2 => drop(statements[at].as_object_mut().and_then(|of| of.remove("Condition"))),
                3 => {
                    let other = self.statement(dice);
                    if let Some(condition) = other.get("Condition") {
                        statements[at]["Condition"] = condition.clone();
                    }
                }
                4 => {
                    let other = self.statement(dice);
                    for name in ["Action", "Resource"] {
                        if other.get(name).is_some() && statements[at].get(name).is_some() {
                            statements[at][name] = other[name].clone();
                        }
                    }
                }
                _ => {
                    for name in ["Action", "Resource"] {
                        if let Some(values) = statements[at].get_mut(name).and_then(Value::as_array_mut) {
                            let pool: &[&str] = if name == "Action" { &self.actions } else { &self.resources };
                            values.push(json!(dice.pick(pool)));
                        }
                    }
                }
            }
        }
        changed
    }

    /// The requests over the alphabet: all of them, or at most about so many, spread evenly over the contexts.
    pub(crate) fn requests(&self, most: usize, mut judge: impl FnMut(&Request)) {
        let mut names: Vec<(&str, &Key)> = Vec::new();
        for key in &self.keys {
            let mut of_key: Vec<&str> = key.names.to_vec();
            of_key.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
            names.extend(of_key.into_iter().map(|name| (name, *key)));
        }
        // Variables are used without being asked about.
        for (variable, key) in [("aws:username", &KEYS[0]), ("lab:word", &KEYS[1])] {
            if !names.iter().any(|(name, _)| *name == variable) {
                names.push((variable, key));
            }
        }
        let mut contexts: Vec<Context> = vec![Context::new()];
        for (at, (name, key)) in names.iter().enumerate() {
            let asked = at < self.keys.len();
            let states = if asked { key.states } else { &key.states[..key.states.len().min(4)] };
            let with = |context: &Context| {
                let state = |state: &Option<&str>| {
                    let mut context = context.clone();
                    if let Some(text) = state {
                        let values: Vec<String> = text.split(',').map(str::to_owned).collect();
                        let value = match values.as_slice() {
                            [one] => ContextValue::One(one.clone()),
                            _ => ContextValue::Many(values),
                        };
                        context.set(*name, value);
                    }
                    context
                };
                states.iter().map(state).collect::<Vec<_>>()
            };
            contexts = contexts.iter().flat_map(with).collect();
        }
        let callers = if self.of_resource { &CALLERS[..] } else { &CALLERS[1..2] };
        let mut request = Request {
            principal: Principal::Anonymous,
            action: String::new(),
            resource: String::new(),
            resource_account: None,
            context: Context::new(),
        };
        let of_context = callers.len() * ASKED.len() * ASKED_OF.len();
        let step = (contexts.len() * of_context).div_ceil(most).max(1);
        for context in contexts.iter().step_by(step) {
            for (caller, arn, account) in callers {
                request.principal = match *caller {
                    "anonymous" => Principal::Anonymous,
                    name if name.ends_with(".amazonaws.com") => Principal::Service(name.to_owned()),
                    arn => Principal::Aws(arn.to_owned()),
                };
                if !matches!(request.principal, Principal::Aws(_)) && context.get("aws:username").is_some() {
                    continue;
                }
                request.context = context.clone();
                for (key, value) in [("aws:PrincipalArn", arn), ("aws:PrincipalAccount", account)] {
                    if !value.is_empty() {
                        request.context.set(key, ContextValue::from(*value));
                    }
                }
                for action in ASKED {
                    action.clone_into(&mut request.action);
                    for resource in ASKED_OF {
                        resource.clone_into(&mut request.resource);
                        judge(&request);
                    }
                }
            }
        }
    }
}
