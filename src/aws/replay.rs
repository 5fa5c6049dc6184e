//! A recording in place of AWS.

use super::recording::{Entry, Recorded, Recording};
use super::transport::{Answers, Outcome, Request};
use crate::model::Reason;
use std::collections::BTreeMap;

/// Answers from a recording, and from nothing else.
#[derive(Debug)]
pub(crate) struct Replay(BTreeMap<Request, Recorded>);

impl Replay {
    pub(crate) fn new(recording: Recording) -> Self {
        Self(recording.entries.into_iter().map(|Entry { request, answer }| (request, answer)).collect())
    }
}

impl Answers for Replay {
    fn answer(&self, request: &Request) -> Outcome {
        match self.0.get(request) {
            Some(Recorded::Response { status, headers, body }) => Outcome::Response {
                status: *status,
                headers: headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
                body: body.concat().into_bytes(),
            },
            Some(Recorded::None { reason, status, .. }) => Outcome::None { reason: reason.clone(), status: *status },
            None => Outcome::None { reason: Reason::NotRecorded, status: None },
        }
    }
}
