//! What `-v` and `RUST_LOG` show.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use refunds_sandbox::{Credentials, Fault, Provider};

use crate::support::{Bench, MCE, OPTTY, RETRY, TAZAPAY};

/// What the sandbox takes, as it is and as it is sent.
fn secrets(bench: &Bench, provider: Provider) -> Vec<String> {
    match bench.sandbox.credentials(provider) {
        Credentials::Bearer { token } => vec![token],
        Credentials::Basic { key, secret } => {
            let sent = BASE64_STANDARD.encode(format!("{key}:{secret}"));
            vec![sent, secret]
        }
        Credentials::ClientCredentials { client_secret, .. } => vec![client_secret],
    }
}

#[test]
fn attempts_waits_and_causes_are_shown_on_request_and_never_a_secret() {
    let broken = Fault::ServerError {
        status: 503,
        html: false,
        after_commit: false,
    };
    for (name, level) in [
        ("RUST_LOG", "trace"),
        ("RUST_LOG", "refunds=info,provider_runtime=info"),
        ("-v", ""),
        ("-vvv", ""),
    ] {
        let bench = Bench::new();
        bench.fault(Provider::Optty, "order_details", broken.clone());
        let mut command = bench.command(Provider::Optty, &["fetch", "optty", "order-1"]);
        match name {
            "RUST_LOG" => command.env(name, level),
            _ => command.arg(name),
        };
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let log = String::from_utf8(output.stderr).unwrap();
        for shown in [
            "refunds.attempt=1",
            "refunds.attempt=2",
            "503",
            "reading again",
            "wait_ms=",
        ] {
            assert!(log.contains(shown), "{name} {level}: {shown} in {log}");
        }
    }
}

#[test]
fn no_secret_is_in_the_most_that_is_shown() {
    for (provider, arguments) in [
        (Provider::Optty, &OPTTY[..]),
        (Provider::Tazapay, &TAZAPAY),
        (Provider::Mce, &MCE),
        (Provider::Kotanipay, &RETRY),
    ] {
        let bench = Bench::new();
        let mut command = bench.command(provider, arguments);
        let output = command
            .arg("-vvv")
            .env("RUST_LOG", "trace")
            .output()
            .unwrap();
        let log = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(log.contains("provider_call"), "{log}");
        for secret in secrets(&bench, provider) {
            assert!(!log.contains(&secret), "{provider:?}: {log}");
        }
        for word in ["Bearer ", "Basic ", "uthorization"] {
            assert!(!log.contains(word), "{provider:?}: {log}");
        }
    }
}

#[test]
fn nothing_is_logged_unless_it_is_asked_for() {
    let bench = Bench::new();
    let output = bench.run(Provider::Optty, &OPTTY);
    assert_eq!(output.stderr, b"");
}
