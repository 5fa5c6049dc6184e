//! `plimsoll who-can`: who in the account can do one thing to one resource.

mod text;

use super::Failure;
use super::output::{self, AnswerFormat};
use super::question::{Asking, Subject, action};
use crate::reach::effective::{Effective, WhoCan as Answer};
use crate::report::write_harmless;
use clap::Args;
use serde::Serialize;

/// Say who can do an action to a resource of the account, by all policies that have a say
///
/// Roles and users by their own policies, their groups' and their boundaries, and by the policy of the resource; beside
/// them services, other accounts and strangers whom that policy lets in. Each comes with the statements that do it,
/// their conditions, and a request that is allowed. Those who could give it to themselves are told apart, and so are
/// those who can assume a role that can.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    plimsoll who-can sqs:SendMessage queue/POC-Queue\n  \
    plimsoll who-can lambda:InvokeFunction arn:aws:lambda:us-east-1:111122223333:function:POC-Lambda-1\n  \
    plimsoll who-can sts:AssumeRole role/APIGateway-SQS --format json\n  \
    plimsoll who-can sqs:SendMessage 'queue/*'        every queue of the region\n  \
    plimsoll who-can sqs:ListQueues '*'               an action that is asked of no resource\n\n\
    Exit codes: 0 answered, 2 usage, 3 of somebody it is not known, 4 could not run.")]
pub(super) struct WhoCan {
    /// The action, such as sqs:SendMessage
    #[arg(value_name = "ACTION")]
    action: String,
    /// The resource: its ARN, TYPE/NAME such as queue/POC-Queue, TYPE/* for every one, or * for none
    #[arg(value_name = "RESOURCE")]
    resource: String,
    #[command(flatten)]
    asking: Asking,
    /// The form of the answer
    #[arg(long, value_enum, default_value = "text")]
    format: AnswerFormat,
}

/// The answer, as programs read it.
#[derive(Serialize)]
struct Whole<'a> {
    version: u8,
    action: &'a str,
    account: &'a str,
    complete: bool,
    answers: &'a [Answer],
}

impl WhoCan {
    pub(super) fn run(self) -> Result<u8, Failure> {
        let action = action(&self.action)?;
        let subject = Subject::typed(&self.resource)?;
        subject.check(&action)?;
        let read = self.asking.read(std::slice::from_ref(&subject))?;
        let effective = Effective::read(&read.account, &read.region);
        let targets = subject.targets(&read, &effective)?;
        // Of many resources the roles that lead to those who can are too many to read.
        let several = matches!(subject, Subject::Every(_));
        let ask = |target| {
            if several { effective.who_can_directly(&action, target) } else { effective.who_can(&action, target) }
        };
        let answers: Vec<Answer> = targets.iter().map(ask).collect();
        let complete = answers.iter().all(|answer| answer.complete);
        let account = &read.account.caller.account;
        output::print(&match self.format {
            AnswerFormat::Json => {
                write_harmless(&Whole { version: 1, action: &action, account, complete, answers: &answers })
            }
            AnswerFormat::Text => text::of(&action, account, &answers, &effective, several),
        })?;
        Ok(if complete { 0 } else { 3 })
    }
}
