//! Resources that nobody declared: of a kind of the architecture, or hanging on a declared one.

use super::super::finding::{About, Auditor};
use super::super::resolve::{Found, is_child_of};
use super::{Standing, Survey, arn_of, known};
use crate::model::{
    FUNCTION, Gap, Hop, Kind, MAPPING, METHOD, QUEUE, Resource, SUBSCRIPTION, TABLE, TOPIC, Truth, Value,
};
use crate::rules::{Finder, Flow, Form, Pattern, Subject};
use std::collections::BTreeSet;

/// The type name of the paths of REST APIs.
const PATH: &str = "AWS::ApiGateway::Resource";
/// The properties by which a resource names where its messages go that could not be handled, with the member that holds
/// the ARN. Who has a rule ask that there be such a place has declared it.
const SET_ASIDE: [(&str, &str); 2] = [("RedrivePolicy", "deadLetterTargetArn"), ("DeadLetterConfig", "TargetArn")];

impl<'a> Auditor<'a> {
    /// The resources of `kind` that nobody declared; those that hang on the declared ones `of`, if it is given.
    pub(super) fn undeclared(&self, kind: &'static Kind, of: Option<&'a [String]>, survey: &mut Survey<'a>) {
        let own = self.rules.resources.iter().filter(|declared| declared.kind.type_name == kind.type_name);
        let own: Vec<String> = own.map(|declared| declared.key.clone()).collect();
        let mut wanted = format!("no {}", kind.noun);
        if let Some(of) = of {
            wanted.push_str(&format!(" of {}", self.names_of(of)));
        }
        if own.is_empty() {
            wanted.push_str(" that nobody declared");
        } else {
            wanted.push_str(&format!(" but {}", self.names_of(&own)));
        }
        survey.is_about(kind.type_name, format!("every {}", kind.type_name), wanted);
        if self.rules.is_known_by_names(kind) {
            return self.undeclared_names(kind, survey);
        }
        let parents: Option<Vec<&Resource>> =
            of.map(|of| self.carriers(of, survey).into_iter().map(|(parent, _)| parent).collect());
        let regions: BTreeSet<&str> = match &parents {
            None => self.rules.regions_of(kind, self.place),
            Some(parents) => parents.iter().map(|parent| parent.region.as_str()).collect(),
        };
        for region in regions {
            let here: Option<Vec<&Resource>> = parents
                .as_ref()
                .map(|parents| parents.iter().copied().filter(|parent| parent.region == region).collect());
            let (calls, gaps) = self.reach.lists(kind.type_name, region, here.as_deref());
            survey.calls.extend(calls);
            survey.gaps.extend(gaps);
            for resource in self.resolved.listed(kind.type_name, region).iter().copied() {
                if here.as_ref().is_none_or(|here| is_child_of(resource, here)) {
                    self.weigh(resource, &own, survey);
                }
            }
        }
    }

    /// The same where the names of all that the account has itself tell it.
    fn undeclared_names(&self, kind: &'static Kind, survey: &mut Survey<'a>) {
        let declared: BTreeSet<String> = self
            .rules
            .resources
            .iter()
            .filter(|declared| declared.kind.type_name == kind.type_name)
            .filter_map(|declared| self.place.name_of(declared))
            .collect();
        let (calls, gaps) = self.reach.lists(kind.type_name, "", None);
        for name in self.account.names_of(kind.type_name, "").filter(|name| !declared.contains(*name)) {
            if survey.is_excepted(&[name]) {
                continue;
            }
            let about = About {
                resource: name.to_owned(),
                type_name: kind.type_name,
                identity: name.to_owned(),
                name: Some(name.to_owned()),
                arn: None,
            };
            survey.fail(about, format!("{name} is there, and nobody declared it"), None, &calls);
        }
        survey.calls.extend(calls);
        survey.gaps.extend(gaps);
    }

