//! JSON on one line, in which nothing hides.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use super::look::is_hidden;

/// A value on a line of its own.
pub(super) fn line(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    value.serialize(&mut Serializer::with_formatter(&mut line, Escaping))?;
    line.push(b'\n');
    Ok(line)
}

/// Escapes what steers a terminal, turns a text or cannot be seen.
struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, hidden)) = rest.char_indices().find(|(_, letter)| is_hidden(*letter)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + hidden.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_escaped_and_comes_back() {
        let text = "a\u{202e}b\u{9b}c\u{e0041}d\u{7f}é\"\n";
        let line = line(&text).unwrap();
        assert_eq!(
            std::str::from_utf8(&line).unwrap(),
            "\"a\\u202eb\\u009bc\\udb40\\udc41d\\u007fé\\\"\\n\"\n"
        );
        assert_eq!(serde_json::from_slice::<String>(&line).unwrap(), text);
    }
}
