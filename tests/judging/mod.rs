//! Accounts written by hand and judged by rules, with no SDK and no server.
//!
//! An account is YAML: its resources with their properties, and, out of band, what could not be read of them. A property
//! becomes a [`Value`] by the shape that its kind declares. Beside the kinds of the services there are two that exist
//! only here, for what no service has yet: a kind that hangs on another, lists whose order matters, enumerations.

#![allow(dead_code, reason = "each test that takes this in uses a part of it")]

use plimsoll::audit::audit;
use plimsoll::checks;
use plimsoll::model::{
    Account, Answer, Arn, ArnRule, Call, Caller, Gap, Kind, Listing, Parent, Read, Reason, Report, Resource, Scope,
    SecretShape, Set, Shape, Standing, Timestamp, Value,
};
use plimsoll::rules::{Diagnostics, Origin, Request, Rules, Types, Whereabouts, load};
use plimsoll::services;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

/// The account that all resources are in.
pub(crate) const ACCOUNT: &str = "123456789012";
/// The region where nothing says another.
pub(crate) const REGION: &str = "us-east-1";

/// A shelf: what books hang on.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Shelf {
    /// Its name.
    shelf_name: Read<String>,
    /// Its ARN, which only AWS knows.
    arn: Read<Arn>,
    /// Its room.
    room: Read<String>,
}

/// A book: it hangs on a shelf, and has no name that it could be found by.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Book {
    /// Its number.
    book_id: Read<String>,
    /// Its ARN.
    arn: Read<Arn>,
    /// Its title.
    title: Read<String>,
    /// The titles of its chapters, in their order.
    chapters: Read<Vec<String>>,
    /// Its keywords, in no order.
    keywords: Read<Set<String>>,
    /// Its cover.
    cover: Read<Cover>,
    /// When it was bought.
    bought: Read<Timestamp>,
    /// The ARN of the shelf it was written for.
    shelf_arn: Read<Arn>,
}

/// The cover of a book.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "PascalCase")]
struct Cover {
    /// What it is made of.
    material: Read<Material>,
    /// Its colour.
    colour: Read<String>,
}

/// What a cover is made of.
#[derive(Serialize, JsonSchema)]
enum Material {
    Cloth,
    Paper,
}

static OWN: [Kind; 2] = [
    Kind {
        type_name: "Test::Library::Shelf",
        noun: "shelf",
        service: "library",
        scope: Scope::Regional,
        name_field: "ShelfName",
        arn: ArnRule::Read,
        attributes: &[("Arn", "Arn"), ("Room", "Room")],
        shared: None,
        parent: None,
        standing: Standing::NONE,
        schema: || schemars::schema_for!(Shelf),
        fields: OnceLock::new(),
    },
    Kind {
        type_name: "Test::Library::Book",
        noun: "book",
        service: "library",
        scope: Scope::Regional,
        name_field: "BookId",
        arn: ArnRule::Read,
        attributes: &[("Arn", "Arn"), ("Title", "Title")],
        shared: None,
        parent: Some(Parent { type_name: "Test::Library::Shelf" }),
        standing: Standing::NONE,
        schema: || schemars::schema_for!(Book),
        fields: OnceLock::new(),
    },
];

/// The kinds of all services, and those that exist only here.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Kind> {
    services::kinds().chain(&OWN)
}

/// The kind of this name.
pub(crate) fn kind(name: &str) -> Option<&'static Kind> {
    services::kind(name).or_else(|| OWN.iter().find(|kind| kind.type_name == name))
}

/// The kinds of all services, and those that exist only here.
pub(crate) fn types() -> Types {
    Types { kind, names: || services::kinds().map(|kind| kind.type_name).collect(), checks: || checks::all().collect() }
}

/// Loads the rules in `path` with these parameters.
pub(crate) fn rules(path: &Path, parameters: &BTreeMap<String, String>) -> Result<Rules, Diagnostics> {
    load(&Request { origin: Origin::File(path.to_owned()), parameters, complete: true, types: types() })
}

