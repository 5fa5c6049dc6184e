//! Functions: their list, the calls that read one by its name, and what all of them tell.

use super::super::plan::functions as kind;
use super::super::{CONFIGURATION, EVENT_INVOKE_CONFIG, FUNCTION, Function, LIST};
use super::configuration::{Configuration, as_listed};
use super::{AT_ONCE, Context, event_invoke};
use crate::aws::{Refusal, gap};
use crate::model::{Call, Gap, Listing, PolicyDocument, Read, Reason, Resource, Wanted, to_value};
use crate::services::{Gathered, Page, Reader, all_pages, not_asked, text_if_any};
use aws_sdk_lambda::types::FunctionConfiguration;
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet};

/// The largest page that ListFunctions gives.
const PAGE: i32 = 50;

/// The functions that were listed.
pub(super) struct List {
    pub(super) functions: BTreeMap<String, Told>,
    pub(super) calls: Vec<Call>,
    pub(super) broken: Option<Gap>,
}

/// What a call told of one function.
pub(super) struct Told {
    configuration: FunctionConfiguration,
    pub(super) call: Call,
}

/// Lists the functions of the region.
pub(super) async fn list(context: &Context<'_>) -> List {
    let Context { asker, client, region } = context;
    let pages = all_pages(Call::new("lambda", LIST, region, ""), async |call, marker| {
        let page = asker
            .ask(call, |probe| {
                client.list_functions().max_items(PAGE).set_marker(marker).customize().interceptor(probe).send()
            })
            .await?;
        let items: Vec<_> = page.functions.unwrap_or_default().into_iter().map(|told| (told, call.clone())).collect();
        Ok(Page::before(items, page.next_marker))
    });
    let pages = pages.await;
    let mut list = List { functions: BTreeMap::new(), calls: pages.calls, broken: pages.broken };
    for (configuration, call) in pages.items {
        let name = configuration.function_name().unwrap_or_default().to_owned();
        if !is_about(context, &configuration, &name) {
            let what = "it lists a function without a name, or with the ARN of another".to_owned();
            list.broken = Some(gap(&call, Reason::Malformed(what)));
            continue;
        }
        list.functions.entry(name).or_insert(Told { configuration, call });
    }
    list
}

/// Whether this was told of the function called `name`.
fn is_about(context: &Context<'_>, told: &FunctionConfiguration, name: &str) -> bool {
    !name.is_empty()
        && told.function_name() == Some(name)
        && told.function_arn() == Some(context.function_arn(name).to_string().as_str())
}

