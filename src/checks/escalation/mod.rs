//! Known ways from some rights to more: the table of them, and which are open to whom.
//!
//! | module | what it knows |
//! |---|---|
//! | `paths` | the ways, as they were published: ids, required actions, what comes of each |
//! | `subject` | somebody whose rights are looked at: a role, user, group or managed policy |
//! | `everyone` | all of the account that somebody could become, and what each could do then |
//! | `open` | which ways are open to somebody, and to what each leads |
//! | `steps` | whether what one way takes is allowed |
//! | `telling` | open ways in words, as rows of a finding |
//!
//! Decided by the IAM engine: every action of a way on the resource that makes it work, with the permissions boundary,
//! denials, conditions and `iam:PassedToService`; whether the trust policy lets the service in; and whether what is
//! gained is more than what was there. Refused to be known: what runs in services that are not read, quotas, and what
//! organizations deny.

mod everyone;
mod open;
mod paths;
mod steps;
mod subject;
mod telling;

pub(super) use everyone::{Everyone, everyone};
pub(super) use open::{Gain, Open, by_length};
#[cfg(test)]
pub(super) use paths::AS_OF;
pub(super) use paths::{Path, Way};
pub(super) use steps::{Taken, assumes, prepared, toward, unlisted};
pub(super) use subject::Subject;
pub(super) use telling::{by, gained, in_words, limited};

use std::cell::OnceCell;

/// What is worked out of an account once, for all the resources that are judged.
#[derive(Default)]
pub(crate) struct Memo {
    everyone: OnceCell<Everyone>,
}

/// What needs no more of the account than one resource, so that a service may tell what it does: a role that may do
/// nothing beyond it is no gain to anybody.
const TELLING: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents","cloudwatch:PutMetricData","xray:PutTelemetryRecords","xray:PutTraceSegments"],"Resource":"*"}}"#;
