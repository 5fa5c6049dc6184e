//! A file of cases: what it says, each word with its place. What an account is like is read later, case by case.

use crate::model::{Place, Verdict};
use crate::rules::{Called, Content, Diagnostics, Entry, Node, Sources, Span, map, one_of, read_nodes, text, unknown};
use std::collections::BTreeMap;

/// What such a file is called.
const CALLED: Called = Called {
    file: "a file of cases",
    language: "files of cases",
    begins: "a file of cases begins with `plimsoll: 1`, and has a list `cases:`",
    instead: "write the value out; a case takes the account of another with `from:`",
    untagged: "write the text alone, in quotes if need be",
};
/// The fields of a file of cases.
const FIELDS: [&str; 5] = ["plimsoll", "rules", "set", "expect", "cases"];
/// The fields of a case.
pub(super) const CASE: [&str; 15] = [
    "name",
    "why",
    "set",
    "account",
    "snapshot",
    "recording",
    "from",
    "change",
    "remove",
    "add",
    "unread",
    "lists",
    "children",
    "asked",
    "expect",
];
/// The fields that say what a case begins with.
const BASES: [&str; 4] = ["account", "snapshot", "recording", "from"];
/// The most cases that one file may have.
const MOST: usize = 10_000;

/// A file of cases.
#[derive(Debug)]
pub struct Suite {
    /// The file, as it was named.
    pub file: String,
    /// The rules that they are about, if it says: a file relative to it, or the name of built-in rules.
    pub rules: Option<String>,
    /// What is expected in every case that says nothing else of the rule.
    pub(super) expect: Vec<Expected>,
    /// The cases, in the order of the file.
    pub(super) cases: Vec<Case>,
    /// The sources that its spans point into.
    pub(super) sources: Sources,
}

/// One case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) why: Option<String>,
    pub(super) place: Place,
    /// The parameters of the rules: those of the file, and over them its own.
    pub(super) set: BTreeMap<String, String>,
    pub(super) base: Base,
    /// The fields that change what it begins with.
    pub(super) changes: Vec<Entry>,
    pub(super) expect: Vec<Expected>,
    /// The entry `expect`, to be written anew.
    pub(super) expect_entry: Entry,
    /// Whether the case is written in braces, on one line.
    pub(super) in_braces: bool,
    pub(super) others: Others,
}

/// What the account of a case begins with.
#[derive(Debug)]
pub(super) enum Base {
    /// What is written here.
    Written(Node),
    /// What a file holds.
    Saved { form: Saved, path: String, span: Span },
    /// The account of the case with this number, which stands above.
    Case(usize),
}

/// In which form an account was saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// As `plimsoll snapshot` writes it.
    Snapshot,
    /// As `--record` writes it.
    Recording,
}

/// What must come out of one rule.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) rule: String,
    pub(super) span: Span,
    pub(super) verdicts: Expectation,
}

/// The verdict of every finding of a rule, or of those on some resources.
#[derive(Debug)]
pub(super) enum Expectation {
    All(Verdict),
    On(Vec<(String, Span, Verdict)>),
}

/// What is asked of findings that a case does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    /// That they pass, or have nothing to be about.
    Pass,
    /// That they do not fail.
    NoFail,
    /// Nothing.
    Any,
}

impl Others {
    pub(super) const ALL: [Self; 3] = [Self::Pass, Self::NoFail, Self::Any];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::NoFail => "no-fail",
            Self::Any => "any",
        }
    }

    /// What it asks, for somebody who did not list a finding.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Pass => "pass, as all that is not listed",
            Self::NoFail => "no fail, as all that is not listed",
            Self::Any => "anything",
        }
        .to_owned()
    }

    /// Whether `verdict` is as it asks.
    pub(super) fn allows(self, verdict: Verdict) -> bool {
        match self {
            Self::Pass => matches!(verdict, Verdict::Pass | Verdict::NotApplicable),
            Self::NoFail => verdict != Verdict::Fail,
            Self::Any => true,
        }
    }
}

/// The verdicts that can be expected.
pub(super) const VERDICTS: [Verdict; 6] =
    [Verdict::Pass, Verdict::Fail, Verdict::Unknown, Verdict::Blocked, Verdict::Waived, Verdict::NotApplicable];

/// The word for `verdict` in a case.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "fail",
        Verdict::Unknown => "unknown",
        Verdict::Blocked => "blocked",
        Verdict::Waived => "waived",
        Verdict::NotApplicable => "not-applicable",
    }
}

