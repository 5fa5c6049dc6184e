//! One call: sent, watched, recorded, and its failure turned into a gap.

use super::failure::{self, Failure};
use super::probe::{Probe, Seen};
use super::session::{Session, Wire};
use super::{ledger, recording};
use crate::model::{Answer, Call, Disclosure, Gap, Needs, Read, Reason};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The gap that `reason` leaves where `call` should have been answered.
pub(crate) fn gap(call: &Call, reason: Reason) -> Gap {
    let action = ledger::operations()
        .find(|operation| operation.service == call.service && operation.name == call.operation)
        .map_or_else(|| format!("{}:{}", call.service, call.operation), |operation| operation.action.to_owned());
    Gap { call: call.clone(), action, reason }
}

/// A call that gave no usable answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) gap: Gap,
    pub(crate) failure: Failure,
}

impl Refusal {
    /// An answer to `call` that is not usable for this `reason`, though it was given.
    pub(crate) fn of(call: &Call, reason: Reason) -> Self {
        let failure = Failure { reason: reason.clone(), code: None, status: None, unsent: None };
        Self { gap: gap(call, reason), failure }
    }

    /// Whether AWS said that the thing asked about does not exist.
    pub(crate) fn says_missing(&self) -> bool {
        matches!(self.gap.reason, Reason::Failed(_)) && self.failure.code.as_deref().is_some_and(failure::says_missing)
    }

    /// The gap where a thing that was listed is said not to exist; else the gap as it is.
    pub(crate) fn of_listed(mut self) -> Gap {
        if self.says_missing()
            && let Reason::Failed(code) = self.gap.reason
        {
            self.gap.reason = Reason::Vanished(code);
        }
        self.gap
    }
}

/// Sends one call over `wire` and tells what came of it.
///
/// `send` makes the request and must give it the probe as its interceptor.
pub(crate) async fn ask<T, E, F>(
    wire: &Wire,
    call: &Call,
    send: impl FnOnce(Probe) -> F,
) -> (Result<T, Refusal>, Answer)
where
    F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    E: std::error::Error + ProvideErrorMetadata + 'static,
{
    let probe = Probe::new(wire.account_of(call), call, wire.recorder.is_some());
    let result = send(probe.clone()).await;
    let seen = probe.into_seen();
    let fault = seen.response.as_ref().and_then(|response| response.fault.clone());
    let result = match (result, fault) {
        (Ok(output), None) => Ok(output),
        (Ok(_), Some(fault)) => {
            Err(Failure { reason: Reason::Malformed(fault), code: None, status: None, unsent: None })
        }
        (Err(error), fault) => Err(failure::failure(&error, fault)),
    };
    let Seen { request, attempts, response } = seen;
    let at = wire.clock.now();
    let mut answer = Answer { status: None, request_id: None, sha256: None, attempts, at };
    match (&response, &result) {
        (Some(response), _) => {
            answer.status = Some(response.status);
            answer.request_id = response.request_id.clone();
            answer.sha256 = Some(response.sha256.clone());
        }
        (None, Err(failure)) => answer.status = failure.status,
        (None, Ok(_)) => {}
    }
    if let (Some(recorder), Some(request)) = (&wire.recorder, request) {
        let reason = result.as_ref().err().map(|failure| &failure.reason);
        recorder.keep(request, recording::outcome(response, reason));
    }
    (result.map_err(|failure| Refusal { gap: gap(call, failure.reason.clone()), failure }), answer)
}

/// Makes the calls of one scan over a session, and keeps what is known of each.
pub(crate) struct Asker<'a> {
    session: &'a Session,
    disclosure: &'a Disclosure,
    progress: &'a (dyn Fn(usize, &Call) + Sync),
    answers: Mutex<BTreeMap<Call, Answer>>,
}

impl<'a> Asker<'a> {
    /// For a scan that reads what `needs` name, which also decides what a recording may keep. `progress` is told
    /// each call that is done and how many are.
    pub(crate) fn new(session: &'a Session, needs: &'a Needs, progress: &'a (dyn Fn(usize, &Call) + Sync)) -> Self {
        session.keep_what_is_named_by(needs);
        Self { session, disclosure: &needs.disclosure, progress, answers: Mutex::default() }
    }

    /// The session that is asked.
    pub(crate) fn session(&self) -> &'a Session {
        self.session
    }

    /// What the answer to `call` says of a text that a person wrote and that may be a secret.
    pub(crate) fn disclosed(&self, call: &Call, text: &str) -> Read<String> {
        match self.session.disclosed(self.disclosure, text) {
            Ok(text) => Read::Known(text),
            Err(reason) => Read::unread(&gap(call, reason)),
        }
    }

    /// Makes one call. `send` must give the request the probe as its interceptor.
    pub(crate) async fn ask<T, E, F>(&self, call: &Call, send: impl FnOnce(Probe) -> F) -> Result<T, Refusal>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: std::error::Error + ProvideErrorMetadata + 'static,
    {
        let (result, answer) = ask(self.session.wire(), call, send).await;
        let done = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.insert(call.clone(), answer);
            answers.len()
        };
        (self.progress)(done, call);
        result
    }

    /// Every call that was made, with how it went.
    pub(crate) fn into_answers(self) -> BTreeMap<Call, Answer> {
        self.answers.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
