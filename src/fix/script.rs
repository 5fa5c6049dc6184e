//! What would mend an account, as a shell script and as JSON.

use super::command::Command;
use super::quote::{comment, quoted};
use super::{About, Fix, Fixes, Left};
use serde_json::{Value as Json, json};

/// The columns of comments.
const WIDTH: usize = 110;
/// How much of what a stranger may have written is shown in one comment.
const SHOWN: usize = 600;

impl Fixes {
    /// A script for a POSIX shell that runs the commands; those that undo them stand beside them as comments.
    pub fn script(&self) -> String {
        self.written(false)
    }

    /// A script for a POSIX shell that takes the commands back, the last first.
    pub fn undo_script(&self) -> String {
        self.written(true)
    }

    fn written(&self, undo: bool) -> String {
        let mut text = String::from("#!/bin/sh\n");
        let mut say = |line: &str| text.push_str(&comment(&short(line), WIDTH));
        say(&format!("{}: account {}, {}", self.title, self.account, self.region));
        if undo {
            say("This brings back what was read before the fix. Plimsoll wrote it and does not run it: read it first.");
        } else {
            say(&self.head());
            say("Plimsoll wrote this and does not run it: read it first. It needs the AWS CLI, version 1 or 2.");
        }
        let any = if undo { self.fixes.iter().any(|fix| !fix.undo.is_empty()) } else { !self.fixes.is_empty() };
        if any {
            text.push_str(&format!(
                "set -eu\nexport AWS_PAGER=\n\
                 if [ \"$(aws sts get-caller-identity --query Account --output text)\" != {account} ]; then\n    \
                 echo 'these commands are for the account {account}' >&2\n    exit 1\nfi\n",
                account = quoted(&self.account),
            ));
        }
        if undo {
            self.fixes.iter().rev().for_each(|fix| undone(fix, &mut text));
            return text;
        }
        let mut fresh = false;
        for fix in &self.fixes {
            mended(fix, &mut fresh, &mut text);
        }
        self.left.iter().for_each(|left| by_hand(left, "by hand", &mut text));
        self.unknown.iter().for_each(|left| by_hand(left, "not known", &mut text));
        text
    }

    /// What it comes to, in a sentence.
    pub fn head(&self) -> String {
        let count = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
        if self.fixes.is_empty() && self.left.is_empty() && self.unknown.is_empty() {
            return "Nothing fails that was asked about.".to_owned();
        }
        let commands: usize = self.fixes.iter().map(|fix| fix.commands.len()).sum();
        let mut head = format!(
            "{} for {}, after which {} that {} not pass now.",
            count(commands, "command", "commands"),
            count(self.fixes.len(), "finding", "findings"),
            count(self.mended, "finding passes", "findings pass"),
            if self.mended == 1 { "does" } else { "do" },
        );
        if !self.left.is_empty() {
            head.push_str(&format!(
                " {} left for a person, at the end.",
                count(self.left.len(), "finding is", "findings are")
            ));
        }
        if !self.unknown.is_empty() {
            head.push_str(&format!(
                " {} not read well enough to say.",
                count(self.unknown.len(), "finding was", "findings were")
            ));
        }
        head
    }

    /// The same for programs.
    pub fn to_json(&self) -> Json {
        let commands = |commands: &[Command]| commands.iter().map(Command::to_json).collect::<Vec<_>>();
        let mended = self.fixes.iter().map(|fix| {
            let mut json = json!({
                "finding": about(&fix.finding),
                "what": fix.what.join("; "),
                "commands": commands(&fix.commands),
                "undo": commands(&fix.undo),
                "proven": fix.proven,
            });
            if !fix.not_undone.is_empty() {
                json["not_undone"] = json!(fix.not_undone);
            }
            json
        });
        let explained = |left: &Left| {
            let mut json = json!({ "finding": about(&left.finding), "explanation": left.why });
            if let Some(advice) = &left.advice {
                json["advice"] = advice.as_str().into();
            }
            json
        };
        let all: Vec<Json> = mended.chain(self.left.iter().chain(&self.unknown).map(explained)).collect();
        json!({
            "version": 1,
            "account": self.account,
            "partition": self.partition,
            "region": self.region,
            "rules": self.rules,
            "fixes": all,
        })
    }
}

fn about(finding: &About) -> Json {
    json!({
        "id": finding.id,
        "rule": finding.rule,
        "title": finding.title,
        "resource": finding.resource,
        "verdict": finding.verdict.as_str(),
        "found": finding.found,
    })
}

fn heading(finding: &About, text: &mut String) {
    text.push('\n');
    text.push_str(&comment(&short(&format!("{} {} ({})", finding.id, finding.title, finding.resource)), WIDTH));
}

/// `fresh` says whether IAM was changed and nothing has waited since.
fn mended(fix: &Fix, fresh: &mut bool, text: &mut String) {
    heading(&fix.finding, text);
    for what in &fix.what {
        text.push_str(&comment(&short(&format!("  fix: {what}")), WIDTH));
    }
    if !fix.proven {
        text.push_str(&comment("  whether it passes then hangs on what was not read; scan again afterwards", WIDTH));
    }
    for command in &fix.commands {
        // Another service refuses a role or a permission that has not come to it yet.
        if *fresh && command.service() != Some("iam") {
            text.push_str(&comment("IAM takes some seconds until a change is known everywhere", WIDTH));
            text.push_str("sleep 10\n");
        }
        *fresh = command.service() == Some("iam");
        text.push_str(&comment(&short(&command.why), WIDTH));
        text.push_str(&command.line());
        text.push('\n');
    }
    for command in &fix.undo {
        // On one line, so that the comment is taken away with one character.
        text.push_str(&format!("# undo: {}\n", crate::model::harmless(&command.line())));
    }
    for why in &fix.not_undone {
        text.push_str(&comment(&short(&format!("no undo: {why}")), WIDTH));
    }
}

fn undone(fix: &Fix, text: &mut String) {
    if fix.undo.is_empty() && fix.not_undone.is_empty() {
        return;
    }
    heading(&fix.finding, text);
    for command in &fix.undo {
        text.push_str(&comment(&short(&command.why), WIDTH));
        text.push_str(&command.line());
        text.push('\n');
    }
    for why in &fix.not_undone {
        text.push_str(&comment(&short(&format!("no undo: {why}")), WIDTH));
    }
}

fn by_hand(left: &Left, word: &str, text: &mut String) {
    heading(&left.finding, text);
    text.push_str(&comment(&short(&format!("{word}: {}", left.why)), WIDTH));
    if let Some(advice) = &left.advice {
        text.push_str(&comment(&short(&format!("the rule says: {advice}")), WIDTH));
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
