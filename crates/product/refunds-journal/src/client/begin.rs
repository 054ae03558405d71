//! Puts refunds down as being sent, each under a new fence.

use std::{collections::HashSet, time::SystemTime};

use refunds::webhooks::RefundProgress;
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    JournaledRefunds,
    claim::{Wanted, new_fence},
};
use crate::{
    Source, State, StoreError,
    store::{Column, Row, Tx, fact, to_json},
    time::{duration_millis, millis},
};

/// A refund as it is to be sent, and what it has to be until then.
pub(super) struct Begun {
    pub(super) row: Row,
    fence: i64,
    stored: State,
    /// Whether what is asked for is what is stored.
    is_known: bool,
    progress: Option<RefundProgress>,
    now: i64,
}

/// What the statement takes of each.
const COLUMNS: [Column; 16] = [
    Column::Text("id"),
    Column::Text("payment"),
    Column::Text("action"),
    Column::Text("digest"),
    Column::Text("amount"),
    Column::Text("currency"),
    Column::Text("before"),
    Column::Number("fence"),
    Column::Number("leased_until"),
    Column::Number("attempts"),
    Column::Number("tries"),
    Column::Number("first_sent_at"),
    Column::Number("fact_at"),
    Column::Text("progress"),
    Column::Number("of_fence"),
    Column::Text("of_state"),
];

impl JournaledRefunds {
    /// A refund as it is to be sent, for as long as a lease.
    pub(super) fn begun(&self, wanted: &Wanted, own: Row, now: i64) -> Begun {
        let leased_until = now.saturating_add(duration_millis(self.times().lease));
        // What a person says no to may have happened all the same, and its key is as old as it.
        let before = match wanted.follows {
            None => own.tries,
            Some(_) => 0,
        };
        let begun = now.min(millis(SystemTime::now()));
        let first = own.first_sent_at.filter(|_| before > 0);
        // What a retry that follows another is told of is new.
        let progress = wanted.follows.and(own.progress.clone());
        let progress = progress.map(|mut progress| {
            progress.retried();
            progress
        });
        Begun {
            fence: own.fence,
            stored: own.stored,
            is_known: wanted.handed.is_some(),
            progress,
            now,
            row: Row {
                payment: wanted.payment.clone(),
                action: Some(wanted.action.clone()),
                digest: wanted.digest.clone(),
                amount: wanted.amount.clone(),
                before: own.state,
                state: State::Sending,
                fence: new_fence(),
                queued: wanted.handed.is_some(),
                leased_until,
                due_at: Some(leased_until),
                clean: false,
                reconciling: false,
                attempts: own.attempts + 1,
                tries: before + 1,
                first_sent_at: Some(first.map_or(begun, |first| first.min(begun))),
                ..own
            },
        }
    }

    /// Puts refunds down as being sent, and says which: an event, a person or another sender that has changed one
    /// since it was read comes first.
    pub(super) async fn put_down(
        &self,
        tx: &mut Tx,
        begun: &[Begun],
    ) -> Result<HashSet<String>, StoreError> {
        let update = format!(
            "UPDATE refunds SET payment = COALESCE(new.payment, refunds.payment), \
             action = COALESCE(new.action, refunds.action), digest = COALESCE(new.digest, refunds.digest), \
             amount = CASE WHEN new.action IS NULL THEN refunds.amount ELSE new.amount END, \
             currency = CASE WHEN new.action IS NULL THEN refunds.currency ELSE new.currency END, before = new.before, state = 'sending', fence = new.fence, \
             leased_until = new.leased_until, due_at = {due}, handed_for = {due}, handed_until = new.leased_until, \
             clean = 0, reconciling = 0, attempts = new.attempts, tries = new.tries, first_sent_at = new.first_sent_at, \
             fact_at = new.fact_at, progress = COALESCE(new.progress, refunds.progress), {fact} FROM {new} WHERE refunds.id = new.id \
             AND refunds.fence = new.of_fence AND refunds.state = new.of_state AND refunds.attempts = new.attempts - 1 \
             RETURNING refunds.id",
            // A row of which no index holds what changes is written within its page.
            due = "CASE WHEN refunds.due_at <= new.leased_until THEN refunds.due_at ELSE new.leased_until END",
            fact = fact(Source::Call, "'sending'", "NULL"),
            new = self.store().dialect().table("new", &COLUMNS),
        );
        let rows: Result<Vec<_>, StoreError> = begun.iter().map(Begun::values).collect();
        let rows = sqlx::query(AssertSqlSafe(update))
            .bind(to_json("refunds", &rows?)?)
            .fetch_all(&mut **tx)
            .await?;
        let ids: Result<_, sqlx::Error> = rows.iter().map(|row| row.try_get("id")).collect();
        Ok(ids?)
    }
}

impl Begun {
    fn values(&self) -> Result<impl serde::Serialize + '_, StoreError> {
        let row = &self.row;
        let new = (!self.is_known).then_some(row);
        let amount = new.and_then(|row| row.amount.as_ref());
        let progress = self.progress.as_ref();
        Ok((
            &row.id,
            new.map(|row| &row.payment),
            new.map(|row| to_json("action", &row.action)).transpose()?,
            new.map(|row| &row.digest),
            amount.map(|amount| amount.amount().to_string()),
            amount.map(|amount| amount.currency().to_string()),
            row.before.as_str(),
            row.fence,
            row.leased_until,
            row.attempts,
            row.tries,
            row.first_sent_at,
            self.now,
            progress
                .map(|progress| to_json("progress", progress))
                .transpose()?,
            self.fence,
            self.stored.as_str(),
        ))
    }
}
