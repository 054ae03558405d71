//! The server that stands for the provider: the document judges what arrives, and the model answers by chance.

mod bytes;
mod case;
mod keys;
mod mail;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use refunds_sandbox::{
    Clock,
    witness::{Incoming, Server, Wire},
};

pub(super) use case::Ending;
use keys::KeysUsed;
pub(super) use mail::Letter;

use super::CampaignError;
use crate::{
    judged::{Found, Judged},
    model::{Keys, Model, RawRequest},
    wire::{BEGINNING, Delivery, Request},
};
use case::Case;

/// Shorter than the pauses between a worker's calls often are, so that it meets connections that were just closed.
const CLOSE_IDLE_AFTER: Duration = Duration::from_millis(30);
/// How long the port stays shut; short, since all refunds meet it.
const SHUT: Duration = Duration::from_millis(20);
/// It is shut after one in so many requests.
const SHUT_ONE_IN: u64 = 50;

/// The provider, on loopback until this is dropped.
pub(super) struct Scripted {
    server: Arc<Server>,
    mail: Option<Server>,
    world: Arc<World>,
}

/// What a server has seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    /// What does not fit the document.
    pub(super) found: Found,
    /// Requests that the model has no answer to.
    pub(super) strange: BTreeSet<String>,
    /// Refunds that came under the key of another one.
    pub(super) shared: BTreeSet<String>,
    /// Refunds of which an event was believed that should not have been.
    pub(super) believed: BTreeSet<u64>,
    pub(super) requests: u64,
    /// Those of them that were not plainly answered.
    pub(super) odd: u64,
    /// Events that were true, and were taken.
    pub(super) read: u64,
    pub(super) events: u64,
    /// Those of them that were forged.
    pub(super) forged: u64,
}

struct World {
    judged: Judged,
    clock: Clock,
    cases: Vec<Mutex<Case>>,
    /// Whose refund a payment is.
    by_payment: BTreeMap<String, usize>,
    /// Any of the models: what a request is about they tell alike.
    model: Model,
    keys: Mutex<KeysUsed>,
    is_calm: AtomicBool,
    requests: AtomicU64,
    seen: Mutex<Seen>,
}

impl Scripted {
    /// Listens from now on, for the refunds of these models, counted from 0. With `has_events`, there is mail.
    pub(super) fn start(
        judged: Judged,
        models: Vec<Model>,
        seed: u64,
        has_events: bool,
    ) -> Result<Self, CampaignError> {
        let Some(model) = models.first().cloned() else {
            return Err(CampaignError::NoRefunds);
        };
        let world = Arc::new(World {
            judged,
            clock: Clock::system(),
            by_payment: by_payment(&models)?,
            cases: cases(models, seed),
            model,
            keys: Mutex::default(),
            is_calm: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            seen: Mutex::default(),
        });
        let (own, door) = (Arc::clone(&world), Arc::new(std::sync::OnceLock::new()));
        let way = Arc::clone(&door);
        let answer = move |request| {
            let wire = own.answer(&request);
            if own.shuts_now() {
                shut(&way);
            }
            wire
        };
        let server = Arc::new(Server::start(answer, Some(CLOSE_IDLE_AFTER))?);
        let _ = door.set(Arc::downgrade(&server));
        let mail = match has_events {
            true => {
                let own = Arc::clone(&world);
                Some(Server::start(move |request| own.mail(&request), None)?)
            }
            false => None,
        };
        Ok(Self {
            server,
            mail,
            world,
        })
    }

    pub(super) fn url(&self) -> &str {
        self.server.url()
    }

    /// Where events are had.
    pub(super) fn mail_url(&self) -> Option<&str> {
        self.mail.as_ref().map(Server::url)
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Nothing goes wrong any more, and everything that is under way comes to its end.
    pub(super) fn calm_down(&self) {
        self.world.is_calm.store(true, Ordering::Release);
        let now = self.world.now();
        for case in &self.world.cases {
            locked(case).settle(now);
        }
    }

    /// How the refunds stand, in the order of their numbers.
    pub(super) fn endings(&self) -> Vec<Ending> {
        let now = self.world.now();
        let cases = self.world.cases.iter().zip(0..);
        cases
            .map(|(case, number)| locked(case).ending(&reference(number), now))
            .collect()
    }

    pub(super) fn seen(&self) -> Seen {
        Seen {
            found: self.world.judged.found(),
            requests: self.world.requests.load(Ordering::Acquire),
            ..locked(&self.world.seen).clone()
        }
    }
}

type Way = std::sync::OnceLock<std::sync::Weak<Server>>;

fn shut(way: &Way) {
    if let Some(server) = way.get().and_then(std::sync::Weak::upgrade) {
        server.shut(SHUT);
    }
}

/// The caller's reference of a refund.
pub(super) fn reference(number: u64) -> String {
    format!("r-{number}")
}

fn cases(models: Vec<Model>, seed: u64) -> Vec<Mutex<Case>> {
    let cases = models.into_iter().zip(0..);
    cases
        .map(|(model, number)| Mutex::new(Case::new(model, number, seed)))
        .collect()
}

fn by_payment(models: &[Model]) -> Result<BTreeMap<String, usize>, CampaignError> {
    let mut by_payment = BTreeMap::new();
    for (number, model) in models.iter().enumerate() {
        let Some(payment) = &model.expected.payment else {
            continue;
        };
        let earlier = by_payment.insert(payment.clone(), number);
        let is_listed_so = model.find.as_ref().is_some_and(|find| find.by_payment);
        if let (Some(other), true) = (earlier, is_listed_so) {
            return Err(CampaignError::SamePayment {
                number: number as u64,
                other: other as u64,
                payment: payment.clone(),
            });
        }
    }
    Ok(by_payment)
}

impl World {
    fn now(&self) -> Duration {
        let millis = self.clock.now().timestamp_millis();
        let since = Duration::from_millis(millis.unsigned_abs());
        since.saturating_sub(Duration::from_secs(BEGINNING))
    }

