//! Taking a refund on: decided under the payment's lock, and committed before anything is sent.

use std::{
    slice::from_ref,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use refunds::{Action, InDoubt, Money, Reference};
use sqlx::AssertSqlSafe;

use super::{JournaledRefunds, finding::Finding, insert::insert, lease::Unsent, payment};
use crate::{
    BatchState, JournalError, Settings, Source, State, StoreError,
    identity::{action_digest, payment_id, payment_of},
    store::{Columns, PaymentRow, Row, Tx},
};

/// A write that is asked for.
pub(super) struct Wanted {
    pub(super) id: String,
    pub(super) reference: Reference,
    pub(super) payment: String,
    pub(super) payment_name: String,
    pub(super) action: Action,
    pub(super) digest: String,
    pub(super) amount: Option<Money>,
    pub(super) total: Option<Money>,
    /// The fence of an accepted try that is seen to have failed, which this one follows.
    pub(super) follows: Option<i64>,
    /// What a worker was handed, which may send what is queued and nothing else.
    pub(super) handed: Option<Row>,
}

impl Wanted {
    pub(super) fn new(
        client: &JournaledRefunds,
        reference: &Reference,
        action: Action,
        total: Option<Money>,
    ) -> Result<Self, JournalError> {
        let provider = client.refunds.provider();
        let payment_name = payment_of(&action, reference).to_owned();
        let amount = match &action {
            Action::Create(request) => {
                // What the facade would refuse takes nothing of the payment.
                request.check(reference)?;
                request.amount().cloned()
            }
            _ => None,
        };
        Ok(Self {
            id: client.refund_id(reference),
            reference: reference.clone(),
            payment: payment_id(provider, &client.place, &payment_name),
            payment_name,
            digest: action_digest(&action)?,
            action,
            amount,
            total,
            follows: None,
            handed: None,
        })
    }
}

/// A refund that belongs to this call, until the lease ends.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) row: Row,
    pub(super) fence: i64,
    pub(super) taken: Taken,
    pub(super) unsent: Arc<Unsent>,
}

/// A number that was never used, not even in a transaction that was rolled back, so that it is the holder's alone.
pub(super) fn new_fence() -> i64 {
    fastrand::i64(1..i64::MAX / 2)
}

/// By how much a clock on the wall is corrected without having been set.
const CORRECTION: Duration = Duration::from_secs(2);

/// When a lease began, by both clocks: one stands still while the machine sleeps, the other can be set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taken {
    at: Instant,
    wall: SystemTime,
}

