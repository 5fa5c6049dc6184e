//! What a check is to everybody but itself: its name, its documentation, and what it reads. Rules call checks by name,
//! the plan reads what they need, `rules explain` prints them; how they judge is theirs alone.

use super::{IdentityPolicies, Kind, OwnPolicy, Severity};

/// The description of a check: an analysis that a rule calls by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// The name that rules call it by, such as `iam-avoidable-resource-star`.
    pub name: &'static str,
    /// What must hold, in a sentence: the title of a rule that gives none.
    pub title: &'static str,
    /// What it finds, and what it leaves alone.
    pub finds: &'static str,
    /// Why that matters: the reason of a rule that gives none.
    pub matters: &'static str,
    /// How to mend a fail: the fix of a rule that gives none.
    pub mend: &'static str,
    /// How bad a fail is where the rule does not say.
    pub severity: Severity,
    /// The controls of published catalogues that ask for the same, or for part of it.
    pub controls: &'static [Control],
    /// What it reads, and with that the kinds it goes with.
    pub reads: Reads,
}

/// A control of a published catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Control {
    /// The catalogue, such as `AWS Security Hub`.
    pub of: &'static str,
    /// The id in it, such as `IAM.21`.
    pub id: &'static str,
}

/// What a check reads of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// What says what it may do: its own policies, those attached to it, those of its groups, and its boundary.
    Permissions,
    /// The policy that it carries.
    OwnPolicy,
    /// These fields of a resource of this type.
    Fields(&'static str, &'static [&'static str]),
    /// These fields of a resource of this type, and these of all of other types in its region.
    FieldsBeside(&'static str, &'static [&'static str], &'static [Beside]),
}

/// What is read beside a resource: a type, none of which is global, and the fields of all that are of it.
pub type Beside = (&'static str, &'static [&'static str]);

impl Reads {
    /// The fields that are read of a resource of `kind` itself; none if the check does not go with it.
    pub fn fields_of(self, kind: &Kind) -> Option<Vec<&'static str>> {
        match self {
            Self::Permissions => kind.standing.permissions.map(IdentityPolicies::fields),
            Self::OwnPolicy => kind.standing.own_policy.map(|OwnPolicy { field, .. }| vec![field]),
            Self::Fields(type_name, fields) | Self::FieldsBeside(type_name, fields, _) => {
                (kind.type_name == type_name).then(|| fields.to_vec())
            }
        }
    }

    /// What is read of all of other types, in the region of the resource.
    pub fn beside(self) -> &'static [Beside] {
        match self {
            Self::FieldsBeside(_, _, beside) => beside,
            Self::Permissions | Self::OwnPolicy | Self::Fields(..) => &[],
        }
    }

    /// What it goes with, in words.
    pub fn in_words(self) -> String {
        match self {
            Self::Permissions => "what has permissions: a role, user, group or managed policy".to_owned(),
            Self::OwnPolicy => "what carries a policy of its own, such as a queue or a role".to_owned(),
            Self::Fields(type_name, _) | Self::FieldsBeside(type_name, ..) => type_name.to_owned(),
        }
    }

    /// Whether it is about what policies mean, which rests on the catalogue of actions.
    pub fn is_about_policies(self) -> bool {
        matches!(self, Self::Permissions | Self::OwnPolicy)
    }
}
