//! What a session is opened with.

use super::pace::Paces;
use super::recording::Recording;
use super::transport::Answers;
use std::sync::Arc;
use std::time::Duration;

/// Where the answers come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// AWS, or a server that speaks like it.
    Live(Settings),
    /// A recording: no account, no credentials, no network.
    Replay(Recording),
    /// Whatever gives answers, such as a test.
    Answers(Arc<dyn Answers>, Timing),
}

/// How AWS is reached. What is not set follows AWS's conventions: `AWS_*` variables, the shared files, SSO.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The profile of the shared files whose credentials and region are used.
    pub profile: Option<String>,
    /// The endpoint that every service is reached at.
    pub endpoint_url: Option<String>,
    /// Whether an endpoint may be given that is neither AWS's own nor on this machine.
    pub allow_remote_endpoint: bool,
    /// The role to assume before anything is read.
    pub assume_role: Option<AssumeRole>,
    /// How long to wait and how often to try.
    pub timing: Timing,
    /// The paces that this session shares with others.
    pub paces: Paces,
}

/// A role to assume.
#[derive(Clone)]
pub struct AssumeRole {
    /// The ARN of the role.
    pub role_arn: String,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The serial number or ARN of the MFA device.
    pub mfa_serial: Option<String>,
    /// The code that the MFA device shows.
    pub mfa_token: Option<String>,
}

impl std::fmt::Debug for AssumeRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AssumeRole").field("role_arn", &self.role_arn).finish_non_exhaustive()
    }
}

/// How long to wait and how often to try.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// The longest that one call may take, with all its attempts.
    pub operation: Duration,
    /// The longest that one attempt may take.
    pub attempt: Duration,
    /// The longest pause before the second attempt; it doubles with each further one.
    pub first_pause: Duration,
    /// How often a call is sent at most.
    pub attempts: u32,
    /// Whether to pause between calls where AWS documents a low rate. Without it nothing waits but for an answer.
    pub keeps_pace: bool,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            operation: Duration::from_secs(30),
            attempt: Duration::from_secs(10),
            first_pause: Duration::from_secs(1),
            attempts: 6,
            keeps_pace: true,
        }
    }
}
