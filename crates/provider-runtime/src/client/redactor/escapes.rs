//! Finds a text in whatever mixture of escapes it is written.

/// How long the needle is at the beginning of `text`, if it is there: as it is, or with any of its
/// characters percent-encoded, as in JSON or as in HTML. The longest reading counts.
pub(super) fn length_at(needle: &str, text: &str) -> Option<usize> {
    // Mostly one place; `%`, `+`, `&` and a backslash may be themselves or begin an escape.
    let mut places = vec![0];
    for character in needle.chars() {
        let mut next = Vec::new();
        for place in places {
            let rest = text.get(place..).unwrap_or_default();
            let readings = readings(character, rest);
            next.extend(readings.into_iter().flatten().map(|length| place + length));
        }
        if next.is_empty() {
            return None;
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    places.last().copied()
}

/// The lengths of the ways in which `rest` may begin with the character.
fn readings(character: char, rest: &str) -> [Option<usize>; 4] {
    let plain = rest
        .starts_with(character)
        .then(|| character.len_utf8())
        // A form writes a blank so.
        .or_else(|| (character == ' ' && rest.starts_with('+')).then_some(1));
    match rest.as_bytes().first() {
        Some(b'%') => [plain, percent(character, rest), None, None],
        Some(b'\\') => [
            plain,
            json_short(character, rest),
            json_unicode(character, rest),
            None,
        ],
        Some(b'&') => [plain, None, None, html(character, rest)],
        _ => [plain, None, None, None],
    }
}

fn percent(character: char, rest: &str) -> Option<usize> {
    let mut buffer = [0; 4];
    let mut length = 0;
    for byte in character.encode_utf8(&mut buffer).bytes() {
        let escape = rest.get(length..length + 3)?;
        if hex(escape.strip_prefix('%')?)? != u32::from(byte) {
            return None;
        }
        length += 3;
    }
    Some(length)
}

fn json_short(character: char, rest: &str) -> Option<usize> {
    let letter = match character {
        '"' | '\\' | '/' | '\'' => character,
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => return None,
    };
    rest.strip_prefix('\\')?.starts_with(letter).then_some(2)
}

fn json_unicode(character: char, rest: &str) -> Option<usize> {
    let mut buffer = [0; 2];
    let mut length = 0;
    for unit in character.encode_utf16(&mut buffer) {
        let escape = rest.get(length..length + 6)?;
        if hex(escape.strip_prefix("\\u")?)? != u32::from(*unit) {
            return None;
        }
        length += 6;
    }
    Some(length)
}

fn html(character: char, rest: &str) -> Option<usize> {
    // No reference is longer than this.
    let end = rest.bytes().take(12).position(|byte| byte == b';')?;
    let name = rest.get(1..end)?;
    let meant = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "plus" => Some('+'),
        "sol" => Some('/'),
        "equals" => Some('='),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => hex(digits),
                None => number.parse().ok(),
            };
            char::from_u32(code?)
        }
    };
    (meant == Some(character)).then_some(end + 1)
}

fn hex(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_every_escape_and_in_mixtures() {
        let needle = "a+b/c \"é&😀'%";
        for written in [
            needle,
            "a%2Bb%2Fc%20%22%C3%A9%26%F0%9F%98%80'%25",
            "a%2bb%2fc+%22%c3%a9%26%f0%9f%98%80%27%25",
            r#"a+b\/c \"\u00e9\u0026\uD83D\uDE00'%"#,
            "a&#43;b&#x2F;c &quot;&#233;&amp;&#128512;&#039;%",
            r#"a%2Bb\/c&#32;\"é&amp;😀&apos;%25"#,
        ] {
            let text = format!("{written}, and more");
            assert_eq!(length_at(needle, &text), Some(written.len()), "{written}");
        }
        for other in ["", "a", "a%2", "a+b/c \"è", "%", "\\u", "&#;", "&"] {
            assert_eq!(length_at(needle, other), None, "{other}");
        }
    }

    #[test]
    fn a_character_that_may_begin_an_escape_is_read_both_ways() {
        assert_eq!(length_at("%41", "%41"), Some(3));
        assert_eq!(length_at("%41", "%2541"), Some(5));
        assert_eq!(length_at("A", "%41"), Some(3));
        assert_eq!(length_at("&lt;x", "&lt;x"), Some(5));
        assert_eq!(length_at("\\n", "\\n"), Some(2));
    }
}
