//! Settling what is in doubt, without ever sending it again where two could pay.

use std::sync::Arc;

use refunds::{InDoubt, Receipt, Reconciled, Reference};
use sqlx::AssertSqlSafe;

use super::{
    Held, JournaledRefunds, Recorder,
    claim::{Taken, new_fence},
    events::OF_ANOTHER,
    finding::{Finding, wait},
    settle::storable,
};
use crate::{
    Entry, JournalError, Source, State, StoreError,
    store::{Columns, Row, Tx, to_json},
    time::duration_millis,
};

/// What a reconciliation came to.
#[derive(Debug)]
#[must_use = "what is still unknown must not be recorded as failed"]
pub enum Settled {
    /// What was found now.
    Now(Box<Reconciled>),
    /// It was accepted before, and nobody was asked.
    Before(Box<Entry>),
    /// Nothing of it had happened when its sender ended: it may be sent.
    NotSent(Box<Entry>),
}

/// What is there to be reconciled.
pub(super) enum Doubtful {
    Held(Box<Held>, Box<InDoubt>),
    Before(Row),
    NotSent(Row),
}

impl JournaledRefunds {
    /// Settles a refund in doubt, as far as the provider allows.
    ///
    /// # Errors
    /// It is not known, not in doubt or being worked at; or the read failed, after which it is in doubt as before; or
    /// what was found cannot be put down ([`JournalError::FindingNotKept`]).
    pub async fn reconcile(&self, reference: &Reference) -> Result<Settled, JournalError> {
        let (mut held, record) = match self.store().in_time(self.take_doubtful(reference)).await? {
            Doubtful::Held(held, record) => (held, record),
            Doubtful::Before(row) => return Ok(Settled::Before(Box::new(row.entry()))),
            Doubtful::NotSent(row) => return Ok(Settled::NotSent(Box::new(row.entry()))),
        };
        let recorder = Recorder::of_reconciliation(self.store().clone(), self.times(), &held);
        let recorder = Arc::new(recorder);
        let refunds = self
            .refunds_within(&held.taken)
            .with_observer(recorder.clone());
        let reconciled = refunds.reconcile(&record).await;
        held.row.attempts = recorder.attempts();
        let reconciled = match reconciled {
            Ok(reconciled) => reconciled,
            Err(error) => {
                // Where it cannot be written, the lease ends by itself.
                if let Err(unkept) = self.still_in_doubt(&held, &error).await {
                    tracing::warn!(
                        refunds.provider = held.row.provider.as_str(),
                        error = %unkept,
                        "a refund that is still in doubt could not be given up"
                    );
                }
                return Err(error.into());
            }
        };
        let told = reconciled.accepted().and_then(Receipt::refund_id);
        let other = match told {
            Some(told) => self.other_of(&held.row, told).await,
            None => Ok(None),
        };
        let reconciled = Box::new(reconciled);
        match other {
            Ok(Some((refund_id, other))) => {
                let (provider, reference) = (held.row.provider, held.row.reference.clone());
                let error = JournalError::OfAnother {
                    provider,
                    reference,
                    refund_id,
                    other,
                };
                let times = self.times();
                let finding = Finding::of_another(error.to_string(), &record, &times, &held.row);
                let source = Source::Reconciliation;
                let settled = self.settle(&held, State::InDoubt, finding, source).await;
                return match settled {
                    Ok(()) => Err(error),
                    Err(source) => Err(JournalError::FindingNotKept { reconciled, source }),
                };
            }
            Ok(None) => {}
            Err(source) => return Err(JournalError::FindingNotKept { reconciled, source }),
        }
        let finding = Finding::of_reconciled(&reconciled, &record, &self.times(), &held.row);
        match self
            .settle(&held, State::InDoubt, finding, Source::Reconciliation)
            .await
        {
            Ok(()) => Ok(Settled::Now(reconciled)),
            Err(source) => Err(JournalError::FindingNotKept { reconciled, source }),
        }
    }

    /// The reference under which the journal knows what the provider shows, where that is another.
    async fn other_of(
        &self,
        row: &Row,
        told: &str,
    ) -> Result<Option<(String, Reference)>, StoreError> {
        use sqlx::Row as _;

        let query = sqlx::query(OF_ANOTHER)
            .bind(row.provider.as_str())
            .bind(&row.place)
            .bind(storable(told))
            .bind(&row.id);
        let rows = self.store().read(query).await?;
        let other: Option<String> = rows.first().map(|row| row.try_get(0)).transpose()?;
        let other = other.and_then(|other| Reference::new(other).ok());
        Ok(other.map(|other| (told.to_owned(), other)))
    }

