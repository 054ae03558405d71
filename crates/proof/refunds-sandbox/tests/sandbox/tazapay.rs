use std::time::Duration;

use refunds_sandbox::{
    Commit, CreatedAt, Fault, OmittedAmount, Payin, PaymentAttempt, Provider, Repeat, RunningKey,
    Sandbox, ScriptedFault, Settings, Settlement,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Caller, Reply, assert_no_violations, builder, decimal, http, sandbox, send, wait_for,
};

/// 900.00 USD were paid.
fn with_payin(settings: Settings) -> Sandbox {
    let sandbox = builder().settings(settings).start().unwrap();
    sandbox.add_payin(payin()).unwrap();
    sandbox
}

fn payin() -> Payin {
    Payin::new("chk_1", decimal("900"), "USD")
}

fn create(tazapay: &Caller<'_>, body: &Value) -> Reply {
    tazapay.post("/v3/refund", body)
}

fn create_keyed(tazapay: &Caller<'_>, key: &str, body: &Value) -> Reply {
    let request = tazapay.request(Method::POST, "/v3/refund").json(body);
    tazapay.checked(request.header("Idempotency-Key", key))
}

/// Status and code.
fn refusal(reply: &Reply) -> (u16, i64) {
    assert_eq!(reply.at("/status"), "error", "{}", reply.text);
    (reply.status, reply.at("/errors/0/code").as_i64().unwrap())
}

#[test]
fn a_refund_is_answered_in_the_shape_of_the_sample() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({
        "payin": "chk_1",
        "amount": 8_999,
        "currency": "USD",
        "reason": "Customer Return",
        "metadata": "{\"key1\": \"value1\"}",
        "webhook_url": "https://shop.example/hook",
    });
    let reply = create(&tazapay, &body);
    assert_eq!(reply.status, 202);
    assert_eq!(reply.at("/status"), "success");
    assert_eq!(reply.at("/message"), "refund created successfully");
    let data = reply.at("/data");
    assert_eq!(data["object"], "refund");
    assert_eq!(data["payin"], "chk_1");
    assert_eq!(data["payment_attempt"], "pat_1");
    assert_eq!(data["amount"], 8_999);
    assert_eq!(
        data["customer_receives"],
        json!({"amount": null, "currency": ""})
    );
    assert_eq!(data["metadata"], json!({"key1": "value1"}));
    assert_eq!(data["status"], "pending");
    assert_eq!(data["created_at"], "2026-01-02 03:04:05");
    assert_no_violations(&sandbox);
    let ledger = sandbox.ledger();
    let entry = &ledger.entries()[0];
    assert_eq!(
        (entry.amount, entry.subject.as_str()),
        (decimal("89.99"), "chk_1")
    );
    assert_eq!(data["id"], entry.refund_id);
}

#[test]
fn a_refund_without_an_amount_is_of_the_full_amount() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    assert_eq!(
        create(&tazapay, &json!({"payin": "chk_1"})).at("/data/amount"),
        90_000
    );
    let again = create(&tazapay, &json!({"payin": "chk_1"}));
    assert_eq!(refusal(&again), (400, 30_010));
    assert_eq!(sandbox.ledger().entries()[0].amount, decimal("900"));
}

#[test]
fn a_refund_without_an_amount_is_of_what_is_left_where_the_setting_says_so() {
    for (omitted, status) in [
        (OmittedAmount::FullAmount, 400),
        (OmittedAmount::WhatIsLeft, 202),
    ] {
        let mut settings = Settings::default();
        settings.tazapay.omitted_amount = omitted;
        let sandbox = with_payin(settings);
        let tazapay = Caller::new(&sandbox, Provider::Tazapay);
        let part = json!({"payin": "chk_1", "amount": 60_000});
        assert_eq!(create(&tazapay, &part).status, 202);
        let rest = create(&tazapay, &json!({"payin": "chk_1"}));
        assert_eq!(rest.status, status, "{}", rest.text);
        if status == 202 {
            assert_eq!(rest.at("/data/amount"), 30_000);
        } else {
            assert_eq!(refusal(&rest), (400, 30_012));
        }
        assert_no_violations(&sandbox);
    }
}

