//! `plimsoll scan --accounts`: many accounts in one run. Each is asked about by itself: what goes wrong for one is its
//! result, and no other's.

mod ask;
mod shelf;

use super::bounded::read_file;
use super::given::{MaybeGiven, Unexpected};
use super::many::{Done, Folder, Layout, Progress, Run, hash_of, side_by_side};
use super::scan::{From, To, log, note};
use super::usage::Usage;
use super::{Failure, files, output};
use crate::accounts::{List, Listed, TABLES, list};
use crate::grade::sha256;
use crate::model::Severity;
use crate::overview::{Outcome, Overview, folder_of};
use crate::report::{Format, Look};
use ask::{Asking, Job, Told, Write, write_named};
use clap::Args;
use shelf::{Shelf, Which};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

/// What stands in the folder of the results.
const LAYOUT: Layout = Layout { kind: "accounts", called: "many accounts", tables: &TABLES };
/// The largest list of accounts, in bytes.
const LARGEST: u64 = 16 << 20;
/// What a run that was stopped did longer ago than this is asked about again: a report should not join two days.
const FRESH: Duration = Duration::from_secs(12 * 60 * 60);

/// Many accounts.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many accounts")]
pub(super) struct AccountsArgs {
    /// Read many accounts, which a YAML file lists
    ///
    /// The file begins with `plimsoll_accounts: 1`. Each entry of `accounts` has a `name`, and says where the answers come
    /// from: `role` (an ARN, or a name with `account`; with `external_id`), `profile`, `recording`, `snapshot`, or `account`
    /// alone for the credentials there are. `account` must be the one that answers. `region` or `regions` (each a run of its
    /// own), `rules` (one or several) and `set` (parameters) may stand there too, or under `defaults` for all. What is typed
    /// here stands for what neither says. All mistakes are said before anything is asked.
    ///
    /// Exit code: 1 an account has findings at or above --fail-on; else 4 none could be read, 3 one could not or something
    /// is unknown, 0 all are clean; 2 the list, rules or command line are wrong.
    #[arg(
        long,
        value_name = "FILE",
        requires = "results",
        conflicts_with_all = ["record", "evidence", "receipt", "receipt_key"]
    )]
    accounts: Option<PathBuf>,
    /// The folder that the results go to
    ///
    /// DIR/NAME (DIR/NAME/REGION, of several regions) holds the report of an account, in the forms that --write names.
    /// DIR/overview.json, .csv, .md and .html say what all came to. DIR/run.json says which run it is and holds all times.
    ///
    /// A run that was stopped goes on where it was when the same command is given again within 12 hours: no account that
    /// was read is asked twice. Otherwise all are asked anew.
    #[arg(long, value_name = "DIR", requires = "accounts")]
    results: Option<PathBuf>,
    /// How many are asked about at once
    #[arg(
        long,
        value_name = "N",
        default_value_t = 4,
        value_parser = clap::value_parser!(u8).range(1..=64),
        requires = "accounts"
    )]
    parallel: u8,
    /// Write this for each account: a form of the report (json without it), `evidence` or `snapshot`; may be repeated
    #[arg(long, value_name = "FORM", value_parser = write_named, value_delimiter = ',', requires = "accounts")]
    write: Vec<Write>,
    /// Ask about all, whatever a run that was stopped has done
    #[arg(long, requires = "accounts")]
    anew: bool,
}

impl AccountsArgs {
    /// Whether many accounts are asked for.
    pub(super) fn is_given(&self) -> bool {
        self.accounts.is_some()
    }

