use std::time::Duration;

use refunds_sandbox::{Order, PendingRefunds, Provider, Repeat, Sandbox, Settings, Settlement};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    Caller, Reply, assert_no_violations, builder, decimal, http, sandbox, send, token_request,
};

/// 24.98 AUD were captured.
fn with_order(settings: Settings) -> Sandbox {
    let sandbox = builder().settings(settings).start().unwrap();
    let order = Order::new("order-1", decimal("24.98"), "AUD");
    sandbox.add_order(order).unwrap();
    sandbox
}

fn refund(optty: &Caller<'_>, reference: &str, amount: &Value) -> Reply {
    let body = json!({
        "refundReference": reference,
        "refundAmount": {"amount": amount, "currency": "AUD"},
        "refundDescription": "Please refund this order",
    });
    optty.post("/orders/order-1/refund", &body)
}

fn details(optty: &Caller<'_>) -> Reply {
    optty.post_empty("/orders/order-1/details")
}

#[test]
fn a_token_is_issued_as_documented() {
    let sandbox = sandbox();
    let reply = token_request(&sandbox);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.at("/expires_in"), 86_400);
    assert_eq!(reply.at("/token_type"), "Bearer");
    assert_eq!(reply.at("/scope"), "api-user");
    assert_no_violations(&sandbox);
}

#[test]
fn a_token_for_a_wrong_secret_is_refused() {
    let sandbox = sandbox();
    let form = [
        ("client_id", "sandbox-optty-client"),
        ("client_secret", "wrong"),
        ("grant_type", "client_credentials"),
        ("scope", "api-user"),
    ];
    let reply = send(http().post(sandbox.token_url()).form(&form)).unwrap();
    assert_eq!(reply.status, 401);
    assert_no_violations(&sandbox);
}

#[test]
fn a_refund_is_answered_in_the_shape_of_the_sample() {
    let sandbox = with_order(Settings::default());
    let optty = Caller::new(&sandbox, Provider::Optty);
    let reply = refund(&optty, "TgEHcPtpN2HSrTMK-0", &json!(10));
    assert_eq!(reply.status, 200);
    assert_eq!(
        reply.json(),
        json!({
            "refundReference": "TgEHcPtpN2HSrTMK-0-00",
            "bnplProvider": "KLARNA_AU",
            "refundedAmount": 10,
            "refundStatus": "SUCCESSFUL",
            "description": {},
            "refundDate": "Fri, 02 Jan 2026 03:04:05 GMT",
            "bnplRefundId": reply.at("/bnplRefundId"),
        })
    );
    assert_no_violations(&sandbox);
    let ledger = sandbox.ledger();
    let entry = &ledger.entries()[0];
    assert_eq!(entry.subject, "order-1");
    assert_eq!(
        entry.client_reference.as_deref(),
        Some("TgEHcPtpN2HSrTMK-0")
    );
    assert_eq!(entry.amount, decimal("10"));
    assert_eq!(entry.currency, "AUD");
    assert_eq!(reply.at("/bnplRefundId"), entry.refund_id);
}

#[test]
fn refunds_may_be_partial_up_to_what_was_captured() {
    let sandbox = with_order(Settings::default());
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(refund(&optty, "a", &json!(0.1)).status, 200);
    assert_eq!(refund(&optty, "b", &json!(0.2)).status, 200);
    // 24.98 - 0.1 - 0.2, exactly.
    let reply = refund(&optty, "c", &json!(24.69));
    assert_eq!(reply.status, 400);
    assert_eq!(
        reply.json(),
        json!({
            "statusCode": 400,
            "message": "You can only refund amount up to AUD 24.68",
            "error": "Bad Request",
        })
    );
    assert_eq!(refund(&optty, "c", &json!(24.68)).status, 200);
    let message = refund(&optty, "d", &json!(0.01)).at("/message");
    assert_eq!(message, "You can only refund amount up to AUD 0");
    assert_eq!(sandbox.ledger().entries().len(), 3);
    assert_no_violations(&sandbox);
}

