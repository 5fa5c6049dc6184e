//! A role, user or group between the SDK's types and the kind: the same parts, whichever call they came from.

use super::super::{GROUP, Group, InlinePolicy, ROLE, Role, RoleLastUsed, USER, User};
use crate::aws::gap;
use crate::model::{Arn, Call, Gap, PolicyDocument, Read, Reason, Resource, Set, to_value};
use crate::services::Reader;
use aws_sdk_iam::types;
use percent_encoding::percent_decode_str;
use std::collections::BTreeMap;

/// A role, user or group.
pub(super) struct Principal {
    pub(super) type_name: &'static str,
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) path: Option<String>,
    pub(super) id: Option<String>,
    /// When it was made, in seconds since 1970.
    pub(super) created: Option<i64>,
    /// Of a role: the trust policy, percent-encoded.
    pub(super) trust: Option<String>,
    /// Of a role: when (in seconds since 1970) and where it was last used.
    pub(super) last_used: Option<(i64, Option<String>)>,
    /// Of a role or user: the ARN of the boundary.
    pub(super) boundary: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// The ARNs of the attached policies.
    pub(super) attached: Result<Vec<String>, Gap>,
    /// The inline policies by name, percent-encoded.
    pub(super) inline: Result<BTreeMap<String, Result<String, Gap>>, Gap>,
    /// Of a user: the names of its groups.
    pub(super) groups: Result<Vec<String>, Gap>,
    /// What only a call of its own gives.
    pub(super) alone: Result<Alone, Gap>,
    /// The call that gives it.
    pub(super) alone_call: Call,
    /// Why nothing but name and ARN is known, if so.
    pub(super) unread: Option<Gap>,
    /// The calls that it was read from, the one that gave most of it first.
    pub(super) calls: Vec<Call>,
}

/// What GetAccountAuthorizationDetails lacks.
#[derive(Debug, Default)]
pub(super) struct Alone {
    /// Of a role.
    pub(super) description: Option<String>,
    /// Of a role, in seconds.
    pub(super) max_session_duration: Option<i32>,
    /// Of a user, in seconds since 1970.
    pub(super) password_last_used: Option<i64>,
}

impl Principal {
    /// One of which nothing is known but its name and ARN.
    pub(super) fn bare(type_name: &'static str, name: &str, arn: &str, call: &Call) -> Self {
        Self {
            type_name,
            name: if name.is_empty() { name_in(arn) } else { name.to_owned() },
            arn: arn.to_owned(),
            path: None,
            id: None,
            created: None,
            trust: None,
            last_used: None,
            boundary: None,
            tags: BTreeMap::new(),
            attached: Ok(Vec::new()),
            inline: Ok(BTreeMap::new()),
            groups: Ok(Vec::new()),
            alone: Err(gap(call, Reason::NotAsked)),
            alone_call: call.clone(),
            unread: None,
            calls: vec![call.clone()],
        }
    }

    pub(super) fn from_role_detail(role: types::RoleDetail, call: &Call) -> Self {
        let name = role.role_name.unwrap_or_default();
        let bare = Self::bare(ROLE, &name, role.arn.as_deref().unwrap_or_default(), call);
        Self {
            path: role.path,
            id: role.role_id,
            created: role.create_date.map(|date| date.secs()),
            trust: role.assume_role_policy_document,
            last_used: last_used(role.role_last_used),
            boundary: boundary(role.permissions_boundary),
            tags: tags(role.tags),
            attached: Ok(attached(role.attached_managed_policies)),
            inline: Ok(inline(role.role_policy_list)),
            ..bare
        }
    }

    pub(super) fn from_user_detail(user: types::UserDetail, call: &Call) -> Self {
        let name = user.user_name.unwrap_or_default();
        let bare = Self::bare(USER, &name, user.arn.as_deref().unwrap_or_default(), call);
        Self {
            path: user.path,
            id: user.user_id,
            created: user.create_date.map(|date| date.secs()),
            boundary: boundary(user.permissions_boundary),
            tags: tags(user.tags),
            attached: Ok(attached(user.attached_managed_policies)),
            inline: Ok(inline(user.user_policy_list)),
            groups: Ok(user.group_list.unwrap_or_default()),
            ..bare
        }
    }

    pub(super) fn from_group_detail(group: types::GroupDetail, call: &Call) -> Self {
        let name = group.group_name.unwrap_or_default();
        let bare = Self::bare(GROUP, &name, group.arn.as_deref().unwrap_or_default(), call);
        Self {
            path: group.path,
            id: group.group_id,
            created: group.create_date.map(|date| date.secs()),
            attached: Ok(attached(group.attached_managed_policies)),
            inline: Ok(inline(group.group_policy_list)),
            ..bare
        }
    }

