//! Stages, deployments and authorizers: what else hangs on an API.

use super::super::{AUTHORIZER, AccessLogSetting, Authorizer, DEPLOYMENT, Deployment, MethodSetting, STAGE, Stage};
use super::apis::Api;
use super::methods::text;
use super::{Context, PAGE};
use crate::aws::gap;
use crate::model::{Arn, Call, Listing, Read, Reason, Resource, Set, Timestamp, to_value};
use crate::services::{Pages, Reader, pages};
use aws_sdk_apigateway::types;
use std::collections::BTreeMap;

/// The stages of `api`, which AWS lists in one page.
pub(super) async fn stages(context: &Context<'_>, api: &Api) -> (Vec<Resource>, Listing) {
    let list = pages(context.call("GetStages", &api.label), async |call, _| {
        context.pace.turn().await;
        let page = context
            .asker
            .ask(call, |probe| context.client.get_stages().rest_api_id(&api.id).customize().interceptor(probe).send())
            .await?;
        Ok((page.item.unwrap_or_default(), None))
    })
    .await;
    let list = with_key(list, |stage| stage.stage_name.clone(), "it lists a stage without a name");
    of_list(list, |name, of, call| {
        let stage = stage(context, &name, of, call);
        context.child(STAGE, api, &format!("stages/{name}"), &name, to_value(&stage), vec![call.clone()])
    })
}

/// The deployments of `api`.
pub(super) async fn deployments(context: &Context<'_>, api: &Api) -> (Vec<Resource>, Listing) {
    let list = pages(context.call("GetDeployments", &api.label), async |call, position| {
        context.pace.turn().await;
        let page = context
            .asker
            .ask(call, |probe| {
                let request = context.client.get_deployments().rest_api_id(&api.id).limit(PAGE);
                request.set_position(position).customize().interceptor(probe).send()
            })
            .await?;
        Ok((page.items.unwrap_or_default(), page.position))
    })
    .await;
    let list = with_key(list, |deployment| deployment.id.clone(), "it lists a deployment without an id");
    of_list(list, |id, of, call| {
        let deployment = Deployment {
            deployment_id: Read::Known(id.clone()),
            description: text(of.description),
            created_date: time(Reader { call }, "createdDate", of.created_date.map(|date| date.secs())),
        };
        context.child(DEPLOYMENT, api, &format!("deployments/{id}"), &id, to_value(&deployment), vec![call.clone()])
    })
}

