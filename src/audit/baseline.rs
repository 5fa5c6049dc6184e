//! A report against an earlier one of the same account: what is new, what was known, what is settled.
//!
//! Pure comparison, by the ids of findings, or by rule and ARN where an id is not there. Nothing counts as fixed or gone because it was not read: what failed and is
//! unknown now stays, and so does what was in a list that could not be read to its end.

use crate::model::{BaselineHead, Finding, How, Report, Settled, Since, Verdict, Was, called};
use crate::rules::Rules;
use std::collections::{BTreeMap, BTreeSet};

/// Why two reports cannot be held against each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("it is of account {theirs}, and this is {ours}")]
pub struct OtherAccount {
    /// The account of the earlier report.
    pub theirs: String,
    /// The account of this one.
    pub ours: String,
}

/// Says of each finding of `report`, which `rules` made, whether it is new since `earlier`: the report in `file`, whose
/// hash is `sha256`.
///
/// # Errors
/// If the earlier report is of another account.
pub fn hold_against(
    report: &mut Report,
    rules: &Rules,
    earlier: &Report,
    file: &str,
    sha256: &str,
) -> Result<(), OtherAccount> {
    if earlier.account != report.account {
        return Err(OtherAccount { theirs: earlier.account.clone(), ours: report.account.clone() });
    }
    let before = before(earlier);
    let by_arn = by_arn(&before);
    let mut head = BaselineHead {
        file: file.to_owned(),
        sha256: sha256.to_owned(),
        new: 0,
        known: 0,
        changed: 0,
        fixed: 0,
        gone: 0,
        not_read: 0,
        notes: notes(report, earlier),
        settled: settled(report, rules, earlier, &before),
    };
    for finding in &mut report.findings {
        let was = was(finding, &before, &by_arn);
        let Some(since) = since(finding, was) else { continue };
        finding.since = Some(since);
        finding.was = was.filter(|was| differs(finding, was)).cloned();
        if finding.verdict == Verdict::Waived {
            continue;
        }
        match since {
            Since::New => head.new += 1,
            Since::Known => {
                head.known += 1;
                head.changed += usize::from(finding.is_changed());
            }
        }
    }
    for settled in &head.settled {
        match settled.how {
            How::Fixed => head.fixed += 1,
            How::Gone => head.gone += 1,
            How::NotRead => head.not_read += 1,
        }
    }
    report.baseline = Some(head);
    Ok(())
}

/// A finding of the earlier report.
struct Before {
    rule: String,
    resource: String,
    arn: Option<String>,
    /// Whether the ARN tells it from all others of its rule.
    is_on_itself: bool,
    was: Was,
}

/// The places of the earlier findings by rule and ARN. What tells a thing from others may not have been read this time,
/// or there may be another of its name: then its id is another one, and its ARN tells that it is the same.
fn by_arn<'b>(before: &'b BTreeMap<&str, Before>) -> BTreeMap<(&'b str, &'b str), &'b Before> {
    let on_itself = before.values().filter(|one| one.is_on_itself);
    on_itself.filter_map(|one| Some(((one.rule.as_str(), one.arn.as_deref()?), one))).collect()
}

/// What `finding` was.
fn was<'b>(
    finding: &Finding,
    before: &'b BTreeMap<&str, Before>,
    by_arn: &BTreeMap<(&'b str, &'b str), &'b Before>,
) -> Option<&'b Was> {
    let same = || by_arn.get(&finding.on_itself()?).copied();
    before.get(finding.id.as_str()).or_else(same).map(|before| &before.was)
}

/// What the earlier report knows of each finding, by id: what it found, or what it knew from a report before where it
/// could not read.
fn before(earlier: &Report) -> BTreeMap<&str, Before> {
    let not_read = earlier.baseline.iter().flat_map(|head| &head.settled).filter(|one| one.how == How::NotRead);
    let carried = not_read.map(|one| {
        let before = Before {
            rule: one.rule.clone(),
            resource: one.resource.clone(),
            arn: one.arn.clone(),
            // What it is on is not kept; what it is held against is on the thing itself.
            is_on_itself: true,
            was: one.was.clone(),
        };
        (one.id.as_str(), before)
    });
    let own = earlier.findings.iter().map(|finding| {
        let resource = called(finding.name.as_deref(), &finding.resource).to_owned();
        let (rule, arn, is_on_itself) = (finding.rule.clone(), finding.arn.clone(), finding.on_itself().is_some());
        (finding.id.as_str(), Before { rule, resource, arn, is_on_itself, was: last_known(finding) })
    });
    carried.chain(own).collect()
}

fn last_known(finding: &Finding) -> Was {
    let failed = |was: &&Was| matches!(was.verdict, Verdict::Fail | Verdict::Blocked);
    match finding.was.as_ref().filter(failed) {
        Some(was) if finding.verdict == Verdict::Unknown => was.clone(),
        _ => Was {
            verdict: finding.verdict,
            severity: finding.severity,
            state: finding.state.clone(),
            found: finding.found.clone(),
        },
    }
}

