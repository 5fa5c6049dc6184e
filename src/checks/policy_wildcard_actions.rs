//! `policy-wildcard-actions`: resource and trust policies that let somebody do everything.

use super::grant::by_level;
use super::own::{Allowing, Own, in_person};
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::catalogue::{Action, Catalogue};
use crate::model::{Check, Control, QUEUE, Reads, Severity, Verdict};
use crate::reach::{Who, admitted};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "policy-wildcard-actions",
        title: "No policy of a resource lets somebody do everything",
        finds: "Each statement of the policy of a queue, topic, function, table or REST API, and of the trust policy of a role, whose Action is a pattern that takes in every action on such a resource, such as `sqs:*` or `*`, and that lets in anybody but the owning account as a whole: a role or user, a service, another account, an organisation, anyone; with how many actions of which access level that are, and a request that shows it.\n\n\
            Left alone: the statement for the root of the owning account, which hands the decision to the IAM policies there and is what the console writes; narrower patterns, such as `sqs:Get*`; and NotAction (see policy-allow-by-exception).",
        matters: "Whoever sends messages may as well delete the queue, or write a policy that lets others in.",
        mend: "The console of the service > the resource > its policy: write the actions that are needed in the place of the pattern, such as sqs:SendMessage for a sender.",
        severity: Severity::Low,
        controls: &[
            Control::on(QUEUE, "Checkov", "CKV_AWS_72"),
            Control::on(QUEUE, "AWS Config", "SQS_QUEUE_POLICY_FULL_ACCESS_CHECK"),
            Control::on(QUEUE, "Guard Rules Registry", "SQS_QUEUEPOLICY_NO_WILDCARD_ACTION"),
        ],
        reads: Reads::OwnPolicy,
        beside: &[],
    },
    run,
};

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    let mut witness = None;
    for allowing in own.allowing() {
        let Some(pattern) = takes_in_all(&own, &allowing) else {
            rows.pass(allowing.place, "names its actions");
            continue;
        };
        match somebody(&own, &allowing) {
            Ok(Some((who, request))) => {
                let all: Vec<Action> =
                    own.actions.iter().filter_map(|action| Catalogue::embedded().action(action)).collect();
                let found = format!(
                    "lets {who} do {pattern}, which is all that can be done ({}){}",
                    by_level(&all),
                    allowing.conditions()
                );
                rows.fail(allowing.place, found);
                witness.get_or_insert(request);
            }
            Ok(None) => rows.pass(allowing.place, format!("lets in for {pattern} nobody but the owning account")),
            Err(why) => {
                let found = format!("whom it lets in for {pattern} is not decided: {why}");
                rows.say(allowing.place, Verdict::Unknown, found);
            }
        }
    }
    Judged { witness, ..rows.judged("no statement allows anything to anybody") }
}

/// The pattern of a statement that takes in every action on the resource.
fn takes_in_all<'s>(own: &Own, allowing: &Allowing<'s>) -> Option<&'s str> {
    let element = &allowing.statement.action;
    let values = element.values.iter().filter(|value| !element.not && value.contains(['*', '?']));
    values.map(String::as_str).find(|value| {
        let named: Vec<String> = Catalogue::embedded().matching(value).map(|action| action.full_name()).collect();
        own.actions.iter().all(|action| named.contains(action))
    })
}

/// Those whom a statement lets in, the owning account left out, and a request of the first.
fn somebody(own: &Own, allowing: &Allowing<'_>) -> Result<Option<(String, String)>, String> {
    let mut undecided = None;
    for (action, target) in allowing.alike().flat_map(|(action, _)| own.targets.iter().map(move |on| (action, on))) {
        let found = admitted(&allowing.alone, target, action);
        let others: Vec<_> = found
            .admitted
            .iter()
            .filter(|admitted| !matches!(&admitted.who, Who::Account(account) if account == own.account()))
            .collect();
        if let Some(first) = others.first() {
            let names: Vec<String> = others.iter().map(|admitted| in_person(&admitted.who)).collect();
            return Ok(Some((names.join(" and "), first.witness.clone())));
        }
        undecided = undecided.or(found.unknown);
    }
    undecided.map_or(Ok(None), Err)
}
