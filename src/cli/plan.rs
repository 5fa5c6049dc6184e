//! `plimsoll plan`: what a scan would ask, before anything is asked.

use super::given::{Given, Unexpected};
use super::{Failure, output};
use crate::model::{Call, Condition, Needs, PlannedCall, harmless, is_region_name, partition_of_region};
use crate::report::{table, write_harmless};
use crate::rules::{Rules, Whereabouts};
use crate::services;
use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Say which calls a scan would make, and the IAM policy it needs
///
/// Nothing is asked: neither credentials nor an account are needed.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    unexpected: Unexpected,
    /// The region, where the rules file does not say
    #[arg(long, value_parser = region)]
    region: Option<String>,
    /// The account, 12 digits, to be named in the policy instead of `*`
    #[arg(long, value_parser = account)]
    account: Option<String>,
    /// Let the policy permit as well what `scan --locate` asks in the other regions
    #[arg(long)]
    locate: bool,
    /// What to print
    #[arg(long, value_enum, default_value = "text")]
    format: PlanFormat,
}

/// What `plimsoll plan` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    /// The calls, for a person
    Text,
    /// The calls, for a program
    Json,
    /// The IAM policy that lets an auditor make them, fallbacks included
    Policy,
}

/// What stands for the region of a call that is made in each other region.
const ELSEWHERE: &str = "*";

fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("an account is 12 digits, without hyphens".to_owned())
    }
}

fn region(text: &str) -> Result<String, String> {
    if is_region_name(text) { Ok(text.to_owned()) } else { Err("a region is written like us-east-1".to_owned()) }
}

/// The region that a run is about: the file's, or the one that was typed where the file has none.
pub(super) fn region_of_run(rules: &Rules, typed: Option<&str>) -> Result<Option<String>, Failure> {
    match (&rules.region, typed) {
        (Some(file), Some(typed)) if file != typed => Err(Failure::usage(
            format!("--region {typed} differs from the region of the rules file, {file}"),
            "leave --region out, or change `region:` in the rules file",
        )),
        (Some(region), _) => Ok(Some(region.clone())),
        (None, typed) => Ok(typed.map(str::to_owned)),
    }
}

impl Plan {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let rules = self.given.load_asking(self.unexpected)?;
        // A region of the environment is a default; it yields to the file's and to what is typed.
        let of_environment = || std::env::var("AWS_REGION").ok().filter(|region| is_region_name(region));
        let Some(region) = region_of_run(&rules, self.region.as_deref())?.or_else(of_environment) else {
            return Err(Failure::usage("the rules file names no region", "name one: --region us-east-1"));
        };
        let partition = partition_of_region(&region).to_owned();
        let place = Whereabouts { account: self.account, partition, region };
        let calls = plan(&rules, &place);
        let text = match self.format {
            PlanFormat::Text => in_a_table(&rules, &place, &calls, self.unexpected),
            PlanFormat::Json => write_harmless(&as_json(&place, &calls)),
            PlanFormat::Policy => {
                let asked = |planned: &&PlannedCall| self.locate || planned.condition != Condition::Located;
                let asked: Vec<PlannedCall> = calls.iter().filter(asked).cloned().collect();
                write_harmless(&policy(&asked, &place))
            }
        };
        output::print(&text)?;
        Ok(0)
    }
}

/// All calls of a scan by `rules` at `place`, the first of them GetCallerIdentity, which needs no permission.
pub(super) fn plan(rules: &Rules, place: &Whereabouts) -> Vec<PlannedCall> {
    let identity = PlannedCall {
        call: Call::new("sts", "GetCallerIdentity", "", ""),
        condition: Condition::Always,
        action: String::new(),
        resource: String::new(),
    };
    let mut calls = vec![identity];
    calls.extend(services::plan(&rules.needs(place)));
    calls.extend(elsewhere(rules, place));
    calls
}