/// Whether `finding` is new; none if there is nothing to be new of.
fn since(finding: &Finding, was: Option<&Was>) -> Option<Since> {
    use Verdict::{Blocked, Fail, Unknown, Waived};
    let is_known = |verdict: Verdict| match finding.verdict {
        Fail => verdict == Fail,
        Blocked => matches!(verdict, Fail | Blocked),
        Unknown | Waived => matches!(verdict, Fail | Blocked | Unknown | Waived),
        Verdict::Pass | Verdict::NotApplicable => false,
    };
    if matches!(finding.verdict, Verdict::Pass | Verdict::NotApplicable) {
        return None;
    }
    // What could not be read is no worse for a higher severity.
    let rose = |was: &Was| finding.verdict != Unknown && finding.severity > was.severity;
    let known = was.is_some_and(|was| is_known(was.verdict) && !rose(was));
    Some(if known { Since::Known } else { Since::New })
}

/// Whether `finding` is not what it was. An earlier Plimsoll wrote no states.
fn differs(finding: &Finding, was: &Was) -> bool {
    let state = !was.state.is_empty() && was.state != finding.state;
    was.verdict != finding.verdict || was.severity != finding.severity || state
}

/// What became of what failed and does no longer.
fn settled(report: &Report, rules: &Rules, earlier: &Report, before: &BTreeMap<&str, Before>) -> Vec<Settled> {
    let now: BTreeMap<&str, Verdict> = report.findings.iter().map(|f| (f.id.as_str(), f.verdict)).collect();
    let arns: BTreeMap<(&str, &str), Verdict> =
        report.findings.iter().filter_map(|finding| Some((finding.on_itself()?, finding.verdict))).collect();
    let ids: BTreeSet<&str> = rules.rules.iter().map(|rule| rule.id.as_str()).collect();
    // A finding on all of a kind stands where the list was not read to its end, or was not read at all; and one that fails
    // where there are so many that none is told by itself.
    let on_all = || report.findings.iter().filter(|finding| finding.is_on_all());
    let is_open = |f: &&Finding| matches!(f.verdict, Verdict::Unknown | Verdict::Blocked);
    let broken: BTreeSet<&str> = on_all().filter(is_open).map(|finding| finding.rule.as_str()).collect();
    let told_together: BTreeSet<&str> =
        on_all().filter(|f| f.verdict == Verdict::Fail).map(|finding| finding.rule.as_str()).collect();
    let in_order: BTreeMap<&str, usize> = earlier.findings.iter().map(|f| f.id.as_str()).zip(0..).collect();
    let mut settled: Vec<Settled> = before
        .iter()
        .filter(|(_, before)| matches!(before.was.verdict, Verdict::Fail | Verdict::Blocked | Verdict::Waived))
        .filter_map(|(id, before)| {
            let on = before.arn.as_deref().and_then(|arn| arns.get(&(before.rule.as_str(), arn)));
            // Of a thing that is open as a whole, what became of its parts is open as well.
            let is_open = on.is_some_and(|verdict| matches!(verdict, Verdict::Unknown | Verdict::Blocked));
            let how = match now.get(id).or(on.filter(|_| before.is_on_itself)) {
                Some(Verdict::Pass) => How::Fixed,
                Some(Verdict::NotApplicable) => How::Gone,
                Some(_) => return None,
                None if told_together.contains(before.rule.as_str()) => return None,
                None if ids.contains(before.rule.as_str()) && (is_open || broken.contains(before.rule.as_str())) => {
                    How::NotRead
                }
                None => How::Gone,
            };
            let (id, rule) = ((*id).to_owned(), before.rule.clone());
            let (resource, arn) = (before.resource.clone(), before.arn.clone());
            Some(Settled { how, id, rule, resource, arn, was: before.was.clone() })
        })
        .collect();
    settled.sort_by_key(|one| in_order.get(one.id.as_str()).copied().unwrap_or(usize::MAX));
    settled
}

/// What else sets the two reports apart.
fn notes(report: &Report, earlier: &Report) -> Vec<String> {
    let mut notes = Vec::new();
    if report.rules.sha256 != earlier.rules.sha256 {
        notes.push(format!(
            "the baseline was made by other rules ({}), so some of what is new or gone may come from the rules",
            earlier.rules.file
        ));
    }
    if report.regions != earlier.regions {
        notes.push(format!(
            "the baseline is about {}, and this report about {}",
            earlier.regions.join(", "),
            report.regions.join(", ")
        ));
    }
    if report.tool != earlier.tool {
        notes.push(format!(
            "the baseline was made by Plimsoll {}, and this is {}: checks may have changed",
            earlier.tool, report.tool
        ));
    }
    notes
}
