//! YAML files that are given where one of another kind is wanted: which kind it is, and what takes it. Knows the kinds by
//! their first keys alone; whether such a file is right its own reader says.

use super::diagnostic::Diagnostics;
use super::node::Node;

/// A kind of file: what it is called, the keys that it has and no other kind, and what takes it.
const KINDS: [(&str, &[&str], &str); 5] = [
    ("a waivers file", &["plimsoll_waivers"], "give it to `plimsoll scan RULES --waivers`"),
    ("a list of accounts", &["plimsoll_accounts"], "give it to `plimsoll scan --accounts`"),
    ("a file of cases", &["plimsoll", "cases"], "give it to `plimsoll rules test`"),
    ("a rules file", &["plimsoll", "title"], "give it to a command as RULES: `plimsoll scan FILE`"),
    ("a template of CloudFormation", &["Resources"], "make rules of it: `plimsoll rules new --from FILE`"),
];

/// Tells that `node`, all that its file holds, is a file of another kind than `wanted`, if it is one.
pub(crate) fn is_another(node: &Node, wanted: &str, diagnostics: &mut Diagnostics) -> bool {
    let is = |keys: &[&str]| keys.iter().all(|key| node.entry(key).is_some());
    let Some((what, keys, takes)) = KINDS.iter().find(|(_, keys, _)| is(keys)).filter(|(what, ..)| *what != wanted)
    else {
        return false;
    };
    let at =
        keys.last().and_then(|key| node.entry(key)).map_or_else(|| node.span.clone(), |entry| entry.key_span.clone());
    diagnostics.error("another-file", &at, format!("this is {what}, and not {wanted}")).help(*takes);
    true
}
