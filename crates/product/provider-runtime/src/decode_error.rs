//! Where and why a body did not decode, without quoting it.

use std::fmt;

use serde_json::error::Category;

use crate::wire::NO_BODY_FOR_STATUS;

/// Where and why a body did not decode.
///
/// serde's own messages quote the values that they dislike, which may be personal or secret, so only
/// the parts of them that come from our types are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    line: usize,
    column: usize,
    mismatch: String,
}

impl DecodeError {
    pub(crate) fn new(error: &serde_json::Error, empty: bool) -> Self {
        let mismatch = match error.classify() {
            Category::Eof if empty => "it is empty".to_owned(),
            Category::Eof => "it ends in the middle of the JSON".to_owned(),
            Category::Syntax | Category::Io => "it is not JSON".to_owned(),
            Category::Data => without_values(&error.to_string()),
        };
        Self {
            line: error.line(),
            column: error.column(),
            mismatch,
        }
    }

    /// The line of the body, from 1; 0 where it is not known.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, from 1; 0 where it is not known.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What does not fit, with no value from the body.
    pub fn mismatch(&self) -> &str {
        &self.mismatch
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "its body cannot be read: {}", self.mismatch)?;
        if self.line > 0 {
            write!(f, " (line {}, column {})", self.line, self.column)?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeError {}

/// What serde found instead of what it expected, as its messages begin.
const KINDS: [&str; 9] = [
    "boolean",
    "integer",
    "floating point",
    "character",
    "string",
    "null",
    "sequence",
    "map",
    "enum",
];

fn without_values(message: &str) -> String {
    let message = message
        .rsplit_once(" at line ")
        .map_or(message, |(before, _)| before);
    for (prefix, said) in [
        ("invalid type: ", "found"),
        ("invalid value: ", "found an unfit"),
    ] {
        if let Some(rest) = message.strip_prefix(prefix) {
            let kind = KINDS
                .iter()
                .find(|kind| rest.starts_with(**kind))
                .unwrap_or(&"something else");
            return format!("{said} {kind}{}", expectation(rest));
        }
    }
    if message.starts_with("unknown variant ") {
        return format!("found a text that is not listed{}", expectation(message));
    }
    if message.starts_with("invalid length ") {
        return format!("found another length{}", expectation(message));
    }
    if let Some(field) = field_after(message, "missing field `") {
        return format!("the field `{field}` is missing");
    }
    if let Some(field) = field_after(message, "duplicate field `") {
        return format!("the field `{field}` is there twice");
    }
    if message.starts_with(NO_BODY_FOR_STATUS) {
        return message.to_owned();
    }
    "a value does not fit its type".to_owned()
}

// What was expected comes from our types and stands last; a value before it may hold the same words.
fn expectation(message: &str) -> String {
    match message.rsplit_once(", expected ") {
        Some((_, expected)) => format!(" where {expected} was expected"),
        None => String::new(),
    }
}

fn field_after<'a>(message: &'a str, prefix: &str) -> Option<&'a str> {
    let field = message.strip_prefix(prefix)?.strip_suffix('`')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.$@".contains(&byte);
    (field.len() <= 64 && field.bytes().all(is_name)).then_some(field)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[allow(dead_code)]
    #[derive(Debug, Deserialize)]
    struct Body {
        count: u32,
        kind: Kind,
    }

    #[allow(dead_code)]
    #[derive(Debug, Deserialize)]
    enum Kind {
        Full,
        Partial,
    }

    fn failure(json: &str) -> String {
        let error = serde_json::from_str::<Body>(json).unwrap_err();
        DecodeError::new(&error, json.is_empty()).to_string()
    }

    #[test]
    fn the_place_and_the_kind_of_mismatch_are_told() {
        for (json, told) in [
            ("", "it is empty (line 1, column 0)"),
            (
                r#"{"count": 1"#,
                "it ends in the middle of the JSON (line 1, column 11)",
            ),
            ("<html>", "it is not JSON (line 1, column 1)"),
            (
                r#"{"kind": "Full"}"#,
                "the field `count` is missing (line 1, column 16)",
            ),
            (
                r#"{"count": null}"#,
                "found null where u32 was expected (line 1, column 14)",
            ),
        ] {
            assert_eq!(failure(json), format!("its body cannot be read: {told}"));
        }
    }

    #[test]
    fn values_of_the_body_are_never_quoted() {
        for json in [
            r#"{"count": "hunter2"}"#,
            r#"{"count": "hunter2, expected hunter2"}"#,
            r#"{"count": -22222}"#,
            r#"{"count": 1, "kind": "hunter2"}"#,
            r#"{"count": 1, "kind": "hunter2`, expected `hunter2 at line 9"}"#,
            r#"{"count": 1, "kind": {"hunter2": 1}}"#,
        ] {
            let told = failure(json);
            assert!(
                !told.contains("hunter2") && !told.contains("22222"),
                "{told}"
            );
            assert!(told.contains("line 1"), "{told}");
        }
    }

    #[test]
    fn messages_of_other_code_are_not_shown() {
        #[derive(Debug)]
        struct Custom;
        impl<'de> Deserialize<'de> for Custom {
            fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
                Err(serde::de::Error::custom("bad value hunter2"))
            }
        }
        let error = serde_json::from_str::<Custom>("1").unwrap_err();
        let told = DecodeError::new(&error, false);
        assert_eq!(told.mismatch(), "a value does not fit its type");
    }
}
