use std::time::Duration;

use refunds_sandbox::{
    AcceptedBody, EntryKind, Offramp, Provider, Repeat, Sandbox, Settings, Settlement,
};
use reqwest::Method;
use serde_json::json;

use crate::support::{
    Caller, Reply, assert_no_violations, builder, decimal, sandbox, send, start_time,
};

/// The refund of 38.5 USDT failed.
fn with_failed_refund(settings: Settings) -> Sandbox {
    let sandbox = builder().settings(settings).start().unwrap();
    let offramp = Offramp::with_failed_refund("offramp-001", decimal("38.5"));
    sandbox.add_offramp(offramp).unwrap();
    sandbox
}

fn retry(kotanipay: &Caller<'_>, reference: &str) -> Reply {
    kotanipay.post_empty(&format!("/api/v3/offramp/retry-refund/{reference}"))
}

fn refund_status(kotanipay: &Caller<'_>, reference: &str) -> Reply {
    kotanipay.get(&format!("/api/v3/offramp/refund-status/{reference}"))
}

#[test]
fn a_failed_refund_is_retried_and_succeeds_after_a_while() {
    let sandbox = with_failed_refund(Settings::default());
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let before = refund_status(&kotanipay, "offramp-001");
    assert_eq!(before.at("/data/refundStatus"), "FAILED");
    assert_eq!(before.at("/data/refundAmount"), 38.5);
    assert_eq!(before.at("/data/totalRetries"), 1);

    let reply = retry(&kotanipay, "offramp-001");
    assert_eq!((reply.status, reply.at("/success")), (200, json!(true)));
    // No document names a word for a refund that runs, so that this is not held against one.
    let request = kotanipay.request(Method::GET, "/api/v3/offramp/refund-status/offramp-001");
    let meanwhile = send(request).unwrap();
    assert_eq!(meanwhile.at("/data/refundStatus"), "PENDING");
    assert_eq!(meanwhile.at("/data/status"), "REFUND_PENDING");

    sandbox.clock().advance(Duration::from_secs(30));
    let after = refund_status(&kotanipay, "offramp-001");
    assert_eq!(after.at("/data/refundStatus"), "SUCCESSFUL");
    assert_eq!(after.at("/data/status"), "REFUNDED");
    let ledger = sandbox.ledger();
    let entry = &ledger.entries()[0];
    assert_eq!(
        (entry.kind, entry.settlement),
        (EntryKind::Retry, Settlement::Paid)
    );
    assert_eq!(
        (entry.amount, entry.currency.as_str()),
        (decimal("38.5"), "USDT")
    );
    assert_eq!(after.at("/data/refundTransactionHash"), entry.refund_id);
    assert_no_violations(&sandbox);
}

#[test]
fn a_refund_that_has_not_failed_cannot_be_retried() {
    let sandbox = with_failed_refund(Settings::default());
    sandbox
        .add_offramp(Offramp::paid_out("paid", decimal("1")))
        .unwrap();
    let mut manual = Offramp::with_failed_refund("manual", decimal("1"));
    manual.requires_manual_intervention = true;
    sandbox.add_offramp(manual).unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    retry(&kotanipay, "offramp-001");
    for reference in ["offramp-001", "paid", "manual"] {
        let reply = retry(&kotanipay, reference);
        assert_eq!(reply.status, 400, "{reference}");
        assert_eq!(
            reply.json(),
            json!({"success": false, "message": "Cannot retry refund", "data": {}})
        );
    }
    assert_eq!(sandbox.ledger().entries().len(), 1);
}

