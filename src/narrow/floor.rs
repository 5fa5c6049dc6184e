//! What the rules need of a role: what the flows that act as it ask, and the documents that say what it must be allowed at
//! the least; with the logs of its functions, where they are granted.

use super::{OF_ROLES, allowing, flows, policy};
use crate::audit::{Found, Resolved, Unbound};
use crate::flows::key_of;
use crate::iam::catalogue::Catalogue;
use crate::iam::{Context, Effect, Policy};
use crate::model::{Actor, Arn, FUNCTION, Hop, Resource, Value, not_read};
use crate::reach::{Answer, Asked, Asker, Authority, Gathered, Reach, Said, policy_in, reaches, within};
use crate::rules::{Flow, Form, Rules};
use std::collections::BTreeMap;

/// The property of a function that says where its logs go.
pub(super) const LOGGING: &str = "LoggingConfig";

/// What API Gateway asks of the role that an account lets it log with. Whether a role is that one is not read.
const API_LOGS: [&str; 7] = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
    "logs:GetLogEvents",
    "logs:FilterLogEvents",
];

/// Something that the rules need of a role, or that it is left beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The action.
    pub action: String,
    /// The ARN, or the pattern of ARNs, that it is needed on; `*` for an action that is asked of no resource.
    pub resource: String,
    /// Who needs it: rules, by their ids, and documents.
    pub why: Vec<String>,
    /// Whether nothing would work without it; else it is left where it is granted.
    pub required: bool,
    /// Whether it is granted.
    pub state: State,
}

/// Whether something that is needed is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// By the policies of the role.
    Granted,
    /// By the policy of the resource, so that those of the role need not.
    ByResource(Vec<String>),
    /// By neither, for this reason.
    Missing(String),
    /// That is not known, for this reason.
    Unknown(String),
}

/// What is needed of one role.
pub(super) struct Floor {
    pub(super) needs: Vec<Need>,
    /// What the policies of the role must grant for the flows.
    pub(super) of_flows: Policy,
    /// The documents that say what it must be allowed, each with the context that it is judged in.
    pub(super) documents: Vec<(Policy, Context)>,
    /// Why more may be needed.
    pub(super) open: Vec<String>,
}

/// A need, before it was looked whether it is granted.
#[derive(Debug, Clone)]
struct Wanted {
    action: String,
    resource: String,
    why: String,
    wish: Wish,
    /// The policy of the resource, if it may have one: its property and what a person calls it.
    guard: Option<(Value, &'static str)>,
}

/// How much something is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    /// Nothing works without it.
    Required,
    /// It is left where it is granted: the role may be the one that needs it.
    IfGranted,
    /// AWS's own policies have it beside what is required. It is left where it is granted, unless that is not wanted.
    Beside,
}

/// What the flows of the rules need, by the role that acts.
#[derive(Default)]
pub(super) struct Floors {
    /// The ARNs of the roles, in the order of the flows.
    order: Vec<String>,
    wanted: BTreeMap<String, Vec<Wanted>>,
    /// Why more may be needed: of which role, if that is known.
    open: Vec<(Option<String>, String)>,
}

/// The functions that act in the flows of the rules, by their names there.
pub(super) fn functions(rules: &Rules) -> impl Iterator<Item = (&str, &Flow)> {
    flows(rules).filter_map(|(_, flow)| match flow.mechanism.actor {
        Actor::RoleOfFrom => Some((flow.from.as_str(), flow)),
        Actor::RoleOfTo => Some((flow.to.as_str(), flow)),
        Actor::Service | Actor::Credentials => None,
    })
}

impl Floors {
    pub(super) fn of(rules: &Rules, resolved: &Resolved<'_>) -> Self {
        let mut floors = Self::default();
        for (id, flow) in flows(rules) {
            if flow.mechanism.actor != Actor::Service {
                floors.add(rules, resolved, id, flow);
            }
        }
        floors
    }

    /// The ARNs of the roles that the flows act as.
    pub(super) fn roles(&self) -> Vec<String> {
        self.order.clone()
    }

    /// Whether some flow acts as the role with this ARN.
    pub(super) fn acts(&self, arn: &str) -> bool {
        self.wanted.contains_key(arn)
    }

    /// Why more may be needed of the role with this ARN.
    pub(super) fn open_of(&self, arn: &str) -> Vec<String> {
        let of_it = self.open.iter().filter(|(of, _)| of.as_deref().is_none_or(|of| of == arn));
        let mut open: Vec<String> = of_it.map(|(_, why)| why.clone()).collect();
        open.dedup();
        open
    }

