//! Keeps secrets and control characters out of what is shown of a provider's texts.

mod escapes;
mod needles;

use std::{borrow::Cow, fmt::Write, ops::Range, sync::Arc};

use secrecy::{ExposeSecret, SecretString};

use needles::{Extent, Needle};

const MASK: &str = "[secret]";
const LONGEST_SHOWN: usize = 300;
/// No more bytes of a text are kept: what hides a secret takes time for each of them.
const LONGEST_KEPT: usize = 4096;
/// So much more is looked at, so that a secret at the end is not shown in part.
const LONGEST_ESCAPED: usize = 4096;

/// Secrets of a session, shared by everything that may have to hide them.
pub(crate) type Secrets = Arc<[SecretString]>;

/// Knows the secrets that a provider may echo in an answer.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    lists: [Option<Secrets>; 2],
}

/// The last place at or before `at` where a character begins, or the end.
fn boundary(text: &str, at: usize) -> usize {
    let mut places = (0..=at.min(text.len())).rev();
    places.find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

impl Redactor {
    pub(crate) fn new(session: Option<Secrets>, call: Option<Secrets>) -> Self {
        Self {
            lists: [session, call],
        }
    }

    /// The text with every secret masked, in every form in which it is sent or may come back: as it is,
    /// with escapes of URLs, forms, JSON and HTML, and in Base64, alone or as a part.
    ///
    /// One that is shorter than [`needles::LEAST_LENGTH`] is masked only where it stands alone. Of a text
    /// that is longer than [`LONGEST_KEPT`] the rest is left out.
    pub(crate) fn redact(&self, mut text: String) -> String {
        let is_cut = text.len() > LONGEST_KEPT;
        let kept = boundary(&text, LONGEST_KEPT);
        text.truncate(boundary(&text, LONGEST_KEPT + LONGEST_ESCAPED));
        let needles: Vec<_> = self
            .lists
            .iter()
            .flatten()
            .flat_map(|list| {
                list.iter()
                    .flat_map(|secret| needles::of(secret.expose_secret()))
            })
            .collect();
        let mut hidden = Vec::new();
        for (start, _) in text.char_indices().take_while(|(start, _)| *start < kept) {
            let found = needles
                .iter()
                .filter_map(|needle| found(needle, &text, start));
            hidden.extend(found);
        }
        if hidden.is_empty() && !is_cut {
            return text;
        }
        // Overlapping ones are one: what is left of either would tell something of it.
        hidden.sort_unstable_by_key(|range| range.start);
        let mut shown = String::with_capacity(text.len());
        let mut done = 0;
        for range in hidden {
            if range.start >= done {
                shown.push_str(text.get(done..range.start).unwrap_or_default());
                shown.push_str(MASK);
            }
            done = done.max(range.end);
        }
        shown.push_str(text.get(done..kept).unwrap_or_default());
        if is_cut {
            shown.push('…');
        }
        shown
    }
}

fn found(needle: &Needle, text: &str, start: usize) -> Option<Range<usize>> {
    let (before, from) = text.split_at_checked(start)?;
    let end = start + escapes::length_at(&needle.text, from)?;
    let after = text.get(end..)?;
    match needle.extent {
        Extent::Itself => Some(start..end),
        Extent::Word => {
            let alone = !before.ends_with(in_word) && !after.starts_with(in_word);
            alone.then_some(start..end)
        }
        Extent::Base64 => {
            let start = before.trim_end_matches(in_base64).len();
            let after_all = after.trim_start_matches(in_base64);
            Some(start..text.len() - after_all.len())
        }
    }
}

fn in_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-')
}

fn in_base64(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_' | '=')
}

/// The text fit for one line of a log: control characters escaped, long text cut.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    let too_long = text.char_indices().nth(LONGEST_SHOWN);
    if too_long.is_none() && !text.chars().any(misleads) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len().min(4 * LONGEST_SHOWN));
    for character in text.chars().take(LONGEST_SHOWN) {
        if misleads(character) {
            // Writing to a `String` cannot fail.
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if too_long.is_some() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

// Control characters, line separators, and marks that reorder or hide what follows them.
fn misleads(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redactor(secrets: &[&str]) -> Redactor {
        let secrets = secrets.iter().copied().map(SecretString::from).collect();
        Redactor::new(Some(secrets), None)
    }

    #[test]
    fn every_secret_is_masked_the_longest_first() {
        let redactor = redactor(&["key", "key-secret", ""]);
        let shown = redactor.redact("key and key-secret are wrong".to_owned());
        assert_eq!(shown, "[secret] and [secret] are wrong");
    }

    #[test]
    fn secrets_that_overlap_leave_nothing_of_either() {
        let redactor = redactor(&["abcdef", "defghi"]);
        assert_eq!(redactor.redact("xabcdefghix".to_owned()), "x[secret]x");
        let twice = redactor.redact("abcdefabcdef".to_owned());
        assert_eq!(twice, "[secret][secret]");
    }

    #[test]
    fn a_short_secret_is_masked_where_it_stands_alone() {
        let redactor = redactor(&["a", "k&1"]);
        let shown = redactor.redact("a bank says 'a', k%261, YQ== and ayk&12".to_owned());
        assert_eq!(
            shown,
            "[secret] bank says '[secret]', [secret], [secret]== and ayk&12"
        );
    }

    #[test]
    fn base64_is_masked_whole_wherever_the_secret_is_in_it() {
        use base64::{Engine, engine::general_purpose};

        let secret = "s3cr?t>~\u{ff}";
        let redactor = redactor(&[secret]);
        for before in ["", "u", "us", "use", "user:"] {
            for after in ["", "!", "!!", "!!!"] {
                let whole = format!("{before}{secret}{after}");
                for base64 in [
                    general_purpose::STANDARD,
                    general_purpose::STANDARD_NO_PAD,
                    general_purpose::URL_SAFE,
                    general_purpose::URL_SAFE_NO_PAD,
                ] {
                    let encoded = base64.encode(&whole);
                    let shown = redactor.redact(format!("(Basic {encoded})"));
                    assert_eq!(shown, "(Basic [secret])", "{whole}");
                    let escaped = encoded.replace('/', "\\/").replace('+', "%2B");
                    let shown = redactor.redact(format!("(Basic {escaped})"));
                    assert!(
                        shown.contains("[secret]") && !shown.contains("M2Ny"),
                        "{shown}"
                    );
                }
            }
        }
    }

    #[test]
    fn of_a_text_without_end_the_beginning_is_kept_and_no_part_of_a_secret() {
        let redactor = redactor(&["secret&key"]);
        for before in LONGEST_KEPT - 12..LONGEST_KEPT {
            let text = format!(
                "{}secret%2526key{}",
                "-".repeat(before),
                "%".repeat(1_000_000)
            );
            let shown = redactor.redact(text);
            assert_eq!(
                shown,
                format!("{}[secret]…", "-".repeat(before)),
                "{before}"
            );
        }
    }

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("a\r\nb\u{202E}c"), "a\\u{d}\\u{a}b\\u{202e}c");
        assert_eq!(one_line("plain é"), "plain é");
    }

    #[test]
    fn long_text_is_cut() {
        let shown = one_line(&"é".repeat(301)).into_owned();
        assert_eq!(shown.chars().count(), 301);
        assert!(shown.ends_with("é…"));
    }
}
