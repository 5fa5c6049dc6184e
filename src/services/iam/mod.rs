//! AWS Identity and Access Management: roles, users, groups and managed policies.
//!
//! GetAccountAuthorizationDetails gives nearly all of it in few pages and is asked first, filtered to the kinds that
//! are wanted. What it lacks (a role's description, a user's last sign-in, a policy's tags) is asked singly, and only
//! when a rule names it. Where it is refused, the calls by name take its place.

#[cfg(feature = "live")]
pub(crate) mod collect;
mod plan;

use super::Service;
use crate::model::{
    Arn, ArnRule, IdentityPolicies, Kind, Operation, OwnPolicy, PolicyDocument, Read, Scope, Set, Standing, Timestamp,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The type name of roles.
pub const ROLE: &str = "AWS::IAM::Role";
pub use crate::model::{GROUP, MANAGED_POLICY, USER};

/// The operation that reads nearly everything.
pub const DETAILS: &str = "GetAccountAuthorizationDetails";

/// An IAM role. Source of the fields: the CloudFormation reference of AWS::IAM::Role and the API reference of
/// RoleDetail and Role.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// The name of the role.
    pub role_name: Read<String>,
    /// The path of the role, `/` where none was given. Roles that the Lambda console makes have `/service-role/`.
    pub path: Read<String>,
    /// The ARN of the role.
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// The unique id of the role, `AROA...`. A role made again under the same name has another.
    #[schemars(extend("x-origin" = "observed"))]
    pub role_id: Read<String>,
    /// The trust policy: who may assume the role.
    pub assume_role_policy_document: Read<PolicyDocument>,
    /// The managed policies that are attached to it.
    pub managed_policy_arns: Read<Set<Arn>>,
    /// The inline policies in it.
    pub policies: Read<Set<InlinePolicy>>,
    /// The managed policy that bounds what it may do; absent when none does.
    pub permissions_boundary: Read<Arn>,
    /// What it is for, in its maker's words.
    #[schemars(extend("x-read-by" = "GetRole"))]
    pub description: Read<String>,
    /// The longest session, in seconds. 3600 to 43200; default 3600.
    #[schemars(extend("x-read-by" = "GetRole"))]
    pub max_session_duration: Read<i64>,
    /// When and where it was last used, within the last 400 days; absent when it was not.
    #[schemars(extend("x-origin" = "observed", "x-varies" = true))]
    pub role_last_used: Read<RoleLastUsed>,
    /// When the role was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub create_date: Read<Timestamp>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    pub tags: Read<BTreeMap<String, String>>,
}

/// A policy that is written into a role, user or group.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    /// The name of the policy, unique in its role, user or group.
    pub policy_name: Read<String>,
    /// What it allows and denies.
    pub policy_document: Read<PolicyDocument>,
}

/// When and where a role was last used.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct RoleLastUsed {
    /// When.
    pub last_used_date: Read<Timestamp>,
    /// The region of the service that was called.
    pub region: Read<String>,
}

/// An IAM user. Source of the fields: the CloudFormation reference of AWS::IAM::User and the API reference of
/// UserDetail and User.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    /// The name of the user.
    pub user_name: Read<String>,
    /// The path of the user.
    pub path: Read<String>,
    /// The ARN of the user.
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// The unique id of the user, `AIDA...`.
    #[schemars(extend("x-origin" = "observed"))]
    pub user_id: Read<String>,
    /// The names of the groups that the user is in.
    pub groups: Read<Set<String>>,
    /// The managed policies that are attached to the user, without those of the user's groups.
    pub managed_policy_arns: Read<Set<Arn>>,
    /// The inline policies in the user.
    pub policies: Read<Set<InlinePolicy>>,
    /// The managed policy that bounds what the user may do; absent when none does.
    pub permissions_boundary: Read<Arn>,
    /// When the user last signed in to the console with a password; absent when never, or before October 2014.
    #[schemars(extend("x-origin" = "observed", "x-read-by" = "GetUser", "x-varies" = true))]
    pub password_last_used: Read<Timestamp>,
    /// When the user was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub create_date: Read<Timestamp>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    pub tags: Read<BTreeMap<String, String>>,
}

