//! What a stranger can bring: the contexts in which "public" and "confused deputy" are asked.
//!
//! A stranger has an organisation, a network, a VPC, an endpoint and unique ids, as everyone has, but none that the
//! policy writes out: those are the owner's to give. A pattern such as `o-*` is no one's and takes theirs in.

use std::collections::BTreeSet;

use super::key::{Empty, Many, Say, Values};
use super::points::{Bound, Line, Points};
use super::text::{self, Pattern, Texts, Token};
use super::who::{account_of, glob};
use crate::iam::document::{Base, Element, Policy, PrincipalName, Version};

/// How a request comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network {
    /// From an address of the internet.
    Internet,
    /// Through a VPC endpoint: the address is not told, and the VPC is.
    Endpoint,
}

type Pins = Vec<(String, Say)>;

pub(super) fn exactly(text: &str) -> Say {
    Say::one_of(Texts::exactly(text))
}

/// What is so of keys whoever asks: the owner of the resource, that every request has a time and a transport, and that
/// ids of organisations have no wildcards in them.
pub(super) fn always(account: &str) -> Pins {
    let glob = |text: &str| -> Pattern {
        text.chars().map(|c| if c == '~' { Token::Many { within: false } } else { Token::Char(c) }).collect()
    };
    let plain = Texts::of(vec![glob("~*~"), glob("~?~")], true);
    let id = Say { missing: true, empty: Empty::Out, one: Values::Texts(plain), many: Many::Every };
    let keys = ["aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"];
    let ids = keys.into_iter().map(|key| (key.to_owned(), id.clone()));
    let known = [
        ("aws:resourceaccount", exactly(account)),
        ("aws:resourceorgid", exactly(OWN_ORGANISATION)),
        ("aws:securetransport", Say::present()),
        ("aws:currenttime", Say::present()),
        ("aws:epochtime", Say::present()),
    ];
    ids.chain(known.map(|(key, say)| (key.to_owned(), say))).collect()
}

/// The condition keys that a policy asks about or uses as variables, in lower case.
pub(super) fn asked(policy: &Policy) -> BTreeSet<String> {
    let entries = || policy.statements.iter().flat_map(|statement| &statement.conditions);
    let resources =
        policy.statements.iter().flat_map(|statement| &statement.resource).flat_map(|element| &element.values);
    let texts = resources.chain(entries().flat_map(|entry| &entry.values));
    let variables =
        texts.flat_map(|text| text.split("${").skip(1).filter_map(|inside| inside.split(['}', ',']).next()));
    variables.chain(entries().map(|entry| entry.key.as_str())).map(|key| key.trim().to_lowercase()).collect()
}

/// Any state but these single values.
pub(super) fn not_any_of(texts: &[String]) -> Say {
    let patterns = texts.iter().map(|text| text.chars().map(Token::Char).collect()).collect();
    Say { missing: true, empty: Empty::Out, one: Values::Texts(Texts::of(patterns, true)), many: Many::Never }
}

/// Whether a key tells that a service calls, or on whose behalf.
pub(super) fn is_source(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    matches!(
        key.as_str(),
        "aws:principalisawsservice"
            | "aws:sourcearn"
            | "aws:sourceaccount"
            | "aws:sourceorgid"
            | "aws:sourceorgpaths"
            | "aws:sourceowner"
    )
}

/// The values that the conditions of a policy give to a key.
fn written<'p>(policy: &'p Policy, key: &'p str) -> impl Iterator<Item = &'p str> + 'p {
    let entries = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let of_key = entries.filter(move |entry| entry.key.eq_ignore_ascii_case(key));
    of_key
        .filter(|entry| entry.operator.as_ref().is_ok_and(|operator| operator.base != Base::Null))
        .flat_map(|entry| entry.values.iter().map(String::as_str))
}

fn is_fixed(text: &str) -> bool {
    !text.contains(['*', '?'])
}

/// The key is missing, or has values that the policy does not write out.
fn own(policy: &Policy, key: &str) -> Say {
    let fixed = written(policy, key).filter(|value| is_fixed(value));
    let patterns: Vec<Pattern> = fixed.map(|value| value.chars().map(Token::Char).collect()).collect();
    Say { missing: true, empty: Empty::Out, one: Values::Texts(Texts::of(patterns, true)), many: Many::Every }
}

