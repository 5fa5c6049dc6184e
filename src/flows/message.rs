//! The request that an integration sends to SQS: its header and its mapping template.
//!
//! SQS reads a form: `Action=SendMessage&MessageBody=…`. What a template of other than plain form fields comes to is known
//! only when it runs; such a template is not judged.

use super::uri::is_url_of;
use crate::rules::closest;
use std::collections::BTreeMap;

/// What came of reading a part of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Right(String),
    Wrong(String),
    Unknown(String),
}

const FORM: &str = "application/x-www-form-urlencoded";
const HEADER: &str = "integration.request.header.";
const QUERY: &str = "integration.request.querystring.";
/// The type of what is posted, and of the template that maps it.
const JSON: &str = "application/json";

/// The header `Content-Type` that tells SQS how to read the request.
pub(super) fn header(parameters: &BTreeMap<String, String>, template: Option<&str>) -> Part {
    if template.is_some_and(|template| template.contains("requestOverride")) {
        return Part::Unknown("the template overrides parts of the request when it runs".to_owned());
    }
    let headers = || parameters.iter().filter_map(|(name, value)| Some((name.strip_prefix(HEADER)?, value)));
    if headers().any(|(name, _)| name.eq_ignore_ascii_case("X-Amz-Target")) {
        return Part::Unknown("it uses SQS's JSON protocol, whose requests Plimsoll does not read".to_owned());
    }
    if let Some((name, _)) = headers().find(|(name, _)| name.eq_ignore_ascii_case("Content-Encoding")) {
        return Part::Unknown(format!("it sends the header {name}, which says that the request is packed"));
    }
    if headers().filter(|(name, _)| name.eq_ignore_ascii_case("Content-Type")).count() > 1 {
        return Part::Unknown("the header Content-Type is mapped twice".to_owned());
    }
    let Some((_, value)) = headers().find(|(name, _)| name.eq_ignore_ascii_case("Content-Type")) else {
        let aside = override_aside(parameters);
        return Part::Wrong(format!("no header Content-Type is mapped, so that SQS does not find the action{aside}"));
    };
    match value.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')) {
        Some(inner) if inner.split(';').next().unwrap_or(inner).trim().eq_ignore_ascii_case(FORM) => {
            Part::Right(value.clone())
        }
        Some(inner) => Part::Wrong(format!("Content-Type is '{inner}', not '{FORM}'")),
        None if value.starts_with("method.")
            || value.starts_with("context.")
            || value.starts_with("stageVariables.") =>
        {
            Part::Unknown(format!("Content-Type is mapped from {value}, which is known only when the API is called"))
        }
        None if value.trim().eq_ignore_ascii_case(FORM) => {
            Part::Wrong(format!("Content-Type is {value} without single quotes; a fixed value stands in them"))
        }
        None => Part::Wrong(format!("Content-Type is mapped from {value}, not '{FORM}'")),
    }
}

/// What is said of a path override that stands among the parameters, if one does.
fn override_aside(parameters: &BTreeMap<String, String>) -> &'static str {
    match parameters.keys().any(|key| key.contains("path.override")) {
        true => "; the path override stands among the parameters, where it does nothing",
        false => "",
    }
}

