//! The facade as one enumeration.

use std::{sync::Arc, time::Duration};

use provider_runtime::CallSettings;

use crate::{
    Action, Capabilities, Clock, Fetched, InDoubt, LightningInvoice, Lookup, Outcome, ProviderName,
    Reconciled, Reference, RefundError, RefundRequest, RetryMark, RetryPolicy, adapter::Adapter,
    custom, provider::RefundProvider, retry::Observer,
};

/// Refunds at any provider. Cloning shares the client, its tokens and connections.
///
/// Made from a provider crate's client, `Refunds::from(client)`, or from a provider of your own
/// ([`custom::RefundsAt`]).
#[derive(Clone, Debug)]
pub struct Refunds(Arc<dyn RefundProvider>);

impl Refunds {
    /// The provider.
    pub fn provider(&self) -> ProviderName {
        self.capabilities().provider
    }

    /// What the provider can do.
    pub fn capabilities(&self) -> &'static Capabilities {
        Adapter::capabilities(self)
    }

    /// The policy of its calls.
    pub fn policy(&self) -> &RetryPolicy {
        Adapter::policy(self)
    }

    /// The same client with another policy. The copy is cheap and shares everything else, so that a
    /// policy for one call is `refunds.with_policy(policy).create(…)`.
    ///
    /// Derive it from the client's own [`policy`](Self::policy), so that the call shares the client's
    /// [budget](crate::RetryBudget): a `RetryPolicy::default()` has another one.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use refunds::Refunds;
    /// fn patient(refunds: &Refunds) -> Refunds {
    ///     let policy = refunds.policy().clone();
    ///     refunds.with_policy(policy.with_deadline(Duration::from_secs(600)))
    /// }
    /// ```
    #[must_use]
    pub fn with_policy(&self, policy: RetryPolicy) -> Self {
        self.policed(policy)
    }

    /// The same client with an observer, which is told of every attempt at a write before it is sent
    /// and when it has ended.
    #[must_use]
    pub fn with_observer(&self, observer: Arc<dyn Observer>) -> Self {
        self.observed(observer)
    }

    /// The same client with another clock on the wall, for tests that let hours pass.
    #[must_use]
    pub fn with_clock(&self, clock: Arc<dyn Clock>) -> Self {
        self.clocked(clock)
    }

    /// The same client, each request of which has this header as well, such as one for a trace: for one call, it is
    /// `refunds.with_header("traceparent", value).create(…)`. One that the client or a document's parameter sets
    /// is refused by the call, before anything is sent. Tokens are fetched without it.
    #[must_use]
    pub fn with_header(&self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let mut call = CallSettings::new();
        call.header(name, value);
        self.called(&call)
    }

    /// The same client, each attempt of which may take so long, from connecting to the last byte, in place of the
    /// provider's client's timeout.
    #[must_use]
    pub fn with_timeout(&self, timeout: Duration) -> Self {
        let mut call = CallSettings::new();
        call.timeout(timeout);
        self.called(&call)
    }

    /// The same client, each call of which may take so long in all, with its waits, attempts and reads: the
    /// [deadline of its policy](RetryPolicy::with_deadline).
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        self.with_policy(self.policy().clone().with_deadline(deadline))
    }

    /// Creates a refund under the user's own reference.
    ///
    /// The reference is the key by which the provider recognises a repetition, where it has one:
    /// Tazapay's `Idempotency-Key`, Optty's `refundReference`, MCE's `clientReference`. After a
    /// restart, [`reconcile`](Self::reconcile) what was begun rather than creating it again.
    ///
    /// Dropping the future before its first attempt leaves nothing. Dropping it during an attempt, or
    /// during the wait after one that ended in doubt, leaves the refund in doubt, as a crash does: the
    /// observer's `before_send` has the attempt on record, and its `abandoned` is called. Dropping it
    /// during the wait after an attempt by which nothing happened (no connection, a rate limit) leaves
    /// nothing: the observer's `ended` has said so, and `abandoned` is not called.
    ///
    /// # Errors
    /// The provider cannot do this, or the input cannot be sent. Nothing was sent.
    pub async fn create(
        &self,
        reference: &Reference,
        request: impl Into<RefundRequest> + Send,
    ) -> Result<Outcome, RefundError> {
        Adapter::create(self, reference, request.into()).await
    }

    /// Tries a failed refund again. Kotani Pay only, where the reference is that of the off-ramp.
    ///
    /// It is for the *first* retry: an accepted one is queued, no key makes a second one the same as the
    /// first, and two that are queued can both pay. That nobody else has one queued, neither by another
    /// machine nor under records that were lost, is the caller's word: nothing that the provider shows tells
    /// it. Store the receipt's [`retry_mark`](crate::Receipt::retry_mark), and try once more with
    /// [`retry_again`](Self::retry_again).
    ///
    /// Before it is sent, the refund is read: what it shows is the mark, and a refund that is pending or has
    /// succeeded is not tried. Where that read fails the retry is sent all the same, without a mark.
    ///
    /// # Errors
    /// As for [`create`](Self::create); [`RefundError::NotRetryable`] if the refund is not one to try.
    pub async fn retry(&self, reference: &Reference) -> Result<Outcome, RefundError> {
        Adapter::retry(self, reference).await
    }

    /// Tries a failed refund once more after a retry that was accepted, if what the refund shows proves that
    /// the earlier one has run and failed: `failed`, with a higher `totalRetries` (or, where none is told, a later `timestamp`) than
    /// in its [`RetryMark`]. Kotani Pay only.
    ///
    /// # Errors
    /// As for [`retry`](Self::retry); [`RefundError::NotRetryable`] without that proof.
    pub async fn retry_again(
        &self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> Result<Outcome, RefundError> {
        Adapter::retry_again(self, reference, mark).await
    }

    /// Gives a refund of a Lightning payment the invoice to be paid to. Kotani Pay only, where the
    /// reference is that of the off-ramp.
    ///
    /// # Errors
    /// As for [`create`](Self::create).
    pub async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Outcome, RefundError> {
        Adapter::submit_invoice(self, reference, invoice).await
    }

    /// Reads a refund, or the refunds of an order.
    ///
    /// # Errors
    /// The provider cannot do this, or did not answer in a way that can be used.
    pub async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        Adapter::fetch(self, lookup).await
    }

    /// By what a refund can be [read back](Self::fetch), among others perhaps, of which this is known: the reference, what was
    /// asked for, and the provider's id of it. `None` where nothing is documented, or where what it takes is not known.
    pub fn lookup(
        &self,
        reference: &Reference,
        action: &Action,
        id: Option<&str>,
    ) -> Option<Lookup> {
        Adapter::lookup(self, reference, action, id)
    }

    /// Settles an unknown outcome as far as the provider allows, without ever paying twice.
    ///
    /// # Errors
    /// The provider has no way to settle it, the record is another provider's, or a read failed.
    pub async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        Adapter::reconcile(self, record).await
    }

    /// Settles an unknown outcome by an event of the provider's, if it proves that it is about this refund.
    /// Nothing is sent.
    ///
    /// # Errors
    /// The record or the event is another provider's.
    #[cfg(feature = "webhooks")]
    pub fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &crate::webhooks::RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        Adapter::reconcile_with_event(self, record, update)
    }
}

