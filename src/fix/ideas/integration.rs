//! The integration of a method as a flow needs it.

use super::Scene;
use super::flow::Ends;
use crate::fix::model::Change;
use crate::model::{Hop, Resource, Value};
use crate::rules::{Flow, Form, Subject};
use std::collections::BTreeMap;

const FORM: &str = "'application/x-www-form-urlencoded'";

impl Scene<'_> {
    /// The integration that hands what is posted to the other end, with what of the present one does not stand in the way.
    pub(super) fn integration(&self, flow: &Flow, ends: &Ends<'_>) -> Result<(Change, String), String> {
        let Ends { from, to, role, .. } = *ends;
        let mut parts = match from.properties.get("Integration") {
            Value::Map(parts) => parts.clone(),
            Value::Unread(gap) => return Err(format!("the integration was not read: {gap}")),
            _ => self.like_the_rules(from),
        };
        let text = |text: &str| Value::Text(text.to_owned());
        let queue = flow.mechanism.hop == Hop::MethodToQueue;
        let proxy = parts.get("Type").and_then(Value::as_text).is_none_or(|kind| kind != "AWS");
        parts.insert("Type".to_owned(), text(if queue || !proxy { "AWS" } else { "AWS_PROXY" }));
        parts.insert("IntegrationHttpMethod".to_owned(), text("POST"));
        let arn: Vec<&str> = to.id.splitn(6, ':').collect();
        let [_, partition, service, region, account, name] = arn[..] else {
            return Err(format!("{} has no ARN that an integration could call", to.name));
        };
        let uri = match queue {
            true => format!("arn:{partition}:apigateway:{region}:{service}:path/{account}/{name}"),
            false => {
                format!("arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{}/invocations", to.id)
            }
        };
        parts.insert("Uri".to_owned(), Value::Text(uri));
        match role {
            Some(role) => drop(parts.insert("Credentials".to_owned(), Value::Text(role.id.clone()))),
            None if queue => {
                return Err("the rules do not say as which role the API sends; write `as:` in the flow".to_owned());
            }
            None => drop(parts.remove("Credentials")),
        }
        // What belonged to a call of another kind.
        parts.remove("ConnectionType");
        if queue {
            let mut parameters = maps(parts.get("RequestParameters"));
            parameters.retain(|name, _| {
                let name = name.to_ascii_lowercase();
                let ours = ["integration.request.header.content-type", "integration.request.header.contenttype"];
                !ours.contains(&name.as_str()) && !name.contains("path.override")
            });
            parameters.insert("integration.request.header.Content-Type".to_owned(), text(FORM));
            parts.insert("RequestParameters".to_owned(), Value::Map(parameters));
            let mut templates = maps(parts.get("RequestTemplates"));
            templates.remove("application/x-www-form-urlencoded");
            templates.insert("application/json".to_owned(), text("Action=SendMessage&MessageBody=$input.body"));
            parts.insert("RequestTemplates".to_owned(), Value::Map(templates));
        }
        if !matches!(parts.get("IntegrationResponses"), Some(Value::Set(items) | Value::List(items)) if !items.is_empty())
        {
            let answer = Value::Map([("StatusCode".to_owned(), text("200"))].into());
            parts.insert("IntegrationResponses".to_owned(), Value::Set(vec![answer]));
        }
        let what = format!("what is posted is handed to {}", to.name);
        Ok((Change::set(from, "Integration", Value::Map(parts)), what))
    }

    /// What other rules ask of the integration of `method`, which has none.
    fn like_the_rules(&self, method: &Resource) -> BTreeMap<String, Value> {
        let mut integration = Value::Absent;
        for rule in &self.rules.rules {
            let Form::Expect { on: Subject::Named(keys), expect } = &rule.form else { continue };
            if !keys.iter().any(|key| self.named(key).is_ok_and(|found| found.id == method.id)) {
                continue;
            }
            for (_, pattern) in expect.iter().filter(|(field, _)| field == "Integration") {
                let bound = pattern.bind(&mut |reference| self.resolved.bind(reference));
                let shape = self.shape(method.type_name, "Integration");
                let value = bound.ok().and_then(|pattern| crate::fix::want::want(&pattern, &shape, &integration).ok());
                integration = value.unwrap_or(integration);
            }
        }
        match integration {
            Value::Map(parts) => parts,
            _ => BTreeMap::new(),
        }
    }
}

fn maps(value: Option<&Value>) -> BTreeMap<String, Value> {
    match value {
        Some(Value::Map(parts)) => parts.clone(),
        _ => BTreeMap::new(),
    }
}
