//! What services add to the general rules.

use super::principal::Identity;
use crate::iam::{Principal, Request};

/// What no policy changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    /// Allowed whatever policies say.
    Allowed(&'static str),
    /// Never allowed.
    Denied(&'static str),
}

/// The service and the name of an action, in lower case.
fn action_of(request: &Request) -> (String, String) {
    let (service, name) = request.action.split_once(':').unwrap_or((&request.action, ""));
    (service.to_ascii_lowercase(), name.to_ascii_lowercase())
}

/// The rule, if there is one, that decides this request whatever policies say.
pub(super) fn fixed(request: &Request) -> Option<Fixed> {
    let (service, name) = action_of(request);
    let (account, resource) = {
        let mut parts = request.resource.splitn(6, ':').skip(4);
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
    };
    match service.as_str() {
        "sts" if name == "getcalleridentity" && request.principal != Principal::Anonymous => {
            Some(Fixed::Allowed("sts:GetCallerIdentity needs no permission and cannot be denied"))
        }
        "iam" if account == "aws" && resource.starts_with("policy/") && POLICY_CHANGES.contains(&name.as_str()) => {
            Some(Fixed::Denied("a policy that AWS manages cannot be changed"))
        }
        "iam" if resource.starts_with("role/aws-reserved/") && ROLE_CHANGES.contains(&name.as_str()) => {
            Some(Fixed::Denied("a role under aws-reserved/ can be changed by the service alone that made it"))
        }
        "iam" if resource.starts_with("role/aws-service-role/") && LINKED_ROLE_CHANGES.contains(&name.as_str()) => {
            Some(Fixed::Denied("a service-linked role can be changed by its service alone"))
        }
        "kms" if resource.starts_with("alias/aws/") && ALIAS_CHANGES.contains(&name.as_str()) => {
            Some(Fixed::Denied("an alias under aws/ is reserved for AWS"))
        }
        _ => None,
    }
}

const POLICY_CHANGES: [&str; 7] = [
    "createpolicy",
    "createpolicyversion",
    "deletepolicy",
    "deletepolicyversion",
    "setdefaultpolicyversion",
    "tagpolicy",
    "untagpolicy",
];

const ROLE_CHANGES: [&str; 16] = [
    "attachrolepolicy",
    "createrole",
    "createservicelinkedrole",
    "deleterole",
    "deleterolepermissionsboundary",
    "deleterolepolicy",
    "deleteservicelinkedrole",
    "detachrolepolicy",
    "passrole",
    "putrolepermissionsboundary",
    "putrolepolicy",
    "tagrole",
    "untagrole",
    "updateassumerolepolicy",
    "updaterole",
    "updateroledescription",
];

/// What a service-linked role refuses; its description, its tags and its deletion as such are the account's own.
const LINKED_ROLE_CHANGES: [&str; 8] = [
    "attachrolepolicy",
    "deleterole",
    "deleterolepermissionsboundary",
    "deleterolepolicy",
    "detachrolepolicy",
    "putrolepermissionsboundary",
    "putrolepolicy",
    "updateassumerolepolicy",
];

const ALIAS_CHANGES: [&str; 3] = ["createalias", "deletealias", "updatealias"];

/// Whether a policy of an identity counts only if the policy of the resource lets the account in: keys of KMS, and roles
/// that are assumed.
pub(super) fn needs_resource_side(request: &Request) -> bool {
    let Some([_, _, service, _, _, resource]) = super::arn::parts_of(&request.resource) else { return false };
    match action_of(request).0.as_str() {
        "kms" => service == "kms" && resource.starts_with("key/"),
        "sts" => service == "iam" && resource.starts_with("role/"),
        _ => false,
    }
}

/// Whether service control policies reach the principal.
pub(super) fn scps_reach(request: &Request) -> bool {
    matches!(&request.principal, Principal::Aws(arn)
        if !Identity::of(arn).is_some_and(|identity| identity.is_service_linked()))
}

/// Whether resource control policies reach the request: only some services support them, service-linked roles and
/// those who assume them are exempt, and so is `kms:RetireGrant`.
pub(super) fn rcps_reach(request: &Request) -> bool {
    let (service, name) = action_of(request);
    let linked = matches!(&request.principal, Principal::Aws(arn)
        if Identity::of(arn).is_some_and(|identity| identity.is_service_linked()));
    let becomes_linked = service == "sts" && request.resource.contains(":role/aws-service-role/");
    !linked
        && !becomes_linked
        && (service.as_str(), name.as_str()) != ("kms", "retiregrant")
        && WITH_RCPS.binary_search(&service.as_str()).is_ok()
}

/// The services that support resource control policies, by their prefixes; as of September 2026, sorted.
const WITH_RCPS: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::Context;

    fn request(principal: &str, action: &str, resource: &str) -> Request {
        Request {
            principal: Principal::Aws(principal.to_owned()),
            action: action.to_owned(),
            resource: resource.to_owned(),
            resource_account: None,
            context: Context::new(),
        }
    }

    const USER: &str = "arn:aws:iam::111122223333:user/ann";

    #[test]
    fn what_aws_manages_cannot_be_changed() {
        for (action, resource, denied) in [
            ("iam:DeletePolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", true),
            ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess", false),
            ("iam:DeletePolicy", "arn:aws:iam::111122223333:policy/own", false),
            ("IAM:putrolepolicy", "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r", true),
            ("iam:GetRole", "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/r", false),
            ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/r", false),
            ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/r", true),
            ("iam:DeleteServiceLinkedRole", "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/r", false),
            ("kms:UpdateAlias", "arn:aws:kms:us-east-1:111122223333:alias/aws/s3", true),
            ("kms:UpdateAlias", "arn:aws:kms:us-east-1:111122223333:alias/own", false),
        ] {
            let found = fixed(&request(USER, action, resource));
            assert_eq!(matches!(found, Some(Fixed::Denied(_))), denied, "{action} {resource}");
        }
    }

    #[test]
    fn the_reach_of_organizations() {
        let linked = "arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForConfig/x";
        assert!(scps_reach(&request(USER, "s3:GetObject", "*")));
        assert!(!scps_reach(&request(linked, "s3:GetObject", "*")));
        assert!(rcps_reach(&request(USER, "S3:GetObject", "*")));
        assert!(!rcps_reach(&request(linked, "s3:GetObject", "*")));
        assert!(!rcps_reach(&request(USER, "lambda:InvokeFunction", "*")));
        assert!(!rcps_reach(&request(USER, "kms:RetireGrant", "*")));
        assert!(WITH_RCPS.is_sorted());
    }

    #[test]
    fn keys_and_roles_need_their_own_policies() {
        let key = "arn:aws:kms:us-east-1:111122223333:key/1";
        assert!(needs_resource_side(&request(USER, "kms:Decrypt", key)));
        assert!(!needs_resource_side(&request(USER, "kms:ListKeys", "*")));
        assert!(!needs_resource_side(&request(USER, "kms:CreateAlias", "arn:aws:kms:us-east-1:111122223333:alias/a")));
        assert!(needs_resource_side(&request(USER, "sts:AssumeRole", "arn:aws:iam::111122223333:role/r")));
        assert!(!needs_resource_side(&request(USER, "iam:GetRole", "arn:aws:iam::111122223333:role/r")));
    }
}
