//! The command, and a sandbox for it.

use std::{
    path::Path,
    process::{Command, Output},
    sync::OnceLock,
};

use jsonschema::Validator;

use refunds_sandbox::{
    Credentials, Fault, Offramp, Order, Payin, PendingRefund, Provider, Sandbox, ScriptedFault,
    Seed, Settings,
};
use rust_decimal::Decimal;
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_refund");

/// Where a throw-away PostgreSQL listens, if one was started for the tests.
#[cfg(unix)]
const POSTGRES: &str = "REFUNDS_TEST_POSTGRES";

/// A text in characters that a database's name can have.
#[cfg(unix)]
fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

/// The command with nothing of this machine's environment, in a directory.
pub(crate) fn refund(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(directory).args(arguments);
    command
}

/// Makes a journal in a directory, which `--journal refunds.db` names there.
pub(crate) fn make_journal(directory: &Path) {
    let made = refund(directory, &["journal", "init", "--journal", "refunds.db"])
        .output()
        .unwrap();
    assert_eq!(made.status.code(), Some(0), "{made:?}");
}

/// A sandbox with something to refund, and a journal.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) directory: tempfile::TempDir,
    /// Where the journal is, if not in the file `refunds.db`.
    postgres: Option<String>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let sandbox = Sandbox::builder().settings(settings).start().unwrap();
        let seed = Seed {
            orders: vec![Order::new("order-1", Decimal::new(24_98, 2), "AUD")],
            payins: vec![Payin::new("chk_1", Decimal::from(900), "USD")],
            offramps: vec![Offramp::with_failed_refund("offramp-1", Decimal::from(3))],
            pending_refunds: vec![PendingRefund::new(1, "transaction-1", Decimal::new(385, 1))],
        };
        sandbox.seed(seed).unwrap();
        let directory = tempfile::tempdir().unwrap();
        make_journal(directory.path());
        Self {
            sandbox,
            directory,
            postgres: None,
        }
    }

    /// The same with a journal in a database of its own, if the tests were given a server.
    #[cfg(unix)]
    pub(crate) fn on_postgres(self) -> Option<Self> {
        let Ok(server) = std::env::var(POSTGRES) else {
            eprintln!("left out: {POSTGRES} names no server; `cargo xtask test` starts one");
            return None;
        };
        let directory = self.directory.path().file_name().unwrap().to_str().unwrap();
        let name = format!("cli_{}_{}", std::process::id(), hex(directory));
        rows(&server, &format!("CREATE DATABASE {name}"));
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        let bench = Self {
            postgres: Some(url),
            ..self
        };
        let made = bench.run(Provider::Tazapay, &["journal", "init"]);
        assert_eq!(made.status.code(), Some(0), "{made:?}");
        Some(bench)
    }

    /// The command, calling a provider of the sandbox.
    pub(crate) fn command(&self, provider: Provider, arguments: &[&str]) -> Command {
        self.command_at(self.sandbox.base_url(provider), provider, arguments)
    }

    /// The command, calling a provider at a place.
    pub(crate) fn command_at(
        &self,
        base_url: &str,
        provider: Provider,
        arguments: &[&str],
    ) -> Command {
        let mut command = refund(self.directory.path(), arguments);
        command
            .args([
                "--journal",
                self.postgres.as_deref().unwrap_or("refunds.db"),
            ])
            .args(["--base-url", base_url])
            .args(["--token-url", self.sandbox.token_url()]);
        let names: &[_] = match provider {
            Provider::Kotanipay => &["KOTANIPAY_API_KEY"],
            Provider::Mce => &["MCE_TOKEN"],
            Provider::Optty => &["OPTTY_CLIENT_ID", "OPTTY_CLIENT_SECRET"],
            Provider::Tazapay => &["TAZAPAY_API_KEY", "TAZAPAY_API_SECRET"],
        };
        let values = match self.sandbox.credentials(provider) {
            Credentials::Bearer { token } => vec![token],
            Credentials::Basic { key, secret } => vec![key, secret],
            Credentials::ClientCredentials {
                client_id,
                client_secret,
                ..
            } => vec![client_id, client_secret],
        };
        command.envs(names.iter().zip(values));
        command
    }

    pub(crate) fn run(&self, provider: Provider, arguments: &[&str]) -> Output {
        self.command(provider, arguments).output().unwrap()
    }

    /// Runs the command and gives its exit code and JSON.
    pub(crate) fn json(&self, provider: Provider, arguments: &[&str]) -> (i32, serde_json::Value) {
        outcome(self.command(provider, arguments).arg("--json"))
    }

    /// Runs the command and gives its exit code and the JSON of each line.
    pub(crate) fn lines(
        &self,
        provider: Provider,
        arguments: &[&str],
    ) -> (i32, Vec<serde_json::Value>) {
        let output = self
            .command(provider, arguments)
            .arg("--json")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().map(checked);
        (output.status.code().unwrap(), lines.collect())
    }

    /// Has another journal, as another machine has one.
    pub(crate) fn lose_journal(&self) {
        for file in ["refunds.db", "refunds.db-wal", "refunds.db-shm"] {
            // The last two are there only while it is open.
            let _ = std::fs::remove_file(self.directory.path().join(file));
        }
        make_journal(self.directory.path());
    }

    /// The next request of an operation meets a fault.
    pub(crate) fn fault(&self, provider: Provider, operation: &str, fault: Fault) {
        let fault = ScriptedFault::at(provider, fault).operation(operation);
        self.sandbox.inject(fault).unwrap();
    }

    /// How many requests of an operation came.
    pub(crate) fn requests_of(&self, operation: &str) -> usize {
        let requests = self.sandbox.requests();
        let same = |name: &Option<String>| name.as_deref() == Some(operation);
        requests
            .iter()
            .filter(|request| same(&request.operation))
            .count()
    }

    /// Makes all that the journal knows older by an hour.
    pub(crate) fn an_hour_passes(&self) {
        let set: Vec<_> = ["first_sent_at", "quiet_since"]
            .iter()
            .map(|time| {
                let path = format!("'$.{time}.secs_since_epoch'");
                format!("{path}, json_extract(record, {path}) - 3600")
            })
            .collect();
        self.sql(&format!(
            "UPDATE refunds SET leased_until = leased_until - 3600000, due_at = due_at - 3600000, first_sent_at = first_sent_at - 3600000, \
             created_at = created_at - 3600000, changed_at = changed_at - 3600000, \
             record = CASE WHEN record IS NULL THEN NULL ELSE json_set(record, {}) END",
            set.join(", ")
        ));
    }

    /// The states of all refunds that the journal knows.
    pub(crate) fn states(&self) -> Vec<String> {
        self.sql("SELECT state FROM refunds ORDER BY reference")
    }

    /// What the journal knows of the only refund.
    pub(crate) fn known(&self) -> String {
        let mut known = self.sql(
            "SELECT json_array(state, status, refund_id, retry_mark, record, progress) FROM refunds",
        );
        assert_eq!(known.len(), 1, "{known:?}");
        known.remove(0)
    }

    /// Looks into the journal: the first column of each row.
    pub(crate) fn sql(&self, text: &str) -> Vec<String> {
        let file = self.directory.path().join("refunds.db");
        let url = match &self.postgres {
            Some(url) => url.clone(),
            None => format!("sqlite://{}", file.display()),
        };
        rows(&url, text)
    }
}

