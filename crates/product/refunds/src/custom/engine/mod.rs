//! What the facade does with a provider.

mod judging;
mod reading;
mod repeating;
mod trying;

use std::borrow::Cow;
use std::sync::Arc;

use provider_runtime::CallSettings;

use super::{Created, Provider, Repetition, RequestOf};
#[cfg(feature = "webhooks")]
use crate::webhooks::RefundUpdate;
use crate::{
    Action, AmountNeed, Answer, Capabilities, Clock, DoubtCause, Fetched, InDoubt,
    LightningInvoice, Lookup, NextStep, Observer, Outcome, Receipt, Reconciled, Reference,
    RefundError, RefundRequest, RetryMark, RetryPolicy,
    adapter::{Adapter, outcome},
    evidence,
    request::OwnRefund,
    retry::{RateLimit, Repeats, Write, write},
    settings::{Settings, Writing},
};

/// Refunds at a provider, with the facade's attempts, deadlines, judging, reconciling and observing.
///
/// `Refunds::from(RefundsAt::new(provider))` is used as those of the built-in providers are, also by the journal.
/// Cloning shares the client, its tokens and connections.
#[derive(Clone, Debug)]
pub struct RefundsAt<P> {
    provider: P,
    settings: Settings,
}

impl<P: Provider> RefundsAt<P> {
    /// Refunds at this provider.
    pub fn new(provider: P) -> Self {
        let profile = provider.profile();
        profile.capabilities.provider.register();
        let settings = Settings::of(profile);
        Self { provider, settings }
    }

    /// The provider, for what the facade does not cover.
    pub fn provider(&self) -> &P {
        &self.provider
    }

    /// A refund as it is stored and given to [`Refunds::create`](crate::Refunds::create).
    ///
    /// # Errors
    /// [`RefundError::InvalidField`] if it has no form in JSON, or is one of a built-in provider, which is given as it is.
    pub fn request(&self, request: &P::Request) -> Result<RefundRequest, RefundError> {
        let profile = self.provider.profile();
        if !profile.is_cautious() {
            return Err(profile.invalid("request", "give it to `create` as it is"));
        }
        let stored = OwnRefund::new(profile.capabilities.provider, request);
        let stored = stored.map_err(|_| profile.invalid("request", "it has no form in JSON"))?;
        Ok(stored.into())
    }

    fn with_settings(&self, settings: Settings) -> Self {
        Self {
            provider: self.provider.clone(),
            settings,
        }
    }

    /// Nothing is sent without what each request was to have.
    fn check_call(&self) -> Result<(), RefundError> {
        match self.settings.lacks_call {
            false => Ok(()),
            true => Err(self.unsupported(
                "send a header or take a timeout for one call",
                "implement `custom::Provider::with_call`, or set it on the client",
            )),
        }
    }

    fn asked_for<'a>(&self, action: &'a Action) -> Result<Cow<'a, P::Request>, RefundError> {
        let request = match action {
            Action::Create(request) => request,
            Action::Retry | Action::SubmitInvoice(_) => {
                return Err(self.wrong_input("a record of a refund that was created"));
            }
        };
        let provider = Adapter::capabilities(self).provider;
        if request.provider() != provider {
            return Err(self.wrong_input(name_of::<P::Request>()));
        }
        P::Request::of(request, provider).ok_or_else(|| self.wrong_input(name_of::<P::Request>()))
    }

    /// Refuses what the provider cannot do.
    fn check(&self, request: &P::Request) -> Result<(), RefundError> {
        let invalid = |reason| Err(self.provider.profile().invalid("amount", reason));
        match (request.amount(), Adapter::capabilities(self).amount) {
            (None, AmountNeed::Required) => invalid("there is none; every refund needs one here"),
            (Some(_), AmountNeed::NotSent) => {
                invalid("none is sent here: a refund is of everything")
            }
            (Some(amount), _) if amount.amount() <= rust_decimal::Decimal::ZERO => {
                invalid("it is not above zero")
            }
            _ => Ok(()),
        }
    }

    fn rate_limit(&self) -> RateLimit {
        RateLimit {
            pointer: self.provider.profile().rate_limit_pointer,
        }
    }

    /// What is documented of a repetition, as far as no row of it is switched off and nobody has to take a risk that
    /// nobody took.
    fn repeats(&self, request: &P::Request) -> Repeats {
        let profile = self.provider.profile();
        let table = self.settings.table;
        let risks = self.settings.policy.risks_paying_twice();
        if request.amount().is_none() && table.allows(evidence::Repetition::OfEverything) {
            let repeats = repeats(profile.of_everything, risks);
            if repeats != Repeats::Never {
                return repeats;
            }
        }
        match profile.repetition {
            Repetition::KeyKeepsSuccesses { .. }
                if !table.allows(evidence::Repetition::UnderTrustedKey) =>
            {
                Repeats::Never
            }
            repetition => repeats(repetition, risks),
        }
    }

    fn job<'a>(
        &'a self,
        reference: &'a Reference,
        request: &P::Request,
        action: &'a (dyn Fn() -> Action + Send + Sync),
    ) -> Write<'a> {
        self.settings.write(Writing {
            operation: self.provider.profile().operation,
            reference,
            action,
            rate_limit: self.rate_limit(),
            repeats: self.repeats(request),
        })
    }

    fn receipt(&self, reference: &Reference, created: Created, attempts: u32) -> Receipt {
        let Created { told, answer } = created;
        Receipt {
            provider: Adapter::capabilities(self).provider,
            reference: reference.clone(),
            state: told.state(self.settings.table.words),
            attempts,
            retry_mark: None,
            answer: Box::new(answer),
        }
    }
}

