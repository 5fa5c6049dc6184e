//! Fetches an account: every service side by side, each call once.

use crate::aws::{Asker, Session};
use crate::model::{Account, Call, Gap, Listing, Needs, Reason, Value};
use crate::services::{Gathered, iam, sqs};
use futures_util::future::{join, join_all};
use std::collections::BTreeSet;

/// Reads what `needs` name of the account that `session` belongs to.
///
/// Nothing that AWS refuses is an error here: it is a gap of the account. `progress` is told each call that is done
/// and how many are. The same answers give the same account, in whatever order they come.
pub async fn fetch(session: &Session, needs: &Needs, progress: &(dyn Fn(usize, &Call) + Sync)) -> Account {
    let asker = Asker::new(session, needs, progress);
    let queues = needs.regions_of(sqs::QUEUE).map(|region| sqs::collect::collect(&asker, needs, region));
    let (principals, queues) = join(iam::collect::collect(&asker, needs), join_all(queues)).await;

    let mut account = Account::new(session.caller().clone());
    for Gathered { resources, names, listings, asked } in queues.into_iter().chain([principals]) {
        account.resources.extend(resources);
        account.names.extend(names);
        account.listings.extend(listings);
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
    for resource in &account.resources {
        let (Some(wanted), Value::Map(fields)) = (needs.of(resource.type_name, &resource.region), &resource.properties)
        else {
            continue;
        };
        for (_, value) in fields.iter().filter(|(field, _)| wanted.wants_of(&resource.name, field)) {
            value.each_gap(&mut add);
        }
    }
    gaps
}
