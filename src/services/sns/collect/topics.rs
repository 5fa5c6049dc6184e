//! Topics: the list of them, and the attributes and tags of those that are wanted.

use super::super::{TOPIC, Topic, topics};
use super::attributes::Attributes;
use super::{AT_ONCE, Context};
use crate::aws::{Refusal, gap};
use crate::model::{Arn, Call, Read, Reason, Resource, Wanted, to_value};
use crate::services::{Gathered, Pages, Reader, not_asked, pages};
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Gathers the topics that are `wanted`.
pub(super) async fn gather(context: &Context<'_>, wanted: &Wanted, gathered: &mut Gathered) {
    let key = (TOPIC.to_owned(), context.region.to_owned());
    let list = list(context).await;
    let names: BTreeSet<String> = list.items.iter().map(|(arn, _)| arn.resource.clone()).collect();
    gathered.listings.insert(key.clone(), list.listing());
    let listed = list.items.iter().filter(|(arn, _)| wanted.includes(&arn.resource));
    let mut read: Vec<Resource> = stream::iter(listed)
        .map(|(arn, call)| async move {
            let (name, asked) = (&arn.resource, attributes_call(context, &arn.resource));
            let attributes = if wants(wanted, name, "GetTopicAttributes") {
                attributes(context, arn, &asked).await.map_err(Refusal::of_listed)
            } else {
                Err(gap(&asked, Reason::NotAsked))
            };
            let made = !matches!(&attributes, Err(gap) if gap.reason == Reason::NotAsked);
            let calls = [call.clone()].into_iter().chain(made.then_some(asked)).collect();
            resource(context, wanted, arn, attributes, calls).await
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    if list.broken.is_some() {
        read.extend(by_name(context, wanted, &names, gathered).await);
    }
    gathered.resources.extend(read);
    gathered.names.insert(key, names);
}

/// The ARNs of all topics.
async fn list(context: &Context<'_>) -> Pages<(Arn, Call)> {
    let Context { asker, client, region } = context;
    let list = pages(Call::new("sns", "ListTopics", region, ""), async |call, token| {
        let page = asker
            .ask(call, |probe| client.list_topics().set_next_token(token).customize().interceptor(probe).send())
            .await?;
        let arns: Vec<_> = page.topics.unwrap_or_default().into_iter().map(|topic| topic.topic_arn).collect();
        Ok((arns, page.next_token))
    })
    .await;
    let mut arns = Pages { items: Vec::new(), calls: list.calls, broken: list.broken };
    let mut seen = BTreeSet::new();
    for (text, call) in list.items {
        match text.as_deref().map(str::parse::<Arn>) {
            Some(Ok(arn)) if arn.service == "sns" && !arn.resource.contains(':') => {
                if seen.insert(arn.resource.clone()) {
                    arns.items.push((arn, call));
                }
            }
            _ => arns.malformed("it lists a topic without the ARN of one"),
        }
    }
    arns
}

/// Asks for the topics that rules name and that the list, which failed, did not give.
async fn by_name(
    context: &Context<'_>,
    wanted: &Wanted,
    known: &BTreeSet<String>,
    gathered: &mut Gathered,
) -> Vec<Resource> {
    let missing = wanted.named.keys().filter(|name| !known.contains(*name));
    let read: Vec<_> = stream::iter(missing)
        .map(|name| async move {
            let (arn, call) = (context.topic(name), attributes_call(context, name));
            match attributes(context, &arn, &call).await {
                Ok(attributes) => Ok(resource(context, wanted, &arn, Ok(attributes), vec![call]).await),
                Err(refusal) if refusal.says_missing() => Err((name, Ok(call))),
                Err(refusal) => Err((name, Err(refusal.gap))),
            }
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut topics = Vec::new();
    for read in read {
        match read {
            Ok(topic) => topics.push(topic),
            Err((name, asked)) => {
                gathered.asked.insert((TOPIC.to_owned(), context.region.to_owned(), name.clone()), asked);
            }
        }
    }
    topics
}

/// Whether a field is wanted of the topic called `name` that `operation` reads.
fn wants(wanted: &Wanted, name: &str, operation: &str) -> bool {
    let read_by_it = topics().fields().iter().filter(|field| field.read_by.as_deref() == Some(operation));
    read_by_it.into_iter().any(|field| wanted.wants_of(name, &field.name))
}

fn attributes_call(context: &Context<'_>, name: &str) -> Call {
    Call::new("sns", "GetTopicAttributes", context.region, name)
}

async fn attributes(context: &Context<'_>, arn: &Arn, call: &Call) -> Result<HashMap<String, String>, Refusal> {
    let Context { asker, client, .. } = context;
    let arn = arn.to_string();
    let output = asker
        .ask(call, |probe| client.get_topic_attributes().topic_arn(&arn).customize().interceptor(probe).send())
        .await?;
    let attributes = output.attributes.unwrap_or_default();
    if attributes.get("TopicArn") == Some(&arn) {
        return Ok(attributes);
    }
    let fault = "its TopicArn is not that of the topic that was asked about";
    Err(Refusal::of(call, Reason::Malformed(fault.to_owned())))
}

async fn resource(
    context: &Context<'_>,
    wanted: &Wanted,
    arn: &Arn,
    attributes: Result<HashMap<String, String>, crate::model::Gap>,
    mut calls: Vec<Call>,
) -> Resource {
    let name = &arn.resource;
    let tagged = Call::new("sns", "ListTagsForResource", context.region, name);
    let tags = if wants(wanted, name, "ListTagsForResource") {
        calls.push(tagged.clone());
        tags(context, arn, &tagged).await
    } else {
        not_asked(&tagged)
    };
    let asked = attributes_call(context, name);
    let attributes = Attributes { answer: attributes.as_ref(), reader: Reader { call: &asked } };
    Resource {
        type_name: TOPIC,
        region: context.region.to_owned(),
        name: name.clone(),
        id: arn.to_string(),
        parent: None,
        properties: to_value(&topic(&attributes, arn, tags)),
        calls,
    }
}

async fn tags(context: &Context<'_>, arn: &Arn, call: &Call) -> Read<BTreeMap<String, String>> {
    let Context { asker, client, .. } = context;
    let answer = asker
        .ask(call, |probe| {
            let request = client.list_tags_for_resource().resource_arn(arn.to_string());
            request.customize().interceptor(probe).send()
        })
        .await;
    match answer {
        Ok(_) if asker.session().leaves_tags_out(TOPIC) => Read::unread(&gap(call, Reason::Redacted)),
        Ok(output) => {
            Read::Known(output.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect())
        }
        Err(refusal) => Read::unread(&refusal.of_listed()),
    }
}

fn topic(attributes: &Attributes<'_>, arn: &Arn, tags: Read<BTreeMap<String, String>>) -> Topic {
    let name = &arn.resource;
    // The suffix decides: AWS asks it of every FIFO topic, and takes it for no other.
    let fifo = name.ends_with(".fifo");
    Topic {
        topic_name: Read::Known(name.clone()),
        arn: Read::Known(arn.clone()),
        fifo_topic: Read::Known(fifo),
        content_based_deduplication: if fifo { attributes.bool("ContentBasedDeduplication") } else { Read::Absent },
        display_name: attributes.text("DisplayName"),
        kms_master_key_id: attributes.text("KmsMasterKeyId"),
        signature_version: attributes.text_or("SignatureVersion", "1"),
        tracing_config: if fifo { Read::Absent } else { attributes.text_or("TracingConfig", "PassThrough") },
        delivery_policy: attributes.canonical("DeliveryPolicy"),
        policy: attributes.always("Policy", |text| attributes.reader.document("Policy", text)),
        owner: attributes.always("Owner", |text| Read::Known(text.to_owned())),
        tags,
    }
}
