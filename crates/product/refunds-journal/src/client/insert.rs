//! Puts a refund down of which the journal has nothing yet, with its first fact.

use crate::{
    JournalError, Source, StoreError,
    store::{Row, Tx, to_json},
};

pub(super) async fn insert(tx: &mut Tx, row: &Row, source: Source) -> Result<(), JournalError> {
    let text = "INSERT INTO refunds (id, provider, place, reference, payment, action, digest, amount, currency, \
        state, before, queued, fence, leased_until, clean, reconciling, attempts, first_sent_at, due_at, looks, batch, \
        line, facts, created_at, changed_at, status, refund_id, retry_mark, record, why, fact_source, fact_what, tries) VALUES ($1, $2, $3, $4, $5, \
        $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, 0, $15, $16, $17, 0, $18, $19, 1, $20, $20, $21, $22, $23, $24, \
        $25, $26, $10, $27)";
    sqlx::query(text)
        .bind(&row.id)
        .bind(row.provider.as_str())
        .bind(&row.place)
        .bind(row.reference.as_str())
        .bind(&row.payment)
        .bind(
            row.action
                .as_ref()
                .map(|action| to_json("action", action))
                .transpose()?,
        )
        .bind(&row.digest)
        .bind(
            row.amount
                .as_ref()
                .map(|amount| amount.amount().to_string()),
        )
        .bind(
            row.amount
                .as_ref()
                .map(|amount| amount.currency().to_string()),
        )
        .bind(row.state.as_str())
        .bind(row.before.as_str())
        .bind(i64::from(row.queued))
        .bind(row.fence)
        .bind(row.leased_until)
        .bind(row.attempts)
        .bind(row.first_sent_at)
        .bind(row.due_at)
        .bind(&row.batch)
        .bind(row.line)
        .bind(row.created_at)
        .bind(
            row.status
                .as_ref()
                .map(|status| to_json("status", status))
                .transpose()?,
        )
        .bind(&row.refund_id)
        .bind(
            row.retry_mark
                .as_ref()
                .map(|mark| to_json("retry_mark", mark))
                .transpose()?,
        )
        .bind(
            row.record
                .as_ref()
                .map(|record| to_json("record", record))
                .transpose()?,
        )
        .bind(&row.why)
        .bind(source.as_str())
        .bind(row.tries)
        .execute(&mut **tx)
        .await
        .map_err(StoreError::from)?;
    Ok(())
}
