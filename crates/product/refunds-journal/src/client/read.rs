//! What reads show of refunds that were accepted.

use refunds::{Action, Fetched, InDoubt, Lookup, Reconciled, Reference, RefundStatus, RetryMark};
use sqlx::AssertSqlSafe;

use super::{
    JournaledRefunds, Step,
    finding::{Finding, wait, waits},
    retry::has_run,
    settle::Guard,
};
use crate::{
    Entry, JournalError, Source, State,
    identity::payment_id,
    store::{Columns, Row},
};

/// What a read showed, and what the journal has learnt by it.
#[derive(Debug)]
pub struct Read {
    /// What the provider shows.
    pub fetched: Fetched,
    /// The refunds of which an end was put down.
    pub learnt: Vec<Entry>,
}

impl JournaledRefunds {
    /// Reads a refund, or the refunds of an order, and puts down the end that is shown of those that were accepted
    /// here. One that is known to have failed can be shown as paid after all. What is in doubt stays so:
    /// [`reconcile`](Self::reconcile) judges it.
    ///
    /// # Errors
    /// The read failed, or what it showed cannot be put down: read again.
    pub async fn fetch(&self, lookup: &Lookup) -> Result<Read, JournalError> {
        // What is sent while the answer is under way is not what it shows.
        let accepted = self.accepted_by(lookup).await?;
        let fetched = self.refunds.fetch(lookup).await?;
        let mut learnt = Vec::new();
        for row in accepted {
            let found = match self.is_of_a_try(&row) {
                true => {
                    let status = fetched.single().and_then(|refund| refund.status.clone());
                    self.in_shown(&row, of_the_try(&row, status, fetched.retry_mark()))
                }
                false if self.ids_tell_apart() => self.in_shown(&row, shown(&row, &fetched)),
                false => self.by_reference(&row).await?.0,
            };
            let Some(finding) = found.filter(|found| found.state != Some(row.state)) else {
                continue;
            };
            if self.put_read(&row, &finding).await? {
                learnt.extend(self.journal.row(&row.id).await?);
            }
        }
        let named = fetched
            .single()
            .and_then(|refund| refund.refund_id.as_deref());
        if self.ids_tell_apart() && named == Some(lookup.name()) {
            learnt.extend(self.put_failed_beside(lookup.name(), &fetched).await?);
        }
        Ok(Read {
            fetched,
            learnt: learnt.iter().map(Row::entry).collect(),
        })
    }

