//! Batches: one JSON object a line in and out, in the same order, as they come.

use crate::cli::Failure;
use crate::report::write_harmless_line;
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::{BufRead as _, BufReader, Read as _, Write};

/// The longest line that is read, in bytes.
const LONGEST: u64 = 32 << 20;

/// What is said to a line that cannot be answered.
#[derive(Serialize)]
struct Unanswered<'a> {
    id: Option<Box<RawValue>>,
    line: u64,
    error: &'a str,
}

/// Answers each line of a file (`-`: standard input) on stdout. A line that cannot be answered is answered with an
/// error, and the batch goes on. Whether every line was answered.
pub(super) fn answer<T: Serialize>(path: &str, answer: impl FnMut(&str) -> Result<T, String>) -> Result<bool, Failure> {
    let mut stdout = std::io::stdout().lock();
    let done = if path == "-" {
        each(&mut BufReader::new(std::io::stdin().lock()), &mut stdout, answer)
    } else {
        let file = std::fs::File::open(path).map_err(|error| {
            Failure::usage(format!("cannot read {path}: {error}"), "name a file, or - for standard input")
        })?;
        each(&mut BufReader::new(file), &mut stdout, answer)
    };
    match done {
        Ok(all) => Ok(all),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
        Err(error) => {
            Err(Failure::could_not_run(format!("the batch broke off: {error}"), "check the file and the disk"))
        }
    }
}

fn each<R: std::io::Read, T: Serialize>(
    from: &mut BufReader<R>,
    to: &mut impl Write,
    mut answer: impl FnMut(&str) -> Result<T, String>,
) -> std::io::Result<bool> {
    let (mut all, mut number) = (true, 0);
    let mut to = std::io::BufWriter::new(to);
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        number += 1;
        if from.by_ref().take(LONGEST).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        let whole = bytes.ends_with(b"\n") || (bytes.len() as u64) < LONGEST;
        if !whole {
            from.skip_until(b'\n')?;
        }
        let text = std::str::from_utf8(&bytes);
        let answered = match text {
            _ if !whole => Err(format!("the line is longer than {LONGEST} bytes")),
            Ok(text) if text.trim().is_empty() => continue,
            Ok(text) => answer(text.trim()),
            Err(_) => Err("the line is not UTF-8".to_owned()),
        };
        let line = match answered {
            Ok(answer) => write_harmless_line(&answer),
            Err(error) => {
                all = false;
                let id = text.ok().filter(|_| whole).and_then(id_of);
                write_harmless_line(&Unanswered { id, line: number, error: &error })
            }
        };
        to.write_all(line.as_bytes())?;
        // Whoever waits for this answer before sending the next line gets it.
        if from.buffer().is_empty() {
            to.flush()?;
        }
    }
    to.flush()?;
    Ok(all)
}

/// The id of a line that is an object with one.
fn id_of(text: &str) -> Option<Box<RawValue>> {
    #[derive(serde::Deserialize)]
    struct Named {
        id: Option<Box<RawValue>>,
    }
    serde_json::from_str::<Named>(text.trim()).ok()?.id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_line_is_answered_and_the_batch_goes_on() {
        let text = b"{\"id\":1}\n\n{\"id\":\"two\"}\n{\xff}\nnot JSON".as_slice();
        let mut written = Vec::new();
        let judge = |line: &str| if line.contains('1') { Ok("fine") } else { Err("cannot".to_owned()) };
        let all = each(&mut BufReader::new(text), &mut written, judge).expect("no I/O fails");
        assert!(!all);
        assert_eq!(
            String::from_utf8(written).expect("UTF-8"),
            "\"fine\"\n{\"id\":\"two\",\"line\":3,\"error\":\"cannot\"}\n\
             {\"id\":null,\"line\":4,\"error\":\"the line is not UTF-8\"}\n\
             {\"id\":null,\"line\":5,\"error\":\"cannot\"}\n"
        );
    }
}
