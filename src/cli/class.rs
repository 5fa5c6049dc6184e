//! `plimsoll grade --roster`: a class at once. Each student is asked about by themselves: what goes wrong for one is
//! their result, and nobody else's.

mod roster;
mod student;

use super::bounded::read_file;
use super::given::Given;
use super::grade::check_gradable;
use super::many::{Done, Folder, Layout, Progress, Run, side_by_side};
use super::plan::region_of_run;
use super::scan::{From, log, note};
use super::{Failure, files, output};
use crate::grade::{Class, NotRead, Student, class_csv, class_html, class_text};
use crate::model::Hundredths;
use crate::rules::Rules;
use clap::Args;
use roster::{Reading, Roster, Row, roster};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use student::{Asking, FILES, Write};

/// What stands in the folder of a class.
const LAYOUT: Layout = Layout { kind: "class", called: "a class", tables: &["class.csv", "class.html"] };
/// The largest roster, in bytes.
const LARGEST: u64 = 16 << 20;

/// A class at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "A class at once")]
pub(super) struct ClassArgs {
    /// Grade all students of a class, whom a CSV file names
    ///
    /// The first line names the columns, in any order. `id` tells students apart and names their folders; `name` is
    /// shown. Where the answers come from: `role` (an ARN, with `external_id`), `profile`, `recording` (a file, relative
    /// to the roster), or `account` alone with --role-name; beside another of them, `account` is the one that must
    /// answer. `region` stands for --region. Every other column is named after a parameter of the rules and sets it. All
    /// mistakes are said before anything is asked.
    ///
    /// Exit code: 0 all were read and graded, whatever their marks; 3 some could not be read, or what could not be read
    /// decides; 2 the roster or the command line is wrong; 4 nobody could be read.
    #[arg(long, value_name = "FILE", requires = "results", conflicts_with_all = ["format", "audience", "record", "receipt"])]
    roster: Option<PathBuf>,
    /// The folder that the results go to
    ///
    /// DIR/ID holds what is for a student, in the forms that --write names (text and json without it): grade.txt,
    /// grade.json, gradescope.json, classroom.json; and for staff, who are told all, report.json and receipt.json.
    /// DIR/class.csv and DIR/class.html are the table, for staff. DIR/run.json says which run it is and holds all times.
    ///
    /// A run that was stopped goes on where it was when the same command is given again: nobody who was graded is asked
    /// about twice. After a run that reached its end, or with other rules, options or another roster, all are asked anew,
    /// but for those whom --keep or --keep-unchanged names.
    #[arg(long, value_name = "DIR", requires = "roster")]
    results: Option<PathBuf>,
    /// How many are asked about at once
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64), requires = "roster")]
    parallel: u8,
    /// The role to assume where a row names an account alone
    #[arg(long, value_name = "NAME", requires = "roster")]
    role_name: Option<String>,
    /// Keep the earlier result of these students as it is, whatever has changed; may be repeated
    #[arg(long, value_name = "ID", value_delimiter = ',', requires = "roster")]
    keep: Vec<String>,
    /// Keep the earlier results of those who were graded by the same rules, options and row of the roster, whatever their
    /// accounts hold now
    #[arg(long, requires = "roster")]
    keep_unchanged: bool,
}

/// What of the other options holds for each student.
pub(super) struct Common {
    pub(super) given: Given,
    pub(super) from: From,
    pub(super) locate: bool,
    pub(super) pass_mark: Option<Hundredths>,
    pub(super) write: Vec<Write>,
    pub(super) key: Option<Vec<u8>>,
}

pub(super) use student::Write as Written;

impl ClassArgs {
    /// Whether a class is asked for.
    pub(super) fn is_given(&self) -> bool {
        self.roster.is_some()
    }

