//! Function URLs: the list of each wanted function.

use super::super::plan::asked_for_urls;
use super::super::{Cors, URL, Url};
use super::function::List;
use super::mapping::function_of;
use super::{AT_ONCE, Context};
use crate::aws::gap;
use crate::model::{Arn, Call, Gap, Listing, Read, Reason, Resource, Wanted, to_value};
use crate::services::{Gathered, Page, Reader, all_pages, texts};
use aws_sdk_lambda::types::{Cors as Told, FunctionUrlConfig};
use futures_util::stream::{self, StreamExt as _};
use std::collections::BTreeSet;

/// The largest page that ListFunctionUrlConfigs gives.
const PAGE: i32 = 50;

/// The URLs of one function.
struct OfFunction {
    urls: Vec<Resource>,
    calls: Vec<Call>,
    broken: Option<Gap>,
}

/// Gathers the URLs that are `wanted`, of the functions in `list`; or of the named functions, if only theirs are wanted.
pub(super) async fn gather(context: &Context<'_>, wanted: &Wanted, list: &List, gathered: &mut Gathered) {
    let named = asked_for_urls(wanted);
    let functions: BTreeSet<&str> = match &named {
        None => list.names(),
        // What a complete list lacks has no URL either.
        Some(names) if list.broken.is_none() => names.intersection(&list.names()).copied().collect(),
        Some(names) => names.clone(),
    };
    let read: Vec<(&str, OfFunction)> = stream::iter(functions)
        .map(|name| async move { (name, of_function(context, name).await) })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let (mut calls, mut broken) = (BTreeSet::from_iter(list.calls.iter().cloned()), list.broken.clone());
    let mut addresses = BTreeSet::new();
    for (name, OfFunction { urls, calls: answered, broken: of_function }) in read {
        addresses.extend(urls.iter().map(|url| url.name.clone()));
        gathered.resources.extend(urls);
        calls.extend(answered.iter().cloned());
        // The least of several gaps, so that it does not hang on which answer came first.
        broken = broken.into_iter().chain(of_function.clone()).min();
        let listing = of_function.map_or(Listing::Complete(answered), Listing::Broken);
        let parent = context.function_arn(name).to_string();
        gathered.children.insert((URL.to_owned(), context.region.to_owned(), parent), listing);
    }
    let key = (URL.to_owned(), context.region.to_owned());
    gathered.names.insert(key.clone(), addresses);
    if named.is_none() {
        let all = broken.map_or_else(|| Listing::Complete(calls.into_iter().collect()), Listing::Broken);
        gathered.listings.insert(key, all);
    }
}

/// Reads the URLs of the function called `name`.
async fn of_function(context: &Context<'_>, name: &str) -> OfFunction {
    let Context { asker, client, region } = context;
    let pages = all_pages(Call::new("lambda", "ListFunctionUrlConfigs", region, name), async |call, marker| {
        let request = client.list_function_url_configs().function_name(name).max_items(PAGE).set_marker(marker);
        let page = match asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
            Ok(page) => page,
            // A function that is not there has none.
            Err(refusal) if refusal.says_missing() => return Ok(Page::before(Vec::new(), None)),
            Err(refusal) => return Err(refusal),
        };
        let items = page.function_url_configs.into_iter();
        Ok(Page::before(items.map(|told| (told, call.clone())).collect(), page.next_marker))
    });
    let pages = pages.await;
    let mut of_function = OfFunction { urls: Vec::new(), calls: pages.calls, broken: pages.broken };
    for (told, call) in pages.items {
        let function = function_of(told.function_arn()).filter(|(arn, _)| *arn == context.function_arn(name));
        let (Some((function, arn)), false) = (function, told.function_url().is_empty()) else {
            let what = "it lists a URL without an address, or of another function".to_owned();
            of_function.broken = Some(gap(&call, Reason::Malformed(what)));
            continue;
        };
        of_function.urls.push(Resource {
            type_name: URL,
            region: (*region).to_owned(),
            name: told.function_url().to_owned(),
            id: arn.to_string(),
            parent: Some(function.to_string()),
            properties: to_value(&url(&told, &function, &arn, Reader { call: &call })),
            calls: vec![call],
        });
    }
    of_function
}

fn url(told: &FunctionUrlConfig, function: &Arn, as_it_is: &Arn, reader: Reader<'_>) -> Url {
    let qualifier = as_it_is.resource.strip_prefix(&function.resource).and_then(|rest| rest.strip_prefix(':'));
    Url {
        function_url: Read::Known(told.function_url().to_owned()),
        target_function_arn: Read::Known(function.clone()),
        qualifier: Read::from_option(qualifier.map(str::to_owned)),
        auth_type: reader.text("AuthType", Some(told.auth_type().as_str())),
        invoke_mode: Read::Known(told.invoke_mode().map_or("BUFFERED", |mode| mode.as_str()).to_owned()),
        cors: Read::from_option(told.cors().map(cors)),
    }
}

fn cors(told: &Told) -> Cors {
    Cors {
        allow_credentials: Read::Known(told.allow_credentials().unwrap_or(false)),
        allow_headers: Read::Known(texts(told.allow_headers())),
        allow_methods: Read::Known(texts(told.allow_methods())),
        allow_origins: Read::Known(texts(told.allow_origins())),
        expose_headers: Read::Known(texts(told.expose_headers())),
        max_age: Read::Known(told.max_age().unwrap_or(0).into()),
    }
}