    pub(super) fn from_role(role: types::Role, call: &Call) -> Self {
        let bare = Self::bare(ROLE, &role.role_name, &role.arn, call);
        Self {
            path: Some(role.path),
            id: Some(role.role_id),
            created: Some(role.create_date.secs()),
            trust: role.assume_role_policy_document,
            last_used: last_used(role.role_last_used),
            boundary: boundary(role.permissions_boundary),
            tags: tags(role.tags),
            alone: Ok(Alone {
                description: role.description,
                max_session_duration: role.max_session_duration,
                password_last_used: None,
            }),
            ..bare
        }
    }

    pub(super) fn from_user(user: types::User, call: &Call) -> Self {
        let bare = Self::bare(USER, &user.user_name, &user.arn, call);
        Self {
            path: Some(user.path),
            id: Some(user.user_id),
            created: Some(user.create_date.secs()),
            boundary: boundary(user.permissions_boundary),
            tags: tags(user.tags),
            alone: Ok(Alone {
                password_last_used: user.password_last_used.map(|date| date.secs()),
                ..Alone::default()
            }),
            ..bare
        }
    }

    pub(super) fn from_group(group: types::Group, call: &Call) -> Self {
        let bare = Self::bare(GROUP, &group.group_name, &group.arn, call);
        Self {
            path: Some(group.path),
            id: Some(group.group_id),
            created: Some(group.create_date.secs()),
            alone: Ok(Alone::default()),
            ..bare
        }
    }

    /// Adds the part of the same principal that another page gave.
    pub(super) fn merge(&mut self, other: Self) {
        fn extend(list: &mut Result<Vec<String>, Gap>, more: Result<Vec<String>, Gap>) {
            if let (Ok(list), Ok(more)) = (list, more) {
                list.extend(more);
                list.sort();
                list.dedup();
            }
        }
        extend(&mut self.attached, other.attached);
        extend(&mut self.groups, other.groups);
        if let (Ok(policies), Ok(more)) = (&mut self.inline, other.inline) {
            policies.extend(more);
        }
        self.tags.extend(other.tags);
        self.path = self.path.take().or(other.path);
        self.id = self.id.take().or(other.id);
        self.created = self.created.or(other.created);
        self.trust = self.trust.take().or(other.trust);
        self.last_used = self.last_used.take().or(other.last_used);
        self.boundary = self.boundary.take().or(other.boundary);
        self.calls.extend(other.calls);
    }

    /// The principal as a resource of the account.
    pub(super) fn into_resource(self, tags_left_out: bool) -> Resource {
        let main = self.calls.first().unwrap_or(&self.alone_call);
        let reader = Reader { call: main };
        let arn = match self.arn.parse::<Arn>() {
            Ok(arn) => Read::Known(arn),
            Err(_) => reader.malformed("it has an Arn that is not one"),
        };
        let parts = Parts { principal: &self, reader };
        let tags = if tags_left_out {
            parts.of(|| Read::unread(&gap(main, Reason::Redacted)))
        } else {
            parts.of(|| Read::Known(self.tags.clone()))
        };
        let properties = match self.type_name {
            ROLE => to_value(&parts.role(arn, tags)),
            USER => to_value(&parts.user(arn, tags)),
            _ => to_value(&parts.group(arn)),
        };
        Resource {
            type_name: self.type_name,
            region: String::new(),
            name: self.name,
            id: self.arn,
            parent: None,
            properties,
            calls: self.calls,
        }
    }
}

/// Turns the parts of a principal into properties.
struct Parts<'a> {
    principal: &'a Principal,
    reader: Reader<'a>,
}

