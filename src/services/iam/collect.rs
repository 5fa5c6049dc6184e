//! Reads IAM: the only file, with those below it, that names the SDK's crate for IAM.
//!
//! GetAccountAuthorizationDetails comes first. Where it fails, or breaks off, the calls by name take its place for
//! what is still missing: a name that they say does not exist is proven absent, one that they refuse is a gap.

mod by_name;
mod details;
mod policies;
mod policy;
mod principal;

use super::plan::{self, BY_NAME, ByName};
use super::{KINDS, MANAGED_POLICY};
use crate::aws::{Asker, gap};
use crate::model::{Call, Listing, Needs, Reason, Wanted};
use crate::services::Gathered;
use aws_sdk_iam::Client;
use details::Details;
use futures_util::stream::{self, StreamExt as _};
use principal::Principal;
use std::collections::BTreeSet;

/// How many things are read at once.
const AT_ONCE: usize = 8;

/// What the calls of one scan share.
struct Context<'a> {
    asker: &'a Asker<'a>,
    client: Client,
}

impl Context<'_> {
    /// Whether the tags of this type can be known: a recording may have left them out.
    fn leaves_tags_out(&self, type_name: &str) -> bool {
        self.asker.session().leaves_tags_out(type_name)
    }
}

/// Reads what `needs` name of IAM.
pub(crate) async fn collect(asker: &Asker<'_>, needs: &Needs) -> Gathered {
    let mut gathered = Gathered::default();
    let filter = plan::details_filter(needs);
    if filter.is_empty() {
        return gathered;
    }
    let context = Context { asker, client: asker.session().iam() };
    let mut details = details::read(&context, &filter).await;
    let attachments = details.attachments();
    for kind in &BY_NAME {
        let Some(wanted) = needs.of(kind.type_name, "") else { continue };
        principals(&context, kind, wanted, &mut details, &mut gathered).await;
    }
    if let Some(wanted) = needs.of(MANAGED_POLICY, "") {
        policies::gather(&context, wanted, &mut details, &attachments, &mut gathered).await;
    }
    gathered
}

/// Gathers the roles, users or groups that are `wanted`.
async fn principals(
    context: &Context<'_>,
    kind: &ByName,
    wanted: &Wanted,
    details: &mut Details,
    gathered: &mut Gathered,
) {
    let mut read = details.take(kind.type_name);
    let names = read.iter().map(|principal| principal.name.clone()).collect();
    gathered.names.insert((kind.type_name.to_owned(), String::new()), names);
    read.retain(|principal| wanted.includes(&principal.name));
    let mut read: Vec<Principal> = stream::iter(read)
        .map(|principal| with_its_own_call(context, kind, wanted, principal))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    if details.broken.is_some() {
        let known: BTreeSet<String> = read.iter().map(|principal| principal.name.clone()).collect();
        read.extend(in_place_of_details(context, kind, wanted, &known, gathered).await);
    } else {
        let listing = Listing::Complete(details.calls.clone());
        gathered.listings.insert((kind.type_name.to_owned(), String::new()), listing);
    }
    let tags_left_out = context.leaves_tags_out(kind.type_name);
    gathered.resources.extend(read.into_iter().map(|principal| principal.into_resource(tags_left_out)));
}

/// Reads what GetAccountAuthorizationDetails lacks, if a rule wants it.
async fn with_its_own_call(
    context: &Context<'_>,
    kind: &ByName,
    wanted: &Wanted,
    mut principal: Principal,
) -> Principal {
    let fields = KINDS.iter().filter(|k| k.type_name == kind.type_name).flat_map(|k| k.fields());
    let mut alone = fields.filter(|field| field.read_by.as_deref() == Some(kind.get));
    let call = Call::new("iam", kind.get, "", &principal.name);
    if alone.any(|field| wanted.wants_of(&principal.name, &field.name)) {
        principal.alone = match by_name::get(context, kind, &call).await {
            Ok(got) => got.alone,
            Err(refusal) => Err(refusal.of_listed()),
        };
        principal.alone_call = call.clone();
        principal.calls.push(call);
    } else {
        principal.alone = Err(gap(&call, Reason::NotAsked));
    }
    principal
}

/// Reads by name what GetAccountAuthorizationDetails, which failed, did not give.
async fn in_place_of_details(
    context: &Context<'_>,
    kind: &ByName,
    wanted: &Wanted,
    known: &BTreeSet<String>,
    gathered: &mut Gathered,
) -> Vec<Principal> {
    let mut listed = Vec::new();
    if wanted.all.is_some() {
        let list = by_name::list(context, kind).await;
        let listing = list.broken.map_or(Listing::Complete(list.calls), Listing::Broken);
        gathered.listings.insert((kind.type_name.to_owned(), String::new()), listing);
        listed = list.items;
    }
    let mut names: BTreeSet<String> = listed.iter().map(|item| item.name.clone()).collect();
    names.extend(wanted.named.keys().cloned());
    let missing = names.into_iter().filter(|name| !known.contains(name));
    let read: Vec<_> = stream::iter(missing)
        .map(|name| {
            let listed = listed.iter().find(|item| item.name == name);
            async move { (by_name::read(context, kind, wanted, &name, listed).await, name) }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut principals = Vec::new();
    for (read, name) in read {
        match read {
            by_name::Outcome::Read(principal) => principals.push(*principal),
            by_name::Outcome::Missing(call) => {
                gathered.asked.insert((kind.type_name.to_owned(), String::new(), name), Ok(call));
            }
            by_name::Outcome::Unknown(gap) => {
                gathered.asked.insert((kind.type_name.to_owned(), String::new(), name), Err(gap));
            }
        }
    }
    principals
}
