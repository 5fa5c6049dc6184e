//! Users with few permissions, for tests of what an auditor may not read.

use super::{Lab, done};
use aws_credential_types::Credentials;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Creates a user who may call what `allow` names less what `deny` names (IAM actions such as `iam:GetRole` or
/// `sqs:*`, on every resource), and returns an access key of that user. Each call makes another user.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn restricted_user(admin: &Lab, allow: &[&str], deny: &[&str]) -> Credentials {
    let (name, credentials) = user(admin).await;
    let statements: Vec<_> = [("Allow", allow), ("Deny", deny)]
        .into_iter()
        .filter(|(_, actions)| !actions.is_empty())
        .map(|(effect, actions)| serde_json::json!({ "Effect": effect, "Action": actions, "Resource": "*" }))
        .collect();
    if !statements.is_empty() {
        let policy = serde_json::json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        permit(admin, &name, &policy).await;
    }
    credentials
}

/// Creates a user who may do nothing yet, and returns its name and an access key of it. Each call makes another user.
///
/// # Panics
/// When the server refuses a call.
pub(crate) async fn user(admin: &Lab) -> (String, Credentials) {
    static USERS: AtomicUsize = AtomicUsize::new(1);
    let name = format!("auditor-{}", USERS.fetch_add(1, Ordering::Relaxed));
    done(&name, admin.iam.create_user().user_name(&name).send().await);
    let answer = done(&name, admin.iam.create_access_key().user_name(&name).send().await);
    let key = answer.access_key().unwrap_or_else(|| panic!("{name} has no access key"));
    let credentials = Credentials::new(key.access_key_id(), key.secret_access_key(), None, None, "restricted user");
    (name, credentials)
}

/// Gives a user the permissions of `document`, in place of those that this gave it before.
///
/// # Panics
/// When the server refuses the call.
pub(crate) async fn permit(admin: &Lab, user: &str, document: &str) {
    let put = admin.iam.put_user_policy().user_name(user).policy_name("auditor").policy_document(document);
    done(user, put.send().await);
}
