//! The policy that a resource carries, statement by statement: what each allows by itself, within the denials of the
//! whole policy.
//!
//! A request is allowed by a policy if one of its statements allows it and none denies it, so that what is found of the
//! statements one by one is all that the policy does.

use super::Case;
use super::settings::Rows;
use crate::iam::catalogue::Catalogue;
use crate::iam::document::PrincipalName;
use crate::iam::evaluate::speaks_of;
use crate::iam::{Effect, Policy, Statement};
use crate::model::{Arn, OwnPolicy, Resource, Verdict};
use crate::reach::{Guarded, Missing, Who, policy_in};
use std::collections::BTreeMap;

/// The policy of a resource.
pub(super) struct Own {
    pub(super) policy: Policy,
    pub(super) carried: OwnPolicy,
    /// What is asked about: the resource, and what lies below it.
    pub(super) targets: Vec<Guarded>,
    /// The actions that can be asked of it.
    pub(super) actions: Vec<String>,
}

/// A statement that allows something.
pub(super) struct Allowing<'o> {
    pub(super) statement: &'o Statement,
    /// Where it stands.
    pub(super) place: String,
    /// The statement, and the denials beside it.
    pub(super) alone: Policy,
    /// The actions of the resource that it names, and those that the catalogue does not have; together those that the
    /// same statements speak of, which are allowed alike.
    pub(super) alike: Vec<Vec<String>>,
}

/// What was found of the actions of a statement.
#[derive(Default)]
pub(super) struct Asked {
    /// The actions of which it is so.
    pub(super) actions: Vec<String>,
    /// A request that shows it.
    pub(super) witness: Option<String>,
    /// Why it may be so of more.
    pub(super) undecided: Option<String>,
}

impl Own {
    /// The policy of the resource of `case`; if there is none, or it was not read or understood, `rows` say so.
    pub(super) fn of(case: &Case<'_>, rows: &mut Rows) -> Option<Self> {
        let Some(carried) = case.kind.standing.own_policy else {
            unreachable!("the loader calls a check on what it goes with alone")
        };
        let noun = format!("the {}", carried.noun);
        let mut policy = match policy_in(case.resource.properties.get(carried.field), &noun) {
            Ok(Some(policy)) => policy,
            Ok(None) => {
                rows.pass(noun, "there is none");
                return None;
            }
            Err(Missing::Unread(gap)) => {
                rows.unread(noun, &[&gap]);
                return None;
            }
            Err(Missing::Malformed(why)) => {
                rows.say(noun, Verdict::Unknown, why);
                return None;
            }
        };
        let targets = targets(case, carried);
        if carried.service == EXECUTE_API {
            complete(&mut policy, &targets);
        }
        let service = Catalogue::embedded().service(carried.service);
        let on_it = service.into_iter().flat_map(|service| service.actions()).filter(|action| {
            action.resource_types().any(|target| target.resource_type().name() == carried.resource_type)
        });
        let actions = on_it.map(|action| action.full_name()).collect();
        Some(Self { policy, carried, targets, actions })
    }

    /// The account that owns the resource.
    pub(super) fn account(&self) -> &str {
        self.targets.first().map_or("", |guarded| guarded.account.as_str())
    }

    /// The statements that allow something to somebody, in their order.
    pub(super) fn allowing(&self) -> impl Iterator<Item = Allowing<'_>> {
        let statements = self.policy.statements.iter();
        // One that names nobody is about nobody.
        let allow = statements.filter(|statement| statement.effect == Effect::Allow && statement.principal.is_some());
        allow.map(|statement| {
            let known = self.actions.iter().filter(|action| speaks_of(statement, action)).cloned();
            let alone = self.alone(statement);
            let mut alike: BTreeMap<Vec<bool>, Vec<String>> = BTreeMap::new();
            for action in known.chain(self.unheard_of(statement)) {
                let spoken_of = alone.statements.iter().map(|statement| speaks_of(statement, &action)).collect();
                alike.entry(spoken_of).or_default().push(action);
            }
            Allowing {
                statement,
                place: self.policy.place(statement).to_string(),
                alone,
                alike: alike.into_values().collect(),
            }
        })
    }

    fn alone(&self, statement: &Statement) -> Policy {
        let mut policy = self.policy.clone();
        policy.statements.retain(|other| other.effect == Effect::Deny || other.index == statement.index);
        policy
    }

    /// The actions of the service that a statement names and the catalogue does not have: newer, or misspelt.
    fn unheard_of<'s>(&'s self, statement: &'s Statement) -> impl Iterator<Item = String> + 's {
        let prefix = format!("{}:", self.carried.service);
        let named = statement.action.values.iter().filter(|_| !statement.action.not);
        named.filter_map(move |name| {
            let lower = name.to_ascii_lowercase();
            let is_one = lower.starts_with(&prefix) && !name.contains(['*', '?']);
            (is_one && Catalogue::embedded().action(name).is_none()).then(|| name.clone())
        })
    }
}

