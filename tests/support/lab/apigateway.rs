//! The REST API of the architecture.
//!
//! An integration is changed by deleting it and putting it anew: moto answers UpdateIntegration of
//! `passthroughBehavior` with 500.

use super::{Lab, done};
use aws_sdk_apigateway::types::{EndpointConfiguration, EndpointType, IntegrationType};

/// The REST API.
pub(crate) const API: &str = "POC-API";

/// A REST API with one method.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RestApi {
    /// Its name.
    pub(crate) name: &'static str,
    /// REGIONAL, EDGE or PRIVATE.
    pub(crate) endpoint: &'static str,
    /// The path of the method: `/` or one part below it.
    pub(crate) path: &'static str,
    /// The method of the requests that it takes, or ANY.
    pub(crate) method: &'static str,
    /// Who may call it: NONE or AWS_IAM.
    pub(crate) authorization: &'static str,
    /// What it hands requests to; none: it was never set up.
    pub(crate) integration: Option<Integration>,
}

/// What a method hands its requests to. The texts may refer to the account as expected documents do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Integration {
    /// AWS, AWS_PROXY, HTTP, HTTP_PROXY or MOCK.
    pub(crate) of_type: &'static str,
    /// The method of the requests that it makes.
    pub(crate) method: &'static str,
    /// Where they go.
    pub(crate) uri: &'static str,
    /// The ARN of the role that makes them.
    pub(crate) credentials: Option<&'static str>,
    /// What becomes of parts of the request.
    pub(crate) parameters: &'static [(&'static str, &'static str)],
    /// What becomes of the body, by content type.
    pub(crate) templates: &'static [(&'static str, &'static str)],
    /// What becomes of a body without a template.
    pub(crate) passthrough: &'static str,
}

/// The API.
pub(crate) const ORDERS_API: RestApi = RestApi {
    name: API,
    endpoint: "REGIONAL",
    path: "/",
    method: "POST",
    authorization: "NONE",
    integration: Some(TO_QUEUE),
};

/// The integration, with the path as the lab prints it: with a slash in front, which the console puts behind its own.
pub(crate) const TO_QUEUE: Integration = Integration {
    of_type: "AWS",
    method: "POST",
    uri: "arn:${AWS::Partition}:apigateway:${AWS::Region}:sqs:path//${AWS::AccountId}/POC-Queue",
    credentials: Some("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/APIGateway-SQS"),
    parameters: &[("integration.request.header.Content-Type", "'application/x-www-form-urlencoded'")],
    templates: &[("application/json", "Action=SendMessage&MessageBody=$input.body")],
    passthrough: "NEVER",
};

/// A method of a REST API in the account.
#[derive(Debug, Clone)]
pub(crate) struct Method {
    /// The id of the REST API.
    pub(crate) api: String,
    /// The id of the resource that it is on.
    pub(crate) resource: String,
    /// The method of the requests that it takes.
    pub(crate) method: String,
}

/// Creates a REST API.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn create_api(lab: &Lab, api: &RestApi) -> Method {
    let endpoint = EndpointConfiguration::builder().types(EndpointType::from(api.endpoint)).build();
    let create = lab.apigateway.create_rest_api().name(api.name).endpoint_configuration(endpoint);
    let id = done(api.name, create.send().await).id.unwrap_or_else(|| panic!("{} has no id", api.name));
    create_method(lab, &id, api).await
}

/// Creates the method of `api` in the REST API called `id`, with the resource of its path.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn create_method(lab: &Lab, id: &str, api: &RestApi) -> Method {
    let what = format!("{} {} of {}", api.method, api.path, api.name);
    let root = resource(lab, id, "/").await.unwrap_or_else(|| panic!("{} has no root", api.name));
    let resource = match api.path.trim_start_matches('/') {
        "" => root,
        part => {
            let create = lab.apigateway.create_resource().rest_api_id(id).parent_id(root).path_part(part);
            done(&what, create.send().await).id.unwrap_or_else(|| panic!("{what}: a resource without an id"))
        }
    };
    let put = lab.apigateway.put_method().rest_api_id(id).resource_id(&resource).http_method(api.method);
    done(&what, put.authorization_type(api.authorization).send().await);
    let put = lab.apigateway.put_method_response().rest_api_id(id).resource_id(&resource).http_method(api.method);
    done(&what, put.status_code("200").response_models("application/json", "Empty").send().await);
    let method = Method { api: id.to_owned(), resource, method: api.method.to_owned() };
    if let Some(integration) = &api.integration {
        put_integration(lab, &method, integration).await;
    }
    method
}

/// Puts the integration of a method that has none.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn put_integration(lab: &Lab, method: &Method, integration: &Integration) {
    let Method { api, resource, method: verb } = method;
    let put = lab.apigateway.put_integration().rest_api_id(api).resource_id(resource).http_method(verb);
    let put = put.r#type(IntegrationType::from(integration.of_type)).integration_http_method(integration.method);
    let mut put = put.uri(lab.own(integration.uri)).passthrough_behavior(integration.passthrough);
    put = put.set_credentials(integration.credentials.map(|arn| lab.own(arn)));
    for (name, value) in integration.parameters {
        put = put.request_parameters(*name, lab.own(value));
    }
    for (name, value) in integration.templates {
        put = put.request_templates(*name, lab.own(value));
    }
    done(integration.uri, put.send().await);
    let put = lab.apigateway.put_integration_response().rest_api_id(api).resource_id(resource).http_method(verb);
    done(integration.uri, put.status_code("200").send().await);
}

/// Gives the integration of a method an empty template for its answers, as older consoles did. API Gateway and moto tell
/// it with null, which the SDK refuses in the answer to this call as in those to reads; what it says is not looked at.
pub(crate) async fn put_empty_template(lab: &Lab, method: &Method) {
    let put = lab.apigateway.put_integration_response().rest_api_id(&method.api).resource_id(&method.resource);
    let put = put.http_method(&method.method).status_code("200").response_templates("application/json", "");
    drop(put.send().await);
}

/// Deletes the integration of a method.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn delete_integration(lab: &Lab, method: &Method) {
    let delete = lab.apigateway.delete_integration().rest_api_id(&method.api).resource_id(&method.resource);
    done("delete", delete.http_method(&method.method).send().await);
}

/// Deletes a method.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn delete_method(lab: &Lab, method: &Method) {
    let delete = lab.apigateway.delete_method().rest_api_id(&method.api).resource_id(&method.resource);
    done("delete", delete.http_method(&method.method).send().await);
}

/// The method of the architecture as it was built.
///
/// # Panics
/// When there is no REST API of its name.
pub(crate) async fn method(lab: &Lab) -> Method {
    let api = api_id(lab, API).await;
    let root = resource(lab, &api, "/").await.unwrap_or_else(|| panic!("{API} has no root"));
    Method { api, resource: root, method: "POST".to_owned() }
}

/// The id of the REST API of this name.
///
/// # Panics
/// When there is none.
pub(crate) async fn api_id(lab: &Lab, name: &str) -> String {
    let apis = done(name, lab.apigateway.get_rest_apis().send().await).items.unwrap_or_default();
    let api = apis.into_iter().find(|api| api.name() == Some(name));
    api.and_then(|api| api.id).unwrap_or_else(|| panic!("there is no {name}"))
}

async fn resource(lab: &Lab, api: &str, path: &str) -> Option<String> {
    let resources = done(path, lab.apigateway.get_resources().rest_api_id(api).send().await).items.unwrap_or_default();
    resources.into_iter().find(|resource| resource.path() == Some(path)).and_then(|resource| resource.id)
}
