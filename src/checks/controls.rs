//! The controls that two catalogues publish for the services that Plimsoll reads, and why it asks for some of them not:
//! AWS Security Hub's for the six services, and the part of the CIS AWS Foundations Benchmark that is about IAM.
//!
//! Ids as of November 2026. A control that no rule asks for must stand here with its reason, which a test holds.

use crate::model::Control;

/// A control that a catalogue publishes.
#[derive(Debug, Clone, Copy)]
pub struct Published {
    /// Which it is.
    pub control: Control,
    /// What it asks for.
    pub asks: &'static str,
    /// Why the packs of Plimsoll do not ask for it; none if they do.
    pub not_covered: Option<&'static str>,
}

/// AWS Security Hub, by the name that controls bear.
pub const SECURITY_HUB: &str = "AWS Security Hub";
/// The CIS AWS Foundations Benchmark, by the name that controls bear.
pub const CIS: &str = "CIS AWS Foundations Benchmark v6.0";

const SIGN_IN: &str = "how people sign in is not read";
const KEYS: &str = "access keys and their use are not read";
const ROOT: &str = "the account's summary and credential report are not read";
const PASSWORDS: &str = "the account's password policy is not read";
const TAGS: &str = "which tags must be there is yours to say, and tags are not read";
const ELSEWHERE: &str = "it is about a service that is not read";
const CHOICE: &str = "a matter of the architecture: ask for it with `expect`";

