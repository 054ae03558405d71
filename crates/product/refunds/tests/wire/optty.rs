use std::time::{Duration, SystemTime};

use refunds::{
    Action, DoubtCause, InDoubt, Lookup, NextStep, OpttyRefund, ProviderName, RefundRequest,
    RefundStatus, StillUnknown,
};
use serde_json::{Value, json};
use workspace_tests::server::Reply;

use crate::support::{accepted, lines, optty_at, reference, rejected, server, settled, unknown};

/// The sample of the provider's page.
pub(crate) fn refunded(amount: Value) -> String {
    json!({
        "refundReference": "refund-1-00", "refundedAmount": amount, "refundStatus": "SUCCESSFUL",
        "refundDate": "Fri, 08 Oct 2021 06:22:20 GMT", "description": {},
        "bnplRefundId": "8ba78198", "bnplProvider": "KLARNA_AU"
    })
    .to_string()
}

pub(crate) fn refund() -> OpttyRefund {
    OpttyRefund::new("order-1", "24.98 AUD".parse().unwrap(), "Damaged")
}

pub(crate) fn record(refund: OpttyRefund) -> InDoubt {
    // 2024-02-28T05:38:00Z, shortly before the sample refund of the documentation.
    let first_sent_at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_709_098_680);
    InDoubt::interrupted(
        ProviderName::Optty,
        reference(),
        RefundRequest::from(refund),
        first_sent_at,
    )
}

pub(crate) fn listed(id: &str, amount: &str, reason: &str, created_at: &str) -> Value {
    json!({
        "refundId": id, "amount": amount, "currency": "AUD", "status": "SUCCESSFUL",
        "createdAt": created_at, "refundReason": reason, "refundFailureReason": ""
    })
}

pub(crate) const NOW: &str = "2024-02-28T05:38:18.438Z";
pub(crate) const BEFORE: &str = "2024-02-28T05:00:00.000Z";

pub(crate) fn order(refunds: Value) -> Reply {
    let body = json!({"merchantReference": "order-1", "status": "SUCCESSFUL", "refunds": refunds});
    Reply::json(200, body.to_string())
}

pub(crate) async fn still_unknown(reply: Reply, refund: OpttyRefund) -> StillUnknown {
    let server = server([reply]);
    crate::support::still_unknown(&optty_at(&server.url()), &record(refund)).await
}

#[tokio::test]
async fn a_refund_is_sent_in_major_units_with_its_reference() {
    let server = server([Reply::json(200, refunded(json!(24.98)))]);
    let request = refund()
        .with_activated_via_oauth(true)
        .with_reference_in_description();
    let receipt = accepted(optty_at(&server.url()).create(&reference(), request).await);
    assert_eq!(receipt.refund_id(), Some("8ba78198"));
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(receipt.amount(), Some(&"24.98 AUD".parse().unwrap()));

    let request = &server.requests()[0];
    assert_eq!(request.target, "/orders/order-1/refund");
    assert_eq!(
        String::from_utf8_lossy(&request.body),
        r#"{"isActivatedViaOAuth":true,"refundAmount":{"amount":24.98,"currency":"AUD"},"refundDescription":"Damaged [refund-1]","refundReference":"refund-1"}"#
    );
}

#[tokio::test]
async fn what_the_examples_lack_is_not_sent() {
    let server = server([Reply::json(201, refunded(json!("24.98")))]);
    accepted(optty_at(&server.url()).create(&reference(), refund()).await);
    let body = server.requests()[0].json().unwrap();
    assert_eq!(body.get("isActivatedViaOAuth"), None);
    assert_eq!(body["refundDescription"], "Damaged");
}

#[tokio::test]
async fn a_refusal_of_the_caller_is_a_definite_no_with_the_providers_words() {
    let body = r#"{"statusCode":401,"message":"You are not authorized to view this transaction...!","error":"Unauthorized"}"#;
    let server = server([Reply::json(401, body)]);
    let rejection = rejected(optty_at(&server.url()).create(&reference(), refund()).await);
    assert!(
        rejection
            .to_string()
            .contains("You are not authorized to view this transaction...!"),
        "{rejection}"
    );
}

