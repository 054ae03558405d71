//! A sandbox with its ledger, and a journal on each database.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use refunds::{
    Money, OpttyRefund, Reference, Refunds, RetryPolicy, TazapayRefund, kotanipay, optty, tazapay,
};
use refunds_journal::{Entry, Journal, JournaledRefunds, Place, Settings};
use refunds_sandbox::{Credentials, Order as SandboxOrder, Payin, Provider, Sandbox};
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _};
use tempfile::TempDir;

/// Where a throw-away PostgreSQL listens, if one was started for the tests.
const POSTGRES: &str = "REFUNDS_TEST_POSTGRES";

/// A journal's database, which ends with it.
pub(crate) struct Database {
    pub(crate) url: String,
    _directory: Option<TempDir>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self {
            url: format!("sqlite:{}", directory.path().join("refunds.db").display()),
            _directory: Some(directory),
        }
    }

    /// A database of its own on the tests' server; `None` where there is none.
    pub(crate) async fn postgres() -> Option<Self> {
        let server = std::env::var(POSTGRES).ok()?;
        sqlx::any::install_default_drivers();
        let name = format!("journal_{}", unique());
        let mut admin = AnyConnection::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .execute(&mut admin)
            .await
            .unwrap();
        admin.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        Some(Self {
            url: format!("{base}/{name}"),
            _directory: None,
        })
    }
}

impl Database {
    /// Changes the journal behind its back, as another process would in this moment.
    pub(crate) async fn change(&self, statement: &str) {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    /// Lets a call begin while another process is in the middle of a transaction with these statements, which is
    /// then committed.
    pub(crate) async fn during<T: Send + 'static>(
        &self,
        statements: &str,
        call: impl Future<Output = T> + Send + 'static,
    ) -> T {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let begin = match self.is_postgres() {
            true => "BEGIN",
            false => "BEGIN IMMEDIATE",
        };
        for statement in [begin, statements] {
            sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
                .execute(&mut connection)
                .await
                .unwrap();
        }
        let call = tokio::spawn(call);
        tokio::time::sleep(Duration::from_millis(400)).await;
        sqlx::raw_sql("COMMIT")
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        call.await.unwrap()
    }

    /// A number that the journal holds.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        let mut connection = AnyConnection::connect(&self.url).await.unwrap();
        let number = sqlx::query_scalar(AssertSqlSafe(query.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        number
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

fn unique() -> String {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        time::{SystemTime, UNIX_EPOCH},
    };

    static NEXT: AtomicU64 = AtomicU64::new(0);
    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    format!(
        "{}_{nanos}_{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::SeqCst)
    )
}

/// Runs a test on SQLite, and on PostgreSQL where the tests have one.
pub(crate) fn on_each<F, Fut>(test: F)
where
    F: Fn(Database) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        test(Database::sqlite()).await;
        match Database::postgres().await {
            Some(database) => test(database).await,
            None => {
                eprintln!("left out: {POSTGRES} names no server; `cargo xtask test` starts one")
            }
        }
    });
}

