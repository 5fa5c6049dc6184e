//! `plimsoll policy principals`: whom the policy of a resource lets in.

use super::paragraph::{self, hanging};
use super::{documents, lines};
use crate::cli::Failure;
use crate::cli::output::{self, AnswerFormat};
use crate::iam::catalogue::Catalogue;
use crate::iam::{Admission, Admitted, Guarded, Policy, Request, admission};
use crate::report::write_harmless;
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Say whom the policy of a resource lets in, and whether strangers are among them
///
/// Public means: an unsigned caller, or a principal of an account that nobody named, can make a request that the policy
/// allows, with nothing that only the owner can give. A confused deputy is a service that is let in on anyone's behalf.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 neither public nor a confused deputy, 1 one of them, 2 usage or unreadable document, \
                        3 unknown.\nWith --cases: 0 every line was answered, 3 some line could not be read."
)]
pub(in crate::cli) struct Principals {
    /// The policy document, or - for standard input
    #[arg(value_name = "FILE", required_unless_present = "cases")]
    file: Option<String>,
    /// The ARN of the resource that carries it; of a trust policy the ARN of the role
    #[arg(long, value_name = "ARN", required_unless_present = "cases")]
    resource: Option<String>,
    /// The account that owns the resource, where its ARN does not say
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// The action, or a pattern of actions; all that the resource has if none is given
    #[arg(long, value_name = "ACTION")]
    action: Option<String>,
    /// Answer each line of a file: id, resource_type, account, resource_arn, policy, action
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "resource", "account", "action", "format"])]
    cases: Option<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: AnswerFormat,
}

/// One line of `--cases`.
#[derive(Deserialize)]
struct Case {
    id: Option<Box<RawValue>>,
    #[serde(default)]
    account: Option<String>,
    resource_arn: String,
    policy: Box<RawValue>,
    #[serde(default)]
    action: Option<String>,
}

/// The answer to one line.
#[derive(Serialize)]
struct Answer {
    id: Option<Box<RawValue>>,
    /// `null`: unknown.
    public: Option<bool>,
    confused_deputy: bool,
    principals: Vec<String>,
    /// A stranger's request that is allowed; else one of a confused deputy; else one of the first principal.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Whom a policy lets in to some actions.
#[derive(Serialize)]
struct Let {
    actions: Vec<String>,
    /// `null`: unknown.
    public: Option<bool>,
    public_by: Option<Request>,
    confused_deputy: Option<Request>,
    principals: Vec<Principal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
}

/// Somebody who is let in.
#[derive(Serialize, PartialEq)]
struct Principal {
    principal: String,
    statements: Vec<String>,
    conditions: Vec<String>,
    /// Only that the owning account may pass the action on to its own principals.
    delegation: bool,
    request: Request,
}

/// All that a policy lets in.
#[derive(Serialize)]
struct Whole {
    resource: String,
    catalogue: String,
    access: Vec<Let>,
}

impl Principals {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if let Some(path) = &self.cases {
            let all = lines::answer(path, answer)?;
            return Ok(if all { 0 } else { 3 });
        }
        let (Some(file), Some(resource)) = (&self.file, &self.resource) else {
            return Err(Failure::usage("a policy and the ARN of its resource are needed", "see --help"));
        };
        let mut policies = documents::of_file(file)?;
        let (Some(policy), None) = (policies.pop(), policies.pop()) else {
            return Err(Failure::usage(format!("{file} holds several documents"), "a resource has one policy"));
        };
        let wrong = |why: String| Failure::usage(why, "see --help");
        let account = owner(resource, self.account.as_deref()).map_err(wrong)?;
        let actions = actions(self.action.as_deref(), resource, &policy).map_err(wrong)?;
        let whole = whole(&policy, &Guarded { arn: resource, account: &account }, &actions);
        output::print(&match self.format {
            AnswerFormat::Json => write_harmless(&whole),
            AnswerFormat::Text => text(&whole),
        })?;
        let any = |is: fn(&Let) -> bool| whole.access.iter().any(is);
        Ok(if any(|found| found.public == Some(true) || found.confused_deputy.is_some()) {
            1
        } else if any(|found| found.unknown.is_some()) {
            3
        } else {
            0
        })
    }
}

fn owner(arn: &str, account: Option<&str>) -> Result<String, String> {
    let in_arn = arn.split(':').nth(4).filter(|account| !account.is_empty());
    let given = account.or(in_arn).map(str::to_owned);
    given.ok_or_else(|| format!("{arn} does not say which account owns it: say so with --account"))
}

/// The actions that are asked about, as the catalogue writes them.
fn actions(asked: Option<&str>, arn: &str, policy: &Policy) -> Result<Vec<String>, String> {
    let catalogue = Catalogue::embedded();
    if let Some(action) = asked.filter(|action| !action.contains(['*', '?'])) {
        if !action.contains(':') {
            return Err(format!("`{action}` is no action; one is written like sqs:SendMessage"));
        }
        return Ok(vec![catalogue.action(action).map_or_else(|| action.to_owned(), |known| known.full_name())]);
    }
    let service = arn.split(':').nth(2).unwrap_or_default();
    // The policy of a role is about taking it on.
    let service =
        if service == "iam" && !policy.statements.iter().any(|s| s.resource.is_some()) { "sts" } else { service };
    let of_service = format!("{service}:*");
    let pattern = asked.unwrap_or(&of_service);
    let found: Vec<String> = catalogue
        .matching(pattern)
        .filter(|action| !action.is_wildcard_only())
        .map(|action| action.full_name())
        .collect();
    if found.is_empty() {
        return Err(format!("the catalogue of {} has no action like {pattern} on a resource", catalogue.date()));
    }
    Ok(found)
}

