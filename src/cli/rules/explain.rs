//! `plimsoll rules explain`: what can be written in a rules file, and what a rule means.

use super::super::Failure;
use super::super::given::Given;
use crate::checks;
use crate::model::{Check, Field, Kind, Origin, Scope, Shape, harmless};
use crate::rules::{
    Access, Aspect, Flow, Form, Pattern, Permissions, Rule, Statements, Subject, Unexpected, Via, closest,
};
use crate::services;
use clap::Args;
use std::fmt::Write as _;

/// Explain a type, a property, a matcher, a form of rule, a check, or a rule
///
/// Examples: `explain AWS::SQS::Queue`, `explain AWS::SQS::Queue RedrivePolicy`, `explain '$contains'`,
/// `explain only`, `explain rules/serverless-poc.yaml queue-standard`. Without a word: all there is to explain.
#[derive(Debug, Args)]
pub(in crate::cli) struct Explain {
    /// A type, a matcher, a form of rule, a check, or rules
    what: Option<String>,
    /// A property of the type, or the id of one of the rules
    part: Option<String>,
}

/// The words of the language: each in short, and what it means.
const WORDS: [(&str, &str, &str); 23] = [
    (
        "exists",
        "the resource is there",
        "The resource is there. Every resource NAME has the rule NAME-exists; `exists:` on the resource sets its points, severity, fix and the like.",
    ),
    (
        "expect",
        "resources have these properties",
        "The resource, `on` a name, on a list of names, or `each` of a type, has these properties. What is not named is not compared.\n\n  - id: queue-standard\n    on: queue\n    expect: { FifoQueue: false }",
    ),
    (
        "only",
        "there are no others",
        "There are no others: what is of the type, hangs on `of`, is like `where`, and is not in `are`, fails.\n\n  - id: only-two-roles\n    only: { type: AWS::IAM::Role, where: { Path: / }, are: [writer-role, api-role] }\n\nOr the statements of a policy: each means the same as one in the document below `expected/`, and none of those is missing.\n\n  - id: queue-statements\n    only: { statements_of: queue, are: serverless-poc/POC-Queue.policy.json }",
    ),
    (
        "access",
        "who may act on a resource",
        "Whom the policy of the resource `to` (of a role: its trust policy) lets in, for each of `actions`; `sqs:*` is every action there is. `exactly`, `at_least` and `at_most` name them: a role, user or function of the rules file, an ARN, `anyone`, { account: \"123456789012\" }, { service: sns.amazonaws.com, source: topic }. The statement that leaves the decision to the account that owns the resource is told and not counted.\n\n`via: effective` asks all policies that have a say: those of roles, users and their groups, boundaries, the resource's own, trust. Those who could rewrite the policy or their own grants are told, and counted with `administrators: count`.\n\n  - id: queue-senders\n    access: { to: queue, actions: [sqs:SendMessage], exactly: [api-role] }\n  - id: queue-senders-by-all-policies\n    access: { to: queue, actions: [sqs:SendMessage], exactly: [api-role], via: effective }",
    ),
    (
        "permissions",
        "what a role, user, group or policy allows",
        "What a role, user or group may do by its own policies within its boundary, or what a managed policy says. `at_most` is a document that must allow all of it, in every context; `at_least` one of which all must be allowed, in the context of a service's call: principal, account, region and TLS known; MFA, source address and VPC absent; further keys are fixed by `context:` beside the rule. `exactly` is both.\n\n  - id: writer-permissions\n    permissions: { of: writer-role, at_least: lab/writer.needs.json, at_most: lab/writer.ceiling.json }",
    ),
    (
        "flow",
        "one resource hands something to another",
        "What arrives at `from` goes on to `to`. The mechanism follows from their kinds, and is judged link by link: what stands between them points at exactly the right thing and is enabled, both sides are permitted, the settings agree. A flow fails for what stops it.\n\n  from a method to a queue or a function: `as` names the execution role of its integration\n  from a queue, or from a table by its stream, to a function: `wire` beside the rule states settings of the trigger, and `StreamViewType`\n  from a function to a table, a topic or a queue: `actions` are what its role must be allowed, `variable` is the environment variable with the target\n  from a topic to a subscription, a queue or a function: `wire` states settings of the subscription\n\nIf the trigger or the subscription is a resource of the rules file, that it is there is said by its own rule. What lies beyond the read APIs, such as the code of a function, is told as not checked.\n\n  - id: queue-triggers-writer\n    flow: { from: queue, to: writer }\n    wire: { BatchSize: 10 }",
    ),
    (
        "check",
        "an analysis finds nothing",
        "An analysis of Plimsoll's own, called by its name, `on` a name, on a list of names, or on `each` of a type. Title, reason, fix and severity are the check's unless the rule gives its own; `plimsoll rules explain NAME` prints them.\n\n  - id: no-avoidable-star\n    check: iam-avoidable-resource-star\n    each: AWS::IAM::Role\n    where: { Path: { $not: { $like: \"/aws-service-role/*\" } } }",
    ),
    (
        "unexpected",
        "what is there and nobody declared",
        "At the top of a file, or with `--unexpected`: rules are made from its resources, and each thing that nobody declared is a finding of its own.\n\n  unexpected-queues, unexpected-roles, ...: another one of a kind that the file declares, in the same regions\n  unexpected-subscriptions, unexpected-methods, unexpected-stages, unexpected-function-urls, ...: another one on a declared topic, function or API\n  unexpected-inline-policies, unexpected-attached-policies: on a declared role, user or group, what no rule and no resource names and what goes beyond every bound of `permissions`\n  unexpected-queue-statements, unexpected-topic-statements, ...: in the policy of a declared resource, what no rule on access, flow or expected document accounts for; trust policies are the matter of `access`\n\nDeclared is what a resource of the file is found to be, of `several` all that match; the trigger or subscription that a flow goes by; the queue that a declared one sets messages aside in, where a rule asks that it does so. What AWS makes itself is left out, and the report counts it. Where more than 50 things are unexpected one finding tells how many. A list that was not read makes it unknown.\n\n  unexpected: true\n  unexpected:\n    when: asked             # only with --unexpected; else in every run\n    severity: high          # default medium\n    points: 0\n    except: [unexpected-users, { rule: unexpected-roles, name: \"ci-*\" }]",
    ),
    (
        "expected",
        "the documents that rules refer to",
        "Policies in files, named by their path below the folder `expected/` beside the folder `rules/`, or beside the rules file. References such as ${queue.Arn} may stand in them and mean the value itself, whatever is in it; IAM's own variables such as ${aws:username} stay.",
    ),
    (
        "each",
        "the rule is on every resource of a type",
        "The rule is on every resource of the type in the account, or on those that are like `where`.",
    ),
    (
        "needs",
        "the rules that must pass first",
        "The rules that must pass before this one is judged; until then it is blocked. What a rule reads it needs without being told.",
    ),
    (
        "extends",
        "lays this file over another",
        "The rules file that this one is laid over. A resource, parameter or rule of the same name replaces the other whole; `drop:` takes out.",
    ),
    (
        "references",
        "${queue.Arn}, ${queue}, ${notify}, ${AWS::AccountId}",
        "${queue.Arn} is an attribute of a named resource, ${queue} its physical name, ${notify} a parameter; ${AWS::AccountId}, ${AWS::Region} and ${AWS::Partition} are the account's. ${!x} writes a literal ${x}. Inside { } and [ ], put them in quotes.",
    ),
    ("$is", "exactly this", "Exactly this. For a map: these fields and no others."),
    ("$one_of", "one of these", "One of these: { $one_of: [a, b] }."),
    (
        "$like",
        "a text that a glob matches",
        "A text that the glob matches: `*` is any run of characters, `?` is one; anchored, and case counts.",
    ),
    ("$min", "this or more", "This number or time, or a greater one."),
    ("$max", "this or less", "This number or time, or a smaller one."),
    (
        "$contains",
        "a list has these items",
        "For each of these, the list has an item that is like it: { $contains: [a, b] }.",
    ),
    ("$absent", "there is none", "There is none: { $absent: true }."),
    ("$present", "there is one", "There is one, whatever it is: { $present: true }."),
    (
        "$policy",
        "a policy document that means the same",
        "A policy document that means the same as the one in the file, or with { $policy: { at_most: FILE } } allows no more, with `at_least` no less.",
    ),
    (
        "$not",
        "anything but this",
        "Anything but this, or nothing at all: { $not: { $like: \"/aws-service-role/*\" } }.",
    ),
];