/// An IAM group. Source of the fields: the CloudFormation reference of AWS::IAM::Group and the API reference of
/// GroupDetail.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    /// The name of the group.
    pub group_name: Read<String>,
    /// The path of the group.
    pub path: Read<String>,
    /// The ARN of the group.
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// The unique id of the group, `AGPA...`.
    #[schemars(extend("x-origin" = "observed"))]
    pub group_id: Read<String>,
    /// The managed policies that are attached to the group.
    pub managed_policy_arns: Read<Set<Arn>>,
    /// The inline policies in the group.
    pub policies: Read<Set<InlinePolicy>>,
    /// When the group was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub create_date: Read<Timestamp>,
}

/// A managed policy: one of the account's own, or one of AWS's that is attached in the account.
///
/// A resource with a `name` is one of the account's own. `each:` gives both; `where: { AwsManaged: false }` leaves
/// AWS's out. Source of the fields: the CloudFormation reference of AWS::IAM::ManagedPolicy and the API reference of
/// ManagedPolicyDetail and Policy.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
pub struct ManagedPolicy {
    /// The name of the policy.
    pub managed_policy_name: Read<String>,
    /// The path of the policy.
    pub path: Read<String>,
    /// The ARN of the policy. (CloudFormation's attribute is `PolicyArn`.)
    #[schemars(extend("x-origin" = "observed"))]
    pub arn: Read<Arn>,
    /// Whether AWS wrote it and may change it.
    #[schemars(extend("x-origin" = "derived"))]
    pub aws_managed: Read<bool>,
    /// The unique id of the policy, `ANPA...`.
    #[schemars(extend("x-origin" = "observed"))]
    pub policy_id: Read<String>,
    /// The version that is in force, such as `v1`.
    #[schemars(extend("x-origin" = "observed"))]
    pub default_version_id: Read<String>,
    /// What the version that is in force allows and denies.
    pub policy_document: Read<PolicyDocument>,
    /// The names of the roles that it is attached to.
    pub roles: Read<Set<String>>,
    /// The names of the users that it is attached to.
    pub users: Read<Set<String>>,
    /// The names of the groups that it is attached to.
    pub groups: Read<Set<String>>,
    /// How many roles, users and groups it is attached to.
    #[schemars(extend("x-origin" = "observed"))]
    pub attachment_count: Read<i64>,
    /// How many roles and users it bounds.
    #[schemars(extend("x-origin" = "observed"))]
    pub permissions_boundary_usage_count: Read<i64>,
    /// What it is for, in its maker's words.
    #[schemars(extend("x-read-by" = "GetPolicy"))]
    pub description: Read<String>,
    /// When the policy was made.
    #[schemars(extend("x-origin" = "observed"))]
    pub create_date: Read<Timestamp>,
    /// When a version of it was last made.
    #[schemars(extend("x-origin" = "observed", "x-varies" = true))]
    pub update_date: Read<Timestamp>,
    /// The tags, as a map from key to value. (CloudFormation writes them as a list of pairs.)
    #[schemars(extend("x-read-by" = "GetPolicy"))]
    pub tags: Read<BTreeMap<String, String>>,
}

/// The service.
pub static SERVICE: Service = Service { prefix: "iam", kinds: &KINDS, operations: &OPERATIONS, plan: plan::plan };

const OF_GROUPS: Standing =
    Standing { permissions: Some(IdentityPolicies::Identity { bounded: false, groups: false }), ..Standing::NONE };

const OF_MANAGED_POLICIES: Standing =
    Standing { permissions: Some(IdentityPolicies::Document("PolicyDocument")), ..Standing::NONE };

const OF_ROLES: Standing = Standing {
    own_policy: Some(OwnPolicy {
        field: "AssumeRolePolicyDocument",
        noun: "trust policy",
        service: "sts",
        resource_type: "role",
        written_by: &["iam:UpdateAssumeRolePolicy"],
    }),
    acts_as: Some("Arn"),
    permissions: Some(IdentityPolicies::Identity { bounded: true, groups: false }),
};

const OF_USERS: Standing = Standing {
    own_policy: None,
    acts_as: Some("Arn"),
    permissions: Some(IdentityPolicies::Identity { bounded: true, groups: true }),
};

