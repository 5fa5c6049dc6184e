//! Which files of cases are meant, and what they hold.

use super::super::super::Failure;
use super::super::super::bounded::read_file;
use crate::cases::Suite;
use std::path::{Path, PathBuf};

/// The largest file of cases that is read, in bytes.
const LARGEST: u64 = 4 << 20;
/// The endings of files of cases.
const ENDINGS: [&str; 2] = [".test.yaml", ".test.yml"];
/// How deep folders are looked through.
const DEEPEST: usize = 16;
/// Where cases are looked for if nothing is named.
const FOLDER: &str = "rules";

/// The files of cases that `named` means, in order and each once.
pub(super) fn found(named: &[PathBuf]) -> Result<Vec<PathBuf>, Failure> {
    let default = [PathBuf::from(FOLDER)];
    if named.is_empty() && !default[0].is_dir() {
        return Err(Failure::usage(
            format!("there is no folder {FOLDER} here"),
            "name a rules file, a file of cases (NAME.test.yaml), or a folder",
        ));
    }
    let mut found = Vec::new();
    for path in if named.is_empty() { &default[..] } else { named } {
        if path.is_dir() {
            let before = found.len();
            walk(path, 0, &mut found)?;
            if found.len() == before {
                return Err(Failure::usage(
                    format!("no file in {} ends in {}", path.display(), ENDINGS[0]),
                    "the cases of rules/NAME.yaml stand in rules/NAME.test.yaml; README.md shows some",
                ));
            }
        } else {
            found.push(of(path)?);
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The file of cases that the file `path` is, or that stands beside it.
fn of(path: &Path) -> Result<PathBuf, Failure> {
    let name = path.to_string_lossy();
    if is_cases(path) {
        return Ok(path.to_owned());
    }
    let Some(stem) = [".yaml", ".yml"].iter().find_map(|ending| name.strip_suffix(ending)) else {
        return Err(Failure::usage(
            format!("{name} is neither a folder nor a file that ends in .yaml"),
            "name a rules file, a file of cases (NAME.test.yaml), or a folder",
        ));
    };
    if !path.exists() {
        return Err(Failure::usage(format!("there is no file {name}"), "name a rules file or a file of cases"));
    }
    let beside = ENDINGS.iter().map(|ending| PathBuf::from(format!("{stem}{ending}"))).find(|path| path.exists());
    beside.ok_or_else(|| {
        Failure::usage(
            format!("{name} has no cases: there is no {stem}{}", ENDINGS[0]),
            "write one; the README shows how",
        )
    })
}

fn is_cases(path: &Path) -> bool {
    let name = path.to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        Failure::usage(format!("cannot look into {}: {error}", folder.display()), "name a folder that can be read")
    };
    for entry in std::fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        let (path, kind) = (entry.path(), entry.file_type().map_err(cannot)?);
        if kind.is_dir() && depth < DEEPEST && !entry.file_name().to_string_lossy().starts_with('.') {
            walk(&path, depth + 1, found)?;
        } else if !kind.is_dir() && is_cases(&path) {
            found.push(path);
        }
    }
    Ok(())
}

/// The cases in the file `path`.
pub(super) fn read(path: &Path) -> Result<Suite, Failure> {
    let hint = "name a file of cases, which ends in .test.yaml";
    let name = path.display().to_string();
    if path.exists() && !path.is_file() {
        return Err(Failure::usage(format!("{name} is not a file"), hint));
    }
    let bytes = read_file(path, LARGEST, hint)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        Failure::usage(format!("{name}: byte {} (line {line}) is not UTF-8", at + 1), "save the file as UTF-8")
    })?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok(Suite::read(&name, text)?)
}