/// A type's name without its module, for an error.
fn name_of<T>() -> &'static str {
    let name = std::any::type_name::<T>();
    name.rsplit("::").next().unwrap_or(name)
}

fn repeats(documented: Repetition, risks: bool) -> Repeats {
    match documented {
        Repetition::MayPayTwice => Repeats::Never,
        Repetition::KeyKeepsEveryAnswer { kept } => Repeats::UnderKey { kept },
        Repetition::SecondIsRefused => Repeats::SecondIsRefused,
        Repetition::KeyKeepsSuccesses { kept } if risks => Repeats::UnderTrustedKey { kept },
        Repetition::KeyKeepsSuccesses { .. } => Repeats::Never,
    }
}

impl<P: Provider> Adapter for RefundsAt<P> {
    fn capabilities(&self) -> &'static Capabilities {
        &self.provider.profile().capabilities
    }

    fn policy(&self) -> &RetryPolicy {
        &self.settings.policy
    }

    fn policed(&self, policy: RetryPolicy) -> Self {
        self.with_settings(self.settings.clone().with_policy(policy))
    }

    fn observed(&self, observer: Arc<dyn Observer>) -> Self {
        self.with_settings(self.settings.clone().with_observer(observer))
    }

    fn clocked(&self, clock: Arc<dyn Clock>) -> Self {
        self.with_settings(self.settings.clone().with_clock(clock))
    }

    fn called(&self, call: &CallSettings) -> Self {
        let provider = self.provider.with_call(call);
        let mut settings = self.settings.clone();
        settings.lacks_call |= provider.is_none();
        Self {
            provider: provider.unwrap_or_else(|| self.provider.clone()),
            settings,
        }
    }

    #[cfg(feature = "__sabotage")]
    fn switched(&self, off: Option<&'static str>, repeats_all: bool) -> Self {
        let mut settings = self.settings.clone();
        settings.table.off = off;
        settings.table.repeats_all = repeats_all;
        self.with_settings(settings)
    }

    async fn create(
        &self,
        reference: &Reference,
        request: RefundRequest,
    ) -> Result<Outcome, RefundError> {
        self.check_call()?;
        let profile = self.provider.profile();
        if !profile.capabilities.creates {
            return Err(self.unsupported("create a refund", profile.instead.creating));
        }
        let action = Action::Create(self.provider.adopt(request));
        let request = self.asked_for(&action)?;
        // The built-in ones say themselves what is wrong with an amount.
        if profile.is_cautious() {
            self.check(&request)?;
        }
        self.provider.check(reference, &request)?;
        let stored = || action.clone();
        let job = self.job(reference, &request, &stored);
        let can_repeat = job.repeats != Repeats::Never;
        let written = write(job, || self.send(reference, &request)).await;
        let can_read = || self.provider.found_by(reference, &request).is_some();
        outcome(
            profile.capabilities.provider,
            reference,
            stored,
            |cause| match cause {
                _ if can_repeat || can_read() => NextStep::Reconcile,
                // What it is refused for may be read.
                DoubtCause::MayExistAlready if profile.hint_operation.is_some() => {
                    NextStep::Reconcile
                }
                _ => profile.last_resort,
            },
            written,
            |created, attempts| self.receipt(reference, created, attempts),
        )
    }

    async fn retry(&self, reference: &Reference) -> Result<Outcome, RefundError> {
        self.tried(reference, Action::Retry).await
    }

    async fn retry_again(
        &self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> Result<Outcome, RefundError> {
        self.tried_again(reference, mark).await
    }

    async fn submit_invoice(
        &self,
        reference: &Reference,
        invoice: LightningInvoice,
    ) -> Result<Outcome, RefundError> {
        if !Adapter::capabilities(self).takes_invoices {
            return Err(self.unsupported(
                "take a Lightning invoice",
                "only refunds of Lightning payments take one, where its capabilities say so",
            ));
        }
        self.tried(reference, Action::SubmitInvoice(invoice)).await
    }

    async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        self.check_call()?;
        self.fetched(lookup).await
    }

    fn lookup(&self, reference: &Reference, action: &Action, id: Option<&str>) -> Option<Lookup> {
        let request = match action {
            Action::Create(request) => Some(P::Request::of(
                request,
                Adapter::capabilities(self).provider,
            )?),
            Action::Retry | Action::SubmitInvoice(_) => None,
        };
        self.provider.lookup(reference, request.as_deref(), id)
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        self.check_call()?;
        match record.action() {
            Action::Create(_) => self.settled(record).await,
            Action::Retry | Action::SubmitInvoice(_) => self.tries_settled(record).await,
        }
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        self.settled_by_event(record, update)
    }
}

impl<P: Provider> RefundsAt<P> {
    /// What answered, for what is still unknown.
    fn answered(answer: Answer) -> crate::Evidence {
        crate::Evidence::Answer(Box::new(answer))
    }
}
