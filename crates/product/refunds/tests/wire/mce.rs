use refunds::{
    DoubtCause, InDoubt, Lookup, MceRefund, NextStep, ProviderName, RefundError, RefundRequest,
    RefundStatus,
};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::support::{accepted, mce_at, reference, rejected, server, still_unknown, unknown};

/// The sample of the provider's page, with values of the test.
pub(crate) fn created() -> Value {
    json!({
        "code": "200", "msg": "success",
        "data": {
            "cryptoRefundId": "cr-1", "originalTransactionType": 1, "originalTransactionId": "t-1",
            "participantCode": "p", "clientReference": "refund-1", "status": 1,
            "blockchain": "Ethereum", "currency": "USDT", "amount": "38.500000",
            "feeCurrency": "USDT", "feeAmount": "0.1", "txnHash": ""
        }
    })
}

fn refund() -> MceRefund {
    MceRefund::new(1, "t-1")
}

#[tokio::test]
async fn a_refund_is_sent_without_an_amount_and_its_status_kept_as_a_number() {
    let server = server([Reply::json(200, created().to_string())]);
    let receipt = accepted(mce_at(&server.url()).create(&reference(), refund()).await);
    assert_eq!(receipt.refund_id(), Some("cr-1"));
    assert_eq!(
        receipt.status(),
        Some(&RefundStatus::Unknown("1".to_owned()))
    );
    assert_eq!(receipt.amount(), Some(&"38.5 USDT".parse().unwrap()));
    assert_eq!(
        server.requests()[0].json().unwrap(),
        json!({
            "originalTransactionType": 1, "originalTransactionId": "t-1",
            "clientReference": "refund-1"
        })
    );
}

#[tokio::test]
async fn a_refusal_of_the_caller_is_a_definite_no_with_its_stable_code() {
    for status in [401, 403] {
        let body = json!({
            "type": "https://api-doc.mce.sg/8182426m0", "title": "Forbidden", "status": status,
            "detail": "not for this account", "code": "AUTH_FORBIDDEN", "logId": "0a1b"
        });
        let server = server([Reply::json(status, body.to_string())]);
        let rejection = rejected(mce_at(&server.url()).create(&reference(), refund()).await);
        let error = rejection.error();
        assert_eq!(error.provider_code().unwrap(), "AUTH_FORBIDDEN");
        assert_eq!(error.log_id().unwrap(), "0a1b");
    }
}

#[tokio::test]
async fn what_is_not_certain_is_for_the_support_because_nothing_can_be_read_back() {
    let mut of_another = created();
    of_another["data"]["clientReference"] = json!("refund-2");
    for (reply, cause) in [
        (Reply::close(), DoubtCause::Unanswered),
        (Reply::json(503, "{}"), DoubtCause::ServerError),
        (
            Reply::json(200, r#"{"code":"200","msg":"success","data":null}"#),
            DoubtCause::IncompleteSuccess,
        ),
        (
            Reply::json(200, of_another.to_string()),
            DoubtCause::AnswerDiffers,
        ),
    ] {
        let server = server([reply]);
        let doubt = unknown(mce_at(&server.url()).create(&reference(), refund()).await);
        assert_eq!(doubt.cause(), cause);
        assert_eq!(doubt.next_step(), NextStep::AskTheProvider);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn reading_is_refused_before_anything_is_sent() {
    let server = server([Reply::status(200)]);
    let lookup = Lookup::TazapayRefund("x".to_owned());
    let error = mce_at(&server.url()).fetch(&lookup).await.unwrap_err();
    let RefundError::Unsupported {
        provider,
        alternative,
        ..
    } = error
    else {
        panic!("not refused: {error}");
    };
    assert_eq!(provider, ProviderName::Mce);
    assert!(alternative.contains("support"), "{alternative}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_reconciliation_sends_nothing_and_says_what_to_ask_the_support() {
    let server = server([Reply::status(200)]);
    let record = InDoubt::interrupted(
        ProviderName::Mce,
        reference(),
        RefundRequest::from(refund()),
        std::time::SystemTime::now(),
    );
    let unknown = still_unknown(&mce_at(&server.url()), &record).await;
    assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
    assert_eq!(unknown.record(), &record);
    let settled_by = unknown.settled_by();
    for named in ["refund-1", "t-1"] {
        assert!(settled_by.question.contains(named), "{settled_by:?}");
    }
    assert!(settled_by.event.unwrap().contains("refund-1"));
    assert!(server.requests().is_empty());
}
