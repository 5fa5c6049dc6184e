//! Methods with their integrations, as the list of resources gives them, or asked for singly where it does not.

use super::super::{Integration, IntegrationResponse, METHOD, Method, MethodResponse, constant};
use super::Context;
use super::apis::Api;
use crate::aws::{Asker, Refusal, gap};
use crate::model::{Call, Gap, Read, Reason, Resource, Set, Wanted, to_value};
use crate::services::{Reader, not_asked};
use aws_sdk_apigateway::types;
use std::collections::{BTreeMap, HashMap};

/// Where a method is.
pub(super) struct Place<'a> {
    pub(super) api: &'a Api,
    pub(super) resource_id: &'a str,
    pub(super) path: &'a str,
    pub(super) verb: &'a str,
}

impl Place<'_> {
    /// What a person calls it.
    fn name(&self) -> String {
        format!("{} {}", self.verb, self.path)
    }

    fn call(&self, context: &Context<'_>, operation: &str) -> Call {
        context.call(operation, &format!("{} {}", self.api.label, self.name()))
    }
}

/// The method at `place`, which the answer to `listed` holds as `embedded`.
pub(super) async fn read(
    context: &Context<'_>,
    wanted: &Wanted,
    place: &Place<'_>,
    embedded: types::Method,
    listed: &Call,
) -> Resource {
    let mut calls = vec![listed.clone()];
    let asked = place.call(context, "GetMethod");
    let (method, call) = if embedded.http_method.is_some() {
        (Ok(embedded), listed.clone())
    } else {
        calls.push(asked.clone());
        (get_method(context, place, &asked).await, asked)
    };
    let reader = Reader { call: &call };
    let integration = match &method {
        Err(gap) => Read::unread(gap),
        // One without its type is not told either.
        Ok(types::Method { method_integration: Some(of), .. }) if of.r#type.is_some() => {
            Read::Known(integration(context.asker, reader, of.clone()))
        }
        Ok(_) => {
            let single = place.call(context, "GetIntegration");
            if wanted.wants_of_child(&place.name(), &place.api.name, "Integration") {
                calls.push(single.clone());
                get_integration(context, place, &single).await
            } else {
                not_asked(&single)
            }
        }
    };
    let properties = properties(place, reader, method, integration);
    let below = format!("resources/{}/methods/{}", place.resource_id, place.verb);
    context.child(METHOD, place.api, &below, &place.name(), to_value(&properties), calls)
}

async fn get_method(context: &Context<'_>, place: &Place<'_>, call: &Call) -> Result<types::Method, Gap> {
    context.pace.turn().await;
    let answer = context
        .asker
        .ask(call, |probe| {
            let request = context.client.get_method().rest_api_id(&place.api.id).resource_id(place.resource_id);
            request.http_method(place.verb).customize().interceptor(probe).send()
        })
        .await
        .map_err(Refusal::of_listed)?;
    if answer.http_method.as_deref() != Some(place.verb) {
        return Err(gap(call, Reason::Malformed("its httpMethod is not the one that was asked about".to_owned())));
    }
    Ok(types::Method::builder()
        .set_http_method(answer.http_method)
        .set_authorization_type(answer.authorization_type)
        .set_authorizer_id(answer.authorizer_id)
        .set_api_key_required(answer.api_key_required)
        .set_request_parameters(answer.request_parameters)
        .set_request_validator_id(answer.request_validator_id)
        .set_method_responses(answer.method_responses)
        .set_method_integration(answer.method_integration)
        .build())
}

