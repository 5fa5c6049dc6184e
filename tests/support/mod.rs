//! What several integration tests share: servers that speak AWS's protocols, and the architecture built in one.
#![allow(dead_code, unused_imports, reason = "each integration test is a program of its own and uses a part of this")]

#[cfg(unix)]
pub(crate) mod awscli;
pub(crate) mod binary;
#[cfg(feature = "live")]
pub(crate) mod clear;
pub(crate) mod fake;
pub(crate) mod folder;
pub(crate) mod http;
#[cfg(feature = "live")]
pub(crate) mod lab;
pub(crate) mod open_queues;
pub(crate) mod process;
pub(crate) mod python;
pub(crate) mod report;
pub(crate) mod servers;
