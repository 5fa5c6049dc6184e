//! The calls that a set of needs takes from IAM.

use super::{DETAILS, GROUP, MANAGED_POLICY, OPERATIONS, ROLE, USER};
use crate::model::{Call, Condition, Needs, PlannedCall, Wanted};
use crate::services::planned;

/// The kinds of entity that GetAccountAuthorizationDetails is asked for, by the names its filter has for them.
///
/// The attached policies of AWS's own are not among them: with that filter the answer may hold every policy that AWS
/// has ever written, and without it those that matter can be fetched by ARN.
pub(super) fn details_filter(needs: &Needs) -> Vec<&'static str> {
    let policies = needs.of(MANAGED_POLICY, "");
    let attachments = policies.is_some_and(wants_attachments);
    let mut filter = Vec::new();
    for (type_name, entity) in [(GROUP, "Group"), (ROLE, "Role"), (USER, "User")] {
        if attachments || needs.of(type_name, "").is_some() {
            filter.push(entity);
        }
    }
    if policies.is_some() {
        filter.push("LocalManagedPolicy");
    }
    filter
}

/// Whether it must be known what every policy is attached to: to find AWS's own, or because a rule asks.
pub(super) fn wants_attachments(policies: &Wanted) -> bool {
    policies.all.is_some() || ["Groups", "Roles", "Users"].iter().any(|field| policies.wants(field))
}

/// The calls by name that take the place of GetAccountAuthorizationDetails for one principal: the operation, and the
/// field it reads (none: needed for any).
pub(super) struct ByName {
    pub(super) type_name: &'static str,
    pub(super) noun: &'static str,
    pub(super) list: &'static str,
    pub(super) get: &'static str,
    pub(super) reads: &'static [(&'static str, &'static str)],
}

/// The three kinds of principal and the calls that read one by its name.
pub(super) const BY_NAME: [ByName; 3] = [
    ByName {
        type_name: GROUP,
        noun: "group",
        list: "ListGroups",
        get: "GetGroup",
        reads: &[
            ("ListAttachedGroupPolicies", "ManagedPolicyArns"),
            ("ListGroupPolicies", "Policies"),
            ("GetGroupPolicy", "Policies"),
        ],
    },
    ByName {
        type_name: ROLE,
        noun: "role",
        list: "ListRoles",
        get: "GetRole",
        reads: &[
            ("ListAttachedRolePolicies", "ManagedPolicyArns"),
            ("ListRolePolicies", "Policies"),
            ("GetRolePolicy", "Policies"),
        ],
    },
    ByName {
        type_name: USER,
        noun: "user",
        list: "ListUsers",
        get: "GetUser",
        reads: &[
            ("ListAttachedUserPolicies", "ManagedPolicyArns"),
            ("ListGroupsForUser", "Groups"),
            ("ListUserPolicies", "Policies"),
            ("GetUserPolicy", "Policies"),
        ],
    },
];

pub(super) fn plan(needs: &Needs) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    let mut add = |operation: &str, subject: &str, condition: Condition| {
        calls.push(planned(&OPERATIONS, Call::new("iam", operation, "", subject), condition));
    };
    if details_filter(needs).is_empty() {
        return calls;
    }
    add(DETAILS, "", Condition::Always);
    add(DETAILS, "further pages", Condition::FurtherPages);
    let refused = || Condition::Fallback(format!("iam:{DETAILS}"));
    for kind in &BY_NAME {
        let Some(wanted) = needs.of(kind.type_name, "") else { continue };
        let alone = super::KINDS
            .iter()
            .filter(|k| k.type_name == kind.type_name)
            .flat_map(|k| k.fields())
            .filter(|field| field.read_by.as_deref() == Some(kind.get));
        for field in alone {
            if wanted.all.iter().flatten().any(|name| *name == field.name) {
                add(kind.get, &format!("each {}", kind.noun), Condition::ForEach(kind.noun.to_owned()));
            }
            for name in wanted.named.iter().filter(|(_, fields)| fields.contains(&field.name)).map(|(name, _)| name) {
                add(kind.get, name, Condition::IfPresent(format!("the {} exists", kind.noun)));
            }
        }
        if let Some(fields) = &wanted.all {
            let each = format!("each {}", kind.noun);
            add(kind.list, "", refused());
            add(kind.get, &each, refused());
            for (operation, _) in kind.reads.iter().filter(|(_, field)| fields.contains(*field)) {
                add(operation, &each, refused());
            }
        }
        for (name, fields) in &wanted.named {
            add(kind.get, name, refused());
            for (operation, _) in kind.reads.iter().filter(|(_, field)| fields.contains(*field)) {
                add(operation, name, refused());
            }
        }
    }
    if let Some(fields) = needs.of(ROLE, "").and_then(|roles| roles.reached.as_ref()) {
        let each = "each role that a function or an integration acts as";
        for kind in BY_NAME.iter().filter(|kind| kind.type_name == ROLE) {
            add(kind.get, each, refused());
            for (operation, _) in kind.reads.iter().filter(|(_, field)| fields.contains(*field)) {
                add(operation, each, refused());
            }
        }
    }
    if let Some(wanted) = needs.of(MANAGED_POLICY, "") {
        add("ListPolicies", "", refused());
        if let Some(fields) = &wanted.all {
            let aws = Condition::ForEach("attached policy that AWS manages".to_owned());
            add("GetPolicy", "each attached policy that AWS manages", aws.clone());
            if fields.contains("PolicyDocument") {
                add("GetPolicyVersion", "each attached policy that AWS manages", aws);
                add("GetPolicyVersion", "each policy of the account", refused());
            }
            if fields.contains("Description") || fields.contains("Tags") {
                add("GetPolicy", "each policy", Condition::ForEach("policy".to_owned()));
            }
        }
        if let Some(fields) = &wanted.reached {
            let (those, aws) = ("each policy of a principal", "each AWS managed policy of a principal");
            let each = Condition::ForEach("AWS managed policy".to_owned());
            add("GetPolicy", aws, each.clone());
            if fields.contains("PolicyDocument") {
                add("GetPolicyVersion", aws, each);
                add("GetPolicyVersion", those, refused());
            }
        }
        for (name, fields) in &wanted.named {
            if fields.contains("Description") || fields.contains("Tags") {
                add("GetPolicy", name, Condition::IfPresent("the policy exists".to_owned()));
            }
            if fields.contains("PolicyDocument") {
                add("GetPolicyVersion", name, refused());
            }
        }
    }
    calls
}
