//! Whether somebody may do one thing to one resource, by all the policies that have a say: the engine's answer on one
//! request, made to hold for whatever was not read and for every condition key that is not known.
//!
//! The request is decided twice. Once everything that is not known speaks against it: a policy that was not read denies
//! all, a condition on a key that is not known keeps an Allow from applying and lets a Deny apply. If it is allowed even
//! so, it is allowed. Once everything speaks for it: if it is refused even so, it is refused. Between the two the answer
//! is unknown, and says what it hangs on.

use super::Reach;
use super::gather::Gathered;
use super::policies::Missing;
use crate::iam::document::{Condition, Element, PrincipalName, Version};
use crate::iam::evaluate::{Missed, Reason};
use crate::iam::{
    self, Context, ContextValue, Decision, Effect, Outcome, Policies, Policy, Principal, Request, Statement,
};
use crate::model::{Arn, Gap, IdentityPolicies, Resource, not_read};
use std::collections::BTreeSet;

/// Who asks.
pub(crate) enum Asker<'a> {
    /// A role, by what was gathered of its policies.
    Role(&'a Resource, &'a Gathered),
    /// A service, for the resource with this ARN if it is known what it acts for.
    Service(&'a str, Option<&'a str>),
}

/// What is asked for, and of what.
pub(crate) struct Asked<'a> {
    pub(crate) action: &'a str,
    /// The ARN of the resource; `*` for an action that has none, or a pattern where any that is like it will do.
    pub(crate) resource: &'a str,
    /// The policy of the resource, if it may have one.
    pub(crate) policy: Result<Option<Policy>, Missing>,
    /// Condition keys that are known beside those that follow from who asks.
    pub(crate) context: &'a [(&'a str, &'a str)],
}

/// The answer, in words for a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is allowed, by these statements.
    Allowed(Vec<String>),
    /// It is refused: how, as in `it is not allowed by the identity policies`, and the request on one line.
    Refused(String, String),
    /// It hangs on what was not read, or is not known.
    Unknown(String, Vec<Gap>),
}

impl Reach<'_> {
    /// Whether `asker` may do what is `asked`.
    pub(crate) fn may(&self, asker: &Asker<'_>, asked: &Asked<'_>) -> Said {
        let request = self.request(asker, asked);
        let line = line(&request, asker);
        let mut doubts = BTreeSet::new();
        let against = iam::decide(&request, &policies(asker, asked, &request.context, Lean::Against, &mut doubts));
        if against.outcome == Outcome::Allowed {
            return Said::Allowed(places(&against));
        }
        let in_favour = iam::decide(&request, &policies(asker, asked, &request.context, Lean::InFavour, &mut doubts));
        match in_favour.outcome {
            Outcome::ImplicitlyDenied | Outcome::ExplicitlyDenied => Said::Refused(refusal(&in_favour, asked), line),
            Outcome::Allowed | Outcome::Unknown => {
                let (mut why, gaps) = unread(asker, asked);
                if in_favour.outcome == Outcome::Unknown {
                    why.push(in_favour.reason.to_string());
                } else if why.is_empty() && against.outcome == Outcome::Unknown {
                    why.push(against.reason.to_string());
                }
                if !doubts.is_empty() {
                    let keys: Vec<String> = doubts.into_iter().collect();
                    why.push(format!("it hangs on {}, which Plimsoll does not know", keys.join(" and ")));
                }
                Said::Unknown(why.join("; "), gaps)
            }
        }
    }

    fn request(&self, asker: &Asker<'_>, asked: &Asked<'_>) -> Request {
        let account = self.account.caller.account.as_str();
        let (principal, mut context) = match asker {
            Asker::Role(role, _) => {
                let of = IdentityPolicies::Identity { bounded: true, groups: false };
                (Principal::Aws(role.id.clone()), self.context(of, role))
            }
            Asker::Service(name, source) => {
                let mut context = self.service_context();
                if let Some(source) = source {
                    let owner = source.parse::<Arn>().map_or_else(|_| account.to_owned(), |arn| arn.account);
                    context.set("aws:SourceArn", (*source).into());
                    context.set("aws:SourceAccount", owner.as_str().into());
                }
                (Principal::Service((*name).to_owned()), context)
            }
        };
        // A request goes to the region where the resource is.
        if let Some(region) = asked.resource.split(':').nth(3).filter(|region| !region.is_empty()) {
            context.set("aws:RequestedRegion", region.into());
        }
        for (key, value) in asked.context {
            context.set(*key, (*value).into());
        }
        let owner = asked.resource.parse::<Arn>().ok().map(|arn| arn.account).filter(|account| !account.is_empty());
        Request {
            principal,
            action: asked.action.to_owned(),
            resource: asked.resource.to_owned(),
            resource_account: Some(owner.unwrap_or_else(|| account.to_owned())),
            context,
        }
    }

    /// The context of a call that a service makes in its own name: it is no principal of an account.
    fn service_context(&self) -> Context {
        const ABSENT: [&str; 12] = [
            "aws:MultiFactorAuthAge",
            "aws:MultiFactorAuthPresent",
            "aws:PrincipalAccount",
            "aws:PrincipalArn",
            "aws:PrincipalOrgID",
            "aws:PrincipalOrgPaths",
            "aws:PrincipalType",
            "aws:SourceIp",
            "aws:SourceVpc",
            "aws:SourceVpce",
            "aws:username",
            "aws:VpcSourceIp",
        ];
        let mut context: Context = ABSENT.into_iter().map(|key| (key, ContextValue::Many(Vec::new()))).collect();
        context.set("aws:SecureTransport", "true".into());
        context.set("aws:RequestedRegion", self.region.into());
        context
    }
}