#[test]
fn a_key_of_a_lost_answer_is_kept_unless_the_setting_says_otherwise() {
    for (keeps, payments) in [(true, 1), (false, 2)] {
        for fault in [Fault::DropAfterCommit, Fault::ResetAfterCommit] {
            let mut settings = Settings::default();
            settings.tazapay.lost_answer_keeps_key = keeps;
            let sandbox = with_payin(settings);
            let lost = ScriptedFault::at(Provider::Tazapay, fault);
            sandbox.inject(lost).unwrap();
            let tazapay = Caller::new(&sandbox, Provider::Tazapay);
            let body = json!({"payin": "chk_1", "amount": 1_000});
            let request = || {
                let request = tazapay.request(Method::POST, "/v3/refund").json(&body);
                request.header("Idempotency-Key", "key-1")
            };
            assert!(send(request()).is_err());
            assert_eq!(send(request()).unwrap().status, 202);
            let ledger = sandbox.ledger();
            assert_eq!(ledger.payments(Provider::Tazapay, "key-1"), payments);
        }
    }
}

#[test]
fn a_refund_settles_by_the_clock_and_can_be_fetched() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let id = create(&tazapay, &json!({"payin": "chk_1"})).at("/data/id");
    let path = format!("/v3/refund/{}", id.as_str().unwrap());
    sandbox.clock().advance(Duration::from_secs(89));
    assert_eq!(tazapay.get(&path).at("/data/status"), "pending");
    assert_eq!(
        sandbox.ledger().entries()[0].settlement,
        Settlement::Pending
    );
    sandbox.clock().advance(Duration::from_secs(1));
    let reply = tazapay.get(&path);
    assert_eq!((reply.status, reply.at("/message")), (200, json!("")));
    assert_eq!(reply.at("/data/status"), "succeeded");
    assert_eq!(reply.at("/data/id"), id);
    assert_eq!(sandbox.ledger().entries()[0].settlement, Settlement::Paid);
    assert_no_violations(&sandbox);
}

#[test]
fn an_amount_of_20000_settles_to_failed_and_is_left_again() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({"payin": "chk_1", "amount": 20_000});
    let id = create(&tazapay, &body).at("/data/id");
    let full = json!({"payin": "chk_1"});
    assert_eq!(refusal(&create(&tazapay, &full)), (400, 30_012));
    sandbox.clock().advance(Duration::from_secs(90));
    let path = format!("/v3/refund/{}", id.as_str().unwrap());
    assert_eq!(tazapay.get(&path).at("/data/status"), "failed");
    assert_eq!(sandbox.ledger().entries()[0].settlement, Settlement::Failed);
    assert_eq!(create(&tazapay, &full).status, 202);
}

#[test]
fn refunds_beyond_what_was_paid_are_refused() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let of = |amount: i64| create(&tazapay, &json!({"payin": "chk_1", "amount": amount}));
    assert_eq!(refusal(&of(90_001)), (400, 30_012));
    assert_eq!(of(60_000).status, 202);
    assert_eq!(refusal(&of(30_001)), (400, 30_012));
    assert_eq!(of(30_000).status, 202);
    assert_eq!(refusal(&of(1)), (400, 30_010));
    assert_eq!(sandbox.ledger().entries().len(), 2);
    assert_no_violations(&sandbox);
}

#[test]
fn each_refusal_has_its_documented_code() {
    let sandbox = sandbox();
    let attempt = |id: &str, succeeded| PaymentAttempt {
        id: id.to_owned(),
        succeeded,
    };
    let named = |id: &str| Payin::new(id, decimal("900"), "USD");
    let several = Payin {
        attempts: vec![attempt("pat_good", true), attempt("pat_bad", false)],
        ..named("chk_several")
    };
    let unsupported = Payin {
        refused_with: Some(30_011),
        ..named("chk_unsupported")
    };
    let whole = Payin {
        partial_refunds: false,
        ..named("chk_whole")
    };
    let asking = Payin {
        needs_customer_details: true,
        needs_phone: true,
        ..named("chk_asking")
    };
    for payin in [named("chk_1"), several, unsupported, whole, asking] {
        sandbox.add_payin(payin).unwrap();
    }
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let with_email = json!({"email": "a@example.com"});
    let with_phone =
        json!({"email": "a@example.com", "phone": {"calling_code": "1", "number": "5"}});
    let cases = [
        (json!({"payin": "chk_none"}), 400, 30_000),
        (json!({"payment_attempt": "pat_none"}), 400, 30_001),
        (
            json!({"payin": "chk_1", "payment_attempt": "pat_good"}),
            400,
            30_001,
        ),
        (
            json!({"payin": "chk_1", "webhook_url": "nowhere"}),
            400,
            30_005,
        ),
        (json!({"payin": "chk_several"}), 400, 30_008),
        (
            json!({"payin": "chk_several", "payment_attempt": "pat_bad"}),
            409,
            30_009,
        ),
        (json!({"payin": "chk_unsupported"}), 400, 30_011),
        (
            json!({"payin": "chk_asking", "customer_details": with_email}),
            400,
            30_014,
        ),
        (json!({"payin": "chk_asking"}), 400, 30_019),
        (json!({"payin": "chk_whole", "amount": 1}), 400, 30_021),
        (json!({"payin": "chk_1", "currency": "EUR"}), 400, 104),
    ];
    for (body, status, code) in cases {
        assert_eq!(refusal(&create(&tazapay, &body)), (status, code), "{body}");
    }
    assert_eq!(sandbox.ledger().entries(), []);
    for body in [
        json!({"payment_attempt": "pat_good"}),
        json!({"payin": "chk_asking", "customer_details": with_phone}),
        json!({"payin": "chk_1", "currency": "usd"}),
    ] {
        assert_eq!(create(&tazapay, &body).status, 202, "{body}");
    }
    assert_no_violations(&sandbox);
}

