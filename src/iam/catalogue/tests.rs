//! Holds the embedded table to its manifest, and to what AWS documents for the services of the first architecture.

use std::collections::BTreeSet;

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;

const CATALOGUE: Catalogue = Catalogue::embedded();

fn manifest() -> serde_json::Value {
    serde_json::from_str(include_str!("catalogue.json")).expect("the manifest is JSON")
}

fn action(full_name: &str) -> Action {
    CATALOGUE.action(full_name).unwrap_or_else(|| panic!("{full_name} is in the catalogue"))
}

fn key(name: &str) -> ConditionKey {
    CATALOGUE.condition_key(name).unwrap_or_else(|| panic!("{name} is in the catalogue"))
}

/// The resource types as AWS's reference prints them: an asterisk marks a required one.
fn targets(action: Action) -> Vec<String> {
    let mark = |target: Target| if target.is_required() { "*" } else { "" };
    action.resource_types().map(|target| format!("{}{}", target.resource_type(), mark(target))).collect()
}

#[test]
fn the_table_is_the_one_that_the_manifest_describes() {
    let (table, manifest) = (include_bytes!("catalogue.bin"), manifest());
    let hash: String = Sha256::digest(table).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(manifest["table"]["sha256"], hash);
    assert_eq!(manifest["table"]["bytes"], table.len());
    assert!(table.len() < 1_000_000);
    assert_eq!(manifest["date"], CATALOGUE.date());
    assert_eq!(manifest["sources"][0]["version"], CATALOGUE.version());
    let sources = manifest["sources"].as_array().expect("a list");
    for source in sources {
        let named = format!("{} {}", source["name"].as_str().expect("text"), source["version"].as_str().expect("text"));
        assert!(CATALOGUE.source().contains(&named), "{named}");
    }
}

#[test]
fn the_counts_are_those_of_the_manifest() {
    let without = CATALOGUE.actions().filter(|action| action.is_wildcard_only()).count();
    let not_required = |action: &Action| action.resource_types().all(|target| !target.is_required());
    let counted = serde_json::json!({
        "services": CATALOGUE.services().len(),
        "actions": CATALOGUE.actions().count(),
        "actions_without_resource_types": without,
        "actions_with_optional_resource_types_only": CATALOGUE.actions().filter(not_required).count() - without,
        "actions_with_dependent_actions": CATALOGUE.actions().filter(|a| a.dependent_actions().count() > 0).count(),
        "resource_types": CATALOGUE.services().flat_map(Service::resource_types).count(),
        "arn_formats": CATALOGUE.services().flat_map(Service::resource_types).flat_map(ResourceType::arn_formats).count(),
        "condition_keys": CATALOGUE.condition_keys().len(),
        "global_condition_keys": CATALOGUE.condition_keys().filter(|key| key.is_global()).count(),
        "rcp_supported_services": CATALOGUE.services().filter(|service| service.rcp_supported()).count(),
    });
    assert_eq!(manifest()["counts"], counted);
    assert_eq!(CATALOGUE.actions().count(), CATALOGUE.action_count());
}

/// An upstream that loses pages would pass a test that compares a table with its own manifest only.
#[test]
fn nothing_has_fallen_below_what_was_once_there() {
    let least = [
        ("services", 456),
        ("actions", 22_091),
        ("actions_without_resource_types", 6_724),
        ("actions_with_dependent_actions", 1_653),
        ("resource_types", 2_334),
        ("condition_keys", 1_629),
        ("global_condition_keys", 59),
        ("rcp_supported_services", 62),
    ];
    for (name, count) in least {
        let now = manifest()["counts"][name].as_u64().expect("a count");
        assert!(now * 100 >= count * 98, "{name}: {now} of {count}");
    }
}

#[test]
fn every_action_is_found_by_its_place_and_by_its_name() {
    for (index, action) in CATALOGUE.actions().enumerate() {
        assert_eq!(action.id().index(), index);
        assert_eq!(CATALOGUE.action_at(index), Some(action));
        assert_eq!(CATALOGUE.action(&action.full_name()), Some(action));
        assert_eq!(CATALOGUE.action(&action.full_name().to_uppercase()), Some(action));
        assert!(!action.name().is_empty() && !action.name().contains([' ', ':', '*', '?']), "{action}");
        for target in action.resource_types() {
            let name = target.resource_type().name();
            assert_eq!(action.service().resource_type(name), Some(target.resource_type()), "{action} {name}");
            assert!(target.condition_keys().all(|key| !key.name().is_empty()));
        }
        assert!(action.condition_keys().all(|key| !key.name().is_empty()));
        assert!(action.dependent_actions().all(|dependent| dependent != action && !dependent.name().is_empty()));
    }
    assert_eq!(CATALOGUE.action_at(CATALOGUE.action_count()), None);
    assert_eq!(CATALOGUE.action_at(usize::MAX), None);
}