/// Which way all that is not known leans.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lean {
    Against,
    InFavour,
}

fn policies(
    asker: &Asker<'_>,
    asked: &Asked<'_>,
    context: &Context,
    lean: Lean,
    doubts: &mut BTreeSet<String>,
) -> Policies {
    let mut leaning = |policies: &[Policy]| -> Vec<Policy> {
        policies.iter().map(|policy| leaning(policy, context, lean, doubts)).collect()
    };
    let unread = |names: bool| blanket(if lean == Lean::Against { Effect::Deny } else { Effect::Allow }, names);
    let mut policies = Policies::default();
    if let Asker::Role(_, gathered) = asker {
        policies.identity = leaning(&gathered.policies);
        if gathered.lacking.0 {
            policies.identity.push(unread(false));
        }
        policies.boundary = gathered.boundary.as_deref().map(&mut leaning);
        if gathered.lacking.1 {
            policies.boundary = Some(vec![unread(false)]);
        }
    }
    policies.resource = match &asked.policy {
        Ok(policy) => policy.as_ref().map(|policy| leaning(std::slice::from_ref(policy)).remove(0)),
        Err(_) => Some(unread(true)),
    };
    policies
}

/// A policy that allows or denies everything: to everybody, if it is to name principals as those of resources do.
pub(super) fn blanket(effect: Effect, names: bool) -> Policy {
    let all = || Element { not: false, values: vec!["*".to_owned()] };
    let statement = Statement {
        index: 0,
        line: 1,
        sid: None,
        effect,
        principal: names.then(|| Element { not: false, values: vec![PrincipalName::Everyone] }),
        action: all(),
        resource: Some(all()),
        conditions: Vec::new(),
    };
    Policy {
        origin: Default::default(),
        version: Version::V2012,
        id: None,
        statements: vec![statement],
        oddities: Vec::new(),
    }
}

/// `policy` with the statements that hang on keys that are not known as they would be if those leant one way.
fn leaning(policy: &Policy, context: &Context, lean: Lean, doubts: &mut BTreeSet<String>) -> Policy {
    let mut leaning = policy.clone();
    leaning.statements.retain_mut(|statement| {
        let mut unknown: Vec<String> = Vec::new();
        statement.conditions.retain(|condition| {
            let keys = unknown_keys(condition, policy.version, context);
            let known = keys.is_empty();
            unknown.extend(keys);
            known
        });
        if let Some(resource) = &mut statement.resource {
            let keys: Vec<String> = resource.values.iter().flat_map(|text| variables(text, policy.version)).collect();
            let keys: Vec<String> = keys.into_iter().filter(|key| !is_known(key, context)).collect();
            if !keys.is_empty() {
                *resource = Element { not: false, values: vec!["*".to_owned()] };
                unknown.extend(keys);
            }
        }
        let applies = (statement.effect == Effect::Allow) == (lean == Lean::InFavour);
        let is_certain = unknown.is_empty();
        doubts.extend(unknown);
        is_certain || applies
    });
    leaning
}

