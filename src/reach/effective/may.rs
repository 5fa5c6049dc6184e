//! What one principal of the account can do: by its own policies within its boundary, service by service, and by the
//! policies of the account's resources for one action.

use super::door::{Door, Target};
use super::holder::Holder;
use super::verdict::Verdict;
use super::{Effective, Way};
use crate::iam::catalogue::{AccessLevel, Action, Catalogue};
use crate::iam::{self, Context, Decision, Excess, Grants, Policies, Policy, Principal, Request, Scene};
use crate::model::{Arn, Resource};
use serde::Serialize;
use std::collections::BTreeMap;

/// What a principal can do, as far as its own policies say it.
#[derive(Debug, Clone, Serialize)]
pub struct Does {
    /// The prefix of the service; `*` where the grant spans nearly all of them.
    pub service: String,
    /// `everything`, or AWS's access level: `list`, `read`, `write`, `permissions-management`, `tagging`.
    pub level: &'static str,
    /// The actions, `*` for all of the service.
    pub actions: Vec<String>,
    /// Whether `actions` are the ones that are left out.
    pub all_but: bool,
    /// How many actions there are.
    pub count: usize,
    /// The resources, as the statements write them.
    pub resources: Vec<String>,
    /// The conditions of the statements.
    pub conditions: Vec<String>,
    /// The statements that allow it together, a boundary's among them.
    pub statements: Vec<String>,
    /// A request that is allowed by the principal's policies and its boundary, as the evaluator has decided.
    pub request: Request,
}

/// All that is said of a principal.
#[derive(Debug, Clone, Serialize)]
pub struct MayDo {
    /// The ARN.
    pub principal: String,
    /// `role` or `user`.
    pub kind: &'static str,
    /// Whether all of it is known.
    pub complete: bool,
    /// By its own policies.
    pub does: Vec<Does>,
    /// By the policies of resources, of which one action was asked.
    pub on_resources: Vec<OnResource>,
    /// What is not known.
    pub unknown: Vec<String>,
    /// What is not read by design.
    pub not_checked: Vec<String>,
}

/// A resource that it can do the action to.
#[derive(Debug, Clone, Serialize)]
pub struct OnResource {
    /// The ARN.
    pub resource: String,
    /// How.
    pub ways: Vec<Way>,
}

/// A principal of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who(pub(super) u32);

/// From how many services on a grant is told as one.
const MANY_SERVICES: usize = 40;

impl Effective<'_> {
    /// The roles and users that `name` may mean: an ARN, that of a session of a role, `role/NAME`, `user/NAME`, a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<Who> {
        let session = name.split_once(":assumed-role/").and_then(|(_, rest)| rest.split('/').next());
        let is_meant = |holder: &Holder<'_>| match (session, name.split_once('/')) {
            (Some(role), _) => {
                holder.is_role()
                    && holder.resource.name == role
                    && name.split(':').nth(4) == holder.arn().split(':').nth(4)
            }
            (None, _) if name.starts_with("arn:") => holder.arn() == name,
            (None, Some((kind, name))) => {
                let last = name.rsplit('/').next().unwrap_or(name);
                holder.noun() == kind && holder.resource.name == last
            }
            (None, None) => holder.resource.name == name,
        };
        (0..).zip(&self.holders).filter(|(_, holder)| is_meant(holder)).map(|(at, _)| Who(at)).collect()
    }

    /// The names that there are: `role/NAME` and `user/NAME`.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.holders.iter().map(|holder| format!("{}/{}", holder.noun(), holder.resource.name))
    }

    /// The ARN of a principal.
    #[must_use]
    pub fn arn_of(&self, who: Who) -> &str {
        self.holder(who.0).arn()
    }

    /// What a principal can do: all of it, or `action` alone, then also to `targets`, by their own policies.
    #[must_use]
    pub fn may_do(&self, who: Who, action: Option<&str>, targets: &[Target]) -> MayDo {
        let holder = self.holder(who.0);
        let mut unknown = Vec::new();
        if !holder.is_whole() {
            unknown.push(holder.why.clone());
        }
        let policies =
            |documents: &[u32]| -> Vec<&Policy> { documents.iter().map(|at| &self.document(*at).policy).collect() };
        let mut grants = Grants::of(policies(&holder.identity));
        if let Some(boundary) = &holder.boundary {
            grants = grants.bounded_by(policies(boundary));
        }
        if let Some(only) = action.and_then(only) {
            grants = grants.and(&Grants::of([&only]));
        }
        let difference = grants.set_in(self.scene(holder.resource)).allowed();
        unknown.extend(difference.unknown);
        let mut does: Vec<Does> = difference.grants.iter().flat_map(split).collect();
        does.sort_by(|a, b| {
            let key = |does: &Does| (does.service.clone(), does.level, does.statements.clone(), does.resources.clone());
            key(a).cmp(&key(b))
        });
        let mut on_resources = Vec::new();
        for target in targets {
            let Some(action) = action else { break };
            let door = Door::new(target, action);
            let said = match self.verdict_of(who.0, &door) {
                Verdict::No => continue,
                Verdict::Unknown(doubt) => Err(doubt),
                Verdict::Yes(found) => self.shown(who.0, &door, &found),
            };
            match said {
                Ok(ways) => on_resources.push(OnResource { resource: target.arn.clone(), ways }),
                Err(doubt) => unknown.push(format!("{}: {}", target.arn, doubt.why)),
            }
        }
        unknown.sort();
        unknown.dedup();
        MayDo {
            principal: holder.arn().to_owned(),
            kind: holder.noun(),
            complete: unknown.is_empty(),
            does,
            on_resources,
            unknown,
            not_checked: super::NOT_CHECKED.map(str::to_owned).to_vec(),
        }
    }

    /// One request of a principal, in a context, decided by all policies that have a say; beside it whether it would be
    /// allowed in some other context, and what was not read.
    #[must_use]
    pub fn decide(&self, who: Who, action: &str, target: &Target, context: &Context) -> Decided {
        let holder = self.holder(who.0);
        let door = Door::new(target, action);
        let request = Request {
            principal: Principal::Aws(holder.arn().to_owned()),
            action: action.to_owned(),
            resource: target.arn.clone(),
            resource_account: Some(target.account.clone()),
            context: context.clone(),
        };
        let policies: Policies = self.policies(holder, &door);
        let decision = iam::decide(&request, &policies);
        let (ways, unknown) = match self.verdict_of(who.0, &door) {
            Verdict::No => (Vec::new(), None),
            Verdict::Unknown(doubt) => (Vec::new(), Some(doubt.why.clone())),
            Verdict::Yes(found) => match self.shown(who.0, &door, &found) {
                Ok(ways) => (ways, None),
                Err(doubt) => (Vec::new(), Some(doubt.why.clone())),
            },
        };
        Decided { request, decision, ways, unknown }
    }

    fn scene(&self, resource: &Resource) -> Scene {
        Scene {
            principal: Some(resource.id.clone()),
            partition: resource.id.split(':').nth(1).unwrap_or("aws").to_owned(),
            region: self.reach.region.to_owned(),
            account: self.reach.account.caller.account.clone(),
        }
    }
}

