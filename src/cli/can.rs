//! `plimsoll can`: what one principal of the account can do.

use super::Failure;
use super::output::{self, AnswerFormat};
use super::paragraph::hanging;
use super::policy::can::{Answer as Decision, key_and_value, text as decision_text};
use super::question::{Asking, Subject, action};
use crate::iam::catalogue::Catalogue;
use crate::iam::{Context, Outcome};
use crate::model::{Kind, harmless};
use crate::reach::effective::{Decided, Does, Effective, MayDo, Way, Who};
use crate::report::write_harmless;
use crate::rules::closest;
use crate::services;
use clap::Args;
use serde::Serialize;

/// Say what a role or user of the account can do
///
/// Of the principal alone: everything that its own policies allow within its boundary, by service and access level. With
/// an action: on which resources, those among them whose own policies let it in. With a resource as well: whether the
/// request is allowed, and if not as it stands, in which context it would be.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    plimsoll can role/Lambda-SQS-DynamoDB\n  \
    plimsoll can role/Lambda-SQS-DynamoDB dynamodb:PutItem\n  \
    plimsoll can user/ann sqs:SendMessage queue/POC-Queue --context aws:SecureTransport=true\n\n\
    Exit codes: 0 answered, of one request: allowed; 1 denied; 2 usage; 3 not all of it is known; 4 could not run.")]
pub(super) struct Can {
    /// The principal: its ARN, role/NAME or user/NAME
    #[arg(value_name = "PRINCIPAL")]
    principal: String,
    /// The action, such as sqs:SendMessage
    #[arg(value_name = "ACTION")]
    action: Option<String>,
    /// The resource: its ARN, TYPE/NAME such as queue/POC-Queue, or * for an action that is asked of none
    #[arg(value_name = "RESOURCE", requires = "action")]
    resource: Option<String>,
    /// A condition key of the one request; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value, requires = "resource")]
    context: Vec<(String, String)>,
    #[command(flatten)]
    asking: Asking,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: AnswerFormat,
}

/// The answer on one request, as programs read it.
#[derive(Serialize)]
struct One<'a> {
    version: u8,
    request: &'a crate::iam::Request,
    decision: Decision,
    /// The ways in which it is allowed in some context.
    ways: &'a [Way],
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<&'a str>,
}

/// The answer on all that a principal can do.
#[derive(Serialize)]
struct All<'a> {
    version: u8,
    #[serde(flatten)]
    may: &'a MayDo,
}

impl Can {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let action = self.action.as_deref().map(action).transpose()?;
        let subjects = match (&self.resource, &action) {
            (Some(resource), Some(action)) => {
                let subject = Subject::typed(resource)?;
                if matches!(subject, Subject::Every(_)) {
                    return Err(Failure::usage(
                        format!("`{resource}` is more than one resource"),
                        "leave it out: the answer is about every resource then",
                    ));
                }
                subject.check(action)?;
                vec![subject]
            }
            (None, Some(action)) => carriers(action).map(Subject::Every).collect(),
            _ => Vec::new(),
        };
        let read = self.asking.read(&subjects)?;
        let effective = Effective::read(&read.account, &read.region);
        let who = find(&effective, &self.principal)?;
        let mut targets = Vec::new();
        for subject in &subjects {
            targets.extend(subject.targets(&read, &effective)?);
        }
        if let (Some(_), Some(action), [target]) = (&self.resource, &action, targets.as_slice()) {
            let context: Context =
                self.context.iter().map(|(key, value)| (key.clone(), value.as_str().into())).collect();
            let decided = effective.decide(who, action, target, &context);
            return one(&decided, self.format);
        }
        let may = effective.may_do(who, action.as_deref(), &targets);
        output::print(&match self.format {
            AnswerFormat::Json => write_harmless(&All { version: 1, may: &may }),
            AnswerFormat::Text => text(&may, action.as_deref()),
        })?;
        Ok(if may.complete { 0 } else { 3 })
    }
}

/// The kinds whose own policy has a say in an action.
fn carriers(action: &str) -> impl Iterator<Item = &'static Kind> {
    let (service, known) = (action.split(':').next().unwrap_or_default(), Catalogue::embedded().action(action));
    let decides = move |kind: &&'static Kind| {
        kind.standing.own_policy.is_some_and(|own| {
            let types = known.iter().flat_map(|action| action.resource_types());
            own.service == service && types.into_iter().any(|of| of.resource_type().name() == own.resource_type)
        })
    };
    services::kinds().filter(decides).collect::<Vec<_>>().into_iter()
}

