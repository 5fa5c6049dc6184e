//! Reads DynamoDB: the only file, with that below it, that names the SDK's crate for DynamoDB.
//!
//! What the collector concludes: a table that a complete list lacks does not exist, nor does one of which AWS says so
//! where the list is refused; one that is listed and then said not to exist is unread.

mod table;

use super::{DESCRIBE, LIST, TABLE};
use crate::aws::{Asker, Refusal, gap};
use crate::model::{Arn, Call, Gap, Listing, Needs, Reason, Resource, Wanted};
use crate::services::{Gathered, Page, all_pages};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::TableDescription;
use futures_util::stream::{self, StreamExt as _};
use std::collections::BTreeMap;

/// How many tables are read at once.
const AT_ONCE: usize = 8;

/// The largest page that ListTables gives.
const PAGE: i32 = 100;

/// What the calls of one region share.
struct Context<'a> {
    asker: &'a Asker<'a>,
    client: Client,
    region: &'a str,
}

/// What DescribeTable told.
struct Told {
    description: TableDescription,
    call: Call,
}

impl Context<'_> {
    /// The ARN of the table called `name`.
    fn arn(&self, name: &str) -> Arn {
        let session = self.asker.session();
        let account = &session.caller().account;
        Arn::new(session.partition(), "dynamodb", self.region, account, &format!("table/{name}"))
    }

    fn call(&self, operation: &str, subject: &str) -> Call {
        Call::new("dynamodb", operation, self.region, subject)
    }

    /// Describes the table called `name`.
    async fn describe(&self, name: &str) -> Result<Told, Refusal> {
        let call = self.call(DESCRIBE, name);
        let request = self.client.describe_table().table_name(name);
        let answer = self.asker.ask(&call, |probe| request.customize().interceptor(probe).send()).await?;
        match answer.table {
            Some(description) if description.table_arn() == Some(self.arn(name).to_string().as_str()) => {
                Ok(Told { description, call })
            }
            _ => {
                let what = "its TableArn is not that of the table that was asked about".to_owned();
                Err(Refusal::of(&call, Reason::Malformed(what)))
            }
        }
    }
}

/// Reads what `needs` name of the tables in `region`.
pub(crate) async fn collect(asker: &Asker<'_>, needs: &Needs, region: &str) -> Gathered {
    let mut gathered = Gathered::default();
    let Some(wanted) = needs.of(TABLE, region) else { return gathered };
    let context = Context { asker, client: asker.session().dynamodb(region), region };
    let key = (TABLE.to_owned(), region.to_owned());
    let list = list(&context).await;
    gathered.names.insert(key.clone(), list.tables.keys().cloned().collect());
    let listed = list.tables.iter().filter(|(name, _)| wanted.includes(name));
    gathered.resources = stream::iter(listed)
        .map(|(name, call)| table::read(&context, wanted, name, call, None))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let listing = match &list.broken {
        None => Listing::Complete(list.calls.clone()),
        Some(gap) => {
            by_name(&context, wanted, &list, &mut gathered).await;
            Listing::Broken(gap.clone())
        }
    };
    gathered.listings.insert(key, listing);
    gathered
}

/// The names of the tables that were listed, each with the call that told it.
struct List {
    tables: BTreeMap<String, Call>,
    calls: Vec<Call>,
    broken: Option<Gap>,
}

async fn list(context: &Context<'_>) -> List {
    let pages = all_pages(context.call(LIST, ""), async |call, from| {
        let request = context.client.list_tables().limit(PAGE).set_exclusive_start_table_name(from);
        let page = context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await?;
        let names = page.table_names.unwrap_or_default().into_iter();
        Ok(Page::before(names.map(|name| (name, call.clone())).collect::<Vec<_>>(), page.last_evaluated_table_name))
    });
    let pages = pages.await;
    let mut list = List { tables: BTreeMap::new(), calls: pages.calls, broken: pages.broken };
    for (name, call) in pages.items {
        if name.is_empty() {
            list.broken = Some(gap(&call, Reason::Malformed("it lists a table without a name".to_owned())));
        } else {
            list.tables.entry(name).or_insert(call);
        }
    }
    list
}

/// Reads by name the wanted tables that a list that broke off lacks.
async fn by_name(context: &Context<'_>, wanted: &Wanted, list: &List, gathered: &mut Gathered) {
    let missing = wanted.named.keys().filter(|name| !list.tables.contains_key(*name));
    let read: Vec<(&String, Result<Resource, Refusal>)> = stream::iter(missing)
        .map(|name| async move {
            let read = match context.describe(name).await {
                Ok(told) => {
                    let call = told.call.clone();
                    Ok(table::read(context, wanted, name, &call, Some(told)).await)
                }
                Err(refusal) => Err(refusal),
            };
            (name, read)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (name, read) in read {
        let asked = match read {
            Ok(table) => {
                gathered.resources.push(table);
                continue;
            }
            Err(refusal) if refusal.says_missing() => Ok(refusal.gap.call),
            Err(refusal) => Err(refusal.gap),
        };
        gathered.asked.insert((TABLE.to_owned(), context.region.to_owned(), name.clone()), asked);
    }
}