    /// Takes a refund in doubt on; one whose sender has ended is in doubt from now on.
    async fn take_doubtful(&self, reference: &Reference) -> Result<Doubtful, JournalError> {
        let taken = Taken::now();
        let mut tx = self.store().begin().await?;
        let now_text = self.store().dialect().now();
        let Some((row, now)) = self.locked_row(&mut tx, reference).await? else {
            return Err(self.not_known(reference));
        };
        let (provider, reference) = (row.provider, row.reference.clone());
        let seconds = row.seconds_left(now);
        let busy = || JournalError::Busy {
            provider,
            reference: reference.clone(),
            seconds,
        };
        let (record, fence) = match row.state {
            State::Sending | State::InDoubt if row.leased_until > now => return Err(busy()),
            State::Sending if row.clean => {
                if !self.take_back(&mut tx, &row).await? {
                    return Err(busy());
                }
                tx.commit().await?;
                return Ok(Doubtful::NotSent(Row {
                    state: row.before,
                    ..row
                }));
            }
            State::Sending => (self.interrupt(&mut tx, &row).await?, row.fence + 1),
            State::InDoubt => match &row.record {
                // What a reconciliation that was cut off has sent, nobody saw the end of.
                Some(record) if row.reconciling => (record.clone().after_restart(), row.fence),
                Some(record) => (record.clone(), row.fence),
                None => return Err(busy()),
            },
            state if state.is_accepted() => {
                tx.commit().await?;
                return Ok(Doubtful::Before(row));
            }
            state => {
                return Err(JournalError::NotInDoubt {
                    provider,
                    reference,
                    state,
                });
            }
        };
        let own = new_fence();
        let update = format!(
            "UPDATE refunds SET fence = $3, leased_until = {now_text} + $4, due_at = {now_text} + $4, reconciling = 1, \
             record = $5 WHERE id = $1 AND fence = $2"
        );
        sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(fence)
            .bind(own)
            .bind(duration_millis(self.times().lease))
            .bind(to_json("record", &record)?)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::from)?;
        tx.commit().await?;
        let held = Held {
            fence: own,
            row: Row {
                state: State::InDoubt,
                ..row
            },
            taken,
            unsent: Arc::default(),
        };
        Ok(Doubtful::Held(Box::new(held), Box::new(record)))
    }

    /// Nobody was reached: it is as it was, and looked at again later.
    async fn still_in_doubt(
        &self,
        held: &Held,
        error: &refunds::RefundError,
    ) -> Result<(), JournalError> {
        let update = format!(
            "UPDATE refunds SET leased_until = 0, reconciling = 0, due_at = {} + $3, looks = looks + 1, why = $4 \
             WHERE id = $1 AND fence = $2 AND state = 'in_doubt'",
            self.store().dialect().now()
        );
        let query = sqlx::query(AssertSqlSafe(update))
            .bind(&held.row.id)
            .bind(held.fence)
            .bind(duration_millis(wait(&self.times(), held.row.looks)))
            .bind(storable(&error.to_string()));
        self.store().write(query).await?;
        Ok(())
    }

    /// A refund, locked until the transaction ends, and the database's time.
    pub(super) async fn locked_row(
        &self,
        tx: &mut Tx,
        reference: &Reference,
    ) -> Result<Option<(Row, i64)>, JournalError> {
        use sqlx::Row as _;

        let dialect = self.store().dialect();
        let select = format!(
            "SELECT {}, {} AS now FROM refunds WHERE id = $1 {}",
            Columns::ALL,
            dialect.now(),
            dialect.for_update()
        );
        let found = sqlx::query(AssertSqlSafe(select))
            .bind(self.refund_id(reference))
            .fetch_optional(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        let Some(found) = found else {
            return Ok(None);
        };
        let now = found.try_get("now").map_err(StoreError::from)?;
        Ok(Some((Row::read(&found)?, now)))
    }

    pub(super) fn not_known(&self, reference: &Reference) -> JournalError {
        JournalError::NotKnown {
            provider: self.refunds.provider(),
            reference: reference.clone(),
            place: self.place.to_string(),
        }
    }
}