    /// Grades the class.
    pub(super) fn run(self, common: Common) -> Result<u8, Failure> {
        log();
        let (Some(file), Some(results)) = (self.roster.clone(), self.results.clone()) else {
            return Err(Failure::usage("a class has a roster and a folder for its results", "name both"));
        };
        if let Some(option) = common.from.of_one_account() {
            return Err(Failure::usage(
                format!("{option} names one account, and --roster names those of a class"),
                "say in the roster where the answers about each come from",
            ));
        }
        let rules = common.given.load(false)?;
        check_gradable(&rules)?;
        let bytes =
            read_file(&file, LARGEST, "name a CSV file with the columns id, name and role, profile or recording")?;
        let roster = self.read_roster(&file, &bytes, &rules, &common)?;
        check_rows(&file, &roster, &common)?;
        for name in ["class.csv", "class.html", "run.json"] {
            if let (Ok(a), Ok(b)) = (file.canonicalize(), results.join(name).canonicalize())
                && a == b
            {
                return Err(Failure::usage(
                    format!("the roster is {}, which the results would take the place of", file.display()),
                    "name another folder with --results",
                ));
            }
        }
        let folder = Folder::open(&results, LAYOUT)?;
        let asking = Rc::new(Asking::new(common, &file, self.role_name.clone(), rules.parameters.clone()));
        let run = Run {
            rules: rules.file.clone(),
            rules_sha256: rules.sha256.clone(),
            list_sha256: roster.sha256.clone(),
            options_sha256: asking.options(),
            of: roster.rows.len(),
        };
        let to_ask = self.begin(&folder, &run, &roster, &asking, &rules)?;
        ask(&roster, to_ask, &asking, &folder, &rules, usize::from(self.parallel))?;
        let class = table(&folder, &rules, &roster)?;
        files::write_file(&folder.join("class.csv"), &class_csv(&class))?;
        files::write_file(&folder.join("class.html"), &class_html(&class))?;
        folder.finish(&run)?;
        let mut text = class_text(&class, output::look(false));
        let shown = |name: &str| results.join(name).display().to_string();
        text.push_str(&format!(
            "\nWritten: {} and {}, and a folder for each student\n",
            shown("class.html"),
            shown("class.csv")
        ));
        output::print(&text)?;
        Ok(exit_code(&class))
    }

    fn read_roster(&self, file: &Path, bytes: &[u8], rules: &Rules, common: &Common) -> Result<Roster, Failure> {
        let reading = Reading {
            file: &file.display().to_string(),
            parameters: &rules.declared,
            set: common.given.set.iter().map(|(name, _)| name.as_str()).collect(),
            role_name: self.role_name.as_deref(),
        };
        let hint = "mend the roster; nobody was asked (`plimsoll grade --help` says what its columns are)";
        roster(bytes, &reading).map_err(|mistakes| Failure::several(mistakes, hint))
    }

    /// Begins, or goes on with, a run: says who is asked about.
    fn begin(
        &self,
        folder: &Folder,
        run: &Run,
        roster: &Roster,
        asking: &Asking,
        rules: &Rules,
    ) -> Result<Vec<usize>, Failure> {
        let ids: BTreeSet<&str> = roster.rows.iter().map(|row| row.id.as_str()).collect();
        let graded = |id: &str| folder.done::<Student>(id).filter(|done| done.kept.result.is_ok());
        for id in &self.keep {
            if !ids.contains(id.as_str()) || graded(id).is_none() {
                return Err(Failure::usage(
                    format!("--keep {id}: there is no earlier result of such a student of the roster"),
                    "name ids of the roster that were graded before",
                ));
            }
        }
        let goes_on = folder.manifest().is_some_and(|manifest| manifest.is_interrupted(run));
        let mut kept: BTreeSet<&str> = self.keep.iter().map(String::as_str).collect();
        if goes_on || self.keep_unchanged {
            let is_same = |row: &&Row| {
                // Whoever could not be read gave no answer, and is asked again.
                graded(&row.id).is_some_and(|done| done.made_of == asking.made_of(row, rules))
            };
            kept.extend(roster.rows.iter().filter(is_same).map(|row| row.id.as_str()));
        }
        if !goes_on {
            let strangers = folder.begin(run, &kept, &ids)?;
            if !strangers.is_empty() {
                note(&format!(
                    "{} of an earlier run are in the roster no more; their folders stay",
                    strangers.join(", ")
                ));
            }
        }
        if !kept.is_empty() {
            let how = if goes_on { "goes on where it was stopped" } else { "keeps earlier results" };
            note(&format!("{how}: {} of {} are done", kept.len(), roster.rows.len()));
        }
        Ok((0..roster.rows.len()).filter(|at| !kept.contains(roster.rows[*at].id.as_str())).collect())
    }
}

