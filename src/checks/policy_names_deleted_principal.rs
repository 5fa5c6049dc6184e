//! `policy-names-deleted-principal`: resource and trust policies that name somebody who is gone.

use super::own::Own;
use super::settings::Rows;
use super::{Analysis, Case, Judged};
use crate::iam::document::PrincipalName;
use crate::model::{Arn, Beside, Check, Gap, ROLE, Reads, Severity, USER};

pub(super) static CHECK: Analysis = Analysis {
    check: Check {
        name: "policy-names-deleted-principal",
        title: "No policy of a resource names a principal that is gone",
        finds: "Each principal in the policy of a queue, topic, function, table or REST API, and in the trust policy of a role, that no longer exists: a unique id (AIDA..., AROA...), which AWS shows in the place of a user or role that was deleted, and the ARN of a role or user of the own account, or of a session of it, that the lists of the account do not have.\n\n\
            An id means that principal and no other: one that is made anew under the same name is not let in, although the policy once named it. Statements that deny count as well, since they no longer stop anybody.\n\n\
            Left alone: principals of other accounts, which only those know; what stands in conditions; services and identity providers. If the roles or users were not listed to the end, an ARN that was not found is unknown.",
        matters: "Where the principal was made anew the work is refused although the policy looks right; where it was not, an ARN without a principal waits for whoever makes one of that name.",
        mend: "The console of the service > the resource > its policy (role: Trust relationships): put the ARN of the principal that is meant in the place of the id, or remove it.",
        severity: Severity::Low,
        controls: &[],
        reads: Reads::OwnPolicy,
        beside: &[Beside::Global(ROLE, &[]), Beside::Global(USER, &[])],
    },
    run,
};

/// What is known of a principal.
enum Known {
    There,
    Gone(String),
    Unread(Box<Gap>),
}

fn run(case: &Case<'_>) -> Judged {
    let mut rows = Rows::new(case);
    let Some(own) = Own::of(case, &mut rows) else { return rows.judged("") };
    for statement in &own.policy.statements {
        let place = own.policy.place(statement).to_string();
        let (mut gone, mut there, mut gaps) = (Vec::new(), Vec::new(), Vec::new());
        for name in statement.principal.iter().flat_map(|element| &element.values) {
            if let Some(id) = name.deleted() {
                gone.push(format!("{id}, the id of a principal that was deleted"));
                continue;
            }
            let PrincipalName::Aws(name) = name else { continue };
            let Some(principal) = of_the_account(name, own.account()) else { continue };
            match known(case, &principal, &mut rows) {
                Known::There => there.push(principal.name),
                Known::Gone(beside) => gone.push(format!("{name}, which does not exist{beside}")),
                Known::Unread(gap) => gaps.push(gap),
            }
        }
        there.dedup();
        if !gone.is_empty() {
            rows.fail(place, format!("names {}", gone.join(" and ")));
        } else if !gaps.is_empty() {
            rows.unread(place, &gaps.iter().map(|gap| &**gap).collect::<Vec<_>>());
        } else if !there.is_empty() {
            rows.pass(place, format!("all that it names exist: {}", there.join(", ")));
        }
    }
    rows.judged("it names no single role or user of the account")
}

/// A role or user that a policy names.
struct Named {
    type_name: &'static str,
    /// Its name, without the path.
    name: String,
    /// Its ARN, if that is what is named: that of a session tells no path.
    arn: Option<String>,
}

/// The role or user of `account` that a principal is, or is a session of.
fn of_the_account(principal: &str, account: &str) -> Option<Named> {
    let arn = principal.parse::<Arn>().ok().filter(|arn| arn.account == account)?;
    let (kind, rest) = arn.resource.split_once('/')?;
    let last = rest.rsplit('/').next().unwrap_or(rest);
    let first = rest.split('/').next().unwrap_or(rest);
    let named = |type_name, name: &str, arn: Option<&str>| {
        Some(Named { type_name, name: name.to_owned(), arn: arn.map(str::to_owned) })
    };
    match (arn.service.as_str(), kind) {
        ("iam", "role") => named(ROLE, last, Some(principal)),
        ("iam", "user") => named(USER, last, Some(principal)),
        ("sts", "assumed-role") => named(ROLE, first, None),
        _ => None,
    }
}

fn known(case: &Case<'_>, named: &Named, rows: &mut Rows) -> Known {
    let listed = case.reach.listed(named.type_name, "");
    let is_it = |id: &str, name: &str| named.arn.as_ref().map_or(named.name == name, |arn| arn == id);
    if let Some(found) = listed.iter().find(|listed| is_it(&listed.id, &listed.name)) {
        rows.rest_on(&found.calls);
        return Known::There;
    }
    let (calls, gaps) = case.reach.lists(named.type_name, "", None);
    rows.rest_on(&calls);
    if let Some(gap) = gaps.into_iter().next() {
        return Known::Unread(Box::new(gap));
    }
    let near = listed.iter().find(|listed| listed.name.eq_ignore_ascii_case(&named.name));
    Known::Gone(near.map(|near| format!("; there is {}", near.id)).unwrap_or_default())
}
