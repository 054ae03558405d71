//! The `refund` command: refunds at four payment providers that are never sent twice.

mod advice;
mod arguments;
mod commands;
mod connection;
mod credentials;
mod demo;
mod exit;
mod hint;
mod import;
mod journal;
mod log;
mod printed;
mod private;
mod profile;
mod providers;
mod report;
mod terminal;
mod time;
mod wait;

use std::{env, io, process::ExitCode};

use clap::{
    FromArgMatches as _,
    error::{ContextKind, ContextValue, ErrorKind},
};
use refunds::ProviderName;
use textwrap::core::display_width;

use crate::{
    advice::{Advice, Next},
    arguments::Arguments,
    exit::Exit,
    profile::Profile,
    report::{Report, Word},
    terminal::{Terminal, look, printable, wrapped},
};

/// Why there is no `create kotanipay`.
const CREATED_BY_ITSELF: &str = "kotanipay refunds failed off-ramps by itself, and has no call that creates a refund: where one has \
                                 failed, `refund retry kotanipay REFERENCE` tries it again";

fn main() -> ExitCode {
    let parsed = arguments::command()
        .try_get_matches()
        .and_then(|matches| Arguments::from_arg_matches(&matches));
    let Arguments {
        mut options,
        command,
    } = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return not_parsed(&error).into(),
    };
    hint::carry(&options);
    let mut terminal = Terminal::new(options.json, options.tell_pending);
    let subject = command.subject();
    let ended = log::start(options.verbose, terminal.waits())
        .and_then(|()| Ok(Profile::of(&options)?))
        .and_then(|profile| {
            options.from_profile = profile;
            commands::run(command, &options, &mut terminal)
        });
    let exit = match ended {
        Ok(exit) => exit,
        // Whoever reads no further, such as `head`, has what they want.
        Err(error) if is_closed_pipe(&error) => Exit::Done,
        Err(error) => {
            let exit = Exit::of_error(&error);
            terminal.failure(&Report::of_error(&error, exit, subject));
            exit
        }
    };
    exit.into()
}

/// Help and versions, or why the arguments do not fit: as JSON too, where that was asked for.
fn not_parsed(error: &clap::Error) -> Exit {
    let is_json = env::args_os().any(|argument| argument == "--json");
    let mut terminal = Terminal::new(is_json, false);
    if is_created_by_itself(error) {
        terminal.failure(&wrong_usage(CREATED_BY_ITSELF.to_owned()));
        return Exit::Usage;
    }
    let text = error.render();
    if !error.use_stderr() {
        // What cannot be shown is seen to be missing.
        let _ = terminal.text(&in_lines(&text.ansi().to_string()));
        return Exit::Done;
    }
    if is_json {
        let plain = text.to_string();
        let (why, usage) = plain.split_once("\n\nUsage:").unwrap_or((&plain, ""));
        let why = match error.kind() {
            // Its text is the help, which says what could be meant and not what is wrong.
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                let usage = usage.split("\n\n").next().unwrap_or_default();
                format!("what is to be done is missing: {usage}")
            }
            _ => why.trim_start_matches("error: ").to_owned(),
        };
        terminal.failure(&wrong_usage(
            why.split_whitespace().collect::<Vec<_>>().join(" "),
        ));
    } else if env::args_os()
        .any(|argument| printable(&argument.to_string_lossy()) != *argument.to_string_lossy())
    {
        // The text quotes it, and colours could not be told from it.
        let plain = text.to_string();
        let lines: Vec<_> = plain.split('\n').map(printable).collect();
        terminal.tell(&in_lines(&lines.join("\n")));
    } else {
        terminal.tell(&in_lines(&text.ansi().to_string()));
    }
    Exit::Usage
}

/// The text with the lines that are wider than what there is in several; colours take none of it.
fn in_lines(text: &str) -> String {
    let width = look().width;
    let is_long = |line: &str| width.is_some_and(|width| display_width(line) > width);
    let lines = text.split('\n').map(|line| match is_long(line) {
        true => wrapped(line, width, 2),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Why arguments do not fit.
fn wrong_usage(why: String) -> Report {
    let help = "nothing was sent: correct the arguments; --help tells what they are";
    Report {
        outcome: Word::WrongUsage,
        why: Some(why),
        advice: Some(Advice::new(Next::CheckArguments, help)),
        ..Report::default()
    }
}

/// Whether it is `create kotanipay`, for which clap would propose a name that is like it.
fn is_created_by_itself(error: &clap::Error) -> bool {
    let named = error.get(ContextKind::InvalidSubcommand);
    matches!(named, Some(ContextValue::String(name)) if *name == ProviderName::Kotanipay.to_string())
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_write = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.downcast_ref().is_some_and(is_write)
}
