//! `permissions`: what a role, user, group or managed policy allows, held against a floor and a ceiling.
//!
//! A part that was not read may allow anything and deny anything. So a floor fails only where it would fail even if
//! that part allowed everything, and a ceiling holds only where it would hold even then; all else is unknown.

use super::engine::{Answer, Authority, granted, within};
use super::finding::{Auditor, Outcome, Row, not_read};
use super::policies::{Missing, policy_in};
use super::resolve::{Unbound, not_asked};
use crate::iam::{Context, ContextValue, Policy};
use crate::model::{Call, GROUP, Gap, IdentityPolicies, Listing, MANAGED_POLICY, Resource, Value, Verdict};
use crate::rules::{Bounds, Expected, Permissions, Side, Template};

/// The policies that say what something may do, as far as they were read.
#[derive(Debug, Default)]
struct Gathered {
    policies: Vec<Policy>,
    boundary: Option<Vec<Policy>>,
    /// What was not read of the policies and of the boundary.
    gaps: Vec<Gap>,
    /// The documents that cannot be understood, in the parser's words.
    malformed: Vec<String>,
    /// Whether one of the policies is missing, and whether the boundary is.
    lacking: (bool, bool),
    calls: Vec<Call>,
}

impl Gathered {
    fn missing(&mut self, missing: Missing) {
        match missing {
            Missing::Unread(gap) => self.gaps.push(*gap),
            Missing::Malformed(why) => self.malformed.push(why),
        }
    }

    fn add(&mut self, policy: Result<Option<Policy>, Missing>) {
        match policy {
            Ok(policy) => self.policies.extend(policy),
            Err(missing) => {
                self.lacking.0 = true;
                self.missing(missing);
            }
        }
    }

    fn is_whole(&self) -> bool {
        self.lacking == (false, false)
    }

    /// What it allows by what was read.
    fn read(&self) -> Authority {
        Authority { policies: self.policies.clone(), boundary: self.boundary.clone() }
    }

    /// The most that it may allow, for all that was not read.
    fn most(&self) -> Authority {
        let mut authority = self.read();
        if self.lacking.0 {
            authority.policies.extend(everything());
        }
        authority
    }

    /// What is missing, in words.
    fn why(&self) -> String {
        let mut why = self.malformed.clone();
        why.sort();
        if !self.gaps.is_empty() {
            why.push(not_read(&self.gaps));
        }
        why.join("; ")
    }
}

/// A policy that allows everything.
fn everything() -> Option<Policy> {
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    Policy::parse(text).ok()
}

