//! An account written by hand: its resources, and, beside them, what could not be read.

use super::reason::{gap, reason};
use super::value::{hide, merge};
use crate::model::{
    Account, Answer, ArnRule, Call, Caller, Kind, Listing, Resource, Scope, Shape, Value, is_region_name,
    partition_of_region,
};
use crate::rules::{Content, Diagnostics, Entry, Node, Span, Types, Whereabouts, closest, kind_in, map, text, unknown};
use std::collections::{BTreeMap, BTreeSet};

/// The account where nothing says another.
const ACCOUNT: &str = "123456789012";
/// The region where nothing says another.
const REGION: &str = "us-east-1";
/// The fields of an account.
pub(super) const FIELDS: [&str; 8] =
    ["account", "region", "resources", "lists", "children", "asked", "elsewhere", "at"];
/// The fields of a resource.
pub(super) const RESOURCE: [&str; 6] = ["type", "name", "of", "region", "properties", "unread"];

/// The account that `node` describes, and where it is. `region` is where it is unless it says so itself. After a mistake,
/// which is noted, what is right of it.
pub(super) fn account(
    node: &Node,
    region: Option<&str>,
    types: Types,
    diagnostics: &mut Diagnostics,
) -> Option<(Account, Whereabouts)> {
    let wanted = "an account is a map, such as `{ resources: [{ type: AWS::SQS::Queue, name: orders }] }`";
    let entries = map(node, wanted, diagnostics)?;
    for entry in entries.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "an account", &entry.key, &FIELDS, diagnostics);
    }
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    let region = match field("region") {
        Some(entry) => region_in(entry, diagnostics)?,
        None => region.unwrap_or(REGION).to_owned(),
    };
    let number = match field("account") {
        Some(entry) => number_in(entry, diagnostics)?,
        None => ACCOUNT.to_owned(),
    };
    let partition = partition_of_region(&region).to_owned();
    let caller = format!("arn:{partition}:iam::{number}:user/auditor");
    let arn = caller.parse().ok()?;
    let mut account = Account::new(Caller { account: number.clone(), arn });
    let place = Whereabouts { account: Some(number), partition, region };
    if let Some(entry) = field("resources") {
        add(&mut account, &place, entry, types, diagnostics);
    }
    let regions: BTreeSet<String> =
        account.resources.iter().map(|resource| resource.region.clone()).chain([place.region.clone()]).collect();
    for kind in (types.names)().into_iter().filter_map(types.kind) {
        let of_kind = regions.iter().filter(|region| !region.is_empty() && kind.scope == Scope::Regional);
        let global = (kind.scope == Scope::Global).then_some("");
        for region in of_kind.map(String::as_str).chain(global) {
            let read = Listing::Complete(vec![Call::new(kind.service, "List", region, "")]);
            account.listings.insert((kind.type_name.to_owned(), region.to_owned()), read);
        }
    }
    let call = Call::new("sts", "GetCallerIdentity", "", "");
    let answer = Answer { status: Some(200), request_id: None, sha256: None, attempts: 1, at: String::new() };
    account.answers.insert(call, answer.clone());
    if let Some(at) = field("at").and_then(|entry| text(entry, diagnostics)) {
        let answer = Answer { at, ..answer };
        let calls: Vec<Call> = account.resources.iter().flat_map(|resource| resource.calls.iter().cloned()).collect();
        account.answers.extend(calls.into_iter().map(|call| (call, answer.clone())));
    }
    hide_lists(&mut account, &place, entries, types, diagnostics);
    Some((account, place))
}

