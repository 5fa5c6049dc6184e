//! The documents that are written on a resource, each judged by itself: what another document lends or denies is not
//! looked at, so that a fault is said once, where it is written, and not once for each principal that has it.

use super::grant::{Grant, grants};
use super::{Case, Judged, Row};
use crate::model::Verdict;
use crate::reach::Gathered;

/// What is said of a statement or of a document.
pub(super) struct Told {
    pub(super) verdict: Verdict,
    pub(super) found: String,
    pub(super) witness: Option<String>,
}

impl Told {
    /// Something that needs no request to show it.
    pub(super) fn plain(verdict: Verdict, found: impl Into<String>) -> Self {
        Self { verdict, found: found.into(), witness: None }
    }
}

/// What `tell` says of each statement that allows something; `nothing` is said where it says nothing of any. The
/// statement comes with the one document that it stands in.
pub(super) fn each_grant(
    case: &Case<'_>,
    nothing: &'static str,
    tell: impl Fn(&Gathered, Grant<'_>) -> Option<Told>,
) -> Judged {
    each_document(case, nothing, |document| {
        let said = |grant: Grant<'_>| {
            let mut told = tell(document, grant)?;
            if grant.is_of_aws && told.verdict == Verdict::Fail {
                told.found.push_str("; AWS keeps this policy, so attach one of your own in its place");
            }
            Some((grant.place(), told))
        };
        grants(document).into_iter().filter_map(said).collect()
    })
}

/// What `tell` says of each document, by the place that it is about; `nothing` is said where it says nothing of any.
pub(super) fn each_document(
    case: &Case<'_>,
    nothing: &'static str,
    tell: impl Fn(&Gathered) -> Vec<(String, Told)>,
) -> Judged {
    let documents = case.documents();
    let mut judged = Judged {
        rows: Vec::new(),
        nothing,
        witness: None,
        instead: Vec::new(),
        calls: documents.calls.iter().chain(documents.gaps.iter().map(|gap| &gap.call)).cloned().collect(),
    };
    for (path, told) in documents.apart().iter().flat_map(tell) {
        judged.witness = judged.witness.or(told.witness);
        judged.rows.push(Row { path, verdict: told.verdict, found: told.found });
    }
    if !documents.is_whole() {
        judged.rows.push(Row { path: "its policies".to_owned(), verdict: Verdict::Unknown, found: documents.why() });
    }
    judged
}
