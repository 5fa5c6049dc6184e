//! What a run took: calls, time, CPU and memory.

use crate::model::Account;
use std::time::Instant;

/// The start of a run.
pub(super) struct Usage {
    start: Instant,
}

impl Usage {
    pub(super) fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// What the run took so far, in a line. CPU and memory are said where the system tells (Linux).
    pub(super) fn say(&self, account: &Account) -> String {
        let attempts: u32 = account.answers.values().map(|answer| answer.attempts).sum();
        self.say_of(format!("{} calls in {attempts} attempts", account.answers.len()))
    }

    /// What was done, and what it took so far.
    pub(super) fn say_of(&self, done: String) -> String {
        let mut parts = vec![done, format!("{:.2} s", self.start.elapsed().as_secs_f64())];
        if let Some(cpu) = cpu_seconds() {
            parts.push(format!("{cpu:.2} s of CPU"));
        }
        if let Some(memory) = peak_memory() {
            parts.push(format!("{memory:.1} MB of memory at the most"));
        }
        parts.join(", ")
    }
}

/// The CPU seconds of this process in user and system mode. The kernel counts them in hundredths for every program,
/// whatever its own clock (`USER_HZ`).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = stat.rsplit_once(") ")?.1;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks: u32 = fields.get(11)?.parse::<u32>().ok()? + fields.get(12)?.parse::<u32>().ok()?;
    Some(f64::from(ticks) / 100.0)
}

/// The most memory that this process has held at once, in megabytes.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u32 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(f64::from(kibibytes) * 1024.0 / 1_000_000.0)
}
