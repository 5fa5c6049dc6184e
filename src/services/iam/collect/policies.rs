//! Managed policies: the account's own, and those of AWS's that are attached in it.

use super::super::plan;
use super::super::{DETAILS, MANAGED_POLICY};
use super::details::{Attachments, Details};
use super::policy::{Policy, is_aws_managed};
use super::{AT_ONCE, Context};
use crate::aws::{Refusal, gap};
use crate::model::{Call, Gap, Listing, Reason, Value, Wanted};
use crate::services::Gathered;
use crate::services::{Page, Pages, all_pages};
use aws_sdk_iam::types::PolicyScopeType;
use futures_util::stream::{self, StreamExt as _};
use std::collections::{BTreeMap, BTreeSet};

/// Gathers the managed policies that are `wanted`.
pub(super) async fn gather(
    context: &Context<'_>,
    wanted: &Wanted,
    details: &mut Details,
    attachments: &BTreeMap<String, Attachments>,
    gathered: &mut Gathered,
) {
    let mut policies = std::mem::take(&mut details.policies);
    let wanted = Led { wanted, to: wanted.reached.as_ref().map(|fields| (reached(gathered), fields)) };
    let mut of_aws: BTreeSet<String> = wanted.to.iter().flat_map(|(arns, _)| arns).cloned().collect();
    let listing = match &details.broken {
        None => {
            of_aws.extend(attachments.keys().filter(|_| wanted.all.is_some()).cloned());
            Listing::Complete(details.calls.clone())
        }
        Some(_) => in_place_of_details(context, &wanted, &mut policies).await,
    };
    of_aws.retain(|arn| is_aws_managed(arn) && !policies.contains_key(arn));
    gathered.listings.insert((MANAGED_POLICY.to_owned(), String::new()), listing);

    let own = policies.values().filter(|policy| !policy.is_aws_managed());
    let names = own.map(|policy| policy.name.clone()).collect();
    gathered.names.insert((MANAGED_POLICY.to_owned(), String::new()), names);

    let read = stream::iter(of_aws).map(|arn| aws_managed(context, arn));
    let read: Vec<Policy> = read.buffer_unordered(AT_ONCE).collect().await;
    let included = policies.into_values().filter(|policy| match policy.is_aws_managed() {
        true => wanted.all.is_some() || wanted.leads_to(&policy.arn),
        false => wanted.includes(&policy.name) || wanted.leads_to(&policy.arn),
    });
    let completed = stream::iter(included.chain(read)).map(|policy| completed(context, &wanted, policy));
    let completed: Vec<Policy> = completed.buffer_unordered(AT_ONCE).collect().await;

    let unasked = gap(&Call::new("iam", DETAILS, "", ""), Reason::NotAsked);
    let unknown = match &details.broken {
        Some(gap) => Some(gap),
        None if !plan::wants_attachments(&wanted) => Some(&unasked),
        None => None,
    };
    let none = Attachments::default();
    let tags_left_out = context.leaves_tags_out(MANAGED_POLICY);
    for policy in completed {
        let of = match unknown {
            Some(gap) => Err(gap),
            None => Ok(attachments.get(&policy.arn).unwrap_or(&none)),
        };
        gathered.resources.push(policy.into_resource(of, tags_left_out));
    }
}

/// What is wanted of policies, with those that the principals lead to and the fields wanted of these.
struct Led<'w> {
    wanted: &'w Wanted,
    to: Option<(BTreeSet<String>, &'w BTreeSet<String>)>,
}

impl std::ops::Deref for Led<'_> {
    type Target = Wanted;

    fn deref(&self) -> &Wanted {
        self.wanted
    }
}

impl Led<'_> {
    fn leads_to(&self, arn: &str) -> bool {
        self.to.as_ref().is_some_and(|(arns, _)| arns.contains(arn))
    }
}

/// The ARNs of the policies that are attached to the principals that were read, and of their boundaries.
fn reached(gathered: &Gathered) -> BTreeSet<String> {
    let mut arns = BTreeSet::new();
    for principal in &gathered.resources {
        let attached = match principal.properties.get("ManagedPolicyArns") {
            Value::List(items) | Value::Set(items) => items.as_slice(),
            _ => &[],
        };
        let boundary = principal.properties.get("PermissionsBoundary");
        arns.extend(attached.iter().chain([boundary]).filter_map(Value::as_text));
    }
    arns
}

