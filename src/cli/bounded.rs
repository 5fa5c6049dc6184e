//! Files of others, read up to a bound.

use super::Failure;
use flate2::read::MultiGzDecoder;
use std::io::{BufReader, Read};
use std::path::Path;

/// The bytes of the file `path`, of which there may be `most`. `hint` says what to do where it cannot be read.
pub(super) fn read_file(path: &Path, most: u64, hint: &str) -> Result<Vec<u8>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| cannot(path, error, hint))?;
    whole(path, file, most, hint)
}

/// The text of the file `path`, without a byte order mark. It may be compressed with gzip: its first bytes tell. There may be
/// `most` bytes of it, so that a small file cannot become a large text; a file with nothing in it is an error.
pub(super) fn read_text(path: &Path, most: u64, hint: &str) -> Result<String, Failure> {
    let bytes = read_file(path, most, hint)?;
    let bytes = match bytes.starts_with(&GZIP) {
        true => whole(path, MultiGzDecoder::new(bytes.as_slice()), most, hint)?,
        false => bytes,
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage(format!("{}: it is not UTF-8 from byte {at} on", path.display()), hint)
    })?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(Failure::usage(format!("{}: there is nothing in this file", path.display()), hint));
    }
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// What a file that is compressed with gzip begins with.
const GZIP: [u8; 2] = [0x1f, 0x8b];

fn whole(path: &Path, from: impl Read, most: u64, hint: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    BufReader::new(from).take(most + 1).read_to_end(&mut bytes).map_err(|error| cannot(path, error, hint))?;
    if bytes.len() as u64 > most {
        return Err(cannot(path, format!("it has more than {most} bytes"), hint));
    }
    Ok(bytes)
}

fn cannot(path: &Path, why: impl std::fmt::Display, hint: &str) -> Failure {
    Failure::usage(format!("cannot read {}: {why}", path.display()), hint)
}
