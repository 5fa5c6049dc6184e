//! What questions to an account share: the action and the resource that were typed, and reading what answers them.

use super::Failure;
use super::scan::{From, Progress, Whence, could_not_start, log, place_of};
use crate::aws::{Session, Source};
use crate::iam::catalogue::Catalogue;
use crate::model::{
    Account, Arn, ArnRule, Call, Kind, Listing, MANAGED_POLICY, Needs, OwnPolicy, ROLE, Resource, Scope, USER,
};
use crate::reach::effective::{Effective, Target, goes_with};
use crate::rules::{closest, need_principals};
use crate::scan::fetch;
use crate::services;
use clap::Args;
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// Where the answers come from, and what is kept of them.
#[derive(Debug, Args)]
pub(super) struct Asking {
    #[command(flatten)]
    pub(super) from: From,
    /// Record the answers, redacted, to be replayed anywhere
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

/// A resource, as it was typed.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// `*`: none at all.
    Nothing,
    /// Every one of a kind.
    Every(&'static Kind),
    /// One.
    One { kind: &'static Kind, name: String, arn: Option<Arn> },
}

/// The action as AWS spells it.
pub(super) fn action(typed: &str) -> Result<String, Failure> {
    let catalogue = Catalogue::embedded();
    if let Some(action) = catalogue.action(typed) {
        return Ok(action.full_name());
    }
    if typed.contains(['*', '?']) {
        return Err(Failure::usage(
            format!("`{typed}` stands for several actions, and each has an answer of its own"),
            "name one action, such as sqs:SendMessage",
        ));
    }
    let hint = match catalogue.near(typed) {
        Some(near) => format!("did you mean {near}?"),
        None => "actions are written SERVICE:Action, such as sqs:SendMessage".to_owned(),
    };
    Err(Failure::usage(format!("AWS has no action `{typed}` (as of {})", catalogue.date()), hint))
}

/// The kinds that a resource can be named by: those that are found by a name of their own.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    services::kinds().filter(|kind| kind.parent.is_none())
}

/// What `TYPE/NAME` calls a kind.
fn word(kind: &Kind) -> String {
    kind.noun.to_lowercase().replace(' ', "-")
}

impl Subject {
    /// What was typed: an ARN, `TYPE/NAME`, or `*`.
    pub(super) fn typed(text: &str) -> Result<Self, Failure> {
        if text == "*" {
            return Ok(Self::Nothing);
        }
        if text.starts_with("arn:") {
            return Self::of_arn(text);
        }
        let words: Vec<String> = kinds().map(word).collect();
        let Some((written, name)) = text.rsplit_once('/').filter(|(kind, name)| !kind.is_empty() && !name.is_empty())
        else {
            return Err(Failure::usage(
                format!("`{text}` names no resource"),
                format!("write its ARN, or TYPE/NAME such as queue/{text}; TYPE is one of {}", words.join(", ")),
            ));
        };
        // A path between the two is the resource's own, and its name is unique without it.
        let first = if written.starts_with("AWS::") { written } else { written.split('/').next().unwrap_or(written) };
        let is_meant = |kind: &&Kind| word(kind).eq_ignore_ascii_case(first) || kind.type_name == written;
        let Some(kind) = kinds().find(is_meant) else {
            let hint = match closest(first, words.iter().map(String::as_str)) {
                Some(near) => format!("did you mean {near}/{name}?"),
                None => format!("TYPE is one of {}", words.join(", ")),
            };
            return Err(Failure::usage(format!("there is no type of resource `{first}`"), hint));
        };
        if name == "*" {
            return Ok(Self::Every(kind));
        }
        Ok(Self::One { kind, name: name.to_owned(), arn: None })
    }

    fn of_arn(text: &str) -> Result<Self, Failure> {
        let arn: Arn = text.parse().map_err(|why| {
            Failure::usage(format!("`{text}` is no ARN: {why}"), "write the whole ARN of the resource")
        })?;
        let named = kinds().filter(|kind| kind.service == arn.service).find_map(|kind| {
            let name = match kind.arn {
                ArnRule::FromName(form) => {
                    let (before, after) = form.split_once("{}")?;
                    arn.resource.strip_prefix(before)?.strip_suffix(after).filter(|name| !name.contains(['/', ':']))?
                }
                ArnRule::Read if kind.service == "iam" => {
                    let noun = if kind.type_name == MANAGED_POLICY { "policy" } else { kind.noun };
                    arn.resource.strip_prefix(noun)?.strip_prefix('/')?.rsplit('/').next()?
                }
                ArnRule::Read => arn.resource.strip_prefix("/restapis/").filter(|id| !id.contains('/'))?,
            };
            Some((kind, name.to_owned()))
        });
        match named {
            Some((kind, name)) => Ok(Self::One { kind, name, arn: Some(arn) }),
            None => {
                let known: Vec<String> = kinds().map(word).collect();
                Err(Failure::usage(
                    format!("no type that Plimsoll reads has the ARN `{text}`"),
                    format!(
                        "it reads {}; of what lies within one, such as a stream or an alias, it reads no policy",
                        known.join(", ")
                    ),
                ))
            }
        }
    }

