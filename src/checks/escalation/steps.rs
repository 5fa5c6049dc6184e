//! Whether what one way takes is allowed: each of its actions, on what the way does it to.

use super::everyone::{Everyone, Says};
use super::paths::{Path, Way};
use super::subject::Subject;
use crate::checks::Case;
use crate::iam::Policy;
use crate::iam::catalogue::Catalogue;
use crate::model::{FUNCTION, GROUP, Gap, ROLE, USER, not_read};
use crate::reach::May;
use crate::reach::effective::By;

const PASS: &str = "iam:PassRole";
const ASSUME: &str = "sts:AssumeRole";

/// An action of a way that is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checks) struct Step {
    pub(in crate::checks) action: &'static str,
    /// The statements that allow it.
    pub(in crate::checks) by: Vec<String>,
    /// The request, on one line.
    pub(in crate::checks) request: String,
}

/// Whether what a way takes is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checks) enum Taken {
    No,
    Yes(Vec<Step>),
    Unknown(String),
}

impl Taken {
    /// All that both take.
    pub(in crate::checks) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes(mut steps) => match other() {
                Self::Yes(more) => {
                    steps.extend(more);
                    Self::Yes(steps)
                }
                other => other,
            },
            Self::Unknown(why) => match other() {
                Self::No => Self::No,
                _ => Self::Unknown(why),
            },
        }
    }

    /// What any of these takes: the first that is surely allowed.
    fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut unknown = None;
        for one in all {
            match one {
                Self::Yes(steps) => return Self::Yes(steps),
                Self::Unknown(why) => drop(unknown.get_or_insert(why)),
                Self::No => {}
            }
        }
        unknown.map_or(Self::No, Self::Unknown)
    }

    fn all(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::Yes(Vec::new()), |taken, one| taken.and(|| one))
    }
}

fn step(action: &'static str, may: May) -> Taken {
    match may {
        May::No => Taken::No,
        May::Yes(proof) => Taken::Yes(vec![Step { action, by: proof.allowed_by, request: proof.line }]),
        May::Unknown(why) => Taken::Unknown(format!("{action}: {why}")),
    }
}

/// Whether `subject` may do `action` to this ARN, which carries this boundary.
fn on(subject: &Subject, action: &'static str, arn: &str, boundary: Option<&str>) -> Taken {
    let partition = arn.split(':').nth(1).unwrap_or("aws");
    // What is attached is the strongest policy there is.
    let strongest = format!("arn:{partition}:iam::aws:policy/AdministratorAccess");
    let mut pins = vec![("iam:PermissionsBoundary", boundary)];
    if action.starts_with("iam:Attach") {
        pins.push(("iam:PolicyARN", Some(strongest.as_str())));
    }
    step(action, subject.may(action, arn, &pins))
}

/// Whether `subject` may do `action` to anything of the account.
fn somewhere(case: &Case<'_>, subject: &Subject, action: &'static str) -> Taken {
    let account = &case.reach.account.caller.account;
    let asked = || {
        let mut resources: Vec<String> = Vec::new();
        if let Some(known) = Catalogue::embedded().action(action) {
            let formats = known.resource_types().flat_map(|target| target.resource_type().arn_formats());
            resources.extend(formats.map(|format| filled(&format.to_string(), &case.place.partition, account)));
        }
        if resources.is_empty() {
            resources.push("*".to_owned());
        }
        let asked = serde_json::json!({
            "Version": "2008-10-17",
            "Statement": { "Effect": "Allow", "Action": action, "Resource": resources },
        });
        Policy::parse(&asked.to_string())
    };
    step(action, subject.may_somewhere(action, asked))
}

/// The form of an ARN with the partition and the account in their places, and `*` in all others.
fn filled(form: &str, partition: &str, account: &str) -> String {
    let mut parts = form.split("${");
    let mut arn = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        arn.push_str(match name {
            "Partition" => partition,
            "Account" | "AccountId" => account,
            _ => "*",
        });
        arn.push_str(rest);
    }
    arn
}

/// Whether the actions of a way that are done to anything at all are allowed.
pub(in crate::checks) fn prepared(case: &Case<'_>, subject: &Subject, path: &Path) -> Taken {
    if !path.actions.iter().all(|action| subject.speaks_of(action)) && path.way != Way::Assume {
        return Taken::No;
    }
    let of_way = |action: &&&'static str| match path.way {
        Way::Pass { .. } => **action != PASS,
        Way::At(_) => true,
        _ => false,
    };
    Taken::all(path.actions.iter().filter(of_way).map(|action| somewhere(case, subject, action)))
}

/// Whether `subject` may write the policies that hold for it, as a way of [`Way::Own`] does; with what it writes.
pub(in crate::checks) fn own(subject: &Subject, path: &Path) -> (Taken, Option<String>) {
    let mut unknown = Taken::No;
    for arn in &subject.own {
        let fits = |action: &&str| of_type(action).is_some_and(|type_name| arn.contains(type_name));
        if !path.actions.iter().all(fits) {
            continue;
        }
        let boundary = if *arn == subject.arn { subject.boundary.as_deref() } else { None };
        match Taken::all(path.actions.iter().map(|action| on(subject, action, arn, boundary))) {
            Taken::No => {}
            Taken::Unknown(why) => unknown = Taken::Unknown(why),
            taken @ Taken::Yes(_) => return (taken, Some(arn.clone())),
        }
    }
    (unknown, None)
}

/// What ARNs of the things that an action of IAM writes have in them.
fn of_type(action: &str) -> Option<&'static str> {
    let name = action.strip_prefix("iam:")?;
    [("Role", ":role/"), ("User", ":user/"), ("Group", ":group/"), ("PolicyVersion", ":policy/")]
        .iter()
        .find_map(|(word, part)| name.contains(word).then_some(*part))
}

