//! One story of two workers, on a stage that all stories share.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use refunds::{
    Money, OpttyRefund, ProviderName, Reference, Refunds, RetryPolicy, TazapayRefund, optty,
    provider_runtime::{Credentials, Environment},
    tazapay,
};
use refunds_journal::{Journal, JournaledRefunds, Order, Place, Settings, State};
use refunds_sandbox::{Credentials as Accepted, Order as Purchase, Payin, Provider, Sandbox};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;
use tokio::{sync::Notify, task::JoinHandle};

use super::{
    gate::{Gate, Network, Standing, Verdict},
    schedule::Schedule,
};
use crate::SearchError;

/// Two of sixty do not fit into a payment of a hundred.
const AMOUNT: &str = "60";
const TOTAL: &str = "100";
/// The provider itself would let more through, so that only the journal keeps them apart.
const AT_THE_PROVIDER: i64 = 10_000;

/// A mistake that the search has to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// What was left by a worker is put into the queue again, as job queues do.
    RequeueOrphans,
    /// Nothing is kept for a refund that is being sent.
    ForgetReservations,
}

/// Where the workers refund.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    Optty,
    Tazapay,
}

impl At {
    pub(super) fn of(provider: ProviderName) -> Option<Self> {
        match provider {
            ProviderName::Optty => Some(Self::Optty),
            ProviderName::Tazapay => Some(Self::Tazapay),
            ProviderName::Kotanipay | ProviderName::Mce | ProviderName::Own(_) => None,
        }
    }

    fn sandbox(self) -> Provider {
        match self {
            Self::Optty => Provider::Optty,
            Self::Tazapay => Provider::Tazapay,
        }
    }
}

/// What all stories share.
pub(super) struct Stage {
    provider: ProviderName,
    at: At,
    mistake: Option<Mistake>,
    sandbox: Sandbox,
    journal: Journal,
    url: String,
    http: reqwest::Client,
    _directory: TempDir,
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Next {
    Advance {
        worker: usize,
        refund: usize,
    },
    Gate {
        worker: usize,
        standing: Standing,
        verdict: Verdict,
    },
    Kill {
        worker: usize,
    },
    LeasesEnd,
}

impl fmt::Display for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |worker: &usize| ["A", "B"].get(*worker).copied().unwrap_or("?");
        match self {
            Self::Advance { worker, refund } => {
                write!(f, "{} makes a step of refund {}", name(worker), refund + 1)
            }
            Self::Gate {
                worker,
                standing,
                verdict,
            } => {
                let what = match (standing, verdict) {
                    (Standing::Answered, Verdict::Pass) => "hears the answer",
                    (Standing::Answered, _) => "loses the answer",
                    (_, Verdict::Pass) => "has its request carried out",
                    (_, Verdict::NoConnection) => "gets no connection",
                    (_, Verdict::Lose) => "loses the connection before anything happens",
                };
                write!(f, "{} {what}", name(worker))
            }
            Self::Kill { worker } => write!(f, "{} is killed", name(worker)),
            Self::LeasesEnd => f.write_str("all leases end"),
        }
    }
}

struct Worker {
    gate: Arc<Gate>,
    client: JournaledRefunds,
    step: Option<JoinHandle<()>>,
    /// Steps of processes that were killed: they say no last words, and go nowhere any more.
    left: Vec<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        for step in &self.left {
            step.abort();
        }
    }
}

impl Stage {
    pub(super) async fn new(
        provider: ProviderName,
        mistake: Option<Mistake>,
    ) -> Result<Self, SearchError> {
        // In memory where the system has a place for that: what a disk would keep is not told of here.
        let memory = Path::new("/dev/shm");
        let directory = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        let directory = directory.map_err(world)?;
        let url = format!("sqlite:{}", directory.path().join("refunds.db").display());
        let settings = Settings::default()
            .with_lease(Duration::from_secs(600))
            .with_settle_after(Duration::ZERO);
        let journal = Journal::init(&url).await.map_err(world)?;
        Ok(Self {
            provider,
            at: At::of(provider)
                .ok_or_else(|| world("it is not searched with workers: leave `--provider` out"))?,
            mistake,
            sandbox: Sandbox::start().map_err(world)?,
            journal: journal.with_settings(settings).map_err(world)?,
            url,
            http: reqwest::Client::builder().build().map_err(world)?,
            _directory: directory,
        })
    }

