//! A short message on what came of a run, and the forms in which chats and Amazon SNS take it.
//!
//! Knows how long a message may be and what each receiver takes for markup. What there is to say comes from
//! [`notify`](super::notify()) and from the overview of many accounts. Sends nothing.

use crate::model::harmless;
use serde_json::json;

/// How many lines a message has below its first, at most.
const LINES: usize = 9;
/// The longest line, in characters: with ten of them, a text message by SNS is still whole (1,600 characters).
const LONGEST: usize = 150;
/// The longest subject that SNS takes, in characters: "less than 100".
const SUBJECT: usize = 99;

/// The forms of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum MessageForm {
    /// Plain lines, for a mail or a log
    #[default]
    Text,
    /// Subject and Message as JSON, which `aws sns publish --topic-arn ARN --cli-input-json file://FILE` sends
    Sns,
    /// The JSON that an incoming webhook of Slack takes
    Slack,
}

/// What came of a run, in one line or a few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What the run is of: the title of its rules, and the account.
    of: String,
    /// What it came to, in a few words.
    says: String,
    /// What there is to know, a line each; empty where there is nothing new.
    lines: Vec<String>,
}

/// Things of one sort that a message tells.
#[derive(Debug, Default)]
pub(crate) struct Sort {
    /// What several that there is no room for are called: `3 more {called}`.
    pub(crate) called: &'static str,
    /// The things, a line each, what matters most first.
    pub(crate) lines: Vec<String>,
}

impl Message {
    /// A message on `of` that says `says`, and below that as much of `sorts` as there is room for. One line of each sort
    /// comes first, and then the rest of the first sorts.
    pub(crate) fn new(of: &str, says: &str, sorts: Vec<Sort>) -> Self {
        let all: usize = sorts.iter().map(|sort| sort.lines.len()).sum();
        // What is left out is told in a line as well.
        let mut room = if all > LINES { LINES - 1 } else { LINES };
        let mut shown = vec![0; sorts.len()];
        for most in [1, usize::MAX] {
            for (shown, sort) in shown.iter_mut().zip(&sorts) {
                let more = sort.lines.len().min(most).saturating_sub(*shown).min(room);
                *shown += more;
                room -= more;
            }
        }
        let mut lines = Vec::new();
        let mut left = Vec::new();
        for (shown, sort) in shown.into_iter().zip(&sorts) {
            lines.extend(sort.lines.iter().take(shown).map(|line| plain(line, LONGEST)));
            if sort.lines.len() > shown {
                left.push(format!("{} more {}", sort.lines.len() - shown, sort.called));
            }
        }
        if !left.is_empty() {
            lines.push(plain(&format!("... and {}", left.join(", ")), LONGEST));
        }
        Self { of: plain(of, LONGEST / 2), says: plain(says, LONGEST), lines }
    }

    /// Whether there is something that was not so before.
    pub fn is_news(&self) -> bool {
        !self.lines.is_empty()
    }

    /// The message in this form, with a newline at the end.
    pub fn render(&self, form: MessageForm) -> String {
        match form {
            MessageForm::Text => format!("{}\n", self.text()),
            MessageForm::Sns => ascii_json(&json!({ "Subject": self.subject(), "Message": self.text() })),
            MessageForm::Slack => ascii_json(&json!({ "text": self.mrkdwn() })),
        }
    }

    fn head(&self) -> String {
        format!("{} · {}", self.of, self.says)
    }

    fn text(&self) -> String {
        let lines: Vec<String> = std::iter::once(self.head()).chain(self.lines.iter().cloned()).collect();
        lines.join("\n")
    }

    /// One line that SNS takes for the subject of a mail: ASCII that begins with a letter, without control characters.
    fn subject(&self) -> String {
        let subject = format!("Plimsoll: {} - {}", self.says, self.of).replace(" · ", " - ");
        let ascii: String = subject.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect();
        if ascii.len() <= SUBJECT { ascii } else { format!("{}...", &ascii[..SUBJECT - 3]) }
    }

    /// The first line as it is, and the others as a block of code, in which nothing is a mention, a link or in bold.
    fn mrkdwn(&self) -> String {
        let escaped = |text: &str| {
            // A backtick would end the block.
            text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('`', "'")
        };
        let head = escaped(&self.head());
        if self.lines.is_empty() { head } else { format!("{head}\n```\n{}\n```", escaped(&self.lines.join("\n"))) }
    }
}

/// `text` on one line, with nothing in it that acts on whoever shows it, of at most `longest` characters.
fn plain(text: &str, longest: usize) -> String {
    // What others wrote may be long: more than this is not looked at.
    let start: String = text.chars().take(4 * longest).collect();
    let words: Vec<&str> = start.split_whitespace().collect();
    let text = harmless(&words.join(" "));
    match text.char_indices().nth(longest) {
        None => text,
        Some(_) => text.chars().take(longest - 1).chain(['…']).collect(),
    }
}

/// `value` as JSON on one line, in ASCII: where the job runs without a locale, the AWS CLI reads nothing else.
fn ascii_json(value: &serde_json::Value) -> String {
    let mut text = String::new();
    let mut units = [0; 2];
    for c in value.to_string().chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    text.push('\n');
    text
}
