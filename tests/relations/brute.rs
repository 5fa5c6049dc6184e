//! Brute force: what the engine says of all requests, against the evaluator on every request of a small universe.

use plimsoll::iam::evaluate;
use plimsoll::iam::{Grants, Outcome, Policy, Relation, Request};
use serde_json::Value;

use super::alphabet::Alphabet;
use super::dice::Dice;
use super::{policy, seed, times};

/// Sets of documents, each of which must allow.
struct Layers(Vec<Vec<Policy>>);

impl Layers {
    fn grants(&self) -> Grants {
        let mut layers = self.0.iter();
        let first = Grants::of(layers.next().into_iter().flatten());
        layers.fold(first, |grants, layer| grants.bounded_by(layer))
    }

    /// Whether every layer allows and none denies; `None` if the evaluator cannot tell.
    fn allow(&self, request: &Request) -> Option<bool> {
        let mut allowed = Some(true);
        for layer in &self.0 {
            let policies: Vec<&Policy> = layer.iter().collect();
            match evaluate::grants(&policies, request) {
                Outcome::ExplicitlyDenied | Outcome::ImplicitlyDenied => return Some(false),
                Outcome::Unknown => allowed = None,
                Outcome::Allowed => {}
            }
        }
        allowed
    }
}

#[derive(Default, Debug)]
struct Tally {
    contained: u64,
    not_contained: u64,
    unknown: u64,
}

/// Compares, and holds the answer against the evaluator.
fn check(alphabet: &Alphabet, left: &Layers, right: &Layers, shown: &[Value], tally: &mut Tally) {
    match left.grants().within(&right.grants()) {
        Relation::Contained => {
            tally.contained += 1;
            // All of them, where there is time.
            let most = if times(1) > 1 { usize::MAX } else { 1_000 };
            alphabet.requests(most, |request| {
                let wrong = left.allow(request) == Some(true) && right.allow(request) == Some(false);
                assert!(!wrong, "said to be contained, and {request} is not: {}", show(shown));
            });
        }
        Relation::NotContained(witness) => {
            tally.not_contained += 1;
            let decided = (left.allow(&witness.request), right.allow(&witness.request));
            assert_eq!(decided, (Some(true), Some(false)), "{}: {}", witness.request, show(shown));
        }
        Relation::Unknown(why) => {
            tally.unknown += 1;
            if std::env::var_os("PLIMSOLL_SHOW").is_some() {
                println!("{why}\t{}", show(shown));
            }
        }
    }
}

fn show(documents: &[Value]) -> String {
    documents.iter().map(Value::to_string).collect::<Vec<_>>().join("\n  ")
}

#[test]
fn no_answer_is_contradicted_by_a_request() {
    let mut tally = Tally::default();
    for round in 0..times(250) {
        let dice = &mut Dice::new(seed().wrapping_mul(1_000_003).wrapping_add(round));
        let alphabet = Alphabet::new(dice);
        let most = 1 + dice.below(3);
        let a = alphabet.document(dice, most);
        let b = if dice.percent(60) { alphabet.like(&a, dice) } else { alphabet.document(dice, most) };
        let one = |document: &Value| vec![policy(document)];
        let mut left = vec![one(&a)];
        let mut right = vec![one(&b)];
        let mut shown = vec![a, b];
        for side in [&mut left, &mut right] {
            if dice.percent(15) {
                let more = alphabet.document(dice, 2);
                if dice.percent(50) {
                    side.push(one(&more))
                } else {
                    side[0].push(policy(&more))
                }
                shown.push(more);
            }
        }
        check(&alphabet, &Layers(left), &Layers(right), &shown, &mut tally);
    }
    println!("{tally:?}");
    let all = tally.contained + tally.not_contained + tally.unknown;
    // Two of a hundred; the alphabet has more in it that cannot be read than documents in use have.
    assert!(tally.unknown <= all / 50 + 1, "{tally:?}");
}
