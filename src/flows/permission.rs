//! Links about permissions: which role acts, whether it is trusted, what it may do, and the key of what is encrypted.

use super::Edge;
use super::link::{Link, arn, text};
use crate::model::{Arn, FUNCTION, Gap, IdentityPolicies, Listing, Presence, ROLE, Resource, Value};
use crate::reach::{Asked, Asker, Gathered, Missing, Reach, Said, policy_in};
use std::collections::{BTreeMap, BTreeSet};

/// The role that acts, with its policies; or why it is not known.
pub(super) enum Actor<'a> {
    Known(&'a Resource, Box<Gathered>),
    /// The link that says why, which stands in place of all that rests on the role.
    Not(Box<Link>),
}

/// The role of a function.
pub(super) fn of_function<'a>(edge: &Edge<'a>, function: &Resource) -> Actor<'a> {
    debug_assert_eq!(function.type_name, FUNCTION);
    let wanted = format!("{} has a role", function.name);
    match text(&function.properties, &["Role"]) {
        Ok(Some(role)) => by_arn(edge.reach, &role),
        Ok(None) => Actor::Not(Box::new(Link::fail("role", wanted, "it has none"))),
        Err(gap) => Actor::Not(Box::new(Link::unread("role", wanted, gap))),
    }
}

/// The role with this ARN.
pub(super) fn by_arn<'a>(reach: &Reach<'a>, arn: &str) -> Actor<'a> {
    if let Some(role) = reach.listed(ROLE, "").iter().copied().find(|role| role.id == *arn) {
        return known(reach, role);
    }
    let wanted = format!("the role {arn} is there");
    let name = match arn.parse::<Arn>() {
        Ok(arn) if arn.account != reach.account.caller.account => {
            let why = format!("it belongs to the account {}, which is not read", arn.account);
            return Actor::Not(Box::new(Link::unclear("role", wanted, why)));
        }
        Ok(arn) => arn.name().to_owned(),
        Err(why) => return Actor::Not(Box::new(Link::fail("role", wanted, format!("{arn} is no role: {why}")))),
    };
    let not_read = || {
        let why = format!("not read: the policies of {name} were not asked for; declare the role among the resources");
        Link::unclear("role", &wanted, why)
    };
    let link = match reach.account.listing(ROLE, "") {
        Some(Listing::Complete(calls)) if reach.account.names_of(ROLE, "").any(|known| known == name) => {
            not_read().resting_on(calls)
        }
        // Where the list was refused, the role itself was asked for, if somebody needs it.
        _ => match reach.account.presence(ROLE, "", &name) {
            Some(Presence::Missing(calls)) => Link::fail("role", &wanted, "there is no such role").resting_on(&calls),
            Some(Presence::Unknown(gap)) => Link::unread("role", &wanted, &gap),
            Some(Presence::Found(_)) | None => not_read(),
        },
    };
    Actor::Not(Box::new(link))
}

pub(super) fn known<'a>(reach: &Reach<'a>, role: &'a Resource) -> Actor<'a> {
    let gathered = reach.gather(IdentityPolicies::Identity { bounded: true, groups: false }, role);
    Actor::Known(role, Box::new(gathered))
}

/// That the role trusts `service`.
pub(super) fn trust(reach: &Reach<'_>, role: &Resource, service: &'static str) -> Link {
    let wanted = format!("{service} may assume {}", role.name);
    let policy = policy_in(role.properties.get("AssumeRolePolicyDocument"), "the trust policy");
    let asked = Asked { action: "sts:AssumeRole", resource: &role.id, policy, context: &[] };
    let answer = reach.may(&Asker::Service(service, None), &asked);
    let mut link = said("trust", wanted, vec![answer], &["sts:AssumeRole".to_owned()]).resting_on(&role.calls);
    link.found = link.found.replace("the resource policy", "the trust policy");
    link
}

/// That the role may do `actions` on the resource with this ARN, which carries `policy`.
pub(super) fn may(
    reach: &Reach<'_>,
    (role, gathered): (&Resource, &Gathered),
    actions: &[String],
    (target, name): (&str, &str),
    policy: impl Fn() -> Result<Option<crate::iam::Policy>, Missing>,
) -> Link {
    let wanted = format!("{} may {} on {name}", role.name, actions.join(" and "));
    let answers = actions.iter().map(|action| {
        let resource = if takes_no_resource(action) { "*" } else { target };
        let asked = Asked { action, resource, policy: policy(), context: &[] };
        reach.may(&Asker::Role(role, gathered), &asked)
    });
    said("permission", wanted, answers.collect(), actions).resting_on(&gathered.calls)
}

/// That `service` may do `action` on `to` for the resource with the ARN `source`, by the policy that `to` carries.
pub(super) fn service_may(
    edge: &Edge<'_>,
    service: &str,
    action: &str,
    source: &str,
    (field, noun): (&str, &str),
) -> Said {
    let target = arn(edge.to);
    let policy = policy_in(edge.to.properties.get(field), noun);
    edge.reach.may(&Asker::Service(service, Some(source)), &Asked { action, resource: &target, policy, context: &[] })
}