    fn weigh(&self, resource: &'a Resource, own: &[String], survey: &mut Survey<'a>) {
        let standing = self.standing(resource, own);
        if matches!(standing, Standing::Expected) {
            return;
        }
        let (made, left_out, unread) = known::made_by_aws(resource);
        if let (Truth::True, Some(left_out)) = (made, left_out) {
            return survey.leave_out(*left_out);
        }
        let label = self.label(resource);
        if survey.is_excepted(&[&resource.name, &label]) {
            return;
        }
        // What hangs on another is called after that as well.
        let called_alone = label == resource.name;
        let about = About {
            resource: label,
            type_name: resource.type_name,
            identity: resource.id.clone(),
            name: called_alone.then(|| resource.name.clone()),
            arn: arn_of(&resource.id),
        };
        match (standing, unread) {
            (Standing::Expected, _) => {}
            (Standing::Perhaps(gaps, blocked_by), _) => survey.perhaps(about, &gaps, blocked_by, &resource.calls),
            (Standing::Unexpected, Some(gap)) => {
                survey.perhaps(about, std::slice::from_ref(gap), BTreeSet::new(), &resource.calls);
            }
            (Standing::Unexpected, None) => {
                let found = format!("{} is there, and nobody declared it", self.told(resource));
                survey.fail(about, found, None, &resource.calls);
            }
        }
    }

    /// Whether something in the rules file is `resource`, of whose kind the resources called `own` are.
    fn standing(&self, resource: &Resource, own: &[String]) -> Standing {
        let (mut gaps, mut blocked_by): (Vec<Gap>, BTreeSet<String>) = Default::default();
        for key in own {
            let declared = self.rules.resource(key);
            let found = self.resolved.get(key);
            let is_it = match found {
                Found::There(found, _) | Found::Ambiguous(found, _) => found.iter().any(|one| one.id == resource.id),
                Found::Missing(..) | Found::Unknown(_) | Found::Blocked(_) => false,
            };
            // Where names are not unique, there being a second one is said by the rule that it exists.
            let is_called_so = matches!(declared.finder, Finder::Name(_))
                && self.place.region_of(declared) == resource.region
                && self.place.name_of(declared).is_some_and(|name| name == resource.name);
            if is_it || is_called_so {
                return Standing::Expected;
            }
            if self.resolved.may_be(key, resource) {
                match found {
                    Found::Blocked(other) => drop(blocked_by.insert(self.exists_id(other))),
                    Found::There(_, more) | Found::Ambiguous(_, more) | Found::Unknown(more) => {
                        gaps.extend(more.iter().cloned());
                    }
                    Found::Missing(..) => {}
                }
            }
        }
        let flows = self.rules.rules.iter().filter_map(|rule| match &rule.form {
            Form::Flow(flow) => Some(flow),
            _ => None,
        });
        for flow in flows {
            match self.is_wire_of(resource, flow) {
                Ok(true) => return Standing::Expected,
                Ok(false) => {}
                Err(more) => gaps.extend(more),
            }
        }
        match self.is_set_aside_for(resource) {
            Ok(true) => return Standing::Expected,
            Ok(false) => {}
            Err(gap) => gaps.push(*gap),
        }
        if resource.type_name == PATH && self.leads_somewhere(resource) {
            return Standing::Expected;
        }
        if gaps.is_empty() && blocked_by.is_empty() {
            Standing::Unexpected
        } else {
            Standing::Perhaps(gaps, blocked_by)
        }
    }

    /// Whether `flow` goes by `resource`, a trigger or a subscription that no resource of the rules file stands for.
    fn is_wire_of(&self, resource: &Resource, flow: &Flow) -> Result<bool, Vec<Gap>> {
        let of_kind = flow.mechanism.wire == Some(resource.type_name);
        if !of_kind || flow.mechanism.hop == Hop::TopicToEndpoint || self.rules.wire_of(flow).is_some() {
            return Ok(false);
        }
        let (carrier, other, field) = match resource.type_name {
            MAPPING => (&flow.to, &flow.from, "EventSourceArn"),
            SUBSCRIPTION => (&flow.from, &flow.to, "Endpoint"),
            _ => return Ok(false),
        };
        match self.resolved.get(carrier) {
            Found::There(found, _) | Found::Ambiguous(found, _) if is_child_of(resource, found) => {}
            _ => return Ok(false),
        }
        let other = self.rules.resource(other);
        let text = match resource.properties.get(field) {
            Value::Unread(gap) => return Err(vec![(**gap).clone()]),
            value => value.as_text().unwrap_or_default(),
        };
        let arns = self.resolved.arns(other);
        // Which of the table's streams it is the flow itself judges.
        let is_from = |arn: &String| match other.kind.type_name {
            TABLE => text.strip_prefix(arn.as_str()).is_some_and(|rest| rest.starts_with("/stream/")),
            _ => text == *arn,
        };
        match self.resolved.get(&other.key) {
            _ if arns.iter().any(is_from) => Ok(true),
            Found::Unknown(gaps) if arns.is_empty() => Err(gaps.clone()),
            Found::There(_, gaps) if !gaps.is_empty() => Err(gaps.clone()),
            _ => Ok(false),
        }
    }

