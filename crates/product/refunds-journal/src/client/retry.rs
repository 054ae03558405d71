//! Trying a failed refund again, and giving it an invoice: after a try that was accepted only once it is seen to
//! have run.

use refunds::{Action, LightningInvoice, Lookup, Reference, RefundStatus, RetryMark};

use super::{Claimed, Conclusion, JournaledRefunds, Wanted};
use crate::{JournalError, State, store::Row};

impl JournaledRefunds {
    /// Tries a failed refund again (Kotani Pay). After a try that was accepted, another is sent only once the
    /// refund is seen to have failed since.
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
            if matches!(row.action, Some(Action::Create(_))) {
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

    /// Whether a try that was accepted before still stands, so that no other may follow: `None` if it has failed
    /// for certain, or waits for what is given now.
    async fn stands(&self, row: &Row, wanted: &Wanted) -> Result<Option<Row>, JournalError> {
        let lookup = Lookup::KotanipayRefund(row.reference.clone());
        let fetched = self.refunds.fetch(&lookup).await?;
        let status = fetched.single().and_then(|refund| refund.status.clone());
        let asks_for_it = matches!(
            (&status, &wanted.action),
            (Some(RefundStatus::Failed), _)
                | (Some(RefundStatus::ActionRequired), Action::SubmitInvoice(_))
        );
        if asks_for_it {
            // Until it is seen to have run, what is shown may be the state from before the try.
            if has_run(row.retry_mark.as_ref(), fetched.retry_mark()) {
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
