//! A part of a payment is refunded and its answer lost: it is sent once, whatever was lost and whoever
//! asks, because two could be paid.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use refunds::{
    DoubtCause, LightningInvoice, MceRefund, NextStep, Observer, OpttyRefund, RefundError, Refunds,
    RetryPolicy, TazapayRefund, tazapay,
};
use tokio::{io::AsyncReadExt, net::TcpListener};
use workspace_tests::server::Reply;

use crate::{
    kotanipay::failed,
    support::{
        Stage, kotanipay_at, mce_at, optty_at, quick, reads_and_writes, reference, server,
        still_unknown, tazapay_at, unknown, writes,
    },
    tazapay::{error, partial, refund},
    trait_object::Journal,
};

/// A client that gives up after a moment.
fn hasty(url: &str) -> Refunds {
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(url.to_owned()))
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    Refunds::from(client).with_policy(quick())
}

/// A server that resets every connection on which a request has begun, and counts them.
async fn resetting() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let met = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&met);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // What is left unread makes closing a reset.
            if stream.read_exact(&mut [0; 8]).await.is_ok() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (url, met)
}

#[tokio::test]
async fn a_part_whose_answer_was_lost_is_sent_once_and_ends_unknown_also_by_reconciliation() {
    let stage = Stage::new();
    let refunds = hasty(&stage.url());
    let late = Duration::from_millis(400);
    for (lost, cause) in [
        (Reply::close(), DoubtCause::Unanswered),
        (
            Reply::json(202, refund(90000, "pending")).after(late),
            DoubtCause::Unanswered,
        ),
        (
            Reply::json(500, error(101)).after(late),
            DoubtCause::Unanswered,
        ),
        (
            Reply::raw("HTTP/1.1 500 Internal Server Error\r\nContent-Le"),
            DoubtCause::CutOff,
        ),
        (Reply::raw("HTTP/1.1 202 Acc"), DoubtCause::CutOff),
        (Reply::raw("SSH-2.0-OpenSSH_9.6\r\n"), DoubtCause::CutOff),
        (Reply::json(500, error(101)), DoubtCause::ServerError),
    ] {
        stage.answers([lost.clone(), Reply::json(202, refund(90000, "pending"))]);
        let doubt = unknown(refunds.create(&reference(), partial()).await);
        assert_eq!(doubt.cause(), cause, "{lost:?}");
        assert_eq!(doubt.next_step(), NextStep::AwaitEvent);
        for _ in 0..2 {
            let unknown = still_unknown(&refunds, doubt.record()).await;
            assert_eq!(unknown.next_step(), NextStep::AwaitEvent, "{lost:?}");
        }
        assert_eq!(stage.writes(), 1, "{lost:?}");
    }
}