    fn answer(&self, incoming: &Incoming) -> Wire {
        let request = as_it_came(incoming);
        self.judged.request(&request);
        let (number, key) = self.about(&RawRequest::new(&request));
        let Some((number, case)) = number.and_then(|at| Some((at, self.cases.get(at)?))) else {
            locked(&self.seen)
                .strange
                .insert(self.judged.name(&request));
            return bytes::not_found();
        };
        if let Some(shared) = key.and_then(|key| locked(&self.keys).used(key, number)) {
            locked(&self.seen).shared.insert(shared);
        }
        let is_calm = self.is_calm.load(Ordering::Acquire);
        let mut case = locked(case);
        let served = case.serve(&request, self.now(), is_calm);
        let wire = bytes::of(&served.delivery, case.rng(), is_calm);
        drop(case);
        match (&served.plain, &served.delivery) {
            (Some(_), Delivery::Answered(answer)) => self.judged.answer(&request, answer),
            _ => locked(&self.seen).odd += 1,
        }
        wire
    }

    /// Which refund a request is about, and under which key it asks for one.
    fn about(&self, request: &RawRequest<'_>) -> (Option<usize>, Option<String>) {
        let numbered = |name: &str| name.strip_prefix("r-")?.parse::<usize>().ok();
        let paid = |payment: &str| self.by_payment.get(payment).copied();
        match (self.model.create)(request) {
            Some(asked) => {
                let names = [&asked.reference, &asked.key].into_iter().flatten();
                let by_name = names.filter_map(|name| numbered(name)).next();
                let number = by_name.or_else(|| paid(asked.payment.as_deref()?));
                let is_kept = matches!(
                    self.model.keys,
                    Keys::KeepEveryAnswer(_) | Keys::KeepSuccesses(_)
                );
                (number, asked.key.filter(|_| is_kept))
            }
            None => {
                let found = self.model.find.as_ref().and_then(|find| {
                    let by = (find.asks)(request)?;
                    match find.by_payment {
                        true => paid(&by),
                        false => numbered(&by),
                    }
                });
                (found, None)
            }
        }
    }

    fn shuts_now(&self) -> bool {
        let number = self.requests.fetch_add(1, Ordering::AcqRel) + 1;
        number.is_multiple_of(SHUT_ONE_IN) && !self.is_calm.load(Ordering::Acquire)
    }
}

fn as_it_came(incoming: &Incoming) -> Request {
    let path = match &incoming.query {
        Some(query) => format!("{}?{query}", incoming.path),
        None => incoming.path.clone(),
    };
    let headers = incoming.headers.iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let headers: Vec<_> = headers.collect();
    let key = headers.iter().find(|(name, _)| name == "idempotency-key");
    Request {
        method: incoming.method.to_string(),
        path,
        key: key.map(|(_, key)| key.clone()),
        headers,
        body: incoming.body.to_vec(),
    }
}

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Asked, Shown};

    fn of(payment: &str) -> Model {
        let asked = Asked {
            payment: Some(payment.to_owned()),
            ..Asked::default()
        };
        Model::new(asked, |_| None, 200, Shown::new("/id"))
    }

    fn listed(payment: &str) -> Model {
        let asks = |request: &RawRequest<'_>| request.query("payment").map(str::to_owned);
        of(payment)
            .with_list(asks, "", Shown::new("/id"))
            .listing_by_payment()
    }

    fn started(models: Vec<Model>) -> Result<Scripted, CampaignError> {
        let document =
            r#"{"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": {}}"#;
        Scripted::start(Judged::by(document).unwrap(), models, 1, false)
    }

    #[test]
    fn refunds_of_one_payment_are_refused_where_they_would_be_listed_together() {
        assert!(started(vec![of("one"), of("one")]).is_ok());
        assert!(started(vec![listed("one"), listed("two")]).is_ok());
        let refused = started(vec![listed("one"), listed("two"), listed("one")]);
        let Err(CampaignError::SamePayment { number, other, .. }) = refused else {
            panic!("the third is as the first");
        };
        assert_eq!((number, other), (2, 0));
    }

    #[test]
    fn a_campaign_without_refunds_is_refused() {
        assert!(matches!(started(Vec::new()), Err(CampaignError::NoRefunds)));
    }
}
