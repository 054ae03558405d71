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
    /// The Rust names that it touches, such as `tazapay::types::RefundData::status`. [`compare`](crate::compare)
    /// leaves it empty; who knows the crate fills it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rust: Vec<String>,
}

impl Change {
    /// Every operation that it touches.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operation
            .iter()
            .chain(&self.also_in)
            .map(String::as_str)
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
}
