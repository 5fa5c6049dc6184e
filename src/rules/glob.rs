//! The glob of `$like`: `*` for any run of characters, `?` for one; anchored, and case counts.

/// A glob with its references bound.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Glob(Vec<Token>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Char(char),
    One,
    Run,
}

impl Glob {
    /// Adds text in which `*` and `?` are wildcards; `${*}`, `${?}` and `${$}` are those characters themselves.
    pub fn push_pattern(&mut self, text: &str) {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            const ESCAPES: [(&str, char); 3] = [("${*}", '*'), ("${?}", '?'), ("${$}", '$')];
            if let Some((escape, literal)) = ESCAPES.into_iter().find(|(escape, _)| rest.starts_with(escape)) {
                self.0.push(Token::Char(literal));
                rest = &rest[escape.len()..];
                continue;
            }
            rest = &rest[c.len_utf8()..];
            match c {
                '*' if self.0.last() == Some(&Token::Run) => {}
                '*' => self.0.push(Token::Run),
                '?' => self.0.push(Token::One),
                c => self.0.push(Token::Char(c)),
            }
        }
    }

    /// Adds text that stands for itself.
    pub fn push_literal(&mut self, text: &str) {
        self.0.extend(text.chars().map(Token::Char));
    }

    /// Whether the whole of `text` matches. Takes time proportional to the product of the lengths at the most.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let (mut token, mut at) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while at < text.len() {
            match self.0.get(token) {
                Some(Token::Run) => {
                    retry = Some((token + 1, at));
                    token += 1;
                }
                Some(Token::One) => (token, at) = (token + 1, at + 1),
                Some(Token::Char(c)) if *c == text[at] => (token, at) = (token + 1, at + 1),
                _ => {
                    let Some((after, from)) = retry else { return false };
                    retry = Some((after, from + 1));
                    (token, at) = (after, from + 1);
                }
            }
        }
        self.0[token..].iter().all(|token| *token == Token::Run)
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;
    use proptest::prelude::*;

    fn like(pattern: &str, text: &str) -> bool {
        let mut glob = Glob::default();
        glob.push_pattern(pattern);
        glob.matches(text)
    }

    #[test]
    fn the_glob_is_anchored_and_minds_case() {
        assert!(like("python3.*", "python3.9"));
        assert!(!like("python3.*", "xpython3.9"));
        assert!(!like("Python3.*", "python3.9"));
        assert!(like("a?c*", "abc"));
        assert!(!like("a?c", "ac"));
        assert!(like("*", ""));
        assert!(!like("", "x"));
        assert!(like("a${*}b", "a*b") && !like("a${*}b", "axb"));
        assert!(like("${$}${?}", "$?"));
    }

    #[test]
    fn a_bound_reference_has_no_wildcards() {
        let mut glob = Glob::default();
        glob.push_literal("a*");
        glob.push_pattern("*");
        assert!(glob.matches("a*b") && !glob.matches("ab"));
    }

    /// The definition of a match, as short as it can be said.
    fn defined(pattern: &[char], text: &[char]) -> bool {
        match pattern {
            [] => text.is_empty(),
            ['*', rest @ ..] => (0..=text.len()).any(|skipped| defined(rest, &text[skipped..])),
            ['?', rest @ ..] => !text.is_empty() && defined(rest, &text[1..]),
            [c, rest @ ..] => text.first() == Some(c) && defined(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn matching_agrees_with_its_definition(pattern in "[ab*?]{0,8}", text in "[ab]{0,10}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(like(&pattern, &text), defined(&p, &t));
        }
    }
}
