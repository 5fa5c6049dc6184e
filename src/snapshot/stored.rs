//! An account in the form in which a snapshot keeps it: every value with what it is, so that nothing that was not read can
//! be taken for something that was.

use crate::model::{Account, Answer, Arn, Call, Caller, Field, Gap, Kind, Listing, Resource, Shape, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// An account as a snapshot keeps it. Maps whose keys are several texts are lists of entries, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredAccount {
    account: String,
    caller: String,
    resources: Vec<StoredResource>,
    names: Vec<(String, String, BTreeSet<String>)>,
    listings: Vec<(String, String, StoredListing)>,
    children: Vec<(String, String, String, StoredListing)>,
    asked: Vec<(String, String, String, StoredAsked)>,
    elsewhere: Vec<(String, String, BTreeSet<String>)>,
    gaps: Vec<Gap>,
    answers: Vec<(Call, StoredAnswer)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredResource {
    #[serde(rename = "type")]
    type_name: String,
    #[serde(skip_serializing_if = "String::is_empty", default)]
    region: String,
    name: String,
    id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    parent: Option<String>,
    properties: BTreeMap<String, StoredValue>,
    calls: Vec<Call>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredValue {
    Unread(Gap),
    Absent,
    Bool(bool),
    Number(i64),
    Text(String),
    Arn(String),
    Policy(String),
    List(Vec<Self>),
    Set(Vec<Self>),
    Map(BTreeMap<String, Self>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredListing {
    Complete(Vec<Call>),
    Broken(Gap),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum StoredAsked {
    Missing(Call),
    Unread(Gap),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredAnswer {
    status: Option<u16>,
    request_id: Option<String>,
    sha256: Option<String>,
    attempts: u32,
    at: String,
}

impl From<&Account> for StoredAccount {
    fn from(account: &Account) -> Self {
        let two = |((a, b), of): (&(String, String), &BTreeSet<String>)| (a.clone(), b.clone(), of.clone());
        let asked = |asked: &Result<Call, Gap>| match asked {
            Ok(call) => StoredAsked::Missing(call.clone()),
            Err(gap) => StoredAsked::Unread(gap.clone()),
        };
        Self {
            account: account.caller.account.clone(),
            caller: account.caller.arn.to_string(),
            resources: account.resources.iter().map(StoredResource::from).collect(),
            names: account.names.iter().map(two).collect(),
            listings: account.listings.iter().map(|((a, b), of)| (a.clone(), b.clone(), of.into())).collect(),
            children: account
                .children
                .iter()
                .map(|((a, b, c), of)| (a.clone(), b.clone(), c.clone(), of.into()))
                .collect(),
            asked: account.asked.iter().map(|((a, b, c), of)| (a.clone(), b.clone(), c.clone(), asked(of))).collect(),
            elsewhere: account.elsewhere.iter().map(two).collect(),
            gaps: account.gaps.iter().cloned().collect(),
            answers: account.answers.iter().map(|(call, answer)| (call.clone(), answer.into())).collect(),
        }
    }
}

impl StoredAccount {
    /// The account again; `kind` gives the kind of a type name.
    ///
    /// # Errors
    /// What of it no account can hold, in words.
    pub(super) fn account(self, kind: fn(&str) -> Option<&'static Kind>) -> Result<Account, String> {
        let arn = self.caller.parse().map_err(|_| format!("`{}` is no ARN of a caller", self.caller))?;
        let mut account = Account::new(Caller { account: self.account, arn });
        for resource in self.resources {
            account.resources.push(resource.resource(kind)?);
        }
        account.names = self.names.into_iter().map(|(a, b, of)| ((a, b), of)).collect();
        account.listings = self.listings.into_iter().map(|(a, b, of)| ((a, b), of.into())).collect();
        account.children = self.children.into_iter().map(|(a, b, c, of)| ((a, b, c), of.into())).collect();
        account.asked = self.asked.into_iter().map(|(a, b, c, of)| ((a, b, c), of.into())).collect();
        account.elsewhere = self.elsewhere.into_iter().map(|(a, b, of)| ((a, b), of)).collect();
        account.gaps = self.gaps.into_iter().collect();
        account.answers = self.answers.into_iter().map(|(call, answer)| (call, answer.into())).collect();
        Ok(account)
    }
}

impl From<&Resource> for StoredResource {
    fn from(resource: &Resource) -> Self {
        let properties = match &resource.properties {
            Value::Map(parts) => parts.iter().map(|(name, value)| (name.clone(), value.into())).collect(),
            _ => BTreeMap::new(),
        };
        Self {
            type_name: resource.type_name.to_owned(),
            region: resource.region.clone(),
            name: resource.name.clone(),
            id: resource.id.clone(),
            parent: resource.parent.clone(),
            properties,
            calls: resource.calls.clone(),
        }
    }
}

impl StoredResource {
    fn resource(self, kind: fn(&str) -> Option<&'static Kind>) -> Result<Resource, String> {
        let known = kind(&self.type_name).ok_or_else(|| format!("there is no type `{}`", self.type_name))?;
        let mut properties = BTreeMap::new();
        for (name, value) in self.properties {
            properties.insert(name, value.value()?);
        }
        let mut properties = Value::Map(properties);
        let gap = Gap::not_asked(known.type_name, &self.region);
        for field in known.fields() {
            complete(&mut properties, field, &gap);
        }
        Ok(Resource {
            type_name: known.type_name,
            region: self.region,
            name: self.name,
            id: self.id,
            parent: self.parent,
            properties,
            calls: self.calls,
        })
    }
}

/// Fills in what a snapshot does not have, since its Plimsoll did not know the field yet: nobody asked, and a field that
/// is missing would look like one that AWS says is not there.
fn complete(properties: &mut Value, field: &Field, gap: &Gap) {
    let Value::Map(parts) = properties else { return };
    match parts.get_mut(&field.name) {
        None => drop(parts.insert(field.name.clone(), Value::Unread(Box::new(gap.clone())))),
        Some(value) => complete_within(value, &field.shape, gap),
    }
}

fn complete_within(value: &mut Value, shape: &Shape, gap: &Gap) {
    match (shape, value) {
        (Shape::Struct(fields), value @ Value::Map(_)) => {
            fields.iter().for_each(|field| complete(value, field, gap));
        }
        (Shape::List(inner), Value::List(items)) | (Shape::Set(inner), Value::Set(items)) => {
            items.iter_mut().for_each(|item| complete_within(item, inner, gap));
        }
        (Shape::Map(inner), Value::Map(parts)) => {
            parts.values_mut().for_each(|part| complete_within(part, inner, gap));
        }
        _ => {}
    }
}

impl From<&Value> for StoredValue {
    fn from(value: &Value) -> Self {
        let all = |items: &[Value]| items.iter().map(Self::from).collect();
        match value {
            Value::Absent => Self::Absent,
            Value::Unread(gap) => Self::Unread(gap.as_ref().clone()),
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(value) => Self::Number(*value),
            Value::Text(value) => Self::Text(value.clone()),
            Value::Arn(value) => Self::Arn(value.to_string()),
            Value::Policy(value) => Self::Policy(value.clone()),
            Value::List(items) => Self::List(all(items)),
            Value::Set(items) => Self::Set(all(items)),
            Value::Map(parts) => Self::Map(parts.iter().map(|(name, part)| (name.clone(), part.into())).collect()),
        }
    }
}

impl StoredValue {
    fn value(self) -> Result<Value, String> {
        let all = |items: Vec<Self>| items.into_iter().map(Self::value).collect::<Result<Vec<Value>, String>>();
        Ok(match self {
            Self::Absent => Value::Absent,
            Self::Unread(gap) => Value::Unread(Box::new(gap)),
            Self::Bool(value) => Value::Bool(value),
            Self::Number(value) => Value::Number(value),
            Self::Text(value) => Value::Text(value),
            Self::Arn(value) => Value::Arn(value.parse::<Arn>().map_err(|_| format!("`{value}` is no ARN"))?),
            Self::Policy(value) => Value::Policy(value),
            Self::List(items) => Value::List(all(items)?),
            Self::Set(items) => Value::Set(all(items)?),
            Self::Map(parts) => {
                let parts = parts.into_iter().map(|(name, part)| Ok((name, part.value()?)));
                Value::Map(parts.collect::<Result<_, String>>()?)
            }
        })
    }
}

impl From<&Listing> for StoredListing {
    fn from(listing: &Listing) -> Self {
        match listing {
            Listing::Complete(calls) => Self::Complete(calls.clone()),
            Listing::Broken(gap) => Self::Broken(gap.clone()),
        }
    }
}

impl From<StoredListing> for Listing {
    fn from(listing: StoredListing) -> Self {
        match listing {
            StoredListing::Complete(calls) => Self::Complete(calls),
            StoredListing::Broken(gap) => Self::Broken(gap),
        }
    }
}

impl From<StoredAsked> for Result<Call, Gap> {
    fn from(asked: StoredAsked) -> Self {
        match asked {
            StoredAsked::Missing(call) => Ok(call),
            StoredAsked::Unread(gap) => Err(gap),
        }
    }
}

impl From<&Answer> for StoredAnswer {
    fn from(answer: &Answer) -> Self {
        let Answer { status, request_id, sha256, attempts, at } = answer.clone();
        Self { status, request_id, sha256, attempts, at }
    }
}

impl From<StoredAnswer> for Answer {
    fn from(answer: StoredAnswer) -> Self {
        let StoredAnswer { status, request_id, sha256, attempts, at } = answer;
        Self { status, request_id, sha256, attempts, at }
    }
}
