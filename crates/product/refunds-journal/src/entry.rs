//! What the journal knows of a refund.

use std::{fmt, time::SystemTime};

use refunds::{
    Action, InDoubt, Money, ProviderName, Reference, RefundStatus, RetryMark, SettledBy,
};
use serde::{Deserialize, Serialize};

use crate::Place;

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// Put down, and not sent.
    NotSent,
    /// Being sent.
    Sending,
    /// It may have happened.
    InDoubt,
    /// The provider has taken it on, and tells no end of it yet.
    Pending,
    /// The money was returned.
    Succeeded,
    /// The provider has taken it on, and no money was returned by it.
    Failed,
    /// A definite no: nothing has happened.
    Rejected,
    /// Withdrawn before it was sent.
    Withdrawn,
}

impl State {
    /// Its name, such as `in_doubt`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Sending => "sending",
            Self::InDoubt => "in_doubt",
            Self::Pending => "pending",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether its amount may have been refunded, or may be before anybody looks again.
    pub(crate) fn reserves(self) -> bool {
        matches!(
            self,
            Self::Sending | Self::InDoubt | Self::Pending | Self::Succeeded
        )
    }

    /// Whether the provider has taken it on.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Pending | Self::Succeeded | Self::Failed)
    }

    /// Whether nothing more will happen to it by itself.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::Failed | Self::Rejected | Self::Withdrawn
        )
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the journal knows of a refund.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// The provider.
    pub provider: ProviderName,
    /// Where it was, or is to be, sent.
    pub place: Place,
    /// The user's own reference.
    pub reference: Reference,
    /// What it refunds, in the provider's name: an order, a payin, a transaction, an off-ramp.
    pub payment: String,
    /// How much; `None` for everything.
    pub amount: Option<Money>,
    /// Where it stands.
    pub state: State,
    /// What the provider told last.
    pub status: Option<RefundStatus>,
    /// The provider's id of the refund.
    pub refund_id: Option<String>,
    /// What the refund showed before an accepted retry at Kotani Pay.
    pub retry_mark: Option<RetryMark>,
    /// Why it stands where it does, where that is no plain success.
    pub why: Option<String>,
    /// The row of [`refunds::evidence`] that decided, where one did.
    pub evidence: Option<String>,
    /// What a reconciliation needs, while it is in doubt. It holds the request.
    pub record: Option<InDoubt>,
    /// What was asked for, personal data included; `None` once it was forgotten.
    pub action: Option<Action>,
    /// How many attempts were begun.
    pub attempts: u32,
    /// When the first attempt that may have happened was begun, by the sender's clock.
    pub first_sent_at: Option<SystemTime>,
    /// Since when it waits for a person or an event.
    pub waits_since: Option<SystemTime>,
    /// The batch that it is of.
    pub batch: Option<String>,
    /// Its line in the batch's file.
    pub line: Option<u64>,
    /// When it was put down.
    pub created_at: SystemTime,
    /// When something was learnt of it last.
    pub changed_at: SystemTime,
}

impl Entry {
    /// What would settle it, while it is in doubt: an event, or a question to the provider's support.
    pub fn settled_by(&self) -> Option<SettledBy> {
        Some(self.record.as_ref()?.settled_by())
    }
}

/// Where a fact comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Source {
    /// A call that creates, tries again or gives an invoice.
    Call,
    /// A reconciliation.
    Reconciliation,
    /// A read.
    Read,
    /// A provider's event.
    Event,
    /// A person's word.
    Person,
    /// The journal itself, such as of a lease that ran out.
    Journal,
    /// Records from before there was a journal.
    Import,
}

impl Source {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Reconciliation => "reconciliation",
            Self::Read => "read",
            Self::Event => "event",
            Self::Person => "person",
            Self::Journal => "journal",
            Self::Import => "import",
        }
    }
}

/// One thing that was learnt of a refund. Facts hold no personal data and no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// When, by the journal's clock.
    pub at: SystemTime,
    /// From where: `call`, `reconciliation`, `read`, `event`, `person`, `journal` or `import`.
    pub source: String,
    /// What: the state that followed, or `forgotten`, `payment_total`.
    pub what: String,
    /// More of it: the status, the row of evidence, the reason.
    pub detail: Option<String>,
}
