//! What things are called in rules: the logical ids of a template in lower case with hyphens, each once.

use std::collections::BTreeSet;

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Keys {
    taken: BTreeSet<String>,
}

impl Keys {
    /// A name for what a template calls `logical_id`.
    pub(super) fn take(&mut self, logical_id: &str) -> String {
        let wanted = kebab(logical_id);
        let mut key = wanted.clone();
        let mut number = 2;
        while !self.taken.insert(key.clone()) {
            key = format!("{wanted}-{number}");
            number += 1;
        }
        key
    }
}

/// `OrdersQueue` as `orders-queue`, `POCQueue` as `poc-queue`, `Lambda2` as `lambda2`.
pub(super) fn kebab(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut kebab = String::new();
    for (at, c) in chars.iter().enumerate() {
        if !c.is_ascii_alphanumeric() {
            if !kebab.is_empty() && !kebab.ends_with('-') {
                kebab.push('-');
            }
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| chars.get(at));
        let begins_word = c.is_ascii_uppercase()
            && before.is_some_and(|before| {
                let ends_acronym = chars.get(at + 1).is_some_and(char::is_ascii_lowercase);
                before.is_ascii_lowercase() || before.is_ascii_digit() || (before.is_ascii_uppercase() && ends_acronym)
            });
        if begins_word && !kebab.ends_with('-') {
            kebab.push('-');
        }
        kebab.push(c.to_ascii_lowercase());
    }
    let kebab = kebab.trim_matches('-').to_owned();
    // A name begins with a letter.
    if kebab.starts_with(|c: char| c.is_ascii_lowercase()) {
        kebab
    } else {
        format!("r-{kebab}").trim_end_matches('-').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Keys, kebab};

    #[test]
    fn logical_ids_become_names_of_rules() {
        for (id, name) in [
            ("OrdersQueue", "orders-queue"),
            ("POCQueue", "poc-queue"),
            ("Lambda2", "lambda2"),
            ("V2Api", "v2-api"),
            ("already-so", "already-so"),
            ("2nd", "r-2nd"),
            ("/orders/{id}", "orders-id"),
        ] {
            assert_eq!(kebab(id), name);
        }
    }

    #[test]
    fn no_two_things_have_one_name() {
        let mut keys = Keys::default();
        assert_eq!([keys.take("Queue"), keys.take("queue"), keys.take("QUEUE")], ["queue", "queue-2", "queue-3"]);
    }
}