/// Judges `account` by `rules`.
pub(crate) fn judge(rules: &Rules, account: &Account) -> Report {
    let place = Whereabouts {
        account: Some(ACCOUNT.to_owned()),
        partition: "aws".to_owned(),
        region: rules.region.clone().unwrap_or_else(|| REGION.to_owned()),
    };
    audit(rules, account, &place)
}

/// The gap with the reason that these words stand for.
pub(crate) fn gap(kind: &Kind, region: &str, subject: &str, reason: &str) -> Gap {
    let reason = match reason {
        "denied" => Reason::Denied("AccessDenied".to_owned()),
        "throttled" => Reason::Throttled("ThrottlingException".to_owned()),
        "redacted" => Reason::Redacted,
        "redacted access key" => Reason::Secret(SecretShape::AccessKey),
        "redacted password" => Reason::Secret(SecretShape::Password),
        "redacted token" => Reason::Secret(SecretShape::Token),
        other => panic!("the account names the reason `{other}`, which the tests do not know"),
    };
    let operation = if subject.is_empty() { "List" } else { "Get" };
    Gap {
        call: Call::new(kind.service, operation, region, subject),
        action: format!("{}:{operation}", kind.service),
        reason,
    }
}

/// The account that `yaml` describes. Every list was read to its end unless `lists` says otherwise:
///
/// ```yaml
/// resources:
///   - type: AWS::SQS::Queue
///     name: orders
///     region: eu-west-1                  # default us-east-1
///     id: arn:aws:sqs:...                # its ARN, in the place of one made from the name
///     hangs-on: NAME                     # the name of its parent
///     properties: { VisibilityTimeout: 30 }     # an `Arn` here is its ARN, in the place of one made from the name
///     unread: { RedrivePolicy.maxReceiveCount: denied }
/// lists: { AWS::SQS::Queue: denied }     # or `not asked`; in all regions
/// children: { hall: denied }             # the list of what hangs on the one called `hall`; or `listed`
/// elsewhere: { orders: [eu-west-1] }    # a queue of that name was found there
/// asked: { orders: denied }              # the queue was asked about by name; or `missing`
/// at: 2026-11-23T00:00:00.000Z           # when the answers came that told of the resources
/// ```
pub(crate) fn account(yaml: &str) -> Account {
    let json: Json = serde_yaml::from_str(yaml).unwrap_or_else(|error| panic!("the account is no YAML: {error}"));
    only(&json, &["resources", "lists", "children", "elsewhere", "asked", "at"]);
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/auditor");
    let mut account = Account::new(Caller { account: ACCOUNT.to_owned(), arn: arn.parse().expect("an ARN") });
    let mut regions: BTreeSet<String> = [REGION.to_owned()].into();
    for resource in entries(&json["resources"]) {
        let resource = read(resource, &json);
        regions.insert(resource.region.clone());
        if *resource.properties.get("AwsManaged") != Value::Bool(true) {
            let key = (resource.type_name.to_owned(), resource.region.clone());
            account.names.entry(key).or_default().insert(resource.name.clone());
        }
        account.resources.push(resource);
    }
    account.resources.sort_by(|a, b| (a.type_name, &a.id).cmp(&(b.type_name, &b.id)));
    for kind in kinds() {
        for region in regions.iter().filter(|region| (kind.scope == Scope::Global) == region.is_empty()) {
            set_listing(&mut account, kind, region, json["lists"][kind.type_name].as_str());
        }
        if kind.scope == Scope::Global {
            set_listing(&mut account, kind, "", json["lists"][kind.type_name].as_str());
        }
    }
    for (parent, said) in json["children"].as_object().into_iter().flatten() {
        set_children(&mut account, parent, said.as_str().expect("a word"));
    }
    for (name, regions) in json["elsewhere"].as_object().into_iter().flatten() {
        let regions = entries(regions).iter().map(|region| region.as_str().expect("a region").to_owned());
        account.elsewhere.insert(("AWS::SQS::Queue".to_owned(), name.clone()), regions.collect());
    }
    if let Some(asked) = json["asked"].as_object() {
        for (name, answer) in asked {
            let kind = kind("AWS::SQS::Queue").expect("queues are known");
            let gap = |reason: &str| Err(gap(kind, REGION, name, reason));
            let answer = match answer.as_str().expect("a word") {
                "missing" => Ok(Call::new(kind.service, "Get", REGION, name)),
                reason => gap(reason),
            };
            account.asked.insert((kind.type_name.to_owned(), REGION.to_owned(), name.clone()), answer);
        }
    }
    let call = Call::new("sts", "GetCallerIdentity", "", "");
    let answer = Answer { status: Some(200), request_id: None, sha256: None, attempts: 1, at: String::new() };
    account.answers.insert(call, answer.clone());
    if let Some(at) = json["at"].as_str() {
        let answer = Answer { at: at.to_owned(), ..answer };
        let calls = account.resources.iter().flat_map(|resource| resource.calls.iter().cloned());
        account.answers.extend(calls.map(|call| (call, answer.clone())));
    }
    account
}

