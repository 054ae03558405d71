//! What events tell.

use std::time::SystemTime;

use refunds::{
    InDoubt, Receipt, Reconciled, Reference, RefundError, RefundStatus,
    webhooks::{Change, RefundKey, RefundProgress, RefundUpdate},
};
use sqlx::{AssertSqlSafe, Row as _};

use super::{
    JournaledRefunds,
    finding::{Finding, repeated},
    settle::storable,
};
use crate::{
    Entry, JournalError, Source, State, StoreError,
    store::{Columns, Row, Tx, to_json},
};

/// Why a refund that has paid waits for a person, where it was said to have failed as well.
const TWO_ENDS: &str = "it is told to have failed and to have paid, and which came later is not known: ask the provider";
/// The reference under which the journal has a refund of the provider's, other than one.
pub(super) const OF_ANOTHER: &str = "SELECT reference FROM refunds \
    WHERE provider = $1 AND place = $2 AND refund_id = $3 AND id <> $4 LIMIT 1";

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
        let told = update.refund().map(RefundKey::id);
        let is_other = told.is_some_and(|told| self.is_other(&row, told));
        // Beside one that stands, what is told of another is no progress of this one.
        let is_beside = is_other && matches!(row.state, State::Pending | State::Succeeded);
        let is_new = is_other && !is_beside;
        // The refund that is known; until then the one that the event names.
        let known = row.refund_id.as_deref();
        let known = known.filter(|_| self.ids_tell_apart() && !is_new);
        let (change, progress) = progressed(&row, known, update, is_new);
        let record = self.asked_before(&row);
        let reconciled = match &record {
            Some(record) => Some(self.refunds.reconcile_with_event(record, update)?),
            // The request was forgotten, and the event names the refund by its id.
            None => None,
        };
        let receipt = reconciled.as_ref().and_then(Reconciled::accepted);
        let has_paid = receipt.and_then(Receipt::status) == Some(&RefundStatus::Succeeded);
        let counts = match change {
            Change::Applied | Change::Corrected { .. } => true,
            // Of two ends that cannot be put in order, that it has paid is the graver one.
            Change::Undecided { .. } => has_paid,
            _ => is_beside,
        };
        let finding = match (receipt, update.status()) {
            (Some(receipt), _) => Some(Finding::of_receipt(receipt, &self.times(), &row)),
            (None, Some(status)) if record.is_none() && !is_other => {
                let id = row.refund_id.as_deref();
                Some(Finding::of_status(Some(status), id, &self.times(), &row))
            }
            _ => None,
        };
        let finding = match &finding {
            Some(found) if self.is_of_another_row(&mut tx, &row, found).await? => None,
            _ => finding,
        };
        if finding.is_some() && !is_beside {
            self.put_progress(&mut tx, &row, &progress, now).await?;
        }
        match finding.filter(|_| counts) {
            // By the provider's own times, the later of two ends counts.
            Some(finding) if matches!(change, Change::Corrected { .. }) => {
                self.write_known(&mut tx, &row, &finding, Source::Event)
                    .await?;
            }
            Some(finding) => {
                let finding = match change {
                    Change::Undecided { .. } if row.state == State::Failed => Finding {
                        why: Some(TWO_ENDS.to_owned()),
                        waits: true,
                        ..finding
                    },
                    _ => finding,
                };
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
            .bind(storable(id));
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
            let judged = self
                .asked_before(&row)
                .map(|record| self.refunds.reconcile_with_event(&record, update));
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
            let record = record.clone();
            // What a reconciliation has sent that is under way, or was cut off, nobody saw the end of.
            return Some(match row.reconciling {
                true => record.after_restart(),
                false => record,
            });
        }
        let (reference, action) = (row.reference.clone(), row.action.clone()?);
        let record = InDoubt::interrupted(row.provider, reference, action, row.earliest());
        let record = record.with_quiet_since(SystemTime::now());
        // Of a refund that is known by its id, what is told is its own, however often it was asked for.
        Some(match row.state.is_accepted() && row.refund_id.is_some() {
            true => record.of_one_refund(),
            false => repeated(record, row),
        })
    }

    /// Whether the journal has what is told as the refund of another reference.
    async fn is_of_another_row(
        &self,
        tx: &mut Tx,
        row: &Row,
        finding: &Finding,
    ) -> Result<bool, JournalError> {
        let found = sqlx::query(OF_ANOTHER)
            .bind(row.provider.as_str())
            .bind(&row.place)
            .bind(finding.refund_id.as_deref().map(storable))
            .bind(&row.id)
            .fetch_optional(&mut **tx)
            .await
            .map_err(StoreError::from)?;
        Ok(found.is_some())
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

/// What the events so far and this one come to; `is_new` if they are of another refund, which is known from now on.
fn progressed(
    row: &Row,
    known: Option<&str>,
    update: &RefundUpdate,
    is_new: bool,
) -> (Change, RefundProgress) {
    let key = match (known, update.refund()) {
        // What is stored of an id is what both databases can hold.
        (Some(id), Some(told)) if storable(told.id()) == id => Some(told.clone()),
        (Some(id), _) => Some(RefundKey::new(row.provider, id)),
        (None, Some(key)) if is_new => Some(key.clone()),
        _ => None,
    };
    let before = row.progress.clone();
    let before = before.filter(|before| key.as_ref().is_none_or(|key| key == before.refund()));
    let mut progress = before.unwrap_or_else(|| {
        let named = || RefundKey::new(row.provider, row.reference.as_str());
        let key = key.or_else(|| update.refund().cloned());
        RefundProgress::new(key.unwrap_or_else(named))
    });
    let change = progress.apply(update);
    (change, progress)
}
