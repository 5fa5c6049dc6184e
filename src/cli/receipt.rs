//! The receipt of a run: where it goes, and the key it is made with.

use super::{Failure, files, verify};
use crate::grade::{Answers, Receipt};
use crate::model::Report;
use clap::Args;
use std::path::PathBuf;

/// Where a receipt goes.
#[derive(Debug, Args)]
pub(super) struct ReceiptTo {
    /// Write a receipt of the run to a file: `plimsoll verify` holds a report against it
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// A file whose bytes are the key that receipts are made with, so that nobody else can make them
    #[arg(long, value_name = "FILE")]
    receipt_key: Option<PathBuf>,
}

impl ReceiptTo {
    /// Where it goes, if anywhere.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.receipt.as_ref()
    }

    /// The key, if there is one. Without a receipt it would be of no use.
    pub(super) fn key(&self) -> Result<Option<Vec<u8>>, Failure> {
        if self.receipt_key.is_some() && self.receipt.is_none() {
            return Err(Failure::usage("--receipt-key is given, and no receipt is asked for", "add --receipt FILE"));
        }
        self.key_alone()
    }

    /// The key, whatever receipts it is for.
    pub(super) fn key_alone(&self) -> Result<Option<Vec<u8>>, Failure> {
        self.receipt_key.as_deref().map(verify::key).transpose()
    }

    /// Writes the receipt of `report`, if one is asked for.
    pub(super) fn write(&self, report: &Report, answers: &Answers, key: Option<&[u8]>) -> Result<(), Failure> {
        match &self.receipt {
            Some(path) => files::write_file(path, &Receipt::new(report, answers, key).to_json()),
            None => Ok(()),
        }
    }
}