#[test]
fn an_account_that_may_not_refund_is_told_so() {
    let mut settings = Settings::default();
    settings.tazapay.account_may_refund = false;
    let sandbox = with_payin(settings);
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let reply = create(&tazapay, &json!({"payin": "chk_1"}));
    assert_eq!(refusal(&reply), (400, 30_017));
}

#[test]
fn requests_against_the_schema_get_the_codes_documented_for_them() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let cases = [
        (json!({"amount": 5}), 30_007),
        (json!({"payin": "chk_1", "amount": 0}), 30_002),
        (json!({"payin": "chk_1", "amount": -5}), 30_002),
        (json!({"payin": "chk_1", "customer_details": {}}), 30_019),
        (json!({"payin": 7}), 100),
    ];
    for (number, (body, code)) in cases.into_iter().enumerate() {
        assert_eq!(refusal(&create(&tazapay, &body)), (400, code), "{body}");
        assert_eq!(sandbox.violations().len(), number + 1, "{body}");
    }
    let broken = tazapay
        .request(Method::POST, "/v3/refund")
        .header("content-type", "application/json")
        .body("{\"payin\": ");
    assert_eq!(refusal(&tazapay.checked(broken)), (400, 100));
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn an_amount_that_is_no_integer_on_the_wire_is_refused() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let reply = create(&tazapay, &json!({"payin": "chk_1", "amount": 100.0}));
    assert_eq!(reply.status, 400);
    assert_eq!(sandbox.violations()[0].place, "body/amount");
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn fetching_what_is_not_there_has_its_codes() {
    let sandbox = sandbox();
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    assert_eq!(refusal(&tazapay.get("/v3/refund/rfd_none")), (404, 105));
    assert_eq!(refusal(&tazapay.get("/v3/refund/none")), (400, 103));
}

#[test]
fn wrong_credentials_are_a_401_with_a_code() {
    let sandbox = with_payin(Settings::default());
    let url = format!("{}/v3/refund", sandbox.base_url(Provider::Tazapay));
    let request = http()
        .post(url)
        .basic_auth("ak_test_sandbox", Some("wrong"))
        .json(&json!({"payin": "chk_1"}));
    let reply = send(request).unwrap();
    assert_eq!(refusal(&reply), (401, 108));
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn a_key_gives_the_stored_answer_for_a_day() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({"payin": "chk_1", "amount": 5});
    let first = create_keyed(&tazapay, "key-1", &body);
    sandbox.clock().advance(Duration::from_secs(86_399));
    let second = create_keyed(&tazapay, "key-1", &body);
    assert_eq!((second.status, &second.text), (202, &first.text));
    assert_eq!(sandbox.ledger().payments(Provider::Tazapay, "key-1"), 1);
    sandbox.clock().advance(Duration::from_secs(1));
    let third = create_keyed(&tazapay, "key-1", &body);
    assert_ne!(third.at("/data/id"), first.at("/data/id"));
    assert_eq!(
        sandbox.ledger().refunded_twice(),
        [(Provider::Tazapay, "key-1")]
    );
    assert_no_violations(&sandbox);
}

#[test]
fn a_request_that_failed_runs_again_with_the_same_key() {
    let sandbox = sandbox();
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({"payin": "chk_1"});
    assert_eq!(create_keyed(&tazapay, "key-1", &body).status, 400);
    sandbox.add_payin(payin()).unwrap();
    assert_eq!(create_keyed(&tazapay, "key-1", &body).status, 202);
}