#[test]
fn the_whole_amount_beyond_the_limit_is_refused_in_the_printed_words() {
    let sandbox = with_order(Settings::default());
    let reply = refund(&Caller::new(&sandbox, Provider::Optty), "a", &json!(100));
    assert_eq!(
        reply.at("/message"),
        "You can only refund amount up to AUD 24.98"
    );
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn a_partial_refund_is_refused_where_the_payment_method_has_none() {
    let sandbox = sandbox();
    let mut order = Order::new("order-1", decimal("24.98"), "AUD");
    order.partial_refunds = false;
    sandbox.add_order(order).unwrap();
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(refund(&optty, "a", &json!(10)).status, 400);
    assert_eq!(refund(&optty, "a", &json!(24.98)).status, 200);
}

#[test]
fn another_currency_than_the_orders_is_refused() {
    let sandbox = sandbox();
    let order = Order::new("order-1", decimal("24.98"), "NZD");
    sandbox.add_order(order).unwrap();
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(refund(&optty, "a", &json!(10)).status, 400);
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn an_order_that_was_not_captured_has_nothing_to_refund() {
    let sandbox = sandbox();
    let mut order = Order::new("order-1", decimal("24.98"), "AUD");
    order.status = "PENDING".to_owned();
    sandbox.add_order(order).unwrap();
    let optty = Caller::new(&sandbox, Provider::Optty);
    let message = refund(&optty, "a", &json!(10)).at("/message");
    assert_eq!(message, "You can only refund amount up to AUD 0");
    assert_eq!(details(&optty).at("/orderCaptures"), json!([]));
}

#[test]
fn an_unknown_order_is_not_found() {
    let sandbox = sandbox();
    let reply = refund(&Caller::new(&sandbox, Provider::Optty), "a", &json!(10));
    assert_eq!(
        reply.json(),
        json!({"statusCode": 404, "message": "Not Found"})
    );
}

#[test]
fn a_repeated_reference_does_what_the_setting_says() {
    let cases = [
        (Repeat::Refused, 400, 1),
        (Repeat::Replayed, 200, 1),
        (Repeat::PaysAgain, 200, 2),
    ];
    for (repeat, status, payments) in cases {
        let mut settings = Settings::default();
        settings.optty.repeated_reference = repeat;
        let sandbox = with_order(settings);
        let optty = Caller::new(&sandbox, Provider::Optty);
        let first = refund(&optty, "a", &json!(5));
        let second = refund(&optty, "a", &json!(5));
        assert_eq!(second.status, status, "{repeat:?}");
        let ledger = sandbox.ledger();
        assert_eq!(
            ledger.payments(Provider::Optty, "a"),
            payments,
            "{repeat:?}"
        );
        assert_eq!(ledger.refunded_twice().len(), payments - 1, "{repeat:?}");
        assert_eq!(second.text == first.text, repeat == Repeat::Replayed);
    }
}

#[test]
fn a_refused_reference_can_be_used_again() {
    let sandbox = with_order(Settings::default());
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(refund(&optty, "a", &json!(100)).status, 400);
    assert_eq!(refund(&optty, "a", &json!(10)).status, 200);
}

#[test]
fn details_list_refunds_without_their_references() {
    let sandbox = with_order(Settings::default());
    let optty = Caller::new(&sandbox, Provider::Optty);
    let answer = refund(&optty, "my-reference", &json!(10));
    let reply = details(&optty);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.at("/amount"), "24.98");
    assert_eq!(reply.at("/failureReason"), Value::Null);
    assert_eq!(
        reply.at("/refunds/0"),
        json!({
            "refundId": "KLARNA_AU-0001",
            "amount": "10",
            "currency": "AUD",
            "status": "SUCCESSFUL",
            "createdAt": "2026-01-02T03:04:05.000Z",
            "refundReason": "Please refund this order",
            "refundFailureReason": "",
        })
    );
    let bnpl_id = answer.at("/bnplRefundId");
    assert!(
        !reply.text.contains("my-reference") && !reply.text.contains(bnpl_id.as_str().unwrap())
    );
    assert_no_violations(&sandbox);
}

#[test]
fn an_order_of_another_merchant_is_a_401_that_a_new_token_does_not_cure() {
    let mut settings = Settings::default();
    settings.optty.child_merchants = vec!["child".to_owned()];
    let sandbox = builder().settings(settings).start().unwrap();
    let mut order = Order::new("order-1", decimal("24.98"), "AUD");
    order.merchant = Some("child".to_owned());
    sandbox.add_order(order).unwrap();
    for _ in 0..2 {
        let reply = details(&Caller::new(&sandbox, Provider::Optty));
        assert_eq!(
            reply.json(),
            json!({
                "statusCode": 401,
                "message": "You are not authorized to view this transaction...!",
                "error": "Unauthorized",
            })
        );
    }
    let optty = Caller::new(&sandbox, Provider::Optty);
    let status = |merchant: &str| {
        optty
            .post_empty(&format!("/orders/order-1/details?merchantId={merchant}"))
            .status
    };
    assert_eq!((status("child"), status("stranger")), (200, 401));
    assert_eq!(refund(&optty, "a", &json!(10)).status, 404);
    assert_no_violations(&sandbox);
}

#[test]
fn a_token_expires_by_the_clock() {
    let sandbox = with_order(Settings::default());
    let optty = Caller::new(&sandbox, Provider::Optty);
    sandbox.clock().advance(Duration::from_secs(86_399));
    assert_eq!(details(&optty).status, 200);
    sandbox.clock().advance(Duration::from_secs(1));
    let reply = refund(&optty, "a", &json!(10));
    assert_eq!(
        reply.json(),
        json!({"statusCode": 401, "message": "Unauthorized"})
    );
    assert_eq!(details(&Caller::new(&sandbox, Provider::Optty)).status, 200);
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn a_refund_can_stay_pending_for_a_while() {
    let mut settings = Settings::default();
    settings.optty.pending = Some(PendingRefunds {
        word: "PENDING".to_owned(),
        lasting: Duration::from_secs(60),
        failed_word: None,
    });
    let sandbox = with_order(settings);
    let optty = Caller::new(&sandbox, Provider::Optty);
    let body = json!({
        "refundReference": "a",
        "refundAmount": {"amount": 10, "currency": "AUD"},
        "refundDescription": "slow",
    });
    // The word is no documented one, so that the answer is not held against the document.
    let request = optty.request(Method::POST, "/orders/order-1/refund");
    let reply = send(request.json(&body)).unwrap();
    assert_eq!(reply.at("/refundStatus"), "PENDING");
    sandbox.clock().advance(Duration::from_secs(60));
    assert_eq!(details(&optty).at("/refunds/0/status"), "SUCCESSFUL");
}

#[test]
fn a_pending_refund_can_fail_and_its_amount_is_left_again() {
    let mut settings = Settings::default();
    settings.optty.pending = Some(PendingRefunds {
        word: "PENDING".to_owned(),
        lasting: Duration::from_secs(60),
        failed_word: Some("FAILED".to_owned()),
    });
    let sandbox = with_order(settings);
    let optty = Caller::new(&sandbox, Provider::Optty);
    // The words are no documented ones, so that the answers are not held against the document.
    let refund = |reference: &str| {
        let body = json!({
            "refundReference": reference,
            "refundAmount": {"amount": 24.98, "currency": "AUD"},
            "refundDescription": "fails",
        });
        let request = optty.request(Method::POST, "/orders/order-1/refund");
        send(request.json(&body)).unwrap()
    };
    assert_eq!(refund("a").at("/refundStatus"), "PENDING");
    assert_eq!(refund("b").status, 400);
    assert_eq!(sandbox.ledger().payments(Provider::Optty, "a"), 1);
    sandbox.clock().advance(Duration::from_secs(60));
    let shown = send(optty.request(Method::POST, "/orders/order-1/details")).unwrap();
    assert_eq!(shown.at("/refunds/0/status"), "FAILED");
    assert_ne!(shown.at("/refunds/0/refundFailureReason"), "");
    assert_eq!(sandbox.ledger().entries()[0].settlement, Settlement::Failed);
    assert_eq!(sandbox.ledger().payments(Provider::Optty, "a"), 0);
    assert_eq!(refund("b").status, 200);
}

#[test]
fn three_decimals_are_refused_and_recorded() {
    let sandbox = with_order(Settings::default());
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(refund(&optty, "a", &json!(10.005)).status, 400);
    let violations = sandbox.violations();
    assert_eq!(violations[0].place, "body/refundAmount/amount");
    assert_eq!(violations[0].problem, "10.005 has more than two decimals");
    assert_eq!(sandbox.ledger().entries(), []);
}
