//! Which events settle a doubt, and which do not.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, SystemTime},
};

use refunds::{
    Action, Answer, InDoubt, MceRefund, NextStep, OpttyRefund, Outcome, ProviderName, Reconciled,
    Reference, RefundError, RefundRequest, RefundStatus, Refunds, RetryPolicy, TazapayRefund,
    kotanipay, mce, optty, tazapay,
    webhooks::{RefundUpdate, UpdateReader},
};
use serde_json::{Value, json};
use workspace_tests::server::{LoopbackServer, Reply};

use crate::signed::{of_kotanipay, of_tazapay};

/// Events are judged without a word to the provider.
const NOWHERE: &str = "http://127.0.0.1:9";

macro_rules! client {
    ($provider:ident, $credentials:expr, $url:expr) => {
        Refunds::from(
            $provider::Client::builder()
                .environment($provider::Environment::BaseUrl($url))
                .credentials($credentials)
                .build()
                .unwrap(),
        )
    };
}

fn tazapay_client() -> Refunds {
    tazapay_at(NOWHERE.to_owned())
}

fn tazapay_at(url: String) -> Refunds {
    client!(tazapay, tazapay::Credentials::basic("key", "secret"), url)
}

fn kotanipay_client() -> Refunds {
    client!(
        kotanipay,
        kotanipay::Credentials::bearer("hunter2"),
        NOWHERE.to_owned()
    )
}

fn record(provider: ProviderName, action: impl Into<Action>) -> InDoubt {
    let reference = Reference::new("refund-1").unwrap();
    InDoubt::interrupted(provider, reference, action, SystemTime::now())
}

fn part() -> TazapayRefund {
    TazapayRefund::of_payin("chk_1")
        .with_amount("900 USD".parse().unwrap())
        .with_payment_attempt("pat_1")
}

fn of_part(refund: TazapayRefund) -> InDoubt {
    record(ProviderName::Tazapay, RefundRequest::from(refund))
}

/// The documented refund, about what was asked for.
fn data(word: &str) -> Value {
    json!({
        "id": "rfd_1", "object": "refund", "payin": "chk_1", "amount": 90000, "currency": "USD",
        "payment_attempt": "pat_1", "status": word, "created_at": "2100-01-01T00:00:00.000000Z",
        "metadata": {"order": "7", "refund_reference": "refund-1"}
    })
}

fn with(member: &str, value: Value) -> Value {
    let mut data = data("succeeded");
    data[member] = value;
    data
}

fn settled(refunds: &Refunds, record: &InDoubt, update: &RefundUpdate) -> Reconciled {
    refunds.reconcile_with_event(record, update).unwrap()
}

#[test]
fn a_signed_event_with_our_reference_settles_the_doubt_about_a_part() {
    let refunds = tazapay_client();
    for (name, word, status) in [
        ("refund.succeeded", "succeeded", RefundStatus::Succeeded),
        ("refund.failed", "failed", RefundStatus::Failed),
        ("refund.pending", "pending", RefundStatus::Pending),
    ] {
        let update = of_tazapay(name, &data(word));
        let reconciled = settled(&refunds, &of_part(part()), &update);
        match &reconciled {
            Reconciled::Pending(_) => assert_eq!(status, RefundStatus::Pending),
            Reconciled::Succeeded(_) => assert_eq!(status, RefundStatus::Succeeded),
            Reconciled::Failed(_) => assert_eq!(status, RefundStatus::Failed),
            other => panic!("{name}: {other:?}"),
        }
        let receipt = reconciled.accepted().unwrap();
        assert_eq!(receipt.refund_id(), Some("rfd_1"));
        assert_eq!(receipt.status(), Some(&status));
        assert_eq!(receipt.amount(), Some(&"900 USD".parse().unwrap()));
        assert!(matches!(receipt.answer(), Answer::Event(_)));
    }
}

