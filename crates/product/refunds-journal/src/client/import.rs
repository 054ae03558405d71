//! Refunds that were remembered elsewhere.

use refunds::{Action, InDoubt, Reference, RefundStatus, RetryMark};

use super::{JournaledRefunds, Wanted, insert::insert};
use sqlx::AssertSqlSafe;

use crate::{
    Entry, JournalError, Source, State, StoreError,
    store::{Row, Tx, fact, to_json},
    time::millis,
};

/// What was remembered of a refund elsewhere.
#[derive(Clone, Debug)]
pub enum Imported {
    /// It may have happened.
    InDoubt(Box<InDoubt>),
    /// The provider has taken it on.
    Accepted {
        /// The provider's id of it.
        refund_id: Option<String>,
        /// What the provider told last.
        status: Option<RefundStatus>,
        /// What it showed before an accepted retry at Kotani Pay.
        retry_mark: Option<RetryMark>,
    },
}

impl JournaledRefunds {
    /// Puts down what was remembered of a refund elsewhere. What the journal knows of it already stays.
    ///
    /// # Errors
    /// Another request is put down under the reference, or the journal cannot be written.
    pub async fn import(
        &self,
        reference: &Reference,
        action: Action,
        imported: Imported,
    ) -> Result<Entry, JournalError> {
        let wanted = Wanted::new(self, reference, action, None)?;
        self.store()
            .in_time(self.put_imported(wanted, imported))
            .await
    }

    async fn put_imported(
        &self,
        wanted: Wanted,
        imported: Imported,
    ) -> Result<Entry, JournalError> {
        let mut tx = self.store().begin().await?;
        let (payment, rows) = self.locked(&mut tx, &wanted).await?;
        let own = rows.into_iter().find(|row| row.id == wanted.id);
        // What was never sent from here is known better elsewhere; what a person has said no to is known here.
        let (known, unsent): (Option<Row>, Option<Row>) = match own {
            Some(row)
                if row.tries == 0
                    && matches!(
                        row.state,
                        State::NotSent | State::Rejected | State::Withdrawn
                    ) =>
            {
                (None, Some(row))
            }
            other => (other, None),
        };
        if let Some(row) = known {
            if row.digest == wanted.digest {
                tx.commit().await?;
                return Ok(row.entry());
            }
            return Err(JournalError::Differs {
                provider: row.provider,
                reference: row.reference,
                refund_id: row.refund_id,
            });
        }
        let new = self.new_row(&wanted, payment.now);
        let row = match imported {
            Imported::InDoubt(record) => Row {
                state: State::InDoubt,
                why: Some(record.cause().to_string()),
                first_sent_at: Some(millis(record.first_sent_at())),
                record: Some(*record),
                attempts: 1,
                tries: 1,
                due_at: Some(payment.now),
                ..new
            },
            Imported::Accepted {
                refund_id,
                status,
                retry_mark,
            } => {
                let state = match &status {
                    Some(RefundStatus::Succeeded) => State::Succeeded,
                    Some(RefundStatus::Failed | RefundStatus::Cancelled) => State::Failed,
                    _ => State::Pending,
                };
                Row {
                    state,
                    refund_id,
                    status,
                    retry_mark,
                    attempts: 1,
                    tries: 1,
                    due_at: (state == State::Pending).then_some(payment.now),
                    ..new
                }
            }
        };
        match unsent {
            Some(unsent) => self.replace(&mut tx, &unsent, &row).await?,
            None => insert(&mut tx, &row, Source::Import).await?,
        }
        tx.commit().await?;
        Ok(row.entry())
    }

    async fn replace(&self, tx: &mut Tx, unsent: &Row, row: &Row) -> Result<(), JournalError> {
        let update = format!(
            "UPDATE refunds SET payment = $2, action = $3, digest = $4, amount = $5, currency = $6, state = $7, \
             before = 'not_sent', queued = 0, status = $8, refund_id = $9, retry_mark = $10, record = $11, why = $12, \
             attempts = attempts + 1, tries = tries + 1, first_sent_at = $13, due_at = $14, looks = 0, waits_since = NULL, \
             evidence = NULL, leased_until = 0, fence = fence + 1, changed_at = {}, {} WHERE id = $1 AND fence = $15",
            self.store().dialect().now(),
            fact(Source::Import, "$7", "NULL")
        );
        let amount = row.amount.as_ref();
        let status = row.status.as_ref();
        let mark = row.retry_mark.as_ref();
        let record = row.record.as_ref();
        sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(&row.payment)
            .bind(to_json("action", &row.action)?)
            .bind(&row.digest)
            .bind(amount.map(|amount| amount.amount().to_string()))
            .bind(amount.map(|amount| amount.currency().to_string()))
            .bind(row.state.as_str())
            .bind(status.map(|status| to_json("status", status)).transpose()?)
            .bind(&row.refund_id)
            .bind(mark.map(|mark| to_json("retry_mark", mark)).transpose()?)
            .bind(record.map(|record| to_json("record", record)).transpose()?)
            .bind(&row.why)
            .bind(row.first_sent_at)
            .bind(row.due_at)
            .bind(unsent.fence)
            .execute(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        Ok(())
    }
}