impl Allowing<'_> {
    /// What `ask` says of each action: a request on one line where it is so, and why it was not settled.
    pub(super) fn ask(
        &self,
        targets: &[Guarded],
        ask: impl Fn(&Policy, &Guarded, &str) -> Result<Option<String>, String>,
    ) -> Asked {
        let mut asked = Asked::default();
        for (first, actions) in self.alike() {
            for target in targets {
                match ask(&self.alone, target, first) {
                    Ok(None) => continue,
                    Ok(Some(witness)) => {
                        asked.actions.extend_from_slice(actions);
                        asked.witness.get_or_insert(witness);
                    }
                    Err(why) => drop(asked.undecided.get_or_insert(why)),
                }
                break;
            }
        }
        asked.actions.sort();
        asked
    }

    /// Those actions that are allowed alike, with one of them to ask about.
    pub(super) fn alike(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.alike.iter().filter_map(|actions| Some((actions.first()?.as_str(), actions.as_slice())))
    }

    /// Whether its principals take in somebody whom they do not name, which spares the question where they do not.
    pub(super) fn names_everyone(&self) -> bool {
        self.names(|name| matches!(name, PrincipalName::Everyone) || *name == PrincipalName::Aws("*".to_owned()))
    }

    /// Whether its principals take in somebody of another account than `own`, which spares the question likewise.
    pub(super) fn names_others(&self, own: &str) -> bool {
        let is_own = |name: &str| name == own || name.parse::<Arn>().is_ok_and(|arn| arn.account == own);
        self.names(|name| match name {
            PrincipalName::Everyone | PrincipalName::CanonicalUser(_) => true,
            PrincipalName::Aws(name) => !is_own(name),
            PrincipalName::Service(_) | PrincipalName::Federated(_) => false,
        })
    }

    fn names(&self, is: impl Fn(&PrincipalName) -> bool) -> bool {
        self.statement.principal.iter().any(|element| element.not || element.values.iter().any(&is))
    }

    /// The conditions of the statement, as what follows upon what it allows: `, if Bool aws:SecureTransport true`.
    pub(super) fn conditions(&self) -> String {
        let said: Vec<String> = self
            .statement
            .conditions
            .iter()
            .map(|entry| {
                let operator = entry.operator.as_ref().map_or_else(Clone::clone, ToString::to_string);
                format!("{operator} {} {}", entry.key, entry.values.join(" or "))
            })
            .collect();
        if said.is_empty() { String::new() } else { format!(", if {}", said.join(" and ")) }
    }
}

/// The prefix of the actions on the methods of a REST API.
pub(super) const EXECUTE_API: &str = "execute-api";

/// What the policy of a resource is about: the resource; of a table the indexes as well; of a REST API its methods.
fn targets(case: &Case<'_>, carried: OwnPolicy) -> Vec<Guarded> {
    let guarded = case.reach.guarded(case.resource);
    let below = |arn: String| Guarded { arn, account: guarded.account.clone() };
    match carried.service {
        EXECUTE_API => vec![methods_of(case, case.resource)],
        "dynamodb" => {
            let indexes = below(format!("{}/index/*", guarded.arn));
            vec![guarded, indexes]
        }
        _ => vec![guarded],
    }
}

/// All methods of a REST API.
pub(super) fn methods_of(case: &Case<'_>, api: &Resource) -> Guarded {
    let Guarded { arn, account } = case.reach.guarded(api);
    let id = api.properties.get("RestApiId").as_text();
    let id = id.unwrap_or_else(|| arn.rsplit('/').next().unwrap_or_default().to_owned());
    let partition = arn.parse::<Arn>().map_or_else(|_| case.place.partition.clone(), |arn| arn.partition);
    let region = &api.region;
    Guarded { arn: format!("arn:{partition}:{EXECUTE_API}:{region}:{account}:{id}/*"), account }
}

/// Writes out the resources that stand as `execute-api:/stage/verb/path`: AWS puts the ARN of the API before the path when
/// it saves the policy (API Gateway Developer Guide, resource policy examples).
pub(super) fn complete(policy: &mut Policy, targets: &[Guarded]) {
    let Some(base) = targets.first().and_then(|target| target.arn.strip_suffix('*')) else { return };
    let resources = policy.statements.iter_mut().flat_map(|statement| &mut statement.resource);
    for value in resources.flat_map(|element| &mut element.values) {
        if let Some(path) = value.strip_prefix("execute-api:/") {
            *value = format!("{base}{path}");
        }
    }
}

/// The first of some actions, and how many there are beside it: `sqs:SendMessage and 3 more`.
pub(super) fn several(actions: &[String]) -> String {
    match actions {
        [] => String::new(),
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [one, more @ ..] => format!("{one} and {} more", more.len()),
    }
}

/// Somebody who is let in, as a person calls them.
pub(super) fn in_person(who: &Who) -> String {
    match who {
        Who::Anyone => "anyone".to_owned(),
        Who::Account(account) => format!("account {account}"),
        Who::Arn(arn) => arn.clone(),
        Who::Federated(provider) => format!("whoever {provider} vouches for"),
        Who::CanonicalUser(id) => format!("the account with the canonical user id {id}"),
        Who::Service { name, source: None } => name.clone(),
        Who::Service { name, source: Some(source) } => format!("{name} for {source}"),
    }
}
