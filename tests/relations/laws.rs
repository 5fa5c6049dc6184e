//! Laws that hold for all policies, on random ones.

use plimsoll::iam::{Grants, Relation};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::alphabet::Alphabet;
use super::dice::Dice;
use super::{compare, grants, policy};

fn cases(count: u32) -> ProptestConfig {
    let count = u32::try_from(super::times(u64::from(count))).unwrap_or(u32::MAX);
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

/// A number from which an alphabet and documents follow.
fn dice() -> impl Strategy<Value = u64> {
    any::<u64>().prop_map(|seed| seed.wrapping_add(super::seed()))
}

fn is_no(relation: &Relation) -> bool {
    matches!(relation, Relation::NotContained(_))
}

fn with(document: &Value, statement: &Value) -> Value {
    let mut more = document.clone();
    more["Statement"].as_array_mut().expect("statements").push(statement.clone());
    more
}

fn one_and_another(dice: &mut Dice) -> (Alphabet, Value, Value) {
    let alphabet = Alphabet::new(dice);
    let one = alphabet.document(dice, 3);
    let another = if dice.percent(60) { alphabet.like(&one, dice) } else { alphabet.document(dice, 3) };
    (alphabet, one, another)
}

/// The same document in other words.
fn reworded(document: &Value, dice: &mut Dice) -> Value {
    let mut changed = document.clone();
    let statements = changed["Statement"].as_array_mut().expect("statements");
    for at in 0..statements.len() {
        // A union of values may be two statements; of `Not…` values it may not.
        for name in ["Action", "Resource"] {
            let Some([first, rest @ ..]) = statements[at].get(name).and_then(Value::as_array).map(Vec::as_slice) else {
                continue;
            };
            if !rest.is_empty() && dice.percent(70) {
                let (first, rest) = (first.clone(), rest.to_vec());
                let mut other = statements[at].clone();
                statements[at][name] = first;
                other[name] = Value::Array(rest);
                statements.push(other);
            }
        }
    }
    for statement in statements.iter_mut() {
        for name in ["Action", "NotAction"] {
            for value in statement.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
                let text = value.as_str().expect("a text");
                let case = |c: char| if dice.percent(50) { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
                *value = json!(text.chars().map(case).collect::<String>());
            }
        }
    }
    let by = dice.below(statements.len());
    statements.rotate_left(by);
    statements.reverse();
    changed
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn a_policy_is_contained_in_itself(seed in dice()) {
        let (_, one, _) = one_and_another(&mut Dice::new(seed));
        prop_assert_eq!(compare(&one, &one), Relation::Contained, "{}", one);
    }

    #[test]
    fn in_other_words_it_is_the_same(seed in dice()) {
        let dice = &mut Dice::new(seed);
        let (_, one, _) = one_and_another(dice);
        let other = reworded(&one, dice);
        for relation in [compare(&one, &other), compare(&other, &one)] {
            prop_assert!(!is_no(&relation), "{relation}: {one} {other}");
        }
    }

    #[test]
    fn one_more_allow_removes_nothing_and_one_more_deny_adds_nothing(seed in dice()) {
        let dice = &mut Dice::new(seed);
        let (alphabet, one, _) = one_and_another(dice);
        let mut statement = alphabet.statement(dice);
        // Whether a document is a policy of a resource decides what its statements without a principal mean.
        if alphabet.of_resource {
            statement["NotPrincipal"] = Value::Null;
            let fields = statement.as_object_mut().expect("a statement");
            fields.remove("NotPrincipal");
            fields.insert("Principal".to_owned(), json!("*"));
        }
        prop_assume!(policy(&one).names_principals() == alphabet.of_resource);
        statement["Effect"] = json!("Allow");
        let wider = compare(&one, &with(&one, &statement));
        prop_assert_eq!(wider, Relation::Contained, "{} {}", one, statement);
        statement["Effect"] = json!("Deny");
        let narrower = compare(&with(&one, &statement), &one);
        prop_assert_eq!(narrower, Relation::Contained, "{} {}", one, statement);
    }

    #[test]
    fn containment_is_transitive(seed in dice()) {
        let dice = &mut Dice::new(seed);
        let (alphabet, one, two) = one_and_another(dice);
        let three = if dice.percent(50) { alphabet.like(&two, dice) } else { alphabet.like(&one, dice) };
        let relation = |a: &Value, b: &Value| compare(a, b);
        if relation(&one, &two) == Relation::Contained && relation(&two, &three) == Relation::Contained {
            let ends = relation(&one, &three);
            prop_assert!(!is_no(&ends), "{ends}: {one} {two} {three}");
        }
    }

    #[test]
    fn a_bound_is_an_intersection(seed in dice()) {
        let dice = &mut Dice::new(seed);
        let (alphabet, one, two) = one_and_another(dice);
        let (a, b) = (policy(&one), policy(&two));
        let both = Grants::of([&a]).bounded_by([&b]);
        for side in [&a, &b] {
            let relation = both.within(&Grants::of([side]));
            prop_assert!(!is_no(&relation), "{relation}: {one} {two}");
        }
        // What is within each of two is within both.
        let third = grants(&alphabet.like(&one, dice));
        let each = [third.within(&Grants::of([&a])), third.within(&Grants::of([&b]))];
        let joint = third.within(&both);
        if each.iter().all(|relation| *relation == Relation::Contained) {
            prop_assert_eq!(joint, Relation::Contained, "{} {}", one, two);
        } else if each.iter().any(is_no) {
            prop_assert!(joint != Relation::Contained, "{one} {two}");
        }
        prop_assert_eq!(Grants::of([&a]).and(&Grants::of([&b])).within(&both), Relation::Contained, "{} {}", one, two);
    }

    #[test]
    fn what_is_empty_is_within_everything(seed in dice()) {
        let (_, one, two) = one_and_another(&mut Dice::new(seed));
        let (a, b) = (grants(&one), grants(&two));
        if a.is_empty() == Relation::Contained {
            let relation = a.within(&b);
            prop_assert!(!is_no(&relation), "{relation}: {one} {two}");
        }
        let nothing = Grants::of([]);
        prop_assert_eq!(nothing.within(&b), Relation::Contained);
        prop_assert_eq!(nothing.is_empty(), Relation::Contained);
    }
}