    /// The region that the resource says it is in.
    pub(super) fn region(&self) -> Option<&str> {
        match self {
            Self::One { arn: Some(arn), .. } if !arn.region.is_empty() => Some(&arn.region),
            _ => None,
        }
    }

    /// Refuses an action that is not asked of such a resource.
    pub(super) fn check(&self, action: &str) -> Result<(), Failure> {
        let known = Catalogue::embedded().action(action);
        let of_none = known.is_some_and(|action| action.is_wildcard_only());
        match self {
            Self::Nothing if of_none => Ok(()),
            Self::Nothing => Err(Failure::usage(
                format!("{action} is asked of a resource, and `*` is none"),
                "name one: its ARN, or TYPE/NAME such as queue/POC-Queue",
            )),
            Self::Every(_) | Self::One { .. } if of_none => Err(Failure::usage(
                format!("{action} is asked of no resource"),
                format!("write '*' in its place: plimsoll who-can {action} '*'"),
            )),
            Self::Every(kind) | Self::One { kind, .. } => {
                let example = match (self, kind.arn) {
                    (Self::One { arn: Some(arn), .. }, _) => arn.to_string(),
                    (_, ArnRule::FromName(form)) => {
                        format!("arn:aws:{}:r:111122223333:{}", kind.service, form.replace("{}", "x"))
                    }
                    _ if kind.type_name == MANAGED_POLICY => "arn:aws:iam::111122223333:policy/x".to_owned(),
                    _ if kind.service == "iam" => format!("arn:aws:iam::111122223333:{}/x", kind.noun),
                    _ => format!("arn:aws:{}:r::/restapis/x", kind.service),
                };
                if goes_with(action, &example) {
                    return Ok(());
                }
                let types: Vec<&str> = known
                    .iter()
                    .flat_map(|action| action.resource_types())
                    .map(|target| target.resource_type().name())
                    .collect();
                Err(Failure::usage(
                    format!("{action} is not asked of a {}", kind.noun),
                    format!("it is asked of: {}", types.join(", ")),
                ))
            }
        }
    }

    /// The policy that the kind carries, if it carries one.
    pub(super) fn own_policy(&self) -> Option<OwnPolicy> {
        match self {
            Self::Nothing => None,
            Self::Every(kind) | Self::One { kind, .. } => kind.standing.own_policy,
        }
    }

    fn need(&self, region: &str, needs: &mut Needs) {
        let fields: Vec<&str> = self.own_policy().iter().map(|own| own.field).collect();
        match self {
            Self::Nothing => {}
            Self::Every(kind) => needs.all(kind.type_name, region_of(kind, region), fields),
            // Only a list of all tells which of them has an id that is no name.
            Self::One { kind, .. } if kind.arn == ArnRule::Read && kind.scope == Scope::Regional => {
                needs.all(kind.type_name, region_of(kind, region), fields);
            }
            Self::One { kind, name, .. } => needs.named(kind.type_name, region_of(kind, region), name, fields),
        }
    }

    /// The resources of the account that are meant.
    pub(super) fn targets(&self, read: &ReadAccount, effective: &Effective<'_>) -> Result<Vec<Target>, Failure> {
        let account = &read.account;
        let own = self.own_policy();
        let (kind, name, arn) = match self {
            Self::Nothing => return Ok(vec![Target::none(&account.caller.account)]),
            Self::Every(kind) => (kind, None, None),
            Self::One { kind, name, arn } => (kind, Some(name), arn.as_ref()),
        };
        let region = region_of(kind, &read.region);
        if let Some(arn) = arn
            && !arn.account.is_empty()
            && arn.account != "aws"
            && arn.account != account.caller.account
        {
            return Err(Failure::usage(
                format!("{arn} belongs to the account {}, and {} is read", arn.account, account.caller.account),
                "ask with credentials of the account that owns it",
            ));
        }
        let is_meant = |of: &&Resource| match (arn, name) {
            (Some(arn), _) if kind.arn == ArnRule::Read => of.id == arn.to_string(),
            (_, Some(name)) => of.name == *name,
            (_, None) => true,
        };
        let found: Vec<&Resource> = account.of_type(kind.type_name, region).filter(is_meant).collect();
        match (found.as_slice(), name) {
            ([], Some(name)) => Err(self.missing(account, kind, region, name)),
            ([_, _, ..], Some(name)) => Err(Failure::usage(
                format!("{} {}s are called {name}", found.len(), kind.noun),
                format!(
                    "name one by its ARN: {}",
                    found.iter().map(|of| of.id.as_str()).collect::<Vec<_>>().join(", ")
                ),
            )),
            _ => Ok(found.into_iter().map(|of| effective.target(of, own)).collect()),
        }
    }

