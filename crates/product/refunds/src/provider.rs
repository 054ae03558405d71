//! The facade as a trait object.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use provider_runtime::CallSettings;

use crate::{
    Action, Capabilities, Clock, Fetched, InDoubt, LightningInvoice, Lookup, Outcome, ProviderName,
    Reconciled, Reference, RefundError, RefundRequest, RetryMark, RetryPolicy, adapter::Adapter,
    retry::Observer,
};

/// What [`RefundProvider`]'s methods return.
pub type RefundFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, RefundError>> + Send + 'a>>;

/// A provider of refunds, usable as a trait object.
///
/// [`Refunds`](crate::Refunds) has the same methods without boxing. Only this crate's types implement
/// it, so that it can gain methods: a provider of your own is a [`custom::Provider`](crate::custom::Provider), and
/// becomes one of these.
pub trait RefundProvider: Send + Sync + fmt::Debug + sealed::Sealed {
    /// What the provider can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// The provider.
    fn provider(&self) -> ProviderName {
        self.capabilities().provider
    }

    /// The policy of its calls; see [`Refunds::policy`](crate::Refunds::policy).
    fn policy(&self) -> &RetryPolicy;

    /// The same client with another policy; see [`Refunds::with_policy`](crate::Refunds::with_policy).
    fn boxed_with_policy(&self, policy: RetryPolicy) -> Box<dyn RefundProvider>;

    /// The same client with an observer; see
    /// [`Refunds::with_observer`](crate::Refunds::with_observer).
    fn boxed_with_observer(&self, observer: Arc<dyn Observer>) -> Box<dyn RefundProvider>;

    /// The same client with another clock; see [`Refunds::with_clock`](crate::Refunds::with_clock).
    fn boxed_with_clock(&self, clock: Arc<dyn Clock>) -> Box<dyn RefundProvider>;

    /// The same client, whose calls have this beside what they have already; see
    /// [`Refunds::with_header`](crate::Refunds::with_header).
    fn boxed_with_call(&self, call: &CallSettings) -> Box<dyn RefundProvider>;

    /// The same without a row of its table, or repeating all that is open: for the checks of the checks.
    #[cfg(feature = "__sabotage")]
    #[doc(hidden)]
    fn boxed_switched(
        &self,
        off: Option<&'static str>,
        repeats_all: bool,
    ) -> Box<dyn RefundProvider>;

    /// Creates a refund; see [`Refunds::create`](crate::Refunds::create).
    fn create<'a>(
        &'a self,
        reference: &'a Reference,
        request: RefundRequest,
    ) -> RefundFuture<'a, Outcome>;

    /// Tries a failed refund again; see [`Refunds::retry`](crate::Refunds::retry).
    fn retry<'a>(&'a self, reference: &'a Reference) -> RefundFuture<'a, Outcome>;

    /// Tries a refund once more; see [`Refunds::retry_again`](crate::Refunds::retry_again).
    fn retry_again<'a>(
        &'a self,
        reference: &'a Reference,
        mark: &'a RetryMark,
    ) -> RefundFuture<'a, Outcome>;

    /// Gives a refund its invoice; see [`Refunds::submit_invoice`](crate::Refunds::submit_invoice).
    fn submit_invoice<'a>(
        &'a self,
        reference: &'a Reference,
        invoice: LightningInvoice,
    ) -> RefundFuture<'a, Outcome>;

    /// Reads a refund; see [`Refunds::fetch`](crate::Refunds::fetch).
    fn fetch<'a>(&'a self, lookup: &'a Lookup) -> RefundFuture<'a, Fetched>;

    /// By what a refund can be read back; see [`Refunds::lookup`](crate::Refunds::lookup).
    fn lookup(&self, reference: &Reference, action: &Action, id: Option<&str>) -> Option<Lookup>;

    /// Settles an unknown outcome; see [`Refunds::reconcile`](crate::Refunds::reconcile).
    fn reconcile<'a>(&'a self, record: &'a InDoubt) -> RefundFuture<'a, Reconciled>;

    /// Settles an unknown outcome by an event; see
    /// [`Refunds::reconcile_with_event`](crate::Refunds::reconcile_with_event).
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &crate::webhooks::RefundUpdate,
    ) -> Result<Reconciled, RefundError>;
}

mod sealed {
    pub trait Sealed {}

    impl<A: super::Adapter> Sealed for A {}
}

impl<A: Adapter> RefundProvider for A {
    fn capabilities(&self) -> &'static Capabilities {
        Adapter::capabilities(self)
    }

    fn policy(&self) -> &RetryPolicy {
        Adapter::policy(self)
    }

    fn boxed_with_policy(&self, policy: RetryPolicy) -> Box<dyn RefundProvider> {
        Box::new(self.policed(policy))
    }

    fn boxed_with_observer(&self, observer: Arc<dyn Observer>) -> Box<dyn RefundProvider> {
        Box::new(self.observed(observer))
    }

    fn boxed_with_clock(&self, clock: Arc<dyn Clock>) -> Box<dyn RefundProvider> {
        Box::new(self.clocked(clock))
    }

    fn boxed_with_call(&self, call: &CallSettings) -> Box<dyn RefundProvider> {
        Box::new(self.called(call))
    }

    #[cfg(feature = "__sabotage")]
    fn boxed_switched(
        &self,
        off: Option<&'static str>,
        repeats_all: bool,
    ) -> Box<dyn RefundProvider> {
        Box::new(self.switched(off, repeats_all))
    }

    fn create<'a>(
        &'a self,
        reference: &'a Reference,
        request: RefundRequest,
    ) -> RefundFuture<'a, Outcome> {
        Box::pin(Adapter::create(self, reference, request))
    }

    fn retry<'a>(&'a self, reference: &'a Reference) -> RefundFuture<'a, Outcome> {
        Box::pin(Adapter::retry(self, reference))
    }

    fn retry_again<'a>(
        &'a self,
        reference: &'a Reference,
        mark: &'a RetryMark,
    ) -> RefundFuture<'a, Outcome> {
        Box::pin(Adapter::retry_again(self, reference, mark))
    }

    fn submit_invoice<'a>(
        &'a self,
        reference: &'a Reference,
        invoice: LightningInvoice,
    ) -> RefundFuture<'a, Outcome> {
        Box::pin(Adapter::submit_invoice(self, reference, invoice))
    }

    fn fetch<'a>(&'a self, lookup: &'a Lookup) -> RefundFuture<'a, Fetched> {
        Box::pin(Adapter::fetch(self, lookup))
    }

    fn lookup(&self, reference: &Reference, action: &Action, id: Option<&str>) -> Option<Lookup> {
        Adapter::lookup(self, reference, action, id)
    }

    fn reconcile<'a>(&'a self, record: &'a InDoubt) -> RefundFuture<'a, Reconciled> {
        Box::pin(async move {
            self.check_record(record)?;
            Adapter::reconcile(self, record).await
        })
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &crate::webhooks::RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        self.check_record(record)?;
        Adapter::reconcile_with_event(self, record, update)
    }
}