/// Missing, or values whose first part, up to `end`, the policy does not write out.
fn own_below(policy: &Policy, key: &str, end: char) -> Say {
    let heads: BTreeSet<&str> =
        written(policy, key).filter_map(|value| value.split(end).next()).filter(|head| is_fixed(head)).collect();
    let below = |head: &&str| {
        let exact: Pattern = head.chars().map(Token::Char).collect();
        let mut longer = exact.clone();
        longer.extend([Token::Char(end), Token::Many { within: false }]);
        [exact, longer]
    };
    let patterns = heads.iter().flat_map(below).collect();
    Say { missing: true, empty: Empty::Out, one: Values::Texts(Texts::of(patterns, true)), many: Many::Every }
}

/// What a stranger who calls directly can bring.
pub(super) fn caller(policy: &Policy, network: Network) -> Pins {
    let mut pins: Pins = Vec::new();
    let mut pin = |key: &str, say: Say| pins.push((key.to_owned(), say));
    pin("aws:principalorgid", own(policy, "aws:principalorgid"));
    pin("aws:principalorgpaths", own_below(policy, "aws:principalorgpaths", '/'));
    pin("aws:userid", own_below(policy, "aws:userid", ':'));
    for key in ["aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner"] {
        pin(key, Say::missing());
    }
    let vpc_keys = ["aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid"];
    match network {
        Network::Internet => {
            for key in vpc_keys.into_iter().chain(["aws:vpcsourceip", "aws:vpceorgpaths"]) {
                pin(key, Say::missing());
            }
            let points = addresses(policy);
            pin(
                "aws:sourceip",
                Say { missing: false, empty: Empty::Out, one: Values::Points(points), many: Many::Never },
            );
        }
        Network::Endpoint => {
            pin("aws:sourceip", Say::missing());
            for key in ["aws:sourcevpc", "aws:sourcevpce"] {
                pin(key, Say { missing: false, ..own(policy, key) });
            }
            for key in ["aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid"] {
                pin(key, own(policy, key));
            }
            pin("aws:vpceorgpaths", own_below(policy, "aws:vpceorgpaths", '/'));
        }
    }
    pins
}

/// On whose behalf a service calls when it calls for a stranger.
pub(super) fn source(policy: &Policy) -> Pins {
    let mut pins: Pins = Vec::new();
    // The token of an Alexa skill is to its function what the source is elsewhere (Lambda API, AddPermission).
    for key in ["aws:sourceaccount", "aws:sourceowner", "aws:sourceorgid", "lambda:eventsourcetoken"] {
        pins.push((key.to_owned(), own(policy, key)));
    }
    pins.push(("aws:sourceorgpaths".to_owned(), own_below(policy, "aws:sourceorgpaths", '/')));
    // Neither a resource that the policy writes out, nor one of an account that it does.
    let mut patterns: Vec<Pattern> = Vec::new();
    for value in written(policy, "aws:sourcearn") {
        if is_fixed(value) {
            patterns.push(value.chars().map(Token::Char).collect());
        }
        // An account that stands in a pattern of any operator, at its place.
        if let Some(account) = value.split(':').nth(4).filter(|account| is_fixed(account) && !account.is_empty()) {
            patterns.push(glob(&format!("*:*:*:*:{account}:*")));
        }
    }
    let one = Values::Texts(Texts::of(patterns, true));
    pins.push(("aws:sourcearn".to_owned(), Say { missing: true, empty: Empty::Out, one, many: Many::Never }));
    pins
}

/// What somebody brings for whom a provider vouches that others use as well: the claims in these keys have values, and
/// none of a tenant that the policy writes out.
pub(super) fn bearer(policy: &Policy, claims: &[String]) -> Pins {
    let exact = |text: &str| -> Pattern { text.chars().map(Token::Char).collect() };
    let of_claim = |key: &String| {
        let mut patterns: Vec<Pattern> = Vec::new();
        for value in written(policy, key) {
            if is_fixed(value) {
                patterns.push(exact(value));
            } else if let Some(tenant) = tenant(value) {
                let mut all = exact(tenant);
                all.push(Token::Many { within: false });
                patterns.push(all);
            }
        }
        (key.to_lowercase(), Say { missing: false, ..Say::one_of(Texts::of(patterns, true)) })
    };
    claims.iter().map(of_claim).collect()
}