#[test]
fn a_key_of_another_request_does_what_the_setting_says() {
    let cases = [
        (Repeat::Replayed, 202, 1),
        (Repeat::Refused, 409, 1),
        (Repeat::PaysAgain, 202, 2),
    ];
    for (changed_request, status, payments) in cases {
        let mut settings = Settings::default();
        settings.tazapay.changed_request = changed_request;
        let sandbox = with_payin(settings);
        let tazapay = Caller::new(&sandbox, Provider::Tazapay);
        create_keyed(&tazapay, "key-1", &json!({"payin": "chk_1", "amount": 5}));
        let other = create_keyed(&tazapay, "key-1", &json!({"payin": "chk_1", "amount": 6}));
        assert_eq!(other.status, status, "{changed_request:?}");
        let ledger = sandbox.ledger();
        assert_eq!(ledger.payments(Provider::Tazapay, "key-1"), payments);
    }
}

#[test]
fn a_key_longer_than_255_characters_is_refused() {
    let sandbox = with_payin(Settings::default());
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({"payin": "chk_1"});
    let reply = create_keyed(&tazapay, &"k".repeat(256), &body);
    assert_eq!(refusal(&reply), (400, 104));
    assert_eq!(sandbox.violations()[0].place, "header/Idempotency-Key");
    assert_eq!(create_keyed(&tazapay, &"k".repeat(255), &body).status, 202);
}

/// The first request is carried out and kept waiting; the second one with the
/// same key comes meanwhile. Its status, and how often was paid.
fn second_while_the_first_runs(running_key: RunningKey) -> (u16, usize) {
    let mut settings = Settings::default();
    settings.tazapay.running_key = running_key;
    let sandbox = with_payin(settings);
    let delay = Fault::Delay {
        by: Duration::from_millis(800),
        commit: Commit::Before,
    };
    sandbox
        .inject(ScriptedFault::at(Provider::Tazapay, delay))
        .unwrap();
    let body = json!({"payin": "chk_1", "amount": 5});
    let request = || {
        let tazapay = Caller::new(&sandbox, Provider::Tazapay);
        let request = tazapay.request(Method::POST, "/v3/refund").json(&body);
        request.header("Idempotency-Key", "key-1")
    };
    let (first, second) = (request(), request());
    let status = std::thread::scope(|scope| {
        let first = scope.spawn(|| send(first).unwrap().status);
        wait_for("nothing was committed", || {
            !sandbox.ledger().entries().is_empty()
        });
        let second = send(second).unwrap().status;
        assert_eq!(first.join().unwrap(), 202);
        second
    });
    (
        status,
        sandbox.ledger().payments(Provider::Tazapay, "key-1"),
    )
}

#[test]
fn a_key_protects_only_once_its_request_was_answered() {
    assert_eq!(second_while_the_first_runs(RunningKey::RunsAgain), (202, 2));
    assert_eq!(second_while_the_first_runs(RunningKey::Refused), (409, 1));
}

#[test]
fn a_500_after_the_commit_leaves_the_key_without_an_answer() {
    let sandbox = with_payin(Settings::default());
    let fault = Fault::ServerError {
        status: 500,
        html: false,
        after_commit: true,
    };
    sandbox
        .inject(ScriptedFault::at(Provider::Tazapay, fault))
        .unwrap();
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({"payin": "chk_1", "amount": 5});
    assert_eq!(create_keyed(&tazapay, "key-1", &body).status, 500);
    assert_eq!(create_keyed(&tazapay, "key-1", &body).status, 202);
    assert_eq!(sandbox.ledger().payments(Provider::Tazapay, "key-1"), 2);
}

#[test]
fn a_lost_answer_is_found_again_by_its_key() {
    let sandbox = with_payin(Settings::default());
    sandbox
        .inject(ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit))
        .unwrap();
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let body = json!({"payin": "chk_1", "amount": 5});
    let request = tazapay.request(Method::POST, "/v3/refund").json(&body);
    assert!(send(request.header("Idempotency-Key", "key-1")).is_err());
    let again = create_keyed(&tazapay, "key-1", &body);
    let ledger = sandbox.ledger();
    assert_eq!(again.at("/data/id"), ledger.entries()[0].refund_id);
    assert_eq!(ledger.entries().len(), 1);
}

#[test]
fn documented_alternatives_are_settings() {
    let mut settings = Settings::default();
    settings.tazapay.create_status = 200;
    settings.tazapay.created_at = CreatedAt::Rfc3339;
    let sandbox = with_payin(settings);
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let reply = create(&tazapay, &json!({"payin": "chk_1"}));
    assert_eq!(reply.status, 200);
    assert_eq!(reply.at("/data/created_at"), "2026-01-02T03:04:05.000000Z");
}
