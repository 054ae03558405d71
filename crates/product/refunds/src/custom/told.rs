//! What answers and events tell.

use std::fmt;

use provider_runtime::{PageError, Pages, ResponseValue, Timestamp};

use crate::{
    Answer, CallError, Money, RefundState, RefundStatus, RetryMark, WordField,
    evidence::{About, Fact, Facts},
    outcome::OwnAnswer,
    status::OwnWords,
};

/// What an answer, a listed refund or an event tells, member by member. Put every documented member that could say no
/// or name another refund: what is not put cannot contradict.
#[derive(Clone)]
pub struct Told {
    pub(crate) facts: Facts,
    pub(crate) amount: Option<Money>,
    pub(crate) occurred_at: Option<Timestamp>,
    /// What its author says of the state, who may say that none is told.
    state: Option<Option<RefundStatus>>,
    pub(crate) mark: Option<RetryMark>,
}

impl Told {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self {
            facts: Facts::default(),
            amount: None,
            occurred_at: None,
            state: None,
            mark: None,
        }
    }

    /// With what a member tells, as its text; a number in its digits. An empty text tells nothing. Of a fact that several
    /// members tell, each is put: two that differ contradict each other.
    #[must_use]
    pub fn with(mut self, fact: Fact, told: Option<impl fmt::Display>) -> Self {
        if let Some(told) = told {
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

    /// With the state of the refund, where it is more than what the word of [`Fact::Status`] means: several members tell
    /// it, or the name of an event. It is judged by what is put as facts all the same.
    #[must_use]
    pub fn with_status(mut self, status: Option<RefundStatus>) -> Self {
        self.state = Some(status);
        self
    }

    /// With what the refund shows of earlier tries of it: how many, and when it last changed.
    #[must_use]
    pub fn with_tries(mut self, tries: Option<i64>, changed_at: Option<&Timestamp>) -> Self {
        self.mark = Some(RetryMark::new(tries, changed_at));
        self
    }

    pub(crate) fn status(&self, words: OwnWords) -> Option<RefundStatus> {
        if let Some(status) = &self.state {
            return status.clone();
        }
        let word = self.facts.get(Fact::Status)?;
        Some(RefundStatus::from_word(WordField::Own(words), word))
    }

    /// Whether its author says another state than its word means.
    pub(crate) fn contradicts_its_word(&self, words: OwnWords) -> bool {
        let word = self.facts.get(Fact::Status);
        let means = word.map(|word| RefundStatus::from_word(WordField::Own(words), word));
        let says = self.state.as_ref().and_then(Option::as_ref);
        means.is_some() && says.is_some_and(|says| means.as_ref() != Some(says))
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
impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Told").finish_non_exhaustive()
    }
}

/// A success, which the facade judges before anybody believes it.
#[derive(Debug)]
pub struct Created {
    pub(crate) told: Told,
    pub(crate) answer: Answer,
}

impl Created {
    /// What an answer tells.
    pub fn new<T: Send + Sync + 'static>(answer: ResponseValue<T>, told: Told) -> Self {
        Self::of(Answer::Own(OwnAnswer::new(answer)), told)
    }

    /// What an answer tells that is known to this crate.
    pub fn of(answer: Answer, told: Told) -> Self {
        Self { told, answer }
    }
}

/// Refunds that were read.
#[derive(Debug)]
pub struct Found {
    pub(crate) told: Vec<Told>,
    pub(crate) answer: Answer,
    pub(crate) is_partial: bool,
    pub(crate) about: About,
    pub(crate) is_asked_for: bool,
}

impl Found {
    /// What an answer lists.
    pub fn new<T: Send + Sync + 'static>(
        answer: ResponseValue<T>,
        told: impl IntoIterator<Item = Told>,
    ) -> Self {
        Self::of(Answer::Own(OwnAnswer::new(answer)), told)
    }

    /// What all pages of a list tell, which a generated client's `pages()` gives. Where a page does not say in a documented
    /// form what comes after it, or there are more than may be asked for, what came is [partial](Self::partial).
    ///
    /// # Errors
    /// A page cannot be had.
    pub async fn in_pages<T, E>(
        mut pages: Pages<'_, T, E>,
        told: impl Fn(&T) -> Vec<Told> + Send,
    ) -> Result<Self, CallError>
    where
        T: Send + Sync + 'static,
        E: Send + 'static,
    {
        let (mut all, mut last) = (Vec::new(), None);
        let is_partial = loop {
            match pages.try_next().await {
                Ok(Some(page)) => {
                    all.extend(told(&page));
                    last = Some(page);
                }
                Ok(None) => break false,
                Err(PageError::Call(error)) => return Err(error.into_untyped()),
                Err(_) => break true,
            }
        };
        let Some(last) = last else {
            return Err(CallError::invalid_request("there was no page".to_owned()));
        };
        Ok(Self {
            is_partial,
            ..Self::new(last, all)
        })
    }

    /// What an answer lists that is known to this crate.
    pub fn of(answer: Answer, told: impl IntoIterator<Item = Told>) -> Self {
        Self {
            told: told.into_iter().collect(),
            answer,
            is_partial: false,
            about: About::Listed,
            is_asked_for: true,
        }
    }

    /// The same, where there are more refunds than are listed here, such as on other pages: one that has failed proves
    /// then nothing of the others.
    #[must_use]
    pub fn partial(mut self) -> Self {
        self.is_partial = true;
        self
    }

    /// The same, where it is the one refund that was asked for by its name: the rows about a
    /// [read](About::Read) count for it, beside what [`asked_by`](super::Provider::asked_by) says.
    #[must_use]
    pub fn by_name(mut self) -> Self {
        self.about = About::Read;
        self
    }

    /// The same; where the answer names something else than was asked for, it is read again.
    #[must_use]
    pub fn asked_for(mut self, is_asked_for: bool) -> Self {
        self.is_asked_for = is_asked_for;
        self
    }
}

/// Something that was read which proves nothing of a refund, and is a hint for a person.
#[derive(Debug)]
pub struct Hinted {
    pub(crate) answer: Answer,
    pub(crate) why: Option<&'static str>,
    pub(crate) is_asked_for: bool,
}

impl Hinted {
    /// What an answer hints at, in a sentence that says why it is no proof; `None` where it says nothing.
    pub fn new<T: Send + Sync + 'static>(
        answer: ResponseValue<T>,
        why: Option<&'static str>,
    ) -> Self {
        Self::of(Answer::Own(OwnAnswer::new(answer)), why)
    }

    /// What an answer hints at that is known to this crate.
    pub fn of(answer: Answer, why: Option<&'static str>) -> Self {
        Self {
            answer,
            why,
            is_asked_for: true,
        }
    }

    /// As of [`Found::asked_for`].
    #[must_use]
    pub fn asked_for(mut self, is_asked_for: bool) -> Self {
        self.is_asked_for = is_asked_for;
        self
    }
}
