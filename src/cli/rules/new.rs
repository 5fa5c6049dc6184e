//! `plimsoll rules new`: rules written from where an intention is written down already.

use crate::cli::paragraph::{hanging, width};
use crate::cli::{
    Failure, bounded, files,
    given::{name_and_value, types},
    output, saved,
};
use crate::intent::{self, Intent, Written};
use crate::model::harmless;
use crate::rules::{Origin, Request, load};
use crate::services;
use crate::snapshot::Snapshot;
use clap::Args;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The most bytes of a snapshot that are read.
const LARGEST: u64 = 256 << 20;

/// How much of what was not taken over is shown; the file says all of it.
const SHOWN: usize = 12;

/// Write rules from a template, or from a snapshot of a golden account
///
/// A template is one of CloudFormation or SAM, in YAML or JSON; which kind of file it is, its content tells.
/// The rules name each resource, the flows between them, their settings, who is let in and what roles may do. What could
/// not be taken over stands in a comment at the end of the file, with the reason. Read the file: it is yours from then on.
#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    /// A template of CloudFormation or SAM, or a snapshot of a golden account (`plimsoll snapshot packs/inventory`)
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The value of a parameter of the template, which is then fixed; may be repeated
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = name_and_value)]
    set: Vec<(String, String)>,
    /// The title of the rules; else what the file says
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// The rules file that is written, such as rules/orders.yaml; its documents go below expected/. Else: standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Overwrite files that are there
    #[arg(long, requires = "output")]
    force: bool,
}

impl New {
    /// Runs it, and gives the exit code.
    pub(super) fn run(self) -> Result<u8, Failure> {
        let place = self.output.as_deref().map(Place::of).transpose()?;
        let mut intent = self.intent()?;
        if let Some(title) = self.title {
            intent.title = title;
        }
        if intent.resources.is_empty() {
            let what = format!("{} has no resource that rules could be about", self.from.display());
            let hint = match intent.left.first() {
                Some(left) => format!("the first of what was left out: {}: {}", left.what, left.why),
                None => "make the snapshot with rules that ask for its resources".to_owned(),
            };
            return Err(Failure::usage(what, hint));
        }
        let source = self.from.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let unpacked = self.from.with_extension("");
        let unpacked = if self.from.extension().is_some_and(|ending| ending == "gz") { &unpacked } else { &self.from };
        let stem = unpacked.file_stem().and_then(|stem| stem.to_str()).filter(|stem| is_plain(stem)).unwrap_or("new");
        let name = place.as_ref().map_or(stem, |place| &place.name);
        let written = intent::write(&intent, &source, name, services::kind);
        let staged = Staged::write(&written, name)?;
        staged.check()?;
        match place {
            Some(place) => {
                place.write(&written, self.force)?;
                output::print(&said(&place, &written))?;
            }
            None => output::print(&(written.rules + &documents_in_comments(&written.documents)))?,
        }
        Ok(0)
    }

    /// What the file says is meant. What kind of file it is, its content tells.
    fn intent(&self) -> Result<Intent, Failure> {
        let hint = "name a template of CloudFormation or SAM, or a snapshot that `plimsoll snapshot` wrote";
        let wrong = |why: String| Failure::usage(format!("{}: {why}", self.from.display()), hint);
        let text = bounded::read_text(&self.from, LARGEST, hint)?;
        let mut set = BTreeMap::new();
        for (name, value) in &self.set {
            if set.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::usage(format!("--set {name} is given twice"), "give each parameter one value"));
            }
        }
        if let Some(other) = saved::no_snapshot(&self.from.display().to_string(), &text) {
            return Err(other);
        }
        if !is_snapshot(&text) {
            return Ok(intent::template::read(&text, &self.from.display().to_string(), &set)?);
        }
        if let Some(name) = set.keys().next() {
            let what = format!("--set {name} is for templates, and {} is a snapshot", self.from.display());
            return Err(Failure::usage(what, "leave it out: a snapshot has no parameters"));
        }
        let snapshot = Snapshot::parse(&text, services::kind).map_err(|error| wrong(error.to_string()))?;
        Ok(intent::golden::read(&snapshot.account, &snapshot.region, services::kind))
    }
}

/// Whether a text is a snapshot, right or wrong: the first thing in one is its version.
fn is_snapshot(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    start.strip_prefix('{').is_some_and(|rest| rest.trim_start().starts_with("\"plimsoll_snapshot\""))
}

/// Where a rules file and its documents go.
struct Place {
    rules: PathBuf,
    /// The folder of the documents' paths.
    expected: PathBuf,
    /// The name of the rules.
    name: String,
}

