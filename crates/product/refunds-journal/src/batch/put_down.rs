//! Puts the lines of a batch down, lot by lot; until all are, it is not planned.

use std::path::Path;

use refunds::Action;
use sqlx::AssertSqlSafe;
use tokio::sync::mpsc::Sender;

use super::{
    Batch, BatchError, BatchState, Line, Plan, PlanOptions, Sum,
    plan::{CHANGED, file, id_of, name, needs_second, open},
};
use crate::{
    JournalError,
    identity::{action_digest, payment_id, refund_id},
    store::{Store, Tx, to_json},
};

/// Lines in one statement.
const LOT: usize = 500;
/// Lots in one transaction: each touches most of an index anew, and between them others can write.
const LOTS: usize = 64;

/// For how long a planner that says nothing is taken to be alive.
const PLANNER_MS: i64 = 60_000;

/// Puts all lines of a file down.
pub(super) async fn all(
    batch: &Batch,
    path: &Path,
    options: &PlanOptions,
    lines: u64,
    sums: &[Sum],
) -> Result<(), BatchError> {
    let store = batch.journal.store();
    let begun = begin(batch, path, options, lines, sums);
    let planner = store.in_time(begun).await?;
    let put = put(batch, path, options, planner).await;
    if put.is_err() {
        let ended = "UPDATE batches SET planned_until = 0 WHERE id = $1 AND state = 'planning' AND planner = $2";
        let ended = sqlx::query(ended).bind(&batch.id).bind(planner);
        // Where it cannot be written, the next try waits until this planner is not taken to be alive any more.
        let _ = store.write(ended).await;
    }
    put
}

/// The same for the planner that has begun it.
async fn put(
    batch: &Batch,
    path: &Path,
    options: &PlanOptions,
    planner: i64,
) -> Result<(), BatchError> {
    let store = batch.journal.store();
    let moves = any_cancelled(store).await?;
    // The file is read while what was read before is written.
    let (lots, mut read) = tokio::sync::mpsc::channel(4);
    let (own_path, own_options) = (path.to_owned(), options.clone());
    let reader = tokio::task::spawn_blocking(move || prepare(&own_path, &own_options, &lots));
    while let Some(mut lot) = read.recv().await {
        let mut tx = store.in_time(batch.goes_on(planner)).await?;
        for left in (0..LOTS).rev() {
            // Each lot by itself has to be written in time, and not all of them together.
            let written = write(store, &mut tx, batch, &lot, moves);
            store.in_time(written).await?;
            lot = match left {
                0 => break,
                _ => match read.recv().await {
                    Some(next) => next,
                    None => break,
                },
            };
        }
        store.in_time(tx.commit()).await?;
    }
    let read = reader.await.map_err(|error| file(path, error.into()))??;
    let planned = "UPDATE batches SET state = 'planned' WHERE id = $1 AND state = 'planning' AND planner = $2 AND \
        lines = (SELECT COUNT(*) FROM refunds WHERE batch = $1)";
    let planned = sqlx::query(planned).bind(&batch.id).bind(planner);
    if read == batch.id && store.write(planned).await? == 1 {
        return Ok(());
    }
    store.in_time(batch.discard(planner)).await?;
    Err(batch.state(BatchState::Planning, CHANGED))
}

