//! The command, and a sandbox for it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use refunds_sandbox::{
    Credentials, Fault, Offramp, Order, Payin, PendingRefund, Provider, Sandbox, ScriptedFault,
    Seed, Settings,
};
use rust_decimal::Decimal;

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_refund");

/// The command with nothing of this machine's environment, in a directory.
pub(crate) fn refund(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(directory).args(arguments);
    command
}

/// A sandbox with something to refund, and a directory for records.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) directory: tempfile::TempDir,
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
        Self {
            sandbox,
            directory: tempfile::tempdir().unwrap(),
        }
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
            .args(["--records", "records", "--base-url", base_url])
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

    /// Forgets all that is on record, as another machine does not have it.
    pub(crate) fn lose_records(&self) {
        for record in self.records() {
            std::fs::remove_file(record).unwrap();
        }
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

    /// Makes the only record older by an hour.
    pub(crate) fn an_hour_passes(&self) {
        let path = self.record();
        let text = std::fs::read(&path).unwrap();
        let mut entry: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let times = match entry["state"].as_str() {
            Some("accepted") => vec!["/at/secs_since_epoch"],
            _ => vec![
                "/record/first_sent_at/secs_since_epoch",
                "/record/quiet_since/secs_since_epoch",
            ],
        };
        for time in times {
            let seconds = entry.pointer_mut(time).unwrap();
            *seconds = (seconds.as_u64().unwrap() - 3600).into();
        }
        std::fs::write(&path, entry.to_string()).unwrap();
    }

    /// The file of the only record.
    pub(crate) fn record(&self) -> PathBuf {
        let mut records = self.records();
        assert_eq!(records.len(), 1, "{records:?}");
        records.remove(0)
    }

    /// The files of all records.
    pub(crate) fn records(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.directory.path().join("records")).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|own| own == "json"))
            .collect()
    }
}

/// What a command ended with: exit code and outcome.
pub(crate) fn ended(result: &(i32, serde_json::Value)) -> (i32, &str) {
    (result.0, result.1["outcome"].as_str().unwrap_or_default())
}

/// The exit code and the JSON of a command.
pub(crate) fn outcome(command: &mut Command) -> (i32, serde_json::Value) {
    let output = command.output().unwrap();
    let json = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {output:?}"));
    (output.status.code().unwrap(), json)
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
