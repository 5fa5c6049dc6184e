//! A [`Report`](crate::model::Report) in the forms people and programs read. Nothing here asks AWS anything or judges anything.
//!
//! To add a format: one file, and one line in [`Format`].

mod edges;
mod json;
pub mod picture;
pub(crate) mod table;
mod text;

pub use json::{json, report_schema, write_harmless, write_harmless_line};
pub use text::{Look, text};

use crate::model::Report;
use std::path::Path;

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For a person at a terminal.
    Text,
    /// For a program; versioned, with a schema (`plimsoll rules schema --report`).
    Json,
}

impl Format {
    /// The format that the ending of `path` stands for.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "txt" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// `report` in this format; `look` is for those that people read.
    pub fn render(self, report: &Report, look: Look) -> String {
        match self {
            Self::Text => text(report, look),
            Self::Json => json(report),
        }
    }
}