impl Parts<'_> {
    /// A part of the main answer, if that was given.
    fn of<T>(&self, part: impl FnOnce() -> Read<T>) -> Read<T> {
        self.principal.unread.as_ref().map_or_else(part, Read::unread)
    }

    /// A part of the principal's own call.
    fn alone<T>(&self, part: impl FnOnce(&Alone) -> Read<T>) -> Read<T> {
        self.principal.alone.as_ref().map_or_else(Read::unread, part)
    }

    fn role(&self, arn: Read<Arn>, tags: Read<BTreeMap<String, String>>) -> Role {
        let (principal, reader) = (self.principal, self.reader);
        Role {
            role_name: Read::Known(principal.name.clone()),
            path: self.path(),
            arn,
            role_id: self.id("RoleId"),
            assume_role_policy_document: self.of(|| match &principal.trust {
                Some(text) => document(reader, "AssumeRolePolicyDocument", text),
                None => reader.always("AssumeRolePolicyDocument", None),
            }),
            managed_policy_arns: self.attached(),
            policies: self.inline(),
            permissions_boundary: self.boundary(),
            description: self.alone(|alone| Read::from_option(alone.description.clone())),
            max_session_duration: self.alone(|alone| {
                let reader = Reader { call: &principal.alone_call };
                reader.always("MaxSessionDuration", alone.max_session_duration.map(i64::from))
            }),
            role_last_used: self.of(|| {
                Read::from_option(principal.last_used.as_ref().map(|(at, region)| RoleLastUsed {
                    last_used_date: reader.time(*at),
                    region: Read::from_option(region.clone()),
                }))
            }),
            create_date: self.created(),
            tags,
        }
    }

    fn user(&self, arn: Read<Arn>, tags: Read<BTreeMap<String, String>>) -> User {
        let principal = self.principal;
        User {
            user_name: Read::Known(principal.name.clone()),
            path: self.path(),
            arn,
            user_id: self.id("UserId"),
            groups: match &principal.groups {
                Err(gap) => Read::unread(gap),
                Ok(groups) => {
                    let mut groups = groups.clone();
                    groups.sort();
                    Read::Known(Set(groups))
                }
            },
            managed_policy_arns: self.attached(),
            policies: self.inline(),
            permissions_boundary: self.boundary(),
            password_last_used: self.alone(|alone| match alone.password_last_used {
                Some(at) => self.reader.time(at),
                None => Read::Absent,
            }),
            create_date: self.created(),
            tags,
        }
    }

    fn group(&self, arn: Read<Arn>) -> Group {
        Group {
            group_name: Read::Known(self.principal.name.clone()),
            path: self.path(),
            arn,
            group_id: self.id("GroupId"),
            managed_policy_arns: self.attached(),
            policies: self.inline(),
            create_date: self.created(),
        }
    }

    fn path(&self) -> Read<String> {
        self.of(|| self.reader.text("Path", self.principal.path.as_deref()))
    }

    fn id(&self, name: &str) -> Read<String> {
        self.of(|| self.reader.text(name, self.principal.id.as_deref()))
    }

    fn created(&self) -> Read<crate::model::Timestamp> {
        self.of(|| match self.principal.created {
            Some(at) => self.reader.time(at),
            None => self.reader.always("CreateDate", None),
        })
    }

    fn boundary(&self) -> Read<Arn> {
        self.of(|| self.reader.arn("PermissionsBoundaryArn", self.principal.boundary.as_deref()))
    }

    fn attached(&self) -> Read<Set<Arn>> {
        match &self.principal.attached {
            Err(gap) => Read::unread(gap),
            Ok(arns) => match arns.iter().map(|arn| arn.parse()).collect::<Result<Vec<Arn>, _>>() {
                Err(_) => self.reader.malformed("it has an attached policy whose PolicyArn is not an ARN"),
                Ok(mut arns) => {
                    arns.sort();
                    Read::Known(Set(arns))
                }
            },
        }
    }

    fn inline(&self) -> Read<Set<InlinePolicy>> {
        match &self.principal.inline {
            Err(gap) => Read::unread(gap),
            Ok(policies) => Read::Known(
                policies
                    .iter()
                    .map(|(name, text)| InlinePolicy {
                        policy_name: Read::Known(name.clone()),
                        policy_document: match text {
                            Ok(text) => document(self.reader, "PolicyDocument", text),
                            Err(gap) => Read::unread(gap),
                        },
                    })
                    .collect(),
            ),
        }
    }
}

/// The policy document called `name` that `encoded` holds, percent-encoded as IAM sends all of them.
pub(super) fn document(reader: Reader<'_>, name: &str, encoded: &str) -> Read<PolicyDocument> {
    match percent_decode_str(encoded).decode_utf8() {
        Ok(text) => reader.document(name, &text),
        Err(_) => reader.malformed(format!("its {name} is not UTF-8")),
    }
}

/// The name in an ARN: the last segment.
pub(super) fn name_in(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The tags as a map.
pub(super) fn tags(tags: Option<Vec<types::Tag>>) -> BTreeMap<String, String> {
    tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// The ARNs of attached policies. One without an ARN keeps its place, so that it shows.
pub(super) fn attached(policies: Option<Vec<types::AttachedPolicy>>) -> Vec<String> {
    policies.unwrap_or_default().into_iter().map(|policy| policy.policy_arn.unwrap_or_default()).collect()
}

fn inline(policies: Option<Vec<types::PolicyDetail>>) -> BTreeMap<String, Result<String, Gap>> {
    policies
        .unwrap_or_default()
        .into_iter()
        .map(|policy| (policy.policy_name.unwrap_or_default(), Ok(policy.policy_document.unwrap_or_default())))
        .collect()
}

fn boundary(boundary: Option<types::AttachedPermissionsBoundary>) -> Option<String> {
    // An element that is there without an ARN is not the same as none: the text shows that it could not be read.
    boundary.map(|boundary| boundary.permissions_boundary_arn.unwrap_or_else(|| "?".to_owned()))
}

fn last_used(used: Option<types::RoleLastUsed>) -> Option<(i64, Option<String>)> {
    used.and_then(|used| Some((used.last_used_date?.secs(), used.region)))
}