    /// Whether a declared resource of which a rule asks that it set messages aside sets them aside in `resource`.
    fn is_set_aside_for(&self, resource: &Resource) -> Result<bool, Box<Gap>> {
        if !matches!(resource.type_name, QUEUE | TOPIC) {
            return Ok(false);
        }
        let mut unread = None;
        for rule in &self.rules.rules {
            let Form::Expect { on: Subject::Named(keys), expect } = &rule.form else { continue };
            let asks = |field: &str| expect.iter().any(|(of, pattern)| of == field && *pattern != Pattern::Absent);
            for (field, member) in SET_ASIDE.into_iter().filter(|(field, _)| asks(field)) {
                for key in keys {
                    let (Found::There(found, _) | Found::Ambiguous(found, _)) = self.resolved.get(key) else {
                        continue;
                    };
                    for one in found {
                        let value = one.properties.get(field);
                        let target = if let Value::Unread(_) = value { value } else { value.get(member) };
                        match target {
                            Value::Unread(gap) => unread = Some(gap.clone()),
                            target if target.as_text().as_ref() == Some(&resource.id) => return Ok(true),
                            _ => {}
                        }
                    }
                }
            }
        }
        unread.map_or(Ok(false), Err)
    }

    /// Whether a path leads to a declared method or path, or has methods, of which each is told by itself.
    fn leads_somewhere(&self, resource: &Resource) -> bool {
        let Some(path) = resource.properties.get("ResourcePath").as_text() else { return false };
        let is_below = |other: &str| {
            path == "/" || other.strip_prefix(&path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let methods = self.resolved.listed(METHOD, &resource.region).iter();
        let mut methods = methods.filter(|method| method.parent == resource.parent);
        if methods.any(|method| method.properties.get("ResourcePath").as_text().is_some_and(|path| is_below(&path))) {
            return true;
        }
        // What is declared and missing there leads to it all the same.
        self.rules.resources.iter().filter(|declared| matches!(declared.kind.type_name, METHOD | PATH)).any(
            |declared| {
                let Ok(select) = self.resolved.bind_all(declared.select()) else { return false };
                select.iter().any(|(field, pattern)| match pattern {
                    Pattern::Text(text) => field == "ResourcePath" && is_below(&text.to_string()),
                    _ => false,
                })
            },
        )
    }

    /// What a finding calls a resource: with the name of what it hangs on, unless its own name says that.
    fn label(&self, resource: &Resource) -> String {
        if resource.type_name == SUBSCRIPTION {
            return resource.id.clone();
        }
        match resource.parent.as_deref().and_then(|parent| self.name_of_id(parent)) {
            Some(parent) => format!("{} of {parent}", resource.name),
            None => resource.name.clone(),
        }
    }

    /// The name of the resource with this id.
    fn name_of_id(&self, id: &str) -> Option<String> {
        let found = self.account.resources.iter().find(|resource| resource.id == id);
        found.map(|resource| resource.name.clone())
    }

    /// What a resource is, in a few words.
    fn told(&self, resource: &Resource) -> String {
        let text = |field: &str| resource.properties.get(field).as_text();
        match resource.type_name {
            SUBSCRIPTION => {
                let protocol = text("Protocol").map(|protocol| format!(", by {protocol}"));
                let endpoint = text("Endpoint").map(|endpoint| format!(" to {endpoint}"));
                format!("{}{}{}", resource.id, protocol.unwrap_or_default(), endpoint.unwrap_or_default())
            }
            MAPPING => match text("EventSourceArn") {
                Some(source) => format!("{}, which takes from {source},", self.label(resource)),
                None => self.label(resource),
            },
            _ if resource.parent.is_some() => self.label(resource),
            FUNCTION | TABLE | TOPIC | QUEUE => resource.id.clone(),
            _ if resource.id.starts_with("arn:") => resource.id.clone(),
            _ => resource.name.clone(),
        }
    }
}
