//! What a reconciliation reads settles a question only if nothing in it is missing that is needed, and
//! nothing speaks against it.

use refunds::{Action, Lookup, NextStep, RefundStatus};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::{
    kotanipay::{record, refund_status},
    optty::{BEFORE, NOW, listed, order, refund},
    support::{Stage, kotanipay_at, optty_at, reference, settled, still_unknown},
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
    for (body, row) in spoilt() {
        if row == "kotanipay-read-reference" {
            continue;
        }
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
