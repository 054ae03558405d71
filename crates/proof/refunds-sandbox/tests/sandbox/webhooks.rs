//! What providers tell their customer, and when they try again.

use std::time::Duration;

use refunds_sandbox::{
    DeliveryKind, Offramp, Order, Payin, PendingRefund, PendingRefunds, Provider, RetrySchedule,
    Sandbox, SandboxError, Settings, WebhookTarget,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    receiver::{Receiver, answered},
    support::{Caller, builder, decimal, http, send, wait_for},
};

pub(crate) fn tazapay(receiver: &Receiver) -> Sandbox {
    let sandbox = builder()
        .webhooks(Provider::Tazapay, receiver.signed())
        .start()
        .unwrap();
    let payin = Payin::new("chk_1", decimal("900"), "USD");
    sandbox.add_payin(payin).unwrap();
    sandbox
}

pub(crate) fn refund(sandbox: &Sandbox) {
    let caller = Caller::new(sandbox, Provider::Tazapay);
    let reply = caller.post("/v3/refund", &json!({"payin": "chk_1", "amount": 1990}));
    assert_eq!(reply.status, 202);
}

pub(crate) fn advance(sandbox: &Sandbox, seconds: u64) {
    sandbox.clock().advance(Duration::from_secs(seconds));
}

#[test]
fn tazapay_tells_that_a_refund_was_made_and_how_it_ended() {
    let receiver = Receiver::new();
    let sandbox = tazapay(&receiver);
    refund(&sandbox);
    answered(&sandbox, 1);
    assert_eq!(sandbox.webhooks_waiting(), 1);
    advance(&sandbox, 89);
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(receiver.arrived().len(), 1);
    advance(&sandbox, 1);
    let records = answered(&sandbox, 2);
    assert_eq!(sandbox.webhooks_waiting(), 0);
    let told: Vec<_> = receiver.arrived().iter().map(|it| it.json()).collect();
    let words = |event: &Value| (event["type"].clone(), event["data"]["status"].clone());
    assert_eq!(words(&told[0]), (json!("refund.pending"), json!("pending")));
    assert_eq!(
        words(&told[1]),
        (json!("refund.succeeded"), json!("succeeded"))
    );
    assert_eq!(told[1]["created_at"], "2026-01-02T03:05:35.000000Z");
    assert_eq!(told[1]["data"]["amount"], 1990);
    assert_eq!(told[1]["data"]["status_reason"], "");
    assert_ne!(told[0]["id"], told[1]["id"]);
    assert_eq!(records[0].subject, sandbox.ledger().entries()[0].refund_id);
    assert_eq!(records[1].answered, Some(204));
}

#[test]
fn an_event_of_tazapay_is_signed_over_id_body_and_time() {
    let receiver = Receiver::new();
    let sandbox = tazapay(&receiver);
    refund(&sandbox);
    answered(&sandbox, 1);
    let event = &receiver.arrived()[0];
    // printf %s "$id$body$created_at" | openssl dgst -sha256 -hmac whsec_test -binary | base64
    assert_eq!(
        event.body,
        r#"{"type":"refund.pending","created_at":"2026-01-02T03:04:05.000000Z","data":{"amount":1990,"balance_transaction":"","created_at":"2026-01-02T03:04:05.000000Z","currency":"USD","customer_receives":{"amount":null,"currency":""},"holding_currency":"USD","id":"rfd_00000000000000000001","metadata":{},"object":"refund","payin":"chk_1","payment_attempt":"pat_1","reason":"","reference_id":"","status":"pending","status_reason":"","webhook_url":""},"id":"evt_000000000001","object":"event"}"#
    );
    assert_eq!(
        event.headers["signature"],
        "JF6wqpmCNcR/d6vLq6qRKlY4Lu2NtaQKhZpA8DY8JQY="
    );
    assert_eq!(event.headers["content-type"], "application/json");
}

