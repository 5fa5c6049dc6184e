//! What the rules let stand in the policy of a declared resource, as policies of the same language: whom rules on access
//! name, what the flows need, and the documents that are expected.

use super::super::access::who;
use super::super::finding::Auditor;
use super::super::resolve::{Found, Unbound};
use crate::iam::{Effect, Policy};
use crate::model::{Actor, Arn, FUNCTION, Hop, METHOD, OwnPolicy, Resource, Value};
use crate::reach::Who;
use crate::rules::{Expected, Flow, Form, Grantee, Pattern, Subject};
use serde_json::{Value as Json, json};

/// What may stand in a policy.
#[derive(Default)]
pub(super) struct Accounted {
    /// What may be allowed.
    pub(super) allowed: Vec<Policy>,
    /// The documents whose statements may deny.
    pub(super) denied: Vec<Policy>,
    /// What keeps more of it from being known.
    pub(super) open: Vec<Unbound>,
    /// The statements that were made, until they are read.
    made: Vec<Json>,
}

/// The type name of authorizers.
const AUTHORIZER: &str = "AWS::ApiGateway::Authorizer";
/// The type name of function URLs.
const URL: &str = "AWS::Lambda::Url";
/// The service that integrations and authorizers call functions as.
const API_GATEWAY: &str = "apigateway.amazonaws.com";
const INVOKE: &str = "lambda:InvokeFunction";

impl Accounted {
    fn allow(&mut self, principal: Json, actions: &[String], condition: Option<Json>) {
        let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*" });
        if let Some(condition) = condition {
            statement["Condition"] = condition;
        }
        self.made.push(statement);
    }

    /// Lets a principal of an account in, named as itself or by a condition on who everyone is.
    fn allow_arn(&mut self, arn: &str, actions: &[String]) {
        self.allow(json!({ "AWS": arn }), actions, None);
        self.allow(json!("*"), actions, Some(json!({ "ArnEquals": { "aws:PrincipalArn": arn } })));
    }

    fn allow_service(&mut self, name: &str, source: Option<&str>, actions: &[String]) {
        let condition = source.map(|source| json!({ "ArnLike": { "aws:SourceArn": source } }));
        self.allow(json!({ "Service": name }), actions, condition);
    }

    fn allow_who(&mut self, who: &Who, actions: &[String]) {
        match who {
            Who::Anyone => self.allow(json!("*"), actions, None),
            Who::Account(account) => self.allow(json!({ "AWS": account }), actions, None),
            Who::Arn(arn) => self.allow_arn(arn, actions),
            Who::Federated(provider) => self.allow(json!({ "Federated": provider }), actions, None),
            Who::CanonicalUser(id) => self.allow(json!({ "CanonicalUser": id }), actions, None),
            Who::Service { name, source } => self.allow_service(name, source.as_deref(), actions),
        }
    }

    /// Takes in a document: what it allows, and what it denies.
    fn take_in(&mut self, document: Policy) {
        let allows = |policy: &mut Policy| policy.statements.retain(|statement| statement.effect == Effect::Allow);
        let mut allowed = document.clone();
        allows(&mut allowed);
        self.allowed.push(allowed);
        self.denied.push(document);
    }
}

