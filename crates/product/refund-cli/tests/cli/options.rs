//! What the options do, on the wire.

use std::time::{Duration, Instant};

use refunds_sandbox::{Commit, Fault, Provider, ScriptedFault};

use crate::support::{Bench, OPTTY, TAZAPAY, outcome, refund};

fn broken() -> Fault {
    Fault::ServerError {
        status: 502,
        html: true,
        after_commit: false,
    }
}

#[test]
fn a_place_elsewhere_is_refused_without_live_before_credentials_are_sent() {
    let bench = Bench::new();
    let elsewhere = "https://tazapay.example";
    for arguments in [
        &TAZAPAY[..],
        &["fetch", "tazapay", "rfd_1"],
        &["reconcile", "tazapay", "r-1"],
        &["reconcile", "tazapay", "r-1", "--settle", "accepted"],
    ] {
        let mut command = bench.command_at(elsewhere, Provider::Tazapay, arguments);
        let (code, json) = outcome(command.arg("--json"));
        assert_eq!(
            (code, &json["outcome"]),
            (2, &"wrong_usage".into()),
            "{json}"
        );
        assert!(json["why"].as_str().unwrap().contains("--live"), "{json}");
        assert_eq!(json["provider"], "tazapay");
    }
}

#[test]
fn a_token_url_elsewhere_is_refused_without_live() {
    let bench = Bench::new();
    let mut command = refund(bench.directory.path(), &OPTTY);
    command
        .args(["--base-url", bench.sandbox.base_url(Provider::Optty)])
        .args(["--token-url", "https://auth.example/token"])
        .env("OPTTY_CLIENT_ID", "id")
        .env("OPTTY_CLIENT_SECRET", "secret");
    let (code, json) = outcome(command.arg("--json"));
    assert_eq!(
        (code, &json["outcome"]),
        (2, &"wrong_usage".into()),
        "{json}"
    );
    let why = json["why"].as_str().unwrap();
    assert!(why.contains("token URL") && why.contains("--live"), "{why}");
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn plain_http_to_another_machine_is_refused_also_with_live() {
    let bench = Bench::new();
    let fetch = ["fetch", "tazapay", "rfd_1"];
    let mut command = bench.command_at("http://tazapay.example", Provider::Tazapay, &fetch);
    let (code, json) = outcome(command.args(["--live", "--json"]));
    assert_eq!(
        (code, &json["outcome"]),
        (2, &"wrong_usage".into()),
        "{json}"
    );
}

#[test]
fn live_still_asks_for_the_host_of_mce() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = refund(directory.path(), &["fetch", "mce", "1", "--live", "--json"]);
    let (code, json) = outcome(command.env("MCE_TOKEN", "token"));
    assert_eq!(code, 2, "{json}");
    assert!(
        json["why"].as_str().unwrap().contains("--base-url"),
        "{json}"
    );
}

#[test]
fn live_permits_what_needs_none() {
    let bench = Bench::new();
    let mut command = bench.command(Provider::Tazapay, &TAZAPAY);
    let (code, json) = outcome(command.args(["--live", "--json"]));
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    // It is the same place, in the same journal.
    let (_, json) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(json["already"], true, "{json}");
}

#[test]
fn attempts_limit_how_often_a_read_is_made() {
    for (attempts, code) in [("1", 1), ("2", 1), ("3", 0)] {
        let bench = Bench::new();
        let broken = ScriptedFault::at(Provider::Optty, broken())
            .operation("order_details")
            .times(2);
        bench.sandbox.inject(broken).unwrap();
        let fetch = ["fetch", "optty", "order-1", "--attempts", attempts];
        let (ended, json) = bench.json(Provider::Optty, &fetch);
        assert_eq!(ended, code, "{json}");
        let made = bench.requests_of("order_details");
        assert_eq!(made.to_string(), attempts);
    }
}

#[test]
fn a_deadline_ends_a_write_as_unknown() {
    let bench = Bench::new();
    let late = Fault::Delay {
        by: Duration::from_secs(60),
        commit: Commit::Before,
    };
    let late = ScriptedFault::at(Provider::Optty, late).operation("refund_order");
    bench.sandbox.inject(late).unwrap();
    let began = Instant::now();
    let create = [&OPTTY[..], &["--deadline", "1"]].concat();
    let (code, json) = bench.json(Provider::Optty, &create);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert!(began.elapsed() < Duration::from_secs(40));
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[cfg(unix)]
mod credentials {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    use refunds_sandbox::Credentials;

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    fn table(bench: &Bench) -> String {
        let Credentials::Basic { key, secret } = bench.sandbox.credentials(Provider::Tazapay)
        else {
            panic!("Tazapay takes a key and a secret");
        };
        format!("[tazapay]\napi_key = \"{key}\"\napi_secret = \"{secret}\"\n")
    }

    /// The command with nothing of credentials in its environment.
    fn command(bench: &Bench) -> std::process::Command {
        let mut command = refund(bench.directory.path(), &TAZAPAY);
        command
            .args(["--journal", "refunds.db", "--json", "--base-url"])
            .arg(bench.sandbox.base_url(Provider::Tazapay));
        command
    }

    #[test]
    fn a_file_of_its_owner_opens_the_provider() {
        let bench = Bench::new();
        let path = bench.directory.path().join("credentials.toml");
        write(&path, &table(&bench), 0o600);
        let (code, json) = outcome(command(&bench).arg("--credentials").arg(&path));
        assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
        let (code, json) = outcome(command(&bench).env("REFUND_CREDENTIALS", &path));
        assert_eq!((code, &json["already"]), (0, &true.into()), "{json}");
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_remedy() {
        let bench = Bench::new();
        let path = bench.directory.path().join("credentials.toml");
        for mode in [0o640, 0o604, 0o602] {
            write(&path, &table(&bench), mode);
            let (code, json) = outcome(command(&bench).arg("--credentials").arg(&path));
            assert_eq!(
                (code, &json["outcome"]),
                (2, &"wrong_usage".into()),
                "{json}"
            );
            assert!(
                json["why"].as_str().unwrap().contains("chmod 600"),
                "{json}"
            );
        }
        assert!(bench.sandbox.requests().is_empty());
    }

    #[test]
    fn a_file_of_another_shape_is_refused_with_its_line_and_without_its_secrets() {
        let bench = Bench::new();
        let path = bench.directory.path().join("credentials.toml");
        write(&path, "[tazapay]\napi_kee = \"hidden-words\"\n", 0o600);
        let output = command(&bench)
            .arg("--credentials")
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(2));
        let shown = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(shown.contains("line 2"), "{shown}");
        assert!(!shown.contains("hidden-words"), "{shown}");
    }
}
