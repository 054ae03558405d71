//! What to keep of a write whose outcome is unknown.

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::{DoubtCause, SettledBy};
use crate::{Action, ProviderName, Reference};

/// What to keep of a write whose outcome is unknown, to reconcile it later, also in another process.
///
/// It comes with [`Outcome::Unknown`](crate::Outcome::Unknown), and is made by hand for what a process
/// had begun when it ended ([`interrupted`](Self::interrupted)). Stored, it holds the whole request,
/// personal data included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InDoubt {
    pub(crate) provider: ProviderName,
    pub(crate) reference: Reference,
    pub(crate) action: Action,
    pub(crate) cause: DoubtCause,
    pub(crate) first_sent_at: SystemTime,
    pub(crate) quiet_since: SystemTime,
    /// Whether it was sent more than once, so that the failure of one says nothing of the others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) repeated: bool,
    /// Whether one refund of it is known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) known: bool,
}

impl InDoubt {
    /// A write that was begun, and whose end nobody saw: the process ended, or the call was dropped.
    ///
    /// `first_sent_at` is when its first attempt was recorded, before it was sent. From then on the
    /// provider's key counts; and until now, an attempt may have been under way. A record of an action
    /// that another provider has is refused when it is reconciled. What one call may send several times (a
    /// refund of everything at Tazapay) is taken for sent more than once; of anything else say it with
    /// [`with_repetitions`](Self::with_repetitions), where it was.
    pub fn interrupted(
        provider: ProviderName,
        reference: Reference,
        action: impl Into<Action>,
        first_sent_at: SystemTime,
    ) -> Self {
        let action = action.into();
        Self {
            provider,
            reference,
            repeated: may_be_repeated(&action),
            action,
            cause: DoubtCause::Interrupted,
            first_sent_at,
            quiet_since: SystemTime::now(),
            known: false,
        }
    }

    /// Says that more than one attempt of it was begun (the observer was told of a second): the failure of one
    /// then says nothing of the others.
    #[must_use]
    pub fn with_repetitions(mut self) -> Self {
        self.repeated = true;
        self
    }

    /// Says that one of its refunds is known, and that only what is told of that one is judged: its failure is
    /// its own, however often it was asked for, and it is never sent again. Never of a write that is in doubt.
    #[must_use]
    pub fn of_one_refund(mut self) -> Self {
        self.repeated = false;
        self.known = true;
        self
    }

    /// Says since when none of its attempts has been under way, where that is known better.
    #[must_use]
    pub fn with_quiet_since(mut self, time: SystemTime) -> Self {
        self.quiet_since = time;
        self
    }

    /// Says when its first attempt was begun, where that is known better, as by a clock that is closer to the
    /// provider's. An earlier time is never believed too much: the provider's key ends earlier with it.
    #[must_use]
    pub fn with_first_sent_at(mut self, time: SystemTime) -> Self {
        self.first_sent_at = time;
        self
    }

    /// Says that no answer came to any of its attempts, where that is known for certain.
    ///
    /// A write that was interrupted, or cut off by the deadline, may have been answered with a 5xx that
    /// nobody saw, after which a repetition could pay again. A write that was never answered may be
    /// repeated under its key.
    #[must_use]
    pub fn with_no_answer(mut self) -> Self {
        if matches!(
            self.cause,
            DoubtCause::Interrupted | DoubtCause::DeadlinePassed
        ) {
            self.cause = DoubtCause::Unanswered;
        }
        self
    }

    /// The record as it counts after the process has ended while a reconciliation of it may have been
    /// under way: what that one sent may have been answered, with a 5xx even, and nobody saw it.
    #[must_use]
    pub fn after_restart(mut self) -> Self {
        self.cause = self.cause.max(DoubtCause::Interrupted);
        self.repeated |= may_be_repeated(&self.action);
        self.quiet_since = SystemTime::now();
        self
    }

    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.provider
    }

    /// The user's own reference of the refund.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// What was asked for.
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// Why its outcome is not known.
    pub fn cause(&self) -> DoubtCause {
        self.cause
    }

    /// When its first attempt in doubt was sent.
    pub fn first_sent_at(&self) -> SystemTime {
        self.first_sent_at
    }

    /// Since when none of its attempts has been under way from here.
    pub fn quiet_since(&self) -> SystemTime {
        self.quiet_since
    }

    /// Whether more than one of its attempts may have reached the provider.
    pub(crate) fn may_be_several(&self) -> bool {
        self.repeated
    }

    /// Which event would settle it, and what to ask the provider's support.
    pub fn settled_by(&self) -> SettledBy {
        let Self {
            provider,
            reference,
            action,
            ..
        } = self;
        match action {
            Action::Create(request) => request.settled_by(reference),
            Action::Retry | Action::SubmitInvoice(_) => SettledBy {
                event: Some(format!(
                    "a signed `refund.completed` event of {provider} with `referenceId` `{reference}`"
                )),
                question: format!(
                    "is a refund of off-ramp `{reference}` queued or under way, and how did the last one \
                     end?"
                ),
            },
        }
    }

    /// How long an attempt can still be under way at the provider.
    pub(crate) fn settles_in(&self, settle_after: Duration, now: SystemTime) -> Duration {
        match now.duration_since(self.quiet_since) {
            Ok(quiet_for) => settle_after.saturating_sub(quiet_for),
            // The clock was set back: nothing is known of how long it has been quiet.
            Err(_) => settle_after,
        }
    }
}

/// Whether one call may send it more than once, whatever the policy.
fn may_be_repeated(action: &Action) -> bool {
    matches!(action, Action::Create(request) if request.may_be_repeated())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MceRefund, RefundRequest};

    #[test]
    fn a_stored_record_comes_back_unchanged() {
        let record = InDoubt::interrupted(
            ProviderName::Mce,
            Reference::new("r-1").unwrap(),
            RefundRequest::from(MceRefund::new(1, "t-1")),
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000),
        );
        let stored = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<InDoubt>(&stored).unwrap(), record);
    }

    #[test]
    fn a_restart_makes_a_lost_answer_an_interruption_and_forgets_no_server_error() {
        let record = InDoubt {
            cause: DoubtCause::Unanswered,
            ..InDoubt::interrupted(
                ProviderName::Kotanipay,
                Reference::new("r-1").unwrap(),
                Action::Retry,
                SystemTime::UNIX_EPOCH,
            )
        };
        let failed = InDoubt {
            cause: DoubtCause::ServerError,
            ..record.clone()
        };
        assert_eq!(record.after_restart().cause(), DoubtCause::Interrupted);
        assert_eq!(failed.after_restart().cause(), DoubtCause::ServerError);
    }

    #[test]
    fn only_what_nobody_saw_the_end_of_can_be_declared_unanswered() {
        let record = InDoubt::interrupted(
            ProviderName::Kotanipay,
            Reference::new("r-1").unwrap(),
            Action::Retry,
            SystemTime::UNIX_EPOCH,
        );
        let failed = InDoubt {
            cause: DoubtCause::ServerError,
            ..record.clone()
        };
        let cut_off = InDoubt {
            cause: DoubtCause::DeadlinePassed,
            ..record.clone()
        };
        assert_eq!(record.with_no_answer().cause(), DoubtCause::Unanswered);
        assert_eq!(cut_off.with_no_answer().cause(), DoubtCause::Unanswered);
        assert_eq!(failed.with_no_answer().cause(), DoubtCause::ServerError);
    }
}
