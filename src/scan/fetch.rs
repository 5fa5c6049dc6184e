//! Fetches an account: every service side by side, each call once.

use crate::aws::{Asker, Session};
use crate::model::{Account, Arn, Call, Gap, Listing, Needs, Reason, Value};
use crate::services::{Gathered, apigateway, dynamodb, iam, lambda, sns, sqs};
use futures_util::future::{FutureExt as _, LocalBoxFuture, join_all};
use std::collections::{BTreeMap, BTreeSet};

/// Reads what `needs` name of the account that `session` belongs to.
///
/// Nothing that AWS refuses is an error here: it is a gap of the account. `progress` is told each call that is done
/// and how many are. The same answers give the same account, in whatever order they come.
pub async fn fetch(session: &Session, needs: &Needs, progress: &(dyn Fn(usize, &Call) + Sync)) -> Account {
    let asker = Asker::new(session, needs, progress);
    let wants_roles_of_others = needs.of(iam::ROLE, "").is_some_and(|roles| roles.reached.is_some());
    let mut services: Vec<LocalBoxFuture<'_, Gathered>> = Vec::new();
    if !wants_roles_of_others {
        services.push(iam::collect::collect(&asker, needs).boxed_local());
    }
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

    let mut gathered = join_all(services).await;
    // Which roles the others act as is known once they are read.
    let reaching =
        if wants_roles_of_others { roles_of(&gathered, needs, &session.caller().account) } else { needs.clone() };
    let needs = &reaching;
    if wants_roles_of_others {
        gathered.push(iam::collect::collect(&asker, needs).await);
    }
    let mut account = Account::new(session.caller().clone());
    for Gathered { resources, names, listings, children, asked } in gathered {
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

/// `needs`, and of the roles of the account that functions and integrations act as, the fields that are wanted of those
/// that others lead to.
fn roles_of(gathered: &[Gathered], needs: &Needs, account: &str) -> Needs {
    let mut reaching = needs.clone();
    let fields = needs.of(iam::ROLE, "").and_then(|roles| roles.reached.clone()).unwrap_or_default();
    for resource in gathered.iter().flat_map(|gathered| &gathered.resources) {
        let role = match resource.type_name {
            lambda::FUNCTION => resource.properties.get("Role"),
            apigateway::METHOD => resource.properties.get("Integration").get("Credentials"),
            _ => continue,
        };
        let role: Option<Arn> = role.as_text().and_then(|role| role.parse().ok());
        if let Some(role) = role.filter(|role| role.account == account && role.resource.starts_with("role/")) {
            reaching.named(iam::ROLE, "", role.name(), fields.iter().map(String::as_str));
        }
    }
    reaching
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