/// Gathers the functions that are `wanted`: those of the list, and by name those that a list that broke off lacks.
pub(super) async fn gather(context: &Context<'_>, wanted: &Wanted, list: &List, gathered: &mut Gathered) {
    let key = (FUNCTION.to_owned(), context.region.to_owned());
    gathered.names.insert(key.clone(), list.functions.keys().cloned().collect());
    let listed = list.functions.iter().filter(|(name, _)| wanted.includes(name));
    gathered.resources = stream::iter(listed)
        .map(|(name, told)| read(context, wanted, name, told))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let Some(broken) = &list.broken else {
        gathered.listings.insert(key, Listing::Complete(list.calls.clone()));
        return;
    };
    gathered.listings.insert(key, Listing::Broken(broken.clone()));
    let missing = wanted.named.keys().filter(|name| !list.functions.contains_key(*name));
    let by_name: Vec<_> = stream::iter(missing)
        .map(|name| async move {
            let function = match get(context, name).await {
                Ok(told) => Ok(read(context, wanted, name, &told).await),
                Err(refusal) => Err(refusal),
            };
            (name, function)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    for (name, function) in by_name {
        let asked = match function {
            Ok(function) => {
                gathered.resources.push(function);
                continue;
            }
            Err(refusal) if refusal.says_missing() => Ok(refusal.gap.call),
            Err(refusal) => Err(refusal.gap),
        };
        gathered.asked.insert((FUNCTION.to_owned(), context.region.to_owned(), name.clone()), asked);
    }
}

/// Reads the configuration of the function called `name`.
async fn get(context: &Context<'_>, name: &str) -> Result<Told, Refusal> {
    let Context { asker, client, region } = context;
    let call = Call::new("lambda", CONFIGURATION, region, name);
    let answer = asker
        .ask(&call, |probe| {
            client.get_function_configuration().function_name(name).customize().interceptor(probe).send()
        })
        .await?;
    let configuration = as_listed(answer);
    if is_about(context, &configuration, name) {
        return Ok(Told { configuration, call });
    }
    let what = "its FunctionArn is not that of the function that was asked about".to_owned();
    Err(Refusal::of(&call, Reason::Malformed(what)))
}

/// Reads the function called `name`, of which a call told this.
async fn read(context: &Context<'_>, wanted: &Wanted, name: &str, told: &Told) -> Resource {
    let wants = |operation: &str| {
        let mut read = kind().fields().iter().filter(|field| field.read_by.as_deref() == Some(operation));
        read.any(|field| wanted.wants_of(name, &field.name))
    };
    let call_of = |operation: &str| Call::new("lambda", operation, context.region, name);
    let mut calls = vec![told.call.clone()];

    let alone;
    let stated = if !wants(CONFIGURATION) {
        Err(gap(&call_of(CONFIGURATION), Reason::NotAsked))
    } else if told.call.operation == CONFIGURATION {
        Ok(told)
    } else {
        calls.push(call_of(CONFIGURATION));
        alone = get(context, name).await.map_err(Refusal::of_listed);
        alone.as_ref().map_err(Clone::clone)
    };
    let state = |part: fn(&Told) -> Option<&str>, field: &str| match &stated {
        Ok(told) => Reader { call: &told.call }.text(field, part(told)),
        Err(gap) => Read::unread(gap),
    };

    let call = call_of("GetPolicy");
    let policy = if wants("GetPolicy") { policy(context, &call).await } else { not_asked(&call) };
    calls.extend(wants("GetPolicy").then_some(call));
    let call = call_of("GetFunctionConcurrency");
    let reserved = if wants("GetFunctionConcurrency") { reserved(context, &call).await } else { not_asked(&call) };
    calls.extend(wants("GetFunctionConcurrency").then_some(call));
    let call = call_of(EVENT_INVOKE_CONFIG);
    let event_invoke_config =
        if wants(EVENT_INVOKE_CONFIG) { event_invoke::read(context, &call).await } else { not_asked(&call) };
    calls.extend(wants(EVENT_INVOKE_CONFIG).then_some(call));
    let call = call_of("ListTags");
    let tags = if wants("ListTags") { tags(context, &call).await } else { not_asked(&call) };
    calls.extend(wants("ListTags").then_some(call));

    let reader = Reader { call: &told.call };
    let of = Configuration { told: &told.configuration, reader };
    let arn = context.function_arn(name);
    let function = Function {
        function_name: Read::Known(name.to_owned()),
        arn: Read::Known(arn.clone()),
        role: of.role(),
        runtime: of.runtime(),
        handler: text_if_any(of.told.handler()),
        timeout: of.whole("Timeout", of.told.timeout()),
        memory_size: of.whole("MemorySize", of.told.memory_size()),
        architectures: of.architectures(),
        package_type: of.package_type(),
        description: text_if_any(of.told.description()),
        environment: of.environment(context),
        dead_letter_config: of.dead_letter_config(),
        tracing_config: of.tracing_config(),
        kms_key_arn: reader.arn("KMSKeyArn", of.told.kms_key_arn()),
        vpc_config: of.vpc_config(),
        layers: of.layers(),
        ephemeral_storage: of.ephemeral_storage(),
        logging_config: of.logging_config(name),
        state: state(|told| told.configuration.state().map(|state| state.as_str()), "State"),
        last_update_status: state(
            |told| told.configuration.last_update_status().map(|status| status.as_str()),
            "LastUpdateStatus",
        ),
        last_modified: of.last_modified(),
        code_sha256: reader.text("CodeSha256", of.told.code_sha256()),
        policy,
        event_invoke_config,
        reserved_concurrent_executions: reserved,
        tags,
    };
    Resource {
        type_name: FUNCTION,
        region: context.region.to_owned(),
        name: name.to_owned(),
        id: arn.to_string(),
        parent: None,
        properties: to_value(&function),
        calls,
    }
}

/// The policy of the function that `call` is about.
async fn policy(context: &Context<'_>, call: &Call) -> Read<PolicyDocument> {
    let request = context.client.get_policy().function_name(&call.subject);
    let reader = Reader { call };
    match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => match reader.document("Policy", answer.policy().unwrap_or_default()) {
            // Where the last statement was removed there is nothing left that says anything of anybody.
            Read::Known(document) if has_no_statement(&document) => Read::Absent,
            read => read,
        },
        Err(refusal) if refusal.says_missing() => Read::Absent,
        Err(refusal) => Read::unread(&refusal.gap),
    }
}

/// Whether a document has a list of statements and none in it.
fn has_no_statement(document: &PolicyDocument) -> bool {
    let document = serde_json::from_str::<serde_json::Value>(&document.0).unwrap_or_default();
    document["Statement"].as_array().is_some_and(Vec::is_empty)
}

async fn reserved(context: &Context<'_>, call: &Call) -> Read<i64> {
    let request = context.client.get_function_concurrency().function_name(&call.subject);
    match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(answer) => Read::from_option(answer.reserved_concurrent_executions().map(i64::from)),
        Err(refusal) => Read::unread(&refusal.of_listed()),
    }
}

async fn tags(context: &Context<'_>, call: &Call) -> Read<BTreeMap<String, String>> {
    let request = context.client.list_tags().resource(context.function_arn(&call.subject).to_string());
    match context.asker.ask(call, |probe| request.customize().interceptor(probe).send()).await {
        Ok(_) if context.asker.session().leaves_tags_out(FUNCTION) => Read::unread(&gap(call, Reason::Redacted)),
        Ok(answer) => Read::Known(answer.tags.unwrap_or_default().into_iter().collect()),
        Err(refusal) => Read::unread(&refusal.of_listed()),
    }
}

impl List {
    /// The names of the functions that were listed.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.functions.keys().map(String::as_str).collect()
    }
}
