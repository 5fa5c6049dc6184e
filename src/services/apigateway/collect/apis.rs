//! The list of REST APIs, which tells all of their own fields.

use super::super::{EndpointConfiguration, REST_API, RestApi};
use super::{Context, PAGE};
use crate::model::{Call, PolicyDocument, Read, Resource, Set, to_value};
use crate::services::{Pages, Reader, pages};
use aws_sdk_apigateway::types;
use std::collections::BTreeMap;

/// A REST API.
pub(super) struct Api {
    pub(super) id: String,
    /// The name; empty if it was not told.
    pub(super) name: String,
    /// Its ARN, which is a path.
    pub(super) arn: String,
    /// What calls about it are about: its name, with the id where another has the same name.
    pub(super) label: String,
    pub(super) resource: Resource,
}

/// The list of all REST APIs.
pub(super) async fn list(context: &Context<'_>) -> Pages<(types::RestApi, Call)> {
    let mut list = pages(context.call("GetRestApis", ""), async |call, position| {
        context.pace.turn().await;
        let page = context
            .asker
            .ask(call, |probe| {
                let request = context.client.get_rest_apis().limit(PAGE).set_position(position);
                request.customize().interceptor(probe).send()
            })
            .await?;
        Ok((page.items.unwrap_or_default(), page.position))
    })
    .await;
    if list.items.iter().any(|(api, _)| !is_id(api.id())) {
        list.malformed("it lists a REST API without an id");
        list.items.retain(|(api, _)| is_id(api.id()));
    }
    list
}

/// Whether `id` can be the id of an API, and so a part of a path.
fn is_id(id: Option<&str>) -> bool {
    id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

/// The APIs of the list, each once.
pub(super) fn understood(context: &Context<'_>, listed: Vec<(types::RestApi, Call)>) -> Vec<Api> {
    let mut by_id: BTreeMap<String, (types::RestApi, Call)> = BTreeMap::new();
    for (api, call) in listed {
        by_id.entry(api.id.clone().unwrap_or_default()).or_insert((api, call));
    }
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (api, _) in by_id.values() {
        *names.entry(api.name.clone().unwrap_or_default()).or_default() += 1;
    }
    let partition = context.asker.session().partition();
    let read = |(id, (api, call)): (String, (types::RestApi, Call))| {
        let name = api.name.clone().unwrap_or_default();
        let arn = format!("arn:{partition}:apigateway:{}::/restapis/{id}", context.region);
        let label =
            if name.is_empty() || names.get(&name) != Some(&1) { format!("{name} ({id})") } else { name.clone() };
        let resource = Resource {
            type_name: REST_API,
            region: context.region.to_owned(),
            name: name.clone(),
            id: arn.clone(),
            parent: None,
            properties: to_value(&rest_api(context, api, &call)),
            calls: vec![call],
        };
        Api { id, name, arn, label: label.trim_start().to_owned(), resource }
    };
    by_id.into_iter().map(read).collect()
}

fn rest_api(context: &Context<'_>, api: types::RestApi, call: &Call) -> RestApi {
    let reader = Reader { call };
    RestApi {
        name: reader.text("name", api.name.as_deref()),
        rest_api_id: reader.text("id", api.id.as_deref()),
        description: Read::from_option(api.description.filter(|text| !text.is_empty())),
        endpoint_configuration: match api.endpoint_configuration {
            None => reader.always("endpointConfiguration", None),
            Some(of) => {
                let types: Vec<String> = of.types.into_iter().flatten().map(|of| of.as_str().to_owned()).collect();
                let default = if types.iter().any(|of| of == "PRIVATE") { "dualstack" } else { "ipv4" };
                let ip_address_type = of.ip_address_type.map_or(default.to_owned(), |of| of.as_str().to_owned());
                Read::Known(EndpointConfiguration {
                    types: set(types.into_iter()),
                    ip_address_type: Read::Known(ip_address_type),
                    vpc_endpoint_ids: set(of.vpc_endpoint_ids.into_iter().flatten()),
                })
            }
        },
        api_key_source_type: Read::Known(api.api_key_source.map_or("HEADER".to_owned(), |of| of.as_str().to_owned())),
        binary_media_types: set(api.binary_media_types.into_iter().flatten()),
        disable_execute_api_endpoint: Read::Known(api.disable_execute_api_endpoint),
        minimum_compression_size: Read::from_option(api.minimum_compression_size.map(i64::from)),
        policy: match api.policy.as_deref().filter(|text| !text.is_empty()) {
            None => Read::Absent,
            Some(text) => policy(reader, text),
        },
        root_resource_id: reader.text("rootResourceId", api.root_resource_id.as_deref()),
        created_date: match api.created_date {
            Some(date) => reader.time(date.secs()),
            None => reader.always("createdDate", None),
        },
        tags: context.tags(REST_API, call, api.tags),
    }
}

/// A resource policy, which API Gateway sends as the inside of a JSON text: with each quotation mark escaped once more.
fn policy(reader: Reader<'_>, text: &str) -> Read<PolicyDocument> {
    let inside = text.trim_start().strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with('\\'));
    match inside.then(|| serde_json::from_str::<String>(&format!("\"{text}\""))) {
        Some(Ok(plain)) => reader.document("policy", &plain),
        _ => reader.document("policy", text),
    }
}

/// Texts in no order; absent if there is none.
pub(super) fn set(items: impl Iterator<Item = String>) -> Read<Set<String>> {
    let mut items: Vec<String> = items.collect();
    items.sort();
    if items.is_empty() { Read::Absent } else { Read::Known(Set(items)) }
}
