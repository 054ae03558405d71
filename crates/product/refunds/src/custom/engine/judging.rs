//! What is told, beside what was asked for.

use super::super::{Created, Provider, RequestOf, Told};
use super::RefundsAt;
#[cfg(feature = "webhooks")]
use crate::{
    Action, Answer, NextStep, Receipt, Reconciled, RefundError, RefundState, RefundStatus,
    StillUnknown, adapter::Adapter, webhooks::RefundUpdate,
};
use crate::{
    InDoubt, Reference,
    evidence::{About, Asked, Fact, Objection, ObjectionKind, is_failure, objection},
    retry::Setback,
};

impl<P: Provider> RefundsAt<P> {
    pub(super) async fn send(
        &self,
        reference: &Reference,
        request: &P::Request,
    ) -> Result<Created, Setback> {
        let created = self.provider.create(reference, request).await;
        let created = created.map_err(Setback::Call)?;
        let asked = self.asked(reference, request, None);
        match self.objection(About::Answer, &asked, request, &created.told) {
            None => Ok(created),
            Some(objection) => Err(Setback::Unproven(objection, Box::new(created.answer))),
        }
    }

    /// What everything has to be about. What an author forgets to say is not believed for it.
    pub(super) fn asked<'a>(
        &self,
        reference: &'a Reference,
        request: &'a P::Request,
        record: Option<&InDoubt>,
    ) -> Asked<'a> {
        let mut asked = self.provider.asked(reference, request);
        if !asked.is_unnamed {
            asked
                .reference
                .get_or_insert_with(|| reference.as_str().into());
        }
        asked.first_sent_at = record.map(InDoubt::first_sent_at);
        asked
    }

    /// Why what is told does not prove that it is the refund that was asked for.
    pub(super) fn objection(
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
        // What a careful author puts as facts has been judged; of one of one's own, nobody knows who wrote it.
        if found.is_some() || !self.provider.profile().is_cautious() {
            return found;
        }
        let undated = self.undated_failure(about, told);
        let undated = undated.or_else(|| self.contradicted_word(about, told));
        undated.or_else(|| {
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

    /// Why a refund that was read by its name proves nothing; at a provider of one's own, by all that counts for one that
    /// is listed as well.
    pub(super) fn read_objection(&self, asked: &Asked<'_>, told: &Told) -> Option<Objection> {
        let table = self.settings.table;
        let found = objection(table, About::Read, asked, &told.facts);
        found.or_else(|| {
            let listed = || objection(table, About::Listed, asked, &told.facts);
            let is_cautious = self.provider.profile().is_cautious();
            is_cautious.then(listed).flatten()
        })
    }

    /// Where its author says another state than the word that is judged.
    fn contradicted_word(&self, about: About, told: &Told) -> Option<Objection> {
        let table = self.settings.table;
        let mut rows = table.rows(about);
        let row = rows.find(|row| row.is_about(Fact::Status))?;
        told.contradicts_its_word(table.words).then_some(Objection {
            row,
            kind: ObjectionKind::Contradicts,
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
    pub(in crate::custom) fn judged(
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

    /// What an event settles: the write, if every member that speaks says that it is about it.
    #[cfg(feature = "webhooks")]
    pub(super) fn settled_by_event(
        &self,
        record: &InDoubt,
        update: &RefundUpdate,
    ) -> Result<Reconciled, RefundError> {
        let reference = record.reference();
        let request = match record.action() {
            action @ Action::Create(_) => Some(self.asked_for(action)?),
            Action::Retry | Action::SubmitInvoice(_) => None,
        };
        let told = (update.provider() == Adapter::capabilities(self).provider)
            .then(|| {
                let asked = request.as_deref().map(|request| (reference, request));
                self.provider.event(update.event(), asked)
            })
            .flatten();
        let Some(told) = told else {
            return Err(self.wrong_input("an event of its own"));
        };
        let table = self.settings.table;
        let unsettled = |why, row, next_step| {
            let unknown = StillUnknown {
                row,
                ..StillUnknown::new(record, why, next_step)
            };
            Ok(Reconciled::StillUnknown(Box::new(unknown)))
        };
        if table.rows(About::Event).next().is_none() {
            let why = "the provider's events do not say which refund they are about";
            return unsettled(why, None, NextStep::ReconcileLater);
        }
        let objection = match &request {
            Some(request) => {
                self.provider.check(reference, request)?;
                let asked = self.asked(reference, request, Some(record));
                let found = self.objection(About::Event, &asked, request, &told);
                // The refund that is known is told by its id.
                let undated = || self.undated_failure(About::Event, &told);
                let found = found.or_else(|| undated().filter(|_| !record.known));
                let is_cautious = self.provider.profile().is_cautious();
                if is_cautious && found.is_none() && asked.reference.is_none() {
                    let why = "the provider does not know the reference, so that an event is about any refund of the payment";
                    return unsettled(why, None, NextStep::AskTheProvider);
                }
                if is_cautious && told.status(table.words).as_ref() != update.status() {
                    let why = "the event tells another state than what was judged of it";
                    return unsettled(why, None, NextStep::AwaitEvent);
                }
                found
            }
            // Of which try it tells, and whether it is late, is not documented.
            None if update.status() != Some(&RefundStatus::Succeeded) => {
                let why = "only an event that says that the refund succeeded settles it: when another one was \
                           sent, and of which try, is not documented";
                return unsettled(why, None, NextStep::ReconcileLater);
            }
            None => {
                let asked = self.named(reference);
                objection(table, About::Event, &asked, &told.facts)
            }
        };
        if let Some(objection) = objection {
            let why = match objection.kind {
                ObjectionKind::Missing => "the event does not say that it is about this refund",
                ObjectionKind::Differs => "the event is about something else than was asked for",
                ObjectionKind::Contradicts => "the event contradicts itself, or cannot be read",
            };
            return unsettled(why, Some(objection.row), NextStep::AwaitEvent);
        }
        let told = update.told();
        let has_failed = told.status.as_ref().is_some_and(is_failure);
        if has_failed && record.may_be_several() {
            let why = "one of its attempts has failed, and another may not have: it was sent more than once";
            return unsettled(why, None, NextStep::AwaitEvent);
        }
        Ok(Reconciled::of(Receipt {
            provider: record.provider(),
            reference: reference.clone(),
            state: RefundState::new(
                told.refund.as_ref().map(|key| key.id().to_owned()),
                told.status.clone(),
                told.amount.clone(),
            ),
            attempts: 0,
            retry_mark: None,
            answer: Box::new(Answer::Event(Box::new(update.clone()))),
        }))
    }
}