#[tokio::test]
async fn a_part_whose_connection_was_reset_is_sent_once() {
    let (url, met) = resetting().await;
    for policy in [quick(), RetryPolicy::never()] {
        let refunds = tazapay_at(&url).with_policy(policy);
        let doubt = unknown(refunds.create(&reference(), partial()).await);
        assert!(doubt.reply().is_none());
        still_unknown(&refunds, doubt.record()).await;
        still_unknown(&refunds, &doubt.into_record().with_no_answer()).await;
    }
    assert_eq!(met.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_never_repeated_for_a_part() {
    let stage = Stage::new();
    let client = tazapay_at(&stage.url());
    for unreadable in [
        Reply::body(200, "text/html", "<html>We are back soon</html>"),
        Reply::status(200),
        Reply::status(204),
        Reply::json(200, "null"),
        Reply::json(200, "[]"),
        Reply::json(202, r#"{"status":"error","data":null}"#),
        Reply::json(202, refund(90001, "pending")),
        Reply::json(202, refund(90000, "pending")).missing(1),
        Reply::json(202, r#"{"status":"success","data":{"id":"rfd_1""#),
    ] {
        for policy in [quick(), quick().with_risk_of_paying_twice()] {
            stage.answers([
                unreadable.clone(),
                Reply::json(202, refund(90000, "pending")),
            ]);
            let refunds = client.with_policy(policy);
            let doubt = unknown(refunds.create(&reference(), partial()).await);
            still_unknown(&refunds, doubt.record()).await;
            let restarted = doubt.into_record().after_restart();
            still_unknown(&refunds, &restarted).await;
            assert_eq!(stage.writes(), 1, "{unreadable:?}");
        }
    }
}

#[tokio::test]
async fn where_no_key_is_documented_nothing_is_sent_again_after_a_lost_answer() {
    let amount: refunds::Money = "5 AUD".parse().unwrap();
    for lost in [
        Reply::close(),
        Reply::raw("HTTP/1.1 200 O"),
        Reply::status(502),
    ] {
        let server = reads_and_writes(failed(), [lost]);
        let optty = optty_at(&server.url());
        let order = OpttyRefund::new("order-1", amount.clone(), "Damaged");
        unknown(optty.create(&reference(), order).await);
        let mce = mce_at(&server.url());
        unknown(mce.create(&reference(), MceRefund::new(1, "t-1")).await);
        let kotanipay = kotanipay_at(&server.url());
        unknown(kotanipay.retry(&reference()).await);
        let invoice = LightningInvoice::new("lnbc1500n1pj9").unwrap();
        unknown(kotanipay.submit_invoice(&reference(), invoice).await);
        assert_eq!(writes(&server), 4);
    }
}

#[tokio::test]
async fn a_call_without_time_sends_nothing_and_records_nothing() {
    let server = reads_and_writes(failed(), [Reply::status(200)]);
    let url = server.url();
    let journal = Arc::new(Journal::default());
    let prepared = |refunds: Refunds| {
        refunds
            .with_policy(quick().with_deadline(Duration::ZERO))
            .with_observer(Arc::clone(&journal) as Arc<dyn Observer>)
    };
    let amount: refunds::Money = "5 AUD".parse().unwrap();
    let [tazapay, optty, mce, kotanipay] = [
        tazapay_at(&url),
        optty_at(&url),
        mce_at(&url),
        kotanipay_at(&url),
    ]
    .map(prepared);
    let optty_refund = OpttyRefund::new("order-1", amount, "Damaged");
    for outcome in [
        tazapay.create(&reference(), partial()).await,
        tazapay
            .create(&reference(), TazapayRefund::of_payin("chk_1"))
            .await,
        optty.create(&reference(), optty_refund).await,
        mce.create(&reference(), MceRefund::new(1, "t-1")).await,
        kotanipay.retry(&reference()).await,
    ] {
        let error = outcome.unwrap_err();
        assert!(matches!(error, RefundError::NoTime { .. }), "{error}");
    }
    assert_eq!(writes(&server), 0);
    assert!(journal.0.lock().unwrap().is_empty(), "it is on record");
}

#[tokio::test]
async fn refunds_at_a_server_that_closes_idle_connections_end_in_no_doubt() {
    let body = crate::mce::created().to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    // It promises to keep the connection and closes it.
    let server = server([Reply::raw(answer)]);
    let refunds = mce_at(&server.url());
    for _ in 0..50 {
        let outcome = refunds.create(&reference(), MceRefund::new(1, "t-1")).await;
        crate::support::accepted(outcome);
    }
    assert_eq!(server.requests().len(), 50);
    assert_eq!(server.connections(), 50, "one was used again");
}

#[tokio::test]
async fn a_part_that_a_process_left_behind_is_not_sent_again_however_its_record_is_made() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url());
    let interrupted = refunds::InDoubt::interrupted(
        refunds::ProviderName::Tazapay,
        reference(),
        refunds::RefundRequest::from(partial()),
        SystemTime::now(),
    );
    for record in [
        interrupted.clone(),
        interrupted.clone().with_no_answer(),
        interrupted.clone().after_restart(),
        interrupted.with_quiet_since(SystemTime::UNIX_EPOCH),
    ] {
        still_unknown(&refunds, &record).await;
    }
    assert!(server.requests().is_empty());
}
