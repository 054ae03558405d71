//! What reads show of refunds that were accepted.

use refunds::{Action, Fetched, InDoubt, Lookup, ProviderName, RefundStatus, RetryMark};
use sqlx::AssertSqlSafe;

use super::{
    JournaledRefunds, Step,
    finding::{Finding, wait},
    retry::has_run,
    settle::Guard,
};
use crate::{
    Entry, JournalError, Source, State, StoreError,
    identity::payment_id,
    store::{Columns, Row},
    time::system_time,
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
    /// Reads a refund, or the refunds of an order, and puts down the end of those that are pending here. What is in
    /// doubt stays so: [`reconcile`](Self::reconcile) judges it.
    ///
    /// # Errors
    /// The read failed, or what it showed cannot be put down: read again.
    pub async fn fetch(&self, lookup: &Lookup) -> Result<Read, JournalError> {
        // What is sent while the answer is under way is not what it shows.
        let pending = self.pending_of(lookup).await?;
        let fetched = self.refunds.fetch(lookup).await?;
        let mut learnt = Vec::new();
        for row in pending {
            match lookup {
                Lookup::OpttyOrder(_) => self.find_in_order(&row).await?,
                _ => self.put_shown(&row, &fetched).await?,
            };
            let now = self.journal.row(&row.id).await?;
            learnt.extend(now.filter(|now| now.state != row.state));
        }
        Ok(Read {
            fetched,
            learnt: learnt.iter().map(Row::entry).collect(),
        })
    }

    /// The pending refunds that a read is about.
    async fn pending_of(&self, lookup: &Lookup) -> Result<Vec<Row>, JournalError> {
        let provider = self.refunds.provider();
        let named = match lookup {
            Lookup::TazapayRefund(name)
            | Lookup::OpttyOrder(name)
            | Lookup::Own { by: name, .. } => name.as_str(),
            Lookup::KotanipayRefund(reference) | Lookup::KotanipayOfframp(reference) => {
                reference.as_str()
            }
            _ => return Ok(Vec::new()),
        };
        let select = format!(
            "SELECT {} FROM refunds WHERE state = 'pending' AND (payment = $1 \
             OR (provider = $2 AND place = $3 AND (refund_id = $4 OR reference = $4)))",
            Columns::ALL
        );
        let query = sqlx::query(AssertSqlSafe(select))
            .bind(payment_id(provider, &self.place, named))
            .bind(provider.as_str())
            .bind(self.place.as_str().to_owned())
            .bind(named.to_owned());
        let rows = self.store().read(query).await?;
        let rows: Result<Vec<_>, StoreError> = rows.iter().map(Row::read).collect();
        let mut rows = rows?;
        rows.retain(|row| self.lookup_of(row).as_ref() == Some(lookup));
        Ok(rows)
    }

    /// By what a refund that was accepted is read; `None` where only an event, or a person, can tell its end.
    fn lookup_of(&self, row: &Row) -> Option<Lookup> {
        let request = match &row.action {
            Some(Action::Create(request)) => Some(request),
            _ => None,
        };
        let id = row.refund_id.as_ref();
        match row.provider {
            ProviderName::Tazapay => id.map(|id| Lookup::TazapayRefund(id.clone())),
            ProviderName::Kotanipay => Some(Lookup::KotanipayRefund(row.reference.clone())),
            ProviderName::Optty => {
                request.map(|request| Lookup::OpttyOrder(request.payment().to_owned()))
            }
            ProviderName::Mce => None,
            ProviderName::Own(_) => {
                let request = id.and(request)?;
                self.refunds.lookup(&row.reference, request)
            }
        }
    }

    /// Asks what became of a refund that was accepted.
    pub(super) async fn read_back(&self, row: &Row) -> Result<Step, JournalError> {
        let is_try = matches!(row.action, Some(Action::Retry | Action::SubmitInvoice(_)));
        if is_try && matches!(row.provider, ProviderName::Own(_)) {
            let (shown, mark) = self.what_is_tried(row).await?;
            let status = shown.and_then(|refund| refund.status);
            return self.put_status(row, of_the_try(row, status, mark)).await;
        }
        match self.lookup_of(row) {
            Some(Lookup::OpttyOrder(_)) => self.find_in_order(row).await,
            Some(lookup) => {
                let fetched = self.refunds.fetch(&lookup).await?;
                self.put_shown(row, &fetched).await
            }
            None => {
                self.leave_to_an_event(row).await?;
                Ok(Step::Nothing)
            }
        }
    }

    /// Puts down the end that a read shows of a refund, if it shows one.
    async fn put_shown(&self, row: &Row, fetched: &Fetched) -> Result<Step, JournalError> {
        self.put_status(row, shown(row, fetched)).await
    }

    async fn put_status(
        &self,
        row: &Row,
        status: Option<RefundStatus>,
    ) -> Result<Step, JournalError> {
        let Some(status) = status.filter(RefundStatus::is_final) else {
            self.look_again(row, wait(&self.times(), row.looks)).await?;
            return Ok(Step::Later);
        };
        let id = row.refund_id.as_deref();
        let finding = Finding::of_status(Some(&status), id, &self.times(), row);
        self.put_read(row, &finding).await?;
        Ok(Step::Ended)
    }

    /// Optty's order has the refund among others, where the judge finds it by its reference.
    async fn find_in_order(&self, row: &Row) -> Result<Step, JournalError> {
        let Some(action) = row.action.clone() else {
            return Ok(Step::Nothing);
        };
        let first = system_time(row.first_sent_at.unwrap_or(row.created_at));
        let record = InDoubt::interrupted(row.provider, row.reference.clone(), action, first);
        let reconciled = self.refunds.reconcile(&record).await?;
        let Some(receipt) = reconciled.accepted() else {
            self.look_again(row, wait(&self.times(), row.looks)).await?;
            return Ok(Step::Later);
        };
        let finding = Finding::of_receipt(receipt, &self.times(), row);
        self.put_read(row, &finding).await?;
        Ok(match finding.state {
            Some(state) if state.is_final() => Step::Ended,
            _ => Step::Later,
        })
    }

    /// What was read counts as long as nothing was learnt, and nothing sent, since.
    async fn put_read(&self, row: &Row, finding: &Finding) -> Result<(), JournalError> {
        let guard = Guard {
            fence: row.fence,
            state: State::Pending,
        };
        self.write_alone(&row.id, finding, Source::Read, guard)
            .await?;
        Ok(())
    }
}

/// The status that a read shows of a refund, where it is this one's.
fn shown(row: &Row, fetched: &Fetched) -> Option<RefundStatus> {
    match row.provider {
        ProviderName::Kotanipay => {
            let status = fetched.single()?.status.clone();
            of_the_try(row, status, fetched.retry_mark())
        }
        ProviderName::Own(_) => {
            let refunds = fetched.refunds().iter();
            let mut named = refunds.filter(|refund| refund.refund_id == row.refund_id);
            let first = named.next()?;
            // What is shown twice, in two states, is in neither.
            let agrees = named.all(|other| other.status == first.status);
            first.status.clone().filter(|_| agrees)
        }
        ProviderName::Tazapay | ProviderName::Optty | ProviderName::Mce => {
            fetched.single()?.status.clone()
        }
    }
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
