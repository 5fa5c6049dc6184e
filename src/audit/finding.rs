//! One rule, judged on each resource it is on: what it needs, the points it divides, the findings it gives.

use super::resolve::Resolved;
use crate::model::{
    Account, Beyond, Call, ComparedPolicy, Finding, Gap, Hundredths, Instead, NotChecked, Part, Points, Verdict,
    not_read,
};
use crate::reach::Reach;
use crate::reach::effective::Effective;
use crate::rules::{Form, Rule, Rules, Subject, Whereabouts};
use sha2::{Digest as _, Sha256};
use std::cell::OnceCell;
use std::collections::BTreeMap;

pub(super) struct Auditor<'a> {
    pub(super) rules: &'a Rules,
    pub(super) account: &'a Account,
    pub(super) place: &'a Whereabouts,
    pub(super) resolved: &'a Resolved<'a>,
    pub(super) reach: &'a Reach<'a>,
    /// What the principals of the account may do, once a rule has asked.
    pub(super) effective: OnceCell<Effective<'a>>,
    /// What checks have worked out of the account.
    pub(super) memo: crate::checks::Memo,
}

/// What a finding is about.
pub(super) struct About<'a> {
    /// Its name in the rules file, or its physical name.
    pub(super) resource: String,
    pub(super) type_name: &'a str,
    /// What tells it from all others in the same rule, run after run.
    pub(super) identity: String,
    pub(super) name: Option<String>,
    pub(super) arn: Option<String>,
}

/// What came out of a rule on a resource, before points are given.
pub(super) struct Outcome {
    pub(super) verdict: Verdict,
    pub(super) wanted: String,
    pub(super) found: String,
    pub(super) parts: Vec<Row>,
    /// A request that shows the fault, where policies are compared.
    pub(super) witness: Option<String>,
    /// Who may do something beyond what is wanted.
    pub(super) beyond: Vec<Beyond>,
    /// Policies that are not as wanted, statement by statement.
    pub(super) policies: Vec<ComparedPolicy>,
    /// What could be written in the place of what was found.
    pub(super) instead: Vec<Instead>,
    pub(super) blocked_by: Vec<String>,
    /// What lies outside of what can be read: of what, and why.
    pub(super) not_checked: Vec<(String, String)>,
    pub(super) calls: Vec<Call>,
}

/// One thing that a rule asks of a resource, before points are given.
pub(super) struct Row {
    /// What it is about, such as a property.
    pub(super) path: String,
    pub(super) verdict: Verdict,
    pub(super) wanted: String,
    pub(super) found: String,
}

impl Outcome {
    pub(super) fn plain(verdict: Verdict, wanted: String, found: String) -> Self {
        Self {
            verdict,
            wanted,
            found,
            parts: Vec::new(),
            witness: None,
            beyond: Vec::new(),
            policies: Vec::new(),
            instead: Vec::new(),
            blocked_by: Vec::new(),
            not_checked: Vec::new(),
            calls: Vec::new(),
        }
    }

    /// What its parts come to: the worst verdict, and in words, by `wanted` and `found`, those that have it.
    pub(super) fn of_rows(
        parts: Vec<Row>,
        witness: Option<String>,
        wanted: impl Fn(&[&Row]) -> String,
        found: impl Fn(&[&Row]) -> String,
    ) -> Self {
        let Some(verdict) = parts.iter().map(|part| part.verdict).max() else {
            return super::forms::nothing_compared();
        };
        let shown: Vec<&Row> =
            parts.iter().filter(|part| verdict == Verdict::Pass || part.verdict == verdict).collect();
        let (wanted, found) = (wanted(&shown), found(&shown));
        let witness = witness.filter(|_| verdict == Verdict::Fail);
        Self { parts, witness, ..Self::plain(verdict, wanted, found) }
    }

    pub(super) fn resting_on(mut self, calls: &[Call]) -> Self {
        self.calls.extend_from_slice(calls);
        self
    }

