//! The ends of a lease: given up, taken back, or run out in mid-air.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use refunds::{InDoubt, ProviderName};
use sqlx::AssertSqlSafe;

use super::{JournaledRefunds, claim::Held, finding::repeated};
use crate::{
    JournalError, Source, StoreError,
    store::{Row, Store, Tx, fact, to_json},
    time::system_time,
};

/// Puts a refund back to where it stood before it was taken on; what is queued or pending is looked at again.
fn put_back(now: &str) -> String {
    format!(
        "state = before, fence = fence + 1, leased_until = 0, clean = 0, changed_at = {now}, \
         tries = CASE WHEN tries > 1 THEN tries - 1 ELSE 0 END, \
         first_sent_at = CASE WHEN tries > 1 THEN first_sent_at ELSE NULL END, \
         due_at = CASE WHEN before = 'pending' OR (queued = 1 AND before = 'not_sent') THEN {now} ELSE NULL END"
    )
}

/// A refund that was taken on and of which nothing is sent yet. It is given up where that stays so, as where the call is
/// dropped: nobody else has its fence. If that cannot be written, the lease ends by itself and the refund is taken for
/// interrupted.
#[derive(Debug, Default)]
pub(super) struct Unsent(Mutex<Option<Lease>>);

#[derive(Debug)]
struct Lease {
    store: Store,
    provider: ProviderName,
    id: String,
    fence: i64,
}

impl Unsent {
    pub(super) fn new(store: Store, row: &Row) -> Self {
        Self(Mutex::new(Some(Lease::of(store, row))))
    }

    /// An attempt is made, or how the call ends is put down.
    pub(super) fn is_over(&self) {
        self.take();
    }

    fn take(&self) -> Option<Lease> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Drop for Unsent {
    fn drop(&mut self) {
        if let Some(lease) = self.take() {
            lease.store.clone().say_later(lease.release());
        }
    }
}

impl Lease {
    fn of(store: Store, row: &Row) -> Self {
        Self {
            store,
            provider: row.provider,
            id: row.id.clone(),
            fence: row.fence,
        }
    }

    async fn release(self) {
        let update = format!(
            "UPDATE refunds SET {}, {} WHERE id = $1 AND fence = $2 AND state = 'sending'",
            put_back(self.store.dialect().now()),
            fact(
                Source::Journal,
                "before",
                "'given up before anything happened'"
            )
        );
        for pause in [0, 200, 1_000] {
            tokio::time::sleep(Duration::from_millis(pause)).await;
            let query = sqlx::query(AssertSqlSafe(update.clone()))
                .bind(&self.id)
                .bind(self.fence);
            // Where nothing is found, the commit that took it on was not made, or is still being made.
            if let Ok(1) = self.store.write(query).await {
                return;
            }
        }
        tracing::warn!(
            refunds.provider = self.provider.as_str(),
            "a lease under which nothing was sent could not be given up"
        );
    }
}

impl JournaledRefunds {
    /// Gives up a lease under which nothing happened.
    pub(super) async fn release(&self, held: &Held) {
        held.unsent.is_over();
        Lease::of(self.store().clone(), &held.row).release().await;
    }

    /// Puts a refund back whose lease is over and by whose sending nothing has happened, so that whoever held it
    /// cannot go on: `false` if they have gone on meanwhile.
    pub(super) async fn take_back(&self, tx: &mut Tx, row: &Row) -> Result<bool, StoreError> {
        let update = format!(
            "UPDATE refunds SET {}, {} WHERE id = $1 AND fence = $2 AND attempts = $3 AND \
             state = 'sending' AND clean = 1",
            put_back(self.store().dialect().now()),
            fact(
                Source::Journal,
                "before",
                "'the lease has ended, and nothing had happened'"
            )
        );
        let taken = sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(row.fence)
            .bind(row.attempts)
            .execute(&mut **tx)
            .await?;
        Ok(taken.rows_affected() == 1)
    }

    /// Takes what somebody else began, and whose lease has ended, for interrupted.
    pub(super) async fn interrupt(&self, tx: &mut Tx, row: &Row) -> Result<InDoubt, JournalError> {
        let record = interrupted(row)?;
        let now = self.store().dialect().now();
        let update = format!(
            "UPDATE refunds SET state = 'in_doubt', record = $3, why = $4, fence = fence + 1, leased_until = 0, \
             due_at = {now}, changed_at = {now}, {} \
             WHERE id = $1 AND fence = $2 AND state = 'sending' AND attempts = $5",
            fact(Source::Journal, "'in_doubt'", "'the lease has ended'")
        );
        let interrupted = sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(row.fence)
            .bind(to_json("record", &record)?)
            .bind(record.cause().to_string())
            .bind(row.attempts)
            .execute(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        if interrupted.rows_affected() == 0 {
            return Err(JournalError::Busy {
                provider: row.provider,
                reference: row.reference.clone(),
                seconds: None,
            });
        }
        Ok(record)
    }
}

/// The record of a write whose end nobody saw. Until the lease's end an attempt may have been under way.
fn interrupted(row: &Row) -> Result<InDoubt, JournalError> {
    let Some(action) = row.action.clone() else {
        return Err(JournalError::Forgotten {
            provider: row.provider,
            reference: row.reference.clone(),
        });
    };
    let first_sent_at = row
        .first_sent_at
        .map_or(SystemTime::UNIX_EPOCH, system_time);
    let record = InDoubt::interrupted(row.provider, row.reference.clone(), action, first_sent_at)
        .with_quiet_since(system_time(row.leased_until));
    Ok(repeated(record, row))
}
