//! Successes that no document mentions.

use provider_runtime::Error;
use serde_json::{Value, json};
use workspace_tests::operations::{Decoded, OPERATIONS};
use workspace_tests::payloads;
use workspace_tests::server::Reply;

use crate::{error, good_answer, operation, success};

#[tokio::test]
async fn an_empty_2xx_is_accepted_exactly_where_no_success_is_documented() {
    for operation in OPERATIONS {
        let title = operation.title();
        let (status, _) = good_answer(&operation);
        let reply = Reply::status(status).with_header("x-request-id", "req-7");
        if operation.is_raw {
            let answer = success(&operation, reply).await;
            assert_eq!(answer.status().as_u16(), status, "{title}");
            assert_eq!(answer.headers()["x-request-id"], "req-7", "{title}");
            assert!(answer.raw_body().is_empty(), "{title}");
            continue;
        }
        let error = error(&operation, reply).await;
        assert!(matches!(error, Error::Undecodable(_)), "{title}: {error}");
        assert_eq!(error.status().unwrap().as_u16(), status, "{title}");
        assert_eq!(error.headers().unwrap()["x-request-id"], "req-7", "{title}");
        assert_eq!(error.raw_body().unwrap().len(), 0, "{title}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

#[tokio::test]
async fn any_2xx_with_any_body_is_kept_as_it_came_where_no_success_is_documented() {
    let bodies: [(u16, &str); 5] = [
        (200, r#"{"success":true}"#),
        (201, "<html>ok</html>"),
        (202, "null"),
        (204, ""),
        (299, "{\"cut"),
    ];
    for operation in OPERATIONS.iter().filter(|operation| operation.is_raw) {
        for (status, body) in bodies {
            let answer = success(operation, Reply::body(status, "text/plain", body)).await;
            assert_eq!(answer.status().as_u16(), status, "{}", operation.title());
            let Decoded::Raw(raw) = answer.into_inner() else {
                panic!("{} has a type", operation.title());
            };
            assert_eq!(raw.as_bytes(), body.as_bytes(), "{}", operation.title());
        }
    }
}

/// 206 is in no document; Optty alone has any 2xx for a success.
#[tokio::test]
async fn a_2xx_beside_the_documented_ones_is_no_failure() {
    for operation in OPERATIONS.iter().filter(|operation| !operation.is_raw) {
        let (_, body) = good_answer(operation);
        let reply = Reply::json(206, body.to_string());
        if operation.provider == "optty" {
            assert_eq!(success(operation, reply).await.status().as_u16(), 206);
            continue;
        }
        let error = error(operation, reply).await;
        let title = operation.title();
        assert!(
            matches!(error, Error::UnexpectedResponse(_)),
            "{title}: {error}"
        );
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
        assert_eq!(
            error.raw_body().unwrap(),
            body.to_string().as_bytes(),
            "{title}"
        );
    }
}

#[tokio::test]
async fn a_success_of_another_content_type_is_read_all_the_same() {
    for operation in OPERATIONS.iter().filter(|operation| !operation.is_raw) {
        let (status, body) = good_answer(operation);
        for content_type in [
            "text/plain",
            "text/html; charset=utf-8",
            "application/octet-stream",
        ] {
            let answer = success(
                operation,
                Reply::body(status, content_type, body.to_string()),
            )
            .await;
            assert_eq!(encoded(answer.into_inner()), payloads::without_nulls(&body));
        }
    }
}

#[tokio::test]
async fn fields_that_are_not_documented_are_tolerated() {
    for operation in OPERATIONS.iter().filter(|operation| !operation.is_raw) {
        let (status, body) = good_answer(operation);
        let mut more = body.clone();
        add_everywhere(&mut more);
        assert_ne!(more, body);
        let answer = success(operation, Reply::json(status, more.to_string())).await;
        let raw: Value = serde_json::from_slice(answer.raw_body()).unwrap();
        assert_eq!(raw, more, "{}: the raw body keeps them", operation.title());
    }
}

/// A member beside every other one, in every object that has any.
fn add_everywhere(value: &mut Value) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            members.values_mut().for_each(add_everywhere);
            members.insert("xAddedLater".to_owned(), json!({"deep": [1, "two", null]}));
        }
        Value::Array(items) => items.iter_mut().for_each(add_everywhere),
        _ => {}
    }
}

#[tokio::test]
async fn whether_a_payment_attempt_was_refunded_is_read_as_a_boolean_and_as_a_text() {
    use tazapay::types::{PaymentAttemptEnvelope, PaymentAttemptRefunded as Refunded};
    let operation = operation("tazapay", "payment_attempt");
    // The page's table has a boolean, its sample the text.
    for (word, expected) in [
        (json!(true), Refunded::Boolean(true)),
        (json!(false), Refunded::Boolean(false)),
        (json!("true"), Refunded::String("true".to_owned())),
        (json!(1), Refunded::Other(json!(1).into())),
    ] {
        let body =
            json!({"status": "success", "message": "", "data": {"id": "pat_1", "refunded": word}});
        let answer = success(&operation, Reply::json(200, body.to_string())).await;
        assert_eq!(encoded(answer.into_inner()), body);
        let read: PaymentAttemptEnvelope = serde_json::from_value(body).unwrap();
        assert_eq!(read.data.unwrap().refunded, Some(expected));
    }
}

#[tokio::test]
async fn an_enumeration_value_of_tomorrow_is_kept_and_written_back() {
    for (provider, name, pointers) in [
        (
            "kotanipay",
            "offramp",
            &["/data/status", "/data/onchainStatus"][..],
        ),
        ("kotanipay", "refund_status", &["/data/refundStatus"]),
        ("optty", "refund_order", &["/bnplProvider", "/refundStatus"]),
        ("optty", "order_details", &["/status", "/refunds/0/status"]),
        ("tazapay", "create_refund", &["/data/status"]),
        ("tazapay", "refund", &["/data/status"]),
    ] {
        let operation = operation(provider, name);
        for word in [
            json!("NEWER_THAN_THE_CLIENT"),
            json!(""),
            json!("Refunded"),
            json!(7),
        ] {
            for pointer in pointers {
                let (status, mut body) = good_answer(&operation);
                set(&mut body, pointer, word.clone());
                let answer = success(&operation, Reply::json(status, body.to_string())).await;
                let encoded = encoded(answer.into_inner());
                assert_eq!(
                    encoded.pointer(pointer),
                    Some(&word),
                    "{provider} {name} {pointer}"
                );
                assert_eq!(
                    encoded,
                    payloads::without_nulls(&body),
                    "{provider} {name} {pointer}"
                );
            }
        }
    }
}

/// Sets a member whose object is there or is to be made.
fn set(value: &mut Value, pointer: &str, to: Value) {
    let (parent, member) = pointer.rsplit_once('/').unwrap();
    if value.pointer(parent).is_none() {
        set(value, parent, json!({}));
    }
    let object = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    object.insert(member.to_owned(), to);
}

fn encoded(decoded: Decoded) -> Value {
    match decoded {
        Decoded::Json(value) => payloads::without_nulls(&value),
        Decoded::Raw(_) => panic!("a documented success has no type"),
    }
}

/// Each is required in the effective document.
#[tokio::test]
async fn null_for_a_required_field_is_no_success_and_no_failure() {
    for (provider, name, pointer) in [
        ("kotanipay", "offramp", "/data/referenceId"),
        ("kotanipay", "offramp", "/data/status"),
        ("optty", "refund_order", "/bnplRefundId"),
        ("optty", "refund_order", "/refundedAmount"),
        ("optty", "refund_order", "/bnplProvider"),
    ] {
        let operation = operation(provider, name);
        let (status, mut body) = good_answer(&operation);
        set(&mut body, pointer, Value::Null);
        let error = error(&operation, Reply::json(status, body.to_string())).await;
        assert!(
            matches!(error, Error::Undecodable(_)),
            "{provider} {pointer}: {error}"
        );
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.raw_body().unwrap(), body.to_string().as_bytes());
        assert_eq!(
            error.may_have_happened(),
            operation.moves_money,
            "{provider} {pointer}"
        );
    }
}

