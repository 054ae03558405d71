//! The state of a refund over its events, whatever their order.

use provider_runtime::Timestamp;
use serde::{Deserialize, Serialize};

use super::{RefundKey, RefundUpdate, Told};
use crate::{
    Capabilities, Money, ReadBack, RefundState,
    RefundStatus::{self, ActionRequired, Cancelled, Failed, Pending, Succeeded, Unknown},
    providers,
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
    /// Those among them that carry no time, so that one of a later try can be the same letter by letter.
    #[serde(default, skip_serializing_if = "Undated::is_empty")]
    undated: Undated,
    /// Of an earlier try and without a time: whether one that comes now is of this try cannot be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    ambiguous: Vec<String>,
}

/// Keys of events without a time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Undated {
    ends: Vec<String>,
    others: Vec<String>,
}

impl Undated {
    fn is_empty(&self) -> bool {
        self.ends.is_empty() && self.others.is_empty()
    }

    fn push(&mut self, key: &str, is_end: bool) {
        let keys = if is_end {
            &mut self.ends
        } else {
            &mut self.others
        };
        if keys.len() >= KEYS {
            keys.remove(0);
        }
        keys.push(key.to_owned());
    }
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
    /// the answer to [`RefundProgress::read_back`]; where it cannot be read, ask the provider's support.
    Undecided {
        /// What is known.
        known: RefundStatus,
        /// What the event says.
        told: RefundStatus,
    },
    /// The event contradicts itself, such as a `refund.failed` that says `succeeded`; nothing has changed.
    /// Read the refund back and give the answer to [`RefundProgress::read_back`]; where it cannot be read, ask the
    /// provider's support.
    Contradictory {
        /// What the event says, with what contradicts it.
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
            undated: Undated::default(),
            ambiguous: Vec::new(),
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

    /// Whether an event could not be put in order, and the refund was not read back since. Never where the provider's
    /// refunds cannot be read, as at MCE: there, what [`Change`] says is to be asked of the provider's support.
    pub fn needs_read_back(&self) -> bool {
        self.needs_read_back
    }

    /// Begins anew after a retry of a failed refund: nothing is known. What was taken before stays taken, but
    /// for events without a time, which this try can send again letter by letter. Of those, one that asks for
    /// something (such as an invoice) or tells no end is taken as new, and one that tells an end is
    /// [`Undecided`](Change::Undecided). A late event of the try before that was not taken yet cannot be told
    /// from one of this try.
    pub fn retried(&mut self) {
        let Undated { ends, others } = std::mem::take(&mut self.undated);
        self.taken.retain(|key| !others.contains(key));
        self.ambiguous = ends;
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
        let is_ambiguous = self.ambiguous.contains(&told.key);
        if self.taken.contains(&told.key) && !is_ambiguous {
            return Change::Duplicate;
        }
        let Some(status) = told.status.clone() else {
            return Change::NothingTold;
        };
        if is_ambiguous {
            self.needs_read_back = self.can_be_read();
            return Change::Undecided {
                known: self.status.clone().unwrap_or(Pending),
                told: status,
            };
        }
        if self.taken.len() >= KEYS {
            self.taken.remove(0);
        }
        self.taken.push(told.key.clone());
        if told.occurred_at.is_none() {
            self.undated.push(&told.key, status.is_final());
        }
        if told.contradicted_by.is_some() {
            self.needs_read_back = self.can_be_read();
            return Change::Contradictory { told: status };
        }
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
                self.needs_read_back = self.can_be_read();
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
        let names_it = self.is_in_order();
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

    /// Whether the provider has a way to read a refund; of one of your own, that is not known here.
    fn can_be_read(&self) -> bool {
        let profile = providers::of(self.refund.provider());
        profile.is_none_or(|profile| profile.capabilities.read_back != ReadBack::No)
    }

    /// Whether the provider documents the times of events, which name a refund as reads do.
    fn is_in_order(&self) -> bool {
        providers::of(self.refund.provider()).is_some_and(|profile| profile.events_in_order)
    }

    /// How the event's time stands to that of what is known, where both are documented.
    fn times(&self, occurred_at: Option<&Timestamp>) -> Option<std::cmp::Ordering> {
        if !self.is_in_order() {
            return None;
        }
        let known = self.occurred_at.as_ref()?.instant()?;
        Some(occurred_at?.instant()?.cmp(&known))
    }

    /// Without times, by the words.
    fn weigh_words(&self, known: &RefundStatus, told: &RefundStatus) -> Weighed {
        // A failed refund at Kotani Pay can be tried again, and be under way or waiting once more.
        let can_go_on = Capabilities::of(self.refund.provider()).retries && *known == Failed;
        match (known, told) {
            (known, told) if known == told => Weighed::Repeats,
            (Pending | ActionRequired, Succeeded | Failed | Cancelled) => Weighed::Applies,
            // A word that is not documented may be any end; that it has been paid counts, and not that it has failed.
            (Unknown(_), Succeeded) => Weighed::Applies,
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
