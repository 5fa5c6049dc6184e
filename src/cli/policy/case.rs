//! One line of `plimsoll policy can --cases`: a request with the policies that have a say.

use super::documents;
use crate::iam::evaluate::{Level, Policies};
use crate::iam::{Policy, Principal, Request};
use serde::Deserialize;
use serde::de::{Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// A case, read.
#[derive(Debug)]
pub(super) struct Case {
    /// What the line calls itself, as it was written.
    pub(super) id: Option<Box<RawValue>>,
    pub(super) request: Request,
    /// Whether `*` is all that the action can be asked on, where the line says.
    pub(super) wildcard_only: Option<bool>,
    pub(super) policies: Policies,
    /// Fields of the line that say nothing here.
    pub(super) ignored: Vec<String>,
}

/// Fields that are read.
const READ: [&str; 9] = [
    "id",
    "request",
    "identity_policies",
    "boundaries",
    "session_policy",
    "scps",
    "rcps",
    "resource_policy",
    "endpoint_policies",
];

/// Fields that describe a case and do not change it. `has_boundary` repeats what `boundaries` says.
const ABOUT: [&str; 9] =
    ["name", "why", "source", "mode", "skip", "expected", "expected_detail", "features", "has_boundary"];

/// Fields of a request that are read.
const OF_REQUEST: [&str; 6] =
    ["principal", "action", "resource", "resource_account", "context", "wildcard_only_action"];

fn known(field: &str) -> bool {
    READ.contains(&field) || ABOUT.contains(&field)
}

impl Case {
    /// Reads a line.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let fields: Fields<'_> = serde_json::from_str(text).map_err(|error| format!("not a case: {error}"))?;
        let asked = fields.get("request").ok_or("the case has no `request`")?.get();
        let wrong = |error: serde_json::Error| format!("request: {error}");
        let of_request: Fields<'_> = serde_json::from_str(asked).map_err(wrong)?;
        let wildcard_only = of_request.get("wildcard_only_action").map(|value| serde_json::from_str(value.get()));
        let policies = Policies {
            identity: fields.documents("identity_policies", "identity policy")?.unwrap_or_default(),
            boundary: fields.documents("boundaries", "boundary")?,
            session: fields.documents("session_policy", "session policy")?,
            endpoint: fields.documents("endpoint_policies", "endpoint policy")?,
            scps: fields.levels("scps")?,
            rcps: fields.levels("rcps")?,
            resource: match fields.documents("resource_policy", "resource policy")?.unwrap_or_default() {
                found if found.len() > 1 => return Err("resource_policy: a resource has one policy".to_owned()),
                mut found => found.pop(),
            },
        };
        let beside = fields.0.keys().filter(|name| !known(name)).cloned();
        let within = of_request.0.keys().filter(|name| !OF_REQUEST.contains(&name.as_str()));
        Ok(Self {
            id: fields.get("id").map(ToOwned::to_owned),
            wildcard_only: wildcard_only.transpose().map_err(wrong)?,
            request: possible(serde_json::from_str(asked).map_err(wrong)?)?,
            policies,
            ignored: beside.chain(within.map(|name| format!("request.{name}"))).collect(),
        })
    }
}

/// A request, if it can be made.
pub(super) fn possible(request: Request) -> Result<Request, String> {
    let action = request.action.split_once(':').filter(|(service, name)| !service.is_empty() && !name.is_empty());
    if action.is_none() || request.action.contains(['*', '?']) {
        return Err(format!("an action is written service:Name, without wildcards; this is `{}`", request.action));
    }
    match &request.principal {
        Principal::Aws(arn) if !arn.starts_with("arn:") => Err(format!(
            "a principal is an ARN, a service, `anonymous`, or an object such as {{\"Federated\": \"…\"}}; this is `{arn}`"
        )),
        _ => Ok(request),
    }
}