#[test]
fn an_event_about_anything_else_settles_nothing() {
    let refunds = tazapay_client();
    let record = of_part(part());
    for (told, row) in [
        (
            with("metadata", json!({"refund_reference": "refund-2"})),
            "tazapay-event-reference",
        ),
        (
            with("metadata", json!({"refund_reference": "REFUND-1"})),
            "tazapay-event-reference",
        ),
        (
            with("metadata", json!({"order": "refund-1"})),
            "tazapay-event-reference",
        ),
        (with("metadata", json!({})), "tazapay-event-reference"),
        (with("metadata", Value::Null), "tazapay-event-reference"),
        (with("amount", json!(90001)), "tazapay-event-amount"),
        (with("amount", json!(900)), "tazapay-event-amount"),
        (with("amount", json!("900.00")), "tazapay-event-amount"),
        (with("payin", json!("chk_2")), "tazapay-event-payin"),
        (with("currency", json!("EUR")), "tazapay-event-currency"),
        (
            with("payment_attempt", json!("pat_2")),
            "tazapay-event-attempt",
        ),
        (with("object", json!("payout")), "tazapay-event-object"),
        (with("id", json!(" ")), "tazapay-event-id"),
        (
            with("created_at", json!("2023-07-23T23:59:56.000000Z")),
            "tazapay-event-time",
        ),
        (with("status", json!("failed")), "tazapay-event-status"),
    ] {
        let update = of_tazapay("refund.succeeded", &told);
        let reconciled = settled(&refunds, &record, &update);
        let unknown = reconciled.still_unknown().unwrap();
        assert_eq!(unknown.row().unwrap().id, row, "{told}");
        assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
        assert_eq!(unknown.record(), &record);
    }
}

#[test]
fn a_time_that_names_no_instant_speaks_against_nothing() {
    let refunds = tazapay_client();
    for time in [json!("2023-07-23 23:59:56"), json!(null)] {
        let update = of_tazapay("refund.succeeded", &with("created_at", time));
        let reconciled = settled(&refunds, &of_part(part()), &update);
        assert!(reconciled.accepted().is_some(), "{reconciled:?}");
    }
}

#[test]
fn a_failure_settles_no_refund_of_everything_that_was_interrupted() {
    let refunds = tazapay_client();
    let whole = TazapayRefund::of_payin("chk_1").with_payment_attempt("pat_1");
    let update = of_tazapay("refund.failed", &data("failed"));
    // The process may have sent it several times.
    let reconciled = settled(&refunds, &of_part(whole.clone()), &update);
    assert!(reconciled.still_unknown().is_some(), "{reconciled:?}");
    let update = of_tazapay("refund.succeeded", &data("succeeded"));
    let reconciled = settled(&refunds, &of_part(whole), &update);
    assert!(matches!(reconciled, Reconciled::Succeeded(_)));
}

#[test]
fn an_event_of_tazapay_tells_our_reference() {
    let update = of_tazapay("refund.succeeded", &data("succeeded"));
    assert_eq!(update.reference(), Some("refund-1"));
    let update = of_tazapay("refund.succeeded", &with("metadata", json!({"order": "7"})));
    assert_eq!(update.reference(), None);
}

#[test]
fn amounts_and_currencies_of_events_agree_however_they_are_written() {
    let refunds = tazapay_client();
    for told in [
        with("amount", json!("90000")),
        with("amount", json!(90000.0)),
        with("currency", json!("usd")),
        with("payment_attempt", json!("")),
    ] {
        let update = of_tazapay("refund.succeeded", &told);
        let reconciled = settled(&refunds, &of_part(part()), &update);
        assert!(reconciled.accepted().is_some(), "{told}");
    }
}

#[test]
fn a_reference_that_was_not_sent_settles_nothing() {
    let refunds = tazapay_client();
    let update = of_tazapay("refund.succeeded", &data("succeeded"));
    for request in [
        part().without_reference_in_metadata(),
        part().with_reference_key("our_ref"),
        part().with_metadata("refund_reference", "mine"),
    ] {
        let reconciled = settled(&refunds, &of_part(request), &update);
        assert!(reconciled.still_unknown().is_some(), "{reconciled:?}");
    }
    // Under the key of the user's own choice it does.
    let told = with("metadata", json!({"our_ref": "refund-1"}));
    let update = of_tazapay("refund.succeeded", &told);
    let request = part().with_reference_key("our_ref");
    let reconciled = settled(&refunds, &of_part(request), &update);
    assert!(reconciled.accepted().is_some());
}

