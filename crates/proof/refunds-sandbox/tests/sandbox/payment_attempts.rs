//! What a payment attempt at Tazapay says of its refunds, and what refunds carry.

use std::time::Duration;

use refunds_sandbox::{
    Payin, PaymentAttempt, Provider, RefundCounts, RefundedForm, Sandbox, Settings,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    receiver::{Receiver, answered},
    support::{Caller, Reply, assert_no_violations, builder, decimal, http, send},
};

fn with_payin(settings: Settings) -> Sandbox {
    let sandbox = builder().settings(settings).start().unwrap();
    let payin = Payin::new("chk_1", decimal("900"), "USD");
    sandbox.add_payin(payin).unwrap();
    sandbox
}

fn attempt(sandbox: &Sandbox, id: &str) -> Reply {
    let tazapay = Caller::new(sandbox, Provider::Tazapay);
    let path = format!("/v3/payment_attempt/{id}");
    send(tazapay.request(Method::GET, &path)).unwrap()
}

fn refund(sandbox: &Sandbox, body: &Value) -> Reply {
    let tazapay = Caller::new(sandbox, Provider::Tazapay);
    send(tazapay.request(Method::POST, "/v3/refund").json(body)).unwrap()
}

#[test]
fn an_attempt_has_the_documented_members() {
    let sandbox = with_payin(Settings::default());
    let reply = attempt(&sandbox, "pat_1");
    assert_eq!((reply.status, reply.at("/status")), (200, json!("success")));
    let data = reply.at("/data");
    let mut names: Vec<_> = data.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "amount",
            "balance_transaction",
            "charge_currency",
            "created_at",
            "customer",
            "customer_details",
            "fx_transaction",
            "id",
            "metadata",
            "object",
            "payin",
            "payment_method_details",
            "reference_id",
            "refunded",
            "status",
            "status_description",
        ]
    );
    assert_eq!(
        (&data["id"], &data["payin"]),
        (&json!("pat_1"), &json!("chk_1"))
    );
    assert_eq!(data["amount"], 90_000);
    assert_eq!(data["charge_currency"], "USD");
    assert_eq!(data["status"], "succeeded");
    assert_eq!(data["refunded"], false);
    assert_eq!(data["created_at"], "2026-01-02 03:04:05");
    assert_no_violations(&sandbox);
}

#[test]
fn an_attempt_that_is_not_there_has_its_codes() {
    let sandbox = with_payin(Settings::default());
    for (id, status, code) in [("pat_2", 404, 105), ("chk_1", 400, 103)] {
        let reply = attempt(&sandbox, id);
        assert_eq!(
            (reply.status, reply.at("/errors/0/code")),
            (status, json!(code))
        );
    }
    let url = format!(
        "{}/v3/payment_attempt/pat_1",
        sandbox.base_url(Provider::Tazapay)
    );
    assert_eq!(send(http().get(url)).unwrap().status, 401);
}

#[test]
fn an_attempt_was_refunded_once_all_of_it_was() {
    for (form, yes) in [
        (RefundedForm::Boolean, json!(true)),
        (RefundedForm::Text, json!("true")),
    ] {
        let mut settings = Settings::default();
        settings.tazapay.refunded_form = form;
        let sandbox = with_payin(settings);
        assert_eq!(refund(&sandbox, &json!({"payin": "chk_1"})).status, 202);
        assert_eq!(attempt(&sandbox, "pat_1").at("/data/refunded"), yes);
    }
}

#[test]
fn a_setting_decides_what_a_partial_refund_says() {
    for is_refunded in [false, true] {
        let mut settings = Settings::default();
        settings.tazapay.partly_refunded_is_refunded = is_refunded;
        let sandbox = with_payin(settings);
        let refunded = || attempt(&sandbox, "pat_1").at("/data/refunded");
        assert_eq!(refunded(), false);
        refund(&sandbox, &json!({"payin": "chk_1", "amount": 1990}));
        assert_eq!(refunded(), is_refunded);
        refund(&sandbox, &json!({"payin": "chk_1", "amount": 88_010}));
        assert_eq!(refunded(), true);
    }
}

