use std::time::{Duration, Instant, SystemTime};

use refunds::{
    Action, DoubtCause, Hint, InDoubt, NextStep, ProviderName, Reconciled, RefundRequest,
    RefundStatus, Refunds, RetryPolicy, StillUnknown, TazapayRefund,
};
use workspace_tests::server::Reply;

use crate::{
    support::{lines, quick, reference, server, tazapay_at, unknown},
    tazapay::{error, refund},
};

fn partial() -> RefundRequest {
    TazapayRefund::of_payin("chk_1")
        .with_amount("900 USD".parse().unwrap())
        .into()
}

fn full() -> RefundRequest {
    TazapayRefund::of_payin("chk_1").into()
}

fn interrupted(request: RefundRequest, age: Duration) -> InDoubt {
    let first_sent_at = SystemTime::now() - age;
    InDoubt::interrupted(
        ProviderName::Tazapay,
        reference(),
        Action::Create(request),
        first_sent_at,
    )
    .with_quiet_since(first_sent_at)
}

fn lost(request: RefundRequest, age: Duration) -> InDoubt {
    interrupted(request, age).with_no_answer()
}

async fn still_unknown(refunds: &Refunds, record: &InDoubt) -> StillUnknown {
    match refunds.reconcile(record).await.unwrap() {
        Reconciled::StillUnknown(unknown) => *unknown,
        other => panic!("settled: {other:?}"),
    }
}

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_same_key_finds_the_refund_and_a_read_its_state_of_today() {
    let server = server([
        Reply::close(),
        Reply::json(202, refund(90000, "pending")),
        Reply::json(200, refund(90000, "succeeded")),
    ]);
    let refunds = tazapay_at(&server.url());
    let once = refunds.with_policy(RetryPolicy::never());
    let doubt = unknown(once.create(&reference(), partial()).await);

    let Reconciled::Accepted(receipt) = refunds.reconcile(doubt.record()).await.unwrap() else {
        panic!("not settled");
    };
    assert_eq!(receipt.refund_id(), Some("rfd_1"));
    assert_eq!(receipt.status(), Some(&RefundStatus::Succeeded));
    assert_eq!(
        lines(&server),
        ["POST /v3/refund", "POST /v3/refund", "GET /v3/refund/rfd_1"]
    );
    let requests = server.requests();
    assert_eq!(requests[1].header("idempotency-key"), Some("refund-1"));
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(requests[2].header("idempotency-key"), None);
}

#[tokio::test]
async fn a_stored_record_is_reconciled_by_another_process() {
    let server = server([
        Reply::json(202, refund(90000, "pending")),
        Reply::json(500, "{}"),
    ]);
    let stored = serde_json::to_string(&lost(partial(), MINUTE)).unwrap();
    let record: InDoubt = serde_json::from_str(&stored).unwrap();
    let refunds = tazapay_at(&server.url()).with_policy(quick().with_max_attempts(1));
    let Reconciled::Accepted(receipt) = refunds.reconcile(&record).await.unwrap() else {
        panic!("not settled");
    };
    // The read failed; the answer that was kept under the key still counts.
    assert_eq!(receipt.status(), Some(&RefundStatus::Pending));
}

#[tokio::test]
async fn it_waits_until_the_first_attempt_can_no_longer_be_running() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let policy = quick()
        .with_settle_after(Duration::from_millis(300))
        .with_least_attempt(Duration::ZERO);
    let refunds = tazapay_at(&server.url()).with_policy(policy);
    let record = lost(partial(), Duration::ZERO);
    let begin = Instant::now();
    let settled = refunds.reconcile(&record).await.unwrap();
    assert!(matches!(settled, Reconciled::Accepted(_)));
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn it_does_not_wait_longer_than_the_deadline() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let policy = quick().with_settle_after(Duration::from_secs(60));
    let refunds = tazapay_at(&server.url()).with_policy(policy);
    let unknown = still_unknown(&refunds, &lost(partial(), Duration::ZERO)).await;
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_repetition_and_the_read_share_one_deadline() {
    let server = server([
        Reply::json(202, refund(90000, "pending")).after(Duration::from_millis(400)),
        Reply::json(200, refund(90000, "succeeded")).after(Duration::from_millis(700)),
    ]);
    // 0.6 seconds are left for the read.
    let policy = quick()
        .with_least_attempt(Duration::ZERO)
        .with_deadline(Duration::from_secs(1));
    let refunds = tazapay_at(&server.url()).with_policy(policy);
    let settled = refunds.reconcile(&lost(partial(), MINUTE)).await.unwrap();
    let Reconciled::Accepted(receipt) = settled else {
        panic!("not settled: {settled:?}");
    };
    assert_eq!(receipt.status(), Some(&RefundStatus::Pending));
}

