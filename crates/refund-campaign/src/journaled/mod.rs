//! Refunds through the journal: workers on one database, killed at random, several references on one payment.

mod audit;
mod worker;

use std::{
    ffi::OsString,
    fmt, fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;
use refunds::{Money, OpttyRefund, Reference, TazapayRefund, iso_currency::Currency};
use refunds_journal::{Filter, Journal, JournalError, JournaledRefunds, Order, State};
use refunds_sandbox::{FaultPlan, Order as Purchase, Payin, Provider, Sandbox};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

pub use worker::work;

use crate::{Assignment, CampaignError, campaign, faults, worker::Clients};

/// Workers on the database.
const WORKERS: usize = 3;
/// Refunds on each payment: of a hundred, only three of them fit.
const REFUNDS_PER_PAYMENT: u64 = 4;
const AMOUNT: i64 = 30;
const TOTAL: i64 = 100;
/// A worker lives for so long, at random.
const LIFE: std::ops::Range<u64> = 400..3_000;
/// All of a database's connections are cut so often, at random.
const CUT: std::ops::Range<u64> = 4_000..12_000;
const PATIENCE: Duration = Duration::from_secs(1_800);

/// A campaign on a journal.
#[derive(Clone, Debug)]
pub struct JournaledCampaign {
    refunds: u64,
    seed: u64,
    /// A PostgreSQL in which a database is made; SQLite without.
    postgres: Option<String>,
}

/// What a worker is told, as a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Post {
    assignment: Assignment,
    url: String,
}

/// What came of a campaign on a journal.
#[derive(Clone, Debug)]
pub struct JournaledReport {
    seed: u64,
    audit: audit::Audit,
    kills: u64,
    cuts: u64,
    took: Duration,
}

impl JournaledReport {
    /// Whether nothing went wrong with money.
    pub fn is_clean(&self) -> bool {
        self.audit.is_clean()
    }
}

impl fmt::Display for JournaledReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}, {:.0} s, workers killed {}, connections cut {}",
            self.seed,
            self.took.as_secs_f64(),
            self.kills,
            self.cuts
        )?;
        self.audit.fmt(f)
    }
}

impl JournaledCampaign {
    /// On SQLite, or on a PostgreSQL of this URL.
    pub fn new(refunds: u64, seed: u64, postgres: Option<String>) -> Self {
        Self {
            refunds,
            seed,
            postgres,
        }
    }