impl Explain {
    pub(in crate::cli) fn text(self) -> Result<String, Failure> {
        let Some(what) = self.what else { return Ok(everything()) };
        if let Some(kind) = services::kind(&what) {
            return match self.part {
                None => Ok(explain_kind(kind)),
                Some(part) => explain_property(kind, &part),
            };
        }
        if let Some((word, _, meaning)) = WORDS.iter().find(|(word, ..)| *word == what) {
            return Ok(format!("{word}\n\n{}\n", wrap(meaning, 0)));
        }
        if let Some(check) = checks::all().find(|check| check.name == what) {
            return Ok(explain_check(check));
        }
        if let Some(part) = self.part {
            return explain_rule(&what, &part);
        }
        let names: Vec<&str> = services::kinds()
            .map(|kind| kind.type_name)
            .chain(WORDS.iter().map(|(word, ..)| *word))
            .chain(checks::all().map(|check| check.name))
            .collect();
        let hint = match closest(&what, names.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "`plimsoll rules explain` lists what there is; for a rule, give its file and its id".to_owned(),
        };
        Err(Failure::usage(format!("there is nothing called `{what}` to explain"), hint))
    }
}

fn everything() -> String {
    let mut text = String::from("Types\n");
    for kind in services::kinds() {
        let _ = writeln!(text, "  {:<24} {}", kind.type_name, summary(kind));
    }
    text.push_str("\nWords\n");
    for (word, short, _) in WORDS {
        let _ = writeln!(text, "  {word:<24} {short}");
    }
    text.push_str("\nChecks\n");
    for check in checks::all() {
        let _ = writeln!(text, "  {}\n{:28}{}", check.name, "", check.title);
    }
    text
}

