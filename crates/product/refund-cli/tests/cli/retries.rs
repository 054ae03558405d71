//! An off-ramp's refund, which may fail and be tried again, and is never tried twice at once.

use std::time::Duration;

use refunds_sandbox::{Fault, Offramp, Provider, ScriptedFault, Settings};
use rust_decimal::Decimal;

use crate::support::{Bench, RETRY};

fn payments(bench: &Bench, reference: &str) -> usize {
    bench
        .sandbox
        .ledger()
        .payments(Provider::Kotanipay, reference)
}

#[test]
fn a_try_that_was_accepted_is_not_sent_again_where_that_would_pay_again() {
    let bench = Bench::with(Settings::hostile());
    let (code, json) = bench.json(Provider::Kotanipay, &RETRY);
    assert_eq!((code, json.get("already")), (0, None), "{json}");

    for status in ["PENDING", "succeeded"] {
        let (code, json) = bench.json(Provider::Kotanipay, &RETRY);
        assert_eq!((code, &json["already"]), (0, &true.into()), "{json}");
        assert_eq!(json["refunds"][0]["status"], status);
        // By the sandbox's default, a refund takes 30 seconds.
        bench.sandbox.clock().advance(Duration::from_secs(31));
    }
    assert_eq!(bench.requests_of("retry_refund"), 1);
    assert_eq!(payments(&bench, "offramp-1"), 1);
}

/// A sandbox in which an accepted try waits for two minutes, with nothing to be seen of it, and where two
/// that wait both pay.
fn queueing() -> Bench {
    let mut settings = Settings::hostile();
    settings.kotanipay.retry_starts_after = Duration::from_secs(120);
    Bench::with(settings)
}

#[test]
fn another_try_is_made_only_once_the_accepted_one_is_seen_to_have_run() {
    let bench = queueing();
    let mut offramp = Offramp::with_failed_refund("offramp-2", Decimal::from(3));
    offramp.failures_to_come = 1;
    bench.sandbox.add_offramp(offramp).unwrap();
    let retry = ["retry", "kotanipay", "offramp-2"];
    assert_eq!(bench.json(Provider::Kotanipay, &retry).0, 0);

    // What is shown is the state from before the try, however long ago it was accepted.
    bench.sandbox.clock().advance(Duration::from_secs(61));
    bench.an_hour_passes();
    let (code, json) = bench.json(Provider::Kotanipay, &retry);
    assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    let why = json["why"].as_str().unwrap();
    assert!(why.contains("has run"), "{why}");
    assert_eq!(bench.requests_of("retry_refund"), 1);

    // It runs, which takes 30 seconds, and fails.
    bench.sandbox.clock().advance(Duration::from_secs(60 + 31));
    let (code, json) = bench.json(Provider::Kotanipay, &retry);
    assert_eq!((code, json.get("already")), (0, None), "{json}");
    assert_eq!(bench.requests_of("retry_refund"), 2);
    // The mark is that of the second try now.
    assert_eq!(bench.json(Provider::Kotanipay, &retry).0, 5);
    bench.sandbox.clock().advance(Duration::from_secs(120 + 31));
    let (code, json) = bench.json(Provider::Kotanipay, &retry);
    assert_eq!((code, &json["already"]), (0, &true.into()), "{json}");
    assert_eq!(bench.requests_of("retry_refund"), 2);
    assert_eq!(payments(&bench, "offramp-2"), 1);
}

#[test]
fn the_word_of_the_provider_that_nothing_is_queued_clears_an_accepted_try() {
    let bench = queueing();
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY).0, 0);
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY).0, 5);
    let settle = [
        "reconcile",
        "kotanipay",
        "offramp-1",
        "--settle",
        "rejected",
    ];
    let (code, json) = bench.json(Provider::Kotanipay, &settle);
    assert_eq!((code, &json["outcome"]), (3, &"rejected".into()), "{json}");
    assert_eq!(bench.states(), ["rejected"]);
}

