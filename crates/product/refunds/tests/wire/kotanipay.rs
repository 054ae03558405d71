use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use refunds::{
    Action, Answer, DoubtCause, InDoubt, LightningInvoice, Lookup, NextStep, Observer,
    ProviderName, ReadFailure, Reconciled, Reference, RefundError, RefundStatus, RejectionReason,
    RetryPolicy, kotanipay,
};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::{
    support::{
        accepted, kotanipay_at, lines, quick, reads_and_writes, reference, rejected, server,
        settled, still_unknown, unknown,
    },
    trait_object::Journal,
};

const RETRY: &str = "POST /api/v3/offramp/retry-refund/refund-1";
const READ: &str = "GET /api/v3/offramp/refund-status/refund-1";

/// What is read of a refund that can be tried again: the documented event's members.
pub(crate) fn failed() -> Reply {
    refund_status(json!({
        "referenceId": "refund-1", "refundStatus": "FAILED", "totalRetries": 5,
        "timestamp": "2025-01-01T00:20:00.000Z"
    }))
}

pub(crate) fn refund_status(data: Value) -> Reply {
    let body = json!({"success": true, "message": "ok", "data": data});
    Reply::json(200, body.to_string())
}

pub(crate) fn record(action: Action) -> InDoubt {
    InDoubt::interrupted(
        ProviderName::Kotanipay,
        reference(),
        action,
        SystemTime::now(),
    )
}

