//! Texts of others within Markdown: shown as they are, and without effect.

use openapi_model::hidden::is_hidden;

/// A character that shows nothing and keeps `@name` and `#1` from becoming links.
const BREAK: char = '\u{200b}';

/// Words as plain text in one line.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::new();
    for letter in in_one_line(text).chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '!' | '~' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            // Also within a table, where a backslash would not do in every case.
            '|' => escaped.push_str("&#124;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '@' | '#' => escaped.extend([letter, BREAK]),
            // A URL would become a link.
            ':' => escaped.extend([letter, BREAK]),
            letter => escaped.push(letter),
        }
    }
    let escaped = escaped.replace(&format!(":{BREAK} "), ": ");
    unlinked(escaped.trim_end_matches(BREAK))
}

/// Without words that GitHub makes a link of though they have none of the letters above: `www.…` and `GH-1`.
fn unlinked(text: &str) -> String {
    let mut unlinked = String::new();
    for letter in text.chars() {
        let ends = |word: &str| {
            let is_between = |letter: char| !letter.is_alphanumeric();
            let last = unlinked.rsplit(is_between).next();
            last.is_some_and(|last| last.eq_ignore_ascii_case(word))
        };
        if letter == '.' && ends("www") || letter == '-' && ends("gh") {
            unlinked.push(BREAK);
        }
        unlinked.push(letter);
    }
    unlinked
}

/// A sentence of ours, in which names of others stand between backticks.
pub(super) fn sentence(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return prose(text);
    }
    let parts = parts
        .iter()
        .enumerate()
        .map(|(index, part)| match index % 2 {
            0 => prose_within(part),
            _ => code(part),
        });
    parts.collect()
}

/// Words between two others: their spaces stay.
fn prose_within(text: &str) -> String {
    let start = if text.starts_with(char::is_whitespace) {
        " "
    } else {
        ""
    };
    let end = if text.ends_with(char::is_whitespace) && !text.trim().is_empty() {
        " "
    } else {
        ""
    };
    format!("{start}{}{end}", prose(text.trim()))
}

/// A text as code in one line.
pub(super) fn code(text: &str) -> String {
    let text = in_one_line(text);
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let space = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A text as a block of code.
pub(super) fn fenced(text: &str, language: &str, indent: &str) -> String {
    let text = without_controls(text, true);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    let mut block = format!("{indent}{fence}{language}\n");
    for line in text.lines() {
        block.push_str(&format!("{indent}{line}\n"));
    }
    block.push_str(&format!("{indent}{fence}\n"));
    block
}

fn in_one_line(text: &str) -> String {
    let text = without_controls(text, false);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without characters that control a screen, turn the direction of writing or cannot be seen.
fn without_controls(text: &str, keep_lines: bool) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' if keep_lines => '\n',
            letter if letter.is_control() => ' ',
            letter if is_hidden(letter) => '\u{fffd}',
            letter => letter,
        })
        .collect()
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`');
    runs.map(str::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_form_no_markup_links_or_mentions() {
        assert_eq!(
            prose("<b>@team</b> see #1 | https://a.example\n*x*"),
            "&lt;b&gt;@\u{200b}team&lt;/b&gt; see #\u{200b}1 &#124; https:\u{200b}//a.example \\*x\\*"
        );
    }

    #[test]
    fn addresses_without_a_scheme_and_numbers_of_issues_are_no_links() {
        assert_eq!(
            prose("www.a.example, WWW.B.example, GH-12, a@b.example, o/r#1"),
            "www\u{200b}.a.example, WWW\u{200b}.B.example, GH\u{200b}-12, a@\u{200b}b.example, o/r#\u{200b}1"
        );
        assert_eq!(prose("www and high-end"), "www and high-end");
    }

    #[test]
    fn code_outlasts_the_backticks_within() {
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("\n"), "(empty)");
        assert_eq!(fenced("```\nx", "text", ""), "````text\n```\nx\n````\n");
    }

    #[test]
    fn names_in_a_sentence_are_code() {
        assert_eq!(
            sentence("The field `R.a_b` is *gone*."),
            "The field `R.a_b` is \\*gone\\*."
        );
        assert_eq!(sentence("An odd ` <one>"), "An odd \\` &lt;one&gt;");
    }
}
