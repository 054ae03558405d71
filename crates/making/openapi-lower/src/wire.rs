//! Names of the wire that no Rust name can be told from.
//!
//! progenitor makes a Rust name of a name of the wire by dropping what Rust has no room for, so that `ASC`
//! and `asc`, or `$` and `*`, come out as one. Such a name is lowered to a *spoken* one: the Rust name that
//! is wanted, followed by the name of the wire in characters of a private-use area, which leave no trace in
//! a Rust name. The generated code is given the names of the wire back with [`wire_names`].

use std::borrow::Cow;

/// Begins a spoken name.
const BEGIN: char = '\u{E001}';
/// Ends the Rust name in it.
const MIDDLE: char = '\u{E000}';
/// The supplementary private-use area that holds the units of UTF-16.
const PLANE: u32 = 0xF_0000;

/// A name that becomes `rust` in Rust and stays `wire` on the wire.
pub(crate) fn spoken(rust: &str, wire: &str) -> String {
    let mut name = format!("{BEGIN}{rust}{MIDDLE}");
    let units = wire.encode_utf16().map(|unit| PLANE + u32::from(unit));
    name.extend(units.filter_map(char::from_u32));
    name
}

/// `text` with every spoken name in it replaced by the name of the wire.
///
/// For whoever reads a lowered document or what was generated from it: keys of properties and values of
/// enumerations may be spoken names there.
pub fn wire_names(text: &str) -> Cow<'_, str> {
    if !text.contains(BEGIN) {
        return Cow::Borrowed(text);
    }
    let mut parts = text.split(BEGIN);
    let mut found = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((_, encoded)) = part.split_once(MIDDLE) else {
            found.push_str(part);
            continue;
        };
        let rest = encoded.trim_start_matches(|unit| unit_of(unit).is_some());
        let units: Vec<u16> = encoded.chars().map_while(unit_of).collect();
        found.push_str(&String::from_utf16_lossy(&units));
        found.push_str(rest);
    }
    Cow::Owned(found)
}

fn unit_of(character: char) -> Option<u16> {
    u32::from(character)
        .checked_sub(PLANE)
        .and_then(|unit| u16::try_from(unit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoken_name_gives_the_name_of_the_wire_back() {
        for wire in ["", "*", "asc", "naïve 🦀", "a\u{E000}b"] {
            let text = format!("rename = \"{}\", then", spoken("Star2", wire));
            assert_eq!(wire_names(&text), format!("rename = \"{wire}\", then"));
        }
    }

    #[test]
    fn several_spoken_names_in_one_text_are_all_replaced() {
        let text = format!("{}|{}", spoken("A", "x"), spoken("B", "y"));
        assert_eq!(wire_names(&text), "x|y");
    }

    #[test]
    fn a_text_without_spoken_names_stays_as_it_is() {
        assert!(matches!(wire_names("plain"), Cow::Borrowed("plain")));
    }
}
