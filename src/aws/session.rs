//! A session with one account: the only place where clients of the SDK are made.

use super::ask::{self, Refusal};
use super::clock::Clock;
use super::ledger::{self, Guard};
use super::pace::{Pace, Paces};
use super::recording::{Recorder, Recording};
use super::replay::Replay;
use super::settings::{AssumeRole, Settings, Source, Timing};
use super::start::StartError;
use super::throttling::Throttling;
use super::{endpoint, failure, transport};
use crate::model::{Answer, Arn, Call, Caller, Disclosure, Needs, Reason, harmless, is_region_name};
use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::imds;
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use aws_sdk_sts::config::retry::RetryPartition;
use aws_types::endpoint_config::AccountIdEndpointMode;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The longest wait for the instance metadata, which on a machine outside AWS never answers.
const METADATA: Duration = Duration::from_secs(1);

/// A session with one account.
#[derive(Debug)]
pub struct Session {
    wire: Wire,
    clients: Clients,
    caller: Caller,
    asked: (Call, Answer),
    region: String,
    tags_left_out: BTreeSet<String>,
    /// Whether a recording answers, in which texts are replaced.
    replays: bool,
    /// Whether calls are kept below the rates that AWS documents.
    keeps_pace: bool,
    paces: Paces,
}

/// What every call goes over.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) clock: Clock,
    pub(crate) recorder: Option<Recorder>,
    account: String,
}

impl Wire {
    /// The account that `call` reads, as a recording has it; the session's own calls precede the knowledge of it.
    pub(crate) fn account_of(&self, call: &Call) -> &str {
        if call.service == "sts" { "" } else { &self.account }
    }
}

/// What clients are made from.
#[derive(Debug)]
struct Clients {
    config: SdkConfig,
    any_host: bool,
    /// Tells the retry budgets of two sessions in one process apart.
    session: u64,
}

/// A client of the crate `$sdk` in `$region` (empty: the service is global), with the ledger and the session's own
/// budget of retries.
macro_rules! client {
    ($session:ident, $sdk:ident, $service:literal, $region:expr $(, $further:expr)?) => {{
        let region: &str = $region;
        let clients = &$session.clients;
        let mut config = $sdk::config::Builder::from(&clients.config)
            .interceptor(clients.guard())
            .retry_classifier(Throttling)
            .retry_partition(clients.partition(&$session.caller.account, $service, region));
        if !region.is_empty() {
            config = config.region(Region::new(region.to_owned()));
        }
        $(let config = $further(config);)?
        #[allow(clippy::disallowed_methods, reason = "this is the place where clients are made")]
        $sdk::Client::from_conf(config.build())
    }};
}

impl Session {
    /// Opens a session, assuming a role if the settings say so, and asks AWS who is calling.
    ///
    /// `region` is the one that was asked for; without it AWS's conventions decide, or the recording. With `record`
    /// the answers are kept for [`Session::recording`].
    ///
    /// # Errors
    /// If there are no usable credentials, no region, no connection, or no answer that AWS would give.
    pub async fn open(source: Source, region: Option<&str>, record: bool) -> Result<Self, StartError> {
        let region = region.map(str::to_owned).or_else(|| match &source {
            Source::Replay(recording) => Some(recording.region.clone()),
            _ => None,
        });
        if let Some(region) = &region {
            check_region(region)?;
        }
        let mut clock = Clock::System;
        let mut tags_left_out = BTreeSet::new();
        let (mut any_host, mut replays, mut keeps_pace) = (true, false, false);
        let (mut profile, mut role, mut paces) = (None, None, Paces::default());
        let config = match source {
            Source::Live(settings) => {
                any_host = settings.allow_remote_endpoint;
                keeps_pace = settings.timing.keeps_pace;
                let config = live(&settings, region).await?;
                (profile, role, paces) = (settings.profile, settings.assume_role, settings.paces);
                config
            }
            Source::Replay(recording) => {
                replays = true;
                clock = Clock::Recorded(recording.recorded_at.clone());
                tags_left_out.clone_from(&recording.tags_left_out);
                // A recorded answer is final: asking for it again would only take time.
                let timing = Timing { attempts: 1, keeps_pace: false, ..Timing::default() };
                offline(Arc::new(Replay::new(recording)), region, timing)?
            }
            Source::Answers(answers, timing) => {
                keeps_pace = timing.keeps_pace;
                offline(answers, region, timing)?
            }
        };
        let region = config.region().map(|region| region.as_ref().to_owned()).ok_or(StartError::NoRegion)?;
        static SESSIONS: AtomicU64 = AtomicU64::new(0);
        let mut clients = Clients { config, any_host, session: SESSIONS.fetch_add(1, Ordering::Relaxed) };
        let recorder = record.then(|| Recorder::new(clock.now()));
        let mut wire = Wire { clock, recorder, account: String::new() };
        if let Some(role) = role {
            let credentials = assume(&wire, &clients, &role, profile.as_deref()).await?;
            clients.config = clients.config.to_builder().credentials_provider(credentials).build();
        }
        let (caller, asked) = match identify(&wire, &clients, profile.as_deref()).await {
            Err(StartError::NoCredentials) => return Err(no_credentials(any_host).await),
            other => other?,
        };
        wire.account.clone_from(&caller.account);
        Ok(Self { wire, clients, caller, asked, region, tags_left_out, replays, keeps_pace, paces })
    }

