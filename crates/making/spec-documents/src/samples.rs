//! The payloads that a provider documents: requests and answers as they are printed.

mod commented;
mod media;
mod prose;
mod titled;

use std::fmt;

use serde_json::Value;

use crate::Call;
use crate::source::Source;

pub use media::of_document;

/// A documented payload.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// What it belongs to.
    pub owner: Owner,
    /// Whether it is sent or received.
    pub kind: Kind,
    /// What the page calls it.
    pub label: String,
    /// The payload.
    pub value: Value,
    /// File (and line, where there is one) that it was taken from.
    pub from: String,
    /// Where it stands, if that is in a document.
    pub place: Option<Place>,
}

/// Where an example stands in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// JSON pointer of the example, or of the schema of whose examples it is composed.
    pub pointer: String,
    /// JSON pointer of the schema that it is an instance of; a place without a schema says nothing of it.
    pub schema: String,
}

/// What a payload belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// An operation of the provider.
    Operation(Call),
    /// A webhook, by its event.
    Webhook(String),
}

impl fmt::Display for Owner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operation(call) => call.fmt(formatter),
            Self::Webhook(event) => write!(formatter, "the webhook {event}"),
        }
    }
}

/// Whether a payload is sent or received.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The body of a request.
    Request,
    /// The body of an answer, with its status as documented: `200`, `2XX` or `default`.
    Answer(String),
    /// The body of a call that the provider makes.
    Event,
}

impl fmt::Display for Kind {
    /// `request`, `event`, or the status in lower case.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request => formatter.write_str("request"),
            Self::Event => formatter.write_str("event"),
            Self::Answer(status) => formatter.write_str(&status.to_ascii_lowercase()),
        }
    }
}

/// Something that looks like a payload and could not be taken as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unplaced {
    /// File and line.
    pub from: String,
    /// What the page calls it.
    pub label: String,
    /// Why it is not taken.
    pub cause: String,
}

impl fmt::Display for Unplaced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, label, cause } = self;
        write!(
            formatter,
            "{from}: the sample \"{label}\" is not taken: {cause}"
        )
    }
}

/// The payloads of a page, and what could not be taken as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// Payloads in the order in which they are printed.
    pub samples: Vec<Sample>,
    /// What is left, to be reported.
    pub unplaced: Vec<Unplaced>,
}

impl Found {
    /// Adds what was found elsewhere.
    pub fn extend(&mut self, other: Self) {
        self.samples.extend(other.samples);
        self.unplaced.extend(other.unplaced);
    }
}

/// The payloads of a page: those in its documents and those printed around them.
pub fn of_page(file: &str, text: &str, documents: &[Source]) -> Found {
    let mut found = Found::default();
    for source in documents {
        found
            .samples
            .extend(of_document(&source.document, &source.origin));
    }
    let printed = if crate::fences::blocks(text).is_empty() && documents.is_empty() {
        prose::of_text(file, text)
    } else {
        titled::of_markdown(file, text, documents)
    };
    found.extend(printed);
    found
}

/// The status at the beginning of a title and the words behind it: `404 Not Found`, `🟢200Success`.
fn status(title: &str) -> Option<(String, String)> {
    let text = title.trim_start_matches(|first: char| !first.is_alphanumeric());
    let digits = text
        .get(..3)
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let rest = &text[3..];
    let in_range = matches!(digits.as_bytes()[0], b'1'..=b'5');
    (in_range && !rest.starts_with(|next: char| next.is_ascii_digit()))
        .then(|| (digits.to_owned(), rest.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_stands_at_the_beginning_of_a_title() {
        let found = |title| status(title).map(|(status, words)| format!("{status}|{words}"));
        assert_eq!(
            found("404 Original OrderID doesn"),
            Some("404|Original OrderID doesn".into())
        );
        assert_eq!(found("🟢200Success"), Some("200|Success".into()));
        assert_eq!(found("500"), Some("500|".into()));
        for title in [
            "Sample Request",
            "2026-03-20",
            "600 x",
            "040",
            "20",
            "",
            "🟢",
        ] {
            assert_eq!(found(title), None, "{title}");
        }
    }
}
