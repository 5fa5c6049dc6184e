//! Policy documents of the architecture, and what in them refers to the account.

use std::fs;
use std::path::Path;

/// An expected document of the architecture, as it is written.
///
/// # Panics
/// When there is none of that name.
pub(crate) fn expected(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("expected/serverless-poc").join(file);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("cannot read {}: {e}", path.display()))
}

/// The text with its references to partition, region and account replaced.
pub(crate) fn bound(text: &str, region: &str, account: &str) -> String {
    text.replace("${AWS::Partition}", "aws").replace("${AWS::Region}", region).replace("${AWS::AccountId}", account)
}

/// The trust policy that the console writes for a service.
pub(crate) fn trust(service: &str) -> String {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    })
    .to_string()
}
