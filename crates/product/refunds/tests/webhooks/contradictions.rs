//! A signature proves who speaks, and not that what is said makes sense.

use refunds::{
    RefundStatus,
    webhooks::{Change, RefundProgress, RefundUpdate},
};
use serde_json::{Value, json};

use crate::signed::{of_kotanipay, of_tazapay};

fn contradictory() -> Vec<(RefundUpdate, &'static str)> {
    let tazapay = |name: &str, word: &str| {
        let data = json!({"id": "rfd_1", "object": "refund", "status": word});
        (of_tazapay(name, &data), "tazapay-event-status")
    };
    let kotanipay = |name: &str, members: Value, row| {
        let mut data = json!({"referenceId": "offramp-001"});
        let members = members.as_object().unwrap().clone();
        data.as_object_mut().unwrap().extend(members);
        (of_kotanipay(name, &data), row)
    };
    vec![
        tazapay("refund.failed", "succeeded"),
        tazapay("refund.failed", "pending"),
        tazapay("refund.succeeded", "failed"),
        tazapay("refund.succeeded", "Cancelled"),
        tazapay("refund.succeeded", "On_Hold"),
        tazapay("refund.pending", "succeeded"),
        kotanipay(
            "refund.failed",
            json!({"refundStatus": "SUCCESSFUL"}),
            "kotanipay-event-status",
        ),
        kotanipay(
            "refund.completed",
            json!({"refundStatus": "FAILED"}),
            "kotanipay-event-status",
        ),
        kotanipay(
            "refund.completed",
            json!({"refundStatus": "QUEUED"}),
            "kotanipay-event-status",
        ),
        kotanipay(
            "refund.lightning.invoice_needed",
            json!({"refundStatus": "SUCCESSFUL"}),
            "kotanipay-event-status",
        ),
        kotanipay(
            "refund.completed",
            json!({"refundStatus": "SUCCESSFUL", "status": "REFUND_FAILED"}),
            "kotanipay-event-offramp",
        ),
    ]
}

#[test]
fn an_event_whose_name_its_status_contradicts_changes_nothing_and_asks_for_a_read() {
    for (update, row) in contradictory() {
        let told = update.told();
        assert_eq!(told.contradicted_by, Some(row), "{}", update.body());
        assert!(!update.status().unwrap().is_final(), "{}", update.body());
        let mut progress = RefundProgress::new(update.refund().unwrap().clone());
        let change = progress.apply(&update);
        assert!(
            matches!(change, Change::Contradictory { .. }),
            "{}: {change:?}",
            update.body()
        );
        assert_eq!(progress.status(), None);
        assert!(progress.needs_read_back());
    }
}

#[test]
fn an_event_that_contradicts_itself_overwrites_no_end() {
    let data = json!({"id": "rfd_1", "object": "refund", "status": "failed"});
    let of_tazapay = of_tazapay("refund.failed", &data);
    let data = json!({"referenceId": "offramp-001", "refundStatus": "FAILED"});
    let of_kotanipay = of_kotanipay("refund.failed", &data);
    for (update, _) in contradictory() {
        let failed = [&of_tazapay, &of_kotanipay]
            .into_iter()
            .find(|failed| failed.refund() == update.refund())
            .unwrap();
        let mut progress = RefundProgress::new(update.refund().unwrap().clone());
        assert_eq!(progress.apply(failed), Change::Applied);
        let change = progress.apply(&update);
        assert!(matches!(change, Change::Contradictory { .. }), "{change:?}");
        assert_eq!(progress.status(), Some(&RefundStatus::Failed));
        assert!(progress.needs_read_back());
    }
}

#[test]
fn the_same_call_for_an_invoice_after_a_retry_is_news() {
    // The documented event: it has no time of its own.
    let data = json!({
        "referenceId": "offramp-lightning-001", "status": "FAILED", "onchainStatus": "SUCCESSFUL",
        "refundStatus": "INVOICE_NEEDED", "refundAmount": 1500000, "refundAmountSats": 1500,
        "chain": "LIGHTNING", "currency": "KES", "requiresAction": true
    });
    let needed = of_kotanipay("refund.lightning.invoice_needed", &data);
    let mut progress = RefundProgress::new(needed.refund().unwrap().clone());
    assert_eq!(progress.apply(&needed), Change::Applied);
    assert_eq!(progress.apply(&needed), Change::Duplicate);
    progress.retried();
    assert_eq!(progress.apply(&needed), Change::Applied);
    assert_eq!(progress.status(), Some(&RefundStatus::ActionRequired));
    assert_eq!(progress.apply(&needed), Change::Duplicate);
}

#[test]
fn an_end_without_a_time_that_comes_again_after_a_retry_asks_for_a_read() {
    let data = json!({"referenceId": "offramp-001", "refundStatus": "FAILED"});
    let failed = of_kotanipay("refund.failed", &data);
    let mut progress = RefundProgress::new(failed.refund().unwrap().clone());
    assert_eq!(progress.apply(&failed), Change::Applied);
    progress.retried();
    assert!(matches!(progress.apply(&failed), Change::Undecided { .. }));
    assert!(progress.needs_read_back());
}
