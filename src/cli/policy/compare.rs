//! `plimsoll policy compare`: whether one policy allows all that another does.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Mutex;

use clap::Args;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::batch;
use crate::cli::Failure;
use crate::iam::{Grants, Policy, Relation, World};

/// Whether one policy allows all that another does, and a request that proves it if not
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// Pairs, one a line: {"id", "a", "b"}; answered one a line. `-` is standard input
    #[arg(long, value_name = "FILE.jsonl")]
    pairs: Option<PathBuf>,
}

/// One line of `--pairs`.
#[derive(Deserialize)]
struct Pair<'l> {
    id: Value,
    #[serde(borrow)]
    a: &'l RawValue,
    #[serde(borrow)]
    b: &'l RawValue,
}

impl Compare {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let Some(pairs) = self.pairs else { return Ok(0) };
        let cache = Cache::default();
        batch::run(&pairs, |line| {
            let pair: Pair<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let (a, b) = (cache.grants(pair.a.get(), "a")?, cache.grants(pair.b.get(), "b")?);
            Ok(answer(&pair.id, &a.within(&b)))
        })
    }
}

fn answer(id: &Value, relation: &Relation) -> Value {
    match relation {
        Relation::Contained => json!({ "id": id, "verdict": "contained" }),
        Relation::Unknown(why) => json!({ "id": id, "verdict": "unknown", "reason": why }),
        Relation::NotContained(witness) => {
            let world = match witness.world {
                World::Known => "known",
                World::Future => "future",
            };
            json!({ "id": id, "verdict": "not-contained", "request": witness.request, "world": world,
                    "reason": witness.to_string() })
        }
    }
}

/// Documents that were read, by their text: one that is compared with many is read once.
#[derive(Default)]
struct Cache {
    read: Mutex<HashMap<Box<str>, Grants>>,
}

/// Documents that are kept.
const KEPT: usize = 8192;

impl Cache {
    fn grants(&self, text: &str, name: &str) -> Result<Grants, String> {
        let lock = || self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = lock().get(text) {
            return Ok(known.clone());
        }
        let policy = Policy::parse(text).map_err(|error| format!("{name}: {error}"))?;
        let grants = Grants::of([&policy.named(name, None)]);
        let mut read = lock();
        if read.len() >= KEPT {
            read.clear();
        }
        read.insert(text.into(), grants.clone());
        Ok(grants)
    }
}
