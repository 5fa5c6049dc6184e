//! The words for services, actions and lists of things.

use crate::iam::catalogue::Catalogue;

/// What people call a service of AWS that acts in its own name.
pub(super) fn service(name: &str) -> String {
    let known = match name {
        "apigateway.amazonaws.com" => "API Gateway",
        "events.amazonaws.com" => "EventBridge",
        "lambda.amazonaws.com" => "Lambda",
        "s3.amazonaws.com" => "S3",
        "sns.amazonaws.com" => "SNS",
        "sqs.amazonaws.com" => "SQS",
        other => other,
    };
    known.to_owned()
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(words: &[String]) -> String {
    match words {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What one who may do these actions may do with a thing: `send to`.
pub(super) fn may(actions: &[String]) -> String {
    let one = |action: &String| match action.as_str() {
        "sqs:SendMessage" => "send to".to_owned(),
        "sqs:ReceiveMessage" => "receive from".to_owned(),
        "sns:Publish" => "publish to".to_owned(),
        "lambda:InvokeFunction" => "invoke".to_owned(),
        "lambda:InvokeFunctionUrl" => "call the URL of".to_owned(),
        "sts:AssumeRole" => "assume".to_owned(),
        other => format!("do {other} to"),
    };
    match actions {
        [action] => one(action),
        several => format!("do {} to", list(several)),
    }
}

/// `send-message`
pub(super) fn kebab(action: &str) -> String {
    let verb = action.split(':').next_back().unwrap_or(action);
    let mut kebab = String::new();
    let mut before = '-';
    for c in verb.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
        before = c;
    }
    kebab
}

/// An action as AWS writes it; none if AWS has none of the name.
pub(super) fn action(name: &str) -> Option<String> {
    Some(Catalogue::embedded().action(name)?.full_name())
}
