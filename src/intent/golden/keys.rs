//! What the resources of an account are called in rules: their names in small letters, and for what has none of its own,
//! what it hangs on and does.

use crate::model::{Kind, MAPPING, METHOD, Resource, SUBSCRIPTION, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A key for each resource, by its id.
pub(super) fn keys(resources: &[&Resource], kinds: fn(&str) -> Option<&'static Kind>) -> BTreeMap<String, String> {
    let mut keys: BTreeMap<String, String> = BTreeMap::new();
    // The word stands for everyone in rules.
    let mut taken: BTreeSet<String> = BTreeSet::from(["anyone".to_owned()]);
    let hangs = |of: &Resource| kinds(of.type_name).is_some_and(|kind| kind.parent.is_some());
    let is_identity = |of: &Resource| of.type_name.starts_with("AWS::IAM::");
    let mut ordered: Vec<&&Resource> = resources.iter().collect();
    ordered.sort_by_key(|of| (hangs(of), is_identity(of)));
    for resource in ordered {
        let noun = kinds(resource.type_name).map_or("resource", |kind| kind.noun);
        let parent = resource.parent.as_ref().and_then(|id| keys.get(id)).cloned();
        let trigger = parent.as_ref().map(|parent| format!("{parent}-trigger")).filter(|key| !taken.contains(key));
        let wanted = match (parent, hangs(resource)) {
            (Some(_), true) if resource.type_name == MAPPING && trigger.is_some() => trigger.unwrap_or_default(),
            (Some(parent), true) => of_child(resource, &parent, &keys, noun),
            _ => kebab(given(&resource.name)),
        };
        let wanted = if wanted.is_empty() { kebab(noun) } else { wanted };
        let with_noun = format!("{wanted}-{}", kebab(noun));
        let numbered = (2..).map(|number| format!("{with_noun}-{number}"));
        let key = [wanted.clone(), with_noun.clone()].into_iter().chain(numbered).find(|key| !taken.contains(key));
        if let Some(key) = key {
            taken.insert(key.clone());
            keys.insert(resource.id.clone(), key);
        }
    }
    keys
}

fn of_child(resource: &Resource, parent: &str, keys: &BTreeMap<String, String>, noun: &str) -> String {
    let text = |field: &str| resource.properties.get(field).as_text();
    let end = |field: &str| {
        let arn = text(field)?;
        let of =
            keys.iter().find(|(id, _)| arn == **id || arn.strip_prefix(*id).is_some_and(|rest| rest.starts_with('/')));
        of.map(|(_, key)| key.clone())
    };
    match resource.type_name {
        MAPPING => {
            end("EventSourceArn").map_or_else(|| format!("{parent}-trigger"), |end| format!("{end}-to-{parent}"))
        }
        SUBSCRIPTION => match (end("Endpoint"), text("Protocol")) {
            (Some(end), _) => format!("{parent}-to-{end}"),
            (None, Some(protocol)) => format!("{parent}-{}", kebab(&protocol)),
            (None, None) => format!("{parent}-subscription"),
        },
        METHOD => {
            let path = text("ResourcePath").unwrap_or_default();
            let verb = text("HttpMethod").unwrap_or_default();
            format!("{}-{}", kebab(&verb), if path == "/" { parent.to_owned() } else { kebab(&path) })
        }
        _ => match resource.properties.get("StageName") {
            Value::Text(stage) => format!("{parent}-{}", kebab(stage)),
            _ if resource.name.starts_with("https://") => format!("{parent}-url"),
            _ if noun == "authorizer" => match resource.properties.get("Name") {
                Value::Text(name) => format!("{}-authorizer", kebab(name)),
                _ => format!("{parent}-authorizer"),
            },
            _ => format!("{parent}-{}-{}", kebab(noun), kebab(&resource.name)),
        },
    }
}

/// A name without what CloudFormation puts behind it to make it its own: `-1A2B3C4D5E6F`.
fn given(name: &str) -> &str {
    let (plain, suffix) = name.strip_suffix(".fifo").unwrap_or(name).rsplit_once('-').unwrap_or((name, ""));
    let chosen = (12..=13).contains(&suffix.len())
        && suffix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && suffix.bytes().any(|byte| byte.is_ascii_digit());
    if chosen { plain } else { name }
}

/// `POC-Queue` and `PocQueue` are `poc-queue`.
fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    let mut before = '-';
    for c in name.chars() {
        let breaks = !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && before.is_ascii_lowercase());
        if breaks && !kebab.ends_with('-') && !kebab.is_empty() {
            kebab.push('-');
        }
        if c.is_ascii_alphanumeric() {
            kebab.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    kebab.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{given, kebab};

    #[test]
    fn what_cloudformation_puts_behind_a_name_is_no_part_of_it() {
        assert_eq!(given("shop-OrdersQueue-1A2B3C4D5E6F"), "shop-OrdersQueue");
        assert_eq!(given("shop-Orders-1A2B3C4D5E6F.fifo"), "shop-Orders");
        for own in ["Lambda-SQS-DynamoDB", "AWS-ABCDEFGHIJKL", "orders.fifo", "plain"] {
            assert_eq!(given(own), own);
        }
    }

    #[test]
    fn names_become_words_with_hyphens() {
        for (name, key) in [
            ("POC-Queue", "poc-queue"),
            ("OrdersQueue", "orders-queue"),
            ("Lambda-SQS-DynamoDB", "lambda-sqs-dynamo-db"),
            ("shop-billing.fifo", "shop-billing-fifo"),
            ("/orders/{id}", "orders-id"),
            ("日本", ""),
        ] {
            assert_eq!(kebab(name), key);
        }
    }
}
