//! Verdicts as signs and words: a colour never stands alone.

use crate::model::{Finding, Severity, Verdict};
use maud::{Markup, PreEscaped, html};

/// What is shown of a finding: its verdict, or that it is a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Fail,
    Unknown,
    Blocked,
    Note,
    Waived,
    Pass,
    NotApplicable,
}

impl Sign {
    /// All of them, worst first.
    pub(super) const ALL: [Self; 7] =
        [Self::Fail, Self::Unknown, Self::Blocked, Self::Note, Self::Waived, Self::Pass, Self::NotApplicable];

    pub(super) fn of(finding: &Finding) -> Self {
        if finding.is_remark() { Self::Note } else { finding.verdict.into() }
    }

    /// Its name in the page's classes and address, and in words.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Blocked => "blocked",
            Self::Note => "note",
            Self::Waived => "waived",
            Self::Pass => "pass",
            Self::NotApplicable => "not applicable",
        }
    }

    /// Its name in classes.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::NotApplicable => "na",
            other => other.word(),
        }
    }

    /// What findings with it are called together.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Fail => "Failing",
            Self::Unknown => "Unknown",
            Self::Blocked => "Blocked",
            Self::Note => "Notes",
            Self::Waived => "Waived",
            Self::Pass => "Passing",
            Self::NotApplicable => "Not applicable",
        }
    }

    /// What that means.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Fail => "It does not hold, and what was read proves it.",
            Self::Unknown => "Something it rests on was not read, or could not be decided.",
            Self::Blocked => "A prerequisite does not hold, so it was not judged.",
            Self::Note => "It does not hold, which fails no run: worth knowing.",
            Self::Waived => "It does not hold, and somebody accepted that for a time.",
            Self::Pass => "It holds, and all that it rests on was read.",
            Self::NotApplicable => "There is nothing that the rule speaks of.",
        }
    }

    /// The sign itself, as a reference to one of [`symbols`]. What it says stands beside it in words.
    pub(super) fn mark(self) -> Markup {
        html! { svg { use href={ "#s-" (self.class()) } {} } }
    }
}

impl From<Verdict> for Sign {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Fail => Self::Fail,
            Verdict::Unknown => Self::Unknown,
            Verdict::Blocked => Self::Blocked,
            Verdict::Waived => Self::Waived,
            Verdict::Pass => Self::Pass,
            Verdict::NotApplicable => Self::NotApplicable,
        }
    }
}

/// How bad a fail is, as a word in a frame.
pub(super) fn severity(severity: Severity) -> Markup {
    html! { span class={ "sev " (severity.as_str()) } { (severity.as_str()) } }
}

/// The shapes of the signs, drawn on a square of 16.
pub(super) fn symbols() -> Markup {
    const SHAPES: [(Sign, &str); 7] = [
        (Sign::Fail, "M5 5l6 6M11 5l-6 6"),
        (Sign::Unknown, "M5.6 6.2a2.4 2.4 0 1 1 3.7 2Q8 8.9 8 9.8M8 11.9v.1"),
        (Sign::Blocked, "M6 5v6M10 5v6"),
        (Sign::Note, "M8 7.4v4M8 4.6v.1"),
        (Sign::Waived, "M4.5 9q1.75-3 3.5-1t3.5-1"),
        (Sign::Pass, "M4.6 8.4l2.3 2.4 4.5-5.4"),
        (Sign::NotApplicable, "M5 8h6"),
    ];
    html! {
        svg.symbols aria-hidden="true" width="0" height="0" {
            @for (sign, shape) in SHAPES {
                symbol id={ "s-" (sign.class()) } viewBox="0 0 16 16" {
                    (PreEscaped(format!("<circle class=\"d {}\" cx=\"8\" cy=\"8\" r=\"8\"/><path class=\"m\" d=\"{shape}\"/>", sign.class())))
                }
            }
        }
    }
}
