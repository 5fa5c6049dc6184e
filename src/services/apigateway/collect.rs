//! Reads REST APIs and what hangs on them: the only file, with those below it, that names the SDK's crate for API
//! Gateway.
//!
//! An API that the complete list lacks does not exist; nothing stands in for a list that is refused, since the id of an
//! API follows from nothing. Names are not unique, so what hangs on an API is asked for by its id, for each API of the
//! name that rules give.

mod apis;
mod methods;
mod others;
mod resources;

use super::plan::{LISTS, List};
use super::{AUTHORIZER, DEPLOYMENT, REST_API, STAGE};
use crate::aws::{Asker, Pace, gap};
use crate::model::{Call, Listing, Needs, Read, Reason, Resource, Value, Wanted};
use crate::services::Gathered;
use apis::Api;
use aws_sdk_apigateway::Client;
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// How many things are read at once.
const AT_ONCE: usize = 2;

/// The largest page that any list gives.
const PAGE: i32 = 500;

/// What the calls of one scan of a region share.
struct Context<'a> {
    asker: &'a Asker<'a>,
    client: Client,
    region: &'a str,
    /// Of all calls: an account may make 10 a second in a region.
    pace: Arc<Pace>,
    /// Of GetResources, of which an account may make 5 in two seconds.
    of_resources: Arc<Pace>,
}

impl Context<'_> {
    /// A call of `operation` about `subject`.
    fn call(&self, operation: &str, subject: &str) -> Call {
        Call::new("apigateway", operation, self.region, subject)
    }

    /// The tags that the answer to `call` gives of one of `type_name`.
    fn tags(
        &self,
        type_name: &str,
        call: &Call,
        tags: Option<HashMap<String, String>>,
    ) -> Read<BTreeMap<String, String>> {
        match self.asker.session().leaves_tags_out(type_name) {
            true => Read::unread(&gap(call, Reason::Redacted)),
            false => Read::Known(tags.unwrap_or_default().into_iter().collect()),
        }
    }

    /// What hangs on `api`, known by `path` below it.
    fn child(
        &self,
        type_name: &'static str,
        api: &Api,
        path: &str,
        name: &str,
        properties: Value,
        calls: Vec<Call>,
    ) -> Resource {
        Resource {
            type_name,
            region: self.region.to_owned(),
            name: name.to_owned(),
            id: format!("{}/{path}", api.arn),
            parent: Some(api.arn.clone()),
            properties,
            calls,
        }
    }
}

/// Reads what `needs` name of API Gateway in `region`.
pub(crate) async fn collect(asker: &Asker<'_>, needs: &Needs, region: &str) -> Gathered {
    let session = asker.session();
    let context = Context {
        asker,
        client: session.apigateway(region),
        region,
        pace: session.pace("apigateway", region, 10, Duration::from_secs(1)),
        of_resources: session.pace("apigateway:GetResources", region, 5, Duration::from_secs(2)),
    };
    let mut gathered = Gathered::default();
    let key = (REST_API.to_owned(), region.to_owned());
    let list = apis::list(&context).await;
    let apis: Vec<Api> = apis::understood(&context, list.items);
    gathered.names.insert(key.clone(), apis.iter().map(|api| api.name.clone()).collect());
    let listing = match &list.broken {
        None => Listing::Complete(list.calls.clone()),
        Some(gap) => Listing::Broken(gap.clone()),
    };
    if let Some(wanted) = needs.of(REST_API, region) {
        if let Some(gap) = &list.broken {
            // An API that was listed may have a namesake that was not.
            let asked = |name: &String| ((REST_API.to_owned(), region.to_owned(), name.clone()), Err(gap.clone()));
            gathered.asked.extend(wanted.named.keys().map(asked));
        }
        gathered.resources.extend(apis.iter().filter(|api| wanted.includes(&api.name)).map(|api| api.resource.clone()));
        gathered.listings.insert(key, listing.clone());
    }
    children(&context, needs, &apis, &listing, &mut gathered).await;
    gathered
}

/// Gathers what hangs on the APIs, by one list for each API and each kind of list.
async fn children(context: &Context<'_>, needs: &Needs, apis: &[Api], listing: &Listing, gathered: &mut Gathered) {
    let region = context.region;
    let of_api = |wanted: &Wanted, api: &Api| wanted.of_any_parent() || wanted.children.contains_key(&api.name);
    let mut tasks = Vec::new();
    for list in &LISTS {
        for api in apis {
            if list.wanted(needs, region).into_iter().any(|wanted| of_api(wanted, api)) {
                tasks.push((list, api));
            }
        }
    }
    let read: Vec<_> = stream::iter(tasks)
        .map(|(list, api)| async move { (list, api, children_of(context, needs, list, api).await) })
        .buffered(AT_ONCE)
        .collect()
        .await;
    for list in &LISTS {
        for type_name in list.types {
            let Some(wanted) = needs.of(type_name, region) else { continue };
            let mut whole = listing.clone();
            let mut names = BTreeSet::new();
            for (_, api, (resources, of_one)) in read.iter().filter(|(of, ..)| of.operation == list.operation) {
                if let Listing::Complete(calls) = &mut whole {
                    match of_one {
                        Listing::Complete(more) => calls.extend(more.iter().cloned()),
                        Listing::Broken(gap) => whole = Listing::Broken(gap.clone()),
                    }
                }
                if of_api(wanted, api) {
                    let key = ((*type_name).to_owned(), region.to_owned(), api.arn.clone());
                    gathered.children.insert(key, of_one.clone());
                }
                let is_wanted = |resource: &&Resource| {
                    let of_this = wanted.includes(&resource.name) || wanted.children.contains_key(&api.name);
                    resource.type_name == *type_name && of_this
                };
                gathered.resources.extend(resources.iter().filter(is_wanted).cloned());
                let of_type = resources.iter().filter(|resource| resource.type_name == *type_name);
                names.extend(of_type.map(|resource| resource.name.clone()));
            }
            if wanted.of_any_parent() {
                gathered.names.insert(((*type_name).to_owned(), region.to_owned()), names);
                gathered.listings.insert(((*type_name).to_owned(), region.to_owned()), whole);
            }
        }
    }
}

/// What `list` gives of `api`, and whether it was read to its end.
async fn children_of(context: &Context<'_>, needs: &Needs, list: &List, api: &Api) -> (Vec<Resource>, Listing) {
    match list.types.first().copied() {
        Some(STAGE) => others::stages(context, api).await,
        Some(DEPLOYMENT) => others::deployments(context, api).await,
        Some(AUTHORIZER) => others::authorizers(context, api).await,
        _ => resources::read(context, needs, api).await,
    }
}
