//! Calls of the run time's macros as a person would write them: prettyplease breaks them within a name and its word.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ItemMacro;

/// The longest line, as rustfmt has it.
const WIDTH: usize = 100;

/// The lines of a call, `indent` deep.
pub(super) fn lines(item: &ItemMacro, indent: usize) -> Vec<String> {
    let path = text(item.mac.path.to_token_stream());
    let arguments = arguments(item.mac.tokens.clone());
    let (margin, inner) = (" ".repeat(indent), " ".repeat(indent + 4));
    let words: Vec<String> = arguments
        .iter()
        .map(|tokens| text(tokens.clone()))
        .collect();
    let whole = format!("{margin}{path}!({});", words.join(", "));
    if whole.len() <= WIDTH {
        return vec![whole];
    }
    let mut lines = vec![format!("{margin}{path}!(")];
    for (tokens, word) in arguments.iter().zip(words) {
        match members(tokens).filter(|_| inner.len() + word.len() > WIDTH) {
            Some((name, members)) => {
                let deeper = " ".repeat(indent + 8);
                lines.push(format!("{inner}{name} {{"));
                let first = lines.len();
                for member in members {
                    add(&mut lines, first, &deeper, &text(member));
                }
                // The macros take no comma after the last.
                close(&mut lines);
                lines.push(format!("{inner}}},"));
            }
            None => add(&mut lines, 1, &inner, &word),
        }
    }
    close(&mut lines);
    lines.push(format!("{margin});"));
    lines
}

/// Adds a word and a comma to the last line, if it is not before the `first`, and has room.
fn add(lines: &mut Vec<String>, first: usize, margin: &str, word: &str) {
    let count = lines.len();
    match lines.last_mut().filter(|_| count > first) {
        Some(line) if line.len() + word.len() + 2 <= WIDTH => {
            line.push(' ');
            line.push_str(word);
        }
        _ => lines.push(format!("{margin}{word}")),
    }
    if let Some(line) = lines.last_mut() {
        line.push(',');
    }
}

/// Takes the comma after the last word away.
fn close(lines: &mut [String]) {
    if let Some(line) = lines.last_mut() {
        line.pop();
    }
}

/// What is between commas that are in no group and in no `<…>`.
fn arguments(tokens: TokenStream) -> Vec<TokenStream> {
    let mut arguments: Vec<Vec<TokenTree>> = vec![Vec::new()];
    let mut depth = 0_u32;
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            match punct.as_char() {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                ',' if depth == 0 => {
                    arguments.push(Vec::new());
                    continue;
                }
                _ => {}
            }
        }
        if let Some(last) = arguments.last_mut() {
            last.push(token);
        }
    }
    arguments.retain(|argument| !argument.is_empty());
    arguments
        .into_iter()
        .map(|argument| argument.into_iter().collect())
        .collect()
}

/// The members of `Name { … }`.
fn members(tokens: &TokenStream) -> Option<(String, Vec<TokenStream>)> {
    let mut tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Some((
            text(tokens.into_iter().collect()),
            arguments(group.stream()),
        )),
        _ => None,
    }
}

/// Tokens in a line.
fn text(tokens: TokenStream) -> String {
    let mut text = String::new();
    for token in tokens {
        let (word, before, after) = match &token {
            TokenTree::Group(group) => {
                let words: Vec<_> = arguments(group.stream())
                    .into_iter()
                    .map(self::text)
                    .collect();
                let words = words.join(", ");
                match group.delimiter() {
                    Delimiter::Brace => (format!("{{ {words} }}"), true, true),
                    Delimiter::Bracket => (format!("[{words}]"), true, true),
                    Delimiter::Parenthesis => (format!("({words})"), false, true),
                    Delimiter::None => (words, true, true),
                }
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                '=' => ("=".to_owned(), true, true),
                sign @ ('>' | ',') => (sign.to_string(), false, true),
                sign => (sign.to_string(), false, false),
            },
            other => (other.to_string(), true, true),
        };
        if before && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push_str(&word);
        if !after {
            // What follows is close to it.
            text.push('\u{0}');
        }
    }
    text.replace("\u{0} ", "").replace('\u{0}', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(call: &str, indent: usize) -> String {
        lines(&syn::parse_str(call).unwrap(), indent).join("\n")
    }

    #[test]
    fn a_call_that_has_room_is_one_line_without_spaces_that_nobody_would_write() {
        for (call, expected) in [
            (
                "run::holds!(Codes, std :: collections :: BTreeMap < String , Vec < u8 > >);",
                "run::holds!(Codes, std::collections::BTreeMap<String, Vec<u8>>);",
            ),
            (
                r#"run::object!(Event { id required, type_ = "a , b" required }, others);"#,
                r#"run::object!(Event { id required, type_ = "a , b" required }, others);"#,
            ),
            (
                "run::by_status!(Failed { Status401Or403(ErrorBody), Other(..) });",
                "run::by_status!(Failed { Status401Or403(ErrorBody), Other(..) });",
            ),
        ] {
            assert_eq!(printed(call, 0), expected);
        }
    }

    #[test]
    fn a_longer_one_is_broken_behind_commas_alone() {
        let words: Vec<_> = (10..30)
            .map(|word| format!("Word{word} = \"word {word}\""))
            .collect();
        let call = format!("run::words!(Words {{ {} }}, other);", words.join(", "));
        let text = printed(&call, 4);
        let expected: Vec<_> = text.lines().collect();
        assert_eq!(expected[..2], ["    run::words!(", "        Words {"]);
        assert!(expected[2].starts_with("            Word10 = \"word 10\", Word11"));
        assert_eq!(
            expected[expected.len() - 2..],
            ["        }, other", "    );"]
        );
        let within = &expected[2..expected.len() - 2];
        let (last, others) = within.split_last().unwrap();
        assert!(last.ends_with("Word29 = \"word 29\""), "{text}");
        for line in others {
            assert!(line.ends_with("\",") && line.len() <= 100, "{text}");
        }
        let names: Vec<_> = (10..40).map(|name| format!("member_{name}")).collect();
        let text = printed(&format!("run::shown!({});", names.join(", ")), 0);
        assert!(
            text.starts_with("run::shown!(\n    member_10, member_11, "),
            "{text}"
        );
        assert!(text.ends_with("member_39\n);"), "{text}");
    }
}
