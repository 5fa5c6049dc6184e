//! What a failed call means: AWS's many ways to refuse, told apart by a table of codes and the HTTP status.

use super::endpoint::Remote;
use super::ledger::NotOnTheList;
use super::transport::Unanswered;
use crate::model::{Reason, harmless};
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::display::DisplayErrorContext;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error;

/// A call that gave no usable answer.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) reason: Reason,
    /// AWS's error code, if it gave one.
    pub(crate) code: Option<String>,
    /// The HTTP status that a recording gives for it.
    pub(crate) status: Option<u16>,
    /// What kept the request from being sent, if it was not.
    pub(crate) unsent: Option<Unsent>,
}

/// Why a request was never sent.
#[derive(Debug, Clone)]
pub(crate) enum Unsent {
    /// There are no credentials anywhere; with what was said.
    NoCredentials(String),
    /// Credentials are configured and could not be had; with what was said.
    Credentials(String),
    /// The host is not to be asked.
    Remote(String),
}

const DENIED: [&str; 15] = [
    "AccessDenied",
    "AccessDeniedException",
    "AccessDeniedFault",
    "AuthorizationError",
    "AuthorizationErrorException",
    "ForbiddenException",
    "InsufficientPrivilegesException",
    "InvalidSecurity",
    "NotAuthorized",
    "NotAuthorizedException",
    "OptInRequired",
    "SubscriptionRequiredException",
    "UnauthorizedAccess",
    "UnauthorizedException",
    "UnauthorizedOperation",
];

const EXPIRED: [&str; 12] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

const THROTTLED: [&str; 14] = [
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

const MISSING: [&str; 9] = [
    "NoSuchEntity",
    "NoSuchEntityException",
    "NonExistentQueue",
    "NotFound",
    "NotFoundException",
    "PolicyNotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "TableNotFoundException",
];

/// The code without what may harm a screen or carry a message: letters, digits, `.`, `_` and `-`, at most 80.
fn clean(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-')).take(80).collect()
}

/// The code as the tables have it: SQS writes its older codes behind a prefix.
fn bare(code: &str) -> &str {
    code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code)
}

/// Whether `code` says that the thing asked about does not exist. What that proves, the collector decides.
pub(crate) fn says_missing(code: &str) -> bool {
    MISSING.contains(&bare(code))
}

/// What an error answer means.
pub(crate) fn meaning(status: u16, code: Option<&str>) -> Reason {
    let code = code.map(clean).filter(|code| !code.is_empty());
    let told = || code.clone().unwrap_or_else(|| format!("HTTP {status}"));
    let listed = |table: &[&str]| code.as_deref().is_some_and(|code| table.contains(&bare(code)));
    if listed(&EXPIRED) {
        Reason::Expired(told())
    } else if listed(&DENIED) {
        Reason::Denied(told())
    } else if listed(&THROTTLED) || status == 429 {
        Reason::Throttled(told())
    } else if listed(&MISSING) {
        Reason::Failed(told())
    } else if matches!(status, 401 | 403) && code.is_some() {
        Reason::Denied(told())
    } else if code.is_none() {
        Reason::Malformed(format!("HTTP {status} without an error code"))
    } else {
        Reason::Failed(told())
    }
}

/// The first error of type `T` in the chain of causes that begins with `error`.
fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The last link of the chain of causes, which says most; without line breaks, and short.
pub(crate) fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    harmless(&last.to_string()).chars().take(200).collect()
}

