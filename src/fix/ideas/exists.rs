//! What is missing: it is made as the rules say it is to be, as far as that must be said when it is made. What can be set
//! afterwards is mended by the rules that ask for it.

use super::{Idea, Ideas, Scene, unbound};
use crate::audit::Found;
use crate::fix::model::{Change, arn_or_text};
use crate::fix::want::{document, want};
use crate::model::{
    Arn, ArnRule, FUNCTION, MANAGED_POLICY, MAPPING, METHOD, QUEUE, ROLE, Resource, SUBSCRIPTION, TABLE, TOPIC, Truth,
    Value,
};
use crate::reach::judge;
use crate::rules::{Finder, Form, Pattern, Resource as Declared, Subject};
use std::collections::BTreeMap;

const REST_API: &str = "AWS::ApiGateway::RestApi";
const STAGE: &str = "AWS::ApiGateway::Stage";

type Parts = BTreeMap<String, Value>;

impl<'a> Scene<'a> {
    pub(super) fn exists(&self, key: &str) -> Ideas {
        let declared = self.rules.resource(key);
        if let Found::Ambiguous(resources, _) = self.resolved.get(key) {
            let ids: Vec<&str> = resources.iter().map(|resource| resource.id.as_str()).collect();
            return Err(format!(
                "there are several, and only a person can say which one is to stay: {}. Look at them, and delete or rename \
                 the others",
                ids.join(", ")
            ));
        }
        if declared.kind.parent.is_none() && !matches!(declared.finder, Finder::Name(_)) {
            return Err("the rules give it no name, by which it could be made".to_owned());
        }
        let parent = match declared.finder.parent() {
            Some(of) => Some(self.named(of)?),
            None => None,
        };
        let intended = self.intended(declared)?;
        let resource = match declared.kind.type_name {
            MANAGED_POLICY => self.policy(declared, intended)?,
            ROLE => self.role(declared, intended)?,
            QUEUE => self.queue(declared),
            TABLE => self.table(declared, intended)?,
            TOPIC | FUNCTION => self.by_name(declared, Parts::new()),
            MAPPING => {
                return self.mapping(declared, parent.ok_or("the rules do not say of which function")?, intended);
            }
            SUBSCRIPTION => {
                self.subscription(declared, parent.ok_or("the rules do not say of which topic")?, intended)?
            }
            REST_API => self.rest_api(declared, intended)?,
            METHOD => self.method(declared, parent.ok_or("the rules do not say of which API")?, intended)?,
            STAGE => self.stage(declared, parent.ok_or("the rules do not say of which API")?)?,
            other => return Err(format!("Plimsoll writes no command that makes {other}")),
        };
        let what = format!("the missing {} is made", declared.kind.noun);
        Ok(vec![Idea::new(what, vec![Change::Create(Box::new(resource))])])
    }

    /// The properties that the rules ask for, and that can be told.
    fn intended(&self, declared: &Declared) -> Result<Parts, String> {
        let mut patterns: Vec<&(String, Pattern)> = declared.select().iter().collect();
        for rule in self.rules_on(&declared.key) {
            if let Form::Expect { on: Subject::Named(_), expect } = &rule.form {
                patterns.extend(expect);
            }
        }
        let mut parts = Parts::new();
        for (field, pattern) in patterns {
            let bound = pattern.bind(&mut |reference| self.resolved.bind(reference));
            let Ok(bound) = bound else { continue };
            let shape = declared.kind.field(field).map(|field| field.shape.clone());
            if let Some(shape) = shape
                && let Ok(value) = want(&bound, &shape, parts.get(field).unwrap_or(&Value::Absent))
            {
                parts.insert(field.clone(), value);
            }
        }
        Ok(parts)
    }

    /// A resource with a name of its own.
    fn by_name(&self, declared: &Declared, mut parts: Parts) -> Resource {
        let name = self.place.name_of(declared).unwrap_or_default();
        let (region, kind) = (self.place.region_of(declared), declared.kind);
        let resource = match (kind.arn, kind.type_name) {
            (ArnRule::FromName(form), _) => form.replace("{}", &name),
            (_, ROLE) => format!("role/{name}"),
            (_, MANAGED_POLICY) => format!("policy/{name}"),
            _ => name.clone(),
        };
        let account = &self.model.account.caller.account;
        let id = Arn::new(&self.place.partition, kind.service, region, account, &resource).to_string();
        parts.insert(kind.name_field.to_owned(), Value::Text(name.clone()));
        parts.insert("Arn".to_owned(), arn_or_text(&id));
        resource_of(declared, region, name, id, None, parts)
    }

    fn policy(&self, declared: &Declared, mut parts: Parts) -> Result<Resource, String> {
        for rule in self.rules_on(&declared.key) {
            if let Form::Permissions(permissions) = &rule.form {
                let bounds = permissions.bounds.try_map(|expected| expected.bind(&mut |r| self.resolved.bind(r)));
                let bounds = bounds.map_err(|why| unbound(&why))?;
                parts.entry("PolicyDocument".to_owned()).or_insert(document(&bounds)?);
            }
        }
        let name = self.place.name_of(declared).unwrap_or_default();
        if !parts.contains_key("PolicyDocument") {
            return Err(format!("no rule says what the policy {name} is to allow; create it in the IAM console"));
        }
        parts.insert("AwsManaged".to_owned(), Value::Bool(false));
        parts.insert("Path".to_owned(), Value::Text("/".to_owned()));
        parts.insert("DefaultVersionId".to_owned(), Value::Text("v1".to_owned()));
        Ok(self.by_name(declared, parts))
    }

