//! What changed on the wire.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Kind;

/// How bad a change is for those who use a client of the old document. The order is from harmless to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// A client of the old document goes on working.
    Compatible,
    /// A person has to decide: what moves money may work in another way.
    ReadThis,
    /// A request that was right is refused or does something else, or an answer cannot be read or used.
    Breaking,
}

impl Class {
    /// As in the JSON report: `compatible`, `read-this`, `breaking`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Compatible => "compatible",
            Self::ReadThis => "read-this",
            Self::Breaking => "breaking",
        }
    }
}

/// Who sends what changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Neither: operations, servers, authentication, words.
    Api,
    /// The client sends it. In a callback or webhook, that is the answer.
    Request,
    /// The client receives it. In a callback or webhook, that is the request.
    Answer,
}

impl Direction {
    /// As in the JSON report: `api`, `request`, `answer`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Request => "request",
            Self::Answer => "answer",
        }
    }

    /// The other direction, for callbacks and webhooks.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Api => Self::Api,
            Self::Request => Self::Answer,
            Self::Answer => Self::Request,
        }
    }
}

/// One of the two documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The old document.
    Before,
    /// The new document.
    After,
}

/// One change of the wire, told once however many operations it touches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// How bad it is.
    pub class: Class,
    /// What sort of change it is.
    pub kind: Kind,
    /// Who sends what changed.
    pub direction: Direction,
    /// The first operation that it touches, such as `POST /v3/refund`, in the words of the new document (of the old
    /// one when the operation is gone); nothing when it touches the API as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The other operations that it touches, through a schema that they share, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also_in: Vec<String>,
    /// JSON pointer of the place, in the document that [`pointer_in`](Self::pointer_in) names.
    pub pointer: String,
    /// The document that [`pointer`](Self::pointer) leads into: the new one, unless the place is gone.
    pub pointer_in: Side,
    /// What was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// What changed, in a sentence.
    pub message: String,
    /// Why it is of its class, and what to do.
    pub why: String,
    /// Whether it is about an amount or its unit, a key by which requests are told apart, or words about limits, fees,
    /// time, retries or signatures; also where it may be, such as a new number in an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub money: bool,
    /// What tells it from every other change: the same for the same change of the same place, whatever else changes and
    /// however it is judged and worded.
    #[serde(default)]
    pub fingerprint: String,
    /// Where the place stands in the page of the provider; nothing when it stands in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageLine>,
    /// Numbers of the overlay actions that keep it from showing in the effective document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked_by: Vec<usize>,
    /// The class that it had before a rule of the user's gave it another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judged: Option<Judged>,
    /// The Rust names that it touches, such as `tazapay::types::RefundData::status`. [`compare`](crate::compare)
    /// leaves it empty; who knows the crate fills it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rust: Vec<String>,
}

/// A line of a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PageLine {
    /// The page's file, from the workspace's root.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

impl std::fmt::Display for PageLine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

/// What a rule of the user's made of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The class without the rule.
    pub was: Class,
    /// The reason that the rule gives.
    pub reason: String,
}

impl Change {
    /// Every operation that it touches.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operation
            .iter()
            .chain(&self.also_in)
            .map(String::as_str)
    }

    /// A change of what a page says outside of its document, or within it where no rule looks.
    pub fn of_text(page: PageLine, before: Option<String>, after: Option<String>) -> Self {
        let mut change = Self {
            class: Class::Compatible,
            kind: Kind::PageChanged,
            direction: Direction::Api,
            operation: None,
            also_in: Vec::new(),
            pointer: String::new(),
            pointer_in: match after {
                Some(_) => Side::After,
                None => Side::Before,
            },
            before: before.map(Value::String),
            after: after.map(Value::String),
            message: String::new(),
            why: String::new(),
            money: false,
            fingerprint: String::new(),
            page: Some(page),
            masked_by: Vec::new(),
            judged: None,
            rust: Vec::new(),
        };
        let file = change.page.as_ref().map_or("", |page| &page.file);
        change.fingerprint = change.fingerprint_at(file);
        change
    }

    /// The fingerprint, for a place that is named so that other changes do not move it.
    pub(crate) fn fingerprint_at(&self, place: &str) -> String {
        let value =
            |value: &Option<Value>| value.as_ref().map_or_else(String::new, Value::to_string);
        let parts = [
            self.kind.code(),
            self.direction.code(),
            place,
            &value(&self.before),
            &value(&self.after),
        ];
        // FNV-1a, of 64 bits: known to be the same everywhere and for ever.
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        format!("{hash:016x}")
    }
}

/// The changes of the wire between two documents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    /// The worst first; the order is the same for the same documents.
    pub changes: Vec<Change>,
}

impl Drift {
    /// The worst class; nothing when there is no change.
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.class).max()
    }

    /// How many changes are of `class`.
    pub fn count(&self, class: Class) -> usize {
        self.of(class).count()
    }

    /// The changes of `class`, in order.
    pub fn of(&self, class: Class) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(move |change| change.class == class)
    }

    /// 0 for no change, 1 for compatible ones and those to be read, 2 for breaking ones.
    pub fn exit_code(&self) -> u8 {
        match self.class() {
            None => 0,
            Some(Class::Compatible | Class::ReadThis) => 1,
            Some(Class::Breaking) => 2,
        }
    }

    /// The changes that are about money and not compatible, in order.
    pub fn of_money(&self) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(|change| change.money && change.class > Class::Compatible)
    }

    /// Puts the worst first, and of these what is about money; otherwise the order stays.
    pub fn sort(&mut self) {
        self.changes
            .sort_by_key(|change| std::cmp::Reverse((change.class, change.money)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(before: &str, class: Class, money: bool) -> Change {
        let page = PageLine {
            file: "a.md".to_owned(),
            line: 3,
        };
        Change {
            class,
            money,
            ..Change::of_text(page, Some(before.to_owned()), None)
        }
    }

    #[test]
    fn the_worst_is_first_and_of_these_what_is_about_money() {
        let mut drift = Drift {
            changes: vec![
                text("1", Class::Compatible, true),
                text("2", Class::ReadThis, false),
                text("3", Class::ReadThis, true),
                text("4", Class::Breaking, false),
                text("5", Class::ReadThis, true),
            ],
        };
        drift.sort();
        let order = drift
            .changes
            .iter()
            .filter_map(|change| change.before.as_ref());
        let order: Vec<&str> = order.filter_map(Value::as_str).collect();
        assert_eq!(order, ["4", "3", "5", "2", "1"]);
        assert_eq!(drift.of_money().count(), 2);
    }

    #[test]
    fn a_fingerprint_is_of_what_changed_and_where_and_not_of_how_it_is_judged() {
        let change = text("1", Class::Compatible, false);
        let mut other = text("1", Class::Breaking, true);
        other.page = other.page.map(|page| PageLine { line: 90, ..page });
        other.message = "Otherwise.".to_owned();
        assert_eq!(change.fingerprint, other.fingerprint);
        assert_ne!(
            change.fingerprint,
            text("2", Class::Compatible, false).fingerprint
        );
        // FNV-1a of the five parts, each with a zero behind it, worked out with another program.
        assert_eq!(change.fingerprint, "11280a79fb65a68a");
    }
}