impl Auditor<'_> {
    /// `permissions` on the resource called `key`.
    pub(super) fn permissions(&self, key: &str, permissions: &Permissions) -> Outcome {
        let wanted = in_words(&permissions.bounds);
        if permissions.bounds.iter().next().is_none() {
            return super::forms::nothing_compared();
        }
        let bound = permissions
            .bounds
            .try_map(|expected| expected.bind(&mut |reference| self.resolved.bind(reference)))
            .and_then(|bounds| Ok((bounds, self.fixed(&permissions.context)?)));
        let (bounds, fixed) = match bound {
            Ok(bound) => bound,
            Err(unbound) => return self.unbound(wanted, unbound),
        };
        self.best_of(key, &wanted, |resource| {
            let Some(of) = self.rules.resource(key).kind.standing.permissions else {
                unreachable!("the loader takes only what has permissions")
            };
            let gathered = self.gather(of, resource);
            let context = self.context(of, resource, &fixed);
            judged(&bounds, &gathered, &context)
        })
    }

    /// The condition keys that the rule fixes, with their values.
    fn fixed(&self, context: &[(String, Vec<Template>)]) -> Result<Vec<(String, ContextValue)>, Unbound> {
        let bind = |template: &Template| template.bind(&mut |reference| self.resolved.bind(reference));
        context
            .iter()
            .map(|(key, values)| {
                let mut values = values.iter().map(bind).collect::<Result<Vec<_>, _>>()?;
                let value = match values.pop() {
                    Some(only) if values.is_empty() => ContextValue::One(only),
                    last => ContextValue::Many(values.into_iter().chain(last).collect()),
                };
                Ok((key.clone(), value))
            })
            .collect()
    }

    /// All policies that say what `resource` may do.
    fn gather(&self, of: IdentityPolicies, resource: &Resource) -> Gathered {
        let mut gathered = Gathered { calls: resource.calls.clone(), ..Gathered::default() };
        match of {
            IdentityPolicies::Document(field) => {
                gathered.add(policy_in(resource.properties.get(field), &resource.name));
            }
            IdentityPolicies::Identity { bounded, groups } => {
                self.gather_own(resource, "", &mut gathered);
                if groups {
                    self.gather_groups(resource, &mut gathered);
                }
                if bounded {
                    self.gather_boundary(resource, &mut gathered);
                }
            }
        }
        gathered
    }

    /// The inline policies of `resource` and those attached to it. `owner` says whose they are, if not its own.
    fn gather_own(&self, resource: &Resource, owner: &str, gathered: &mut Gathered) {
        for item in items(resource.properties.get("Policies"), gathered) {
            match item {
                Value::Unread(gap) => gathered.add(Err(Missing::Unread(gap.clone()))),
                item => {
                    let name = item.get("PolicyName").as_text().unwrap_or_default();
                    gathered.add(policy_in(item.get("PolicyDocument"), &format!("the inline policy {name}{owner}")));
                }
            }
        }
        for item in items(resource.properties.get("ManagedPolicyArns"), gathered) {
            match (item, item.as_text()) {
                (_, Some(arn)) => {
                    let policy = self.managed(&arn, owner, gathered);
                    gathered.add(policy);
                }
                (Value::Unread(gap), _) => gathered.add(Err(Missing::Unread(gap.clone()))),
                (other, _) => gathered.add(Err(Missing::Malformed(format!("{other} is no ARN of a policy")))),
            }
        }
    }

    /// The managed policy with this ARN. An attached policy is there, so that one which was not found was not read.
    fn managed(&self, arn: &str, owner: &str, gathered: &mut Gathered) -> Result<Option<Policy>, Missing> {
        let Some(resource) = self.resolved.listed(MANAGED_POLICY, "").iter().find(|policy| policy.id == *arn) else {
            let gap = match self.account.listing(MANAGED_POLICY, "") {
                Some(Listing::Broken(gap)) => gap.clone(),
                _ => Gap { call: Call::new("iam", "GetPolicy", "", arn), ..not_asked(MANAGED_POLICY, "") },
            };
            return Err(Missing::Unread(Box::new(gap)));
        };
        gathered.calls.extend(resource.calls.iter().cloned());
        let version = resource.properties.get("DefaultVersionId").as_text();
        let name = format!("the policy {}{owner}", resource.name);
        match policy_in(resource.properties.get("PolicyDocument"), &name)? {
            Some(policy) => Ok(Some(policy.named(name, version))),
            None => Err(Missing::Malformed(format!("{name} has no document"))),
        }
    }

    fn gather_groups(&self, user: &Resource, gathered: &mut Gathered) {
        for item in items(user.properties.get("Groups"), gathered) {
            let group = item.as_text().and_then(|name| {
                let groups = self.resolved.listed(GROUP, "");
                groups.iter().find(|group| group.name == name).copied()
            });
            match (group, item) {
                (Some(group), _) => {
                    gathered.calls.extend(group.calls.iter().cloned());
                    self.gather_own(group, &format!(" of the group {}", group.name), gathered);
                }
                (None, Value::Unread(gap)) => gathered.add(Err(Missing::Unread(gap.clone()))),
                (None, item) => {
                    let gap = match self.account.listing(GROUP, "") {
                        Some(Listing::Broken(gap)) => gap.clone(),
                        _ => Gap { call: Call::new("iam", "GetGroup", "", &item.to_string()), ..not_asked(GROUP, "") },
                    };
                    gathered.add(Err(Missing::Unread(Box::new(gap))));
                }
            }
        }
    }

    fn gather_boundary(&self, resource: &Resource, gathered: &mut Gathered) {
        let boundary = match resource.properties.get("PermissionsBoundary") {
            Value::Absent => return,
            Value::Unread(gap) => Err(Missing::Unread(gap.clone())),
            value => match value.as_text() {
                Some(arn) => self.managed(&arn, ", the boundary", gathered),
                None => Err(Missing::Malformed(format!("{value} is no ARN of a policy"))),
            },
        };
        match boundary {
            Ok(policy) => gathered.boundary = Some(policy.into_iter().collect()),
            Err(missing) => {
                gathered.lacking.1 = true;
                gathered.missing(missing);
            }
        }
    }

    /// The context in which a service acts as `resource`, or on its behalf, with the keys that the rule fixes.
    ///
    /// Its principal, region and TLS are known. A service has no MFA device and comes from no address or VPC of the
    /// account: those keys are absent, which an empty list of values says.
    fn context(&self, of: IdentityPolicies, resource: &Resource, fixed: &[(String, ContextValue)]) -> Context {
        const ABSENT: [&str; 6] = [
            "aws:MultiFactorAuthAge",
            "aws:MultiFactorAuthPresent",
            "aws:SourceIp",
            "aws:SourceVpc",
            "aws:SourceVpce",
            "aws:VpcSourceIp",
        ];
        let mut context: Context = ABSENT.into_iter().map(|key| (key, ContextValue::Many(Vec::new()))).collect();
        context.set("aws:SecureTransport", "true".into());
        context.set("aws:RequestedRegion", self.place.region.as_str().into());
        context.set("aws:PrincipalAccount", self.account.caller.account.as_str().into());
        if let IdentityPolicies::Identity { bounded: true, groups } = of {
            context.set("aws:PrincipalArn", resource.id.as_str().into());
            context.set("aws:PrincipalType", if groups { "User" } else { "AssumedRole" }.into());
            if groups {
                context.set("aws:username", resource.name.as_str().into());
            }
        }
        for (key, value) in fixed {
            context.set(key.as_str(), value.clone());
        }
        context
    }
}

