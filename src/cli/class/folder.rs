//! The folder of a class: what stands in it, and what of an earlier run may stay.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `ID/` | what is handed to a student |
//! | `class.csv`, `class.html` | the table, for staff |
//! | `run.json` | the manifest: which run this is, how far it is, and all times |
//! | `.plimsoll/ID.json` | that a student is done, and what the table says of them |
//!
//! Every file is written whole or not at all, and that a student is done is written last.

use crate::aws::now;
use crate::cli::{Failure, files};
use crate::grade::{Student, sha256};
use crate::report::write_harmless;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

/// The version of the manifest.
const VERSION: u32 = 1;
/// Where it stands what is done.
const STATE: &str = ".plimsoll";

/// The folder of a class, which no other run uses meanwhile.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// Which run this is, and how far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    plimsoll_class: u32,
    state: State,
    tool: String,
    rules: String,
    rules_sha256: String,
    roster_sha256: String,
    options_sha256: String,
    students: usize,
    started: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    finished: Option<String>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// What an earlier run left is being cleared away.
    Clearing,
    /// Students are asked about.
    Running,
    /// All have been.
    Finished,
}

/// What makes two runs the same run.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// The rules, as they were named.
    pub(super) rules: String,
    /// The SHA-256 of the rules.
    pub(super) rules_sha256: String,
    /// The SHA-256 of the roster.
    pub(super) roster_sha256: String,
    /// The SHA-256 of all else that decides what is written.
    pub(super) options_sha256: String,
    /// How many students there are.
    pub(super) students: usize,
}

/// That a student is done.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Done {
    /// The SHA-256 of all that the result follows from, but for the answers.
    pub(super) made_of: String,
    /// What the table says of them.
    pub(super) student: Student,
}

