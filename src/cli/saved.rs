//! Reports that were saved as JSON, for commands that are about them.

use super::Failure;
use super::bounded::read_file;
use crate::model::Report;
use crate::report::read;
use sha2::{Digest as _, Sha256};
use std::path::Path;

/// The largest report that is read, in bytes.
const LARGEST: u64 = 256 << 20;

/// The report in the file `path`, and the SHA-256 of the file in hexadecimal. `hint` says what to do where there is none.
pub(super) fn report(path: &Path, hint: &str) -> Result<(Report, String), Failure> {
    let bytes = read_file(path, LARGEST, hint)?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let name = path.display();
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name}: it is not UTF-8"), hint))?;
    let report = read(&text).map_err(|error| Failure::usage(format!("{name}: {error}"), hint))?;
    Ok((report, sha256))
}
