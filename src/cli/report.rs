//! `plimsoll report`: a report that was saved, in other forms.

use super::forms::Forms;
use super::{Failure, files, saved};
use clap::Args;
use std::io::Read as _;
use std::path::PathBuf;

/// The largest report that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// Write a saved report in other forms: no account needed, no network
///
/// The report is what `scan --format json` or `--output FILE.json` wrote. Exit code, as of the scan: 0 clean,
/// 1 findings at or above `--fail-on`, 3 incomplete; 2 if the file is no report.
#[derive(Debug, Args)]
pub(super) struct ReportAgain {
    /// The saved report (.json); `-` is standard input
    #[arg(value_name = "FILE.json")]
    file: PathBuf,
    #[command(flatten)]
    forms: Forms,
}

impl ReportAgain {
    pub(super) fn run(self) -> Result<u8, Failure> {
        self.forms.check()?;
        files::check_all(self.forms.files())?;
        let name = self.file.display();
        let bytes = self.bytes().map_err(|error| {
            Failure::usage(format!("cannot read {name}: {error}"), "name a file that `scan --output FILE.json` wrote")
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::usage(
                format!("{name}: it is not UTF-8 from byte {at} on"),
                "name a file that `scan --output FILE.json` wrote",
            )
        })?;
        let report = saved::parsed_report(&name.to_string(), &text)?;
        self.forms.write(&report)
    }

    fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.file.as_os_str() == "-" {
            std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)?;
        } else {
            let file = std::fs::File::open(&self.file)?;
            // A pipe is read as well: shells make one for `<(command)`.
            file.take(LARGEST + 1).read_to_end(&mut bytes)?;
        }
        if bytes.len() as u64 > LARGEST {
            return Err(std::io::Error::other("it is larger than 256 MiB"));
        }
        Ok(bytes)
    }
}