/// Waits until something holds.
pub(crate) async fn comes(mut holds: impl AsyncFnMut() -> bool) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(30) {
        if holds().await {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}

/// Times that let a test wait for a lease to end.
pub(crate) fn short() -> Settings {
    Settings::default()
        .with_lease(Duration::from_millis(1_500))
        .with_longest_attempt(Duration::from_millis(700))
        .with_settle_after(Duration::from_millis(100))
        .with_poll(Duration::from_millis(10))
}

/// The providers, with a payment at each.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(refunds_sandbox::Settings::default())
    }

    pub(crate) fn with(settings: refunds_sandbox::Settings) -> Self {
        let sandbox = Sandbox::builder().settings(settings).start().unwrap();
        sandbox
            .add_payin(Payin::new("chk_1", 100.into(), "USD"))
            .unwrap();
        sandbox
            .add_order(SandboxOrder::new("order-1", 100.into(), "AUD"))
            .unwrap();
        Self { sandbox }
    }

    pub(crate) fn tazapay(&self) -> Refunds {
        self.tazapay_at(self.url(Provider::Tazapay))
    }

    pub(crate) fn tazapay_client(&self) -> tazapay::Client {
        let Credentials::Basic { key, secret } = self.sandbox.credentials(Provider::Tazapay) else {
            panic!("other credentials");
        };
        tazapay_client(self.url(Provider::Tazapay), &key, &secret)
    }

    pub(crate) fn tazapay_with(&self, key: &str, secret: &str) -> Refunds {
        let client = tazapay_client(self.url(Provider::Tazapay), key, secret);
        Refunds::from(client).with_policy(policy())
    }

    /// Tazapay by another address.
    pub(crate) fn tazapay_at(&self, url: String) -> Refunds {
        let Credentials::Basic { key, secret } = self.sandbox.credentials(Provider::Tazapay) else {
            panic!("other credentials");
        };
        Refunds::from(tazapay_client(url, &key, &secret)).with_policy(policy())
    }

    pub(crate) fn kotanipay(&self) -> Refunds {
        Refunds::from(self.kotanipay_client()).with_policy(policy())
    }

    pub(crate) fn kotanipay_client(&self) -> kotanipay::Client {
        let Credentials::Bearer { token } = self.sandbox.credentials(Provider::Kotanipay) else {
            panic!("other credentials");
        };
        kotanipay::Client::builder()
            .environment(kotanipay::Environment::BaseUrl(
                self.url(Provider::Kotanipay),
            ))
            .credentials(kotanipay::Credentials::bearer(token))
            .build()
            .unwrap()
    }

    pub(crate) fn optty(&self) -> Refunds {
        Refunds::from(self.optty_client()).with_policy(policy())
    }

    pub(crate) fn optty_client(&self) -> optty::Client {
        let Credentials::ClientCredentials {
            client_id,
            client_secret,
            ..
        } = self.sandbox.credentials(Provider::Optty)
        else {
            panic!("other credentials");
        };
        optty::Client::builder()
            .environment(optty::Environment::BaseUrl(self.url(Provider::Optty)))
            .token_url(self.sandbox.token_url())
            .credentials(optty::Credentials::oauth2(client_id, client_secret))
            .build()
            .unwrap()
    }

    fn url(&self, provider: Provider) -> String {
        self.sandbox.base_url(provider).to_owned()
    }

    /// How often a reference was paid at Tazapay.
    pub(crate) fn paid_at_tazapay(&self, reference: &str) -> usize {
        self.sandbox.ledger().payments(Provider::Tazapay, reference)
    }

    pub(crate) fn paid_at_optty(&self, reference: &str) -> usize {
        self.sandbox.ledger().payments(Provider::Optty, reference)
    }
}

fn tazapay_client(url: String, key: &str, secret: &str) -> tazapay::Client {
    tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(url))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()
        .unwrap()
}

/// Attempts follow each other at once.
pub(crate) fn policy() -> RetryPolicy {
    RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(1))
        .with_settle_after(Duration::from_millis(50))
        .with_least_attempt(Duration::from_millis(10))
        .with_deadline(Duration::from_secs(30))
}

pub(crate) async fn client(database: &Database, refunds: Refunds) -> JournaledRefunds {
    let journal = Journal::init(&database.url).await.unwrap();
    journal
        .with_settings(short())
        .unwrap()
        .client(refunds, place())
}

/// The same journal, opened by another process.
pub(crate) async fn second(database: &Database, refunds: Refunds) -> JournaledRefunds {
    let journal = Journal::open(&database.url).await.unwrap();
    journal
        .with_settings(short())
        .unwrap()
        .client(refunds, place())
}

pub(crate) fn place() -> Place {
    Place::sandbox()
}

pub(crate) fn reference(text: &str) -> Reference {
    Reference::new(text).unwrap()
}

/// What the journal knows of a refund.
pub(crate) async fn found(refunds: &JournaledRefunds, name: &str) -> Entry {
    let provider = refunds.refunds().provider();
    let found = refunds
        .journal()
        .find(provider, refunds.place(), &reference(name))
        .await;
    found.unwrap().unwrap()
}

pub(crate) fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// A part of the payin.
pub(crate) fn part(amount: &str) -> TazapayRefund {
    TazapayRefund::of_payin("chk_1").with_amount(money(amount))
}

/// A part of the order.
pub(crate) fn of_order(amount: &str) -> OpttyRefund {
    OpttyRefund::new("order-1", money(amount), "Damaged").with_reference_in_description()
}
