//! `plimsoll policy can`: whether a request is allowed, and by which statements.

use super::case::{Case, possible};
use super::{documents, lines};
use crate::cli::Failure;
use crate::cli::output::{self, AnswerFormat};
use crate::iam::catalogue::Catalogue;
use crate::iam::evaluate::{Applied, Decision, Level, Outcome, Policies, decide, decide_some};
use crate::iam::{Context, ContextValue, Principal, Request};
use crate::model::harmless;
use crate::report::write_harmless;
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Say whether a request is allowed, and by which statements
///
/// One request is put together from options; many come with --cases, one JSON object a line, each answered on a line of
/// its own. A resource with wildcards, and `*` for an action that has resources, asks whether some resource of that form
/// is allowed.
#[derive(Debug, Args)]
#[command(
    after_help = "Files hold a policy document in any form that AWS returns, or a JSON list of them; - is standard input.\n\n\
                        Exit codes: 0 allowed, 1 denied, 2 usage or unreadable document, 3 unknown.\n\
                        With --cases: 0 every line was answered, 3 some line could not be read."
)]
pub(in crate::cli) struct Can {
    #[command(flatten)]
    ask: Ask,
    #[command(flatten)]
    by: By,
    /// Answer each line of a file: id, request, identity_policies, boundaries, session_policy, scps, rcps,
    /// resource_policy, endpoint_policies
    #[arg(long, value_name = "FILE", conflicts_with_all = ["Ask", "By", "format"])]
    cases: Option<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: AnswerFormat,
}

/// The request.
#[derive(Debug, Args)]
#[command(next_help_heading = "The request")]
#[group(id = "Ask", multiple = true)]
struct Ask {
    /// Who asks: an ARN, a service such as sns.amazonaws.com, `anonymous`, or {"Federated": "…"}
    #[arg(long, value_name = "PRINCIPAL", required_unless_present = "cases", value_parser = principal)]
    principal: Option<Principal>,
    /// What is asked for, such as sqs:SendMessage
    #[arg(long, value_name = "ACTION", required_unless_present = "cases")]
    action: Option<String>,
    /// The ARN of the resource
    #[arg(long, value_name = "ARN", required_unless_present = "cases")]
    resource: Option<String>,
    /// The account that owns the resource, where its ARN does not say
    #[arg(long, value_name = "ACCOUNT")]
    resource_account: Option<String>,
    /// A condition key of the request; may be repeated, and a key that is repeated has several values
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    context: Vec<(String, String)>,
}

/// The policies.
#[derive(Debug, Args)]
#[command(next_help_heading = "The policies that have a say")]
#[group(id = "By", multiple = true)]
struct By {
    /// Policies of the principal; may be repeated
    #[arg(long, value_name = "FILE")]
    identity: Vec<String>,
    /// The permissions boundary of the principal
    #[arg(long, value_name = "FILE")]
    boundary: Option<String>,
    /// The session policy
    #[arg(long, value_name = "FILE")]
    session: Option<String>,
    /// The service control policies of one level of the organization; repeated from the root to the account
    #[arg(long, value_name = "FILE")]
    scp: Vec<String>,
    /// The resource control policies of one level of the organization; repeated from the root to the account
    #[arg(long, value_name = "FILE")]
    rcp: Vec<String>,
    /// The policy of the resource; of a role that is assumed, its trust policy
    #[arg(long, value_name = "FILE")]
    resource_policy: Option<String>,
    /// The policy of the VPC endpoint
    #[arg(long, value_name = "FILE")]
    endpoint: Option<String>,
}

/// An answer, as programs read it.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Box<RawValue>>,
    decision: &'static str,
    /// A resource that the answer holds for, where any of a form was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    statements: Vec<Named>,
    reason: String,
    /// Fields of the case that say nothing here.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored: Vec<String>,
}

/// A statement, as programs read it.
#[derive(Debug, Serialize)]
struct Named {
    layer: &'static str,
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    /// From 0.
    index: usize,
    /// From 1.
    line: usize,
    effect: &'static str,
    /// What kept it from applying, of a statement that came near.
    #[serde(skip_serializing_if = "Option::is_none")]
    missed: Option<String>,
}

impl Can {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if let Some(path) = &self.cases {
            let all = lines::answer(path, |line| Case::read(line).map(answer_case))?;
            return Ok(if all { 0 } else { 3 });
        }
        self.by.check_standard_input()?;
        let policies = self.by.read()?;
        let request = self.ask.request()?;
        let decision = answer_request(&request, &policies, None);
        let code = match decision.outcome {
            Outcome::Allowed => 0,
            Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => 1,
            Outcome::Unknown => 3,
        };
        output::print(&match self.format {
            AnswerFormat::Json => write_harmless(&Answer::of(decision)),
            AnswerFormat::Text => text(&request, &decision),
        })?;
        Ok(code)
    }
}

fn answer_case(case: Case) -> Answer {
    let decision = answer_request(&case.request, &case.policies, case.wildcard_only);
    Answer { id: case.id, ignored: case.ignored, ..Answer::of(decision) }
}

