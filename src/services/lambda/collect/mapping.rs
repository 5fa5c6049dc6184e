//! Event source mappings: the one list of the account.

use super::super::{DestinationConfig, EventSourceMapping, Filter, FilterCriteria, MAPPING, OnFailure, ScalingConfig};
use super::Context;
use crate::aws::gap;
use crate::model::{Arn, Call, Listing, Needs, Read, Reason, Resource, Set, to_value};
use crate::services::{Gathered, Page, Reader, all_pages, text_if_any, texts};
use aws_sdk_lambda::types::{EventSourceMappingConfiguration, FunctionResponseType};
use std::collections::BTreeSet;

/// The largest page that ListEventSourceMappings gives.
const PAGE: i32 = 100;

/// Reads the mappings that `needs` name.
pub(super) async fn collect(context: &Context<'_>, needs: &Needs) -> Gathered {
    let Context { asker, client, region } = context;
    let mut gathered = Gathered::default();
    let Some(wanted) = needs.of(MAPPING, region) else { return gathered };
    let pages = all_pages(Call::new("lambda", "ListEventSourceMappings", region, ""), async |call, marker| {
        let request = client.list_event_source_mappings().max_items(PAGE).set_marker(marker);
        let page = asker.ask(call, |probe| request.customize().interceptor(probe).send()).await?;
        let items = page.event_source_mappings.unwrap_or_default().into_iter();
        Ok(Page::before(items.map(|told| (told, call.clone())).collect::<Vec<_>>(), page.next_marker))
    });
    let mut pages = pages.await;
    let mut names = BTreeSet::new();
    for (told, call) in pages.items {
        let id = told.uuid().filter(|id| !id.is_empty());
        let function = told.function_arn().and_then(function_of);
        let (Some(id), Some((function, arn))) = (id, function) else {
            let what = "it lists a mapping without a UUID, or with a FunctionArn that is no function's".to_owned();
            pages.broken = Some(gap(&call, Reason::Malformed(what)));
            continue;
        };
        let is_wanted = wanted.includes(id) || wanted.children.contains_key(function.name());
        if names.insert(id.to_owned()) && is_wanted {
            gathered.resources.push(Resource {
                type_name: MAPPING,
                region: (*region).to_owned(),
                name: id.to_owned(),
                id: context.arn(&format!("event-source-mapping:{id}")).to_string(),
                parent: Some(function.to_string()),
                properties: to_value(&mapping(&told, id, &function, arn, Reader { call: &call })),
                calls: vec![call],
            });
        }
    }
    let listing = pages.broken.map_or(Listing::Complete(pages.calls), Listing::Broken);
    gathered.names.insert((MAPPING.to_owned(), (*region).to_owned()), names);
    gathered.listings.insert((MAPPING.to_owned(), (*region).to_owned()), listing);
    gathered
}

/// The ARN of the function without a version or alias, and the ARN as it is.
pub(super) fn function_of(arn: &str) -> Option<(Arn, Arn)> {
    let as_it_is: Arn = arn.parse().ok()?;
    let (name, qualifier) = match as_it_is.resource.strip_prefix("function:")?.split_once(':') {
        Some((name, qualifier)) => (name, qualifier),
        None => (as_it_is.resource.strip_prefix("function:")?, "-"),
    };
    let whole = as_it_is.service == "lambda" && !name.is_empty() && !qualifier.is_empty() && !qualifier.contains(':');
    whole.then(|| (Arn { resource: format!("function:{name}"), ..as_it_is.clone() }, as_it_is.clone()))
}

fn mapping(
    told: &EventSourceMappingConfiguration,
    id: &str,
    function: &Arn,
    function_arn: Arn,
    reader: Reader<'_>,
) -> EventSourceMapping {
    let source = Source::of(told);
    let of_stream = |part: Option<i32>, default: i64| source.of_stream(part.map(i64::from), default);
    let window = told.maximum_batching_window_in_seconds().map(i64::from);
    EventSourceMapping {
        id: Read::Known(id.to_owned()),
        function_name: Read::Known(function.name().to_owned()),
        function_arn: Read::Known(function_arn),
        event_source_arn: reader.arn("EventSourceArn", told.event_source_arn()),
        enabled: enabled(told.state(), reader),
        state: reader.text("State", told.state()),
        state_transition_reason: text_if_any(told.state_transition_reason()),
        last_processing_result: text_if_any(told.last_processing_result()),
        batch_size: reader.always("BatchSize", told.batch_size().map(i64::from)),
        maximum_batching_window_in_seconds: Read::from_option(window.or((source != Source::Other).then_some(0))),
        starting_position: text_if_any(told.starting_position().map(|position| position.as_str())),
        filter_criteria: filter_criteria(told, reader),
        function_response_types: Read::Known(response_types(told.function_response_types())),
        bisect_batch_on_function_error: source.of_stream(told.bisect_batch_on_function_error(), false),
        maximum_retry_attempts: of_stream(told.maximum_retry_attempts(), -1),
        maximum_record_age_in_seconds: of_stream(told.maximum_record_age_in_seconds(), -1),
        parallelization_factor: of_stream(told.parallelization_factor(), 1),
        tumbling_window_in_seconds: of_stream(told.tumbling_window_in_seconds(), 0),
        destination_config: destination_config(told, reader),
        scaling_config: match told.scaling_config().and_then(|config| config.maximum_concurrency()) {
            Some(most) => Read::Known(ScalingConfig { maximum_concurrency: Read::Known(most.into()) }),
            None => Read::Absent,
        },
        last_modified: match told.last_modified() {
            Some(time) => reader.time(time.secs()),
            None => reader.always("LastModified", None),
        },
    }
}