#[tokio::test]
async fn nothing_is_sent_under_a_key_that_is_too_old() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url());
    let record = lost(partial(), 24 * 60 * MINUTE);
    let unknown = still_unknown(&refunds, &record).await;
    assert!(unknown.why().contains("24 hours"), "{unknown}");
    assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn nothing_is_sent_again_after_a_server_error() {
    let server = server([Reply::json(500, error(101))]);
    let refunds = tazapay_at(&server.url());
    for request in [partial(), full()] {
        let doubt = unknown(refunds.create(&reference(), request).await);
        let before = server.requests().len();
        let unknown = still_unknown(&refunds, doubt.record()).await;
        assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
        assert_eq!(server.requests().len(), before);
    }
}

#[tokio::test]
async fn an_interrupted_refund_is_sent_again_only_if_it_is_of_everything() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &interrupted(partial(), MINUTE)).await;
    assert!(unknown.why().contains("paid again"), "{unknown}");
    assert!(server.requests().is_empty());

    let settled = refunds
        .reconcile(&interrupted(full(), MINUTE))
        .await
        .unwrap();
    assert!(matches!(settled, Reconciled::Accepted(_)));
}

#[tokio::test]
async fn a_partial_refund_that_the_deadline_cut_off_is_not_sent_again() {
    for (request, sent) in [(partial(), 1), (full(), 2)] {
        let server = server([
            Reply::json(202, refund(90000, "pending")).after(Duration::from_millis(600)),
            Reply::json(202, refund(90000, "pending")),
        ]);
        let refunds = tazapay_at(&server.url());
        let hurried = refunds.with_policy(quick().with_deadline(Duration::from_millis(300)));
        let doubt = unknown(hurried.create(&reference(), request).await);
        assert_eq!(doubt.cause(), DoubtCause::DeadlinePassed);
        let settled = refunds.reconcile(doubt.record()).await.unwrap();
        assert_eq!(matches!(settled, Reconciled::Accepted(_)), sent == 2);
        let posts = lines(&server)
            .iter()
            .filter(|line| line.starts_with("POST"))
            .count();
        assert_eq!(posts, sent);
    }
}

#[tokio::test]
async fn a_repetition_that_meets_a_conflict_can_be_reconciled_later() {
    let server = server([
        Reply::close(),
        Reply::json(409, "{}"),
        Reply::json(202, refund(90000, "pending")),
    ]);
    let refunds = tazapay_at(&server.url());
    let doubt = unknown(refunds.create(&reference(), partial()).await);
    assert_eq!(doubt.cause(), DoubtCause::Unanswered);
    assert_eq!(doubt.next_step(), NextStep::Reconcile);
    assert!(matches!(doubt.hint(), Some(Hint::Conflict(_))));
    let settled = refunds.reconcile(doubt.record()).await.unwrap();
    assert!(matches!(settled, Reconciled::Accepted(_)), "{settled:?}");
}

#[tokio::test]
async fn a_reconciliation_that_meets_a_conflict_asks_for_another_one_later() {
    let server = server([Reply::json(409, "{}")]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &lost(partial(), MINUTE)).await;
    assert!(matches!(unknown.hint(), Some(Hint::Conflict(_))));
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_repetition_is_a_hint_and_leaves_it_unknown() {
    for (code, is_already_refunded) in [(30010, true), (30012, true), (30011, false)] {
        let server = server([Reply::json(400, error(code))]);
        let refunds = tazapay_at(&server.url());
        let unknown = still_unknown(&refunds, &lost(partial(), MINUTE)).await;
        let is_hint = matches!(unknown.hint(), Some(Hint::AlreadyRefunded(_)));
        assert_eq!(is_hint, is_already_refunded, "{code}");
        assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
    }
}

#[tokio::test]
async fn a_repetition_that_is_not_authorized_says_nothing_of_the_refund() {
    let server = server([Reply::json(401, error(108))]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &lost(partial(), MINUTE)).await;
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
}

#[tokio::test]
async fn a_server_error_to_the_repetition_ends_all_repetitions() {
    let server = server([Reply::json(500, error(101))]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &lost(partial(), MINUTE)).await;
    assert_eq!(unknown.record().cause(), DoubtCause::ServerError);
    assert_eq!(unknown.next_step(), NextStep::AskTheProvider);
    still_unknown(&refunds, unknown.record()).await;
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_repetition_that_is_lost_too_can_be_repeated_later() {
    let server = server([Reply::close()]);
    let refunds = tazapay_at(&server.url()).with_policy(quick().with_max_attempts(1));
    let record = lost(partial(), MINUTE);
    let unknown = still_unknown(&refunds, &record).await;
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert_eq!(unknown.record().cause(), DoubtCause::Unanswered);
    assert_eq!(unknown.record().first_sent_at(), record.first_sent_at());
    assert!(unknown.record().quiet_since() > record.quiet_since());
}
