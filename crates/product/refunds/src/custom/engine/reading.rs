//! What can be read back, and what it settles.

use std::time::SystemTime;

use super::super::{Found, Hinted, Provider, Told};
use super::RefundsAt;
use crate::{
    Currency, Evidence, Fetched, InDoubt, Lookup, NextStep, ReadBack, Receipt, Reconciled,
    RefundError, RefundState, RefundStatus, StillUnknown,
    adapter::Adapter,
    evidence::{About, Asked, CLOCK_TOLERANCE, Fact, decimal, is_failure, objection},
    retry::{Deadline, read},
};
use provider_runtime::Timestamp;

/// How a member of a listed refund compares with what was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Member {
    Same,
    /// It is absent or cannot be read, which rules nothing out.
    NotTold,
    Other,
}

impl Member {
    fn of<T: PartialEq>(told: Option<T>, asked: &T) -> Self {
        match told {
            None => Self::NotTold,
            Some(told) if told == *asked => Self::Same,
            Some(_) => Self::Other,
        }
    }
}

impl<P: Provider> RefundsAt<P> {
    pub(super) async fn found(
        &self,
        by: &str,
        deadline: Deadline,
    ) -> Result<Option<Found>, RefundError> {
        let operation = self.provider.read_operation(by);
        let job = self.settings.read(operation, self.rate_limit(), deadline);
        let call = || async {
            // What cannot be read is found out by trying, and is no failure.
            match self.provider.find(by).await {
                Some(found) => found.map(Some),
                None => Ok(None),
            }
        };
        let is_asked_for =
            |found: &Option<Found>| found.as_ref().is_none_or(|found| found.is_asked_for);
        read(job, call, is_asked_for).await
    }

    pub(super) async fn fetched(&self, lookup: &Lookup) -> Result<Fetched, RefundError> {
        let profile = self.provider.profile();
        let Some(by) = self.provider.name_of(lookup) else {
            return Err(match profile.capabilities.read_back {
                ReadBack::No => self.cannot_read(),
                _ => self.wrong_input(profile.lookups),
            });
        };
        self.provider.check_name(&by)?;
        match self.found(&by, self.settings.deadline()).await? {
            Some(found) => Ok(self.shown(&by, found)),
            None => Err(self.cannot_read()),
        }
    }

    pub(super) fn cannot_read(&self) -> RefundError {
        let instead = self.provider.profile().instead.reading;
        self.unsupported("read a refund back", instead)
    }

    /// What was read, for whoever asked for it; what contradicts a state is beside its status, which is not final.
    pub(super) fn shown(&self, by: &str, found: Found) -> Fetched {
        let table = self.settings.table;
        let asked = match found.about {
            About::Read => self.provider.asked_by(by),
            _ => Asked::default(),
        };
        let state = |told: &Told| {
            let mut state = told.state(table.words);
            let objection = match found.about {
                About::Read => self.read_objection(&asked, told),
                // Of what is listed, what is missing only somebody misses who asked for it.
                about => objection(table, about, &asked, &told.facts)
                    .filter(|objection| objection.contradicts()),
            };
            // An unknown word says so itself; and of a list, nobody acts upon a state that is still open.
            let is_sure = |status: &RefundStatus| match found.about {
                About::Read => !matches!(status, RefundStatus::Unknown(_)),
                _ => status.is_final(),
            };
            if let Some(objection) = objection
                && state.status.as_ref().is_some_and(is_sure)
            {
                state.contradict(objection.row);
            }
            state
        };
        Fetched {
            refunds: found.told.iter().map(state).collect(),
            retry_mark: match found.told.as_slice() {
                [told] => told.mark.clone(),
                _ => None,
            },
            answer: Box::new(found.answer),
        }
    }

    /// The refund of a record among those that can be read, or why none of them is known to be it.
    pub(super) async fn settled_by_read(
        &self,
        record: &InDoubt,
        request: &P::Request,
        deadline: Deadline,
    ) -> Result<Result<Reconciled, Box<StillUnknown>>, RefundError> {
        let reference = record.reference();
        let found = match self.provider.found_by(reference, request) {
            Some(by) => {
                self.provider.check_name(&by)?;
                self.found(&by, deadline).await?
            }
            None => None,
        };
        let Some(Found {
            told,
            answer,
            is_partial,
            ..
        }) = found
        else {
            return Ok(Err(Box::new(StillUnknown::new(
                record,
                "nothing is documented by which the refund could be read back",
                self.provider.profile().last_resort,
            ))));
        };
        let asked = self.asked(reference, request, Some(record));
        let table = self.settings.table;
        let judged = told.iter().filter_map(|told| {
            if asked.is_unnamed {
                return None;
            }
            // One that has our reference, and is not what was asked for, is told all the same.
            let is_named = told.facts.get(Fact::Reference) == asked.reference.as_deref();
            let objection = self.objection(About::Listed, &asked, request, told);
            (is_named || objection.is_none()).then_some((told, objection))
        });
        let judged: Vec<_> = judged.collect();
        let states = |told: &[&Told]| -> Vec<RefundState> {
            told.iter().map(|told| told.state(table.words)).collect()
        };
        let (why, next_step, candidates, row) = match judged.as_slice() {
            [(told, None)] => {
                let state = told.state(table.words);
                let has_failed = state.status.as_ref().is_some_and(is_failure);
                if !has_failed || !(record.may_be_several() || is_partial) {
                    let provider = Adapter::capabilities(self).provider;
                    return Ok(Ok(Reconciled::of(Receipt {
                        provider,
                        reference: reference.clone(),
                        state,
                        attempts: 0,
                        retry_mark: None,
                        answer: Box::new(answer),
                    })));
                }
                (
                    "one of its attempts has failed, and another may not have: it was sent more than once, or not \
                     all refunds are shown",
                    NextStep::AskTheProvider,
                    vec![state],
                    None,
                )
            }
            [(told, Some(objection))] => (
                "a refund with its reference lacks something, contradicts what was asked for or cannot be read",
                NextStep::ReconcileLater,
                states(&[told]),
                Some(objection.row),
            ),
            [] => self.candidates(&told, &asked),
            several => {
                let told: Vec<_> = several.iter().map(|(told, _)| *told).collect();
                (
                    "more than one refund with its reference is shown",
                    NextStep::AskTheProvider,
                    states(&told),
                    None,
                )
            }
        };
        Ok(Err(Box::new(StillUnknown {
            evidence: Evidence::Answer(Box::new(answer)),
            candidates,
            row,
            ..StillUnknown::new(record, why, next_step)
        })))
    }