/// Makes the batch, or begins anew with one that was cancelled or left half planned. The answer tells this planner
/// from others.
async fn begin(
    batch: &Batch,
    path: &Path,
    options: &PlanOptions,
    lines: u64,
    sums: &[Sum],
) -> Result<i64, BatchError> {
    let store = batch.journal.store();
    let planner = fastrand::i64(1..);
    let now = store.dialect().now();
    let insert = format!(
        "INSERT INTO batches (id, name, state, lines, sums, second_above, created_at, planner, planned_until) \
         VALUES ($1, $2, 'planning', $3, $4, $5, {now}, $6, {now} + {PLANNER_MS}) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, state = 'planning', lines = excluded.lines, \
         sums = excluded.sums, second_above = excluded.second_above, created_at = excluded.created_at, \
         planner = excluded.planner, planned_until = excluded.planned_until, runs_from = NULL \
         WHERE batches.state = 'cancelled' OR (batches.state = 'planning' AND batches.planned_until < {now})"
    );
    let mut tx = store.begin().await?;
    let begun = sqlx::query(AssertSqlSafe(insert))
        .bind(&batch.id)
        .bind(name(path))
        .bind(i64::try_from(lines).unwrap_or(i64::MAX))
        .bind(to_json("sums", &sums)?)
        .bind(to_json("second_above", &options.second_above)?)
        .bind(planner)
        .execute(&mut *tx)
        .await?;
    if begun.rows_affected() == 0 {
        return Err(batch.state(
            BatchState::Planning,
            "somebody else is planning it: wait until they are done, or for a minute if they were cut off",
        ));
    }
    for delete in [
        "DELETE FROM approvals WHERE batch = $1",
        // Its lines come back to it.
        "DELETE FROM moved_lines WHERE batch = $1",
    ] {
        let delete = sqlx::query(delete).bind(&batch.id);
        delete.execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(planner)
}

/// Lines as one statement for their payments and one for themselves take them: as JSON.
struct Lot {
    payments: String,
    refunds: String,
}

/// Reads the file, lot by lot, and gives the id of the batch that was read.
fn prepare(path: &Path, options: &PlanOptions, lots: &Sender<Lot>) -> Result<String, BatchError> {
    let mut lines = Vec::with_capacity(LOT);
    let mut read = open(path, options)?;
    for line in &mut read {
        // It was checked just now: what is no line any more was changed meanwhile, which is found in the end.
        if let Ok(line) = line.map_err(|error| file(path, error))? {
            lines.push(line);
        }
        if lines.len() == LOT {
            let lot = Lot::of(&lines, options)?;
            // Nobody takes them any more where the writing failed, which is told.
            if lots.blocking_send(lot).is_err() {
                return Ok(id_of(read.digest()));
            }
            lines.clear();
        }
    }
    if !lines.is_empty() {
        let _ = lots.blocking_send(Lot::of(&lines, options)?);
    }
    Ok(id_of(read.digest()))
}

impl Lot {
    fn of(lines: &[Line], options: &PlanOptions) -> Result<Self, BatchError> {
        let mut rows = Vec::with_capacity(lines.len());
        for line in lines {
            rows.push(Prepared::new(line, options)?);
        }
        Ok(Self {
            payments: payments(&rows)?,
            refunds: refunds(&rows)?,
        })
    }
}

/// Whether lines of another batch may be planned anew in this one.
async fn any_cancelled(store: &Store) -> Result<bool, BatchError> {
    let query = sqlx::query("SELECT 1 FROM batches WHERE state = 'cancelled' LIMIT 1");
    Ok(!store.read(query).await?.is_empty())
}

async fn write(
    store: &Store,
    tx: &mut Tx,
    batch: &Batch,
    lot: &Lot,
    moves: bool,
) -> Result<(), BatchError> {
    write_payments(store, tx, &lot.payments).await?;
    if moves {
        keep_moved(store, tx, batch, &lot.refunds).await?;
    }
    write_refunds(store, tx, batch, &lot.refunds).await
}

/// A line as it is stored.
struct Prepared<'a> {
    line: &'a Line,
    provider: &'static str,
    place: &'a str,
    id: String,
    payment: String,
    action: String,
    digest: String,
}

impl<'a> Prepared<'a> {
    fn new(line: &'a Line, options: &'a PlanOptions) -> Result<Self, BatchError> {
        let provider = line.request.provider();
        let Some(place) = options.places.get(&provider) else {
            return Err(JournalError::Times(format!("no place for {provider}")).into());
        };
        let action = Action::Create(line.request.clone());
        Ok(Self {
            provider: provider.as_str(),
            place: place.as_str(),
            id: refund_id(provider, place, &line.reference),
            payment: payment_id(provider, place, line.request.payment()),
            action: to_json("action", &action)?,
            digest: action_digest(&action)?,
            line,
        })
    }
}

fn payments(rows: &[Prepared<'_>]) -> Result<String, BatchError> {
    // PostgreSQL refuses to touch one row twice in a statement.
    let mut totals = std::collections::HashMap::new();
    for row in rows {
        let total: &mut Option<_> = totals.entry(&row.payment).or_default();
        *total = total.or(row.line.total.as_ref());
    }
    let rows = rows
        .iter()
        .filter_map(|row| totals.remove(&row.payment).map(|total| (row, total)));
    let rows: Vec<_> = rows
        .map(|(row, total)| {
            (
                &row.payment,
                row.provider,
                row.place,
                row.line.request.payment(),
                total.map(|total| total.amount().to_string()),
                total.map(|total| total.currency().to_string()),
            )
        })
        .collect();
    Ok(to_json("payments", &rows)?)
}

fn refunds(rows: &[Prepared<'_>]) -> Result<String, BatchError> {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let amount = row.line.request.amount();
            (
                &row.id,
                row.provider,
                row.place,
                &row.line.reference,
                &row.payment,
                &row.action,
                &row.digest,
                amount.map(|amount| amount.amount().to_string()),
                amount.map(|amount| amount.currency().to_string()),
                row.line.number,
            )
        })
        .collect();
    Ok(to_json("refunds", &rows)?)
}

