//! What an answer tells, member by member.

use std::fmt::{Display, Write as _};

/// What a member can be about. A provider's table says which of its members that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// The word of the envelope, or the name of the event.
    Envelope,
    /// A code of how the call ended.
    Code,
    /// What kind of body it is.
    Body,
    /// What the answer says to people.
    Message,
    /// A member that only errors have.
    Error,
    /// The name of the kind of object.
    Object,
    /// The provider's id of the refund.
    Id,
    /// The user's own reference.
    Reference,
    /// What is refunded.
    Payment,
    /// The attempt at the payment that is refunded.
    PaymentAttempt,
    /// The kind of payment that is refunded.
    PaymentType,
    /// The refunded amount, in the unit in which it is sent.
    Amount,
    /// The code of its currency.
    Currency,
    /// The word for the state of the refund.
    Status,
    /// The word for the state of what is refunded, where it says something of the refund.
    PaymentStatus,
    /// Why it failed.
    FailureReason,
    /// What only a refund that was sent has.
    TransactionHash,
    /// Whether a refund was begun.
    Initiated,
    /// Whether a person has to do something.
    ManualIntervention,
    /// When it was created.
    CreatedAt,
}

const COUNT: usize = Fact::CreatedAt as usize + 1;

/// What an answer tells, as texts; an empty text tells nothing, since providers send it for that.
#[derive(Clone, Default)]
pub(crate) struct Facts {
    /// All of them, one after the other.
    texts: String,
    /// Where each is; from and to are the same where nothing is told.
    places: [(usize, usize); COUNT],
}

/// Room for what most answers tell.
const ROOM: usize = 256;

impl Facts {
    /// Puts what a member tells of a fact. Where two differ, what is told is none of them.
    pub(crate) fn add(&mut self, fact: Fact, told: impl Display) {
        if self.texts.capacity() == 0 {
            self.texts.reserve(ROOM);
        }
        let begin = self.texts.len();
        // A text takes whatever is written.
        let _ = write!(self.texts, "{told}");
        let end = self.texts.len();
        let (from, to) = self.places[fact as usize];
        let is_new = self.texts[from..to] != self.texts[begin..end];
        self.places[fact as usize] = match (from == to, begin == end) {
            (_, true) => (from, to),
            (true, false) => (begin, end),
            (false, false) if is_new => {
                let both = format!(
                    "{} beside {}",
                    &self.texts[from..to],
                    &self.texts[begin..end]
                );
                self.texts.push_str(&both);
                (end, self.texts.len())
            }
            (false, false) => (from, to),
        };
    }

    pub(crate) fn get(&self, fact: Fact) -> Option<&str> {
        let (from, to) = self.places[fact as usize];
        let told = self.texts.get(from..to)?;
        (!told.is_empty()).then_some(told)
    }
}
