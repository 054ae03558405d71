//! What is behind the facade, before it is boxed.

use std::{fmt, future::Future, sync::Arc};

use provider_runtime::CallSettings;

use crate::{
    Action, Capabilities, Clock, DoubtCause, Evidence, Fetched, InDoubt, LightningInvoice, Lookup,
    NextStep, Outcome, ProviderName, Reconciled, Reference, RefundError, RefundRequest, RetryMark,
    RetryPolicy,
    outcome::{Doubt, Receipt, Rejection},
    retry::{Observer, Written},
};

/// What is behind the facade.
pub trait Adapter: Clone + Send + Sync + fmt::Debug + 'static {
    fn capabilities(&self) -> &'static Capabilities;

    fn policy(&self) -> &RetryPolicy;

    fn policed(&self, policy: RetryPolicy) -> Self;

    fn observed(&self, observer: Arc<dyn Observer>) -> Self;

    fn clocked(&self, clock: Arc<dyn Clock>) -> Self;

    /// The same, whose calls have this beside what they have already.
    fn called(&self, call: &CallSettings) -> Self;

    /// The same without a row of its table, or repeating all that is open: for the checks of the checks.
    #[cfg(feature = "__sabotage")]
    fn switched(&self, off: Option<&'static str>, repeats_all: bool) -> Self;

    fn create(
        &self,
        reference: &Reference,
        request: RefundRequest,
    ) -> impl Future<Output = Result<Outcome, RefundError>> + Send;

    fn retry(
        &self,
        reference: &Reference,
    ) -> impl Future<Output = Result<Outcome, RefundError>> + Send;

    fn retry_again(
        &self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> impl Future<Output = Result<Outcome, RefundError>> + Send;

    fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> impl Future<Output = Result<Outcome, RefundError>> + Send;

    fn fetch(&self, lookup: &Lookup) -> impl Future<Output = Result<Fetched, RefundError>> + Send;

    /// By what a refund of which this is known can be read back, among others perhaps.
    fn lookup(&self, reference: &Reference, action: &Action, id: Option<&str>) -> Option<Lookup>;

    fn reconcile(
        &self,
        record: &InDoubt,
    ) -> impl Future<Output = Result<Reconciled, RefundError>> + Send;

    /// What an event says of a write that is in doubt.
    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &crate::webhooks::RefundUpdate,
    ) -> Result<Reconciled, RefundError>;

    fn unsupported(&self, what: &'static str, alternative: &'static str) -> RefundError {
        RefundError::Unsupported {
            provider: self.capabilities().provider,
            what,
            alternative,
        }
    }

    /// Refuses a record of another provider, or of an action that another provider has.
    fn check_record(&self, record: &InDoubt) -> Result<(), RefundError> {
        let can = self.capabilities();
        let is_of_its_own = match record.action() {
            Action::Create(request) => request.provider() == can.provider,
            Action::Retry => can.retries,
            Action::SubmitInvoice(_) => can.takes_invoices,
        };
        if record.provider() == can.provider && is_of_its_own {
            return Ok(());
        }
        Err(self.wrong_input("a record of its own"))
    }

    fn wrong_input(&self, expected: &'static str) -> RefundError {
        RefundError::WrongInput {
            provider: self.capabilities().provider,
            expected,
        }
    }
}

/// The outcome of a write, for the facade.
pub(crate) fn outcome<T>(
    provider: ProviderName,
    reference: &Reference,
    action: impl FnOnce() -> Action,
    next_step: impl FnOnce(DoubtCause) -> NextStep,
    written: Written<T>,
    receipt: impl FnOnce(T, u32) -> Receipt,
) -> Result<Outcome, RefundError> {
    match written {
        Written::Accepted {
            value,
            attempts,
            before,
        } => {
            let outcome = Outcome::of(receipt(value, attempts));
            Ok(match (outcome, before) {
                // One of several attempts has failed, and another may not have.
                (Outcome::Failed(receipt), Some(question)) => {
                    let next_step = next_step(question.cause);
                    Outcome::Unknown(Box::new(Doubt {
                        record: InDoubt {
                            provider,
                            reference: reference.clone(),
                            action: action(),
                            cause: question.cause,
                            first_sent_at: question.first_sent_at,
                            quiet_since: question.quiet_since,
                            repeated: true,
                            known: false,
                        },
                        attempts,
                        evidence: Evidence::Answer(receipt.answer),
                        hint: question.hint,
                        row: question.row,
                        next_step,
                    }))
                }
                (outcome, _) => outcome,
            })
        }
        Written::Rejected {
            reason,
            row,
            error,
            attempts,
        } => Ok(Outcome::Rejected(Rejection {
            provider,
            reference: reference.clone(),
            reason,
            attempts,
            row,
            error,
        })),
        Written::Unknown { question, attempts } => Ok(Outcome::Unknown(Box::new(Doubt {
            record: InDoubt {
                provider,
                reference: reference.clone(),
                action: action(),
                cause: question.cause,
                first_sent_at: question.first_sent_at,
                quiet_since: question.quiet_since,
                repeated: question.repeated,
                known: false,
            },
            attempts,
            evidence: question.evidence,
            hint: question.hint,
            row: question.row,
            next_step: next_step(question.cause),
        }))),
        Written::Invalid(error) => Err(RefundError::InvalidRequest(error)),
        Written::NotRecorded(error) => Err(RefundError::NotRecorded(error)),
        Written::NoTime => Err(RefundError::NoTime { provider }),
    }
}
