//! The property `Policies` of a function: names of managed policies, documents, and SAM's policy templates.

use super::{Making, unknown};
use crate::intent::template::build::Resource;
use crate::intent::template::node::Node;
use crate::rules::{Span, closest};

/// What the role that is made for a function is given.
#[derive(Default)]
pub(super) struct Grants {
    /// ARNs of managed policies, perhaps more than once.
    pub(super) managed: Vec<Node>,
    /// Inline policies: names and documents.
    pub(super) inline: Vec<(String, Node)>,
}

/// Managed policies of AWS that functions are given and that stand under `service-role/`. All others that are named
/// here by name alone stand at the root.
const SERVICE_ROLE: [&str; 10] = [
    "AWSLambdaBasicExecutionRole",
    "AWSLambdaDynamoDBExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaKinesisExecutionRole",
    "AWSLambdaMSKExecutionRole",
    "AWSLambdaRole",
    "AWSLambdaSQSQueueExecutionRole",
    "AWSLambdaVPCAccessExecutionRole",
    "AmazonAPIGatewayPushToCloudWatchLogs",
    "AmazonS3ObjectLambdaExecutionRolePolicy",
];

/// Managed policies of AWS that functions are often given and that stand at the root.
const ROOT: [&str; 24] = [
    "AWSLambdaInvocation-DynamoDB",
    "AWSLambda_FullAccess",
    "AWSLambda_ReadOnlyAccess",
    "AWSStepFunctionsFullAccess",
    "AWSXRayDaemonWriteAccess",
    "AWSXrayFullAccess",
    "AWSXrayReadOnlyAccess",
    "AWSXrayWriteOnlyAccess",
    "AdministratorAccess",
    "AmazonDynamoDBFullAccess",
    "AmazonDynamoDBFullAccess_v2",
    "AmazonDynamoDBReadOnlyAccess",
    "AmazonEventBridgeFullAccess",
    "AmazonKinesisFullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSESFullAccess",
    "AmazonSNSFullAccess",
    "AmazonSNSReadOnlyAccess",
    "AmazonSQSFullAccess",
    "AmazonSQSReadOnlyAccess",
    "AmazonSSMReadOnlyAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "SecretsManagerReadWrite",
];

