//! A retry at Kotani Pay is queued, and two that are queued can both pay: a second one needs proof that the
//! first has run.

use refunds::{LightningInvoice, Lookup, RefundError, RetryMark};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::{
    kotanipay::{failed, refund_status},
    support::{Stage, accepted, kotanipay_at, quick, reads_and_writes, reference, writes},
};

const BEFORE: &str = "2025-01-01T00:20:00.000Z";

fn standing(word: &str, total_retries: Value, timestamp: Value) -> Reply {
    refund_status(json!({
        "referenceId": "refund-1", "refundStatus": word, "totalRetries": total_retries,
        "timestamp": timestamp
    }))
}

/// The mark of a first retry, which found five tries and a time.
async fn mark() -> RetryMark {
    let server = reads_and_writes(failed(), [Reply::status(200)]);
    let receipt = accepted(kotanipay_at(&server.url()).retry(&reference()).await);
    receipt.retry_mark().unwrap().clone()
}

#[tokio::test]
async fn the_receipt_of_a_retry_keeps_what_the_refund_showed_before_it() {
    let mark = mark().await;
    assert_eq!(mark.total_retries, Some(5));
    assert_eq!(mark.timestamp.as_deref(), Some(BEFORE));
    let stored = serde_json::to_string(&mark).unwrap();
    assert_eq!(serde_json::from_str::<RetryMark>(&stored).unwrap(), mark);
}

#[tokio::test]
async fn nothing_is_sent_while_count_and_time_stand_still() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    let mark = mark().await;
    for read in [
        failed(),
        standing("FAILED", json!(4), json!(BEFORE)),
        standing("FAILED", json!(5), json!("2024-12-31T23:59:59.000Z")),
        standing("FAILED", Value::Null, Value::Null),
        standing("FAILED", json!(5), json!("soon")),
        // It moved on, but not to a failure.
        standing("INVOICE_NEEDED", json!(6), json!(BEFORE)),
        standing("QUEUED", json!(6), json!(BEFORE)),
        standing("SUCCESSFUL", json!(6), json!(BEFORE)),
        standing("", json!(6), json!(BEFORE)),
    ] {
        stage.reads_and_writes(read.clone(), [Reply::status(200)]);
        let error = refunds.retry_again(&reference(), &mark).await.unwrap_err();
        assert!(
            matches!(error, RefundError::NotRetryable { .. }),
            "{read:?}: {error}"
        );
        assert_eq!(stage.writes(), 0, "{read:?}");
    }
}

#[tokio::test]
async fn a_retry_that_has_run_and_failed_may_be_followed_by_another() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    let mark = mark().await;
    for read in [
        standing("FAILED", json!(6), json!(BEFORE)),
        standing("FAILED", json!(6), json!("2025-01-01T00:21:00.000Z")),
    ] {
        stage.reads_and_writes(read, [Reply::status(200)]);
        let receipt = accepted(refunds.retry_again(&reference(), &mark).await);
        assert_eq!(stage.writes(), 1);
        // The next one has to show more than this one.
        assert!(mark.has_run(receipt.retry_mark().unwrap()));
    }
}

#[tokio::test]
async fn without_a_read_there_is_no_second_retry() {
    let mark = mark().await;
    let server = reads_and_writes(Reply::status(500), [Reply::status(200)]);
    let refunds = kotanipay_at(&server.url());
    let error = refunds.retry_again(&reference(), &mark).await.unwrap_err();
    assert!(matches!(error, RefundError::Read { .. }), "{error}");
    assert_eq!(writes(&server), 0);
}

#[tokio::test]
async fn a_mark_that_tells_nothing_never_proves_anything() {
    let nothing = refund_status(json!({"referenceId": "refund-1", "refundStatus": "FAILED"}));
    let server = reads_and_writes(nothing, [Reply::status(200)]);
    let receipt = accepted(kotanipay_at(&server.url()).retry(&reference()).await);
    let mark = receipt.retry_mark().unwrap().clone();
    let server = reads_and_writes(failed(), [Reply::status(200)]);
    let refunds = kotanipay_at(&server.url());
    let error = refunds.retry_again(&reference(), &mark).await.unwrap_err();
    assert!(matches!(error, RefundError::NotRetryable { .. }), "{error}");
    assert_eq!(writes(&server), 0);
}

#[tokio::test]
async fn a_refund_that_is_under_way_or_was_paid_is_not_tried_at_all() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for data in [
        json!({"referenceId": "refund-1", "refundStatus": "SUCCESSFUL"}),
        json!({"referenceId": "refund-1", "status": "REFUNDED"}),
        json!({"referenceId": "refund-1", "status": "REFUND_PENDING"}),
        // What is not sure of itself may be under way, or paid.
        json!({"referenceId": "refund-1", "refundStatus": "PENDING"}),
        json!({"referenceId": "refund-1", "refundStatus": "QUEUED"}),
        json!({"referenceId": "refund-1", "refundStatus": "FAILED", "status": "REFUND_PENDING"}),
        json!({"referenceId": "refund-1", "refundStatus": "FAILED", "status": "REVERSED"}),
        json!({"referenceId": "refund-1", "refundStatus": "FAILED", "refundTransactionHash": "0xa"}),
        json!({"referenceId": "refund-1", "status": "REFUND_FAILED", "refundTransactionHash": "0xa"}),
        json!({"referenceId": "refund-1", "refundStatus": "SUCCESSFUL", "error": "x"}),
    ] {
        stage.reads_and_writes(refund_status(data.clone()), [Reply::status(200)]);
        let invoice = LightningInvoice::new("lnbc1500n1pj9").unwrap();
        for outcome in [
            refunds.retry(&reference()).await,
            refunds.submit_invoice(&reference(), invoice).await,
        ] {
            let error = outcome.unwrap_err();
            assert!(
                matches!(error, RefundError::NotRetryable { .. }),
                "{data}: {error}"
            );
        }
        assert_eq!(stage.writes(), 0);
    }
}

#[tokio::test]
async fn a_first_retry_is_kept_back_by_no_read_that_fails_and_has_then_no_mark() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for read in [
        Reply::status(500),
        Reply::json(404, r#"{"success":false}"#),
        Reply::close(),
        Reply::body(200, "text/html", "<html>"),
        Reply::json(200, r#"{"success":false,"message":"no"}"#),
    ] {
        stage.reads_and_writes(read.clone(), [Reply::status(200)]);
        let receipt = accepted(refunds.retry(&reference()).await);
        assert!(receipt.retry_mark().is_none(), "{read:?}");
        assert_eq!(stage.requests().len(), 2, "it is read once: {read:?}");
    }
}

#[tokio::test]
async fn a_read_of_the_refund_tells_its_mark() {
    let server = reads_and_writes(failed(), [Reply::status(200)]);
    let refunds = kotanipay_at(&server.url()).with_policy(quick());
    let lookup = Lookup::KotanipayRefund(reference());
    let now = refunds.fetch(&lookup).await.unwrap().retry_mark().unwrap();
    assert_eq!(now, mark().await);
    assert!(!now.has_run(&now));
}
