//! Puts down what was found, without making less certain what is known.

use std::time::Duration;

use refunds::{Action, RefundIds};
use serde::Serialize;
use sqlx::AssertSqlSafe;

use super::{JournaledRefunds, claim::Held, finding::Finding};
use crate::{
    JournalError, Source, State, StoreError,
    store::{Column, Columns, Row, Tx, fact, fact_from, to_json},
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
        held.unsent.is_over();
        let mut last = None;
        let guard = Guard {
            fence: held.fence,
            state: expected,
        };
        // Whatever keeps it from being put down with others does not keep it from being put down alone.
        let found = Found::new(&held.row.id, &finding, source, Some(guard))?;
        if self.write_with_others(found).await {
            return Ok(());
        }
        for pause in PAUSES {
            tokio::time::sleep(pause).await;
            let put = self.put_finding(held, guard, &finding, source);
            match self.store().in_time(put).await {
                Ok(()) => return Ok(()),
                Err(
                    error @ (StoreError::Database(_)
                    | StoreError::Locked(_)
                    | StoreError::Full(_)
                    | StoreError::Disk(_)),
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
        guard: Guard,
        finding: &Finding,
        source: Source,
    ) -> Result<(), StoreError> {
        if self
            .write_alone(&held.row.id, finding, source, guard)
            .await?
        {
            return Ok(());
        }
        let mut tx = self.store().begin().await?;
        let attempts = Some(held.row.attempts);
        self.merge(&mut tx, &held.row.id, finding, source, attempts)
            .await?;
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
        let found = Found::new(id, finding, source, Some(guard))?;
        let update = self.update_of(Others::Waited);
        let query = sqlx::query(AssertSqlSafe(update)).bind(to_json("findings", &[found])?);
        Ok(self.store().write_rows(query).await?.len() == 1)
    }

    /// Puts a finding down of a refund that belongs to nobody, or to somebody else by now; `attempts` were put down when
    /// whoever held it made it.
    pub(super) async fn merge(
        &self,
        tx: &mut Tx,
        id: &str,
        finding: &Finding,
        source: Source,
        attempts: Option<i64>,
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
        // What is told of an off-ramp while a try is being sent, or by whoever made one and was not heard until another
        // was sent, is of the try before. That one has failed, or no other would have followed, unless it has paid.
        let is_of_before =
            row.state == State::Sending || attempts.is_some_and(|own| own < row.attempts);
        let other = finding.refund_id.as_deref();
        let other = other.filter(|told| self.is_other(&row, told));
        let other = other.filter(|_| !is_try && source != Source::Read);
        match (row.state, state) {
            (State::Pending | State::Succeeded | State::Failed, State::Failed)
                if other.is_some() =>
            {
                let other = other.unwrap_or_default();
                self.other_has_failed(tx, &row, other, source).await?;
                Ok(row.state)
            }
            // What was accepted now is another refund than the one that has failed, and may still be paid.
            (State::Failed, _) if other.is_some() => {
                self.write(tx, id, finding, source).await?;
                Ok(state)
            }
            (State::Pending | State::Succeeded, _) if other.is_some() => {
                let other = other.unwrap_or_default();
                self.put_another(tx, &row, other, source, state).await?;
                Ok(row.state)
            }
            // One of several attempts has failed, and another may pay, or be under way.
            (State::Sending | State::InDoubt, State::Failed) if by_a_holder && row.tries > 1 => {
                let detail = "told of one of several attempts";
                self.only_append(tx, id, source, state, detail).await?;
                Ok(row.state)
            }
            // Somebody else's under the same reference.
            (State::NotSent | State::Rejected | State::Withdrawn, State::Failed)
                if row.tries == 0 =>
            {
                let detail = "told of none that was sent from here";
                self.only_append(tx, id, source, state, detail).await?;
                Ok(row.state)
            }
            (_, new) if is_try && is_of_before && new != State::Succeeded => {
                self.only_append(tx, id, source, state, "told of a try before the last")
                    .await?;
                Ok(row.state)
            }
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
            _ => self.write_known(tx, &row, finding, source).await,
        }
    }

    /// Writes a finding about the refund that is known. Where another was accepted beside it, that one stands if this
    /// one has failed; until then a person is told of it.
    pub(super) async fn write_known(
        &self,
        tx: &mut Tx,
        row: &Row,
        finding: &Finding,
        source: Source,
    ) -> Result<State, StoreError> {
        let state = finding.state.unwrap_or(row.state);
        let Some(other) = &row.beside else {
            self.write(tx, &row.id, finding, source).await?;
            return Ok(state);
        };
        if state != State::Failed {
            let finding = Finding {
                why: row.why.clone(),
                waits: row.waits_since.is_some(),
                ..finding.clone()
            };
            self.write(tx, &row.id, &finding, source).await?;
            return Ok(state);
        }
        let finding = Finding {
            state: Some(State::Pending),
            refund_id: Some(other.clone()),
            due_in: Some(Duration::ZERO),
            detail: Some(format!("failed, and {other} stands")),
            ..Finding::default()
        };
        self.write(tx, &row.id, &finding, source).await?;
        self.put_beside(tx, &row.id, None).await?;
        Ok(State::Pending)
    }

    async fn put_beside(
        &self,
        tx: &mut Tx,
        id: &str,
        other: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query("UPDATE refunds SET beside = $2 WHERE id = $1")
            .bind(id)
            .bind(other)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// Puts down that another refund under the same reference has failed, after which nobody has to see to it.
    pub(super) async fn other_has_failed(
        &self,
        tx: &mut Tx,
        row: &Row,
        other: &str,
        source: Source,
    ) -> Result<(), StoreError> {
        if row.beside.as_deref() == Some(other) {
            let seen =
                "UPDATE refunds SET why = NULL, waits_since = NULL, beside = NULL WHERE id = $1";
            sqlx::query(seen).bind(&row.id).execute(&mut **tx).await?;
        }
        let detail = format!("told of {other}, another refund under the reference");
        self.only_append(tx, &row.id, source, State::Failed, &detail)
            .await
    }

    /// Puts down that another refund was accepted under the same reference: a person has to see to it.
    async fn put_another(
        &self,
        tx: &mut Tx,
        row: &Row,
        other: &str,
        source: Source,
        state: State,
    ) -> Result<(), StoreError> {
        let known = row.refund_id.as_deref().unwrap_or_default();
        if row.beside.as_deref() == Some(other) {
            return self
                .only_append(tx, &row.id, source, state, "known already")
                .await;
        }
        tracing::error!(
            refunds.provider = row.provider.as_str(),
            refunds.id = known,
            refunds.other_id = other,
            "two refunds were accepted under one reference: ask the provider whether both are paid"
        );
        let why = format!(
            "{other} was accepted under this reference beside {known}, and both may be paid: ask the provider"
        );
        let now = self.store().dialect().now();
        let update = format!(
            "UPDATE refunds SET why = $2, waits_since = COALESCE(waits_since, {now}), beside = COALESCE(beside, $3) \
             WHERE id = $1"
        );
        sqlx::query(AssertSqlSafe(update))
            .bind(&row.id)
            .bind(storable(&why))
            .bind(storable(other))
            .execute(&mut **tx)
            .await?;
        let detail = format!("accepted as {other} beside {known}: both may be paid");
        self.only_append(tx, &row.id, source, state, &detail).await
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
            .bind(storable(detail))
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
        let update = self.update_of(Others::None);
        let found = Found::new(id, finding, source, None)?;
        sqlx::query(AssertSqlSafe(update))
            .bind(to_json("findings", &[found])?)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }

    /// The statement that writes findings.
    pub(super) fn update_of(&self, others: Others) -> String {
        let dialect = self.store().dialect();
        let now = dialect.now();
        const GUARD: &str =
            "refunds.id = new.id AND refunds.fence = new.of_fence AND refunds.state = new.of_state";
        let new = dialect.table("new", &Found::COLUMNS);
        // Under a guard the fence stays, so that a commit that was not heard of is found to be done.
        let (fence, from, condition) = match others {
            Others::None => ("refunds.fence + 1", new, "refunds.id = new.id"),
            Others::Waited => ("refunds.fence", new, GUARD),
            Others::LeftOut => {
                let lock = dialect.for_update_of_free("refunds");
                let free =
                    format!("(SELECT new.* FROM refunds, {new} WHERE {GUARD} {lock}) AS new");
                ("refunds.fence", free, GUARD)
            }
        };
        format!(
            "UPDATE refunds SET state = new.state, status = new.status, \
             refund_id = COALESCE(new.refund_id, refunds.refund_id), retry_mark = new.retry_mark, \
             record = new.record, why = new.why, evidence = new.evidence, \
             waits_since = CASE WHEN new.waits = 1 THEN COALESCE(refunds.waits_since, {now}) ELSE NULL END, \
             due_at = CASE WHEN new.due_in >= 0 THEN {now} + new.due_in ELSE NULL END, \
             looks = CASE WHEN new.is_final = 1 OR (refunds.state = 'sending' AND new.state <> 'not_sent') THEN 0 \
             ELSE refunds.looks + 1 END, \
             queued = CASE WHEN new.state = 'not_sent' THEN refunds.queued ELSE 0 END, fence = {fence}, \
             leased_until = 0, reconciling = 0, clean = 0, tries = COALESCE(new.tries, refunds.tries), \
             changed_at = {now}, {fact} \
             FROM {from} WHERE {condition} RETURNING refunds.id, refunds.fence",
            fact = fact_from("new.source", "new.state", "new.detail"),
        )
    }

    /// Whether something is about another refund than the one that is known.
    pub(super) fn is_other(&self, row: &Row, told: &str) -> bool {
        let known = row.refund_id.as_deref().filter(|_| self.ids_tell_apart());
        known.is_some_and(|known| known != storable(told))
    }

    /// Whether an id of the provider's tells one refund from another.
    pub(super) fn ids_tell_apart(&self) -> bool {
        self.refunds.capabilities().ids == RefundIds::OneForAll
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

/// A provider's text as both databases can hold it: PostgreSQL has no character of the number 0.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// To whom a refund has to belong for a finding to count.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    pub(super) fence: i64,
    pub(super) state: State,
}

/// What becomes of rows that another has locked.
#[derive(Clone, Copy)]
pub(super) enum Others {
    /// There are none: the row is locked already.
    None,
    /// They are waited for.
    Waited,
    /// They are left out.
    LeftOut,
}

/// A finding as the statement takes it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Found(
    String,
    &'static str,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<&'static str>,
    i64,
    i64,
    i64,
    Option<String>,
    &'static str,
    Option<i64>,
    Option<&'static str>,
    Option<i64>,
);

impl Found {
    const COLUMNS: [Column; 16] = [
        Column::Text("id"),
        Column::Text("state"),
        Column::Text("status"),
        Column::Text("refund_id"),
        Column::Text("retry_mark"),
        Column::Text("record"),
        Column::Text("why"),
        Column::Text("evidence"),
        Column::Number("waits"),
        Column::Number("due_in"),
        Column::Number("is_final"),
        Column::Text("detail"),
        Column::Text("source"),
        Column::Number("of_fence"),
        Column::Text("of_state"),
        Column::Number("tries"),
    ];

    pub(super) fn new(
        id: &str,
        finding: &Finding,
        source: Source,
        guard: Option<Guard>,
    ) -> Result<Self, StoreError> {
        let state = finding.state.unwrap_or(State::InDoubt);
        let status = finding.status.as_ref();
        let mark = finding.retry_mark.as_ref();
        let record = finding.record.as_ref();
        Ok(Self(
            id.to_owned(),
            state.as_str(),
            status.map(|status| to_json("status", status)).transpose()?,
            finding.refund_id.as_deref().map(storable),
            mark.map(|mark| to_json("retry_mark", mark)).transpose()?,
            record.map(|record| to_json("record", record)).transpose()?,
            finding.why.as_deref().map(storable),
            finding.evidence,
            i64::from(finding.waits),
            finding.due_in.map_or(-1, duration_millis),
            i64::from(state.is_final()),
            detail(finding).as_deref().map(storable),
            source.as_str(),
            guard.map(|guard| guard.fence),
            guard.map(|guard| guard.state.as_str()),
            finding.tries,
        ))
    }

    /// By which refund and fence it is told from others of one statement.
    pub(super) fn key(&self) -> (String, i64) {
        (self.0.clone(), self.13.unwrap_or_default())
    }
}

fn detail(finding: &Finding) -> Option<String> {
    let row = finding.evidence.map(|row| format!("row {row}"));
    let parts: Vec<_> = finding.detail.clone().into_iter().chain(row).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
