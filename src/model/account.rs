//! What was read of one AWS account.

use super::{Arn, Call, Gap, Value};
use std::collections::{BTreeMap, BTreeSet};

/// What was read: the resources of one account in one or more regions, with its gaps and the answers it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who asked, as AWS sees it.
    pub caller: Caller,
    /// The resources, by type and then by id.
    pub resources: Vec<Resource>,
    /// The names of all that the lists held, by type and region (empty: global), whether or not a rule asks for it:
    /// enough to say what a missing name may have been meant by.
    pub names: BTreeMap<(String, String), BTreeSet<String>>,
    /// The lists that were read, by type and region (empty: global).
    pub listings: BTreeMap<(String, String), Listing>,
    /// The lists of what hangs on one parent, by type, region (empty: global) and the id of the parent.
    pub children: BTreeMap<(String, String, String), Listing>,
    /// The single things, by type, region and name, of which AWS said that they do not exist, with the call it was
    /// said to; or that could not be asked about, so that there may be one, or one more where names are not unique.
    pub asked: BTreeMap<(String, String, String), Result<Call, Gap>>,
    /// The regions in which what a region lacks was found under the same name, by type and name: searched on demand
    /// alone, and never to its end, so that nothing follows where none is told.
    pub elsewhere: BTreeMap<(String, String), BTreeSet<String>>,
    /// All that could not be read.
    pub gaps: BTreeSet<Gap>,
    /// Every call that was made, with what varies between runs of the same account.
    pub answers: BTreeMap<Call, Answer>,
}

/// The answer of GetCallerIdentity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The account, 12 digits.
    pub account: String,
    /// The principal that the credentials belong to.
    pub arn: Arn,
}

/// One thing in the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// Its type, as CloudFormation names it.
    pub type_name: &'static str,
    /// The region it lives in; empty if it is global.
    pub region: String,
    /// Its physical name.
    pub name: String,
    /// What tells it from all others: its ARN, where it has one.
    pub id: String,
    /// The id of the resource it hangs on, if it does.
    pub parent: Option<String>,
    /// Its properties: a [`Value::Map`].
    pub properties: Value,
    /// The calls whose answers it was made from.
    pub calls: Vec<Call>,
}

/// A list of resources that AWS was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listing {
    /// It was read to its end, by these calls: what is not in it does not exist.
    Complete(Vec<Call>),
    /// It broke off: nothing can be said of what is not in it.
    Broken(Gap),
}

/// How one call went: all that varies between two runs over the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status of the last attempt; none if there was no answer.
    pub status: Option<u16>,
    /// AWS's id of the request.
    pub request_id: Option<String>,
    /// The SHA-256 of the body as it was received, in hexadecimal.
    pub sha256: Option<String>,
    /// How many times it was sent.
    pub attempts: u32,
    /// When the answer came, in UTC with milliseconds.
    pub at: String,
}

/// Whether a thing is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence<'a> {
    /// These were found.
    Found(Vec<&'a Resource>),
    /// It does not exist: these calls say so.
    Missing(Vec<Call>),
    /// Nothing that was read says whether it exists.
    Unknown(Gap),
}

impl Account {
    /// An account of which only the caller is known so far.
    pub fn new(caller: Caller) -> Self {
        Self {
            caller,
            resources: Vec::new(),
            names: BTreeMap::new(),
            listings: BTreeMap::new(),
            children: BTreeMap::new(),
            asked: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            gaps: BTreeSet::new(),
            answers: BTreeMap::new(),
        }
    }

