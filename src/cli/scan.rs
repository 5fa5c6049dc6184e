//! `plimsoll scan`: read an account, or a recording of one, and judge it.

use super::accepted::{Accepted, Taken};
use super::accounts::AccountsArgs;
use super::forms::Forms;
use super::given::{MaybeGiven, Unexpected};
use super::plan::region_of_run;
use super::receipt::ReceiptTo;
use super::usage::Usage;
use super::{Failure, files};
use crate::audit::audit;
use crate::aws::{AssumeRole, Paces, Recording, Session, Settings, Source, StartError, Timing};
use crate::grade::Answers;
use crate::model::{Account, Call, Needs, Presence, Report};
use crate::report::write_harmless;
use crate::rules::{Rules, Whereabouts};
use crate::scan::{Missing, fetch, locate};
use crate::snapshot::Snapshot;
use clap::Args;
use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

/// Read an account and judge it by rules
///
/// Credentials, region and profile are found as the AWS CLI finds them. With --accounts, many accounts at once.
/// Exit code: 0 clean, 1 findings at or above --fail-on, 2 usage or rules file, 3 something is unknown and nothing failed,
/// 4 could not run.
#[derive(Debug, Args)]
pub(super) struct Scan {
    #[command(flatten)]
    given: MaybeGiven,
    #[command(flatten)]
    unexpected: Unexpected,
    #[command(flatten)]
    from: From,
    /// Look for what is missing in the other regions as well: as many calls again for each
    #[arg(long, help_heading = "Where the answers come from")]
    locate: bool,
    #[command(flatten)]
    to: To,
    #[command(flatten)]
    accounts: AccountsArgs,
}

/// Where the answers come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where the answers come from")]
pub(super) struct From {
    /// The profile of the AWS configuration files
    #[arg(long)]
    profile: Option<String>,
    /// The region, where nothing else says which
    #[arg(long)]
    pub(super) region: Option<String>,
    /// The address that every service is reached at, for a server that speaks like AWS
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Allow an endpoint on another machine, which will receive signed requests
    #[arg(long)]
    allow_remote_endpoint: bool,
    /// The role to assume first; its session may only read
    #[arg(long, value_name = "ARN")]
    assume_role: Option<String>,
    /// The external id that the role asks for
    #[arg(long, value_name = "ID", requires = "assume_role")]
    external_id: Option<String>,
    /// The serial number or ARN of the MFA device that the role asks for
    #[arg(long, value_name = "SERIAL", requires = "assume_role", requires = "mfa_code")]
    mfa_serial: Option<String>,
    /// The code that the MFA device shows
    #[arg(long, value_name = "CODE", requires = "mfa_serial")]
    mfa_code: Option<String>,
    /// Read a recording: no account, no credentials, no network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "endpoint_url", "assume_role"])]
    replay: Option<PathBuf>,
    /// Read what `plimsoll snapshot` saved: no account, no credentials, no network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "endpoint_url", "assume_role", "replay"])]
    snapshot: Option<PathBuf>,
}

/// What is read.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
pub(super) enum Whence {
    /// An account, or a recording of its answers.
    Asked(Source),
    /// What was saved of an account.
    Saved(Box<Snapshot>),
}

impl Whence {
    /// Says so where a file answers that was made with other rules.
    pub(super) fn note_other_rules(&self, rules: &Rules) {
        let (file, made_for) = match self {
            Self::Asked(Source::Replay(recording)) => ("recording", &recording.rules_sha256),
            Self::Saved(snapshot) => ("snapshot", &snapshot.rules_sha256),
            Self::Asked(_) => return,
        };
        if *made_for != rules.sha256 {
            note(&format!("this {file} was made with other rules; what they did not ask for is unknown"));
        }
    }
}

impl std::convert::From<Source> for Whence {
    fn from(source: Source) -> Self {
        Self::Asked(source)
    }
}

/// Where the report goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Where the report goes")]
pub(super) struct To {
    #[command(flatten)]
    pub(super) forms: Forms,
    /// Write the evidence to a file: each call with its time, request id and the hash of its answer
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Record the answers, redacted, to be replayed anywhere
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    receipt: ReceiptTo,
    #[command(flatten)]
    pub(super) accepted: Accepted,
    /// Say on stderr how many calls, CPU seconds and bytes of memory it took
    #[arg(long, short, conflicts_with = "quiet")]
    pub(super) verbose: bool,
}

