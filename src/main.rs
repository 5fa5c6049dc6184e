//! The command line of Plimsoll: parse, run, exit code.

use clap::Parser as _;
use plimsoll::cli::{Cli, run};
use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(plimsoll::cli::say_that_it_is_our_fault));
    match run(Cli::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let mut stderr = anstream::stderr().lock();
            let styled = stderr.current_choice() != anstream::ColorChoice::Never;
            // If not even stderr takes the message, the exit code is all that is left to say.
            drop(stderr.write_all(failure.render(styled, 100).as_bytes()));
            ExitCode::from(failure.code)
        }
    }
}