/// The published controls, in the order of their catalogues.
pub static PUBLISHED: &[Published] = &[
    hub("IAM.1", "no customer managed policy allows everything on everything", None),
    hub("IAM.2", "users have no policies of their own", None),
    hub("IAM.3", "access keys are changed every 90 days", Some(KEYS)),
    hub("IAM.4", "the root user has no access key", Some(ROOT)),
    hub("IAM.5", "users with a console password have MFA", Some(SIGN_IN)),
    hub("IAM.6", "the root user has hardware MFA", Some(ROOT)),
    hub("IAM.7", "the password policy is strong", Some(PASSWORDS)),
    hub("IAM.8", "credentials unused for 90 days are removed", Some(KEYS)),
    hub("IAM.9", "the root user has MFA", Some(ROOT)),
    hub("IAM.10", "the password policy is strong, as PCI DSS words it", Some(PASSWORDS)),
    hub("IAM.11", "passwords have a capital letter", Some(PASSWORDS)),
    hub("IAM.12", "passwords have a small letter", Some(PASSWORDS)),
    hub("IAM.13", "passwords have a symbol", Some(PASSWORDS)),
    hub("IAM.14", "passwords have a digit", Some(PASSWORDS)),
    hub("IAM.15", "passwords have 14 characters", Some(PASSWORDS)),
    hub("IAM.16", "passwords are not used again", Some(PASSWORDS)),
    hub("IAM.17", "passwords expire within 90 days", Some(PASSWORDS)),
    hub(
        "IAM.18",
        "somebody may open cases with AWS Support",
        Some("who it should be is yours to say: ask with `access` or `expect`"),
    ),
    hub("IAM.19", "all users have MFA", Some(SIGN_IN)),
    hub("IAM.20", "the root user is not used", Some(ROOT)),
    hub("IAM.21", "no customer managed policy allows all actions of a service", None),
    hub("IAM.22", "credentials unused for 45 days are removed", Some(KEYS)),
    hub("IAM.24", "roles have tags", Some(TAGS)),
    hub("IAM.25", "users have tags", Some(TAGS)),
    hub("IAM.26", "no expired certificate is kept", Some("server certificates are not read")),
    hub("IAM.27", "nobody has AWSCloudShellFullAccess", None),
    hub("IAM.28", "IAM Access Analyzer looks for access from outside", Some(ELSEWHERE)),
    hub("SQS.1", "queues are encrypted", None),
    hub("SQS.2", "queues have tags", Some(TAGS)),
    hub("SQS.3", "no queue is public", None),
    hub("Lambda.1", "no function is public", None),
    hub("Lambda.2", "functions run on runtimes that AWS supports", None),
    hub("Lambda.3", "functions are in a VPC", Some(CHOICE)),
    hub("Lambda.5", "functions in a VPC are in two Availability Zones", Some(ELSEWHERE)),
    hub("Lambda.6", "functions have tags", Some(TAGS)),
    hub("Lambda.7", "functions have active tracing", None),
    hub("DynamoDB.1", "the capacity of tables follows the demand", Some(ELSEWHERE)),
    hub("DynamoDB.2", "tables have point-in-time recovery", None),
    hub("DynamoDB.3", "DAX clusters are encrypted", Some(ELSEWHERE)),
    hub("DynamoDB.4", "tables are in a backup plan", Some(ELSEWHERE)),
    hub("DynamoDB.5", "tables have tags", Some(TAGS)),
    hub("DynamoDB.6", "tables have deletion protection", None),
    hub("DynamoDB.7", "DAX clusters speak TLS", Some(ELSEWHERE)),
    hub("SNS.1", "topics are encrypted", None),
    hub("SNS.2", "topics log what they deliver", Some("what topics log is not read")),
    hub("SNS.3", "topics have tags", Some(TAGS)),
    hub("SNS.4", "no topic is public", None),
    hub("APIGateway.1", "stages log what they execute", None),
    hub("APIGateway.2", "stages show a client certificate to what they call", None),
    hub("APIGateway.3", "stages have tracing", None),
    hub("APIGateway.4", "stages have a web ACL", None),
    hub("APIGateway.5", "caches are encrypted", None),
    hub("APIGateway.8", "routes of HTTP and WebSocket APIs say who may call", Some(ELSEWHERE)),
    hub("APIGateway.9", "stages of HTTP and WebSocket APIs have access logs", Some(ELSEWHERE)),
    cis("2.3", "the root user has no access key", Some(ROOT)),
    cis("2.4", "the root user has MFA", Some(ROOT)),
    cis("2.5", "the root user has hardware MFA", Some(ROOT)),
    cis("2.6", "the root user is not used", Some(ROOT)),
    cis("2.7", "passwords have 14 characters", Some(PASSWORDS)),
    cis("2.8", "passwords are not used again", Some(PASSWORDS)),
    cis("2.9", "users with a console password have MFA", Some(SIGN_IN)),
    cis("2.10", "no access key was made with a user and never used", Some(KEYS)),
    cis("2.11", "credentials unused for 45 days are disabled", Some(KEYS)),
    cis("2.12", "users have one active access key at the most", Some(KEYS)),
    cis("2.13", "access keys are changed every 90 days", Some(KEYS)),
    cis("2.14", "users get permissions through groups alone", None),
    cis("2.15", "no policy allows everything on everything", None),
    cis(
        "2.16",
        "a role for AWS Support is there",
        Some("who it should be is yours to say: ask with `access` or `expect`"),
    ),
    cis("2.18", "no expired certificate is kept", Some("server certificates are not read")),
    cis("2.19", "IAM Access Analyzer looks for access from outside", Some(ELSEWHERE)),
    cis("2.20", "people sign in through one place", Some(SIGN_IN)),
    cis("2.21", "nobody has AWSCloudShellFullAccess", None),
];

const fn hub(id: &'static str, asks: &'static str, not_covered: Option<&'static str>) -> Published {
    Published { control: Control::new(SECURITY_HUB, id), asks, not_covered }
}

const fn cis(id: &'static str, asks: &'static str, not_covered: Option<&'static str>) -> Published {
    Published { control: Control::new(CIS, id), asks, not_covered }
}

/// The catalogues that controls may be of, by the names that they bear, in the order in which they are told.
pub const CATALOGUES: [&str; 13] = [
    SECURITY_HUB,
    CIS,
    "CIS AWS Foundations Benchmark v4.0",
    "CIS AWS Foundations Benchmark v3.0",
    "NIST SP 800-53 Rev. 5",
    "PCI DSS v4.0",
    "AWS Config",
    "Prowler",
    "ScoutSuite",
    "Powerpipe",
    "Checkov",
    "Cloud Custodian",
    "Guard Rules Registry",
];
