//! What the terminal, or whatever reads instead, can show.

use std::{
    borrow::Cow,
    env,
    io::{self, IsTerminal},
    sync::OnceLock,
};

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// What can be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// How many columns there are, where somebody knows: `COLUMNS`, or the terminal on standard output.
    pub(crate) width: Option<usize>,
    /// Whether only plain characters can be shown: another character set than UTF-8 is named, or a dumb terminal.
    pub(crate) is_plain: bool,
}

/// What can be shown here.
pub(crate) fn look() -> Look {
    static LOOK: OnceLock<Look> = OnceLock::new();
    *LOOK.get_or_init(|| {
        let variable = |name: &str| env::var(name).ok();
        let columns = if io::stdout().is_terminal() {
            terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
        } else {
            None
        };
        Look::of(variable, columns.filter(|columns| *columns > 0))
    })
}

impl Look {
    fn of(variable: impl Fn(&str) -> Option<String>, columns: Option<usize>) -> Self {
        let said = |name| variable(name).filter(|value| !value.is_empty());
        let width = said("COLUMNS")
            .and_then(|columns| columns.parse().ok())
            .filter(|columns| *columns > 0)
            .or(columns);
        // Whoever names no locale at all mostly has a terminal of this century.
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(said);
        let is_unicode = locale.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        let is_dumb = said("TERM").is_some_and(|term| term == "dumb");
        Self {
            width,
            is_plain: is_dumb || !is_unicode,
        }
    }

    /// A text in what can be shown.
    pub(crate) fn shown(self, text: &str) -> Cow<'_, str> {
        if !self.is_plain || text.is_ascii() {
            return Cow::Borrowed(text);
        }
        let mut plain = String::with_capacity(text.len());
        for letter in text.chars() {
            match letter {
                '…' => plain.push_str("..."),
                '\u{fffd}' => plain.push('?'),
                _ if letter.is_ascii() => plain.push(letter),
                _ => plain.extend(letter.escape_unicode()),
            }
        }
        Cow::Owned(plain)
    }
}

/// A text of somebody else's, without what a terminal would obey and what nobody would see.
pub(crate) fn printable(text: &str) -> String {
    let safe = |letter| {
        if is_hidden(letter) {
            '\u{fffd}'
        } else {
            letter
        }
    };
    text.chars().map(safe).collect()
}

/// Whether a character steers a terminal, turns the direction of a text, or cannot be seen.
pub(crate) fn is_hidden(letter: char) -> bool {
    let by_category = matches!(
        letter.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    );
    // Letters and marks by their category, which take no place or look like a blank (Default_Ignorable_Code_Point).
    by_category
        || matches!(
            letter,
            '\u{34f}'
                | '\u{115f}'
                | '\u{1160}'
                | '\u{17b4}'
                | '\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{ffa0}'
                | '\u{e0100}'..='\u{e01ef}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(variables: &[(&str, &str)], columns: Option<usize>) -> Look {
        let find = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        Look::of(find, columns)
    }

    #[test]
    fn a_provider_cannot_steer_the_terminal() {
        assert_eq!(
            printable("ok\x1b[2J\r\n\u{9b}"),
            "ok\u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn what_turns_a_text_or_cannot_be_seen_is_not_shown() {
        for hidden in [
            '\u{85}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200d}',
            '\u{200e}',
            '\u{202e}',
            '\u{2028}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{fe0f}',
            '\u{3164}',
            '\u{e0041}',
        ] {
            assert_eq!(
                printable(&format!("a{hidden}b")),
                "a\u{fffd}b",
                "{hidden:?}"
            );
        }
        for seen in ["Zürich", "支付", "دفع", "₹ 5", "e\u{301}", "🙂"] {
            assert_eq!(printable(seen), seen);
        }
    }

    #[test]
    fn columns_count_before_the_terminal() {
        assert_eq!(look(&[("COLUMNS", "60")], Some(80)).width, Some(60));
        assert_eq!(look(&[("COLUMNS", "0")], Some(80)).width, Some(80));
        assert_eq!(look(&[], None).width, None);
    }

    #[test]
    fn another_character_set_and_a_dumb_terminal_get_plain_characters() {
        for (variables, is_plain) in [
            (&[][..], false),
            (&[("LANG", "C")], true),
            (&[("LANG", "de_DE.UTF-8")], false),
            (&[("LANG", "C.utf8")], false),
            (&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "POSIX")], true),
            (&[("TERM", "dumb")], true),
        ] {
            assert_eq!(look(variables, None).is_plain, is_plain, "{variables:?}");
        }
        let plain = look(&[("LANG", "C")], None);
        assert_eq!(plain.shown("5 … ü"), r"5 ... \u{fc}");
    }
}
