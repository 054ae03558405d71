//! Retries at Kotani Pay that were accepted and have not run yet.

use std::time::Duration;

use refunds_sandbox::{
    EntryKind, Fault, Literal, Offramp, OfframpRefund, Provider, Repeat, Sandbox, ScriptedFault,
    Settings, Settlement,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    receiver::{Receiver, answered},
    support::{Caller, Reply, builder, decimal, send},
};

const QUEUED: Duration = Duration::from_secs(60);

fn queueing(mut settings: Settings) -> Sandbox {
    settings.kotanipay.retry_starts_after = QUEUED;
    let sandbox = builder().settings(settings).start().unwrap();
    let offramp = Offramp::with_failed_refund("a", decimal("38.5"));
    sandbox.add_offramp(offramp).unwrap();
    // What follows is told from the state at the start.
    sandbox.clock().advance(Duration::from_secs(10));
    sandbox
}

fn retry(sandbox: &Sandbox) -> u16 {
    let kotanipay = Caller::new(sandbox, Provider::Kotanipay);
    kotanipay
        .post_empty("/api/v3/offramp/retry-refund/a")
        .status
}

fn status(sandbox: &Sandbox) -> Value {
    let kotanipay = Caller::new(sandbox, Provider::Kotanipay);
    let path = "/api/v3/offramp/refund-status/a";
    send(kotanipay.request(Method::GET, path))
        .unwrap()
        .at("/data")
}

fn words(status: &Value) -> (&str, u64, &str) {
    (
        status["refundStatus"].as_str().unwrap(),
        status["totalRetries"].as_u64().unwrap(),
        status["timestamp"].as_str().unwrap(),
    )
}

#[test]
fn an_accepted_retry_leaves_the_status_as_it_was_until_it_runs() {
    let sandbox = queueing(Settings::default());
    let before = status(&sandbox);
    assert_eq!(words(&before), ("FAILED", 1, "2026-01-02T03:04:05.000Z"));
    assert_eq!(retry(&sandbox), 200);
    assert_eq!(status(&sandbox), before);
    sandbox.clock().advance(QUEUED - Duration::from_secs(1));
    assert_eq!(status(&sandbox), before);
    // The money is on its way all the same.
    let ledger = sandbox.ledger();
    assert_eq!(ledger.payments(Provider::Kotanipay, "a"), 1);
    assert_eq!(ledger.entries()[0].settlement, Settlement::Pending);

    sandbox.clock().advance(Duration::from_secs(1));
    let running = status(&sandbox);
    assert_eq!(words(&running), ("PENDING", 2, "2026-01-02T03:05:15.000Z"));
    sandbox.clock().advance(Duration::from_secs(30));
    let paid = status(&sandbox);
    assert_eq!(words(&paid), ("SUCCESSFUL", 2, "2026-01-02T03:05:45.000Z"));
    let ledger = sandbox.ledger();
    let entry = &ledger.entries()[0];
    assert_eq!(
        (entry.kind, entry.settlement),
        (EntryKind::Retry, Settlement::Paid)
    );
    assert_eq!(paid["refundTransactionHash"], entry.refund_id);
}

#[test]
fn a_status_that_nothing_changes_has_the_same_time_however_late_it_is_read() {
    let sandbox = queueing(Settings::default());
    let before = status(&sandbox);
    sandbox.clock().advance(Duration::from_secs(3600));
    assert_eq!(status(&sandbox), before);
}

#[test]
fn a_run_that_fails_changes_the_status_too() {
    let sandbox = queueing(Settings::default());
    let mut offramp = Offramp::with_failed_refund("b", decimal("1"));
    offramp.failures_to_come = 1;
    sandbox.add_offramp(offramp).unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let read = || kotanipay.get("/api/v3/offramp/refund-status/b").at("/data");
    let before = read();
    kotanipay.post_empty("/api/v3/offramp/retry-refund/b");
    sandbox.clock().advance(QUEUED + Duration::from_secs(30));
    let after = read();
    assert_eq!(words(&before), ("FAILED", 1, "2026-01-02T03:04:15.000Z"));
    assert_eq!(words(&after), ("FAILED", 2, "2026-01-02T03:05:45.000Z"));
}

#[test]
fn two_accepted_retries_both_pay_where_no_document_forbids_it() {
    let sandbox = queueing(Settings::hostile());
    let before = status(&sandbox);
    assert_eq!((retry(&sandbox), retry(&sandbox)), (200, 200));
    // Nothing tells that one of them was accepted.
    assert_eq!(status(&sandbox), before);
    assert_eq!(sandbox.ledger().payments(Provider::Kotanipay, "a"), 2);
    sandbox.clock().advance(QUEUED + Duration::from_secs(30));
    assert_eq!(words(&status(&sandbox)).1, 3);
    let ledger = sandbox.ledger();
    let paid = |entry: &&refunds_sandbox::LedgerEntry| entry.settlement == Settlement::Paid;
    assert_eq!(ledger.entries().iter().filter(paid).count(), 2);
    assert_ne!(ledger.entries()[0].refund_id, ledger.entries()[1].refund_id);
}

