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
    /// Several of the others, each laid over those before it, as `extends` lays them.
    Several(Vec<Self>),
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
            Self::Several(several) => several.iter().map(Self::name).collect::<Vec<_>>().join(" + "),
        }
    }

    /// Each that is read, in order.
    pub(super) fn each(&self) -> &[Self] {
        match self {
            Self::Several(several) => several,
            one => std::slice::from_ref(one),
        }
    }

    /// What `argument` names where it is written in these rules: a file relative to them, or built-in rules.
    pub fn beside(&self, argument: &str) -> Self {
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
            Self::Several(_) => Self::named(argument),
        }
    }

    /// Where an expected document that these rules call `argument` may be, the first place first.
    ///
    /// That is the folder `expected/` beside the folder `rules/` that the file is in, and then the file's own folder.
    pub(super) fn expected(&self, argument: &str) -> Vec<DocumentPlace> {
        match self {
            Self::Builtin(_) => vec![DocumentPlace::Builtin(argument.to_owned())],
            Self::Several(several) => several.iter().flat_map(|one| one.expected(argument)).collect(),
            Self::File(file) => {
                let beside = file.parent().unwrap_or(Path::new("")).join(argument);
                let absolute = std::path::absolute(file).unwrap_or_default();
                let folder = rules_folder(file).or_else(|| rules_folder(&absolute));
                let expected = folder.map(|folder| folder.with_file_name("expected").join(argument));
                expected.into_iter().chain([beside]).map(DocumentPlace::File).collect()
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
            Self::File(path) => read(path, Some(SPLIT)),
            Self::Several(_) => {
                Err(Unreadable { why: "it is several".to_owned(), help: Some("name them one by one".to_owned()) })
            }
        }
    }
}

/// Where an expected document may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DocumentPlace {
    /// A file.
    File(PathBuf),
    /// The document of this path that the binary carries.
    Builtin(String),
}

impl DocumentPlace {
    /// The file, as a person would name it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Builtin(path) => format!("expected/{path}"),
        }
    }

    /// The text, without a byte order mark; `None` if there is nothing at this place.
    pub(super) fn text(&self) -> Option<Result<String, Unreadable>> {
        match self {
            Self::Builtin(path) => builtin::document(path).map(|text| Ok(text.to_owned())),
            Self::File(path) => {
                let missing = std::fs::metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
                (!missing).then(|| read(path, yaml(path).then_some(SPLIT)))
            }
        }
    }

    /// The documents in the same folder, as a rule would write them that calls this one `argument`.
    pub(super) fn siblings(&self, argument: &str) -> Vec<String> {
        /// How many files of a folder are looked at: the rest cannot be what was meant.
        const MOST: usize = 1_000;
        match self {
            Self::Builtin(_) => builtin::documents().map(str::to_owned).collect(),
            Self::File(path) => {
                let folder = argument.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
                let entries = path.parent().and_then(|folder| std::fs::read_dir(folder).ok());
                let entries = entries.into_iter().flatten().take(MOST).flatten();
                let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
                let mut names: Vec<String> = names.map(|name| format!("{folder}{name}")).collect();
                names.sort();
                names
            }
        }
    }
}

/// The nearest folder called `rules` that `file` is in.
fn rules_folder(file: &Path) -> Option<&Path> {
    file.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|name| name == "rules"))
}

fn is_file(argument: &str) -> bool {
    [".yaml", ".yml"].iter().any(|ending| argument.ends_with(ending))
}

/// What to do with a rules file that is too large.
const SPLIT: &str = "split it with `extends:`";

fn yaml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending != "json")
}

/// The text of the file `path`, without a byte order mark. `split` says what to do if it is too large.
pub(super) fn read(path: &Path, split: Option<&str>) -> Result<String, Unreadable> {
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
    let too_large = || unreadable("it is larger than 1 MiB", split);
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
    use super::{DocumentPlace, Origin};

    #[test]
    fn what_a_file_extends_is_a_file_beside_it_or_built_in() {
        let file = Origin::named("rules/lab/mine.yaml");
        assert_eq!(file.beside("../base.yaml").name(), "rules/lab/../base.yaml");
        assert_eq!(file.beside("serverless-poc"), Origin::Builtin("serverless-poc".into()));
        let built_in = Origin::Builtin("serverless-poc/hardened".into());
        assert_eq!(built_in.beside("../serverless-poc.yaml"), Origin::Builtin("serverless-poc".into()));
        assert_eq!(built_in.beside("../../../x.yml"), Origin::Builtin("x".into()));
    }

    #[test]
    fn expected_documents_stand_beside_the_rules_folder_or_beside_the_file() {
        let places = |file: &str| {
            let places: Vec<String> =
                Origin::named(file).expected("lab/q.json").iter().map(DocumentPlace::name).collect();
            places
        };
        assert_eq!(places("rules/a.yaml"), ["expected/lab/q.json", "rules/lab/q.json"]);
        assert_eq!(places("x/rules/lab/a.yaml"), ["x/expected/lab/q.json", "x/rules/lab/lab/q.json"]);
        assert_eq!(places("/rules/x/y/a.yaml"), ["/expected/lab/q.json", "/rules/x/y/lab/q.json"]);
        assert_eq!(places("serverless-poc"), ["expected/lab/q.json"]);
        assert_eq!(places("/etc/a.yaml"), ["/etc/lab/q.json"]);
    }
}
