//! The cases of a file, judged: what came out, held against what is expected.

use super::coverage::{Coverage, Probed};
use super::file::{Base, Case, Expectation, Expected, Saved, Suite, word};
use super::fragment::{account, some};
use super::patch::patch;
use crate::audit::audit;
use crate::model::{Account, Finding, Place, Report, Verdict};
use crate::rules::{Diagnostics, Rules, Span, Types, Whereabouts};
use std::collections::{BTreeMap, BTreeSet};

/// What a file of cases draws on.
pub trait Inputs {
    /// The rules, with these parameters.
    ///
    /// # Errors
    /// What is wrong with them.
    fn rules(&mut self, parameters: &BTreeMap<String, String>) -> Result<Rules, Diagnostics>;

    /// The account that was saved in the file `path`, which is relative to the file of cases, and where it is.
    ///
    /// # Errors
    /// Why it cannot be read.
    fn saved(&mut self, form: Saved, path: &str, rules: &Rules) -> Result<(Account, Whereabouts), String>;
}

/// The cases of a file, judged.
#[derive(Debug)]
pub struct Judged {
    /// The cases, in the order of the file.
    pub cases: Vec<JudgedCase>,
    /// What they put to the test, if all of them were judged.
    pub coverage: Option<Coverage>,
}

/// A case, judged.
#[derive(Debug)]
pub struct JudgedCase {
    /// Its name.
    pub name: String,
    /// Why it is there, if it says.
    pub why: Option<String>,
    /// Where it stands.
    pub place: Place,
    /// The verdicts that came out otherwise than expected.
    pub mismatches: Vec<Mismatch>,
    /// The findings, in the order of the rules.
    pub(super) findings: Vec<Finding>,
}

impl JudgedCase {
    /// Whether all came out as expected.
    pub fn is_right(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// A verdict that came out otherwise than expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The rule.
    pub rule: String,
    /// The resource, as the rules file or AWS calls it.
    pub resource: String,
    /// What is expected, in words.
    pub wanted: String,
    /// What came out; none where there is no finding.
    pub found: Option<Verdict>,
    /// What the finding says, or why there is none.
    pub why: String,
    /// Where the expectation stands; where the case does, for what it does not list.
    pub place: Place,
}

impl Suite {
    /// Judges the cases that `chosen` chooses by their names. What they put to the test is told only if that is all.
    ///
    /// # Errors
    /// Every mistake in the cases, or in the rules.
    pub fn judge(
        &self,
        types: Types,
        inputs: &mut dyn Inputs,
        chosen: &dyn Fn(&str) -> bool,
    ) -> Result<Judged, Diagnostics> {
        let mut diagnostics = Diagnostics { sources: self.sources.clone(), list: Vec::new() };
        let mut rules: BTreeMap<&BTreeMap<String, String>, Probed> = BTreeMap::new();
        let mut accounts: Vec<Option<(Account, Whereabouts)>> = Vec::new();
        let mut coverage: Option<Coverage> = None;
        let mut cases = Vec::new();
        for case in &self.cases {
            if !rules.contains_key(&case.set) {
                rules.insert(&case.set, Probed::new(&inputs.rules(&case.set)?));
            }
            let Some(probed) = rules.get(&case.set) else { continue };
            check_names(self.expected(case), &probed.written, &mut diagnostics);
            let before = diagnostics.list.len();
            let made = self.account_of(case, &accounts, &probed.written, types, inputs, &mut diagnostics);
            if let (Some((account, place)), true, true) = (&made, diagnostics.list.len() == before, chosen(&case.name))
            {
                let report = audit(&probed.rules, account, place);
                coverage.get_or_insert_with(|| Coverage::of(&probed.written)).see(&report, probed);
                cases.push(self.judged(case, &report, probed, &mut diagnostics));
            }
            // What is wrong with a case is told once, and not of those that are made from it.
            accounts.push(made.filter(|_| diagnostics.list.len() == before));
        }
        if !diagnostics.list.is_empty() {
            diagnostics.sort();
            return Err(diagnostics);
        }
        let all = cases.len() == self.cases.len();
        Ok(Judged { cases, coverage: coverage.filter(|_| all) })
    }

    /// The account of `case`. `None` after a mistake, here or in the case that it is made from.
    fn account_of(
        &self,
        case: &Case,
        accounts: &[Option<(Account, Whereabouts)>],
        rules: &Rules,
        types: Types,
        inputs: &mut dyn Inputs,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Account, Whereabouts)> {
        let (mut made, place) = match &case.base {
            Base::Written(node) => account(node, rules.region.as_deref(), types, diagnostics)?,
            Base::Case(number) => accounts.get(*number)?.clone()?,
            Base::Saved { form, path, span } => match inputs.saved(*form, path, rules) {
                Ok(saved) => saved,
                Err(why) => {
                    let what = if *form == Saved::Snapshot { "snapshot" } else { "recording" };
                    diagnostics
                        .error("unreadable", span, format!("the {what} `{path}` cannot be used: {why}"))
                        .help("the path is relative to this file");
                    return None;
                }
            },
        };
        patch(&mut made, &place, &case.changes, types, diagnostics);
        Some((made, place))
    }

