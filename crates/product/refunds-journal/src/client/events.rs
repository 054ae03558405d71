//! What events tell.

use std::time::SystemTime;

use refunds::{
    InDoubt, ProviderName, Reconciled, Reference, RefundError,
    webhooks::{Change, RefundKey, RefundProgress, RefundUpdate},
};
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    JournaledRefunds,
    finding::{Finding, repeated},
};
use crate::{
    Entry, JournalError, Source, StoreError,
    store::{Columns, Row, Tx, to_json},
    time::system_time,
};

/// What an event came to.
#[derive(Debug)]
#[must_use = "a correction and an undecided event ask for something to be done"]
#[non_exhaustive]
pub struct Told {
    /// What became of the refund's state.
    pub change: Change,
    /// What the judge made of it, where the refund was in doubt or not known to have happened.
    pub reconciled: Option<Reconciled>,
    /// The refund as it is known now.
    pub entry: Entry,
}

impl JournaledRefunds {
    /// Takes what a provider's event tells of a refund of this place. Nothing is sent.
    ///
    /// # Errors
    /// The event is about no refund that the journal knows ([`JournalError::NotKnown`]; answer it with a 2xx all the
    /// same, unless it may be of a refund that is just being put down), or it cannot be put down.
    pub async fn apply(&self, update: &RefundUpdate) -> Result<Told, JournalError> {
        let reference = self.reference_of(update).await?;
        self.apply_to(&reference, update).await
    }

    /// The same for a refund that is known to be meant, such as by an entry of one's own in the metadata. Whether the
    /// event is about it is judged all the same.
    ///
    /// # Errors
    /// As for [`apply`](Self::apply).
    pub async fn apply_to(
        &self,
        reference: &Reference,
        update: &RefundUpdate,
    ) -> Result<Told, JournalError> {
        let provider = self.refunds.provider();
        if update.provider() != provider {
            let expected = "an event of its own";
            return Err(RefundError::WrongInput { provider, expected }.into());
        }
        self.store()
            .in_time(self.put_event(reference, update))
            .await
    }

    async fn put_event(
        &self,
        reference: &Reference,
        update: &RefundUpdate,
    ) -> Result<Told, JournalError> {
        let mut tx = self.store().begin().await?;
        let Some((row, now)) = self.locked_row(&mut tx, reference).await? else {
            return Err(self.not_known(reference));
        };
        let (change, progress) = progressed(&row, update);
        let record = self.asked_before(&row);
        let reconciled = match &record {
            Some(record) => Some(self.refunds.reconcile_with_event(record, update)?),
            // The request was forgotten, and the event names the refund by its id.
            None => None,
        };
        let receipt = reconciled.as_ref().and_then(Reconciled::accepted);
        let counts = matches!(change, Change::Applied | Change::Corrected { .. });
        let finding = match (receipt, update.status()) {
            (Some(receipt), _) if !is_other(&row, receipt.refund_id()) => {
                Some(Finding::of_receipt(receipt, &self.times(), &row))
            }
            (None, Some(status)) if record.is_none() => {
                let id = row.refund_id.as_deref();
                Some(Finding::of_status(Some(status), id, &self.times(), &row))
            }
            _ => None,
        };
        // What is about another refund is no progress of this one.
        if finding.is_some() {
            self.put_progress(&mut tx, &row, &progress, now).await?;
        }
        match finding.filter(|_| counts) {
            // By the provider's own times, the later of two ends counts.
            Some(finding) if matches!(change, Change::Corrected { .. }) => {
                self.write(&mut tx, &row.id, &finding, Source::Event)
                    .await?;
            }
            Some(finding) => {
                self.merge(&mut tx, &row.id, &finding, Source::Event, None)
                    .await?;
            }
            None => {
                let what = update
                    .status()
                    .map_or("nothing told", |_| "it settles nothing");
                self.only_append(&mut tx, &row.id, Source::Event, row.state, what)
                    .await?;
            }
        }
        tx.commit().await?;
        let entry = self
            .journal
            .row(&row.id)
            .await?
            .map_or_else(|| row.entry(), |row| row.entry());
        Ok(Told {
            change,
            reconciled,
            entry,
        })
    }

