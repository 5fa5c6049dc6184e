//! The resources of an API and the methods on them, which one list gives.

use super::super::{METHOD, RESOURCE, Resource as Path};
use super::apis::Api;
use super::methods::{self, Place};
use super::{Context, PAGE};
use crate::model::{Call, Listing, Needs, Read, Resource, to_value};
use crate::services::{Pages, Reader, pages};
use aws_sdk_apigateway::types;
use std::collections::BTreeMap;

/// The resources of `api`, and the methods on them if any are wanted.
pub(super) async fn read(context: &Context<'_>, needs: &Needs, api: &Api) -> (Vec<Resource>, Listing) {
    let methods = needs.of(METHOD, context.region);
    let list = list(context, api, methods.is_some()).await;
    let listing = list.listing();
    let mut read = Vec::new();
    for (resource, call) in list.items {
        let (id, path) = (resource.id.clone().unwrap_or_default(), resource.path.clone().unwrap_or_default());
        let embedded: BTreeMap<_, _> = resource.resource_methods.clone().unwrap_or_default().into_iter().collect();
        read.push(path_of(context, api, resource, &call));
        let Some(wanted) = methods else { continue };
        for (verb, method) in embedded {
            let place = Place { api, resource_id: &id, path: &path, verb: &verb };
            read.push(methods::read(context, wanted, &place, method, &call).await);
        }
    }
    (read, listing)
}

async fn list(context: &Context<'_>, api: &Api, with_methods: bool) -> Pages<(types::Resource, Call)> {
    let mut list = pages(context.call("GetResources", &api.label), async |call, position| {
        context.of_resources.turn().await;
        context.pace.turn().await;
        let embed = with_methods.then(|| vec!["methods".to_owned()]);
        let page = context
            .asker
            .ask(call, |probe| {
                let request = context.client.get_resources().rest_api_id(&api.id).limit(PAGE);
                request.set_position(position).set_embed(embed).customize().interceptor(probe).send()
            })
            .await?;
        Ok((page.items.unwrap_or_default(), page.position))
    })
    .await;
    let told = |text: Option<&str>| text.is_some_and(|text| !text.is_empty());
    if list.items.iter().any(|(resource, _)| !(told(resource.id()) && told(resource.path()))) {
        list.malformed("it lists a resource without an id or a path");
        list.items.retain(|(resource, _)| told(resource.id()) && told(resource.path()));
    }
    if list.items.is_empty() {
        list.malformed("it lists no resource, and every REST API has the one with the path /");
    }
    list
}

fn path_of(context: &Context<'_>, api: &Api, resource: types::Resource, call: &Call) -> Resource {
    let reader = Reader { call };
    let (id, path) = (resource.id.unwrap_or_default(), resource.path.unwrap_or_default());
    let below = |name: &str, part: Option<String>| match path.as_str() {
        "/" => Read::Absent,
        _ => reader.text(name, part.as_deref()),
    };
    let properties = Path {
        resource_id: Read::Known(id.clone()),
        path_part: below("pathPart", resource.path_part),
        parent_id: below("parentId", resource.parent_id),
        resource_path: Read::Known(path.clone()),
    };
    let below_api = format!("resources/{id}");
    context.child(RESOURCE, api, &below_api, &path, to_value(&properties), vec![call.clone()])
}
