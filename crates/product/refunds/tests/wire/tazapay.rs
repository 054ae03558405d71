use refunds::{
    Answer, DoubtCause, Lookup, NextStep, Outcome, RefundStatus, RejectionReason, TazapayCustomer,
    TazapayRefund,
};
use serde_json::json;
use workspace_tests::server::Reply;

use crate::support::{accepted, lines, reference, rejected, server, tazapay_at, unknown};

/// The sample of the provider's page, with the amount of the test.
pub(crate) fn refund(amount: i64, status: &str) -> String {
    json!({
        "status": "success",
        "message": "refund created successfully",
        "data": {
            "id": "rfd_1", "object": "refund", "payin": "chk_1", "amount": amount, "currency": "USD",
            "payment_attempt": "pat_1", "reason": "Customer Returns", "status": status,
            "status_description": "", "created_at": "2023-07-23 23:59:56",
            "customer_receives": {"currency": "", "amount": null}, "metadata": {}
        }
    })
    .to_string()
}

pub(crate) fn error(code: i64) -> String {
    json!({"status": "error", "message": "no", "errors": [{"code": code, "message": "no"}]})
        .to_string()
}

pub(crate) fn partial() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1").with_amount("900 USD".parse().unwrap())
}

#[tokio::test]
async fn a_refund_is_sent_with_its_key_in_hundredths_and_accepted() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let request = partial()
        .with_payment_attempt("pat_1")
        .with_reason("Customer Return")
        .with_metadata("order", "7")
        .with_customer(TazapayCustomer::new("ann@example.com").with_phone("91", "5550100"))
        .with_webhook_url("https://mystore.example/hook");
    let receipt = accepted(
        tazapay_at(&server.url())
            .create(&reference(), request)
            .await,
    );

    assert_eq!(receipt.refund_id(), Some("rfd_1"));
    assert_eq!(receipt.status(), Some(&RefundStatus::Pending));
    assert_eq!(receipt.amount(), Some(&"900 USD".parse().unwrap()));
    assert_eq!(receipt.attempts(), 1);
    assert_eq!(receipt.answer().status().unwrap(), 202);
    let Answer::TazapayRefund(answer) = receipt.answer() else {
        panic!("another provider's answer");
    };
    let data = answer.data.as_ref().unwrap();
    assert_eq!(data.payment_attempt.as_deref(), Some("pat_1"));

    let request = &server.requests()[0];
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/v3/refund")
    );
    assert_eq!(request.header("idempotency-key"), Some("refund-1"));
    assert_eq!(
        request.json().unwrap(),
        json!({
            "payin": "chk_1", "payment_attempt": "pat_1", "amount": 90000, "currency": "USD",
            "reason": "Customer Return", "metadata": r#"{"order":"7","refund_reference":"refund-1"}"#,
            "customer_details": {
                "email": "ann@example.com", "phone": {"calling_code": "91", "number": "5550100"}
            },
            "webhook_url": "https://mystore.example/hook"
        })
    );
}