/// Lists the policies that GetAccountAuthorizationDetails did not give.
async fn in_place_of_details(
    context: &Context<'_>,
    wanted: &Wanted,
    policies: &mut BTreeMap<String, Policy>,
) -> Listing {
    let mut listed = list(context, PolicyScopeType::Local).await;
    if wanted.all.is_some() && listed.broken.is_none() {
        let aws = list(context, PolicyScopeType::Aws).await;
        listed.items.extend(aws.items);
        listed.calls.extend(aws.calls);
        listed.broken = aws.broken;
    }
    for policy in listed.items {
        policies.entry(policy.arn.clone()).or_insert(policy);
    }
    listed.broken.map_or(Listing::Complete(listed.calls), Listing::Broken)
}

async fn list(context: &Context<'_>, scope: PolicyScopeType) -> Pages<Policy> {
    let Context { asker, client } = context;
    let attached = scope == PolicyScopeType::Aws;
    let subject = if attached { "attached AWS managed" } else { "" };
    all_pages(Call::new("iam", "ListPolicies", "", subject), async |call, marker| {
        let page = asker
            .ask(call, |probe| {
                client
                    .list_policies()
                    .scope(scope.clone())
                    .only_attached(attached)
                    .max_items(1000)
                    .set_marker(marker)
                    .customize()
                    .interceptor(probe)
                    .send()
            })
            .await?;
        let items = page.policies.unwrap_or_default().into_iter().map(|policy| {
            let mut policy = Policy::from_policy(policy, call);
            // A list leaves out descriptions and tags.
            policy.alone = Err(gap(&Call::new("iam", "GetPolicy", "", policy.subject()), Reason::NotAsked));
            policy
        });
        Ok(Page { items: items.collect(), truncated: page.is_truncated, marker: page.marker })
    })
    .await
}

/// Reads one of AWS's policies that is attached in the account.
async fn aws_managed(context: &Context<'_>, arn: String) -> Policy {
    let call = Call::new("iam", "GetPolicy", "", &arn);
    get(context, &call, &arn).await.unwrap_or_else(|gap| Policy::unread(&arn, gap))
}

async fn get(context: &Context<'_>, call: &Call, arn: &str) -> Result<Policy, Gap> {
    let Context { asker, client } = context;
    let output = asker
        .ask(call, |probe| client.get_policy().policy_arn(arn).customize().interceptor(probe).send())
        .await
        .map_err(Refusal::of_listed)?;
    match output.policy {
        Some(policy) if policy.arn.as_deref() == Some(arn) => Ok(Policy::from_policy(policy, call)),
        _ => Err(gap(call, Reason::Malformed("its answer is not about the policy that was asked for".to_owned()))),
    }
}

/// Reads the description, tags and document that are wanted and still missing.
async fn completed(context: &Context<'_>, wanted: &Led<'_>, mut policy: Policy) -> Policy {
    let wants = |field: &str| {
        let for_itself = match policy.is_aws_managed() {
            true => wanted.all.as_ref().is_some_and(|fields| fields.contains(field)),
            false => wanted.wants_of(&policy.name, field),
        };
        for_itself
            || wanted.to.as_ref().is_some_and(|(arns, fields)| arns.contains(&policy.arn) && fields.contains(field))
    };
    let (wants_alone, wants_document) = (wants("Description") || wants("Tags"), wants("PolicyDocument"));
    let not_asked = |part: &Gap| part.reason == Reason::NotAsked;

    if policy.alone.as_ref().is_err_and(not_asked) {
        let call = Call::new("iam", "GetPolicy", "", policy.subject());
        if wants_alone {
            policy.alone = get(context, &call, &policy.arn).await.and_then(|got| got.alone);
            policy.calls.push(call);
        } else {
            policy.alone = Err(gap(&call, Reason::NotAsked));
        }
    }
    if policy.document.as_ref().is_err_and(not_asked) {
        let call = Call::new("iam", "GetPolicyVersion", "", policy.subject());
        policy.document = match (&policy.default_version, wants_document) {
            (_, false) => Err(gap(&call, Reason::NotAsked)),
            (None, true) => Err(gap(&call, Reason::Malformed("the policy has no DefaultVersionId".to_owned()))),
            (Some(version), true) => {
                let request = context.client.get_policy_version().policy_arn(&policy.arn).version_id(version);
                let answer = context.asker.ask(&call, |probe| request.customize().interceptor(probe).send()).await;
                policy.calls.push(call.clone());
                match answer {
                    Ok(output) => Ok((output.policy_version.and_then(|version| version.document), call)),
                    Err(refusal) => Err(refusal.of_listed()),
                }
            }
        };
    }
    policy
}