    /// Puts down that a refund has failed which was accepted beside the one that is known, where a read shows that.
    async fn put_failed_beside(
        &self,
        id: &str,
        fetched: &Fetched,
    ) -> Result<Option<Row>, JournalError> {
        let status = fetched.single().and_then(|refund| refund.status.as_ref());
        if !matches!(status, Some(RefundStatus::Failed | RefundStatus::Cancelled)) {
            return Ok(None);
        }
        let select = format!(
            "SELECT {} FROM refunds WHERE provider = $1 AND place = $2 AND beside = $3",
            Columns::ALL
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(self.refunds.provider().as_str())
            .bind(self.place.as_str().to_owned())
            .bind(id.to_owned());
        let rows = self.store().read(query).await?;
        let Some(row) = rows.first().map(Row::read).transpose()? else {
            return Ok(None);
        };
        let put = async {
            let mut tx = self.store().begin().await?;
            if let Some((now, _)) = self.locked_row(&mut tx, &row.reference).await? {
                self.other_has_failed(&mut tx, &now, id, Source::Read)
                    .await?;
            }
            tx.commit().await?;
            Ok::<_, JournalError>(())
        };
        self.store().in_time(put).await?;
        Ok(self.journal.row(&row.id).await?)
    }

    /// The refunds that were accepted which a read is about.
    async fn accepted_by(&self, lookup: &Lookup) -> Result<Vec<Row>, JournalError> {
        let provider = self.refunds.provider();
        let named = lookup.name();
        // A statement of its own for each index.
        let mut rows = Vec::new();
        let id = Reference::new(named).map(|reference| self.refund_id(&reference));
        if let Ok(id) = id {
            rows.extend(self.journal.row(&id).await?);
        }
        for condition in [
            "payment = $1 AND COALESCE($2, $3, $4) IS NOT NULL",
            "provider = $2 AND place = $3 AND refund_id = $4 AND $1 IS NOT NULL",
        ] {
            let select = format!("SELECT {} FROM refunds WHERE {condition}", Columns::ALL);
            let query = sqlx::query(AssertSqlSafe(select))
                .bind(payment_id(provider, &self.place, named))
                .bind(provider.as_str())
                .bind(self.place.as_str().to_owned())
                .bind(named.to_owned());
            for row in &self.store().read(query).await? {
                rows.push(Row::read(row)?);
            }
        }
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        rows.dedup_by(|one, other| one.id == other.id);
        rows.retain(|row| row.state.is_accepted() && self.lookup_of(row).as_ref() == Some(lookup));
        Ok(rows)
    }

    /// By what a refund that was accepted is read; `None` where only an event, or a person, can tell its end.
    fn lookup_of(&self, row: &Row) -> Option<Lookup> {
        let id = row.refund_id.as_deref();
        if id.is_none() && self.ids_tell_apart() {
            return None;
        }
        // What was asked for may be forgotten.
        let action = row.action.as_ref().unwrap_or(&Action::Retry);
        self.refunds.lookup(&row.reference, action, id)
    }

    /// Whether it is a try of a refund that began by itself. What was asked for may be forgotten.
    fn is_of_a_try(&self, row: &Row) -> bool {
        match &row.action {
            Some(action) => !matches!(action, Action::Create(_)),
            None => !self.refunds.capabilities().creates,
        }
    }

    /// Asks what became of a refund that is pending.
    pub(super) async fn read_back(&self, row: &Row) -> Result<Step, JournalError> {
        // Whether it is only a person who can tell more.
        let (found, waits) = if self.is_of_a_try(row) {
            let (shown, mark) = self.what_is_tried(row).await?;
            let status = shown.and_then(|refund| refund.status);
            let waits = is_unmarked_failure(row, status.as_ref());
            (self.in_shown(row, of_the_try(row, status, mark)), waits)
        } else {
            match self.lookup_of(row) {
                Some(lookup) if self.ids_tell_apart() => {
                    let fetched = self.refunds.fetch(&lookup).await?;
                    (self.in_shown(row, shown(row, &fetched)), false)
                }
                Some(_) => self.by_reference(row).await?,
                None => {
                    self.have_it_wait(row, false).await?;
                    return Ok(Step::Nothing);
                }
            }
        };
        let Some(finding) = found else {
            if waits {
                self.have_it_wait(row, true).await?;
            }
            self.look_again(row, wait(&self.times(), row.looks)).await?;
            return Ok(Step::Later);
        };
        self.put_read(row, &finding).await?;
        Ok(match finding.state {
            Some(state) if state.is_final() => Step::Ended,
            _ => Step::Later,
        })
    }

    /// The end that a read shows of a refund, if it shows one.
    fn in_shown(&self, row: &Row, status: Option<RefundStatus>) -> Option<Finding> {
        let status = status.filter(RefundStatus::is_final)?;
        let id = row.refund_id.as_deref();
        Some(Finding::of_status(Some(&status), id, &self.times(), row))
    }

    /// What is shown of a refund that no id tells from others, among which the judge finds it by its reference; and whether it
    /// is only a person who can tell more.
    async fn by_reference(&self, row: &Row) -> Result<(Option<Finding>, bool), JournalError> {
        let Some(action) = row.action.clone() else {
            return Ok((None, false));
        };
        let first = row.earliest();
        let record = InDoubt::interrupted(row.provider, row.reference.clone(), action, first);
        let reconciled = self.refunds.reconcile(&record.of_one_refund()).await?;
        let waits = match &reconciled {
            Reconciled::StillUnknown(unknown) => waits(unknown.next_step()),
            _ => false,
        };
        let receipt = reconciled.accepted();
        let found = receipt.map(|receipt| Finding::of_receipt(receipt, &self.times(), row));
        Ok((found, waits))
    }

    /// Puts down what was read, and says whether it counts: as long as nothing was learnt, and nothing sent, since.
    async fn put_read(&self, row: &Row, finding: &Finding) -> Result<bool, JournalError> {
        if row.state == State::Pending && row.beside.is_none() {
            let guard = Guard {
                fence: row.fence,
                state: State::Pending,
            };
            let written = self.write_alone(&row.id, finding, Source::Read, guard);
            return Ok(written.await?);
        }
        let put = async {
            let mut tx = self.store().begin().await?;
            let now = self.locked_row(&mut tx, &row.reference).await?;
            if now.is_none_or(|(now, _)| now.fence != row.fence || now.state != row.state) {
                return Ok(false);
            }
            let state = self
                .merge(&mut tx, &row.id, finding, Source::Read, None)
                .await?;
            tx.commit().await?;
            Ok::<_, JournalError>(state != row.state)
        };
        self.store().in_time(put).await
    }
}

/// The status that a read shows of a refund, by its id.
fn shown(row: &Row, fetched: &Fetched) -> Option<RefundStatus> {
    let refunds = fetched.refunds().iter();
    let mut named = refunds.filter(|refund| refund.refund_id == row.refund_id);
    let first = named.next()?;
    // What is shown twice, in two states, is in neither.
    let agrees = named.all(|other| other.status == first.status);
    first.status.clone().filter(|_| agrees)
}

/// Whether a failure is shown of which nobody can tell whether it is of the last try, since nothing was seen before that.
fn is_unmarked_failure(row: &Row, status: Option<&RefundStatus>) -> bool {
    let is_marked = row
        .retry_mark
        .as_ref()
        .is_some_and(|mark| mark.total_retries.is_some() || mark.timestamp.is_some());
    status == Some(&RefundStatus::Failed) && !is_marked
}

/// The status that is shown, if it is of the last try: until that is seen to have run, it may be the one from before.
fn of_the_try(
    row: &Row,
    status: Option<RefundStatus>,
    mark: Option<RetryMark>,
) -> Option<RefundStatus> {
    let has_run = has_run(row.retry_mark.as_ref(), mark);
    status.filter(|status| has_run || *status == RefundStatus::Succeeded)
}
