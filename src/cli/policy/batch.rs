//! One JSON object a line in, one answer a line out, in the same order, as soon as it is known.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::Mutex;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::Failure;
use crate::iam::document::LONGEST;

/// Answers every line of a file, or of standard input for `-`. A line that `answer` cannot use is answered with what is
/// wrong with it, under its `id` if it has one, and the next goes on.
pub(super) fn run(file: &Path, answer: impl Fn(&str) -> Result<Value, String> + Sync) -> Result<u8, Failure> {
    let input: Box<dyn BufRead + Send> = if file == Path::new("-") {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let opened = std::fs::File::open(file);
        let wrong = |error| Failure::usage(format!("cannot read {}: {error}", file.display()), "check the name of the file");
        Box::new(BufReader::new(opened.map_err(wrong)?))
    };
    let lines = Mutex::new(Lines { input, number: 0, failed: None });
    let out = Mutex::new(InOrder { next: 0, waiting: BTreeMap::new(), failed: None });
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, line)) = lock(&lines).next() {
                    let answered = line.and_then(|line| match answer(&line) {
                        Ok(answer) => Ok(answer),
                        Err(why) => Err((id_of(&line), why)),
                    });
                    let answered = answered.unwrap_or_else(|(id, why)| json!({ "id": id, "error": why, "line": number + 1 }));
                    if !lock(&out).put(number, &answered) {
                        return;
                    }
                }
            });
        }
    });
    if let Some(error) = lock(&lines).failed.take() {
        return Err(Failure::could_not_run(format!("reading {} failed: {error}", file.display()), "check the file"));
    }
    match lock(&out).failed.take() {
        None => Ok(0),
        Some(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
        Some(error) => Err(Failure::could_not_run(format!("writing to stdout failed: {error}"), "check where it goes")),
    }
}

/// A worker that panics has said so; what the others did stays usable.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

struct Lines {
    input: Box<dyn BufRead + Send>,
    number: usize,
    failed: Option<std::io::Error>,
}

/// Longer than two documents of the greatest length with all else a case has.
const LONGEST_LINE: usize = 8 * LONGEST;

/// A line that was read, or its id and why it is none.
type Read = Result<String, (Value, String)>;

impl Lines {
    /// The next line that is not empty, with its number from 0.
    fn next(&mut self) -> Option<(usize, Read)> {
        loop {
            let mut line = Vec::new();
            let read = std::io::Read::take(&mut self.input, LONGEST_LINE as u64 + 1).read_until(b'\n', &mut line);
            match read {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => {
                    self.failed = Some(error);
                    return None;
                }
            }
            if line.len() > LONGEST_LINE && line.last() != Some(&b'\n') {
                let skipped = self.skip();
                self.failed = skipped.err();
                return Some(self.numbered(Err((Value::Null, format!("the line is longer than {LONGEST_LINE} bytes")))));
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let line = String::from_utf8(line).map_err(|_| (Value::Null, "the line is not UTF-8".to_owned()));
            return Some(self.numbered(line));
        }
    }

    fn numbered(&mut self, line: Read) -> (usize, Read) {
        self.number += 1;
        (self.number - 1, line)
    }

    /// Passes over the rest of a line.
    fn skip(&mut self) -> std::io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let (used, done) = match buffer.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (buffer.len(), false),
            };
            self.input.consume(used);
            if done {
                return Ok(());
            }
        }
    }
}

fn id_of(line: &str) -> Value {
    #[derive(Deserialize)]
    struct Named {
        id: Value,
    }
    serde_json::from_str::<Named>(line).map_or(Value::Null, |named| named.id)
}

struct InOrder {
    next: usize,
    waiting: BTreeMap<usize, String>,
    failed: Option<std::io::Error>,
}

impl InOrder {
    /// Writes an answer when those before it are written; whether there is still somebody to write to.
    fn put(&mut self, number: usize, answer: &Value) -> bool {
        self.waiting.insert(number, answer.to_string());
        let mut stdout = std::io::stdout().lock();
        while let Some(line) = self.waiting.remove(&self.next) {
            self.next += 1;
            if let Err(error) = writeln!(stdout, "{line}") {
                self.failed = Some(error);
            }
        }
        self.failed.is_none()
    }
}
