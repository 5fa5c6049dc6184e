//! Laws of what is judged after it was read: a snapshot by other rules than it was made for.

use super::judging::{self, ACCOUNT, REGION};
use super::random::{Dice, account, few, form, load, policies, rules};
use super::{by_id, same};
use plimsoll::model::{
    Account, Call, Field, Gap, Kind, Listing, MANAGED_POLICY, Needs, Resource, Shape, Value, Verdict, Wanted,
};
use plimsoll::rules::{Rules, Whereabouts};
use plimsoll::snapshot::{Snapshot, Whole};
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(crate) fn place() -> Whereabouts {
    Whereabouts { account: Some(ACCOUNT.to_owned()), partition: "aws".to_owned(), region: REGION.to_owned() }
}

/// What a run with these needs reads of `world`, as the collectors read it: a type is listed if any of it is wanted, and of
/// the things in the list those are read that are wanted, with the fields that are wanted and now and then another.
pub(crate) fn read(world: &Account, needs: &Needs, dice: &mut Dice) -> Account {
    let mut account = Account::new(world.caller.clone());
    account.answers = world.answers.clone();
    for (type_name, region, wanted) in needs.iter() {
        let kind = judging::kind(type_name).expect("a kind that exists");
        let key = (type_name.to_owned(), region.to_owned());
        if kind.parent.is_none() || wanted.of_any_parent() {
            let names = world.of_type(type_name, region).map(|one| one.name.clone());
            account.names.insert(key.clone(), names.collect());
        }
        if kind.parent.is_none() || wanted.of_any_parent() {
            account.listings.insert(key, Listing::Complete(vec![Call::new(kind.service, "List", region, "")]));
        }
        for parent in world.resources.iter().filter(|one| kind.parent.is_some_and(|of| of.type_name == one.type_name)) {
            if wanted.of_any_parent() || wanted.children.contains_key(&parent.name) {
                let call = Call::new(kind.service, "List", region, &parent.name);
                let key = (type_name.to_owned(), region.to_owned(), parent.id.clone());
                account.children.insert(key, Listing::Complete(vec![call]));
            }
        }
        for resource in world.of_type(type_name, region) {
            let parent = resource.parent.as_ref().and_then(|id| world.resources.iter().find(|one| one.id == *id));
            let parent = parent.map(|parent| parent.name.as_str());
            let reached =
                wanted.reached.as_ref().filter(|_| type_name != MANAGED_POLICY || is_led_to(world, needs, resource));
            let of_parent = parent.is_some_and(|parent| wanted.children.contains_key(parent));
            if wanted.includes(&resource.name) || of_parent || reached.is_some() {
                let wants = |field: &Field| {
                    is_wanted(wanted, &resource.name, parent, &field.name)
                        || reached.is_some_and(|reached| reached.contains(&field.name))
                        || [kind.name_field, "Arn"].contains(&field.name.as_str())
                };
                account.resources.push(read_of(resource, kind, &wants, dice));
            }
        }
    }
    account.resources.sort_by(|a, b| (a.type_name, &a.region, &a.id).cmp(&(b.type_name, &b.region, &b.id)));
    account
}

fn is_wanted(wanted: &Wanted, name: &str, parent: Option<&str>, field: &str) -> bool {
    match parent {
        Some(parent) => wanted.wants_of_child(name, parent, field),
        None => wanted.wants_of(name, field),
    }
}

/// Whether a principal that is read has the policy attached, or is bounded by it.
fn is_led_to(world: &Account, needs: &Needs, policy: &Resource) -> bool {
    world.resources.iter().any(|one| {
        let is_read = needs.of(one.type_name, &one.region).is_some_and(|wanted| wanted.includes(&one.name));
        let leads = |value: &Value| match value {
            Value::List(items) | Value::Set(items) => {
                items.iter().any(|item| item.as_text().as_ref() == Some(&policy.id))
            }
            value => value.as_text().as_ref() == Some(&policy.id),
        };
        is_read && ["ManagedPolicyArns", "PermissionsBoundary"].iter().any(|field| leads(one.properties.get(field)))
    })
}

/// Writes down of each structure what it does not have, as a collector does.
fn write_out(value: &mut Value, fields: &[Field]) {
    let Value::Map(parts) = value else { return };
    for field in fields {
        let part = parts.entry(field.name.clone()).or_insert(Value::Absent);
        match (&field.shape, part) {
            (Shape::Struct(fields), part) => write_out(part, fields),
            (Shape::List(of) | Shape::Set(of), Value::List(items) | Value::Set(items)) => {
                if let Shape::Struct(fields) = of.as_ref() {
                    items.iter_mut().for_each(|item| write_out(item, fields));
                }
            }
            _ => {}
        }
    }
}

