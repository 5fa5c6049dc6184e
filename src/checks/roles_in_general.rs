//! Statements that allow an action on every role of the account, shared by the checks on passing and on assuming roles.

use super::everything::{Power, granting, power};
use super::generic::{Generic, asks};
use super::grant::{Grant, conditions_of};
use super::written::{Told, each_grant};
use super::{Case, Judged};
use crate::iam::catalogue::Catalogue;
use crate::model::Verdict;
use crate::reach::{Answer, Gathered, apart_from, within};

/// What is found of `action` (`iam:PassRole`): whether each statement allows it on a role that nobody named, and so on
/// every one.
pub(super) fn judge(case: &Case<'_>, action: &'static str, nothing: &'static str) -> Judged {
    each_grant(case, nothing, |document, grant| tell(case, action, document, grant))
}

fn tell(case: &Case<'_>, action: &str, document: &Gathered, grant: Grant<'_>) -> Option<Told> {
    if !grant.can_be_asked(Catalogue::embedded().action(action)?) {
        return None;
    }
    let authority = grant.at_most(document);
    let asked = super::document::only(&[action.to_owned()])?;
    // Whether it is about the action at all.
    match apart_from(&authority, &asked) {
        Answer::Yes => return None,
        Answer::No(_) => {}
        Answer::Unknown(why) => return Some(Told::plain(Verdict::Unknown, format!("not decided: {why}"))),
    }
    if grant.statement.action.not {
        return Some(Told::plain(Verdict::NotApplicable, "it allows by exception, and is not judged here"));
    }
    let Some(generic) = Generic::new(&authority) else {
        return Some(Told::plain(Verdict::Unknown, "its resources name every letter there is"));
    };
    let form = Catalogue::embedded().resource_type("iam", "role").and_then(|role| role.arn_formats().next())?;
    let (partition, account) = (&case.place.partition, &case.reach.account.caller.account);
    let arn = generic.arn(form, partition, account);
    match within(&asks(action, &arn, grant.policy, grant.statement), &authority) {
        Answer::Yes => {}
        Answer::No(_) => return Some(Told::plain(Verdict::Pass, format!("{action} on some roles only"))),
        Answer::Unknown(why) => return Some(Told::plain(Verdict::Unknown, format!("not decided: {why}"))),
    }
    if matches!(power(&document.read(), partition, account), Power::Everything(_))
        && granting(document, partition).iter().flatten().any(|other| other.statement.index == grant.statement.index)
    {
        return Some(Told::plain(Verdict::NotApplicable, "everything on everything, which is full administration"));
    }
    let when = conditions_of(&grant).map(|conditions| format!(", if {conditions}")).unwrap_or_default();
    Some(match apart_from(&grant.as_it_is(document), &asked) {
        Answer::No(proof) => {
            Told { verdict: Verdict::Fail, found: format!("{action} on every role{when}"), witness: Some(proof.line) }
        }
        Answer::Yes => Told::plain(Verdict::Pass, format!("{action} on every role{when}, which is never met")),
        Answer::Unknown(why) => Told::plain(Verdict::Unknown, format!("not decided: {why}")),
    })
}