fn find(effective: &Effective<'_>, typed: &str) -> Result<Who, Failure> {
    match effective.find(typed).as_slice() {
        [one] => Ok(*one),
        [] => {
            let names: Vec<String> = effective.names().collect();
            let bare = typed.rsplit(['/', ':']).next().unwrap_or(typed);
            let near = closest(typed, names.iter().map(String::as_str)).or_else(|| {
                let of = |name: &&String| name.rsplit('/').next() == closest(bare, name.rsplit('/').next());
                names.iter().find(of).map(String::as_str)
            });
            if !effective.unlisted().is_empty() {
                return Err(Failure::incomplete(
                    format!("`{typed}` is none of the {} roles and users that were read", names.len()),
                    crate::model::not_read(effective.unlisted()),
                ));
            }
            let hint = match near {
                Some(near) => format!("did you mean {near}?"),
                None => "write its ARN, role/NAME or user/NAME".to_owned(),
            };
            Err(Failure::usage(format!("the account has no role or user `{typed}`"), hint))
        }
        several => {
            let arns: Vec<&str> = several.iter().map(|who| effective.arn_of(*who)).collect();
            Err(Failure::usage(
                format!("`{typed}` is the name of several principals"),
                format!("write which: {}", arns.join(", ")),
            ))
        }
    }
}

fn one(decided: &Decided, format: AnswerFormat) -> Result<u8, Failure> {
    let Decided { request, decision, ways, unknown } = decided;
    output::print(&match format {
        AnswerFormat::Json => write_harmless(&One {
            version: 1,
            request,
            decision: Decision::of(decision.clone()),
            ways,
            unknown: unknown.as_deref(),
        }),
        AnswerFormat::Text => {
            let width = output::width().clamp(40, 100);
            match unknown {
                Some(why) => {
                    let mut text = hanging(0, "", 0, &format!("unknown: {request}"), width);
                    text.push_str(&hanging(2, "", 0, why, width));
                    text
                }
                None => {
                    let mut text = decision_text(request, decision);
                    if decision.outcome != Outcome::Allowed {
                        for way in ways {
                            text.push_str(&hanging(2, "", 0, "with another context it is allowed", width));
                            text.push_str(&way_text(way, width));
                        }
                    }
                    text
                }
            }
        }
    })?;
    Ok(match (unknown, decision.outcome) {
        (Some(_), _) | (None, Outcome::Unknown) => 3,
        (None, Outcome::Allowed) => 0,
        (None, Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied) => 1,
    })
}

fn way_text(way: &Way, width: usize) -> String {
    let mut text = hanging(4, "by", 6, &way.statements.join(" and "), width);
    if !way.conditions.is_empty() {
        text.push_str(&hanging(4, "if", 6, &way.conditions.join(" and "), width));
    }
    for denies in &way.unless {
        text.push_str(&hanging(4, "unless", 6, denies, width));
    }
    text.push_str(&hanging(4, "proof", 6, &way.request.to_string(), width));
    text
}

fn text(may: &MayDo, action: Option<&str>) -> String {
    let width = output::width().clamp(40, 100);
    let what = action.map_or_else(String::new, |action| format!(" · {action}"));
    let mut text = format!("{} {}{}\n", may.kind, harmless(&may.principal), harmless(&what));
    if may.does.is_empty() && may.on_resources.is_empty() {
        text.push_str("\n  nothing, by what was read\n");
    }
    let mut service = "";
    for does in &may.does {
        if does.service != service {
            service = &does.service;
            let name = if service == "*" { "all services" } else { service };
            text.push_str(&format!("\n{}\n", harmless(name)));
        }
        text.push_str(&row(does, width));
    }
    if !may.on_resources.is_empty() {
        text.push_str("\nresources of the account, by all policies\n");
        for on in &may.on_resources {
            text.push_str(&hanging(2, "", 0, &on.resource, width));
            for way in &on.ways {
                text.push_str(&way_text(way, width));
            }
        }
    }
    if !may.unknown.is_empty() {
        text.push_str("\nnot known\n");
        for why in &may.unknown {
            text.push_str(&hanging(2, "", 0, why, width));
        }
    }
    text.push_str("\nnot checked\n");
    if action.is_none() {
        text.push_str(&hanging(2, "", 0, "what policies of resources let it do: name an action to see them", width));
    }
    for what in &may.not_checked {
        text.push_str(&hanging(2, "", 0, what, width));
    }
    text
}

fn row(does: &Does, width: usize) -> String {
    const WIDE: usize = 11;
    let (label, actions) = match does.level {
        "everything" if does.all_but => ("all but", does.actions.join(", ")),
        "everything" if does.service == "*" => ("everything", format!("{} actions", does.count)),
        "everything" => ("everything", format!("all {} actions", does.count)),
        "permissions-management" => ("permissions", does.actions.join(", ")),
        level => (level, does.actions.join(", ")),
    };
    let mut text = hanging(2, label, WIDE, &actions, width);
    let resources = if does.resources.is_empty() { "*".to_owned() } else { does.resources.join(", ") };
    text.push_str(&hanging(2, "on", WIDE, &resources, width));
    if !does.conditions.is_empty() {
        text.push_str(&hanging(2, "if", WIDE, &does.conditions.join(" and "), width));
    }
    text.push_str(&hanging(2, "by", WIDE, &does.statements.join(" and "), width));
    text
}