/// The account that `text` describes, as one that was read with everything.
pub(crate) fn whole(text: &str) -> Account {
    let mut account = judging::account(text);
    for resource in &mut account.resources {
        let kind = judging::kind(resource.type_name).expect("a kind that exists");
        write_out(&mut resource.properties, kind.fields());
    }
    account
}

/// `resource` with the fields that are wanted: others are unread, or an answer told of them as well.
fn read_of(resource: &Resource, kind: &'static Kind, wants: &dyn Fn(&Field) -> bool, dice: &mut Dice) -> Resource {
    let gap = Value::Unread(Box::new(Gap::not_asked(kind.type_name, &resource.region)));
    let fields = kind.fields().iter().map(|field| {
        let told = wants(field) || dice.one_in(3);
        (field.name.clone(), if told { resource.properties.get(&field.name).clone() } else { gap.clone() })
    });
    Resource { properties: Value::Map(fields.collect()), ..resource.clone() }
}

pub(crate) fn snapshot(account: Account, needs: &Needs) -> Snapshot {
    Snapshot {
        account,
        partition: "aws".to_owned(),
        region: REGION.to_owned(),
        rules_sha256: "00".repeat(32),
        whole: Whole::of(needs),
    }
}

/// What `judged` says that the whole account does not say when it is judged by the same rules.
fn overreach(rules: &Rules, seen: &Account, world: &Account) -> Option<String> {
    let (partial, all) = (judging::judge(rules, seen), judging::judge(rules, world));
    let whole = by_id(&all);
    let decided = |verdict: Verdict| matches!(verdict, Verdict::Pass | Verdict::Fail | Verdict::NotApplicable);
    let wrong = partial.findings.iter().find(|finding| {
        decided(finding.verdict) && same(finding, &whole, &all).map(|one| one.verdict) != Some(finding.verdict)
    });
    wrong.map(|finding| {
        let (partial, all) = (judging::findings(&partial), judging::findings(&all));
        format!("{} on {}\n{partial}\n{all}", finding.rule, finding.resource)
    })
}

/// A snapshot that was made for one set of rules says to another nothing that the account would not.
fn other_rules(name: &str, made_for: &str, judged_by: &str, world: &str, seed: u64) -> Result<(), TestCaseError> {
    let (one, other) = (load(&format!("{name}-a"), made_for), load(&format!("{name}-b"), judged_by));
    let (world, mut dice) = (whole(world), Dice(seed));
    let needs = one.needs(&place());
    let saved = snapshot(read(&world, &needs, &mut dice), &needs);
    let text = saved.to_json().expect("JSON");
    let back = Snapshot::parse(&text, judging::kind).expect("a snapshot");
    prop_assert_eq!(&back, &saved);
    let seen = back.into_account(&other.needs(&place()));
    let wrong = overreach(&other, &seen, &world);
    prop_assert!(wrong.is_none(), "{}\nmade for\n{made_for}\njudged by\n{judged_by}", wrong.unwrap_or_default());

    // To its own rules it says all that they ask.
    let own = saved.into_account(&needs);
    let (as_read, as_is) = (judging::judge(&one, &own), judging::judge(&one, &world));
    let verdicts = |report: &plimsoll::model::Report| -> BTreeSet<(String, Verdict)> {
        report.findings.iter().map(|finding| (finding.id.clone(), finding.verdict)).collect()
    };
    prop_assert_eq!(
        verdicts(&as_read),
        verdicts(&as_is),
        "{}\n{}\n{}",
        made_for,
        judging::findings(&as_read),
        judging::findings(&as_is)
    );
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_snapshot_says_to_other_rules_what_it_knows(
        a in few(false),
        b in prop_oneof![3 => few(false).boxed(), 1 => rules(form()).boxed()],
        world in account(false),
        seed: u64,
    ) {
        other_rules("snapshot", &a, &b, &world, seed)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn a_snapshot_of_policies_says_what_it_knows(
        a in few(true),
        b in prop_oneof![3 => few(true).boxed(), 1 => rules(policies()).boxed()],
        world in account(true),
        seed: u64,
    ) {
        other_rules("snapshot-policies", &a, &b, &world, seed)?;
    }
}
