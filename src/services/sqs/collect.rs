//! Reads queues: the only file that names the SDK's crate for SQS.
//!
//! What the collector concludes: a queue that a complete list lacks does not exist; one that is listed and then said
//! not to exist is unread, since a refusal can look like that.

use super::{QUEUE, Queue, RedriveAllowPolicy, RedrivePolicy};
use crate::aws::{Asker, Refusal, gap};
use crate::model::{Arn, Call, Field, Gap, Listing, Needs, Read, Reason, Resource, Set, Timestamp, Wanted, to_value};
use crate::services::{Gathered, Reader, not_asked};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::QueueAttributeName as Name;
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How many calls are under way at once.
const AT_ONCE: usize = 8;

/// The largest page that ListQueues gives.
const PAGE: i32 = 1000;

/// The attributes that only FIFO queues have, and that AWS may refuse to be asked for of another.
const FIFO_ONLY: [Name; 3] = [Name::ContentBasedDeduplication, Name::DeduplicationScope, Name::FifoThroughputLimit];

/// Reads what `needs` name of the queues in `region`.
pub(crate) async fn collect(asker: &Asker<'_>, needs: &Needs, region: &str) -> Gathered {
    let mut gathered = Gathered::default();
    let Some(wanted) = needs.of(QUEUE, region) else { return gathered };
    let client = asker.session().sqs(region);
    let list = list(asker, &client, region).await;
    let names = list.queues.iter().map(|queue| queue.name.clone()).collect();
    gathered.names.insert((QUEUE.to_owned(), region.to_owned()), names);
    let listed = list.queues.iter().filter(|queue| wanted.includes(&queue.name));
    let read: Vec<_> = stream::iter(listed)
        .map(|queue| read(asker, &client, region, wanted, queue))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    gathered.resources = read;
    let listing = match list.broken {
        None => Listing::Complete(list.calls),
        Some(gap) => Listing::Broken(gap),
    };
    gathered.listings.insert((QUEUE.to_owned(), region.to_owned()), listing);
    gathered
}

struct List {
    queues: Vec<Listed>,
    calls: Vec<Call>,
    broken: Option<Gap>,
}

struct Listed {
    name: String,
    url: String,
    call: Call,
}

async fn list(asker: &Asker<'_>, client: &Client, region: &str) -> List {
    let mut list = List { queues: Vec::new(), calls: Vec::new(), broken: None };
    let mut names = BTreeSet::new();
    let mut tokens = BTreeSet::new();
    let mut token: Option<String> = None;
    loop {
        let subject = if list.calls.is_empty() { String::new() } else { format!("page {}", list.calls.len() + 1) };
        let call = Call::new("sqs", "ListQueues", region, &subject);
        let next = token.clone();
        let answer = asker
            .ask(&call, |probe| {
                client.list_queues().max_results(PAGE).set_next_token(next).customize().interceptor(probe).send()
            })
            .await;
        let page = match answer {
            Ok(page) => page,
            Err(refusal) => {
                list.broken = Some(refusal.gap);
                return list;
            }
        };
        list.calls.push(call.clone());
        for url in page.queue_urls() {
            let name = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
            if name.is_empty() || !url.contains("://") {
                list.broken = Some(gap(&call, Reason::Malformed("it lists an address without a queue".to_owned())));
            } else if names.insert(name.to_owned()) {
                list.queues.push(Listed { name: name.to_owned(), url: url.clone(), call: call.clone() });
            }
        }
        token = page.next_token.filter(|token| !token.is_empty());
        match &token {
            None => return list,
            Some(token) if tokens.insert(token.clone()) => {}
            Some(_) => {
                list.broken = Some(gap(&call, Reason::Malformed("it gives the same next page twice".to_owned())));
                return list;
            }
        }
    }
}

