//! Several JSON values in one block, each under a `//` comment.

use serde_json::Value;

use crate::syntax::{self, SyntaxError};

/// A value of a block.
#[derive(Debug, PartialEq)]
pub(super) struct Labelled {
    /// The comment above it; empty if there is none.
    pub(super) label: String,
    /// Line of the block on which it begins, from 1.
    pub(super) line: usize,
    pub(super) value: Value,
}

/// Every value of `block`, in order.
///
/// # Errors
///
/// [`SyntaxError`] with the place in the block.
pub(super) fn values(block: &str) -> Result<Vec<Labelled>, SyntaxError> {
    let (text, comments) = blank_comments(block);
    let mut found = Vec::new();
    let mut position = 0;
    loop {
        let start = position + text[position..].len() - text[position..].trim_start().len();
        if start == text.len() {
            return Ok(found);
        }
        let line = text[..start].matches('\n').count() + 1;
        let (value, length) =
            syntax::parse_json_prefix(&text[start..]).map_err(|error| SyntaxError {
                line: line + error.line - 1,
                ..error
            })?;
        let above = comments
            .iter()
            .filter(|(at, _)| (position..start).contains(at));
        let label = above
            .map(|(_, words)| words.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        found.push(Labelled { label, line, value });
        position = start + length;
    }
}

/// The block with every `//` comment outside a string replaced by spaces, and the comments by offset.
fn blank_comments(block: &str) -> (String, Vec<(usize, String)>) {
    let mut text = String::with_capacity(block.len());
    let mut comments = Vec::new();
    let mut in_string = false;
    let mut escaped = false;
    let mut rest = block;
    while let Some(next) = rest.chars().next() {
        if !in_string && rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            comments.push((text.len(), rest[2..end].trim().to_owned()));
            text.extend(std::iter::repeat_n(' ', end));
            rest = &rest[end..];
            continue;
        }
        (in_string, escaped) = match next {
            '\\' if in_string => (true, !escaped),
            '"' if !escaped => (!in_string, false),
            _ => (in_string, false),
        };
        text.push(next);
        rest = &rest[next.len_utf8()..];
    }
    (text, comments)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_value_is_labelled_by_the_comment_above_it() {
        let block = "//OVER LIMIT\n{\n  \"a\": 1 // inside\n}\n\n// Invalid\n// value\n\n[\"//no\", \"\\\"//\"]\ntrue";
        let found = values(block).unwrap();
        assert_eq!(
            found,
            vec![
                Labelled {
                    label: "OVER LIMIT".into(),
                    line: 2,
                    value: json!({"a": 1})
                },
                Labelled {
                    label: "Invalid value".into(),
                    line: 9,
                    value: json!(["//no", "\"//"])
                },
                Labelled {
                    label: String::new(),
                    line: 10,
                    value: json!(true)
                },
            ]
        );
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_line() {
        assert_eq!(values("// é\n{}\nconst a = 1").unwrap_err().line, 3);
        assert_eq!(values("  \n"), Ok(vec![]));
    }
}
