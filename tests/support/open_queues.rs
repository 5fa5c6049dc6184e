//! Queue policies of which it is known whether they are public: `tests/open_queues.yaml`.

use serde_json::{Value, json};

/// A queue policy.
#[derive(Debug)]
pub(crate) struct OpenQueue {
    /// The name of the queue.
    pub(crate) name: String,
    /// Whether strangers may do what it is about.
    pub(crate) open: bool,
    /// The document.
    pub(crate) policy: String,
}

/// All of them, in an account.
///
/// # Panics
/// When the file is not what it should be.
pub(crate) fn open_queues(account: &str, region: &str) -> Vec<OpenQueue> {
    let file = include_str!("../open_queues.yaml").replace("{account}", account);
    let listed: Vec<Value> = serde_yaml::from_str(&file).expect("YAML");
    let of = |listed: Value| {
        let name = listed["name"].as_str().expect("a name").to_owned();
        let mut statements = listed["statements"].clone();
        for statement in statements.as_array_mut().expect("statements") {
            statement["Action"] = json!("sqs:SendMessage");
            statement["Resource"] = json!(format!("arn:aws:sqs:{region}:{account}:{name}"));
        }
        let open = listed["open"].as_bool().expect("whether it is open");
        OpenQueue { name, open, policy: json!({ "Version": "2012-10-17", "Statement": statements }).to_string() }
    };
    listed.into_iter().map(of).collect()
}
