//! The real facade as the client of stories.

mod convert;
mod play;

pub use play::{Network, Play};

use std::{
    future::poll_fn,
    pin::pin,
    sync::Arc,
    task::Poll,
    time::{Duration, SystemTime},
};

use refunds::{
    Action, InDoubt, Lookup, Reference, Refunds, RetryBudget, RetryMark, RetryPolicy,
    webhooks::RefundUpdate,
};
use tokio::runtime::{Builder, Runtime};

use crate::{
    SearchError,
    client::{Belief, Call, Client},
    models::{Event, Model},
    plot::Plot,
    scene::Scene,
    wire::BEGINNING,
};
use convert::{fetched, outcome, reconciled};

/// How many retries the policy allows in one call; more than any story has.
const BUDGET: u32 = 50;

/// What is asked of the facade.
pub trait Asks {
    /// The write.
    fn action(&self) -> Action;

    /// By what an accepted refund is read back, with the id that it was given.
    fn lookup(&self, id: Option<&str>) -> Option<Lookup>;

    /// An event as the facade takes it, or why it was refused.
    ///
    /// # Errors
    /// Why it was refused.
    fn received(&self, event: &Event) -> Result<RefundUpdate, String>;
}

/// The facade with a provider's client, both of which talk to a scene.
pub struct Facade<M, A> {
    refunds: Refunds,
    play: Arc<Play<M>>,
    asks: A,
    policy: RetryPolicy,
    /// Its clock stands still but for waits.
    runtime: Runtime,
}

impl<M: Model, A: Asks> Facade<M, A> {
    /// The facade for a plot, whose provider's client is on the network of the play.
    pub fn new(
        refunds: &Refunds,
        play: Arc<Play<M>>,
        asks: A,
        plot: &Plot,
    ) -> Result<Self, SearchError> {
        let refunds = refunds
            .with_observer(Arc::new(play::Journalist(Arc::clone(&play))))
            .with_clock(Arc::new(play::StoryClock(Arc::clone(&play))));
        // A back-off is a random time from zero on: none at all, so that times are the same whatever came.
        let mut policy = RetryPolicy::default().with_backoff(Duration::ZERO, Duration::ZERO);
        if let Some(deadline) = plot.deadline {
            policy = policy.with_deadline(deadline);
        }
        if plot.trusts_keys {
            policy = policy.with_risk_of_paying_twice();
        }
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        Ok(Self {
            refunds,
            play,
            asks,
            policy,
            runtime: runtime.map_err(|error| SearchError::Client(error.to_string()))?,
        })
    }

    async fn made(&self, call: &Call) -> Belief {
        // Retries of one story are no business of another's.
        let budget = RetryBudget::new(BUDGET, 1);
        let refunds = self
            .refunds
            .with_policy(self.policy.clone().with_budget(budget));
        match call {
            Call::Write { reference } => {
                let Some(reference) = named(reference) else {
                    return Belief::Error("no such reference".to_owned());
                };
                outcome(match self.asks.action() {
                    Action::Create(request) => refunds.create(&reference, request).await,
                    Action::SubmitInvoice(invoice) => {
                        refunds.submit_invoice(&reference, invoice).await
                    }
                    _ => refunds.retry(&reference).await,
                })
            }
            Call::TryAgain { reference, mark } => {
                match (named(reference), serde_json::from_str::<RetryMark>(mark)) {
                    (Some(reference), Ok(mark)) => {
                        outcome(refunds.retry_again(&reference, &mark).await)
                    }
                    _ => Belief::Error("no such mark".to_owned()),
                }
            }
            Call::Reconcile { record } => match stored(record) {
                Some(record) => reconciled(refunds.reconcile(&record).await),
                None => Belief::Error("no such record".to_owned()),
            },
            Call::ReconcileWithEvent { record, event } => {
                match (stored(record), self.asks.received(event)) {
                    (Some(record), Ok(update)) => {
                        reconciled(refunds.reconcile_with_event(&record, &update))
                    }
                    (_, Err(refused)) => Belief::Error(refused),
                    (None, _) => Belief::Error("no such record".to_owned()),
                }
            }
            Call::Fetch { id } => match self.asks.lookup(id.as_deref()) {
                Some(lookup) => fetched(refunds.fetch(&lookup).await),
                None => Belief::Error("nothing to read it by".to_owned()),
            },
        }
    }

    fn record(&self, reference: &str, begun: Duration, now: Duration) -> Option<InDoubt> {
        let action = self.asks.action();
        let record = InDoubt::interrupted(
            self.refunds.provider(),
            named(reference)?,
            action,
            time(begun),
        );
        Some(record.with_quiet_since(time(now)))
    }
}

impl<M: Model, A: Asks> Client<M> for Facade<M, A> {
    fn call(&self, scene: Scene<M>, call: &Call) -> (Scene<M>, Option<Belief>) {
        // Waits have a random part, which is the same in every run of the same story.
        fastrand::seed(1);
        self.play.begin(scene);
        let belief = self.runtime.block_on(async {
            self.play.start();
            let mut made = pin!(self.made(call));
            // A process that was killed in the middle goes no further.
            let belief = poll_fn(|context| {
                let polled = made.as_mut().poll(context);
                match (polled, self.play.is_dead()) {
                    (_, true) => Poll::Ready(None),
                    (Poll::Ready(belief), false) => Poll::Ready(Some(belief)),
                    (Poll::Pending, false) => Poll::Pending,
                }
            })
            .await;
            self.play.stop();
            belief
        });
        (self.play.end(), belief)
    }

    fn interrupted(&self, reference: &str, begun: Duration, now: Duration) -> String {
        let record = self.record(reference, begun, now);
        record.as_ref().map(text).unwrap_or_default()
    }

    fn stored(&self, record: &str, now: Duration) -> String {
        match stored(record) {
            Some(record) => text(&record.with_quiet_since(time(now))),
            None => String::new(),
        }
    }

    fn restarted(&self, record: &str, now: Duration) -> String {
        match stored(record) {
            Some(record) => text(&record.after_restart().with_quiet_since(time(now))),
            None => String::new(),
        }
    }

    fn describe(&self, record: &str) -> String {
        match stored(record) {
            Some(record) => format!("{:?}", record.cause()),
            None => "no record".to_owned(),
        }
    }
}

fn named(reference: &str) -> Option<Reference> {
    Reference::new(reference).ok()
}

fn stored(record: &str) -> Option<InDoubt> {
    serde_json::from_str(record).ok()
}

fn text(record: &InDoubt) -> String {
    serde_json::to_string(record).unwrap_or_default()
}

/// A time of a story, on the wall.
fn time(at: Duration) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(BEGINNING) + at
}