#[test]
fn every_service_and_resource_type_is_found_by_its_name() {
    let mut before = None;
    for service in CATALOGUE.services() {
        assert!(before < Some(service.prefix()), "{service:?} is out of order");
        before = Some(service.prefix());
        assert_eq!(CATALOGUE.service(service.prefix()), Some(service));
        assert!(!service.name().is_empty());
        assert!(service.actions().all(|action| action.service() == service && action.prefix() == service.prefix()));
        for each in service.resource_types() {
            assert_eq!(CATALOGUE.resource_type(service.prefix(), each.name()), Some(each));
            assert!(each.condition_keys().all(|key| !key.name().is_empty()));
            assert!(each.arn_formats().next().is_some(), "{service} {each}");
            for format in each.arn_formats() {
                let example = format.example("aws", "us-east-1", "111122223333");
                let sound = example.starts_with("arn:aws:") && example.split(':').count() >= 6;
                assert!(sound && !example.contains(['$', '{', '}', '*', ' ', ',']), "{service} {each}: {example}");
            }
        }
    }
}

#[test]
fn every_condition_key_is_found_by_its_name() {
    for key in CATALOGUE.condition_keys() {
        assert_eq!(CATALOGUE.condition_key(key.name()), Some(key));
        assert_eq!(CATALOGUE.condition_key(&key.name().to_lowercase()), Some(key));
    }
    let listed = CATALOGUE.services().flat_map(Service::condition_keys).collect::<BTreeSet<_>>();
    assert!(listed.len() > 1_500);
}

/// Level, resource types and the ARN of the first, from the service authorization reference.
#[test]
fn the_actions_of_the_first_architecture_are_as_documented() {
    use AccessLevel::{List, Read, Write};
    const TABLE: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}";
    const STREAM: &str = "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}/stream/${StreamLabel}";
    const TOPIC: &str = "arn:${Partition}:sns:${Region}:${Account}:${TopicName}";
    const QUEUE: &str = "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}";
    const FUNCTION: &str = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}";
    const GROUP: &str = "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}";
    const LOG: &str =
        "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:${LogStreamName}";
    let cases: [(&str, AccessLevel, &[&str], &str); 30] = [
        ("dynamodb:PutItem", Write, &["table*"], TABLE),
        ("dynamodb:DescribeTable", Read, &["table*"], TABLE),
        ("dynamodb:GetShardIterator", Read, &["stream*"], STREAM),
        ("dynamodb:DescribeStream", Read, &["stream*"], STREAM),
        ("dynamodb:GetRecords", Read, &["stream*"], STREAM),
        ("dynamodb:ListStreams", Read, &[], ""),
        ("dynamodb:ListTables", List, &[], ""),
        ("sns:Publish", Write, &["topic*"], TOPIC),
        ("sns:GetTopicAttributes", Read, &["topic*"], TOPIC),
        ("sns:ListTopics", List, &[], ""),
        ("sqs:DeleteMessage", Write, &["queue*"], QUEUE),
        ("sqs:ReceiveMessage", Read, &["queue*"], QUEUE),
        ("sqs:GetQueueAttributes", Read, &["queue*"], QUEUE),
        ("sqs:ChangeMessageVisibility", Write, &["queue*"], QUEUE),
        ("sqs:SendMessage", Write, &["queue*"], QUEUE),
        ("sqs:ListQueues", Read, &[], ""),
        ("lambda:InvokeFunction", Write, &["function*"], FUNCTION),
        (
            "execute-api:Invoke",
            Write,
            &["execute-api-domain", "execute-api-general"],
            "arn:${Partition}:execute-api:${Region}:${Account}:/domainnames/${DomainName}+${DomainIdentifier}",
        ),
        ("logs:CreateLogGroup", Write, &["log-group*"], GROUP),
        ("logs:CreateLogStream", Write, &["log-stream*"], LOG),
        ("logs:PutLogEvents", Write, &["log-stream*"], LOG),
        ("logs:GetLogEvents", Read, &["log-stream*"], LOG),
        ("logs:DeleteLogStream", Write, &["log-stream*"], LOG),
        ("logs:DescribeLogStreams", List, &["log-group*"], GROUP),
        ("logs:FilterLogEvents", Read, &["log-group*"], GROUP),
        ("logs:PutRetentionPolicy", Write, &["log-group*"], GROUP),
        ("logs:StartQuery", Read, &["log-group*"], GROUP),
        ("logs:DescribeLogGroups", List, &[], ""),
        ("logs:PutResourcePolicy", AccessLevel::PermissionsManagement, &[], ""),
        ("logs:StopQuery", Read, &[], ""),
    ];
    for (name, level, types, arn) in cases {
        let action = action(name);
        assert_eq!(action.full_name(), name);
        assert_eq!(
            (action.access_level(), targets(action)),
            (level, types.iter().map(|t| (*t).to_owned()).collect()),
            "{name}"
        );
        assert_eq!(action.is_wildcard_only(), arn.is_empty(), "{name}");
        let formats = |target: Target| target.resource_type().arn_formats().map(|format| format.to_string()).collect();
        let first: Vec<String> = action.resource_types().next().map_or_else(Vec::new, formats);
        let wanted = if arn.is_empty() { vec![] } else { vec![arn] };
        assert_eq!(first, wanted, "{name}");
    }
}