/// The calls of `--locate`, each told once for all the regions it is made in.
fn elsewhere(rules: &Rules, place: &Whereabouts) -> Vec<PlannedCall> {
    let mut needs = Needs::default();
    for (type_name, _, name) in rules.located(place) {
        needs.named(type_name, ELSEWHERE, &name, []);
    }
    let located = |planned: PlannedCall| PlannedCall { condition: Condition::Located, ..planned };
    let mut calls: Vec<PlannedCall> = services::plan(&needs).into_iter().map(located).collect();
    calls.sort();
    calls.dedup();
    calls
}

/// The calls in a table: one row for all calls of an operation that are made on the same occasion.
fn in_a_table(rules: &Rules, place: &Whereabouts, calls: &[PlannedCall], asked: Unexpected) -> String {
    let mut rows: Vec<(&PlannedCall, Vec<String>)> = Vec::new();
    for planned in calls {
        let call = &planned.call;
        let mut about = harmless(&call.subject);
        let region = if call.region == ELSEWHERE { "each other region" } else { &call.region };
        if !region.is_empty() {
            about.push_str(&format!("{}in {region}", if about.is_empty() { "" } else { " " }));
        }
        let same = |row: &&mut (&PlannedCall, Vec<String>)| {
            row.0.call.operation == call.operation && row.0.condition == planned.condition
        };
        match rows.iter_mut().find(same) {
            Some((_, abouts)) => abouts.push(about),
            None => rows.push((planned, vec![about])),
        }
    }
    let mut table = table::table(&["call", "about", "made"], output::width());
    for (planned, abouts) in rows {
        let call = format!("{}:{}", planned.call.service, planned.call.operation);
        table.add_row([call, abouts.join(", "), planned.condition.to_string()]);
    }
    let always = calls.iter().filter(|planned| planned.condition == Condition::Always).count();
    let actions: BTreeSet<&str> =
        calls.iter().map(|planned| planned.action.as_str()).filter(|action| !action.is_empty()).collect();
    let mut text = format!("{} · {}\n\n{}", harmless(&rules.title), place.region, table::lines(&table));
    text.push_str(&format!(
        "\n{always} calls are made in every run; a fallback only where the call it stands in for is refused or fails.\n\
         GetCallerIdentity needs no permission, the others need {} actions:\n\
         `plimsoll plan {}{} --format policy` prints the policy.\n",
        actions.len(),
        rules.file.strip_prefix("rules/").and_then(|f| f.strip_suffix(".yaml")).unwrap_or(&rules.file),
        if asked.unexpected { " --unexpected" } else { "" },
    ));
    text
}

fn as_json(place: &Whereabouts, calls: &[PlannedCall]) -> Json {
    let calls: Vec<Json> = calls
        .iter()
        .map(|planned| {
            json!({
                "service": planned.call.service,
                "operation": planned.call.operation,
                "region": planned.call.region,
                "about": planned.call.subject,
                "made": planned.condition.to_string(),
                "fallback_for": match &planned.condition {
                    Condition::Fallback(operation) => Some(operation),
                    _ => None,
                },
                "action": planned.action,
                "resource": filled(&planned.resource, &planned.call.region, place),
            })
        })
        .collect();
    json!({ "version": 1, "region": place.region, "partition": place.partition, "calls": calls })
}

/// The IAM policy that permits `calls` and nothing else.
fn policy(calls: &[PlannedCall], place: &Whereabouts) -> Json {
    let mut by_resource: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for planned in calls.iter().filter(|planned| !planned.action.is_empty()) {
        let resource = filled(&planned.resource, &planned.call.region, place);
        by_resource.entry(resource).or_default().insert(&planned.action);
    }
    let statements: Vec<Json> = by_resource
        .into_iter()
        .map(|(resource, actions)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
        .collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn filled(resource: &str, region: &str, place: &Whereabouts) -> String {
    resource
        .replace("${Partition}", &place.partition)
        .replace("${Region}", region)
        .replace("${Account}", place.account.as_deref().unwrap_or("*"))
}
