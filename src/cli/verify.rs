//! `plimsoll verify`: whether a report is the one that a receipt was made of. Needs no account, no network and no SDK.

use super::bounded::read_file;
use super::{Failure, output};
use crate::grade::{Checked, Receipt, SHORTEST_KEY};
use crate::report::wrap;
use clap::Args;
use std::path::{Path, PathBuf};

/// The largest file that is read here, in bytes.
const LARGEST: u64 = 256 << 20;
/// The largest key, in bytes.
const LARGEST_KEY: u64 = 64 << 10;

/// Hold a report against its receipt
///
/// Says what matches and what does not. Without a key a receipt shows that nothing was changed by accident, and not who
/// made it; with the key that it was made with, that nobody without that key made it or changed it. The report is the
/// JSON that `scan --output report.json` or `grade --write report=FILE` wrote, untouched.
/// Exit code: 0 all matches, 1 something does not, 2 a file cannot be read or is no receipt.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// The receipt, as --receipt wrote it
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    /// The report as JSON
    #[arg(value_name = "REPORT")]
    report: PathBuf,
    /// A file whose bytes are the key that the receipt was made with
    #[arg(long, value_name = "FILE")]
    receipt_key: Option<PathBuf>,
}

impl Verify {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let key = self.receipt_key.as_deref().map(key).transpose()?;
        let text = read_file(&self.receipt, LARGEST, "name a file that --receipt wrote")?;
        let report = read_file(&self.report, LARGEST, "name the report as JSON")?;
        let receipt = Receipt::parse(&text).map_err(|why| {
            Failure::usage(format!("{}: {why}", self.receipt.display()), "name a file that --receipt wrote")
        })?;
        let checks = receipt.check(&text, &report, key.as_deref());
        let mut said = String::new();
        let room = output::width().clamp(40, 160);
        for check in &checks {
            let word = match check.checked {
                Checked::Matches => "ok",
                Checked::Differs => "DIFFERS",
                Checked::NotChecked => "-",
            };
            for (at, line) in wrap(&check.said, room.saturating_sub(19).max(20)).iter().enumerate() {
                let (word, what) = if at == 0 { (word, check.what) } else { ("", "") };
                said.push_str(format!("{word:<8} {what:<9} {line}").trim_end());
                said.push('\n');
            }
        }
        let differs = checks.iter().any(|check| check.checked == Checked::Differs);
        let signed = checks.iter().any(|check| check.what == "key" && check.checked == Checked::Matches);
        let end = match (differs, signed) {
            (true, _) => "The report and the receipt do not belong together, or one of them was changed.",
            (false, true) => "Nobody without the key made this receipt or changed the report.",
            (false, false) => {
                "Nothing was changed by accident. Who made the receipt it does not show: that takes the key it was \
                 made with (--receipt-key)."
            }
        };
        said.push('\n');
        for line in wrap(end, room) {
            said.push_str(&line);
            said.push('\n');
        }
        output::print(&said)?;
        Ok(u8::from(differs))
    }
}

/// The bytes of the key in the file `path`.
pub(super) fn key(path: &Path) -> Result<Vec<u8>, Failure> {
    const HINT: &str = "make one: head -c 32 /dev/urandom > receipt.key";
    let key = read_file(path, LARGEST_KEY, HINT)?;
    if key.len() < SHORTEST_KEY {
        return Err(Failure::usage(
            format!("the key in {} has {} bytes; {SHORTEST_KEY} are the least", path.display(), key.len()),
            HINT,
        ));
    }
    Ok(key)
}