    /// Reads and judges all, and says the exit code.
    pub(super) fn run(
        self,
        given: MaybeGiven,
        unexpected: Unexpected,
        from: From,
        locate: bool,
        to: To,
    ) -> Result<u8, Failure> {
        log();
        let usage = Usage::start();
        let (Some(file), Some(results)) = (self.accounts.clone(), self.results.clone()) else {
            return Err(Failure::usage("many accounts have a list and a folder for the results", "name both"));
        };
        if let Some(option) = from.of_one_account() {
            return Err(Failure::usage(
                format!("{option} names one account, and --accounts lists many"),
                "say in the list where the answers about each come from",
            ));
        }
        check_forms(&to)?;
        check_places(&file, &results)?;
        let hint = "name a YAML file that begins with `plimsoll_accounts: 1`";
        let text = String::from_utf8(read_file(&file, LARGEST, hint)?)
            .map_err(|_| Failure::usage(format!("{}: it is not UTF-8", file.display()), "save it as UTF-8"))?;
        let list_sha256 = sha256(text.as_bytes());
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        let list = list(&file.display().to_string(), text)?;
        let mut set = BTreeMap::new();
        for (name, value) in &given.set {
            if set.insert(name.clone(), value.clone()).is_some() {
                return Err(Failure::usage(format!("--set {name} is given twice"), "give each parameter one value"));
            }
        }
        let taken = to.accepted.read_of_many(&results)?;
        let shelf = Shelf::new(file.clone(), given.rules.clone(), set, unexpected);
        let jobs = jobs(list, &shelf, from.region.as_deref())?;
        if let Some(rules) = given.rules.as_ref().filter(|_| jobs.iter().all(|job| !job.which.0.is_empty())) {
            note(&format!("every account has rules of its own, so that nothing is judged by {rules}"));
        }
        let asking = Rc::new(Asking {
            settings: from.settings(),
            beside: file.parent().unwrap_or(Path::new("")).to_owned(),
            shelf,
            locate,
            picture: to.forms.picture,
            write: self.written(),
            taken,
        });
        let folder = Folder::open(&results, LAYOUT)?;
        let run = Run {
            rules: given.rules.clone().unwrap_or_default(),
            rules_sha256: hash_of(&jobs.iter().map(|job| &job.rules_sha256).collect::<BTreeSet<_>>()),
            list_sha256,
            options_sha256: asking.options(),
            of: jobs.len(),
        };
        let to_ask = self.begin(&folder, &run, &jobs, &asking)?;
        ask(&jobs, to_ask, &asking, &folder, usize::from(self.parallel), to.forms.quiet)?;
        let overview = overview(&folder, &jobs, to.forms.fail_on.severity())?;
        self.tell(&overview, &asking, &folder, &to)?;
        folder.finish(&run)?;
        if to.verbose {
            let calls: usize = overview.runs.iter().filter_map(|line| line.calls).sum();
            note(&usage.say_of(format!("{} runs, {calls} calls", overview.runs.len())));
        }
        Ok(overview.exit_code())
    }

    /// What is written for each account, once each, in one order.
    fn written(&self) -> Vec<Write> {
        if self.write.is_empty() {
            return vec![Write::Report(Format::Json)];
        }
        Write::all().into_iter().filter(|write| self.write.contains(write)).collect()
    }

    /// Begins, or goes on with, a run: says who is asked about.
    fn begin(&self, folder: &Folder, run: &Run, jobs: &[Job], asking: &Asking) -> Result<Vec<usize>, Failure> {
        let ids: Vec<String> = jobs.iter().map(Job::id).collect();
        let goes_on = !self.anew && folder.manifest().is_some_and(|manifest| manifest.is_interrupted(run));
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        if goes_on {
            let is_done = |(job, id): &(&Job, &String)| {
                // What could not be read gave no answer, and is asked again.
                let done = folder.done::<Outcome>(id).filter(|done| done.kept.result.is_ok());
                done.is_some_and(|done| done.made_of == asking.made_of(job))
                    && folder.age(id).is_some_and(|age| age < FRESH)
            };
            kept.extend(jobs.iter().zip(&ids).filter(is_done).map(|(_, id)| id.as_str()));
        }
        if goes_on {
            note(&format!("goes on where it was stopped: {} of {} are done", kept.len(), jobs.len()));
        } else {
            let names: BTreeSet<&str> = jobs.iter().map(|job| job.name.as_str()).collect();
            let strangers = folder.begin(run, &kept, &ids.iter().map(String::as_str).collect())?;
            let is_listed = |id: &String| names.contains(id.split('/').next().unwrap_or_default());
            let (moved, gone): (Vec<String>, Vec<String>) = strangers.into_iter().partition(is_listed);
            // An account whose regions are other ones now: its reports must not be taken for those of this run.
            for id in &moved {
                folder.clear(id, &all_files())?;
            }
            if !gone.is_empty() {
                note(&format!("{} of an earlier run are listed no more; their folders stay", gone.join(", ")));
            }
        }
        Ok((0..jobs.len()).filter(|at| !kept.contains(ids[*at].as_str())).collect())
    }