#[test]
fn the_actions_without_resource_types_are_as_counted_by_hand() {
    let expected = [
        ("apigateway", 0, 44),
        ("dynamodb", 13, 79),
        ("execute-api", 0, 3),
        ("iam", 47, 190),
        ("lambda", 16, 119),
        ("logs", 57, 133),
        ("sns", 23, 41),
        ("sqs", 1, 20),
        ("sts", 8, 16),
    ];
    for (prefix, without, all) in expected {
        let service = CATALOGUE.service(prefix).expect("in the catalogue");
        let counted = service.actions().filter(|action| action.is_wildcard_only()).count();
        assert_eq!((counted, service.actions().count()), (without, all), "{prefix}");
    }
    let log_actions = ["DescribeDestinations", "DescribeExportTasks", "DescribeResourcePolicies", "DescribeQueries"];
    let more = ["GetLogFields", "TestMetricFilter", "CreateLogDelivery", "ListLogDeliveries"];
    assert!(log_actions.iter().chain(&more).all(|name| action(&format!("logs:{name}")).is_wildcard_only()));
}

#[test]
fn api_gateway_has_the_resource_types_of_both_its_pages() {
    let types = targets(action("apigateway:GET"));
    for name in ["RestApi", "RestApis", "ApiKeys", "Api", "Apis", "Routes", "Stage"] {
        assert!(types.iter().any(|each| each == name), "{name} in {types:?}");
    }
    let forms = |name| {
        let known = CATALOGUE.resource_type("apigateway", name).expect("known");
        known.arn_formats().map(|format| format.resource()).collect::<Vec<_>>()
    };
    assert_eq!(forms("restapi"), ["/restapis/${RestApiId}"]);
    assert_eq!(forms("Api"), ["/apis/${ApiId}"]);
    assert_eq!(forms("Stage"), ["/apis/${ApiId}/stages/${StageName}", "/restapis/${RestApiId}/stages/${StageName}"]);
}

#[test]
fn permissions_management_is_told_from_writing() {
    for name in ["lambda:AddPermission", "sqs:SetQueueAttributes", "iam:AttachRolePolicy", "kms:PutKeyPolicy"] {
        assert_eq!(action(name).access_level(), AccessLevel::PermissionsManagement, "{name}");
    }
    assert_eq!(action("ec2:CreateTags").access_level(), AccessLevel::Tagging);
    assert_eq!(action("iam:PassRole").access_level(), AccessLevel::Write);
    assert_eq!(AccessLevel::PermissionsManagement.to_string(), "Permissions management");
}

#[test]
fn dependent_actions_name_actions() {
    let dependents = |name| action(name).dependent_actions().map(Action::full_name).collect::<Vec<_>>();
    assert!(dependents("rds:CreateDBInstance").contains(&"iam:PassRole".to_owned()));
    assert!(dependents("sqs:SendMessage").is_empty());
}

