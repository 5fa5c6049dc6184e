//! `AWS::Serverless::Function`: a function with its role, its address, and what invokes it.

use super::{Making, event, policy, tags};
use crate::intent::template::build::Resource;
use crate::intent::template::node::{Content, Node};

/// What SAM hands on to the function as it is.
const SAME: [&str; 21] = [
    "Architectures",
    "CodeSigningConfigArn",
    "Description",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "FunctionName",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "PackageType",
    "RecursiveLoop",
    "ReservedConcurrentExecutions",
    "Runtime",
    "RuntimeManagementConfig",
    "SnapStart",
    "Timeout",
    "VpcConfig",
];

/// What is dealt with here, or says nothing of what can be read.
const OTHER: [&str; 27] = [
    "AssumeRolePolicyDocument",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256",
    "CapacityProviderConfig",
    "CodeUri",
    "DeadLetterQueue",
    "DeploymentPreference",
    "DurableConfig",
    "EventInvokeConfig",
    "Events",
    "FunctionScalingConfig",
    "FunctionUrlConfig",
    "ImageUri",
    "InlineCode",
    "PermissionsBoundary",
    "Policies",
    "PropagateTags",
    "ProvisionedConcurrencyConfig",
    "PublishToLatestPublished",
    "Role",
    "RolePath",
    "SourceKMSKeyArn",
    "Tags",
    "TenancyConfig",
    "Tracing",
    "VersionDescription",
];

pub(super) fn expand(making: &mut Making<'_>, resource: &Resource) {
    let (id, span, properties) = (&resource.id, &resource.span, &resource.properties);
    for entry in properties.entries() {
        if !SAME.contains(&entry.key.as_str())
            && !OTHER.contains(&entry.key.as_str())
            && entry.key != "VersionDeletionPolicy"
        {
            let known = SAME.iter().chain(&OTHER).copied();
            making
                .diagnostics
                .error(
                    "unknown-field",
                    &entry.key_span,
                    format!("an AWS::Serverless::Function has no property `{}`", entry.key),
                )
                .did_you_mean(&entry.key, known);
        }
    }
    let mut made: Vec<(&str, Node)> =
        SAME.iter().filter_map(|name| Some((*name, properties.get(name)?.clone()))).collect();
    made.push(("Tags", tags(resource)));
    let dead_letters = properties.get("DeadLetterQueue");
    if let Some(target) = dead_letters.and_then(|queue| queue.get("TargetArn")) {
        made.push(("DeadLetterConfig", Node::map(span, vec![("TargetArn", target.clone())])));
    }
    let tracing = properties.get("Tracing").filter(|mode| mode.as_text() != Some("Disabled"));
    if let Some(mode) = tracing {
        made.push(("TracingConfig", Node::map(span, vec![("Mode", mode.clone())])));
    }
    let role = properties.get("Role").cloned();
    let made_role = format!("{id}Role");
    made.push(("Role", role.clone().unwrap_or_else(|| Node::attribute(span, &made_role, "Arn"))));
    making.add(resource, id.clone(), "AWS::Lambda::Function", made);

    let alias = properties.get("AutoPublishAlias").filter(|alias| !alias.is_nothing());
    // The alias has an id that is made of its name, and is what everything else of the function is about.
    let invoked = match alias {
        None => id.clone(),
        Some(name) => {
            let alias_id = format!("{id}Alias{}", name.as_text().unwrap_or("Name"));
            let of = vec![("FunctionName", Node::reference(span, id)), ("Name", name.clone())];
            making.add(resource, alias_id.clone(), "AWS::Lambda::Alias", of);
            alias_id
        }
    };
    let mut grants = policy::Grants::default();
    grants.managed.push(policy::managed(span, "AWSLambdaBasicExecutionRole"));
    if tracing.is_some() {
        grants.managed.push(policy::managed(span, "AWSXrayWriteOnlyAccess"));
    }
    if properties.get("VpcConfig").is_some() {
        grants.managed.push(policy::managed(span, "AWSLambdaVPCAccessExecutionRole"));
    }
    if let (Some(queue), Some(target)) = (dead_letters, dead_letters.and_then(|queue| queue.get("TargetArn"))) {
        let kind = queue.get("Type").and_then(Node::as_text).unwrap_or_default();
        if let Some(action) = policy::action_to(kind) {
            grants.inline.push(("DeadLetterQueuePolicy".to_owned(), policy::allow(span, action, target, true)));
        }
    }
    event_invoke_config(making, resource, alias, &mut grants);
    if let Some(policies) = properties.get("Policies") {
        policy::read(making, resource, policies, &mut grants);
    }
    url(making, resource, &invoked);
    event::expand(making, resource, &invoked, &mut grants);
    if role.is_none() {
        let mut managed: Vec<Node> = Vec::new();
        for arn in grants.managed {
            if !managed.iter().any(|other| other.says_the_same(&arn)) {
                managed.push(arn);
            }
        }
        let mut of_role = vec![
            (
                "AssumeRolePolicyDocument",
                properties.get("AssumeRolePolicyDocument").cloned().unwrap_or_else(|| trust(resource)),
            ),
            ("ManagedPolicyArns", Node::list(span, managed)),
            ("Tags", tags(resource)),
        ];
        if !grants.inline.is_empty() {
            let inline = grants.inline.into_iter().map(|(name, document)| {
                Node::map(span, vec![("PolicyName", Node::text(span, name)), ("PolicyDocument", document)])
            });
            of_role.push(("Policies", Node::list(span, inline.collect())));
        }
        for (name, of) in [("PermissionsBoundary", "PermissionsBoundary"), ("Path", "RolePath")] {
            if let Some(node) = properties.get(of) {
                of_role.push((name, node.clone()));
            }
        }
        making.add(resource, made_role, "AWS::IAM::Role", of_role);
    }
}

