//! Putting a refund down for workers to send.

use refunds::{Action, Reference};
use sqlx::AssertSqlSafe;

use super::{JournaledRefunds, Order, claim::Wanted, insert::insert, payment};
use crate::{
    Entry, JournalError, Source, State, StoreError,
    store::{Row, Tx, fact, to_json},
};

impl JournaledRefunds {
    /// Puts a refund down for workers to send; one that was rejected or withdrawn is put down again.
    ///
    /// # Errors
    /// As for [`create`](Self::create); or it is a line of a batch that was not approved or was cancelled.
    pub async fn enqueue(
        &self,
        reference: &Reference,
        order: impl Into<Order>,
    ) -> Result<Entry, JournalError> {
        let Order { request, total } = order.into();
        let wanted = Wanted::new(self, reference, Action::Create(request), total)?;
        self.store().in_time(self.put_queued(&wanted)).await
    }

    async fn put_queued(&self, wanted: &Wanted) -> Result<Entry, JournalError> {
        let mut tx = self.store().begin().await?;
        let (payment, rows) = self.locked(&mut tx, wanted).await?;
        let (own, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id == wanted.id);
        let own = own.into_iter().next();
        if let Some(row) = &own
            && !self.may_be_queued(row, wanted)?
        {
            // What was just put down has to be on the disk before anybody relies on it.
            tx.commit().await?;
            return Ok(row.entry());
        }
        let fits = payment::check(payment.total.as_ref(), wanted.amount.as_ref(), &others);
        if let Err(taken) = fits {
            // What was told of the payment holds all the same.
            tx.commit().await?;
            return Err(self.beyond(wanted, taken));
        }
        let new = Row {
            queued: true,
            due_at: Some(payment.now),
            ..self.new_row(wanted, payment.now)
        };
        let row = match own {
            Some(row) => self.queue_again(&mut tx, row, new).await?,
            None => {
                insert(&mut tx, &new, Source::Call).await?;
                new
            }
        };
        tx.commit().await?;
        Ok(row.entry())
    }

    /// Whether what was put down before is to be queued, and was not yet.
    fn may_be_queued(&self, row: &Row, wanted: &Wanted) -> Result<bool, JournalError> {
        let (provider, reference) = (row.provider, row.reference.clone());
        let differs = row.digest != wanted.digest;
        match row.state {
            State::NotSent | State::Rejected | State::Withdrawn if !row.queued => {
                match &row.batch {
                    Some(batch) if !row.may_be_sent_of_its_batch() => Err(JournalError::OfBatch {
                        provider,
                        reference,
                        batch: batch.clone(),
                    }),
                    _ => Ok(true),
                }
            }
            _ if differs => Err(JournalError::Differs {
                provider,
                reference,
                refund_id: row.refund_id.clone(),
            }),
            State::InDoubt => Err(JournalError::InDoubt {
                provider,
                reference,
                cause: row
                    .record
                    .as_ref()
                    .map_or(refunds::DoubtCause::Interrupted, refunds::InDoubt::cause),
            }),
            _ => Ok(false),
        }
    }

    async fn queue_again(&self, tx: &mut Tx, row: Row, new: Row) -> Result<Row, JournalError> {
        let update = format!(
            "UPDATE refunds SET state = 'not_sent', before = 'not_sent', queued = 1, payment = $2, action = $3, \
             digest = $4, amount = $5, currency = $6, due_at = {now}, looks = 0, why = NULL, evidence = NULL, \
             fence = fence + 1, changed_at = {now}, {} WHERE id = $1",
            fact(Source::Call, "'not_sent'", "'queued again'"),
            now = self.store().dialect().now()
        );
        let amount = new.amount.as_ref();
        sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(&new.payment)
            .bind(to_json("action", &new.action)?)
            .bind(&new.digest)
            .bind(amount.map(|amount| amount.amount().to_string()))
            .bind(amount.map(|amount| amount.currency().to_string()))
            .execute(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        Ok(Row {
            batch: row.batch,
            line: row.line,
            attempts: row.attempts,
            tries: row.tries,
            created_at: row.created_at,
            ..new
        })
    }
}
