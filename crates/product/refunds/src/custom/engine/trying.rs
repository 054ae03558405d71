//! Trying a refund again that began by itself and has failed.

use super::super::{Created, Found, Provider};
use super::RefundsAt;
use crate::{
    Action, Evidence, Fetched, InDoubt, NextStep, Outcome, Receipt, Reconciled, Reference,
    RefundError, RefundStatus, RetryMark, StillUnknown,
    adapter::{Adapter, outcome},
    evidence::{About, Asked, Objection, ObjectionKind, Row, objection},
    retry::{Deadline, Repeats, Setback, Write, pause, write},
    settings::Writing,
};

/// What a refund shows before it is tried again.
struct Glance {
    status: Option<RefundStatus>,
    mark: RetryMark,
}

impl<P: Provider> RefundsAt<P> {
    pub(super) async fn tried(
        &self,
        reference: &Reference,
        action: Action,
    ) -> Result<Outcome, RefundError> {
        self.check_try(&action)?;
        self.provider.check_name(reference.as_str())?;
        let deadline = self.settings.deadline();
        let mark = match self.glance(reference, deadline).await? {
            Some(glance) => {
                self.check_retryable(&glance)?;
                Some(glance.mark)
            }
            None => None,
        };
        self.sent_again(reference, action, mark, deadline).await
    }

    pub(super) async fn tried_again(
        &self,
        reference: &Reference,
        mark: &RetryMark,
    ) -> Result<Outcome, RefundError> {
        self.check_try(&Action::Retry)?;
        self.provider.check_name(reference.as_str())?;
        let deadline = self.settings.deadline();
        let fetched = self.refund(reference, deadline).await?;
        let glance = Glance {
            status: fetched.single().and_then(|state| state.status.clone()),
            mark: fetched
                .retry_mark()
                .unwrap_or_else(|| RetryMark::new(None, None)),
        };
        self.check_retryable(&glance)?;
        if glance.status != Some(RefundStatus::Failed) || !mark.has_run(&glance.mark) {
            return Err(self.not_retryable(
                &glance,
                "nothing shows that the earlier retry has run: its `totalRetries` and `timestamp` stand \
                 where they stood, and two that are queued can both pay; read it again later, or ask \
                 the provider",
            ));
        }
        let mark = Some(glance.mark);
        self.sent_again(reference, Action::Retry, mark, deadline)
            .await
    }

    fn check_try(&self, action: &Action) -> Result<(), RefundError> {
        self.check_call()?;
        let profile = self.provider.profile();
        let can = &profile.capabilities;
        match action {
            Action::SubmitInvoice(_) if can.takes_invoices => Ok(()),
            Action::Retry if can.retries => Ok(()),
            _ => Err(self.unsupported("try a refund again", profile.instead.retrying)),
        }
    }

    /// What the refund shows before it is tried, asked once: a read that fails keeps no retry back. One that
    /// tells a state and is not sure of it does, since the refund may be under way or paid.
    async fn glance(
        &self,
        reference: &Reference,
        deadline: Deadline,
    ) -> Result<Option<Glance>, RefundError> {
        let call = self.provider.find(reference.as_str());
        let found = match deadline.bound(call).await {
            Some(Some(Ok(found))) => found,
            // What cannot be read at all may be under way or paid each time.
            Some(None) => return Err(self.cannot_read()),
            Some(Some(Err(_))) | None => return Ok(None),
        };
        let [told] = found.told.as_slice() else {
            let glance = Glance {
                status: None,
                mark: RetryMark::new(None, None),
            };
            return Err(self.not_retryable(
                &glance,
                "not one refund is shown under its name, so that one may be under way or paid: ask the provider",
            ));
        };
        let glance = Glance {
            status: told.status(self.settings.table.words),
            mark: told
                .mark
                .clone()
                .unwrap_or_else(|| RetryMark::new(None, None)),
        };
        match self.objects(reference, &found).map(|found| found.kind) {
            Some(ObjectionKind::Contradicts) if glance.status.is_some() => {
                Err(self.not_retryable(
                    &glance,
                    "what it shows contradicts itself or has no documented meaning, so that it may be under \
                     way or paid: read it again later, or ask the provider",
                ))
            }
            Some(ObjectionKind::Contradicts | ObjectionKind::Differs) => Ok(None),
            Some(ObjectionKind::Missing) | None => Ok(Some(glance)),
        }
    }

