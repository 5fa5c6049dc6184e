//! What a kind is to IAM: whether it carries a policy of its own, acts as a principal, or has permissions.
//!
//! Rules on access and permissions speak of resources by kind, and neither the rules language nor the audit knows any
//! service: a kind says here which of its fields hold the policies.

/// The type name of groups, whose policies hold for the users in them.
pub const GROUP: &str = "AWS::IAM::Group";
/// The type name of users.
pub const USER: &str = "AWS::IAM::User";
/// The type name of managed policies, which principals attach by ARN.
pub const MANAGED_POLICY: &str = "AWS::IAM::ManagedPolicy";

/// What a kind is to IAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// The policy that says who may act on one.
    pub own_policy: Option<OwnPolicy>,
    /// The field with the ARN of the principal that one acts as: its own ARN for a role, its role for a function.
    pub acts_as: Option<&'static str>,
    /// Where the policies stand that say what one may do.
    pub permissions: Option<IdentityPolicies>,
}

/// The policy that a resource carries: who may act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnPolicy {
    /// The field that holds it.
    pub field: &'static str,
    /// What a person calls it: `queue policy`.
    pub noun: &'static str,
    /// The prefix of the actions that it is about.
    pub service: &'static str,
    /// The resource type that the reference of these actions has for it.
    pub resource_type: &'static str,
    /// The actions that write it.
    pub written_by: &'static [&'static str],
}

/// Where the policies stand that say what something may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityPolicies {
    /// The field holds the one document.
    Document(&'static str),
    /// Inline policies in `Policies`, managed ones in `ManagedPolicyArns`, as roles, users and groups have them.
    Identity {
        /// Whether a `PermissionsBoundary` may bound them.
        bounded: bool,
        /// Whether `Groups` lend their policies as well.
        groups: bool,
    },
}

impl Standing {
    /// Nothing to IAM.
    pub const NONE: Self = Self { own_policy: None, acts_as: None, permissions: None };
}

impl IdentityPolicies {
    /// The field with the documents that are written on the resource itself.
    pub fn document_field(self) -> &'static str {
        match self {
            Self::Document(field) => field,
            Self::Identity { .. } => "Policies",
        }
    }

    /// The fields of the resource itself that must be read.
    pub fn fields(self) -> Vec<&'static str> {
        match self {
            Self::Document(field) => vec![field],
            Self::Identity { bounded, groups } => {
                let mut fields = vec!["ManagedPolicyArns", "Policies"];
                fields.extend(bounded.then_some("PermissionsBoundary"));
                fields.extend(groups.then_some("Groups"));
                fields
            }
        }
    }
}
