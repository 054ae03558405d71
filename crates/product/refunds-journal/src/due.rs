//! What is to be looked at now, handed out to workers.

use refunds::ProviderName;
use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};

use crate::{
    Journal, JournalError, Place,
    store::{Column, Columns, Dialect, Row, to_json},
};

/// For how long a refund that was handed to a worker is not handed to another, unless the worker takes it on.
pub(crate) const HANDED_MS: i64 = 30_000;

/// Which of those that are queued are handed out, beside what was sent before.
#[derive(Clone, Copy)]
pub(crate) enum Queued<'a> {
    All,
    None,
    OfBatch(&'a str),
}

/// What was sent before. It has an index of its own, as what is queued has: nobody walks past what is due and not his to send.
const SENT: &str = "state <> 'not_sent'";

impl<'a> Queued<'a> {
    /// What chooses them, with the batch as the third parameter.
    fn condition(self) -> Option<&'static str> {
        match self {
            Self::All => Some("state = 'not_sent'"),
            Self::None => None,
            Self::OfBatch(_) => Some("state = 'not_sent' AND batch = $3"),
        }
    }

    fn batch(self) -> Option<&'a str> {
        match self {
            Self::OfBatch(batch) => Some(batch),
            Self::All | Self::None => None,
        }
    }

    /// Those of a place that are due and that nobody has been handed, the longest due first.
    fn due(self, dialect: Dialect, limit: u32) -> String {
        let now = dialect.now();
        let of = |condition: &str| {
            format!(
                "SELECT * FROM (SELECT id, due_at FROM refunds WHERE due_at <= (SELECT {now}) AND provider = $1 \
                 AND place = $2 AND {condition} AND (handed_for <> due_at OR handed_until <= (SELECT {now})) \
                 ORDER BY due_at LIMIT {limit} {lock}) AS of_one_kind",
                lock = dialect.skip_locked()
            )
        };
        let kinds: Vec<_> = [Some(SENT), self.condition()]
            .into_iter()
            .flatten()
            .map(of)
            .collect();
        format!(
            "SELECT id FROM ({}) AS due ORDER BY due_at LIMIT {limit}",
            kinds.join(" UNION ALL ")
        )
    }
}

impl Journal {
    /// Hands out refunds of these places at which somebody is to look now. One that is handed out is not handed out
    /// again for half a minute, or as long as whoever takes it on holds it.
    pub(crate) async fn due(
        &self,
        provider: ProviderName,
        place: &Place,
        limit: u32,
        queued: Queued<'_>,
    ) -> Result<Vec<Row>, JournalError> {
        let dialect = self.store().dialect();
        let update = format!(
            "WITH due AS ({}) UPDATE refunds SET handed_for = due_at, handed_until = {} + {HANDED_MS} \
             WHERE id IN (SELECT id FROM due) RETURNING {}",
            queued.due(dialect, limit),
            dialect.now(),
            Columns::ALL
        );
        let query = query(update, provider, place, queued.batch());
        let rows = self.store().write_rows(query).await?;
        let read = rows.iter().filter_map(|row| match Row::read(row) {
            Ok(row) => Some(row),
            // A newer version may have written it: the others are looked at all the same.
            Err(error) => {
                tracing::warn!(error = %error, "a refund that is due cannot be read: it is left to another worker");
                None
            }
        });
        Ok(read.collect())
    }

    /// Gives back what was handed out and not taken on.
    pub(crate) async fn hand_back(&self, rows: &[Row]) -> Result<(), JournalError> {
        if rows.is_empty() {
            return Ok(());
        }
        const GUARD: &str = "refunds.id = old.id AND refunds.fence = old.fence";
        let dialect = self.store().dialect();
        // What another has locked is being taken on, or its batch is being cancelled.
        let update = format!(
            "UPDATE refunds SET handed_until = 0 FROM (SELECT old.* FROM refunds, {old} WHERE {GUARD} {lock}) AS old \
             WHERE {GUARD}",
            old = dialect.table("old", &[Column::Text("id"), Column::Number("fence")]),
            lock = dialect.for_update_of_free("refunds"),
        );
        let handed: Vec<_> = rows.iter().map(|row| (&row.id, row.fence)).collect();
        let query = sqlx::query(AssertSqlSafe(update)).bind(to_json("refunds", &handed)?);
        self.store().write(query).await?;
        Ok(())
    }

    /// Whether workers of this place have something to send, now or later.
    pub(crate) async fn has_queued(
        &self,
        provider: ProviderName,
        place: &Place,
        batch: Option<&str>,
    ) -> Result<bool, JournalError> {
        let of_batch = batch.map_or("", |_| "AND batch = $3");
        let of = |states: &str| {
            format!(
                "SELECT 1 FROM refunds WHERE due_at IS NOT NULL AND {states} AND queued = 1 \
                 AND provider = $1 AND place = $2 {of_batch}"
            )
        };
        let either = format!(
            "{} UNION ALL {} LIMIT 1",
            of("state = 'not_sent'"),
            of(&format!("{SENT} AND state = 'sending'"))
        );
        let query = query(either, provider, place, batch);
        Ok(!self.store().read(query).await?.is_empty())
    }
}

/// A query about a place, and about a batch of it.
fn query(
    text: String,
    provider: ProviderName,
    place: &Place,
    batch: Option<&str>,
) -> Query<'static, Any, AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(text))
        .bind(provider.as_str().to_owned())
        .bind(place.as_str().to_owned());
    match batch {
        Some(batch) => query.bind(batch.to_owned()),
        None => query,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    #[tokio::test]
    async fn nobody_walks_past_what_is_due_and_not_his_to_send() {
        let journal = Journal::in_memory().await.unwrap();
        let place = Place::production();
        let (sent, queued) = ("refunds_sent_due", "refunds_queued_due");
        for (asked, indexes) in [
            (Queued::None, &[sent][..]),
            (Queued::All, &[sent, queued]),
            (Queued::OfBatch("b"), &[sent, "refunds_queued_due_of_batch"]),
        ] {
            let plan = format!("EXPLAIN QUERY PLAN {}", asked.due(Dialect::Sqlite, 500));
            let query = query(plan, ProviderName::Mce, &place, asked.batch());
            let rows = journal.store().read(query).await;
            let steps: Vec<String> = rows
                .unwrap()
                .iter()
                .map(|row| row.try_get("detail").unwrap())
                .filter(|step: &String| step.contains(" refunds "))
                .collect();
            assert_eq!(steps.len(), indexes.len(), "{steps:?}");
            for (step, index) in steps.iter().zip(indexes) {
                let by_time = step.contains("due_at<?") && !step.starts_with("SCAN");
                let is_by_index = step.split(' ').any(|word| word == *index);
                assert!(by_time && is_by_index, "{step}, and not by {index}");
            }
        }
    }
}
