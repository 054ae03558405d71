//! A 2xx that says no, or speaks of something else, is no acceptance.

use refunds::{
    DoubtCause, LightningInvoice, Lookup, MceRefund, Outcome, ProviderName, RefundStatus,
    TazapayRefund,
};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::{
    kotanipay::failed,
    support::{
        Stage, accepted, kotanipay_at, mce_at, optty_at, reference, still_unknown, tazapay_at,
        unknown,
    },
    tazapay::{partial, refund},
};

/// The body with the member at a pointer's place made another; `null` takes it away.
fn with(body: &Value, pointer: &str, value: Value) -> String {
    let mut body = body.clone();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name);
    } else {
        parent.insert(name.to_owned(), value);
    }
    body.to_string()
}

#[tokio::test]
async fn a_success_of_tazapay_that_says_no_or_is_about_something_else_is_unknown() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    let good: Value = serde_json::from_str(&refund(90000, "pending")).unwrap();
    let errors = json!([{"code": 30010, "message": "no"}]);
    for (pointer, value, row) in [
        ("/status", json!("error"), "tazapay-2xx-envelope"),
        ("/status", json!("failed"), "tazapay-2xx-envelope"),
        ("/status", Value::Null, "tazapay-2xx-envelope"),
        ("/errors", errors, "tazapay-2xx-errors"),
        ("/data/object", json!("payout"), "tazapay-2xx-object"),
        ("/data/payin", json!("chk_2"), "tazapay-2xx-payin"),
        ("/data/currency", json!("EUR"), "tazapay-2xx-currency"),
        ("/data/id", json!("   "), "tazapay-2xx-id"),
        ("/data/id", json!("\u{a0}"), "tazapay-2xx-id"),
        ("/data/id", Value::Null, "tazapay-2xx-id"),
        ("/data/status", json!("On_Hold"), "tazapay-2xx-status"),
        (
            "/data/payment_attempt",
            json!("pat_2"),
            "tazapay-2xx-attempt",
        ),
        (
            "/data/metadata",
            json!({"refund_reference": "refund-2"}),
            "tazapay-2xx-reference",
        ),
    ] {
        let body = with(&good, pointer, value);
        stage.answers([Reply::json(202, body.clone())]);
        let request = partial().with_payment_attempt("pat_1");
        let outcome = refunds.create(&reference(), request).await;
        let doubt = unknown(outcome);
        assert_eq!(doubt.row().unwrap().id, row, "{body}");
        assert_eq!(stage.writes(), 1);
    }
}

#[tokio::test]
async fn a_refund_that_a_success_tells_to_have_failed_is_there_and_has_failed() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (word, status) in [
        ("failed", RefundStatus::Failed),
        ("Failed", RefundStatus::Failed),
        ("rejected", RefundStatus::Failed),
        ("cancelled", RefundStatus::Cancelled),
    ] {
        for request in [partial(), TazapayRefund::of_payin("chk_1")] {
            stage.answers([Reply::json(200, refund(90000, word))]);
            let outcome = refunds.create(&reference(), request).await.unwrap();
            let Outcome::Failed(receipt) = outcome else {
                panic!("{word}: {outcome:?}");
            };
            assert_eq!(receipt.refund_id(), Some("rfd_1"));
            assert_eq!(receipt.status(), Some(&status));
        }
    }
}

#[tokio::test]
async fn what_a_success_says_of_the_money_tells_pending_and_succeeded_apart() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    for (word, succeeded) in [
        ("requested", false),
        ("Pending", false),
        ("initiated", false),
        ("processing", false),
        ("succeeded", true),
        ("SUCCEEDED", true),
    ] {
        stage.answers([Reply::json(200, refund(90000, word))]);
        let outcome = refunds.create(&reference(), partial()).await.unwrap();
        assert_eq!(matches!(outcome, Outcome::Succeeded(_)), succeeded);
        assert_eq!(matches!(outcome, Outcome::Pending(_)), !succeeded, "{word}");
    }
}