    /// What everything has to be about, whether its author says so or not.
    pub(super) fn named<'a>(&self, reference: &'a Reference) -> Asked<'a> {
        let mut asked = self.provider.asked_by(reference.as_str());
        asked
            .reference
            .get_or_insert_with(|| reference.as_str().into());
        asked
    }

    /// Why the one refund that was read proves nothing.
    fn objects(&self, reference: &Reference, found: &Found) -> Option<Objection> {
        let asked = self.named(reference);
        self.read_objection(&asked, found.told.first()?)
    }

    fn check_retryable(&self, glance: &Glance) -> Result<(), RefundError> {
        let why = match &glance.status {
            Some(RefundStatus::Succeeded) => "the money has been returned: there is nothing to try",
            Some(RefundStatus::Pending) => "it is under way: read it again until it has ended",
            _ => return Ok(()),
        };
        Err(self.not_retryable(glance, why))
    }

    fn not_retryable(&self, glance: &Glance, why: &'static str) -> RefundError {
        let status = glance.status.as_ref();
        RefundError::NotRetryable {
            provider: Adapter::capabilities(self).provider,
            status: status.map_or_else(|| "not told".to_owned(), ToString::to_string),
            why,
        }
    }

    async fn sent_again(
        &self,
        reference: &Reference,
        action: Action,
        mark: Option<RetryMark>,
        deadline: Deadline,
    ) -> Result<Outcome, RefundError> {
        let profile = self.provider.profile();
        let stored = || action.clone();
        let job = self.settings.write(Writing {
            operation: match action {
                Action::SubmitInvoice(_) => profile.invoice_operation,
                _ => profile.retry_operation,
            },
            reference,
            action: &stored,
            rate_limit: self.rate_limit(),
            // No key makes a second one the same as the first.
            repeats: Repeats::Never,
        });
        // The deadline of the whole call, a part of which the read before it has taken.
        let job = Write { deadline, ..job };
        let written = write(job, || self.try_once(reference, &action)).await;
        outcome(
            profile.capabilities.provider,
            reference,
            stored,
            |_| NextStep::Reconcile,
            written,
            |created, attempts| Receipt {
                retry_mark: mark.map(Box::new),
                ..self.receipt(reference, created, attempts)
            },
        )
    }

    async fn try_once(&self, reference: &Reference, action: &Action) -> Result<Created, Setback> {
        let created = match action {
            Action::SubmitInvoice(invoice) => {
                self.provider.submit_invoice(reference, invoice).await
            }
            _ => self.provider.retry(reference).await,
        };
        let cannot = || {
            let why =
                "the provider's capabilities say that it can do this, and it has no call for it";
            crate::CallError::invalid_request(why.to_owned())
        };
        let created = created.ok_or_else(cannot).and_then(|created| created);
        let created = created.map_err(Setback::Call)?;
        let asked = self.named(reference);
        match objection(
            self.settings.table,
            About::Answer,
            &asked,
            &created.told.facts,
        ) {
            None => Ok(created),
            Some(objection) => Err(Setback::Unproven(objection, Box::new(created.answer))),
        }
    }

    async fn refund(
        &self,
        reference: &Reference,
        deadline: Deadline,
    ) -> Result<Fetched, RefundError> {
        self.provider.check_name(reference.as_str())?;
        let found = self.found(reference.as_str(), deadline).await?;
        let found = found.ok_or_else(|| self.cannot_read())?;
        let objection = self.objects(reference, &found);
        let fetched = self.shown(reference.as_str(), found);
        // The built-in ones are judged by what they show alone.
        if self.provider.profile().is_cautious() && objection.is_some() {
            let glance = Glance {
                status: fetched.single().and_then(|state| state.status.clone()),
                mark: RetryMark::new(None, None),
            };
            return Err(self.not_retryable(
                &glance,
                "what is shown is of another refund, contradicts itself or does not say what it is about",
            ));
        }
        Ok(fetched)
    }

    /// What the refund shows, which is the only one there is.
    pub(super) async fn tries_settled(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        self.check_try(record.action())?;
        let settings = &self.settings;
        let policy = &settings.policy;
        let deadline = settings.deadline();
        let settles_in = record.settles_in(policy.settle_after(), settings.clock.now());
        let has_time = settles_in.is_zero() || deadline.leaves(settles_in, policy.least_attempt());
        if has_time {
            pause(
                settles_in,
                "the try can still be under way at the provider; then reading its state",
            )
            .await;
        }
        let reference = record.reference();
        self.provider.check_name(reference.as_str())?;
        let found = self.found(reference.as_str(), deadline).await?;
        let found = found.ok_or_else(|| self.cannot_read())?;
        let objection = self.objects(reference, &found);
        let fetched = self.shown(reference.as_str(), found);
        if let Some(objection) = objection {
            let why = match objection.kind {
                ObjectionKind::Missing => {
                    "what is shown does not say what it is about, so that it proves nothing"
                }
                _ => {
                    "what is shown contradicts itself or cannot be read, so that it proves nothing"
                }
            };
            return Ok(unsettled(record, fetched, why, Some(objection.row)));
        }
        let status = fetched.single().and_then(|refund| refund.status.as_ref());
        match (fetched.single(), status) {
            (Some(state), Some(RefundStatus::Succeeded)) => Ok(Reconciled::of(Receipt {
                provider: Adapter::capabilities(self).provider,
                reference: reference.clone(),
                state: state.clone(),
                attempts: 0,
                retry_mark: None,
                answer: fetched.answer,
            })),
            (_, Some(_)) if has_time => Ok(Reconciled::Shown(fetched)),
            (_, Some(_)) => Ok(unsettled(
                record,
                fetched,
                "the call may still be under way at the provider, which may change what it shows",
                None,
            )),
            (_, None) => Ok(unsettled(
                record,
                fetched,
                "the provider answered without a status",
                None,
            )),
        }
    }
}

fn unsettled(
    record: &InDoubt,
    fetched: Fetched,
    why: &'static str,
    row: Option<&'static Row>,
) -> Reconciled {
    Reconciled::StillUnknown(Box::new(StillUnknown {
        evidence: Evidence::Answer(fetched.answer),
        candidates: fetched.refunds,
        row,
        ..StillUnknown::new(record, why, NextStep::ReconcileLater)
    }))
}
