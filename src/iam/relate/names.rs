//! Sets of actions as a person writes them: by the statement's own patterns, by `service:Prefix*`, by what they leave
//! out. What is said of actions that exist is exact: each name and pattern stands for actions of the set alone.

use std::collections::BTreeSet;

use crate::iam::catalogue::{Action, Catalogue};

/// A list that is cut where a person would stop to read.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// The first items.
    pub items: Vec<String>,
    /// How many more there are.
    pub left_out: usize,
}

/// A set of actions.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ActionNames {
    /// Names and patterns. A pattern is listed only if every action of the catalogue that it matches is in the set.
    pub names: Listed,
    /// The names are what the set leaves out: it is every other action of the catalogue.
    pub all_but: bool,
    /// How many actions of the catalogue are in the set.
    pub count: usize,
    /// Whether names that the catalogue does not have are in it as well: actions that AWS may add.
    pub future: bool,
    /// Those of the catalogue, by their places in it.
    pub places: BTreeSet<u32>,
}

/// Items that are listed.
pub(super) const MOST: usize = 40;
/// Actions with one first word from which on they are written as a pattern.
const FEW: usize = 3;

impl Listed {
    pub(super) fn of(items: impl IntoIterator<Item = String>) -> Self {
        let mut items: Vec<String> = items.into_iter().collect();
        let left_out = items.len().saturating_sub(MOST);
        items.truncate(MOST);
        Self { items, left_out }
    }
}

impl ActionNames {
    /// `set` holds places in the catalogue; `patterns` are what the granting statement writes, `[]` if it is
    /// `NotAction`.
    pub(super) fn of(set: &BTreeSet<u32>, patterns: &[&str], future: bool) -> Self {
        let catalogue = Catalogue::embedded();
        let total = catalogue.action_count();
        let all_but = set.len() > total / 2;
        let names = if all_but {
            let ids = (0..u32::try_from(total).unwrap_or(u32::MAX)).filter(|id| !set.contains(id));
            collapsed(&ids.collect(), &[])
        } else {
            collapsed(set, patterns)
        };
        Self { names: Listed::of(names), all_but, count: set.len(), future, places: set.clone() }
    }
}

fn id(action: Action) -> u32 {
    u32::try_from(action.id().index()).unwrap_or(u32::MAX)
}

/// The shortest way to write a set that the rules here know: patterns that were written first.
fn collapsed(set: &BTreeSet<u32>, patterns: &[&str]) -> Vec<String> {
    let mut left = set.clone();
    let mut names = Vec::new();
    for pattern in patterns.iter().filter(|pattern| pattern.contains(['*', '?'])) {
        let matched: BTreeSet<u32> = Catalogue::embedded().matching(pattern).map(id).collect();
        if !matched.is_empty() && matched.iter().all(|id| set.contains(id)) {
            if matched.iter().any(|id| left.contains(id)) {
                names.push((*pattern).to_owned());
            }
            left.retain(|id| !matched.contains(id));
        }
    }
    let actions: Vec<Action> = left.iter().filter_map(|id| Catalogue::embedded().action_at(*id as usize)).collect();
    for of_service in actions.chunk_by(|a, b| a.service() == b.service()) {
        let Some(first) = of_service.first() else { continue };
        let all = first.service().actions();
        if of_service.len() >= FEW && all.clone().all(|action| set.contains(&id(action))) {
            names.push(format!("{}:*", first.prefix()));
            continue;
        }
        for alike in of_service.chunk_by(|a, b| word(a.name()) == word(b.name())) {
            let Some(first) = alike.first() else { continue };
            let word = word(first.name());
            let whole =
                || all.clone().filter(|action| begins(action.name(), word)).all(|action| set.contains(&id(action)));
            if alike.len() >= FEW && whole() {
                names.push(format!("{}:{word}*", first.prefix()));
            } else {
                names.extend(alike.iter().map(|action| action.full_name()));
            }
        }
    }
    names
}

/// The first word of a name in camel case: `Get` of `GetObject`.
fn word(name: &str) -> &str {
    let end = name.char_indices().skip(1).find(|(_, c)| c.is_ascii_uppercase()).map_or(name.len(), |(at, _)| at);
    &name[..end]
}

fn begins(name: &str, word: &str) -> bool {
    name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(patterns: &[&str]) -> BTreeSet<u32> {
        patterns.iter().flat_map(|pattern| Catalogue::embedded().matching(pattern)).map(id).collect()
    }

    #[test]
    fn what_was_written_is_said_first() {
        let names = |of: &[&str], patterns: &[&str]| ActionNames::of(&set(of), patterns, false).names.items;
        assert_eq!(names(&["sqs:*"], &["sqs:*"]), ["sqs:*"]);
        assert_eq!(names(&["sqs:*"], &["*"]), ["sqs:*"]);
        assert_eq!(names(&["s3:Get*", "s3:PutObject"], &["s3:*"]), ["s3:Get*", "s3:PutObject"]);
        assert_eq!(names(&["s3:GetObject"], &["s3:Get*"]), ["s3:GetObject"]);
        assert_eq!(names(&["sqs:Send*"], &["sqs:Send*", "sqs:SendMessage"]), ["sqs:Send*"]);
    }

    #[test]
    fn a_set_of_nearly_all_says_what_it_leaves_out() {
        let mut most = set(&["*"]);
        let gone = set(&["s3:*"]);
        most.retain(|id| !gone.contains(id));
        let names = ActionNames::of(&most, &["*"], true);
        assert!(names.all_but && names.future);
        assert_eq!(names.names.items, ["s3:*"]);
    }

    #[test]
    fn a_name_that_is_left_out_of_its_prefix_is_not_hidden() {
        let mut gets = set(&["sqs:*"]);
        gets.retain(|id| !set(&["sqs:GetQueueUrl"]).contains(id));
        let names = ActionNames::of(&gets, &["sqs:*"], false).names.items;
        assert!(!names.iter().any(|name| name == "sqs:*" || name == "sqs:Get*"), "{names:?}");
        assert!(names.contains(&"sqs:GetQueueAttributes".to_owned()), "{names:?}");
    }
}
