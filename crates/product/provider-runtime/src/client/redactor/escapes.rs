//! Finds a text in whatever mixture of escapes it is written.

/// How often a text may have been escaped: by who sent it, and again by what shows it, such as a log or a page.
const DEEPEST: u8 = 2;

/// How long the needle is at the beginning of `text`, if it is there: as it is, or with any of its
/// characters percent-encoded, as in JSON, in a program or as in HTML, and those again. The longest reading
/// counts.
pub(super) fn length_at(needle: &str, text: &str) -> Option<usize> {
    ends(needle, text, 0, DEEPEST).into_iter().max()
}

/// Where the needle may end in `text`, if it begins at `start`. Mostly one place; `%`, `+`, `&` and a
/// backslash may be themselves or begin an escape.
fn ends(needle: &str, text: &str, start: usize, depth: u8) -> Vec<usize> {
    let mut places = vec![start];
    for character in needle.chars() {
        let mut next = Vec::new();
        for place in places {
            ends_of_one(character, text, place, depth, &mut next);
        }
        if next.is_empty() {
            return next;
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    places
}

fn ends_of_one(character: char, text: &str, start: usize, depth: u8, found: &mut Vec<usize>) {
    let rest = text.get(start..).unwrap_or_default();
    if rest.starts_with(character) {
        found.push(start + character.len_utf8());
    }
    // A form writes a blank so.
    if character == ' ' && rest.starts_with('+') {
        found.push(start + 1);
    }
    if depth == 0 || !rest.starts_with(['%', '\\', '&']) {
        return;
    }
    for (begins, escapes) in [
        ("%", percent as fn(char) -> Vec<String>),
        ("\\", backslash),
        ("&", html),
    ] {
        for begun in ends(begins, text, start, depth - 1) {
            for escape in escapes(character) {
                found.extend(ends_of_escape(&escape, text, begun, depth - 1));
            }
        }
    }
}

/// Like [`ends`], for letters of either case and for numbers with zeros before them.
fn ends_of_escape(escape: &str, text: &str, start: usize, depth: u8) -> Vec<usize> {
    let mut places = vec![start];
    for character in escape.chars() {
        let mut next = Vec::new();
        for mut place in places {
            if character == ZEROS {
                next.push(place);
                while text.as_bytes().get(place) == Some(&b'0') {
                    place += 1;
                    next.push(place);
                }
                continue;
            }
            ends_of_one(character, text, place, depth, &mut next);
            let other = character.to_ascii_uppercase();
            if other != character {
                ends_of_one(other, text, place, depth, &mut next);
            }
        }
        if next.is_empty() {
            return next;
        }
        next.sort_unstable();
        next.dedup();
        places = next;
    }
    places
}

/// Stands for any number of zeros in what follows.
const ZEROS: char = '\0';

// What follows the character that begins an escape; its letters in small.

fn percent(character: char) -> Vec<String> {
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).bytes();
    let written: Vec<_> = bytes.map(|byte| format!("{byte:02x}")).collect();
    vec![written.join("%"), format!("u{:04x}", u32::from(character))]
}

fn backslash(character: char) -> Vec<String> {
    let code = u32::from(character);
    let mut buffer = [0; 2];
    let units = character.encode_utf16(&mut buffer).iter();
    let units: Vec<_> = units.map(|unit| format!("u{unit:04x}")).collect();
    let mut buffer = [0; 4];
    let bytes = character.encode_utf8(&mut buffer).bytes();
    let bytes: Vec<_> = bytes.map(|byte| format!("x{byte:02x}")).collect();
    let mut written = vec![
        units.join("\\"),
        bytes.join("\\"),
        format!("x{code:02x}"),
        format!("u{{{ZEROS}{code:x}}}"),
    ];
    let short = match character {
        '\u{8}' => Some('b'),
        '\u{c}' => Some('f'),
        '\n' => Some('n'),
        '\r' => Some('r'),
        '\t' => Some('t'),
        // As itself, with a backslash before it; a letter so would mean something else.
        other => (!other.is_ascii_alphanumeric()).then_some(other),
    };
    written.extend(short.map(String::from));
    written
}

fn html(character: char) -> Vec<String> {
    let code = u32::from(character);
    let mut written = vec![format!("#{ZEROS}{code};"), format!("#x{ZEROS}{code:x};")];
    let name = match character {
        '&' => Some("amp"),
        '<' => Some("lt"),
        '>' => Some("gt"),
        '"' => Some("quot"),
        '\'' => Some("apos"),
        ' ' => Some("nbsp"),
        '+' => Some("plus"),
        '/' => Some("sol"),
        '=' => Some("equals"),
        ':' => Some("colon"),
        '%' => Some("percnt"),
        '_' => Some("lowbar"),
        '.' => Some("period"),
        _ => None,
    };
    written.extend(name.map(|name| format!("{name};")));
    written
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
    fn a_text_that_was_escaped_again_is_found() {
        let needle = "pass&word/9";
        for written in [
            "pass%2526word%252F9",
            "pass&amp;amp;word&amp;#47;9",
            r"pass\\u0026word\\/9",
            r"pass\x26word\x2f9",
            r"pass\u{26}word\u{002F}9",
            "pass%26amp%3Bword%26%2347%3B9",
            r"pass\u0025\u0032\u0036word%5C%2F9",
            "p&#x00061;ss&#0038;word&sol;9",
        ] {
            assert_eq!(length_at(needle, written), Some(written.len()), "{written}");
        }
        assert_eq!(length_at(needle, "pass%252526word/9"), None);
    }

    #[test]
    fn a_text_made_to_be_hard_to_read_is_read_in_time() {
        let text = "%25\\&#".repeat(2_000);
        let hits = (0..text.len()).filter(|start| {
            let rest = text.get(*start..).unwrap_or_default();
            length_at("%25\\&#secret", rest).is_some()
        });
        assert_eq!(hits.count(), 0);
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