#[test]
fn an_event_of_kotani_pay_is_signed_over_event_and_data() {
    let receiver = Receiver::new();
    let sandbox = builder()
        .webhooks(Provider::Kotanipay, receiver.signed())
        .start()
        .unwrap();
    let offramp = Offramp::with_failed_refund("offramp-1", decimal("38.5"));
    sandbox.add_offramp(offramp).unwrap();
    let caller = Caller::new(&sandbox, Provider::Kotanipay);
    caller.post_empty("/api/v3/offramp/retry-refund/offramp-1");
    advance(&sandbox, 30);
    answered(&sandbox, 1);
    let event = &receiver.arrived()[0];
    // printf %s "$body_without_signature" | openssl dgst -sha256 -hmac whsec_test
    assert_eq!(
        event.body,
        r#"{"event":"refund.completed","data":{"chain":"POLYGON","currency":"KES","referenceId":"offramp-1","refundAmount":38.5,"refundStatus":"SUCCESSFUL","refundTransactionHash":"0xrefund-offramp-1-2","status":"REVERSED","timestamp":"2026-01-02T03:04:35.000Z","token":"USDT"},"signature":"sha256=dc2756ac7c3b5f60dfb540f31890be5e8b20641e1f140051be85aa246e689773"}"#
    );
    assert_eq!(
        event.headers["x-kotani-signature"],
        event.json()["signature"]
    );
    assert_eq!(event.headers["x-kotani-event"], "refund.completed");
    assert_eq!(event.headers["x-kotani-integrator"], "sandbox");
}

#[test]
fn kotani_pay_signs_nothing_without_a_secret() {
    let receiver = Receiver::new();
    let sandbox = builder()
        .webhooks(Provider::Kotanipay, receiver.unsigned())
        .start()
        .unwrap();
    let offramp = Offramp {
        failures_to_come: 1,
        ..Offramp::with_failed_refund("offramp-1", decimal("38.5"))
    };
    sandbox.add_offramp(offramp).unwrap();
    let caller = Caller::new(&sandbox, Provider::Kotanipay);
    caller.post_empty("/api/v3/offramp/retry-refund/offramp-1");
    advance(&sandbox, 30);
    answered(&sandbox, 1);
    let event = &receiver.arrived()[0];
    let body = event.json();
    assert_eq!(body["event"], "refund.failed");
    assert_eq!(body["data"]["refundStatus"], "FAILED");
    assert_eq!(body["data"]["totalRetries"], 2);
    assert_eq!(body["data"]["status"], Value::Null);
    assert_eq!(body["signature"], Value::Null);
    assert!(
        !event
            .headers
            .keys()
            .any(|name| name.starts_with("x-kotani"))
    );
}

#[test]
fn kotani_pay_asks_for_an_invoice_and_tells_of_automatic_refunds() {
    let receiver = Receiver::new();
    let sandbox = builder()
        .webhooks(Provider::Kotanipay, receiver.signed())
        .start()
        .unwrap();
    // 0.000015 bitcoin are 1500 satoshis, the sample's amount.
    let waiting = Offramp::awaiting_invoice("lightning-1", decimal("0.000015"));
    sandbox.add_offramp(waiting).unwrap();
    let failed = Offramp::just_failed("offramp-1", decimal("5"));
    sandbox.add_offramp(failed).unwrap();
    answered(&sandbox, 1);
    let asked = receiver.arrived()[0].json();
    assert_eq!(asked["event"], "refund.lightning.invoice_needed");
    assert_eq!(asked["data"]["refundAmount"], 1_500_000);
    assert_eq!(asked["data"]["refundAmountSats"], 1500);
    // Nobody asks for anything, and five minutes later the refund starts.
    advance(&sandbox, 300);
    wait_for("no automatic refund started", || {
        sandbox.webhooks_waiting() == 1
    });
    advance(&sandbox, 30);
    answered(&sandbox, 2);
    let told = receiver.arrived()[1].json();
    assert_eq!(told["event"], "refund.completed");
    assert_eq!(told["data"]["timestamp"], "2026-01-02T03:09:35.000Z");
}