/// The authorizers of `api`.
pub(super) async fn authorizers(context: &Context<'_>, api: &Api) -> (Vec<Resource>, Listing) {
    let list = pages(context.call("GetAuthorizers", &api.label), async |call, position| {
        context.pace.turn().await;
        let page = context
            .asker
            .ask(call, |probe| {
                let request = context.client.get_authorizers().rest_api_id(&api.id).limit(PAGE);
                request.set_position(position).customize().interceptor(probe).send()
            })
            .await?;
        Ok((page.items.unwrap_or_default(), page.position))
    })
    .await;
    let list = with_key(list, |authorizer| authorizer.id.clone(), "it lists an authorizer without an id");
    of_list(list, |id, of, call| {
        let reader = Reader { call };
        let name = of.name.clone().unwrap_or_default();
        let authorizer = Authorizer {
            name: reader.text("name", of.name.as_deref()),
            authorizer_id: Read::Known(id.clone()),
            kind: reader.text("type", of.r#type.as_ref().map(types::AuthorizerType::as_str)),
            authorizer_uri: text(of.authorizer_uri),
            authorizer_credentials: reader.arn("authorizerCredentials", of.authorizer_credentials.as_deref()),
            provider_arns: arns(reader, of.provider_arns.unwrap_or_default()),
            identity_source: text(of.identity_source),
        };
        context.child(AUTHORIZER, api, &format!("authorizers/{id}"), &name, to_value(&authorizer), vec![call.clone()])
    })
}

/// `list` with what tells its items apart. One without it breaks the list, since nobody knows what it is.
fn with_key<T>(list: Pages<(T, Call)>, key: impl Fn(&T) -> Option<String>, what: &str) -> Pages<((String, T), Call)> {
    let mut read = Pages { items: Vec::new(), calls: list.calls, broken: list.broken };
    for (item, call) in list.items {
        match key(&item).filter(|key| !key.is_empty()) {
            Some(key) => read.items.push(((key, item), call)),
            None => read.malformed(what),
        }
    }
    read
}

fn of_list<T>(
    list: Pages<((String, T), Call)>,
    read: impl Fn(String, T, &Call) -> Resource,
) -> (Vec<Resource>, Listing) {
    let listing = list.listing();
    let by_key: BTreeMap<String, (T, Call)> =
        list.items.into_iter().map(|((key, item), call)| (key, (item, call))).collect();
    (by_key.into_iter().map(|(key, (item, call))| read(key, item, &call)).collect(), listing)
}

fn stage(context: &Context<'_>, name: &str, of: types::Stage, call: &Call) -> Stage {
    let reader = Reader { call };
    let variables = of.variables.filter(|variables| !variables.is_empty());
    let disclosed = |(name, value): (String, String)| (name, context.asker.disclosed(call, &value));
    let mut settings: Vec<_> = of.method_settings.unwrap_or_default().into_iter().collect();
    settings.sort_by(|(a, _), (b, _)| a.cmp(b));
    let settings: Set<_> = settings.into_iter().map(|(key, of)| method_setting(call, &key, of)).collect();
    Stage {
        stage_name: Read::Known(name.to_owned()),
        deployment_id: reader.text("deploymentId", of.deployment_id.as_deref()),
        variables: Read::from_option(variables.map(|variables| variables.into_iter().map(disclosed).collect())),
        access_log_setting: Read::from_option(of.access_log_settings.filter(is_set).map(|of| AccessLogSetting {
            destination_arn: reader.arn("destinationArn", of.destination_arn.as_deref()),
            format: text(of.format),
        })),
        method_settings: if settings.0.is_empty() { Read::Absent } else { Read::Known(settings) },
        cache_cluster_enabled: Read::Known(of.cache_cluster_enabled),
        tracing_enabled: Read::Known(of.tracing_enabled),
        web_acl_arn: reader.arn("webAclArn", of.web_acl_arn.as_deref()),
        client_certificate_id: text(of.client_certificate_id),
        created_date: time(reader, "createdDate", of.created_date.map(|date| date.secs())),
        last_updated_date: time(reader, "lastUpdatedDate", of.last_updated_date.map(|date| date.secs())),
        tags: context.tags(STAGE, call, of.tags),
    }
}

/// Whether access is logged at all: where it is not, the part may be there and empty.
fn is_set(of: &types::AccessLogSettings) -> bool {
    of.destination_arn.is_some() || of.format.is_some()
}

/// The settings under `key`: the path, with its slashes as `~1`, a slash, and the verb.
fn method_setting(call: &Call, key: &str, of: types::MethodSetting) -> MethodSetting {
    let (path, verb) = key.rsplit_once('/').unwrap_or((key, "*"));
    let path = path.replace("~1", "/");
    let rate = of.throttling_rate_limit;
    MethodSetting {
        resource_path: Read::Known(if path.starts_with('/') { path } else { format!("/{path}") }),
        http_method: Read::Known(verb.to_owned()),
        logging_level: text(of.logging_level),
        metrics_enabled: Read::Known(of.metrics_enabled),
        data_trace_enabled: Read::Known(of.data_trace_enabled),
        caching_enabled: Read::Known(of.caching_enabled),
        cache_data_encrypted: Read::Known(of.cache_data_encrypted),
        throttling_rate_limit: if rate.fract() == 0.0 && rate.abs() < 1e15 {
            #[allow(clippy::cast_possible_truncation, reason = "it is whole and small enough")]
            Read::Known(rate as i64)
        } else {
            Read::unread(&gap(call, Reason::Undecided("a rate with a fraction is not compared".to_owned())))
        },
        throttling_burst_limit: Read::Known(of.throttling_burst_limit.into()),
    }
}

fn time(reader: Reader<'_>, name: &str, seconds: Option<i64>) -> Read<Timestamp> {
    match seconds {
        Some(seconds) => reader.time(seconds),
        None => reader.always(name, None),
    }
}

/// ARNs in no order; absent if there is none.
fn arns(reader: Reader<'_>, texts: Vec<String>) -> Read<Set<Arn>> {
    if texts.is_empty() {
        return Read::Absent;
    }
    match texts.iter().map(|text| text.parse().ok()).collect::<Option<Vec<Arn>>>() {
        Some(mut arns) => {
            arns.sort();
            Read::Known(Set(arns))
        }
        None => reader.malformed("its providerARNs are not ARNs"),
    }
}