#[test]
fn a_completed_refund_of_kotani_pay_settles_a_retry_and_a_failed_one_does_not() {
    let refunds = kotanipay_client();
    let record = record(ProviderName::Kotanipay, Action::Retry);
    let told = json!({"referenceId": "refund-1", "refundStatus": "SUCCESSFUL"});
    let update = of_kotanipay("refund.completed", &told);
    let reconciled = settled(&refunds, &record, &update);
    assert!(matches!(reconciled, Reconciled::Succeeded(_)));

    for (name, told) in [
        (
            "refund.completed",
            json!({"referenceId": "refund-2", "refundStatus": "SUCCESSFUL"}),
        ),
        ("refund.completed", json!({"refundStatus": "SUCCESSFUL"})),
        (
            "refund.completed",
            json!({"referenceId": "refund-1", "refundStatus": "FAILED"}),
        ),
        // Of which try it tells is not documented.
        (
            "refund.failed",
            json!({"referenceId": "refund-1", "refundStatus": "FAILED"}),
        ),
        (
            "refund.failed",
            json!({"referenceId": "refund-1", "refundStatus": "SUCCESSFUL"}),
        ),
        (
            "transaction.offramp.status.updated",
            json!({"referenceId": "refund-1", "status": "FAILED"}),
        ),
    ] {
        let update = of_kotanipay(name, &told);
        let reconciled = settled(&refunds, &record, &update);
        assert!(reconciled.still_unknown().is_some(), "{name} {told}");
    }
}

#[test]
fn a_notification_of_mce_settles_only_what_it_names_and_only_if_somebody_vouches_for_it() {
    let refunds = client!(mce, mce::Credentials::bearer("hunter2"), NOWHERE.to_owned());
    let request = RefundRequest::from(MceRefund::new(1, "t-1"));
    let record = record(ProviderName::Mce, request);
    for (reference, transaction, id, settles) in [
        ("refund-1", "t-1", "CR1", true),
        ("refund-2", "t-1", "CR1", false),
        ("", "t-1", "CR1", false),
        ("refund-1", "t-2", "CR1", false),
        ("refund-1", "t-1", " ", false),
    ] {
        let body = json!({
            "eventType": "?", "notificationId": "n-1",
            "data": {
                "cryptoRefundId": id, "originalTransactionId": transaction,
                "clientReference": reference, "status": 2
            }
        })
        .to_string();
        let reader = mce::webhooks::Reader::new();
        let update = reader.receive(body.as_bytes()).unwrap();
        let reconciled = settled(&refunds, &record, &update.trust_without_proof());
        assert_eq!(reconciled.accepted().is_some(), settles, "{body}");
    }
}

#[test]
fn a_notification_of_mce_that_anything_in_it_contradicts_settles_nothing() {
    let refunds = client!(mce, mce::Credentials::bearer("hunter2"), NOWHERE.to_owned());
    let request = RefundRequest::from(MceRefund::new(1, "t-1"));
    let record = record(ProviderName::Mce, request);
    for (pointer, value, row) in [
        ("/code", json!(500), "mce-event-code"),
        ("/code", json!("1001"), "mce-event-code"),
        ("/data/originalTransactionType", json!(2), "mce-event-type"),
        ("/data/amount", json!("-19.90"), "mce-event-amount"),
        ("/data/amount", json!("abc"), "mce-event-amount"),
    ] {
        let mut body = json!({
            "eventType": "?", "notificationId": "n-1", "code": 200,
            "data": {
                "cryptoRefundId": "CR1", "originalTransactionType": 1,
                "originalTransactionId": "t-1", "clientReference": "refund-1", "amount": "19.90"
            }
        });
        *body.pointer_mut(pointer).unwrap() = value;
        let reader = mce::webhooks::Reader::new();
        let update = reader.receive(body.to_string().as_bytes()).unwrap();
        let reconciled = settled(&refunds, &record, &update.trust_without_proof());
        let unknown = reconciled.still_unknown().unwrap();
        assert_eq!(unknown.row().unwrap().id, row, "{body}");
    }
}