#[tokio::test]
async fn nothing_is_repeated_after_a_lost_answer_or_a_server_error() {
    for (reply, cause) in [
        (Reply::close(), DoubtCause::Unanswered),
        (
            Reply::json(
                500,
                r#"{"statusCode":500,"message":"Internal server error"}"#,
            ),
            DoubtCause::ServerError,
        ),
        (Reply::status(200), DoubtCause::UnreadableSuccess),
        (
            Reply::json(200, refunded(json!(99))),
            DoubtCause::AnswerDiffers,
        ),
        (
            Reply::json(409, r#"{"statusCode":409,"message":"exists"}"#),
            DoubtCause::UnclearAnswer,
        ),
    ] {
        let server = server([reply]);
        let doubt = unknown(optty_at(&server.url()).create(&reference(), refund()).await);
        assert_eq!(doubt.cause(), cause);
        assert_eq!(doubt.next_step(), NextStep::Reconcile);
        assert_eq!(server.requests().len(), 1);
        let Action::Create(RefundRequest::Optty(kept)) = doubt.record().action() else {
            panic!("another action");
        };
        assert_eq!(kept, &refund());
    }
}

#[tokio::test]
async fn the_refunds_of_an_order_are_read_without_the_reference() {
    let refunds = json!([
        listed("a", "240", "300 Refund", NOW),
        listed("b", "24.98", "Damaged", NOW)
    ]);
    let server = server([order(refunds)]);
    let lookup = Lookup::OpttyOrder("order-1".to_owned());
    let fetched = optty_at(&server.url()).fetch(&lookup).await.unwrap();
    let amounts: Vec<_> = fetched
        .refunds()
        .iter()
        .map(|refund| refund.amount.as_ref().unwrap().to_string())
        .collect();
    assert_eq!(amounts, ["240.00 AUD", "24.98 AUD"]);
    assert_eq!(fetched.single(), None);
    assert_eq!(lines(&server), ["POST /orders/order-1/details"]);
    assert!(server.requests()[0].body.is_empty());
}

#[tokio::test]
async fn a_refund_whose_reason_carries_the_reference_is_found_for_certain() {
    let refunds = json!([
        listed("a", "24.98", "Damaged [refund-10]", NOW),
        listed("b", "24.98", "Damaged [refund-1]", NOW)
    ]);
    let server = server([order(refunds)]);
    let record = record(refund().with_reference_in_description());
    let receipt = settled(&optty_at(&server.url()), &record).await;
    assert_eq!(receipt.refund_id(), Some("b"));
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(lines(&server), ["POST /orders/order-1/details"]);
}

#[tokio::test]
async fn a_refund_without_the_reference_is_a_candidate_and_never_a_match() {
    let refunds = json!([
        listed("same", "24.98", "Damaged", NOW),
        listed("no-reason", "24.980", "", NOW),
        listed("earlier", "24.98", "Damaged", BEFORE),
        listed("other-amount", "24.99", "Damaged", NOW),
        listed("other-reason", "24.98", "Lost", NOW)
    ]);
    let unknown = still_unknown(order(refunds), refund()).await;
    let ids: Vec<_> = unknown
        .candidates()
        .iter()
        .map(|refund| refund.refund_id.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["same", "no-reason", "other-reason"]);
    assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
}

#[tokio::test]
async fn a_refund_that_lacks_an_amount_or_a_currency_is_not_ruled_out() {
    let without = |field: &str| {
        let mut refund = listed(field, "24.98", "Damaged", NOW);
        refund.as_object_mut().unwrap().remove(field);
        refund
    };
    let other_currency = |code: &str| {
        let mut refund = listed(code, "24.98", "Damaged", NOW);
        refund["currency"] = json!(code);
        refund
    };
    let refunds = json!([
        without("amount"),
        without("currency"),
        other_currency(""),
        other_currency("NZD")
    ]);
    let unknown = still_unknown(order(refunds), refund()).await;
    // Each was called after what is wrong with it.
    let ids: Vec<_> = unknown
        .candidates()
        .iter()
        .map(|refund| refund.refund_id.as_deref())
        .collect();
    assert_eq!(ids, [Some("amount"), Some("currency"), None]);
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
}

#[tokio::test]
async fn two_refunds_with_our_reference_are_not_one_that_is_accepted() {
    let refunds = json!([
        listed("a", "24.98", "Damaged [refund-1]", NOW),
        listed("b", "24.98", "Damaged [refund-1]", NOW),
        listed("c", "24.98", "Damaged [refund-2]", NOW)
    ]);
    let unknown = still_unknown(order(refunds), refund().with_reference_in_description()).await;
    let ids: Vec<_> = unknown
        .candidates()
        .iter()
        .map(|refund| refund.refund_id.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert!(unknown.why().contains("more than one"), "{unknown}");
    assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
}

#[tokio::test]
async fn a_success_that_names_no_refund_is_unknown() {
    for id in ["", " ", "\t", "-"] {
        let mut nameless: Value = serde_json::from_str(&refunded(json!(24.98))).unwrap();
        nameless["bnplRefundId"] = json!(id);
        let server = server([Reply::json(200, nameless.to_string())]);
        let doubt = unknown(optty_at(&server.url()).create(&reference(), refund()).await);
        assert_eq!(doubt.cause(), DoubtCause::IncompleteSuccess, "{id:?}");
        assert_eq!(doubt.row().unwrap().id, "optty-2xx-id");
        assert_eq!(doubt.status().unwrap(), 200);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn an_order_that_shows_no_refund_or_another_one_proves_nothing() {
    let another = listed("a", "24.98", "Damaged [refund-2]", NOW);
    for (reply, unlikely) in [(order(json!([])), 0), (order(json!([another])), 1)] {
        let unknown = still_unknown(reply, refund().with_reference_in_description()).await;
        assert_eq!(unknown.candidates().len(), unlikely);
        assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    }
}

#[tokio::test]
async fn an_order_other_than_the_one_asked_for_is_not_taken() {
    let other = json!({"merchantReference": "order-2", "refunds": []});
    let server = server([Reply::json(200, other.to_string())]);
    let lookup = Lookup::OpttyOrder("order-1".to_owned());
    let error = optty_at(&server.url()).fetch(&lookup).await.unwrap_err();
    assert!(error.to_string().contains("something else"), "{error}");
}
