//! The rules language: YAML that states an intended architecture, read into [`Rules`] or refused with every mistake
//! at once.
//!
//! Two passes. [`node`] reads the YAML into nodes that keep the place and the raw text of each scalar; the
//! interpreter then checks the nodes against the schema of the kind that a rule is about. [`load`] joins a file with
//! those it extends. The kinds are handed in, so that this module knows of no service.

mod access;
mod action;
mod another;
mod bounds;
pub mod builtin;
mod check;
mod declare;
mod diagnostic;
mod document;
mod expected;
pub(crate) mod fields;
mod file;
mod flow;
mod glob;
mod grading;
mod grantee;
mod interpret;
mod load;
mod matcher;
mod needs;
mod node;
mod order;
mod origin;
mod pattern;
mod permissions;
mod rule;
mod scalar;
mod schema;
mod source;
mod statements;
mod template;
mod unexpected;
mod waivers;

pub(crate) use another::is_another;
pub(crate) use declare::kind as kind_in;
pub(crate) use fields::{map, one_of, text, unknown};
pub(crate) use node::{Called, Content, Entry, Node, read_as as read_nodes};

pub use access::{Access, Via};
pub use bounds::{Bounds, Side};
pub use diagnostic::{Diagnostic, Diagnostics, closest};
pub use expected::Expected;
pub use flow::Flow;
pub use glob::Glob;
pub use grantee::Grantee;
pub use load::{Request, Types, load};
pub use needs::{Whereabouts, need_principals};
pub(crate) use order::order;
pub use origin::Origin;
pub use pattern::{Bound, Pattern, glob};
pub use permissions::Permissions;
pub use schema::schema;
pub use source::{Source, Sources, Span};
pub use statements::Statements;
pub use template::{Piece, Reference, Template};
pub use unexpected::{Aspect, CannotAsk, Unexpected};
pub use waivers::{Waiver, Waivers};

use crate::model::{Audience, Check, Grading, Hundredths, Kind, NotChecked, Place, Said, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// A rules file with all that it extends, ready to be judged against an account.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The file, as it was named.
    pub file: String,
    /// The SHA-256 over the file and all those it draws on, in hexadecimal.
    pub sha256: String,
    /// What the architecture is called.
    pub title: String,
    /// What it is for.
    pub about: Option<String>,
    /// The region it lives in, if the file says.
    pub region: Option<String>,
    /// How a report becomes a grade.
    pub grading: Grading,
    /// For whom parts of what is said of a finding are, where its rule does not say.
    pub audience: BTreeMap<Said, Audience>,
    /// The named resources, in the order of the file.
    pub resources: Vec<Resource>,
    /// The rules, in the order of the file; each resource's `exists` stands among them, first.
    pub rules: Vec<Rule>,
    /// What is not compared because an optional parameter was not given.
    pub not_checked: Vec<NotChecked>,
    /// The values of the parameters that were given or have a default.
    pub parameters: BTreeMap<String, String>,
    /// The names of all parameters, those without a value included.
    pub declared: BTreeSet<String>,
    /// What the file says of things that nobody declared.
    unexpected: unexpected::Settings,
    /// Where each resource stands among them.
    keys: BTreeMap<String, usize>,
}

/// A named thing of the architecture.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its name in the rules file.
    pub key: String,
    /// What it is.
    pub kind: &'static Kind,
    /// The region it lives in, where the file says so for it alone.
    pub region: Option<String>,
    /// How it is found.
    pub finder: Finder,
    /// Whether there may be several, of which each rule must hold for one.
    pub several: bool,
    /// Where it is declared.
    pub place: Place,
}

/// How a resource is found in an account.
#[derive(Debug, Clone)]
pub enum Finder {
    /// By its physical name.
    Name(Template),
    /// By what it hangs on and what it is like.
    Select {
        /// The resource it hangs on, by its name in the rules file.
        of: Option<String>,
        /// What it is like.
        select: Vec<(String, Pattern)>,
    },
}

impl Finder {
    /// The resource that is looked below, by its name in the rules file.
    pub fn parent(&self) -> Option<&str> {
        match self {
            Self::Select { of, .. } => of.as_deref(),
            Self::Name(_) => None,
        }
    }
}

/// A statement that must hold.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The step of the instructions it belongs to.
    pub step: Option<String>,
    /// Why it matters.
    pub reason: Option<String>,
    /// How to mend it.
    pub fix: Option<String>,
    /// What sets somebody who is to find out for themselves on the way.
    pub hint: Option<String>,
    /// For whom parts of what is said of it are, where the rule says so.
    pub audience: BTreeMap<Said, Audience>,
    /// How bad a fail is.
    pub severity: Severity,
    /// What it is worth.
    pub points: Hundredths,
    /// The rules that must pass before it is judged, as the file says.
    pub needs: Vec<String>,
    /// The controls of published catalogues that ask for the same, or for part of it.
    pub controls: Vec<String>,
    /// What must hold.
    pub form: Form,
    /// Where it stands.
    pub place: Place,
    /// Where what it holds things against stands, by its path in the rule: `expect.KeySchema`, `access.at_most`,
    /// `where.Path`; of the rule that a resource exists, `select.Protocol`.
    pub matchers: BTreeMap<String, Place>,
}

