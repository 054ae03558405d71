//! Events that anybody could have sent.

use refunds::{
    ProviderName, RefundStatus, kotanipay, mce, optty,
    webhooks::{Change, RefundKey, RefundProgress, UnverifiedEvent, UpdateReader},
};

use crate::samples::COMPLETED;

#[test]
fn a_callback_of_optty_names_a_transaction_and_no_refund() {
    let body = br#"{"event":"REFUND_CALLBACK","data":{"status":"SUCCESSFUL","transactionId":"t-1","more":{"a":1}}}"#;
    let update = optty::webhooks::Reader::new().receive(body).unwrap();
    let claimed = update.claimed();
    assert_eq!(claimed.provider, ProviderName::Optty);
    assert_eq!(claimed.refund, None);
    assert_eq!(claimed.transaction.as_deref(), Some("t-1"));
    assert_eq!(claimed.status, Some(RefundStatus::Succeeded));
    assert_eq!(update.body().as_bytes(), body);
    let UnverifiedEvent::Optty(event) = update.event() else {
        panic!("another provider's: {update:?}");
    };
    assert_eq!(event.key(), claimed.key);
}

#[test]
fn a_notification_of_mce_keeps_a_status_that_means_nothing_known() {
    let body = br#"{"eventType":"?","notificationId":"n-1","data":{"cryptoRefundId":"CR1","originalTransactionType":1,"originalTransactionId":"t-1","clientReference":"refund-1","status":2,"currency":"USDT","amount":"38.50"}}"#;
    let update = mce::webhooks::Reader::new().receive(body).unwrap();
    let claimed = update.claimed();
    assert_eq!(
        claimed.refund,
        Some(RefundKey::new(ProviderName::Mce, "CR1"))
    );
    assert_eq!(claimed.reference.as_deref(), Some("refund-1"));
    assert_eq!(claimed.transaction.as_deref(), Some("t-1"));
    assert_eq!(claimed.status, Some(RefundStatus::Unknown("2".to_owned())));
    assert_eq!(claimed.amount, Some("38.50 USDT".parse().unwrap()));
    assert_eq!(claimed.key, "n-1");
}

#[test]
fn what_is_trusted_without_proof_says_so() {
    let reader = kotanipay::webhooks::Reader::new();
    let update = reader.receive(COMPLETED.as_bytes()).unwrap();
    let key = update.claimed().refund.clone().unwrap();
    let trusted = update.trust_without_proof();
    assert!(!trusted.has_proof());
    let mut progress = RefundProgress::new(key);
    assert_eq!(progress.apply(&trusted), Change::Applied);
    assert_eq!(progress.status(), Some(&RefundStatus::Succeeded));
}

#[test]
fn what_is_no_json_or_too_large_is_refused_with_its_status() {
    let reader = optty::webhooks::Reader::new().with_max_body(10);
    for (body, status) in [
        (&b"[]"[..], 400),
        (b"\xff\xfe", 400),
        (b"", 400),
        (b"{\"event\":1}", 413),
    ] {
        let refused = reader.receive(body).unwrap_err();
        assert_eq!(refused.http_status(), status, "{refused}");
    }
}
