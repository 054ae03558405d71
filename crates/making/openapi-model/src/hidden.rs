//! Characters of documents that nobody sees, or that a screen obeys.

/// Whether a character steers a terminal, turns the direction of a text or takes no place: controls, separators of lines
/// and paragraphs, and what Unicode calls default ignorable.
pub fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{fffb}'
                | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Puts a letter at the end of a text: as it is, or as `\u{202e}` where it is hidden.
pub fn push(text: &mut String, letter: char) {
    if is_hidden(letter) {
        text.extend(letter.escape_unicode());
    } else {
        text.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    use super::*;

    #[test]
    fn what_unicode_says_to_be_no_letter_or_a_mark_of_its_own_is_hidden() {
        // Format characters that are seen: signs above numbers and beside hieroglyphs.
        let is_seen = |letter| {
            matches!(
                letter,
                '\u{600}'..='\u{605}'
                    | '\u{6dd}'
                    | '\u{70f}'
                    | '\u{890}'..='\u{891}'
                    | '\u{8e2}'
                    | '\u{110bd}'
                    | '\u{110cd}'
                    | '\u{13430}'..='\u{1343f}'
            )
        };
        for letter in '\0'..=char::MAX {
            let is_format = matches!(
                letter.general_category(),
                GeneralCategory::Control
                    | GeneralCategory::Format
                    | GeneralCategory::LineSeparator
                    | GeneralCategory::ParagraphSeparator
            );
            if is_format {
                assert_ne!(is_hidden(letter), is_seen(letter), "{letter:?}");
            }
        }
        for seen in "Zürich 支付 دفع ₹ 5 e\u{301} 🙂".chars() {
            assert!(!is_hidden(seen), "{seen:?}");
        }
    }

    #[test]
    fn what_is_hidden_is_shown_as_its_number() {
        let mut text = String::new();
        "a\u{1b}\u{202e}é"
            .chars()
            .for_each(|letter| push(&mut text, letter));
        assert_eq!(text, "a\\u{1b}\\u{202e}é");
    }
}