fn set_listing(account: &mut Account, kind: &Kind, region: &str, said: Option<&str>) {
    let listing = match said {
        None => Listing::Complete(vec![Call::new(kind.service, "List", region, "")]),
        Some("not asked") => return,
        Some(reason) => Listing::Broken(gap(kind, region, "", reason)),
    };
    account.listings.insert((kind.type_name.to_owned(), region.to_owned()), listing);
}

fn set_children(account: &mut Account, parent: &str, said: &str) {
    let of = account.resources.iter().find(|resource| resource.name == parent);
    let of = of.unwrap_or_else(|| panic!("{parent} is not in the account")).clone();
    for kind in kinds().filter(|kind| kind.parent.is_some_and(|kind| kind.type_name == of.type_name)) {
        let listing = match said {
            "listed" => Listing::Complete(vec![Call::new(kind.service, "List", &of.region, parent)]),
            reason => Listing::Broken(gap(kind, &of.region, parent, reason)),
        };
        let key = (kind.type_name.to_owned(), of.region.clone(), of.id.clone());
        account.children.insert(key, listing);
    }
}

fn entries(list: &Json) -> &[Json] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn only(json: &Json, known: &[&str]) {
    for key in json.as_object().into_iter().flat_map(|fields| fields.keys()) {
        assert!(known.contains(&key.as_str()), "the account has a field `{key}`, which the tests do not know");
    }
}

fn read(json: &Json, account: &Json) -> Resource {
    only(json, &["type", "name", "region", "id", "hangs-on", "properties", "unread"]);
    let kind = kind(json["type"].as_str().expect("a type")).expect("a type that exists");
    let name = json["name"].as_str().expect("a name").to_owned();
    let region = match kind.scope {
        Scope::Global => String::new(),
        Scope::Regional => json["region"].as_str().unwrap_or(REGION).to_owned(),
    };
    let fields = Shape::Struct(kind.fields().to_vec());
    let mut properties = value(&fields, &json["properties"], kind.type_name);
    let id = given_id(json).unwrap_or_else(|| id(kind, &region, &name));
    if let Value::Map(parts) = &mut properties {
        parts.entry(kind.name_field.to_owned()).or_insert(Value::Text(name.clone()));
        parts.entry("Arn".to_owned()).or_insert(Value::Arn(id.parse().expect("an ARN")));
    }
    if let Some(unread) = json["unread"].as_object() {
        for (path, reason) in unread {
            let gap = gap(kind, &region, &name, reason.as_str().expect("a reason"));
            *at(&mut properties, path) = Value::Unread(Box::new(gap));
        }
    }
    let calls = vec![Call::new(kind.service, "Get", &region, &name)];
    let parent = json["hangs-on"].as_str().map(|parent| {
        let resource = entries(&account["resources"])
            .iter()
            .find(|resource| resource["name"] == parent)
            .unwrap_or_else(|| panic!("{name} hangs on {parent}, which is not in the account"));
        let kind = self::kind(resource["type"].as_str().expect("a type")).expect("a type that exists");
        given_id(resource).unwrap_or_else(|| self::id(kind, &region, parent))
    });
    Resource { type_name: kind.type_name, region, name, id, parent, properties, calls }
}

