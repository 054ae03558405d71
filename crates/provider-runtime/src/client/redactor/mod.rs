//! Keeps secrets and control characters out of what is shown of a provider's texts.

use std::{borrow::Cow, fmt::Write, sync::Arc};

use secrecy::{ExposeSecret, SecretString};

const MASK: &str = "[secret]";
const LONGEST_SHOWN: usize = 300;

/// Secrets of a session, shared by everything that may have to hide them.
pub(crate) type Secrets = Arc<[SecretString]>;

/// Knows the secrets that a provider may echo in an answer.
#[derive(Clone, Default)]
pub(crate) struct Redactor {
    lists: [Option<Secrets>; 2],
}

impl Redactor {
    pub(crate) fn new(session: Option<Secrets>, call: Option<Secrets>) -> Self {
        Self {
            lists: [session, call],
        }
    }

    /// The text with every secret masked.
    pub(crate) fn redact(&self, text: String) -> String {
        let mut secrets: Vec<&str> = self
            .lists
            .iter()
            .flatten()
            .flat_map(|list| list.iter().map(ExposeSecret::expose_secret))
            .filter(|secret| !secret.is_empty() && text.contains(secret))
            .collect();
        // A secret may begin another one, whose rest would then stay.
        secrets.sort_unstable_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets
            .into_iter()
            .fold(text, |text, secret| text.replace(secret, MASK))
    }
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