    /// With the policies that `compared` shows, if this did not pass.
    pub(super) fn showing(mut self, compared: impl FnOnce() -> Option<ComparedPolicy>) -> Self {
        if matches!(self.verdict, Verdict::Fail | Verdict::Unknown) {
            self.policies.extend(compared());
        }
        self
    }

    pub(super) fn unknown(wanted: String, gaps: &[Gap]) -> Self {
        let calls = gaps.iter().map(|gap| gap.call.clone()).collect();
        Self { calls, ..Self::plain(Verdict::Unknown, wanted, not_read(gaps)) }
    }

    pub(super) fn blocked(wanted: String, by: Vec<String>) -> Self {
        let found = format!("not judged: {} did not pass", by.join(", "));
        Self { blocked_by: by, ..Self::plain(Verdict::Blocked, wanted, found) }
    }
}

/// What comes out, given the findings of the rules in `needs`. Where one of those did not pass, what the resource is
/// like no longer matters.
fn given(needs: &[String], judged: &BTreeMap<&str, Vec<Finding>>, outcome: Outcome) -> Outcome {
    let having = |stops: fn(Verdict) -> bool| -> Vec<String> {
        let stopped =
            |id: &&String| judged.get(id.as_str()).into_iter().flatten().any(|finding| stops(finding.verdict));
        needs.iter().filter(stopped).cloned().collect()
    };
    let blocking = having(|verdict| matches!(verdict, Verdict::Fail | Verdict::Blocked));
    if !blocking.is_empty() {
        return Outcome::blocked(outcome.wanted, blocking);
    }
    let unknown = having(|verdict| verdict == Verdict::Unknown);
    // What is unknown by itself says which call is missing, which is more than that another rule is unknown.
    if unknown.is_empty() || outcome.verdict == Verdict::Unknown {
        return outcome;
    }
    let found = format!("not judged: {} could not be decided", unknown.join(", "));
    Outcome { blocked_by: unknown, ..Outcome::plain(Verdict::Unknown, outcome.wanted, found) }
}

impl<'a> Auditor<'a> {
    /// The findings of `rule`, given those of the rules it needs.
    pub(super) fn findings(&self, rule: &'a Rule, judged: &BTreeMap<&str, Vec<Finding>>) -> Vec<Finding> {
        let outcomes: Vec<(About<'a>, Outcome)> = match &rule.form {
            Form::Exists(key) => vec![(self.about(key), self.exists(key))],
            Form::Expect { on: Subject::Named(keys), expect } => {
                keys.iter().map(|key| (self.about(key), self.expect_of(key, expect))).collect()
            }
            Form::Access(access) => access.to.iter().map(|key| (self.about(key), self.access(key, access))).collect(),
            Form::Permissions(permissions) => {
                permissions.of.iter().map(|key| (self.about(key), self.permissions(key, permissions))).collect()
            }
            Form::Statements(statements) => vec![(self.about(&statements.of), self.statements(statements))],
            Form::Expect { on: Subject::Each { kind, filter }, expect } => {
                let region = self.place.region_of_scope(kind.scope);
                self.expect_of_each(kind.type_name, region, filter, expect)
            }
            Form::Only { .. } => vec![self.only(rule)],
            Form::Check { check, on } => self.check(check, on),
            Form::Flow(flow) => vec![self.flow(flow)],
            Form::Unexpected(unexpected) => self.unexpected(unexpected),
        };
        let applicable = outcomes.iter().filter(|(_, outcome)| outcome.verdict != Verdict::NotApplicable).count();
        let mut shares = rule.points.shares(applicable).into_iter();
        outcomes
            .into_iter()
            .map(|(about, outcome)| {
                if outcome.verdict == Verdict::NotApplicable {
                    return finding(rule, about, outcome, Hundredths::default(), self);
                }
                let points = shares.next().unwrap_or_default();
                let named = !matches!(rule.form, Form::Exists(_)) && !rule.form.named().is_empty();
                let on = named.then_some(about.resource.as_str());
                let needs = self.needs(rule, on);
                let outcome = given(&needs, judged, outcome);
                finding(rule, about, outcome, points, self)
            })
            .collect()
    }

