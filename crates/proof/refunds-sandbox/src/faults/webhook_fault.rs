use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::serde_duration::milliseconds;

/// One way in which the delivery of an event goes wrong, or somebody else
/// interferes. The genuine event arrives nevertheless, unless its attempts run
/// out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WebhookFault {
    /// It is delivered twice, at the same time.
    Duplicate,
    /// It is delivered late.
    Delay {
        /// By how much, by the sandbox's clock.
        #[serde(rename = "by_ms", with = "milliseconds")]
        by: Duration,
    },
    /// It is delivered right after the next event about the same refund, if the
    /// time of that one is set already; if not, as ever.
    Reorder,
    /// Its first attempt is signed with another secret. Where events are not
    /// signed, it is delivered as ever.
    WrongSignature,
    /// The receiver's answer to its first attempt gets lost, so that it is
    /// delivered again where the provider retries.
    AnswerLost,
    /// The same bytes are delivered again later.
    Replay {
        /// How much later, by the sandbox's clock.
        #[serde(rename = "after_ms", with = "milliseconds")]
        after: Duration,
    },
    /// Before it, somebody without the secret sends an event that says the
    /// opposite, signed with another secret where events are signed.
    Forged,
    /// Before it, its body arrives changed into the opposite, under its own
    /// signature where events are signed.
    Altered,
    /// Before it, the provider sends an event of its own that contradicts itself,
    /// properly signed: either its name or its data says the opposite, such as a
    /// `refund.failed` whose data says `succeeded`. Where that part has no opposite,
    /// only the genuine one is delivered.
    Contradicting {
        /// The part that says the opposite.
        part: EventPart,
    },
}

/// A part of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventPart {
    /// Its name.
    Name,
    /// Its data.
    Data,
}

impl WebhookFault {
    /// Each kind, with times that a test likes to wait.
    pub(super) fn every() -> Vec<Self> {
        vec![
            Self::Duplicate,
            Self::Delay {
                by: Duration::from_millis(150),
            },
            Self::Reorder,
            Self::WrongSignature,
            Self::AnswerLost,
            Self::Replay {
                after: Duration::from_millis(250),
            },
            Self::Forged,
            Self::Altered,
            Self::Contradicting {
                part: EventPart::Name,
            },
            Self::Contradicting {
                part: EventPart::Data,
            },
        ]
    }
}
