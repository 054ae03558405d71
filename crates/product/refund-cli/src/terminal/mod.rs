//! Where the command writes: colours and progress only where a person reads.

mod json;
mod look;
mod table;

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
pub(crate) use look::{look, printable};
use refunds_journal::StoreError;
pub(crate) use table::{TIE, separator, table};

use crate::{
    exit::Exit,
    printed::{Placed, Printed},
    report::{Report, Standing, Word, line},
    wait::Waits,
};

/// Standard output and standard error.
pub(crate) struct Terminal {
    json: bool,
    tells_pending: bool,
    shows_progress: bool,
    progress_is_shown: bool,
    /// The journal in use, which every report names.
    journal: Option<String>,
    waits: Waits,
    out: AutoStream<io::Stdout>,
    err: AutoStream<io::Stderr>,
}

impl Terminal {
    /// Colours where the streams are terminals and the environment does not forbid them.
    pub(crate) fn new(json: bool, tells_pending: bool) -> Self {
        let err = AutoStream::auto(io::stderr());
        // Where colours are not wanted, neither is what wipes progress away.
        let is_plain = err.current_choice() == ColorChoice::Never;
        let is_terminal = io::stderr().is_terminal() && io::stdout().is_terminal();
        Self {
            json,
            tells_pending,
            shows_progress: !json && is_terminal && !is_plain,
            progress_is_shown: false,
            journal: None,
            waits: Waits::new(!json && is_terminal && !is_plain),
            out: AutoStream::auto(io::stdout()),
            err,
        }
    }

    /// Whether JSON was asked for.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Says which journal is in use, for all that is told from now on.
    pub(crate) fn uses_journal(&mut self, place: &str) {
        self.journal = Some(place.to_owned());
    }

    /// The journal in use.
    pub(crate) fn journal(&self) -> Option<&str> {
        self.journal.as_deref()
    }

    /// What is told of waits.
    pub(crate) fn waits(&self) -> Waits {
        self.waits.clone()
    }

    /// Whether progress is shown, since a person looks on.
    pub(crate) fn shows_progress(&self) -> bool {
        self.shows_progress
    }

    /// Says what is being waited for, until the next output.
    pub(crate) fn progress(&mut self, what: &str) {
        if self.shows_progress {
            let dim = Style::new().dimmed();
            // Progress that cannot be shown is no reason to fail.
            let what = printable(what);
            let shown = look().shown(&what);
            let _ = write!(
                self.err,
                "\r\x1b[2K{dim}{shown} {}{dim:#}",
                look().shown("…")
            );
            let _ = self.err.flush();
            self.progress_is_shown = true;
        }
    }

    fn end_progress(&mut self) {
        self.waits.end();
        if std::mem::take(&mut self.progress_is_shown) {
            let _ = write!(self.err, "\r\x1b[2K");
            let _ = self.err.flush();
        }
    }

    /// Writes text, in the characters that can be shown.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.bytes(look().shown(text).as_bytes())
    }

    /// Writes a line of text for people, in lines of the width that there is.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn sentence(&mut self, text: &str) -> io::Result<()> {
        self.text(&format!("{}\n", wrapped(text, look().width, 2)))
    }

    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.end_progress();
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    /// Writes a file of another format than text for people, as it is.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.end_progress();
        io::stdout().write_all(bytes)?;
        io::stdout().flush()
    }

    /// Writes lines of another format: as they are, unless a terminal would obey what is in them.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn lines(&mut self, text: &str) -> io::Result<()> {
        if !io::stdout().is_terminal() {
            return self.raw(text.as_bytes());
        }
        let safe: Vec<_> = text.split('\n').map(printable).collect();
        self.text(&safe.join("\n"))
    }

    /// Writes one JSON object on a line of its own.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn object(&mut self, object: &Printed<'_>) -> io::Result<()> {
        self.raw(&json::line(object)?)
    }

    /// Writes a report in the form that was asked for.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn report(&mut self, report: &Report) -> io::Result<()> {
        if self.json {
            let journal = self.journal.clone();
            self.object(&Printed::Outcome(Placed { report, journal }))
        } else {
            self.text(&self.placed(report))
        }
    }

    /// Writes one of many reports.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn one_of_many(&mut self, report: &Report) -> io::Result<()> {
        if self.json {
            self.report(report)
        } else {
            self.text(&report.to_text())
        }
    }

    /// The report for people, with the journal.
    fn placed(&self, report: &Report) -> String {
        let mut text = report.to_text();
        line(&mut text, "journal", self.journal.as_deref());
        text
    }

    /// Writes how a refund ended, and whether that is on record. The exit code tells of the refund, also
    /// where nobody reads the report or the disk is full.
    pub(crate) fn conclude(&mut self, report: &Report, kept: Result<(), StoreError>) -> Exit {
        let shown = self.report(report);
        if let Err(error) = shown {
            self.warn(&format!(
                "{}, which could not be written out: {error}",
                report.outcome.as_str()
            ));
        }
        if let Err(error) = kept {
            self.warn(&format!("on record it stays in doubt: {error}"));
        }
        match report.standing {
            Some(Standing::Pending) if self.tells_pending => Exit::Pending,
            _ => report.outcome.exit(),
        }
    }

    /// Says what a person should know beside the result.
    pub(crate) fn warn(&mut self, text: &str) {
        self.end_progress();
        // There is nowhere left to tell of it if this fails.
        let text = format!("warning: {}", printable(text));
        let _ = writeln!(
            self.err,
            "{}",
            look().shown(&wrapped(&text, look().width, 2))
        );
    }

    /// Writes text for people to standard error.
    pub(crate) fn tell(&mut self, text: &str) {
        self.end_progress();
        let _ = self.err.write_all(look().shown(text).as_bytes());
    }

    /// Writes what went wrong: JSON to standard output, where scripts expect it, text to standard error.
    pub(crate) fn failure(&mut self, report: &Report) {
        if self.json {
            // There is nowhere left to tell of it if this fails.
            let _ = self.report(report);
        } else {
            self.tell(&self.placed(report));
        }
    }
}

/// What was written, where it does not matter whether anybody reads it: what is under way goes on, and ends as it would have.
///
/// # Errors
/// It could not be written for another reason than that whoever reads has left.
pub(crate) fn unread(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// A text in lines of a width, where one is known: all lines but the first are indented.
pub(crate) fn wrapped(text: &str, width: Option<usize>, indent: usize) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let width = width.saturating_sub(indent).max(20);
    let options = textwrap::Options::new(width).break_words(false);
    let gap = format!("\n{}", " ".repeat(indent));
    textwrap::wrap(text, options).join(&gap)
}

/// The style of an outcome.
pub(crate) fn style(word: Word) -> Style {
    let color = match word {
        Word::Accepted | Word::Shown | Word::Verified | Word::Forgotten => AnsiColor::Green,
        Word::Rejected | Word::Refused | Word::WrongUsage | Word::Failed | Word::RefundFailed => {
            AnsiColor::Red
        }
        Word::Unknown | Word::NotSent => AnsiColor::Yellow,
    };
    Style::new().bold().fg_color(Some(color.into()))
}
