//! The class of a change by its direction.

use serde_json::Value;

use crate::{Class, Direction};

/// What became of the set of values that are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    /// Some are no longer.
    Narrowed,
    /// More are.
    Widened,
    /// Both, or it cannot be told.
    Other,
}

/// The class of a change of what is allowed, and why.
pub(crate) fn shift(direction: Direction, shift: Shift) -> (Class, &'static str) {
    match (direction, shift) {
        (Direction::Request, Shift::Widened) => (
            Class::Compatible,
            "What clients send today is still accepted.",
        ),
        (Direction::Request, _) => (
            Class::Breaking,
            "A request that was right can be refused now. Check what ours sends before taking the update.",
        ),
        (Direction::Answer, Shift::Narrowed) => (
            Class::Compatible,
            "Whatever comes now could come before, so that clients can read it.",
        ),
        (Direction::Answer, _) => (
            Class::Breaking,
            "Answers can hold what a client of the old document cannot read. Take the update before the provider sends it.",
        ),
        (Direction::Api, _) => (
            Class::Breaking,
            "It changes how the API is called. Check our calls before taking the update.",
        ),
    }
}

/// The class of a change of a limit, and why: ours check none in answers.
pub(crate) fn limit(direction: Direction, change: Shift) -> (Class, &'static str) {
    match direction {
        Direction::Answer => (
            Class::Compatible,
            "Our clients do not check limits in answers: they read what comes.",
        ),
        direction => shift(direction, change),
    }
}

/// The class of something for which there is no rule: the careful one.
pub(crate) fn unknown(direction: Direction) -> (Class, &'static str) {
    match direction {
        Direction::Request => (
            Class::Breaking,
            "No rule covers this part of a request, so that the worst is assumed. Read the provider's page.",
        ),
        Direction::Answer => (
            Class::ReadThis,
            "No rule covers this part of an answer. Read the provider's page.",
        ),
        Direction::Api => (
            Class::ReadThis,
            "No rule covers this part of the document. Read the provider's page.",
        ),
    }
}

/// What became of something that may be there, and that must be there if `true`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Added { required: bool },
    Removed { required: bool },
    Required,
    Optional,
}

/// Compares whether something is there, and whether it must be.
pub(crate) fn presence(before: Option<bool>, after: Option<bool>) -> Option<Presence> {
    match (before, after) {
        (None, Some(required)) => Some(Presence::Added { required }),
        (Some(required), None) => Some(Presence::Removed { required }),
        (Some(false), Some(true)) => Some(Presence::Required),
        (Some(true), Some(false)) => Some(Presence::Optional),
        _ => None,
    }
}

impl Presence {
    /// The class, and why.
    pub(crate) fn judged(self, direction: Direction) -> (Class, &'static str) {
        if direction == Direction::Answer {
            return self.in_answer();
        }
        match self {
            Self::Added { required: true } | Self::Required => (
                Class::Breaking,
                "A request without it was right and is refused now. Send it before taking the update.",
            ),
            Self::Added { required: false } => {
                (Class::Compatible, "Requests without it stay right.")
            }
            Self::Removed { .. } => (
                Class::Breaking,
                "What clients send there is refused, or ignored without a word: a refund for an ignored amount is a full \
                 one. Stop sending it, or ask the provider.",
            ),
            Self::Optional => (Class::Compatible, "Requests that have it stay right."),
        }
    }

    fn in_answer(self) -> (Class, &'static str) {
        match self {
            Self::Added { .. } => (
                Class::Compatible,
                "Our clients tolerate what they do not know in answers.",
            ),
            Self::Removed { required: true } => (
                Class::Breaking,
                "Clients rely on it, since it was always there: they fail to read the answer.",
            ),
            Self::Removed { required: false } => (
                Class::ReadThis,
                "Clients had to cope without it, since it was optional; whatever is done with it does not happen any more.",
            ),
            Self::Required => (Class::Compatible, "It could be there before."),
            Self::Optional => (
                Class::Breaking,
                "Clients rely on it, since it was always there: they fail to read an answer without it.",
            ),
        }
    }

    /// Whether it had to be there, and whether it has to now, for the values of a change.
    pub(crate) fn needs(self) -> (Option<Value>, Option<Value>) {
        let word = |required| Some(Value::from(if required { "required" } else { "optional" }));
        match self {
            Self::Added { required } => (None, word(required)),
            Self::Removed { required } => (word(required), None),
            Self::Required => (word(false), word(true)),
            Self::Optional => (word(true), word(false)),
        }
    }

    /// What happened, to be put after a name.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Added { required: true } => "is new and required",
            Self::Added { required: false } => "is new and optional",
            Self::Removed { required: true } => "is gone; it was required",
            Self::Removed { required: false } => "is gone; it was optional",
            Self::Required => "was optional and is required now",
            Self::Optional => "was required and is optional now",
        }
    }
}