impl Adapter for Refunds {
    fn capabilities(&self) -> &'static Capabilities {
        self.0.capabilities()
    }

    fn policy(&self) -> &RetryPolicy {
        self.0.policy()
    }

    fn policed(&self, policy: RetryPolicy) -> Self {
        Self(self.0.boxed_with_policy(policy).into())
    }

    fn observed(&self, observer: Arc<dyn Observer>) -> Self {
        Self(self.0.boxed_with_observer(observer).into())
    }

    fn clocked(&self, clock: Arc<dyn Clock>) -> Self {
        Self(self.0.boxed_with_clock(clock).into())
    }

    fn called(&self, call: &CallSettings) -> Self {
        Self(self.0.boxed_with_call(call).into())
    }

    #[cfg(feature = "__sabotage")]
    fn switched(&self, off: Option<&'static str>, repeats_all: bool) -> Self {
        Self(self.0.boxed_switched(off, repeats_all).into())
    }

    async fn create(
        &self,
        reference: &Reference,
        request: RefundRequest,
    ) -> Result<Outcome, RefundError> {
        self.0.create(reference, request).await
    }

    async fn retry(&self, reference: &Reference) -> Result<Outcome, RefundError> {
        self.0.retry(reference).await
    }

    async fn retry_again(
        &self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> Result<Outcome, RefundError> {
        self.0.retry_again(reference, mark).await
    }

    async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Outcome, RefundError> {
        self.0.submit_invoice(reference, invoice).await
    }

    async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        self.0.fetch(lookup).await
    }

    fn lookup(&self, reference: &Reference, action: &Action, id: Option<&str>) -> Option<Lookup> {
        self.0.lookup(reference, action, id)
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        self.0.reconcile(record).await
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &crate::webhooks::RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        self.0.reconcile_with_event(record, update)
    }
}

impl<P: custom::Provider> From<custom::RefundsAt<P>> for Refunds {
    fn from(refunds: custom::RefundsAt<P>) -> Self {
        Self(Arc::new(refunds))
    }
}
