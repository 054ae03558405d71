//! Settling an unknown outcome: by reading, else by repeating what cannot be paid twice.

use super::super::{Found, Provider};
use super::RefundsAt;
use crate::{
    DoubtCause, Evidence, Hint, InDoubt, NextStep, Outcome, Receipt, Reconciled, RefundError,
    StillUnknown,
    adapter::{Adapter, outcome},
    evidence::{About, Asked},
    outcome::Doubt,
    retry::{Deadline, OpenQuestion, Repeats, Write, key_lasts, pause, write},
};

const TWO_COULD_PAY: &str = "a refund of a part is not sent again: keys are kept for 2xx answers only, and \
                             which answer there was nobody knows, so that two could be paid";
const KEY_IS_OLD: &str =
    "its key is too old: it is kept for a time only, after which the request would run again";

/// Why a request must not be sent again.
enum Forbidden {
    /// Nothing is documented of a repetition.
    Undocumented,
    /// Something is, and forbids it.
    Because(&'static str),
}

impl<P: Provider> RefundsAt<P> {
    pub(super) async fn settled(&self, record: &InDoubt) -> Result<Reconciled, RefundError> {
        let request = self.asked_for(record.action())?;
        self.provider.check(record.reference(), &request)?;
        let deadline = self.settings.deadline();
        let forbidden = self.forbids_repetition(record, &request);
        let unsettled = match self.settled_by_read(record, &request, deadline).await {
            Ok(Ok(settled)) => return Ok(settled),
            Ok(Err(unsettled)) => unsettled,
            // What a read cannot tell, a repetition under a key still may.
            Err(error) if forbidden.is_some() => return Err(error),
            Err(_) => return self.repeated(record, &request, deadline).await,
        };
        let proves_nothing = unsettled.candidates.is_empty();
        if forbidden.is_none() && proves_nothing {
            return self.repeated(record, &request, deadline).await;
        }
        let mut unsettled = *unsettled;
        if let Some(Forbidden::Because(why)) = forbidden
            && matches!(unsettled.evidence, Evidence::None)
        {
            unsettled.why = why;
        }
        let unknown = match unsettled.evidence {
            Evidence::None => self.hinted(unsettled, &request, deadline).await,
            _ => unsettled,
        };
        Ok(Reconciled::StillUnknown(Box::new(unknown)))
    }

    /// Why the request must not be sent again, if it must not.
    fn forbids_repetition(&self, record: &InDoubt, request: &P::Request) -> Option<Forbidden> {
        let settings = &self.settings;
        // It is sent once no attempt can still be under way.
        let lasts = |kept| {
            let now = settings.clock.now();
            let wait = record.settles_in(settings.policy.settle_after(), now);
            let repeated_at = now.checked_add(wait);
            repeated_at.is_some_and(|at| key_lasts(kept, record.first_sent_at(), at))
        };
        if record.known {
            return Some(Forbidden::Because("it is known, and is not sent again"));
        }
        match self.repeats(request) {
            Repeats::Never => Some(match self.provider.profile().repetition {
                super::Repetition::KeyKeepsSuccesses { .. } => Forbidden::Because(TWO_COULD_PAY),
                _ => Forbidden::Undocumented,
            }),
            Repeats::SecondIsRefused if record.cause() == DoubtCause::MayExistAlready => {
                Some(Forbidden::Because(
                    "it was refused as one that exists already would be, and would be refused again",
                ))
            }
            Repeats::UnderTrustedKey { .. } if record.cause() != DoubtCause::Unanswered => {
                Some(Forbidden::Because(TWO_COULD_PAY))
            }
            Repeats::UnderTrustedKey { kept } | Repeats::UnderKey { kept } if !lasts(kept) => {
                Some(Forbidden::Because(KEY_IS_OLD))
            }
            Repeats::SecondIsRefused
            | Repeats::UnderTrustedKey { .. }
            | Repeats::UnderKey { .. }
            | Repeats::Anything => None,
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
            ..self.job(reference, request, &action)
        };
        let mut read_by = None;
        let written = write(job, || self.send(reference, request)).await;
        let outcome = outcome(
            Adapter::capabilities(self).provider,
            reference,
            action,
            |_| NextStep::ReconcileLater,
            written,
            |created, attempts| {
                read_by = self.provider.read_by(&created.told);
                self.receipt(reference, created, attempts)
            },
        )?;
        Ok(match outcome {
            Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
                let receipt = match read_by {
                    Some(by) => self.refreshed(receipt, request, &by, deadline).await,
                    None => receipt,
                };
                // Under a key that keeps every answer, this is the first one's.
                let is_the_first = matches!(self.repeats(request), Repeats::UnderKey { .. });
                match Reconciled::of(receipt) {
                    // It was sent more than once by now, and the first attempt may have been another refund.
                    Reconciled::Failed(receipt) if !is_the_first => {
                        Reconciled::StillUnknown(Box::new(StillUnknown {
                            evidence: Evidence::Answer(receipt.answer),
                            candidates: vec![receipt.state],
                            ..StillUnknown::new(
                                &record.clone().with_repetitions(),
                                "one of its attempts has failed, and another may not have: it was sent more than once",
                                self.provider.profile().last_resort,
                            )
                        }))
                    }
                    reconciled => reconciled,
                }
            }
            Outcome::Unknown(doubt) => self.still_unknown(*doubt, request),
            // With a question open, nothing that a repetition meets is a definite no.
            Outcome::Rejected(rejection) => {
                let next_step = match rejection.next_step() {
                    NextStep::Correct => self.unless_read(record, request),
                    _ => NextStep::ReconcileLater,
                };
                Reconciled::StillUnknown(Box::new(StillUnknown::new(
                    record,
                    "the repetition was refused",
                    next_step,
                )))
            }
        })
    }

