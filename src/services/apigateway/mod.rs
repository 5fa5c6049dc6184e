//! Amazon API Gateway: REST APIs, and what hangs on them: resources, methods, stages, deployments, authorizers.
//!
//! The REST APIs are listed first, which gives all of their own fields. What hangs on one is listed API by API: resources
//! and methods by one list, in which each method comes with its integration; a method that comes without one is asked
//! for singly. AWS allows few requests a second, so the calls keep a pace of their own.
//!
//! All of API Gateway is one IAM action, `apigateway:GET`, on paths: Plimsoll asks for `/restapis` and what is below it,
//! and for nothing else, above all not for keys.

#[cfg(feature = "live")]
pub(crate) mod collect;
mod method;
pub(crate) mod plan;
mod stage;

pub(crate) use method::constant;
pub use method::{Integration, IntegrationResponse, Method, MethodResponse};
pub use stage::{AccessLogSetting, MethodSetting, Stage};

use super::Service;
use crate::model::{
    Arn, ArnRule, Kind, Operation, OwnPolicy, Parent, PolicyDocument, Read, Scope, Set, Standing, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The type name of REST APIs.
pub const REST_API: &str = "AWS::ApiGateway::RestApi";
/// The type name of the resources of an API: its paths.
pub const RESOURCE: &str = "AWS::ApiGateway::Resource";
/// The type name of methods.
pub const METHOD: &str = "AWS::ApiGateway::Method";
/// The type name of stages.
pub const STAGE: &str = "AWS::ApiGateway::Stage";
/// The type name of deployments.
pub const DEPLOYMENT: &str = "AWS::ApiGateway::Deployment";
/// The type name of authorizers.
pub const AUTHORIZER: &str = "AWS::ApiGateway::Authorizer";

/// A REST API. Its name need not be unique in an account. Source of the fields: the CloudFormation reference of
/// AWS::ApiGateway::RestApi and the API reference of RestApi.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct RestApi {
    /// The name of the API.
    pub name: Read<String>,
    /// The id of the API, which is the first part of its address.
    #[schemars(extend("x-origin" = "observed"))]
    pub rest_api_id: Read<String>,
    /// What it is for, in its maker's words.
    pub description: Read<String>,
    /// How it is reached.
    pub endpoint_configuration: Read<EndpointConfiguration>,
    /// Where a request carries its API key: `HEADER`, the default, or `AUTHORIZER`.
    pub api_key_source_type: Read<String>,
    /// The media types that are passed on as bytes; absent when none is.
    pub binary_media_types: Read<Set<String>>,
    /// Whether the address that AWS gives the API is closed, so that only a custom domain leads to it. Default false.
    pub disable_execute_api_endpoint: Read<bool>,
    /// The size in bytes from which answers are compressed; absent when none is.
    pub minimum_compression_size: Read<i64>,
    /// The resource policy: who may invoke the API; absent when it has none.
    pub policy: Read<PolicyDocument>,
    /// The id of the resource with the path `/`.
    #[schemars(extend("x-origin" = "observed"))]
    pub root_resource_id: Read<String>,
    /// When the API was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub created_date: Read<Timestamp>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    pub tags: Read<BTreeMap<String, String>>,
}

/// How an API is reached.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct EndpointConfiguration {
    /// `REGIONAL`, `EDGE` or `PRIVATE`.
    pub types: Read<Set<String>>,
    /// `ipv4`, the default, or `dualstack`, the default of a private API.
    pub ip_address_type: Read<String>,
    /// The VPC endpoints that lead to a private API; absent when none does.
    pub vpc_endpoint_ids: Read<Set<String>>,
}

/// A resource of a REST API: one of its paths. Its physical name is the whole path. Source of the fields: the
/// CloudFormation reference of AWS::ApiGateway::Resource and the API reference of Resource.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Resource {
    /// The id of the resource.
    #[schemars(extend("x-origin" = "observed"))]
    pub resource_id: Read<String>,
    /// The last part of the path; absent for `/`.
    pub path_part: Read<String>,
    /// The id of the resource above it; absent for `/`.
    pub parent_id: Read<String>,
    /// The whole path, such as `/orders/{id}`.
    #[schemars(extend("x-origin" = "derived"))]
    pub resource_path: Read<String>,
}

