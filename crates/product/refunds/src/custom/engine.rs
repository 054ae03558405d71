//! What the facade does with a provider of one's own.

use std::sync::Arc;

use provider_runtime::CallSettings;

use super::{Created, Found, Provider, Repetition, RequestOf as _, Told};
use crate::{
    Action, AmountNeed, Answer, Capabilities, Clock, DoubtCause, Evidence, Fetched, InDoubt,
    Lookup, NextStep, Observer, Outcome, Receipt, Reconciled, Reference, RefundError,
    RefundRequest, RetryPolicy, StillUnknown,
    adapter::{Adapter, outcome},
    evidence::{About, Asked, Fact, Objection, ObjectionKind, is_failure, objection},
    outcome::{Doubt, OwnAnswer},
    request::OwnRefund,
    retry::{
        Deadline, OpenQuestion, RateLimit, Repeats, Setback, Write, key_lasts, pause, read, write,
    },
    settings::{Settings, Writing},
};
#[cfg(feature = "webhooks")]
use crate::{
    providers::settled_by_event,
    webhooks::{ProviderEvent, RefundUpdate},
};

/// Refunds at a provider of your own, with the facade's attempts, deadlines, judging, reconciling and observing.
///
/// `Refunds::from(RefundsAt::new(provider))` is used as the built-in ones are, also by the journal.
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
        let settings = Settings::custom(profile);
        Self { provider, settings }
    }

    /// The provider, for what the facade does not cover.
    pub fn provider(&self) -> &P {
        &self.provider
    }

    /// A refund as it is stored and given to [`Refunds::create`](crate::Refunds::create).
    ///
    /// # Errors
    /// [`RefundError::InvalidField`] if it has no form in JSON.
    pub fn request(&self, request: &P::Request) -> Result<RefundRequest, RefundError> {
        let profile = self.provider.profile();
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

    fn asked_for(&self, action: &Action) -> Result<P::Request, RefundError> {
        match action {
            Action::Create(RefundRequest::Own(refund))
                if refund.provider == Adapter::capabilities(self).provider =>
            {
                let wrong = || self.wrong_input("a request of its own type");
                let request: P::Request = refund.read().map_err(|_| wrong())?;
                // What was stored, and what the journal has reserved, is what is sent.
                match OwnRefund::new(refund.provider, &request) {
                    Ok(again) if again == *refund => Ok(request),
                    _ => Err(wrong()),
                }
            }
            _ => Err(self.wrong_input("a request of its own")),
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

    /// Refuses what the provider cannot do.
    fn check(&self, request: &P::Request) -> Result<(), RefundError> {
        let can = Adapter::capabilities(self);
        if !can.creates {
            return Err(self.unsupported("create a refund", "its capabilities say so"));
        }
        let invalid = |reason| Err(self.provider.profile().invalid("amount", reason));
        match (request.amount(), can.amount) {
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

    fn repeats(&self) -> Repeats {
        match self.provider.profile().repetition {
            Repetition::MayPayTwice => Repeats::Never,
            Repetition::KeyKeepsEveryAnswer { kept } => Repeats::UnderKey { kept },
            Repetition::SecondIsRefused => Repeats::SecondIsRefused,
        }
    }

    fn job<'a>(
        &'a self,
        reference: &'a Reference,
        action: &'a (dyn Fn() -> Action + Send + Sync),
    ) -> Write<'a> {
        self.settings.write(Writing {
            operation: self.provider.profile().operation,
            reference,
            action,
            rate_limit: self.rate_limit(),
            repeats: self.repeats(),
        })
    }

    async fn send(&self, reference: &Reference, request: &P::Request) -> Result<Created, Setback> {
        let created = self.provider.create(reference, request).await;
        let created = created.map_err(Setback::Call)?;
        let asked = self.asked(reference, request, None);
        match self.objection(About::Answer, &asked, request, &created.told) {
            None => Ok(created),
            Some(objection) => {
                let answer = Box::new(Answer::Own(created.answer));
                Err(Setback::Unproven(objection, answer))
            }
        }
    }

    /// What everything has to be about. What an author forgets to say is not believed for it.
    fn asked<'a>(
        &self,
        reference: &'a Reference,
        request: &'a P::Request,
        record: Option<&InDoubt>,
    ) -> Asked<'a> {
        let mut asked = self.provider.asked(reference, request);
        asked
            .reference
            .get_or_insert_with(|| reference.as_str().into());
        asked.first_sent_at = record.map(InDoubt::first_sent_at);
        asked
    }

    /// Why what is told does not prove that it is the refund that was asked for.
    fn objection(
        &self,
        about: About,
        asked: &Asked<'_>,
        request: &P::Request,
        told: &Told,
    ) -> Option<Objection> {
        let table = self.settings.table;
        // What a read is about as a whole counts for each refund that it lists.
        let whole = (about == About::Listed)
            .then(|| objection(table, About::Read, asked, &told.facts))
            .flatten();
        let found = whole.or_else(|| objection(table, about, asked, &told.facts));
        let found = found.or_else(|| self.undated_failure(about, told));
        found.or_else(|| {
            let wanted = request.amount()?;
            let differs = match &told.amount {
                // What a user is shown is compared as well, whether its author put it as a fact or not.
                Some(shown) => shown != wanted,
                // Told, and compared with nothing.
                None => asked.amount.is_none() && told.facts.get(Fact::Amount).is_some(),
            };
            let row = table.rows(about).find(|row| row.is_about(Fact::Amount))?;
            differs.then_some(Objection {
                row,
                kind: ObjectionKind::Differs,
            })
        })
    }

    /// A refund under the same reference may be one of earlier records, which were lost: that one has failed says
    /// nothing of another, unless it is told when it was created.
    fn undated_failure(&self, about: About, told: &Told) -> Option<Objection> {
        let table = self.settings.table;
        let row = table
            .rows(about)
            .find(|row| row.is_about(Fact::CreatedAt))?;
        let is_undated = told.facts.get(Fact::CreatedAt).is_none();
        let has_failed = told.status(table.words).as_ref().is_some_and(is_failure);
        (is_undated && has_failed).then_some(Objection {
            row,
            kind: ObjectionKind::Missing,
        })
    }

    /// The row against which something told does not stand, for the tests.
    #[cfg(test)]
    pub(super) fn judged(
        &self,
        about: About,
        reference: &Reference,
        request: &P::Request,
        told: &Told,
    ) -> Option<&'static crate::evidence::Row> {
        let asked = self.asked(reference, request, None);
        let found = self.objection(about, &asked, request, told);
        found.map(|found| found.row)
    }

    fn receipt(
        &self,
        reference: &Reference,
        told: &Told,
        answer: OwnAnswer,
        attempts: u32,
    ) -> Receipt {
        Receipt {
            provider: Adapter::capabilities(self).provider,
            reference: reference.clone(),
            state: told.state(self.settings.table.words),
            attempts,
            retry_mark: None,
            answer: Box::new(Answer::Own(answer)),
        }
    }

    async fn found(&self, by: &str, deadline: Deadline) -> Result<Option<Found>, RefundError> {
        let operation = self.provider.profile().read_operation;
        let job = self.settings.read(operation, self.rate_limit(), deadline);
        let call = || async {
            // What cannot be read is found out by trying, and is no failure.
            match self.provider.find(by).await {
                Some(found) => found.map(Some),
                None => Ok(None),
            }
        };
        read(job, call, |_| true).await
    }

    /// The refund of a record among those that can be read, or why none of them is known to be it.
    async fn settled_by_read(
        &self,
        record: &InDoubt,
        request: &P::Request,
        deadline: Deadline,
    ) -> Result<Result<Reconciled, Box<StillUnknown>>, RefundError> {
        let reference = record.reference();
        let found = match self.provider.found_by(reference, request) {
            Some(by) => self.found(&by, deadline).await?,
            None => None,
        };
        let Some(Found {
            told,
            answer,
            is_partial,
        }) = found
        else {
            return Ok(Err(Box::new(StillUnknown::new(
                record,
                "nothing is documented by which the refund could be read back",
                NextStep::AskTheProvider,
            ))));
        };
        let asked = self.asked(reference, request, Some(record));
        let table = self.settings.table;
        let (mut ours, mut objected) = (Vec::new(), None);
        for told in &told {
            let is_named = told.facts.get(Fact::Reference) == asked.reference.as_deref();
            match self.objection(About::Listed, &asked, request, told) {
                None => ours.push(told),
                // It has our reference, and is not what was asked for.
                Some(objection) if is_named => objected = Some((told, objection)),
                Some(_) => {}
            }
        }
        let states = |told: &[&Told]| told.iter().map(|told| told.state(table.words)).collect();
        let (why, next_step, candidates, row) = match (ours.as_slice(), objected) {
            ([told], None) => {
                let state = told.state(table.words);
                let has_failed = state.status.as_ref().is_some_and(is_failure);
                if !has_failed || !(record.may_be_several() || is_partial) {
                    return Ok(Ok(Reconciled::of(self.receipt(reference, told, answer, 0))));
                }
                (
                    "one of its attempts has failed, and another may not have: it was sent more than once, or not \
                     all refunds are shown",
                    NextStep::AskTheProvider,
                    vec![state],
                    None,
                )
            }
            (_, Some((told, objection))) => (
                "a refund with its reference lacks something, contradicts what was asked for or cannot be read",
                NextStep::ReconcileLater,
                states(&[told]),
                Some(objection.row),
            ),
            ([], None) => (
                "no refund with its reference is shown, but when a refund shows is not documented",
                NextStep::ReconcileLater,
                Vec::new(),
                None,
            ),
            (several, None) => (
                "more than one refund with its reference is shown",
                NextStep::AskTheProvider,
                states(several),
                None,
            ),
        };
        Ok(Err(Box::new(StillUnknown {
            evidence: Evidence::Answer(Box::new(Answer::Own(answer))),
            candidates,
            row,
            ..StillUnknown::new(record, why, next_step)
        })))
    }

    /// Why the request must not be sent again, if it must not.
    fn forbids_repetition(&self, record: &InDoubt) -> bool {
        match self.repeats() {
            Repeats::UnderKey { kept } => {
                !key_lasts(kept, record.first_sent_at(), self.settings.clock.now())
            }
            Repeats::SecondIsRefused => record.cause() == DoubtCause::MayExistAlready,
            Repeats::Never | Repeats::UnderTrustedKey { .. } | Repeats::Anything => true,
        }
    }

    async fn repeated(
        &self,
        record: &InDoubt,
        request: &P::Request,
        deadline: Deadline,
    ) -> Result<Reconciled, RefundError> {
        let policy = &self.settings.policy;
        let wait = record.settles_in(policy.settle_after(), self.settings.clock.now());
        if !wait.is_zero() && !deadline.leaves(wait, policy.least_attempt()) {
            return Ok(Reconciled::StillUnknown(Box::new(StillUnknown::new(
                record,
                "the first attempt may still be under way at the provider",
                NextStep::ReconcileLater,
            ))));
        }
        pause(wait, "the request can still be under way at the provider; then asking again in a way that cannot pay twice").await;
        let reference = record.reference();
        let action = || record.action().clone();
        let job = Write {
            earlier: Some(OpenQuestion::of(record)),
            deadline,
            ..self.job(reference, &action)
        };
        let written = write(job, || self.send(reference, request)).await;
        let outcome = outcome(
            Adapter::capabilities(self).provider,
            reference,
            action,
            |_| NextStep::ReconcileLater,
            written,
            |Created { told, answer }, attempts| self.receipt(reference, &told, answer, attempts),
        )?;
        Ok(match outcome {
            Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
                Reconciled::of(receipt)
            }
            Outcome::Unknown(doubt) => still_unknown(*doubt),
            // With a question open, nothing that a repetition meets is a definite no.
            Outcome::Rejected(_) => Reconciled::StillUnknown(Box::new(StillUnknown::new(
                record,
                "the repetition was refused",
                NextStep::ReconcileLater,
            ))),
        })
    }
}

