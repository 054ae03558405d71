//! A report for people and programs.

mod annotations;
mod verdict;

/// The reports as workflow commands of GitHub Actions.
pub mod github;
/// The reports as a page to look at.
pub mod html;
/// The report as JSON, in the form of `report.schema.json`.
pub mod json;
/// The report as Markdown, for a pull request.
pub mod markdown;
/// The reports in SARIF, for tools that show findings beside lines.
pub mod sarif;
/// The report as plain text, for a terminal.
pub mod text;

pub use github::github;
pub use html::html;
pub use json::json;
pub use markdown::{markdown, markdown_within};
pub use sarif::sarif;
pub use text::text;

use openapi_model::hidden::is_hidden;
use serde_json::Value;

use crate::{Change, Judged, Report, Side};

/// A text of at most so many characters; what is cut is stated.
fn shortened(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}… ({} more characters)", count - most)
}

/// JSON in which nothing hides: what does is in a text of it, and is escaped there.
fn unhidden(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        match letter {
            letter if letter != '\n' && is_hidden(letter) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    shown.push_str(&format!("\\u{unit:04x}"));
                }
            }
            letter => shown.push(letter),
        }
    }
    shown
}

/// A value in one line.
fn in_one_line(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// `POST /v3/refund and 2 more`, or the API as a whole.
fn operations(change: &Change) -> (Option<&str>, usize) {
    (change.operation.as_deref(), change.also_in.len())
}

/// What was compared, in words.
fn compared(report: &Report) -> String {
    let words: Vec<_> = report.compared.iter().map(|what| what.words()).collect();
    words.join(", ")
}

/// `overlay action 3`, `overlay actions 3, 5`.
fn masked(change: &Change) -> String {
    let numbers: Vec<String> = change.masked_by.iter().map(usize::to_string).collect();
    let word = if numbers.len() == 1 {
        "action"
    } else {
        "actions"
    };
    format!("by overlay {word} {}", numbers.join(", "))
}

/// What a rule of the user's says.
fn judgement(judged: &Judged) -> String {
    format!(
        "a rule of yours; without it {}: {}",
        judged.was.code(),
        judged.reason
    )
}

/// Which document a pointer leads into.
fn document(side: Side) -> &'static str {
    match side {
        Side::Before => "old document",
        Side::After => "new document",
    }
}

/// `1 change`, `2 changes`.
fn counted(count: usize, one: &str, more: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {more}"),
    }
}
