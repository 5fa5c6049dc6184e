//! Single changes to an account, as a person would make them in the console.

mod api;
mod function;
mod iam;
mod queue;
mod table;
mod topic;

pub(crate) use crate::support::lab::done;
pub(crate) use function::{Setting, TriggerSetting};

use crate::REGION;
use crate::support::lab::{self, API, Function, Integration, Lab, ORDERS, RestApi, Service, Source, TOPIC, Table};
use std::future::Future;
use std::pin::Pin;

/// A change. Policies are named as in the account; with a path before the name, or beginning with `aws:`, they are
/// AWS's own. Documents and statements may refer to the account as expected documents do.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    Attach {
        role: &'static str,
        policy: &'static str,
    },
    Detach {
        role: &'static str,
        policy: &'static str,
    },
    /// Takes the policy off the roles of the architecture and deletes it.
    DeletePolicy(&'static str),
    /// A policy with the document of another.
    NewPolicy {
        name: &'static str,
        path: &'static str,
        like: &'static str,
    },
    /// A policy with this document.
    NewDocument {
        name: &'static str,
        document: &'static str,
    },
    /// A further version that is not in force, and denies everything.
    StaleVersion(&'static str),
    /// A further version, with this document, that is in force from now on.
    NewVersion {
        policy: &'static str,
        document: &'static str,
    },
    DeleteRole(&'static str),
    /// A role with the trust policy and the attachments of one of the architecture.
    NewRole {
        name: &'static str,
        path: &'static str,
        like: &'static str,
    },
    DescribeRole(&'static str),
    TagRole(&'static str),
    /// The trust policy of a role is replaced.
    Trust {
        role: &'static str,
        document: &'static str,
    },
    /// An inline policy called `extra`.
    Inline {
        role: &'static str,
        document: &'static str,
    },
    Boundary {
        role: &'static str,
        policy: &'static str,
    },
    NewUser(&'static str),
    DeleteQueue,
    NewQueue {
        name: &'static str,
        region: &'static str,
        attributes: &'static [(&'static str, &'static str)],
    },
    SetQueue(&'static str, &'static str),
    TagQueue,
    /// The policy of the queue is replaced.
    QueuePolicy(&'static str),
    /// The policy of the queue has a statement more.
    QueueGains(&'static str),
    /// The policy of the queue has a statement less.
    QueueLoses(&'static str),
    NewTable(Table),
    DeleteTable(&'static str),
    /// The table and then its trigger are made anew, as by one who made the table so in the first place.
    ReplaceTable(Table),
    StreamOff,
    /// The stream of the table is turned off and on again, with this view type.
    StreamAgain(&'static str),
    ProvisionTable,
    ProtectTable,
    TagTable,
    NewFunction(Function),
    DeleteFunction(&'static str),
    SetFunction(&'static str, Setting),
    TagFunction(&'static str),
    NewTrigger {
        function: &'static str,
        source: Source,
    },
    /// All that a function has.
    DeleteTriggers(&'static str),
    /// All that a function has.
    SetTriggers(&'static str, TriggerSetting),
    /// The executions that are kept for a function: how many may run at once.
    Reserve(&'static str, i32),
    /// Another account may invoke the function, by a statement called `extra`.
    Permit(&'static str),
    /// The function has an address of its own.
    NewUrl(&'static str),
    NewTopic {
        name: &'static str,
        attributes: &'static [(&'static str, &'static str)],
    },
    DeleteTopic(&'static str),
    SetTopic(&'static str, &'static str),
    TagTopic,
    /// An address subscribes to the topic.
    Subscribe {
        protocol: &'static str,
        endpoint: &'static str,
    },
    /// All subscriptions of the topic end.
    Unsubscribe,
    /// An attribute of all subscriptions of the topic.
    SetSubscriptions(&'static str, &'static str),
    NewApi(RestApi),
    DeleteApi(&'static str),
    /// The API is made anew, as by one who made it so in the first place.
    ReplaceApi(RestApi),
    /// A setting of the API by its path, such as `/description`.
    SetApi(&'static str, &'static str),
    TagApi,
    /// The API has the method of this one as well.
    NewMethod(RestApi),
    DeleteMethod,
    /// The method has another integration.
    Integrate(Integration),
    DeleteIntegration,
    /// The integration has an empty template for its answers.
    EmptyTemplate,
    /// The API is deployed to a stage of this name.
    Deploy(&'static str),
    /// A change made in another region.
    In(&'static str, &'static Self),
}

impl Step {
    /// Makes the change.
    ///
    /// # Panics
    /// When the server refuses it.
    pub(crate) fn make(self, lab: &Lab) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(async move {
            match self {
                Self::Attach { role, policy } => iam::attach(lab, role, policy).await,
                Self::Detach { role, policy } => iam::detach(lab, role, policy).await,
                Self::DeletePolicy(name) => iam::delete_policy(lab, name).await,
                Self::NewPolicy { name, path, like } => {
                    iam::new_policy(lab, name, path, &lab::expected(&format!("{like}.json"))).await;
                }
                Self::NewDocument { name, document } => iam::new_policy(lab, name, "/", &lab.own(document)).await,
                Self::StaleVersion(name) => iam::new_version(lab, name, DENY_ALL, false).await,
                Self::NewVersion { policy, document } => iam::new_version(lab, policy, document, true).await,
                Self::DeleteRole(name) => iam::delete_role(lab, name).await,
                Self::NewRole { name, path, like } => iam::new_role(lab, name, path, like).await,
                Self::DescribeRole(name) => iam::describe_role(lab, name).await,
                Self::TagRole(name) => iam::tag_role(lab, name).await,
                Self::Trust { role, document } => iam::trust(lab, role, document).await,
                Self::Inline { role, document } => iam::inline(lab, role, document).await,
                Self::Boundary { role, policy } => iam::bound(lab, role, policy).await,
                Self::NewUser(name) => iam::new_user(lab, name).await,
                Self::DeleteQueue => queue::delete(lab).await,
                Self::NewQueue { name, region, attributes } => queue::create(lab, name, region, attributes).await,
                Self::SetQueue(attribute, value) => queue::set(lab, attribute, value).await,
                Self::TagQueue => queue::tag(lab).await,
                Self::QueuePolicy(document) => queue::set_policy(lab, lab.own(document)).await,
                Self::QueueGains(statement) => queue::gains(lab, statement).await,
                Self::QueueLoses(sid) => queue::loses(lab, sid).await,
                Self::NewTable(table) => lab::create_table(lab, &table).await,
                Self::DeleteTable(name) => table::delete(lab, name).await,
                Self::ReplaceTable(other) => table::replace(lab, &other).await,
                Self::StreamOff => lab::set_stream(lab, ORDERS.name, None).await,
                Self::StreamAgain(view) => table::stream_again(lab, view).await,
                Self::ProvisionTable => table::provision(lab).await,
                Self::ProtectTable => table::protect(lab).await,
                Self::TagTable => table::tag(lab).await,
                Self::NewFunction(function) => lab::create_function(lab, &function).await,
                Self::DeleteFunction(name) => function::delete(lab, name).await,
                Self::SetFunction(name, setting) => function::set(lab, name, setting).await,
                Self::TagFunction(name) => function::tag(lab, name).await,
                Self::NewTrigger { function, source } => lab::create_trigger(lab, function, source).await,
                Self::DeleteTriggers(function) => function::delete_triggers(lab, function).await,
                Self::SetTriggers(function, setting) => function::set_triggers(lab, function, setting).await,
                Self::Reserve(function, executions) => function::reserve(lab, function, executions).await,
                Self::Permit(function) => function::permit(lab, function).await,
                Self::NewUrl(function) => function::new_url(lab, function).await,
                Self::NewTopic { name, attributes } => lab::create_topic(lab, name, attributes).await,
                Self::DeleteTopic(name) => topic::delete(lab, name).await,
                Self::SetTopic(attribute, value) => topic::set(lab, attribute, value).await,
                Self::TagTopic => topic::tag(lab).await,
                Self::Subscribe { protocol, endpoint } => {
                    lab::subscribe(lab, TOPIC, protocol, endpoint).await;
                }
                Self::Unsubscribe => topic::unsubscribe(lab).await,
                Self::SetSubscriptions(attribute, value) => topic::set_subscriptions(lab, attribute, value).await,
                Self::NewApi(api) => {
                    lab::create_api(lab, &api).await;
                }
                Self::DeleteApi(name) => api::delete(lab, name).await,
                Self::ReplaceApi(api) => {
                    api::delete(lab, API).await;
                    lab::create_api(lab, &api).await;
                }
                Self::SetApi(path, value) => api::set(lab, path, value).await,
                Self::TagApi => api::tag(lab).await,
                Self::NewMethod(api) => api::new_method(lab, &api).await,
                Self::DeleteMethod => api::delete_method(lab).await,
                Self::Integrate(integration) => api::integrate(lab, Some(&integration)).await,
                Self::DeleteIntegration => api::integrate(lab, None).await,
                Self::EmptyTemplate => lab::put_empty_template(lab, &lab::method(lab).await).await,
                Self::Deploy(stage) => api::deploy(lab, stage).await,
                Self::In(region, step) => step.make(&lab.in_region(region)).await,
            }
        })
    }

    /// The services that it changes something of, or that must be built anew with what it changes: a table that is made
    /// again has another stream, which the triggers are on.
    pub(crate) fn touches(self) -> &'static [Service] {
        match self {
            Self::Attach { .. }
            | Self::Detach { .. }
            | Self::DeletePolicy(_)
            | Self::NewPolicy { .. }
            | Self::NewDocument { .. }
            | Self::StaleVersion(_)
            | Self::NewVersion { .. }
            | Self::DeleteRole(_)
            | Self::NewRole { .. }
            | Self::DescribeRole(_)
            | Self::TagRole(_)
            | Self::Trust { .. }
            | Self::Inline { .. }
            | Self::Boundary { .. }
            | Self::NewUser(_) => &[Service::Iam],
            Self::DeleteQueue
            | Self::NewQueue { .. }
            | Self::SetQueue(..)
            | Self::TagQueue
            | Self::QueuePolicy(_)
            | Self::QueueGains(_)
            | Self::QueueLoses(_) => &[Service::Sqs],
            Self::NewTable(_)
            | Self::DeleteTable(_)
            | Self::ReplaceTable(_)
            | Self::StreamOff
            | Self::StreamAgain(_)
            | Self::ProvisionTable
            | Self::ProtectTable
            | Self::TagTable => &[Service::DynamoDb, Service::Lambda],
            Self::NewFunction(_)
            | Self::DeleteFunction(_)
            | Self::SetFunction(..)
            | Self::TagFunction(_)
            | Self::NewTrigger { .. }
            | Self::DeleteTriggers(_)
            | Self::SetTriggers(..)
            | Self::Reserve(..)
            | Self::Permit(_)
            | Self::NewUrl(_) => &[Service::Lambda],
            Self::NewTopic { .. }
            | Self::DeleteTopic(_)
            | Self::SetTopic(..)
            | Self::TagTopic
            | Self::Subscribe { .. }
            | Self::Unsubscribe
            | Self::SetSubscriptions(..) => &[Service::Sns],
            Self::NewApi(_)
            | Self::DeleteApi(_)
            | Self::ReplaceApi(_)
            | Self::SetApi(..)
            | Self::TagApi
            | Self::NewMethod(_)
            | Self::DeleteMethod
            | Self::Integrate(_)
            | Self::DeleteIntegration
            | Self::EmptyTemplate
            | Self::Deploy(_) => &[Service::ApiGateway],
            Self::In(_, step) => step.touches(),
        }
    }

    /// The region that it changes something in.
    pub(crate) fn region(self) -> &'static str {
        match self {
            Self::In(region, _) | Self::NewQueue { region, .. } => region,
            _ => REGION,
        }
    }
}

pub(crate) const DENY_ALL: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#;
