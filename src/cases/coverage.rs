//! Which rules and matchers the cases of a file put to the test.
//!
//! A rule is tested when it passed in one case and failed in another. A matcher is tested when it was seen to hold and
//! seen not to hold. Matchers are each property of an `expect` (where there are several), each bound of `access` and
//! `permissions` (`exactly` is a floor and a ceiling), each link of a `flow`, and each property of a `where` or
//! `select`, which is held against every resource of its type.
//!
//! What a finding does not tell by its parts is asked by rules of its own, which are judged beside those of the file:
//! each asks for one bound alone, or for what a filter says of every resource. They change no other verdict.

use crate::model::{Finding, Place, Report, Verdict};
use crate::rules::{Bounds, Form, Rule, Rules, Subject};
use std::collections::BTreeMap;

/// What the cases of one file saw of the rules that stand in the rules file itself; what that extends is not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The rules, in the order of the file.
    pub rules: Vec<RuleSeen>,
}

/// What was seen of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSeen {
    /// Its id.
    pub rule: String,
    /// Where it stands.
    pub place: Place,
    /// In how many cases a finding of it passed.
    pub passed: usize,
    /// In how many cases a finding of it failed.
    pub failed: usize,
    /// Its matchers.
    pub matchers: Vec<MatcherSeen>,
}

/// What was seen of a matcher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatcherSeen {
    /// What it is, such as `expect.KeySchema`.
    pub matcher: String,
    /// Where it stands.
    pub place: Place,
    /// In how many cases it held for something.
    pub held: usize,
    /// In how many cases it did not hold for something.
    pub broken: usize,
    /// Whether it says which resources a rule is about, and not what they must be like.
    pub filter: bool,
}

impl RuleSeen {
    /// Whether it passed in one case and failed in another.
    pub fn is_tested(&self) -> bool {
        self.passed > 0 && self.failed > 0
    }

    /// The matchers that were not seen both to hold and not to hold, and are not told with the rule itself.
    pub fn untested(&self) -> impl Iterator<Item = &MatcherSeen> {
        self.matchers.iter().filter(|matcher| !matcher.is_tested() && (matcher.filter || self.is_tested()))
    }
}

impl MatcherSeen {
    /// Whether it was seen both to hold and not to hold.
    pub fn is_tested(&self) -> bool {
        self.held > 0 && self.broken > 0
    }
}

impl Coverage {
    /// Whether every rule and every matcher was tested.
    pub fn is_whole(&self) -> bool {
        self.rules.iter().all(|rule| rule.is_tested() && rule.untested().next().is_none())
    }
}

/// What stands before the name of a link of a flow.
const LINK: &str = "flow: ";

/// A rule that asks what a finding of another does not tell.
struct Probe {
    /// The rule that it asks about.
    of: String,
    /// What its verdict tells; none where each of its parts tells of one matcher.
    tells: Option<String>,
    /// What stands before the path of each part.
    prefix: String,
    /// What stands behind it.
    suffix: [(&'static str, &'static str); 2],
}

/// Rules with those that ask about their matchers.
pub(super) struct Probed {
    /// The rules alone.
    pub(super) written: Rules,
    /// All of them.
    pub(super) rules: Rules,
    probes: BTreeMap<String, Probe>,
}

impl Probed {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut probed = Self { written: rules.clone(), rules: rules.clone(), probes: BTreeMap::new() };
        for rule in &rules.rules {
            for (form, tells, prefix) in probes(rule, rules) {
                // No id of a rules file has a blank in it.
                let id = format!("{} probe {}", rule.id, probed.probes.len());
                let suffix = match &rule.form {
                    Form::Permissions(_) => [("at_least", "exactly, as a floor"), ("at_most", "exactly, as a ceiling")],
                    _ => [("", ""), ("", "")],
                };
                // What a filter says does not wait for what the rule waits for.
                let is_filter = matches!(form, Form::Expect { .. });
                let needs = if is_filter { Vec::new() } else { rule.needs.clone() };
                probed.rules.rules.push(Rule { id: id.clone(), form, needs, ..rule.clone() });
                probed.probes.insert(id, Probe { of: rule.id.clone(), tells, prefix, suffix });
            }
        }
        probed
    }

    /// The findings of `report` on the rules themselves.
    pub(super) fn own<'r>(&self, report: &'r Report) -> impl Iterator<Item = &'r Finding> {
        report.findings.iter().filter(|finding| !self.probes.contains_key(&finding.rule))
    }
}

