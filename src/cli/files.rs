//! Files that are there whole or not at all.

use super::Failure;
use std::io::Write as _;
use std::path::{Path, PathBuf};

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