/// The items of a list or set; a list that was not read, or is none, is noted.
fn items<'v>(value: &'v Value, gathered: &mut Gathered) -> Vec<&'v Value> {
    match value {
        Value::List(items) | Value::Set(items) => {
            let mut items: Vec<&Value> = items.iter().collect();
            // The order of a set is not AWS's to choose: what is told first must not hang on it.
            items.sort_by_key(|item| (item.get("PolicyName").to_string(), item.to_string()));
            items
        }
        Value::Absent => Vec::new(),
        Value::Unread(gap) => {
            gathered.add(Err(Missing::Unread(gap.clone())));
            Vec::new()
        }
        other => {
            gathered.add(Err(Missing::Malformed(format!("{other} is no list"))));
            Vec::new()
        }
    }
}

/// What was gathered, held against each bound.
fn judged(bounds: &Bounds<Expected>, gathered: &Gathered, context: &Context) -> Outcome {
    let mut parts = Vec::new();
    let mut witness = None;
    let most = gathered.most();
    for (side, expected) in bounds.iter() {
        let part = match expected.policy() {
            Ok(policy) => bound(side, expected, policy, &most, gathered, context),
            Err(why) => (Verdict::Unknown, format!("{expected}: {why}"), None),
        };
        let (verdict, found, shown) = part;
        witness = witness.or(shown);
        let wanted = one_in_words(side, expected);
        parts.push(Row { path: side.as_str().to_owned(), verdict, wanted, found });
    }
    let calls = gathered.calls.iter().chain(gathered.gaps.iter().map(|gap| &gap.call)).cloned().collect();
    let said = |rows: &[&Row], pick: fn(&Row) -> &str| {
        // What was not read leaves both bounds open, and is told once.
        let mut said: Vec<&str> = rows.iter().map(|row| pick(row)).collect();
        said.dedup();
        said.join("; ")
    };
    let outcome =
        Outcome::of_rows(parts, witness, |rows| said(rows, |row| &row.wanted), |rows| said(rows, |row| &row.found));
    Outcome { calls, ..outcome }
}

/// One bound: the verdict, what was found, and the request that shows a fault.
fn bound(
    side: Side,
    expected: &Expected,
    policy: Policy,
    most: &Authority,
    gathered: &Gathered,
    context: &Context,
) -> (Verdict, String, Option<String>) {
    let mut undecided = Vec::new();
    let mut held = Vec::new();
    if side.is_ceiling() {
        match within(most, &Authority::of(policy.clone())) {
            Answer::Yes => held.push(format!("nothing beyond {expected}")),
            Answer::No(proof) if gathered.is_whole() => {
                return (Verdict::Fail, format!("{}, and not by {expected}", proof.allowed()), Some(proof.line));
            }
            // What was not read may deny it, or the boundary leave it out.
            Answer::No(_) => {
                if let Answer::No(proof) = within(&gathered.read(), &Authority::of(policy.clone())) {
                    undecided.push(format!(
                        "{}, and not by {expected}, unless what was not read denies it",
                        proof.allowed()
                    ));
                }
                undecided.push(gathered.why());
            }
            Answer::Unknown(why) => undecided.push(format!("not decided against {expected}: {why}")),
        }
    }
    if side.is_floor() {
        let anywhere = within(&Authority::of(policy.clone()), most);
        let answer = if anywhere == Answer::Yes { anywhere } else { granted(&policy, most, context) };
        match answer {
            Answer::Yes if gathered.is_whole() => held.push(format!("all that {expected} asks for")),
            Answer::Yes => undecided.push(gathered.why()),
            Answer::No(proof) => {
                return (Verdict::Fail, format!("{}, and {expected} asks for it", proof.refused()), Some(proof.line));
            }
            Answer::Unknown(why) => undecided.push(format!("not decided against {expected}: {why}")),
        }
    }
    if undecided.is_empty() {
        return (Verdict::Pass, held.join(", and "), None);
    }
    undecided.dedup();
    (Verdict::Unknown, undecided.join("; "), None)
}

fn in_words(bounds: &Bounds<Expected>) -> String {
    bounds.iter().map(|(side, expected)| one_in_words(side, expected)).collect::<Vec<_>>().join("; ")
}

fn one_in_words(side: Side, expected: &Expected) -> String {
    match side {
        Side::Exactly => format!("allowed is exactly what {expected} says"),
        Side::AtLeast => format!("allowed is at least what {expected} asks for"),
        Side::AtMost => format!("allowed is at most what {expected} says"),
    }
}