/// What else is to be asked about `rule`: the form, what its verdict tells, or what stands before the path of its parts.
fn probes(rule: &Rule, rules: &Rules) -> Vec<(Form, Option<String>, String)> {
    let each = |kind, filter: &[(String, _)], prefix: &str| {
        let form = Form::Expect { on: Subject::Each { kind, filter: Vec::new() }, expect: filter.to_vec() };
        (!filter.is_empty()).then(|| (form, None, format!("{prefix}.")))
    };
    match &rule.form {
        Form::Exists(key) => {
            let resource = rules.resource(key);
            each(resource.kind, resource.select(), "select").into_iter().collect()
        }
        Form::Expect { on: Subject::Each { kind, filter }, .. }
        | Form::Check { on: Subject::Each { kind, filter }, .. }
        | Form::Only { kind, filter, .. } => each(kind, filter, "where").into_iter().collect(),
        Form::Access(access) => {
            let one = |at_least: Option<_>, at_most: Option<_>, tells: &str| {
                let who = Bounds::Between { at_least, at_most };
                let access = crate::rules::Access { who, ..access.clone() };
                (Form::Access(access), Some(format!("access.{tells}")), String::new())
            };
            match &access.who {
                // Nobody is always let in.
                Bounds::Exactly(who) if who.is_empty() => Vec::new(),
                Bounds::Exactly(who) => vec![
                    one(Some(who.clone()), None, "exactly, as a floor"),
                    one(None, Some(who.clone()), "exactly, as a ceiling"),
                ],
                Bounds::Between { at_least: Some(least), at_most: Some(most) } => {
                    vec![one(Some(least.clone()), None, "at_least"), one(None, Some(most.clone()), "at_most")]
                }
                Bounds::Between { .. } => Vec::new(),
            }
        }
        Form::Permissions(permissions) => match &permissions.bounds {
            Bounds::Exactly(document) => {
                let both = Some(document.clone());
                let bounds = Bounds::Between { at_least: both.clone(), at_most: both };
                let permissions = crate::rules::Permissions { bounds, ..permissions.clone() };
                vec![(Form::Permissions(permissions), None, "permissions.".to_owned())]
            }
            Bounds::Between { .. } => Vec::new(),
        },
        Form::Statements(_) | Form::Flow(_) | Form::Expect { .. } | Form::Check { .. } | Form::Unexpected(_) => {
            Vec::new()
        }
    }
}

/// What the parts of the findings of `rule` tell: what stands before their paths.
fn parts(rule: &Rule) -> Option<&'static str> {
    match &rule.form {
        Form::Expect { expect, .. } if expect.len() > 1 => Some("expect."),
        Form::Permissions(permissions) if matches!(permissions.bounds, Bounds::Between { .. }) => Some("permissions."),
        Form::Flow(_) => Some(LINK),
        _ => None,
    }
}

/// Whether something was seen to hold, and whether something was seen not to.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    held: bool,
    broken: bool,
}

impl Seen {
    fn see(&mut self, verdict: Verdict) {
        self.held |= verdict == Verdict::Pass;
        self.broken |= verdict == Verdict::Fail;
    }
}

impl Coverage {
    /// The rules of the file itself, of which nothing was seen yet.
    pub(super) fn of(rules: &Rules) -> Self {
        let own = rules.rules.iter().filter(|rule| rule.place.file == rules.file);
        let seen = |rule: &Rule| RuleSeen {
            rule: rule.id.clone(),
            place: rule.place.clone(),
            passed: 0,
            failed: 0,
            matchers: matchers(rule, rules),
        };
        Self { rules: own.map(seen).collect() }
    }