impl Suite {
    /// The cases in `text`, the text of the file `name`.
    ///
    /// # Errors
    /// Every mistake that can be seen without judging anything.
    pub fn read(name: &str, text: String) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::default();
        let nothing = text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
        let source = diagnostics.sources.add(name, text);
        let whole = Span { source, start: 0, end: 0 };
        if nothing {
            diagnostics
                .error("empty-file", &whole, "there are no cases in this file")
                .help("it begins with `plimsoll: 1` and `cases:`; see rules/order-fan-out.test.yaml for one");
            return Err(diagnostics);
        }
        let suite =
            read_nodes(CALLED, source, &mut diagnostics).and_then(|root| suite(name, &root, &whole, &mut diagnostics));
        match suite {
            Some(mut suite) if diagnostics.list.is_empty() => {
                suite.sources = diagnostics.sources;
                Ok(suite)
            }
            _ => {
                diagnostics.sort();
                Err(diagnostics)
            }
        }
    }

    /// The names of its cases, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().map(|case| case.name.as_str())
    }
}

fn suite(name: &str, root: &Node, whole: &Span, diagnostics: &mut Diagnostics) -> Option<Suite> {
    let entries = map(root, "a file of cases is a map that begins with `plimsoll: 1`", diagnostics)?;
    for entry in entries.iter().filter(|entry| !FIELDS.contains(&entry.key.as_str())) {
        unknown(entry, "a file of cases", &entry.key, &FIELDS, diagnostics);
    }
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    match field("plimsoll") {
        Some(entry) if entry.value.text() == Some("1") => {}
        Some(entry) => {
            let message = "this Plimsoll reads version 1 of the language";
            diagnostics.error("wrong-version", &entry.value.span, message).help("write `plimsoll: 1`");
        }
        None => {
            diagnostics
                .error("missing-field", whole, "a file of cases says the version of the language")
                .help("begin it with `plimsoll: 1`");
        }
    }
    let rules = field("rules").and_then(|entry| text(entry, diagnostics));
    let set = field("set").map(|entry| parameters(entry, diagnostics)).unwrap_or_default();
    let expect = field("expect").map(|entry| expected(entry, diagnostics)).unwrap_or_default();
    let Some(list) = field("cases") else {
        diagnostics
            .error("missing-field", whole, "a file of cases has `cases`")
            .help("write a list: `- { name: good, account: { … }, expect: {} }`");
        return None;
    };
    let Content::List(nodes) = &list.value.content else {
        let message = format!("`cases` takes a list, and this is {}", list.value.noun());
        diagnostics.error("wrong-type", &list.value.span, message);
        return None;
    };
    if nodes.is_empty() {
        diagnostics.error("nothing-to-check", &list.value.span, "there are no cases here, so nothing could differ");
    }
    if nodes.len() > MOST {
        let message = format!("there are {} cases here; {MOST} are the most", nodes.len());
        diagnostics.error("too-many", &list.value.span, message).help("make two files of them");
        return None;
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut cases: Vec<Case> = Vec::new();
    for node in nodes {
        let Some(case) = case(node, &set, &numbers, diagnostics) else {
            // What follows may be made from it, and that it is wrong was said.
            if let Some(name) = node.entry("name").and_then(|entry| entry.value.text()) {
                numbers.insert(name.to_owned(), 0);
            }
            continue;
        };
        if numbers.contains_key(&case.name) {
            diagnostics
                .error("duplicate-name", &case.name_span, format!("there is a case called `{}` already", case.name))
                .help("each case has a name of its own");
        }
        numbers.insert(case.name.clone(), cases.len());
        cases.push(case);
    }
    Some(Suite { file: name.to_owned(), rules, expect, cases, sources: Sources::default() })
}

fn case(
    node: &Node,
    set: &BTreeMap<String, String>,
    above: &BTreeMap<String, usize>,
    diagnostics: &mut Diagnostics,
) -> Option<Case> {
    let entries = map(node, "a case is a map with a `name`, an account, and what to `expect`", diagnostics)?;
    for entry in entries.iter().filter(|entry| !CASE.contains(&entry.key.as_str()) && entry.key != "others") {
        let fields: Vec<&str> = CASE.into_iter().chain(["others"]).collect();
        unknown(entry, "a case", &entry.key, &fields, diagnostics);
    }
    let field = |name: &str| entries.iter().find(|entry| entry.key == name);
    let Some(name_entry) = field("name") else {
        diagnostics
            .error("missing-field", &first_line(node), "a case has a `name`")
            .help("say in a few words what the account is like: `name: a queue that anybody may send to`");
        return None;
    };
    let name = text(name_entry, diagnostics)?;
    let name_span = name_entry.value.span.clone();
    let mut own = set.clone();
    own.extend(field("set").map(|entry| parameters(entry, diagnostics)).unwrap_or_default());
    let why = field("why").and_then(|entry| text(entry, diagnostics)).map(|why| why.trim().to_owned());
    let base = base(entries, &name_span, above, diagnostics);
    let others = match field("others") {
        Some(entry) => {
            let text = text(entry, diagnostics)?;
            one_of(&text, "word for `others`", Others::ALL, Others::as_str, &entry.value.span, diagnostics)?
        }
        None => Others::Pass,
    };
    let Some(expect_entry) = field("expect") else {
        diagnostics
            .error("missing-field", &name_span, "this case does not say what it expects")
            .help("write `expect: {}` where every rule must pass; `--update` writes what comes out");
        return None;
    };
    let expect = expected(expect_entry, diagnostics);
    const CHANGES: [&str; 7] = ["change", "remove", "add", "unread", "lists", "children", "asked"];
    let changes = CHANGES.iter().filter_map(|name| field(name).cloned()).collect();
    let place = diagnostics.sources.place(&name_span);
    let (expect_entry, in_braces) = (expect_entry.clone(), starts_with_brace(node, diagnostics));
    Some(Case { name, name_span, why, place, set: own, base: base?, changes, expect, expect_entry, in_braces, others })
}

/// What the account of a case begins with.
fn base(
    entries: &[Entry],
    span: &Span,
    above: &BTreeMap<String, usize>,
    diagnostics: &mut Diagnostics,
) -> Option<Base> {
    let mut given = entries.iter().filter(|entry| BASES.contains(&entry.key.as_str()));
    let Some(entry) = given.next() else {
        diagnostics
            .error("missing-field", span, "this case has no account")
            .help("write one in `account`, name a file in `snapshot` or `recording`, or a case above in `from`");
        return None;
    };
    if let Some(second) = given.next() {
        let message = format!("a case has one account, and this one has `{}` already", entry.key);
        diagnostics.error("two-accounts", &second.key_span, message).help("keep one of them");
        return None;
    }
    match entry.key.as_str() {
        "account" => Some(Base::Written(entry.value.clone())),
        "from" => {
            let name = text(entry, diagnostics)?;
            let number = above.get(&name).copied();
            if number.is_none() {
                let names = above.keys().map(String::as_str);
                diagnostics
                    .error("unknown-reference", &entry.value.span, format!("there is no case `{name}` above this one"))
                    .help("`from` names a case that stands before it in the same file")
                    .did_you_mean(&name, names);
            }
            number.map(Base::Case)
        }
        other => {
            let form = if other == "snapshot" { Saved::Snapshot } else { Saved::Recording };
            Some(Base::Saved { form, path: text(entry, diagnostics)?, span: entry.value.span.clone() })
        }
    }
}

/// The values of parameters.
fn parameters(entry: &Entry, diagnostics: &mut Diagnostics) -> BTreeMap<String, String> {
    let wanted = "`set` is a map from parameters to values, such as `{ prefix: shop }`";
    let entries = map(&entry.value, wanted, diagnostics).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.clone(), text(entry, diagnostics)?))).collect()
}