/// Decides a request. `*` for an action that has resources asks about any of them; whether it has is in the catalogue,
/// where the case does not say.
fn answer_request(request: &Request, policies: &Policies, wildcard_only: Option<bool>) -> Decision {
    let action = || Catalogue::embedded().action(&request.action).map(|action| action.is_wildcard_only());
    if request.resource == "*" && wildcard_only.or_else(action) == Some(false) {
        return decide_some(request, policies);
    }
    decide(request, policies)
}

impl Answer {
    pub(in crate::cli) fn of(decision: Decision) -> Self {
        Self {
            id: None,
            decision: decision.outcome.word(),
            resource: decision.resource,
            statements: decision.statements.into_iter().map(Named::of).collect(),
            reason: decision.reason.to_string(),
            ignored: Vec::new(),
        }
    }
}

impl Named {
    fn of(applied: Applied) -> Self {
        Self {
            layer: applied.layer.word(),
            policy: applied.place.origin.name.clone(),
            sid: applied.place.sid,
            index: applied.place.index,
            line: applied.place.line,
            effect: applied.effect.word(),
            missed: applied.missed.map(|missed| missed.to_string()),
        }
    }
}

/// The answer for a person.
pub(in crate::cli) fn text(request: &Request, decision: &Decision) -> String {
    let Request { principal, action, resource, .. } = request;
    let mut text = format!(
        "{}: {} on {} by {}\n",
        match decision.outcome {
            Outcome::Allowed => "allowed",
            Outcome::ImplicitlyDenied => "denied (nothing allows it)",
            Outcome::ExplicitlyDenied => "denied (explicitly)",
            Outcome::Unknown => "unknown",
        },
        harmless(action),
        harmless(resource),
        harmless(&principal.to_string()),
    );
    if let Some(resource) = &decision.resource {
        text.push_str(&format!("  for example on {}\n", harmless(resource)));
    }
    text.push_str(&format!("  {}\n", harmless(&decision.reason.to_string())));
    for applied in &decision.statements {
        let word = if applied.missed.is_some() { "near" } else { applied.effect.word() };
        let missed = applied.missed.as_ref().map(|missed| format!(": {missed}")).unwrap_or_default();
        let line = format!("{word:5}  {}, line {}, in {}{missed}", applied.place, applied.place.line, applied.layer);
        text.push_str(&format!("  {}\n", harmless(&line)));
    }
    text
}

impl Ask {
    fn request(self) -> Result<Request, Failure> {
        let missing = || Failure::usage("a request has a principal, an action and a resource", "see --help");
        let mut values: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
        for (key, value) in self.context {
            values.entry(key.to_lowercase()).or_insert_with(|| (key, Vec::new())).1.push(value);
        }
        let value = |mut values: Vec<String>| match values.pop() {
            Some(one) if values.is_empty() => ContextValue::One(one),
            last => ContextValue::Many(values.into_iter().chain(last).collect()),
        };
        let request = Request {
            principal: self.principal.ok_or_else(missing)?,
            action: self.action.ok_or_else(missing)?,
            resource: self.resource.ok_or_else(missing)?,
            resource_account: self.resource_account,
            context: values.into_values().map(|(key, values)| (key, value(values))).collect::<Context>(),
        };
        possible(request).map_err(|error| Failure::usage(error, "see --help"))
    }
}

impl By {
    fn check_standard_input(&self) -> Result<(), Failure> {
        let one = [&self.boundary, &self.session, &self.resource_policy, &self.endpoint];
        let several = self.identity.iter().chain(&self.scp).chain(&self.rcp);
        if one.into_iter().flatten().chain(several).filter(|path| *path == "-").count() > 1 {
            return Err(Failure::usage("standard input (-) is named twice", "put the other documents into files"));
        }
        Ok(())
    }

    fn read(&self) -> Result<Policies, Failure> {
        let optional = |path: &Option<String>| path.as_deref().map(documents::of_file).transpose();
        let level = |path: &String| Ok(Level { name: path.clone(), policies: documents::of_file(path)? });
        let mut identity = Vec::new();
        for path in &self.identity {
            identity.extend(documents::of_file(path)?);
        }
        let mut resource = optional(&self.resource_policy)?.unwrap_or_default();
        if resource.len() > 1 {
            return Err(Failure::usage("--resource-policy holds several documents", "a resource has one policy"));
        }
        Ok(Policies {
            identity,
            boundary: optional(&self.boundary)?,
            session: optional(&self.session)?,
            scps: self.scp.iter().map(level).collect::<Result<_, Failure>>()?,
            rcps: self.rcp.iter().map(level).collect::<Result<_, Failure>>()?,
            resource: resource.pop(),
            endpoint: optional(&self.endpoint)?,
        })
    }
}

fn principal(text: &str) -> Result<Principal, String> {
    let read = if text.starts_with('{') { serde_json::from_str(text) } else { serde_json::from_value(text.into()) };
    read.map_err(|error| error.to_string())
}

pub(in crate::cli) fn key_and_value(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("a condition key is written KEY=VALUE".to_owned()),
    }
}
