//! Plimsoll: a compliance and drift auditor for AWS accounts.
//!
//! A rules file states an intended architecture, a scan reads the live account, and the report says where the two
//! differ. Data flows one way, and each step hands on a plain value:
//!
//! ```text
//! rules/*.yaml ──load──▶ Rules ──plan──▶ Calls ──fetch──▶ Account ──audit──▶ Report ──render──▶ text, json, ...
//!    rules                     services          scan, aws         audit            report
//! ```
//!
//! | module | its one job |
//! |---|---|
//! | [`model`] | what an account is, and what a report says; no I/O, depends on nothing here |
//! | [`iam`] | the policy language of IAM; pure, uses nothing else here |
//! | [`rules`] | the rules language: nodes with places, one interpreter, patterns |
//! | [`services`] | one folder a service: its kinds, its part of the read-only ledger, its plan, its collector |
//! | [`reach`] | what an account's principals may do and whom its resources let in, by the IAM engine |
//! | [`checks`] | one file a check: an analysis that a rule calls by name, with its documentation |
//! | `flows` | the edges of an architecture, each judged link by link |
//! | [`audit`] | rules against an account: findings |
//! | [`cases`] | cases for rules: accounts written by hand or saved, and the verdicts that must come out |
//! | [`narrow`] | the least privilege for the roles of an architecture: policies written anew, with the proof |
//! | [`fix`] | what would mend the findings: commands of the AWS CLI as text, with those that undo them |
//! | [`intent`] | what an architecture is meant to be, read from where it is written down |
//! | [`accounts`] | the list of accounts that one run reads: the file, what each entry may say |
//! | [`snapshot`] | what was read of an account, in a file that can be judged again |
//! | [`diff`] | what changed between two accounts or two reports |
//! | [`report`] | one file a format |
//! | [`overview`] | what the reports on many accounts come to: one file a format |
//! | [`grade`] | what the findings come to in points, and the feedback that goes with them |
//! | `aws` | sessions, the ledger that refuses whatever writes, recording and replay (feature `live`) |
//! | `scan` | fetch what the rules need, once, and assemble the account (feature `live`) |
//! | [`cli`] | what is typed: one file a subcommand |
//!
//! Dependencies point one way: `main → cli → {grade, report, diff, narrow, cases, audit, reach, scan}`,
//! `grade → report`, `diff → {snapshot, iam, model}`, `narrow → {audit, flows}`, `cases → audit`,
//! `audit → {flows, checks, reach}`,
//! `{flows, checks} → reach → {rules, iam, model}`, `intent → {services, rules, iam, model}`,
//! `rules → {iam, model}`, and `scan → services/*/collect.rs → aws → {services, model}`. `tests/layers.rs` holds the arrows. A collector is the
//! only place that names its service's SDK crate; the kinds are handed to the rules loader by `cli`.

pub mod accounts;
pub mod audit;
#[cfg(feature = "live")]
pub mod aws;
pub mod cases;
pub mod checks;
pub mod cli;
pub mod diff;
pub mod fix;
mod flows;
pub mod grade;
pub mod iam;
pub mod intent;
pub mod model;
pub mod narrow;
pub mod overview;
pub mod reach;
pub mod report;
pub mod rules;
#[cfg(feature = "live")]
pub mod scan;
pub mod services;
pub mod snapshot;
