//! What a recording leaves out of the answers: what people wrote for themselves and no rule names.
//!
//! A tag is dropped with its key, since both are free text; the head of the recording says for which types. A text that
//! may be a secret is replaced in place, as [`Disclosure`] says, so that what is left has the form of an answer.

use super::xml;
use crate::model::Disclosure;
use crate::services::{iam, sqs};
use std::collections::BTreeSet;

/// What a recording may keep of what people wrote for themselves.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The types of resource whose tags are kept.
    pub(crate) tags: BTreeSet<String>,
    /// The texts that are kept.
    pub(crate) disclosure: Disclosure,
}

/// The `body` of an answer to `operation` of `service` without what a recording must not keep. It is whole.
pub(crate) fn redacted(service: &str, operation: &str, body: &str, kept: &Kept) -> String {
    match service {
        "iam" => without_tags(operation, body, &kept.tags),
        "sqs" if operation == "ListQueueTags" && !kept.tags.contains(sqs::QUEUE) => "{}".to_owned(),
        _ => body.to_owned(),
    }
}

/// The `body` of an answer of IAM without the tags of resources whose type is not in `kept`.
fn without_tags(operation: &str, body: &str, kept: &BTreeSet<String>) -> String {
    let owner = |path: &[&str]| match operation {
        iam::DETAILS => match path.get(2).copied() {
            Some("RoleDetailList") => Some(iam::ROLE),
            Some("UserDetailList") => Some(iam::USER),
            Some("Policies") => Some(iam::MANAGED_POLICY),
            _ => None,
        },
        "GetRole" | "ListRoles" => Some(iam::ROLE),
        "GetUser" | "ListUsers" => Some(iam::USER),
        "GetPolicy" | "ListPolicies" => Some(iam::MANAGED_POLICY),
        _ => None,
    };
    let mut dropped = Vec::new();
    let scanned = xml::elements(body, |path, range| {
        if path.last() == Some(&"Tags") && !owner(path).is_some_and(|owner| kept.contains(owner)) {
            dropped.push(range);
        }
    });
    if scanned.is_err() {
        return String::new();
    }
    let mut left = String::with_capacity(body.len());
    let mut from = 0;
    for range in dropped {
        // An element ends after those within it: one that was dropped inside it has been copied around already.
        if range.start < from {
            continue;
        }
        left.push_str(&body[from..range.start]);
        from = range.end;
    }
    left.push_str(&body[from..]);
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_unwanted_types_are_dropped() {
        let body = "<R><X><UserDetailList><member><Tags><member>u</member></Tags></member></UserDetailList>\
                    <RoleDetailList><member><Tags/><Name>r</Name><P><Tags>p</Tags></P></member></RoleDetailList></X></R>";
        let kept = BTreeSet::from([iam::USER.to_owned()]);
        let left = without_tags(iam::DETAILS, body, &kept);
        assert!(left.contains("<Tags><member>u</member></Tags>"), "{left}");
        assert!(left.contains("<member><Name>r</Name><P></P></member>"), "{left}");
        assert!(!without_tags(iam::DETAILS, body, &BTreeSet::new()).contains("Tags"));
        assert_eq!(redacted("sqs", "ListQueueTags", "{\"Tags\":{\"a\":\"b\"}}", &Kept::default()), "{}");
    }
}
