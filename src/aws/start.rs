//! What can go wrong before anything is read: one sentence on what happened, and one on what to do.

use super::ask::Refusal;
use super::failure::Unsent;
use crate::model::{Reason, harmless};

/// Why no session could be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// No credentials are configured anywhere.
    #[error(
        "No AWS credentials were found in the environment, the shared files, the container or the instance metadata."
    )]
    NoCredentials,
    /// Credentials are configured and could not be had; with what was said.
    #[error("The configured AWS credentials could not be loaded: {0}.")]
    Credentials(String),
    /// The single sign-on session ended.
    #[error("The AWS single sign-on session of this profile has not begun or has ended: {0}.")]
    SignedOut(String),
    /// No region is configured anywhere.
    #[error("No AWS region was found in the environment or the shared files.")]
    NoRegion,
    /// A region that cannot be one.
    #[error("`{0}` is not the name of an AWS region.")]
    BadRegion(String),
    /// The profile is not in the shared files.
    #[error("The AWS profile `{0}` does not exist in the shared files.")]
    ProfileNotFound(String),
    /// A profile was named, and no credentials come of it.
    #[error("The AWS profile `{0}` gives no credentials: it is not in the shared files, or holds none.")]
    EmptyProfile(String),
    /// The credentials are no longer valid.
    #[error("The AWS credentials have expired ({0}).")]
    Expired(String),
    /// AWS does not know the credentials.
    #[error("AWS does not accept the credentials ({0}).")]
    BadCredentials(String),
    /// AWS refused the first call.
    #[error("AWS denied {action} ({code}).")]
    Denied {
        /// The IAM action of the call.
        action: String,
        /// AWS's error code.
        code: String,
    },
    /// The role could not be assumed.
    #[error("The role {role} could not be assumed ({code}).")]
    AssumeRole {
        /// The ARN of the role.
        role: String,
        /// AWS's error code.
        code: String,
    },
    /// The role is not given by its ARN.
    #[error("`{0}` is not the ARN of a role.")]
    BadRole(String),
    /// No connection could be made.
    #[error("AWS could not be reached: {0}.")]
    Unreachable(String),
    /// No answer came in time.
    #[error("AWS did not answer in time.")]
    TimedOut,
    /// AWS throttled the first call on every attempt.
    #[error("AWS throttled the first call on every attempt ({0}).")]
    Throttled(String),
    /// The endpoint answers, but not as the service that was asked.
    #[error("The endpoint does not answer as AWS STS does ({0}).")]
    WrongEndpoint(String),
    /// What answered is not AWS.
    #[error("What answered in place of AWS is not AWS: {0}.")]
    NotAws(String),
    /// An endpoint on another machine was given.
    #[error("The configured endpoint is on another machine ({0}), which would receive your signed requests.")]
    RemoteEndpoint(String),
    /// The endpoint is not a URL.
    #[error("The configured endpoint `{0}` is not a URL.")]
    BadEndpoint(String),
    /// AWS answered with an error that has no case of its own.
    #[error("The first call to AWS failed ({0}).")]
    Failed(String),
    /// The recording lacks the call that tells whose account it is.
    #[error("The recording does not say whose account it was made of.")]
    NotRecorded,
}

