//! `grading`: how a report becomes a grade.

use super::diagnostic::Diagnostics;
use super::fields::{audience, map, one_of, text, unknown};
use super::node::Entry;
use crate::model::{Audience, Grading, Hundredths, Said, UnknownPoints};
use std::collections::BTreeMap;

const FIELDS: [&str; 3] = ["pass_mark", "unknown", "audience"];

/// Takes what `entry` says into `grading` and `audience`; what it does not say stays.
pub(super) fn lay_over(
    entry: &Entry,
    grading: &mut Grading,
    whose: &mut BTreeMap<Said, Audience>,
    diagnostics: &mut Diagnostics,
) {
    let wanted = "`grading` is a map, such as `{ pass_mark: 60 }`";
    for entry in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
        match entry.key.as_str() {
            "pass_mark" => {
                let Some(text) = text(entry, diagnostics) else { continue };
                match text.parse() {
                    Ok(mark) if mark <= Hundredths(10_000) => grading.pass_mark = Some(mark),
                    _ => {
                        let message = format!("`pass_mark` is a percentage of the points, 0 to 100, not `{text}`");
                        diagnostics.error("wrong-value", &entry.value.span, message);
                    }
                }
            }
            "unknown" => {
                let Some(text) = text(entry, diagnostics) else { continue };
                let (all, word) = (UnknownPoints::ALL, UnknownPoints::as_str);
                let what = "way with the points of what is unknown";
                let found = one_of(&text, what, all, word, &entry.value.span, diagnostics);
                grading.unknown = found.unwrap_or(grading.unknown);
            }
            "audience" => whose.extend(audience(entry, diagnostics)),
            other => unknown(entry, "`grading`", other, &FIELDS, diagnostics),
        }
    }
}
