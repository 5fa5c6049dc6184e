//! A command of the AWS CLI, as a list of words.
//!
//! The syntax is that of version 2, where version 1 takes it as well: long options, structures as JSON, no shorthand and
//! no binary values. A word may be what another command prints, for what only AWS knows once something is made.

use super::quote::{self, Unquotable, quoted};
use serde_json::{Value as Json, json};

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments.
    pub argv: Vec<Arg>,
    /// What it does, in a few words.
    pub why: String,
}

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// This text.
    Text(String),
    /// What this command prints.
    Output(Vec<Self>),
}

/// The options whose values may be an address: the AWS CLI takes them as they are.
const ADDRESSES: [&str; 3] = ["--queue-url", "--uri", "--notification-endpoint"];

/// A command that is being written. What cannot be a word of it is told at the end.
#[derive(Debug, Clone)]
pub(super) struct Builder {
    argv: Vec<Arg>,
    wrong: Option<Unquotable>,
}

/// `aws SERVICE OPERATION`, in a region unless that is empty.
pub(super) fn aws(service: &str, operation: &str, region: &str) -> Builder {
    let argv = ["aws", service, operation].map(|word| Arg::Text(word.to_owned())).to_vec();
    let builder = Builder { argv, wrong: None };
    if region.is_empty() { builder } else { builder.option("--region", region) }
}

impl Builder {
    /// With an option that has a value.
    pub(super) fn option(mut self, name: &str, value: &str) -> Self {
        let lower = value.to_ascii_lowercase();
        let fetched = ["file://", "fileb://"].iter().any(|start| lower.starts_with(start))
            || (["http://", "https://"].iter().any(|start| lower.starts_with(start)) && !ADDRESSES.contains(&name));
        let checked = quote::check(value);
        let wrong = if fetched { Some(Unquotable::Fetched(quote_shown(value))) } else { checked.err() };
        self.wrong = self.wrong.or(wrong);
        // A value that begins with a dash would be read as an option.
        if value.starts_with('-') || value.is_empty() {
            self.argv.push(Arg::Text(format!("{name}={value}")));
        } else {
            self.argv.push(Arg::Text(name.to_owned()));
            self.argv.push(Arg::Text(value.to_owned()));
        }
        self
    }

    /// With an option whose value may be what a command prints.
    pub(super) fn option_of(mut self, name: &str, value: &Arg) -> Self {
        match value {
            Arg::Text(text) => self.option(name, text),
            output @ Arg::Output(_) => {
                self.argv.push(Arg::Text(name.to_owned()));
                self.argv.push(output.clone());
                self
            }
        }
    }

    /// With an option whose value is JSON.
    pub(super) fn json(self, name: &str, value: &Json) -> Self {
        self.option(name, &quote::json(value))
    }

    /// With an option whose value is JSON already, in an order that matters to who reads it.
    pub(super) fn document(self, name: &str, text: &str) -> Self {
        self.option(name, text)
    }

    /// With an option that has no value.
    pub(super) fn flag(mut self, name: &str) -> Self {
        self.argv.push(Arg::Text(name.to_owned()));
        self
    }

    /// The command.
    ///
    /// # Errors
    /// Why one of its words cannot be written.
    pub(super) fn because(self, why: impl Into<String>) -> Result<Command, String> {
        match self.wrong {
            Some(wrong) => Err(wrong.to_string()),
            None => Ok(Command { argv: self.argv, why: why.into() }),
        }
    }

    /// What the command prints under the JMESPath `query`, as a word.
    pub(super) fn output(self, query: &str) -> Result<Arg, String> {
        let command = self.option("--query", query).option("--output", "text").because("")?;
        Ok(Arg::Output(command.argv))
    }
}

fn quote_shown(value: &str) -> String {
    crate::model::harmless(value)
}

/// `text` as a raw string of JMESPath.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

impl Command {
    /// The service that it speaks to, as the AWS CLI calls it.
    pub fn service(&self) -> Option<&str> {
        match self.argv.get(1) {
            Some(Arg::Text(service)) => Some(service),
            _ => None,
        }
    }

    /// The command as a line of a POSIX shell.
    pub fn line(&self) -> String {
        line(&self.argv)
    }

    /// The words as JSON: texts, and lists in `output_of` for what a command prints.
    pub fn to_json(&self) -> Json {
        json!({ "argv": words(&self.argv), "why": self.why })
    }
}

fn words(argv: &[Arg]) -> Vec<Json> {
    argv.iter()
        .map(|arg| match arg {
            Arg::Text(text) => text.as_str().into(),
            Arg::Output(argv) => json!({ "output_of": words(argv) }),
        })
        .collect()
}

fn line(argv: &[Arg]) -> String {
    let words: Vec<String> = argv
        .iter()
        .map(|arg| match arg {
            Arg::Text(text) => quoted(text),
            Arg::Output(argv) => format!("\"$({})\"", line(argv)),
        })
        .collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_words_and_never_options_or_files() {
        let command = |value: &str| aws("sqs", "create-queue", "us-east-1").option("--queue-name", value).because("");
        let line = |value: &str| command(value).expect("a command").line();
        assert_eq!(line("orders"), "aws sqs create-queue --region us-east-1 --queue-name orders");
        assert_eq!(line("-rf"), "aws sqs create-queue --region us-east-1 --queue-name=-rf");
        assert_eq!(line(""), "aws sqs create-queue --region us-east-1 --queue-name=");
        assert_eq!(line("$(id)'"), "aws sqs create-queue --region us-east-1 --queue-name '$(id)'\\'''");
        for fetched in ["file:///etc/passwd", "FILEB://x", "https://example.com/x"] {
            assert!(command(fetched).is_err(), "{fetched}");
        }
        let url = "https://sqs.us-east-1.amazonaws.com/123456789012/q";
        assert!(aws("sqs", "delete-queue", "").option("--queue-url", url).because("").is_ok());
    }

    #[test]
    fn what_a_command_prints_can_be_a_word() {
        let inner = aws("sqs", "get-queue-url", "").option("--queue-name", "a b").output("QueueUrl").expect("a word");
        let command = aws("sqs", "delete-queue", "").option_of("--queue-url", &inner).because("").expect("a command");
        let line = command.line();
        assert_eq!(
            line,
            "aws sqs delete-queue --queue-url \"$(aws sqs get-queue-url --queue-name 'a b' --query QueueUrl --output text)\""
        );
        assert_eq!(command.to_json()["argv"][4]["output_of"][1], "sqs");
        assert_eq!(literal("it's \\"), "'it\\'s \\\\'");
    }
}
