//! `policy-lets-other-accounts-in`: resource and trust policies that let other accounts in by name.

use super::own::{Allowing, Own, in_person, several};
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::Outsider;
use crate::model::{Check, Control, QUEUE, ROLE, Reads, Severity, TABLE, TOPIC, Verdict};
use crate::reach::{Admission, Who, admitted, outsider, unproven};
use std::collections::{BTreeMap, BTreeSet};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "policy-lets-other-accounts-in",
        title: "No policy of a resource lets in other accounts",
        finds: "Each statement of the policy of a queue, topic, function, table or REST API, and of the trust policy of a role, that lets in somebody of another account who is named: the account, a role, a user or a session of it, an organisation (aws:PrincipalOrgID, aws:PrincipalOrgPaths), or a service on behalf of a resource of another account (aws:SourceAccount, aws:SourceArn); with the actions, the conditions, and a request that shows it. Of a trust policy it says whether an external id or MFA is asked for (see iam-trust-without-external-id).\n\n\
            Whom a statement lets in is decided by the IAM engine within the denials of the policy. Access of other accounts may well be meant: what is, is best written as a waiver, or as an `access` rule on the resource. The own organisation is not known, so that its other accounts count as well.\n\n\
            Left alone: statements that let anyone in (see policy-lets-anyone-in), identity providers, services without a named source (see policy-confused-deputy), and whoever calls from a fixed network or VPC.",
        matters: "What another account may do, its administrators can give to anybody there; nobody here sees them do so.",
        mend: "The console of the service > the resource > its policy (role: Trust relationships): remove the account from the statement if it no longer needs the access, or name the one role of it that does.",
        severity: Severity::Medium,
        controls: &[
            Control::on(TABLE, "Prowler", "dynamodb_table_cross_account_access"),
            Control::on(TOPIC, "Checkov", "CKV_AWS_385"),
            Control::on(TOPIC, "Powerpipe", "sns_topic_policy_prohibit_cross_account_access"),
            Control::on(QUEUE, "Cloud Custodian", "cross-account"),
            Control::on(ROLE, "Cloud Custodian", "cross-account"),
        ],
        reads: Reads::OwnPolicy,
        beside: &[],
    },
    run,
};

/// Others who are let in: what they may do, and a request of each.
#[derive(Default)]
struct Others {
    who: BTreeMap<String, (Vec<String>, String)>,
    public: bool,
    undecided: Option<String>,
}

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    let mut witness = None;
    for allowing in own.allowing() {
        let others = others(&own, &allowing);
        let conditions = allowing.conditions();
        if let Some((_, first)) = others.who.values().next() {
            let said: Vec<String> =
                others.who.iter().map(|(who, (actions, _))| format!("{who} do {}", several(actions))).collect();
            let proof = if own.carried.service == "sts" { asks_for(&own, &allowing) } else { "" };
            rows.fail(&allowing.place, format!("lets {}{conditions}{proof}", said.join(" and ")));
            witness.get_or_insert_with(|| first.clone());
        } else if let Some(why) = others.undecided {
            let found = format!("whether it lets another account in is not decided: {why}");
            rows.say(&allowing.place, Verdict::Unknown, found);
        } else if others.public {
            rows.pass(&allowing.place, "names no other account, and lets anyone in (see policy-lets-anyone-in)");
        } else {
            rows.pass(&allowing.place, "lets no other account in");
        }
    }
    Judged { witness, ..rows.judged("no statement allows anything to anybody") }
}

fn others(own: &Own, allowing: &Allowing<'_>) -> Others {
    let mut others = Others::default();
    let sources = sources(own, allowing);
    let named = allowing.names_others(own.account());
    for (action, alike) in allowing.alike() {
        for target in &own.targets {
            let mut found = Vec::new();
            let ask = |who| outsider(&allowing.alone, target, action, who);
            let all = if named { admitted(&allowing.alone, target, action) } else { Admission::default() };
            others.undecided = others.undecided.or(all.unknown);
            for admitted in all.admitted {
                match &admitted.who {
                    Who::Account(account) if account == own.account() => {}
                    Who::Arn(arn) if account_of(arn).is_some_and(|account| account == own.account()) => {}
                    Who::Account(_) | Who::Arn(_) | Who::CanonicalUser(_) => {
                        found.push((in_person(&admitted.who), admitted.witness));
                    }
                    Who::Anyone => match (ask(Outsider::Stranger), ask(Outsider::Member)) {
                        (Ok(Some(_)), _) => others.public = true,
                        (Ok(None), Ok(Some(request))) => found.push((organisation(own), request)),
                        (Ok(None), Ok(None)) => {}
                        (Err(why), _) | (_, Err(why)) => drop(others.undecided.get_or_insert(why)),
                    },
                    Who::Service { .. } | Who::Federated(_) => {}
                }
            }
            for (service, account) in &sources {
                match ask(Outsider::For(service.as_deref(), account)) {
                    Ok(Some(request)) => {
                        let name = service.as_deref().unwrap_or("any service");
                        found.push((format!("{name} on behalf of account {account}"), request));
                    }
                    Ok(None) => {}
                    Err(why) => drop(others.undecided.get_or_insert(why)),
                }
            }
            for (who, request) in found {
                let (actions, _) = others.who.entry(who).or_insert_with(|| (Vec::new(), request));
                actions.extend_from_slice(alike);
                actions.sort();
                actions.dedup();
            }
        }
    }
    others
}

fn account_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

/// The organisations that the policy asks for, as those who are let in.
fn organisation(own: &Own) -> String {
    let entries = own.policy.statements.iter().flat_map(|statement| &statement.conditions);
    let of = entries.filter(|entry| {
        ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"].iter().any(|key| entry.key.eq_ignore_ascii_case(key))
    });
    let ids: BTreeSet<&str> = of.flat_map(|entry| &entry.values).map(String::as_str).collect();
    format!("the accounts of the organisation {}", ids.into_iter().collect::<Vec<_>>().join(" or "))
}

/// The other accounts whose resources a condition names as the source of a call, each with the services that the
/// statement lets in: whether they are let in for it is asked of the engine.
fn sources(own: &Own, allowing: &Allowing<'_>) -> BTreeSet<(Option<String>, String)> {
    let mut accounts = BTreeSet::new();
    for entry in &allowing.statement.conditions {
        for value in &entry.values {
            let account = match entry.key.to_ascii_lowercase().as_str() {
                "aws:sourceaccount" | "aws:sourceowner" => Some(value.as_str()),
                "aws:sourcearn" => account_of(value),
                _ => None,
            };
            let is_one = |account: &&str| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            accounts.extend(account.filter(is_one).filter(|account| *account != own.account()).map(str::to_owned));
        }
    }
    let named = crate::iam::services(&allowing.alone);
    let services: Vec<Option<String>> =
        if named.is_empty() { vec![None] } else { named.into_iter().map(Some).collect() };
    accounts.into_iter().flat_map(|account| services.iter().map(move |of| (of.clone(), account.clone()))).collect()
}

/// What the statement of a trust policy asks for beside who it is.
fn asks_for(own: &Own, allowing: &Allowing<'_>) -> &'static str {
    let bare = own.targets.iter().map(|target| unproven(&allowing.alone, target, "sts:AssumeRole"));
    let mut doubt = false;
    for found in bare {
        if !found.admitted.is_empty() {
            return "; without an external id or MFA";
        }
        doubt |= found.unknown.is_some();
    }
    if doubt { "" } else { "; which asks for an external id, MFA or an organisation" }
}
