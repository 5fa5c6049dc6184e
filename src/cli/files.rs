//! Files that are there whole or not at all.

use super::Failure;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Says early that one of `paths` cannot be written, or is named twice.
pub(super) fn check_all<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Result<(), Failure> {
    let mut paths: Vec<&PathBuf> = paths.into_iter().collect();
    for path in &paths {
        check_writable(path)?;
    }
    paths.sort();
    match paths.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(twice) => Err(Failure::usage(
            format!("{} is named twice", twice[0].display()),
            "name a file of its own for each output",
        )),
        None => Ok(()),
    }
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

/// Writes `text` to the file `path`, as [`write_with`] does.
#[cfg(feature = "live")]
pub(super) fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    write_with(path, |to| to.write_all(text.as_bytes()))
}

/// Writes what `write` writes to the file `path`: to a temporary file beside it first, which then takes its name.
pub(super) fn write_with(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let temporary: PathBuf = folder_of(path).join(format!(".{name}.{}.tmp", std::process::id()));
    let written = (|| {
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(&temporary)?;
        let mut file = BufWriter::new(file);
        write(&mut file)?;
        file.into_inner()?.sync_all()?;
        std::fs::rename(&temporary, path)
    })();
    written.map_err(|error| {
        // What is left of the attempt is of no use; that it cannot be removed either changes nothing.
        drop(std::fs::remove_file(&temporary));
        Failure::could_not_run(format!("writing {} failed: {error}", path.display()), "check the folder and the disk")
    })
}
