//! Where rules come from: a file, or those that the binary carries.

use super::builtin;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The largest rules file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Where rules come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A file.
    File(PathBuf),
    /// The rules of this name that the binary carries.
    Builtin(String),
}

/// Why rules cannot be read, and what to do about it.
pub(super) struct Unreadable {
    pub(super) why: String,
    pub(super) help: Option<String>,
}

impl Origin {
    /// What `RULES` on the command line names: a file if it ends in `.yaml` or `.yml`, else built-in rules.
    pub fn named(argument: &str) -> Self {
        if is_file(argument) { Self::File(PathBuf::from(argument)) } else { Self::Builtin(argument.to_owned()) }
    }

    /// The file, as a person would name it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Builtin(name) => format!("rules/{name}.yaml"),
        }
    }

    /// What `argument` names where it is written in these rules: a file relative to them, or built-in rules.
    pub(super) fn beside(&self, argument: &str) -> Self {
        match self {
            _ if !is_file(argument) => Self::Builtin(argument.to_owned()),
            Self::File(file) => Self::File(file.parent().unwrap_or(Path::new("")).join(argument)),
            Self::Builtin(name) => {
                let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
                let mut parts: Vec<&str> = Vec::new();
                for part in folder.split('/').chain(argument.split('/')) {
                    match part {
                        ".." => drop(parts.pop()),
                        "" | "." => {}
                        part => parts.push(part),
                    }
                }
                let path = parts.join("/");
                Self::Builtin(path.rsplit_once('.').map_or(path.as_str(), |(name, _)| name).to_owned())
            }
        }
    }

    /// Whether both are the same file, perhaps by different paths.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::File(a), Self::File(b)) => {
                a == b || a.canonicalize().ok().is_some_and(|a| b.canonicalize().ok() == Some(a))
            }
            _ => self == other,
        }
    }

    /// The text, without a byte order mark.
    pub(super) fn text(&self) -> Result<String, Unreadable> {
        match self {
            Self::Builtin(name) => builtin::rules(name).map(str::to_owned).ok_or_else(|| Unreadable {
                why: format!("there are no built-in rules called `{name}`"),
                help: Some(format!(
                    "the built-in rules are {}; the name of a file ends in .yaml",
                    builtin::names().collect::<Vec<_>>().join(", ")
                )),
            }),
            Self::File(path) => read(path),
        }
    }
}

fn is_file(argument: &str) -> bool {
    [".yaml", ".yml"].iter().any(|ending| argument.ends_with(ending))
}

fn read(path: &Path) -> Result<String, Unreadable> {
    let unreadable = |why: &str, help: Option<&str>| Unreadable { why: why.to_owned(), help: help.map(str::to_owned) };
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => unreadable("there is no such file", None),
        std::io::ErrorKind::PermissionDenied => unreadable("reading it is not permitted", None),
        _ => unreadable(&error.to_string(), None),
    };
    // Opening a pipe would wait for whoever writes to it, so what is no file is refused before.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(unreadable(if metadata.is_dir() { "it is a folder" } else { "it is not a file" }, None));
    }
    let too_large = || unreadable("it is larger than 1 MiB", Some("split it with `extends:`"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        unreadable(&format!("byte {} (line {line}) is not UTF-8", at + 1), Some("save the file as UTF-8"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn what_a_file_extends_is_a_file_beside_it_or_built_in() {
        let file = Origin::named("rules/lab/mine.yaml");
        assert_eq!(file.beside("../base.yaml").name(), "rules/lab/../base.yaml");
        assert_eq!(file.beside("serverless-poc"), Origin::Builtin("serverless-poc".into()));
        let built_in = Origin::Builtin("serverless-poc/hardened".into());
        assert_eq!(built_in.beside("../serverless-poc.yaml"), Origin::Builtin("serverless-poc".into()));
        assert_eq!(built_in.beside("../../../x.yml"), Origin::Builtin("x".into()));
    }
}