/// The integration of a method that was told without one. AWS says of one that has none that it does not exist.
async fn get_integration(context: &Context<'_>, place: &Place<'_>, call: &Call) -> Read<Integration> {
    context.pace.turn().await;
    let answer = context
        .asker
        .ask(call, |probe| {
            let request = context.client.get_integration().rest_api_id(&place.api.id).resource_id(place.resource_id);
            request.http_method(place.verb).customize().interceptor(probe).send()
        })
        .await;
    match answer {
        Err(refusal) if refusal.says_missing() => Read::Absent,
        Err(refusal) => Read::unread(&refusal.gap),
        Ok(of) => {
            let of = types::Integration::builder()
                .set_type(of.r#type)
                .set_http_method(of.http_method)
                .set_uri(of.uri)
                .set_connection_type(of.connection_type)
                .set_credentials(of.credentials)
                .set_request_parameters(of.request_parameters)
                .set_request_templates(of.request_templates)
                .set_passthrough_behavior(of.passthrough_behavior)
                .set_content_handling(of.content_handling)
                .timeout_in_millis(of.timeout_in_millis)
                .set_integration_responses(of.integration_responses)
                .build();
            Read::Known(integration(context.asker, Reader { call }, of))
        }
    }
}

fn properties(
    place: &Place<'_>,
    reader: Reader<'_>,
    method: Result<types::Method, Gap>,
    integration: Read<Integration>,
) -> Method {
    let (resource_id, resource_path) = (Read::Known(place.resource_id.to_owned()), Read::Known(place.path.to_owned()));
    let http_method = Read::Known(place.verb.to_owned());
    match method {
        Err(gap) => Method {
            resource_id,
            resource_path,
            http_method,
            authorization_type: Read::unread(&gap),
            authorizer_id: Read::unread(&gap),
            api_key_required: Read::unread(&gap),
            request_parameters: Read::unread(&gap),
            request_validator_id: Read::unread(&gap),
            method_responses: Read::unread(&gap),
            integration,
        },
        Ok(method) => Method {
            resource_id,
            resource_path,
            http_method,
            authorization_type: reader.text("authorizationType", method.authorization_type.as_deref()),
            authorizer_id: text(method.authorizer_id),
            api_key_required: Read::Known(method.api_key_required.unwrap_or_default()),
            request_parameters: map(method.request_parameters),
            request_validator_id: text(method.request_validator_id),
            method_responses: by_status(method.method_responses, |status, response| MethodResponse {
                status_code: Read::Known(response.status_code.unwrap_or(status)),
                response_models: map(response.response_models),
                response_parameters: map(response.response_parameters),
            }),
            integration,
        },
    }
}

/// What an integration sends as each part of a request, without constants that may be secrets.
fn parameters(
    asker: &Asker<'_>,
    call: &Call,
    of: Option<HashMap<String, String>>,
) -> Read<BTreeMap<String, Read<String>>> {
    let disclosed = |name: &str, value: String| match constant(name, &value) {
        None => Read::Known(value),
        Some(inner) => match asker.disclosed(call, inner) {
            Read::Known(inner) => Read::Known(format!("'{inner}'")),
            other => other,
        },
    };
    let parts: BTreeMap<_, _> =
        of.unwrap_or_default().into_iter().map(|(name, value)| (name.clone(), disclosed(&name, value))).collect();
    if parts.is_empty() { Read::Absent } else { Read::Known(parts) }
}

fn integration(asker: &Asker<'_>, reader: Reader<'_>, of: types::Integration) -> Integration {
    Integration {
        // Exported and older definitions have it in small letters, and with hyphens.
        kind: match of.r#type {
            Some(kind) => Read::Known(kind.as_str().to_ascii_uppercase().replace('-', "_")),
            None => reader.always("type", None),
        },
        integration_http_method: text(of.http_method),
        uri: text(of.uri),
        credentials: text(of.credentials),
        passthrough_behavior: text(of.passthrough_behavior.map(|of| of.to_ascii_uppercase())),
        content_handling: text(of.content_handling.map(|of| of.as_str().to_owned())),
        connection_type: Read::Known(of.connection_type.map_or("INTERNET".to_owned(), |of| of.as_str().to_owned())),
        timeout_in_millis: Read::Known(if of.timeout_in_millis == 0 { 29_000 } else { of.timeout_in_millis.into() }),
        request_parameters: parameters(asker, reader.call, of.request_parameters),
        request_templates: map(of.request_templates),
        integration_responses: by_status(of.integration_responses, |status, response| IntegrationResponse {
            status_code: Read::Known(response.status_code.unwrap_or(status)),
            selection_pattern: text(response.selection_pattern),
            response_templates: map(response.response_templates),
            content_handling: text(response.content_handling.map(|of| of.as_str().to_owned())),
        }),
    }
}

/// A text; absent if there is none or it is empty.
pub(super) fn text(text: Option<String>) -> Read<String> {
    Read::from_option(text.filter(|text| !text.is_empty()))
}

/// Values by key; absent if there is none.
fn map<T>(map: Option<HashMap<String, T>>) -> Read<BTreeMap<String, T>> {
    Read::from_option(map.filter(|map| !map.is_empty()).map(|map| map.into_iter().collect()))
}

/// What `answers` holds by HTTP status; absent if there is nothing.
fn by_status<T, U>(answers: Option<HashMap<String, T>>, read: impl Fn(String, T) -> U) -> Read<Set<U>> {
    let answers: BTreeMap<String, T> = answers.into_iter().flatten().collect();
    if answers.is_empty() {
        return Read::Absent;
    }
    Read::Known(answers.into_iter().map(|(status, answer)| read(status, answer)).collect())
}
