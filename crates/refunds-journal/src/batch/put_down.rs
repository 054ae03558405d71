//! Puts the lines of a batch down, lot by lot; until all are, it is not planned.

use std::path::Path;

use refunds::Action;
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    Batch, BatchError, BatchState, Line, Plan, PlanOptions, Sum,
    plan::{file, name, needs_second, open},
};
use crate::{
    JournalError,
    identity::{action_digest, payment_id, refund_id},
    store::{Store, to_json},
};

/// Lines in one statement.
const LOT: usize = 400;
/// Statements in one transaction, so that others can write in between.
const LOTS: usize = 10;

/// Puts all lines of a file down.
pub(super) async fn all(
    batch: &Batch,
    path: &Path,
    options: &PlanOptions,
    lines: u64,
    sums: &[Sum],
) -> Result<(), BatchError> {
    let store = batch.journal.store();
    begin(batch, path, options, lines, sums).await?;
    let mut lot = Vec::with_capacity(LOT * LOTS);
    for line in open(path, options)? {
        // It was checked just now: what is no line any more was changed meanwhile, and the count will not fit.
        if let Ok(line) = line.map_err(|error| file(path, error))? {
            lot.push(line);
        }
        if lot.len() == LOT * LOTS {
            write(batch, options, &lot).await?;
            lot.clear();
        }
    }
    write(batch, options, &lot).await?;
    let planned = "UPDATE batches SET state = 'planned' WHERE id = $1 AND lines = \
        (SELECT COUNT(*) FROM refunds WHERE batch = $1)";
    let planned = sqlx::query(planned)
        .bind(&batch.id)
        .execute(store.pool())
        .await?;
    if planned.rows_affected() == 1 {
        return Ok(());
    }
    batch.discard().await?;
    Err(BatchError::State {
        id: batch.id.clone(),
        state: BatchState::Planning,
        reason: "the file or the journal has changed while it was planned: plan it again",
    })
}

async fn begin(
    batch: &Batch,
    path: &Path,
    options: &PlanOptions,
    lines: u64,
    sums: &[Sum],
) -> Result<(), BatchError> {
    let store = batch.journal.store();
    let insert = format!(
        "INSERT INTO batches (id, name, state, lines, sums, second_above, created_at) \
         VALUES ($1, $2, 'planning', $3, $4, $5, {})",
        store.dialect().now()
    );
    sqlx::query(AssertSqlSafe(insert))
        .bind(&batch.id)
        .bind(name(path))
        .bind(i64::try_from(lines).unwrap_or(i64::MAX))
        .bind(to_json("sums", &sums)?)
        .bind(to_json("second_above", &options.second_above)?)
        .execute(store.pool())
        .await?;
    Ok(())
}