/// One request, decided.
#[derive(Debug, Clone)]
pub struct Decided {
    /// The request.
    pub request: Request,
    /// What the policies that were read say to it.
    pub decision: Decision,
    /// The ways in which it is allowed in some context.
    pub ways: Vec<Way>,
    /// Why it is not known whether it is.
    pub unknown: Option<String>,
}

/// A policy that allows one action and nothing else.
fn only(action: &str) -> Option<Policy> {
    let document = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": action, "Resource": "*" },
    });
    Policy::parse(&document.to_string()).ok()
}

/// A grant by service and access level.
fn split(excess: &Excess) -> Vec<Does> {
    let catalogue = Catalogue::embedded();
    let actions: Vec<Action> =
        excess.actions.places.iter().filter_map(|at| catalogue.action_at(*at as usize)).collect();
    let named = |place: &&crate::iam::Place| !place.origin.name.is_empty();
    let row = |service: &str, level: &'static str, actions: Vec<String>, all_but: bool, count: usize| Does {
        service: service.to_owned(),
        level,
        actions,
        all_but,
        count,
        resources: excess.resources.items.clone(),
        conditions: excess.conditions.clone(),
        statements: excess.allowed_by.iter().filter(named).map(ToString::to_string).collect(),
        request: excess.witness.request.clone(),
    };
    let mut by_service: BTreeMap<&str, Vec<Action>> = BTreeMap::new();
    for action in actions {
        by_service.entry(action.prefix()).or_default().push(action);
    }
    if by_service.len() >= MANY_SERVICES {
        let names = &excess.actions.names;
        let mut shown = names.items.clone();
        shown.extend((names.left_out > 0).then(|| format!("and {} more", names.left_out)));
        return vec![row("*", "everything", shown, excess.actions.all_but, excess.actions.count)];
    }
    if by_service.is_empty() {
        // A name that AWS may yet give to an action.
        let names = excess.actions.names.items.clone();
        return vec![row("*", "future", names, false, 0)];
    }
    let mut rows = Vec::new();
    for (service, actions) in by_service {
        let all = catalogue.service(service).map_or(0, |service| service.actions().count());
        if actions.len() == all {
            rows.push(row(service, "everything", vec!["*".to_owned()], false, all));
            continue;
        }
        let mut by_level: BTreeMap<AccessLevel, Vec<String>> = BTreeMap::new();
        for action in actions {
            by_level.entry(action.access_level()).or_default().push(action.name().to_owned());
        }
        for (level, names) in by_level {
            let count = names.len();
            rows.push(row(service, word(level), names, false, count));
        }
    }
    rows
}

fn word(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::List => "list",
        AccessLevel::Read => "read",
        AccessLevel::Write => "write",
        AccessLevel::PermissionsManagement => "permissions-management",
        AccessLevel::Tagging => "tagging",
    }
}

/// Whether a resource with this ARN is of a type that `action` is asked of, as the catalogue has it.
#[must_use]
pub fn goes_with(action: &str, arn: &str) -> bool {
    let (Some(action), Ok(arn)) = (Catalogue::embedded().action(action), arn.parse::<Arn>()) else { return false };
    let formats = action.resource_types().flat_map(|target| target.resource_type().arn_formats());
    formats.into_iter().any(|format| {
        let service = format.head().split(':').nth(2);
        service == Some(arn.service.as_str()) && has_form(&arn.resource, format.resource())
    })
}

/// Whether a text is of the form of a template, part by part; a placeholder that is said to hold a path takes several.
fn has_form(text: &str, form: &str) -> bool {
    let mut parts = text.split(['/', ':']);
    let mut forms = form.split(['/', ':']);
    loop {
        match (parts.next(), forms.next()) {
            (None, None) => return true,
            (Some(_), Some(form)) if form.starts_with("${") && form.contains("Path") => return true,
            (Some(part), Some(form)) if part == form || form.contains("${") || form == "*" => {}
            _ => return false,
        }
    }
}