    fn add(&mut self, rules: &Rules, resolved: &Resolved<'_>, id: &str, flow: &Flow) {
        let mechanism = flow.mechanism;
        let (acting, acted_on) = match mechanism.actor {
            Actor::RoleOfTo => (&flow.to, &flow.from),
            _ => (&flow.from, &flow.to),
        };
        let mut open = Vec::new();
        let roles: Vec<(String, Vec<Wanted>)> = match (&flow.role, found(resolved, acting, &mut open)) {
            // Whoever acts is stated, be the method there or not.
            (Some(role), _) => {
                open.clear();
                let roles = found(resolved, role, &mut open);
                roles.iter().map(|role| (role.id.clone(), logs_of_apis(id))).collect()
            }
            (None, found) if mechanism.actor == Actor::Credentials => found
                .iter()
                .filter_map(|method| credentials(method, &mut open))
                .map(|role| (role, logs_of_apis(id)))
                .collect(),
            (None, found) => found
                .iter()
                .filter_map(|function| Some((role_of(function, &mut open)?, logs(function, &mut open))))
                .collect(),
        };
        self.open.extend(open.drain(..).map(|why| (None, format!("the flow {id}: {why}"))));
        let declared = rules.resource(acted_on);
        let targets: Vec<(String, Option<&Resource>)> = match resolved.get(acted_on) {
            Found::There(found, gaps) => {
                open.extend((!gaps.is_empty()).then(|| not_read(gaps)));
                found.iter().map(|found| (arn_of(found), Some(*found))).collect()
            }
            _ => resolved.arns(declared).into_iter().map(|arn| (arn, None)).collect(),
        };
        if targets.is_empty() {
            open.push(format!("{acted_on} is not there or was not read, so its ARN is not known"));
        }
        let own = declared.kind.standing.own_policy.filter(|_| mechanism.hop != Hop::StreamToFunction);
        let mut wanted = Vec::new();
        for (target, resource) in &targets {
            let on = match mechanism.hop {
                // The label of a stream is a new one each time that it is turned on.
                Hop::StreamToFunction => format!("{target}/stream/*"),
                _ => target.clone(),
            };
            let guard = own.zip(*resource).map(|(own, of)| (of.properties.get(own.field).clone(), own.noun));
            let one = |action: &str, wish: Wish| Wanted::of(id, action, &on, wish).guarded_by(guard.clone());
            wanted.extend(flow.actions.iter().map(|action| one(action, Wish::Required)));
            wanted.extend(mechanism.also.iter().map(|action| one(action, Wish::Beside)));
            match resource.filter(|_| !mechanism.on_key.is_empty()).map(key_of) {
                Some(Err(gap)) => open.push(not_read(std::slice::from_ref(gap))),
                Some(Ok(Some(key))) => {
                    // An alias does not say which key it is, so that whichever is granted stays.
                    let wish = if key.is_pattern { Wish::IfGranted } else { Wish::Required };
                    wanted.extend(mechanism.on_key.iter().map(|action| Wanted::of(id, action, &key.arn, wish)));
                }
                Some(Ok(None)) | None => {}
            }
        }
        for (role, logs) in roles {
            self.open.extend(open.iter().map(|why| (Some(role.clone()), format!("the flow {id}: {why}"))));
            if !self.order.contains(&role) {
                self.order.push(role.clone());
            }
            let of_role = self.wanted.entry(role).or_default();
            of_role.extend(wanted.iter().cloned());
            of_role.extend(logs);
        }
    }

    /// What is needed of a role, as far as it is known, and whether it is granted.
    pub(super) fn role(
        &self,
        rules: &Rules,
        resolved: &Resolved<'_>,
        (role, gathered): (&Resource, &Gathered),
        reach: &Reach<'_>,
        strict: bool,
    ) -> Floor {
        let mut open = self.open_of(&role.id);
        let context = reach.context(OF_ROLES, role);
        let original = gathered.read();
        let judged = |wanted: Wanted, context: &Context| {
            let state = wanted.state(&original, (role, gathered), reach, context);
            let Wanted { action, resource, why, wish, .. } = wanted;
            Need { action, resource, why: vec![why], required: wish == Wish::Required, state }
        };
        let of_flows = self.wanted.get(&role.id).into_iter().flatten();
        let of_flows = of_flows.filter(|wanted| !(strict && wanted.wish == Wish::Beside));
        let mut needs: Vec<Need> = of_flows.map(|wanted| judged(wanted.clone(), &context)).collect();
        let asked = needs.iter().filter(|need| match need.state {
            State::Granted => true,
            State::ByResource(_) => false,
            State::Missing(_) | State::Unknown(_) => need.required,
        });
        let asked = asked.map(|need| allowing(&need.action, &need.resource)).collect();
        let of_flows = policy("what the flows need", asked);
        let documents = documents(rules, resolved, role, &context, &mut open);
        for (policy, context) in &documents {
            match asked_by(policy) {
                Ok(asked) => needs.extend(asked.into_iter().map(|wanted| judged(wanted, context))),
                Err(why) => open.push(why),
            }
        }
        Floor { needs: merged(needs), of_flows, documents, open }
    }
}

