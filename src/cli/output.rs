//! What goes to stdout, and how wide the window is.

use super::Failure;
#[cfg(feature = "live")]
use crate::report::Look;
use std::io::{IsTerminal as _, Write as _};

/// Writes `text` to stdout, which carries the report alone. Colour is taken out where it does not belong.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
        Err(error) => Err(Failure::could_not_run(format!("writing to stdout failed: {error}"), "check where it goes")),
    }
}

/// How what people read looks on stdout.
#[cfg(feature = "live")]
pub(super) fn look(quiet: bool) -> Look {
    let colour = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
    Look { width: width(), colour, quiet }
}

/// The columns of the window; 100 where there is none.
pub(super) fn width() -> usize {
    let window = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    window.map_or(100, |(terminal_size::Width(columns), _)| columns.into())
}