    /// Who is calling, as AWS sees it.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The region of the session.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The partition that the account is in.
    pub fn partition(&self) -> &str {
        &self.caller.arn.partition
    }

    /// All answers so far, if they are kept, as a recording for the rules with this SHA-256.
    pub fn recording(&self, rules_sha256: &str) -> Option<Recording> {
        let recorder = self.wire.recorder.as_ref()?;
        Some(recorder.recording(&self.caller.account, self.partition(), &self.region, rules_sha256))
    }

    /// The call that told who is calling, with how it went.
    pub(crate) fn asked(&self) -> (Call, Answer) {
        self.asked.clone()
    }

    pub(crate) fn wire(&self) -> &Wire {
        &self.wire
    }

    /// A pace of at most `most` calls of `what` in `region` of the account within any span of `within`, if this session
    /// keeps one.
    pub(crate) fn pace(&self, what: &str, region: &str, most: usize, within: Duration) -> Arc<Pace> {
        match self.keeps_pace {
            true => self.paces.of(format!("{} {region} {what}", self.caller.account), most, within),
            false => Arc::new(Pace::new(most, Duration::ZERO)),
        }
    }

    /// Lets a recording keep the tags and texts that `needs` name, and no others.
    pub(crate) fn keep_what_is_named_by(&self, needs: &Needs) {
        if let Some(recorder) = &self.wire.recorder {
            recorder.keep_what_is_named_by(needs);
        }
    }

    /// Whether the tags of `type_name` were left out of the recording that answers.
    pub(crate) fn leaves_tags_out(&self, type_name: &str) -> bool {
        self.tags_left_out.contains(type_name)
    }

    /// What an answer says of a text that a person wrote, if `disclosure` lets it be kept, or why it is left out.
    pub(crate) fn disclosed(&self, disclosure: &Disclosure, text: &str) -> Result<String, Reason> {
        match self.replays {
            true => disclosure.replayed(text),
            false => disclosure.told(text),
        }
    }

    /// A client of IAM, which is global.
    pub(crate) fn iam(&self) -> aws_sdk_iam::Client {
        client!(self, aws_sdk_iam, "iam", "")
    }

    /// A client of SQS in `region`.
    pub(crate) fn sqs(&self, region: &str) -> aws_sdk_sqs::Client {
        client!(self, aws_sdk_sqs, "sqs", region)
    }

    /// A client of SNS in `region`.
    pub(crate) fn sns(&self, region: &str) -> aws_sdk_sns::Client {
        client!(self, aws_sdk_sns, "sns", region)
    }

    /// A client of Lambda in `region`.
    pub(crate) fn lambda(&self, region: &str) -> aws_sdk_lambda::Client {
        client!(self, aws_sdk_lambda, "lambda", region)
    }

    /// A client of API Gateway in `region`.
    pub(crate) fn apigateway(&self, region: &str) -> aws_sdk_apigateway::Client {
        client!(self, aws_sdk_apigateway, "apigateway", region)
    }

