//! The state of a refund over its events, whatever their order.

use provider_runtime::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RefundKey, RefundUpdate, Told};
use crate::{
    Money, ProviderName, RefundState,
    RefundStatus::{self, ActionRequired, Cancelled, Failed, Pending, Succeeded, Unknown},
};

/// As many keys of events are kept for a refund: many times what one has.
const KEYS: usize = 64;

/// How a refund stands, as far as its events and what was read back tell. Pure: keep it where you keep the
/// refund, in one transaction with what you do about a [`Change`].
///
/// - An event that was taken before is a duplicate.
/// - At Tazapay, whose events have a documented time, an older one never overwrites a newer state.
/// - Elsewhere no time is documented. An event moves a refund on to its end; what would move it back
///   to being under way is late, and where two ends contradict each other nothing is decided:
///   [`Undecided`](Change::Undecided) asks to read the refund back.
/// - What is read back is the state as of now.
/// - An end that becomes another one is a correction, which somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundProgress {
    refund: RefundKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<RefundStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    amount: Option<Money>,
    /// When the status was told, where that is documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Timestamp>,
    #[serde(default)]
    needs_read_back: bool,
    /// Keys of the events that were taken, the oldest first.
    #[serde(default)]
    taken: Vec<String>,
}

/// What became of a refund's state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a correction and an undecided event ask for something to be done"]
#[non_exhaustive]
pub enum Change {
    /// It is as told now.
    Applied,
    /// The event was taken before. Answer the provider with a 2xx and do nothing.
    Duplicate,
    /// The event is older than what is known. Answer with a 2xx and do nothing.
    Stale,
    /// It is as told now, and had come to another end before. Tell somebody.
    Corrected {
        /// The end before.
        from: RefundStatus,
        /// What it is now.
        to: RefundStatus,
    },
    /// Which of the two came later is not documented; nothing has changed. Read the refund back and give
    /// the answer to [`RefundProgress::read_back`].
    Undecided {
        /// What is known.
        known: RefundStatus,
        /// What the event says.
        told: RefundStatus,
    },
    /// It is about another refund; nothing has changed.
    OtherRefund,
    /// It says nothing of the status; nothing has changed.
    NothingTold,
}

/// How a status stands to the one that is known.
enum Weighed {
    Applies,
    /// It says what is known, and whether it is older is not documented.
    Repeats,
    Stale,
    Undecided,
}

impl RefundProgress {
    /// A refund of which nothing is known yet.
    pub fn new(refund: RefundKey) -> Self {
        Self {
            refund,
            status: None,
            amount: None,
            occurred_at: None,
            needs_read_back: false,
            taken: Vec::new(),
        }
    }

    /// A refund as the answer to its creation told it.
    pub fn with_state(mut self, state: &RefundState) -> Self {
        self.status.clone_from(&state.status);
        self.amount.clone_from(&state.amount);
        self
    }

    /// The refund.
    pub fn refund(&self) -> &RefundKey {
        &self.refund
    }

    /// The status, if one is known.
    pub fn status(&self) -> Option<&RefundStatus> {
        self.status.as_ref()
    }

    /// The amount, if it is known.
    pub fn amount(&self) -> Option<&Money> {
        self.amount.as_ref()
    }

    /// Whether an event could not be put in order, and the refund was not read back since.
    pub fn needs_read_back(&self) -> bool {
        self.needs_read_back
    }

    /// Begins anew after a retry of a failed refund: nothing is known, and what was taken before stays
    /// taken. A late event of the try before that was not taken yet cannot be told from one of this try.
    pub fn retried(&mut self) {
        self.status = None;
        self.occurred_at = None;
        self.needs_read_back = false;
    }

    /// Takes an update.
    pub fn apply(&mut self, update: &RefundUpdate) -> Change {
        self.take(update.told())
    }

