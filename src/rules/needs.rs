//! What rules must have read of an account before they can be judged.

use super::{Aspect, Finder, Flow, Form, Reference, Resource, Rule, Rules, Subject, Via};
use crate::model::{
    Actor, ArnRule, Beside, Check, Disclosure, GROUP, Hop, IdentityPolicies, Kind, MANAGED_POLICY, Needs, ROLE, Reads,
    SUBSCRIPTION, Scope, USER,
};
use std::collections::{BTreeMap, BTreeSet};

/// The property of a role that says who may assume it.
const TRUST: &str = "AssumeRolePolicyDocument";

/// Where an account is, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whereabouts {
    /// The account, 12 digits; none before anything was asked.
    pub account: Option<String>,
    /// The partition.
    pub partition: String,
    /// The region that the rules are about.
    pub region: String,
}

impl Whereabouts {
    /// What a reference to the account itself stands for; `*` for an account that is not known yet.
    pub fn bind(&self, reference: &Reference) -> Option<String> {
        match reference {
            Reference::AccountId => Some(self.account.clone().unwrap_or_else(|| "*".to_owned())),
            Reference::Partition => Some(self.partition.clone()),
            Reference::Region => Some(self.region.clone()),
            Reference::Name(_) | Reference::Attribute(..) => None,
        }
    }

    /// The region that a resource lives in; empty if it is global.
    pub fn region_of<'a>(&'a self, resource: &'a Resource) -> &'a str {
        match resource.kind.scope {
            Scope::Global => "",
            Scope::Regional => resource.region.as_deref().unwrap_or(&self.region),
        }
    }

    /// The region in which a rule on every resource of a kind looks; empty if they are global.
    pub fn region_of_scope(&self, scope: Scope) -> &str {
        match scope {
            Scope::Global => "",
            Scope::Regional => &self.region,
        }
    }

    /// The physical name of a resource that has one.
    pub fn name_of(&self, resource: &Resource) -> Option<String> {
        match &resource.finder {
            Finder::Name(name) => name.bind(&mut |reference| self.bind(reference).ok_or(())).ok(),
            Finder::Select { .. } => None,
        }
    }
}

impl Rules {
    /// What must be read of an account that is at `place`.
    pub fn needs(&self, place: &Whereabouts) -> Needs {
        let names = self.resources.iter().filter_map(|resource| place.name_of(resource));
        let disclosure = Disclosure { names: names.collect(), parameters: self.parameters.clone() };
        let mut needs = Needs::disclosing(disclosure);
        for resource in &self.resources {
            let select: Vec<&str> = resource.select().iter().map(|(field, _)| field.as_str()).collect();
            self.need(resource, &select, place, &mut needs);
            for (_, pattern) in resource.select() {
                pattern.each_reference(&mut |reference| self.need_reference(reference, place, &mut needs));
            }
        }
        for rule in &self.rules {
            match &rule.form {
                Form::Exists(_) => {}
                Form::Expect { on: Subject::Named(keys), expect } => {
                    let fields: Vec<&str> = expect.iter().map(|(field, _)| field.as_str()).collect();
                    for key in keys {
                        self.need(self.resource(key), &fields, place, &mut needs);
                    }
                }
                Form::Expect { on: Subject::Each { kind, filter }, expect } => {
                    let fields = filter.iter().chain(expect).map(|(field, _)| field.as_str());
                    needs.all(kind.type_name, place.region_of_scope(kind.scope), fields);
                }
                Form::Only { kind, of, filter, .. } => {
                    let fields: Vec<&str> = filter.iter().map(|(field, _)| field.as_str()).collect();
                    let region = place.region_of_scope(kind.scope);
                    self.need_children(kind.type_name, region, of.as_deref(), &fields, place, &mut needs);
                }
                Form::Access(_) | Form::Statements(_) => {
                    if let Form::Access(access) = &rule.form
                        && access.via != Via::ResourcePolicy
                    {
                        need_principals(&mut needs, true);
                    }
                    for resource in rule.form.named().iter().map(|key| self.resource(key)) {
                        let policy: Vec<&str> = resource.kind.standing.own_policy.iter().map(|own| own.field).collect();
                        self.need(resource, &policy, place, &mut needs);
                    }
                }
                Form::Flow(flow) => self.need_flow(flow, place, &mut needs),
                Form::Permissions(permissions) => {
                    for resource in permissions.of.iter().map(|key| self.resource(key)) {
                        self.need_permissions(resource, place, &mut needs);
                    }
                }
                Form::Check { check, on } => self.need_check(check, on, place, &mut needs),
                Form::Unexpected(unexpected) => self.need_unexpected(&unexpected.aspect, place, &mut needs),
            }
            for reference in rule.references() {
                self.need_reference(reference, place, &mut needs);
            }
        }
        needs
    }