    /// Tells a story, and what was wrong at its end.
    pub(super) async fn tell(
        &self,
        number: u64,
        mut schedule: Schedule,
    ) -> Result<(Schedule, Result<(), String>), SearchError> {
        let names = [format!("r-{number}-1"), format!("r-{number}-2")];
        let references: Result<Vec<_>, _> = names.iter().map(Reference::new).collect();
        let references = references.map_err(world)?;
        let changed = Arc::new(Notify::new());
        let mut workers = Vec::new();
        for _ in 0..2 {
            workers.push(self.worker(&changed, false)?);
        }
        let last = self.worker(&changed, true)?;
        let payment = format!("p-{number}");
        self.open(&payment)?;
        for reference in &references {
            let order = self.order(&payment)?;
            last.client.enqueue(reference, order).await.map_err(world)?;
        }
        loop {
            let may_happen = may_happen(&workers);
            let Some(next) = schedule.choose(&may_happen) else {
                break;
            };
            self.happens(*next, &mut workers, &references).await?;
            while workers
                .iter()
                .any(|worker| worker.gate.standing() == Standing::Running)
            {
                changed.notified().await;
            }
        }
        if !schedule.is_told() {
            return Err(SearchError::Diverged { part: "workers" });
        }
        for worker in &mut workers {
            kill(worker);
        }
        self.finish(&last.client, &references).await?;
        let end = self.check(&last.client, &references).await?;
        Ok((schedule, end))
    }

    fn worker(&self, changed: &Arc<Notify>, is_open: bool) -> Result<Worker, SearchError> {
        let gate = Gate::new(Arc::clone(changed), self.http.clone(), is_open);
        let network = Network(Arc::clone(&gate));
        let (environment, credentials) = (
            Environment::BaseUrl(self.base_url()),
            credentials(self.sandbox.credentials(self.at.sandbox())),
        );
        let refunds = match self.at {
            At::Tazapay => {
                let builder = tazapay::Client::builder().environment(environment);
                let builder = builder.credentials(credentials).transport(network);
                builder.build().map(Refunds::from)
            }
            At::Optty => {
                let builder = optty::Client::builder().environment(environment);
                let builder = builder.credentials(credentials).transport(network);
                let builder = builder.token_url(self.sandbox.token_url());
                builder.build().map(Refunds::from)
            }
        };
        let refunds = refunds.map_err(|error| SearchError::Client(error.to_string()))?;
        let policy = RetryPolicy::default()
            .with_backoff(Duration::ZERO, Duration::ZERO)
            .with_settle_after(Duration::ZERO);
        Ok(Worker {
            gate,
            client: self
                .journal
                .client(refunds.with_policy(policy), Place::sandbox()),
            step: None,
            left: Vec::new(),
        })
    }

    fn base_url(&self) -> String {
        self.sandbox.base_url(self.at.sandbox()).to_owned()
    }

    fn open(&self, payment: &str) -> Result<(), SearchError> {
        let paid = AT_THE_PROVIDER.into();
        match self.at {
            At::Optty => self.sandbox.add_order(Purchase::new(payment, paid, "AUD")),
            At::Tazapay => self.sandbox.add_payin(Payin::new(payment, paid, "USD")),
        }
        .map_err(world)
    }

    fn order(&self, payment: &str) -> Result<Order, SearchError> {
        let money = |amount: &str, currency| {
            let money = format!("{amount} {currency}").parse::<Money>();
            money.map_err(world)
        };
        Ok(match self.at {
            At::Optty => Order::new(
                OpttyRefund::new(payment, money(AMOUNT, "AUD")?, "Damaged")
                    .with_reference_in_description(),
            )
            .with_payment_total(money(TOTAL, "AUD")?),
            At::Tazapay => {
                let refund = TazapayRefund::of_payin(payment);
                Order::new(refund.with_amount(money(AMOUNT, "USD")?))
                    .with_payment_total(money(TOTAL, "USD")?)
            }
        })
    }

    async fn happens(
        &self,
        next: Next,
        workers: &mut [Worker],
        references: &[Reference],
    ) -> Result<(), SearchError> {
        match next {
            Next::Advance { worker, refund } => {
                let (Some(worker), Some(reference)) =
                    (workers.get_mut(worker), references.get(refund))
                else {
                    return Ok(());
                };
                worker.gate.stands(Standing::Running);
                let (client, gate) = (worker.client.clone(), Arc::clone(&worker.gate));
                let reference = reference.clone();
                worker.step = Some(tokio::spawn(async move {
                    // Whatever it says, the ledger decides.
                    let _ = client.advance(&reference).await;
                    gate.stands(Standing::Idle);
                }));
            }
            Next::Gate {
                worker, verdict, ..
            } => {
                if let Some(worker) = workers.get(worker) {
                    worker.gate.decide(verdict);
                }
            }
            Next::Kill { worker } => {
                if let Some(worker) = workers.get_mut(worker) {
                    kill(worker);
                }
            }
            Next::LeasesEnd => self.leases_end(references).await?,
        }
        if self.mistake == Some(Mistake::ForgetReservations) {
            self.change(
                references,
                "UPDATE refunds SET amount = '0.01' WHERE state = 'sending' AND",
            )
            .await?;
        }
        Ok(())
    }

