//! ARNs and ids in what was read, turned into references: what is a resource's own into `${key.Arn}`, what is the
//! account's into `${AWS::AccountId}`.

use crate::intent::Piece;
use crate::model::{Account, Kind, Resource, Value};
use std::collections::BTreeMap;

/// The texts that stand for something in one account.
pub(super) struct References<'a> {
    account: &'a str,
    region: &'a str,
    /// What each text refers to, the longest first.
    known: Vec<(String, String)>,
}

impl<'a> References<'a> {
    pub(super) fn new(
        account: &'a Account,
        region: &'a str,
        resources: &[&Resource],
        keys: &BTreeMap<String, String>,
        kinds: fn(&str) -> Option<&'static Kind>,
    ) -> Self {
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for resource in resources {
            let (Some(key), Some(kind)) = (keys.get(&resource.id), kinds(resource.type_name)) else { continue };
            for (attribute, field) in kind.attributes.iter().filter(|(_, field)| *field != kind.name_field) {
                if let Value::Text(_) | Value::Arn(_) = resource.properties.get(field)
                    && let Some(text) = resource.properties.get(field).as_text()
                {
                    known.entry(text).or_insert_with(|| format!("{key}.{attribute}"));
                }
            }
        }
        let mut known: Vec<(String, String)> = known.into_iter().collect();
        known.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Self { account: &account.caller.account, region, known }
    }

    /// `text` with what it refers to.
    pub(super) fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        let mut plain = String::new();
        while let Some(c) = rest.chars().next() {
            match self.at(rest, plain.chars().next_back()) {
                Some((length, name)) => {
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(Piece::Reference(name));
                    rest = &rest[length..];
                }
                None => {
                    plain.push(c);
                    rest = &rest[c.len_utf8()..];
                }
            }
        }
        if !plain.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        self.with_partition(pieces)
    }

    /// What `rest` begins with, if that refers to something, and how long it is; `before` stands before it.
    fn at(&self, rest: &str, before: Option<char>) -> Option<(usize, String)> {
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if before.is_some_and(word) {
            return None;
        }
        let whole = |text: &str| rest.starts_with(text) && !rest[text.len()..].starts_with(word);
        if let Some((text, name)) = self.known.iter().find(|(text, _)| text.len() >= 6 && whole(text)) {
            return Some((text.len(), name.clone()));
        }
        // A number or a region alone may mean something else; between colons or slashes it is the account's own.
        let between = before.is_some_and(|c| matches!(c, ':' | '/'));
        if whole(self.account) {
            return Some((self.account.len(), "AWS::AccountId".to_owned()));
        }
        (between && whole(self.region)).then(|| (self.region.len(), "AWS::Region".to_owned()))
    }

    /// The partition of each ARN as a reference.
    fn with_partition(&self, pieces: Vec<Piece>) -> Vec<Piece> {
        let mut all = Vec::new();
        for piece in pieces {
            let Piece::Text(text) = &piece else {
                all.push(piece);
                continue;
            };
            let mut rest = text.as_str();
            while let Some(at) =
                ["arn:aws:", "arn:aws-cn:", "arn:aws-us-gov:"].iter().filter_map(|p| rest.find(p)).min()
            {
                let end = at + 4 + rest[at + 4..].find(':').unwrap_or_default();
                all.push(Piece::Text(rest[..at + 4].to_owned()));
                all.push(Piece::Reference("AWS::Partition".to_owned()));
                rest = &rest[end..];
            }
            if !rest.is_empty() || text.is_empty() {
                all.push(Piece::Text(rest.to_owned()));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_account_becomes_a_reference() {
        let references = References {
            account: "123456789012",
            region: "us-east-1",
            known: vec![
                ("arn:aws:dynamodb:us-east-1:123456789012:table/orders".to_owned(), "orders.Arn".to_owned()),
                ("a1b2c3d4e5".to_owned(), "api.RestApiId".to_owned()),
            ],
        };
        let shown = |text: &str| {
            let show = |piece: &Piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Reference(name) => format!("<{name}>"),
            };
            references.pieces(text).iter().map(show).collect::<String>()
        };
        for (text, wanted) in [
            ("arn:aws:dynamodb:us-east-1:123456789012:table/orders", "<orders.Arn>"),
            ("arn:aws:dynamodb:us-east-1:123456789012:table/orders/index/*", "<orders.Arn>/index/*"),
            (
                "arn:aws:dynamodb:us-east-1:123456789012:table/orders-old",
                "arn:<AWS::Partition>:dynamodb:<AWS::Region>:<AWS::AccountId>:table/orders-old",
            ),
            ("arn:aws:iam::aws:policy/x", "arn:<AWS::Partition>:iam::aws:policy/x"),
            (
                "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/*/POST/",
                "arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<api.RestApiId>/*/POST/",
            ),
            ("arn:aws:sqs:eu-west-1:210987654321:q", "arn:<AWS::Partition>:sqs:eu-west-1:210987654321:q"),
            ("us-east-1", "us-east-1"),
            ("123456789012", "<AWS::AccountId>"),
            ("1123456789012", "1123456789012"),
            ("*", "*"),
            ("", ""),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
    }
}