/// The ARN that a resource is given, in the place of one made from its name.
fn given_id(json: &Json) -> Option<String> {
    json["id"].as_str().or(json["properties"]["Arn"].as_str()).map(str::to_owned)
}

/// The ARN that a resource has in these accounts.
pub(crate) fn id(kind: &Kind, region: &str, name: &str) -> String {
    match kind.arn {
        ArnRule::FromName(form) => {
            format!("arn:aws:{}:{region}:{ACCOUNT}:{}", kind.service, form.replace("{}", name))
        }
        ArnRule::Read => {
            format!("arn:aws:{}:{region}:{ACCOUNT}:{}/path/{name}", kind.service, kind.noun.replace(' ', "-"))
        }
    }
}

/// The part of `value` at `path`: names and positions with dots between.
fn at<'a>(value: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(value, |value, step| match value {
        Value::Map(parts) => parts.entry(step.to_owned()).or_insert(Value::Absent),
        Value::List(items) | Value::Set(items) => {
            items.get_mut(step.parse::<usize>().expect("a position")).expect("an item")
        }
        _ => panic!("there is no `{path}` in the properties"),
    })
}

fn value(shape: &Shape, json: &Json, path: &str) -> Value {
    let wrong = || -> ! { panic!("{path} is {json}, and the kind has {} there", shape.noun()) };
    let text = || json.as_str().map_or_else(|| wrong(), str::to_owned);
    let items = |item: &Shape| -> Vec<Value> {
        json.as_array().map_or_else(|| wrong(), |items| items.iter().map(|json| value(item, json, path)).collect())
    };
    match shape {
        _ if json.is_null() && !matches!(shape, Shape::Struct(_)) => Value::Absent,
        Shape::Bool => Value::Bool(json.as_bool().unwrap_or_else(|| wrong())),
        Shape::Integer => Value::Number(json.as_i64().unwrap_or_else(|| wrong())),
        Shape::Text | Shape::OneOf(_) | Shape::Time => Value::Text(text()),
        Shape::Arn => Value::Arn(text().parse().unwrap_or_else(|_| wrong())),
        Shape::Policy => Value::Policy(json.to_string()),
        Shape::List(item) => Value::List(items(item)),
        Shape::Set(item) => Value::Set(items(item)),
        Shape::Map(item) => {
            let parts = json.as_object().unwrap_or_else(|| wrong());
            Value::Map(parts.iter().map(|(key, json)| (key.clone(), value(item, json, path))).collect())
        }
        Shape::Struct(fields) => {
            let empty = serde_json::Map::new();
            let parts = if json.is_null() { &empty } else { json.as_object().unwrap_or_else(|| wrong()) };
            let field = |name: &String| fields.iter().find(|field| field.name == *name);
            let parts = parts.iter().map(|(name, json)| {
                let field = field(name).unwrap_or_else(|| panic!("{path} has no property `{name}`"));
                (name.clone(), value(&field.shape, json, &format!("{path}.{name}")))
            });
            Value::Map(parts.collect())
        }
    }
}

/// The findings of `report` as case files write them.
pub(crate) fn findings(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let points = |points: plimsoll::model::Points| format!("{}/{} points", points.earned, points.possible);
        text.push_str(&format!(
            "{} {} · {} · {}\n    wanted  {}\n    found   {}\n",
            finding.verdict,
            finding.rule,
            finding.resource,
            points(finding.points),
            finding.wanted,
            finding.found
        ));
        for part in finding.parts.iter().filter(|_| finding.parts.len() > 1) {
            text.push_str(&format!("    part    {} {}, {}\n", part.path, part.verdict, points(part.points)));
        }
        if let Some(witness) = &finding.witness {
            text.push_str(&format!("    proof   {witness}\n"));
        }
        for instead in &finding.instead {
            text.push_str(&format!("    instead of {}\n            {}\n", instead.of, instead.text));
        }
        if !finding.blocked_by.is_empty() {
            text.push_str(&format!("    needs   {}\n", finding.blocked_by.join(", ")));
        }
    }
    for not_checked in &report.not_checked {
        text.push_str(&format!("not checked {}: {}\n", not_checked.what, not_checked.why));
    }
    text
}