impl Taken {
    pub(super) fn now() -> Self {
        Self {
            at: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    /// How much of the lease is over.
    pub(super) fn gone(&self) -> Duration {
        match self.wall.elapsed() {
            Ok(by_the_wall) => by_the_wall.max(self.at.elapsed()),
            Err(back) if back.duration() < CORRECTION => self.at.elapsed(),
            // A wall clock that was set back tells nothing.
            Err(_) => Duration::MAX,
        }
    }

    /// Whether so little of the lease is over that an attempt can be made under it.
    pub(super) fn leaves_an_attempt(&self, times: &Settings) -> bool {
        let needed = times.longest_attempt.saturating_add(times.settle_after);
        self.gone() < times.lease.saturating_sub(needed)
    }
}

#[derive(Debug)]
pub(super) enum Claimed {
    Held(Box<Held>),
    /// It was accepted before.
    Before(Box<Row>),
    /// It is none that a worker may send any more.
    NotQueued,
}

/// What becomes of a claim within its transaction.
#[derive(Debug)]
pub(super) enum Decided {
    Claimed(Claimed),
    /// Another refund of the payment is being sent.
    Wait(String),
}

impl JournaledRefunds {
    /// A refund that is taken on to be sent, and given up where it is not.
    pub(super) fn held(&self, row: Row, taken: Taken) -> Held {
        Held {
            fence: row.fence,
            unsent: Arc::new(Unsent::new(self.store().clone(), &row)),
            row,
            taken,
        }
    }

    /// Takes a refund on, as soon as no other of its payment is being sent.
    pub(super) async fn claim_in_turn(&self, wanted: &Wanted) -> Result<Claimed, JournalError> {
        let times = self.times();
        let begun = Instant::now();
        loop {
            match self.store().in_time(self.claim(wanted)).await? {
                Decided::Claimed(claimed) => return Ok(claimed),
                Decided::Wait(other) if begun.elapsed() > times.lease => {
                    return Err(JournalError::PaymentBusy {
                        provider: self.refunds.provider(),
                        reference: wanted.reference.clone(),
                        other,
                    });
                }
                Decided::Wait(_) => tokio::time::sleep(times.poll).await,
            }
        }
    }

    /// The same for a worker, which does not wait: `None` where another of its payment is being sent.
    pub(super) async fn claim_now(&self, wanted: Wanted) -> Result<Option<Claimed>, JournalError> {
        let wanted = Arc::new(wanted);
        let decided = match self.claim_with_others(&wanted).await {
            Some(decided) => decided,
            None => self.store().in_time(self.claim(&wanted)).await?,
        };
        match decided {
            Decided::Claimed(claimed) => Ok(Some(claimed)),
            Decided::Wait(_) => Ok(None),
        }
    }

    async fn claim(&self, wanted: &Wanted) -> Result<Decided, JournalError> {
        let taken = Taken::now();
        let mut tx = self.store().begin().await?;
        let (payment, rows) = self.locked(&mut tx, wanted).await?;
        let (own, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.id == wanted.id);
        let own = own.into_iter().next();
        if wanted.handed.is_some()
            && let Some(decided) = self
                .not_for_workers(&mut tx, wanted, own.as_ref(), &payment)
                .await?
        {
            tx.commit().await?;
            return Ok(decided);
        }
        let own = match own {
            Some(row) => match self.standing(&mut tx, wanted, row, payment.now).await? {
                Standing::Free(row) => Some(row),
                Standing::Before(row) => {
                    tx.commit().await?;
                    return Ok(Decided::Claimed(Claimed::Before(Box::new(row))));
                }
                Standing::InDoubt(error) => {
                    tx.commit().await?;
                    return Err(error);
                }
            },
            None => None,
        };
        if let Some(other) = payment::being_sent(&others, payment.now) {
            // What was told of the payment holds all the same.
            tx.commit().await?;
            return Ok(Decided::Wait(other.reference.to_string()));
        }
        for other in others.iter().filter(|other| payment::is_left(other)) {
            if !self.take_back(&mut tx, other).await? {
                return Ok(Decided::Wait(other.reference.to_string()));
            }
        }
        if let Err(taken) = payment::check(payment.total.as_ref(), wanted.amount.as_ref(), &others)
        {
            // A worker will not find it again; whoever asked is told.
            if let Some(row) = own.filter(|row| row.queued) {
                self.reject(&mut tx, &row, &taken).await?;
            }
            tx.commit().await?;
            return Err(self.beyond(wanted, taken));
        }
        let row = self
            .begin_sending(&mut tx, wanted, own, payment.now)
            .await?;
        // Whether it is committed may not be heard; that nothing is sent is known, and the fence is nobody else's.
        let held = self.held(row, taken);
        tx.commit().await?;
        Ok(Decided::Claimed(Claimed::Held(Box::new(held))))
    }

    /// The payment, locked until the transaction ends, and the refunds that count: those of it, and the own one.
    pub(super) async fn locked(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
    ) -> Result<(PaymentRow, Vec<Row>), JournalError> {
        let now = self.store().dialect().now();
        let upsert = format!(
            "INSERT INTO payments (id, provider, place, name, total, currency, turn) \
             VALUES ($1, $2, $3, $4, $5, $6, 0) \
             ON CONFLICT (id) DO UPDATE SET turn = payments.turn + 1, \
             total = COALESCE(payments.total, excluded.total), \
             currency = COALESCE(payments.currency, excluded.currency) \
             RETURNING total, currency, {now} AS now"
        );
        let total = wanted.total.as_ref();
        let row = sqlx::query(AssertSqlSafe(upsert))
            .bind(&wanted.payment)
            .bind(self.refunds.provider().as_str())
            .bind(self.place.as_str())
            .bind(&wanted.payment_name)
            .bind(total.map(|total| total.amount().to_string()))
            .bind(total.map(|total| total.currency().to_string()))
            .fetch_one(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        let payment = PaymentRow::read(&row)?;
        if let (Some(told), Some(known)) = (total, &payment.total)
            && told != known
        {
            return Err(JournalError::TotalDiffers {
                provider: self.refunds.provider(),
                payment: wanted.payment_name.clone(),
                told: told.clone(),
                known: known.to_string(),
            });
        }
        // The own row is locked too: whoever holds it puts attempts down without the payment's lock.
        let select = format!(
            "WITH own AS (SELECT {columns} FROM refunds WHERE id = $2 {lock}) SELECT * FROM own UNION ALL \
             SELECT {columns} FROM refunds WHERE payment = $1 AND id <> $2",
            columns = Columns::ALL,
            lock = self.store().dialect().for_update(),
        );
        let rows = sqlx::query(AssertSqlSafe(select))
            .bind(&wanted.payment)
            .bind(&wanted.id)
            .fetch_all(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        let rows: Result<_, _> = rows.iter().map(Row::read).collect();
        Ok((payment, rows?))
    }

    pub(super) fn beyond(&self, wanted: &Wanted, taken: String) -> JournalError {
        JournalError::Beyond {
            provider: self.refunds.provider(),
            reference: wanted.reference.clone(),
            payment: wanted.payment_name.clone(),
            asked: wanted.amount.clone().map(Box::new),
            taken,
        }
    }

    /// What a worker finds that may not be sent any more since it was handed out; `None` where it may.
    async fn not_for_workers(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
        own: Option<&Row>,
        payment: &PaymentRow,
    ) -> Result<Option<Decided>, JournalError> {
        let not_queued = Ok(Some(Decided::Claimed(Claimed::NotQueued)));
        let Some(own) = own.filter(|own| own.queued && own.digest == wanted.digest) else {
            return not_queued;
        };
        let is_left = payment::is_left(own)
            && own.leased_until <= payment.now
            && own.before == State::NotSent;
        if own.state != State::NotSent && !is_left {
            return not_queued;
        }
        // It was tried since it was handed out, and is to wait.
        let is_old = wanted
            .handed
            .as_ref()
            .is_some_and(|handed| (handed.fence, handed.attempts) != (own.fence, own.attempts));
        if is_old && !is_left && own.due_at.is_some_and(|due_at| due_at > payment.now) {
            return not_queued;
        }
        if own.batch_state == Some(BatchState::Approved)
            && own.batch_runs_from.is_some_and(|from| from > payment.now)
        {
            return not_queued;
        }
        if own.may_be_sent_of_its_batch() {
            return Ok(None);
        }
        let finding = Finding {
            state: Some(State::Withdrawn),
            why: Some("its batch was cancelled".to_owned()),
            detail: Some("its batch was cancelled".to_owned()),
            ..Finding::default()
        };
        self.write(tx, &own.id, &finding, Source::Journal).await?;
        not_queued
    }

    /// Whether what was put down under the reference may be sent.
    async fn standing(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
        row: Row,
        now: i64,
    ) -> Result<Standing, JournalError> {
        let (provider, reference) = (row.provider, row.reference.clone());
        let differs = row.digest != wanted.digest;
        let row = match row.state {
            State::Sending if row.leased_until > now => {
                return Err(JournalError::Busy {
                    provider,
                    reference,
                    seconds: row.seconds_left(now),
                });
            }
            // What was accepted before is followed by what was proved to be free to follow.
            State::Sending if row.clean && row.before.is_accepted() => {
                return Ok(Standing::Free(Row {
                    state: row.before,
                    ..row
                }));
            }
            State::Sending if row.clean => Row {
                state: row.before,
                ..row
            },
            _ => row,
        };
        match row.state {
            State::Sending => {
                let record = self.interrupt(tx, &row).await?;
                Ok(Standing::InDoubt(in_doubt(&row, &record)))
            }
            State::InDoubt => Ok(Standing::InDoubt(match &row.record {
                Some(record) => in_doubt(&row, record),
                None => JournalError::Busy {
                    provider,
                    reference,
                    seconds: None,
                },
            })),
            _ if row.state.is_accepted()
                && row.state != State::Succeeded
                && wanted.follows == Some(row.fence) =>
            {
                Ok(Standing::Free(row))
            }
            // An off-ramp has one refund, which can fail and be tried again; whether it may is asked before.
            _ if row.state.is_accepted()
                && (!differs || !matches!(wanted.action, Action::Create(_))) =>
            {
                Ok(Standing::Before(row))
            }
            // Of a line that was planned, somebody approves what was planned.
            _ if differs && (row.state.is_accepted() || row.queued || row.is_planned()) => {
                Err(JournalError::Differs {
                    provider,
                    reference,
                    refund_id: row.refund_id,
                })
            }
            _ => Ok(Standing::Free(row)),
        }
    }

    /// Puts the refund down as being sent, under a new fence.
    async fn begin_sending(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
        own: Option<Row>,
        now: i64,
    ) -> Result<Row, JournalError> {
        let Some(own) = own else {
            let begun = self.begun(wanted, self.new_row(wanted, now), now);
            insert(tx, &begun.row, Source::Call).await?;
            return Ok(begun.row);
        };
        let begun = self.begun(wanted, own, now);
        if self.put_down(tx, from_ref(&begun)).await?.is_empty() {
            return Err(JournalError::Busy {
                provider: begun.row.provider,
                reference: begun.row.reference,
                seconds: None,
            });
        }
        Ok(begun.row)
    }

    pub(super) fn new_row(&self, wanted: &Wanted, now: i64) -> Row {
        Row {
            id: wanted.id.clone(),
            provider: self.refunds.provider(),
            place: self.place.as_str().to_owned(),
            reference: wanted.reference.clone(),
            payment: wanted.payment.clone(),
            action: Some(wanted.action.clone()),
            digest: wanted.digest.clone(),
            amount: wanted.amount.clone(),
            state: State::NotSent,
            stored: State::NotSent,
            before: State::NotSent,
            queued: false,
            status: None,
            refund_id: None,
            retry_mark: None,
            record: None,
            why: None,
            evidence: None,
            waits_since: None,
            progress: None,
            fence: 0,
            leased_until: 0,
            clean: false,
            reconciling: false,
            attempts: 0,
            tries: 0,
            first_sent_at: None,
            due_at: None,
            looks: 0,
            batch: None,
            batch_state: None,
            batch_runs_from: None,
            line: None,
            created_at: now,
            changed_at: now,
            beside: None,
        }
    }
}

/// What may be sent of a refund that was put down before.
enum Standing {
    Free(Row),
    Before(Row),
    /// With what whoever asks is told.
    InDoubt(JournalError),
}

fn in_doubt(row: &Row, record: &InDoubt) -> JournalError {
    JournalError::InDoubt {
        provider: row.provider,
        reference: row.reference.clone(),
        cause: record.cause(),
    }
}
