//! How the AWS CLI writes what the kinds hold: one file a service.
//!
//! Each knows, of its kinds, which command sets a property, makes a resource and removes it, and which of them there is
//! no command for. The command that undoes a change is the one that sets what was read before.

mod apigateway;
mod dynamodb;
mod iam;
mod lambda;
mod sns;
mod sqs;
mod value;

use super::command::{Arg, Command};
use super::model::{Change, Model, is_pending};
use crate::model::{Resource, Value};

pub(super) use dynamodb::latest_stream;

/// What commands are written for.
pub(super) struct Writer<'m> {
    pub(super) model: &'m Model,
}

/// The commands, or why a person must do it.
pub(super) type Written = Result<Vec<Command>, String>;

/// What a service says of its kinds.
struct Service {
    /// Sets a property of a resource, given as it is before.
    set: fn(&Writer<'_>, &Resource, &str, &Value) -> Written,
    /// Makes a resource.
    create: fn(&Writer<'_>, &Resource) -> Written,
    /// Removes a resource.
    delete: fn(&Writer<'_>, &Resource) -> Written,
}

fn service(type_name: &str) -> Option<&'static Service> {
    Some(match type_name.split("::").nth(1)? {
        "ApiGateway" => &apigateway::SERVICE,
        "DynamoDB" => &dynamodb::SERVICE,
        "IAM" => &iam::SERVICE,
        "Lambda" => &lambda::SERVICE,
        "SNS" => &sns::SERVICE,
        "SQS" => &sqs::SERVICE,
        _ => return None,
    })
}

/// What is known only once a resource was made, and how it is asked for.
pub(super) fn pending(resource: &Resource) -> Vec<(String, Arg)> {
    let asked = match resource.type_name.split("::").nth(1) {
        Some("ApiGateway") => apigateway::pending(resource),
        Some("Lambda") => lambda::pending(resource),
        Some("SNS") => sns::pending(resource),
        Some("SQS") => sqs::pending(resource),
        _ => Vec::new(),
    };
    asked.into_iter().filter(|(text, _)| is_pending(text)).collect()
}

impl Writer<'_> {
    /// The commands that make `change`, and those that take it back.
    ///
    /// # Errors
    /// Why there are none that make it.
    pub(super) fn write(&self, change: &Change) -> Result<(Vec<Command>, Written), String> {
        let gone = || "it is gone already".to_owned();
        match change {
            Change::Set { of, field, to } => {
                let resource = self.model.get(of).ok_or_else(gone)?;
                let service = service(of.type_name).ok_or_else(|| no_command(of.type_name))?;
                let commands = (service.set)(self, resource, field, to)?;
                let mut after = self.model.clone();
                after.apply(change);
                let undo = match (iam::previous(resource, field), after.get(of)) {
                    (Some(undo), _) => undo,
                    (None, Some(changed)) => {
                        let writer = Writer { model: &after };
                        let before = resource.properties.get(field);
                        let mut unread = false;
                        before.each_gap(&mut |_| unread = true);
                        if unread {
                            Err(format!("{field} was not read, or holds what is not shown"))
                        } else {
                            (service.set)(&writer, changed, field, before)
                        }
                    }
                    (None, None) => Ok(Vec::new()),
                };
                Ok((commands, undo))
            }
            Change::Create(resource) => {
                let service = service(resource.type_name).ok_or_else(|| no_command(resource.type_name))?;
                let commands = (service.create)(self, resource)?;
                let mut after = self.model.clone();
                after.apply(change);
                Ok((commands, (service.delete)(&Writer { model: &after }, resource)))
            }
            Change::Delete(id) => {
                let resource = self.model.get(id).ok_or_else(gone)?;
                let service = service(id.type_name).ok_or_else(|| no_command(id.type_name))?;
                let commands = (service.delete)(self, resource)?;
                Ok((commands, (service.create)(self, resource)))
            }
        }
    }

    /// `text` as a word: itself, or the command that asks for what it stands for.
    fn word(&self, text: &str) -> Result<Arg, String> {
        match self.model.pending.get(text) {
            Some(arg) => Ok(arg.clone()),
            None if is_pending(text) => Err("it needs a value that is known only once the commands ran".to_owned()),
            None => Ok(Arg::Text(text.to_owned())),
        }
    }
}

fn no_command(type_name: &str) -> String {
    format!("Plimsoll writes no commands for {type_name}")
}

/// That no command of this service sets `field`.
fn cannot_set(resource: &Resource, field: &str) -> String {
    format!("Plimsoll writes no command that sets {field} of {}", resource.name)
}

/// The text of a property that must be there.
fn text(resource: &Resource, field: &str) -> Result<String, String> {
    resource.properties.get(field).as_text().ok_or_else(|| format!("{field} of {} was not read", resource.name))
}