#[test]
fn optty_calls_back_unsigned_when_a_refund_has_settled() {
    let receiver = Receiver::new();
    let mut settings = Settings::default();
    settings.optty.pending = Some(PendingRefunds {
        word: "PENDING".to_owned(),
        lasting: Duration::from_secs(60),
        failed_word: None,
    });
    let sandbox = builder()
        .settings(settings)
        .webhooks(Provider::Optty, receiver.unsigned())
        .start()
        .unwrap();
    let order = Order::new("order-1", decimal("24.98"), "AUD");
    sandbox.add_order(order).unwrap();
    let body = json!({
        "refundReference": "r",
        "refundAmount": {"amount": 1, "currency": "AUD"},
        "refundDescription": "d",
    });
    // The answer's word for a pending refund is not documented, so that it is not held against the document.
    let optty = Caller::new(&sandbox, Provider::Optty);
    let request = optty.request(Method::POST, "/orders/order-1/refund");
    assert_eq!(send(request.json(&body)).unwrap().status, 200);
    assert_eq!(sandbox.webhooks(), []);
    advance(&sandbox, 60);
    answered(&sandbox, 1);
    assert_eq!(
        receiver.arrived()[0].json(),
        json!({
            "event": "REFUND_CALLBACK",
            "data": {"status": "SUCCESSFUL", "transactionId": "order-1-TRANSACTION"},
        })
    );
}

#[test]
fn mce_notifies_unsigned_and_does_not_try_again() {
    let receiver = Receiver::answering(|_| 500);
    let sandbox = builder()
        .webhooks(Provider::Mce, receiver.unsigned())
        .start()
        .unwrap();
    let pending = PendingRefund::new(1, "transaction-1", decimal("38.5"));
    sandbox.add_pending_refund(pending).unwrap();
    let body = json!({
        "originalTransactionType": 1,
        "originalTransactionId": "transaction-1",
        "clientReference": "r",
    });
    let caller = Caller::new(&sandbox, Provider::Mce);
    caller.post("/v1.0/payment/crypto/createCryptoRefund", &body);
    let records = answered(&sandbox, 1);
    assert_eq!(records[0].answered, Some(500));
    assert_eq!(sandbox.webhooks_waiting(), 0);
    let told = receiver.arrived()[0].json();
    assert_eq!(told["notificationId"], "NTF000000000001");
    assert_eq!(told["data"]["clientReference"], "r");
    assert_eq!(told["data"]["amount"], "38.5");
    assert_eq!(told["data"]["refundAddress"], "0xrefund-transaction-1");
}

#[test]
fn what_is_not_answered_with_a_2xx_comes_again_after_pauses_that_double() {
    let receiver = Receiver::answering(|number| [500, 404, 302, 200][number]);
    let sandbox = tazapay(&receiver);
    refund(&sandbox);
    let mut at = 0;
    for (attempt, pause) in [(1, 0), (2, 10), (3, 20), (4, 40)] {
        if pause > 0 {
            advance(&sandbox, pause - 1);
            std::thread::sleep(Duration::from_millis(20));
            assert_eq!(count_of_first(&sandbox), attempt - 1);
            advance(&sandbox, 1);
        }
        at += pause;
        wait_for("no further attempt came", || {
            count_of_first(&sandbox) == attempt && answered_first(&sandbox) == attempt
        });
    }
    assert_eq!(at, 70);
    let records = sandbox.webhooks();
    let first: Vec<_> = records.iter().filter(|record| record.event == 1).collect();
    let seen = |index: usize| (first[index].attempt, first[index].answered);
    assert_eq!(seen(0), (1, Some(500)));
    assert_eq!(seen(3), (4, Some(200)));
    assert!(first.iter().all(|record| record.body == first[0].body));
    assert!(
        first
            .iter()
            .all(|record| record.kind == DeliveryKind::Genuine)
    );
}

fn count_of_first(sandbox: &Sandbox) -> usize {
    let records = sandbox.webhooks();
    records.iter().filter(|record| record.event == 1).count()
}

fn answered_first(sandbox: &Sandbox) -> usize {
    let records = sandbox.webhooks();
    let is_done =
        |record: &&refunds_sandbox::WebhookRecord| record.event == 1 && record.answered.is_some();
    records.iter().filter(is_done).count()
}

