//! `flow`: what stands between the two ends, what it is like, and what both sides permit.
//!
//! The finding says which links are broken. What has one remedy is put together; where a permission is missing, there are
//! several, of which the first that mends the flow and breaks nothing is taken.

use super::permissions::items;
use super::statement::{parsed, policy_of, read, statement};
use super::{Idea, Ideas, Scene, unbound};
use crate::fix::model::Change;
use crate::fix::want::want;
use crate::model::{
    FUNCTION, Finding, Hop, MAPPING, QUEUE, ROLE, Resource, SUBSCRIPTION, TABLE, TOPIC, Value, Verdict,
};
use crate::rules::{Flow, Grantee, Template};
use serde_json::json;
use std::collections::BTreeMap;

/// The ends of a flow, and who acts.
pub(super) struct Ends<'a> {
    pub(super) from: &'a Resource,
    pub(super) to: &'a Resource,
    pub(super) wire: Option<&'a Resource>,
    pub(super) role: Option<&'a Resource>,
}

impl<'a> Scene<'a> {
    pub(super) fn flow(&self, flow: &Flow, finding: &Finding) -> Ideas {
        let (from, to) = (self.named(&flow.from)?, self.named(&flow.to)?);
        let declared = self.rules.wire_of(flow).and_then(|wire| self.named(&wire.key).ok());
        let wire = declared.or_else(|| self.wire(flow, from, to));
        let role = match (&flow.role, flow.mechanism.hop) {
            (Some(key), _) => Some(self.named(key)?),
            (None, Hop::QueueToFunction | Hop::StreamToFunction) => self.role_of(to),
            (None, Hop::FunctionToTarget) => self.role_of(from),
            (None, Hop::MethodToQueue | Hop::MethodToFunction) => {
                let arn = from.properties.get("Integration").get("Credentials").as_text();
                arn.and_then(|arn| self.all(ROLE).find(|role| role.id == arn))
            }
            (None, _) => None,
        };
        let ends = Ends { from, to, wire, role };
        let mut fixed: Vec<Change> = Vec::new();
        let mut words: Vec<String> = Vec::new();
        let mut refused: Vec<String> = Vec::new();
        let mut integrated = false;
        let mut alternatives: Vec<Idea> = Vec::new();
        for part in finding.parts.iter().filter(|part| part.verdict == Verdict::Fail) {
            match part.path.as_str() {
                "type" | "uri" | "method" | "header" | "template" => integrated = true,
                "role" if matches!(flow.mechanism.hop, Hop::MethodToQueue | Hop::MethodToFunction) => integrated = true,
                "permission" => alternatives.extend(self.permission(flow, &ends)),
                "trust" => alternatives.extend(self.trust(flow, &ends)),
                "key" => refused.push(format!(
                    "{}: either the role is allowed to use that key, in its policies and in the key's own, or the key gives \
                     way to AWS's; which one is for a person to say",
                    part.found
                )),
                link => match self.link(link, flow, &ends) {
                    Ok((change, what)) => {
                        fixed.extend(change);
                        words.push(what);
                    }
                    Err(why) => refused.push(why),
                },
            }
        }
        if integrated {
            let (change, what) = self.integration(flow, &ends)?;
            fixed.push(change);
            words.push(what);
        }
        if !refused.is_empty() {
            return Err(refused.join("; "));
        }
        let mut ideas = Vec::new();
        if !fixed.is_empty() {
            ideas.push(Idea::new(words.join("; "), fixed.clone()));
        }
        for mut idea in alternatives {
            idea.changes.extend(fixed.iter().cloned());
            if !words.is_empty() {
                idea.what = format!("{}; {}", idea.what, words.join("; "));
            }
            ideas.push(idea);
        }
        if ideas.is_empty() {
            return Err("nothing that Plimsoll knows a command for would mend it".to_owned());
        }
        Ok(ideas)
    }

