//! The order in which resources are written: along the flows, each followed by what hangs on it, and then those that
//! permit it all.

use super::facts::{Facts, part};
use super::flows::Drawn;
use crate::intent::Intended;
use crate::model::{GROUP, MANAGED_POLICY, QUEUE, ROLE, USER};

/// The resources in the order of the flows; and the roles and policies, those that are used first before the others.
pub(super) fn order<'a>(facts: &Facts<'a>, flows: &[Drawn<'a>]) -> (Vec<&'a Intended>, Vec<&'a Intended>) {
    let is_identity = |of: &Intended| [GROUP, MANAGED_POLICY, ROLE, USER].contains(&of.type_name.as_str());
    let roots: Vec<&'a Intended> =
        facts.intent.resources.iter().filter(|of| !is_identity(of) && root(facts, of).key == of.key).collect();
    let mut along: Vec<&'a Intended> = Vec::new();
    let fed = |of: &Intended| {
        flows.iter().any(|flow| {
            let (from, to) = (root(facts, flow.from), root(facts, flow.to));
            to.key == of.key && from.key != to.key
        }) || facts.of_type(QUEUE).any(|queue| dead_letters(facts, queue).is_some_and(|dead| dead.key == of.key))
    };
    for start in roots.iter().filter(|of| !fed(of)).chain(&roots) {
        visit(facts, flows, start, &mut along);
    }
    let mut identities: Vec<&'a Intended> = Vec::new();
    let mut add = |of: Option<&'a Intended>| {
        if let Some(of) = of.filter(|of| !identities.iter().any(|known| known.key == of.key)) {
            identities.push(of);
        }
    };
    along.iter().for_each(|of| add(facts.role_of(of)));
    flows.iter().for_each(|flow| add(flow.role));
    facts.intent.resources.iter().filter(|of| is_identity(of)).for_each(|of| add(Some(of)));
    // Roles attach policies, so the policies come first.
    identities.sort_by_key(|of| of.type_name != MANAGED_POLICY);
    (along, identities)
}

/// What a resource hangs on in the end.
fn root<'a>(facts: &Facts<'a>, of: &'a Intended) -> &'a Intended {
    let mut root = of;
    // A chain of parents is short; one that goes round is cut.
    for _ in 0..8 {
        match root.of.as_deref().and_then(|parent| facts.get(parent)) {
            Some(parent) => root = parent,
            None => break,
        }
    }
    root
}

fn dead_letters<'a>(facts: &Facts<'a>, queue: &Intended) -> Option<&'a Intended> {
    facts.named_by(part(&queue.properties, &["RedrivePolicy", "deadLetterTargetArn"])?, QUEUE)
}

fn visit<'a>(facts: &Facts<'a>, flows: &[Drawn<'a>], of: &'a Intended, along: &mut Vec<&'a Intended>) {
    if along.iter().any(|known| known.key == of.key) {
        return;
    }
    along.push(of);
    let hangs = |child: &&'a Intended| child.key != of.key && root(facts, child).key == of.key;
    along.extend(facts.intent.resources.iter().filter(hangs));
    for flow in flows.iter().filter(|flow| root(facts, flow.from).key == of.key) {
        visit(facts, flows, root(facts, flow.to), along);
    }
    if let Some(dead) = dead_letters(facts, of) {
        visit(facts, flows, dead, along);
    }
}