    /// A client of DynamoDB in `region`, at the endpoint of the region: the endpoint of an account is another host,
    /// and has nothing but speed for it.
    pub(crate) fn dynamodb(&self, region: &str) -> aws_sdk_dynamodb::Client {
        client!(self, aws_sdk_dynamodb, "dynamodb", region, |config: aws_sdk_dynamodb::config::Builder| {
            config.account_id_endpoint_mode(AccountIdEndpointMode::Disabled)
        })
    }
}

impl Clients {
    fn guard(&self) -> Guard {
        Guard { any_host: self.any_host }
    }

    /// The budget of retries that calls share. The SDK's default is one for each service and region in the process,
    /// so that one throttled account would take the retries of another.
    fn partition(&self, account: &str, service: &str, region: &str) -> RetryPartition {
        RetryPartition::new(format!("{}-{account}-{service}-{region}", self.session))
    }

    fn sts(&self) -> aws_sdk_sts::Client {
        // Nobody waits half a minute to learn that there is no network.
        let retries = self.config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let attempts = retries.max_attempts().min(3);
        let config = aws_sdk_sts::config::Builder::from(&self.config)
            .retry_config(retries.with_max_attempts(attempts))
            .interceptor(self.guard())
            .retry_classifier(Throttling)
            .retry_partition(self.partition("", "sts", ""))
            .build();
        #[allow(clippy::disallowed_methods, reason = "this is the place where clients are made")]
        aws_sdk_sts::Client::from_conf(config)
    }
}

fn check_region(region: &str) -> Result<(), StartError> {
    if is_region_name(region) { Ok(()) } else { Err(StartError::BadRegion(harmless(region))) }
}

fn retries(timing: &Timing) -> RetryConfig {
    RetryConfig::standard().with_max_attempts(timing.attempts).with_initial_backoff(timing.first_pause)
}

fn timeouts(timing: &Timing) -> TimeoutConfig {
    TimeoutConfig::builder().operation_timeout(timing.operation).operation_attempt_timeout(timing.attempt).build()
}

/// The configuration of a session that answers come to without a network.
fn offline(
    answers: Arc<dyn transport::Answers>,
    region: Option<String>,
    timing: Timing,
) -> Result<SdkConfig, StartError> {
    let region = region.ok_or(StartError::NoRegion)?;
    // The clients sign what they send; nothing that is signed with these leaves the process.
    let credentials = Credentials::new("AKIDOFFLINE", "offline", None, None, "offline");
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(transport::client(answers))
        .retry_config(retries(&timing))
        .timeout_config(timeouts(&timing))
        .build())
}

/// The configuration that AWS's conventions and `settings` give. Sends nothing but questions for the instance
/// metadata, when nothing else knows the region.
async fn live(settings: &Settings, region: Option<String>) -> Result<SdkConfig, StartError> {
    let metadata = imds::Client::builder()
        .max_attempts(1)
        .connect_timeout(METADATA)
        .read_timeout(METADATA)
        .operation_timeout(METADATA)
        .build();
    let region = match region {
        Some(region) => Region::new(region),
        None => find_region(settings.profile.as_deref(), metadata.clone()).await?,
    };
    let profile = settings.profile.as_deref();
    let credentials = match profile {
        // Who names a profile means it: the variables of another account must not win, as they do in the default chain.
        Some(profile) => SharedCredentialsProvider::new(
            ProfileFileCredentialsProvider::builder()
                .configure(&ProviderConfig::without_region().with_region(Some(region.clone())))
                .profile_name(profile)
                .build(),
        ),
        None => SharedCredentialsProvider::new(
            DefaultCredentialsChain::builder().region(region.clone()).imds_client(metadata).build().await,
        ),
    };
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region)
        .credentials_provider(credentials)
        .retry_config(retries(&settings.timing))
        .timeout_config(timeouts(&settings.timing));
    if let Some(profile) = profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;
    if !settings.allow_remote_endpoint {
        for url in configured_endpoints(&config) {
            if endpoint::host(&url).is_none() {
                return Err(StartError::BadEndpoint(harmless(&url)));
            }
            endpoint::check_override(&url).map_err(|remote| StartError::RemoteEndpoint(harmless(&remote.0)))?;
        }
    }
    Ok(config)
}

