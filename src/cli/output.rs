//! Where output goes: the terminal, or files that are there whole or not at all.

use super::Failure;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// Writes `text` to stdout, which carries the report alone. Colour is taken out where it does not belong.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure::nobody_reads()),
        Err(error) => Err(Failure::could_not_run(format!("writing to stdout failed: {error}"), "check where it goes")),
    }
}

/// Whether stdout is a terminal that shows colour.
pub(super) fn stdout_has_colour() -> bool {
    anstream::stdout().current_choice() != anstream::ColorChoice::Never
}

/// The columns of the window; 100 where there is none.
pub(super) fn width() -> usize {
    let window = std::io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
    window.map_or(100, |(terminal_size::Width(columns), _)| columns.into())
}

/// Says early that `path` cannot be written, before a long scan.
pub(super) fn check_writable(path: &Path) -> Result<(), Failure> {
    let folder = folder_of(path);
    if path.is_dir() {
        return Err(cannot_write(path, "it is a folder"));
    }
    match std::fs::metadata(folder) {
        Ok(folder) if folder.is_dir() => Ok(()),
        Ok(_) => Err(cannot_write(path, "what should be its folder is a file")),
        Err(_) => Err(cannot_write(path, "its folder does not exist")),
    }
}

fn cannot_write(path: &Path, why: &str) -> Failure {
    Failure::usage(format!("cannot write {}: {why}", path.display()), "name a file in a folder that exists")
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes `text` to the file `path`: to a temporary file beside it first, which then takes its name.
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary: PathBuf = folder_of(path).join(format!(".{name}.{}.tmp", std::process::id()));
    let written = (|| {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)
    })();
    written.map_err(|error| {
        // What is left of the attempt is of no use; that it cannot be removed either changes nothing.
        drop(std::fs::remove_file(&temporary));
        Failure::could_not_run(format!("writing {} failed: {error}", path.display()), "check the folder and the disk")
    })
}