/// A policy template of SAM: its name, its parameters, and its statements: actions and resources, in which `{Name}` is
/// a parameter.
struct Template {
    name: &'static str,
    parameters: &'static [&'static str],
    statements: &'static [(&'static [&'static str], &'static [&'static str])],
}

const TABLE: &str = "dynamodb:R:A:table/{TableName}";
const INDEXES: &str = "dynamodb:R:A:table/{TableName}/index/*";
const QUEUE: &str = "sqs:R:A:{QueueName}";
const BUCKET: &str = "s3:::{BucketName}";
const OBJECTS: &str = "s3:::{BucketName}/*";

/// The policy templates. Source: "AWS SAM policy template list" in the SAM developer guide. Resources are written
/// without `arn:` and the partition; `R` and `A` stand for the region and the account.
const TEMPLATES: [Template; 24] = [
    Template {
        name: "AWSSecretsManagerGetSecretValuePolicy",
        parameters: &["SecretArn"],
        statements: &[(&["secretsmanager:GetSecretValue"], &["={SecretArn}"])],
    },
    Template {
        name: "CloudWatchPutMetricPolicy",
        parameters: &[],
        statements: &[(&["cloudwatch:PutMetricData"], &["*"])],
    },
    Template {
        name: "DynamoDBCrudPolicy",
        parameters: &["TableName"],
        statements: &[(
            &[
                "dynamodb:GetItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:Scan",
                "dynamodb:Query",
                "dynamodb:UpdateItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:BatchGetItem",
                "dynamodb:DescribeTable",
                "dynamodb:ConditionCheckItem",
            ],
            &[TABLE, INDEXES],
        )],
    },
    Template {
        name: "DynamoDBReadPolicy",
        parameters: &["TableName"],
        statements: &[(
            &["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"],
            &[TABLE, INDEXES],
        )],
    },
    Template {
        name: "DynamoDBReconfigurePolicy",
        parameters: &["TableName"],
        statements: &[(&["dynamodb:UpdateTable"], &[TABLE])],
    },
    Template {
        name: "DynamoDBStreamReadPolicy",
        parameters: &["TableName", "StreamName"],
        statements: &[
            (
                &["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
                &["dynamodb:R:A:table/{TableName}/stream/{StreamName}"],
            ),
            (&["dynamodb:ListStreams"], &["dynamodb:R:A:table/{TableName}/stream/*"]),
        ],
    },
    Template {
        name: "DynamoDBWritePolicy",
        parameters: &["TableName"],
        statements: &[(&["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:BatchWriteItem"], &[TABLE, INDEXES])],
    },
    Template {
        name: "EventBridgePutEventsPolicy",
        parameters: &["EventBusName"],
        statements: &[(&["events:PutEvents"], &["events:R:A:event-bus/{EventBusName}"])],
    },
    Template {
        name: "FilterLogEventsPolicy",
        parameters: &["LogGroupName"],
        statements: &[(&["logs:FilterLogEvents"], &["logs:R:A:log-group:{LogGroupName}:log-stream:*"])],
    },
    Template {
        name: "KMSDecryptPolicy",
        parameters: &["KeyId"],
        statements: &[(&["kms:Decrypt"], &["kms:R:A:key/{KeyId}"])],
    },
    Template {
        name: "KMSEncryptPolicy",
        parameters: &["KeyId"],
        statements: &[(&["kms:Encrypt"], &["kms:R:A:key/{KeyId}"])],
    },
    Template {
        name: "KinesisStreamReadPolicy",
        parameters: &["StreamName"],
        statements: &[
            (&["kinesis:ListStreams", "kinesis:DescribeLimits"], &["kinesis:R:A:stream/*"]),
            (
                &[
                    "kinesis:DescribeStream",
                    "kinesis:DescribeStreamSummary",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                ],
                &["kinesis:R:A:stream/{StreamName}"],
            ),
        ],
    },
    Template {
        name: "LambdaInvokePolicy",
        parameters: &["FunctionName"],
        statements: &[(&["lambda:InvokeFunction"], &["lambda:R:A:function:{FunctionName}*"])],
    },
    Template {
        name: "S3CrudPolicy",
        parameters: &["BucketName"],
        statements: &[(
            &[
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:PutObject",
                "s3:PutObjectAcl",
                "s3:GetLifecycleConfiguration",
                "s3:PutLifecycleConfiguration",
                "s3:DeleteObject",
            ],
            &[BUCKET, OBJECTS],
        )],
    },
    Template {
        name: "S3ReadPolicy",
        parameters: &["BucketName"],
        statements: &[(
            &[
                "s3:GetObject",
                "s3:ListBucket",
                "s3:GetBucketLocation",
                "s3:GetObjectVersion",
                "s3:GetLifecycleConfiguration",
            ],
            &[BUCKET, OBJECTS],
        )],
    },
    Template {
        name: "S3WritePolicy",
        parameters: &["BucketName"],
        statements: &[(&["s3:PutObject", "s3:PutObjectAcl", "s3:PutLifecycleConfiguration"], &[BUCKET, OBJECTS])],
    },
    Template {
        name: "SESCrudPolicy",
        parameters: &["IdentityName"],
        statements: &[(
            &["ses:GetIdentityVerificationAttributes", "ses:SendEmail", "ses:SendRawEmail", "ses:VerifyEmailIdentity"],
            &["ses:R:A:identity/{IdentityName}"],
        )],
    },
    Template {
        name: "SNSCrudPolicy",
        parameters: &["TopicName"],
        statements: &[(
            &[
                "sns:ListSubscriptionsByTopic",
                "sns:CreateTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:Publish",
            ],
            &["sns:R:A:{TopicName}*"],
        )],
    },
    Template {
        name: "SNSPublishMessagePolicy",
        parameters: &["TopicName"],
        statements: &[(&["sns:Publish"], &["sns:R:A:{TopicName}"])],
    },
    Template {
        name: "SQSPollerPolicy",
        parameters: &["QueueName"],
        statements: &[(
            &[
                "sqs:ChangeMessageVisibility",
                "sqs:ChangeMessageVisibilityBatch",
                "sqs:DeleteMessage",
                "sqs:DeleteMessageBatch",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ],
            &[QUEUE],
        )],
    },
    Template {
        name: "SQSSendMessagePolicy",
        parameters: &["QueueName"],
        statements: &[(&["sqs:SendMessage*"], &[QUEUE])],
    },
    Template {
        name: "SSMParameterReadPolicy",
        parameters: &["ParameterName"],
        statements: &[
            (&["ssm:DescribeParameters"], &["*"]),
            (
                &["ssm:GetParameters", "ssm:GetParameter", "ssm:GetParametersByPath"],
                &["ssm:R:A:parameter/{ParameterName}"],
            ),
        ],
    },
    Template {
        name: "StepFunctionsExecutionPolicy",
        parameters: &["StateMachineName"],
        statements: &[(&["states:StartExecution"], &["states:R:A:stateMachine:{StateMachineName}"])],
    },
    Template {
        name: "VPCAccessPolicy",
        parameters: &[],
        statements: &[(
            &[
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DetachNetworkInterface",
            ],
            &["*"],
        )],
    },
];

/// Adds what `policies` grant to `grants`.
pub(super) fn read(making: &mut Making<'_>, resource: &Resource, policies: &Node, grants: &mut Grants) {
    let one = [policies.clone()];
    let all = policies.items().unwrap_or(&one);
    for (number, policy) in all.iter().enumerate() {
        let name = format!("{}RolePolicy{number}", resource.id);
        if let Some(text) = policy.as_text() {
            grants.managed.push(managed_or_unknown(&policy.span, text));
        } else if policy.intrinsic().is_some_and(|(function, _)| function == "Fn::If") {
            // Either side may be a name, a document or a template.
            grants.managed.push(unknown(&policy.span));
            making.leave(resource, "a policy under Fn::If", "which policy it is, is not worked out");
        } else if policy.intrinsic().is_some() {
            grants.managed.push(policy.clone());
        } else if policy.get("Statement").is_some() {
            grants.inline.push((name, policy.clone()));
        } else if let [entry] = policy.entries() {
            match TEMPLATES.iter().find(|template| template.name == entry.key) {
                Some(template) => {
                    for parameter in template.parameters {
                        if entry.value.get(parameter).is_none() {
                            let message = format!("the policy template {} needs `{parameter}`", template.name);
                            making.diagnostics.error("missing-field", &entry.key_span, message);
                        }
                    }
                    for given in entry.value.entries() {
                        if !template.parameters.contains(&given.key.as_str()) {
                            let message = format!("the policy template {} takes no `{}`", template.name, given.key);
                            let error = making.diagnostics.error("unknown-field", &given.key_span, message);
                            error.did_you_mean(&given.key, template.parameters.iter().copied());
                        }
                    }
                    grants.inline.push((name, document(template, &entry.value, &policy.span)));
                }
                None => {
                    grants.inline.push((name, unknown(&policy.span)));
                    let near = closest(&entry.key, TEMPLATES.iter().map(|template| template.name));
                    let near = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
                    let why = format!("what this policy template of SAM grants is not known here{near}");
                    making.leave(resource, &entry.key, &why);
                }
            }
        } else if !policy.is_nothing() {
            making.diagnostics.error(
                "wrong-type",
                &policy.span,
                format!("a policy is a name, a document, or one policy template, and this is {}", policy.noun()),
            );
        }
    }
}

/// The document of a policy template.
fn document(template: &Template, given: &Node, span: &Span) -> Node {
    let statements = template.statements.iter().map(|(actions, resources)| {
        let actions = actions.iter().map(|action| Node::text(span, *action)).collect();
        let mut resources: Vec<Node> = resources.iter().map(|resource| arn(resource, template, given, span)).collect();
        let resources = match resources.len() {
            1 => resources.swap_remove(0),
            _ => Node::list(span, resources),
        };
        Node::map(
            span,
            vec![("Action", Node::list(span, actions)), ("Effect", Node::text(span, "Allow")), ("Resource", resources)],
        )
    });
    Node::map(span, vec![("Statement", Node::list(span, statements.collect()))])
}

/// A resource of a policy template with its parameters put in.
fn arn(resource: &str, template: &Template, given: &Node, span: &Span) -> Node {
    if resource == "*" {
        return Node::text(span, "*");
    }
    let whole = match resource.strip_prefix('=') {
        Some(as_it_is) => as_it_is.to_owned(),
        None => {
            let placed = resource.replacen(":R:A:", ":${AWS::Region}:${AWS::AccountId}:", 1);
            format!("arn:${{AWS::Partition}}:{placed}")
        }
    };
    let mut text = whole;
    let mut variables = Vec::new();
    for parameter in template.parameters {
        text = text.replace(&format!("{{{parameter}}}"), &format!("${{{parameter}}}"));
        if let Some(value) = given.get(parameter) {
            variables.push((*parameter, value.clone()));
        }
    }
    Node::map(span, vec![("Fn::Sub", Node::list(span, vec![Node::text(span, text), Node::map(span, variables)]))])
}

/// The ARN of a policy that AWS manages.
pub(super) fn managed(span: &Span, name: &str) -> Node {
    let folder = if SERVICE_ROLE.contains(&name) { "service-role/" } else { "" };
    Node::sub(span, format!("arn:${{AWS::Partition}}:iam::aws:policy/{folder}{name}"))
}

/// The ARN of the policy that `text` names, if it is one, or one that is known here by its name.
fn managed_or_unknown(span: &Span, text: &str) -> Node {
    if text.starts_with("arn:") {
        return Node::text(span, text);
    }
    if SERVICE_ROLE.contains(&text) || ROOT.contains(&text) { managed(span, text) } else { unknown(span) }
}

/// What the role must be allowed to hand a record to a destination of this type.
pub(super) fn action_to(kind: &str) -> Option<&'static str> {
    match kind {
        "SQS" => Some("sqs:SendMessage"),
        "SNS" => Some("sns:Publish"),
        "Lambda" => Some("lambda:InvokeFunction"),
        "EventBridge" => Some("events:PutEvents"),
        _ => None,
    }
}

/// A document that allows one action on one resource.
pub(super) fn allow(span: &Span, action: &str, resource: &Node, version: bool) -> Node {
    let text = |text: &str| Node::text(span, text);
    let statement =
        Node::map(span, vec![("Action", text(action)), ("Effect", text("Allow")), ("Resource", resource.clone())]);
    let mut document = vec![("Statement", Node::list(span, vec![statement]))];
    if version {
        document.push(("Version", text("2012-10-17")));
    }
    Node::map(span, document)
}