#[test]
fn an_unknown_reference_is_not_found_in_the_words_of_each_call() {
    let sandbox = sandbox();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let invoice = json!({"invoice": "lnbc1"});
    let submit = kotanipay.post("/api/v3/offramp/submit-refund-invoice/none", &invoice);
    let cases = [
        (retry(&kotanipay, "none"), "Reference Id not found"),
        (refund_status(&kotanipay, "none"), "Reference Id not found"),
        (
            kotanipay.get("/api/v3/offramp/none"),
            "Reference Id not found",
        ),
        (submit, "Offramp transaction not found"),
    ];
    for (reply, message) in cases {
        assert_eq!((reply.status, reply.at("/message")), (404, json!(message)));
    }
    assert_no_violations(&sandbox);
}

#[test]
fn a_retry_can_fail_again_until_the_limit() {
    let mut settings = Settings::default();
    settings.kotanipay.retry_limit = Some(3);
    let sandbox = builder().settings(settings).start().unwrap();
    let mut offramp = Offramp::with_failed_refund("a", decimal("1"));
    offramp.failures_to_come = 5;
    sandbox.add_offramp(offramp).unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    for status in [200, 200, 400] {
        assert_eq!(retry(&kotanipay, "a").status, status);
        sandbox.clock().advance(Duration::from_secs(30));
    }
    assert_eq!(refund_status(&kotanipay, "a").at("/data/totalRetries"), 3);
    let ledger = sandbox.ledger();
    assert_eq!(ledger.entries().len(), 2);
    assert_eq!(ledger.payments(Provider::Kotanipay, "a"), 0);
}

#[test]
fn a_repeated_retry_does_what_the_setting_says() {
    let cases = [
        (Repeat::Refused, 400, 1),
        (Repeat::Replayed, 200, 1),
        (Repeat::PaysAgain, 200, 2),
    ];
    for (repeat, status, payments) in cases {
        let mut settings = Settings::default();
        settings.kotanipay.repeated_retry = repeat;
        let sandbox = with_failed_refund(settings);
        let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
        retry(&kotanipay, "offramp-001");
        assert_eq!(
            retry(&kotanipay, "offramp-001").status,
            status,
            "{repeat:?}"
        );
        let ledger = sandbox.ledger();
        assert_eq!(
            ledger.payments(Provider::Kotanipay, "offramp-001"),
            payments,
            "{repeat:?}"
        );
    }
}

#[test]
fn several_refunds_are_retried_and_those_for_manual_intervention_skipped() {
    let sandbox = with_failed_refund(Settings::default());
    let mut manual = Offramp::with_failed_refund("manual", decimal("1"));
    manual.requires_manual_intervention = true;
    sandbox.add_offramp(manual).unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let path = "/api/v3/offramp/retry-refunds-multiple";
    let none = kotanipay.post(path, &json!({"referenceIds": []}));
    assert_eq!(
        (none.status, none.at("/message")),
        (400, json!("Invalid request"))
    );
    let references = json!({"referenceIds": ["offramp-001", "manual", "none", "offramp-001"]});
    assert_eq!(kotanipay.post(path, &references).status, 200);
    let subjects: Vec<_> = sandbox
        .ledger()
        .into_iter()
        .map(|entry| entry.subject)
        .collect();
    assert_eq!(subjects, ["offramp-001"]);
    assert_no_violations(&sandbox);
}

#[test]
fn all_failed_refunds_are_retried_and_no_others() {
    let sandbox = with_failed_refund(Settings::default());
    for offramp in [
        Offramp::with_failed_refund("offramp-002", decimal("2")),
        Offramp::paid_out("paid", decimal("3")),
        Offramp::awaiting_invoice("lightning", decimal("0.000015")),
    ] {
        sandbox.add_offramp(offramp).unwrap();
    }
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let path = "/api/v3/offramp/retry-all-failed-refunds";
    assert_eq!(kotanipay.post_empty(path).status, 200);
    let subjects: Vec<_> = sandbox
        .ledger()
        .into_iter()
        .map(|entry| entry.subject)
        .collect();
    assert_eq!(subjects, ["offramp-001", "offramp-002"]);
    assert_no_violations(&sandbox);
}