/// The start of a pattern that says whose a claim is: up to the first `/` of `repo:OWNER/REPO:*`, or to the second colon
/// of `organization:NAME:*`. None if a wildcard stands before its end, as in `repo:acme*`, which `repo:acme-evil/x` meets.
fn tenant(pattern: &str) -> Option<&str> {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    if fixed.contains("://") {
        return None;
    }
    let end = fixed.find('/').or_else(|| fixed.match_indices(':').nth(1).map(|(at, _)| at))?;
    Some(&fixed[..=end])
}

/// Blocks of this many addresses and fewer are somebody's network; S3's own rule for "public" draws the line at /8 and
/// at /32 of version 6.
const NETWORK: [u128; 2] = [1 << 24, 1 << 96];

/// The addresses that a stranger can have: those that the blocks of the policy tell apart in wide runs, the private ones
/// left out. "aws:SourceIp works only for public IP address ranges" (IAM User Guide, policy validation check reference,
/// private IP address): no request from the internet comes from a private one.
fn addresses(policy: &Policy) -> Points {
    let private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"];
    let private = Points::union(&blocks(private.into_iter()), Line::Address);
    let entries = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let of_key = entries.filter(|entry| entry.key.eq_ignore_ascii_case("aws:sourceip"));
    let together = |values: &Vec<String>| Points::union(&blocks(values.iter().map(String::as_str)), Line::Address);
    let blocks: Vec<Points> = of_key.map(|entry| together(&entry.values)).collect();
    // Cut the line wherever the blocks of a condition begin or end; every piece lies whole inside or outside of them.
    let wide = |of: fn(&Points) -> &super::spans::Spans, all: &super::spans::Spans, least: u128| {
        let mut cuts: BTreeSet<u128> = BTreeSet::new();
        for (from, to) in blocks.iter().flat_map(|block| of(block).runs()) {
            cuts.insert(*from);
            cuts.extend(to.checked_add(1));
        }
        let mut pieces = Vec::new();
        for (from, to) in all.runs() {
            let mut start = *from;
            for cut in cuts.iter().filter(|cut| **cut > *from && **cut <= *to) {
                pieces.push((start, cut - 1));
                start = *cut;
            }
            pieces.push((start, *to));
        }
        pieces.retain(|(from, to)| to - from >= least);
        super::spans::Spans::of(pieces)
    };
    let all = Points::all(Line::Address).intersect(&private.complement());
    Points {
        line: Line::Address,
        first: wide(|points| &points.first, &all.first, NETWORK[0]),
        second: wide(|points| &points.second, &all.second, NETWORK[1]),
        unreadable: false,
    }
}

fn blocks<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Points> {
    texts.filter_map(|text| Points::of(Line::Address, Bound::Equal, text)).collect()
}

/// The owner's organisation, where a policy means it without writing it out.
const OWN_ORGANISATION: &str = "o-ownorganisation";

/// The policy with the variables filled in that follow from the resource.
pub(super) fn filled_in(policy: &Policy, account: &str) -> Policy {
    substituted(policy, &[("aws:resourceaccount", account), ("aws:resourceorgid", OWN_ORGANISATION)])
}

fn substituted(policy: &Policy, values: &[(&str, &str)]) -> Policy {
    let mut policy = policy.clone();
    for statement in &mut policy.statements {
        // A policy of a resource lets nobody in without naming them.
        statement.principal.get_or_insert(Element { not: false, values: Vec::new() });
        if policy.version == Version::V2008 {
            continue;
        }
        let resources = statement.resource.iter_mut().flat_map(|element| &mut element.values);
        let conditions = statement.conditions.iter_mut().flat_map(|entry| &mut entry.values);
        for text in resources.chain(conditions).filter(|text| text.contains("${")) {
            for (key, value) in values {
                *text = replaced(text, key, value);
            }
        }
    }
    policy
}

/// A text with `${key}` replaced by a value, whose own characters mean nothing.
fn replaced(text: &str, key: &str, value: &str) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("${") {
        done.push_str(before);
        match inside.split_once('}') {
            Some((name, after)) => {
                if name.split(',').next().unwrap_or_default().trim().eq_ignore_ascii_case(key) {
                    for c in value.chars() {
                        match c {
                            '*' | '?' | '$' => done.push_str(&format!("${{{c}}}")),
                            c => done.push(c),
                        }
                    }
                } else {
                    done.push_str(&format!("${{{name}}}"));
                }
                rest = after;
            }
            None => {
                done.push_str("${");
                rest = inside;
            }
        }
    }
    done + rest
}