    fn role(&self, declared: &Declared, intended: Parts) -> Result<Resource, String> {
        let name = self.place.name_of(declared).unwrap_or_default();
        let trust = intended.get("AssumeRolePolicyDocument").cloned().or_else(|| {
            let statements = self.wanted_statements(&declared.key, None, None);
            (!statements.is_empty()).then(|| super::statement::policy_of(None, statements))
        });
        let Some(trust) = trust else {
            return Err(format!("no rule says who is to assume the role {name}; create it in the IAM console"));
        };
        let path = intended.get("Path").and_then(Value::as_text).unwrap_or_else(|| "/".to_owned());
        let parts = Parts::from([
            ("AssumeRolePolicyDocument".to_owned(), trust),
            ("ManagedPolicyArns".to_owned(), Value::Set(Vec::new())),
            ("Policies".to_owned(), Value::Set(Vec::new())),
            ("Path".to_owned(), Value::Text(path)),
        ]);
        Ok(self.by_name(declared, parts))
    }

    fn queue(&self, declared: &Declared) -> Resource {
        let name = self.place.name_of(declared).unwrap_or_default();
        let parts = Parts::from([
            ("FifoQueue".to_owned(), Value::Bool(name.ends_with(".fifo"))),
            ("QueueUrl".to_owned(), Value::Text(self.model.unknown(0))),
            ("VisibilityTimeout".to_owned(), Value::Number(30)),
            ("SqsManagedSseEnabled".to_owned(), Value::Bool(true)),
        ]);
        self.by_name(declared, parts)
    }

    fn table(&self, declared: &Declared, intended: Parts) -> Result<Resource, String> {
        const AT_ONCE: [&str; 3] = ["KeySchema", "AttributeDefinitions", "ProvisionedThroughput"];
        let parts: Parts = intended.into_iter().filter(|(field, _)| AT_ONCE.contains(&field.as_str())).collect();
        let name = self.place.name_of(declared).unwrap_or_default();
        if !parts.contains_key("KeySchema") || !parts.contains_key("AttributeDefinitions") {
            return Err(format!(
                "no rule says the key of {name} (KeySchema and AttributeDefinitions), and it cannot be changed later; \
                 create the table in the DynamoDB console"
            ));
        }
        Ok(self.by_name(declared, parts))
    }

    fn mapping(&self, declared: &Declared, function: &Resource, intended: Parts) -> Ideas {
        let Some((_, pattern)) = declared.select().iter().find(|(field, _)| field == "EventSourceArn") else {
            return Err("the rules do not say what is to trigger the function".to_owned());
        };
        let pattern = pattern.bind(&mut |reference| self.resolved.bind(reference)).map_err(|why| unbound(&why))?;
        let queues = self.all(QUEUE).filter_map(|queue| queue.properties.get("Arn").as_text());
        let on = |table: &&Resource| {
            let stream = table.properties.get("StreamSpecification");
            *stream != Value::Absent && *stream.get("StreamEnabled") != Value::Bool(false)
        };
        let streams = self.all(TABLE).filter(on).filter_map(|table| table.properties.get("StreamArn").as_text());
        let fits = |arn: &String| judge(&pattern, &arn_or_text(arn)) == Truth::True;
        let sources: Vec<String> = queues.chain(streams).filter(fits).collect();
        let [source] = &sources[..] else {
            return Err(match sources.len() {
                0 => "there is nothing in the account yet that it could be a trigger on; mend that first".to_owned(),
                n => format!("{n} things could trigger the function, and the rules do not say which"),
            });
        };
        let resource = self.trigger(function, source, intended);
        let what = if source.contains("/stream/") {
            "the missing trigger is made; it begins with what is written from then on"
        } else {
            "the missing trigger is made"
        };
        Ok(vec![Idea::new(what, vec![Change::Create(Box::new(resource))])])
    }

    /// A new mapping from `source` to `function`.
    pub(super) fn trigger(&self, function: &Resource, source: &str, mut parts: Parts) -> Resource {
        let id = self.model.unknown(0);
        let text = |text: &str| Value::Text(text.to_owned());
        parts.insert("Id".to_owned(), text(&id));
        parts.insert("FunctionName".to_owned(), text(&function.name));
        parts.insert("FunctionArn".to_owned(), arn_or_text(&function.id));
        parts.insert("EventSourceArn".to_owned(), arn_or_text(source));
        parts.insert("Enabled".to_owned(), Value::Bool(true));
        parts.insert("State".to_owned(), text("Enabled"));
        if source.contains(":dynamodb:") {
            parts.entry("StartingPosition".to_owned()).or_insert_with(|| text("LATEST"));
        }
        Resource {
            type_name: MAPPING,
            region: function.region.clone(),
            name: id.clone(),
            id,
            parent: Some(function.id.clone()),
            properties: Value::Map(parts),
            calls: Vec::new(),
        }
    }