/// The first column of each row.
fn rows(url: &str, text: &str) -> Vec<String> {
    sqlx::any::install_default_drivers();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = AnyConnection::connect(url).await.unwrap();
        let rows = sqlx::query(AssertSqlSafe(text.to_owned()))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    })
}

/// Sends a signal, by its name.
#[cfg(unix)]
pub(crate) fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
}

/// What a command ended with: exit code and outcome.
pub(crate) fn ended(result: &(i32, serde_json::Value)) -> (i32, &str) {
    (result.0, result.1["outcome"].as_str().unwrap_or_default())
}

/// The exit code and the JSON of a command.
pub(crate) fn outcome(command: &mut Command) -> (i32, serde_json::Value) {
    let output = command.output().unwrap();
    let text = std::str::from_utf8(&output.stdout).unwrap();
    let line = text.strip_suffix('\n').filter(|line| !line.contains('\n'));
    let line = line.unwrap_or_else(|| panic!("one line of JSON: {output:?}"));
    (output.status.code().unwrap(), checked(line))
}

/// A line of JSON, which has to be as `refund schema` says, and to have no member that it does not name.
pub(crate) fn checked(line: &str) -> Value {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let output = Command::new(PROGRAM).arg("schema").output().unwrap();
        let mut schema = serde_json::from_slice(&output.stdout).unwrap();
        close(&mut schema);
        jsonschema::validator_for(&schema).unwrap()
    });
    let json = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    if let Err(error) = schema.validate(&json) {
        panic!("{error}: {line}");
    }
    json
}

fn close(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(close);
            if members.contains_key("properties") {
                members
                    .entry("additionalProperties")
                    .or_insert(false.into());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(close),
        _ => {}
    }
}

/// A refund of 19.90 USD at Tazapay.
pub(crate) const TAZAPAY: [&str; 8] = [
    "create",
    "tazapay",
    "--reference",
    "r-1",
    "--payin",
    "chk_1",
    "--amount",
    "19.90 USD",
];

/// A refund of 9.99 AUD at Optty.
pub(crate) const OPTTY: [&str; 10] = [
    "create",
    "optty",
    "--reference",
    "r-1",
    "--order",
    "order-1",
    "--amount",
    "9.99 AUD",
    "--description",
    "Damaged",
];

/// A refund of everything at Tazapay.
pub(crate) const TAZAPAY_FULL: [&str; 6] = [
    "create",
    "tazapay",
    "--reference",
    "r-1",
    "--payin",
    "chk_1",
];

/// A refund at MCE.
pub(crate) const MCE: [&str; 8] = [
    "create",
    "mce",
    "--reference",
    "r-1",
    "--transaction-type",
    "1",
    "--transaction-id",
    "transaction-1",
];

/// A try of a failed refund at Kotani Pay.
pub(crate) const RETRY: [&str; 3] = ["retry", "kotanipay", "offramp-1"];