    /// The resources that are found by a name in a region: with the type, the region and the name. What is missing there
    /// may be in another region.
    pub fn located<'a>(&'a self, place: &'a Whereabouts) -> impl Iterator<Item = (&'static str, &'a str, String)> {
        let regional = self.resources.iter().filter(|resource| resource.kind.scope == Scope::Regional);
        regional.filter_map(move |resource| {
            Some((resource.kind.type_name, place.region_of(resource), place.name_of(resource)?))
        })
    }

    /// Whether the value of `reference` must be read; an ARN that follows from a name need not be.
    pub fn must_read(&self, reference: &Reference) -> bool {
        match reference {
            Reference::AccountId | Reference::Partition | Reference::Region => false,
            Reference::Name(name) => matches!(self.resource(name).finder, Finder::Select { .. }),
            Reference::Attribute(name, _, field) => {
                let resource = self.resource(name);
                let named = matches!(resource.finder, Finder::Name(_));
                let follows = (field == "Arn" && matches!(resource.kind.arn, ArnRule::FromName(_)))
                    || field == resource.kind.name_field;
                !(named && follows)
            }
        }
    }

    /// The resources that must exist before `rule` is judged on the resource `on`: that one, and those whose values it
    /// reads.
    pub fn rests_on<'a>(&'a self, rule: &'a Rule, on: Option<&'a str>) -> BTreeSet<&'a str> {
        let mut keys: BTreeSet<&str> = rule
            .references()
            .into_iter()
            .filter(|reference| self.must_read(reference))
            .filter_map(Reference::resource)
            .collect();
        match &rule.form {
            Form::Exists(key) => {
                // What it is found by a name of is known without being read.
                if let Finder::Select { of, select } = &self.resource(key).finder {
                    keys.extend(of.as_deref());
                    for (_, pattern) in select {
                        pattern.each_reference(&mut |reference| {
                            if self.must_read(reference) {
                                keys.extend(reference.resource());
                            }
                        });
                    }
                }
            }
            Form::Expect { .. } | Form::Access(_) | Form::Permissions(_) | Form::Statements(_) | Form::Check { .. } => {
                keys.extend(on)
            }
            Form::Only { of, .. } => keys.extend(of.as_deref()),
            // What is not there has nothing hanging on it.
            Form::Unexpected(_) => {}
            Form::Flow(flow) => {
                keys.extend(flow.ends());
                keys.extend(self.wire_of(flow).map(|wire| wire.key.as_str()));
            }
        }
        keys
    }

    /// For each rule, the rules that it needs, by number: those it names, and that what it rests on exists.
    pub(crate) fn all_needs(&self) -> Vec<Vec<usize>> {
        let at: BTreeMap<&str, usize> =
            self.rules.iter().enumerate().map(|(at, rule)| (rule.id.as_str(), at)).collect();
        self.rules
            .iter()
            .map(|rule| {
                // The rule that something exists does not need itself.
                let on: &[String] = if matches!(rule.form, Form::Exists(_)) { &[] } else { rule.form.named() };
                let implied = self.rests_on(rule, None).into_iter().chain(on.iter().map(String::as_str));
                let implied = implied.map(|key| self.resource(key).exists_rule());
                let needs: BTreeSet<usize> =
                    rule.needs.iter().cloned().chain(implied).filter_map(|id| at.get(id.as_str()).copied()).collect();
                needs.into_iter().collect()
            })
            .collect()
    }

    /// What there is of a kind, or hangs on declared resources.
    fn need_unexpected(&self, aspect: &Aspect, place: &Whereabouts, needs: &mut Needs) {
        match aspect {
            Aspect::Resource { kind, of: None } => {
                if self.is_known_by_names(kind) {
                    return;
                }
                // Which roles AWS made is told by their paths.
                let path = kind.field("Path").map(|field| field.name.as_str());
                for region in self.regions_of(kind, place) {
                    needs.all(kind.type_name, region, path);
                }
            }
            Aspect::Resource { kind, of: Some(keys) } => {
                for key in keys {
                    let region = place.region_of(self.resource(key));
                    self.need_children(kind.type_name, region, Some(key), &[], place, needs);
                }
            }
            Aspect::Inline(keys) | Aspect::Attached(keys) => {
                let field = if matches!(aspect, Aspect::Inline(_)) { "Policies" } else { "ManagedPolicyArns" };
                for key in keys {
                    self.need(self.resource(key), &[field], place, needs);
                }
            }
            Aspect::Statement(keys) => {
                for resource in keys.iter().map(|key| self.resource(key)) {
                    let policy: Vec<&str> = resource.kind.standing.own_policy.iter().map(|own| own.field).collect();
                    self.need(resource, &policy, place, needs);
                }
            }
        }
    }

    /// Whether the names alone tell which resources of `kind` nobody declared. They do where AWS has some that every account
    /// shares, which are in no list of names, and all the declared ones are found by name, so that the list is read anyway.
    pub fn is_known_by_names(&self, kind: &Kind) -> bool {
        let mut declared = self.resources.iter().filter(|resource| resource.kind.type_name == kind.type_name);
        kind.shared.is_some() && declared.all(|declared| matches!(declared.finder, Finder::Name(_)))
    }

    /// The regions in which resources of `kind` are declared; that of the rules, if none is.
    pub fn regions_of<'a>(&'a self, kind: &Kind, place: &'a Whereabouts) -> BTreeSet<&'a str> {
        let declared = self.resources.iter().filter(|resource| resource.kind.type_name == kind.type_name);
        let mut regions: BTreeSet<&str> = declared.map(|resource| place.region_of(resource)).collect();
        if regions.is_empty() {
            regions.insert(place.region_of_scope(kind.scope));
        }
        regions
    }

    fn need(&self, resource: &Resource, fields: &[&str], place: &Whereabouts, needs: &mut Needs) {
        let region = place.region_of(resource);
        let type_name = resource.kind.type_name;
        match &resource.finder {
            Finder::Name(_) => {
                let name = place.name_of(resource).unwrap_or_default();
                // Whether it is one that AWS owns decides whether the name means it.
                needs.named(type_name, region, &name, fields.iter().copied().chain(resource.kind.shared));
            }
            Finder::Select { of, .. } => {
                self.need_children(type_name, region, of.as_deref(), fields, place, needs);
            }
        }
    }

    /// Those of `type_name` that hang on the resource `of`: of that one alone if its name is known, else of any.
    fn need_children(
        &self,
        type_name: &str,
        region: &str,
        of: Option<&str>,
        fields: &[&str],
        place: &Whereabouts,
        needs: &mut Needs,
    ) {
        let parent = of.map(|of| self.resource(of)).filter(|parent| place.region_of(parent) == region);
        match parent.and_then(|parent| place.name_of(parent)) {
            Some(parent) => needs.children(type_name, region, &parent, fields.iter().copied()),
            None => needs.all(type_name, region, fields.iter().copied()),
        }
    }

    /// What a resource may do is said by its own policies, by those attached to it, which are known by ARN only when it
    /// is read, and, of a user, by those of the user's groups.
    fn need_permissions(&self, resource: &Resource, place: &Whereabouts, needs: &mut Needs) {
        let Some(permissions) = resource.kind.standing.permissions else { return };
        self.need(resource, &permissions.fields(), place, needs);
        need_attached(permissions, needs);
    }

    /// What a check reads of each resource that it is on.
    fn need_check(&self, check: &Check, on: &Subject, place: &Whereabouts, needs: &mut Needs) {
        let attached = |kind: &Kind, needs: &mut Needs| {
            if let (Reads::Permissions, Some(permissions)) = (check.reads, kind.standing.permissions) {
                need_attached(permissions, needs);
            }
        };
        let beside = |kind: &Kind, region: &str, needs: &mut Needs| {
            let region = if region.is_empty() { &place.region } else { region };
            for beside in check.beside {
                match *beside {
                    Beside::InRegion(type_name, fields) => needs.all(type_name, region, fields.iter().copied()),
                    Beside::Global(type_name, fields) => needs.all(type_name, "", fields.iter().copied()),
                    Beside::Below(parent, type_name, fields) => {
                        if kind.type_name == parent {
                            needs.all(type_name, region, fields.iter().copied());
                        }
                    }
                    Beside::Principals => need_principals(needs, true),
                }
            }
        };
        match on {
            Subject::Named(keys) => {
                for resource in keys.iter().map(|key| self.resource(key)) {
                    let fields = check.reads.fields_of(resource.kind).unwrap_or_default();
                    self.need(resource, &fields, place, needs);
                    attached(resource.kind, needs);
                    beside(resource.kind, place.region_of(resource), needs);
                }
            }
            Subject::Each { kind, filter } => {
                let fields = check.reads.fields_of(kind).unwrap_or_default();
                let filtered = filter.iter().map(|(field, _)| field.as_str());
                needs.all(kind.type_name, place.region_of_scope(kind.scope), filtered.chain(fields));
                attached(kind, needs);
                beside(kind, place.region_of_scope(kind.scope), needs);
            }
        }
    }

    /// What judging `flow` takes: the two ends, what stands between them, and whatever says what the role may do that
    /// acts. Which role a function or an integration has is known only when it is read, so that every role of the rules
    /// file may be it.
    fn need_flow(&self, flow: &Flow, place: &Whereabouts, needs: &mut Needs) {
        let mechanism = flow.mechanism;
        let (from, to) = (self.resource(&flow.from), self.resource(&flow.to));
        let stated = |own: &'static [&'static str]| -> Vec<&str> {
            own.iter().copied().chain(flow.wire.iter().map(|(field, _)| field.as_str())).collect()
        };
        self.need(from, mechanism.reads_from, place, needs);
        match (mechanism.wire, self.wire_of(flow)) {
            (Some(_), _) if mechanism.hop == Hop::TopicToEndpoint => {
                self.need(to, &stated(mechanism.reads_to), place, needs);
            }
            (wire, declared) => {
                self.need(to, mechanism.reads_to, place, needs);
                let fields = stated(mechanism.reads_wire);
                match (wire, declared) {
                    (_, Some(declared)) => self.need(declared, &fields, place, needs),
                    (Some(wire), None) => {
                        // A subscription hangs on its topic; which function a trigger belongs to is what is asked.
                        let parent = (wire == SUBSCRIPTION).then_some(flow.from.as_str());
                        self.need_children(wire, place.region_of(to), parent, &fields, place, needs);
                    }
                    (None, None) => {}
                }
            }
        }
        if mechanism.actor == Actor::Service {
            return;
        }
        let may_act = |resource: &&Resource| match &flow.role {
            Some(role) => resource.key == *role,
            None => resource.kind.type_name == ROLE,
        };
        for role in self.resources.iter().filter(may_act) {
            self.need(role, &[TRUST], place, needs);
            self.need_permissions(role, place, needs);
        }
        let of_roles = IdentityPolicies::Identity { bounded: true, groups: false };
        needs.reached(ROLE, "", of_roles.fields().into_iter().chain([TRUST]));
        need_attached(of_roles, needs);
    }

    fn need_reference(&self, reference: &Reference, place: &Whereabouts, needs: &mut Needs) {
        if let Reference::Attribute(name, _, field) = reference
            && self.must_read(reference)
        {
            self.need(self.resource(name), &[field], place, needs);
        }
    }
}

/// All that says what the principals of an account may do: of roles who may assume them as well. Without `users` that of
/// roles alone.
pub fn need_principals(needs: &mut Needs, users: bool) {
    let of = |groups: bool| IdentityPolicies::Identity { bounded: true, groups };
    needs.all(ROLE, "", of(false).fields().into_iter().chain([TRUST]));
    need_attached(of(false), needs);
    if users {
        needs.all(USER, "", of(true).fields());
        need_attached(of(true), needs);
    }
}

/// The policies that are attached, which are known by ARN only when what they are attached to is read.
fn need_attached(permissions: IdentityPolicies, needs: &mut Needs) {
    let IdentityPolicies::Identity { groups, .. } = permissions else { return };
    needs.reached(MANAGED_POLICY, "", ["PolicyDocument"]);
    if groups {
        let of_groups = IdentityPolicies::Identity { bounded: false, groups: false };
        needs.all(GROUP, "", of_groups.fields());
    }
}