/// What records are taken from, as far as it decides which defaults AWS documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Queue,
    Stream,
    /// Kafka, MQ or DocumentDB.
    Other,
}

impl Source {
    fn of(told: &EventSourceMappingConfiguration) -> Self {
        match told.event_source_arn().and_then(|arn| arn.split(':').nth(2)) {
            Some("sqs") => Self::Queue,
            Some("dynamodb" | "kinesis") => Self::Stream,
            _ => Self::Other,
        }
    }

    /// A setting that mappings of streams have, with the default that AWS documents for it.
    fn of_stream<T>(self, told: Option<T>, default: T) -> Read<T> {
        Read::from_option(told.or((self == Self::Stream).then_some(default)))
    }
}

/// Whether a mapping in this state is set to take records.
fn enabled(state: Option<&str>, reader: Reader<'_>) -> Read<bool> {
    match state {
        Some("Enabled" | "Enabling") => Read::Known(true),
        Some("Disabled" | "Disabling" | "Deleting") => Read::Known(false),
        Some(state @ ("Creating" | "Updating")) => {
            let why =
                format!("the mapping is {state}, which does not tell whether it will be enabled: repeat the scan");
            Read::unread(&gap(reader.call, Reason::Undecided(why)))
        }
        _ => reader.malformed("its State is none that the API defines"),
    }
}

fn response_types(types: &[FunctionResponseType]) -> Set<String> {
    texts(&types.iter().map(FunctionResponseType::as_str).collect::<Vec<_>>())
}

/// The filters. AWS shows those that a customer's key encrypts in no list.
fn filter_criteria(told: &EventSourceMappingConfiguration, reader: Reader<'_>) -> Read<FilterCriteria> {
    let filters = told.filter_criteria().map(|criteria| criteria.filters()).unwrap_or_default();
    if filters.is_empty() {
        if told.kms_key_arn().is_some() || told.filter_criteria_error().is_some() {
            let why = "the filter, if there is one, is encrypted with a customer's key, and no list shows it";
            return Read::unread(&gap(reader.call, Reason::Undecided(why.to_owned())));
        }
        return Read::Absent;
    }
    let patterns: BTreeSet<&str> = filters.iter().map(|filter| filter.pattern().unwrap_or_default()).collect();
    let filters = patterns.into_iter().map(|pattern| Filter { pattern: Read::Known(pattern.to_owned()) });
    Read::Known(FilterCriteria { filters: Read::Known(filters.collect()) })
}

fn destination_config(told: &EventSourceMappingConfiguration, reader: Reader<'_>) -> Read<DestinationConfig> {
    let on_failure = told.destination_config().and_then(|config| config.on_failure());
    match reader.arn("DestinationConfig", on_failure.and_then(|on_failure| on_failure.destination())) {
        Read::Absent => Read::Absent,
        destination => Read::Known(DestinationConfig { on_failure: Read::Known(OnFailure { destination }) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_hangs_on_the_function_whatever_version_or_alias_it_names() {
        let of = "arn:aws:lambda:us-east-1:123456789012:function:POC-Lambda-1";
        for arn in [of.to_owned(), format!("{of}:live"), format!("{of}:7"), format!("{of}:$LATEST")] {
            let (function, as_it_is) = function_of(&arn).expect("a function's ARN");
            assert_eq!(
                (function.to_string(), function.name(), as_it_is.to_string()),
                (of.to_owned(), "POC-Lambda-1", arn)
            );
        }
        for arn in [
            "POC-Lambda-1",
            "arn:aws:lambda:us-east-1:123456789012:layer:x",
            "arn:aws:lambda:us-east-1:123456789012:function:",
            "arn:aws:lambda:us-east-1:123456789012:function:f:",
            "arn:aws:lambda:us-east-1:123456789012:function:f:1:2",
            "arn:aws:sqs:us-east-1:123456789012:function:f",
        ] {
            assert_eq!(function_of(arn), None, "{arn}");
        }
    }
}