impl Place {
    fn of(rules: &Path) -> Result<Self, Failure> {
        let wrong = |why: &str| {
            let what = format!("cannot write {}: {why}", rules.display());
            Failure::usage(what, "name a file whose name ends in .yaml, such as rules/orders.yaml")
        };
        if !rules.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            return Err(wrong("a rules file ends in .yaml"));
        }
        files::check_writable(rules)?;
        let name = rules.file_stem().and_then(|name| name.to_str()).filter(|name| is_plain(name));
        let Some(name) = name else { return Err(wrong("its name has other signs than letters, digits, - and _")) };
        let absolute = std::path::absolute(rules).map_err(|error| wrong(&error.to_string()))?;
        let folder = absolute.ancestors().skip(1).find(|folder| folder.file_name().is_some_and(|name| name == "rules"));
        let beside = || absolute.parent().unwrap_or(Path::new(".")).to_owned();
        let expected = folder.map_or_else(beside, |folder| folder.with_file_name("expected"));
        // Shown and written relative to where the program was started, as the file was named.
        let here = std::env::current_dir().unwrap_or_default();
        let expected = expected.strip_prefix(&here).map(Path::to_owned).unwrap_or(expected);
        Ok(Self { rules: rules.to_owned(), expected, name: name.to_owned() })
    }

    /// Writes all of it, the rules last, so that they are never there without their documents.
    fn write(&self, written: &Written, force: bool) -> Result<(), Failure> {
        let documents: Vec<(PathBuf, &str)> =
            written.documents.iter().map(|of| (self.expected.join(&of.path), of.text.as_str())).collect();
        let rules = (self.rules.clone(), written.rules.as_str());
        let all: Vec<&(PathBuf, &str)> = documents.iter().chain([&rules]).collect();
        if let Some((there, _)) = all.iter().find(|(path, _)| !force && path.symlink_metadata().is_ok()) {
            let what = format!("{} is there already, and nothing was written", there.display());
            return Err(Failure::usage(what, "name another file, or overwrite it with --force"));
        }
        for (path, text) in all {
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| {
                    let what = format!("the folder {} cannot be made: {error}", folder.display());
                    Failure::could_not_run(what, "check the folder and the disk")
                })?;
            }
            files::write_with(path, |to| to.write_all(text.as_bytes()))?;
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// The files in a folder that is thrown away, to see whether they load.
struct Staged {
    folder: PathBuf,
    rules: PathBuf,
}

impl Staged {
    fn write(written: &Written, name: &str) -> Result<Self, Failure> {
        // A folder that is there may be somebody else's.
        let numbered = |number: u32| {
            let folder = std::env::temp_dir().join(format!("plimsoll-rules-new-{}-{number}", std::process::id()));
            std::fs::create_dir(&folder).map(|()| folder)
        };
        let folder = (0..8).find_map(|number| numbered(number).ok()).ok_or_else(|| {
            let what = format!("no folder can be made in {}", std::env::temp_dir().display());
            Failure::could_not_run(what, "check the folder for temporary files")
        })?;
        let staged = Self { rules: folder.join("rules").join(format!("{name}.yaml")), folder };
        let put = |path: &Path, text: &str| {
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(path, text))
        };
        let expected = staged.folder.join("expected");
        let all = written.documents.iter().map(|of| (expected.join(&of.path), of.text.as_str()));
        for (path, text) in all.chain([(staged.rules.clone(), written.rules.as_str())]) {
            put(&path, text).map_err(|error| {
                let what = format!("{} cannot be written: {error}", path.display());
                Failure::could_not_run(what, "check the folder for temporary files")
            })?;
        }
        Ok(staged)
    }

    /// That rules files as they were written are read without a mistake.
    fn check(&self) -> Result<(), Failure> {
        let request = Request {
            origin: Origin::File(self.rules.clone()),
            parameters: &BTreeMap::new(),
            complete: false,
            types: types(),
        };
        load(&request).map(|_| ()).map_err(Failure::from)
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        // What stays of it is in the folder for what may be deleted.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn documents_in_comments(documents: &[intent::Document]) -> String {
    let mut text = String::new();
    for document in documents {
        text.push_str(&format!("\n# expected/{}, which --output writes:\n", document.path));
        for line in document.text.lines() {
            text.push_str(&format!("#   {}\n", harmless(line)));
        }
    }
    text
}

fn said(place: &Place, written: &Written) -> String {
    let wide = width();
    let documents = match &written.documents[..] {
        [] => String::new(),
        [one] => format!(", and {}", place.expected.join(&one.path).display()),
        several => {
            let folder = place.expected.join(&place.name);
            format!(", and {} documents in {}", several.len(), folder.display())
        }
    };
    let line = format!(
        "wrote {}: {} resources and {} rules{documents}",
        place.rules.display(),
        written.resources,
        written.count
    );
    let mut text = hanging(0, "", 0, &line, wide);
    if !written.left.is_empty() {
        text.push_str("not taken over:\n");
        for left in written.left.iter().take(SHOWN) {
            text.push_str(&hanging(2, "", 0, &format!("{}: {}", left.what, left.why), wide));
        }
        if written.left.len() > SHOWN {
            let more = format!("and {} more, at the end of the file", written.left.len() - SHOWN);
            text.push_str(&hanging(2, "", 0, &more, wide));
        }
    }
    text.push_str(&hanging(
        0,
        "",
        0,
        &format!("next: read the file, then plimsoll scan {}", place.rules.display()),
        wide,
    ));
    text
}
