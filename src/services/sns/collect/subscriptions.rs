//! Subscriptions: those of the topics that rules name, or all, and what only their attributes tell.

use super::super::{RedrivePolicy, SUBSCRIPTION, Subscription, subscriptions};
use super::attributes::Attributes;
use super::{AT_ONCE, Context};
use crate::aws::{Refusal, gap};
use crate::model::{Arn, Call, Gap, Read, Reason, Resource, Wanted, to_value};
use crate::services::{Gathered, Pages, Reader, pages};
use aws_sdk_sns::types;
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What stands in place of the ARN of a subscription that has none.
const PENDING: &str = "PendingConfirmation";
/// What stands in place of the ARN of a subscription that is no more.
const DELETED: &str = "Deleted";

/// A subscription as a list tells it.
struct Listed {
    /// The ARN, or why there is none: [`PENDING`] or [`DELETED`].
    arn: Result<Arn, &'static str>,
    topic: Arn,
    subscription: types::Subscription,
    call: Call,
}

/// Gathers the subscriptions that are `wanted`; those of `topics`, which are there, by a list each where not all are.
pub(super) async fn gather(context: &Context<'_>, wanted: &Wanted, topics: Vec<String>, gathered: &mut Gathered) {
    let region = || context.region.to_owned();
    let (mut listed, mut complete) = (Vec::new(), false);
    if wanted.of_any_parent() {
        let list = understood(list(context, None).await);
        complete = list.broken.is_none();
        gathered.listings.insert((SUBSCRIPTION.to_owned(), region()), list.listing());
        listed = list.items;
    }
    if !complete {
        let lists: Vec<_> = stream::iter(topics)
            .map(|name| async move {
                let topic = context.topic(&name);
                let mut list = understood(list(context, Some(&topic)).await);
                if list.items.iter().any(|(listed, _)| listed.topic != topic) {
                    list.malformed("it lists a subscription to another topic");
                    list.items.retain(|(listed, _)| listed.topic == topic);
                }
                (topic, list)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (topic, list) in lists {
            // What the list of all gave before it broke off is in this one as well.
            listed.retain(|(listed, _): &(Listed, Call)| listed.topic != topic || list.broken.is_some());
            let key = (SUBSCRIPTION.to_owned(), region(), topic.to_string());
            gathered.children.insert(key, list.listing());
            listed.extend(list.items);
        }
    }
    let listed = listed.into_iter().map(|(listed, _)| listed).filter(|listed| includes(context, wanted, listed));
    let mut seen = BTreeSet::new();
    let mut with_arn = Vec::new();
    let mut without: BTreeMap<(Arn, &'static str, String), Vec<Listed>> = BTreeMap::new();
    for listed in listed {
        match &listed.arn {
            Ok(arn) if seen.insert(arn.clone()) => with_arn.push(listed),
            Ok(_) => {}
            Err(why) => {
                let protocol = listed.subscription.protocol.clone().unwrap_or_default();
                without.entry((listed.topic.clone(), why, protocol)).or_default().push(listed);
            }
        }
    }
    let read: Vec<_> = stream::iter(with_arn)
        .map(|listed| with_attributes(context, wanted, listed))
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    gathered.resources.extend(read);
    for (_, listed) in without {
        gathered.resources.extend(without_arn(context, listed));
    }
}

/// The list of all subscriptions, or of those to `topic`.
async fn list(context: &Context<'_>, topic: Option<&Arn>) -> Pages<(types::Subscription, Call)> {
    let Context { asker, client, region } = context;
    match topic {
        None => {
            pages(Call::new("sns", "ListSubscriptions", region, ""), async |call, token| {
                let page = asker
                    .ask(call, |probe| {
                        client.list_subscriptions().set_next_token(token).customize().interceptor(probe).send()
                    })
                    .await?;
                Ok((page.subscriptions.unwrap_or_default(), page.next_token))
            })
            .await
        }
        Some(topic) => {
            let first = Call::new("sns", "ListSubscriptionsByTopic", region, &topic.resource);
            pages(first, async |call, token| {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_subscriptions_by_topic().topic_arn(topic.to_string());
                        request.set_next_token(token).customize().interceptor(probe).send()
                    })
                    .await?;
                Ok((page.subscriptions.unwrap_or_default(), page.next_token))
            })
            .await
        }
    }
}

/// `list` with its ARNs read. One that cannot be understood breaks the list, since nobody knows what it is.
fn understood(list: Pages<(types::Subscription, Call)>) -> Pages<(Listed, Call)> {
    let mut read = Pages { items: Vec::new(), calls: list.calls, broken: list.broken };
    for (subscription, call) in list.items {
        let topic = subscription.topic_arn.as_deref().map(str::parse::<Arn>);
        let told = subscription.subscription_arn.as_deref().unwrap_or_default();
        let arn = match told.parse::<Arn>() {
            Ok(arn) => Some(Ok(arn)),
            Err(_) if told.replace(' ', "").eq_ignore_ascii_case(PENDING) => Some(Err(PENDING)),
            Err(_) if told.eq_ignore_ascii_case(DELETED) => Some(Err(DELETED)),
            Err(_) => None,
        };
        match (arn, topic) {
            (Some(arn), Some(Ok(topic))) => {
                read.items.push((Listed { arn, topic, subscription, call: call.clone() }, call));
            }
            _ => read.malformed("it lists a subscription without an ARN or a topic"),
        }
    }
    read
}

/// The name of the topic that a subscription hangs on, if it is one of the account's own.
fn own_topic<'a>(context: &Context<'_>, listed: &'a Listed) -> &'a str {
    let topic = &listed.topic;
    if context.topic(&topic.resource) == *topic { &topic.resource } else { "" }
}

fn includes(context: &Context<'_>, wanted: &Wanted, listed: &Listed) -> bool {
    wanted.includes(&name(listed)) || wanted.children.contains_key(own_topic(context, listed))
}

fn name(listed: &Listed) -> String {
    listed.arn.as_ref().map_or_else(|why| (*why).to_owned(), ToString::to_string)
}

/// A confirmed subscription, with its attributes if they are wanted.
async fn with_attributes(context: &Context<'_>, wanted: &Wanted, listed: Listed) -> Resource {
    let id = name(&listed);
    let subject = listed.arn.as_ref().map_or("", |arn| arn.resource.as_str());
    let call = Call::new("sns", "GetSubscriptionAttributes", context.region, subject);
    let topic = own_topic(context, &listed);
    let read_by_it = subscriptions().fields().iter().filter(|field| field.read_by.is_some());
    let wants = read_by_it.into_iter().any(|field| wanted.wants_of_child(&id, topic, &field.name));
    let mut calls = vec![listed.call.clone()];
    let attributes = if wants {
        calls.push(call.clone());
        attributes(context, &id, &call).await
    } else {
        Err(gap(&call, Reason::NotAsked))
    };
    resource(context, &listed, id, attributes.as_ref(), &call, calls)
}

async fn attributes(context: &Context<'_>, arn: &str, call: &Call) -> Result<HashMap<String, String>, Gap> {
    let Context { asker, client, .. } = context;
    let output = asker
        .ask(call, |probe| {
            client.get_subscription_attributes().subscription_arn(arn).customize().interceptor(probe).send()
        })
        .await
        .map_err(Refusal::of_listed)?;
    let attributes = output.attributes.unwrap_or_default();
    if attributes.get("SubscriptionArn").map(String::as_str) == Some(arn) {
        return Ok(attributes);
    }
    let fault = "its SubscriptionArn is not that of the subscription that was asked about";
    Err(gap(call, Reason::Malformed(fault.to_owned())))
}

/// Subscriptions to one topic by one protocol that have no ARN. AWS tells no more of them than the list does.
fn without_arn(context: &Context<'_>, mut listed: Vec<Listed>) -> Vec<Resource> {
    // Told apart by what may be kept of where they deliver to, so that a replay gives the same ids.
    listed.sort_by_cached_key(|listed| match endpoint(context, listed) {
        Read::Known(endpoint) => (0, endpoint),
        _ => (1, String::new()),
    });
    let of_one = |(number, listed): (usize, &Listed)| {
        let why = *listed.arn.as_ref().err().unwrap_or(&PENDING);
        let subject = format!("{} {why}", listed.topic.resource);
        let call = Call::new("sns", "GetSubscriptionAttributes", context.region, &subject);
        let reason = match why {
            DELETED => "the subscription was deleted, and AWS tells nothing more of it",
            _ => "the subscription waits for its confirmation, and until then AWS tells nothing more of it",
        };
        let unread = gap(&call, Reason::Undecided(reason.to_owned()));
        let protocol = listed.subscription.protocol.as_deref().unwrap_or_default();
        let id = format!("{why} {protocol} {} of {}", number + 1, listed.topic);
        resource(context, listed, id, Err(&unread), &call, vec![listed.call.clone()])
    };
    listed.iter().enumerate().map(of_one).collect()
}

/// Where a subscription delivers to, as far as it may be kept.
fn endpoint(context: &Context<'_>, listed: &Listed) -> Read<String> {
    match listed.subscription.endpoint.as_deref().filter(|endpoint| !endpoint.is_empty()) {
        Some(endpoint) => context.asker.disclosed(&listed.call, endpoint),
        None => Reader { call: &listed.call }.always("Endpoint", None),
    }
}

fn resource(
    context: &Context<'_>,
    listed: &Listed,
    id: String,
    attributes: Result<&HashMap<String, String>, &Gap>,
    asked: &Call,
    calls: Vec<Call>,
) -> Resource {
    let reader = Reader { call: &listed.call };
    // One that was asked for with its ARN may have it before it is confirmed.
    let waits = attributes.is_ok_and(|all| all.get("PendingConfirmation").is_some_and(|told| told == "true"));
    let attributes = Attributes { answer: attributes, reader: Reader { call: asked } };
    let of_attributes = attributes.reader;
    let subscription = Subscription {
        subscription_arn: Read::from_option(listed.arn.clone().ok()),
        pending_confirmation: Read::Known(listed.arn == Err(PENDING) || waits),
        deleted: Read::Known(listed.arn == Err(DELETED)),
        protocol: reader.text("Protocol", listed.subscription.protocol.as_deref()),
        endpoint: endpoint(context, listed),
        topic_arn: Read::Known(listed.topic.clone()),
        owner: reader.text("Owner", listed.subscription.owner.as_deref()),
        filter_policy: attributes.canonical("FilterPolicy"),
        filter_policy_scope: attributes.text_or("FilterPolicyScope", "MessageAttributes"),
        raw_message_delivery: attributes.bool("RawMessageDelivery"),
        redrive_policy: attributes.json("RedrivePolicy", |members| RedrivePolicy {
            dead_letter_target_arn: match members.get("deadLetterTargetArn").and_then(serde_json::Value::as_str) {
                Some(arn) => of_attributes.arn("deadLetterTargetArn", Some(arn)),
                None => of_attributes.malformed("its RedrivePolicy has no deadLetterTargetArn"),
            },
        }),
        delivery_policy: attributes.canonical("DeliveryPolicy"),
        subscription_role_arn: attributes
            .read("SubscriptionRoleArn", |text| of_attributes.arn("SubscriptionRoleArn", Some(text))),
    };
    Resource {
        type_name: SUBSCRIPTION,
        region: context.region.to_owned(),
        name: name(listed),
        id,
        parent: Some(listed.topic.to_string()),
        properties: to_value(&subscription),
        calls,
    }
}
