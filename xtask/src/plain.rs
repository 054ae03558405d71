//! Text for a terminal that holds words of documents.

use std::io::{self, Write};

use openapi_model::hidden;

/// Longest line that is shown, in characters.
const LONGEST: usize = 2_000;

/// Writes lines in which no character moves the cursor, changes the direction, rings or hides: such ones are shown as
/// escapes (`\u{1b}`), and the rest of a very long line as how much it was.
pub(crate) struct Plain<'a> {
    to: &'a mut dyn Write,
    line: Vec<u8>,
}

impl<'a> Plain<'a> {
    pub(crate) fn new(to: &'a mut dyn Write) -> Self {
        let line = Vec::new();
        Self { to, line }
    }

    fn end_line(&mut self, end: &str) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let shown = shown(&String::from_utf8_lossy(&line));
        self.to.write_all(shown.as_bytes())?;
        self.to.write_all(end.as_bytes())
    }
}

fn shown(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for character in line.chars().take(LONGEST) {
        match character {
            '\t' => shown.push('\t'),
            character => hidden::push(&mut shown, character),
        }
    }
    match line.chars().count().checked_sub(LONGEST) {
        None | Some(0) => shown,
        Some(more) => shown + &format!("… ({more} characters more)"),
    }
}

impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            match part.split_last() {
                Some((b'\n', line)) => {
                    self.line.extend_from_slice(line);
                    self.end_line("\n")?;
                }
                _ => self.line.extend_from_slice(part),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.end_line("")?;
        }
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        let mut out = Vec::new();
        let mut plain = Plain::new(&mut out);
        plain.write_all(text.as_bytes()).unwrap();
        plain.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_terminal_would_act_on_is_shown_as_an_escape() {
        assert_eq!(
            printed("a\u{1b}[2Jb\u{202e}c\r\n\tcafé"),
            "a\\u{1b}[2Jb\\u{202e}c\\u{d}\n\tcafé"
        );
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let line = printed(&"x".repeat(LONGEST + 5));
        assert!(line.ends_with("x… (5 characters more)"), "{line}");
        assert_eq!(printed(&"é".repeat(LONGEST)).chars().count(), LONGEST);
    }
}
