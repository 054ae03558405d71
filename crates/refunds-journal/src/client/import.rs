//! Refunds that were remembered elsewhere.

use std::time::SystemTime;

use refunds::{Action, InDoubt, Reference, RefundStatus, RetryMark};

use super::{JournaledRefunds, Wanted, insert::insert};
use crate::{Entry, JournalError, Source, State, store::Row, time::millis};

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
        let mut tx = self.store().begin().await?;
        let (payment, rows) = self.locked(&mut tx, &wanted).await?;
        if let Some(row) = rows.into_iter().find(|row| row.id == wanted.id) {
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
                    first_sent_at: Some(millis(SystemTime::now())),
                    due_at: (state == State::Pending).then_some(payment.now),
                    ..new
                }
            }
        };
        insert(&mut tx, &row, Source::Import).await?;
        tx.commit().await?;
        Ok(row.entry())
    }
}
