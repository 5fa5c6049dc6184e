//! What is asked about: a resource with the policy it carries, and the action.

use super::Effective;
use crate::iam::document::PrincipalName;
use crate::iam::{Effect, Policy, Statement, evaluate};
use crate::model::{Arn, OwnPolicy, ROLE, Resource};
use crate::reach::Guarded;
use crate::reach::policies::{Missing, policy_in};
use std::collections::BTreeSet;
use std::rc::Rc;

/// What an action is asked of.
#[derive(Debug, Clone)]
pub struct Target {
    /// The ARN; `*` for an action that is asked of no resource.
    pub(super) arn: String,
    /// The account that owns it.
    pub(super) account: String,
    /// What a person calls it.
    pub(super) name: String,
    /// Its policy, with what is known to write it; none if it carries none that has a say in any action.
    pub(super) own: Option<(OwnPolicy, Result<Option<Policy>, Missing>)>,
}

/// A target and an action.
pub(super) struct Door<'t> {
    pub(super) target: &'t Target,
    pub(super) action: String,
    /// The policy that has a say, whole.
    pub(super) policy: Option<&'t Policy>,
    /// Why there may be one that was not read.
    pub(super) missing: Option<&'t Missing>,
    /// Its statements that speak of the action and cover the resource or may, in a document of their own.
    pub(super) speaking: Policy,
    /// Whether the policies of an identity count only if the resource's policy lets the account in.
    pub(super) strict: bool,
    /// Those whom its Allow statements can mean by other than delegation: all, or these ARNs.
    pub(super) lets_in: Meant,
    /// The action, and what is said of it to principals of the account: the same for all resources whose policies say
    /// the same in statements of the same names.
    pub(super) says: Rc<str>,
}

/// Whom statements can mean of the account that owns the resource.
pub(super) enum Meant {
    All,
    These(BTreeSet<String>),
}

impl Meant {
    pub(super) fn means(&self, arn: &str) -> bool {
        match self {
            Self::All => true,
            Self::These(arns) => arns.contains(arn),
        }
    }
}

impl Target {
    /// No resource at all, for actions that are asked of none.
    #[must_use]
    pub fn none(account: &str) -> Self {
        Self { arn: "*".to_owned(), account: account.to_owned(), name: "*".to_owned(), own: None }
    }

    /// The ARN; `*` if it is none.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }
}

impl Effective<'_> {
    /// `resource`, which carries the policy `own` if its kind has one.
    #[must_use]
    pub fn target(&self, resource: &Resource, own: Option<OwnPolicy>) -> Target {
        let guarded = self.reach.guarded(resource);
        let own = own.map(|own| {
            let policy = policy_in(resource.properties.get(own.field), &format!("the {}", own.noun));
            (own, policy)
        });
        let Guarded { arn, account } = guarded;
        Target { arn, account, name: resource.name.clone(), own }
    }

    /// A thing of the account that carries no policy, by its ARN.
    pub(super) fn bare(&self, arn: &str) -> Target {
        let name = arn.parse::<Arn>().map_or_else(|_| arn.to_owned(), |arn| arn.name().to_owned());
        Target { arn: arn.to_owned(), account: self.reach.account.caller.account.clone(), name, own: None }
    }

    /// The role as what is assumed.
    pub(super) fn to_assume(&self, role: &Resource) -> Target {
        debug_assert_eq!(role.type_name, ROLE);
        const TRUST: OwnPolicy = OwnPolicy {
            field: "AssumeRolePolicyDocument",
            noun: "trust policy",
            service: "sts",
            resource_type: "role",
            written_by: &["iam:UpdateAssumeRolePolicy"],
        };
        self.target(role, Some(TRUST))
    }
}

impl<'t> Door<'t> {
    pub(super) fn new(target: &'t Target, action: &str) -> Self {
        let service = action.split_once(':').map_or(action, |(service, _)| service);
        let own = target.own.as_ref().filter(|(own, _)| own.service.eq_ignore_ascii_case(service));
        let (policy, missing) = match own {
            None => (None, None),
            Some((_, Ok(policy))) => (policy.as_ref(), None),
            Some((_, Err(missing))) => (None, Some(missing)),
        };
        let mut speaking = policy.cloned().unwrap_or_else(crate::reach::nothing);
        let covered = |statement: &Statement| {
            let whole = policy.unwrap_or(&speaking);
            evaluate::speaks_of(statement, action)
                && evaluate::covers(whole, statement, &target.arn) != Some(false)
                && statement.principal.is_some()
        };
        let kept: Vec<Statement> = speaking.statements.iter().filter(|statement| covered(statement)).cloned().collect();
        speaking.statements = kept;
        let strict = own.is_some_and(|(own, _)| own.service == "sts");
        let lets_in = meant(&speaking, &target.account);
        let says = |statement: &Statement| {
            let Statement { effect, principal, conditions, sid, index, .. } = statement;
            let conditions: Vec<_> =
                conditions.iter().map(|entry| (&entry.operator, &entry.key, &entry.values)).collect();
            let plain = evaluate::covers(&speaking, statement, &target.arn) == Some(true);
            format!("{index}{sid:?}{effect:?}{principal:?}{conditions:?}{plain}")
        };
        // What lets in services alone says nothing to principals.
        let of_principals = |statement: &&Statement| {
            let element = statement.principal.iter().filter(|element| !element.not);
            let mut names = element.flat_map(|element| &element.values).peekable();
            let others = |name| matches!(name, &PrincipalName::Service(_) | &PrincipalName::Federated(_));
            statement.effect == Effect::Deny || names.peek().is_none() || !names.all(others)
        };
        let said = speaking.statements.iter().filter(of_principals).map(says).collect::<Vec<_>>().join("\n");
        let says = format!("{action}\n{said}").into();
        Door { target, action: action.to_owned(), policy, missing, strict, lets_in, says, speaking }
    }

    /// Whether any statement of the resource's policy denies the action, to anybody.
    pub(super) fn denies(&self) -> bool {
        self.speaking.statements.iter().any(|statement| statement.effect == Effect::Deny)
    }
}

/// Whether a name stands for the account as a whole, which delegates and lets nobody in by itself.
pub(super) fn is_delegation(name: &PrincipalName, account: &str) -> bool {
    match name {
        PrincipalName::Aws(name) => {
            name == account
                || name.parse::<Arn>().is_ok_and(|arn| {
                    (arn.service.as_str(), arn.account.as_str(), arn.resource.as_str()) == ("iam", account, "root")
                })
        }
        _ => false,
    }
}

fn meant(policy: &Policy, account: &str) -> Meant {
    let mut these = BTreeSet::new();
    for statement in policy.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(element) = &statement.principal else { continue };
        if element.not {
            return Meant::All;
        }
        for name in element.values.iter().filter(|name| !is_delegation(name, account)) {
            match name {
                PrincipalName::Everyone => return Meant::All,
                PrincipalName::Aws(name) if name == "*" => return Meant::All,
                PrincipalName::Aws(name) => drop(these.insert(name.clone())),
                _ => {}
            }
        }
    }
    Meant::These(these)
}
