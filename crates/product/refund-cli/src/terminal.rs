//! Where the command writes: colours and progress only where a person reads.

use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use refunds_journal::StoreError;
use serde::Serialize;

use crate::{
    exit::Exit,
    report::{Report, Standing, Word, line},
};

/// As wide a table is, where there is no terminal to ask.
const WIDTH: u16 = 100;
const LEAST_WIDTH: u16 = 60;

/// Standard output and standard error.
pub(crate) struct Terminal {
    json: bool,
    tells_pending: bool,
    shows_progress: bool,
    progress_is_shown: bool,
    /// The journal in use, which every report names.
    journal: Option<String>,
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

    /// Whether a person reads standard output.
    pub(crate) fn is_interactive(&self) -> bool {
        io::stdout().is_terminal()
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
            let _ = write!(self.err, "\r\x1b[2K{dim}{what} …{dim:#}");
            let _ = self.err.flush();
            self.progress_is_shown = true;
        }
    }

    fn end_progress(&mut self) {
        if std::mem::take(&mut self.progress_is_shown) {
            let _ = write!(self.err, "\r\x1b[2K");
            let _ = self.err.flush();
        }
    }

    /// Writes text as it is.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        self.end_progress();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    /// Writes one JSON object.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(object)?;
        text.push('\n');
        self.text(&text)
    }

    /// Writes one JSON object on a line of its own.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn object_line(&mut self, object: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string(object)?;
        text.push('\n');
        self.text(&text)
    }

    /// Writes a report in the form that was asked for.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn report(&mut self, report: &Report) -> io::Result<()> {
        if self.json {
            let journal = self.journal.clone();
            self.object(&Placed { report, journal })
        } else {
            self.text(&self.placed(report))
        }
    }

    /// Writes one of many reports: as JSON, on a line of its own.
    ///
    /// # Errors
    /// Standard output cannot be written to.
    pub(crate) fn report_line(&mut self, report: &Report) -> io::Result<()> {
        if self.json {
            let journal = self.journal.clone();
            self.object_line(&Placed { report, journal })
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
        let _ = writeln!(self.err, "warning: {}", printable(text));
    }

    /// Writes what went wrong: JSON to standard output, where scripts expect it, text to standard error.
    pub(crate) fn failure(&mut self, report: &Report) {
        self.end_progress();
        // There is nowhere left to tell of it if this fails.
        let _ = if self.json {
            self.report(report)
        } else {
            self.err.write_all(self.placed(report).as_bytes())
        };
    }
}

/// A report, and the journal that it is in.
#[derive(Serialize)]
struct Placed<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<String>,
}

/// The style of an outcome.
pub(crate) fn style(word: Word) -> Style {
    let color = match word {
        Word::Accepted | Word::Shown | Word::Verified | Word::Forgotten => AnsiColor::Green,
        Word::Rejected | Word::Refused | Word::Failed | Word::RefundFailed => AnsiColor::Red,
        Word::Unknown => AnsiColor::Yellow,
    };
    Style::new().bold().fg_color(Some(color.into()))
}

/// An empty table, as wide as the terminal.
pub(crate) fn table(interactive: bool) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic);
    // Some terminals do not know their width, or are too narrow for any table.
    if !interactive || table.width().is_none_or(|width| width < LEAST_WIDTH) {
        table.set_width(WIDTH);
    }
    table
}

/// A text of somebody else's, without what a terminal would obey.
pub(crate) fn printable(text: &str) -> String {
    let safe = |letter: char| {
        if letter.is_control() {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(safe).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_cannot_steer_the_terminal() {
        assert_eq!(
            printable("ok\x1b[2J\r\n\u{9b}"),
            "ok\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}"
        );
    }
}
