//! The two states of which the difference is told: snapshots or reports, with what to know before reading it.

use super::{Apart, Diff, Seen, Side, VERSION, accounts, reports};
use crate::iam::Scene;
use crate::model::{Kind, Report};
use crate::snapshot::Snapshot;

impl Diff {
    /// What changed between two snapshots, each with the name of its file; `kind` gives the kind of a type name.
    pub fn of_snapshots(
        (old_file, old): (&str, &Snapshot),
        (new_file, new): (&str, &Snapshot),
        kind: fn(&str) -> Option<&'static Kind>,
    ) -> Self {
        let scene = Scene {
            principal: None,
            partition: new.partition.clone(),
            region: new.region.clone(),
            account: new.account.caller.account.clone(),
        };
        let old_whole = |type_name: &str, region: &str, parent: Option<&str>| old.whole.has(type_name, region, parent);
        let new_whole = |type_name: &str, region: &str, parent: Option<&str>| new.whole.has(type_name, region, parent);
        let seen =
            (Seen { account: &old.account, whole: &old_whole }, Seen { account: &new.account, whole: &new_whole });
        let changes = accounts(&seen.0, &seen.1, kind, &scene);
        let side = |file: &str, of: &Snapshot| Side {
            file: file.to_owned(),
            account: of.account.caller.account.clone(),
            regions: vec![of.region.clone()],
            caller: of.account.caller.arn.to_string(),
            read_at: of.account.answers.values().map(|answer| answer.at.clone()).max(),
            rules_sha256: of.rules_sha256.clone(),
        };
        Self {
            resources: changes.resources,
            not_compared: changes.not_compared,
            apart: changes.apart,
            ..Self::of_sides(side(old_file, old), side(new_file, new))
        }
    }

    /// What changed between two reports, each with the name of its file.
    pub fn of_reports((old_file, old): (&str, &Report), (new_file, new): (&str, &Report)) -> Self {
        let (findings, not_compared) = reports(old, new);
        let side = |file: &str, of: &Report| Side {
            file: file.to_owned(),
            account: of.account.clone(),
            regions: of.regions.clone(),
            caller: of.caller.clone(),
            read_at: None,
            rules_sha256: of.rules.sha256.clone(),
        };
        Self { findings, not_compared, ..Self::of_sides(side(old_file, old), side(new_file, new)) }
    }

    fn of_sides(older: Side, newer: Side) -> Self {
        let mut notes = Vec::new();
        if older.account != newer.account {
            notes.push(format!("two accounts are compared: {} and {}", older.account, newer.account));
        }
        if older.regions != newer.regions {
            let regions = |side: &Side| side.regions.join(", ");
            notes.push(format!("two regions are compared: {} and {}", regions(&older), regions(&newer)));
        }
        if older.rules_sha256 != newer.rules_sha256 {
            notes.push("the rules differ: what only one of them asks for cannot be compared".to_owned());
        }
        if let (Some(before), Some(after)) = (&older.read_at, &newer.read_at)
            && after < before
        {
            notes.push(format!("{} was read after {}: give the older first", older.file, newer.file));
        }
        Self {
            version: VERSION,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            older,
            newer,
            notes,
            resources: Vec::new(),
            findings: Vec::new(),
            not_compared: Vec::new(),
            apart: Apart::default(),
        }
    }
}
