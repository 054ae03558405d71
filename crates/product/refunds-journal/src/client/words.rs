//! What a person found out.

use refunds::{DoubtCause, Reference};

use super::{
    JournaledRefunds,
    finding::{Finding, wait},
};
use crate::{Entry, JournalError, Source, State, StoreError, time::duration_millis};

/// Why a refund is rejected of which a person says that there is none.
const SAID_NO: &str = "rejected, as somebody says";

impl JournaledRefunds {
    /// Puts down that the provider has the refund, as its support or its dashboard says. Of one beside which another
    /// was accepted it says that somebody has seen to that: both keep counting, and it waits for nobody any more.
    ///
    /// # Errors
    /// It is not known, or neither in doubt nor accepted.
    pub async fn settle_as_accepted(&self, reference: &Reference) -> Result<Entry, JournalError> {
        let finding = Finding {
            state: Some(State::Pending),
            due_in: Some(wait(&self.times(), 0)),
            detail: Some("accepted, as somebody says".to_owned()),
            ..Finding::default()
        };
        self.by_word(reference, finding).await
    }

    /// Puts down that there is and will be no refund, so that it may be sent again. Of a retry that was accepted it
    /// says that none is queued.
    ///
    /// # Errors
    /// It is not known; its request can still be under way; the provider has accepted it; or it has paid.
    pub async fn settle_as_rejected(&self, reference: &Reference) -> Result<Entry, JournalError> {
        let finding = Finding {
            state: Some(State::Rejected),
            why: Some(SAID_NO.to_owned()),
            detail: Some(SAID_NO.to_owned()),
            ..Finding::default()
        };
        self.by_word(reference, finding).await
    }

    async fn by_word(
        &self,
        reference: &Reference,
        finding: Finding,
    ) -> Result<Entry, JournalError> {
        self.store()
            .in_time(self.put_word(reference, finding))
            .await
    }

    async fn put_word(
        &self,
        reference: &Reference,
        finding: Finding,
    ) -> Result<Entry, JournalError> {
        let says_no = finding.state == Some(State::Rejected);
        let mut tx = self.store().begin().await?;
        let Some((row, now)) = self.locked_row(&mut tx, reference).await? else {
            return Err(self.not_known(reference));
        };
        let (provider, reference) = (row.provider, row.reference.clone());
        let is_creation = !matches!(
            row.action,
            Some(refunds::Action::Retry | refunds::Action::SubmitInvoice(_))
        );
        match row.state {
            State::Sending | State::InDoubt if row.leased_until > now => {
                return Err(JournalError::Busy {
                    provider,
                    reference,
                    seconds: row.seconds_left(now),
                });
            }
            State::Sending => {
                self.interrupt(&mut tx, &row).await?;
                if says_no {
                    self.check_quiet(&row, row.leased_until, now)?;
                }
            }
            State::InDoubt => {
                let record = row.record.as_ref();
                // A refusal is an answer: nothing is under way after it.
                let answered =
                    record.is_some_and(|record| record.cause() == DoubtCause::MayExistAlready);
                // By the sender's clock, and by the journal's.
                let quiet_since = record
                    .map_or(now, |record| crate::time::millis(record.quiet_since()))
                    .max(row.changed_at);
                if says_no && !answered {
                    self.check_quiet(&row, quiet_since, now)?;
                }
            }
            state if state.is_accepted() && !says_no => {
                if row.beside.is_some() {
                    let seen = "UPDATE refunds SET waits_since = NULL WHERE id = $1";
                    let seen = sqlx::query(seen).bind(&row.id).execute(&mut *tx);
                    seen.await.map_err(StoreError::from)?;
                    let detail = "somebody has seen to the refund beside it";
                    self.only_append(&mut tx, &row.id, Source::Person, state, detail)
                        .await?;
                }
                tx.commit().await?;
                let seen = self.journal.row(&row.id).await?;
                return Ok(seen.unwrap_or(row).entry());
            }
            // A retry has no refund of its own: the provider's word that none is queued clears the way.
            state if state.is_accepted() && (is_creation || state == State::Succeeded) => {
                return Err(JournalError::Contradicted {
                    provider,
                    reference,
                    refund_id: row.refund_id,
                });
            }
            state if state.is_accepted() => {}
            state => {
                return Err(JournalError::NotInDoubt {
                    provider,
                    reference,
                    state,
                });
            }
        }
        self.write(&mut tx, &row.id, &finding, Source::Person)
            .await?;
        tx.commit().await?;
        let written = self.journal.row(&row.id).await?;
        Ok(written.unwrap_or(row).entry())
    }

    /// Nobody can know that there will be no refund while its request can still be under way.
    fn check_quiet(
        &self,
        row: &crate::store::Row,
        quiet_since: i64,
        now: i64,
    ) -> Result<(), JournalError> {
        let until = quiet_since.saturating_add(duration_millis(self.times().settle_after));
        if until <= now {
            return Ok(());
        }
        Err(JournalError::MayBeUnderWay {
            provider: row.provider,
            reference: row.reference.clone(),
            seconds: u64::try_from((until - now) / 1000 + 1).unwrap_or(u64::MAX),
        })
    }
}
