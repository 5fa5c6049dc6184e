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
    after_help = "Exit codes: 0 clean, 1 findings or differences, 2 usage or a file, 3 incomplete, 4 could not run.\n\
                  Start with `plimsoll demo`, which needs no account."
)]
pub struct Cli {
    /// Whether to use colour
    #[arg(long, value_enum, default_value = "auto", global = true, value_name = "WHEN")]
    color: clap::ColorChoice,
    #[command(subcommand)]
    command: Command,
}

/// The subcommands. What is said here of one takes the place of all that its own file says, so only groups have it.
#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "live")]
    Demo(demo::Demo),
    Plan(plan::Plan),
    #[cfg(feature = "live")]
    Scan(Box<scan::Scan>),
    Report(report::ReportAgain),
    #[cfg(feature = "live")]
    Snapshot(Box<snapshot::SnapshotCommand>),
    Diff(Box<diff::DiffCommand>),
    #[cfg(feature = "live")]
    Fix(Box<fix::FixCommand>),
    /// Check and begin waivers files: no account needed
    #[command(subcommand)]
    Waivers(waivers::WaiversCommand),
    /// Check, test, write, list and explain rules files
    #[command(subcommand)]
    Rules(rules::Rules),
    #[cfg(feature = "live")]
    Grade(Box<grade::GradeCommand>),
    Verify(verify::Verify),
    #[cfg(feature = "live")]
    WhoCan(Box<who_can::WhoCan>),
    #[cfg(feature = "live")]
    Can(Box<can::Can>),
    /// Ask what policy documents allow: no account needed, except to narrow them
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