    /// What is expected of the rules in `case`: what it says, and of others what the file says.
    fn expected<'a>(&'a self, case: &'a Case) -> impl Iterator<Item = &'a Expected> {
        let says = |expected: &&Expected| !case.expect.iter().any(|own| own.rule == expected.rule);
        case.expect.iter().chain(self.expect.iter().filter(says))
    }

    fn judged(&self, case: &Case, report: &Report, probed: &Probed, diagnostics: &mut Diagnostics) -> JudgedCase {
        let findings: Vec<Finding> = probed.own(report).cloned().collect();
        let mismatches = mismatches(case, self.expected(case), &findings, diagnostics);
        let (name, why, place) = (case.name.clone(), case.why.clone(), case.place.clone());
        JudgedCase { name, why, place, mismatches, findings }
    }
}

/// Notes the rules and named resources in `expect` that there are not.
fn check_names<'a>(expected: impl Iterator<Item = &'a Expected>, rules: &Rules, diagnostics: &mut Diagnostics) {
    for expected in expected {
        let is_it = |rule: &&crate::rules::Rule| rule.id == expected.rule;
        let Some(rule) = rules.rules.iter().find(is_it) else {
            let ids = rules.rules.iter().map(|rule| rule.id.as_str());
            diagnostics
                .error("unknown-reference", &expected.span, format!("the rules have no rule `{}`", expected.rule))
                .help(format!("`plimsoll rules list {}` lists them", rules.file))
                .did_you_mean(&expected.rule, ids);
            continue;
        };
        let named = rule.form.named();
        let Expectation::On(on) = &expected.verdicts else { continue };
        for (resource, span, _) in on.iter().filter(|(resource, ..)| !named.is_empty() && !named.contains(resource)) {
            let names: Vec<&str> = named.iter().map(String::as_str).collect();
            diagnostics
                .error("unknown-reference", span, format!("the rule `{}` is not on `{resource}`", rule.id))
                .help(format!("it is on {}", some(&names)))
                .did_you_mean(resource, names);
        }
    }
}

fn mismatches<'a>(
    case: &'a Case,
    expected: impl Iterator<Item = &'a Expected>,
    findings: &[Finding],
    diagnostics: &Diagnostics,
) -> Vec<Mismatch> {
    let mut mismatches = Vec::new();
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    let place = |span: &Span| diagnostics.sources.place(span);
    let of = |finding: &Finding, wanted: String, place: Place| Mismatch {
        rule: finding.rule.clone(),
        resource: finding.resource.clone(),
        wanted,
        found: Some(finding.verdict),
        why: finding.found.clone(),
        place,
    };
    let nothing = |rule: &str, resource: &str, wanted: Verdict, span: &Span| {
        let there: Vec<&str> =
            findings.iter().filter(|finding| finding.rule == rule).map(|finding| finding.resource.as_str()).collect();
        let why = match &there[..] {
            [] => "there is no finding of this rule".to_owned(),
            there => format!("there is no finding on it; there are some on {}", some(there)),
        };
        let (rule, resource) = (rule.to_owned(), resource.to_owned());
        Mismatch { rule, resource, wanted: word(wanted).to_owned(), found: None, why, place: place(span) }
    };
    for expected in expected {
        let mut of_rule = findings.iter().filter(|finding| finding.rule == expected.rule).peekable();
        match &expected.verdicts {
            Expectation::All(verdict) => {
                listed.insert(&expected.rule);
                if of_rule.peek().is_none() {
                    mismatches.push(nothing(&expected.rule, "", *verdict, &expected.span));
                }
                let wrong = of_rule.filter(|finding| finding.verdict != *verdict);
                mismatches.extend(wrong.map(|finding| of(finding, word(*verdict).to_owned(), place(&expected.span))));
            }
            Expectation::On(on) => {
                listed.insert(&expected.rule);
                for (resource, span, verdict) in on {
                    let mut on_it = findings
                        .iter()
                        .filter(|finding| finding.rule == expected.rule && finding.resource == *resource)
                        .peekable();
                    if on_it.peek().is_none() {
                        mismatches.push(nothing(&expected.rule, resource, *verdict, span));
                    }
                    let wrong = on_it.filter(|finding| finding.verdict != *verdict);
                    mismatches.extend(wrong.map(|finding| of(finding, word(*verdict).to_owned(), place(span))));
                }
                let is_other = |finding: &&Finding| !on.iter().any(|(resource, ..)| finding.resource == *resource);
                let others = of_rule.filter(is_other).filter(|finding| !case.others.allows(finding.verdict));
                mismatches.extend(others.map(|finding| of(finding, case.others.in_words(), place(&expected.span))));
            }
        }
    }
    let others = findings.iter().filter(|finding| !listed.contains(finding.rule.as_str()));
    let wrong = others.filter(|finding| !case.others.allows(finding.verdict));
    mismatches.extend(wrong.map(|finding| of(finding, case.others.in_words(), case.place.clone())));
    mismatches
}
