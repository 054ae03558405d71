//! One step of one refund, whatever state it is in.

use refunds::{Reconciled, Reference, RefundError, RejectionReason};
use sqlx::AssertSqlSafe;

use super::{
    Claimed, JournaledRefunds, Settled, Wanted,
    finding::{is_of_the_caller, wait},
};
use std::time::Duration;

use crate::{JournalError, State, store::Row, time::duration_millis};

/// What a sweep has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// Refunds that were looked at.
    pub looked_at: u64,
    /// Those that have come to an end.
    pub settled: u64,
    /// Those that could not be looked at, because the provider or the journal failed.
    pub failed: u64,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The refund has come to an end.
    Ended,
    /// It is to be looked at again later.
    Later,
    /// There was nothing to do.
    Nothing,
}

impl JournaledRefunds {
    /// Makes the next step of a refund: sends what is queued, reconciles what is in doubt, reads what is pending.
    ///
    /// Any worker may call it for any refund at any time, and twice: whoever comes second finds nothing to do. A
    /// refund in doubt is never sent by it.
    ///
    /// # Errors
    /// The provider or the journal failed. The refund is looked at again later.
    pub async fn advance(&self, reference: &Reference) -> Result<Step, JournalError> {
        let id = self.refund_id(reference);
        let Some(row) = self.journal.row(&id).await? else {
            return Err(self.not_known(reference));
        };
        self.step(&row, true).await
    }

    /// The step of a refund as it was read; what has changed since is found when it is taken on.
    pub(crate) async fn step(&self, row: &Row, may_send: bool) -> Result<Step, JournalError> {
        match row.state {
            State::NotSent if row.queued && may_send => self.send_queued(row).await,
            State::Sending | State::InDoubt => self.look_into(row).await,
            State::Pending => {
                let step = self.read_back(row).await;
                if step.is_err() {
                    self.look_again(row, wait(&self.times(), row.looks)).await?;
                }
                step
            }
            _ => Ok(Step::Nothing),
        }
    }

    async fn send_queued(&self, row: &Row) -> Result<Step, JournalError> {
        let Some(action) = row.action.clone() else {
            return Ok(Step::Nothing);
        };
        let wanted = Wanted {
            handed: Some(row.clone()),
            // Another version may write the same request in other words.
            digest: row.digest.clone(),
            ..Wanted::new(self, &row.reference, action, None)?
        };
        let held = match self.claim_now(wanted).await {
            Ok(Some(Claimed::Held(held))) => held,
            Ok(Some(Claimed::Before(_) | Claimed::NotQueued)) => return Ok(Step::Nothing),
            // Another of its payment is being sent.
            Ok(None) => {
                let doublings = u32::try_from(row.looks.clamp(0, 6)).unwrap_or(0);
                let pause = self.times().poll.saturating_mul(1 << doublings);
                self.together.waits_for(&row.payment);
                self.look_again(row, pause).await?;
                return Ok(Step::Later);
            }
            Err(JournalError::Beyond { .. }) => return Ok(Step::Ended),
            Err(JournalError::Busy { .. } | JournalError::InDoubt { .. }) => {
                return Ok(Step::Later);
            }
            Err(error) => return Err(error),
        };
        let sent = self.send(*held, None).await;
        self.wake_next_of(&row.payment).await;
        match sent {
            Ok(outcome) if outcome.unknown().is_some() => Ok(Step::Later),
            Ok(outcome) => match outcome.rejected() {
                // It is tried again; where that can never help, as with refused credentials, somebody has to know.
                Some(rejection)
                    if rejection.reason() == RejectionReason::NotSent
                        || is_of_the_caller(rejection) =>
                {
                    Err(JournalError::NotSentYet {
                        provider: rejection.provider(),
                        reference: rejection.reference().clone(),
                        why: rejection.error().to_string(),
                    })
                }
                Some(rejection) if !matches!(rejection.reason(), RejectionReason::Refused) => {
                    Ok(Step::Later)
                }
                _ => Ok(Step::Ended),
            },
            // Without time for it, it is tried again.
            Err(JournalError::LeaseLost | JournalError::Refund(RefundError::NoTime { .. })) => {
                Ok(Step::Later)
            }
            Err(JournalError::Refund(_)) => Ok(Step::Ended),
            Err(error) => Err(error),
        }
    }