/// What became of a call: `error` as the SDK has it, and the `fault` of the body that it came from.
pub(crate) fn failure<E>(error: &SdkError<E, HttpResponse>, fault: Option<String>) -> Failure
where
    E: Error + ProvideErrorMetadata + 'static,
{
    let mut failure = Failure { reason: Reason::TimedOut, code: None, status: None, unsent: None };
    let chain: &(dyn Error + 'static) = error;
    if let Some(unanswered) = cause::<Unanswered>(chain) {
        failure.reason = unanswered.reason.clone();
        failure.status = unanswered.status;
    } else if let Some(remote) = cause::<Remote>(chain) {
        failure.reason = Reason::Unreachable(remote.to_string());
        failure.unsent = Some(Unsent::Remote(remote.0.clone()));
    } else if cause::<NotOnTheList>(chain).is_some() {
        failure.reason = Reason::Failed("NotOnTheReadOnlyList".to_owned());
    } else if let Some(credentials) = cause::<CredentialsError>(chain) {
        failure.reason = Reason::Expired("credentials".to_owned());
        failure.unsent = Some(match credentials {
            CredentialsError::CredentialsNotLoaded(_) => Unsent::NoCredentials(innermost(credentials)),
            // The instance metadata is the last place of the chain: what fails there is not there.
            other if format!("{}", DisplayErrorContext(other)).to_ascii_lowercase().contains("imds") => {
                Unsent::NoCredentials(innermost(other))
            }
            other => Unsent::Credentials(innermost(other)),
        });
    } else {
        failure.reason = match error {
            SdkError::TimeoutError(_) => Reason::TimedOut,
            SdkError::DispatchFailure(dispatch) if dispatch.is_timeout() => Reason::TimedOut,
            SdkError::DispatchFailure(_) => Reason::Unreachable(innermost(chain)),
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status();
                failure.code = answer.err().code().map(clean);
                match fault {
                    Some(fault) if status.is_success() => Reason::Malformed(fault),
                    Some(fault) => Reason::Malformed(format!("HTTP {}: {fault}", status.as_u16())),
                    // A successful answer that the SDK could not read carries no code either.
                    None if status.is_success() => {
                        Reason::Malformed("the body is not an answer to this call".to_owned())
                    }
                    None => meaning(status.as_u16(), failure.code.as_deref()),
                }
            }
            SdkError::ResponseError(_) => {
                Reason::Malformed(fault.unwrap_or_else(|| "the body is not an answer to this call".to_owned()))
            }
            _ => Reason::Failed("RequestNotBuilt".to_owned()),
        };
    }
    failure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_statuses_have_one_meaning() {
        let denied = |status, code: &str| assert_eq!(meaning(status, Some(code)), Reason::Denied(code.to_owned()));
        for code in DENIED {
            denied(403, code);
            denied(400, code);
        }
        denied(403, "AWS.SimpleQueueService.AccessDenied");
        denied(403, "SomethingNew");
        denied(401, "SomethingNew");
        for code in EXPIRED {
            assert_eq!(meaning(403, Some(code)), Reason::Expired(code.to_owned()));
        }
        for code in THROTTLED {
            assert_eq!(meaning(400, Some(code)), Reason::Throttled(code.to_owned()));
        }
        assert_eq!(meaning(429, None), Reason::Throttled("HTTP 429".to_owned()));
        assert_eq!(meaning(404, Some("NoSuchEntity")), Reason::Failed("NoSuchEntity".to_owned()));
        assert_eq!(meaning(500, Some("ServiceFailure")), Reason::Failed("ServiceFailure".to_owned()));
        assert_eq!(meaning(403, None), Reason::Malformed("HTTP 403 without an error code".to_owned()));
        assert!(says_missing("AWS.SimpleQueueService.NonExistentQueue") && says_missing("NoSuchEntity"));
        assert!(says_missing("NotFound") && says_missing("NotFoundException"));
        assert_eq!(meaning(403, Some("AuthorizationError")), Reason::Denied("AuthorizationError".to_owned()));
        assert_eq!(meaning(404, Some("NotFoundException")), Reason::Failed("NotFoundException".to_owned()));
        assert_eq!(meaning(404, None), Reason::Malformed("HTTP 404 without an error code".to_owned()));
        assert!(!says_missing("AccessDenied"));
    }

    #[test]
    fn a_code_cannot_carry_anything_else() {
        assert_eq!(meaning(400, Some("Bad\u{1b}[31m <b>Code")), Reason::Failed("Bad31mbCode".to_owned()));
        assert_eq!(meaning(400, Some("\u{202e}")), Reason::Malformed("HTTP 400 without an error code".to_owned()));
        assert_eq!(meaning(400, Some(&"x".repeat(500))), Reason::Failed("x".repeat(80)));
    }
}