async fn write(batch: &Batch, options: &PlanOptions, lines: &[Line]) -> Result<(), BatchError> {
    let store = batch.journal.store();
    let mut tx = store.begin().await?;
    for lot in lines.chunks(LOT) {
        let mut rows = Vec::with_capacity(lot.len());
        for line in lot {
            rows.push(Prepared::new(line, options)?);
        }
        write_payments(&mut tx, &rows).await?;
        write_refunds(store, &mut tx, batch, &rows).await?;
    }
    tx.commit().await?;
    Ok(())
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

async fn write_payments(
    tx: &mut crate::store::Tx,
    rows: &[Prepared<'_>],
) -> Result<(), BatchError> {
    // PostgreSQL refuses to touch one row twice in a statement.
    let mut seen = std::collections::HashSet::new();
    let rows: Vec<_> = rows
        .iter()
        .filter(|row| seen.insert(&row.payment))
        .collect();
    let values = values(rows.len(), 6, "0");
    let insert = format!(
        "INSERT INTO payments (id, provider, place, name, total, currency, turn) VALUES {values} \
         ON CONFLICT (id) DO UPDATE SET total = COALESCE(payments.total, excluded.total), \
         currency = COALESCE(payments.currency, excluded.currency)"
    );

    let mut query = sqlx::query(AssertSqlSafe(insert));
    for row in rows {
        let total = row.line.total.as_ref();
        query = query
            .bind(row.payment.clone())
            .bind(row.provider)
            .bind(row.place.to_owned())
            .bind(row.line.request.payment().to_owned())
            .bind(total.map(|total| total.amount().to_string()))
            .bind(total.map(|total| total.currency().to_string()));
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

async fn write_refunds(
    store: &Store,
    tx: &mut crate::store::Tx,
    batch: &Batch,
    rows: &[Prepared<'_>],
) -> Result<(), BatchError> {
    let now = store.dialect().now();
    let fixed = format!("'not_sent', 'not_sent', 0, 0, 0, 0, 0, 0, 0, 0, {now}, {now}");
    let values = values(rows.len(), 11, &fixed);
    // A reference that came in meanwhile is left out, after which the count does not fit.
    let insert = format!(
        "INSERT INTO refunds (id, provider, place, reference, payment, action, digest, amount, currency, batch, line, \
         state, before, queued, fence, leased_until, clean, reconciling, attempts, looks, facts, created_at, changed_at) \
         VALUES {values} ON CONFLICT (id) DO NOTHING"
    );
    let mut query = sqlx::query(AssertSqlSafe(insert));
    for row in rows {
        let amount = row.line.request.amount();
        query = query
            .bind(row.id.clone())
            .bind(row.provider)
            .bind(row.place.to_owned())
            .bind(row.line.reference.as_str().to_owned())
            .bind(row.payment.clone())
            .bind(row.action.clone())
            .bind(row.digest.clone())
            .bind(amount.map(|amount| amount.amount().to_string()))
            .bind(amount.map(|amount| amount.currency().to_string()))
            .bind(batch.id.clone())
            .bind(i64::try_from(row.line.number).unwrap_or(i64::MAX));
    }
    query.execute(&mut **tx).await?;
    Ok(())
}

/// `($1, $2, fixed), ($3, $4, fixed)`.
fn values(rows: usize, columns: usize, fixed: &str) -> String {
    let row = |row: usize| {
        let places: Vec<_> = (1..=columns)
            .map(|column| format!("${}", row * columns + column))
            .collect();
        format!("({}, {fixed})", places.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

impl Batch {
    /// The same file was planned before; a plan that was cut off is discarded.
    pub(super) async fn planned_before(&self) -> Result<Option<Plan>, BatchError> {
        let row = sqlx::query("SELECT state, lines, sums, second_above FROM batches WHERE id = $1")
            .bind(&self.id)
            .fetch_optional(self.journal.store().pool())
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let state: String = row.try_get("state")?;
        if state == "planning" || state == "cancelled" {
            self.discard().await?;
            return Ok(None);
        }
        let lines: i64 = row.try_get("lines")?;
        let sums: Vec<Sum> = super::approval::json("sums", row.try_get("sums")?)?;
        let limits: Vec<refunds::Money> =
            super::approval::json("second_above", row.try_get("second_above")?)?;
        Ok(Some(Plan {
            batch: self.clone(),
            lines: u64::try_from(lines).unwrap_or(0),
            needs_second: needs_second(&sums, &limits),
            sums,
        }))
    }

    /// Takes back a plan of which nothing was queued or sent.
    pub(super) async fn discard(&self) -> Result<(), BatchError> {
        let mut tx = self.journal.store().begin().await?;
        for delete in [
            "DELETE FROM facts WHERE refund IN (SELECT id FROM refunds WHERE batch = $1 AND attempts = 0)",
            "DELETE FROM refunds WHERE batch = $1 AND attempts = 0 AND state IN ('not_sent', 'withdrawn')",
            "DELETE FROM approvals WHERE batch = $1",
            "DELETE FROM batches WHERE id = $1",
        ] {
            sqlx::query(delete).bind(&self.id).execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