/// Holds each row against the rules, before anything is asked.
fn check_rows(file: &Path, roster: &Roster, common: &Common) -> Result<(), Failure> {
    let mut mistakes = Vec::new();
    // Most rows set the same parameters, or none; loading the rules takes longer than all else here.
    let mut seen: BTreeMap<&BTreeMap<String, String>, Result<Option<String>, String>> = BTreeMap::new();
    for row in &roster.rows {
        let place = format!("{}:{}", file.display(), row.line);
        let loaded = seen
            .entry(&row.parameters)
            .or_insert_with(|| student::rules(&common.given, row).map(|rules| rules.region).map_err(|why| why.line()));
        match loaded {
            Err(why) => mistakes.push(format!("{place}: with what it sets, the rules say: {why}")),
            Ok(region) => {
                let typed = row.region.as_deref().or(common.from.region.as_deref());
                if let (Some(of_rules), Some(typed)) = (region, typed)
                    && of_rules != typed
                {
                    mistakes.push(format!("{place}: the region is {typed}, and that of the rules is {of_rules}"));
                }
            }
        }
    }
    if mistakes.is_empty() {
        return Ok(());
    }
    Err(Failure::several(mistakes, "mend the roster; nobody was asked"))
}

/// Asks about the students at `to_ask`, and writes what comes of each.
fn ask(
    roster: &Roster,
    to_ask: Vec<usize>,
    asking: &Rc<Asking>,
    folder: &Folder,
    rules: &Rules,
    at_once: usize,
) -> Result<(), Failure> {
    let mut progress = Progress::new(to_ask.len(), false);
    let mut broken = None;
    let jobs = to_ask.iter().map(|at| {
        let (asking, row) = (Rc::clone(asking), roster.rows[*at].clone());
        async move { asking.ask(&row).await }
    });
    let done = |nth: usize, given: Result<student::Told, String>| {
        let row = &roster.rows[to_ask[nth]];
        progress.say(given.as_ref().err().map(|why| format!("{}: {why}", row.id)).as_deref());
        if let Err(failure) = write(folder, asking, row, given, rules) {
            broken.get_or_insert(failure);
        }
    };
    side_by_side(jobs, at_once, done)?;
    progress.clear();
    broken.map_or(Ok(()), Err)
}

/// Writes what came of a student: the files first, and last that they are done.
fn write(
    folder: &Folder,
    asking: &Asking,
    row: &Row,
    given: Result<student::Told, String>,
    rules: &Rules,
) -> Result<(), Failure> {
    folder.clear(&row.id, &FILES)?;
    let result = match given {
        Ok(told) => {
            for (file, text) in &told.files {
                folder.write_of(&row.id, file, text.as_bytes())?;
            }
            Ok(told.marks)
        }
        Err(reason) => Err(NotRead { reason }),
    };
    let student = Student { id: row.id.clone(), name: row.name.clone(), result };
    folder.write_done(&Done { id: row.id.clone(), made_of: asking.made_of(row, rules), kept: student })
}

/// The table of all who are done, read back a student at a time.
fn table(folder: &Folder, rules: &Rules, roster: &Roster) -> Result<Class, Failure> {
    let mut lost = Vec::new();
    let students = roster.rows.iter().filter_map(|row| {
        let done = folder.done::<Student>(&row.id);
        if done.is_none() {
            lost.push(row.id.clone());
        }
        // A name may have been mended since.
        done.map(|done| Student { name: row.name.clone(), ..done.kept })
    });
    let class = Class::new(&rules.title, &rules.sha256, students);
    if lost.is_empty() {
        return Ok(class);
    }
    Err(Failure::could_not_run(
        format!("what was written of {} cannot be read back", lost.join(", ")),
        "check the disk, and give the same command again",
    ))
}

/// 0 all were read and graded; 3 some were not, or are undecided; 4 nobody was.
fn exit_code(class: &Class) -> u8 {
    match class.not_read() {
        all if all == class.students.len() => 4,
        0 if class.undecided() == 0 => 0,
        _ => 3,
    }
}