/// The type that a way leads to.
pub(in crate::checks) fn leads_to(path: &Path) -> Option<&'static str> {
    match path.way {
        Way::Own => None,
        Way::Join => Some(GROUP),
        Way::Credentials => Some(USER),
        Way::Rewritten if path.actions.contains(&"iam:CreateAccessKey") => Some(USER),
        _ => Some(ROLE),
    }
}

/// Whether a way leads `subject` to `target`; what [`prepared`] says is not asked again.
pub(in crate::checks) fn toward(
    case: &Case<'_>,
    everyone: &Everyone,
    subject: &Subject,
    path: &Path,
    target: &Subject,
) -> Taken {
    if leads_to(path) != Some(target.type_name) || subject.own.contains(&target.arn) || target.is_of_aws() {
        return Taken::No;
    }
    let boundary = target.boundary.as_deref();
    let on_target = |action: &'static str| on(subject, action, &target.arn, boundary);
    match path.way {
        Way::Own => Taken::No,
        Way::Join if subject.type_name == ROLE => Taken::No,
        Way::Join | Way::Credentials | Way::Trust => Taken::all(path.actions.iter().map(|action| on_target(action))),
        Way::Assume => assumes(case, everyone, subject, target, true),
        Way::Rewritten => Taken::all(path.actions.iter().map(|action| match *action {
            ASSUME => assumes(case, everyone, subject, target, false),
            "iam:CreatePolicyVersion" => {
                let policies = target.own.iter().filter(|arn| arn.contains(":policy/"));
                Taken::any(policies.map(|arn| on(subject, action, arn, None)))
            }
            action => on_target(action),
        })),
        Way::Pass { to, runs } => {
            let passed = to.iter().map(|service| {
                let pins = [("iam:PassedToService", Some(*service))];
                step(PASS, subject.may(PASS, &target.arn, &pins))
            });
            // Whom a role lets in is the same for all who may pass it, and known at once.
            trusted(everyone.lets_in(case, target, runs)).and(|| Taken::any(passed))
        }
        Way::At(service) => trusted(everyone.lets_in(case, target, super::paths::Runs::Service(service))),
        Way::Function => {
            let runs = everyone.functions.iter().filter_map(|function| match &function.role {
                Ok(role) if role.as_deref() == Some(&target.arn) => {
                    let asked = |action: &&'static str| step(action, subject.may(action, &function.arn, &[]));
                    Some(Taken::all(path.actions.iter().map(asked)))
                }
                Ok(_) => None,
                Err(gap) => Some(Taken::Unknown(format!(
                    "what the function {} runs as: {}",
                    function.name,
                    not_read(std::slice::from_ref(gap))
                ))),
            });
            Taken::any(runs)
        }
    }
}

fn trusted(says: Says) -> Taken {
    match says {
        Says::Yes => Taken::Yes(Vec::new()),
        Says::No => Taken::No,
        Says::Unknown(why) => Taken::Unknown(why),
    }
}

/// Whether `subject` can assume `target`; if `unnamed`, only where neither side names the other: the role lets the whole
/// account in, and the grant is on every role.
pub(in crate::checks) fn assumes(
    case: &Case<'_>,
    everyone: &Everyone,
    subject: &Subject,
    target: &Subject,
    unnamed: bool,
) -> Taken {
    if target.type_name != ROLE || !subject.is_principal() || subject.arn == target.arn {
        return Taken::No;
    }
    let generic = || {
        let role = subject.unnamed(ROLE);
        let may = role.map(|role| subject.may(ASSUME, &role, &[]));
        may.map_or(Taken::Unknown("its resources name every letter there is".to_owned()), |may| step(ASSUME, may))
    };
    if unnamed && (!subject.speaks_of(ASSUME) || generic() == Taken::No) {
        return Taken::No;
    }
    let assumers = everyone.assumers(case, target);
    if let Some(way) = assumers.can.get(&subject.arn) {
        if unnamed && way.by != By::Identity {
            return Taken::No;
        }
        let whose = |place: &String| match place.strip_suffix(" of the trust policy") {
            Some(statement) => format!("{statement} of the trust policy of {}", target.name),
            None => place.clone(),
        };
        let by = way.statements.iter().map(whose).collect();
        let step = Step { action: ASSUME, by, request: way.request.to_string() };
        return Taken::Yes(vec![step]);
    }
    match assumers.unknown.get(&subject.arn) {
        Some(why) => Taken::Unknown(format!("whether it can assume {}: {why}", target.name)),
        None => Taken::No,
    }
}

/// What kept the lists that a way looks through from their end, if something that they lack could matter.
pub(in crate::checks) fn unlisted(case: &Case<'_>, everyone: &Everyone, subject: &Subject, path: &Path) -> Vec<Gap> {
    let mut types: Vec<&str> = leads_to(path).into_iter().collect();
    if path.way == Way::Function {
        types.push(FUNCTION);
    }
    let mut gaps: Vec<Gap> = types.iter().filter_map(|name| everyone.gaps.get(name)).flatten().cloned().collect();
    if path.way == Way::Own {
        gaps.extend(subject.own_gaps.iter().cloned());
    }
    if gaps.is_empty() {
        return gaps;
    }
    let asked = path.actions.iter().filter(|action| **action != ASSUME);
    let conceivable = asked.map(|action| somewhere(case, subject, action)).all(|taken| taken != Taken::No);
    if conceivable { gaps } else { Vec::new() }
}
