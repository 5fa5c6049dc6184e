//! What goes to stdout, and how wide the window is.

use super::Failure;
use crate::model::Report;
use crate::report::{Format, Look};
use std::io::{self, BufWriter, IsTerminal as _, Write as _};

/// The forms of the answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum AnswerFormat {
    /// For a person at a terminal
    Text,
    /// For a program
    Json,
}

#[cfg(feature = "live")]
impl AnswerFormat {
    /// The form that the ending of `path` stands for.
    pub(super) fn of(path: &std::path::Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "json" => Some(Self::Json),
            "txt" => Some(Self::Text),
            _ => None,
        }
    }
}

/// Writes `text` to stdout, which carries the report alone. Colour is taken out where it does not belong.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    written(stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// Writes `report` to stdout in this format.
pub(super) fn print_report(report: &Report, format: Format, look: Look) -> Result<(), Failure> {
    let mut coloured = anstream::stdout();
    if format.is_for_the_window() {
        return written(format.render(report, look, &mut coloured).and_then(|()| coloured.flush()));
    }
    let mut stdout = BufWriter::new(io::stdout().lock());
    written(format.render(report, look, &mut stdout).and_then(|()| stdout.flush()))
}

fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
        Err(error) => Err(Failure::could_not_run(format!("writing to stdout failed: {error}"), "check where it goes")),
    }
}

/// How what people read looks on stdout.
pub(super) fn look(quiet: bool) -> Look {
    let colour = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
    Look { width: width(), colour, quiet, picture: false }
}

/// The columns of the window; 100 where there is none.
pub(super) fn width() -> usize {
    let window = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    window.map_or(100, |(terminal_size::Width(columns), _)| columns.into())
}
