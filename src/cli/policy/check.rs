//! `plimsoll policy check`: what is wrong, doubtful or without effect in policy documents.

use super::difference::Statement;
use super::paragraph::{self, hanging};
use super::sources::{self, Source};
use crate::cli::Failure;
use crate::cli::output::{self, AnswerFormat};
use crate::iam::catalogue::Catalogue;
use crate::iam::check::{self, Document, Finding, Kind, Severity};
use crate::report::write_harmless;
use clap::Args;
use serde::Serialize;
use std::collections::BTreeMap;

/// Say what is wrong, doubtful or without effect in policy documents
///
/// Files hold a policy document in any form that AWS returns, a list of them, an answer that holds some (such as that of
/// `aws iam get-account-authorization-details` or `aws sqs get-queue-attributes`), or one of these on each line.
#[derive(Debug, Args)]
#[command(
    after_help = "Severities: an error is what AWS refuses or nobody can read; a warning is what does not do what it seems to\n\
                  do, or what AWS may not know; a note is good to know.\n\n\
                  Exit codes: 0 nothing at warning or above, 1 findings, 2 usage or a malformed document."
)]
pub(in crate::cli) struct Check {
    /// The files; - is standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: AnswerFormat,
}

/// The answer, as programs read it.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    /// The day of the catalogue of actions.
    catalogue: &'static str,
    /// Documents that were checked.
    documents: usize,
    /// Versions of managed policies that have no effect, and were not checked.
    old_versions: usize,
    /// Managed policies of AWS, which nobody but AWS can change, and which were not checked.
    of_aws: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    findings: &'a [Found],
}

/// A finding, as programs read it.
#[derive(Debug, Serialize)]
struct Found {
    code: &'static str,
    severity: &'static str,
    file: String,
    /// The line of the file, from 1.
    line: usize,
    /// What the document is called.
    policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<Statement>,
    message: String,
    next: String,
}

/// All that was read.
#[derive(Default)]
struct Run {
    findings: Vec<Found>,
    documents: usize,
    old_versions: usize,
    of_aws: usize,
    malformed: bool,
}

impl Check {
    pub(super) fn run(self) -> Result<u8, Failure> {
        if self.files.iter().filter(|path| *path == "-").count() > 1 {
            return Err(Failure::usage("standard input (-) is named twice", "name it once"));
        }
        let mut run = Run::default();
        for path in &self.files {
            run.file(path)?;
        }
        output::print(&match self.format {
            AnswerFormat::Text => run.text(),
            AnswerFormat::Json => write_harmless(&run.answer()),
        })?;
        let found = run.findings.iter().any(|finding| finding.severity != Severity::Note.word());
        Ok(if run.malformed { 2 } else { u8::from(found) })
    }
}

impl Run {
    fn file(&mut self, path: &str) -> Result<(), Failure> {
        let text = sources::text_of(path)?;
        let within = sources::within(path, &text);
        if within.sources.is_empty() && within.broken.is_empty() && within.old_versions + within.of_aws == 0 {
            return Err(Failure::usage(
                format!("{path} holds no policy document"),
                "give a policy document, or an answer of AWS that holds some",
            ));
        }
        let before = self.findings.len();
        self.old_versions += within.old_versions;
        self.of_aws += within.of_aws;
        for (line, why) in &within.broken {
            self.malformed(path, *line, path.to_owned(), why.clone());
        }
        let mut inline: BTreeMap<(String, Kind), (usize, usize)> = BTreeMap::new();
        for source in &within.sources {
            self.documents += 1;
            match Document::read(source.text, source.kind) {
                Ok(document) => {
                    if let Some(owner) = &source.owner {
                        let of_owner = inline.entry((owner.clone(), document.kind())).or_insert((source.line, 0));
                        of_owner.1 += document.size();
                    }
                    self.document(path, source, document.named(&source.name, source.version.clone()));
                }
                Err(error) => {
                    self.malformed(path, in_file(source, error.line), source.name.clone(), error.message);
                }
            }
        }
        for ((owner, kind), (line, size)) in inline {
            if let Some(finding) = check::too_long_together(kind, size) {
                self.add(path, line, owner, finding);
            }
        }
        // Each source is in order; what was found of the file as a whole stands between them.
        self.findings[before..].sort_by_key(|finding| finding.line);
        Ok(())
    }

    fn document(&mut self, path: &str, source: &Source<'_>, document: Document) {
        for finding in document.check() {
            self.add(path, in_file(source, finding.line), source.name.clone(), finding);
        }
    }

    fn add(&mut self, path: &str, line: usize, policy: String, finding: Finding) {
        self.findings.push(Found {
            code: finding.code,
            severity: finding.severity.word(),
            file: path.to_owned(),
            line,
            policy,
            statement: finding.statement.as_ref().map(Statement::of),
            message: finding.message,
            next: finding.next,
        });
    }

    fn malformed(&mut self, path: &str, line: usize, policy: String, message: String) {
        self.malformed = true;
        self.findings.push(Found {
            code: "malformed",
            severity: Severity::Error.word(),
            file: path.to_owned(),
            line,
            policy,
            statement: None,
            message,
            next: "mend the document; what it means cannot be said before".to_owned(),
        });
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity.word()).count()
    }

    fn answer(&self) -> Answer<'_> {
        Answer {
            catalogue: Catalogue::embedded().date(),
            documents: self.documents,
            old_versions: self.old_versions,
            of_aws: self.of_aws,
            errors: self.count(Severity::Error),
            warnings: self.count(Severity::Warning),
            notes: self.count(Severity::Note),
            findings: &self.findings,
        }
    }

    /// The findings for a person.
    fn text(&self) -> String {
        let width = paragraph::width();
        let mut text = String::new();
        for finding in &self.findings {
            let mut place = format!("{}:{}", finding.file, finding.line);
            let inside = finding.policy.strip_prefix(&finding.file).unwrap_or(&finding.policy);
            let inside = inside.trim_start_matches([',', ' ']);
            if !inside.is_empty() {
                place.push_str(&format!(" · {inside}"));
            }
            if let Some(statement) = &finding.statement {
                place.push_str(&format!(" · {}", statement.title()));
            }
            let head = format!("{} {}", finding.severity, finding.code);
            let line = hanging(0, "", 0, &format!("{head} · {place}"), width);
            if line.lines().count() == 1 {
                text.push_str(&line);
            } else {
                text.push_str(&format!("{head}\n{}", hanging(2, "", 0, &place, width)));
            }
            text.push_str(&hanging(2, "", 0, &finding.message, width));
            text.push_str(&hanging(2, "next", 4, &finding.next, width));
            text.push('\n');
        }
        text.push_str(&hanging(0, "", 0, &self.summary(), width));
        text
    }

    fn summary(&self) -> String {
        let counted = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
        let found: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
            .into_iter()
            .map(|severity| counted(self.count(severity), severity.word()))
            .collect();
        let mut rest = String::new();
        if self.old_versions > 0 {
            rest.push_str(&format!("; not checked: {}, without effect", counted(self.old_versions, "older version")));
        }
        if self.of_aws > 0 {
            rest.push_str(&format!("; not checked: {} that AWS keeps", counted(self.of_aws, "policy version")));
        }
        format!("{}: {}{rest}", counted(self.documents, "document"), found.join(", "))
    }
}

/// A line of a document as a line of its file.
fn in_file(source: &Source<'_>, line: usize) -> usize {
    if source.own_lines { source.line + line.saturating_sub(1) } else { source.line }
}