    /// The refund that an event is about: the one that has the provider's id here, the one whose reference it
    /// repeats, or the only one in doubt that it settles. It need not be known here.
    ///
    /// # Errors
    /// The event names no refund, or the journal cannot be read.
    pub async fn reference_of(&self, update: &RefundUpdate) -> Result<Reference, JournalError> {
        let id = update.refund().map(RefundKey::id).unwrap_or_default();
        if let Some(known) = self.reference_with_id(id).await? {
            return Ok(known);
        }
        let named = update.reference().unwrap_or(id);
        let named = Reference::new(named);
        if let Ok(reference) = &named
            && self
                .journal
                .row(&self.refund_id(reference))
                .await?
                .is_some()
        {
            return Ok(reference.clone());
        }
        if let Some(settled) = self.settled_by(update).await? {
            return Ok(settled);
        }
        named.map_err(|_| {
            JournalError::Refund(RefundError::WrongInput {
                provider: self.refunds.provider(),
                expected: "an event that names a refund",
            })
        })
    }

    /// The refund that has an id of the provider's.
    async fn reference_with_id(&self, id: &str) -> Result<Option<Reference>, JournalError> {
        let select =
            "SELECT reference FROM refunds WHERE provider = $1 AND place = $2 AND refund_id = $3";
        let query = sqlx::query(select)
            .bind(self.refunds.provider().as_str())
            .bind(self.place.as_str())
            .bind(id);
        let rows = self.store().read(query).await?;
        let found: Option<String> = rows
            .first()
            .map(|row| row.try_get(0))
            .transpose()
            .map_err(StoreError::from)?;
        Ok(found.and_then(|found| Reference::new(found).ok()))
    }

    /// The only refund in doubt that the judge finds an event to be about, such as by an entry of one's own.
    async fn settled_by(&self, update: &RefundUpdate) -> Result<Option<Reference>, JournalError> {
        let select = format!(
            "SELECT {} FROM refunds WHERE provider = $1 AND place = $2 AND record IS NOT NULL AND state = 'in_doubt'",
            Columns::ALL
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(self.refunds.provider().as_str())
            .bind(self.place.as_str());
        let rows = self.store().read(query).await?;
        let mut settled = None;
        for row in &rows {
            let row = Row::read(row)?;
            let judged = row
                .record
                .as_ref()
                .map(|record| self.refunds.reconcile_with_event(record, update));
            let is_about = matches!(judged, Some(Ok(judged)) if judged.accepted().is_some());
            if is_about && settled.replace(row.reference).is_some() {
                return Ok(None);
            }
        }
        Ok(settled)
    }

    /// What an event is judged against.
    fn asked_before(&self, row: &Row) -> Option<InDoubt> {
        if let Some(record) = &row.record {
            return Some(record.clone());
        }
        let first = row.first_sent_at.unwrap_or(row.created_at);
        let record = InDoubt::interrupted(
            row.provider,
            row.reference.clone(),
            row.action.clone()?,
            system_time(first),
        );
        Some(repeated(record.with_quiet_since(SystemTime::now()), row))
    }

    async fn put_progress(
        &self,
        tx: &mut Tx,
        row: &Row,
        progress: &RefundProgress,
        now: i64,
    ) -> Result<(), JournalError> {
        sqlx::query("UPDATE refunds SET progress = $2, changed_at = $3 WHERE id = $1")
            .bind(&row.id)
            .bind(to_json("progress", progress)?)
            .bind(now)
            .execute(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        Ok(())
    }
}

/// What the events so far and this one come to.
fn progressed(row: &Row, update: &RefundUpdate) -> (Change, RefundProgress) {
    let mut progress = row.progress.clone().unwrap_or_else(|| {
        // The refund that is known; until then the one that the event names.
        let known = row
            .refund_id
            .as_deref()
            .filter(|_| row.provider != ProviderName::Kotanipay);
        let key = match (known, update.refund()) {
            (Some(id), _) => RefundKey::new(row.provider, id),
            (None, Some(key)) => key.clone(),
            (None, None) => RefundKey::new(row.provider, row.reference.as_str()),
        };
        RefundProgress::new(key)
    });
    let change = progress.apply(update);
    (change, progress)
}

/// Whether an event that carries our reference is about another refund than the one that is known.
fn is_other(row: &Row, told: Option<&str>) -> bool {
    matches!((&row.refund_id, told), (Some(known), Some(told)) if known != told)
}
