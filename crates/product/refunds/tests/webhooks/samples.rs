//! The providers' documented samples.

use refunds::{
    ProviderName, RefundStatus, kotanipay, tazapay,
    webhooks::{
        Change, ProviderEvent, RefundKey, RefundProgress, RefundUpdate, Secrets, UpdateVerifier,
        WebhookError,
    },
};

pub(crate) const COMPLETED: &str = r#"{"event":"refund.completed","data":{"referenceId":"offramp-001","status":"REVERSED","refundStatus":"SUCCESSFUL","refundTransactionHash":"0xrefund123","refundAmount":38.5,"chain":"POLYGON","token":"USDT","currency":"KES","timestamp":"2025-01-01T00:10:00.000Z"},"signature":"sha256=…"}"#;
pub(crate) const FAILED: &str = r#"{"event":"refund.failed","data":{"referenceId":"offramp-001","refundStatus":"FAILED","refundAmount":38.5,"chain":"POLYGON","token":"USDT","currency":"KES","error":"Refund failed after max retries","totalRetries":5,"timestamp":"2025-01-01T00:20:00.000Z"},"signature":"sha256=…"}"#;
// printf %s "$body_without_signature" | openssl dgst -sha256 -hmac whsec_test
const COMPLETED_SIGNATURE: &str =
    "sha256=4d6482e9aee3c01585e97ace7740d7a46aacd29b908b7fa70ea077a0b94c0e97";
const FAILED_SIGNATURE: &str =
    "sha256=a37035dc93f64f549baff5f6ea0e362e68c7bf24b55159c56a7e1aa748bd35e1";

const SUCCEEDED: &str = r#"{"type":"refund.succeeded","created_at":"2023-07-24T00:05:12.000000Z","data":{"id":"rfd_ahfafooi7ibakbfahoan","object":"refund","payin":"chk_cirsp2sl4ar024j0akj0","amount":90000,"currency":"USD","customer_receives":{"currency":"SGD","amount":133200},"payment_attempt":"pat_ahbfiuahfiuaiofnioain","reason":"Damaged Goods","status":"succeeded","status_reason":"","holding_currency":"USD","balance_transaction":"btr_d679f6dqd9ne66lsngb0","reference_id":"order_12345","webhook_url":"https://mystore.webhook.tazapay.refund/","metadata":{"key1":"value1","key2":"value2"},"created_at":"2023-07-23T23:59:56.000000Z"},"id":"evt_auigfianfoangohuehg","object":"event"}"#;
// printf %s "$id$body$created_at" | openssl dgst -sha256 -hmac whsec_test -binary | base64
const SUCCEEDED_SIGNATURE: &str = "WxSawIRljs2EqAY14A/okRp6vc7iu3dd9EvzUv+mIFY=";

fn secrets() -> Secrets {
    Secrets::new("whsec_test").unwrap()
}

fn kotanipay(body: &str, signature: &str) -> Result<RefundUpdate, WebhookError> {
    let verifier = kotanipay::webhooks::Verifier::new(secrets());
    verifier.receive(&[("X-Kotani-Signature", signature)], body.as_bytes())
}

fn tazapay(body: &str) -> Result<RefundUpdate, WebhookError> {
    let verifier = tazapay::webhooks::Verifier::new(secrets());
    verifier.receive(&[("Signature", SUCCEEDED_SIGNATURE)], body.as_bytes())
}

#[test]
fn a_completed_refund_of_kotani_pay_is_told_with_its_token() {
    let update = kotanipay(COMPLETED, COMPLETED_SIGNATURE).unwrap();
    assert_eq!(update.provider(), ProviderName::Kotanipay);
    assert_eq!(
        update.refund(),
        Some(&RefundKey::new(ProviderName::Kotanipay, "offramp-001"))
    );
    assert_eq!(update.reference(), Some("offramp-001"));
    assert_eq!(update.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(update.amount(), Some(&"38.5 USDT".parse().unwrap()));
    assert_eq!(
        update.occurred_at().unwrap().as_str(),
        "2025-01-01T00:10:00.000Z"
    );
    assert!(update.has_proof());
    assert_eq!(update.body(), COMPLETED);
    assert!(matches!(update.event(), ProviderEvent::Kotanipay(_)));
    assert_eq!(update.to_string(), "kotanipay offramp-001: succeeded");
}

#[test]
fn a_failed_refund_of_kotani_pay_needs_no_status_of_its_off_ramp() {
    let update = kotanipay(FAILED, FAILED_SIGNATURE).unwrap();
    assert_eq!(update.status(), Some(&RefundStatus::Failed));
    assert_eq!(update.amount(), Some(&"38.5 USDT".parse().unwrap()));
}

#[test]
fn what_is_not_told_in_words_is_told_by_the_events_name() {
    let body = r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38}}"#;
    let signature = "sha256=9e3c1afa3b758068be1bb53ec163598459d9b689e47c1510047e8553152c678b";
    let update = kotanipay(body, signature).unwrap();
    assert_eq!(update.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(update.amount(), None);
}