    fn role_of(&self, function: &Resource) -> Option<&'a Resource> {
        let arn = function.properties.get("Role").as_text()?;
        self.all(ROLE).find(|role| role.id == arn)
    }

    /// What stands between the ends, where the rules file does not declare it.
    fn wire(&self, flow: &Flow, from: &Resource, to: &Resource) -> Option<&'a Resource> {
        let of = |resource: &Resource, field: &str| resource.properties.get(field).as_text().unwrap_or_default();
        match flow.mechanism.hop {
            Hop::QueueToFunction | Hop::StreamToFunction => self.all(MAPPING).find(|mapping| {
                of(mapping, "EventSourceArn").starts_with(&from.id) && of(mapping, "FunctionArn").starts_with(&to.id)
            }),
            Hop::TopicToQueue | Hop::TopicToFunction => self
                .all(SUBSCRIPTION)
                .find(|subscription| of(subscription, "TopicArn") == from.id && of(subscription, "Endpoint") == to.id),
            Hop::TopicToEndpoint => self.all(SUBSCRIPTION).find(|subscription| subscription.id == to.id),
            Hop::MethodToQueue | Hop::MethodToFunction | Hop::FunctionToTarget => None,
        }
    }

    /// What mends one link that has one remedy.
    fn link(&self, link: &str, flow: &Flow, ends: &Ends<'_>) -> Result<(Vec<Change>, String), String> {
        let Ends { from, to, wire, .. } = *ends;
        let wired = || wire.ok_or_else(|| format!("there is nothing yet between {} and {}", from.name, to.name));
        match link {
            "wire" => self.make_wire(flow, ends),
            "enabled" => {
                let change = Change::set(wired()?, "Enabled", Value::Bool(true));
                Ok((vec![change], format!("the trigger of {} is enabled", to.name)))
            }
            "filter" => {
                let wire = wired()?;
                let field = if wire.type_name == MAPPING { "FilterCriteria" } else { "FilterPolicy" };
                let what = "the filter that keeps things back is taken away".to_owned();
                Ok((vec![Change::set(wire, field, Value::Absent)], what))
            }
            "label" => {
                let old = wired()?;
                let latest = from.properties.get("StreamArn").as_text();
                let latest = latest.ok_or_else(|| format!("{} has no stream; turn it on first", from.name))?;
                let kept = match &old.properties {
                    Value::Map(parts) => parts.clone(),
                    _ => BTreeMap::new(),
                };
                let new = self.trigger(to, &latest, kept);
                let changes = vec![Change::Create(Box::new(new)), Change::delete(old)];
                Ok((
                    changes,
                    "the trigger is made anew on the latest stream, and the one on the old stream goes".to_owned(),
                ))
            }
            "timeout" => {
                let (Value::Number(timeout), Value::Number(_)) =
                    (to.properties.get("Timeout"), from.properties.get("VisibilityTimeout"))
                else {
                    return Err("one of the two timeouts was not read".to_owned());
                };
                let wanted = (timeout * 6).min(43_200);
                let what = format!(
                    "messages of {} stay hidden for six times the function's timeout, as AWS advises",
                    from.name
                );
                Ok((vec![Change::set(from, "VisibilityTimeout", Value::Number(wanted))], what))
            }
            "concurrency" => {
                let what = format!("{} runs with the executions that the account has", to.name);
                Ok((vec![Change::set(to, "ReservedConcurrentExecutions", Value::Absent)], what))
            }
            "stream" | "view" => {
                let found = from.properties.get("StreamSpecification");
                let mut stream = match found {
                    Value::Map(parts) => parts.clone(),
                    _ => BTreeMap::new(),
                };
                for (field, pattern) in &flow.stream {
                    let bound =
                        pattern.bind(&mut |reference| self.resolved.bind(reference)).map_err(|why| unbound(&why))?;
                    let value = want(&bound, &crate::model::Shape::Text, found.get(field))?;
                    stream.insert(field.clone(), value);
                }
                stream.insert("StreamEnabled".to_owned(), Value::Bool(true));
                stream
                    .entry("StreamViewType".to_owned())
                    .or_insert_with(|| Value::Text("NEW_AND_OLD_IMAGES".to_owned()));
                let what = format!("the stream of {} is turned on", from.name);
                Ok((vec![Change::set(from, "StreamSpecification", Value::Map(stream))], what))
            }
            "settings" => {
                let wire = wired()?;
                let bound = self.resolved.bind_all(&flow.wire).map_err(|why| unbound(&why))?;
                let mut changes = Vec::new();
                for (field, pattern) in &bound {
                    let found = wire.properties.get(field);
                    let value = want(pattern, &self.shape(wire.type_name, field), found)?;
                    if value != *found {
                        changes.push(Change::set(wire, field, value));
                    }
                }
                Ok((changes, "what stands between them gets the settings of the rule".to_owned()))
            }
            "target" => self.variable(flow, from, to),
            "confirmed" => {
                Err("only whoever is subscribed can confirm: open the link in the mail from AWS, or request the \
                                confirmation again in the SNS console"
                    .to_owned())
            }
            other => Err(format!("Plimsoll knows no command that mends the link `{other}`")),
        }
    }

    fn make_wire(&self, flow: &Flow, ends: &Ends<'_>) -> Result<(Vec<Change>, String), String> {
        let Ends { from, to, .. } = *ends;
        let bound = self.resolved.bind_all(&flow.wire).map_err(|why| unbound(&why))?;
        let mut parts = BTreeMap::new();
        let type_name = flow.mechanism.wire.unwrap_or(MAPPING);
        for (field, pattern) in &bound {
            let value = want(pattern, &self.shape(type_name, field), &Value::Absent)?;
            parts.insert(field.clone(), value);
        }
        let what = format!("{} is joined to {}", from.name, to.name);
        match flow.mechanism.hop {
            Hop::QueueToFunction | Hop::StreamToFunction => {
                let source = match from.type_name {
                    TABLE => from.properties.get("StreamArn").as_text(),
                    _ => from.properties.get("Arn").as_text(),
                };
                let source = source.ok_or_else(|| format!("{} has no stream; turn it on first", from.name))?;
                Ok((vec![Change::Create(Box::new(self.trigger(to, &source, parts)))], what))
            }
            Hop::TopicToQueue | Hop::TopicToFunction => {
                let id = self.model.unknown(0);
                let text = |text: &str| Value::Text(text.to_owned());
                parts.insert("Protocol".to_owned(), text(if to.type_name == QUEUE { "sqs" } else { "lambda" }));
                parts.insert("Endpoint".to_owned(), text(&to.id));
                parts.insert("TopicArn".to_owned(), crate::fix::model::arn_or_text(&from.id));
                parts.insert("SubscriptionArn".to_owned(), text(&id));
                parts.insert("PendingConfirmation".to_owned(), Value::Bool(false));
                parts.insert("Deleted".to_owned(), Value::Bool(false));
                let subscription = Resource {
                    type_name: SUBSCRIPTION,
                    region: from.region.clone(),
                    name: id.clone(),
                    id,
                    parent: Some(from.id.clone()),
                    properties: Value::Map(parts),
                    calls: Vec::new(),
                };
                Ok((vec![Change::Create(Box::new(subscription))], what))
            }
            _ => Err("there is nothing to make between them".to_owned()),
        }
    }

    /// The variable that names another target names this one.
    fn variable(&self, flow: &Flow, from: &Resource, to: &Resource) -> Result<(Vec<Change>, String), String> {
        let environment = from.properties.get("Environment");
        let mut variables = match environment.get("Variables") {
            Value::Map(variables) => variables.clone(),
            _ => BTreeMap::new(),
        };
        let service = to.id.split(':').nth(2).unwrap_or_default().to_owned();
        let name = match &flow.variable {
            Some(name) => name.clone(),
            None => {
                let rival = variables.iter().find(|(_, value)| {
                    let text = value.as_text().unwrap_or_default();
                    text.split(':').nth(2) == Some(service.as_str())
                });
                rival.map(|(name, _)| name.clone()).ok_or("no variable of the function names the target")?
            }
        };
        let mut redacted = false;
        variables
            .iter()
            .filter(|(other, _)| **other != name)
            .for_each(|(_, value)| value.each_gap(&mut |_| redacted = true));
        if redacted {
            return Err(format!(
                "all variables of {} are set at once, and some hold what Plimsoll does not show. Set {name} to {} in the \
                 Lambda console",
                from.name, to.id
            ));
        }
        variables.insert(name.clone(), Value::Text(to.id.clone()));
        let value = Value::Map([("Variables".to_owned(), Value::Map(variables))].into());
        let what = format!("the variable {name} of {} names {}", from.name, to.name);
        Ok((vec![Change::set(from, "Environment", value)], what))
    }

    /// What may give a missing permission.
    fn permission(&self, flow: &Flow, ends: &Ends<'_>) -> Vec<Idea> {
        let mut ideas = Vec::new();
        let target = match flow.mechanism.hop {
            Hop::QueueToFunction | Hop::StreamToFunction => ends.from,
            _ => ends.to,
        };
        if let Some(role) = ends.role {
            let key = self.key_of(role);
            ideas.extend(self.lighter(key.as_deref().unwrap_or_default(), role));
        }
        if target.type_name == QUEUE || target.type_name == TOPIC {
            let policy = read(target.properties.get("Policy")).ok().flatten();
            let noun = if target.type_name == QUEUE { "queue policy" } else { "topic policy" };
            let more = self.lets_in(flow, ends, target);
            ideas.extend(self.rewritten(target, "Policy", noun, policy.as_ref(), &[], &more));
        }
        if target.type_name == FUNCTION {
            let policy = read(target.properties.get("Policy")).ok().flatten();
            let mut statements: Vec<_> = policy.iter().flat_map(|policy| policy.statements.clone()).collect();
            statements.extend(self.lets_in(flow, ends, target));
            let change = Change::set(target, "Policy", policy_of(policy.as_ref(), statements));
            ideas.push(Idea::new(format!("{} lets {} call it", target.name, ends.from.name), vec![change]));
        }
        if let Some(role) = ends.role {
            ideas.extend(self.declared_documents(role));
            let on = match (flow.mechanism.hop, target.properties.get("StreamArn").as_text()) {
                (Hop::StreamToFunction, _) => format!("{}/stream/*", target.id),
                _ => target.id.clone(),
            };
            let document = json!({
                "Version": "2012-10-17",
                "Statement": [{ "Effect": "Allow", "Action": flow.actions, "Resource": on }],
            });
            let what = format!("{} is given what the flow needs", role.name);
            ideas.push(self.inline(role, "plimsoll-flow", &document.to_string(), what));
        }
        ideas
    }

    /// The statements by which the target lets in what comes from the other end.
    fn lets_in(&self, flow: &Flow, ends: &Ends<'_>, target: &Resource) -> Vec<crate::iam::Statement> {
        let service = |name: &str, source: &str| Grantee::Service {
            name: Template::literal(name),
            source: Some(Template::literal(source)),
        };
        let (grantee, actions) = match flow.mechanism.hop {
            Hop::TopicToQueue => (service("sns.amazonaws.com", &ends.from.id), vec!["sqs:SendMessage".to_owned()]),
            Hop::TopicToFunction => {
                (service("sns.amazonaws.com", &ends.from.id), vec!["lambda:InvokeFunction".to_owned()])
            }
            Hop::MethodToFunction => {
                let Some(source) = self.caller(ends.from) else { return Vec::new() };
                (service("apigateway.amazonaws.com", &source), vec!["lambda:InvokeFunction".to_owned()])
            }
            _ => match ends.role {
                Some(role) => (Grantee::Arn { key: None, arn: Template::literal(&role.id) }, flow.actions.clone()),
                None => return Vec::new(),
            },
        };
        let mut statement = statement(&grantee, &actions, Some(&target.id));
        if let Some(condition) = statement.get_mut("Condition")
            && flow.mechanism.hop == Hop::MethodToFunction
        {
            // The stage is a wildcard in it.
            *condition = json!({ "ArnLike": condition["ArnEquals"] });
        }
        parsed(&[statement])
    }

    /// The ARN under which a method calls.
    fn caller(&self, method: &Resource) -> Option<String> {
        let api = self.all("AWS::ApiGateway::RestApi").find(|api| method.parent.as_deref() == Some(api.id.as_str()))?;
        let id = api.properties.get("RestApiId").as_text().filter(|id| !crate::fix::model::is_pending(id))?;
        let of = |field: &str| method.properties.get(field).as_text();
        let (verb, path) = (of("HttpMethod")?, of("ResourcePath")?);
        let verb = if verb == "ANY" { "*".to_owned() } else { verb };
        let account = &self.model.account.caller.account;
        let (partition, region) = (&self.place.partition, &method.region);
        Some(format!("arn:{partition}:execute-api:{region}:{account}:{id}/*/{verb}{path}"))
    }

    /// What may make a role trust the service that acts as it.
    fn trust(&self, flow: &Flow, ends: &Ends<'_>) -> Vec<Idea> {
        let Some(role) = ends.role else { return Vec::new() };
        let service = match flow.mechanism.hop {
            Hop::MethodToQueue | Hop::MethodToFunction => "apigateway.amazonaws.com",
            _ => "lambda.amazonaws.com",
        };
        let grantee = Grantee::Service { name: Template::literal(service), source: None };
        let more = parsed(&[statement(&grantee, &["sts:AssumeRole".to_owned()], None)]);
        let field = "AssumeRolePolicyDocument";
        let policy = read(role.properties.get(field)).ok().flatten();
        self.rewritten(role, field, "trust policy", policy.as_ref(), &[], &more)
    }

    /// What the rules file calls a resource.
    fn key_of(&self, resource: &Resource) -> Option<String> {
        let declared = self.rules.resources.iter().filter(|declared| declared.kind.type_name == resource.type_name);
        let mut keys = declared.map(|declared| declared.key.as_str());
        keys.find(|key| self.named(key).is_ok_and(|found| found.id == resource.id)).map(str::to_owned)
    }

    /// The items of a list of a resource that are like `arn`.
    pub(super) fn holds(resource: &Resource, field: &str, arn: &str) -> bool {
        items(resource.properties.get(field)).iter().any(|item| item.as_text().as_deref() == Some(arn))
    }
}