    /// The resources of `type_name` in `region` (empty: global).
    pub fn of_type<'a, 'b>(
        &'a self,
        type_name: &'b str,
        region: &'b str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a, 'b> {
        self.resources.iter().filter(move |r| r.type_name == type_name && r.region == region)
    }

    /// The names of all that the list of `type_name` in `region` (empty: global) held, in order.
    pub fn names_of(&self, type_name: &str, region: &str) -> impl Iterator<Item = &str> {
        self.names.get(&(type_name.to_owned(), region.to_owned())).into_iter().flatten().map(String::as_str)
    }

    /// Whether the list of `type_name` in `region` was read to its end. A list that nobody asked for was not.
    pub fn listing(&self, type_name: &str, region: &str) -> Option<&Listing> {
        self.listings.get(&(type_name.to_owned(), region.to_owned()))
    }

    /// Whether all of `type_name` in `region` that hang on the resource with the id `parent` were listed: in a list of
    /// that parent's, or in one of all.
    pub fn listing_of_children(&self, type_name: &str, region: &str, parent: &str) -> Option<&Listing> {
        let own = self.children.get(&(type_name.to_owned(), region.to_owned(), parent.to_owned()));
        match (own, self.listing(type_name, region)) {
            (Some(own @ Listing::Complete(_)), _) | (Some(own), None | Some(Listing::Broken(_))) => Some(own),
            (_, all) => all,
        }
    }

    /// Whether there is a resource of `type_name` called `name` in `region` (empty: global).
    ///
    /// Absence follows from a list that was read to its end and does not name it, or from an answer that says so, and from
    /// nothing else. `None` if nobody asked.
    pub fn presence(&self, type_name: &str, region: &str, name: &str) -> Option<Presence<'_>> {
        let found: Vec<_> = self.of_type(type_name, region).filter(|r| r.name == name).collect();
        if !found.is_empty() {
            return Some(Presence::Found(found));
        }
        let key = (type_name.to_owned(), region.to_owned(), name.to_owned());
        let names = self.names.get(&(type_name.to_owned(), region.to_owned()));
        match (self.asked.get(&key), self.listing(type_name, region)) {
            (Some(Ok(call)), _) => Some(Presence::Missing(vec![call.clone()])),
            // A list may name what was not read, and then it is there; of some types it gives no names.
            (None, Some(Listing::Complete(calls))) if names.is_none_or(|names| !names.contains(name)) => {
                Some(Presence::Missing(calls.clone()))
            }
            (Some(Err(_)), Some(Listing::Complete(calls))) if names.is_some_and(|names| !names.contains(name)) => {
                Some(Presence::Missing(calls.clone()))
            }
            (None, Some(Listing::Complete(_))) => Some(Presence::Unknown(Gap::not_asked(type_name, region))),
            (Some(Err(gap)), _) | (None, Some(Listing::Broken(gap))) => Some(Presence::Unknown(gap.clone())),
            (None, None) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;

    #[test]
    fn a_complete_list_of_one_parents_children_or_of_all_will_do() {
        let call = |of: &str| Call::new("apigateway", "GetStages", "r", of);
        let complete = |of: &str| Listing::Complete(vec![call(of)]);
        let broken = |of: &str| {
            let reason = Reason::Denied("AccessDenied".to_owned());
            Listing::Broken(Gap { call: call(of), action: String::new(), reason })
        };
        let arn = "arn:aws:iam::123456789012:user/u".parse().expect("an ARN");
        let caller = Caller { account: "123456789012".to_owned(), arn };
        let list = |all: Option<Listing>, own: Option<Listing>| {
            let mut account = Account::new(caller.clone());
            account.listings.extend(all.map(|all| (("Stage".to_owned(), "r".to_owned()), all)));
            account.children.extend(own.map(|own| (("Stage".to_owned(), "r".to_owned(), "api".to_owned()), own)));
            (
                account.listing_of_children("Stage", "r", "api").cloned(),
                account.presence("Stage", "r", "prod").is_none(),
            )
        };
        assert_eq!(list(None, Some(complete("api"))), (Some(complete("api")), true));
        assert_eq!(list(None, Some(broken("api"))), (Some(broken("api")), true));
        assert_eq!(list(Some(complete("")), None), (Some(complete("")), false));
        assert_eq!(list(Some(complete("")), Some(broken("api"))), (Some(complete("")), false));
        assert_eq!(list(Some(broken("")), Some(complete("api"))), (Some(complete("api")), false));
        assert_eq!(list(Some(broken("")), Some(broken("api"))), (Some(broken("api")), false));
        assert_eq!(list(None, None), (None, true));
    }
}