    /// Writes the overview wherever it is to go.
    fn tell(&self, overview: &Overview, asking: &Asking, folder: &Folder, to: &To) -> Result<(), Failure> {
        let first = [Format::Html, Format::Text, Format::Markdown, Format::Json]
            .into_iter()
            .map(Write::Report)
            .find(|write| asking.write.contains(write))
            .map(Write::file);
        let html = overview.html(first.as_deref());
        let tables = [overview.csv(), html, overview.json(), overview.markdown()];
        for (name, text) in LAYOUT.tables.iter().zip(&tables) {
            files::write_file(&folder.join(name), text)?;
        }
        let in_form = |format: Format, look: Look| match format {
            Format::Text => overview.text(look),
            Format::Json => overview.json(),
            Format::Csv => overview.csv(),
            Format::Markdown => overview.markdown(),
            _ => overview.html(None),
        };
        let plain = Look { width: super::forms::WIDTH, colour: false, quiet: false, picture: false };
        for path in &to.forms.output {
            files::write_file(path, &in_form(format_of(path)?, plain))?;
        }
        if to.forms.tell(|| overview.notify())? {
            return Ok(());
        }
        output::print(&in_form(to.forms.format, output::look(to.forms.quiet)))?;
        if to.forms.format == Format::Text && !to.forms.quiet {
            let shown = folder.join("overview.html").display().to_string();
            output::print(&format!("Written: {shown}, and a folder for each account\n"))?;
        }
        Ok(())
    }
}

impl Job {
    /// Its id in the folder: the folder of its results.
    pub(super) fn id(&self) -> String {
        folder_of(&self.name, self.of_several.as_deref())
    }
}

/// Whether the overview can be had in `format`.
fn is_of_many(format: Format) -> bool {
    matches!(format, Format::Text | Format::Json | Format::Csv | Format::Markdown | Format::Html)
}

fn format_of(path: &Path) -> Result<Format, Failure> {
    Format::of(path).filter(|format| is_of_many(*format)).ok_or_else(|| {
        Failure::usage(
            format!("the overview of many accounts is not written in the form of {}", path.display()),
            "end it in .txt, .json, .csv, .md or .html; --write gives each account its report in any form",
        )
    })
}

/// Refuses what could not be written, before anything is asked.
fn check_forms(to: &To) -> Result<(), Failure> {
    to.forms.check_stdout()?;
    if !is_of_many(to.forms.format) {
        return Err(Failure::usage(
            "the overview of many accounts has the forms text, json, csv, markdown and html",
            "name one of them; --write gives each account its report in any form",
        ));
    }
    to.forms.output.iter().try_for_each(|path| format_of(path).map(drop))?;
    files::check_all(to.forms.files())
}

/// Refuses a list that stands where the results would go.
fn check_places(file: &Path, results: &Path) -> Result<(), Failure> {
    for name in TABLES.into_iter().chain(["run.json"]) {
        if let (Ok(a), Ok(b)) = (file.canonicalize(), results.join(name).canonicalize())
            && a == b
        {
            return Err(Failure::usage(
                format!("the list is {}, which the results would take the place of", file.display()),
                "name another folder with --results",
            ));
        }
    }
    Ok(())
}

/// All files that may stand in the folder of an account.
fn all_files() -> Vec<String> {
    Write::all().into_iter().map(Write::file).collect()
}