    fn take(&mut self, told: &Told) -> Change {
        if told.refund.as_ref() != Some(&self.refund) {
            return Change::OtherRefund;
        }
        if self.taken.contains(&told.key) {
            return Change::Duplicate;
        }
        let Some(status) = told.status.clone() else {
            return Change::NothingTold;
        };
        if self.taken.len() >= KEYS {
            self.taken.remove(0);
        }
        self.taken.push(told.key.clone());
        match self.weigh(&status, told.occurred_at.as_ref()) {
            Weighed::Applies => {
                let occurred_at = told.occurred_at.clone();
                self.set(status, told.amount.clone(), occurred_at)
            }
            Weighed::Repeats => {
                // Neither its time nor its amount takes the place of what may be newer.
                if self.amount.is_none() {
                    self.amount.clone_from(&told.amount);
                }
                Change::Applied
            }
            Weighed::Stale => Change::Stale,
            Weighed::Undecided => {
                self.needs_read_back = true;
                match self.status.clone() {
                    Some(known) => Change::Undecided {
                        known,
                        told: status,
                    },
                    None => Change::NothingTold,
                }
            }
        }
    }

    /// Takes what the provider answered when it was asked: a read that began after the last event came.
    pub fn read_back(&mut self, state: &RefundState) -> Change {
        // Kotani Pay's answers name the off-ramp, and the id in Optty's order is another than the refund's.
        let names_it = self.refund.provider() == ProviderName::Tazapay;
        let told_id = state.refund_id.as_deref().filter(|_| names_it);
        let names_other = told_id.is_some_and(|id| id != self.refund.id());
        if names_other {
            return Change::OtherRefund;
        }
        let Some(status) = state.status.clone() else {
            return Change::NothingTold;
        };
        self.needs_read_back = false;
        // When a state that was read began is not told; the time of an event before it is older.
        self.set(status, state.amount.clone(), None)
    }

    fn set(
        &mut self,
        status: RefundStatus,
        amount: Option<Money>,
        occurred_at: Option<Timestamp>,
    ) -> Change {
        self.occurred_at = occurred_at;
        if amount.is_some() {
            self.amount = amount;
        }
        match self.status.replace(status.clone()) {
            Some(from) if from.is_final() && from != status => {
                Change::Corrected { from, to: status }
            }
            _ => Change::Applied,
        }
    }

    fn weigh(&self, told: &RefundStatus, occurred_at: Option<&Timestamp>) -> Weighed {
        let Some(known) = &self.status else {
            return Weighed::Applies;
        };
        let times = self.times(occurred_at);
        match times {
            Some(std::cmp::Ordering::Greater) => Weighed::Applies,
            Some(std::cmp::Ordering::Less) => Weighed::Stale,
            Some(std::cmp::Ordering::Equal) | None => self.weigh_words(known, told),
        }
    }

    /// How the event's time stands to that of what is known, where both are documented.
    fn times(&self, occurred_at: Option<&Timestamp>) -> Option<std::cmp::Ordering> {
        if self.refund.provider() != ProviderName::Tazapay {
            return None;
        }
        let known = self.occurred_at.as_ref()?.instant()?;
        Some(occurred_at?.instant()?.cmp(&known))
    }

    /// Without times, by the words.
    fn weigh_words(&self, known: &RefundStatus, told: &RefundStatus) -> Weighed {
        // A failed refund at Kotani Pay can be tried again, and be under way or waiting once more.
        let can_go_on = self.refund.provider() == ProviderName::Kotanipay && *known == Failed;
        match (known, told) {
            (known, told) if known == told => Weighed::Repeats,
            (Pending | ActionRequired, Succeeded | Failed | Cancelled) => Weighed::Applies,
            (Succeeded | Failed | Cancelled, Pending | ActionRequired) if !can_go_on => {
                Weighed::Stale
            }
            (Unknown(_) | Succeeded | Failed | Cancelled | Pending | ActionRequired, _) => {
                Weighed::Undecided
            }
        }
    }
}

#[cfg(test)]
mod tests;