fn still_unknown(doubt: Doubt) -> Reconciled {
    Reconciled::StillUnknown(Box::new(StillUnknown {
        record: doubt.record,
        why: "the repetition did not settle it",
        evidence: doubt.evidence,
        hint: doubt.hint,
        candidates: Vec::new(),
        row: doubt.row,
        next_step: doubt.next_step,
    }))
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

    #[cfg(feature = "sabotage")]
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
        let action = Action::Create(self.provider.adopt(request));
        let request = self.asked_for(&action)?;
        self.check(&request)?;
        self.provider.check(reference, &request)?;
        let stored = || action.clone();
        let job = self.job(reference, &stored);
        let repeats = job.repeats;
        let written = write(job, || self.send(reference, &request)).await;
        let can_read = self.provider.found_by(reference, &request).is_some();
        outcome(
            Adapter::capabilities(self).provider,
            reference,
            stored,
            |_| match repeats {
                Repeats::Never if !can_read => NextStep::AskTheProvider,
                _ => NextStep::Reconcile,
            },
            written,
            |Created { told, answer }, attempts| self.receipt(reference, &told, answer, attempts),
        )
    }

    async fn retry(&self, _reference: &Reference) -> Result<Outcome, RefundError> {
        Err(self.unsupported(
            "try a refund again",
            "once it has failed for good, create another one under another reference",
        ))
    }

    async fn fetch(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        self.check_call()?;
        let Lookup::Own { provider, by } = lookup else {
            return Err(self.wrong_input("a `Lookup::Own`"));
        };
        if *provider != Adapter::capabilities(self).provider {
            return Err(self.wrong_input("a lookup of its own"));
        }
        let found = self.found(by, self.settings.deadline()).await?;
        let Some(Found { told, answer, .. }) = found else {
            return Err(self.unsupported(
                "read a refund back",
                "keep the answer of the creation, and ask the provider for later states",
            ));
        };
        let table = self.settings.table;
        let state = |told: &Told| {
            let mut state = told.state(table.words);
            let objection = objection(table, About::Listed, &Asked::default(), &told.facts);
            // What is missing, only somebody misses who asked for it.
            if let Some(objection) = objection.filter(|found| found.contradicts())
                && state
                    .status
                    .as_ref()
                    .is_some_and(crate::RefundStatus::is_final)
            {
                state.contradict(objection.row);
            }
            state
        };
        Ok(Fetched {
            refunds: told.iter().map(state).collect(),
            answer: Box::new(Answer::Own(answer)),
        })
    }

    fn lookup(&self, reference: &Reference, request: &RefundRequest) -> Option<Lookup> {
        let request = self.asked_for(&Action::Create(request.clone())).ok()?;
        let by = self.provider.found_by(reference, &request)?;
        let provider = Adapter::capabilities(self).provider;
        Some(Lookup::Own { provider, by })
    }

    async fn reconcile(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        self.check_call()?;
        let request = self.asked_for(record.action())?;
        let deadline = self.settings.deadline();
        let unsettled = match self.settled_by_read(record, &request, deadline).await {
            Ok(Ok(settled)) => return Ok(settled),
            Ok(Err(unsettled)) => unsettled,
            // What a read cannot tell, a repetition under a key still may.
            Err(error) if self.forbids_repetition(record) => return Err(error),
            Err(_) => return self.repeated(record, &request, deadline).await,
        };
        let proves_nothing = unsettled.candidates.is_empty();
        if self.forbids_repetition(record) || !proves_nothing {
            return Ok(Reconciled::StillUnknown(unsettled));
        }
        self.repeated(record, &request, deadline).await
    }

    #[cfg(feature = "webhooks")]
    fn reconcile_with_event(
        &self,
        record: &InDoubt,
        update: &RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        let request = self.asked_for(record.action())?;
        let ProviderEvent::Own(event) = update.event() else {
            return Err(self.wrong_input("an event of its own"));
        };
        if update.provider() != Adapter::capabilities(self).provider {
            return Err(self.wrong_input("an event of its own"));
        }
        let asked = self.asked(record.reference(), &request, Some(record));
        let objection = self.objection(About::Event, &asked, &request, event.told());
        Ok(settled_by_event(record, update, objection))
    }
}
