//! The folder of a run over many accounts: what stands in it, and what of an earlier run may stay.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `ID/` | what was written of one |
//! | the tables of the layout | what is said of all |
//! | `run.json` | the manifest: which run this is, how far it is, and all times |
//! | `.plimsoll/ID.json` | that one is done, and what the tables say of it; `+` stands for `/` in the id |
//!
//! Every file is written whole or not at all, and that one is done is written last.

use crate::aws::now;
use crate::cli::{Failure, files};
use crate::grade::sha256;
use crate::report::write_harmless;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The version of the manifest.
const VERSION: u32 = 1;
/// Where it stands what is done.
const STATE: &str = ".plimsoll";

/// The manifest.
const MANIFEST: &str = "run.json";

/// What a folder is for.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Layout {
    /// What a run is called in the manifest: `class`.
    pub(in crate::cli) kind: &'static str,
    /// What it is about, in words: `a class`.
    pub(in crate::cli) called: &'static str,
    /// The files that say something of all.
    pub(in crate::cli) tables: &'static [&'static str],
}

/// The folder of a run, which no other run uses meanwhile.
#[derive(Debug)]
pub(in crate::cli) struct Folder {
    path: PathBuf,
    layout: Layout,
    _lock: File,
}

/// Which run this is, and how far it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::cli) struct Manifest {
    plimsoll_run: u32,
    kind: String,
    state: State,
    tool: String,
    rules: String,
    rules_sha256: String,
    list_sha256: String,
    options_sha256: String,
    of: usize,
    started: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    finished: Option<String>,
}

/// What an earlier run was.
#[derive(Deserialize)]
struct Whose {
    kind: String,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// What an earlier run left is being cleared away.
    Clearing,
    /// Accounts are asked about.
    Running,
    /// All have been.
    Finished,
}

/// What makes two runs the same run.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Run {
    /// The rules, as they were named.
    pub(in crate::cli) rules: String,
    /// The SHA-256 of the rules.
    pub(in crate::cli) rules_sha256: String,
    /// The SHA-256 of the file that names the accounts.
    pub(in crate::cli) list_sha256: String,
    /// The SHA-256 of all else that decides what is written.
    pub(in crate::cli) options_sha256: String,
    /// How many are asked about.
    pub(in crate::cli) of: usize,
}

/// That one is done.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::cli) struct Done<T> {
    /// Which.
    pub(in crate::cli) id: String,
    /// The SHA-256 of all that the result follows from, but for the answers.
    pub(in crate::cli) made_of: String,
    /// What the tables say of it.
    pub(in crate::cli) kept: T,
}