#[test]
fn a_refund_counts_from_its_creation_or_its_success_and_never_once_it_failed() {
    for (counts, meanwhile) in [
        (RefundCounts::WhenCreated, true),
        (RefundCounts::WhenSucceeded, false),
    ] {
        let mut settings = Settings::default();
        settings.tazapay.refund_counts = counts;
        settings.tazapay.partly_refunded_is_refunded = true;
        let sandbox = with_payin(settings);
        let refunded = || attempt(&sandbox, "pat_1").at("/data/refunded");
        // An amount of 20000 settles to failed.
        refund(&sandbox, &json!({"payin": "chk_1", "amount": 20_000}));
        assert_eq!(refunded(), meanwhile);
        sandbox.clock().advance(Duration::from_secs(120));
        assert_eq!(refunded(), false);
        refund(&sandbox, &json!({"payin": "chk_1", "amount": 1990}));
        assert_eq!(refunded(), meanwhile);
        sandbox.clock().advance(Duration::from_secs(120));
        assert_eq!(refunded(), true);
    }
}

#[test]
fn another_attempt_at_the_same_payin_was_not_refunded() {
    let sandbox = builder().start().unwrap();
    let mut payin = Payin::new("chk_1", decimal("900"), "USD");
    payin.attempts.push(PaymentAttempt {
        id: "pat_2".to_owned(),
        succeeded: false,
    });
    sandbox.add_payin(payin).unwrap();
    let body = json!({"payin": "chk_1", "payment_attempt": "pat_1"});
    assert_eq!(refund(&sandbox, &body).status, 202);
    assert_eq!(attempt(&sandbox, "pat_1").at("/data/refunded"), true);
    let other = attempt(&sandbox, "pat_2");
    assert_eq!(
        (other.at("/data/refunded"), other.at("/data/status")),
        (json!(false), json!("failed"))
    );
}

#[test]
fn metadata_is_shown_as_an_object_in_answers_and_events_however_it_was_sent() {
    let receiver = Receiver::new();
    let sandbox = builder()
        .webhooks(Provider::Tazapay, receiver.signed())
        .start()
        .unwrap();
    sandbox
        .add_payin(Payin::new("chk_1", decimal("900"), "USD"))
        .unwrap();
    let object = json!({"refund_reference": "r-1"});
    for (number, metadata) in [(1, object.clone()), (2, json!(object.to_string()))] {
        let body = json!({"payin": "chk_1", "amount": 5, "metadata": metadata});
        let made = refund(&sandbox, &body);
        assert_eq!(
            (made.status, made.at("/data/metadata")),
            (202, object.clone())
        );
        let id = made.at("/data/id");
        let tazapay = Caller::new(&sandbox, Provider::Tazapay);
        let read = tazapay.get(&format!("/v3/refund/{}", id.as_str().unwrap()));
        assert_eq!(read.at("/data/metadata"), object);
        answered(&sandbox, number);
        let told = receiver.arrived()[number - 1].json();
        assert_eq!(told["data"]["metadata"], object);
    }
    assert_no_violations(&sandbox);
}

#[test]
fn metadata_of_another_form_is_refused() {
    let mut settings = Settings::default();
    let strict = |strict: bool| {
        settings.tazapay.metadata_object = !strict;
        with_payin(settings.clone())
    };
    let cases = [
        (true, json!({"a": "b"})),
        (false, json!({"a": 1})),
        (false, json!("no JSON")),
        (false, json!(["a"])),
    ];
    let mut strict = strict;
    for (is_strict, metadata) in cases {
        let sandbox = strict(is_strict);
        let body = json!({"payin": "chk_1", "amount": 5, "metadata": metadata});
        assert_eq!(refund(&sandbox, &body).status, 400, "{body}");
        assert_eq!(sandbox.violations()[0].place, "body/metadata");
    }
}
