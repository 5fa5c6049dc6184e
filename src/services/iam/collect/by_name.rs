//! The calls that read one role, user or group by its name, and those that list them.

use super::super::plan::ByName;
use super::super::{GROUP, ROLE};
use super::Context;
use super::principal::{Principal, attached};
use crate::aws::{Refusal, gap};
use crate::model::{Call, Gap, Reason, Wanted};
use crate::services::{Page, Pages, all_pages};
use std::collections::BTreeMap;

/// What came of reading one by its name.
pub(super) enum Outcome {
    /// It was read, or at least listed.
    Read(Box<Principal>),
    /// This call says that it does not exist.
    Missing(Call),
    /// Whether it exists cannot be said.
    Unknown(Gap),
}

/// One that a list names.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) arn: String,
    pub(super) call: Call,
}

/// Reads all that `get` of this kind gives of the one that `call` is about.
pub(super) async fn get(context: &Context<'_>, kind: &ByName, call: &Call) -> Result<Principal, Refusal> {
    let Context { asker, client } = context;
    let name = &call.subject;
    let none = || Reason::Malformed("its answer holds nothing".to_owned());
    match kind.type_name {
        ROLE => {
            let output = asker
                .ask(call, |probe| client.get_role().role_name(name).customize().interceptor(probe).send())
                .await?;
            output.role.map(|role| Principal::from_role(role, call)).ok_or_else(|| Refusal::of(call, none()))
        }
        GROUP => {
            let output = asker
                .ask(call, |probe| {
                    // The members are not wanted: the shortest page will do.
                    client.get_group().group_name(name).max_items(1).customize().interceptor(probe).send()
                })
                .await?;
            output.group.map(|group| Principal::from_group(group, call)).ok_or_else(|| Refusal::of(call, none()))
        }
        _ => {
            let output = asker
                .ask(call, |probe| client.get_user().user_name(name).customize().interceptor(probe).send())
                .await?;
            output.user.map(|user| Principal::from_user(user, call)).ok_or_else(|| Refusal::of(call, none()))
        }
    }
}

/// Lists all of this kind.
pub(super) async fn list(context: &Context<'_>, kind: &ByName) -> Pages<Listed> {
    let Context { asker, client } = context;
    all_pages(Call::new("iam", kind.list, "", ""), async |call, marker| {
        let listed = |name: String, arn: String| Listed { name, arn, call: call.clone() };
        Ok(match kind.type_name {
            ROLE => {
                let page = asker
                    .ask(call, |probe| {
                        client.list_roles().max_items(1000).set_marker(marker).customize().interceptor(probe).send()
                    })
                    .await?;
                let items = page.roles.into_iter().map(|role| listed(role.role_name, role.arn)).collect();
                Page { items, truncated: page.is_truncated, marker: page.marker }
            }
            GROUP => {
                let page = asker
                    .ask(call, |probe| {
                        client.list_groups().max_items(1000).set_marker(marker).customize().interceptor(probe).send()
                    })
                    .await?;
                let items = page.groups.into_iter().map(|group| listed(group.group_name, group.arn)).collect();
                Page { items, truncated: page.is_truncated, marker: page.marker }
            }
            _ => {
                let page = asker
                    .ask(call, |probe| {
                        client.list_users().max_items(1000).set_marker(marker).customize().interceptor(probe).send()
                    })
                    .await?;
                let items = page.users.into_iter().map(|user| listed(user.user_name, user.arn)).collect();
                Page { items, truncated: page.is_truncated, marker: page.marker }
            }
        })
    })
    .await
}

/// Reads the one called `name`, with the parts of it that are wanted; `listed` if a list names it.
pub(super) async fn read(
    context: &Context<'_>,
    kind: &ByName,
    wanted: &Wanted,
    name: &str,
    listed: Option<&Listed>,
) -> Outcome {
    let call = Call::new("iam", kind.get, "", name);
    let mut principal = match get(context, kind, &call).await {
        Ok(principal) => principal,
        Err(refusal) => {
            let Some(listed) = listed else {
                return if refusal.says_missing() { Outcome::Missing(call) } else { Outcome::Unknown(refusal.gap) };
            };
            let gap = refusal.of_listed();
            let mut principal = Principal::bare(kind.type_name, &listed.name, &listed.arn, &listed.call);
            principal.calls.push(call);
            principal.alone = Err(gap.clone());
            principal.unread = Some(gap);
            principal
        }
    };
    for (operation, field) in kind.reads {
        let wants = wanted.wants_of(name, field);
        let call = Call::new("iam", operation, "", name);
        let unread = || gap(&call, Reason::NotAsked);
        match (*field, *operation) {
            ("ManagedPolicyArns", _) => {
                principal.attached = if wants { attached_to(context, kind, &call).await } else { Err(unread()) };
            }
            ("Groups", _) => {
                principal.groups = if wants { groups_of(context, &call).await } else { Err(unread()) };
            }
            ("Policies", list) if list.starts_with("List") => {
                principal.inline = if wants { inline_of(context, kind, &call).await } else { Err(unread()) };
            }
            _ => continue,
        }
        if wants {
            principal.calls.push(call);
        }
    }
    Outcome::Read(Box::new(principal))
}