    fn subscription(&self, declared: &Declared, topic: &Resource, mut parts: Parts) -> Result<Resource, String> {
        let told = |field: &str| parts.get(field).and_then(Value::as_text);
        if told("Protocol").is_none() {
            return Err("the rules do not say by which protocol to subscribe".to_owned());
        }
        if told("Endpoint").is_none() {
            return Err(format!(
                "Plimsoll does not know the address. Give the parameter of the rules that holds it (--set NAME=VALUE), or \
                 subscribe in the SNS console: {}, Create subscription",
                topic.name
            ));
        }
        let id = self.model.unknown(0);
        // What a mail address was sent must be confirmed by whoever reads there.
        let waits = told("Protocol")
            .is_some_and(|protocol| ["email", "email-json", "http", "https"].contains(&protocol.as_str()));
        parts.insert("TopicArn".to_owned(), arn_or_text(&topic.id));
        parts.insert("SubscriptionArn".to_owned(), Value::Text(id.clone()));
        parts.insert("PendingConfirmation".to_owned(), Value::Bool(waits));
        parts.insert("Deleted".to_owned(), Value::Bool(false));
        Ok(resource_of(declared, &topic.region, id.clone(), id, Some(topic.id.clone()), parts))
    }

    fn rest_api(&self, declared: &Declared, intended: Parts) -> Result<Resource, String> {
        let name = self.place.name_of(declared).unwrap_or_default();
        let id = self.model.unknown(0);
        let mut parts: Parts = intended.into_iter().filter(|(field, _)| field == "EndpointConfiguration").collect();
        parts.insert("Name".to_owned(), Value::Text(name.clone()));
        parts.insert("RestApiId".to_owned(), Value::Text(id.clone()));
        parts.insert("RootResourceId".to_owned(), Value::Text(self.model.unknown(1)));
        let region = self.place.region_of(declared);
        let arn = Arn::new(&self.place.partition, "apigateway", region, "", &format!("/restapis/{id}")).to_string();
        Ok(resource_of(declared, region, name, arn, None, parts))
    }

    fn method(&self, declared: &Declared, api: &Resource, mut parts: Parts) -> Result<Resource, String> {
        let told = |field: &str| parts.get(field).and_then(Value::as_text);
        let (Some(path), Some(verb)) = (told("ResourcePath"), told("HttpMethod")) else {
            return Err("the rules do not say the path and the verb of the method".to_owned());
        };
        let known = |field: &str| api.properties.get(field).as_text();
        let siblings = self.all(METHOD).chain(self.all("AWS::ApiGateway::Resource"));
        let mut on_path = siblings.filter(|of| {
            of.parent.as_deref() == Some(api.id.as_str())
                && of.properties.get("ResourcePath").as_text().as_ref() == Some(&path)
        });
        let resource = match path.as_str() {
            "/" => known("RootResourceId"),
            _ => on_path.find_map(|of| of.properties.get("ResourceId").as_text()),
        };
        let Some(resource) = resource else {
            return Err(format!(
                "nothing that was read of the API {} is on the path {path}; create that path and its method in the API \
                 Gateway console, and run `plimsoll fix` again",
                api.name
            ));
        };
        parts.retain(|field, _| {
            ["ResourcePath", "HttpMethod", "AuthorizationType", "ApiKeyRequired"].contains(&field.as_str())
        });
        parts.insert("ResourceId".to_owned(), Value::Text(resource.clone()));
        parts.entry("AuthorizationType".to_owned()).or_insert_with(|| Value::Text("NONE".to_owned()));
        let id = format!("{}/resources/{resource}/methods/{verb}", api.id);
        Ok(resource_of(declared, &api.region, verb, id, Some(api.id.clone()), parts))
    }

    fn stage(&self, declared: &Declared, api: &Resource) -> Result<Resource, String> {
        let name = declared.select().iter().find(|(field, _)| field == "StageName");
        let name = name.and_then(|(_, pattern)| match pattern {
            Pattern::Text(text) => text.bind(&mut |reference| self.resolved.bind(reference)).ok(),
            _ => None,
        });
        let Some(name) = name else {
            return Err(
                "the rules do not say what the stage is called; deploy the API in the API Gateway console".to_owned()
            );
        };
        let parts = Parts::from([("StageName".to_owned(), Value::Text(name.clone()))]);
        let id = format!("{}/stages/{name}", api.id);
        Ok(resource_of(declared, &api.region, name, id, Some(api.id.clone()), parts))
    }
}

fn resource_of(
    declared: &Declared,
    region: &str,
    name: String,
    id: String,
    parent: Option<String>,
    parts: Parts,
) -> Resource {
    debug_assert!(matches!(declared.finder, Finder::Name(_)) || parent.is_some());
    let type_name = declared.kind.type_name;
    Resource {
        type_name,
        region: region.to_owned(),
        name,
        id,
        parent,
        properties: Value::Map(parts),
        calls: Vec::new(),
    }
}