/// What is to be asked, with every mistake that shows once the rules are known.
fn jobs(list: List, shelf: &Shelf, typed: Option<&str>) -> Result<Vec<Job>, Failure> {
    let List { entries, mut diagnostics } = list;
    let mut jobs = Vec::new();
    // Most accounts share their rules; loading them takes longer than all else here.
    let mut seen: BTreeMap<Which, Result<(String, Option<String>), String>> = BTreeMap::new();
    for listed in entries {
        let span = listed.rules_span.clone().unwrap_or_else(|| listed.span.clone());
        let Some(which) = shelf.which(&listed) else {
            diagnostics
                .error(
                    "missing-field",
                    &listed.span,
                    format!("nothing says by which rules `{}` is judged", listed.name),
                )
                .help("add `rules:` to it or to `defaults:`, or name RULES on the command line");
            continue;
        };
        let is_new = !seen.contains_key(&which);
        let loaded = seen.entry(which.clone()).or_insert_with(|| match shelf.rules(&which) {
            Ok(rules) => Ok((rules.sha256.clone(), rules.region.clone())),
            Err(why) => Err(why.line()),
        });
        let (sha256, of_rules) = match loaded {
            Ok(loaded) => loaded,
            Err(why) => {
                // The others that are judged by the same rules would say the same.
                if is_new {
                    let message = format!("the rules of `{}` cannot be used: {why}", listed.name);
                    diagnostics.error("wrong-rules", &span, message).help("`plimsoll rules check` says all of it");
                }
                continue;
            }
        };
        let Listed { name, whom, regions, span, .. } = listed;
        let several = regions.len() > 1;
        let regions: Vec<Option<String>> = match regions.as_slice() {
            [] => vec![typed.map(str::to_owned)],
            some => some.iter().cloned().map(Some).collect(),
        };
        for region in regions {
            if let (Some(of_rules), Some(region)) = (of_rules.as_ref(), &region)
                && of_rules != region
            {
                diagnostics
                    .error(
                        "wrong-region",
                        &span,
                        format!("`{name}` is read in {region}, and its rules are about {of_rules}"),
                    )
                    .help("leave the region to the rules, or name others");
                continue;
            }
            jobs.push(Job {
                name: name.clone(),
                of_several: region.clone().filter(|_| several),
                region,
                whom: whom.clone(),
                which: which.clone(),
                rules_sha256: sha256.clone(),
            });
        }
    }
    if diagnostics.list.is_empty() { Ok(jobs) } else { Err(Failure::from(diagnostics)) }
}

/// Asks about the accounts at `to_ask`, and writes what comes of each.
fn ask(
    jobs: &[Job],
    to_ask: Vec<usize>,
    asking: &Rc<Asking>,
    folder: &Folder,
    at_once: usize,
    quiet: bool,
) -> Result<(), Failure> {
    let mut progress = Progress::new(to_ask.len(), quiet);
    let mut broken = None;
    let asked = to_ask.iter().map(|at| {
        let (asking, job) = (Rc::clone(asking), jobs[*at].clone());
        async move { asking.ask(&job).await }
    });
    let done = |nth: usize, given: Result<Told, String>| {
        let job = &jobs[to_ask[nth]];
        progress.say(given.as_ref().err().map(|why| format!("{}: {why}", job.id())).as_deref());
        if let Err(failure) = write(folder, asking, job, given) {
            broken.get_or_insert(failure);
        }
    };
    side_by_side(asked, at_once, done)?;
    progress.clear();
    broken.map_or(Ok(()), Err)
}

/// Writes what came of an account: the files first, and last that it is done.
fn write(folder: &Folder, asking: &Asking, job: &Job, given: Result<Told, String>) -> Result<(), Failure> {
    let id = job.id();
    folder.clear(&id, &all_files())?;
    let result = match given {
        Ok(told) => {
            for (file, bytes) in &told.files {
                folder.write_of(&id, file, bytes)?;
            }
            Ok(told.summary)
        }
        Err(reason) => Err(reason),
    };
    let kept = Outcome { name: job.name.clone(), region: job.of_several.clone(), result };
    folder.write_done(&Done { id, made_of: asking.made_of(job), kept })
}

/// The overview of all that are done, read back one at a time.
fn overview(folder: &Folder, jobs: &[Job], fail_on: Severity) -> Result<Overview, Failure> {
    let mut lost = Vec::new();
    let outcomes = jobs.iter().filter_map(|job| {
        let done = folder.done::<Outcome>(&job.id());
        if done.is_none() {
            lost.push(job.id());
        }
        Some(done?.kept)
    });
    let overview = Overview::new(fail_on, outcomes);
    if lost.is_empty() {
        return Ok(overview);
    }
    Err(Failure::could_not_run(
        format!("what was written of {} cannot be read back", lost.join(", ")),
        "check the disk, and give the same command again",
    ))
}
