//! What is documented of a provider.

use std::time::Duration;

use crate::{
    Capabilities, ProviderName, RefundError, RefundStatus, evidence::Row, status::OwnWords,
};

/// What is documented of a provider of your own. What it does not say is taken in the most careful way: nothing is
/// sent twice, nothing can be read back, every answer that no row knows is doubt.
#[derive(Debug)]
pub struct Profile {
    pub(crate) capabilities: Capabilities,
    pub(crate) operation: &'static str,
    pub(crate) read_operation: &'static str,
    pub(crate) words: OwnWords,
    pub(crate) rows: &'static [Row],
    pub(crate) loosened: &'static [&'static str],
    pub(crate) repetition: Repetition,
    pub(crate) rate_limit_pointer: Option<&'static str>,
}

/// What the documents say of a request that is sent once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repetition {
    /// Nothing, or that two could pay: it is never sent again once it may have happened.
    MayPayTwice,
    /// A key by which it gets the answer of the first one, whatever that was, for so long. The facade repeats under
    /// it until ten minutes before that has passed since the first attempt. Only for a key of which the
    /// documents say that it holds while the first one is under way, and for answers of every kind: where only
    /// successes are kept, a request whose fate is unknown has no key to rely on.
    KeyKeepsEveryAnswer {
        /// From the first attempt on.
        kept: Duration,
    },
    /// A second refund with the same reference is refused, for ever.
    SecondIsRefused,
}

impl Profile {
    /// That of a provider with these capabilities; a call for a refund is the `operation` in spans and events.
    ///
    /// # Panics
    ///
    /// If the capabilities are of a built-in provider. In a constant or a static, as a profile is, that does not compile.
    pub const fn new(capabilities: Capabilities, operation: &'static str) -> Self {
        assert!(
            matches!(capabilities.provider, ProviderName::Own(_)),
            "the capabilities are of a built-in provider"
        );
        Self {
            capabilities,
            operation,
            read_operation: "find",
            words: OwnWords::new(&[]),
            rows: &[],
            loosened: &[],
            repetition: Repetition::MayPayTwice,
            rate_limit_pointer: None,
        }
    }

    /// With the documented words for the state of a refund. Any other one is doubt.
    #[must_use]
    pub const fn with_words(mut self, words: &'static [(&'static str, RefundStatus)]) -> Self {
        self.words = OwnWords::new(words);
        self
    }

    /// With what else counts: an envelope that says no, refusals by their status and code, beyond the
    /// [cautious rows](crate::custom#rows).
    #[must_use]
    pub const fn with_rows(mut self, rows: &'static [Row]) -> Self {
        self.rows = rows;
        self
    }

    /// Without these of the [cautious rows](crate::custom#rows), such as `own-2xx-id` where an answer is documented
    /// without an id.
    #[must_use]
    pub const fn without(mut self, rows: &'static [&'static str]) -> Self {
        self.loosened = rows;
        self
    }

    /// With what the documents say of a repetition.
    #[must_use]
    pub const fn with_repetition(mut self, repetition: Repetition) -> Self {
        self.repetition = repetition;
        self
    }

    /// With the name of the operation by which refunds are found.
    #[must_use]
    pub const fn with_read(mut self, operation: &'static str) -> Self {
        self.read_operation = operation;
        self
    }

    /// With the JSON pointer to the seconds to wait in the body of a 429; `Retry-After` is read always.
    #[must_use]
    pub const fn with_rate_limit_at(mut self, pointer: &'static str) -> Self {
        self.rate_limit_pointer = Some(pointer);
        self
    }

    /// What it can do.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// A field that cannot be sent, with the reason.
    pub fn invalid(&self, field: &'static str, reason: &'static str) -> RefundError {
        RefundError::InvalidField {
            provider: self.capabilities.provider,
            field,
            reason,
        }
    }
}
