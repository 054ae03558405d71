//! What is documented of a provider.

use std::time::Duration;

use crate::{
    Capabilities, NextStep, ProviderName, RefundError, RefundStatus,
    evidence::Row,
    status::{DocumentedWord, OwnWords},
};

/// What is documented of a provider. What it does not say is taken in the most careful way: nothing is
/// sent twice, nothing can be read back, every answer that no row knows is doubt.
#[derive(Debug)]
pub struct Profile {
    pub(crate) capabilities: Capabilities,
    pub(crate) operation: &'static str,
    pub(crate) read_operation: &'static str,
    pub(crate) hint_operation: Option<&'static str>,
    pub(crate) retry_operation: &'static str,
    pub(crate) invoice_operation: &'static str,
    pub(crate) words: OwnWords,
    pub(crate) rows: &'static [Row],
    pub(crate) loosened: &'static [&'static str],
    pub(crate) repetition: Repetition,
    pub(crate) of_everything: Repetition,
    pub(crate) rate_limit_pointer: Option<&'static str>,
    pub(crate) shows_candidates: bool,
    pub(crate) last_resort: NextStep,
    pub(crate) instead: Instead,
    /// What the name of a built-in provider tells more of; see the methods.
    pub(crate) documented: &'static [DocumentedWord],
    pub(crate) in_any_case: bool,
    /// Its lookups, for an error.
    pub(crate) lookups: &'static str,
    pub(crate) events_by_reference: bool,
    pub(crate) events_in_order: bool,
    /// What its crate says of it.
    pub(crate) made_by: Option<provider_runtime::Provider>,
}

/// What to do instead of what a provider cannot do, in the words of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    clippy::exhaustive_structs,
    reason = "it is made by literals, in the profiles of providers"
)]
pub struct Instead {
    /// Of creating a refund.
    pub creating: &'static str,
    /// Of trying one again.
    pub retrying: &'static str,
    /// Of reading one back.
    pub reading: &'static str,
}

impl Instead {
    /// What can be said of every provider.
    pub const NOTHING_ELSE: Self = Self {
        creating: "its capabilities say so",
        retrying: "once it has failed for good, create another one under another reference",
        reading: "keep the answer of the creation, and ask the provider for later states",
    };
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
    /// A second refund is refused, for ever: one with the same reference, or any one of
    /// [everything](Profile::with_repetition_of_everything).
    SecondIsRefused,
    /// A key by which it gets the answer of the first one, if that was a success, for so long: where no answer came, nobody
    /// knows whether there is one, and two could pay. It is repeated only at the user's own risk
    /// ([`RetryPolicy::with_risk_of_paying_twice`](crate::RetryPolicy::with_risk_of_paying_twice)).
    KeyKeepsSuccesses {
        /// From the first attempt on.
        kept: Duration,
    },
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
        Self::of(capabilities, operation)
    }

    /// That of a built-in provider, of which no row of the cautious reading counts.
    pub(crate) const fn built_in(capabilities: Capabilities, operation: &'static str) -> Self {
        Self::of(capabilities, operation)
    }

    const fn of(capabilities: Capabilities, operation: &'static str) -> Self {
        Self {
            capabilities,
            operation,
            read_operation: "find",
            hint_operation: None,
            retry_operation: operation,
            invoice_operation: operation,
            words: OwnWords::new(&[]),
            rows: &[],
            loosened: &[],
            repetition: Repetition::MayPayTwice,
            of_everything: Repetition::MayPayTwice,
            rate_limit_pointer: None,
            shows_candidates: false,
            last_resort: NextStep::AskTheProvider,
            instead: Instead::NOTHING_ELSE,
            documented: &[],
            in_any_case: false,
            lookups: "Lookup::Own",
            events_by_reference: false,
            events_in_order: false,
            made_by: None,
        }
    }

    /// Whether the rows of the cautious reading count: they do for every provider that has no table of this crate's.
    pub(crate) const fn is_cautious(&self) -> bool {
        matches!(self.capabilities.provider, ProviderName::Own(_))
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

    /// With what the documents say of a repetition of a refund of everything, where that is more than of one of a part.
    #[must_use]
    pub const fn with_repetition_of_everything(mut self, repetition: Repetition) -> Self {
        self.of_everything = repetition;
        self
    }

    /// With refunds to show to a person where none that is listed can be known to be ours: those of the same amount,
    /// currency and time. For a provider that may show the reference otherwise than it was sent, or not at all.
    #[must_use]
    pub const fn with_candidates(mut self) -> Self {
        self.shows_candidates = true;
        self
    }

    /// With what is left where a doubt can be settled neither by reading nor by repeating:
    /// [`NextStep::AwaitEvent`] where signed events repeat the reference. By default,
    /// [`NextStep::AskTheProvider`].
    #[must_use]
    pub const fn with_last_resort(mut self, step: NextStep) -> Self {
        self.last_resort = step;
        self
    }

    /// With what to do instead of what it cannot do.
    #[must_use]
    pub const fn with_instead(mut self, instead: Instead) -> Self {
        self.instead = instead;
        self
    }

    /// With the name of the operation that gives [hints](crate::custom::Provider::hint).
    #[must_use]
    pub const fn with_hints(mut self, operation: &'static str) -> Self {
        self.hint_operation = Some(operation);
        self
    }

    /// With the name of the operation that [tries a refund again](crate::custom::Provider::retry).
    #[must_use]
    pub const fn with_retries(mut self, operation: &'static str) -> Self {
        self.retry_operation = operation;
        self
    }

    /// With the name of the operation that [gives an invoice](crate::custom::Provider::submit_invoice).
    #[must_use]
    pub const fn with_invoices(mut self, operation: &'static str) -> Self {
        self.invoice_operation = operation;
        self
    }

    /// With the words of a built-in provider, whose fields have names.
    pub(crate) const fn with_documented(mut self, words: &'static [DocumentedWord]) -> Self {
        self.documented = words;
        self
    }

    /// Whose words are read in any case.
    pub(crate) const fn with_words_in_any_case(mut self) -> Self {
        self.in_any_case = true;
        self
    }

    /// Whose lookups have names of their own.
    pub(crate) const fn with_lookups(mut self, lookups: &'static str) -> Self {
        self.lookups = lookups;
        self
    }

    /// Whose events name no refund but the reference of what is refunded.
    pub(crate) const fn with_events_by_reference(mut self) -> Self {
        self.events_by_reference = true;
        self
    }

    /// Whose events say when they happened, and name a refund by the id by which it is read.
    pub(crate) const fn with_events_in_order(mut self) -> Self {
        self.events_in_order = true;
        self
    }

    /// With what the crate of a built-in provider says of it, where it is part of the build.
    pub(crate) const fn with_crate(mut self, says: Option<provider_runtime::Provider>) -> Self {
        self.made_by = says;
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
