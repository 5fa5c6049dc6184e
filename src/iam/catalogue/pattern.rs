//! The actions that an `Action` element names by a pattern.

use super::action::{self, Action};
use super::service::Service;
use super::table::{compare, partition};

/// The actions that `pattern` names: `*` for any run of characters, `?` for one, letters in any case.
///
/// A pattern without a colon names every action if it is nothing but `*`, and none otherwise: AWS demands the prefix.
/// Wildcards in the prefix count: AWS does not forbid them, it only advises against them.
pub(super) fn matching(pattern: &str) -> impl Iterator<Item = Action> {
    let everything = !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*');
    let split = if everything { Some(("*", "*")) } else { pattern.split_once(':') };
    split.into_iter().flat_map(|(prefix, name)| {
        let (few, many) = if prefix.contains(['*', '?']) {
            (None, Some(Service::all().filter(move |service| matches(prefix.as_bytes(), service.prefix().as_bytes()))))
        } else {
            (Service::of(prefix), None)
        };
        few.into_iter().chain(many.into_iter().flatten()).flat_map(move |service| in_service(service, name))
    })
}

/// The actions of a service whose names match. They are in order, so those that begin with what stands before the
/// first wildcard are neighbours.
fn in_service(service: Service, pattern: &str) -> impl Iterator<Item = Action> {
    let head = pattern.split(['*', '?']).next().unwrap_or_default().as_bytes();
    let range = service.action_range();
    let end = range.end;
    let start = partition(range, |index| compare(action::name_bytes(index), head).is_lt());
    (start..end)
        .take_while(move |index| {
            action::name_bytes(*index).get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
        })
        .filter(move |index| matches(pattern.as_bytes(), action::name_bytes(*index)))
        .map(move |index| action::at(index as u16, service))
}

/// Whether the whole of `text`, which is ASCII, matches. Takes time proportional to the product of the lengths at the most.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut token) = (0, 0);
    let mut retry = None;
    while let Some(byte) = text.get(at) {
        match pattern.get(token) {
            Some(b'*') => {
                retry = Some((token + 1, at));
                token += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => (at, token) = (at + 1, token + 1),
            _ => {
                let Some((after, from)) = retry else { return false };
                retry = Some((after, from + 1));
                (at, token) = (from + 1, after);
            }
        }
    }
    pattern[token..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_match_as_iam_does() {
        let cases = [
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("Get*", "getobject", true),
            ("*Object", "GetObjectAcl", false),
            ("*Object*", "GetObjectAcl", true),
            ("G?t*t", "GetObject", true),
            ("?", "", false),
            ("a*b*c", "abcbc", true),
            ("GetObject ", "GetObject", false),
        ];
        for (pattern, text, wanted) in cases {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), wanted, "{pattern} {text}");
        }
    }
}
