//! `plimsoll policy compare`: whether one policy allows all that another does.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lines;
use crate::cli::Failure;
use crate::iam::{Grants, Policy, Relation, Request, World};

/// Say whether one policy allows all that another does, with a request that proves it if not
#[derive(Debug, Args)]
pub(in crate::cli) struct Compare {
    /// Pairs, one a line: {"id", "a", "b"}; answered one a line. `-` is standard input
    #[arg(long, value_name = "FILE.jsonl")]
    pairs: Option<PathBuf>,
}

/// One line of `--pairs`.
#[derive(Deserialize)]
struct Pair<'l> {
    id: Box<RawValue>,
    #[serde(borrow)]
    a: &'l RawValue,
    #[serde(borrow)]
    b: &'l RawValue,
}

/// The answer to one line.
#[derive(Serialize)]
struct Answer {
    id: Box<RawValue>,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<Request>,
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Compare {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let Some(pairs) = self.pairs else { return Ok(0) };
        let mut cache = Cache::default();
        lines::answer(&pairs.to_string_lossy(), |line| {
            let pair: Pair<'_> = serde_json::from_str(line).map_err(|error| error.to_string())?;
            let (a, b) = (cache.grants(pair.a.get(), "a")?, cache.grants(pair.b.get(), "b")?);
            Ok(answer(pair.id, a.within(&b)))
        })?;
        Ok(0)
    }
}

fn answer(id: Box<RawValue>, relation: Relation) -> Answer {
    let plain = |verdict| Answer { id, verdict, request: None, world: None, reason: None };
    match relation {
        Relation::Contained => plain("contained"),
        Relation::Unknown(why) => Answer { reason: Some(why), ..plain("unknown") },
        Relation::NotContained(witness) => Answer {
            world: Some(match witness.world {
                World::Known => "known",
                World::Future => "future",
            }),
            reason: Some(witness.to_string()),
            request: Some(witness.request),
            ..plain("not-contained")
        },
    }
}

/// Documents that were read, by their text: one that is compared with many is read once.
#[derive(Default)]
struct Cache {
    read: HashMap<Box<str>, Grants>,
}

/// Documents that are kept.
const KEPT: usize = 8192;

impl Cache {
    fn grants(&mut self, text: &str, name: &str) -> Result<Grants, String> {
        if let Some(known) = self.read.get(text) {
            return Ok(known.clone());
        }
        let policy = Policy::parse(text).map_err(|error| format!("{name}: {error}"))?;
        let grants = Grants::of([&policy.named(name, None)]);
        if self.read.len() >= KEPT {
            self.read.clear();
        }
        self.read.insert(text.into(), grants.clone());
        Ok(grants)
    }
}