impl Folder {
    /// Opens the folder `path`, which is made if it is not there.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let cannot = |what: &Path, error: std::io::Error| {
            Failure::usage(
                format!("cannot use {}: {error}", what.display()),
                "name a folder that can be written, with --results",
            )
        };
        let state = path.join(STATE);
        if !path.join("run.json").exists() {
            let taken = ["class.csv", "class.html"].map(|name| path.join(name)).into_iter().find(|file| file.exists());
            if let Some(taken) = taken {
                return Err(Failure::usage(
                    format!("{} is there, and no run of a class wrote it", taken.display()),
                    "name another folder with --results, or move the file away",
                ));
            }
        }
        std::fs::create_dir_all(&state).map_err(|error| cannot(&state, error))?;
        let lock_path = state.join("lock");
        let lock = File::create(&lock_path).map_err(|error| cannot(&lock_path, error))?;
        // The system lets go of it when the process ends, however it ends.
        if let Err(std::fs::TryLockError::WouldBlock) = lock.try_lock() {
            return Err(Failure::usage(
                format!("another run is at work in {}", path.display()),
                "wait for it, or name another folder with --results",
            ));
        }
        let folder = Self { path: path.to_owned(), _lock: lock };
        folder.sweep()?;
        Ok(folder)
    }

    /// Removes what a run that was killed left half-written beside the results.
    fn sweep(&self) -> Result<(), Failure> {
        let tables = ["class.csv", "class.html", "run.json"];
        let is_half = |name: &str| name.starts_with('.') && name.ends_with(".tmp");
        let of_table = |name: &str| tables.iter().any(|table| name.starts_with(&format!(".{table}.")));
        for (within, all) in [(self.path.clone(), false), (self.path.join(STATE), true)] {
            for entry in std::fs::read_dir(within).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if is_half(&name) && (all || of_table(&name)) {
                    self.remove(&entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// The path of `name` in the folder.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The manifest of the earlier run, if there is one that can be read.
    pub(super) fn manifest(&self) -> Option<Manifest> {
        serde_json::from_slice(&std::fs::read(self.join("run.json")).ok()?).ok()
    }

    fn state(&self, id: &str) -> PathBuf {
        self.path.join(STATE).join(format!("{id}.json"))
    }

    /// What was written of `id` when they were done.
    pub(super) fn done(&self, id: &str) -> Option<Done> {
        let done: Done = serde_json::from_slice(&std::fs::read(self.state(id)).ok()?).ok()?;
        (done.student.id == id).then_some(done)
    }

    /// Writes that a student is done.
    pub(super) fn write_done(&self, done: &Done) -> Result<(), Failure> {
        files::write_file(&self.state(&done.student.id), &write_harmless(done))
    }

    /// Begins a run anew: forgets who was done, but for `kept`. Gives the ids that are in `kept` and in no roster any
    /// more, whose folders stay.
    pub(super) fn begin(
        &self,
        run: &Run,
        kept: &BTreeSet<&str>,
        roster: &BTreeSet<&str>,
    ) -> Result<Vec<String>, Failure> {
        // Whoever is stopped in the middle of this begins anew, and does not take what is left for results of this run.
        let mut manifest = Manifest::of(run);
        self.write_manifest(&manifest)?;
        let mut strangers = Vec::new();
        for entry in std::fs::read_dir(self.path.join(STATE)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let id = name.strip_suffix(".json").unwrap_or_default();
            if name == "lock" || kept.contains(id) {
                continue;
            }
            if !id.is_empty() && !roster.contains(id) {
                strangers.push(id.to_owned());
            }
            self.remove(&entry.path())?;
        }
        strangers.sort();
        manifest.state = State::Running;
        self.write_manifest(&manifest)?;
        Ok(strangers)
    }

    /// Writes that the run is at its end.
    pub(super) fn finish(&self, run: &Run) -> Result<(), Failure> {
        let mut manifest = self.manifest().unwrap_or_else(|| Manifest::of(run));
        manifest.state = State::Finished;
        manifest.finished = Some(now());
        self.write_manifest(&manifest)
    }

    fn write_manifest(&self, manifest: &Manifest) -> Result<(), Failure> {
        files::write_file(&self.join("run.json"), &write_harmless(manifest))
    }

    /// Writes `file` of the student `id`.
    pub(super) fn write_of(&self, id: &str, file: &str, text: &str) -> Result<(), Failure> {
        files::write_file(&self.path.join(id).join(file), text)
    }

    /// Makes the folder of `id`, and removes what an earlier run wrote into it that this one does not: all of `ours`,
    /// and what was left half-written.
    pub(super) fn clear(&self, id: &str, ours: &[&str]) -> Result<(), Failure> {
        let folder = self.path.join(id);
        std::fs::create_dir_all(&folder).map_err(|error| {
            Failure::could_not_run(
                format!("making {} failed: {error}", folder.display()),
                "check the folder and the disk",
            )
        })?;
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let half = ours.iter().any(|ours| name.starts_with(&format!(".{ours}.")) && name.ends_with(".tmp"));
            if half || ours.contains(&name.as_str()) {
                self.remove(&entry.path())?;
            }
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), Failure> {
        std::fs::remove_file(path).map_err(|error| {
            Failure::could_not_run(
                format!("removing {} failed: {error}", path.display()),
                "check the folder and the disk",
            )
        })
    }
}

impl Manifest {
    fn of(run: &Run) -> Self {
        Self {
            plimsoll_class: VERSION,
            state: State::Clearing,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            rules: run.rules.clone(),
            rules_sha256: run.rules_sha256.clone(),
            roster_sha256: run.roster_sha256.clone(),
            options_sha256: run.options_sha256.clone(),
            students: run.students,
            started: now(),
            finished: None,
        }
    }

    /// Whether it is of `run`, which was stopped before its end.
    pub(super) fn is_interrupted(&self, run: &Run) -> bool {
        self.plimsoll_class == VERSION
            && self.state == State::Running
            && self.tool == env!("CARGO_PKG_VERSION")
            && self.rules_sha256 == run.rules_sha256
            && self.roster_sha256 == run.roster_sha256
            && self.options_sha256 == run.options_sha256
    }
}

/// The SHA-256 over `value` as JSON.
pub(super) fn hash_of<T: Serialize>(value: &T) -> String {
    sha256(write_harmless(value).as_bytes())
}
