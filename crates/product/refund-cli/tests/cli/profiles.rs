//! Where calls go, from variables and profiles, which hold no secrets.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use refunds_sandbox::{Credentials, Provider};

use crate::support::{Bench, TAZAPAY, ended, outcome, refund};

fn write(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A refund that says nothing itself of where it goes.
fn command(bench: &Bench, more: &[&str]) -> Command {
    let Credentials::Basic { key, secret } = bench.sandbox.credentials(Provider::Tazapay) else {
        panic!("Tazapay takes a key and a secret");
    };
    let credentials = format!("[tazapay]\napi_key = \"{key}\"\napi_secret = \"{secret}\"\n");
    write(
        &bench.directory.path().join("keys.toml"),
        &credentials,
        0o600,
    );
    let mut command = refund(bench.directory.path(), &TAZAPAY);
    command.args(more).arg("--json");
    command
}

fn profile(bench: &Bench, more: &str) -> String {
    let url = bench.sandbox.base_url(Provider::Tazapay);
    format!(
        "[profiles.here]\njournal = \"refunds.db\"\ncredentials = \"keys.toml\"\ntazapay_base_url = \"{url}\"\n{more}\
         [profiles.nobody]\ntazapay_base_url = \"http://127.0.0.1:1\"\n"
    )
}

#[test]
fn a_profile_says_where_calls_go_and_what_is_given_besides_counts_before_it() {
    let bench = Bench::new();
    write(
        &bench.directory.path().join("config.toml"),
        &profile(&bench, ""),
        0o644,
    );
    let named = outcome(&mut command(
        &bench,
        &["--config", "config.toml", "--profile", "here"],
    ));
    assert_eq!(ended(&named), (0, "accepted"), "{}", named.1);
    let variables = [("REFUND_CONFIG", "config.toml"), ("REFUND_PROFILE", "here")];
    let named = outcome(command(&bench, &[]).envs(variables));
    assert_eq!(
        (ended(&named), &named.1["already"]),
        ((0, "accepted"), &true.into()),
        "{}",
        named.1
    );
    // A variable counts before the profile, and an option before both.
    let mut elsewhere = command(&bench, &["--attempts", "1"]);
    let nobody = outcome(
        elsewhere
            .envs(variables)
            .env("TAZAPAY_BASE_URL", "http://127.0.0.1:1"),
    );
    assert_eq!(ended(&nobody), (8, "not_sent"), "{}", nobody.1);
    let url = bench.sandbox.base_url(Provider::Tazapay);
    let mut here = command(
        &bench,
        &[
            "--base-url",
            url,
            "--profile",
            "here",
            "--config",
            "config.toml",
        ],
    );
    let option = outcome(here.env("TAZAPAY_BASE_URL", "http://127.0.0.1:1"));
    assert_eq!(option.1["already"], true, "{}", option.1);
}

#[test]
fn variables_alone_say_where_calls_go() {
    let bench = Bench::new();
    let mut told = command(&bench, &[]);
    told.env(
        "TAZAPAY_BASE_URL",
        bench.sandbox.base_url(Provider::Tazapay),
    )
    .env("REFUND_CREDENTIALS", "keys.toml")
    .env("REFUND_JOURNAL", "refunds.db");
    let result = outcome(&mut told);
    assert_eq!(ended(&result), (0, "accepted"), "{}", result.1);
    let result = outcome(told.env("TAZAPAY_BASE_URL", "https://tazapay.example"));
    assert_eq!(ended(&result), (2, "wrong_usage"), "{}", result.1);
    assert!(
        result.1["why"].as_str().unwrap().contains("--live"),
        "{}",
        result.1
    );
}

#[test]
fn a_profile_that_cannot_be_trusted_is_refused_and_nothing_is_sent() {
    let bench = Bench::new();
    for (text, mode, name, because) in [
        (profile(&bench, ""), 0o664, "here", "chmod go-w"),
        (profile(&bench, ""), 0o646, "here", "mode 0646"),
        (profile(&bench, ""), 0o600, "their", "here, nobody"),
        (
            profile(&bench, "api_secret = \"hidden\"\n"),
            0o600,
            "here",
            "no secrets",
        ),
        (
            profile(&bench, "optty_base_url = \"http://me:hidden@127.0.0.1\"\n"),
            0o600,
            "here",
            "password",
        ),
    ] {
        write(&bench.directory.path().join("config.toml"), &text, mode);
        let mut refused = command(&bench, &["--config", "config.toml", "--profile", name]);
        let result = outcome(&mut refused);
        assert_eq!(ended(&result), (2, "wrong_usage"), "{}", result.1);
        let why = result.1["why"].as_str().unwrap();
        assert!(why.contains(because) && !why.contains("hidden"), "{why}");
    }
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn a_file_of_another_user_is_refused() {
    let bench = Bench::new();
    let path = bench.directory.path().join("config.toml");
    write(&path, &profile(&bench, ""), 0o600);
    let mut call = command(&bench, &["--config", "config.toml", "--profile", "here"]);
    // Only root can give files away, and in the checks it is root who tests.
    for (file, code) in [("keys.toml", 2), ("config.toml", 2)] {
        let path = bench.directory.path().join(file);
        if std::os::unix::fs::chown(&path, Some(12_345), None).is_err() {
            return;
        }
        let result = outcome(&mut call);
        assert_eq!(
            ended(&result),
            (code, "wrong_usage"),
            "{file}: {}",
            result.1
        );
        assert!(
            result.1["why"]
                .as_str()
                .unwrap()
                .contains("belongs to the user 12345"),
            "{}",
            result.1
        );
        std::os::unix::fs::chown(&path, Some(0), None).unwrap();
    }
    assert_eq!(ended(&outcome(&mut call)), (0, "accepted"));
}

#[test]
fn hints_name_the_profile_and_nothing_that_it_says() {
    let bench = Bench::new();
    write(
        &bench.directory.path().join("config.toml"),
        &profile(&bench, ""),
        0o600,
    );
    bench.fault(
        Provider::Tazapay,
        "create_refund",
        refunds_sandbox::Fault::DropAfterCommit,
    );
    let mut lost = command(&bench, &["--config", "config.toml", "--profile", "here"]);
    let (code, json) = outcome(&mut lost);
    assert_eq!(code, 4, "{json}");
    let told = "refund reconcile tazapay r-1 --event FILE --config config.toml --profile here";
    assert_eq!(json["commands"][0], told, "{json}");
}
