//! The shape of a text that may be a secret: which kind of secret it looks like, and nothing else of it.
//!
//! What a text looks like is told where it enters, before it is redacted, and is all that is kept. There are few shapes
//! on purpose: each says of a text only that it is one of very many.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What a text that was redacted looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum SecretShape {
    /// It has the id of an AWS access key in it: `AKIA` or `ASIA` and 16 letters and digits.
    AccessKey,
    /// It has a private key in it, in the form PEM.
    PrivateKey,
    /// It is a token of a kind that is told by how it begins, or a long run of letters and digits as chance makes it.
    Token,
    /// It has a password in it, as the address of a database has: `scheme://user:password@host`, or `password=...`.
    Password,
}

/// How tokens begin that services hand out, each with the least length of such a token.
const TOKENS: [(&str, usize); 14] = [
    ("AIza", 35),
    ("SG.", 40),
    ("eyJ", 60),
    ("ghp_", 36),
    ("gho_", 36),
    ("ghs_", 36),
    ("github_pat_", 36),
    ("glpat-", 20),
    ("npm_", 36),
    ("pypi-", 40),
    ("rk_live_", 24),
    ("sk_live_", 24),
    ("xoxb-", 24),
    ("xoxp-", 24),
];

impl SecretShape {
    /// All shapes.
    pub const ALL: [Self; 4] = [Self::AccessKey, Self::PrivateKey, Self::Token, Self::Password];

    /// What `text` looks like, if like a secret.
    pub fn of(text: &str) -> Option<Self> {
        if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") {
            Some(Self::PrivateKey)
        } else if text.split(|c: char| !c.is_ascii_alphanumeric()).any(is_access_key) {
            Some(Self::AccessKey)
        } else {
            let is_password = || has_password(text).then_some(Self::Password);
            is_token(text.trim()).then_some(Self::Token).or_else(is_password)
        }
    }
}

impl fmt::Display for SecretShape {
    /// `an AWS access key`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey => "an AWS access key",
            Self::PrivateKey => "a private key",
            Self::Token => "a long random token",
            Self::Password => "an address with a password in it",
        })
    }
}

fn is_access_key(run: &str) -> bool {
    let rest = run.strip_prefix("AKIA").or_else(|| run.strip_prefix("ASIA"));
    rest.is_some_and(|rest| rest.len() == 16 && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
}

fn is_token(text: &str) -> bool {
    let is_run = |more: &[u8]| text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b));
    let begins = TOKENS.iter().any(|(start, least)| text.len() >= *least && text.starts_with(start));
    (begins && is_run(b"-_.")) || (is_run(b"-_+/=") && is_random(text))
}

/// Whether there is a password in it, and not only a place for one, such as `${password}` or `<password>`.
fn has_password(text: &str) -> bool {
    let is_one = |password: &str| password.starts_with(|c: char| !"$%*<[{:;&".contains(c) && !c.is_whitespace());
    let of_address = |rest: &str| {
        let host = rest.split(['/', '?', '#', ' ', '"', '\'']).next().unwrap_or_default();
        // An unquoted `/` or `?` may stand in a password, but then the address does not work.
        let of_user = host.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        of_user.is_some_and(|(_, password)| is_one(password))
    };
    if text.split("://").skip(1).any(of_address) {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    ["password=", "pwd="].iter().any(|key| {
        lower.match_indices(key).any(|(at, _)| {
            let begins = at == 0 || lower[..at].ends_with([';', '&', '?', ' ', ',']);
            begins && is_one(&lower[at + key.len()..])
        })
    })
}

/// Whether a run of letters and digits is as chance makes it: long, of all three classes, and with a change of class at
/// nearly every second step, which 19 of 20 that chance makes have. Names have far fewer; numbers in hexadecimal, which digests are too, have two classes.
fn is_random(text: &str) -> bool {
    let class = |byte: u8| match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        _ => 3,
    };
    let classes: Vec<u8> = text.bytes().map(class).collect();
    // What separates words says nothing of them.
    let steps: Vec<&[u8]> = classes.windows(2).filter(|pair| !pair.contains(&3)).collect();
    let changes = steps.iter().filter(|pair| pair[0] != pair[1]).count();
    let distinct: BTreeSet<u8> = text.bytes().collect();
    (24..=256).contains(&text.len())
        && (0..3).all(|class| classes.contains(&class))
        && distinct.len() >= 12
        && changes * 20 >= steps.len() * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_their_shape() {
        let jwt = format!(
            "eyJhbGciOiJIUzI1NiJ9.{}.{}",
            "eyJzdWIiOiIxMjM0NTY3ODkwIn0", "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
        );
        for (text, shape) in [
            ("AKIAIOSFODNN7EXAMPLE", SecretShape::AccessKey),
            ("key=ASIAIOSFODNN7EXAMPLE;region=x", SecretShape::AccessKey),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII", SecretShape::PrivateKey),
            ("{\"k\":\"-----BEGIN PRIVATE KEY-----\\nMII\"}", SecretShape::PrivateKey),
            ("PtYgjmUhBel31iEl2hpChYgCfrL1spNxnyVmihA/", SecretShape::Token),
            ("k3Jx9Qw2Lm5Tz8Vb1Nc4Rd7Y", SecretShape::Token),
            ("ghp_abcdefghijklmnopqrstuvwxyz0123456789", SecretShape::Token),
            (&jwt, SecretShape::Token),
            ("postgres://app:hunter2@db.example.com:5432/orders", SecretShape::Password),
            ("redis://:hunter2@cache:6379", SecretShape::Password),
            ("Server=db;Database=orders;User Id=app;Password=hunter2;", SecretShape::Password),
            ("jdbc:mysql://db:3306/orders?user=app&password=hunter2", SecretShape::Password),
        ] {
            assert_eq!(SecretShape::of(text), Some(shape), "{text}");
        }
    }

    #[test]
    fn what_people_call_things_is_no_secret() {
        for text in [
            "",
            "hunter2",
            "production",
            "MyOrdersFunctionForTheNewShop2026",
            "my-cluster.c9akciq32rdd.us-east-1.rds.amazonaws.com",
            "https://example.com/A1b2C3d4E5f6G7h8I9j0K1l2",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "2026-11-23T08:44:00.000Z",
            "AKIAIOSFODNN7",
            "AKIAIOSFODNN7EXAMPLES",
            "-----BEGIN CERTIFICATE-----",
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf",
            "prod/Service1/Orders2/Queue3/Table4",
            "postgres://db.example.com:5432/orders",
            "postgres://app@db.example.com/orders",
            "postgres://app:${password}@db.example.com/orders",
            "https://example.com/a:b@c",
            "user=app&password=",
            "reset-password=1",
        ] {
            assert_eq!(SecretShape::of(text), None, "{text}");
        }
    }
}