    /// Takes in what `report`, on the account of one case, tells.
    pub(super) fn see(&mut self, report: &Report, probed: &Probed) {
        let mut rules: BTreeMap<&str, Seen> = BTreeMap::new();
        let mut matchers: BTreeMap<(&str, String), Seen> = BTreeMap::new();
        for finding in &report.findings {
            let told = match probed.probes.get(&finding.rule) {
                None => {
                    rules.entry(&finding.rule).or_default().see(finding.verdict);
                    let rule = probed.rules.rules.iter().find(|rule| rule.id == finding.rule);
                    rule.and_then(parts).map(|prefix| (finding.rule.as_str(), prefix, [("", ""); 2]))
                }
                Some(Probe { of, tells: Some(tells), .. }) => {
                    matchers.entry((of, tells.clone())).or_default().see(finding.verdict);
                    None
                }
                Some(Probe { of, prefix, suffix, .. }) => Some((of.as_str(), prefix.as_str(), *suffix)),
            };
            let Some((of, prefix, suffix)) = told else { continue };
            for part in &finding.parts {
                let path = suffix.iter().find(|(from, _)| *from == part.path).map_or(part.path.as_str(), |(_, to)| to);
                matchers.entry((of, format!("{prefix}{path}"))).or_default().see(part.verdict);
            }
        }
        for rule in &mut self.rules {
            let seen = rules.get(rule.rule.as_str()).copied().unwrap_or_default();
            rule.passed += usize::from(seen.held);
            rule.failed += usize::from(seen.broken);
            let Some(of) = probed.rules.rules.iter().find(|one| one.id == rule.rule) else { continue };
            let passed = usize::from(rules.get(rule.rule.as_str()).is_some_and(|seen| seen.held));
            let here: BTreeMap<&str, Seen> = matchers
                .iter()
                .filter(|((of, _), _)| *of == rule.rule)
                .map(|((_, matcher), seen)| (matcher.as_str(), *seen))
                .collect();
            for matcher in here.keys().filter(|matcher| matcher.starts_with(LINK)) {
                // Which links a flow has is known once one was judged. Some are told only where they do not hold, so
                // where the flow passed, they held.
                if !rule.matchers.iter().any(|known| known.matcher == *matcher) {
                    let held = rule.passed - passed;
                    rule.matchers.push(MatcherSeen { held, ..matcher_of(of, (*matcher).to_owned()) });
                }
            }
            for known in &mut rule.matchers {
                let unseen = Seen { held: passed > 0 && known.matcher.starts_with(LINK), broken: false };
                let seen = here.get(known.matcher.as_str()).copied().unwrap_or(unseen);
                known.held += usize::from(seen.held);
                known.broken += usize::from(seen.broken);
            }
        }
    }
}

/// The matchers of `rule`, as far as they are known before anything is judged.
fn matchers(rule: &Rule, rules: &Rules) -> Vec<MatcherSeen> {
    let mut names: Vec<String> = Vec::new();
    match &rule.form {
        Form::Expect { expect, .. } if expect.len() > 1 => {
            names.extend(expect.iter().map(|(field, _)| format!("expect.{field}")));
        }
        Form::Permissions(permissions) => match &permissions.bounds {
            Bounds::Exactly(_) => names
                .extend(["exactly, as a floor", "exactly, as a ceiling"].map(|bound| format!("permissions.{bound}"))),
            bounds => names.extend(bounds.iter().map(|(side, _)| format!("permissions.{}", side.as_str()))),
        },
        _ => {}
    }
    for (form, tells, prefix) in probes(rule, rules) {
        names.extend(tells);
        if let Form::Expect { expect, .. } = form {
            names.extend(expect.iter().map(|(field, _)| format!("{prefix}{field}")));
        }
    }
    names.into_iter().map(|name| matcher_of(rule, name)).collect()
}

fn matcher_of(rule: &Rule, matcher: String) -> MatcherSeen {
    let written = matcher.split([',', ':']).next().unwrap_or_default();
    let place = rule.matchers.get(written).unwrap_or(&rule.place).clone();
    let filter = matcher.starts_with("where.") || matcher.starts_with("select.");
    MatcherSeen { matcher, place, held: 0, broken: 0, filter }
}
