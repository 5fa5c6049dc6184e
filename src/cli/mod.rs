//! What is typed on the command line: one file a subcommand.

#[cfg(feature = "live")]
mod accepted;
#[cfg(feature = "live")]
mod accounts;
mod bounded;
#[cfg(feature = "live")]
mod can;
#[cfg(feature = "live")]
mod class;
#[cfg(feature = "live")]
mod demo;
mod diff;
mod failure;
mod files;
#[cfg(feature = "live")]
mod fix;
mod forms;
mod given;
#[cfg(feature = "live")]
mod grade;
#[cfg(feature = "live")]
mod many;
mod output;
mod paragraph;
mod plan;
mod policy;
#[cfg(feature = "live")]
mod question;
#[cfg(feature = "live")]
mod receipt;
mod report;
mod rules;
mod saved;
#[cfg(feature = "live")]
mod scan;
#[cfg(feature = "live")]
mod snapshot;
#[cfg(feature = "live")]
mod usage;
mod verify;
mod waivers;
#[cfg(feature = "live")]
mod who_can;

pub use failure::Failure;

use clap::{Parser, Subcommand};

/// Audits an AWS account against an intended architecture: what is right, what is wrong, and what could not be read.
///
/// Plimsoll reads and never writes. A rule passes only if AWS answered every question it rests on.
#[derive(Debug, Parser)]
#[command(
    name = "plimsoll",
    version,
    after_help = "Exit codes: 0 clean, 1 findings, 2 usage or rules file, 3 incomplete, 4 could not run.\n\
                  Start with `plimsoll demo`, which needs no account."
)]
pub struct Cli {
    /// Whether to use colour
    #[arg(long, value_enum, default_value = "auto", global = true, value_name = "WHEN")]
    color: clap::ColorChoice,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read an account and judge it by rules
    #[cfg(feature = "live")]
    Scan(Box<scan::Scan>),
    /// Read an account and say what it comes to in points, with feedback for whoever built it
    #[cfg(feature = "live")]
    Grade(Box<grade::GradeCommand>),
    /// Say which calls a scan would make, and the IAM policy it needs
    Plan(plan::Plan),
    /// Judge the built-in recording of an account: no account needed, no network
    #[cfg(feature = "live")]
    Demo(demo::Demo),
    /// Write a saved report in other forms: no account needed, no network
    Report(report::ReportAgain),
    /// Say who can do an action to a resource of the account, by all policies that have a say
    #[cfg(feature = "live")]
    WhoCan(Box<who_can::WhoCan>),
    /// Say what a role or user of the account can do
    #[cfg(feature = "live")]
    Can(Box<can::Can>),
    /// Hold a report against its receipt: no account needed
    Verify(verify::Verify),
    /// Read what rules need of an account, and save it
    #[cfg(feature = "live")]
    Snapshot(Box<snapshot::SnapshotCommand>),
    /// Say what changed between two snapshots, two reports, or one of them and the account
    Diff(Box<diff::DiffCommand>),
    /// Print the AWS CLI commands that would mend the findings, with those that undo them
    #[cfg(feature = "live")]
    Fix(Box<fix::FixCommand>),
    /// Check, test, write, list and explain rules files
    #[command(subcommand)]
    Rules(rules::Rules),
    /// Check and begin waivers files: no account needed
    #[command(subcommand)]
    Waivers(waivers::WaiversCommand),
    /// Ask what policy documents allow: no account needed
    #[command(subcommand)]
    Policy(policy::Policy),
}

/// Carries out what was typed.
///
/// # Errors
/// What went wrong, with its exit code. Findings are no error: they are in the exit code that comes back.
pub fn run(cli: Cli) -> Result<u8, Failure> {
    match cli.color {
        clap::ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        clap::ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
        clap::ColorChoice::Auto => {}
    }
    match cli.command {
        #[cfg(feature = "live")]
        Command::Scan(scan) => scan.run(),
        #[cfg(feature = "live")]
        Command::Grade(grade) => grade.run(),
        Command::Plan(plan) => plan.run(),
        #[cfg(feature = "live")]
        Command::Demo(demo) => demo.run(),
        #[cfg(feature = "live")]
        Command::WhoCan(who_can) => who_can.run(),
        #[cfg(feature = "live")]
        Command::Can(can) => can.run(),
        Command::Verify(verify) => verify.run(),
        Command::Diff(diff) => diff.run(),
        Command::Policy(policy) => policy.run(),
        Command::Report(report) => report.run(),
        #[cfg(feature = "live")]
        Command::Fix(fix) => fix.run(),
        Command::Rules(rules) => rules.run(),
        Command::Waivers(waivers) => waivers.run(),
        #[cfg(feature = "live")]
        Command::Snapshot(snapshot) => snapshot.run(),
    }
}

/// What a panic says: that it is a fault of Plimsoll, and what to send where.
pub fn say_that_it_is_our_fault(panic: &std::panic::PanicHookInfo<'_>) {
    use std::io::Write as _;
    let place = panic.location().map_or_else(String::new, |at| format!(" ({}:{})", at.file(), at.line()));
    let what = panic.payload_as_str().unwrap_or_default();
    let message = format!(
        "error: Plimsoll has a fault: {}{place}\nnext:  please report it with this message, the command, and a recording if you can make one\n",
        crate::model::harmless(what),
    );
    drop(std::io::stderr().lock().write_all(message.as_bytes()));
}