/// The fields of a line by their names, each at most once.
struct Fields<'a>(BTreeMap<String, &'a RawValue>);

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if fields.contains_key(&name) {
                        return Err(A::Error::custom(format!("`{name}` is written twice")));
                    }
                    fields.insert(name, value);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl Fields<'_> {
    /// A field that is there and not null.
    fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.get(name).copied().filter(|value| value.get() != "null")
    }

    /// The documents of a field. An empty list is as good as none.
    fn documents(&self, name: &str, called: &str) -> Result<Option<Vec<Policy>>, String> {
        let found = self.get(name).map(|value| documents::of_json(value, called)).transpose()?;
        Ok(found.filter(|found| !found.is_empty()))
    }

    /// The levels of a field, from the root down.
    fn levels(&self, field: &str) -> Result<Vec<Level>, String> {
        let Some(value) = self.get(field) else { return Ok(Vec::new()) };
        let items: Vec<&RawValue> = serde_json::from_str(value.get()).map_err(|error| format!("{field}: {error}"))?;
        items.iter().enumerate().map(|(at, item)| level(item, field, at + 1)).collect()
    }
}

/// A level: an object with `policies`, and perhaps a name as `orgIdentifier` or `name`; or a list of documents.
fn level(json: &RawValue, field: &str, number: usize) -> Result<Level, String> {
    #[derive(Deserialize)]
    struct Named<'a> {
        #[serde(borrow)]
        policies: &'a RawValue,
        #[serde(alias = "orgIdentifier")]
        name: Option<String>,
    }
    let unnamed = format!("level {number}");
    if json.get().starts_with('[') {
        let policies = documents::of_json(json, &format!("{field} {number}"))?;
        return Ok(Level { name: unnamed, policies });
    }
    let named: Named<'_> = serde_json::from_str(json.get())
        .map_err(|error| format!("{field}: a level is an object with `policies`, or a list of documents: {error}"))?;
    let name = named.name.unwrap_or(unnamed);
    let policies = documents::of_json(named.policies, &name)?;
    Ok(Level { name, policies })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

    #[test]
    fn every_form_of_a_case() {
        let inside = serde_json::to_string(ALL).expect("JSON");
        let text = format!(
            r#"{{"id":7,"identity_policies":{ALL},"boundaries":[{inside}],"session_policy":null,"endpoint_policies":[],
               "scps":[{{"orgIdentifier":"root","policies":[{ALL},{ALL}]}},[{ALL}],{{"policies":{ALL}}}],"rcp":[],
               "request":{{"principal":"arn:aws:iam::111122223333:user/a","action":"a:B","resource":"*","region":"r"}}}}"#
        );
        let case = Case::read(&text).expect("a case");
        assert_eq!(case.id.expect("an id").get(), "7");
        assert_eq!(case.policies.identity.len(), 1);
        assert_eq!(case.policies.boundary.map(|found| found.len()), Some(1));
        assert_eq!((case.policies.session, case.policies.endpoint, case.wildcard_only), (None, None, None));
        let levels: Vec<_> =
            case.policies.scps.iter().map(|level| (level.name.as_str(), level.policies.len())).collect();
        assert_eq!(levels, [("root", 2), ("level 2", 1), ("level 3", 1)]);
        assert_eq!(case.ignored, ["rcp", "request.region"]);
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let request = r#""request":{"principal":"anonymous","action":"a:B","resource":"*"}"#;
        for (text, said) in [
            ("[]".to_owned(), "not a case"),
            ("{}".to_owned(), "no `request`"),
            (r#"{"id":1,"id":2}"#.to_owned(), "written twice"),
            (r#"{"request":{"action":"a:B"}}"#.to_owned(), "principal"),
            (r#"{"request":{"principal":"anonymous","action":"a:*","resource":"*"}}"#.to_owned(), "without wildcards"),
            (r#"{"request":{"principal":"ann","action":"a:B","resource":"*"}}"#.to_owned(), "is an ARN"),
            (format!(r#"{{{request},"resource_policy":[{ALL},{ALL}]}}"#), "one policy"),
            (format!(r#"{{{request},"scps":[{ALL}]}}"#), "a level is"),
            (format!(r#"{{{request},"identity_policies":[{{"Statement":[],"Statement":[]}}]}}"#), "written twice"),
        ] {
            let error = Case::read(&text).expect_err(&text);
            assert!(error.contains(said), "{text}: {error}");
        }
    }
}