    /// Lets the next refund of a payment be handed out at once, where this process has seen that some wait for it. One that the
    /// provider has told to wait, or whose batch does, is not of these.
    async fn wake_next_of(&self, payment: &str) {
        if !self.together.is_waited_for(payment) {
            return;
        }
        let now = self.store().dialect().now();
        let update = format!(
            "UPDATE refunds SET due_at = {now} WHERE id = (SELECT id FROM refunds WHERE payment = $1 \
             AND state = 'not_sent' AND queued = 1 AND looks > 0 AND why IS NULL AND due_at > {now} LIMIT 1)"
        );
        let query = sqlx::query(AssertSqlSafe(update)).bind(payment.to_owned());
        // Where it cannot be written, it is looked at again all the same.
        if !matches!(self.store().write(query).await, Ok(1)) {
            self.together.waits_no_more(payment);
        }
    }

    async fn look_into(&self, row: &Row) -> Result<Step, JournalError> {
        match self.reconcile(&row.reference).await {
            Ok(Settled::Now(reconciled)) => Ok(match *reconciled {
                Reconciled::Succeeded(_) | Reconciled::Failed(_) => Step::Ended,
                _ => Step::Later,
            }),
            Ok(Settled::Before(_)) => Ok(Step::Nothing),
            Ok(Settled::NotSent(_))
            | Err(JournalError::Busy { .. } | JournalError::OfAnother { .. }) => Ok(Step::Later),
            Err(error) => Err(error),
        }
    }

    /// Sets when a worker looks at it again.
    pub(super) async fn look_again(&self, row: &Row, after: Duration) -> Result<(), JournalError> {
        let update = format!(
            "UPDATE refunds SET due_at = {} + $3, looks = looks + 1 WHERE id = $1 AND fence = $2 AND state = $4",
            self.store().dialect().now()
        );
        let query = sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(row.fence)
            .bind(duration_millis(after))
            .bind(row.stored.as_str());
        self.store().write(query).await?;
        Ok(())
    }

    /// Says that it waits for a person, who may know of an event; whether anybody looks again is another matter.
    pub(super) async fn have_it_wait(
        &self,
        row: &Row,
        looks_again: bool,
    ) -> Result<(), JournalError> {
        let update = format!(
            "UPDATE refunds SET waits_since = COALESCE(waits_since, {}), due_at = {} \
             WHERE id = $1 AND fence = $2 AND state = 'pending'",
            self.store().dialect().now(),
            if looks_again { "due_at" } else { "NULL" }
        );
        let query = sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(row.fence);
        self.store().write(query).await?;
        Ok(())
    }

    /// Settles what evidence can settle now of this provider and place: what was begun and left, what is in doubt,
    /// what is pending. Nothing is sent that was not sent before, and what is queued is left to workers. Call it
    /// after a restart, and from time to time.
    ///
    /// # Errors
    /// The journal failed.
    pub async fn sweep(&self) -> Result<Swept, JournalError> {
        let mut swept = Swept::default();
        let due = self
            .journal
            .due(
                self.refunds.provider(),
                &self.place,
                1_000,
                crate::due::Queued::None,
            )
            .await?;
        for row in due {
            swept.looked_at += 1;
            match self.step(&row, false).await {
                Ok(Step::Ended) => swept.settled += 1,
                Ok(_) => {}
                Err(error) => {
                    swept.failed += 1;
                    tracing::warn!(
                        refunds.provider = self.refunds.provider().as_str(),
                        error = %error,
                        "a refund could not be looked into: it is tried again later"
                    );
                }
            }
        }
        self.journal.tell_waiting().await?;
        Ok(swept)
    }
}
