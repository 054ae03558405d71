//! A client whose refunds are remembered.

mod advance;
mod begin;
mod claim;
mod enqueue;
mod events;
mod finding;
mod import;
mod insert;
mod lease;
mod payment;
mod read;
mod reconcile;
mod recorder;
mod retry;
mod settle;
mod together;
mod total;
mod words;

use std::{fmt, sync::Arc};

use refunds::{Action, Money, Outcome, Reference, RefundError, RefundRequest, Refunds};

pub use advance::{Step, Swept};
pub use events::Told;
pub use import::Imported;
pub use read::Read;
pub use reconcile::Settled;

use crate::{Entry, Journal, JournalError, Place, Source, State, identity};
use claim::{Claimed, Held, Taken, Wanted};
use finding::Finding;
use recorder::Recorder;
use together::Together;

/// A refund to create, with what is known of its payment.
#[derive(Clone, Debug)]
pub struct Order {
    pub(crate) request: RefundRequest,
    pub(crate) total: Option<Money>,
}

impl Order {
    /// A refund to create.
    pub fn new(request: impl Into<RefundRequest>) -> Self {
        Self {
            request: request.into(),
            total: None,
        }
    }

    /// Tells how much was paid. No more than that is refunded of the payment, by whichever reference, as far as the
    /// journal knows; once it was told it holds for all refunds of the payment.
    #[must_use]
    pub fn with_payment_total(mut self, total: Money) -> Self {
        self.total = Some(total);
        self
    }
}

impl<R: Into<RefundRequest>> From<R> for Order {
    fn from(request: R) -> Self {
        Self::new(request)
    }
}

/// How a write ended.
#[derive(Debug)]
#[must_use = "what is unknown must not be recorded as failed"]
pub enum Conclusion {
    /// In this outcome, now.
    Now(Outcome),
    /// It was accepted before, and not sent again.
    Before(Box<Entry>),
}

impl Conclusion {
    /// The outcome of a call, if one was made.
    pub fn outcome(&self) -> Option<&Outcome> {
        match self {
            Self::Now(outcome) => Some(outcome),
            Self::Before(_) => None,
        }
    }
}

/// A client whose refunds are remembered. Cloning shares everything.
///
/// Made by [`Journal::client`]. What it begins is committed before it is sent; what it learns is appended; and what
/// is in doubt is never sent again.
#[derive(Clone)]
pub struct JournaledRefunds {
    journal: Journal,
    refunds: Refunds,
    place: Place,
    together: Together,
}

impl fmt::Debug for JournaledRefunds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournaledRefunds")
            .field("provider", &self.refunds.provider())
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl JournaledRefunds {
    pub(crate) fn new(journal: Journal, refunds: Refunds, place: Place) -> Self {
        Self {
            journal,
            refunds,
            place,
            together: Together::default(),
        }
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The client, by which reads are made. **What it writes is not remembered.**
    pub fn refunds(&self) -> &Refunds {
        &self.refunds
    }

    /// Where its refunds are sent.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The same with another client of the same provider and place, such as one with another policy.
    #[must_use]
    pub fn with_refunds(&self, refunds: Refunds) -> Self {
        Self {
            refunds,
            ..self.clone()
        }
    }

    /// Creates a refund: it is put down before it is sent, and its end afterwards. One that was accepted before is
    /// not sent again. It waits while another refund of the same payment is being sent.
    ///
    /// # Errors
    /// It is in doubt, goes beyond the payment, differs from what was put down under the reference, or cannot be
    /// put down. Nothing was sent, unless the error is [`JournalError::NotKept`].
    pub async fn create(
        &self,
        reference: &Reference,
        order: impl Into<Order>,
    ) -> Result<Conclusion, JournalError> {
        let Order { request, total } = order.into();
        let wanted = Wanted::new(self, reference, Action::Create(request), total)?;
        let held = match self.claim_in_turn(&wanted).await? {
            Claimed::Held(held) => held,
            Claimed::Before(row) => return Ok(Conclusion::Before(Box::new(row.entry()))),
            Claimed::NotQueued => return Err(JournalError::LeaseLost),
        };
        self.send(*held, None).await.map(Conclusion::Now)
    }

    /// Sends what was taken on, and puts down how it ended.
    async fn send(
        &self,
        mut held: Held,
        mark: Option<refunds::RetryMark>,
    ) -> Result<Outcome, JournalError> {
        let Some(action) = held.row.action.clone() else {
            return Err(JournalError::Forgotten {
                provider: held.row.provider,
                reference: held.row.reference.clone(),
            });
        };
        let reference = held.row.reference.clone();
        let recorder = Recorder::of_write(self.store().clone(), self.times(), &held);
        let recorder = Arc::new(recorder);
        let refunds = self
            .refunds_within(&held.taken)
            .with_observer(recorder.clone());
        let sent = match (action, mark) {
            (Action::Create(request), _) => refunds.create(&reference, request).await,
            (Action::SubmitInvoice(invoice), _) => {
                refunds.submit_invoice(&reference, invoice).await
            }
            (_, Some(mark)) => refunds.retry_again(&reference, &mark).await,
            (_, None) => refunds.retry(&reference).await,
        };
        held.row.attempts = recorder.attempts();
        let outcome = match sent {
            Ok(outcome) => outcome,
            Err(error) => return Err(self.not_sent(&held, error).await),
        };
        let finding = Finding::of_outcome(&outcome, &self.times(), &held.row);
        match self
            .settle(&held, State::Sending, finding, Source::Call)
            .await
        {
            Ok(()) => Ok(outcome),
            Err(source) => Err(JournalError::NotKept {
                outcome: Box::new(outcome),
                source,
            }),
        }
    }

    /// A write that was sent ends in an outcome: this one was not.
    async fn not_sent(&self, held: &Held, error: RefundError) -> JournalError {
        if let RefundError::NotRecorded(reason) = error {
            self.release(held).await;
            return match reason.downcast::<JournalError>() {
                Ok(reason) => *reason,
                Err(reason) => RefundError::NotRecorded(reason).into(),
            };
        }
        let finding = Finding::of_refusal(&error, &self.times(), &held.row);
        if let Err(error) = self
            .settle(held, State::Sending, finding, Source::Call)
            .await
        {
            return error.into();
        }
        error.into()
    }

    /// The client with a deadline before the lease's end, so that nothing is under way any more when another takes
    /// the refund on.
    fn refunds_within(&self, taken: &Taken) -> Refunds {
        let times = self.times();
        let left = times
            .lease
            .saturating_sub(times.settle_after)
            .saturating_sub(taken.gone());
        let policy = self.refunds.policy();
        let deadline = policy.deadline().min(left);
        self.refunds
            .with_policy(policy.clone().with_deadline(deadline))
    }

    pub(crate) fn refund_id(&self, reference: &Reference) -> String {
        identity::refund_id(self.refunds.provider(), &self.place, reference)
    }

    fn store(&self) -> &crate::store::Store {
        self.journal.store()
    }

    fn times(&self) -> crate::Settings {
        self.journal.settings()
    }
}