impl StartError {
    /// What to do about it, as one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NoCredentials => {
                "Sign in with `aws sso login` or `aws configure`, set AWS_PROFILE or the AWS_ACCESS_KEY_ID variables, or name a profile with --profile."
            }
            Self::Credentials(_) => {
                "Check the profile in ~/.aws/config and ~/.aws/credentials with `aws sts get-caller-identity`."
            }
            Self::SignedOut(_) => "Sign in again with `aws sso login` and repeat the command.",
            Self::NoRegion => "Name a region with --region, set AWS_REGION, or run `aws configure set region REGION`.",
            Self::BadRegion(_) => "Write a region such as us-east-1.",
            Self::ProfileNotFound(_) => "List the profiles with `aws configure list-profiles` and name one of them.",
            Self::EmptyProfile(_) => {
                "List the profiles with `aws configure list-profiles`; fill one with `aws configure` or sign in with `aws sso login`, each with --profile."
            }
            Self::Expired(_) => {
                "Sign in again (in a learning lab: start the lab and copy its credentials again) and repeat the command."
            }
            Self::BadCredentials(_) => {
                "Check the access key, the secret key, the session token and the clock of this machine."
            }
            Self::Denied { .. } => "Ask the account's administrator which policy denies the call.",
            Self::AssumeRole { .. } => {
                "Check the role's trust policy, your permission for sts:AssumeRole, the external id and the MFA code."
            }
            Self::BadRole(_) => "Write it as arn:aws:iam::123456789012:role/NAME.",
            Self::Unreachable(_) => "Check the network, the proxy variables, the region and the endpoint.",
            Self::TimedOut => "Check the network and any proxy, and repeat the command.",
            Self::Throttled(_) => "Wait a minute and repeat the command.",
            Self::WrongEndpoint(_) => {
                "Check --endpoint-url, the AWS_ENDPOINT_URL variables and `endpoint_url` in the profile."
            }
            Self::NotAws(_) => {
                "Sign in to the network, check the proxy variables (HTTPS_PROXY, NO_PROXY) and the endpoint, and repeat the command."
            }
            Self::RemoteEndpoint(_) => {
                "Allow it with --allow-remote-endpoint if you trust that host, or remove the endpoint."
            }
            Self::BadEndpoint(_) => "Write it with its scheme, such as http://127.0.0.1:5102.",
            Self::Failed(_) => {
                "Look the code up in the AWS STS error reference, or repeat the command with RUST_LOG=debug."
            }
            Self::NotRecorded => "Record again with `plimsoll scan RULES --record FILE`.",
        }
    }

    /// Whether what was typed is at fault, rather than the account or the network.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::RemoteEndpoint(_) | Self::BadEndpoint(_) | Self::BadRegion(_) | Self::BadRole(_))
    }

    /// What the failure of a session's own call means. `profile` is the one that was asked for.
    pub(crate) fn from_refusal(refusal: Refusal, profile: Option<&str>, role: Option<&str>) -> Self {
        match refusal.failure.unsent {
            Some(Unsent::Remote(host)) => return Self::RemoteEndpoint(harmless(&host)),
            Some(Unsent::NoCredentials(what)) => {
                let none = || profile.map_or(Self::NoCredentials, |profile| Self::EmptyProfile(harmless(profile)));
                return Self::missing_profile(&what, profile).unwrap_or_else(none);
            }
            Some(Unsent::Credentials(what)) => return Self::credentials(what, profile),
            None => {}
        }
        let action = refusal.gap.action;
        match (refusal.gap.reason, role) {
            (Reason::Denied(code), Some(role)) => Self::AssumeRole { role: harmless(role), code },
            (Reason::Denied(code), None) => Self::Denied { action, code },
            (Reason::Expired(code), _) if is_expiry(&code) => Self::Expired(code),
            (Reason::Expired(code), _) => Self::BadCredentials(code),
            (Reason::Throttled(code), _) => Self::Throttled(code),
            (Reason::TimedOut, _) => Self::TimedOut,
            (Reason::Unreachable(what), _) => Self::Unreachable(what),
            (Reason::Malformed(what), _) if what.starts_with("HTTP 404") => Self::WrongEndpoint(what),
            (Reason::Malformed(what), _) => Self::NotAws(what),
            (Reason::NotRecorded, _) => Self::NotRecorded,
            (Reason::Failed(code), Some(role)) => Self::AssumeRole { role: harmless(role), code },
            (Reason::Failed(code), None) if is_other_service(&code) => Self::WrongEndpoint(code),
            (reason, _) => Self::Failed(reason.to_string()),
        }
    }

    /// The profile that is not there, if that is what `what`, said of the credentials, means.
    pub(crate) fn missing_profile(what: &str, profile: Option<&str>) -> Option<Self> {
        if what.contains("was not defined") || what.contains("No profiles were defined") {
            let named = what.split('`').nth(1).or(profile).unwrap_or("default");
            return Some(Self::ProfileNotFound(harmless(named)));
        }
        None
    }

    fn credentials(what: String, profile: Option<&str>) -> Self {
        if let Some(missing) = Self::missing_profile(&what, profile) {
            return missing;
        }
        let what = what.trim_end_matches('.').to_owned();
        let small = what.to_ascii_lowercase();
        if small.contains("sso") && (small.contains("expired") || small.contains("token")) {
            Self::SignedOut(what)
        } else {
            Self::Credentials(what)
        }
    }
}

fn is_expiry(code: &str) -> bool {
    matches!(code, "ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired")
}

/// The codes by which another service, or another server, says that it does not know the call.
fn is_other_service(code: &str) -> bool {
    matches!(
        code,
        "InvalidAction"
            | "UnknownOperationException"
            | "UnknownOperation"
            | "NotFound"
            | "MethodNotAllowed"
            | "NotImplemented"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_sdk_says_of_credentials_has_a_case() {
        let of = |what: &str, profile| StartError::credentials(what.to_owned(), profile);
        assert_eq!(
            of("profile `prod` was not defined: could not find source profile", Some("x")),
            StartError::ProfileNotFound("prod".into())
        );
        assert_eq!(of("No profiles were defined", Some("x")), StartError::ProfileNotFound("x".into()));
        assert!(matches!(of("failed to load the cached SSO token", Some("x")), StartError::SignedOut(_)));
        assert!(
            matches!(of("the process failed.", None), StartError::Credentials(what) if what == "the process failed")
        );
    }
}