#[tokio::test]
async fn a_success_of_mce_with_another_code_or_about_something_else_is_unknown() {
    let stage = Stage::new();
    let refunds = mce_at(&stage.url());
    let good = crate::mce::created();
    for (pointer, value, row) in [
        ("/code", json!(500), "mce-2xx-code"),
        ("/code", json!("1001"), "mce-2xx-code"),
        ("/code", json!(-1), "mce-2xx-code"),
        ("/code", json!("PAY_INSUFFICIENT_FUNDS"), "mce-2xx-code"),
        ("/code", Value::Null, "mce-2xx-code"),
        ("/title", json!("Insufficient Funds"), "mce-2xx-problem"),
        ("/detail", json!("not enough"), "mce-2xx-problem"),
        (
            "/data/clientReference",
            json!("refund-2"),
            "mce-2xx-reference",
        ),
        (
            "/data/originalTransactionId",
            json!("t-2"),
            "mce-2xx-transaction",
        ),
        ("/data/originalTransactionType", json!(2), "mce-2xx-type"),
        ("/data/cryptoRefundId", json!(" "), "mce-2xx-id"),
        ("/data/cryptoRefundId", Value::Null, "mce-2xx-id"),
    ] {
        let body = with(&good, pointer, value);
        stage.answers([Reply::json(200, body.clone())]);
        let doubt = unknown(refunds.create(&reference(), MceRefund::new(1, "t-1")).await);
        assert_eq!(doubt.row().unwrap().id, row, "{body}");
        still_unknown(&refunds, doubt.record()).await;
        assert_eq!(stage.writes(), 1);
    }
    for code in [json!(200), json!("200")] {
        stage.answers([Reply::json(200, with(&good, "/code", code))]);
        accepted(refunds.create(&reference(), MceRefund::new(1, "t-1")).await);
    }
}

#[tokio::test]
async fn a_success_of_optty_with_a_word_of_failure_or_an_error_is_unknown() {
    let stage = Stage::new();
    let refunds = optty_at(&stage.url());
    let good: Value = serde_json::from_str(&crate::optty::refunded(json!(24.98))).unwrap();
    for (pointer, value, row) in [
        ("/refundStatus", json!("FAILED"), "optty-2xx-status"),
        ("/refundStatus", json!("DECLINED"), "optty-2xx-status"),
        ("/refundStatus", json!("REJECTED"), "optty-2xx-status"),
        ("/refundStatus", json!("CANCELLED"), "optty-2xx-status"),
        ("/refundStatus", json!("ERROR"), "optty-2xx-status"),
        ("/refundStatus", json!("successful"), "optty-2xx-status"),
        ("/refundStatus", json!(""), "optty-2xx-status"),
        ("/statusCode", json!(500), "optty-2xx-error"),
        ("/error", json!("Bad Request"), "optty-2xx-error"),
        ("/bnplRefundId", json!("  "), "optty-2xx-id"),
    ] {
        let body = with(&good, pointer, value);
        stage.answers([Reply::json(200, body.clone())]);
        let doubt = unknown(refunds.create(&reference(), crate::optty::refund()).await);
        assert_eq!(doubt.row().unwrap().id, row, "{body}");
        assert_eq!(stage.writes(), 1);
    }
    for word in ["SUCCESSFUL", "PENDING", "INITIATED"] {
        let body = with(&good, "/refundStatus", json!(word));
        stage.answers([Reply::json(201, body)]);
        accepted(refunds.create(&reference(), crate::optty::refund()).await);
    }
}

