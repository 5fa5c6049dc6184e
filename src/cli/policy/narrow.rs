//! `plimsoll policy narrow`: policies of an account's roles, narrowed to what a rules file needs, with the proof.

mod json;
mod text;

use crate::cli::given::Given;
use crate::cli::output::AnswerFormat;
use crate::cli::plan::region_of_run;
use crate::cli::scan::{From, log, read_account};
use crate::cli::{Failure, files, output};
use crate::narrow::{Asked, Narrowed, NoRole, Proposal, Verdict, narrow, needs};
use crate::report::write_harmless;
use crate::rules::Whereabouts;
use clap::Args;
use std::path::PathBuf;

const TO: &str = "Where the answer goes";

/// Propose policies that grant a role what the rules need and no more, and prove that they do
///
/// What is needed follows from the flows of the rules, on the ARNs that the account has, and from the documents that
/// say what a role must be allowed at the least; what a function writes its logs with is left to it where it is granted.
/// Each policy of a role is written anew, statement by statement; denials, conditions and the boundary stay. The IAM
/// engine proves that the proposal allows nothing that the policies do not, and all that is needed. Nothing is added and
/// nothing is changed in the account.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    plimsoll policy narrow serverless-poc --role writer-role\n  \
    plimsoll policy narrow rules/intake.yaml --format json > proposal.json\n  \
    plimsoll policy narrow rules/intake.yaml --replay account.recording.json --strict\n\n\
    What the rules do not say of a function, such as its VPC, its destinations or X-Ray, is not among what is needed:\n\
    look at what is taken away before you take it away.\n\n\
    Exit codes: 0 the policies grant what is needed and no more, 1 some grant more, or lack what is needed, 2 usage or\n\
    rules file, 3 something is unknown, 4 could not run. 1 wins over 3.")]
pub(in crate::cli) struct Narrow {
    #[command(flatten)]
    given: Given,
    /// One role alone: its name in the rules file, its ARN, or its name; else every role that the flows act as
    #[arg(long, value_name = "ROLE")]
    role: Option<String>,
    /// Leave only what is needed, and not what AWS's own policies have beside it, such as dynamodb:DescribeTable
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    from: From,
    /// The form of the answer on stdout
    #[arg(long, value_enum, default_value = "text", help_heading = TO)]
    format: AnswerFormat,
    /// Write the answer to a file, in the form of its ending (.json or .txt); may be repeated
    #[arg(long, short, value_name = "FILE", help_heading = TO)]
    output: Vec<PathBuf>,
    /// Record the answers of AWS, redacted, to be replayed anywhere
    #[arg(long, value_name = "FILE", help_heading = TO)]
    record: Option<PathBuf>,
}

impl Narrow {
    pub(super) fn run(self) -> Result<u8, Failure> {
        log();
        let rules = self.given.load(true)?;
        let region = region_of_run(&rules, self.from.region.as_deref())?;
        let outputs = outputs(&self.output)?;
        for path in self.output.iter().chain(&self.record) {
            files::check_writable(path)?;
        }
        let whence = self.from.whence()?;
        whence.note_other_rules(&rules);
        let needed = |place: &Whereabouts| needs(&rules, place);
        let how = (self.record.is_some(), false);
        let (account, session, place) = read_account(&needed, whence, region.as_deref(), None, how)?;
        if let Some(path) = &self.record
            && let Some(recording) = session.and_then(|session| session.recording(&rules.sha256))
        {
            let text = recording.to_json().map_err(|error| {
                Failure::could_not_run(format!("the recording cannot be written: {error}"), "report this")
            })?;
            files::write_file(path, &text)?;
        }
        let asked = Asked { role: self.role.as_deref(), strict: self.strict };
        let roles = narrow(&rules, &account, &place, asked).map_err(|none| no_role(none, self.role.as_deref()))?;
        let render = |format: AnswerFormat, width: usize| match format {
            AnswerFormat::Json => write_harmless(&json::Whole::of(&rules, &account.caller.account, &roles)),
            AnswerFormat::Text => text::of(&roles, width),
        };
        for (path, format) in outputs {
            files::write_file(path, &render(format, 80))?;
        }
        output::print(&render(self.format, super::paragraph::width()))?;
        Ok(exit_code(&roles))
    }
}

/// The files with the forms that their endings stand for.
fn outputs(paths: &[PathBuf]) -> Result<Vec<(&PathBuf, AnswerFormat)>, Failure> {
    let of = |path: &PathBuf| {
        Failure::usage(format!("the ending of {} stands for no format", path.display()), "end it in .json or .txt")
    };
    paths.iter().map(|path| Ok((path, AnswerFormat::of(path).ok_or_else(|| of(path))?))).collect()
}

fn no_role(none: NoRole, typed: Option<&str>) -> Failure {
    let typed = typed.unwrap_or_default();
    match none {
        NoRole::Unheard(near) => Failure::usage(
            format!("there is no role `{typed}`, neither in the rules nor in the account"),
            match near {
                Some(near) => format!("did you mean {near}?"),
                None => "give the name of a role in the rules file, or the ARN of one".to_owned(),
            },
        ),
        NoRole::Missing(key) => Failure::usage(
            format!("the account has no role that is `{key}` of the rules"),
            "make it first; `plimsoll scan` says what else is missing",
        ),
        NoRole::NoFlows => Failure::usage(
            "no flow of these rules acts as a role, so that nothing is needed of any",
            "state what the roles do with `flow` rules, or name one with --role",
        ),
    }
}

/// Whether it could not all be told.
fn is_open(proposal: &Proposal) -> bool {
    let unknown = |verdict: &Verdict| matches!(verdict, Verdict::Unknown(_));
    unknown(&proposal.contained) || unknown(&proposal.floor) || !proposal.beyond.unknown.is_empty()
}

fn exit_code(roles: &[Narrowed]) -> u8 {
    let findings = roles.iter().any(|role| role.proposal.as_ref().is_ok_and(Proposal::has_findings));
    let open = roles.iter().any(|role| role.proposal.as_ref().map_or(true, is_open));
    match (findings, open) {
        (true, _) => 1,
        (false, true) => 3,
        (false, false) => 0,
    }
}
