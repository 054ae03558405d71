//! The `refund` command: refunds at four payment providers that are never sent twice.

mod arguments;
mod commands;
mod connection;
mod credentials;
mod demo;
mod exit;
mod import;
mod journal;
mod report;
mod terminal;
mod time;

use std::process::ExitCode;

use clap::Parser;

use crate::{arguments::Arguments, exit::Exit, report::Report, terminal::Terminal};

fn main() -> ExitCode {
    let Arguments { options, command } = Arguments::parse();
    let mut terminal = Terminal::new(options.json, options.tell_pending);
    let subject = command.subject();
    let exit = match commands::run(command, &options, &mut terminal) {
        Ok(exit) => exit,
        Err(error) => {
            let exit = Exit::of_error(&error);
            terminal.failure(&Report::of_error(&error, exit, subject));
            exit
        }
    };
    exit.into()
}