impl Scan {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if self.accounts.is_given() {
            return self.accounts.run(self.given, self.unexpected, self.from, self.locate, self.to);
        }
        let rules = self.given.load_asking(self.unexpected)?;
        let region = region_of_run(&rules, self.from.region.as_deref())?;
        self.to.check()?;
        let locate = self.locate;
        let whence = self.from.whence()?;
        judge(&rules, whence, region.as_deref(), locate, &self.to)
    }
}

impl From {
    /// What the options name: an account, a recording or a snapshot.
    pub(super) fn whence(&self) -> Result<Whence, Failure> {
        match &self.snapshot {
            Some(path) => Ok(Whence::Saved(super::saved::snapshot(path)?)),
            None => self.source().map(Whence::Asked),
        }
    }

    /// An account or a recording, for what can read no snapshot.
    pub(super) fn source(&self) -> Result<Source, Failure> {
        if self.snapshot.is_some() {
            return Err(Failure::usage(
                "a snapshot cannot be read here",
                "name an account, or a recording with --replay",
            ));
        }
        if let Some(path) = &self.replay {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::usage(format!("cannot read {}: {error}", path.display()), "name a file that --record wrote")
            })?;
            let recording = Recording::parse(&text).map_err(|error| {
                Failure::usage(format!("{}: {error}", path.display()), "name a file that --record wrote")
            })?;
            return Ok(Source::Replay(recording));
        }
        Ok(Source::Live(self.settings()))
    }

    /// How AWS is reached, if no recording answers.
    pub(super) fn settings(&self) -> Settings {
        Settings {
            profile: self.profile.clone(),
            endpoint_url: self.endpoint_url.clone(),
            allow_remote_endpoint: self.allow_remote_endpoint,
            assume_role: self.assume_role.clone().map(|role_arn| AssumeRole {
                role_arn,
                external_id: self.external_id.clone(),
                mfa_serial: self.mfa_serial.clone(),
                mfa_token: self.mfa_code.clone(),
            }),
            timing: Timing::default(),
            paces: Paces::default(),
        }
    }

    /// Whether any of the options was typed.
    pub(super) fn is_given(&self) -> bool {
        let texts = [&self.profile, &self.region, &self.endpoint_url, &self.assume_role];
        texts.into_iter().any(Option::is_some)
            || self.replay.is_some()
            || self.snapshot.is_some()
            || self.allow_remote_endpoint
    }

    /// The option by which one account is named, if one is.
    pub(super) fn of_one_account(&self) -> Option<&'static str> {
        let file = self.replay.as_ref().map(|_| "--replay").or_else(|| self.snapshot.as_ref().map(|_| "--snapshot"));
        file.or_else(|| self.assume_role.as_ref().map(|_| "--assume-role"))
    }
}

impl To {
    /// Refuses what could not be written, before a long scan.
    pub(super) fn check(&self) -> Result<(), Failure> {
        self.forms.check()?;
        let own = self.evidence.iter().chain(&self.record).chain(self.receipt.path());
        files::check_all(self.forms.files().chain(own))
    }
}

/// Reads from `whence`, judges by `rules`, writes what `to` asks for, and says the exit code. With `locate`, what is
/// missing is looked for in other regions.
pub(super) fn judge(
    rules: &Rules,
    whence: impl Into<Whence>,
    region: Option<&str>,
    locate: bool,
    to: &To,
) -> Result<u8, Failure> {
    log();
    let usage = Usage::start();
    let key = to.receipt.key()?;
    let taken = to.accepted.read()?;
    let how = How { locate, record: to.record.is_some(), quiet: to.forms.quiet };
    let (account, session, place) = read(rules, whence, region, how)?;
    if let (Some(path), Some(session)) = (&to.record, &session) {
        write_recording(session, rules, path)?;
    }
    // What is kept for a recording is as large as the answers; the report is made without it.
    drop(session);
    tell(rules, &account, &place, to, &taken, &usage, key.as_deref())
}

