//! Puts down what was found, without making less certain what is known.

use std::time::Duration;

use refunds::Action;
use sqlx::{Any, AssertSqlSafe, any::AnyArguments, query::Query};

use super::{JournaledRefunds, claim::Held, finding::Finding};
use crate::{
    JournalError, Source, State, StoreError,
    store::{Columns, Row, Tx, fact, to_json},
    time::duration_millis,
};

/// Pauses between tries to put down how a call ended: as long as a database takes to start again.
const PAUSES: [Duration; 6] = [
    Duration::ZERO,
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(5),
];

impl JournaledRefunds {
    /// Puts down what was found by whoever held the refund.
    pub(super) async fn settle(
        &self,
        held: &Held,
        expected: State,
        finding: Finding,
        source: Source,
    ) -> Result<(), StoreError> {
        let mut last = None;
        for pause in PAUSES {
            tokio::time::sleep(pause).await;
            match self.put_finding(held, expected, &finding, source).await {
                Ok(()) => return Ok(()),
                Err(
                    error @ (StoreError::Database(_) | StoreError::Locked(_) | StoreError::Full(_)),
                ) => {
                    last = Some(error);
                }
                Err(error) => return Err(error),
            }
        }
        Err(last.unwrap_or(StoreError::Unreadable {
            what: "facts",
            reason: "nothing was tried".to_owned(),
        }))
    }

    async fn put_finding(
        &self,
        held: &Held,
        expected: State,
        finding: &Finding,
        source: Source,
    ) -> Result<(), StoreError> {
        let guard = Guard {
            fence: held.fence,
            state: expected,
        };
        if self
            .write_alone(&held.row.id, finding, source, guard)
            .await?
        {
            return Ok(());
        }
        let mut tx = self.store().begin().await?;
        self.merge(&mut tx, &held.row.id, finding, source).await?;
        tx.commit().await
    }

    /// Writes a finding if the refund still belongs to whoever found it.
    pub(super) async fn write_alone(
        &self,
        id: &str,
        finding: &Finding,
        source: Source,
        guard: Guard,
    ) -> Result<bool, StoreError> {
        let update = self.update_of(source, true);
        let query = bound(&update, id, finding, Some(guard))?;
        Ok(self.store().write(query).await? == 1)
    }

    /// Puts a finding down of a refund that belongs to nobody, or to somebody else by now.
    pub(super) async fn merge(
        &self,
        tx: &mut Tx,
        id: &str,
        finding: &Finding,
        source: Source,
    ) -> Result<State, StoreError> {
        let select = format!(
            "SELECT {} FROM refunds WHERE id = $1 {}",
            Columns::ALL,
            self.store().dialect().for_update()
        );
        let row = sqlx::query(AssertSqlSafe(select))
            .bind(id)
            .fetch_one(&mut **tx)
            .await?;
        let row = Row::read(&row)?;
        let state = finding.state.unwrap_or(row.state);
        let by_a_holder = matches!(source, Source::Call | Source::Reconciliation);
        let is_try = matches!(
            row.action,
            Some(Action::Retry | Action::SubmitInvoice(_)) | None
        );
        match (row.state, state) {
            // What somebody has sent may have happened, whatever was said of it since.
            (State::NotSent | State::Rejected | State::Withdrawn, State::InDoubt)
                if by_a_holder =>
            {
                self.write(tx, id, finding, source).await?;
                Ok(state)
            }
            // Of several attempts, another may have paid than the one that failed.
            (State::Failed, State::InDoubt) if by_a_holder && row.tries > 1 => {
                self.write(tx, id, finding, source).await?;
                Ok(state)
            }
            // What is told of an off-ramp while a try is being sent is of the try before it, unless it has paid.
            (State::Sending, new) if is_try && !by_a_holder && new != State::Succeeded => {
                let detail = "told of the try before the one that is being sent";
                self.only_append(tx, id, source, state, detail).await?;
                Ok(row.state)
            }
            // Nothing is surer than an end that the provider told; and that it has paid after all is graver than
            // that it has failed.
            (State::Succeeded | State::Failed, new)
                if !new.is_accepted() || new == State::Pending =>
            {
                self.only_append(tx, id, source, state, "known already")
                    .await?;
                Ok(row.state)
            }
            (State::Succeeded, State::Failed) => {
                tracing::error!(
                    refunds.provider = row.provider.as_str(),
                    "a refund that has succeeded is said to have failed: ask the provider"
                );
                let detail = "contradicts the end that is known: ask the provider";
                self.only_append(tx, id, source, state, detail).await?;
                Ok(row.state)
            }
            // What says less than that it was accepted, and comes late, changes nothing.
            (_, new) if !new.is_accepted() => {
                self.only_append(tx, id, source, state, "too late to count")
                    .await?;
                Ok(row.state)
            }
            _ => {
                self.write(tx, id, finding, source).await?;
                Ok(state)
            }
        }
    }