#[test]
fn an_invoice_pays_the_refund_that_waits_for_it_once() {
    let sandbox = with_failed_refund(Settings::default());
    let offramp = Offramp::awaiting_invoice("lightning", decimal("0.000015"));
    sandbox.add_offramp(offramp).unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let status = refund_status(&kotanipay, "lightning");
    assert_eq!(status.at("/data/refundStatus"), "INVOICE_NEEDED");
    let submit = |reference: &str, invoice: &str| {
        let path = format!("/api/v3/offramp/submit-refund-invoice/{reference}");
        kotanipay.post(&path, &json!({"invoice": invoice}))
    };
    for (reference, invoice) in [("lightning", "nonsense"), ("offramp-001", "lnbc15u1p")] {
        let reply = submit(reference, invoice);
        assert_eq!(reply.status, 400);
        assert_eq!(
            reply.at("/message"),
            "Invalid invoice or not eligible for Lightning refund"
        );
    }
    assert_eq!(submit("lightning", "lnbc15u1p").status, 200);
    assert_eq!(submit("lightning", "lnbc15u1p").status, 400);
    let ledger = sandbox.ledger();
    assert_eq!(ledger.entries().len(), 1);
    assert_eq!(ledger.entries()[0].kind, EntryKind::Invoice);
    assert_eq!(ledger.entries()[0].amount, decimal("0.000015"));
    assert_no_violations(&sandbox);
}

#[test]
fn a_failed_transaction_whose_crypto_arrived_is_refunded_after_five_minutes() {
    let sandbox = sandbox();
    sandbox
        .add_offramp(Offramp::just_failed("a", decimal("7")))
        .unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    sandbox.clock().advance(Duration::from_secs(299));
    let status = refund_status(&kotanipay, "a");
    assert_eq!(status.at("/data/refundInitiated"), false);
    assert_eq!(status.at("/data/status"), "FAILED");
    sandbox.clock().advance(Duration::from_secs(31));
    let status = refund_status(&kotanipay, "a");
    assert_eq!(status.at("/data/refundStatus"), "SUCCESSFUL");
    let ledger = sandbox.ledger();
    let entry = &ledger.entries()[0];
    assert_eq!((entry.kind, entry.request), (EntryKind::Automatic, None));
    let seconds = (entry.committed_at - start_time()).num_seconds();
    assert_eq!(seconds, 300);
    assert!(sandbox.requests().iter().all(|request| !request.committed));
}

#[test]
fn the_ledger_has_automatic_refunds_without_anyone_asking() {
    let sandbox = sandbox();
    sandbox
        .add_offramp(Offramp::just_failed("a", decimal("7")))
        .unwrap();
    sandbox.clock().advance(Duration::from_secs(300));
    assert_eq!(sandbox.ledger().payments(Provider::Kotanipay, "a"), 1);
}

#[test]
fn an_offramp_is_shown_as_documented() {
    let sandbox = with_failed_refund(Settings::default());
    let reply = Caller::new(&sandbox, Provider::Kotanipay).get("/api/v3/offramp/offramp-001");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.at("/message"), "Offramp status retrieved");
    assert_eq!(reply.at("/data/referenceId"), "offramp-001");
    assert_eq!(reply.at("/data/cryptoAmount"), 38.5);
    assert_eq!(reply.at("/data/status"), "REFUND_FAILED");
    assert_eq!(reply.at("/data/onchainStatus"), "SUCCESSFUL");
    assert_no_violations(&sandbox);
}

#[test]
fn an_accepted_retry_can_have_no_body() {
    let mut settings = Settings::default();
    settings.kotanipay.accepted_body = AcceptedBody::Empty;
    settings.kotanipay.accepted_status = 201;
    let sandbox = with_failed_refund(settings);
    let reply = retry(&Caller::new(&sandbox, Provider::Kotanipay), "offramp-001");
    assert_eq!((reply.status, reply.text.as_str()), (201, ""));
}

