//! A managed policy between the SDK's types and the kind: the same parts, whichever call they came from.

use super::super::{MANAGED_POLICY, ManagedPolicy};
use super::details::Attachments;
use super::principal::{document, name_in, tags};
use crate::aws::gap;
use crate::model::{Arn, Call, Gap, Read, Reason, Resource, Set, Timestamp, to_value};
use crate::services::Reader;
use aws_sdk_iam::types;
use std::collections::{BTreeMap, BTreeSet};

/// A managed policy.
pub(super) struct Policy {
    pub(super) arn: String,
    pub(super) name: String,
    path: Option<String>,
    id: Option<String>,
    pub(super) default_version: Option<String>,
    attachment_count: Option<i32>,
    boundary_count: Option<i32>,
    /// In seconds since 1970.
    created: Option<i64>,
    /// In seconds since 1970.
    updated: Option<i64>,
    /// What the default version says, percent-encoded, and the call that told it.
    pub(super) document: Result<(Option<String>, Call), Gap>,
    /// What only GetPolicy gives: the description and the tags.
    pub(super) alone: Result<(Option<String>, BTreeMap<String, String>), Gap>,
    /// Why nothing but name and ARN is known, if so.
    unread: Option<Gap>,
    /// The calls that it was read from, the one that gave most of it first.
    pub(super) calls: Vec<Call>,
}

impl Policy {
    /// One of which nothing is known but its ARN.
    pub(super) fn unread(arn: &str, gap: Gap) -> Self {
        Self {
            arn: arn.to_owned(),
            name: name_in(arn),
            path: None,
            id: None,
            default_version: None,
            attachment_count: None,
            boundary_count: None,
            created: None,
            updated: None,
            document: Err(gap.clone()),
            alone: Err(gap.clone()),
            calls: vec![gap.call.clone()],
            unread: Some(gap),
        }
    }

    pub(super) fn from_detail(policy: types::ManagedPolicyDetail, call: &Call) -> Self {
        let arn = policy.arn.unwrap_or_default();
        let versions = policy.policy_version_list.unwrap_or_default();
        let default = versions.into_iter().find(|version| match &policy.default_version_id {
            Some(id) => version.version_id.as_ref() == Some(id),
            None => version.is_default_version,
        });
        let (version_id, text) = default.map(|version| (version.version_id, version.document)).unwrap_or_default();
        Self {
            // Some servers leave the name out; the ARN ends in it.
            name: policy.policy_name.filter(|name| !name.is_empty()).unwrap_or_else(|| name_in(&arn)),
            path: policy.path,
            id: policy.policy_id,
            default_version: policy.default_version_id.or(version_id),
            attachment_count: policy.attachment_count,
            boundary_count: policy.permissions_boundary_usage_count,
            created: policy.create_date.map(|date| date.secs()),
            updated: policy.update_date.map(|date| date.secs()),
            document: Ok((text, call.clone())),
            alone: Err(gap(&Call::new("iam", "GetPolicy", "", ""), Reason::NotAsked)),
            unread: None,
            calls: vec![call.clone()],
            arn,
        }
    }

    pub(super) fn from_policy(policy: types::Policy, call: &Call) -> Self {
        let arn = policy.arn.unwrap_or_default();
        Self {
            name: policy.policy_name.filter(|name| !name.is_empty()).unwrap_or_else(|| name_in(&arn)),
            path: policy.path,
            id: policy.policy_id,
            default_version: policy.default_version_id,
            attachment_count: policy.attachment_count,
            boundary_count: policy.permissions_boundary_usage_count,
            created: policy.create_date.map(|date| date.secs()),
            updated: policy.update_date.map(|date| date.secs()),
            document: Err(gap(&Call::new("iam", "GetPolicyVersion", "", ""), Reason::NotAsked)),
            alone: Ok((policy.description, tags(policy.tags))),
            unread: None,
            calls: vec![call.clone()],
            arn,
        }
    }

    /// Whether AWS wrote it.
    pub(super) fn is_aws_managed(&self) -> bool {
        is_aws_managed(&self.arn)
    }

