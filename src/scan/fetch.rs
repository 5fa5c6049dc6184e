//! Fetches an account: every service side by side, each call once.

use crate::aws::{Asker, Session};
use crate::model::{Account, Call, Gap, Listing, Needs, Reason, Value};
use crate::services::{Gathered, apigateway, dynamodb, iam, lambda, sns, sqs};
use futures_util::future::{FutureExt as _, LocalBoxFuture, join_all};
use std::collections::{BTreeMap, BTreeSet};

/// Reads what `needs` name of the account that `session` belongs to.
///
/// Nothing that AWS refuses is an error here: it is a gap of the account. `progress` is told each call that is done
/// and how many are. The same answers give the same account, in whatever order they come.
pub async fn fetch(session: &Session, needs: &Needs, progress: &(dyn Fn(usize, &Call) + Sync)) -> Account {
    let asker = Asker::new(session, needs, progress);
    let mut services: Vec<LocalBoxFuture<'_, Gathered>> = vec![iam::collect::collect(&asker, needs).boxed_local()];
    for region in apigateway::plan::regions(needs) {
        services.push(apigateway::collect::collect(&asker, needs, region).boxed_local());
    }
    for region in needs.regions_of(dynamodb::TABLE) {
        services.push(dynamodb::collect::collect(&asker, needs, region).boxed_local());
    }
    for region in lambda::collect::regions(needs) {
        services.push(lambda::collect::collect(&asker, needs, region).boxed_local());
    }
    for region in sns::regions(needs) {
        services.push(sns::collect::collect(&asker, needs, region).boxed_local());
    }
    for region in needs.regions_of(sqs::QUEUE) {
        services.push(sqs::collect::collect(&asker, needs, region).boxed_local());
    }

    let mut account = Account::new(session.caller().clone());
    for Gathered { resources, names, listings, children, asked } in join_all(services).await {
        account.resources.extend(resources);
        account.names.extend(names);
        account.listings.extend(listings);
        account.children.extend(children);
        account.asked.extend(asked);
    }
    account.resources.sort_by(|a, b| (a.type_name, &a.region, &a.id).cmp(&(b.type_name, &b.region, &b.id)));
    account.gaps = gaps(&account, needs);
    account.answers = asker.into_answers();
    account.answers.extend([session.asked()]);
    account
}

/// All that is wanted and could not be read.
fn gaps(account: &Account, needs: &Needs) -> BTreeSet<Gap> {
    let mut gaps = BTreeSet::new();
    let mut add = |gap: &Gap| {
        if gap.reason != Reason::NotAsked && !gaps.contains(gap) {
            gaps.insert(gap.clone());
        }
    };
    for listing in account.listings.values() {
        if let Listing::Broken(gap) = listing {
            add(gap);
        }
    }
    account.asked.values().filter_map(|asked| asked.as_ref().err()).for_each(&mut add);
    for listing in account.children.values() {
        if let Listing::Broken(gap) = listing {
            add(gap);
        }
    }
    let name_of: BTreeMap<&str, &str> = account.resources.iter().map(|r| (r.id.as_str(), r.name.as_str())).collect();
    for resource in &account.resources {
        let parent = resource.parent.as_deref().and_then(|id| name_of.get(id).copied());
        let (Some(wanted), Value::Map(fields)) = (needs.of(resource.type_name, &resource.region), &resource.properties)
        else {
            continue;
        };
        let wants = |field: &str| match parent {
            Some(parent) => wanted.wants_of_child(&resource.name, parent, field),
            None => wanted.wants_of(&resource.name, field),
        };
        for (_, value) in fields.iter().filter(|(field, _)| wants(field)) {
            value.each_gap(&mut add);
        }
    }
    gaps
}