/// The text after the `#set(…)` that it begins with, which write nothing.
fn after_settings(text: &str) -> &str {
    let mut rest = text.trim_start();
    while let Some(inner) = rest.strip_prefix("#set(") {
        let mut open = 1_usize;
        let end = inner.char_indices().find(|(_, letter)| {
            match letter {
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            open == 0
        });
        let Some((end, _)) = end else { return rest };
        rest = inner.get(end + 1..).unwrap_or_default().trim_start();
    }
    rest
}

/// The form that the template for JSON makes. `names_queue` says whether the URI leaves the name of the queue to it, and
/// `has_action` whether the URI holds the action.
pub(super) fn template(
    templates: &BTreeMap<String, String>,
    parameters: &BTreeMap<String, String>,
    queue: &str,
    names_queue: bool,
    has_action: bool,
) -> Part {
    let mut queries = parameters.keys().filter_map(|name| name.strip_prefix(QUERY));
    if let Some(name) = queries.find(|name| *name != "QueueUrl" || !names_queue) {
        return Part::Unknown(format!("{name} is mapped to the query string, which Plimsoll does not read"));
    }
    let Some(template) = templates.get(JSON) else {
        let names: Vec<&str> = templates.keys().map(String::as_str).collect();
        return Part::Wrong(match names[..] {
            [] => format!("there is no mapping template for {JSON}, so that SQS is sent the body as it was posted"),
            _ => format!("there is no mapping template for {JSON}; there is one for {}", names.join(", ")),
        });
    };
    let text = template.trim();
    if after_settings(text).starts_with(['{', '[']) {
        return Part::Wrong(
            "the template makes JSON, and SQS reads a form: Action=SendMessage&MessageBody=…".to_owned(),
        );
    }
    if template.starts_with(char::is_whitespace) {
        let why = "the template begins with a blank or a line break, which may become a part of the first name";
        return Part::Unknown(why.to_owned());
    }
    if text.contains('#') {
        return Part::Unknown("the template has directives; what it comes to is known only when it runs".to_owned());
    }
    let mut faults = Vec::new();
    let mut doubts = Vec::new();
    let fields: Vec<(&str, &str)> = text.split('&').map(|field| field.split_once('=').unwrap_or((field, ""))).collect();
    let value = |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
    let lacking = |name: &str| {
        let near = closest(name, fields.iter().map(|(field, _)| *field).filter(|field| !PARAMETERS.contains(field)));
        let near = near.or_else(|| fields.iter().map(|(field, _)| *field).find(|field| is_meant(field, name)));
        match near {
            Some(near) => format!("it has {near}= where {name}= goes"),
            None => format!("it has no {name}="),
        }
    };
    match value("Action") {
        Some("SendMessage") => {}
        Some(action) if action.contains('$') => doubts.push(format!("Action={action} is known only when it runs")),
        Some(action) => faults.push(format!("Action={action}, not SendMessage")),
        None if has_action => {}
        None => faults.push(lacking("Action")),
    }
    match value("MessageBody").map(body) {
        Some(Ok(())) => {}
        Some(Err(Some(fault))) => faults.push(fault),
        Some(Err(None)) => doubts.push("what its MessageBody comes to is known only when it runs".to_owned()),
        None => faults.push(lacking("MessageBody")),
    }
    if names_queue {
        let parameter = parameters.get(&format!("{QUERY}QueueUrl")).map(String::as_str);
        match value("QueueUrl").or(parameter).map(plain_url) {
            Some(Some(url)) => match is_url_of(&url, queue) {
                Some(true) => {}
                _ => faults.push(format!("QueueUrl is {url}, which is not the queue")),
            },
            Some(None) => doubts.push("its QueueUrl is known only when it runs".to_owned()),
            None => {
                let aside = override_aside(parameters);
                faults.push(format!("neither the URI nor QueueUrl= says which queue{aside}"));
            }
        }
    }
    for (at, (field, _)) in fields.iter().enumerate() {
        if fields[..at].iter().any(|(other, _)| other == field) {
            doubts.push(format!("{field}= stands in it twice"));
        }
        let understood = match *field {
            "Action" | "MessageBody" => true,
            "QueueUrl" => names_queue,
            "MessageGroupId" | "MessageDeduplicationId" => queue.ends_with(".fifo"),
            _ => false,
        };
        if !understood && PARAMETERS.contains(field) {
            doubts.push(format!("what {field}= does beside is not judged"));
        } else if !understood && faults.is_empty() {
            doubts.push(format!("it sends {field}= as well, which is no parameter that Plimsoll knows"));
        }
    }
    if queue.ends_with(".fifo") && value("MessageGroupId").is_none() {
        faults.push("a FIFO queue wants MessageGroupId=".to_owned());
    }
    match (faults.is_empty(), doubts.is_empty()) {
        (false, _) => Part::Wrong(format!("{text}: {}", faults.join("; "))),
        (_, false) => Part::Unknown(format!("{text}: {}", doubts.join("; "))),
        _ => Part::Right(text.to_owned()),
    }
}

/// The parameters of SendMessage that a template may have, which are no slips.
const PARAMETERS: [&str; 7] =
    ["Action", "DelaySeconds", "MessageBody", "MessageDeduplicationId", "MessageGroupId", "QueueUrl", "Version"];

/// Whether `field` is what people write for `name`.
fn is_meant(field: &str, name: &str) -> bool {
    let (field, name) = (field.to_ascii_lowercase(), name.to_ascii_lowercase());
    field == name || (name == "messagebody" && matches!(field.as_str(), "message" | "body" | "messagebody="))
}

/// Whether the value of MessageBody is what was posted; `Err(None)` if only running it would tell.
fn body(value: &str) -> Result<(), Option<String>> {
    let mut inner = value.trim();
    for wrapper in ["$util.urlEncode(", "$util.escapeJavaScript("] {
        if let Some(rest) = inner.strip_prefix(wrapper) {
            let Some(rest) = rest.strip_suffix(')') else {
                return Err(Some(format!("MessageBody={value} has no closing bracket")));
            };
            inner = rest.trim();
        }
    }
    // The whole of what was posted; a part of it may be empty, and that the whole is wanted is what the flow says.
    let whole = ["$input.json('$')", "$input.json(\"$\")"];
    match inner {
        "" => Err(Some("MessageBody= is empty".to_owned())),
        "$input.body" | "${input.body}" => Ok(()),
        _ if whole.contains(&inner) => Ok(()),
        _ if inner.eq_ignore_ascii_case("$input.body") => {
            Err(Some(format!("MessageBody={value}: case counts, it is $input.body")))
        }
        _ if inner.starts_with("input.") => {
            Err(Some(format!("MessageBody={value} has no $ before input, so that every message says `{inner}`")))
        }
        _ if inner.contains('$') => Err(None),
        _ => Err(Some(format!("MessageBody={value} is a fixed text, the same in every message"))),
    }
}

/// The URL in a template or a parameter, without quotes and encoding; none if only running it would tell.
fn plain_url(value: &str) -> Option<String> {
    let mut inner = value.trim();
    if let Some(rest) = inner.strip_prefix("$util.urlEncode(") {
        inner = rest.strip_suffix(')')?.trim();
    }
    let inner = inner.trim_matches(['\'', '"']);
    let plain = inner.replace("%3A", ":").replace("%3a", ":").replace("%2F", "/").replace("%2f", "/");
    let known = !plain.contains('$') && !plain.starts_with("method.") && !plain.starts_with("stageVariables.");
    known.then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUE: &str = "arn:aws:sqs:us-east-1:210987654321:POC-Queue";

    fn of(text: &str) -> Part {
        template(&BTreeMap::from([(JSON.to_owned(), text.to_owned())]), &BTreeMap::new(), QUEUE, false, false)
    }

    #[test]
    fn forms_that_carry_the_body_are_right() {
        for body in
            ["$input.body", "$util.urlEncode($input.body)", "$input.json('$')", "$util.urlEncode($input.json(\"$\"))"]
        {
            assert!(matches!(of(&format!("Action=SendMessage&MessageBody={body}\n")), Part::Right(_)), "{body}");
        }
    }

    #[test]
    fn slips_are_named() {
        let wrong = |text: &str| match of(text) {
            Part::Wrong(words) => words,
            other => panic!("{text}: {other:?}"),
        };
        assert!(wrong("Action=SendMesage&MessageBody=$input.body").contains("Action=SendMesage, not SendMessage"));
        assert!(wrong("Action=SendMessage&MessageBody=input.body").contains("no $ before input"));
        assert!(wrong("Action=SendMessage&Message=$input.body").contains("Message= where MessageBody= goes"));
        assert!(wrong("MessageBody=$input.body").contains("no Action="));
        assert!(wrong("{ \"MessageBody\": \"$input.body\" }").contains("makes JSON"));
        assert!(wrong("#set($inputRoot = $input.path('$'))\n{ }").contains("makes JSON"));
        assert!(wrong("Action=SendMessage&MessageBody=hello").contains("a fixed text"));
        assert!(wrong("Action=SendMessage&MessageBody=").contains("is empty"));
    }

    #[test]
    fn what_only_running_it_would_tell_is_not_known() {
        for text in [
            "#set($x = $input.body)Action=SendMessage&MessageBody=$x",
            "#set($x = $input.body",
            "Action=SendMessage&MessageBody=$context.requestId",
            "Action=SendMessage&MessageBody=$input.json('$.item')",
            "Action=SendMessage&MessageBody=$input.body&DelaySeconds=9999",
            "Action=SendMessage&Action=DeleteQueue&MessageBody=$input.body",
            "Action=SendMessage&MessageBody=$input.body&QueueUrl=https://sqs.us-east-1.amazonaws.com/1/Other",
            "\nAction=SendMessage&MessageBody=$input.body",
        ] {
            assert!(matches!(of(text), Part::Unknown(_)), "{text}");
        }
    }

    #[test]
    fn the_template_may_name_the_queue() {
        let named = |url: &str| {
            let text = format!("Action=SendMessage&QueueUrl={url}&MessageBody=$input.body");
            template(&BTreeMap::from([(JSON.to_owned(), text)]), &BTreeMap::new(), QUEUE, true, false)
        };
        let url = "https://sqs.us-east-1.amazonaws.com/210987654321/POC-Queue";
        assert!(matches!(named(url), Part::Right(_)));
        assert!(matches!(named(&format!("$util.urlEncode('{url}')")), Part::Right(_)));
        assert!(matches!(
            named("https%3A%2F%2Fsqs.us-east-1.amazonaws.com%2F210987654321%2FPOC-Queue"),
            Part::Right(_)
        ));
        assert!(matches!(named("https://sqs.us-east-1.amazonaws.com/210987654321/Other"), Part::Wrong(_)));
        assert!(matches!(named("$stageVariables.url"), Part::Unknown(_)));
    }

    #[test]
    fn the_header_stands_in_single_quotes() {
        let of = |value: &str| {
            header(&BTreeMap::from([("integration.request.header.Content-Type".to_owned(), value.to_owned())]), None)
        };
        assert!(matches!(of("'application/x-www-form-urlencoded'"), Part::Right(_)));
        assert!(
            matches!(of("application/x-www-form-urlencoded"), Part::Wrong(words) if words.contains("single quotes"))
        );
        assert!(matches!(of("'application/json'"), Part::Wrong(_)));
        assert!(matches!(of("method.request.header.Content-Type"), Part::Unknown(_)));
        let overridden = [("integration.request.path.override".to_owned(), "'/1/q'".to_owned())].into();
        assert!(matches!(header(&overridden, None), Part::Wrong(words) if words.contains("path override")));
    }
}
