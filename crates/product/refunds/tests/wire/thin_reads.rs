//! What a reconciliation reads settles a question only if nothing in it is missing that is needed, and
//! nothing speaks against it.

use refunds::{
    Action, InDoubt, Lookup, NextStep, ProviderName, RefundRequest, RefundStatus, TazapayRefund,
};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::{
    kotanipay::{record, refund_status},
    optty::{BEFORE, NOW, listed, order, refund},
    support::{Stage, kotanipay_at, optty_at, reference, settled, still_unknown, tazapay_at},
};

fn successful() -> Value {
    json!({
        "success": true, "message": "ok",
        "data": {
            "referenceId": "refund-1", "status": "REVERSED", "refundStatus": "SUCCESSFUL",
            "refundInitiated": true, "requiresManualIntervention": false, "refundAmount": 38.5,
            "token": "USDT", "currency": "KES", "timestamp": "2025-01-01T00:10:00.000Z"
        }
    })
}

/// Members that make a success of refund-status thin or contradict it; `null` takes one away.
fn spoilt() -> Vec<(Value, &'static str)> {
    let mut all = Vec::new();
    for (pointer, value, row) in [
        ("/success", json!(false), "kotanipay-read-success"),
        ("/statusCode", json!(500), "kotanipay-read-code"),
        ("/error_code", json!(400), "kotanipay-read-code"),
        (
            "/error",
            json!("Internal Server Error"),
            "kotanipay-read-envelope-error",
        ),
        ("/data/referenceId", Value::Null, "kotanipay-read-reference"),
        ("/data/referenceId", json!(""), "kotanipay-read-reference"),
        (
            "/data/error",
            json!("Refund failed after max retries"),
            "kotanipay-read-error",
        ),
        (
            "/data/refundInitiated",
            json!(false),
            "kotanipay-read-initiated",
        ),
        (
            "/data/requiresManualIntervention",
            json!(true),
            "kotanipay-read-manual",
        ),
        ("/data/refundAmount", json!(0), "kotanipay-read-amount"),
        ("/data/refundAmount", json!(-38.5), "kotanipay-read-amount"),
        (
            "/data/status",
            json!("REFUND_FAILED"),
            "kotanipay-read-status",
        ),
        (
            "/data/status",
            json!("REFUND_PENDING"),
            "kotanipay-read-status",
        ),
        ("/data/refundStatus", json!("DONE"), "kotanipay-read-status"),
    ] {
        let mut body = successful();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if value.is_null() {
            parent.remove(name);
        } else {
            parent.insert(name.to_owned(), value);
        }
        all.push((body, row));
    }
    all
}

#[tokio::test]
async fn a_refund_status_that_is_thin_or_contradicts_itself_settles_nothing() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for (body, row) in spoilt() {
        stage.answers([Reply::json(200, body.to_string())]);
        let unknown = still_unknown(&refunds, &record(Action::Retry)).await;
        assert_eq!(unknown.row().unwrap().id, row, "{body}");
        assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
        let settled_by = unknown.settled_by();
        assert!(settled_by.event.unwrap().contains("refund-1"));
    }
    stage.answers([Reply::json(200, successful().to_string())]);
    let receipt = settled(&refunds, &record(Action::Retry)).await;
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
}

#[tokio::test]
async fn a_success_that_something_contradicts_is_not_final_for_a_read_either() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for (body, _) in spoilt() {
        stage.answers([Reply::json(200, body.to_string())]);
        let lookup = Lookup::KotanipayRefund(reference());
        let fetched = refunds.fetch(&lookup).await.unwrap();
        let status = fetched.single().unwrap().status.clone().unwrap();
        assert!(!status.is_final(), "{body}: {status}");
    }
}

#[tokio::test]
async fn a_word_that_is_not_documented_settles_nothing() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for word in ["QUEUED", "successful", "SUCCESS", "COMPLETED"] {
        let data = json!({"referenceId": "refund-1", "refundStatus": word});
        stage.answers([refund_status(data)]);
        let unknown = still_unknown(&refunds, &record(Action::Retry)).await;
        let status = unknown.candidates()[0].status.clone();
        assert_eq!(status, Some(RefundStatus::Unknown(word.to_owned())));
    }
}

#[tokio::test]
async fn an_entry_of_an_order_with_our_reference_settles_nothing_if_anything_speaks_against_it() {
    let stage = Stage::new();
    let refunds = optty_at(&stage.url());
    let record = crate::optty::record(refund().with_reference_in_description());
    for (member, value, row) in [
        ("status", json!("FAILED"), "optty-listed-status"),
        ("status", json!("DECLINED"), "optty-listed-status"),
        ("status", json!("Successful"), "optty-listed-status"),
        ("status", Value::Null, "optty-listed-status"),
        (
            "refundFailureReason",
            json!("card expired"),
            "optty-listed-failure",
        ),
        ("amount", json!("24,98"), "optty-listed-amount"),
        ("amount", json!("2.49"), "optty-listed-amount"),
        ("amount", json!(2498), "optty-listed-amount"),
        ("amount", Value::Null, "optty-listed-amount"),
        ("currency", json!("NZD"), "optty-listed-currency"),
        ("currency", Value::Null, "optty-listed-currency"),
        ("createdAt", json!(BEFORE), "optty-listed-time"),
    ] {
        let mut entry = listed("a", "24.98", "Damaged [refund-1]", NOW);
        entry[member] = value;
        stage.answers([order(json!([entry]))]);
        let unknown = still_unknown(&refunds, &record).await;
        assert_eq!(unknown.row().unwrap().id, row, "{entry}");
        assert_eq!(unknown.candidates().len(), 1, "{entry}");
        assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    }
}

