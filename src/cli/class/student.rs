//! One student of a class: asked about, graded, and told, all in memory.

use super::{Common, Row, hash_of, region_of_run};
use crate::audit::audit;
use crate::aws::{AssumeRole, Recording, Settings, Source};
use crate::cli::Failure;
use crate::cli::bounded::read_file;
use crate::cli::given::Given;
use crate::cli::grade::Form;
use crate::cli::scan::{How, read_by};
use crate::grade::{Answers, Marks, Receipt, Standing, grade, sha256};
use crate::model::{Audience, partition_of_region};
use crate::report::Look;
use crate::rules::Rules;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// All files that may stand in the folder of a student.
pub(super) const FILES: [&str; 6] =
    ["grade.txt", "grade.json", "gradescope.json", "classroom.json", "report.json", "receipt.json"];
/// The largest recording, in bytes.
const LARGEST: u64 = 256 << 20;

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
        Self { common, beside, role_name, shared: std::cell::OnceCell::new(), parameters }
    }

    /// The SHA-256 of all options that decide what is written.
    pub(super) fn options(&self) -> String {
        let settings = self.common.from.settings();
        let write: Vec<String> = self.common.write.iter().map(|write| write.file().to_owned()).collect();
        hash_of(&(
            &self.parameters,
            (settings.profile, settings.endpoint_url, &self.common.from.region),
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
        let source = self.source(row, region.as_deref())?;
        let mut notes = Vec::new();
        if let Source::Replay(recording) = &source
            && recording.rules_sha256 != rules.sha256
        {
            notes.push("recorded for other rules: what they did not ask for is unknown".to_owned());
        }
        let how = How { locate: self.common.locate, record: false, quiet: true };
        let (account, session, place) = read_by(&rules, source, region.as_deref(), how).await?;
        drop(session);
        if let Some(wanted) = row.account.as_deref().filter(|wanted| *wanted != account.caller.account) {
            return Err(Failure::usage(
                format!("the account that answers is {}, and the roster says {wanted}", account.caller.account),
                "mend the roster, or the credentials",
            ));
        }
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

    fn source(&self, row: &Row, region: Option<&str>) -> Result<Source, Failure> {
        if let Some(recording) = &row.recording {
            let path = self.beside.join(recording);
            let hint = "name a file that --record wrote";
            let bytes = read_file(&path, LARGEST, hint)?;
            let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()), hint);
            let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
            return Ok(Source::Replay(Recording::parse(&text).map_err(|error| wrong(error.to_string()))?));
        }
        let base = self.common.from.settings();
        let profile = row.profile.clone().or_else(|| base.profile.clone());
        let role_arn = row.role.clone().or_else(|| {
            // A profile of one's own says by itself who asks.
            let (account, name) = (row.account.as_ref()?, self.role_name.as_ref().filter(|_| row.profile.is_none())?);
            let partition = region.map_or("aws", partition_of_region);
            Some(format!("arn:{partition}:iam::{account}:role/{name}"))
        });
        let assume_role = role_arn.map(|role_arn| AssumeRole {
            role_arn,
            external_id: row.external_id.clone(),
            mfa_serial: None,
            mfa_token: None,
        });
        Ok(Source::Live(Settings { profile, assume_role, ..base }))
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