    /// Only says in the history what was told.
    pub(super) async fn only_append(
        &self,
        tx: &mut Tx,
        id: &str,
        source: Source,
        what: State,
        detail: &str,
    ) -> Result<(), StoreError> {
        let update = format!(
            "UPDATE refunds SET changed_at = {}, {} WHERE id = $1",
            self.store().dialect().now(),
            fact(source, "$2", "$3")
        );
        sqlx::query(AssertSqlSafe(update))
            .bind(id)
            .bind(what.as_str())
            .bind(detail)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Writes a finding of a refund whose row is locked.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        id: &str,
        finding: &Finding,
        source: Source,
    ) -> Result<(), StoreError> {
        let update = self.update_of(source, false);
        bound(&update, id, finding, None)?
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    fn update_of(&self, source: Source, is_guarded: bool) -> String {
        let now = self.store().dialect().now();
        // Under a guard the fence stays, so that a commit that was not heard of is found to be done.
        let (fence, guard) = match is_guarded {
            true => ("fence", "AND fence = $13 AND state = $14"),
            false => ("fence + 1", ""),
        };
        format!(
            "UPDATE refunds SET state = $2, status = $3, refund_id = COALESCE($4, refund_id), retry_mark = $5, \
             record = $6, why = $7, evidence = $8, \
             waits_since = CASE WHEN $9 = 1 THEN COALESCE(waits_since, {now}) ELSE NULL END, \
             due_at = CASE WHEN $10 >= 0 THEN {now} + $10 ELSE NULL END, \
             looks = CASE WHEN $11 = 1 OR (state = 'sending' AND $2 <> 'not_sent') THEN 0 ELSE looks + 1 END, \
             queued = CASE WHEN $2 = 'not_sent' THEN queued ELSE 0 END, fence = {fence}, leased_until = 0, \
             reconciling = 0, clean = 0, changed_at = {now}, {} WHERE id = $1 {guard}",
            fact(source, "$2", "$12")
        )
    }

    /// What goes beyond its payment is not sent.
    pub(super) async fn reject(
        &self,
        tx: &mut Tx,
        row: &Row,
        taken: &str,
    ) -> Result<(), JournalError> {
        let finding = Finding {
            state: Some(State::Rejected),
            why: Some(format!("beyond the payment: {taken}")),
            detail: Some("beyond the payment".to_owned()),
            ..Finding::default()
        };
        self.write(tx, &row.id, &finding, Source::Journal).await?;
        Ok(())
    }
}

/// To whom a refund has to belong for a finding to count.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    pub(super) fence: i64,
    pub(super) state: State,
}

/// The statement with its parameters.
fn bound<'q>(
    update: &str,
    id: &'q str,
    finding: &'q Finding,
    guard: Option<Guard>,
) -> Result<Query<'q, Any, AnyArguments>, StoreError> {
    let state = finding.state.unwrap_or(State::InDoubt);
    let status = finding.status.as_ref();
    let mark = finding.retry_mark.as_ref();
    let record = finding.record.as_ref();
    let query = sqlx::query(AssertSqlSafe(update.to_owned()))
        .bind(id)
        .bind(state.as_str())
        .bind(status.map(|status| to_json("status", status)).transpose()?)
        .bind(finding.refund_id.as_deref())
        .bind(mark.map(|mark| to_json("retry_mark", mark)).transpose()?)
        .bind(record.map(|record| to_json("record", record)).transpose()?)
        .bind(finding.why.as_deref())
        .bind(finding.evidence)
        .bind(i64::from(finding.waits))
        .bind(finding.due_in.map_or(-1, duration_millis))
        .bind(i64::from(state.is_final()))
        .bind(detail(finding));
    Ok(match guard {
        Some(guard) => query.bind(guard.fence).bind(guard.state.as_str()),
        None => query,
    })
}

fn detail(finding: &Finding) -> Option<String> {
    let row = finding.evidence.map(|row| format!("row {row}"));
    let parts: Vec<_> = finding.detail.clone().into_iter().chain(row).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
