//! What answers and events tell.

use provider_runtime::{ResponseValue, Timestamp};

use crate::{
    Money, RefundState, RefundStatus, WordField,
    evidence::{Fact, Facts},
    outcome::OwnAnswer,
    status::OwnWords,
};

/// What an answer, a listed refund or an event tells, member by member. Put every documented member that could say no
/// or name another refund: what is not put cannot contradict.
#[derive(Clone)]
pub struct Told {
    pub(crate) facts: Facts<'static>,
    pub(crate) amount: Option<Money>,
    pub(crate) occurred_at: Option<Timestamp>,
}

impl Told {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            facts: Facts::new(),
            amount: None,
            occurred_at: None,
        }
    }

    /// With what a member tells, as its text; a number in its digits. An empty text tells nothing. Of a fact that several
    /// members tell, each is put: two that differ contradict each other.
    #[must_use]
    pub fn with(mut self, fact: Fact, told: Option<impl ToString>) -> Self {
        let told = told.map(|told| told.to_string());
        if let Some(told) = told.filter(|told| !told.is_empty()) {
            self.facts.add(fact, told);
        }
        self
    }

    /// With the refunded amount, for the receipt. What is compared with the request is [`Fact::Amount`], in
    /// the unit in which it is sent.
    #[must_use]
    pub fn with_amount(mut self, amount: Option<Money>) -> Self {
        self.amount = amount;
        self
    }

    /// With the time of an event, where the documents say that it is when it happened.
    #[must_use]
    pub fn with_time(mut self, occurred_at: Option<Timestamp>) -> Self {
        self.occurred_at = occurred_at;
        self
    }

    pub(crate) fn status(&self, words: OwnWords) -> Option<RefundStatus> {
        let word = self.facts.get(Fact::Status)?;
        Some(RefundStatus::from_word(WordField::Own(words), word))
    }

    pub(crate) fn state(&self, words: OwnWords) -> RefundState {
        let id = self.facts.get(Fact::Id).map(str::to_owned);
        RefundState::new(id, self.status(words), self.amount.clone())
    }
}

impl Default for Told {
    fn default() -> Self {
        Self::new()
    }
}

/// How much is told, and nothing of it.
impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Told").finish_non_exhaustive()
    }
}

/// A success, which the facade judges before anybody believes it.
#[derive(Debug)]
pub struct Created {
    pub(crate) told: Told,
    pub(crate) answer: OwnAnswer,
}

impl Created {
    /// What an answer tells.
    pub fn new<T: Send + Sync + 'static>(answer: ResponseValue<T>, told: Told) -> Self {
        Self {
            told,
            answer: OwnAnswer::new(answer),
        }
    }
}

/// Refunds that were read.
#[derive(Debug)]
pub struct Found {
    pub(crate) told: Vec<Told>,
    pub(crate) answer: OwnAnswer,
    pub(crate) is_partial: bool,
}

impl Found {
    /// What an answer lists.
    pub fn new<T: Send + Sync + 'static>(
        answer: ResponseValue<T>,
        told: impl IntoIterator<Item = Told>,
    ) -> Self {
        Self {
            told: told.into_iter().collect(),
            answer: OwnAnswer::new(answer),
            is_partial: false,
        }
    }

    /// The same, where there are more refunds than are listed here, such as on other pages: one that has failed proves
    /// then nothing of the others.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.is_partial = true;
        self
    }
}
