//! One student of a class: asked about, graded, and told, all in memory.

use super::{Common, Row, region_of_run};
use crate::accounts::Whom;
use crate::audit::audit;
use crate::aws::{Settings, Source};
use crate::cli::Failure;
use crate::cli::given::Given;
use crate::cli::grade::Form;
use crate::cli::many::{check_answered, hash_of, source};
use crate::cli::scan::{How, read_by};
use crate::grade::{Answers, Marks, Receipt, Standing, grade, sha256};
use crate::model::Audience;
use crate::report::Look;
use crate::rules::Rules;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// All files that may stand in the folder of a student.
pub(super) const FILES: [&str; 6] =
    ["grade.txt", "grade.json", "gradescope.json", "classroom.json", "report.json", "receipt.json"];

/// A file that is written for each student.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::cli) enum Write {
    /// The grade, or the report, in this form.
    Form(Form),
    /// The receipt, and the report that it is of.
    Receipt,
}

/// How each student is asked about.
pub(super) struct Asking {
    common: Common,
    settings: Settings,
    /// The folder that recordings are named from.
    beside: PathBuf,
    role_name: Option<String>,
    /// The rules that most rows are judged by, loaded when they are first needed.
    shared: std::cell::OnceCell<Rc<Rules>>,
    /// The parameters that have their value from --set or a default.
    parameters: BTreeMap<String, String>,
}

/// What came of one student.
pub(super) struct Told {
    /// What the table says.
    pub(super) marks: Marks,
    /// The files, by name.
    pub(super) files: Vec<(&'static str, String)>,
}

impl Asking {
    pub(super) fn new(
        mut common: Common,
        roster: &Path,
        role_name: Option<String>,
        parameters: BTreeMap<String, String>,
    ) -> Self {
        if common.write.is_empty() {
            common.write = vec![Write::Form(Form::Text), Write::Form(Form::Json)];
        }
        if common.write.contains(&Write::Receipt) {
            common.write.push(Write::Form(Form::Report));
        }
        common.write.sort();
        common.write.dedup();
        let beside = roster.parent().unwrap_or(Path::new("")).to_owned();
        let settings = common.from.settings();
        Self { common, settings, beside, role_name, shared: std::cell::OnceCell::new(), parameters }
    }

    /// The SHA-256 of all options that decide what is written.
    pub(super) fn options(&self) -> String {
        let settings = &self.settings;
        let write: Vec<String> = self.common.write.iter().map(|write| write.file().to_owned()).collect();
        hash_of(&(
            &self.parameters,
            (&settings.profile, &settings.endpoint_url, &self.common.from.region),
            (&self.role_name, self.common.locate, self.common.pass_mark, write),
            // Tells no more of the key than each receipt does.
            self.common.key.as_ref().map(|key| sha256(&[b"plimsoll receipt key: ", key.as_slice()].concat())),
        ))
    }

    /// The SHA-256 of all that the result of `row` follows from, but for the answers.
    pub(super) fn made_of(&self, row: &Row, rules: &Rules) -> String {
        hash_of(&(env!("CARGO_PKG_VERSION"), &rules.sha256, self.options(), row))
    }

    /// Asks about the student of `row`.
    ///
    /// # Errors
    /// Why the account could not be read, with what to do about it.
    pub(super) async fn ask(&self, row: &Row) -> Result<Told, String> {
        self.told(row).await.map_err(|failure| failure.line())
    }

    async fn told(&self, row: &Row) -> Result<Told, Failure> {
        let rules = self.rules(row)?;
        let region = region_of_run(&rules, row.region.as_deref().or(self.common.from.region.as_deref()))?;
        let whom = self.whom(row);
        let source = source(&whom, &self.settings, &self.beside, region.as_deref())?;
        let mut notes = Vec::new();
        if let Source::Replay(recording) = &source
            && recording.rules_sha256 != rules.sha256
        {
            notes.push("recorded for other rules: what they did not ask for is unknown".to_owned());
        }
        let how = How { locate: self.common.locate, record: false, quiet: true };
        let (account, session, place) = read_by(&rules, source, region.as_deref(), how).await?;
        drop(session);
        check_answered(&whom, &account.caller.account, "the roster")?;
        let report = audit(&rules, &account, &place);
        let answers = Answers::of(&account);
        drop(account);
        let told = |audience| grade(&report, audience, Standing::Counts, self.common.pass_mark);
        let (student, staff) = (told(Audience::Student), told(Audience::Staff));
        let look = Look { width: 120, colour: false, quiet: false, picture: false };
        let files = self.common.write.iter().map(|write| {
            let text = match write {
                Write::Form(form) => form.render(&student, &staff, &report, look),
                Write::Receipt => Receipt::new(&report, &answers, self.common.key.as_deref()).to_json(),
            };
            (write.file(), text)
        });
        Ok(Told { files: files.collect(), marks: Marks::of(&staff, &report, notes) })
    }

    /// The rules as `row` is judged by them.
    fn rules(&self, row: &Row) -> Result<Rc<Rules>, Failure> {
        if !row.parameters.is_empty() {
            return Ok(Rc::new(rules(&self.common.given, row)?));
        }
        if let Some(shared) = self.shared.get() {
            return Ok(Rc::clone(shared));
        }
        let loaded = Rc::new(rules(&self.common.given, row)?);
        Ok(Rc::clone(self.shared.get_or_init(|| loaded)))
    }

    /// Whom `row` is read by. Where it names an account alone, that is the role of all.
    fn whom(&self, row: &Row) -> Whom {
        let mut whom = row.whom.clone();
        // A profile of one's own says by itself who asks.
        if whom.role.is_none() && whom.profile.is_none() && whom.account.is_some() {
            whom.role.clone_from(&self.role_name);
        }
        whom
    }
}

/// The rules with what `row` sets beside --set.
pub(super) fn rules(given: &Given, row: &Row) -> Result<Rules, Failure> {
    let mut given = given.clone();
    given.set.extend(row.parameters.clone());
    given.load(true)
}

impl Write {
    /// The name of the file.
    fn file(self) -> &'static str {
        match self {
            Self::Form(form) => form.file(),
            Self::Receipt => "receipt.json",
        }
    }
}
