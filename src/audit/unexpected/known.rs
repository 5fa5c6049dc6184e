//! What AWS makes by itself, so that nobody declares it: told by what it is, never by a name that anybody may choose.

use crate::iam::{Policy, Statement};
use crate::model::{Resource, Truth, Value};
use crate::reach::without_delegation;

/// What is left out, in words that follow upon a number, and why.
pub(super) type LeftOut = (&'static str, &'static str);

/// Something that AWS makes.
struct Known {
    type_name: &'static str,
    /// The property that tells.
    field: &'static str,
    is: Is,
    left_out: LeftOut,
}

/// What the property is.
enum Is {
    True,
    Text(&'static str),
    /// A path that begins like this.
    Below(&'static str),
}

/// What is known, each with its source.
const KNOWN: [Known; 5] = [
    // IAM User Guide, "Create a service-linked role": its ARN has the path /aws-service-role/SERVICE/, which nobody else
    // can give to a role.
    Known {
        type_name: "AWS::IAM::Role",
        field: "Path",
        is: Is::Below("/aws-service-role/"),
        left_out: (
            "roles linked to a service",
            "A service of AWS makes and deletes them, and the account can change neither what they may do nor who assumes them.",
        ),
    },
    // IAM Identity Center User Guide, "Referencing permission sets in resource policies": the roles of permission sets are
    // aws-reserved/sso.amazonaws.com/REGION/AWSReservedSSO_NAME_SUFFIX; IAM refuses to change what is below
    // /aws-reserved/.
    Known {
        type_name: "AWS::IAM::Role",
        field: "Path",
        is: Is::Below("/aws-reserved/"),
        left_out: (
            "roles that AWS reserves",
            "IAM Identity Center makes one for each permission set, and they are changed there alone.",
        ),
    },
    // IAM User Guide, "Managed policies and inline policies": those of AWS are in every account and cannot be changed.
    Known {
        type_name: "AWS::IAM::ManagedPolicy",
        field: "AwsManaged",
        is: Is::True,
        left_out: (
            "managed policies of AWS's own",
            "They are in every account. Where one is attached is told as an attached policy.",
        ),
    },
    // API Gateway Developer Guide, "Create a REST API": each has a root resource, which cannot be deleted.
    Known {
        type_name: "AWS::ApiGateway::Resource",
        field: "ResourcePath",
        is: Is::Text("/"),
        left_out: ("root resources", "Every REST API comes with one, and it cannot be deleted."),
    },
    // AWS re:Post, "How do I recreate a deleted Amazon SNS topic subscription": it is listed for up to 72 hours more.
    Known {
        type_name: "AWS::SNS::Subscription",
        field: "Deleted",
        is: Is::True,
        left_out: (
            "deleted subscriptions",
            "SNS lists one for up to three days after it was deleted, and delivers nothing to it.",
        ),
    },
];

/// Whether AWS made `resource`, and what is said of it then. What was not read may say so.
pub(super) fn made_by_aws(resource: &Resource) -> (Truth, Option<&'static LeftOut>, Option<&crate::model::Gap>) {
    let mut unread = None;
    for known in KNOWN.iter().filter(|known| known.type_name == resource.type_name) {
        let value = resource.properties.get(known.field);
        let text = value.as_text();
        let holds = match known.is {
            Is::True => *value == Value::Bool(true),
            Is::Text(wanted) => text.as_deref() == Some(wanted),
            Is::Below(path) => text.is_some_and(|text| text.starts_with(path)),
        };
        if holds {
            return (Truth::True, Some(&known.left_out), None);
        }
        if let Value::Unread(gap) = value {
            unread = Some(&**gap);
        }
    }
    match unread {
        Some(gap) => (Truth::Unknown, None, Some(gap)),
        None => (Truth::False, None, None),
    }
}

/// The statement by which a resource leaves the decision to the IAM policies of its own account: SQS writes one into the
/// policy of each queue that is made in the console (`__owner_statement`; SQS Developer Guide, "Basic examples of Amazon
/// SQS policies"). It lets in nobody by itself (IAM User Guide, "Principal": the account).
const DELEGATION: LeftOut = (
    "statements that leave it to the account's own IAM policies",
    "They let in nobody by themselves; SQS writes one into the policy of a new queue.",
);

/// The statement that SNS writes into the policy of each new topic (`__default_statement_ID`; SNS Developer Guide, "Key
/// concepts": the owner's account alone).
const DEFAULT_OF_TOPICS: LeftOut = (
    "statements that SNS writes for the owner of a topic",
    "They are in the policy of every new topic, and let in the account that owns it.",
);

/// The actions of that statement; older topics have `SNS:Receive` as well.
const OF_THE_OWNER: [&str; 9] = [
    "sns:addpermission",
    "sns:deletetopic",
    "sns:gettopicattributes",
    "sns:listsubscriptionsbytopic",
    "sns:publish",
    "sns:receive",
    "sns:removepermission",
    "sns:settopicattributes",
    "sns:subscribe",
];

/// Whether the one statement of `alone`, which is in the policy of a resource of `account`, is one that AWS writes by
/// itself or that lets in nobody.
pub(super) fn statement(alone: &Policy, account: &str) -> Option<LeftOut> {
    let (direct, delegations) = without_delegation(alone, account);
    if direct.statements.is_empty() && !delegations.is_empty() {
        return Some(DELEGATION);
    }
    alone.statements.iter().all(|statement| is_default_of_topics(statement, account)).then_some(DEFAULT_OF_TOPICS)
}

fn is_default_of_topics(statement: &Statement, account: &str) -> bool {
    let [condition] = statement.conditions.as_slice() else { return false };
    let asks_for_the_owner = condition.operator.as_ref().is_ok_and(|operator| operator.to_string() == "StringEquals")
        && condition.key.eq_ignore_ascii_case("aws:SourceOwner")
        && condition.values == [account];
    let actions = &statement.action;
    let owners = !actions.not && actions.values.iter().all(|a| OF_THE_OWNER.contains(&a.to_ascii_lowercase().as_str()));
    statement.effect == crate::iam::Effect::Allow && asks_for_the_owner && owners
}
