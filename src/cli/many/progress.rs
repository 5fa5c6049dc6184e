//! How far a run over many accounts is: a line on a terminal, plain notes elsewhere.

use crate::cli::scan::note;
use crate::model::harmless;
use std::io::{IsTerminal as _, Write as _};

/// How far a run is.
pub(in crate::cli) struct Progress {
    terminal: bool,
    quiet: bool,
    all: usize,
    done: usize,
    failed: usize,
}

impl Progress {
    /// Nothing is done of `all`. With `quiet`, only what could not be read is said.
    pub(in crate::cli) fn new(all: usize, quiet: bool) -> Self {
        Self { terminal: std::io::stderr().is_terminal(), quiet, all, done: 0, failed: 0 }
    }

    /// One more is done; `failed` says who could not be read and why, if that is so.
    pub(in crate::cli) fn say(&mut self, failed: Option<&str>) {
        self.done += 1;
        self.failed += usize::from(failed.is_some());
        self.clear();
        if let Some(why) = failed {
            note(&harmless(why));
        }
        if self.quiet {
            return;
        }
        if self.terminal {
            const WIDTH: usize = 30;
            let full = self.done * WIDTH / self.all.max(1);
            let bar = format!("{}{}", "#".repeat(full), ".".repeat(WIDTH - full));
            let failed = if self.failed > 0 { format!(", {} could not be read", self.failed) } else { String::new() };
            drop(write!(std::io::stderr(), "[{bar}] {} of {}{failed}", self.done, self.all));
        } else if self.done == self.all || self.done * 10 / self.all > (self.done - 1) * 10 / self.all {
            note(&format!("{} of {} done", self.done, self.all));
        }
    }

    /// Takes the line away.
    pub(in crate::cli) fn clear(&self) {
        if self.terminal && !self.quiet {
            drop(write!(std::io::stderr(), "\r\u{1b}[K"));
        }
    }
}
