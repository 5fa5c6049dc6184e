//! The laws of the engine that compares policies, from outside: it and the evaluator of one request share nothing but
//! the documents and the request, so each can show the other wrong.
//!
//! `PLIMSOLL_LAWS=100` does a hundred times as much; `PLIMSOLL_SEED=7` begins elsewhere. A failure prints the
//! documents.

#![allow(clippy::print_stdout, clippy::use_debug)]

mod alphabet;
mod brute;
mod dice;
mod hostile;
mod laws;
mod regressions;

use plimsoll::iam::{Grants, Policy, Relation};

/// How many of something to try: so many, or a multiple by `PLIMSOLL_LAWS`.
fn times(count: u64) -> u64 {
    let more = std::env::var("PLIMSOLL_LAWS").ok().and_then(|text| text.parse::<u64>().ok()).unwrap_or(1);
    count * more
}

/// Where random choices begin.
fn seed() -> u64 {
    std::env::var("PLIMSOLL_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

fn policy(document: &serde_json::Value) -> Policy {
    Policy::parse(&document.to_string()).unwrap_or_else(|wrong| panic!("{wrong}: {document}"))
}

fn grants(document: &serde_json::Value) -> Grants {
    Grants::of([&policy(document)])
}

fn compare(left: &serde_json::Value, right: &serde_json::Value) -> Relation {
    grants(left).within(&grants(right))
}