    /// Of refunds none of which is known to be ours, those that it may be.
    fn candidates(
        &self,
        told: &[Told],
        asked: &Asked<'_>,
    ) -> (
        &'static str,
        NextStep,
        Vec<RefundState>,
        Option<&'static crate::evidence::Row>,
    ) {
        let words = self.settings.table.words;
        let states = |told: Vec<&Told>| told.iter().map(|told| told.state(words)).collect();
        let (possible, unlikely): (Vec<_>, Vec<_>) = told
            .iter()
            .filter(|_| self.provider.profile().shows_candidates)
            .filter(|told| money(told, asked) != Member::Other && began_no_earlier(told, asked))
            .partition(|told| {
                money(told, asked) == Member::Same && reference(told, asked) != Member::Other
            });
        match (possible.is_empty(), unlikely.is_empty()) {
            (true, true) => (
                "no refund with its reference is shown, but when a refund shows is not documented",
                NextStep::ReconcileLater,
                Vec::new(),
                None,
            ),
            // Whether the reference shows as it was sent is not known, so that another one rules nothing out.
            (true, false) => (
                "no such refund is shown, only such as have another reference or lack an amount or a currency; when a \
                 refund shows is not documented",
                NextStep::ReconcileLater,
                states(unlikely),
                None,
            ),
            (false, _) => (
                "refunds are shown that it may be, but none carries the reference, so that they cannot be told from \
                 others of the same amount",
                NextStep::AskTheProvider,
                states(possible.into_iter().chain(unlikely).collect()),
                None,
            ),
        }
    }

    /// What else can be read for a person, where nothing settles the question.
    pub(super) async fn hinted(
        &self,
        mut unknown: StillUnknown,
        request: &P::Request,
        deadline: Deadline,
    ) -> StillUnknown {
        let Some(operation) = self.provider.profile().hint_operation else {
            return unknown;
        };
        // To ask nobody is no read.
        if self.provider.hint(request).is_none() {
            return unknown;
        }
        let job = self.settings.read(operation, self.rate_limit(), deadline);
        let call = || async {
            match self.provider.hint(request) {
                Some(hint) => hint.await.map(Some),
                None => Ok(None),
            }
        };
        let is_asked_for =
            |hinted: &Option<Hinted>| hinted.as_ref().is_none_or(|hinted| hinted.is_asked_for);
        if let Ok(Some(hinted)) = read(job, call, is_asked_for).await {
            unknown.why = hinted.why.unwrap_or(unknown.why);
            unknown.evidence = Self::answered(hinted.answer);
        }
        unknown
    }
}

fn money(told: &Told, asked: &Asked<'_>) -> Member {
    let (Some(amount), Some(currency)) = (asked.amount, asked.currency) else {
        return Member::NotTold;
    };
    let told_amount = told.facts.get(Fact::Amount).and_then(decimal);
    let told_currency = told.facts.get(Fact::Currency);
    let told_currency = told_currency.and_then(|told| told.parse::<Currency>().ok());
    let currency = match currency.parse::<Currency>() {
        Ok(currency) => Member::of(told_currency, &currency),
        Err(_) => Member::NotTold,
    };
    match (Member::of(told_amount, &amount), currency) {
        (Member::Other, _) | (_, Member::Other) => Member::Other,
        (Member::Same, Member::Same) => Member::Same,
        _ => Member::NotTold,
    }
}

fn reference(told: &Told, asked: &Asked<'_>) -> Member {
    let told = told.facts.get(Fact::Reference);
    Member::of(told, &asked.reference.as_deref().unwrap_or_default())
}

fn began_no_earlier(told: &Told, asked: &Asked<'_>) -> bool {
    let created_at = told.facts.get(Fact::CreatedAt);
    let created_at = created_at
        .and_then(|at| at.parse::<Timestamp>().ok())
        .and_then(|at| at.instant());
    let earliest = asked
        .first_sent_at
        .and_then(|sent_at| sent_at.checked_sub(CLOCK_TOLERANCE))
        .and_then(|earliest| earliest.duration_since(SystemTime::UNIX_EPOCH).ok());
    match (created_at, earliest) {
        (Some(created_at), Some(earliest)) => u128::try_from(created_at.timestamp_millis())
            .is_ok_and(|created_at| created_at >= earliest.as_millis()),
        // What cannot be compared is not ruled out.
        _ => true,
    }
}
