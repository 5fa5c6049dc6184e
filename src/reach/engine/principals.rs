//! Whom the policy of a resource lets in, as the engine answers it, in words for findings.

use super::{Admission, Admitted, Answer, Guarded, Who};
use crate::iam::{self, Grantee, Outsider, Policy};

/// Whom `policy` lets do `action`.
pub(crate) fn admitted(policy: &Policy, guarded: &Guarded, action: &str) -> Admission {
    let admission = iam::admission(policy, &on(guarded), action);
    let direct = admission.admitted.into_iter().filter(|admitted| !admitted.delegation);
    Admission { admitted: direct.map(Admitted::from).collect(), unknown: admission.unknown }
}

/// Whom `policy` lets do `action` beyond `listed`.
pub(crate) fn beyond(policy: &Policy, guarded: &Guarded, action: &str, listed: &[Who]) -> Admission {
    let listed: Vec<Grantee> = listed.iter().map(Grantee::from).collect();
    let (extra, unknown) = iam::beyond(policy, &on(guarded), action, &listed);
    Admission { admitted: extra.into_iter().map(Admitted::from).collect(), unknown }
}

/// Whether `policy` lets `who` do `action`, in some context.
pub(crate) fn admits(policy: &Policy, guarded: &Guarded, action: &str, who: &Who) -> Answer {
    match iam::admits(policy, &on(guarded), action, &Grantee::from(who)) {
        Ok(Some(_)) => Answer::Yes,
        Ok(None) => Answer::No(Box::default()),
        Err(why) => Answer::Unknown(why),
    }
}

/// A request of an outsider that `policy` allows, on one line; nothing if there is none, and why it is not known.
pub(crate) fn outsider(
    policy: &Policy,
    guarded: &Guarded,
    action: &str,
    who: Outsider<'_>,
) -> Result<Option<String>, String> {
    Ok(iam::outsider(policy, &on(guarded), action, who)?.map(|request| request.to_string()))
}

/// The other accounts that `policy` lets do `action` though they prove nothing beside who they are: no external id, no
/// MFA, no organisation.
pub(crate) fn unproven(policy: &Policy, guarded: &Guarded, action: &str) -> Admission {
    let (admitted, unknown) = iam::unproven(policy, &on(guarded), action);
    Admission { admitted: admitted.into_iter().map(Admitted::from).collect(), unknown }
}

fn on(guarded: &Guarded) -> iam::Guarded<'_> {
    iam::Guarded { arn: &guarded.arn, account: &guarded.account }
}

impl From<iam::Admitted> for Admitted {
    fn from(admitted: iam::Admitted) -> Self {
        Self {
            who: Who::from(&admitted.who),
            by: admitted.statements.iter().map(ToString::to_string).collect(),
            conditions: admitted.conditions,
            witness: admitted.witness.to_string(),
        }
    }
}

impl From<&Grantee> for Who {
    fn from(grantee: &Grantee) -> Self {
        match grantee {
            Grantee::Anyone => Self::Anyone,
            Grantee::Account(account) => Self::Account(account.clone()),
            Grantee::Arn(arn) => Self::Arn(arn.clone()),
            Grantee::Service { name, source } => Self::Service { name: name.clone(), source: source.clone() },
            Grantee::Federated(provider) => Self::Federated(provider.clone()),
            Grantee::CanonicalUser(id) => Self::CanonicalUser(id.clone()),
        }
    }
}

impl From<&Who> for Grantee {
    fn from(who: &Who) -> Self {
        match who {
            Who::Anyone => Self::Anyone,
            Who::Account(account) => Self::Account(account.clone()),
            Who::Arn(arn) => Self::Arn(arn.clone()),
            Who::Service { name, source } => Self::Service { name: name.clone(), source: source.clone() },
            Who::Federated(provider) => Self::Federated(provider.clone()),
            Who::CanonicalUser(id) => Self::CanonicalUser(id.clone()),
        }
    }
}