#[test]
fn a_callback_of_optty_settles_nothing_because_it_names_no_refund() {
    let refunds = client!(
        optty,
        optty::Credentials::bearer("hunter2"),
        NOWHERE.to_owned()
    );
    let request = OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "Damaged");
    let record = record(ProviderName::Optty, RefundRequest::from(request));
    let body =
        br#"{"event":"REFUND_CALLBACK","data":{"status":"SUCCESSFUL","transactionId":"t-1"}}"#;
    let update = optty::webhooks::Reader::new().receive(body).unwrap();
    let reconciled = settled(&refunds, &record, &update.trust_without_proof());
    let unknown = reconciled.still_unknown().unwrap();
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert_eq!(unknown.settled_by().event, None);
}

#[test]
fn an_event_or_a_record_of_another_provider_is_refused() {
    let told = json!({"referenceId": "refund-1", "refundStatus": "SUCCESSFUL"});
    let of_other = of_kotanipay("refund.completed", &told);
    let own = of_tazapay("refund.succeeded", &data("succeeded"));
    let of_other_record = record(ProviderName::Kotanipay, Action::Retry);
    let refunds = tazapay_client();
    for result in [
        refunds.reconcile_with_event(&of_part(part()), &of_other),
        refunds.reconcile_with_event(&of_other_record, &own),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, RefundError::WrongInput { .. }), "{error}");
    }
}

#[test]
fn a_failure_without_a_time_may_be_that_of_a_refund_of_earlier_records() {
    let refunds = tazapay_client();
    for time in [json!("2023-07-23 23:59:56"), json!(""), Value::Null] {
        let with_time = |word| {
            let mut data = data(word);
            data["created_at"] = time.clone();
            data
        };
        let failed = of_tazapay("refund.failed", &with_time("failed"));
        let Reconciled::StillUnknown(unknown) = settled(&refunds, &of_part(part()), &failed) else {
            panic!("{time}");
        };
        assert_eq!(unknown.row().unwrap().id, "tazapay-event-time");
        // Known by its id, it is the refund's own.
        let known = of_part(part()).of_one_refund();
        let reconciled = settled(&refunds, &known, &failed);
        assert!(matches!(reconciled, Reconciled::Failed(_)), "{time}");
        let paid = of_tazapay("refund.succeeded", &with_time("succeeded"));
        let reconciled = settled(&refunds, &of_part(part()), &paid);
        assert!(matches!(reconciled, Reconciled::Succeeded(_)), "{time}");
    }
}

/// The refund of everything is lost, and asked for again under its key: what then comes of it, and a failure that is told.
async fn after_a_second_attempt_answered(status: u16) -> Reconciled {
    let refused = json!({"status": "error", "errors": [{"code": 30012, "message": "exceeds"}]});
    let refused = Reply::json(status, refused.to_string());
    let writes = AtomicUsize::new(0);
    let server = LoopbackServer::start(move |request| match request.method.as_str() {
        "POST" if writes.fetch_add(1, Ordering::SeqCst) == 0 => Reply::close(),
        "POST" => refused.clone(),
        _ => Reply::close(),
    })
    .unwrap();
    let quick = RetryPolicy::default()
        .with_backoff(Duration::from_millis(1), Duration::from_millis(1))
        .with_settle_after(Duration::from_millis(50));
    let refunds = tazapay_at(server.url()).with_policy(quick);
    let reference = Reference::new("refund-1").unwrap();
    let outcome = refunds.create(&reference, TazapayRefund::of_payin("chk_1"));
    let Ok(Outcome::Unknown(doubt)) = outcome.await else {
        panic!("not in doubt");
    };
    let requests = server.requests();
    let writes = requests.iter().filter(|request| request.method == "POST");
    assert_eq!(writes.count(), 2);
    let failed = of_tazapay("refund.failed", &data("failed"));
    settled(&refunds, doubt.record(), &failed)
}

#[tokio::test]
async fn a_failure_is_final_where_only_one_attempt_can_have_acted() {
    // Documented with 400: what is refused so did nothing.
    let settled = after_a_second_attempt_answered(400).await;
    assert!(matches!(settled, Reconciled::Failed(_)), "{settled:?}");
    // Documented with no other status: both attempts can have acted, and one has failed.
    let settled = after_a_second_attempt_answered(422).await;
    assert!(
        matches!(settled, Reconciled::StillUnknown(_)),
        "{settled:?}"
    );
}
