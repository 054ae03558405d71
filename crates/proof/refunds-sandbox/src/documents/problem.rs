/// The place of what is wrong with the document, not with what it judges.
const DOCUMENT: &str = "document";

/// Something that the document does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Such as `body/refundAmount/amount`; `document` where the document itself
    /// has a part that cannot be read, so that what it describes was not judged.
    pub place: String,
    /// In words.
    pub problem: String,
    /// Where the body stops being JSON, in bytes.
    pub not_json_at: Option<usize>,
}

impl Problem {
    /// A problem at a place.
    pub fn at(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            problem: problem.into(),
            not_json_at: None,
        }
    }

    /// A part of the document that cannot be read. It allows everything: what is
    /// wrong with the document is told, and accuses no request.
    pub(super) fn of_document(problem: impl Into<String>) -> Self {
        Self::at(DOCUMENT, problem)
    }

    /// Whether it is the document that is at fault, and not what it was to judge.
    pub fn is_of_document(&self) -> bool {
        self.place == DOCUMENT
    }
}