    /// What is left where a repetition says nothing new: reading it again, where it can be read.
    fn unless_read(&self, record: &InDoubt, request: &P::Request) -> NextStep {
        match self.provider.found_by(record.reference(), request) {
            Some(_) => NextStep::ReconcileLater,
            None => self.provider.profile().last_resort,
        }
    }

    /// The stored answer tells the state at the creation; the refund itself tells today's.
    async fn refreshed(
        &self,
        stored: Receipt,
        request: &P::Request,
        by: &str,
        deadline: Deadline,
    ) -> Receipt {
        let Ok(Some(found)) = self.found(by, deadline).await else {
            return stored;
        };
        let Found { told, answer, .. } = found;
        let [told] = told.as_slice() else {
            return stored;
        };
        let named = self.provider.asked_by(by);
        let asked = Asked {
            id: named.id,
            ..self.asked(stored.reference(), request, None)
        };
        let told_to_us = self.provider.told(&answer, stored.reference(), request);
        let told = told_to_us.as_ref().unwrap_or(told);
        // An answer that contradicts itself or is about another refund would be worse than an old one.
        let objection = match self.provider.profile().is_cautious() {
            true => self.objection(About::Listed, &asked, request, told),
            false => self.read_objection(&asked, told),
        };
        if objection.is_some() {
            return stored;
        }
        Receipt {
            state: told.state(self.settings.table.words),
            answer: Box::new(answer),
            ..stored
        }
    }

    fn still_unknown(&self, doubt: Doubt, request: &P::Request) -> Reconciled {
        let forbidden = self.forbids_repetition(doubt.record(), request);
        let why = match (&forbidden, doubt.hint()) {
            (Some(Forbidden::Because(why)), _) => why,
            (_, Some(Hint::Conflict(_))) => {
                "the repetition met a conflict: the first attempt may still be under way"
            }
            (_, Some(Hint::AlreadyRefunded(_))) => {
                "the repetition was refused as a second one is: a hint that it happened, and no proof, since \
                 somebody else may have refunded the payment"
            }
            (_, Some(Hint::Refused(_))) => {
                "the repetition was refused, which is a hint and no proof"
            }
            (_, None) => "the repetition did not settle it",
        };
        let is_left = forbidden.is_some()
            || match doubt.hint() {
                Some(Hint::AlreadyRefunded(_)) => true,
                // Of the caller and not of the refund: it can be repeated once that is mended.
                Some(Hint::Refused(error)) => !is_about_the_caller(error),
                _ => false,
            };
        let next_step = match is_left {
            true => self.unless_read(doubt.record(), request),
            false => NextStep::ReconcileLater,
        };
        Reconciled::StillUnknown(Box::new(StillUnknown {
            record: doubt.record,
            why,
            evidence: doubt.evidence,
            hint: doubt.hint,
            candidates: Vec::new(),
            row: doubt.row,
            next_step,
        }))
    }
}

fn is_about_the_caller(error: &crate::CallError) -> bool {
    error
        .status()
        .is_some_and(|status| matches!(status.as_u16(), 401 | 403))
}