#[test]
fn requests_that_move_money_have_a_burst_and_a_limit_per_minute() {
    let sandbox = sandbox();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let statuses = |count: usize| {
        (0..count)
            .map(|_| retry(&kotanipay, "none").status)
            .collect::<Vec<_>>()
    };
    assert_eq!(statuses(20), [404; 20]);
    let reply = retry(&kotanipay, "none");
    assert_eq!(reply.status, 429);
    assert_eq!(
        reply.json(),
        json!({
            "statusCode": 429,
            "message": "Too many requests",
            "error": "Too Many Requests",
            "data": {"retryAfter": 5},
        })
    );
    for _ in 0..2 {
        sandbox.clock().advance(Duration::from_secs(5));
        assert_eq!(statuses(20), [404; 20]);
    }
    sandbox.clock().advance(Duration::from_secs(5));
    // 60 within the minute; the first 20 leave it 45 seconds from now.
    let reply = retry(&kotanipay, "none");
    assert_eq!(
        (reply.status, reply.at("/data/retryAfter")),
        (429, json!(45))
    );
    // Another call has a limit of its own.
    assert_eq!(refund_status(&kotanipay, "none").status, 404);
    sandbox.clock().advance(Duration::from_secs(45));
    assert_eq!(retry(&kotanipay, "none").status, 404);
}

#[test]
fn reads_are_limited_to_a_hundred_in_five_seconds() {
    let sandbox = sandbox();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let read = || {
        let path = "/api/v3/offramp/refund-status/none";
        let request = kotanipay.request(Method::GET, path);
        send(request).unwrap()
    };
    assert!((0..100).all(|_| read().status == 404));
    sandbox.clock().advance(Duration::from_millis(1500));
    let reply = read();
    assert_eq!(
        (reply.status, reply.at("/data/retryAfter")),
        (429, json!(4))
    );
    sandbox.clock().advance(Duration::from_secs(4));
    assert_eq!(read().status, 404);
}

#[test]
fn reads_can_have_the_documented_burst() {
    let mut settings = Settings::default();
    let limits = settings.kotanipay.rate_limits.as_mut().unwrap();
    limits.reads_burst = Some(20);
    let sandbox = builder().settings(settings).start().unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    assert!((0..20).all(|_| refund_status(&kotanipay, "none").status == 404));
    assert_eq!(refund_status(&kotanipay, "none").status, 429);
    sandbox.clock().advance(Duration::from_secs(5));
    assert_eq!(refund_status(&kotanipay, "none").status, 404);
}

#[test]
fn rate_limits_can_be_switched_off() {
    let mut settings = Settings::default();
    settings.kotanipay.rate_limits = None;
    let sandbox = builder().settings(settings).start().unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    assert!((0..70).all(|_| retry(&kotanipay, "none").status == 404));
}

#[test]
fn a_wrong_key_is_a_401() {
    let sandbox = with_failed_refund(Settings::default());
    let mut kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    kotanipay.token = Some("wrong".to_owned());
    let reply = retry(&kotanipay, "offramp-001");
    assert_eq!(
        reply.json(),
        json!({"success": false, "message": "Unauthorized", "data": {}})
    );
    assert_eq!((reply.status, sandbox.ledger().entries().len()), (401, 0));
}

#[test]
fn a_bad_body_is_a_400_that_lists_what_is_wrong() {
    let sandbox = sandbox();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let path = "/api/v3/offramp/retry-refunds-multiple";
    let reply = kotanipay.post(path, &json!({"referenceIds": [1, "a"]}));
    assert_eq!(reply.status, 400);
    let errors = reply.at("/data/errors");
    assert_eq!(errors.as_array().unwrap().len(), 1);
    assert!(
        errors[0]
            .as_str()
            .unwrap()
            .starts_with("body/referenceIds/0: "),
        "{errors}"
    );
    assert_eq!(sandbox.violations().len(), 1);
}