#[tokio::test]
async fn a_success_of_kotani_pay_in_which_something_speaks_against_it_is_unknown() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for (body, row) in [
        (r#"{"success":false}"#, "kotanipay-2xx-success"),
        (r#"{"success":"false"}"#, "kotanipay-2xx-success"),
        (
            r#"{"success":true,"success":false}"#,
            "kotanipay-2xx-success",
        ),
        (
            r#"{"success":true,"data":{"success":false}}"#,
            "kotanipay-2xx-success",
        ),
        (
            r#"{"error":"","data":{"error":"out of funds"}}"#,
            "kotanipay-2xx-error",
        ),
        (r#"{"error":false,"error_code":500}"#, "kotanipay-2xx-error"),
        (
            r#"{"statusCode":200,"status":"error"}"#,
            "kotanipay-2xx-code",
        ),
        (r#"{"data":{"statusCode":400}}"#, "kotanipay-2xx-code"),
        (
            r#"{"data":{"message":"Cannot retry refund"}}"#,
            "kotanipay-2xx-message",
        ),
        (
            r#"{"referenceId":"refund-1","data":{"referenceId":"off-2"}}"#,
            "kotanipay-2xx-reference",
        ),
        (r#"{"data":"Cannot retry refund"}"#, "kotanipay-2xx-body"),
        (
            r#"{"data":[{"refundStatus":"FAILED"}]}"#,
            "kotanipay-2xx-body",
        ),
        (r#"{"statusCode":500}"#, "kotanipay-2xx-code"),
        (r#"{"status":"error"}"#, "kotanipay-2xx-code"),
        (
            r#"{"success":true,"error":"Too Many Requests"}"#,
            "kotanipay-2xx-error",
        ),
        (
            r#"{"success":true,"error_code":400}"#,
            "kotanipay-2xx-error",
        ),
        (
            r#"{"success":true,"data":{"errors":["no"]}}"#,
            "kotanipay-2xx-error",
        ),
        (
            r#"{"message":"Cannot retry refund"}"#,
            "kotanipay-2xx-message",
        ),
        (
            r#"{"success":true,"data":{"referenceId":"refund-2"}}"#,
            "kotanipay-2xx-reference",
        ),
        (r#"{"referenceId":"refund-2"}"#, "kotanipay-2xx-reference"),
        (
            r#"{"success":true,"data":{"refundStatus":"FAILED"}}"#,
            "kotanipay-2xx-refund-status",
        ),
        (
            r#"{"success":true,"data":{"refundStatus":"DONE"}}"#,
            "kotanipay-2xx-refund-status",
        ),
        (
            r#"{"success":true,"data":{"status":"SUCCESS"}}"#,
            "kotanipay-2xx-offramp-status",
        ),
        (
            r#"{"success":true,"data":{"status":"REFUND_FAILED"}}"#,
            "kotanipay-2xx-offramp-status",
        ),
        ("<html>We are back soon</html>", "kotanipay-2xx-body"),
        ("[]", "kotanipay-2xx-body"),
        ("true", "kotanipay-2xx-body"),
        (r#"{"success":true"#, "kotanipay-2xx-body"),
    ] {
        stage.reads_and_writes(failed(), [Reply::json(200, body)]);
        let doubt = unknown(refunds.retry(&reference()).await);
        assert_eq!(doubt.row().unwrap().id, row, "{body}");
        let invoice = LightningInvoice::new("lnbc1500n1pj9").unwrap();
        let doubt = unknown(refunds.submit_invoice(&reference(), invoice).await);
        assert_eq!(doubt.row().unwrap().id, row, "{body}");
        assert_eq!(doubt.record().provider(), ProviderName::Kotanipay);
        assert_eq!(stage.writes(), 2);
    }
    let broken = Reply::json(200, r#"{"success":true}"#).missing(10);
    stage.reads_and_writes(failed(), [broken]);
    let doubt = unknown(refunds.retry(&reference()).await);
    assert_eq!(doubt.cause(), DoubtCause::UnreadableSuccess);
}

#[tokio::test]
async fn an_accepted_retry_of_kotani_pay_is_pending_until_a_read_or_an_event_tells_more() {
    let stage = Stage::new();
    let refunds = kotanipay_at(&stage.url());
    for body in [
        r#"{"success":true,"data":{"refundStatus":"SUCCESSFUL"}}"#,
        r#"{"success":true,"data":{"refundStatus":"SUCCESSFUL","status":"REVERSED"}}"#,
    ] {
        stage.reads_and_writes(failed(), [Reply::json(200, body)]);
        let outcome = refunds.retry(&reference()).await.unwrap();
        assert!(matches!(outcome, Outcome::Pending(_)), "{outcome:?}");
    }
}

#[tokio::test]
async fn errors_that_are_no_utf_8_are_errors() {
    let stage = Stage::new();
    let good = refund(90000, "pending");
    let mut body = b"{\"errors\":[{\"code\":30012,\"message\":\"d\xE9pass\xE9\"}],".to_vec();
    body.extend(good.strip_prefix('{').unwrap().bytes());
    stage.answers([Reply::body(202, "application/json", body)]);
    let doubt = unknown(
        tazapay_at(&stage.url())
            .create(&reference(), partial())
            .await,
    );
    assert_eq!(doubt.row().unwrap().id, "tazapay-2xx-errors");
}

#[tokio::test]
async fn a_refund_that_is_read_says_what_contradicts_it_also_while_it_is_open() {
    let stage = Stage::new();
    let refunds = tazapay_at(&stage.url());
    let good: Value = serde_json::from_str(&refund(90000, "pending")).unwrap();
    let says_no = with(&good, "/errors", json!([{"code": 101, "message": "no"}]));
    stage.answers([
        Reply::json(200, good.to_string()),
        Reply::json(200, says_no),
    ]);
    let mut shown = Vec::new();
    for _ in 0..2 {
        let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
        let fetched = refunds.fetch(&lookup).await.unwrap();
        shown.push(fetched.single().unwrap().status.clone().unwrap());
    }
    assert_eq!(shown[0], RefundStatus::Pending);
    let RefundStatus::Unknown(told) = &shown[1] else {
        panic!("{shown:?}");
    };
    assert!(told.starts_with("pending, not confirmed by"), "{told}");
}