    /// What a call about it is about: the name, which tells the account's own apart, or the ARN of one of AWS's.
    pub(super) fn subject(&self) -> &str {
        if self.is_aws_managed() { &self.arn } else { &self.name }
    }

    /// Adds the part of the same policy that another page gave.
    pub(super) fn merge(&mut self, other: Self) {
        self.path = self.path.take().or(other.path);
        self.id = self.id.take().or(other.id);
        self.default_version = self.default_version.take().or(other.default_version);
        self.attachment_count = self.attachment_count.or(other.attachment_count);
        self.boundary_count = self.boundary_count.or(other.boundary_count);
        self.created = self.created.or(other.created);
        self.updated = self.updated.or(other.updated);
        if !matches!(self.document, Ok((Some(_), _))) {
            self.document = other.document;
        }
        self.calls.extend(other.calls);
    }

    /// The policy as a resource of the account.
    pub(super) fn into_resource(self, attachments: Result<&Attachments, &Gap>, tags_left_out: bool) -> Resource {
        let first = Call::new("iam", "GetPolicy", "", self.subject());
        let reader = Reader { call: self.calls.first().unwrap_or(&first) };
        let (description, tags) = match &self.alone {
            Ok((description, tags)) => {
                let tags = if tags_left_out {
                    Read::unread(&gap(&first, Reason::Redacted))
                } else {
                    Read::Known(tags.clone())
                };
                (Read::from_option(description.clone()), tags)
            }
            Err(gap) => (Read::unread(gap), Read::unread(gap)),
        };
        let properties = ManagedPolicy {
            managed_policy_name: Read::Known(self.name.clone()),
            path: self.of(|| reader.text("Path", self.path.as_deref())),
            arn: match self.arn.parse::<Arn>() {
                Ok(arn) => Read::Known(arn),
                Err(_) => reader.malformed("it has an Arn that is not one"),
            },
            aws_managed: Read::Known(self.is_aws_managed()),
            policy_id: self.of(|| reader.text("PolicyId", self.id.as_deref())),
            default_version_id: self.of(|| reader.text("DefaultVersionId", self.default_version.as_deref())),
            policy_document: match &self.document {
                Ok((Some(text), call)) => document(Reader { call }, "policy document", text),
                Ok((None, call)) => Reader { call }.malformed("it lacks the default version of the policy"),
                Err(gap) => Read::unread(gap),
            },
            roles: names(attachments.map(|of| &of.roles)),
            users: names(attachments.map(|of| &of.users)),
            groups: names(attachments.map(|of| &of.groups)),
            attachment_count: self.of(|| reader.always("AttachmentCount", self.attachment_count.map(i64::from))),
            permissions_boundary_usage_count: self
                .of(|| reader.always("PermissionsBoundaryUsageCount", self.boundary_count.map(i64::from))),
            description,
            create_date: self.time(reader, "CreateDate", self.created),
            update_date: self.time(reader, "UpdateDate", self.updated),
            tags,
        };
        Resource {
            type_name: MANAGED_POLICY,
            region: String::new(),
            properties: to_value(&properties),
            name: self.name,
            id: self.arn,
            parent: None,
            calls: self.calls,
        }
    }

    /// A part of the main answer, if that was given.
    fn of<T>(&self, part: impl FnOnce() -> Read<T>) -> Read<T> {
        self.unread.as_ref().map_or_else(part, Read::unread)
    }

    fn time(&self, reader: Reader<'_>, name: &str, seconds: Option<i64>) -> Read<Timestamp> {
        self.of(|| match seconds {
            Some(seconds) => reader.time(seconds),
            None => reader.always(name, None),
        })
    }
}

/// Whether `arn` is that of a policy of AWS's own.
pub(super) fn is_aws_managed(arn: &str) -> bool {
    arn.parse::<Arn>().is_ok_and(|arn| arn.account == "aws")
}

fn names(of: Result<&BTreeSet<String>, &Gap>) -> Read<Set<String>> {
    match of {
        Ok(names) => Read::Known(names.iter().cloned().collect()),
        Err(gap) => Read::unread(gap),
    }
}