fn explain_check(check: &Check) -> String {
    let mut text = format!("{}: {}\n", check.name, check.title);
    let mut say = |label: &str, what: &str| {
        let _ = writeln!(text, "\n{label}\n{}", wrap(what, 2));
    };
    say("What it finds", check.finds);
    say("Why it matters", check.matters);
    say("How to mend it", check.mend);
    say("Goes with", &check.reads.in_words());
    let beside: Vec<String> = check.beside.iter().map(|beside| beside.in_words()).collect();
    if !beside.is_empty() {
        say("Reads beside it", &beside.join(", "));
    }
    say("Severity", &format!("{}, unless the rule gives another", check.severity));
    let controls: Vec<String> = check.controls.iter().map(ToString::to_string).collect();
    if !controls.is_empty() {
        say("Controls that ask for the same, or for part of it", &controls.join(", "));
    }
    text
}

fn summary(kind: &Kind) -> String {
    let schema = (kind.schema)();
    let doc = schema.get("description").and_then(|doc| doc.as_str()).unwrap_or_default();
    doc.split_inclusive('.').next().unwrap_or(doc).trim().to_owned()
}

fn explain_kind(kind: &Kind) -> String {
    let place = match kind.scope {
        Scope::Global => "global",
        Scope::Regional => "in a region",
    };
    let schema = (kind.schema)();
    let doc = schema.get("description").and_then(|doc| doc.as_str()).unwrap_or_default();
    let mut text = format!("{} ({place})\n\n{}\n\nProperties\n", kind.type_name, wrap(doc, 0));
    for field in kind.fields() {
        property(&mut text, field, 2);
    }
    let attributes: Vec<String> =
        kind.attributes.iter().map(|(attribute, _)| format!("${{name.{attribute}}}")).collect();
    let _ = writeln!(text, "\nReferences\n  {}", attributes.join("  "));
    text
}