#[test]
fn nobody_is_told_after_the_last_attempt_and_nobody_listens_is_no_answer() {
    let mut settings = Settings::default();
    settings.tazapay.webhook_retries = RetrySchedule {
        first_after: Duration::from_secs(10),
        longest: Duration::from_secs(10),
        give_up_after: Duration::from_secs(15),
    };
    let nobody = WebhookTarget::signed("http://127.0.0.1:1/", "whsec_test");
    let sandbox = builder()
        .settings(settings)
        .webhooks(Provider::Tazapay, nobody)
        .start()
        .unwrap();
    let payin = Payin::new("chk_1", decimal("900"), "USD");
    sandbox.add_payin(payin).unwrap();
    refund(&sandbox);
    wait_for("no attempt", || {
        sandbox.webhooks().len() == 1 && sandbox.webhooks_waiting() == 2
    });
    advance(&sandbox, 10);
    // The settlement is all that waits then.
    wait_for("no second attempt", || {
        sandbox.webhooks().len() == 2 && sandbox.webhooks_waiting() == 1
    });
    assert!(
        sandbox
            .webhooks()
            .iter()
            .all(|record| record.answered.is_none())
    );
}

#[test]
fn targets_that_nothing_can_be_sent_to_are_refused() {
    let sandbox = builder().start().unwrap();
    let refused = |provider, target| {
        let refused = sandbox.set_webhooks(provider, Some(target));
        assert!(matches!(refused, Err(SandboxError::WebhookTarget { .. })));
    };
    refused(
        Provider::Kotanipay,
        WebhookTarget::new("https://localhost/"),
    );
    refused(Provider::Kotanipay, WebhookTarget::new("/events"));
    refused(Provider::Tazapay, WebhookTarget::new("http://localhost/"));
    refused(
        Provider::Optty,
        WebhookTarget::signed("http://localhost/", "s"),
    );
    refused(
        Provider::Mce,
        WebhookTarget::signed("http://localhost/", "s"),
    );
}

#[test]
fn the_control_port_sets_targets_and_shows_and_repeats_deliveries() {
    let receiver = Receiver::new();
    let sandbox = builder().start().unwrap();
    let payin = Payin::new("chk_1", decimal("900"), "USD");
    sandbox.add_payin(payin).unwrap();
    let url = |path: &str| format!("{}{path}", sandbox.control_url());
    let put = |path, body: &Value| send(http().put(url(path)).json(body)).unwrap().status;
    let post = |path, body: &Value| send(http().post(url(path)).json(body)).unwrap().status;
    let target = json!({"provider": "tazapay", "target": receiver.signed()});
    assert_eq!(put("/webhooks", &target), 200);
    let no_secret = json!({"provider": "tazapay", "target": receiver.unsigned()});
    assert_eq!(put("/webhooks", &no_secret), 422);
    let late = json!({"provider": "tazapay", "event": "refund.pending",
        "fault": {"kind": "delay", "by_ms": 5000}});
    assert_eq!(post("/webhooks/faults", &late), 200);
    refund(&sandbox);
    let shown = || send(http().get(url("/webhooks"))).unwrap();
    wait_for("the event is not waiting", || shown().at("/waiting") == 2);
    assert_eq!(shown().at("/deliveries"), json!([]));
    advance(&sandbox, 5);
    answered(&sandbox, 1);
    assert_eq!(post("/webhooks/replay", &json!({"number": 1})), 200);
    assert_eq!(post("/webhooks/replay", &json!({"number": 77})), 422);
    answered(&sandbox, 2);
    assert_eq!(shown().at("/deliveries/1/kind"), "replayed");
    let plan = json!({"random": {"seed": 1, "rate": 1.0}});
    assert_eq!(put("/webhooks/faults", &plan), 200);
    let nobody = json!({"provider": "tazapay", "target": null});
    assert_eq!(put("/webhooks", &nobody), 200);
    assert_eq!(shown().at("/waiting"), 0);
}