#[test]
fn a_succeeded_refund_of_tazapay_is_told_in_major_units() {
    let update = tazapay(SUCCEEDED).unwrap();
    assert_eq!(
        update.refund(),
        Some(&RefundKey::new(
            ProviderName::Tazapay,
            "rfd_ahfafooi7ibakbfahoan"
        ))
    );
    assert_eq!(update.reference(), None);
    assert_eq!(
        update.told().transaction.as_deref(),
        Some("chk_cirsp2sl4ar024j0akj0")
    );
    assert_eq!(update.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(update.amount(), Some(&"900.00 USD".parse().unwrap()));
    assert_eq!(update.key(), "evt_auigfianfoangohuehg");
    assert_eq!(
        update.occurred_at().unwrap().as_str(),
        "2023-07-24T00:05:12.000000Z"
    );
}

#[test]
fn a_refund_takes_its_updates_and_no_others() {
    let completed = kotanipay(COMPLETED, COMPLETED_SIGNATURE).unwrap();
    let failed = kotanipay(FAILED, FAILED_SIGNATURE).unwrap();
    let succeeded = tazapay(SUCCEEDED).unwrap();
    let mut progress = RefundProgress::new(completed.refund().unwrap().clone());
    assert_eq!(progress.apply(&succeeded), Change::OtherRefund);
    assert_eq!(progress.apply(&completed), Change::Applied);
    assert_eq!(progress.apply(&completed), Change::Duplicate);
    // The sample's time is later, but what it means is not documented.
    assert!(matches!(progress.apply(&failed), Change::Undecided { .. }));
    assert_eq!(progress.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(progress.amount(), Some(&"38.5 USDT".parse().unwrap()));
}

#[test]
fn what_was_altered_forged_or_swapped_is_no_update() {
    for (body, signature) in [
        (COMPLETED.replace("38.5", "38.6"), COMPLETED_SIGNATURE),
        (
            COMPLETED.replace("offramp-001", "offramp-002"),
            COMPLETED_SIGNATURE,
        ),
        (COMPLETED.to_owned(), FAILED_SIGNATURE),
        (FAILED.to_owned(), COMPLETED_SIGNATURE),
    ] {
        let refused = kotanipay(&body, signature).unwrap_err();
        assert_eq!(refused, WebhookError::SignatureMismatch);
        assert_eq!(refused.http_status(), 401);
    }
    let altered = SUCCEEDED.replace("90000", "90001");
    assert_eq!(
        tazapay(&altered).unwrap_err(),
        WebhookError::SignatureMismatch
    );
}

#[test]
fn an_event_of_an_unknown_name_is_an_update_that_says_nothing() {
    // printf %s '{"event":"refund.reconsidered","data":{}}' | openssl dgst -sha256 -hmac whsec_test
    let signature = "sha256=3ccac5d9e738c39a4f8d4b349e5476e9dfc27d6a2f1c8a7500a25c811f05f79c";
    let body = r#"{"event":"refund.reconsidered","data":{}}"#;
    let update = kotanipay(body, signature).unwrap();
    assert_eq!((update.refund(), update.status()), (None, None));
    assert_eq!(update.body(), body);
}

#[test]
fn no_secret_is_shown_by_an_update_or_a_refusal() {
    let update = kotanipay(COMPLETED, COMPLETED_SIGNATURE).unwrap();
    let refused = kotanipay(COMPLETED, FAILED_SIGNATURE).unwrap_err();
    let expected = COMPLETED_SIGNATURE.strip_prefix("sha256=").unwrap();
    for shown in [
        format!("{update:?}"),
        format!("{refused:?}"),
        refused.to_string(),
    ] {
        for hidden in ["whsec_test", expected] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