    /// Runs it. `program` called with `argument` and the path of a post has to [`work`].
    ///
    /// # Errors
    /// The campaign did not come to its end, so that it says nothing.
    pub async fn run(
        &self,
        program: &Path,
        argument: impl Into<OsString>,
    ) -> Result<JournaledReport, CampaignError> {
        let began = Instant::now();
        let argument = argument.into();
        let sandbox = Sandbox::builder()
            .settings(campaign::settings(false))
            .start()?;
        let directory = tempfile::tempdir().map_err(CampaignError::Process)?;
        let url = self.database(directory.path()).await?;
        let assignment = campaign::assignment(&sandbox, None);
        let journal = Journal::init(&url)
            .await?
            .with_settings(worker::settings())?;
        self.put_down(&sandbox, &journal, &Clients::new(&assignment)?)
            .await?;
        sandbox.set_faults(faults::every_kind(self.seed))?;
        let post = directory.path().join("post.json");
        let text = serde_json::to_vec(&Post {
            assignment,
            url: url.clone(),
        });
        fs::write(&post, text.unwrap_or_default()).map_err(CampaignError::file(&post))?;
        let mut crew = Crew::new(program, argument, post, self.seed)?;
        let mut cuts = 0;
        let mut cut_at = Instant::now() + Duration::from_millis(crew.rng.u64(CUT));
        while is_open(&journal).await? {
            crew.kill_at_random()?;
            if self.postgres.is_some() && Instant::now() > cut_at {
                cut(&url).await?;
                cuts += 1;
                cut_at = Instant::now() + Duration::from_millis(crew.rng.u64(CUT));
            }
            if began.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                return Err(CampaignError::TooLong { seconds });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // Nothing goes wrong any more, so that what evidence can settle has to be settled.
        sandbox.set_faults(FaultPlan::None)?;
        let calm = Instant::now() + worker::CALM;
        while Instant::now() < calm {
            crew.restart_ended()?;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let kills = crew.kills;
        drop(crew);
        let audit = audit::Audit::of(self.refunds, &journal, &sandbox.ledger()).await?;
        journal.close().await;
        Ok(JournaledReport {
            seed: self.seed,
            audit,
            kills,
            cuts,
            took: began.elapsed(),
        })
    }

    async fn database(&self, directory: &Path) -> Result<String, CampaignError> {
        let Some(server) = &self.postgres else {
            return Ok(format!("sqlite:{}", directory.join("refunds.db").display()));
        };
        sqlx::any::install_default_drivers();
        let name = format!("campaign_{}_{}", self.seed, std::process::id());
        let mut admin = AnyConnection::connect(server)
            .await
            .map_err(CampaignError::Database)?;
        let create = AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create)
            .execute(&mut admin)
            .await
            .map_err(CampaignError::Database)?;
        let base = server
            .rsplit_once('/')
            .map_or(server.as_str(), |(base, _)| base);
        Ok(format!("{base}/{name}"))
    }

    /// Payments of a hundred, each with four refunds of thirty.
    async fn put_down(
        &self,
        sandbox: &Sandbox,
        journal: &Journal,
        clients: &Clients,
    ) -> Result<(), CampaignError> {
        let client = |provider| worker::journaled(journal, clients, provider);
        let (tazapay, optty) = (client(Provider::Tazapay), client(Provider::Optty));
        for number in 0..self.refunds {
            let payment = number / REFUNDS_PER_PAYMENT;
            let is_first = number.is_multiple_of(REFUNDS_PER_PAYMENT);
            let name = format!("payment-{payment}");
            let Ok(reference) = Reference::new(reference(number)) else {
                continue;
            };
            let order = if payment.is_multiple_of(2) {
                if is_first {
                    sandbox.add_payin(Payin::new(&name, TOTAL.into(), "USD"))?;
                }
                Order::new(TazapayRefund::of_payin(&name).with_amount(money(AMOUNT, Currency::USD)))
                    .with_payment_total(money(TOTAL, Currency::USD))
            } else {
                if is_first {
                    sandbox.add_order(Purchase::new(&name, TOTAL.into(), "AUD"))?;
                }
                let refund = OpttyRefund::new(&name, money(AMOUNT, Currency::AUD), "Damaged");
                Order::new(refund.with_reference_in_description())
                    .with_payment_total(money(TOTAL, Currency::AUD))
            };
            let client: &JournaledRefunds = if payment.is_multiple_of(2) {
                &tazapay
            } else {
                &optty
            };
            client.enqueue(&reference, order).await?;
        }
        Ok(())
    }
}

fn reference(number: u64) -> String {
    format!("campaign-{number}")
}

fn money(amount: i64, currency: Currency) -> Money {
    Money::new(amount.into(), currency)
}

/// Whether something is still to be sent, or being sent.
async fn is_open(journal: &Journal) -> Result<bool, JournalError> {
    let open = Filter {
        states: vec![State::NotSent, State::Sending],
        limit: Some(1),
        ..Filter::default()
    };
    Ok(!journal.list(&open).await?.is_empty())
}

/// Cuts everybody's connections to a PostgreSQL.
async fn cut(url: &str) -> Result<(), CampaignError> {
    let mut own = AnyConnection::connect(url)
        .await
        .map_err(CampaignError::Database)?;
    sqlx::query(
        "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS BIGINT) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(&mut own)
    .await
    .map_err(CampaignError::Database)?;
    Ok(())
}

/// The workers, which are killed and started again.
struct Crew {
    program: PathBuf,
    argument: OsString,
    post: PathBuf,
    rng: Rng,
    workers: Vec<(Child, Instant)>,
    kills: u64,
}

impl Crew {
    fn new(
        program: &Path,
        argument: OsString,
        post: PathBuf,
        seed: u64,
    ) -> Result<Self, CampaignError> {
        let mut crew = Self {
            program: program.to_owned(),
            argument,
            post,
            rng: Rng::with_seed(seed),
            workers: Vec::new(),
            kills: 0,
        };
        for _ in 0..WORKERS {
            let worker = crew.start()?;
            crew.workers.push(worker);
        }
        Ok(crew)
    }

    fn start(&mut self) -> Result<(Child, Instant), CampaignError> {
        let child = Command::new(&self.program)
            .arg(&self.argument)
            .arg(&self.post)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(CampaignError::Process)?;
        let life = Duration::from_millis(self.rng.u64(LIFE));
        Ok((child, Instant::now() + life))
    }

    /// Kills those whose time has come, and starts others.
    fn kill_at_random(&mut self) -> Result<(), CampaignError> {
        for index in 0..self.workers.len() {
            let Some((child, death)) = self.workers.get_mut(index) else {
                continue;
            };
            if Instant::now() > *death {
                child.kill().map_err(CampaignError::Process)?;
                child.wait().map_err(CampaignError::Process)?;
                self.kills += 1;
                let new = self.start()?;
                if let Some(worker) = self.workers.get_mut(index) {
                    *worker = new;
                }
            }
        }
        self.restart_ended()
    }

    /// A worker ends by itself where its database was cut off when it began.
    fn restart_ended(&mut self) -> Result<(), CampaignError> {
        for index in 0..self.workers.len() {
            let Some((child, _)) = self.workers.get_mut(index) else {
                continue;
            };
            if child.try_wait().map_err(CampaignError::Process)?.is_some() {
                let new = self.start()?;
                if let Some(worker) = self.workers.get_mut(index) {
                    *worker = new;
                }
            }
        }
        Ok(())
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for (child, _) in &mut self.workers {
            // It may have ended by itself; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