    async fn leases_end(&self, references: &[Reference]) -> Result<(), SearchError> {
        let change = match self.mistake {
            Some(Mistake::RequeueOrphans) => {
                "UPDATE refunds SET state = 'not_sent', leased_until = 0, fence = fence + 1 \
                 WHERE state = 'sending' AND"
            }
            _ => "UPDATE refunds SET leased_until = 0 WHERE",
        };
        self.change(references, change).await
    }

    /// Changes the refunds of a story behind the journal's back.
    async fn change(&self, references: &[Reference], change: &str) -> Result<(), SearchError> {
        let names: Vec<_> = references
            .iter()
            .map(|reference| format!("'{reference}'"))
            .collect();
        let statement = format!("{change} reference IN ({})", names.join(", "));
        let mut connection = AnyConnection::connect(&self.url).await.map_err(world)?;
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .map_err(world)?;
        connection.close().await.map_err(world)
    }

    /// Nothing goes wrong any more, and somebody looks until nothing changes.
    async fn finish(
        &self,
        client: &JournaledRefunds,
        references: &[Reference],
    ) -> Result<(), SearchError> {
        for _ in 0..3 {
            self.leases_end(references).await?;
            for reference in references {
                // What fails is looked at again.
                let _ = client.advance(reference).await;
            }
        }
        Ok(())
    }

    /// What the journal says, compared with the ledger.
    async fn check(
        &self,
        client: &JournaledRefunds,
        references: &[Reference],
    ) -> Result<Result<(), String>, SearchError> {
        let ledger = self.sandbox.ledger();
        let mut paid = 0;
        for reference in references {
            let times = ledger.payments(self.at.sandbox(), reference.as_str());
            paid += times;
            let found = self
                .journal
                .find(self.provider, client.place(), reference)
                .await
                .map_err(world)?;
            let Some(entry) = found else {
                return Ok(Err(format!("{reference} is lost")));
            };
            let wrong = match (times, entry.state) {
                (2.., _) => "was refunded twice",
                (1, State::NotSent | State::Rejected | State::Withdrawn | State::Failed) => {
                    "was refunded, and is said not to be"
                }
                (0, State::Pending | State::Succeeded) => "was not refunded, and is said to be",
                (_, State::Sending) => "is being sent, and nobody is there any more",
                (0, State::NotSent) => "was left in the queue",
                (1, State::InDoubt) if matches!(self.at, At::Optty) => {
                    "is in doubt, though the order shows it"
                }
                _ => continue,
            };
            return Ok(Err(format!("{reference} {wrong} ({})", entry.state)));
        }
        Ok(match paid {
            0 | 1 => Ok(()),
            _ => Err("more was refunded than was paid".to_owned()),
        })
    }
}

/// All that can happen now. The workers are alike, so that A is the one that begins.
fn may_happen(workers: &[Worker]) -> Vec<Next> {
    let mut list = Vec::new();
    let have_begun = workers.iter().any(|worker| worker.step.is_some());
    for (index, worker) in workers.iter().enumerate() {
        let standing = worker.gate.standing();
        let mut gate = |verdict| {
            list.push(Next::Gate {
                worker: index,
                standing,
                verdict,
            });
        };
        match standing {
            Standing::Asks => {
                gate(Verdict::Pass);
                gate(Verdict::NoConnection);
                gate(Verdict::Lose);
            }
            Standing::Answered => {
                gate(Verdict::Pass);
                gate(Verdict::Lose);
            }
            Standing::Idle if index == 0 || have_begun => {
                for refund in 0..2 {
                    // So are the refunds.
                    if refund == 0 || have_begun {
                        list.push(Next::Advance {
                            worker: index,
                            refund,
                        });
                    }
                }
            }
            Standing::Idle | Standing::Running => {}
        }
        if matches!(standing, Standing::Asks | Standing::Answered) {
            list.push(Next::Kill { worker: index });
        }
    }
    if have_begun {
        list.push(Next::LeasesEnd);
    }
    list
}

fn kill(worker: &mut Worker) {
    if let Some(step) = worker.step.take() {
        worker.left.push(step);
        worker.step = Some(tokio::spawn(async {}));
    }
    worker.gate.forgets();
}

fn world(error: impl ToString) -> SearchError {
    SearchError::World(error.to_string())
}

fn credentials(accepted: Accepted) -> Credentials {
    match accepted {
        Accepted::Bearer { token } => Credentials::bearer(token),
        Accepted::Basic { key, secret } => Credentials::basic(key, secret),
        Accepted::ClientCredentials {
            client_id,
            client_secret,
            ..
        } => Credentials::oauth2(client_id, client_secret),
    }
}
