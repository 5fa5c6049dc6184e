//! A [`Report`](crate::model::Report) in the forms people and programs read. Nothing here asks AWS anything or judges anything.
//!
//! To add a format: one file, one line in [`Format`], and its place in `ending` and `render`. A [`Message`] is no format: it
//! tells of a report no more than somebody who waits for a job wants to know.

mod csv;
mod drawn;
mod edges;
mod html;
mod json;
mod jsonl;
mod junit;
mod markdown;
mod message;
mod notify;
pub mod picture;
mod sarif;
mod saved;
pub(crate) mod table;
mod text;

pub(crate) use csv::cell;
pub use html::html;
pub use json::{report_schema, write_harmless, write_harmless_line};
pub(crate) use junit::safe as xml_safe;
pub(crate) use markdown::escape;
pub(crate) use markdown::{code, prose};
pub(crate) use message::Sort;
pub use message::{Message, MessageForm};
pub use notify::notify;
pub use saved::{Unreadable, read};
pub use text::Look;
pub(crate) use text::{step_order, style, word, wrap};

use crate::model::Report;
use clap::ValueEnum as _;
use std::io::{self, Write};
use std::path::Path;

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a person at a terminal
    Text,
    /// For a program; versioned, with a schema (`plimsoll rules schema --report`)
    Json,
    /// A line of JSON for the head, and one for each finding
    Jsonl,
    /// A row for each finding, for spreadsheets
    Csv,
    /// For a comment on a pull request, or the summary of a job
    #[value(alias = "md")]
    Markdown,
    /// JUnit XML, for build servers
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// For a browser: one page with a picture of the architecture, whole without a network
    Html,
}

impl Format {
    /// The format that the ending of `path` stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Self::value_variants().iter().copied().find(|format| format.ending() == ending)
    }

    /// The ending of the names of files in this format, without its dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Text => "txt",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "md",
            Self::Junit => "xml",
            Self::Sarif => "sarif",
            Self::Html => "html",
        }
    }

    /// Whether it is for people: colour and the width of the window mean something to it.
    pub fn is_for_the_window(self) -> bool {
        self == Self::Text
    }

    /// Writes `report` in this format; `look` is for those that people read. What is written is not buffered here.
    ///
    /// # Errors
    /// What `to` reports.
    pub fn render(self, report: &Report, look: Look, to: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Text => to.write_all(text::text(report, look).as_bytes()),
            Self::Json => json::json(report, to),
            Self::Jsonl => jsonl::jsonl(report, to),
            Self::Csv => csv::csv(report, to),
            Self::Markdown => markdown::markdown(report, look, to),
            Self::Junit => junit::junit(report, to),
            Self::Sarif => sarif::sarif(report, to),
            Self::Html => html(report, to),
        }
    }
}