fn property(text: &mut String, field: &Field, indent: usize) {
    let pad = " ".repeat(indent);
    let origin = match field.origin {
        Origin::CloudFormation => "",
        Origin::Observed => ", observed",
        Origin::Derived => ", derived",
    };
    let _ = writeln!(text, "{pad}{} ({}{origin})", field.name, holds(&field.shape));
    let _ = writeln!(text, "{}", wrap(&field.doc, indent + 4));
    let inner = match &field.shape {
        Shape::List(item) | Shape::Set(item) => item,
        shape => shape,
    };
    if let Shape::Struct(fields) = inner {
        for field in fields {
            property(text, field, indent + 4);
        }
    }
}

fn holds(shape: &Shape) -> String {
    match shape {
        Shape::List(item) => format!("list of {}", holds(item)),
        Shape::Set(item) => format!("list of {} in any order", holds(item)),
        Shape::Map(item) => format!("map to {}", holds(item)),
        Shape::Struct(_) => "map".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Integer => "whole number".to_owned(),
        Shape::Arn => "ARN".to_owned(),
        Shape::Time => "time".to_owned(),
        Shape::Policy => "policy document".to_owned(),
        Shape::Bool | Shape::OneOf(_) => shape.noun(),
    }
}

fn explain_property(kind: &Kind, name: &str) -> Result<String, Failure> {
    let Some(field) = kind.field(name) else {
        let names = kind.fields().iter().map(|field| field.name.as_str());
        let hint = match closest(name, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("`plimsoll rules explain {}` lists them", kind.type_name),
        };
        return Err(Failure::usage(format!("{} has no property `{name}`", kind.type_name), hint));
    };
    let mut text = String::new();
    property(&mut text, field, 0);
    let operations: Vec<String> = kind.read_by(&[field.name.clone()].into()).into_iter().map(str::to_owned).collect();
    let read_by = if operations.is_empty() { "the listing of the type".to_owned() } else { operations.join(", ") };
    let _ = writeln!(text, "\nRead by {read_by}.");
    Ok(text)
}

fn explain_rule(file: &str, id: &str) -> Result<String, Failure> {
    let rules = Given { rules: file.to_owned(), set: Vec::new() }.load(false)?;
    let Some(rule) = rules.rules.iter().find(|rule| rule.id == id) else {
        let hint = match closest(id, rules.rules.iter().map(|rule| rule.id.as_str())) {
            Some(id) => format!("did you mean `{id}`?"),
            None => format!("`plimsoll rules list {file}` lists them"),
        };
        return Err(Failure::usage(format!("{} has no rule `{id}`", rules.file), hint));
    };
    let place = &rule.place;
    let mut text = format!("{} ({}:{})\n", rule.id, harmless(&place.file), place.line);
    let mut say = |label: &str, what: &str| {
        let _ = writeln!(text, "\n{label}\n{}", wrap(&harmless(what), 2));
    };
    say("What must hold", &rule.title);
    say("Exactly", &asks(rule));
    if let Some(step) = &rule.step {
        say("Step", step);
    }
    if let Some(reason) = &rule.reason {
        say("Why it matters", reason);
    }
    if let Some(fix) = &rule.fix {
        say("How to mend it", fix);
    }
    say("Severity and points", &format!("{}, {}", rule.severity, rule.points));
    let mut needs = rule.needs.clone();
    needs.extend(rules.rests_on(rule, None).into_iter().map(|key| rules.resource(key).exists_rule()));
    if !matches!(rule.form, Form::Exists(_)) {
        needs.extend(rule.form.named().iter().map(|key| rules.resource(key).exists_rule()));
    }
    needs.sort();
    needs.dedup();
    if !needs.is_empty() {
        say("Judged once these pass", &needs.join(", "));
    }
    Ok(text)
}

fn like(fields: &[(String, Pattern)]) -> String {
    Pattern::Fields { fields: fields.to_vec(), exact: false }.to_string()
}

fn on_in_words(on: &Subject) -> String {
    match on {
        Subject::Named(keys) => keys.join(", "),
        Subject::Each { kind, filter } if filter.is_empty() => format!("every {}", kind.type_name),
        Subject::Each { kind, filter } => format!("every {} like {}", kind.type_name, like(filter)),
    }
}