    fn missing(&self, account: &Account, kind: &Kind, region: &str, name: &str) -> Failure {
        let place = if region.is_empty() { String::new() } else { format!(" in {region}") };
        match account.presence(kind.type_name, region, name) {
            Some(crate::model::Presence::Unknown(gap)) => Failure::incomplete(
                format!("whether there is a {} {name}{place} was not read: {gap}", kind.noun),
                gap.remedy(),
            ),
            None => Failure::incomplete(
                format!("whether there is a {} {name}{place} was not read", kind.noun),
                "ask the account, or a recording that holds it",
            ),
            _ => {
                let hint = match closest(name, account.names_of(kind.type_name, region)) {
                    Some(near) => format!("did you mean {}/{near}?", word(kind)),
                    None => "the name is written as AWS has it; --region says where to look".to_owned(),
                };
                Failure::usage(format!("there is no {} {name}{place} in the account", kind.noun), hint)
            }
        }
    }
}

fn region_of<'r>(kind: &Kind, region: &'r str) -> &'r str {
    match kind.scope {
        Scope::Global => "",
        Scope::Regional => region,
    }
}

/// What was read, and from where.
pub(super) struct ReadAccount {
    pub(super) account: Account,
    /// The region that was asked.
    pub(super) region: String,
}

impl Asking {
    /// Reads the principals of the account, and `subjects`.
    pub(super) fn read(self, subjects: &[Subject]) -> Result<ReadAccount, Failure> {
        log();
        let region = subjects.iter().find_map(Subject::region).map(str::to_owned).or_else(|| self.from.region.clone());
        if let Some(path) = &self.record {
            super::files::check_writable(path)?;
        }
        let record = self.record;
        let needs = |region: &str, users: bool| {
            let mut needs = Needs::default();
            need_principals(&mut needs, users);
            subjects.iter().for_each(|subject| subject.need(region, &mut needs));
            needs
        };
        let source = match self.from.whence()? {
            Whence::Saved(_) | Whence::Asked(Source::Replay(_)) if record.is_some() => {
                return Err(Failure::usage("only what an account answers can be recorded", "leave out --record"));
            }
            Whence::Saved(snapshot) => {
                let region = place_of(&snapshot, region.as_deref())?.region;
                let users = matches!(snapshot.account.listing(USER, ""), Some(Listing::Complete(_)));
                return Ok(ReadAccount { account: snapshot.into_account(&needs(&region, users)), region });
            }
            Whence::Asked(source) => source,
        };
        let replayed = matches!(source, Source::Replay(_));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Failure::could_not_run(format!("the system gives no event loop: {error}"), "try again"))?;
        let reading = async {
            let session = Session::open(source, region.as_deref(), record.is_some()).await.map_err(could_not_start)?;
            let region = session.region().to_owned();
            let progress = Progress { on: std::io::stderr().is_terminal() };
            let say = |done: usize, call: &Call| progress.say(done, call);
            let mut account = fetch(&session, &needs(&region, true), &say).await;
            // Rules that name no user make a recording without them, and the roles in it are worth an answer.
            if replayed && !matches!(account.listing(ROLE, ""), Some(Listing::Complete(_))) {
                let mut roles = fetch(&session, &needs(&region, false), &say).await;
                if let Some(Listing::Complete(_)) = roles.listing(ROLE, "") {
                    let users = account.listings.remove(&(USER.to_owned(), String::new()));
                    roles.listings.extend(users.map(|users| ((USER.to_owned(), String::new()), users)));
                    account = roles;
                }
            }
            progress.clear();
            Ok::<_, Failure>((ReadAccount { account, region }, session))
        };
        let (read, session) = runtime.block_on(async {
            tokio::select! {
                read = reading => read,
                _ = tokio::signal::ctrl_c() => Err(Failure::interrupted()),
            }
        })?;
        if let Some(path) = &record
            && let Some(recording) = session.recording("")
        {
            let text = recording.to_json().map_err(|error| {
                Failure::could_not_run(format!("the recording cannot be written: {error}"), "report this")
            })?;
            super::files::write_file(path, &text)?;
        }
        Ok(read)
    }
}