static KINDS: [Kind; 4] = [
    kind(GROUP, "group", "GroupName", &[("Arn", "Arn"), ("GroupId", "GroupId")], OF_GROUPS, || {
        schemars::schema_for!(Group)
    }),
    managed_policy(kind(
        MANAGED_POLICY,
        "managed policy",
        "ManagedPolicyName",
        &[("Arn", "Arn"), ("PolicyArn", "Arn"), ("PolicyId", "PolicyId")],
        OF_MANAGED_POLICIES,
        || schemars::schema_for!(ManagedPolicy),
    )),
    kind(ROLE, "role", "RoleName", &[("Arn", "Arn"), ("RoleId", "RoleId")], OF_ROLES, || schemars::schema_for!(Role)),
    kind(USER, "user", "UserName", &[("Arn", "Arn"), ("UserId", "UserId")], OF_USERS, || schemars::schema_for!(User)),
];

const fn kind(
    type_name: &'static str,
    noun: &'static str,
    name_field: &'static str,
    attributes: &'static [(&'static str, &'static str)],
    standing: Standing,
    schema: fn() -> schemars::Schema,
) -> Kind {
    Kind {
        type_name,
        noun,
        service: "iam",
        scope: Scope::Global,
        name_field,
        arn: ArnRule::Read,
        attributes,
        shared: None,
        parent: None,
        standing,
        schema,
        fields: OnceLock::new(),
    }
}

const fn managed_policy(mut kind: Kind) -> Kind {
    kind.shared = Some("AwsManaged");
    kind
}

const ROLES: &str = "arn:${Partition}:iam::${Account}:role/*";
const USERS: &str = "arn:${Partition}:iam::${Account}:user/*";
const GROUPS: &str = "arn:${Partition}:iam::${Account}:group/*";
const POLICIES: &str = "arn:${Partition}:iam::*:policy/*";

static OPERATIONS: [Operation; 20] = [
    operation(DETAILS, "iam:GetAccountAuthorizationDetails", "*", None),
    operation("GetRole", "iam:GetRole", ROLES, Some(DETAILS)),
    operation("ListRoles", "iam:ListRoles", "*", Some(DETAILS)),
    operation("ListAttachedRolePolicies", "iam:ListAttachedRolePolicies", ROLES, Some(DETAILS)),
    operation("ListRolePolicies", "iam:ListRolePolicies", ROLES, Some(DETAILS)),
    operation("GetRolePolicy", "iam:GetRolePolicy", ROLES, Some(DETAILS)),
    operation("GetUser", "iam:GetUser", USERS, Some(DETAILS)),
    operation("ListUsers", "iam:ListUsers", "*", Some(DETAILS)),
    operation("ListAttachedUserPolicies", "iam:ListAttachedUserPolicies", USERS, Some(DETAILS)),
    operation("ListUserPolicies", "iam:ListUserPolicies", USERS, Some(DETAILS)),
    operation("GetUserPolicy", "iam:GetUserPolicy", USERS, Some(DETAILS)),
    operation("ListGroupsForUser", "iam:ListGroupsForUser", USERS, Some(DETAILS)),
    operation("GetGroup", "iam:GetGroup", GROUPS, Some(DETAILS)),
    operation("ListGroups", "iam:ListGroups", "*", Some(DETAILS)),
    operation("ListAttachedGroupPolicies", "iam:ListAttachedGroupPolicies", GROUPS, Some(DETAILS)),
    operation("ListGroupPolicies", "iam:ListGroupPolicies", GROUPS, Some(DETAILS)),
    operation("GetGroupPolicy", "iam:GetGroupPolicy", GROUPS, Some(DETAILS)),
    operation("ListPolicies", "iam:ListPolicies", "*", Some(DETAILS)),
    operation("GetPolicy", "iam:GetPolicy", POLICIES, None),
    operation("GetPolicyVersion", "iam:GetPolicyVersion", POLICIES, None),
];

const fn operation(
    name: &'static str,
    action: &'static str,
    resource: &'static str,
    fallback_for: Option<&'static str>,
) -> Operation {
    Operation { service: "iam", sdk_service: "IAM", name, action, resource, fallback_for }
}