async fn read(asker: &Asker<'_>, client: &Client, region: &str, wanted: &Wanted, listed: &Listed) -> Resource {
    let Listed { name, url, call } = listed;
    let session = asker.session();
    let arn = Arn::new(session.partition(), "sqs", region, &session.caller().account, name);
    let mut calls = vec![call.clone()];

    let asked = Call::new("sqs", "GetQueueAttributes", region, name);
    let names = attributes_to_ask(wanted, name);
    let attributes = if names.is_empty() {
        Err(gap(&asked, Reason::NotAsked))
    } else {
        calls.push(asked.clone());
        // The ARN tells whether the answer is about this queue.
        let names = names.iter().cloned().chain([Name::QueueArn]).collect();
        asker
            .ask(&asked, |probe| {
                client
                    .get_queue_attributes()
                    .queue_url(url)
                    .set_attribute_names(Some(names))
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await
            .map(|output| output.attributes.unwrap_or_default())
            .map_err(Refusal::of_listed)
    };
    let attributes = attributes.and_then(|attributes| {
        let told = attributes.get(&Name::QueueArn).map(String::as_str).unwrap_or_default();
        if told == arn.to_string() {
            return Ok(attributes);
        }
        Err(gap(&asked, Reason::Malformed("its QueueArn is not that of the queue that was asked about".to_owned())))
    });

    let tagged = Call::new("sqs", "ListQueueTags", region, name);
    let tags = if wanted.wants_of(name, "Tags") {
        calls.push(tagged.clone());
        let answer = asker
            .ask(&tagged, |probe| client.list_queue_tags().queue_url(url).customize().interceptor(probe).send())
            .await;
        match answer {
            Ok(_) if session.leaves_tags_out(QUEUE) => Read::unread(&gap(&tagged, Reason::Redacted)),
            Ok(output) => Read::Known(output.tags.unwrap_or_default().into_iter().collect::<BTreeMap<_, _>>()),
            Err(refusal) => Read::unread(&refusal.of_listed()),
        }
    } else {
        not_asked(&tagged)
    };

    let queue = Attributes { names: &names, answer: attributes.as_ref(), reader: Reader { call: &asked } };
    let queue = queue.queue(name, url, &arn, tags);
    Resource {
        type_name: QUEUE,
        region: region.to_owned(),
        name: name.clone(),
        id: arn.to_string(),
        parent: None,
        properties: to_value(&queue),
        calls,
    }
}

/// The attributes that are wanted of the queue called `name`: the fields that GetQueueAttributes reads bear their
/// names. Never the counters of messages, which change by themselves.
fn attributes_to_ask(wanted: &Wanted, name: &str) -> Vec<Name> {
    let read = |field: &&Field| field.read_by.as_deref() == Some("GetQueueAttributes");
    let fields = super::KINDS[0].fields().iter().filter(read).filter(|field| wanted.wants_of(name, &field.name));
    fields.map(|field| Name::from(field.name.as_str())).filter(|of| is_fifo(name) || !FIFO_ONLY.contains(of)).collect()
}

/// Whether the queue called `name` is a FIFO queue. The suffix decides: AWS asks it of all of them, and takes it for
/// no other.
fn is_fifo(name: &str) -> bool {
    name.ends_with(".fifo")
}

/// The answer of GetQueueAttributes, or the gap where it should be.
struct Attributes<'a> {
    /// The attributes that were asked for.
    names: &'a [Name],
    answer: Result<&'a HashMap<Name, String>, &'a Gap>,
    reader: Reader<'a>,
}

impl Attributes<'_> {
    fn queue(&self, name: &str, url: &str, arn: &Arn, tags: Read<BTreeMap<String, String>>) -> Queue {
        let fifo_only = |field| if is_fifo(name) { field } else { Read::Absent };
        Queue {
            queue_name: Read::Known(name.to_owned()),
            arn: Read::Known(arn.clone()),
            queue_url: Read::Known(url.to_owned()),
            fifo_queue: Read::Known(is_fifo(name)),
            content_based_deduplication: if is_fifo(name) {
                self.bool(Name::ContentBasedDeduplication)
            } else {
                Read::Absent
            },
            deduplication_scope: fifo_only(self.text(Name::DeduplicationScope)),
            fifo_throughput_limit: fifo_only(self.text(Name::FifoThroughputLimit)),
            delay_seconds: self.always(Name::DelaySeconds, whole),
            maximum_message_size: self.always(Name::MaximumMessageSize, whole),
            message_retention_period: self.always(Name::MessageRetentionPeriod, whole),
            receive_message_wait_time_seconds: self.always(Name::ReceiveMessageWaitTimeSeconds, whole),
            visibility_timeout: self.always(Name::VisibilityTimeout, whole),
            kms_master_key_id: self.text(Name::KmsMasterKeyId),
            kms_data_key_reuse_period_seconds: self.part(Name::KmsDataKeyReusePeriodSeconds, whole),
            sqs_managed_sse_enabled: self.bool(Name::SqsManagedSseEnabled),
            redrive_policy: self.json(Name::RedrivePolicy, |members| self.redrive_policy(members)),
            redrive_allow_policy: self.json(Name::RedriveAllowPolicy, |members| self.redrive_allow_policy(members)),
            policy: self.read(Name::Policy, |text| self.reader.document("Policy", text)),
            created_timestamp: self.always(Name::CreatedTimestamp, time),
            last_modified_timestamp: self.always(Name::LastModifiedTimestamp, time),
            tags,
        }
    }

    /// The attribute called `name`; absent if the answer lacks it or it is empty.
    fn read<T>(&self, name: Name, parse: impl FnOnce(&str) -> Read<T>) -> Read<T> {
        match self.answer {
            _ if !self.names.contains(&name) => not_asked(self.reader.call),
            Err(gap) => Read::unread(gap),
            Ok(attributes) => match attributes.get(&name).filter(|text| !text.is_empty()) {
                None => Read::Absent,
                Some(text) => parse(text),
            },
        }
    }

    fn part<T>(&self, name: Name, parse: fn(&str) -> Option<T>) -> Read<T> {
        self.read(name.clone(), |text| match parse(text) {
            Some(value) => Read::Known(value),
            None => self.reader.malformed(format!("its {name} cannot be read")),
        })
    }

    /// An attribute that AWS sends for every queue.
    fn always<T>(&self, name: Name, parse: fn(&str) -> Option<T>) -> Read<T> {
        match self.part(name.clone(), parse) {
            Read::Absent => self.reader.always(name.as_str(), None),
            other => other,
        }
    }

    fn text(&self, name: Name) -> Read<String> {
        self.part(name, |text| Some(text.to_owned()))
    }

    fn bool(&self, name: Name) -> Read<bool> {
        self.part(name, |text| text.parse().ok())
    }

    /// An attribute whose text is a JSON object.
    fn json<T>(&self, name: Name, parse: impl FnOnce(&Members) -> T) -> Read<T> {
        self.read(name.clone(), |text| match serde_json::from_str::<Members>(text) {
            Ok(members) => Read::Known(parse(&members)),
            Err(_) => self.reader.malformed(format!("its {name} is not a JSON object")),
        })
    }

    fn redrive_policy(&self, members: &Members) -> RedrivePolicy {
        let count = members.get("maxReceiveCount");
        RedrivePolicy {
            dead_letter_target_arn: match members.get("deadLetterTargetArn").and_then(serde_json::Value::as_str) {
                Some(arn) => self.reader.arn("deadLetterTargetArn", Some(arn)),
                None => self.reader.malformed("its RedrivePolicy has no deadLetterTargetArn"),
            },
            // AWS takes a number and a text for it, and gives back what it took.
            max_receive_count: match count.and_then(|count| count.as_i64().or_else(|| whole(count.as_str()?))) {
                Some(count) => Read::Known(count),
                None => self.reader.malformed("its maxReceiveCount is not a whole number"),
            },
        }
    }

    fn redrive_allow_policy(&self, members: &Members) -> RedriveAllowPolicy {
        let sources = match members.get("sourceQueueArns") {
            None => Read::Absent,
            Some(sources) => {
                let arns = sources.as_array().map(|arns| arns.iter().map(|arn| arn.as_str()?.parse().ok()));
                match arns.and_then(Iterator::collect::<Option<Vec<Arn>>>) {
                    Some(mut arns) => {
                        arns.sort();
                        Read::Known(Set(arns))
                    }
                    None => self.reader.malformed("its sourceQueueArns is not a list of ARNs"),
                }
            }
        };
        RedriveAllowPolicy {
            redrive_permission: self
                .reader
                .text("redrivePermission", members.get("redrivePermission").and_then(serde_json::Value::as_str)),
            source_queue_arns: sources,
        }
    }
}

type Members = serde_json::Map<String, serde_json::Value>;

fn whole(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Seconds since 1970, which some servers write with a fraction.
fn time(text: &str) -> Option<Timestamp> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| seconds.parse().ok()).flatten().map(|seconds| Timestamp(crate::aws::utc_seconds(seconds)))
}