/// Judges `account` by `rules`, writes what `to` asks for, and says the exit code.
fn tell(
    rules: &Rules,
    account: &Account,
    place: &Whereabouts,
    to: &To,
    taken: &Taken,
    usage: &Usage,
    key: Option<&[u8]>,
) -> Result<u8, Failure> {
    let mut report = audit(rules, account, place);
    taken.apply(&mut report, rules, account)?;
    to.receipt.write(&report, &Answers::of(account), key)?;
    if let Some(path) = &to.evidence {
        files::write_file(path, &write_harmless(&evidence(&report, account)))?;
    }
    let code = to.forms.write(&report)?;
    if to.verbose {
        note(&usage.say(account));
    }
    Ok(code)
}

/// The report on what `whence` holds, and what identifies the answers.
///
/// With `record`, the answers are recorded in that file.
pub(super) fn audited(
    rules: &Rules,
    whence: impl Into<Whence>,
    region: Option<&str>,
    locate: bool,
    record: Option<&Path>,
) -> Result<(Report, Answers), Failure> {
    log();
    let how = How { locate, record: record.is_some(), quiet: false };
    let (account, session, place) = read(rules, whence, region, how)?;
    if let (Some(path), Some(session)) = (record, &session) {
        write_recording(session, rules, path)?;
    }
    Ok((audit(rules, &account, &place), Answers::of(&account)))
}

pub(super) fn write_recording(session: &Session, rules: &Rules, path: &Path) -> Result<(), Failure> {
    let Some(recording) = session.recording(&rules.sha256) else { return Ok(()) };
    let text = recording
        .to_json()
        .map_err(|error| Failure::could_not_run(format!("the recording cannot be written: {error}"), "report this"))?;
    files::write_file(path, &text)
}

/// How an account is read.
pub(super) struct How {
    /// Whether what is missing is looked for in other regions.
    pub(super) locate: bool,
    /// Whether the answers are kept for a recording.
    pub(super) record: bool,
    /// Whether nothing is said of the progress.
    pub(super) quiet: bool,
}

/// Reads what the rules need. The session is none where a snapshot was read.
pub(super) fn read(
    rules: &Rules,
    whence: impl Into<Whence>,
    region: Option<&str>,
    how: How,
) -> Result<(Account, Option<Session>, Whereabouts), Failure> {
    let whence = whence.into();
    whence.note_other_rules(rules);
    let needs = |place: &Whereabouts| rules.needs(place);
    read_account(&needs, whence, region, how.locate.then_some(rules), (how.record, how.quiet))
}

/// Opens a session with what `source` names, and reads what the rules need.
pub(super) async fn read_by(
    rules: &Rules,
    source: Source,
    region: Option<&str>,
    how: How,
) -> Result<(Account, Session, Whereabouts), Failure> {
    let needs = |place: &Whereabouts| rules.needs(place);
    ask(&needs, source, region, how.locate.then_some(rules), (how.record, how.quiet)).await
}

/// Reads what `needs` says of the account, which hang on where it is. What `elsewhere` names in a region that lacks it is
/// looked for in the others. With whether the answers are kept for a recording, and whether nothing is said meanwhile.
pub(super) fn read_account(
    needs: &dyn Fn(&Whereabouts) -> Needs,
    whence: impl Into<Whence>,
    region: Option<&str>,
    elsewhere: Option<&Rules>,
    (record, quiet): (bool, bool),
) -> Result<(Account, Option<Session>, Whereabouts), Failure> {
    let source = match whence.into() {
        Whence::Saved(_) | Whence::Asked(Source::Replay(_)) if record => {
            return Err(Failure::usage("only what an account answers can be recorded", "leave out --record"));
        }
        Whence::Saved(_) if elsewhere.is_some() => {
            return Err(Failure::usage(
                "a snapshot holds nothing of other regions to look for what is missing in",
                "leave out --locate, or make the snapshot with it",
            ));
        }
        Whence::Saved(snapshot) => {
            let place = place_of(&snapshot, region)?;
            let needs = needs(&place);
            return Ok((snapshot.into_account(&needs), None, place));
        }
        Whence::Asked(source) => source,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::could_not_run(format!("the system gives no event loop: {error}"), "try again"))?;
    runtime.block_on(async {
        tokio::select! {
            read = ask(needs, source, region, elsewhere, (record, quiet)) =>
                read.map(|(account, session, place)| (account, Some(session), place)),
            _ = tokio::signal::ctrl_c() => Err(Failure::interrupted()),
        }
    })
}