/// The keys that a condition hangs on and that are not known.
fn unknown_keys(condition: &Condition, version: Version, context: &Context) -> Vec<String> {
    let in_values = condition.values.iter().flat_map(|value| variables(value, version));
    std::iter::once(condition.key.clone()).chain(in_values).filter(|key| !is_known(key, context)).collect()
}

/// The keys of the variables in a text: those of `${aws:username}` and `${aws:PrincipalTag/team, 'x'}`.
fn variables(text: &str, version: Version) -> Vec<String> {
    if version != Version::V2012 {
        return Vec::new();
    }
    let inner = text.split("${").skip(1).filter_map(|rest| rest.split_once('}')).map(|(inner, _)| inner);
    let keys = inner.map(|inner| inner.split(',').next().unwrap_or(inner).trim());
    keys.filter(|key| key.contains(':')).map(str::to_owned).collect()
}

/// Whether the value of a key is known, be it that there is none: the context says so, or it follows from the request.
fn is_known(key: &str, context: &Context) -> bool {
    const FOLLOWS: [&str; 6] = [
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalServiceName",
        "aws:PrincipalType",
        "aws:ResourceAccount",
    ];
    context.get(key).is_some() || FOLLOWS.iter().any(|known| known.eq_ignore_ascii_case(key))
}

fn places(decision: &Decision) -> Vec<String> {
    let mut places: Vec<String> = decision.statements.iter().map(|applied| applied.place.to_string()).collect();
    places.dedup();
    places
}

/// How a request is refused, in words that follow upon `it is`.
fn refusal(decision: &Decision, asked: &Asked<'_>) -> String {
    if decision.outcome == Outcome::ExplicitlyDenied {
        return format!("denied by {}", places(decision).join(" and "));
    }
    let near: Vec<String> = decision
        .statements
        .iter()
        .filter_map(|applied| {
            let why = match applied.missed.as_ref()? {
                Missed::Principal => return None,
                missed => missed.to_string(),
            };
            Some(format!("of {} {why}", applied.place))
        })
        .take(2)
        .collect();
    let reason = match &decision.reason {
        Reason::NotAllowedBy(_) => decision.reason.to_string(),
        other => format!("refused: {other}"),
    };
    let reason = match &asked.policy {
        Ok(Some(policy)) if !policy.origin.name.is_empty() => {
            reason.replace("the resource policy", &policy.origin.name)
        }
        _ => reason,
    };
    if near.is_empty() { reason } else { format!("{reason} ({})", near.join("; ")) }
}

/// What was not read of the policies that have a say, in words, and the gaps.
fn unread(asker: &Asker<'_>, asked: &Asked<'_>) -> (Vec<String>, Vec<Gap>) {
    let (mut why, mut gaps) = (Vec::new(), Vec::new());
    if let Asker::Role(_, gathered) = asker
        && !gathered.is_whole()
    {
        why.push(gathered.why());
        gaps.extend(gathered.gaps.iter().cloned());
    }
    match &asked.policy {
        Err(Missing::Unread(gap)) => {
            why.push(not_read(std::slice::from_ref(gap)));
            gaps.push((**gap).clone());
        }
        Err(Missing::Malformed(reason)) => why.push(reason.clone()),
        Ok(_) => {}
    }
    (why, gaps)
}

/// The request on one line.
fn line(request: &Request, asker: &Asker<'_>) -> String {
    let Request { action, resource, principal, .. } = request;
    match asker {
        Asker::Service(_, Some(source)) => format!("{action} on {resource} by {principal} for {source}"),
        _ => format!("{action} on {resource} by {principal}"),
    }
}
