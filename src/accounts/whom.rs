//! Whom a run asks about one account: a role that is assumed, a profile, a recording, a snapshot; and what each may be.

use crate::model::{Arn, is_region_name};

/// Where the answers about one account come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Whom {
    /// The account that must answer, 12 digits.
    pub account: Option<String>,
    /// The role to assume: its ARN, or its name in `account`, with its path if it has one.
    pub role: Option<String>,
    /// The external id that the role asks for.
    pub external_id: Option<String>,
    /// The profile of the AWS configuration files.
    pub profile: Option<String>,
    /// The recording to replay.
    pub recording: Option<String>,
    /// The snapshot to judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
}

impl Whom {
    /// Says if the ARN of the role is one of another account than the one that must answer.
    pub fn role_of_another_account(&self) -> Option<String> {
        let of_role = self.role.as_deref()?.parse::<Arn>().ok()?.account;
        let account = self.account.as_ref().filter(|account| **account != of_role)?;
        Some(format!("the role is in the account {of_role}, and the account is {account}"))
    }
}

/// Refuses what is not the id of an account.
///
/// # Errors
/// What is wrong with it.
pub fn check_account(text: &str) -> Result<(), String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let zeros = if text.len() < 12 { " (spreadsheets drop zeros in front)" } else { "" };
    Err(format!("`{text}` is no account: write its 12 digits{zeros}"))
}

/// Refuses what is not the ARN of a role.
///
/// # Errors
/// What is wrong with it.
pub fn check_role(text: &str) -> Result<(), String> {
    let is_role = |arn: &Arn| arn.service == "iam" && arn.resource.starts_with("role/");
    match text.parse::<Arn>().ok().filter(is_role) {
        Some(_) => Ok(()),
        None => Err(format!("`{text}` is not the ARN of a role: arn:aws:iam::123456789012:role/NAME")),
    }
}

/// Refuses what is not the name of a region.
///
/// # Errors
/// What is wrong with it.
pub fn check_region(text: &str) -> Result<(), String> {
    match is_region_name(text) {
        true => Ok(()),
        false => Err(format!("`{text}` is not the name of a region: write one such as us-east-1")),
    }
}