/// A deployment: what an API was when it was deployed, which a stage serves. Source of the fields: the CloudFormation
/// reference of AWS::ApiGateway::Deployment and the API reference of Deployment.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Deployment {
    /// The id of the deployment.
    #[schemars(extend("x-origin" = "observed"))]
    pub deployment_id: Read<String>,
    /// What it is for, in its maker's words.
    pub description: Read<String>,
    /// When it was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub created_date: Read<Timestamp>,
}

/// An authorizer: who lets requests in. Source of the fields: the CloudFormation reference of
/// AWS::ApiGateway::Authorizer and the API reference of Authorizer.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Authorizer {
    /// The name of the authorizer.
    pub name: Read<String>,
    /// The id of the authorizer.
    #[schemars(extend("x-origin" = "observed"))]
    pub authorizer_id: Read<String>,
    /// `TOKEN`, `REQUEST` or `COGNITO_USER_POOLS`.
    #[serde(rename = "Type")]
    pub kind: Read<String>,
    /// The function that decides, as API Gateway addresses it.
    pub authorizer_uri: Read<String>,
    /// The role that API Gateway acts as to ask the function; absent when the function's own policy lets it in.
    pub authorizer_credentials: Read<Arn>,
    /// The Cognito user pools whose tokens are taken.
    #[serde(rename = "ProviderARNs")]
    pub provider_arns: Read<Set<Arn>>,
    /// Which part of a request tells who sent it.
    pub identity_source: Read<String>,
}

/// The service.
pub static SERVICE: Service =
    Service { prefix: "apigateway", kinds: &KINDS, operations: &OPERATIONS, plan: plan::plan };

const POLICY: OwnPolicy = OwnPolicy {
    field: "Policy",
    noun: "resource policy",
    service: "execute-api",
    resource_type: "execute-api-general",
    written_by: &["apigateway:UpdateRestApiPolicy"],
};

static KINDS: [Kind; 6] = [
    of_an_api(AUTHORIZER, "authorizer", "Name", &[("AuthorizerId", "AuthorizerId")], || {
        schemars::schema_for!(Authorizer)
    }),
    of_an_api(DEPLOYMENT, "deployment", "DeploymentId", &[("DeploymentId", "DeploymentId")], || {
        schemars::schema_for!(Deployment)
    }),
    // A method has no name of its own: it is called after its verb, on the path that it is found at.
    of_an_api(METHOD, "method", "HttpMethod", &[], || schemars::schema_for!(Method)),
    of_an_api(RESOURCE, "API resource", "ResourcePath", &[("ResourceId", "ResourceId")], || {
        schemars::schema_for!(Resource)
    }),
    rest_api(of_an_api(
        REST_API,
        "REST API",
        "Name",
        &[("RestApiId", "RestApiId"), ("RootResourceId", "RootResourceId")],
        || schemars::schema_for!(RestApi),
    )),
    of_an_api(STAGE, "stage", "StageName", &[("StageName", "StageName")], || schemars::schema_for!(Stage)),
];

const fn of_an_api(
    type_name: &'static str,
    noun: &'static str,
    name_field: &'static str,
    attributes: &'static [(&'static str, &'static str)],
    schema: fn() -> schemars::Schema,
) -> Kind {
    Kind {
        type_name,
        noun,
        service: "apigateway",
        scope: Scope::Regional,
        name_field,
        arn: ArnRule::Read,
        attributes,
        shared: None,
        parent: Some(Parent { type_name: REST_API }),
        standing: Standing::NONE,
        schema,
        fields: OnceLock::new(),
    }
}

const fn rest_api(mut kind: Kind) -> Kind {
    kind.parent = None;
    kind.standing.own_policy = Some(POLICY);
    kind
}

const APIS: &str = "arn:${Partition}:apigateway:${Region}::/restapis";
const BELOW: &str = "arn:${Partition}:apigateway:${Region}::/restapis/*";

static OPERATIONS: [Operation; 7] = [
    operation("GetRestApis", APIS),
    operation("GetResources", BELOW),
    operation("GetMethod", BELOW),
    operation("GetIntegration", BELOW),
    operation("GetStages", BELOW),
    operation("GetDeployments", BELOW),
    operation("GetAuthorizers", BELOW),
];

const fn operation(name: &'static str, resource: &'static str) -> Operation {
    Operation {
        service: "apigateway",
        sdk_service: "API Gateway",
        name,
        action: "apigateway:GET",
        resource,
        fallback_for: None,
    }
}