/// The trust policy of the role that is made for a function.
fn trust(resource: &Resource) -> Node {
    let span = &resource.span;
    let text = |text: &str| Node::text(span, text);
    let service = Node::map(span, vec![("Service", Node::list(span, vec![text("lambda.amazonaws.com")]))]);
    let statement = Node::map(
        span,
        vec![
            ("Action", Node::list(span, vec![text("sts:AssumeRole")])),
            ("Effect", text("Allow")),
            ("Principal", service),
        ],
    );
    Node::map(span, vec![("Version", text("2012-10-17")), ("Statement", Node::list(span, vec![statement]))])
}

/// What becomes of asynchronous invocations, with what the role needs to hand on their records.
fn event_invoke_config(
    making: &mut Making<'_>,
    resource: &Resource,
    alias: Option<&Node>,
    grants: &mut policy::Grants,
) {
    let span = &resource.span;
    let Some(config) = resource.properties.get("EventInvokeConfig").filter(|config| config.is_map()) else { return };
    let mut made = vec![
        ("FunctionName", Node::reference(span, &resource.id)),
        ("Qualifier", alias.cloned().unwrap_or_else(|| Node::text(span, "$LATEST"))),
    ];
    for name in ["MaximumRetryAttempts", "MaximumEventAgeInSeconds"] {
        if let Some(node) = config.get(name) {
            made.push((name, node.clone()));
        }
    }
    let mut destinations = Vec::new();
    for outcome in ["OnFailure", "OnSuccess"] {
        let Some(to) = config.get("DestinationConfig").and_then(|config| config.get(outcome)) else { continue };
        let kind = to.get("Type").and_then(Node::as_text).unwrap_or_default();
        let destination = match (to.get("Destination"), kind) {
            (Some(destination), _) => destination.clone(),
            (None, "SQS" | "SNS") => {
                // SAM makes one where none is named.
                let (noun, type_name) =
                    if kind == "SQS" { ("Queue", "AWS::SQS::Queue") } else { ("Topic", "AWS::SNS::Topic") };
                let made = format!("{}EventInvokeConfig{outcome}{noun}", resource.id);
                making.add(resource, made.clone(), type_name, Vec::new());
                if kind == "SQS" { Node::attribute(span, &made, "Arn") } else { Node::reference(span, &made) }
            }
            (None, _) => continue,
        };
        if let Some(action) = policy::action_to(kind) {
            let name = format!("{}EventInvokeConfig{outcome}{kind}Policy", resource.id);
            grants.inline.push((name, policy::allow(span, action, &destination, false)));
        }
        destinations.push((outcome, Node::map(span, vec![("Destination", destination)])));
    }
    if !destinations.is_empty() {
        made.push(("DestinationConfig", Node::map(span, destinations)));
    }
    making.add(resource, format!("{}EventInvokeConfig", resource.id), "AWS::Lambda::EventInvokeConfig", made);
}

/// The address of a function, with the permissions that let everybody in where no signature is asked for.
fn url(making: &mut Making<'_>, resource: &Resource, invoked: &str) {
    let span = &resource.span;
    let Some(config) = resource.properties.get("FunctionUrlConfig").filter(|config| config.is_map()) else { return };
    let mut made = vec![("TargetFunctionArn", Node::reference(span, invoked))];
    for name in ["AuthType", "Cors", "InvokeMode"] {
        if let Some(node) = config.get(name) {
            made.push((name, node.clone()));
        }
    }
    making.add(resource, format!("{}Url", resource.id), "AWS::Lambda::Url", made);
    if config.get("AuthType").and_then(Node::as_text) != Some("NONE") {
        return;
    }
    let text = |text: &str| Node::text(span, text);
    let permission = |action: &str, more: (&'static str, Node)| {
        vec![("Action", text(action)), ("FunctionName", Node::reference(span, invoked)), ("Principal", text("*")), more]
    };
    let by_url = permission("lambda:InvokeFunctionUrl", ("FunctionUrlAuthType", text("NONE")));
    making.add(resource, format!("{}UrlPublicPermissions", resource.id), "AWS::Lambda::Permission", by_url);
    let yes = Node { span: span.clone(), content: Content::Scalar { text: "true".to_owned(), plain: true } };
    let through_url = permission("lambda:InvokeFunction", ("InvokedViaFunctionUrl", yes));
    making.add(resource, format!("{}URLInvokeAllowPublicAccess", resource.id), "AWS::Lambda::Permission", through_url);
}