#[test]
fn the_global_condition_keys_have_their_documented_types() {
    use ValueType::{Arn, Bool, Date, IpAddress, Numeric, String};
    let single = [
        (
            Arn,
            &[
                "aws:PrincipalArn",
                "aws:SourceArn",
                "aws:SourceVpcArn",
                "aws:ChatbotSourceArn",
                "lambda:SourceFunctionArn",
            ][..],
        ),
        (
            String,
            &[
                "aws:PrincipalAccount",
                "aws:PrincipalOrgID",
                "aws:PrincipalTag/team",
                "aws:PrincipalType",
                "aws:userid",
                "aws:username",
                "aws:SourceVpc",
                "aws:SourceVpce",
                "aws:ResourceAccount",
                "aws:ResourceOrgID",
                "aws:ResourceTag/team",
                "aws:RequestTag/team",
                "aws:RequestedRegion",
                "aws:SourceAccount",
                "aws:SourceOrgID",
                "aws:SourceOwner",
                "aws:CalledViaFirst",
                "aws:CalledViaLast",
                "aws:referer",
                "aws:UserAgent",
                "aws:PrincipalServiceName",
                "aws:SourceIdentity",
                "identitystore:UserId",
            ],
        ),
        (
            Bool,
            &["aws:SecureTransport", "aws:MultiFactorAuthPresent", "aws:PrincipalIsAWSService", "aws:ViaAWSService"],
        ),
        (Numeric, &["aws:MultiFactorAuthAge"]),
        (Date, &["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"]),
        (IpAddress, &["aws:SourceIp", "aws:VpcSourceIp", "aws:Ec2InstanceSourcePrivateIPv4"]),
    ];
    for (wanted, names) in single {
        for name in names {
            let key = key(name);
            assert_eq!((key.value_type(), key.is_multivalued(), key.is_global()), (wanted, false, true), "{name}");
        }
    }
    let multivalued: BTreeSet<_> = CATALOGUE
        .condition_keys()
        .filter(|key| key.is_global() && key.is_multivalued())
        .inspect(|key| assert_eq!(key.value_type(), String, "{key}"))
        .map(ConditionKey::name)
        .collect();
    let wanted = [
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    ];
    assert_eq!(multivalued, BTreeSet::from(wanted));
}

/// All that occur: a new one makes the script fail, and belongs here.
#[test]
fn the_types_of_condition_keys_are_these() {
    let kinds: BTreeSet<_> = CATALOGUE.condition_keys().map(|key| (key.value_type(), key.is_multivalued())).collect();
    let wanted = [
        (ValueType::String, false),
        (ValueType::String, true),
        (ValueType::Arn, false),
        (ValueType::Arn, true),
        (ValueType::Bool, false),
        (ValueType::Bool, true),
        (ValueType::Numeric, false),
        (ValueType::Date, false),
        (ValueType::IpAddress, false),
    ];
    assert_eq!(kinds, BTreeSet::from(wanted));
}

#[test]
fn condition_keys_with_a_placeholder_are_found() {
    let cases = [
        ("AWS:requesttag/Team", Some("aws:RequestTag/${TagKey}")),
        ("aws:RequestTag/${TagKey}", Some("aws:RequestTag/${TagKey}")),
        ("aws:RequestTag/", None),
        ("aws:RequestTag", None),
        ("aws:PrincipalTag/a/b", Some("aws:PrincipalTag/${TagKey}")),
        ("s3:ExistingObjectTag/class", Some("s3:ExistingObjectTag/<key>")),
        ("kms:EncryptionContext:aws:s3:arn", Some("kms:EncryptionContext:${EncryptionContextKey}")),
        ("events:metadata/x", Some("events:metadata/${MetadataKey}")),
        ("events:metadata/x/matcher", Some("events:metadata/${MetadataKey}/matcher")),
        ("token.actions.githubusercontent.com:sub", None),
        ("aws:SourceArn", Some("aws:SourceArn")),
        ("aws:Nonsense", None),
        ("", None),
    ];
    for (name, wanted) in cases {
        let found = CATALOGUE.condition_key(name).map(ConditionKey::name);
        assert_eq!(found.map(str::to_lowercase), wanted.map(str::to_lowercase), "{name}");
    }
    assert!(key("cognito-identity.amazonaws.com:amr").is_multivalued());
}

