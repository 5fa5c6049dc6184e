//! Which ways are open to somebody, and to what each leads.

use super::everyone::Everyone;
use super::paths::{PATHS, Path, Way};
use super::steps::{Step, Taken, own, prepared, toward, unlisted};
use super::subject::Subject;
use crate::checks::Case;
use crate::model::{Gap, Verdict, not_read};
use crate::reach::Proof;
use std::rc::Rc;

/// A way that is open.
pub(in crate::checks) struct Open {
    pub(in crate::checks) path: &'static Path,
    /// What is done on the way, each with what allows it.
    pub(in crate::checks) steps: Vec<Step>,
    pub(in crate::checks) gain: Gain,
}

/// What is gained by a way.
pub(in crate::checks) enum Gain {
    /// Whatever it writes itself, by writing this.
    Own(String),
    /// What somebody else may do, or could be given where the flag is set.
    Of(Rc<Subject>, bool, Proof),
}

/// What is open to somebody.
#[derive(Default)]
pub(in crate::checks) struct Ways {
    /// By id.
    pub(in crate::checks) open: Vec<Open>,
    /// What is not known, each with the id of the way.
    pub(in crate::checks) unknown: Vec<(&'static str, String)>,
    pub(in crate::checks) gaps: Vec<Gap>,
}

impl Ways {
    pub(in crate::checks) fn verdict(&self) -> Verdict {
        match (self.open.is_empty(), self.unknown.is_empty()) {
            (false, _) => Verdict::Fail,
            (true, false) => Verdict::Unknown,
            (true, true) => Verdict::Pass,
        }
    }
}

/// The ways in the order in which they are tried: what takes less first, so that what takes more for the same is not told.
pub(in crate::checks) fn by_length() -> Vec<&'static Path> {
    let mut paths: Vec<&Path> = PATHS.iter().collect();
    paths.sort_by_key(|path| path.actions.len());
    paths
}

/// What is open to `subject`, an administrator aside.
pub(in crate::checks) fn ways(case: &Case<'_>, everyone: &Everyone, subject: &Subject) -> Ways {
    let mut ways = Ways::default();
    if subject.is_administrator() || subject.grants == Ok(false) {
        return ways;
    }
    if subject.gathered.lacking_policies() {
        ways.unknown.push(("its policies", subject.gathered.why()));
        return ways;
    }
    for path in by_length() {
        let is_less = |open: &Open| open.path.actions.iter().all(|action| path.actions.contains(action));
        if ways.open.iter().any(is_less) {
            continue;
        }
        match open(case, everyone, subject, path) {
            Found::No => {}
            Found::Open(open) if subject.gathered.is_whole() => ways.open.push(*open),
            Found::Open(_) => ways.unknown.push((path.id, subject.gathered.why())),
            Found::Unknown(why, gaps) => {
                ways.unknown.push((path.id, why));
                ways.gaps.extend(gaps);
            }
        }
    }
    if let Err(gaps) = &subject.grants {
        let why = not_read(gaps);
        ways.unknown.extend(ways.open.drain(..).map(|open| (open.path.id, why.clone())));
        ways.gaps.extend(gaps.iter().cloned());
    }
    ways.open.sort_by_key(|open| open.path.id);
    ways.unknown.sort();
    ways
}

enum Found {
    No,
    Open(Box<Open>),
    Unknown(String, Vec<Gap>),
}

fn open(case: &Case<'_>, everyone: &Everyone, subject: &Subject, path: &'static Path) -> Found {
    let mut doubt: Option<String> = None;
    let first = match prepared(case, subject, path) {
        Taken::No => return Found::No,
        Taken::Yes(steps) => steps,
        Taken::Unknown(why) => {
            doubt = Some(why);
            Vec::new()
        }
    };
    let sure = doubt.is_none();
    if path.way == Way::Own {
        let (taken, written) = own(subject, path);
        match (taken, written) {
            (Taken::Yes(steps), Some(written)) => match everyone.more(subject, true, subject) {
                Ok(Some(_)) => return Found::Open(Box::new(Open { path, steps, gain: Gain::Own(written) })),
                Ok(None) => {}
                Err(why) => drop(doubt.get_or_insert(why)),
            },
            (Taken::Unknown(why), _) => drop(doubt.get_or_insert(why)),
            _ => {}
        }
    } else {
        let potential = path.way == Way::Rewritten;
        for target in &everyone.all {
            let steps = match toward(case, everyone, subject, path, target) {
                Taken::No => continue,
                Taken::Yes(steps) => steps,
                Taken::Unknown(why) => {
                    if everyone.more(target, potential, subject) != Ok(None) {
                        doubt.get_or_insert(why);
                    }
                    continue;
                }
            };
            match everyone.more(target, potential, subject) {
                Ok(None) => {}
                Ok(Some(proof)) if sure => {
                    let steps = steps.into_iter().chain(first).collect();
                    let gain = Gain::Of(Rc::clone(target), potential, proof);
                    return Found::Open(Box::new(Open { path, steps, gain }));
                }
                // What is done before is in doubt, which has been said.
                Ok(Some(_)) => return Found::Unknown(doubt.unwrap_or_default(), Vec::new()),
                Err(why) => drop(doubt.get_or_insert(why)),
            }
        }
        // Nobody is there to gain by it.
        if !sure && everyone.all.is_empty() {
            doubt = None;
        }
    }
    let gaps = unlisted(case, everyone, subject, path);
    if !gaps.is_empty() {
        return Found::Unknown(not_read(&gaps), gaps);
    }
    doubt.map_or(Found::No, |why| Found::Unknown(why, Vec::new()))
}