fn asks(rule: &Rule) -> String {
    match &rule.form {
        Form::Exists(key) => format!("the resource `{key}` is there"),
        Form::Check { check, on } => format!("{}: {} finds nothing", on_in_words(on), check.name),
        Form::Expect { on, expect } => {
            let on = on_in_words(on);
            let parts: Vec<String> = expect.iter().map(|(field, pattern)| format!("{field} {pattern}")).collect();
            format!("{on}: {}", parts.join("; "))
        }
        Form::Only { kind, filter, are, .. } => {
            let which = if filter.is_empty() { String::new() } else { format!(" like {}", like(filter)) };
            let but = if are.is_empty() { " at all".to_owned() } else { format!(" but {}", are.join(", ")) };
            format!("no {}{which}{but}", kind.noun)
        }
        Form::Access(Access { to, written, who, via, .. }) => {
            let bounds: Vec<String> = who
                .iter()
                .map(|(side, grantees)| {
                    let names: Vec<String> = grantees.iter().map(ToString::to_string).collect();
                    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
                    format!("{} {names}", side.in_words())
                })
                .collect();
            let (to, written, bounds) = (to.join(", "), written.join(", "), bounds.join("; "));
            match via {
                Via::ResourcePolicy => format!("the policy of {to} lets in for {written}: {bounds}"),
                Via::Effective { administrators } => {
                    let them = if *administrators { ", administrators among them" } else { "" };
                    format!("all policies that have a say let in for {written} on {to}: {bounds}{them}")
                }
            }
        }
        Form::Permissions(Permissions { of, bounds, context }) => {
            let bounds: Vec<String> =
                bounds.iter().map(|(side, expected)| format!("{} what {expected} says", side.in_words())).collect();
            let mut text = format!("{}: allowed is {}", of.join(", "), bounds.join("; "));
            for (key, values) in context {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                let values = if values.is_empty() { "absent".to_owned() } else { values.join(" and ") };
                let _ = write!(text, "; where {key} is {values}");
            }
            text
        }
        Form::Flow(flow) => flow_asks(flow),
        Form::Unexpected(Unexpected { aspect, except }) => {
            let on = aspect.carriers().join(", ");
            let mut text = match aspect {
                Aspect::Resource { kind, of: None } => format!("no {} that nobody declared", kind.noun),
                Aspect::Resource { kind, .. } => format!("no {} of {on} that nobody declared", kind.noun),
                Aspect::Inline(_) => format!("no inline policy of {on} that nothing accounts for"),
                Aspect::Attached(_) => format!("no policy attached to {on} that nothing accounts for"),
                Aspect::Statement(_) => format!("no statement in the policy of {on} that nothing accounts for"),
            };
            if !except.is_empty() {
                let names: Vec<&str> = except.iter().map(|(name, _)| name.as_str()).collect();
                let _ = write!(text, ", but {}", names.join(", "));
            }
            text
        }
        Form::Statements(Statements { of, are }) => match are {
            Some(are) => format!("the policy of {of} has the statements of {are} and no others"),
            None => format!("nothing is compared of the policy of {of}"),
        },
    }
}

fn flow_asks(flow: &Flow) -> String {
    let mut text = format!("what arrives at {} goes on to {}", flow.from, flow.to);
    if let Some(role) = &flow.role {
        let _ = write!(text, ", by the role {role}");
    }
    if !flow.actions.is_empty() {
        let _ = write!(text, ", by {}", flow.actions.join(" and "));
    }
    if let Some(variable) = &flow.variable {
        let _ = write!(text, ", to the target in the variable {variable}");
    }
    for (field, pattern) in flow.stream.iter().chain(&flow.wire) {
        let _ = write!(text, "; {field} {pattern}");
    }
    text
}

/// `text` wrapped at 96 columns, indented; what is indented in it already stays as it is.
fn wrap(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let mut lines = Vec::new();
    for paragraph in text.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        if paragraph.starts_with(' ') {
            lines.extend(paragraph.lines().map(|line| format!("{pad}{line}")));
            continue;
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && indent + line.len() + 1 + word.len() > 96 {
                lines.push(format!("{pad}{line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(format!("{pad}{line}"));
    }
    lines.join("\n")
}