#[tokio::test]
async fn a_full_refund_sends_neither_amount_nor_currency() {
    let server = server([Reply::json(200, refund(12345, "succeeded"))]);
    let outcome = tazapay_at(&server.url())
        .create(&reference(), TazapayRefund::of_payin("chk_1"))
        .await;
    let receipt = accepted(outcome);
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(receipt.amount(), Some(&"123.45 USD".parse().unwrap()));
    assert_eq!(
        server.requests()[0].json().unwrap(),
        json!({"payin": "chk_1", "metadata": r#"{"refund_reference":"refund-1"}"#})
    );
}

#[tokio::test]
async fn the_reference_travels_in_the_metadata_and_never_in_place_of_the_users_own() {
    let payin = || TazapayRefund::of_payin("chk_1");
    for (request, sent) in [
        (payin(), json!({"refund_reference": "refund-1"})),
        (
            payin().with_metadata("order", "7"),
            json!({"order": "7", "refund_reference": "refund-1"}),
        ),
        (
            payin().with_metadata("refund_reference", "mine"),
            json!({"refund_reference": "mine"}),
        ),
        (
            payin().with_reference_key("our_ref"),
            json!({"our_ref": "refund-1"}),
        ),
        (
            payin()
                .with_metadata("our_ref", "mine")
                .with_reference_key("our_ref"),
            json!({"our_ref": "mine"}),
        ),
        (
            payin()
                .with_metadata("order", "7")
                .without_reference_in_metadata(),
            json!({"order": "7"}),
        ),
    ] {
        let server = server([Reply::json(202, refund(90000, "pending"))]);
        let outcome = tazapay_at(&server.url())
            .create(&reference(), request)
            .await;
        accepted(outcome);
        let body = server.requests()[0].json().unwrap();
        let text = body["metadata"].as_str().unwrap();
        let metadata: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(metadata, sent);
    }
}

#[tokio::test]
async fn an_answer_that_repeats_the_users_own_entry_is_no_contradiction() {
    let request = partial().with_metadata("refund_reference", "mine");
    let body = refund(90000, "pending").replace(
        r#""metadata":{}"#,
        r#""metadata":{"refund_reference":"mine"}"#,
    );
    assert!(body.contains("mine"));
    let server = server([Reply::json(202, body)]);
    let outcome = tazapay_at(&server.url())
        .create(&reference(), request)
        .await;
    accepted(outcome);
}

#[tokio::test]
async fn a_refusal_of_the_request_or_of_the_caller_is_a_definite_no() {
    for (status, code) in [(400, 30002), (400, 30021), (409, 30009), (401, 108)] {
        let server = server([Reply::json(status, error(code))]);
        let outcome = tazapay_at(&server.url())
            .create(&reference(), partial())
            .await;
        let rejection = rejected(outcome);
        assert_eq!(rejection.reason(), RejectionReason::Refused);
        assert_eq!(rejection.next_step(), NextStep::Correct);
        assert_eq!(rejection.error().provider_code().unwrap(), code.to_string());
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_conflict_that_is_not_documented_is_unknown() {
    for body in [error(99999), "{}".to_owned(), "<html>".to_owned()] {
        let server = server([Reply::json(409, body)]);
        let outcome = tazapay_at(&server.url())
            .create(&reference(), partial())
            .await;
        let doubt = unknown(outcome);
        assert_eq!(doubt.cause(), DoubtCause::UnclearAnswer);
        assert_eq!(doubt.row().unwrap().id, "any-conflict");
        assert_eq!(doubt.next_step(), NextStep::AwaitEvent);
    }
}

#[tokio::test]
async fn a_success_that_does_not_decode_is_unknown_and_keeps_the_whole_answer() {
    let html = Reply::body(200, "text/html", "<html>ok</html>").with_header("x-trace", "t-1");
    let server = server([html]);
    let outcome = tazapay_at(&server.url())
        .create(&reference(), partial())
        .await;
    let doubt = unknown(outcome);
    assert_eq!(doubt.cause(), DoubtCause::UnreadableSuccess);
    assert_eq!(doubt.next_step(), NextStep::AwaitEvent);
    assert_eq!(doubt.status().unwrap(), 200);
    assert_eq!(doubt.headers().unwrap()["x-trace"], "t-1");
    assert_eq!(&doubt.raw_body().unwrap()[..], b"<html>ok</html>");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_success_without_a_refund_or_about_another_one_is_unknown() {
    let of_another_payin = refund(90000, "pending").replace("chk_1", "chk_2");
    let in_another_currency = refund(90000, "pending").replace("USD", "EUR");
    for (body, cause) in [
        (String::new(), DoubtCause::UnreadableSuccess),
        ("{}".to_owned(), DoubtCause::IncompleteSuccess),
        (r#"{"data":null}"#.to_owned(), DoubtCause::IncompleteSuccess),
        (
            r#"{"data":{"id":""}}"#.to_owned(),
            DoubtCause::IncompleteSuccess,
        ),
        (refund(90001, "pending"), DoubtCause::AnswerDiffers),
        (of_another_payin, DoubtCause::AnswerDiffers),
        (in_another_currency, DoubtCause::AnswerDiffers),
    ] {
        let server = server([Reply::json(200, body.clone())]);
        let outcome = tazapay_at(&server.url())
            .create(&reference(), partial())
            .await;
        let doubt = unknown(outcome);
        assert_eq!(doubt.cause(), cause, "{body}");
        assert_eq!(&doubt.raw_body().unwrap()[..], body.as_bytes());
    }
}

#[tokio::test]
async fn a_status_word_that_is_not_documented_is_kept_by_a_read_and_is_not_final() {
    let server = server([Reply::json(200, refund(90000, "On_Hold"))]);
    let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
    let fetched = tazapay_at(&server.url()).fetch(&lookup).await.unwrap();
    let status = fetched.single().unwrap().status.clone().unwrap();
    assert_eq!(status, RefundStatus::Unknown("On_Hold".to_owned()));
    assert!(!status.is_final());
}

#[tokio::test]
async fn a_refund_is_read_by_its_id_and_without_the_key() {
    let server = server([Reply::json(200, refund(90000, "Succeeded"))]);
    let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
    let fetched = tazapay_at(&server.url()).fetch(&lookup).await.unwrap();
    let state = fetched.single().unwrap();
    assert_eq!(state.status, Some(RefundStatus::Succeeded));
    assert_eq!(state.refund_id.as_deref(), Some("rfd_1"));
    assert_eq!(lines(&server), ["GET /v3/refund/rfd_1"]);
    assert_eq!(server.requests()[0].header("idempotency-key"), None);
}

#[tokio::test]
async fn a_read_goes_on_after_a_server_error_and_an_answer_about_another_refund() {
    let of_another = refund(90000, "failed").replace("rfd_1", "rfd_2");
    let server = server([
        Reply::json(503, "{}"),
        Reply::json(200, of_another),
        Reply::json(200, refund(90000, "succeeded")),
    ]);
    let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
    let fetched = tazapay_at(&server.url()).fetch(&lookup).await.unwrap();
    let status = fetched.single().unwrap().status.clone();
    assert_eq!(status, Some(RefundStatus::Succeeded));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn nothing_that_is_shown_holds_a_secret_or_personal_data() {
    let echo = r#"{"message":"bad key sk_test_hunter2","errors":[{"code":108,"message":"sk_test_hunter2"}]}"#;
    let server = server([Reply::json(401, echo), Reply::json(500, echo)]);
    let refunds = tazapay_at(&server.url());
    let customer = TazapayCustomer::new("ann@example.com");
    let mut shown = format!("{refunds:?}");
    for _ in 0..2 {
        let request = partial().with_customer(customer.clone());
        let outcome = refunds.create(&reference(), request).await.unwrap();
        shown.push_str(&format!("{outcome:?}"));
        match &outcome {
            Outcome::Rejected(rejection) => shown.push_str(&rejection.to_string()),
            Outcome::Unknown(doubt) => shown.push_str(&doubt.to_string()),
            other => panic!("accepted: {other:?}"),
        }
    }
    assert!(shown.contains("refund-1"), "{shown}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("ann@"),
        "{shown}"
    );
}