impl Folder {
    /// Opens the folder `path`, which is made if it is not there.
    pub(in crate::cli) fn open(path: &Path, layout: Layout) -> Result<Self, Failure> {
        let cannot = |what: &Path, error: std::io::Error| {
            Failure::usage(
                format!("cannot use {}: {error}", what.display()),
                "name a folder that can be written, with --results",
            )
        };
        let state = path.join(STATE);
        let whose: Option<Whose> =
            std::fs::read(path.join(MANIFEST)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        if let Some(Whose { kind }) = whose.filter(|whose| whose.kind != layout.kind) {
            return Err(Failure::usage(
                format!("{} holds the results of another kind of run: {kind}", path.display()),
                "name another folder with --results",
            ));
        }
        if !path.join(MANIFEST).exists() {
            let taken = layout.tables.iter().map(|name| path.join(name)).find(|file| file.exists());
            if let Some(taken) = taken {
                return Err(Failure::usage(
                    format!("{} is there, and no run of {} wrote it", taken.display(), layout.called),
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
        let folder = Self { path: path.to_owned(), layout, _lock: lock };
        folder.sweep()?;
        Ok(folder)
    }

    /// Removes what a run that was killed left half-written beside the results.
    fn sweep(&self) -> Result<(), Failure> {
        let tables = || self.layout.tables.iter().chain([&MANIFEST]);
        let is_half = |name: &str| name.starts_with('.') && name.ends_with(".tmp");
        let of_table = |name: &str| tables().any(|table| name.starts_with(&format!(".{table}.")));
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
    pub(in crate::cli) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The manifest of the earlier run, if there is one that can be read.
    pub(in crate::cli) fn manifest(&self) -> Option<Manifest> {
        serde_json::from_slice(&std::fs::read(self.join(MANIFEST)).ok()?).ok()
    }

    fn state(&self, id: &str) -> PathBuf {
        self.path.join(STATE).join(format!("{}.json", id.replace('/', "+")))
    }

    /// What was written of `id` when it was done.
    pub(in crate::cli) fn done<T: DeserializeOwned>(&self, id: &str) -> Option<Done<T>> {
        let done: Done<T> = serde_json::from_slice(&std::fs::read(self.state(id)).ok()?).ok()?;
        (done.id == id).then_some(done)
    }

    /// How long ago `id` was done.
    pub(in crate::cli) fn age(&self, id: &str) -> Option<Duration> {
        // A clock that was put back makes it as old as it can be.
        Some(self.state(id).metadata().ok()?.modified().ok()?.elapsed().unwrap_or(Duration::MAX))
    }

    /// Writes that one is done.
    pub(in crate::cli) fn write_done<T: Serialize>(&self, done: &Done<T>) -> Result<(), Failure> {
        files::write_file(&self.state(&done.id), &write_harmless(done))
    }

    /// Begins a run anew: forgets who was done, but for `kept`. Gives the ids of an earlier run that are not among `ids`
    /// any more, whose folders stay.
    pub(in crate::cli) fn begin(
        &self,
        run: &Run,
        kept: &BTreeSet<&str>,
        ids: &BTreeSet<&str>,
    ) -> Result<Vec<String>, Failure> {
        // Whoever is stopped in the middle of this begins anew, and does not take what is left for results of this run.
        let mut manifest = self.new_manifest(run);
        self.write_manifest(&manifest)?;
        let mut strangers = Vec::new();
        for entry in std::fs::read_dir(self.path.join(STATE)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let id = name.strip_suffix(".json").unwrap_or_default().replace('+', "/");
            if name == "lock" || kept.contains(id.as_str()) {
                continue;
            }
            if !id.is_empty() && !ids.contains(id.as_str()) {
                strangers.push(id);
            }
            self.remove(&entry.path())?;
        }
        strangers.sort();
        manifest.state = State::Running;
        self.write_manifest(&manifest)?;
        Ok(strangers)
    }

    /// Writes that the run is at its end.
    pub(in crate::cli) fn finish(&self, run: &Run) -> Result<(), Failure> {
        let mut manifest = self.manifest().unwrap_or_else(|| self.new_manifest(run));
        manifest.state = State::Finished;
        manifest.finished = Some(now());
        self.write_manifest(&manifest)
    }

    fn write_manifest(&self, manifest: &Manifest) -> Result<(), Failure> {
        files::write_file(&self.join(MANIFEST), &write_harmless(manifest))
    }

    fn new_manifest(&self, run: &Run) -> Manifest {
        Manifest {
            plimsoll_run: VERSION,
            kind: self.layout.kind.to_owned(),
            state: State::Clearing,
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            rules: run.rules.clone(),
            rules_sha256: run.rules_sha256.clone(),
            list_sha256: run.list_sha256.clone(),
            options_sha256: run.options_sha256.clone(),
            of: run.of,
            started: now(),
            finished: None,
        }
    }

    /// Writes `file` of `id`.
    pub(in crate::cli) fn write_of(&self, id: &str, file: &str, bytes: &[u8]) -> Result<(), Failure> {
        files::write_with(&self.path.join(id).join(file), |to| to.write_all(bytes))
    }

    /// Makes the folder of `id`, and removes what an earlier run wrote into it that this one does not: all of `ours`,
    /// and what was left half-written.
    pub(in crate::cli) fn clear<S: AsRef<str>>(&self, id: &str, ours: &[S]) -> Result<(), Failure> {
        let folder = self.path.join(id);
        std::fs::create_dir_all(&folder).map_err(|error| {
            Failure::could_not_run(
                format!("making {} failed: {error}", folder.display()),
                "check the folder and the disk",
            )
        })?;
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let is_half_of = |ours: &S| name.starts_with(&format!(".{}.", ours.as_ref())) && name.ends_with(".tmp");
            if ours.iter().any(|ours| is_half_of(ours) || ours.as_ref() == name) {
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
    /// Whether it is of `run`, which was stopped before its end.
    pub(in crate::cli) fn is_interrupted(&self, run: &Run) -> bool {
        self.plimsoll_run == VERSION
            && self.state == State::Running
            && self.tool == env!("CARGO_PKG_VERSION")
            && self.rules_sha256 == run.rules_sha256
            && self.list_sha256 == run.list_sha256
            && self.options_sha256 == run.options_sha256
    }
}

/// The SHA-256 over `value` as JSON.
pub(in crate::cli) fn hash_of<T: Serialize>(value: &T) -> String {
    sha256(write_harmless(value).as_bytes())
}
