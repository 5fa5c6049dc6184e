//! Why a command could not do what was asked.

use crate::model::harmless;
use crate::rules::Diagnostics;

/// Why a command could not do what was asked: what happened, what to do about it, and the exit code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub code: u8,
    message: Message,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Message {
    Sentences {
        what: String,
        hint: String,
    },
    #[cfg(feature = "live")]
    Several {
        what: Vec<String>,
        hint: String,
    },
    Diagnostics(Box<Diagnostics>),
    Nothing,
}

/// How many of several mistakes are shown.
#[cfg(feature = "live")]
const SHOWN: usize = 50;
/// A rules file or the command line is wrong.
const USAGE: u8 = 2;
/// Something was not read.
#[cfg(feature = "live")]
const INCOMPLETE: u8 = 3;
/// The run could not be made at all.
const COULD_NOT_RUN: u8 = 4;
/// What shells report for a program that Ctrl-C ended.
#[cfg(feature = "live")]
const INTERRUPTED: u8 = 130;

impl Failure {
    /// What was typed cannot be done.
    pub(super) fn usage(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: USAGE, message: Message::Sentences { what: what.into(), hint: hint.into() } }
    }

    /// What was typed, or what a file says, is wrong in several places, each said on a line of its own.
    #[cfg(feature = "live")]
    pub(super) fn several(what: Vec<String>, hint: impl Into<String>) -> Self {
        Self { code: USAGE, message: Message::Several { what, hint: hint.into() } }
    }

    /// The message as one line, without the words around it.
    #[cfg(feature = "live")]
    pub(super) fn line(&self) -> String {
        match &self.message {
            Message::Nothing => String::new(),
            Message::Sentences { what, hint } => {
                let end = if what.ends_with(['.', '!', '?']) { "" } else { ";" };
                harmless(&format!("{what}{end} {hint}"))
            }
            Message::Several { what, .. } => harmless(&what.join("; ")),
            Message::Diagnostics(diagnostics) => diagnostics.list.first().map_or_else(String::new, |first| {
                let help = first.help.as_deref().map_or_else(String::new, |help| format!("; {help}"));
                harmless(&format!("{}{help}", first.message))
            }),
        }
    }

    /// What was asked about was not read.
    #[cfg(feature = "live")]
    pub(super) fn incomplete(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: INCOMPLETE, message: Message::Sentences { what: what.into(), hint: hint.into() } }
    }

    /// What happened, as one line.
    pub(super) fn what(&self) -> String {
        match &self.message {
            Message::Nothing => String::new(),
            Message::Sentences { what, .. } => what.clone(),
            #[cfg(feature = "live")]
            Message::Several { what, .. } => what.join("; "),
            Message::Diagnostics(diagnostics) => {
                diagnostics.list.first().map_or_else(String::new, |first| first.message.clone())
            }
        }
    }

    /// The run could not be made.
    pub(super) fn could_not_run(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: COULD_NOT_RUN, message: Message::Sentences { what: what.into(), hint: hint.into() } }
    }

    /// The person stopped it.
    #[cfg(feature = "live")]
    pub(super) fn interrupted() -> Self {
        let message = Message::Sentences { what: "stopped".to_owned(), hint: "nothing was written".to_owned() };
        Self { code: INTERRUPTED, message }
    }

    /// The person stopped what goes on where it stopped.
    #[cfg(feature = "live")]
    pub(super) fn interrupted_for_now() -> Self {
        let hint = "what is done is kept: the same command goes on where this one stopped";
        let message = Message::Sentences { what: "stopped".to_owned(), hint: hint.to_owned() };
        Self { code: INTERRUPTED, message }
    }

    /// There is nobody left to write to, which is nobody's fault.
    pub(super) fn nobody_reads() -> Self {
        Self { code: 0, message: Message::Nothing }
    }

    /// The whole message, for stderr.
    pub fn render(&self, styled: bool, width: usize) -> String {
        match &self.message {
            Message::Nothing => String::new(),
            Message::Sentences { what, hint } => {
                let (red, cyan) = if styled { ("\u{1b}[1;31m", "\u{1b}[1;36m") } else { ("", "") };
                let off = if styled { "\u{1b}[0m" } else { "" };
                format!("{red}error{off}: {}\n{cyan}next{off}:  {}\n", harmless(what), harmless(hint))
            }
            #[cfg(feature = "live")]
            Message::Several { what, hint } => {
                let (red, cyan) = if styled { ("\u{1b}[1;31m", "\u{1b}[1;36m") } else { ("", "") };
                let off = if styled { "\u{1b}[0m" } else { "" };
                let mut text = String::new();
                for line in what.iter().take(SHOWN) {
                    text.push_str(&format!("{red}error{off}: {}\n", harmless(line)));
                }
                if what.len() > SHOWN {
                    text.push_str(&format!("... and {} more; mend these first\n", what.len() - SHOWN));
                }
                text.push_str(&format!("{cyan}next{off}:  {}\n", harmless(hint)));
                text
            }
            Message::Diagnostics(diagnostics) => diagnostics.render(styled, width),
        }
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self { code: USAGE, message: Message::Diagnostics(Box::new(diagnostics)) }
    }
}
