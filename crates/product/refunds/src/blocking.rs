//! The facade without an executor of the user's.

use std::future::Future;

use provider_runtime::block_on;

use crate::{
    Fetched, InDoubt, LightningInvoice, Lookup, Outcome, Reconciled, Reference, RefundError,
    RefundRequest, Refunds, RetryMark,
};

/// The calls of [`Refunds`], each of which waits on this thread, with its pauses and repetitions. Made by
/// [`Refunds::blocking`]; the types are the same.
///
/// ```no_run
/// # #[cfg(feature = "tazapay")]
/// # fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use refunds::{Reference, Refunds, TazapayRefund, tazapay};
///
/// let client = tazapay::Client::builder()
///     .environment(tazapay::Environment::Sandbox)
///     .credentials(tazapay::Credentials::basic("API key", "API secret"))
///     .build()?;
/// let refunds = Refunds::from(client);
/// let refund = TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse()?);
/// let outcome = refunds.blocking().create(&Reference::new("refund-1")?, refund)?;
/// println!("{outcome:?}");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Each as its asynchronous form; within an executor of tokio's [`RefundError::NoExecutor`], and nothing was sent.
#[derive(Clone, Copy, Debug)]
pub struct Blocking<'a>(&'a Refunds);

impl Refunds {
    /// Its calls without an executor of one's own.
    pub fn blocking(&self) -> Blocking<'_> {
        Blocking(self)
    }
}

fn wait<T>(call: impl Future<Output = Result<T, RefundError>>) -> Result<T, RefundError> {
    block_on(call).unwrap_or_else(|reason| Err(RefundError::NoExecutor(reason)))
}

#[allow(clippy::missing_errors_doc, reason = "they are the type's")]
impl Blocking<'_> {
    /// Creates a refund; see [`Refunds::create`].
    pub fn create(
        self,
        reference: &Reference,
        request: impl Into<RefundRequest> + Send,
    ) -> Result<Outcome, RefundError> {
        wait(self.0.create(reference, request))
    }

    /// Tries a failed refund again; see [`Refunds::retry`].
    pub fn retry(self, reference: &Reference) -> Result<Outcome, RefundError> {
        wait(self.0.retry(reference))
    }

    /// Tries a refund once more; see [`Refunds::retry_again`].
    pub fn retry_again(
        self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> Result<Outcome, RefundError> {
        wait(self.0.retry_again(reference, mark))
    }

    /// Gives a refund its invoice; see [`Refunds::submit_invoice`].
    pub fn submit_invoice(
        self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Outcome, RefundError> {
        wait(self.0.submit_invoice(reference, invoice))
    }

    /// Reads a refund, or the refunds of an order; see [`Refunds::fetch`].
    pub fn fetch(self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        wait(self.0.fetch(lookup))
    }

    /// Settles an unknown outcome; see [`Refunds::reconcile`].
    pub fn reconcile(self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        wait(self.0.reconcile(record))
    }
}
