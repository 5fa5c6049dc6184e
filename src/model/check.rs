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
    /// What it reads of other resources.
    pub beside: &'static [Beside],
}

/// A control of a published catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Control {
    /// The catalogue, such as `AWS Security Hub`.
    pub of: &'static str,
    /// The id in it, such as `IAM.21`.
    pub id: &'static str,
    /// The type that it is about, of a check that goes with several.
    pub on: Option<&'static str>,
}

impl Control {
    /// The control called `id` of the catalogue `of`, about all that the check goes with.
    pub const fn new(of: &'static str, id: &'static str) -> Self {
        Self { of, id, on: None }
    }

    /// The control called `id` of the catalogue `of`, about resources of one type.
    pub const fn on(type_name: &'static str, of: &'static str, id: &'static str) -> Self {
        Self { of, id, on: Some(type_name) }
    }
}

/// What a check reads of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// What says what it may do: its own policies, those attached to it, those of its groups, and its boundary.
    Permissions,
    /// The documents that are written on it: the inline policies of a role, user or group, the one of a managed policy.
    Documents,
    /// The policy that it carries.
    OwnPolicy,
    /// These fields of a resource of this type.
    Fields(&'static str, &'static [&'static str]),
}

/// What a check reads beside a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// These fields of all of a type in the region of the resource, of a global one in that of the architecture.
    InRegion(&'static str, &'static [&'static str]),
    /// These fields of all of a type that is global.
    Global(&'static str, &'static [&'static str]),
    /// Where the check is on a resource of the first type: these fields of all of the second type, which hang on such.
    Below(&'static str, &'static str, &'static [&'static str]),
    /// All that says what the roles and users of the account may do, and who may assume the roles.
    Principals,
}

impl std::fmt::Display for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.of, self.id)
    }
}

impl Reads {
    /// The fields that are read of a resource of `kind` itself; none if the check does not go with it.
    pub fn fields_of(self, kind: &Kind) -> Option<Vec<&'static str>> {
        match self {
            Self::Permissions => kind.standing.permissions.map(IdentityPolicies::fields),
            Self::Documents => kind.standing.permissions.map(|permissions| vec![permissions.document_field()]),
            Self::OwnPolicy => kind.standing.own_policy.map(|OwnPolicy { field, .. }| vec![field]),
            Self::Fields(type_name, fields) => (kind.type_name == type_name).then(|| fields.to_vec()),
        }
    }

    /// What it goes with, in words.
    pub fn in_words(self) -> String {
        match self {
            Self::Permissions | Self::Documents => {
                "what has permissions: a role, user, group or managed policy".to_owned()
            }
            Self::OwnPolicy => "what carries a policy of its own, such as a queue or a role".to_owned(),
            Self::Fields(type_name, _) => type_name.to_owned(),
        }
    }

    /// Whether it is about what policies mean, which rests on the catalogue of actions.
    pub fn is_about_policies(self) -> bool {
        matches!(self, Self::Permissions | Self::Documents | Self::OwnPolicy)
    }
}

impl Beside {
    /// What is read, in words.
    pub fn in_words(self) -> String {
        match self {
            Self::InRegion(type_name, _) => format!("every {type_name} of the region"),
            Self::Global(type_name, _) => format!("every {type_name}"),
            Self::Below(parent, type_name, _) => format!("every {type_name} below, of {parent}"),
            Self::Principals => "what all roles and users may do".to_owned(),
        }
    }
}