#[test]
fn patterns_name_actions() {
    let names = |pattern: &str| CATALOGUE.matching(pattern).map(Action::full_name).collect::<Vec<_>>();
    assert_eq!(names("sqs:send*"), ["sqs:SendMessage"]);
    assert_eq!(names("SQS:?endMessage"), ["sqs:SendMessage"]);
    assert_eq!(names("sqs:SendMessage"), ["sqs:SendMessage"]);
    assert_eq!(names("sqs:*Visibility"), ["sqs:ChangeMessageVisibility"]);
    assert_eq!(names("sq?:SendMessage"), ["sqs:SendMessage"]);
    assert_eq!(names("sqs:*").len(), 20);
    for all in ["*", "**", "*:*"] {
        assert!(CATALOGUE.matching(all).eq(CATALOGUE.actions()), "{all}");
    }
    for none in ["", "sqs", "sqs*", "sqs:", "sqs:Send", "sqs:SendMessage ", " sqs:SendMessage", "nosuch:*", ":*", "?"] {
        assert_eq!(names(none), Vec::<String>::new(), "{none}");
    }
}

#[test]
fn the_nearest_name_is_suggested() {
    let near = |action| CATALOGUE.near(action).map(|near| near.to_string());
    assert_eq!(near("sqs:SendMesage").as_deref(), Some("sqs:SendMessage"));
    assert_eq!(near("SQS:sendmessages").as_deref(), Some("sqs:SendMessage"));
    assert_eq!(near("dynamobd:PutItem").as_deref(), Some("dynamodb:PutItem"));
    assert_eq!(near("dynamobd:SomethingElse").as_deref(), Some("dynamodb"));
    assert_eq!(near("sqs:BrewSomeCoffee"), None);
    assert_eq!(near("nothinglikethis:Get"), None);
    assert_eq!(near("SendMessage"), None);
    assert_eq!(near(&format!("sqs:{}", "a".repeat(1_000_000))), None);
}

#[test]
fn resource_control_policies_apply_to_some_services() {
    for prefix in ["s3", "sts", "kms", "SQS", "secretsmanager", "dynamodb", "logs"] {
        assert!(CATALOGUE.rcp_supported(prefix), "{prefix}");
    }
    for prefix in ["lambda", "sns", "iam", "ec2", "nosuch", ""] {
        assert!(!CATALOGUE.rcp_supported(prefix), "{prefix}");
    }
}

/// Anything that a policy may hold, with a bias to what gets past the first look-up.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z*?]{0,8}:[A-Za-z*?é\u{0}]{0,20}",
        "(sqs|s3|iam|ec2):[A-Z*?][a-z*?]{0,6}[*?]{0,3}",
        "(aws|s3|events|kms):[A-Za-z]{0,12}[/:][\\PC]{0,8}",
        "arn:\\$\\{[A-Za-zß]{0,9}\\}?:[*${}:]{0,9}",
    ]
}

proptest! {
    #[test]
    fn hostile_names_are_looked_up_without_a_panic(name in hostile()) {
        if let Some(found) = CATALOGUE.action(&name) {
            prop_assert!(found.full_name().eq_ignore_ascii_case(&name));
        }
        let _ = (CATALOGUE.service(&name), CATALOGUE.resource_type(&name, &name), CATALOGUE.resource_type("sqs", &name));
        let _ = (CATALOGUE.condition_key(&name), CATALOGUE.near(&name), CATALOGUE.rcp_supported(&name));
        let _ = example_arn(&name, &name, &name, &name);
        for found in CATALOGUE.matching(&name) {
            prop_assert_eq!(CATALOGUE.action(&found.full_name()), Some(found));
        }
    }

    /// The neighbours that the pattern's beginning selects are all that match.
    #[test]
    fn a_pattern_finds_what_reading_every_action_finds(name in "(sqs|s[nq]s|iam|\\*|s?):[A-Za-z*?]{1,4}\\*?") {
        let (prefix, rest) = name.split_once(':').expect("a colon");
        let all = CATALOGUE.actions().filter(|action| plain(prefix, action.prefix()) && plain(rest, action.name()));
        prop_assert!(CATALOGUE.matching(&name).eq(all), "{}", name);
    }
}

/// The shortest correct glob there is, slow as it is.
fn plain(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => plain(&pattern[1..], text) || (!text.is_empty() && plain(pattern, &text[1..])),
        Some(c) => {
            text.starts_with(|first: char| c == '?' || c.eq_ignore_ascii_case(&first))
                && plain(&pattern[1..], &text[1..])
        }
    }
}