impl Auditor<'_> {
    /// What may stand in the policy of `resource`, which the rules file calls `keys`.
    pub(super) fn accounted(&self, resource: &Resource, keys: &[&str]) -> Accounted {
        let mut accounted = Accounted { open: self.perhaps_called(resource, keys), ..Accounted::default() };
        let own = keys.first().and_then(|key| self.rules.resource(key).kind.standing.own_policy);
        let is_on = |named: &[String]| named.iter().any(|key| keys.contains(&key.as_str()));
        for rule in &self.rules.rules {
            match &rule.form {
                Form::Access(access) if is_on(&access.to) => {
                    for grantee in access.grantees() {
                        self.take_grantee(grantee, &access.written, &mut accounted);
                    }
                }
                Form::Statements(statements) if keys.contains(&statements.of.as_str()) => {
                    statements.are.iter().for_each(|are| self.take_document(are, &mut accounted));
                }
                Form::Expect { on: Subject::Named(named), expect } if is_on(named) => {
                    let of_policy = |field: &str| own.is_some_and(|own: OwnPolicy| own.field == field);
                    for (_, pattern) in expect.iter().filter(|(field, _)| of_policy(field)) {
                        self.take_pattern(pattern, &mut accounted);
                    }
                }
                Form::Flow(flow) => self.take_flow(flow, keys, &mut accounted),
                _ => {}
            }
        }
        if resource.type_name == FUNCTION {
            self.take_authorizers(resource, &mut accounted);
            self.take_urls(resource, &mut accounted);
        }
        let made = std::mem::take(&mut accounted.made);
        if made.is_empty() {
            return accounted;
        }
        let text = json!({ "Version": "2012-10-17", "Statement": made }).to_string();
        match Policy::parse(&text) {
            Ok(policy) => accounted.allowed.push(policy),
            Err(why) => unreachable!("a document that was made here is one: {why}"),
        }
        accounted
    }

    fn take_grantee(&self, grantee: &Grantee, actions: &[String], accounted: &mut Accounted) {
        match grantee.bind(&mut |reference| self.resolved.bind(reference)) {
            Ok(bound) => accounted.allow_who(&who(&bound), actions),
            Err(unbound) => accounted.open.push(unbound),
        }
    }

    fn take_document(&self, expected: &Expected, accounted: &mut Accounted) {
        match expected.bind(&mut |reference| self.resolved.bind(reference)) {
            // What cannot be understood is told by the rule that refers to it.
            Ok(bound) => bound.policy().into_iter().for_each(|policy| accounted.take_in(policy)),
            Err(unbound) => accounted.open.push(unbound),
        }
    }

    fn take_pattern(&self, pattern: &Pattern, accounted: &mut Accounted) {
        match pattern {
            Pattern::Policy(bounds) => bounds.iter().for_each(|(_, expected)| self.take_document(expected, accounted)),
            Pattern::All(patterns) | Pattern::OneOf(patterns) => {
                patterns.iter().for_each(|pattern| self.take_pattern(pattern, accounted));
            }
            _ => {}
        }
    }

    /// What `flow` needs of the policy of the resource called `keys`, if that is one of its ends.
    fn take_flow(&self, flow: &Flow, keys: &[&str], accounted: &mut Accounted) {
        let mechanism = flow.mechanism;
        let also = mechanism.also.iter().map(|action| (*action).to_owned());
        let actions: Vec<String> = flow.actions.iter().cloned().chain(also).collect();
        let (is_from, is_to) = (keys.contains(&flow.from.as_str()), keys.contains(&flow.to.as_str()));
        match mechanism.actor {
            Actor::RoleOfFrom if is_to => self.take_roles_of(&flow.from, &actions, accounted),
            Actor::RoleOfTo if is_from => self.take_roles_of(&flow.to, &actions, accounted),
            Actor::Credentials if is_to => match &flow.role {
                Some(role) => self.take_arns(role, accounted, |arn, accounted| accounted.allow_arn(arn, &actions)),
                None if mechanism.to == FUNCTION => self.take_apis_of(&flow.from, accounted),
                None => {}
            },
            Actor::Service if is_to => {
                let action = match mechanism.hop {
                    Hop::TopicToQueue => "sqs:SendMessage",
                    Hop::TopicToFunction => INVOKE,
                    _ => return,
                };
                let action = [action.to_owned()];
                self.take_arns(&flow.from, accounted, |arn, accounted| {
                    accounted.allow_service("sns.amazonaws.com", Some(arn), &action);
                });
            }
            _ => {}
        }
    }

    /// The ARNs of what the file calls `key`; that they are not known is noted.
    fn take_arns(&self, key: &str, accounted: &mut Accounted, take: impl Fn(&str, &mut Accounted)) {
        let arns = self.resolved.arns(self.rules.resource(key));
        arns.iter().for_each(|arn| take(arn, accounted));
        if arns.is_empty() {
            self.note(key, accounted);
        }
    }

    /// Notes why what the file calls `key` is not known.
    fn note(&self, key: &str, accounted: &mut Accounted) {
        match self.resolved.get(key) {
            Found::There(_, gaps) | Found::Ambiguous(_, gaps) | Found::Unknown(gaps) => {
                accounted.open.extend(gaps.iter().map(|gap| Unbound::Unknown(Box::new(gap.clone()))));
            }
            Found::Missing(..) => accounted.open.push(Unbound::Blocked(key.to_owned())),
            Found::Blocked(other) => accounted.open.push(Unbound::Blocked(other.clone())),
        }
    }

    /// The roles that what the file calls `key` acts as.
    fn take_roles_of(&self, key: &str, actions: &[String], accounted: &mut Accounted) {
        let (Some(field), Found::There(found, _)) =
            (self.rules.resource(key).kind.standing.acts_as, self.resolved.get(key))
        else {
            return self.note(key, accounted);
        };
        for resource in found {
            match resource.properties.get(field) {
                Value::Unread(gap) => accounted.open.push(Unbound::Unknown(gap.clone())),
                value => value.as_text().iter().for_each(|arn| accounted.allow_arn(arn, actions)),
            }
        }
    }

    /// API Gateway, for the APIs of the methods that the file calls `key`: for any of their methods and stages, as consoles
    /// and templates write it.
    fn take_apis_of(&self, key: &str, accounted: &mut Accounted) {
        let Found::There(methods, _) = self.resolved.get(key) else { return self.note(key, accounted) };
        for method in methods.iter().filter(|method| method.type_name == METHOD) {
            if let Some(source) = self.calls_from(method, "*") {
                accounted.allow_service(API_GATEWAY, Some(&source), &[INVOKE.to_owned()]);
            }
        }
    }

    /// The declared authorizers that ask `function`.
    fn take_authorizers(&self, function: &Resource, accounted: &mut Accounted) {
        for declared in self.rules.resources.iter().filter(|declared| declared.kind.type_name == AUTHORIZER) {
            let Found::There(found, _) = self.resolved.get(&declared.key) else { continue };
            for authorizer in found {
                let uri = authorizer.properties.get("AuthorizerUri").as_text().unwrap_or_default();
                if let Some(source) =
                    self.calls_from(authorizer, "authorizers/*").filter(|_| uri.contains(&function.id))
                {
                    accounted.allow_service(API_GATEWAY, Some(&source), &[INVOKE.to_owned()]);
                }
            }
        }
    }

    /// The ARN as which what is `below` the API of `resource` calls functions.
    fn calls_from(&self, resource: &Resource, below: &str) -> Option<String> {
        let parent = resource.parent.as_deref()?;
        let apis = self.account.resources.iter().find(|api| api.id == parent);
        let id = apis.and_then(|api| api.properties.get("RestApiId").as_text());
        let id = id.or_else(|| parent.parse::<Arn>().ok().map(|arn| arn.name().to_owned()))?;
        let account = &self.account.caller.account;
        Some(format!("arn:{}:execute-api:{}:{account}:{id}/{below}", self.place.partition, resource.region))
    }

    /// What the console writes into the policy of a function whose URL asks for no signature (Lambda Developer Guide,
    /// "Control access to Lambda function URLs"), where the URL is declared.
    fn take_urls(&self, function: &Resource, accounted: &mut Accounted) {
        for declared in self.rules.resources.iter().filter(|declared| declared.kind.type_name == URL) {
            let Found::There(found, _) = self.resolved.get(&declared.key) else { continue };
            let open = |url: &&Resource| {
                url.parent.as_ref() == Some(&function.id)
                    && url.properties.get("AuthType").as_text().as_deref() == Some("NONE")
            };
            if found.iter().copied().any(|url| open(&url)) {
                let by_url = json!({ "StringEquals": { "lambda:FunctionUrlAuthType": "NONE" } });
                accounted.allow(json!("*"), &["lambda:InvokeFunctionUrl".to_owned()], Some(by_url));
                let by_url = json!({ "Bool": { "lambda:InvokedViaFunctionUrl": "true" } });
                accounted.allow(json!("*"), &[INVOKE.to_owned()], Some(by_url));
            }
        }
    }
}