#[tokio::test]
async fn an_entry_that_is_under_way_is_taken_on_and_not_yet_paid() {
    let stage = Stage::new();
    let refunds = optty_at(&stage.url());
    let record = crate::optty::record(refund().with_reference_in_description());
    for word in ["PENDING", "INITIATED"] {
        let mut entry = listed("a", "24.98", "Damaged [refund-1]", NOW);
        entry["status"] = json!(word);
        stage.answers([order(json!([entry]))]);
        let reconciled = refunds.reconcile(&record).await.unwrap();
        assert!(
            matches!(reconciled, refunds::Reconciled::Pending(_)),
            "{word}: {reconciled:?}"
        );
        assert_eq!(stage.lines(), ["POST /orders/order-1/details"]);
    }
}

#[tokio::test]
async fn a_failure_beside_the_hash_of_a_transaction_is_not_final() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    let data = json!({
        "referenceId": "refund-1", "refundStatus": "FAILED", "refundTransactionHash": "0xrefund123"
    });
    stage.answers([refund_status(data.clone())]);
    let fetched = refunds.fetch(&Lookup::KotanipayRefund(reference())).await;
    let status = fetched.unwrap().single().unwrap().status.clone().unwrap();
    assert!(!status.is_final(), "{status}");
    stage.answers([refund_status(data)]);
    let unknown = still_unknown(&refunds, &record(Action::Retry)).await;
    assert_eq!(unknown.row().unwrap().id, "kotanipay-read-hash");
}

/// The refund of everything as Tazapay's page shows it.
fn tazapays(status: &str) -> Value {
    serde_json::from_str(&crate::tazapay::refund(90000, status)).unwrap()
}

#[tokio::test]
async fn a_refund_of_tazapay_that_is_read_beside_a_contradiction_is_not_final() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (pointer, value) in [
        ("/status", json!("error")),
        ("/errors", json!([{"code": 101, "message": "server fault"}])),
        ("/data/object", json!("payout")),
        ("/data/id", json!("")),
        ("/data/amount", json!(-1)),
        ("/data/amount", json!("abc")),
        ("/data/currency", json!("US$")),
    ] {
        for word in ["succeeded", "failed"] {
            let mut body = tazapays(word);
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[name] = value.clone();
            stage.answers([Reply::json(200, body.to_string())]);
            let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
            let fetched = refunds.fetch(&lookup).await.unwrap();
            let status = fetched.single().unwrap().status.clone().unwrap();
            assert!(!status.is_final(), "{body}: {status}");
        }
    }
}

#[tokio::test]
async fn a_refund_of_an_order_is_not_final_beside_an_error_or_a_reason_of_failure() {
    let stage = Stage::new();
    let refunds = optty_at(&stage.url());
    let lookup = Lookup::OpttyOrder("order-1".to_owned());
    let mut failed = listed("a", "24.98", "Damaged", NOW);
    failed["refundFailureReason"] = json!("card expired");
    let error = json!({
        "merchantReference": "order-1", "error": "Unauthorized",
        "refunds": [listed("a", "24.98", "Damaged", NOW)]
    });
    for reply in [order(json!([failed])), Reply::json(200, error.to_string())] {
        stage.answers([reply]);
        let fetched = refunds.fetch(&lookup).await.unwrap();
        let status = fetched.single().unwrap().status.clone().unwrap();
        assert!(!status.is_final(), "{status}");
    }
}

fn everything() -> InDoubt {
    let request = RefundRequest::from(TazapayRefund::of_payin("chk_1"));
    let day_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    InDoubt::interrupted(ProviderName::Tazapay, reference(), request, day_ago)
        .with_quiet_since(day_ago)
}

#[tokio::test]
async fn a_read_that_is_about_another_payin_or_reference_changes_nothing_of_what_was_accepted() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (name, value) in [
        ("payin", json!("chk_2")),
        ("metadata", json!({"refund_reference": "refund-2"})),
    ] {
        let mut other = tazapays("succeeded");
        other["data"][name] = value;
        stage.answers([
            Reply::json(202, tazapays("pending").to_string()),
            Reply::json(200, other.to_string()),
        ]);
        let receipt = settled(&refunds, &everything()).await;
        assert_eq!(receipt.status(), Some(&RefundStatus::Pending), "{other}");
    }
}

#[tokio::test]
async fn that_one_of_two_attempts_has_failed_does_not_settle_a_refund_of_everything() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    stage.answers([
        Reply::json(202, tazapays("pending").to_string()),
        Reply::json(200, tazapays("failed").to_string()),
    ]);
    let unknown = still_unknown(&refunds, &everything()).await;
    let candidates = unknown.candidates();
    assert_eq!(candidates[0].refund_id.as_deref(), Some("rfd_1"));
    assert_eq!(candidates[0].status, Some(RefundStatus::Failed));
    assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
}
