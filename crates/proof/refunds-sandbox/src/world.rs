//! Everything that the sandbox knows and remembers.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::{
    Clock, Fault, FaultPlan, Hint, Ledger, Provider, RequestRecord, SandboxError, ScriptedFault,
    Seed, Settings, Violation,
    answer::Answer,
    documents::{Checked, Document, Found, Incoming, Problem, check, documents},
    fault_answers,
    faults::FaultSource,
    imitations::{Call, Delivery, Desk, Imitation, Kotanipay, Mce, Optty, Refusal, Tazapay},
    ledger::Book,
    webhooks::Mail,
};

/// The sandbox's state, shared by its listeners.
pub(crate) struct World {
    pub(crate) clock: Clock,
    documents: &'static [Document],
    state: Mutex<State>,
    /// Told of whatever may be a reason to send mail.
    pub(crate) mail_news: watch::Sender<()>,
}

pub(crate) struct State {
    kotanipay: Kotanipay,
    mce: Mce,
    optty: Optty,
    tazapay: Tazapay,
    pub(crate) book: Book,
    requests: Vec<RequestRecord>,
    violations: Vec<Violation>,
    faults: FaultSource<Fault>,
    pub(crate) mail: Mail,
}

/// A request that arrived.
pub(crate) struct Arrival {
    pub(crate) number: u64,
    pub(crate) provider: Provider,
    pub(crate) fault: Option<Fault>,
}

impl World {
    pub(crate) fn new(
        settings: &Settings,
        clock: Clock,
        faults: FaultPlan,
    ) -> Result<Self, SandboxError> {
        settings.check()?;
        let world = Self {
            clock,
            documents: documents()?,
            state: Mutex::new(State {
                kotanipay: Kotanipay::new(settings.kotanipay.clone()),
                mce: Mce::new(settings.mce.clone()),
                optty: Optty::new(settings.optty.clone()),
                tazapay: Tazapay::new(settings.tazapay.clone()),
                book: Book::default(),
                requests: Vec::new(),
                violations: Vec::new(),
                faults: FaultSource::new(FaultPlan::None),
                mail: Mail::new(Provider::ALL.map(|provider| settings.webhook_retries(provider))),
            }),
            mail_news: watch::Sender::new(()),
        };
        world.set_faults(faults)?;
        Ok(world)
    }

    pub(crate) fn set_faults(&self, plan: FaultPlan) -> Result<(), SandboxError> {
        plan.check(|provider, name| self.document(provider).is_some_and(|found| found.has(name)))?;
        self.state().faults = FaultSource::new(plan);
        Ok(())
    }

    pub(crate) fn inject(&self, entry: ScriptedFault) -> Result<(), SandboxError> {
        entry.check(0, |provider, name| {
            self.document(provider).is_some_and(|found| found.has(name))
        })?;
        self.state().faults.push(entry);
        Ok(())
    }

    /// Adds all of it, or what comes before the first that is refused.
    pub(crate) fn seed(&self, seed: Seed) -> Result<(), SandboxError> {
        let now = self.clock.now();
        let mut state = self.state();
        let state = &mut *state;
        for order in seed.orders {
            state.optty.add(order, now)?;
        }
        for payin in seed.payins {
            state.tazapay.add(payin, now)?;
        }
        for offramp in seed.offramps {
            state.kotanipay.add(offramp, now, &mut state.book)?;
        }
        for pending in seed.pending_refunds {
            state.mce.add(pending)?;
        }
        self.mail_news.send_replace(());
        Ok(())
    }

    pub(crate) fn ledger(&self) -> Ledger {
        let now = self.clock.now();
        let mut state = self.state();
        let State {
            kotanipay, book, ..
        } = &mut *state;
        kotanipay.pass_time(now, book);
        book.at(now)
    }

    pub(crate) fn requests(&self) -> Vec<RequestRecord> {
        self.state().requests.clone()
    }

    pub(crate) fn violations(&self) -> Vec<Violation> {
        self.state().violations.clone()
    }

    /// Numbers a request and draws its fault.
    pub(crate) fn arrive(&self, provider: Provider, request: &Incoming) -> Arrival {
        let operation = match self.find(provider, request) {
            Found::Operation(operation, _) => Some(operation.name.clone()),
            Found::OtherMethod | Found::Nothing => None,
        };
        let header = |name| request.headers.get(name)?.to_str().ok();
        let mut state = self.state();
        let number = state.requests.len() as u64 + 1;
        let fault = state.faults.next(provider, operation.as_deref());
        state.requests.push(RequestRecord {
            number,
            provider,
            operation,
            method: request.method.to_string(),
            path: request.path.clone(),
            idempotency_key: header("idempotency-key").map(str::to_owned),
            at: self.clock.now(),
            fault: fault.clone(),
            committed: false,
            answered: None,
        });
        Arrival {
            number,
            provider,
            fault,
        }
    }