/// What a rule says.
#[derive(Debug, Clone)]
pub enum Form {
    /// The named resource is there.
    Exists(String),
    /// Resources are like this.
    Expect {
        /// Which.
        on: Subject,
        /// The properties, in the order they were written.
        expect: Vec<(String, Pattern)>,
    },
    /// There are no others.
    Only {
        /// Others of which kind.
        kind: &'static Kind,
        /// Hanging on which resource, by its name in the rules file.
        of: Option<String>,
        /// Others that are like this.
        filter: Vec<(String, Pattern)>,
        /// The resources that there may be, by their names in the rules file.
        are: Vec<String>,
    },
    /// The policies of resources let these in.
    Access(Access),
    /// Principals may do this much.
    Permissions(Permissions),
    /// The policy of a resource has no other statements.
    Statements(Statements),
    /// An analysis finds nothing.
    Check {
        /// Which.
        check: &'static Check,
        /// Of which resources.
        on: Subject,
    },
    /// One resource hands something to another.
    Flow(Flow),
    /// There is nothing that nobody declared.
    Unexpected(Unexpected),
}

/// What a rule is on.
#[derive(Debug, Clone)]
pub enum Subject {
    /// These resources, by their names in the rules file.
    Named(Vec<String>),
    /// Every resource of a kind in the account that is like this.
    Each {
        /// Of which kind.
        kind: &'static Kind,
        /// Which of them.
        filter: Vec<(String, Pattern)>,
    },
}

impl Rules {
    /// The parts of what is said of a finding of `rule` that only staff see: as it says, or as the file does.
    pub fn for_staff(&self, rule: &Rule) -> Vec<Said> {
        let whose = |said: Said| rule.audience.get(&said).or_else(|| self.audience.get(&said));
        Said::ALL.into_iter().filter(|said| whose(*said) == Some(&Audience::Staff)).collect()
    }

    /// Whether any rule is about what policies mean, which rests on the catalogue of actions.
    pub fn compares_policies(&self) -> bool {
        self.rules.iter().any(|rule| {
            let on_policies = match &rule.form {
                Form::Access(_) | Form::Permissions(_) | Form::Statements(_) | Form::Flow(_) => true,
                Form::Check { check, .. } => check.reads.is_about_policies(),
                Form::Unexpected(unexpected) => !matches!(unexpected.aspect, Aspect::Resource { .. }),
                Form::Exists(_) | Form::Expect { .. } | Form::Only { .. } => false,
            };
            on_policies || rule.patterns().any(|(_, pattern)| pattern.compares_policies())
        })
    }

    /// The resource called `key` in the rules file.
    ///
    /// # Panics
    /// If there is none: the loader has refused every reference to nothing.
    pub fn resource(&self, key: &str) -> &Resource {
        match self.keys.get(key) {
            Some(at) => &self.resources[*at],
            None => unreachable!("the loader lets no reference to `{key}` pass"),
        }
    }
}

impl Resource {
    /// The id of the rule that says it is there.
    pub fn exists_rule(&self) -> String {
        format!("{}-exists", self.key)
    }

    /// The other resources by whose values it is found.
    pub fn found_by(&self) -> BTreeSet<&str> {
        let mut others = BTreeSet::new();
        if let Finder::Select { of, select } = &self.finder {
            others.extend(of.as_deref());
            for (_, pattern) in select {
                pattern.each_reference(&mut |reference| others.extend(reference.resource()));
            }
        }
        others
    }

    /// The patterns by which it is found; none if it has a name.
    pub fn select(&self) -> &[(String, Pattern)] {
        match &self.finder {
            Finder::Name(_) => &[],
            Finder::Select { select, .. } => select,
        }
    }
}

impl Form {
    /// The named resources that it gives a finding on each of.
    pub fn named(&self) -> &[String] {
        match self {
            Self::Exists(key) => std::slice::from_ref(key),
            Self::Expect { on: Subject::Named(keys), .. } | Self::Check { on: Subject::Named(keys), .. } => keys,
            Self::Access(access) => &access.to,
            Self::Permissions(permissions) => &permissions.of,
            Self::Statements(statements) => std::slice::from_ref(&statements.of),
            // What a flow is about is the edge itself, and what nobody declared has no name.
            Self::Expect { .. } | Self::Only { .. } | Self::Check { .. } | Self::Flow(_) | Self::Unexpected(_) => &[],
        }
    }
}

impl Rule {
    /// The references in its patterns, its documents and its principals.
    pub fn references(&self) -> BTreeSet<&Reference> {
        let mut references = BTreeSet::new();
        let mut found = |reference| {
            references.insert(reference);
        };
        for (_, pattern) in self.patterns() {
            pattern.each_reference(&mut found);
        }
        match &self.form {
            Form::Access(access) => {
                access.grantees().flat_map(Grantee::templates).flat_map(Template::references).for_each(found);
            }
            Form::Permissions(permissions) => {
                permissions.bounds.iter().for_each(|(_, expected)| expected.each_reference(&mut found));
                let values = permissions.context.iter().flat_map(|(_, values)| values);
                values.flat_map(Template::references).for_each(found);
            }
            Form::Statements(statements) => statements.are.iter().for_each(|are| are.each_reference(&mut found)),
            Form::Exists(_)
            | Form::Expect { .. }
            | Form::Only { .. }
            | Form::Check { .. }
            | Form::Flow(_)
            | Form::Unexpected(_) => {}
        }
        references
    }

    /// All the patterns in it, with the properties they are about.
    pub fn patterns(&self) -> impl Iterator<Item = &(String, Pattern)> {
        let (first, second): (&[_], &[_]) = match &self.form {
            Form::Expect { on: Subject::Each { filter, .. }, expect } => (filter, expect),
            Form::Expect { expect, .. } => (&[], expect),
            Form::Flow(flow) => (&flow.wire, &flow.stream),
            Form::Only { filter, .. } | Form::Check { on: Subject::Each { filter, .. }, .. } => (filter, &[]),
            Form::Exists(_)
            | Form::Access(_)
            | Form::Permissions(_)
            | Form::Statements(_)
            | Form::Check { .. }
            | Form::Unexpected(_) => (&[], &[]),
        };
        first.iter().chain(second)
    }
}