/// Several answers as one link.
pub(super) fn said(name: &'static str, wanted: String, answers: Vec<Said>, actions: &[String]) -> Link {
    let (mut by, mut refused) = (Vec::new(), Vec::new());
    let mut open: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let (mut witness, mut gaps): (Option<String>, Vec<Gap>) = (None, Vec::new());
    for (answer, action) in answers.into_iter().zip(actions) {
        match answer {
            Said::Allowed(places) => by.extend(places),
            Said::Refused(why, line) => {
                refused.push(format!("{action} is {why}"));
                witness.get_or_insert(line);
            }
            Said::Unknown(why, unread) => {
                open.entry(why).or_default().push(action);
                gaps.extend(unread);
            }
        }
    }
    // One statement may let in several of the actions.
    let mut told = BTreeSet::new();
    by.retain(|place| told.insert(place.clone()));
    let all = actions.len();
    let open: Vec<String> = open
        .into_iter()
        .map(|(why, of)| if of.len() == all { why } else { format!("{}: {why}", of.join(" and ")) })
        .collect();
    let calls: Vec<_> = gaps.into_iter().map(|gap| gap.call).collect();
    let link = match (refused.is_empty(), open.is_empty()) {
        (false, _) => Link::fail(name, wanted, refused.join("; ")).shown_by(witness),
        (_, false) => Link::unclear(name, wanted, open.join("; ")),
        _ => Link::pass(name, wanted, format!("allowed by {}", by.join(" and "))),
    };
    link.resting_on(&calls)
}

fn takes_no_resource(action: &str) -> bool {
    crate::iam::catalogue::Catalogue::embedded().action(action).is_some_and(|action| action.is_wildcard_only())
}

/// That the role may use the key that encrypts `of`, for `actions` such as `kms:Decrypt`; none if no customer key does.
///
/// The key's own policy is not read. Without the role's own permission it is of no use where it leaves the decision to
/// the account, as keys do unless somebody changed that; so a refusal is a fail and the rest is not checked.
pub(super) fn key(
    reach: &Reach<'_>,
    (role, gathered): (&Resource, &Gathered),
    actions: &[&str],
    of: &Resource,
) -> Option<Link> {
    let wanted = format!("{} may {} with the key that encrypts {}", role.name, actions.join(" and "), of.name);
    let Key { id, arn: key, is_pattern } = match key_of(of) {
        Err(gap) => return Some(Link::unread("key", wanted, gap)),
        Ok(key) => key?,
    };
    let account = key.split(':').nth(4).unwrap_or_default().to_owned();
    let to_account = || Ok(delegation(&account));
    for action in actions {
        let asked = Asked { action, resource: &key, policy: to_account(), context: &[] };
        match reach.may(&Asker::Role(role, gathered), &asked) {
            Said::Allowed(_) => {}
            Said::Refused(why, line) => {
                let link =
                    Link::fail("key", wanted, format!("{} is encrypted with {id}, and {action} is {why}", of.name));
                return Some(link.shown_by(Some(line)).resting_on(&gathered.calls));
            }
            Said::Unknown(why, gaps) => {
                let calls: Vec<_> = gaps.into_iter().map(|gap| gap.call).collect();
                return Some(Link::unclear("key", wanted, why).resting_on(&calls));
            }
        }
    }
    let which = if is_pattern { "which key it is and its policy are" } else { "its policy is" };
    Some(Link::not_checked("key", format!("{} is encrypted with the key {id}: {which} not read", of.name)))
}

/// A key that encrypts something, of which the account decides who may use it.
pub(crate) struct Key {
    /// The key as it is named there: an id, an alias or an ARN.
    pub(crate) id: String,
    /// Its ARN.
    pub(crate) arn: String,
    /// Whether the ARN is a pattern, because an alias does not say which key it is.
    pub(crate) is_pattern: bool,
}

/// The key that encrypts `of`; none if there is none, or AWS's own, which lets the principals of the account in by
/// itself.
pub(crate) fn key_of(of: &Resource) -> Result<Option<Key>, &Gap> {
    let id = match of.properties.get("KmsMasterKeyId") {
        Value::Unread(gap) => return Err(gap),
        value => value.as_text().filter(|id| !id.is_empty() && !is_of_aws(id)),
    };
    Ok(id.map(|id| {
        let (arn, is_pattern) = key_arn(&id, of);
        Key { id, arn, is_pattern }
    }))
}

/// Whether a key is the one that AWS made for the service in this account.
pub(super) fn is_of_aws(id: &str) -> bool {
    id.rsplit(':').next().unwrap_or(id).starts_with("alias/aws/")
}

/// The ARN of the key that `id` means for `of`; with whether it is a pattern, because an alias does not say which.
fn key_arn(id: &str, of: &Resource) -> (String, bool) {
    let home = arn(of);
    let part = |at: usize| home.split(':').nth(at).unwrap_or_default().to_owned();
    let any = |region: &str, account: &str| format!("arn:{}:kms:{region}:{account}:key/*", part(1));
    match id.parse::<Arn>() {
        Ok(arn) if arn.resource.starts_with("alias/") => (any(&arn.region, &arn.account), true),
        Ok(arn) => (arn.to_string(), false),
        Err(_) if id.starts_with("alias/") => (any(&part(3), &part(4)), true),
        Err(_) => (format!("arn:{}:kms:{}:{}:key/{id}", part(1), part(3), part(4)), false),
    }
}

/// The policy of a key that leaves the decision to its account, as keys have it from the console.
fn delegation(account: &str) -> Option<crate::iam::Policy> {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{account}"}},"Action":"kms:*","Resource":"*"}}}}"#
    );
    crate::iam::Policy::parse(&text).ok().map(|policy| policy.named("the key policy", None))
}