async fn write_payments(store: &Store, tx: &mut Tx, rows: &str) -> Result<(), BatchError> {
    let insert = format!(
        "INSERT INTO payments (id, provider, place, name, total, currency, turn) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, 0 \
         FROM {} WHERE true \
         ON CONFLICT (id) DO UPDATE SET total = COALESCE(payments.total, excluded.total), \
         currency = COALESCE(payments.currency, excluded.currency)",
        store.dialect().rows()
    );
    sqlx::query(AssertSqlSafe(insert))
        .bind(rows)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Keeps the lines of cancelled batches that are planned anew in this one, for their own reports.
async fn keep_moved(
    store: &Store,
    tx: &mut Tx,
    batch: &Batch,
    rows: &str,
) -> Result<(), BatchError> {
    let insert = format!(
        "INSERT INTO moved_lines (batch, line, provider, place, reference, payment, amount, currency, into_batch, \
         created_at, at) \
         SELECT batch, line, provider, place, reference, payment, amount, currency, $2, created_at, {now} FROM refunds \
         WHERE id IN (SELECT value ->> 0 FROM {rows}) AND batch IS NOT NULL AND batch <> $2 AND attempts = 0 \
         AND state = 'withdrawn' \
         ON CONFLICT (batch, line) DO UPDATE SET into_batch = excluded.into_batch, at = excluded.at",
        now = store.dialect().now(),
        rows = store.dialect().rows()
    );
    sqlx::query(AssertSqlSafe(insert))
        .bind(rows)
        .bind(&batch.id)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn write_refunds(
    store: &Store,
    tx: &mut Tx,
    batch: &Batch,
    rows: &str,
) -> Result<(), BatchError> {
    let now = store.dialect().now();
    // One that was withdrawn before it was sent is put down anew. A reference that came in meanwhile is left out,
    // after which the count does not fit.
    let insert = format!(
        "INSERT INTO refunds (id, provider, place, reference, payment, action, digest, amount, currency, line, batch, \
         state, before, queued, fence, leased_until, clean, reconciling, attempts, looks, facts, created_at, changed_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, \
         value ->> 8, CAST(value ->> 9 AS BIGINT), $2, 'not_sent', 'not_sent', 0, 0, 0, 0, 0, 0, 0, 0, {now}, {now} \
         FROM {} WHERE true \
         ON CONFLICT (id) DO UPDATE SET payment = excluded.payment, action = excluded.action, digest = excluded.digest, \
         amount = excluded.amount, currency = excluded.currency, line = excluded.line, batch = excluded.batch, \
         state = 'not_sent', before = 'not_sent', queued = 0, due_at = NULL, why = NULL, fence = refunds.fence + 1, \
         changed_at = excluded.changed_at \
         WHERE refunds.attempts = 0 AND (refunds.state = 'withdrawn' OR \
         (refunds.state = 'not_sent' AND refunds.queued = 0 AND refunds.batch = excluded.batch))",
        store.dialect().rows()
    );
    let insert = sqlx::query(AssertSqlSafe(insert))
        .bind(rows)
        .bind(&batch.id);
    insert.execute(&mut **tx).await?;
    Ok(())
}

impl Batch {
    /// The plan of the same file from before, if it still stands.
    pub(super) async fn planned_before(
        &self,
        options: &PlanOptions,
    ) -> Result<Option<Plan>, BatchError> {
        let stored = match self.stored().await {
            Ok(stored) => stored,
            Err(BatchError::NotKnown { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if matches!(stored.state, BatchState::Planning | BatchState::Cancelled) {
            return Ok(None);
        }
        if stored.second_above != options.second_above {
            return Err(self.state(
                stored.state,
                "it was planned with other sums from which on a second person is needed: cancel it before it is \
                 planned with these",
            ));
        }
        Ok(Some(Plan {
            batch: self.clone(),
            lines: stored.lines,
            needs_second: needs_second(&stored.sums, &stored.second_above),
            sums: stored.sums,
        }))
    }

    /// A transaction in which lines of it are put down.
    async fn goes_on(&self, planner: i64) -> Result<Tx, BatchError> {
        let mut tx = self.journal.store().begin().await?;
        self.still_planned_by(&mut tx, planner).await?;
        Ok(tx)
    }

    /// Sees that nobody else has begun to plan it, and says that this planner is alive.
    async fn still_planned_by(&self, tx: &mut Tx, planner: i64) -> Result<(), BatchError> {
        let update = format!(
            "UPDATE batches SET planned_until = {} + {PLANNER_MS} WHERE id = $1 AND state = 'planning' AND planner = $2",
            self.journal.store().dialect().now()
        );
        let alive = sqlx::query(AssertSqlSafe(update))
            .bind(&self.id)
            .bind(planner)
            .execute(&mut **tx)
            .await?;
        match alive.rows_affected() {
            1 => Ok(()),
            _ => Err(self.state(
                BatchState::Planning,
                "somebody else has planned or cancelled it meanwhile",
            )),
        }
    }

    /// Takes back a plan of one's own of which nothing was queued or sent.
    async fn discard(&self, planner: i64) -> Result<(), BatchError> {
        let mut tx = self.journal.store().begin().await?;
        self.still_planned_by(&mut tx, planner).await?;
        for delete in [
            "DELETE FROM facts WHERE refund IN (SELECT id FROM refunds WHERE batch = $1 AND attempts = 0 AND \
             queued = 0 AND state = 'not_sent')",
            "DELETE FROM refunds WHERE batch = $1 AND attempts = 0 AND queued = 0 AND state = 'not_sent'",
            "DELETE FROM batches WHERE id = $1",
        ] {
            sqlx::query(delete).bind(&self.id).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