/// Adds the resources in `entry`, a list.
pub(super) fn add(
    account: &mut Account,
    place: &Whereabouts,
    entry: &Entry,
    types: Types,
    diagnostics: &mut Diagnostics,
) {
    let Content::List(nodes) = &entry.value.content else {
        let message = format!("`{}` takes a list of resources, and this is {}", entry.key, entry.value.noun());
        diagnostics
            .error("wrong-type", &entry.value.span, message)
            .help("write `- { type: AWS::SQS::Queue, name: orders }`");
        return;
    };
    let mut parents: Vec<(String, String, Span)> = Vec::new();
    for node in nodes {
        let Some((resource, parent)) = resource(node, place, types, diagnostics) else { continue };
        if let Some(same) = account.resources.iter().find(|there| there.id == resource.id) {
            let message = format!("another {} has the ARN {} already", same.type_name, same.id);
            let span = node.entry("name").map_or(&node.span, |entry| &entry.value.span);
            diagnostics.error("duplicate-name", span, message).help("give it another `name`, or an `Arn` of its own");
            continue;
        }
        parents.extend(parent.map(|(name, span)| (resource.id.clone(), name, span)));
        if *resource.properties.get("AwsManaged") != Value::Bool(true) {
            let key = (resource.type_name.to_owned(), resource.region.clone());
            account.names.entry(key).or_default().insert(resource.name.clone());
        }
        account.asked.remove(&(resource.type_name.to_owned(), resource.region.clone(), resource.name.clone()));
        account.resources.push(resource);
    }
    account.resources.sort_by(|a, b| (a.type_name, &a.id).cmp(&(b.type_name, &b.id)));
    for (id, parent, span) in parents {
        let Some(at) = account.resources.iter().position(|resource| resource.id == id) else { continue };
        let wanted = (types.kind)(account.resources[at].type_name).and_then(|kind| kind.parent);
        let candidates = account.resources.iter().filter(|r| wanted.is_some_and(|p| p.type_name == r.type_name));
        match candidates.clone().find(|candidate| candidate.name == parent).map(|candidate| candidate.id.clone()) {
            Some(id) => account.resources[at].parent = Some(id),
            None => {
                let names = candidates.map(|candidate| candidate.name.as_str());
                let kind = wanted.map_or("resource", |parent| parent.type_name);
                diagnostics
                    .error("unknown-reference", &span, format!("the account has no {kind} called `{parent}`"))
                    .help("`of` names what it hangs on, which is a resource of the account as well")
                    .did_you_mean(&parent, names);
            }
        }
    }
}

/// The resource in `node`, with the name of its parent and where that stands.
fn resource(
    node: &Node,
    place: &Whereabouts,
    types: Types,
    diagnostics: &mut Diagnostics,
) -> Option<(Resource, Option<(String, Span)>)> {
    let entries = map(node, "a resource is a map, such as `{ type: AWS::SQS::Queue, name: orders }`", diagnostics)?;
    for entry in entries.iter().filter(|entry| !RESOURCE.contains(&entry.key.as_str())) {
        unknown(entry, "a resource of an account", &entry.key, &RESOURCE, diagnostics);
    }
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    let (Some(type_entry), Some(name_entry)) = (field("type"), field("name")) else {
        diagnostics
            .error("missing-field", &node.span, "a resource of an account has a `type` and a `name`")
            .help("write `{ type: AWS::SQS::Queue, name: orders }`");
        return None;
    };
    let kind = kind_in(&type_entry.value, types, diagnostics)?;
    let name = text(name_entry, diagnostics)?;
    let region = match (kind.scope, field("region")) {
        (Scope::Global, None) => String::new(),
        (Scope::Global, Some(entry)) => {
            diagnostics.error("wrong-region", &entry.key_span, format!("{} lives in no region", kind.one()));
            return None;
        }
        (Scope::Regional, Some(entry)) => region_in(entry, diagnostics)?,
        (Scope::Regional, None) => place.region.clone(),
    };
    let parent = match field("of") {
        Some(entry) if kind.parent.is_none() => {
            let message = format!("{} hangs on nothing else", kind.one());
            diagnostics.error("wrong-field", &entry.key_span, message).help("leave `of` out");
            return None;
        }
        Some(entry) => Some((text(entry, diagnostics)?, entry.value.span.clone())),
        None => None,
    };
    let shape = Shape::Struct(kind.fields().to_vec());
    let mut properties = Value::Map(BTreeMap::new());
    if let Some(entry) = field("properties").filter(|entry| entry.value.noun() != "nothing") {
        let entries = map(&entry.value, "`properties` is a map of properties", diagnostics)?;
        if !merge(&shape, &mut properties, entries, kind.type_name, diagnostics) {
            return None;
        }
    }
    let id = properties.get("Arn").as_text().unwrap_or_else(|| id(kind, place, &region, &name, &properties));
    let Ok(arn) = id.parse() else {
        let message = format!("`{name}` cannot be part of an ARN, and {} has one", kind.one());
        diagnostics.error("wrong-arn", &name_entry.value.span, message);
        return None;
    };
    if let Value::Map(parts) = &mut properties {
        parts.entry(kind.name_field.to_owned()).or_insert(Value::Text(name.clone()));
        parts.entry("Arn".to_owned()).or_insert(Value::Arn(arn));
    }
    let calls = vec![Call::new(kind.service, "Get", &region, &name)];
    let mut resource = Resource { type_name: kind.type_name, region, name, id, parent: None, properties, calls };
    if let Some(entry) = field("unread") {
        hide_properties(&mut resource, kind, &entry.value, diagnostics);
    }
    Some((resource, parent))
}

