//! The live path: the program against AWS-compatible servers that hold the architecture, whole and broken.

#[path = "../support/mod.rs"]
mod support;

mod bad_input;
mod case;
mod denial;
mod effective;
mod fan_out;
mod faults;
#[cfg(unix)]
mod fixes;
mod grade;
mod grants;
mod kinds;
mod many;
mod mistakes;
mod names;
mod near_misses;
mod open_queues;
mod planted;
mod rules_new;
mod same_bytes;
mod step;
mod unexpected;

/// The region of the architecture.
const REGION: &str = "us-east-1";
/// Another region.
const ELSEWHERE: &str = "eu-west-1";
/// The access key of the server's own account.
const KEY: &str = "test";
/// The rules of the architecture.
const RULES: &str = "serverless-poc";