/// A union of an answer takes other forms than the documented ones, and null is one.
#[tokio::test]
async fn null_for_a_union_of_forms_is_another_form_and_no_failure() {
    let operation = operation("optty", "refund_order");
    let (status, mut body) = good_answer(&operation);
    set(&mut body, "/description", Value::Null);
    let answer = success(&operation, Reply::json(status, body.to_string())).await;
    assert_eq!(answer.status().as_u16(), status);
    assert_eq!(answer.raw_body(), body.to_string().as_bytes());
}

/// Nothing but what is required is certain, so that any other member may be `null`.
#[tokio::test]
async fn null_for_every_optional_field_is_read() {
    for (provider, name, body) in [
        (
            "kotanipay",
            "offramp",
            json!({"success": null, "message": null, "data": {"referenceId": "r", "status": "PENDING",
                "fiatAmount": null, "fiatCurrency": null, "onchainStatus": null, "rate": null,
                "created_at": null, "onchainError": null, "transactionError": null}}),
        ),
        (
            "kotanipay",
            "refund_status",
            json!({"success": null, "message": null, "data": null}),
        ),
        (
            "kotanipay",
            "refund_status",
            json!({"data": {"referenceId": null, "refundStatus": null, "refundAmount": null,
                "totalRetries": null, "timestamp": null, "requiresManualIntervention": null}}),
        ),
        (
            "mce",
            "create_crypto_refund",
            json!({"code": null, "msg": null, "data": {"amount": null, "status": null, "txnHash": null}}),
        ),
        (
            "mce",
            "create_crypto_refund",
            json!({"code": 200, "msg": "success", "data": null}),
        ),
        (
            "optty",
            "order_details",
            json!({"status": null, "failureReason": null, "amount": null, "refunds": null,
                "orderCaptures": null, "transactionHistory": null, "updatedAt": null}),
        ),
        (
            "tazapay",
            "payment_attempt",
            json!({"data": {"id": null, "amount": null, "refunded": null, "metadata": null,
                "customer": null, "fx_transaction": null, "created_at": null}}),
        ),
        (
            "tazapay",
            "refund",
            json!({"status": null, "message": null, "data": null}),
        ),
        (
            "tazapay",
            "refund",
            json!({"data": {"id": null, "amount": null, "customer_receives": null, "metadata": null,
                "status": null, "created_at": null}}),
        ),
    ] {
        let answer = success(
            &operation(provider, name),
            Reply::json(200, body.to_string()),
        )
        .await;
        let encoded = encoded(answer.into_inner());
        assert_eq!(encoded, payloads::without_nulls(&body), "{provider} {name}");
    }
}
