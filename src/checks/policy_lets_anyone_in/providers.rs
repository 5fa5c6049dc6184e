//! Identity providers that vouch for everybody's users alike: the same name stands for all who have an account there, so
//! that only a claim in the token says whose it is.

use super::super::own::{Allowing, Asked, Own};
use crate::iam::Outsider;
use crate::iam::document::PrincipalName;
use crate::reach::outsider;

/// What takes a token of such a provider.
const ASSUME: &str = "sts:AssumeRoleWithWebIdentity";

/// The providers, each with the claims that are its customers' own, the one that its guide asks for first. After the IAM User Guide, "Identity-provider controls
/// for shared OIDC providers" and "Available keys for AWS OIDC federation". What else a token says of itself, such as the
/// audience of one of GitHub, whoever asks for it chooses.
const SHARED: [(&str, &[&str]); 12] = [
    ("accounts.google.com", &["aud", "oaud", "sub"]),
    ("agent.buildkite.com", &["sub"]),
    ("api.pulumi.com/oidc", &["aud", "sub"]),
    ("app.terraform.io", &["sub"]),
    ("cognito-identity.amazonaws.com", &["aud", "sub"]),
    ("gitlab.com", &["sub"]),
    ("graph.facebook.com", &["app_id", "id"]),
    ("oidc.codefresh.io", &["sub"]),
    ("oidc.vercel.com", &["aud", "sub"]),
    ("scalr.io", &["sub"]),
    (
        "token.actions.githubusercontent.com",
        &["sub", "actor", "actor_id", "enterprise_id", "job_workflow_ref", "repository", "repository_id"],
    ),
    ("www.amazon.com", &["app_id", "user_id"]),
];

/// A provider whose users are let in, whoever they are.
pub(super) struct Provider {
    pub(super) host: &'static str,
    /// The key that says best whose a token is.
    pub(super) which: String,
}

/// Whom a statement of a trust policy lets in on the word of a shared provider, though nothing says that the token is one
/// of the owner's; with the provider.
pub(super) fn ask(own: &Own, allowing: &Allowing<'_>) -> (Asked, Option<Provider>) {
    let mut found = Asked::default();
    for (provider, host, claims) in shared(allowing) {
        let keys: Vec<String> = claims.iter().map(|claim| format!("{host}:{claim}")).collect();
        let asked = allowing.ask(&own.targets, |policy, on, action| {
            if !action.eq_ignore_ascii_case(ASSUME) {
                return Ok(None);
            }
            outsider(policy, on, ASSUME, Outsider::Bearer(provider, &keys))
        });
        if !asked.actions.is_empty() {
            let which = keys.into_iter().next().unwrap_or_default();
            return (asked, Some(Provider { host, which }));
        }
        found.undecided = found.undecided.or(asked.undecided);
    }
    (found, None)
}

/// The shared providers that a statement names: as it names them, their hosts, and the claims that tell customers apart.
fn shared<'s>(allowing: &'s Allowing<'_>) -> impl Iterator<Item = (&'s str, &'static str, &'static [&'static str])> {
    let names = allowing.statement.principal.iter().filter(|element| !element.not).flat_map(|element| &element.values);
    names.filter_map(|name| {
        let PrincipalName::Federated(name) = name else { return None };
        let host = name.split_once(":oidc-provider/").map_or(name.as_str(), |(_, host)| host);
        // Whoever takes any provider takes the one where everybody can make users.
        let host = if host == "*" { "cognito-identity.amazonaws.com" } else { host };
        let (host, claims) = SHARED.iter().find(|(known, _)| known.eq_ignore_ascii_case(host))?;
        let provider = if name == "*" { *host } else { name.as_str() };
        Some((provider, *host, *claims))
    })
}

#[cfg(test)]
mod tests {
    use super::SHARED;

    #[test]
    fn providers_stand_in_order() {
        assert!(SHARED.is_sorted());
    }
}
