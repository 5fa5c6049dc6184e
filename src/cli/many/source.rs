//! From whom a run asks about an account to where the answers come from.

use crate::accounts::Whom;
use crate::aws::{AssumeRole, Recording, Settings, Source};
use crate::cli::Failure;
use crate::cli::bounded::read_file;
use crate::model::partition_of_region;
use std::path::Path;

/// The largest recording, in bytes.
const LARGEST: u64 = 256 << 20;

/// What `base` and `whom` give. A recording is named relative to the folder `beside`; a role's name is completed by the
/// account, and by the partition of `region`.
///
/// # Errors
/// If the recording cannot be read.
pub(in crate::cli) fn source(
    whom: &Whom,
    base: &Settings,
    beside: &Path,
    region: Option<&str>,
) -> Result<Source, Failure> {
    if let Some(recording) = &whom.recording {
        let path = beside.join(recording);
        let hint = "name a file that --record wrote";
        let bytes = read_file(&path, LARGEST, hint)?;
        let wrong = |why: String| Failure::usage(format!("{}: {why}", path.display()), hint);
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
        return Ok(Source::Replay(Recording::parse(&text).map_err(|error| wrong(error.to_string()))?));
    }
    let assume_role = whom.role.as_ref().map(|role| AssumeRole {
        role_arn: match &whom.account {
            Some(account) if !role.starts_with("arn:") => {
                format!("arn:{}:iam::{account}:role/{role}", region.map_or("aws", partition_of_region))
            }
            _ => role.clone(),
        },
        external_id: whom.external_id.clone(),
        mfa_serial: None,
        mfa_token: None,
    });
    let profile = whom.profile.clone().or_else(|| base.profile.clone());
    Ok(Source::Live(Settings { profile, assume_role, ..base.clone() }))
}

/// Refuses the account `answered` where `whom` names another, as `list` (what the file is called) says.
///
/// # Errors
/// Which account answered, and which is asked for.
pub(in crate::cli) fn check_answered(whom: &Whom, answered: &str, list: &str) -> Result<(), Failure> {
    match &whom.account {
        Some(wanted) if wanted != answered => Err(Failure::usage(
            format!("the account that answers is {answered}, and {list} says {wanted}"),
            format!("mend {list}, or the credentials"),
        )),
        _ => Ok(()),
    }
}
