//! Amounts on the wire: exact, or not sent at all.

use provider_runtime::Error;
use serde_json::{Value, json};
use workspace_tests::operations::{Decoded, Setup};
use workspace_tests::server::Reply;

use crate::{good_answer, operation, outcome, serving, success};

fn refund_of(amount: Value) -> Value {
    json!({"refundReference": "r", "refundDescription": "d",
        "refundAmount": {"amount": amount, "currency": "AUD"}})
}

#[tokio::test]
async fn an_amount_is_sent_with_the_digits_that_were_given() {
    for amount in [
        "0.1",
        "24.98",
        "100",
        "38.50",
        "1234567890123.45",
        "999999999999999",
    ] {
        let server = serving(Reply::status(500));
        let client: optty::Client = workspace_tests::operations::builder(&server.url())
            .build()
            .unwrap();
        let amount_of_refund = optty::types::OrderRefundAmount::builder()
            .amount(amount)
            .currency("AUD");
        let refund = optty::types::OrderRefundDto::builder()
            .refund_reference("r")
            .refund_description("d")
            .refund_amount(amount_of_refund);
        let _ = client
            .refund_order()
            .order_reference("o")
            .body(refund)
            .send()
            .await;
        let body = String::from_utf8(server.requests()[0].body.clone()).unwrap();
        let expected = format!(r#""refundAmount":{{"amount":{amount},"currency":"AUD"}}"#);
        assert!(body.contains(&expected), "{body}");
    }
}

#[tokio::test]
async fn an_amount_that_a_json_number_would_change_is_not_sent() {
    for amount in ["9007199254740993", "0.12345678901234567", "ten", ""] {
        let server = serving(Reply::json(200, "{}"));
        let client: optty::Client = workspace_tests::operations::builder(&server.url())
            .build()
            .unwrap();
        let amount_of_refund = optty::types::OrderRefundAmount::builder()
            .amount(amount)
            .currency("AUD");
        let refund = optty::types::OrderRefundDto::builder()
            .refund_reference("r")
            .refund_description("d")
            .refund_amount(amount_of_refund);
        let call = client.refund_order().order_reference("o").body(refund);
        let error = call.send().await.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
        assert_eq!(server.connections(), 0, "{amount}");
    }
}

#[test]
fn an_amount_that_came_from_elsewhere_is_checked_before_it_is_sent() {
    for (amount, why) in [
        (json!(9_007_199_254_740_993_u64), "round it"),
        (json!("abc"), "not a decimal amount"),
    ] {
        let refund = serde_json::from_value::<optty::types::OrderRefundDto>(refund_of(amount));
        let refusal = refund.unwrap_err().to_string();
        assert!(refusal.contains(why), "{refusal}");
    }
}

#[tokio::test]
async fn an_amount_of_an_answer_is_sent_in_the_documented_form() {
    let server = serving(Reply::status(500));
    let setup = Setup {
        body: Some(refund_of(json!("24.98"))),
        ..Setup::at(server.url())
    };
    let _ = outcome(&operation("optty", "refund_order"), &setup).await;
    let body = String::from_utf8(server.requests()[0].body.clone()).unwrap();
    assert!(body.contains(r#""amount":24.98,"#), "{body}");
}

/// An int32 ends at 2147483647, which is 21474836.47 with two implied decimals.
#[tokio::test]
async fn an_amount_beyond_32_bits_is_sent_to_tazapay() {
    let server = serving(Reply::status(500));
    let setup = Setup {
        body: Some(json!({"payin": "chk_1", "amount": 9_007_199_254_740_993_i64})),
        ..Setup::at(server.url())
    };
    let _ = outcome(&operation("tazapay", "create_refund"), &setup).await;
    let body = String::from_utf8(server.requests()[0].body.clone()).unwrap();
    assert_eq!(body, r#"{"amount":9007199254740993,"payin":"chk_1"}"#);
}

#[tokio::test]
async fn an_amount_of_an_answer_keeps_its_digits_and_its_form() {
    for (provider, name, pointer, amounts) in [
        (
            "optty",
            "refund_order",
            "/refundedAmount",
            &[
                "100",
                "24.98",
                "\"24.98\"",
                "38.50",
                "\"38.50\"",
                "1234567890123.45",
            ][..],
        ),
        (
            "optty",
            "order_details",
            "/refunds/0/amount",
            &["\"240\"", "240", "\"0.1\""],
        ),
        (
            "kotanipay",
            "offramp",
            "/data/cryptoAmount",
            &["0.1", "38.5", "\"38.5\""],
        ),
        (
            "kotanipay",
            "refund_status",
            "/data/refundAmount",
            &["38.5", "1500000"],
        ),
        (
            "mce",
            "create_crypto_refund",
            "/data/amount",
            &["\"0.123456789012345678\"", "\"1\""],
        ),
        (
            "tazapay",
            "refund",
            "/data/amount",
            &["90000", "\"90000\"", "9007199254740993"],
        ),
        (
            "tazapay",
            "payment_attempt",
            "/data/amount",
            &["90000", "\"90000\"", "9007199254740993"],
        ),
    ] {
        let operation = operation(provider, name);
        for amount in amounts {
            let (status, body) = good_answer(&operation);
            let body = with_text(body, pointer, amount);
            let answer = success(&operation, Reply::json(status, body)).await;
            let Decoded::Json(encoded) = answer.into_inner() else {
                panic!("{provider} {name} has no type");
            };
            // serde_json keeps the text of neither, so that both sides are read in the same way.
            let expected: Value = serde_json::from_str(amount).unwrap();
            assert_eq!(
                encoded.pointer(pointer),
                Some(&expected),
                "{provider} {name}"
            );
        }
    }
}

/// The text of `body` with the JSON text `amount` at `pointer`, untouched by any number type.
fn with_text(mut body: Value, pointer: &str, amount: &str) -> String {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    if body.pointer(parent).is_none() {
        body["data"] = json!({});
    }
    body.pointer_mut(parent).unwrap()[member] = json!("@amount@");
    body.to_string().replace("\"@amount@\"", amount)
}