impl Wanted {
    fn of(why: &str, action: &str, resource: &str, wish: Wish) -> Self {
        let of_none = Catalogue::embedded().action(action).is_some_and(|action| action.is_wildcard_only());
        let resource = if of_none { "*" } else { resource };
        Self { action: action.to_owned(), resource: resource.to_owned(), why: why.to_owned(), wish, guard: None }
    }

    fn guarded_by(self, guard: Option<(Value, &'static str)>) -> Self {
        Self { guard: guard.filter(|_| self.resource != "*"), ..self }
    }

    /// Whether it is granted to the role, by its own policies or by that of the resource.
    fn state(
        &self,
        original: &Authority,
        (role, gathered): (&Resource, &Gathered),
        reach: &Reach<'_>,
        context: &Context,
    ) -> State {
        let asked = policy("what is needed", vec![allowing(&self.action, &self.resource)]);
        let answer = reaches(original, &asked, context);
        if answer == Answer::Yes {
            return State::Granted;
        }
        let by_resource = self.guard.as_ref().map(|(value, noun)| {
            let policy = policy_in(value, &format!("the {noun}"));
            let asked = Asked { action: &self.action, resource: &self.resource, policy, context: &[] };
            reach.may(&Asker::Role(role, gathered), &asked)
        });
        match (answer, by_resource) {
            (_, Some(Said::Allowed(places))) => State::ByResource(places),
            (_, Some(Said::Unknown(why, _))) => State::Unknown(why),
            (Answer::Unknown(why), _) => State::Unknown(why),
            (Answer::No(proof), _) => State::Missing(proof.refused()),
            (Answer::Yes, _) => State::Granted,
        }
    }
}

/// What is there under a name of the rules file; why there may be others is added to `open`.
fn found<'a>(resolved: &Resolved<'a>, key: &str, open: &mut Vec<String>) -> Vec<&'a Resource> {
    match resolved.get(key) {
        Found::There(found, gaps) => {
            open.extend((!gaps.is_empty()).then(|| not_read(gaps)));
            found.clone()
        }
        Found::Unknown(gaps) => {
            open.push(not_read(gaps));
            Vec::new()
        }
        Found::Missing(..) | Found::Blocked(_) => {
            open.push(format!("{key} is not there to say as whom it acts"));
            Vec::new()
        }
        Found::Ambiguous(..) => {
            open.push(format!("more than one is like {key}, so that it is not known as whom it acts"));
            Vec::new()
        }
    }
}

fn arn_of(resource: &Resource) -> String {
    resource.properties.get("Arn").as_text().unwrap_or_else(|| resource.id.clone())
}

/// The role that an integration names, if it does and it is one: it may call as whoever calls the API.
fn credentials(method: &Resource, open: &mut Vec<String>) -> Option<String> {
    let integration = method.properties.get("Integration");
    for value in [integration, integration.get("Credentials")] {
        if let Value::Unread(gap) = value {
            open.push(not_read(std::slice::from_ref(gap)));
        }
    }
    integration.get("Credentials").as_text().filter(|role| !role.contains(":user/*"))
}

fn role_of(function: &Resource, open: &mut Vec<String>) -> Option<String> {
    debug_assert_eq!(function.type_name, FUNCTION);
    match function.properties.get("Role") {
        Value::Unread(gap) => {
            open.push(not_read(std::slice::from_ref(gap)));
            None
        }
        value => value.as_text(),
    }
}