/// Marks the properties of `resource` that `node` names as not read.
pub(super) fn hide_properties(resource: &mut Resource, kind: &Kind, node: &Node, diagnostics: &mut Diagnostics) {
    let wanted = "`unread` is a map from properties to why they were not read, such as `{ Policy: denied }`";
    let shape = Shape::Struct(kind.fields().to_vec());
    for entry in map(node, wanted, diagnostics).unwrap_or_default() {
        let Some(reason) = reason(&entry.value, diagnostics) else { continue };
        let gap = gap(kind, &resource.region, &resource.name, reason);
        if let Err(why) = hide(&mut resource.properties, &shape, &entry.key, gap) {
            diagnostics
                .error(
                    "unknown-field",
                    &entry.key_span,
                    format!("{} has no `{}` to hide: {why}", kind.one(), entry.key),
                )
                .help(format!("`plimsoll rules explain {}` lists its properties", kind.type_name));
        }
    }
}

/// Takes in what `entries` say of the lists and of single things that were asked about.
pub(super) fn hide_lists(
    account: &mut Account,
    place: &Whereabouts,
    entries: &[Entry],
    types: Types,
    diagnostics: &mut Diagnostics,
) {
    for entry in entries {
        let wanted = match entry.key.as_str() {
            "lists" => "`lists` is a map from types to why their list broke off: `{ AWS::SQS::Queue: denied }`",
            "children" => {
                "`children` is a map from names to why the list of what hangs there broke off: `{ api: denied }`"
            }
            "asked" => "`asked` is a map from a type and a name to the answer: `{ AWS::SQS::Queue orders: denied }`",
            "elsewhere" => {
                "`elsewhere` is a map from a type and a name to regions: `{ AWS::SQS::Queue orders: [eu-west-1] }`"
            }
            _ => continue,
        };
        for said in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
            match entry.key.as_str() {
                "lists" => list(account, said, types, diagnostics),
                "children" => children(account, said, types, diagnostics),
                "asked" => asked(account, place, said, types, diagnostics),
                _ => elsewhere(account, said, types, diagnostics),
            }
        }
    }
}

/// The list of a type, in all regions.
fn list(account: &mut Account, said: &Entry, types: Types, diagnostics: &mut Diagnostics) {
    let Some(kind) = kind_of_key(&said.key, &said.key_span, types, diagnostics) else { return };
    if said.value.text() == Some("not asked") {
        account.listings.retain(|(type_name, _), _| type_name != kind.type_name);
        return;
    }
    let Some(reason) = reason(&said.value, diagnostics) else { return };
    let listings = account.listings.iter_mut().filter(|((type_name, _), _)| type_name == kind.type_name);
    for ((_, region), listing) in listings {
        *listing = Listing::Broken(gap(kind, region, "", reason.clone()));
    }
}

/// The lists of what hangs on one resource.
fn children(account: &mut Account, said: &Entry, types: Types, diagnostics: &mut Diagnostics) {
    let Some(at) = named(account, &said.key, &said.key_span, diagnostics) else { return };
    let of = account.resources[at].clone();
    let reason = match said.value.text() {
        Some("listed") => None,
        _ => match reason(&said.value, diagnostics) {
            Some(reason) => Some(reason),
            None => return,
        },
    };
    for kind in (types.names)().into_iter().filter_map(types.kind) {
        if kind.parent.is_none_or(|parent| parent.type_name != of.type_name) {
            continue;
        }
        let listing = match &reason {
            None => Listing::Complete(vec![Call::new(kind.service, "List", &of.region, &of.name)]),
            Some(reason) => Listing::Broken(gap(kind, &of.region, &of.name, reason.clone())),
        };
        account.children.insert((kind.type_name.to_owned(), of.region.clone(), of.id.clone()), listing);
    }
}

/// What AWS answered when it was asked about one thing by its name.
fn asked(account: &mut Account, place: &Whereabouts, said: &Entry, types: Types, diagnostics: &mut Diagnostics) {
    let Some((kind, name)) = type_and_name(said, types, diagnostics) else { return };
    let region = place.region_of_scope(kind.scope).to_owned();
    let answer = match said.value.text() {
        Some("missing") => Ok(Call::new(kind.service, "Get", &region, &name)),
        _ => match reason(&said.value, diagnostics) {
            Some(reason) => Err(gap(kind, &region, &name, reason)),
            None => return,
        },
    };
    account.asked.insert((kind.type_name.to_owned(), region, name), answer);
}