    /// The rules that must pass before `rule` is judged on the resource `on`: those it names, and that what it rests
    /// on exists, each once.
    fn needs(&self, rule: &Rule, on: Option<&str>) -> Vec<String> {
        let mut needs = rule.needs.clone();
        for key in self.rules.rests_on(rule, on) {
            let id = self.rules.resource(key).exists_rule();
            if !needs.contains(&id) {
                needs.push(id);
            }
        }
        needs
    }
}

/// Puts the finding together. Points divide over the parts; what passed has earned its share.
fn finding(rule: &Rule, about: About<'_>, outcome: Outcome, points: Hundredths, auditor: &Auditor<'_>) -> Finding {
    let give = |verdict: Verdict, possible: Hundredths| Points {
        earned: if verdict == Verdict::Pass { possible } else { Hundredths::default() },
        possible,
    };
    let state = state(&about.resource, &outcome);
    let shares = points.shares(outcome.parts.len());
    let parts: Vec<Part> = outcome
        .parts
        .into_iter()
        .zip(shares)
        .map(|(Row { path, verdict, wanted, found }, share)| Part {
            path,
            verdict,
            wanted,
            found,
            points: give(verdict, share),
        })
        .collect();
    let total = if parts.is_empty() {
        give(outcome.verdict, points)
    } else {
        parts.iter().fold(Points::default(), |total, part| total.plus(part.points))
    };
    let not_checked = outcome
        .not_checked
        .iter()
        .map(|(what, why)| NotChecked { what: format!("{}: {what}", rule.id), why: why.clone() });
    let not_checked = not_checked.collect();
    let mut evidence: Vec<String> = outcome.calls.iter().map(ToString::to_string).collect();
    evidence.sort();
    evidence.dedup();
    Finding {
        id: id(&[&rule.id, &auditor.account.caller.account, about.type_name, &about.identity]),
        state,
        rule: rule.id.clone(),
        title: rule.title.clone(),
        resource: about.resource,
        type_name: about.type_name.to_owned(),
        name: about.name,
        arn: about.arn,
        verdict: outcome.verdict,
        severity: rule.severity,
        points: total,
        step: rule.step.clone(),
        wanted: outcome.wanted,
        found: outcome.found,
        parts,
        place: rule.place.clone(),
        witness: outcome.witness,
        beyond: outcome.beyond,
        policies: outcome.policies,
        instead: outcome.instead,
        reason: rule.reason.clone(),
        controls: rule.controls.clone(),
        fix: rule.fix.clone(),
        hint: rule.hint.clone(),
        for_staff: auditor.rules.for_staff(rule),
        not_checked,
        blocked_by: outcome.blocked_by,
        excused: false,
        waiver: None,
        since: None,
        was: None,
        evidence,
    }
}

/// 16 hexadecimal digits over what was found, whatever the rule says of it besides.
fn state(resource: &str, outcome: &Outcome) -> String {
    let mut parts = vec![resource, outcome.verdict.as_str(), outcome.found.as_str()];
    let rows = outcome.parts.iter();
    parts.extend(rows.flat_map(|row| [row.path.as_str(), row.verdict.as_str(), row.found.as_str()]));
    for one in &outcome.beyond {
        parts.push(&one.who);
        for list in [&one.actions, &one.by, &one.conditions] {
            // The end of one list is not the start of the next.
            parts.push("");
            parts.extend(list.iter().map(String::as_str));
        }
    }
    id(&parts)
}

/// 16 hexadecimal digits over `parts`, such as what makes a finding the same finding, each part with its length before it.
fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