/// The endpoints that stand in for AWS's own, before anything is sent. Those that a profile gives for one service are
/// not among them: each request is held against its own address as well.
fn configured_endpoints(config: &SdkConfig) -> Vec<String> {
    let ignored = std::env::var("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_ok_and(|v| v.eq_ignore_ascii_case("true"));
    let variables = std::env::vars_os()
        .filter(|(name, value)| name.to_string_lossy().starts_with("AWS_ENDPOINT_URL") && !value.is_empty())
        .map(|(_, value)| value.to_string_lossy().into_owned())
        .filter(|_| !ignored);
    config.endpoint_url().map(str::to_owned).into_iter().chain(variables).collect()
}

async fn find_region(profile: Option<&str>, metadata: imds::Client) -> Result<Region, StartError> {
    let mut shared_files = ProfileFileRegionProvider::builder();
    if let Some(profile) = profile {
        shared_files = shared_files.profile_name(profile);
    }
    let region = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
        .or_else(shared_files.build())
        .or_else(ImdsRegionProvider::builder().imds_client(metadata).build())
        .region()
        .await
        .ok_or(StartError::NoRegion)?;
    check_region(region.as_ref())?;
    Ok(region)
}

/// Why the default chain found no credentials: it passes over a profile that AWS_PROFILE names and nobody defined.
async fn no_credentials(offline: bool) -> StartError {
    let named = std::env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty() && !offline);
    let Some(named) = named else { return StartError::NoCredentials };
    let profile = ProfileFileCredentialsProvider::builder().profile_name(&named).build();
    let missing = match profile.provide_credentials().await {
        Ok(_) => None,
        Err(error) => StartError::missing_profile(&failure::innermost(&error), Some(&named)),
    };
    missing.unwrap_or(StartError::NoCredentials)
}

/// The credentials of the assumed role, limited to what the ledger lists.
async fn assume(
    wire: &Wire,
    clients: &Clients,
    role: &AssumeRole,
    profile: Option<&str>,
) -> Result<SharedCredentialsProvider, StartError> {
    let arn: Arn = role.role_arn.parse().map_err(|_| StartError::BadRole(harmless(&role.role_arn)))?;
    if arn.service != "iam" || !arn.resource.starts_with("role/") {
        return Err(StartError::BadRole(harmless(&role.role_arn)));
    }
    let call = Call::new("sts", "AssumeRole", "", arn.name());
    let sts = clients.sts();
    let (result, _) = ask::ask(wire, &call, |probe| {
        sts.assume_role()
            .role_arn(&role.role_arn)
            .role_session_name("plimsoll")
            .policy(ledger::session_policy(&arn.partition, &arn.account))
            .set_external_id(role.external_id.clone())
            .set_serial_number(role.mfa_serial.clone())
            .set_token_code(role.mfa_token.clone())
            .customize()
            .interceptor(probe)
            .send()
    })
    .await;
    let output = result.map_err(|refusal| StartError::from_refusal(refusal, profile, Some(&role.role_arn)))?;
    let given = output
        .credentials()
        .ok_or_else(|| StartError::NotAws("its answer to AssumeRole has no credentials".to_owned()))?;
    let credentials = Credentials::new(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token().to_owned()),
        None,
        "assumed role",
    );
    Ok(SharedCredentialsProvider::new(credentials))
}

async fn identify(
    wire: &Wire,
    clients: &Clients,
    profile: Option<&str>,
) -> Result<(Caller, (Call, Answer)), StartError> {
    let call = Call::new("sts", "GetCallerIdentity", "", "");
    let sts = clients.sts();
    let (result, answer) =
        ask::ask(wire, &call, |probe| sts.get_caller_identity().customize().interceptor(probe).send()).await;
    let output = result.map_err(|refusal: Refusal| StartError::from_refusal(refusal, profile, None))?;
    let account = output.account().unwrap_or_default();
    let arn = output.arn().and_then(|arn| arn.parse().ok());
    match arn {
        Some(arn) if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok((Caller { account: account.to_owned(), arn }, (call, answer)))
        }
        _ => Err(StartError::NotAws("its answer to GetCallerIdentity names no account and caller".to_owned())),
    }
}