/// What a function writes its logs with, in the form in which the Lambda console grants it.
fn logs(function: &Resource, open: &mut Vec<String>) -> Vec<Wanted> {
    let Ok(Arn { partition, region, account, .. }) = arn_of(function).parse() else { return Vec::new() };
    let why = format!("logs of {}", function.name);
    let config = function.properties.get(LOGGING);
    let group = match (config, config.get("LogGroup")) {
        (Value::Unread(gap), _) | (_, Value::Unread(gap)) => {
            open.push(format!("where the logs of {} go was {}", function.name, not_read(std::slice::from_ref(gap))));
            return Vec::new();
        }
        (_, group) => group.as_text().unwrap_or_else(|| format!("/aws/lambda/{}", function.name)),
    };
    let of = |action: &str, on: &str| {
        Wanted::of(&why, action, &format!("arn:{partition}:logs:{region}:{account}:{on}"), Wish::IfGranted)
    };
    let streams = format!("log-group:{group}:*");
    vec![of("logs:CreateLogGroup", "*"), of("logs:CreateLogStream", &streams), of("logs:PutLogEvents", &streams)]
}

fn logs_of_apis(id: &str) -> Vec<Wanted> {
    let why = format!("logs of the API of {id}");
    API_LOGS.iter().map(|action| Wanted::of(&why, action, "*", Wish::IfGranted)).collect()
}

/// The documents that say what the role must be allowed, bound, each with the context that its rule fixes.
fn documents(
    rules: &Rules,
    resolved: &Resolved<'_>,
    role: &Resource,
    context: &Context,
    open: &mut Vec<String>,
) -> Vec<(Policy, Context)> {
    let is_it = |key: &String| match resolved.get(key) {
        Found::There(found, _) => found.iter().any(|found| found.id == role.id),
        _ => false,
    };
    let mut documents = Vec::new();
    for rule in &rules.rules {
        let Form::Permissions(permissions) = &rule.form else { continue };
        if !permissions.of.iter().any(is_it) {
            continue;
        }
        for (_, expected) in permissions.bounds.iter().filter(|(side, _)| side.is_floor()) {
            let bound = expected
                .bind(&mut |reference| resolved.bind(reference))
                .and_then(|bound| Ok((bound, resolved.fixed(&permissions.context)?)));
            match bound.map(|(bound, fixed)| (bound.policy(), fixed)) {
                Ok((Ok(policy), fixed)) => {
                    let mut context = context.clone();
                    fixed.into_iter().for_each(|(key, value)| context.set(key, value));
                    documents.push((policy, context));
                }
                Ok((Err(why), _)) => open.push(format!("{expected}: {why}")),
                Err(Unbound::Blocked(key)) => open.push(format!("{expected} speaks of {key}, which is not there")),
                Err(Unbound::Unknown(gap)) => open.push(format!("{expected}: {}", not_read(&[*gap]))),
            }
        }
    }
    documents
}

/// What a document asks for, action by action and resource by resource.
fn asked_by(document: &Policy) -> Result<Vec<Wanted>, String> {
    let mut asked = Vec::new();
    let name = &document.origin.name;
    for statement in document.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let resource = statement.resource.as_ref().filter(|element| !element.not);
        let Some(resource) = resource.filter(|_| !statement.action.not) else {
            return Err(format!("{name} asks for all but something, and what that comes to is not written out"));
        };
        for action in &statement.action.values {
            asked.extend(resource.values.iter().map(|on| Wanted::of(name, action, on, Wish::Required)));
        }
    }
    Ok(asked)
}

/// The needs, each once: with all who need it, and without those that are a part of another.
fn merged(needs: Vec<Need>) -> Vec<Need> {
    let mut merged: Vec<Need> = Vec::new();
    for need in needs {
        let same =
            |other: &&mut Need| other.action.eq_ignore_ascii_case(&need.action) && other.resource == need.resource;
        match merged.iter_mut().find(same) {
            Some(other) => {
                other.why.extend(need.why.into_iter().filter(|why| !other.why.contains(why)).collect::<Vec<_>>());
                // A document asks it of the role's own policies, whatever the resource's policy lets in.
                if need.required && (!other.required || matches!(other.state, State::ByResource(_))) {
                    (other.required, other.state) = (true, need.state);
                }
            }
            None => merged.push(need),
        }
    }
    let authority = |need: &Need| Authority::of(policy("", vec![allowing(&need.action, &need.resource)]));
    let is_part = |at: usize| {
        let need = &merged[at];
        merged.iter().enumerate().any(|(other_at, other)| {
            let may_be =
                other_at != at && (other.required || !need.required) && !matches!(other.state, State::ByResource(_));
            may_be && within(&authority(need), &authority(other)) == Answer::Yes
        })
    };
    let parts: Vec<bool> = (0..merged.len()).map(is_part).collect();
    merged.into_iter().zip(parts).filter(|(_, is_part)| !is_part).map(|(need, _)| need).collect()
}