/// Values of variables that are tried for one resource.
const INSTANCES: usize = 64;

/// The policy, and the policy with a variable of its resources filled in such that they are this resource.
pub(super) fn instances(policy: &Policy, arn: &str) -> Vec<(Policy, Pins)> {
    let mut found = vec![(policy.clone(), Vec::new())];
    let resources =
        policy.statements.iter().flat_map(|statement| &statement.resource).flat_map(|element| &element.values);
    let name = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let mut tried = BTreeSet::new();
    for text in resources {
        let Some((_, inside)) = text.split_once("${") else { continue };
        let Some((key, _)) = inside.split_once('}') else { continue };
        let key = key.split(',').next().unwrap_or_default().trim().to_lowercase();
        if matches!(key.as_str(), "*" | "?" | "$") {
            continue;
        }
        let places: Vec<usize> = name.char_indices().map(|(at, _)| at).chain([name.len()]).collect();
        let pieces =
            places.iter().flat_map(|from| places.iter().filter(move |to| from < to).map(move |to| (*from, *to)));
        for (from, to) in pieces {
            let value = &name[from..to];
            let filled = replaced(text, &key, value);
            if !filled.contains("${")
                && text::matches(&glob_of(&filled), &text::word(arn))
                && tried.insert((key.clone(), value))
            {
                found.push((substituted(policy, &[(&key, value)]), vec![(key.clone(), exactly(value))]));
            }
            if found.len() > INSTANCES {
                return found;
            }
        }
    }
    found
}

fn glob_of(text: &str) -> Pattern {
    text.chars()
        .map(|c| match c {
            '*' => Token::Many { within: false },
            '?' => Token::One { within: false },
            c => Token::Char(c),
        })
        .collect()
}

/// The values of `aws:PrincipalArn` conditions that principals of an account can have.
pub(super) fn principal_arns(policy: &Policy, account: &str) -> Vec<(String, Say)> {
    let mut found: Vec<(String, Say)> = Vec::new();
    let entries = policy.statements.iter().flat_map(|statement| &statement.conditions);
    for entry in entries.filter(|entry| entry.key.eq_ignore_ascii_case("aws:principalarn")) {
        let Ok(operator) = &entry.operator else { continue };
        let literal = matches!(operator.base, Base::StringEquals | Base::StringNotEquals);
        for value in &entry.values {
            let of = value.split(':').nth(4).unwrap_or_default();
            if of != account && is_fixed(of) || found.iter().any(|(known, _)| known == value) {
                continue;
            }
            let pattern = if literal { value.chars().map(Token::Char).collect() } else { glob(value) };
            found.push((value.clone(), Say::one_of(Texts::of(vec![pattern], false))));
        }
    }
    found
}

/// Whether a policy writes an account out: as a principal, or in a condition on who asks.
pub(super) fn is_written(policy: &Policy, account: &str) -> bool {
    let names = policy.statements.iter().flat_map(|statement| &statement.principal).flat_map(|element| &element.values);
    let as_principal = names
        .into_iter()
        .any(|name| matches!(name, PrincipalName::Aws(name) if name == account || account_of(name) == Some(account)));
    let in_arn = written(policy, "aws:principalarn").any(|value| value.split(':').nth(4) == Some(account));
    as_principal || in_arn || written(policy, "aws:principalaccount").any(|value| value == account)
}

#[cfg(test)]
mod tests {
    use super::tenant;

    #[test]
    fn a_pattern_says_whose_a_claim_is_if_nothing_is_open_before_its_end() {
        assert_eq!(tenant("repo:acme/site:*"), Some("repo:acme/"));
        assert_eq!(tenant("organization:acme:project:*"), Some("organization:acme:"));
        assert_eq!(tenant("repo:acme/*"), Some("repo:acme/"));
        for open in ["*", "repo:*", "repo:acme*", "repo:*/site:*", "organization:acme*", "https://example.com/*"] {
            assert_eq!(tenant(open), None, "{open}");
        }
    }
}