#[tokio::test]
async fn a_success_of_a_retry_is_accepted_if_nothing_in_its_body_speaks_against_it() {
    for reply in [
        Reply::status(200),
        Reply::status(204),
        Reply::json(200, "{}"),
        Reply::json(
            201,
            r#"{"success":true,"message":"Refund retry initiated"}"#,
        ),
        Reply::json(202, r#"{"statusCode":202,"queued":1,"error":null}"#),
    ] {
        let server = reads_and_writes(failed(), [reply.clone()]);
        let receipt = accepted(kotanipay_at(&server.url()).retry(&reference()).await);
        assert_eq!(receipt.status(), None, "{reply:?}");
        assert_eq!(lines(&server), [READ, RETRY]);
        assert!(server.requests()[1].body.is_empty());
    }
}

#[tokio::test]
async fn the_answer_to_a_retry_is_kept_as_it_came() {
    let server = reads_and_writes(failed(), [Reply::json(202, r#"{"queued":1}"#)]);
    let receipt = accepted(kotanipay_at(&server.url()).retry(&reference()).await);
    let Answer::KotanipayWrite(answer) = receipt.into_answer() else {
        panic!("another answer");
    };
    assert_eq!(answer.text().unwrap(), r#"{"queued":1}"#);
}

#[tokio::test]
async fn a_refusal_of_a_retry_that_no_earlier_success_explains_is_a_definite_no() {
    for (status, message) in [(401, "Unauthorized"), (404, "Reference Id not found")] {
        let body = json!({"success": false, "message": message, "data": {}});
        let server = reads_and_writes(failed(), [Reply::json(status, body.to_string())]);
        let rejection = rejected(kotanipay_at(&server.url()).retry(&reference()).await);
        assert_eq!(rejection.reason(), RejectionReason::Refused);
        assert_eq!(rejection.error().provider_message().unwrap(), message);
        assert_eq!(rejection.row().unwrap().id, "kotanipay-refusal-status");
    }
}

#[tokio::test]
async fn the_longer_hint_of_body_and_header_says_when_to_call_again() {
    let body = json!({
        "statusCode": 429, "message": "slow down", "error": "Too Many Requests",
        "data": {"retryAfter": 60}
    });
    let limited = Reply::json(429, body.to_string()).with_header("Retry-After", "5");
    let server = reads_and_writes(failed(), [limited]);
    let rejection = rejected(kotanipay_at(&server.url()).retry(&reference()).await);
    let retry_after = Some(Duration::from_secs(60));
    assert_eq!(
        rejection.reason(),
        RejectionReason::RateLimited { retry_after }
    );
}

#[tokio::test]
async fn a_lost_answer_of_a_retry_is_unknown_and_settled_by_refund_status_alone() {
    let server = server([
        failed(),
        Reply::close(),
        refund_status(json!({
            "referenceId": "refund-1", "refundStatus": "SUCCESSFUL", "refundAmount": 38.5,
            "token": "USDT", "currency": "KES"
        })),
    ]);
    let refunds = kotanipay_at(&server.url());
    let doubt = unknown(refunds.retry(&reference()).await);
    assert_eq!(doubt.cause(), DoubtCause::Unanswered);
    assert_eq!(doubt.attempts(), 1);
    let receipt = settled(&refunds, doubt.record()).await;
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(receipt.amount(), Some(&"38.5 USDT".parse().unwrap()));
    assert_eq!(lines(&server), [READ, RETRY, READ]);
}

#[tokio::test]
async fn a_refund_that_has_not_succeeded_is_shown_as_it_is() {
    for (word, status) in [
        ("FAILED", RefundStatus::Failed),
        ("INVOICE_NEEDED", RefundStatus::ActionRequired),
    ] {
        let data = json!({"referenceId": "refund-1", "refundStatus": word});
        let server = server([refund_status(data)]);
        let reconciled = kotanipay_at(&server.url())
            .reconcile(&record(Action::Retry))
            .await
            .unwrap();
        let Reconciled::Shown(fetched) = reconciled else {
            panic!("{word}: {reconciled:?}");
        };
        assert_eq!(fetched.single().unwrap().status, Some(status));
    }
}

#[tokio::test]
async fn a_status_read_before_the_retry_can_have_ended_settles_only_a_success() {
    let slow = quick().with_settle_after(Duration::from_secs(60));
    for (word, is_settled) in [("FAILED", false), ("SUCCESSFUL", true)] {
        let data = json!({"referenceId": "refund-1", "refundStatus": word});
        let server = server([refund_status(data)]);
        let refunds = kotanipay_at(&server.url()).with_policy(slow.clone());
        let reconciled = refunds.reconcile(&record(Action::Retry)).await.unwrap();
        match reconciled {
            Reconciled::Succeeded(_) => assert!(is_settled),
            Reconciled::StillUnknown(unknown) => {
                assert!(!is_settled);
                assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
                assert_eq!(unknown.candidates()[0].status, Some(RefundStatus::Failed));
            }
            other => panic!("{word} was taken for settled: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_failed_status_counts_once_the_retry_can_have_ended() {
    let server = server([failed()]);
    let policy = quick()
        .with_settle_after(Duration::from_millis(300))
        .with_least_attempt(Duration::ZERO);
    let refunds = kotanipay_at(&server.url()).with_policy(policy);
    let begin = std::time::Instant::now();
    let reconciled = refunds.reconcile(&record(Action::Retry)).await.unwrap();
    assert!(matches!(reconciled, Reconciled::Shown(_)));
    // The record was made a moment before.
    assert!(begin.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn a_short_deadline_does_not_keep_a_failed_status_from_counting_for_ever() {
    let server = server([failed()]);
    let refunds =
        kotanipay_at(&server.url()).with_policy(quick().with_deadline(Duration::from_secs(4)));
    let long_quiet =
        record(Action::Retry).with_quiet_since(SystemTime::now() - Duration::from_secs(3_600));
    let reconciled = refunds.reconcile(&long_quiet).await.unwrap();
    assert!(matches!(reconciled, Reconciled::Shown(_)), "{reconciled:?}");
}

#[tokio::test]
async fn the_wait_and_the_read_of_a_reconciliation_share_one_deadline() {
    let server = server([failed().after(Duration::from_millis(900))]);
    // A wait of 0.6 seconds leaves 0.6 of 1.2.
    let policy = quick()
        .with_settle_after(Duration::from_millis(600))
        .with_least_attempt(Duration::ZERO)
        .with_deadline(Duration::from_millis(1_200));
    let refunds = kotanipay_at(&server.url()).with_policy(policy);
    let error = refunds.reconcile(&record(Action::Retry)).await.unwrap_err();
    assert!(
        matches!(
            error,
            RefundError::Read {
                cause: ReadFailure::DeadlinePassed { .. },
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_failed_refund_of_an_offramp_that_is_refunded_is_not_final() {
    for (refund_word, word) in [("FAILED", "REFUNDED"), ("FAILED", "REVERSED")] {
        let data = json!({"refundStatus": refund_word, "status": word});
        let server = server([refund_status(data)]);
        let lookup = Lookup::KotanipayRefund(reference());
        let fetched = kotanipay_at(&server.url()).fetch(&lookup).await.unwrap();
        let status = fetched.single().unwrap().status.clone().unwrap();
        assert!(!status.is_final(), "{status}");
        assert_eq!(status.as_str(), format!("{refund_word} beside {word}"));
    }
}

#[tokio::test]
async fn an_empty_refund_status_leaves_the_word_to_that_of_the_offramp() {
    let data = json!({"referenceId": "refund-1", "refundStatus": "", "status": "REFUNDED"});
    let server = server([refund_status(data)]);
    let receipt = settled(&kotanipay_at(&server.url()), &record(Action::Retry)).await;
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
}

#[tokio::test]
async fn a_refund_status_without_a_status_leaves_it_unknown() {
    for body in [
        "{}",
        r#"{"data":{}}"#,
        r#"{"data":{"refundInitiated":true}}"#,
        r#"{"success":true,"data":{"referenceId":"refund-1"}}"#,
    ] {
        let server = server([Reply::json(200, body)]);
        let refunds = kotanipay_at(&server.url());
        let unknown = still_unknown(&refunds, &record(Action::Retry)).await;
        assert_eq!(unknown.next_step(), NextStep::ReconcileLater, "{body}");
    }
}

#[tokio::test]
async fn the_amount_of_a_lightning_refund_has_no_unit_that_is_documented() {
    let data =
        json!({"refundStatus": "INVOICE_NEEDED", "refundAmount": 1500000, "currency": "KES"});
    let server = server([refund_status(data)]);
    let lookup = Lookup::KotanipayRefund(reference());
    let fetched = kotanipay_at(&server.url()).fetch(&lookup).await.unwrap();
    assert_eq!(fetched.single().unwrap().amount, None);
}

#[tokio::test]
async fn a_failed_offramp_whose_crypto_arrived_is_read_as_pending() {
    let body = json!({"data": {
        "referenceId": "refund-1", "status": "FAILED", "onchainStatus": "SUCCESSFUL"
    }});
    let server = server([Reply::json(200, body.to_string())]);
    let lookup = Lookup::KotanipayOfframp(reference());
    let fetched = kotanipay_at(&server.url()).fetch(&lookup).await.unwrap();
    let status = fetched.single().unwrap().status.clone();
    assert_eq!(status, Some(RefundStatus::Pending));
    assert_eq!(lines(&server), ["GET /api/v3/offramp/refund-1"]);
}

#[tokio::test]
async fn a_status_of_another_offramp_settles_nothing() {
    let data = json!({"referenceId": "refund-2", "refundStatus": "SUCCESSFUL"});
    let server = server([refund_status(data)]);
    let error = kotanipay_at(&server.url())
        .reconcile(&record(Action::Retry))
        .await
        .unwrap_err();
    assert!(matches!(error, RefundError::Read { attempts: 4, .. }));
}

#[tokio::test]
async fn an_invoice_is_submitted_to_the_clients_own_host() {
    let server = reads_and_writes(failed(), [Reply::json(200, "{}")]);
    let invoice = LightningInvoice::new("lnbc1500n1pj9").unwrap();
    let refunds = kotanipay_at(&server.url());
    accepted(refunds.submit_invoice(&reference(), invoice).await);
    let request = &server.requests()[1];
    assert_eq!(
        request.target,
        "/api/v3/offramp/submit-refund-invoice/refund-1"
    );
    assert_eq!(request.json().unwrap(), json!({"invoice": "lnbc1500n1pj9"}));
}

#[tokio::test]
async fn a_reference_that_would_lead_to_another_operation_is_refused() {
    let server = server([Reply::status(200)]);
    let dots = Reference::new("..").unwrap();
    let journal = Arc::new(Journal::default());
    let refunds =
        kotanipay_at(&server.url()).with_observer(Arc::clone(&journal) as Arc<dyn Observer>);
    let invoice = LightningInvoice::new("lnbc1500n1pj9").unwrap();
    for error in [
        refunds.retry(&dots).await.unwrap_err(),
        refunds.submit_invoice(&dots, invoice).await.unwrap_err(),
    ] {
        assert!(matches!(error, RefundError::InvalidField { .. }), "{error}");
    }
    for lookup in [
        Lookup::KotanipayRefund(dots.clone()),
        Lookup::KotanipayOfframp(dots),
    ] {
        let error = refunds.fetch(&lookup).await.unwrap_err();
        assert!(matches!(error, RefundError::InvalidField { .. }), "{error}");
    }
    assert!(server.requests().is_empty());
    assert!(journal.0.lock().unwrap().is_empty(), "it is on record");
}

#[tokio::test]
async fn each_attempt_of_the_signed_mode_has_a_nonce_and_a_signature_of_its_own() {
    let writes = [
        Reply::json(429, r#"{"message":"slow down"}"#),
        Reply::status(200),
    ];
    let server = reads_and_writes(failed(), writes);
    let client = kotanipay::Client::builder()
        .environment(kotanipay::Environment::BaseUrl(server.url()))
        .credentials(kotanipay::Credentials::bearer("hunter2"))
        .request_signer(kotanipay::RequestSigning::new("secret"))
        .build()
        .unwrap();
    let refunds = refunds::Refunds::from(client).with_policy(quick());
    assert_eq!(accepted(refunds.retry(&reference()).await).attempts(), 2);

    let requests = server.requests();
    for name in ["x-nonce", "x-signature"] {
        let values: Vec<_> = requests
            .iter()
            .map(|request| request.header(name).unwrap())
            .collect();
        let different: std::collections::HashSet<_> = values.iter().collect();
        assert_eq!(different.len(), 3, "{name}: {values:?}");
    }
}

#[tokio::test]
async fn a_policy_of_no_retries_holds_for_a_rate_limit_too() {
    let limited = Reply::json(429, r#"{"message":"slow down"}"#);
    let server = reads_and_writes(failed(), [limited]);
    let refunds = kotanipay_at(&server.url()).with_policy(RetryPolicy::never());
    assert_eq!(rejected(refunds.retry(&reference()).await).attempts(), 1);
}