/// In which other regions one of that name was found.
fn elsewhere(account: &mut Account, said: &Entry, types: Types, diagnostics: &mut Diagnostics) {
    let Some((kind, name)) = type_and_name(said, types, diagnostics) else { return };
    let regions: Option<BTreeSet<String>> = match &said.value.content {
        Content::List(nodes) => nodes.iter().map(|node| node.text().map(str::to_owned)).collect(),
        _ => None,
    };
    match regions {
        Some(regions) => drop(account.elsewhere.insert((kind.type_name.to_owned(), name), regions)),
        None => {
            diagnostics.error("wrong-type", &said.value.span, "a list of regions is wanted here: `[eu-west-1]`");
        }
    }
}

/// The type and the name before the colon: `AWS::SQS::Queue orders`.
fn type_and_name(said: &Entry, types: Types, diagnostics: &mut Diagnostics) -> Option<(&'static Kind, String)> {
    let Some((type_name, name)) = said.key.split_once(' ') else {
        diagnostics
            .error("wrong-key", &said.key_span, format!("`{}` is not a type and a name", said.key))
            .help("write both, with a blank between: `AWS::SQS::Queue orders`");
        return None;
    };
    Some((kind_of_key(type_name, &said.key_span, types, diagnostics)?, name.trim().to_owned()))
}

fn kind_of_key(name: &str, span: &Span, types: Types, diagnostics: &mut Diagnostics) -> Option<&'static Kind> {
    let node = Node { span: span.clone(), content: Content::Scalar { text: name.to_owned(), plain: false } };
    kind_in(&node, types, diagnostics)
}

/// Which resource of `account` is called `name`: its own name, or its type and its name where several have one.
pub(super) fn named(account: &Account, name: &str, span: &Span, diagnostics: &mut Diagnostics) -> Option<usize> {
    let with = |fits: &dyn Fn(&Resource) -> bool| -> Vec<usize> {
        (0..account.resources.len()).filter(|at| fits(&account.resources[*at])).collect()
    };
    let mut found = with(&|resource| resource.name == name);
    if let (true, Some((type_name, name))) = (found.is_empty(), name.split_once(' ')) {
        found = with(&|resource| resource.type_name == type_name && resource.name == name.trim());
    }
    match found[..] {
        [only] => Some(only),
        [] => {
            let names: Vec<&str> = account.resources.iter().map(|resource| resource.name.as_str()).collect();
            let help = match closest(name, names.iter().copied()) {
                Some(close) => format!("did you mean `{close}`?"),
                None if names.is_empty() => "the account has none".to_owned(),
                None => format!("it has {}", some(&names)),
            };
            diagnostics
                .error("unknown-reference", span, format!("the account has no resource called `{name}`"))
                .help(help);
            None
        }
        _ => {
            let types: Vec<String> =
                found.iter().map(|at| format!("`{} {name}`", account.resources[*at].type_name)).collect();
            diagnostics
                .error("ambiguous", span, format!("{} resources of the account are called `{name}`", found.len()))
                .help(format!("write the type before it: {}", types.join(" or ")));
            None
        }
    }
}

/// The first of `names`, and how many more there are.
pub(super) fn some(names: &[&str]) -> String {
    const SHOWN: usize = 12;
    let more = names.len().saturating_sub(SHOWN);
    let shown = names[..names.len() - more].join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

fn region_in(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<String> {
    let region = text(entry, diagnostics)?;
    if is_region_name(&region) {
        return Some(region);
    }
    diagnostics.error("wrong-region", &entry.value.span, format!("`{region}` is no region, such as us-east-1"));
    None
}

fn number_in(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<String> {
    let number = text(entry, diagnostics)?;
    if number.len() == 12 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(number);
    }
    diagnostics.error("wrong-value", &entry.value.span, format!("an account has 12 digits, and this is `{number}`"));
    None
}

/// The ARN that a resource has where nothing says another.
fn id(kind: &Kind, place: &Whereabouts, region: &str, name: &str, properties: &Value) -> String {
    let (partition, service) = (&place.partition, kind.service);
    let owned_by_aws = *properties.get("AwsManaged") == Value::Bool(true);
    let account = if owned_by_aws { "aws" } else { place.account.as_deref().unwrap_or_default() };
    let resource = match kind.arn {
        ArnRule::FromName(form) => form.replace("{}", name),
        // IAM has the path in the ARN, before the name.
        ArnRule::Read if kind.scope == Scope::Global => {
            let path = properties.get("Path").as_text().unwrap_or_else(|| "/".to_owned());
            format!("{}{path}{name}", kind.noun.rsplit(' ').next().unwrap_or(kind.noun))
        }
        ArnRule::Read => format!("{}/{name}", kind.noun.replace(' ', "-")),
    };
    format!("arn:{partition}:{service}:{region}:{account}:{resource}")
}