#[test]
fn a_try_that_was_accepted_without_a_mark_is_followed_by_no_other() {
    let bench = Bench::with(Settings::hostile());
    let mut offramp = Offramp::with_failed_refund("offramp-2", Decimal::from(3));
    offramp.failures_to_come = 1;
    bench.sandbox.add_offramp(offramp).unwrap();
    let broken = Fault::ServerError {
        status: 500,
        html: false,
        after_commit: false,
    };
    bench.fault(Provider::Kotanipay, "refund_status", broken);
    let retry = ["retry", "kotanipay", "offramp-2"];
    assert_eq!(bench.json(Provider::Kotanipay, &retry).0, 0);
    bench.sandbox.clock().advance(Duration::from_secs(3600));
    let (code, json) = bench.json(Provider::Kotanipay, &retry);
    assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    assert_eq!(bench.requests_of("retry_refund"), 1);
}

#[test]
fn without_a_status_no_other_try_is_made() {
    let bench = Bench::with(Settings::hostile());
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY).0, 0);
    bench.an_hour_passes();
    let broken = Fault::ServerError {
        status: 500,
        html: false,
        after_commit: false,
    };
    let broken = ScriptedFault::at(Provider::Kotanipay, broken).operation("refund_status");
    bench.sandbox.inject(broken).unwrap();
    let retry = [&RETRY[..], &["--attempts", "1"]].concat();
    let (code, json) = bench.json(Provider::Kotanipay, &retry);
    assert_eq!((code, &json["outcome"]), (1, &"failed".into()), "{json}");
    assert_eq!(json["reference"], "offramp-1");
    assert_eq!(bench.requests_of("retry_refund"), 1);
}

#[test]
fn an_invoice_is_not_given_while_an_accepted_try_runs() {
    let bench = Bench::with(Settings::hostile());
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY).0, 0);
    bench.an_hour_passes();
    let invoice = [&RETRY[..], &["--invoice", "lnbc1invoice"]].concat();
    let (code, json) = bench.json(Provider::Kotanipay, &invoice);
    assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
    assert!(json["why"].as_str().unwrap().contains("PENDING"), "{json}");
    assert_eq!(bench.requests_of("submit_refund_invoice"), 0);
}

/// A try of `offramp-2` was accepted, and has run and failed.
fn failed_once(settings: Settings) -> Bench {
    let bench = Bench::with(settings);
    let mut offramp = Offramp::with_failed_refund("offramp-2", Decimal::from(3));
    offramp.failures_to_come = 1;
    bench.sandbox.add_offramp(offramp).unwrap();
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY_2).0, 0);
    bench.sandbox.clock().advance(Duration::from_secs(31));
    bench
}

const RETRY_2: [&str; 3] = ["retry", "kotanipay", "offramp-2"];

#[test]
fn a_try_of_which_nothing_happened_keeps_the_record_of_the_accepted_one() {
    let bench = failed_once(Settings::hostile());
    let accepted = bench.known();
    bench.fault(Provider::Kotanipay, "retry_refund", Fault::TokenExpires);
    let (code, json) = bench.json(Provider::Kotanipay, &RETRY_2);
    assert_eq!((code, &json["outcome"]), (3, &"rejected".into()), "{json}");
    assert_eq!(bench.known(), accepted);
    // So that the next one is measured by it.
    assert_eq!(bench.json(Provider::Kotanipay, &RETRY_2).0, 0);
    assert_eq!(payments(&bench, "offramp-2"), 1);
}

#[test]
fn a_try_that_cannot_be_made_is_in_doubt_since_one_that_is_under_way_is_refused_alike() {
    let mut settings = Settings::hostile();
    settings.kotanipay.retry_limit = Some(2);
    let bench = failed_once(settings);
    for _ in 0..2 {
        let (code, json) = bench.json(Provider::Kotanipay, &RETRY_2);
        assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    }
    assert_eq!(bench.requests_of("retry_refund"), 2);
}