#[test]
fn a_retry_beside_a_queued_one_does_what_the_setting_says() {
    for (repeat, second, payments) in [
        (Repeat::Refused, 400, 1),
        (Repeat::Replayed, 200, 1),
        (Repeat::PaysAgain, 200, 2),
    ] {
        let mut settings = Settings::default();
        settings.kotanipay.repeated_retry = repeat;
        let sandbox = queueing(settings);
        assert_eq!((retry(&sandbox), retry(&sandbox)), (200, second));
        let ledger = sandbox.ledger();
        assert_eq!(ledger.payments(Provider::Kotanipay, "a"), payments);
    }
}

#[test]
fn queued_retries_count_for_the_limit() {
    let mut settings = Settings::hostile();
    settings.kotanipay.retry_limit = Some(3);
    let sandbox = queueing(settings);
    assert_eq!([(); 3].map(|()| retry(&sandbox)), [200, 200, 400]);
}

#[test]
fn a_retry_that_was_only_rehearsed_never_runs() {
    let sandbox = queueing(Settings::default());
    let before = status(&sandbox);
    let fault = Fault::Contradict {
        member: "/success".to_owned(),
        value: Some(Literal::new(false)),
        after_commit: false,
    };
    sandbox
        .inject(ScriptedFault::at(Provider::Kotanipay, fault))
        .unwrap();
    assert_eq!(retry(&sandbox), 200);
    sandbox.clock().advance(QUEUED * 2);
    assert_eq!(status(&sandbox), before);
    assert_eq!(sandbox.ledger().entries(), []);
}

fn invoice(sandbox: &Sandbox, reference: &str) -> Reply {
    let kotanipay = Caller::new(sandbox, Provider::Kotanipay);
    let path = format!("/api/v3/offramp/submit-refund-invoice/{reference}");
    kotanipay.post(&path, &json!({"invoice": "lnbc15u1p"}))
}

#[test]
fn another_invoice_does_what_the_setting_says() {
    for (repeat, second, payments) in [
        (Repeat::Refused, 400, 1),
        (Repeat::Replayed, 200, 1),
        (Repeat::PaysAgain, 200, 2),
    ] {
        let mut settings = Settings::default();
        settings.kotanipay.repeated_invoice = repeat;
        let sandbox = builder().settings(settings).start().unwrap();
        sandbox
            .add_offramp(Offramp::awaiting_invoice("l", decimal("0.000015")))
            .unwrap();
        let statuses = (invoice(&sandbox, "l").status, invoice(&sandbox, "l").status);
        assert_eq!(statuses, (200, second));
        let ledger = sandbox.ledger();
        assert_eq!(ledger.payments(Provider::Kotanipay, "l"), payments);
    }
}

#[test]
fn a_retry_can_ask_for_an_invoice_again_in_the_same_words() {
    let receiver = Receiver::new();
    let mut settings = Settings::default();
    settings.kotanipay.retry_asks_for_invoice = true;
    let sandbox = builder()
        .settings(settings)
        .webhooks(Provider::Kotanipay, receiver.signed())
        .start()
        .unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let retry = |reference: &str| {
        kotanipay
            .post_empty(&format!("/api/v3/offramp/retry-refund/{reference}"))
            .status
    };
    sandbox
        .add_offramp(Offramp::awaiting_invoice("l", decimal("0.000015")))
        .unwrap();
    answered(&sandbox, 1);
    assert_eq!(retry("l"), 200);
    answered(&sandbox, 2);
    let told = receiver.arrived();
    assert_eq!(told[0].json()["event"], "refund.lightning.invoice_needed");
    assert_eq!(told[0].body, told[1].body);
    assert_eq!(sandbox.ledger().entries(), []);

    // So does one whose refund failed.
    let mut failed = Offramp::awaiting_invoice("m", decimal("0.000015"));
    failed.refund = OfframpRefund::Failed;
    sandbox.add_offramp(failed).unwrap();
    assert_eq!(retry("m"), 200);
    let records = answered(&sandbox, 3);
    assert_eq!(records[2].name, "refund.lightning.invoice_needed");
    assert_eq!(invoice(&sandbox, "m").status, 200);
    assert_eq!(sandbox.ledger().payments(Provider::Kotanipay, "m"), 1);
}
