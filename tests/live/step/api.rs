//! Changes to REST APIs.

use crate::support::lab::{self, API, Integration, Lab, RestApi, done};
use aws_sdk_apigateway::types::{Op, PatchOperation};

/// Deletes the REST API of this name.
pub(super) async fn delete(lab: &Lab, name: &str) {
    done(name, lab.apigateway.delete_rest_api().rest_api_id(lab::api_id(lab, name).await).send().await);
}

/// Gives the API a further method, with the resource of its path.
pub(super) async fn new_method(lab: &Lab, api: &RestApi) {
    let id = lab::api_id(lab, API).await;
    lab::create_method(lab, &id, api).await;
}

/// Deletes the method of the API.
pub(super) async fn delete_method(lab: &Lab) {
    lab::delete_method(lab, &lab::method(lab).await).await;
}

/// Replaces the integration of the method.
pub(super) async fn integrate(lab: &Lab, integration: Option<&Integration>) {
    let method = lab::method(lab).await;
    lab::delete_integration(lab, &method).await;
    if let Some(integration) = integration {
        lab::put_integration(lab, &method, integration).await;
    }
}

/// Replaces a setting of the API, such as `/description`.
pub(super) async fn set(lab: &Lab, path: &str, value: &str) {
    let patch = PatchOperation::builder().op(Op::Replace).path(path).value(lab.own(value)).build();
    let update = lab.apigateway.update_rest_api().rest_api_id(lab::api_id(lab, API).await);
    done(path, update.patch_operations(patch).send().await);
}

/// Deploys the API to a stage.
pub(super) async fn deploy(lab: &Lab, stage: &str) {
    let create = lab.apigateway.create_deployment().rest_api_id(lab::api_id(lab, API).await);
    done(stage, create.stage_name(stage).send().await);
}

/// Puts a tag on the API.
pub(super) async fn tag(lab: &Lab) {
    let arn = format!("arn:aws:apigateway:{}::/restapis/{}", lab.region, lab::api_id(lab, API).await);
    done(API, lab.apigateway.tag_resource().resource_arn(arn).tags("step", "8").send().await);
}
