//! `plimsoll demo`: `scan --replay` of a recording that the binary carries.

use super::Failure;
use super::given::Given;
use super::scan::{To, judge};
use crate::aws::{Recording, Source};
use clap::Args;

/// The recording, made from a real server by `UPDATE=1 cargo test --test demo`.
const RECORDING: &str = include_str!("demo/serverless-poc.recording.json");
/// The rules it is judged by.
const RULES: &str = "serverless-poc";

/// Judge the built-in recording of an account: no account needed, no network
///
/// The account is a student's, with a few mistakes in it. It is the same as
/// `plimsoll scan serverless-poc --replay FILE` with that recording in FILE, which `--save` writes.
/// Exit code: as of `scan`.
#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Write the recording to a file, to look at or to replay
    #[arg(long, value_name = "FILE")]
    save: Option<std::path::PathBuf>,
    #[command(flatten)]
    to: To,
}

impl Demo {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if let Some(path) = &self.save {
            super::files::check_writable(path)?;
            super::files::write_file(path, RECORDING)?;
        }
        self.to.check()?;
        let recording = match Recording::parse(RECORDING) {
            Ok(recording) => recording,
            Err(error) => unreachable!("the demo's recording is right, which a test holds: {error}"),
        };
        let rules = Given { rules: RULES.to_owned(), set: Vec::new() }.load(true)?;
        let region = rules.region.clone();
        judge(&rules, Source::Replay(recording), region.as_deref(), false, &self.to)
    }
}
