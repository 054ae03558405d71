//! Refunds through the journal: workers on one database, killed at random, several references on one payment.

mod audit;
mod crew;
mod events;
mod outages;
mod proxy;
mod worker;

use std::{
    ffi::OsString,
    fmt, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use refunds::{Money, OpttyRefund, Reference, TazapayRefund, iso_currency::Currency};
use refunds_journal::{Journal, JournaledRefunds, Order};
use refunds_sandbox::{FaultPlan, Order as Purchase, Payin, Provider, Sandbox};
use serde::{Deserialize, Serialize};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};

pub use worker::work;

use audit::Audit;
use crew::Crew;
use events::Events;
use proxy::Proxy;

use crate::{Assignment, CampaignError, campaign, faults, worker::Clients};

/// Workers on the database.
const WORKERS: usize = 3;
/// Refunds on each payment: of a hundred, only three of them fit.
const REFUNDS_PER_PAYMENT: u64 = 4;
const AMOUNT: i64 = 30;
const TOTAL: i64 = 100;
/// What Tazapay's sandbox takes on, and what fails later.
const FAILS: i64 = 200;
/// All of a database's connections are cut so often, at random.
const CUT: std::ops::Range<u64> = 4_000..12_000;
/// A PostgreSQL is restarted so often, at random.
const RESTART: std::ops::Range<u64> = 15_000..40_000;
const PATIENCE: Duration = Duration::from_secs(7_200);
/// How often what is in doubt is looked at in the calm at the end, at most.
const CALMS: usize = 5;

/// A campaign on a journal.
#[derive(Clone, Debug)]
pub struct JournaledCampaign {
    refunds: u64,
    seed: u64,
    /// A PostgreSQL in which a database is made; SQLite without.
    postgres: Option<String>,
    /// What restarts the PostgreSQL, for a shell.
    restart: Option<String>,
    webhooks: bool,
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
    audit: Audit,
    kills: u64,
    cuts: u64,
    restarts: u64,
    took: Duration,
}

impl JournaledReport {
    /// Whether nothing went wrong with money.
    pub fn is_clean(&self) -> bool {
        self.audit.is_clean()
    }

    /// How many workers were killed.
    pub fn kills(&self) -> u64 {
        self.kills
    }
}

impl fmt::Display for JournaledReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "seed {}, {:.0} s, workers killed {}, connections cut {}, restarts of the database {}",
            self.seed,
            self.took.as_secs_f64(),
            self.kills,
            self.cuts,
            self.restarts
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
            restart: None,
            webhooks: false,
        }
    }

    /// With a command for a shell that restarts the PostgreSQL, now and then.
    #[must_use]
    pub fn with_restarts(mut self, command: String) -> Self {
        self.restart = Some(command);
        self
    }

    /// Puts down meanwhile what Tazapay's signed events tell.
    #[must_use]
    pub fn with_webhooks(mut self) -> Self {
        self.webhooks = true;
        self
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
            .settings(campaign::settings(self.webhooks))
            .start()?;
        let directory = tempfile::tempdir().map_err(CampaignError::Process)?;
        let url = self.database(directory.path()).await?;
        let assignment = campaign::assignment(&sandbox, None);
        Journal::init(&url).await?.close().await;
        if self.postgres.is_some() {
            outages::set_clock_apart(&url, self.seed).await?;
        }
        let journal = Journal::open(&url)
            .await?
            .with_settings(worker::settings())?;
        let clients = Clients::new(&assignment)?;
        self.put_down(&sandbox, &journal, &clients).await?;
        let events = match self.webhooks {
            true => {
                let refunds = worker::journaled(&journal, &clients, Provider::Tazapay);
                Some(Events::of(&sandbox, refunds).await?)
            }
            false => None,
        };
        sandbox.set_faults(faults::every_kind(self.seed))?;
        let (proxy, workers_url) = match &self.postgres {
            Some(_) => {
                let (proxy, url) = Proxy::before(&url, self.seed).await?;
                (Some(proxy), url)
            }
            None => (None, url.clone()),
        };
        let post = directory.path().join("post.json");
        let text = serde_json::to_vec(&Post {
            assignment,
            url: workers_url,
        });
        fs::write(&post, text.unwrap_or_default()).map_err(CampaignError::file(&post))?;
        let file = url.strip_prefix("sqlite:").map(PathBuf::from);
        let mut crew = Crew::new(program, argument, post, file, self.seed)?;
        let (mut cuts, mut restarts) = (0, 0);
        let mut cut_at = crew.at_random(CUT);
        let mut restart_at = crew.at_random(RESTART);
        while outages::is_open(&journal).await? {
            crew.kill_at_random()?;
            if self.postgres.is_some() && Instant::now() > cut_at {
                // There is nothing to cut while it is being restarted.
                cuts += u64::from(outages::cut(&url).await.is_ok());
                cut_at = crew.at_random(CUT);
            }
            if let Some(command) = &self.restart
                && Instant::now() > restart_at
            {
                outages::restart(command)?;
                restarts += 1;
                restart_at = crew.at_random(RESTART);
            }
            if began.elapsed() > PATIENCE {
                let seconds = PATIENCE.as_secs();
                return Err(CampaignError::TooLong { seconds });
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // Nothing goes wrong any more, so that what evidence can settle has to be settled. On a busy machine a look can
        // find no time, and the next one is far away then, so that there are several.
        sandbox.set_faults(FaultPlan::None)?;
        for _ in 0..CALMS {
            outages::make_due(&url).await?;
            let calm = Instant::now() + worker::CALM;
            while Instant::now() < calm {
                crew.restart_ended()?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            let ledger = sandbox.ledger();
            let audit = outages::patiently(|| Audit::of(self.refunds, &journal, &ledger)).await?;
            if audit.is_settled() {
                break;
            }
        }
        let kills = crew.kills;
        drop((crew, events));
        let ledger = sandbox.ledger();
        let audit = outages::patiently(|| Audit::of(self.refunds, &journal, &ledger)).await?;
        journal.close().await;
        let cuts = cuts + proxy.map_or(0, |proxy| proxy.cuts());
        Ok(JournaledReport {
            seed: self.seed,
            audit,
            kills,
            cuts,
            restarts,
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

    /// Payments with four refunds each: of thirty, or of everything.
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
            let name = payment_name(payment);
            let Ok(reference) = Reference::new(reference(number)) else {
                continue;
            };
            let order = if payment.is_multiple_of(2) {
                let total = total(payment);
                if is_first {
                    sandbox.add_payin(Payin::new(&name, total.into(), "USD"))?;
                }
                let refund = TazapayRefund::of_payin(&name);
                let refund = match is_of_everything(payment) {
                    true => refund,
                    false => refund.with_amount(money(AMOUNT, Currency::USD)),
                };
                Order::new(refund).with_payment_total(money(total, Currency::USD))
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
            outages::patiently(|| client.enqueue(&reference, order.clone())).await?;
        }
        Ok(())
    }
}

/// Of every third payment at Tazapay, everything is refunded.
fn is_of_everything(payment: u64) -> bool {
    payment.is_multiple_of(6)
}

/// How much was paid; of every other payment of which everything is refunded, as much as Tazapay's sandbox fails to refund.
fn total(payment: u64) -> i64 {
    if payment.is_multiple_of(12) {
        FAILS
    } else {
        TOTAL
    }
}

fn payment_name(payment: u64) -> String {
    format!("payment-{payment}")
}

fn reference(number: u64) -> String {
    format!("campaign-{number}")
}

fn money(amount: i64, currency: Currency) -> Money {
    Money::new(amount.into(), currency)
}
