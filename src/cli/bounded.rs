//! Files of others, read up to a bound.

use super::Failure;
use std::io::Read as _;
use std::path::Path;

/// The bytes of the file `path`, of which there may be `most`. `hint` says what to do where it cannot be read.
pub(super) fn read_file(path: &Path, most: u64, hint: &str) -> Result<Vec<u8>, Failure> {
    let cannot = |why: String| Failure::usage(format!("cannot read {}: {why}", path.display()), hint);
    let file = std::fs::File::open(path).map_err(|error| cannot(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| cannot(error.to_string()))?;
    if bytes.len() as u64 > most { Err(cannot(format!("it has more than {most} bytes"))) } else { Ok(bytes) }
}