/// What `expect` says.
fn expected(entry: &Entry, diagnostics: &mut Diagnostics) -> Vec<Expected> {
    let wanted = "`expect` is a map from rules to verdicts, such as `{ queue-senders: fail }`";
    let mut all = Vec::new();
    for rule in map(&entry.value, wanted, diagnostics).unwrap_or_default() {
        let verdicts = match &rule.value.content {
            Content::Map(entries) if entries.is_empty() => {
                let message = format!("`{}` says nothing of what is expected", rule.key);
                diagnostics.error("nothing-to-check", &rule.value.span, message);
                continue;
            }
            Content::Map(entries) => {
                let on = |on: &Entry| Some((on.key.clone(), on.key_span.clone(), verdict(on, diagnostics)?));
                Expectation::On(entries.iter().filter_map(on).collect())
            }
            _ => match verdict(rule, diagnostics) {
                Some(verdict) => Expectation::All(verdict),
                None => continue,
            },
        };
        all.push(Expected { rule: rule.key.clone(), span: rule.key_span.clone(), verdicts });
    }
    all
}

fn verdict(entry: &Entry, diagnostics: &mut Diagnostics) -> Option<Verdict> {
    let text = text(entry, diagnostics)?;
    one_of(&text, "verdict", VERDICTS, word, &entry.value.span, diagnostics)
}

/// The beginning of a node, which may go on for many lines.
fn first_line(node: &Node) -> Span {
    Span { end: node.span.start + 1, ..node.span.clone() }
}

fn starts_with_brace(node: &Node, diagnostics: &Diagnostics) -> bool {
    diagnostics.sources.0[node.span.source].text[node.span.start..].starts_with('{')
}