/// The items of a list that was read to its end, or why it was not.
fn whole<T>(pages: Pages<T>) -> Result<Vec<T>, Gap> {
    match pages.broken {
        None => Ok(pages.items),
        Some(gap) => Err(gap),
    }
}

async fn attached_to(context: &Context<'_>, kind: &ByName, call: &Call) -> Result<Vec<String>, Gap> {
    let Context { asker, client } = context;
    let name = &call.subject;
    let pages = all_pages(call.clone(), async |call, marker| {
        let (policies, truncated, marker) = match kind.type_name {
            ROLE => {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_attached_role_policies().role_name(name).set_marker(marker);
                        request.customize().interceptor(probe).send()
                    })
                    .await?;
                (page.attached_policies, page.is_truncated, page.marker)
            }
            GROUP => {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_attached_group_policies().group_name(name).set_marker(marker);
                        request.customize().interceptor(probe).send()
                    })
                    .await?;
                (page.attached_policies, page.is_truncated, page.marker)
            }
            _ => {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_attached_user_policies().user_name(name).set_marker(marker);
                        request.customize().interceptor(probe).send()
                    })
                    .await?;
                (page.attached_policies, page.is_truncated, page.marker)
            }
        };
        Ok(Page { items: attached(policies), truncated, marker })
    });
    whole(pages.await)
}

async fn groups_of(context: &Context<'_>, call: &Call) -> Result<Vec<String>, Gap> {
    let Context { asker, client } = context;
    let name = &call.subject;
    let pages = all_pages(call.clone(), async |call, marker| {
        let page = asker
            .ask(call, |probe| {
                client.list_groups_for_user().user_name(name).set_marker(marker).customize().interceptor(probe).send()
            })
            .await?;
        let items = page.groups.into_iter().map(|group| group.group_name).collect();
        Ok(Page { items, truncated: page.is_truncated, marker: page.marker })
    });
    whole(pages.await)
}

async fn inline_of(
    context: &Context<'_>,
    kind: &ByName,
    call: &Call,
) -> Result<BTreeMap<String, Result<String, Gap>>, Gap> {
    let Context { asker, client } = context;
    let name = &call.subject;
    let pages = all_pages(call.clone(), async |call, marker| {
        let (items, truncated, marker) = match kind.type_name {
            ROLE => {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_role_policies().role_name(name).set_marker(marker);
                        request.customize().interceptor(probe).send()
                    })
                    .await?;
                (page.policy_names, page.is_truncated, page.marker)
            }
            GROUP => {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_group_policies().group_name(name).set_marker(marker);
                        request.customize().interceptor(probe).send()
                    })
                    .await?;
                (page.policy_names, page.is_truncated, page.marker)
            }
            _ => {
                let page = asker
                    .ask(call, |probe| {
                        let request = client.list_user_policies().user_name(name).set_marker(marker);
                        request.customize().interceptor(probe).send()
                    })
                    .await?;
                (page.policy_names, page.is_truncated, page.marker)
            }
        };
        Ok(Page { items, truncated, marker })
    });
    let mut policies = BTreeMap::new();
    for policy in whole(pages.await)? {
        let document = document_of(context, kind, name, &policy).await;
        policies.insert(policy, document.map_err(Refusal::of_listed));
    }
    Ok(policies)
}

/// The document of one inline policy, percent-encoded.
async fn document_of(context: &Context<'_>, kind: &ByName, name: &str, policy: &str) -> Result<String, Refusal> {
    let Context { asker, client } = context;
    let subject = format!("{name}/{policy}");
    let call = |operation: &str| Call::new("iam", operation, "", &subject);
    Ok(match kind.type_name {
        ROLE => {
            let request = client.get_role_policy().role_name(name).policy_name(policy);
            let call = call("GetRolePolicy");
            asker.ask(&call, |probe| request.customize().interceptor(probe).send()).await?.policy_document
        }
        GROUP => {
            let request = client.get_group_policy().group_name(name).policy_name(policy);
            let call = call("GetGroupPolicy");
            asker.ask(&call, |probe| request.customize().interceptor(probe).send()).await?.policy_document
        }
        _ => {
            let request = client.get_user_policy().user_name(name).policy_name(policy);
            let call = call("GetUserPolicy");
            asker.ask(&call, |probe| request.customize().interceptor(probe).send()).await?.policy_document
        }
    })
}