fn whole(policy: &Policy, on: &Guarded<'_>, actions: &[String]) -> Whole {
    let mut access: Vec<Let> = Vec::new();
    for action in actions {
        let found = admission(policy, on, action);
        if found.admitted.is_empty() && found.unknown.is_none() && actions.len() > 1 {
            continue;
        }
        let found = Let::of(action, found);
        match access.iter_mut().find(|known| known.is_as(&found)) {
            Some(known) => known.actions.push(action.clone()),
            None => access.push(found),
        }
    }
    Whole { resource: on.arn.to_owned(), catalogue: Catalogue::embedded().date().to_owned(), access }
}

impl Let {
    fn of(action: &str, admission: Admission) -> Self {
        let principal = |admitted: Admitted| Principal {
            principal: admitted.who.to_string(),
            statements: admitted.statements.iter().map(ToString::to_string).collect(),
            conditions: admitted.conditions,
            delegation: admitted.delegation,
            request: admitted.witness,
        };
        Self {
            actions: vec![action.to_owned()],
            public: admission.public,
            public_by: admission.public_by,
            confused_deputy: admission.confused_deputy,
            principals: admission.admitted.into_iter().map(principal).collect(),
            unknown: admission.unknown,
        }
    }

    /// Whether it is the same but for the action.
    fn is_as(&self, other: &Self) -> bool {
        let same = |a: &Principal, b: &Principal| {
            (&a.principal, &a.statements, a.delegation) == (&b.principal, &b.statements, b.delegation)
        };
        (self.public, self.confused_deputy.is_some(), self.unknown.is_some())
            == (other.public, other.confused_deputy.is_some(), other.unknown.is_some())
            && self.principals.len() == other.principals.len()
            && self.principals.iter().zip(&other.principals).all(|(a, b)| same(a, b))
    }
}

/// The answer to one line of a batch; several actions are taken together.
fn answer(line: &str) -> Result<Answer, String> {
    let case: Case = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let account = owner(&case.resource_arn, case.account.as_deref())?;
    let mut policies = documents::of_json(&case.policy, "policy")?;
    let (Some(policy), None) = (policies.pop(), policies.pop()) else {
        return Err("`policy` is one document".to_owned());
    };
    let actions = actions(case.action.as_deref(), &case.resource_arn, &policy)?;
    let found = whole(&policy, &Guarded { arn: &case.resource_arn, account: &account }, &actions).access;
    let any = |is: Option<bool>| found.iter().any(|found| found.public == is);
    let public = if any(Some(true)) {
        Some(true)
    } else if any(None) {
        None
    } else {
        Some(false)
    };
    let mut principals = BTreeMap::new();
    for principal in found.iter().flat_map(|found| &found.principals) {
        principals.entry(principal.principal.clone()).or_insert_with(|| principal.request.clone());
    }
    // Anyone takes the others in.
    if principals.contains_key("anyone") {
        principals.retain(|who, _| who == "anyone");
    }
    let by = found.iter().find_map(|found| found.public_by.clone());
    let deputy = found.iter().find_map(|found| found.confused_deputy.clone());
    Ok(Answer {
        id: case.id,
        public,
        confused_deputy: deputy.is_some(),
        request: by.or(deputy).or_else(|| principals.values().next().cloned()),
        principals: principals.into_keys().collect(),
        reason: found.into_iter().find_map(|found| found.unknown),
    })
}

/// The answer for a person.
fn text(whole: &Whole) -> String {
    let width = paragraph::width();
    let mut text = hanging(0, "", 0, &whole.resource, width);
    if whole.access.is_empty() {
        text.push_str("  nobody is let in\n");
    }
    for found in &whole.access {
        text.push('\n');
        text.push_str(&hanging(2, "", 0, &found.actions.join(", "), width));
        if found.principals.is_empty() && found.unknown.is_none() {
            text.push_str("    nobody is let in\n");
        }
        for principal in &found.principals {
            let note = if principal.delegation { " (as its own administrators decide)" } else { "" };
            text.push_str(&hanging(4, "", 0, &format!("{}{note}", principal.principal), width));
            let mut labelled = |label: &str, of: &str| text.push_str(&hanging(6, label, 5, of, width));
            labelled("by", &principal.statements.join(" and "));
            principal.conditions.iter().for_each(|condition| labelled("if", condition));
            labelled("proof", &principal.request.to_string());
        }
        let mut said = |label: &str, of: &str| text.push_str(&hanging(4, label, label.len(), of, width));
        match (&found.public, &found.public_by) {
            (Some(true), Some(request)) => said("PUBLIC", &request.to_string()),
            (None, _) => said("public or not: unknown", ""),
            _ => said("not public", ""),
        }
        if let Some(request) = &found.confused_deputy {
            said("CONFUSED DEPUTY", &request.to_string());
        }
        if let Some(why) = &found.unknown {
            said("unknown", why);
        }
    }
    text
}
