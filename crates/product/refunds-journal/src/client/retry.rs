//! Trying a failed refund again, and giving it an invoice: after a try that was accepted only once it is seen to
//! have run.

use refunds::{
    Action, InDoubt, LightningInvoice, Reconciled, Reference, RefundState, RefundStatus, RetryMark,
};

use std::time::SystemTime;

use super::{Claimed, Conclusion, JournaledRefunds, Wanted};
use crate::{JournalError, State, store::Row};

impl JournaledRefunds {
    /// Tries a failed refund again (Kotani Pay, and providers of your own that can). After a try that was accepted, another
    /// is sent only once the refund is seen to have failed since.
    ///
    /// # Errors
    /// As for [`create`](Self::create); nothing shows that the try before has run; or its state asks for none.
    pub async fn retry(&self, reference: &Reference) -> Result<Conclusion, JournalError> {
        self.follow(reference, Action::Retry).await
    }

    /// Gives a refund over Lightning its invoice (Kotani Pay).
    ///
    /// # Errors
    /// As for [`retry`](Self::retry).
    pub async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Conclusion, JournalError> {
        self.follow(reference, Action::SubmitInvoice(invoice)).await
    }

    async fn follow(
        &self,
        reference: &Reference,
        action: Action,
    ) -> Result<Conclusion, JournalError> {
        let mut wanted = Wanted::new(self, reference, action, None)?;
        let mut mark = None;
        let before = self.journal.row(&wanted.id).await?;
        if let Some(row) = before.filter(|row| row.state.is_accepted()) {
            // What has paid is not tried again, whatever is shown of it later.
            if row.state == State::Succeeded || matches!(row.action, Some(Action::Create(_))) {
                return Ok(Conclusion::Before(Box::new(row.entry())));
            }
            match self.stands(&row, &wanted).await? {
                Some(row) => return Ok(Conclusion::Before(Box::new(row.entry()))),
                None => {
                    wanted.follows = Some(row.fence);
                    mark = row.retry_mark;
                }
            }
        }
        let is_retry = matches!(wanted.action, Action::Retry);
        match self.claim_in_turn(&wanted).await? {
            Claimed::Held(held) => {
                let mark = mark.filter(|_| is_retry);
                self.send(*held, mark).await.map(Conclusion::Now)
            }
            Claimed::Before(row) => Ok(Conclusion::Before(Box::new(row.entry()))),
            Claimed::NotQueued => Err(JournalError::LeaseLost),
        }
    }

    /// The refund that a try is of, as it is shown, and what it shows of tries.
    pub(super) async fn what_is_tried(
        &self,
        row: &Row,
    ) -> Result<(Option<RefundState>, Option<RetryMark>), JournalError> {
        let fetched = match self.refunds.lookup(&row.reference, &Action::Retry, None) {
            Some(lookup) => self.refunds.fetch(&lookup).await?,
            None => {
                // What is shown of another refund is told apart where a record is settled.
                let action = row.action.clone().unwrap_or(Action::Retry);
                let first = row.earliest();
                let record =
                    InDoubt::interrupted(row.provider, row.reference.clone(), action, first);
                // It was accepted, so that nothing of it is under way.
                let record = record.with_quiet_since(SystemTime::UNIX_EPOCH);
                match self.refunds.reconcile(&record).await? {
                    Reconciled::Shown(fetched) => fetched,
                    settled => {
                        return Ok((
                            settled.accepted().map(|receipt| receipt.state().clone()),
                            None,
                        ));
                    }
                }
            }
        };
        Ok((fetched.single().cloned(), fetched.retry_mark()))
    }

    /// Whether a try that was accepted before still stands, so that no other may follow: `None` if it has failed
    /// for certain, or waits for what is given now.
    async fn stands(&self, row: &Row, wanted: &Wanted) -> Result<Option<Row>, JournalError> {
        let (shown, mark) = self.what_is_tried(row).await?;
        let status = shown.and_then(|refund| refund.status);
        let asks_for_it = matches!(
            (&status, &wanted.action),
            (Some(RefundStatus::Failed), _)
                | (Some(RefundStatus::ActionRequired), Action::SubmitInvoice(_))
        );
        if asks_for_it {
            // Until it is seen to have run, what is shown may be the state from before the try.
            if has_run(row.retry_mark.as_ref(), mark) {
                return Ok(None);
            }
            return Err(JournalError::NotSeenToRun {
                provider: row.provider,
                reference: row.reference.clone(),
            });
        }
        if row.digest != wanted.digest {
            return Err(JournalError::UnderWay {
                provider: row.provider,
                reference: row.reference.clone(),
                status: status.map_or_else(|| "not told".to_owned(), |status| status.to_string()),
            });
        }
        let state = match &status {
            Some(RefundStatus::Succeeded) => State::Succeeded,
            _ => State::Pending,
        };
        Ok(Some(Row {
            status,
            state,
            ..row.clone()
        }))
    }
}

/// Whether what is shown now proves that a try has run since.
pub(super) fn has_run(before: Option<&RetryMark>, now: Option<RetryMark>) -> bool {
    match (before, now) {
        (Some(before), Some(now)) => before.has_run(&now),
        _ => false,
    }
}