/// Where the account of a snapshot is; refused if that is not the region that is asked about.
pub(super) fn place_of(snapshot: &Snapshot, region: Option<&str>) -> Result<Whereabouts, Failure> {
    if let Some(wanted) = region.filter(|wanted| *wanted != snapshot.region) {
        return Err(Failure::usage(
            format!("{wanted} is asked about, and this snapshot is of {}", snapshot.region),
            "name a snapshot of that region",
        ));
    }
    Ok(Whereabouts {
        account: Some(snapshot.account.caller.account.clone()),
        partition: snapshot.partition.clone(),
        region: snapshot.region.clone(),
    })
}

/// Opens a session with what `source` names, and reads what `needs` says.
async fn ask(
    needs: &dyn Fn(&Whereabouts) -> Needs,
    source: Source,
    region: Option<&str>,
    elsewhere: Option<&Rules>,
    (record, quiet): (bool, bool),
) -> Result<(Account, Session, Whereabouts), Failure> {
    let session = Session::open(source, region, record).await.map_err(could_not_start)?;
    let place = Whereabouts {
        account: Some(session.caller().account.clone()),
        partition: session.partition().to_owned(),
        region: session.region().to_owned(),
    };
    let progress = Progress { on: !quiet && std::io::stderr().is_terminal() };
    let say = |done: usize, call: &Call| progress.say(done, call);
    let needs = needs(&place);
    let mut account = fetch(&session, &needs, &say).await;
    if let Some(rules) = elsewhere {
        locate(&session, &needs, &missing(rules, &place, &account), &mut account, &say).await;
    }
    progress.clear();
    Ok((account, session, place))
}

/// What the rules name in a region, and the region lacks.
fn missing(rules: &Rules, place: &Whereabouts, account: &Account) -> BTreeSet<Missing> {
    let is_missing =
        |one: &Missing| matches!(account.presence(one.type_name, &one.region, &one.name), Some(Presence::Missing(_)));
    rules
        .located(place)
        .map(|(type_name, region, name)| Missing { type_name, region: region.to_owned(), name })
        .filter(is_missing)
        .collect()
}

pub(super) fn could_not_start(error: StartError) -> Failure {
    if error.is_usage() {
        Failure::usage(error.to_string(), error.hint())
    } else {
        Failure::could_not_run(error.to_string(), error.hint())
    }
}

/// One line on the terminal that says how far the reading is.
pub(super) struct Progress {
    pub(super) on: bool,
}

impl Progress {
    pub(super) fn say(&self, done: usize, call: &Call) {
        if self.on {
            let what = crate::model::harmless(&format!("{}:{} {}", call.service, call.operation, call.subject));
            let what: String = what.chars().take(60).collect();
            drop(write!(std::io::stderr(), "\r\u{1b}[Kread {done}: {what}"));
        }
    }

    pub(super) fn clear(&self) {
        if self.on {
            drop(write!(std::io::stderr(), "\r\u{1b}[K"));
        }
    }
}

pub(super) fn note(text: &str) {
    drop(writeln!(anstream::stderr(), "note: {text}"));
}

/// What the SDK says of itself goes to stderr where RUST_LOG asks for it.
pub(super) fn log() {
    if std::env::var_os("RUST_LOG").is_some() {
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        // A second run in the same process keeps the first one's log.
        drop(tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init());
    }
}

/// All that varies between two runs over the same account, under the names by which findings speak of calls.
pub(super) fn evidence(report: &Report, account: &Account) -> serde_json::Value {
    let calls: Vec<serde_json::Value> = account
        .answers
        .iter()
        .map(|(call, answer)| {
            serde_json::json!({
                "call": call.to_string(),
                "service": call.service,
                "operation": call.operation,
                "region": call.region,
                "about": call.subject,
                "at": answer.at,
                "status": answer.status,
                "request_id": answer.request_id,
                "sha256": answer.sha256,
                "attempts": answer.attempts,
            })
        })
        .collect();
    serde_json::json!({
        "version": 1,
        "tool": report.tool,
        "caller": report.caller,
        "account": report.account,
        "rules": { "file": report.rules.file, "sha256": report.rules.sha256 },
        "calls": calls,
    })
}
