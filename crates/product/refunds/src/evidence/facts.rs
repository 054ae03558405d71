//! What an answer tells, member by member.

use std::borrow::Cow;

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
    /// The status of the off-ramp that is refunded.
    OfframpStatus,
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
#[derive(Clone)]
pub(crate) struct Facts<'a>([Option<Cow<'a, str>>; COUNT]);

impl<'a> Facts<'a> {
    pub(crate) fn new() -> Self {
        Self(Default::default())
    }

    pub(crate) fn put(&mut self, fact: Fact, told: Option<impl Into<Cow<'a, str>>>) -> &mut Self {
        self.0[fact as usize] = told.map(Into::into).filter(|text| !text.is_empty());
        self
    }

    /// Puts what another member tells of a fact. Where two differ, what is told is none of them.
    pub(crate) fn add(&mut self, fact: Fact, told: String) {
        let place = &mut self.0[fact as usize];
        *place = Some(match place.take() {
            Some(before) if before != told => format!("{before} beside {told}").into(),
            _ => told.into(),
        });
    }

    pub(crate) fn get(&self, fact: Fact) -> Option<&str> {
        self.0[fact as usize].as_deref()
    }
}

/// The text of a member that is one whatever it is.
pub(crate) fn shown(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}