    /// Checks a request and carries it out.
    pub(crate) fn carry_out(
        &self,
        arrival: &Arrival,
        request: &Incoming,
        delivery: Delivery,
    ) -> Answer {
        let Arrival {
            number, provider, ..
        } = *arrival;
        let found = self.find(provider, request);
        let Found::Operation(operation, path_values) = found else {
            let status = match found {
                Found::OtherMethod => 405,
                _ => 404,
            };
            let what = format!("{} is not documented", request.method);
            let mut state = self.state();
            state.record(arrival, None, vec![Problem::at("path", what)]);
            let refusal = Refusal::NoSuchCall { status };
            let (imitation, _) = state.imitation(provider);
            return imitation.refuse(number, &request.path, refusal);
        };
        let checked = check(operation, request);
        let call = Call {
            number,
            operation,
            path_values: &path_values,
            query: &checked.query,
            request,
            body: checked.body.as_ref(),
            now: self.clock.now(),
            delivery,
            fails_as: match &arrival.fault {
                Some(Fault::FailedAtOnce { word }) => Some(word),
                _ => None,
            },
        };
        let mut state = self.state();
        let (answer, problems) = state.answer(provider, &call, &checked);
        state.record(arrival, Some(&operation.name), problems);
        let committed = state.book.has_latest(number);
        if let Some(record) = state.record_of(number) {
            record.committed = committed;
        }
        self.mail_news.send_replace(());
        answer
    }

    /// The provider's own error for a fault.
    pub(crate) fn fault_answer(
        &self,
        arrival: &Arrival,
        path: &str,
        fault: &Fault,
    ) -> Option<Answer> {
        let mut state = self.state();
        let (imitation, _) = state.imitation(arrival.provider);
        let refuse = |refusal| imitation.refuse(arrival.number, path, refusal);
        match fault {
            Fault::TooManyRequests { hint } => {
                let seconds = match hint {
                    Some(Hint::BodySeconds(seconds)) => Some(*seconds),
                    _ => None,
                };
                let mut answer = refuse(Refusal::TooMany { seconds });
                let now = self.clock.now();
                answer.retry_after = fault_answers::retry_after(hint.as_ref(), now);
                answer.date = fault_answers::date(hint.as_ref(), now);
                Some(answer)
            }
            Fault::ServerError { status, html, .. } => Some(if *html {
                fault_answers::page(*status)
            } else {
                refuse(Refusal::Broken { status: *status })
            }),
            Fault::LateServerError { status, .. } => {
                Some(refuse(Refusal::Broken { status: *status }))
            }
            Fault::TokenExpires => Some(refuse(Refusal::Unauthorized)),
            _ => None,
        }
    }

    pub(crate) fn expire_credentials(&self, provider: Provider, request: &Incoming) {
        self.state()
            .imitation(provider)
            .0
            .expire_credentials(request);
    }

    /// The provider has answered, as far as it knows, and somebody was there to
    /// hear it or not.
    pub(crate) fn note_answered(&self, arrival: &Arrival, is_heard: bool) {
        self.state()
            .imitation(arrival.provider)
            .0
            .note_answered(arrival.number, is_heard);
    }

    /// This status goes to the client.
    pub(crate) fn note_sent(&self, arrival: &Arrival, status: u16) {
        if let Some(record) = self.state().record_of(arrival.number) {
            record.answered = Some(status);
        }
    }

    fn document(&self, provider: Provider) -> Option<&'static Document> {
        self.documents.get(provider.index())
    }

    fn find(&self, provider: Provider, request: &Incoming) -> Found<'static> {
        self.document(provider).map_or(Found::Nothing, |document| {
            document.find(&request.method, &request.path)
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // A panic in one request is no reason to refuse the next.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    pub(crate) fn imitation(&mut self, provider: Provider) -> (&mut dyn Imitation, &mut Book) {
        let imitation: &mut dyn Imitation = match provider {
            Provider::Kotanipay => &mut self.kotanipay,
            Provider::Mce => &mut self.mce,
            Provider::Optty => &mut self.optty,
            Provider::Tazapay => &mut self.tazapay,
        };
        (imitation, &mut self.book)
    }

    /// The answer, and everything that is wrong with the request.
    fn answer(
        &mut self,
        provider: Provider,
        call: &Call<'_>,
        checked: &Checked,
    ) -> (Answer, Vec<Problem>) {
        let (imitation, book) = self.imitation(provider);
        let mut problems = checked.problems.clone();
        problems.retain(|problem| !imitation.tolerates(problem, call.body));
        let answer = if let Err(refusal) = imitation.admit(call) {
            refusal
        } else if problems.is_empty() {
            let mut desk = Desk {
                book,
                problems: Vec::new(),
            };
            let answer = if call.delivery == Delivery::Rehearsed {
                let mark = desk.book.mark();
                let answer = imitation.rehearse(call, &mut desk);
                desk.book.back_to(mark);
                answer
            } else {
                imitation.respond(call, &mut desk)
            };
            problems = desk.problems;
            answer
        } else {
            let refusal = Refusal::Invalid {
                problems: &problems,
                body: call.body,
            };
            imitation.refuse(call.number, &call.request.path, refusal)
        };
        (answer, problems)
    }

    fn record(&mut self, arrival: &Arrival, operation: Option<&str>, problems: Vec<Problem>) {
        let violations = problems.into_iter().map(|problem| Violation {
            request: arrival.number,
            provider: arrival.provider,
            operation: operation.map(str::to_owned),
            place: problem.place,
            problem: problem.problem,
        });
        self.violations.extend(violations);
    }

    fn record_of(&mut self, number: u64) -> Option<&mut RequestRecord> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        self.requests.get_mut(index)
    }
}
