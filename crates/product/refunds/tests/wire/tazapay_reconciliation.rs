use std::time::{Duration, Instant, SystemTime};

use refunds::{
    Action, DoubtCause, Hint, InDoubt, NextStep, ProviderName, RefundRequest, RefundStatus,
    RetryPolicy, TazapayRefund,
};
use workspace_tests::server::Reply;

use crate::{
    support::{
        lines, quick, reference, server, settled, still_unknown, tazapay_at, unknown, writes,
    },
    tazapay::{error, refund},
};

fn partial() -> RefundRequest {
    crate::tazapay::partial().into()
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
    let doubt = unknown(once.create(&reference(), full()).await);

    let receipt = settled(&refunds, doubt.record()).await;
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
    let stored = serde_json::to_string(&lost(full(), MINUTE)).unwrap();
    let record: InDoubt = serde_json::from_str(&stored).unwrap();
    let refunds = tazapay_at(&server.url()).with_policy(quick().with_max_attempts(1));
    let receipt = settled(&refunds, &record).await;
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
    let record = lost(full(), Duration::ZERO);
    let begin = Instant::now();
    settled(&refunds, &record).await;
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn it_does_not_wait_longer_than_the_deadline() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let policy = quick().with_settle_after(Duration::from_secs(60));
    let refunds = tazapay_at(&server.url()).with_policy(policy);
    let unknown = still_unknown(&refunds, &lost(full(), Duration::ZERO)).await;
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
    let receipt = settled(&refunds, &lost(full(), MINUTE)).await;
    assert_eq!(receipt.status(), Some(&RefundStatus::Pending));
}

#[tokio::test]
async fn a_refund_of_everything_is_asked_for_again_at_any_age_and_after_any_doubt_of_its_end() {
    let day = 24 * 60 * MINUTE;
    for age in [MINUTE, day, 30 * day] {
        for record in [lost(full(), age), interrupted(full(), age)] {
            let server = server([Reply::json(202, refund(90000, "pending"))]);
            settled(&tazapay_at(&server.url()), &record).await;
            assert_eq!(writes(&server), 1);
        }
    }
    for first in [
        Reply::json(500, error(101)),
        Reply::raw("HTTP/1.1 500 Internal"),
        Reply::body(200, "text/html", "<html>"),
        Reply::json(418, "{}"),
        Reply::json(200, refund(90000, "On_Hold")),
    ] {
        let server = server([first, Reply::json(202, refund(90000, "pending"))]);
        let refunds = tazapay_at(&server.url());
        let doubt = unknown(refunds.create(&reference(), full()).await);
        assert_eq!(doubt.next_step(), NextStep::Reconcile);
        settled(&refunds, doubt.record()).await;
        assert_eq!(writes(&server), 2);
    }
}

#[tokio::test]
async fn a_refund_of_everything_that_was_refused_as_made_already_is_not_asked_for_again() {
    for code in [30010, 30011, 30012, 30022] {
        let server = server([Reply::json(400, error(code))]);
        let refunds = tazapay_at(&server.url());
        let doubt = unknown(refunds.create(&reference(), full()).await);
        assert_eq!(doubt.cause(), DoubtCause::MayExistAlready);
        let unknown = still_unknown(&refunds, doubt.record()).await;
        assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
        assert_eq!(writes(&server), 1);
    }
}

#[tokio::test]
async fn a_refund_of_a_part_is_never_sent_again_by_a_reconciliation() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url());
    for record in [
        lost(partial(), MINUTE),
        interrupted(partial(), MINUTE),
        lost(partial(), Duration::ZERO),
        lost(partial(), 30 * 24 * 60 * MINUTE),
    ] {
        let unknown = still_unknown(&refunds, &record).await;
        assert!(unknown.why().contains("two could be paid"), "{unknown}");
        assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
        let settled_by = unknown.settled_by();
        let event = settled_by.event.unwrap();
        assert!(event.contains("`refund_reference`: `refund-1`"), "{event}");
        for named in ["900.00 USD", "chk_1", "refund-1"] {
            assert!(settled_by.question.contains(named), "{named}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn even_by_the_policy_that_risks_it_a_part_is_sent_again_only_within_the_age_of_its_key() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let risky = tazapay_at(&server.url()).with_policy(quick().with_risk_of_paying_twice());
    for record in [
        lost(partial(), 24 * 60 * MINUTE),
        interrupted(partial(), MINUTE),
    ] {
        still_unknown(&risky, &record).await;
    }
    assert!(server.requests().is_empty());
    settled(&risky, &lost(partial(), MINUTE)).await;
    assert_eq!(writes(&server), 1);
}

#[tokio::test]
async fn a_refund_that_the_deadline_cut_off_is_sent_again_only_if_it_is_of_everything() {
    for (request, sent) in [(partial(), 1), (full(), 2)] {
        let server = server([
            Reply::json(202, refund(90000, "pending")).after(Duration::from_millis(600)),
            Reply::json(202, refund(90000, "pending")),
        ]);
        let refunds = tazapay_at(&server.url());
        let hurried = refunds.with_policy(quick().with_deadline(Duration::from_millis(300)));
        let doubt = unknown(hurried.create(&reference(), request).await);
        assert_eq!(doubt.cause(), DoubtCause::DeadlinePassed);
        let reconciled = refunds.reconcile(doubt.record()).await.unwrap();
        assert_eq!(reconciled.accepted().is_some(), sent == 2);
        assert_eq!(writes(&server), sent);
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
    let doubt = unknown(refunds.create(&reference(), full()).await);
    assert_eq!(doubt.cause(), DoubtCause::Unanswered);
    assert_eq!(doubt.next_step(), NextStep::Reconcile);
    assert!(matches!(doubt.hint(), Some(Hint::Conflict(_))));
    settled(&refunds, doubt.record()).await;
}

#[tokio::test]
async fn a_reconciliation_that_meets_a_conflict_asks_for_another_one_later() {
    let server = server([Reply::json(409, "{}")]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &lost(full(), MINUTE)).await;
    assert!(matches!(unknown.hint(), Some(Hint::Conflict(_))));
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_of_the_repetition_is_a_hint_and_leaves_it_unknown() {
    for (code, is_already_refunded) in [(30010, true), (30012, true), (30017, false)] {
        let server = server([Reply::json(400, error(code))]);
        let refunds = tazapay_at(&server.url());
        let unknown = still_unknown(&refunds, &lost(full(), MINUTE)).await;
        let is_hint = matches!(unknown.hint(), Some(Hint::AlreadyRefunded(_)));
        assert_eq!(is_hint, is_already_refunded, "{code}");
        assert_eq!(unknown.next_step(), NextStep::AwaitEvent);
    }
}

#[tokio::test]
async fn a_repetition_that_is_not_authorized_says_nothing_of_the_refund() {
    let server = server([Reply::json(401, error(108))]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &lost(full(), MINUTE)).await;
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
}

#[tokio::test]
async fn a_server_error_to_the_repetition_asks_for_another_one_later_and_is_remembered() {
    let server = server([Reply::json(500, error(101))]);
    let refunds = tazapay_at(&server.url());
    let unknown = still_unknown(&refunds, &lost(full(), MINUTE)).await;
    assert_eq!(unknown.record().cause(), DoubtCause::ServerError);
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_repetition_that_is_lost_too_can_be_repeated_later() {
    let server = server([Reply::close()]);
    let refunds = tazapay_at(&server.url()).with_policy(quick().with_max_attempts(1));
    let record = lost(full(), MINUTE);
    let unknown = still_unknown(&refunds, &record).await;
    assert_eq!(unknown.next_step(), NextStep::ReconcileLater);
    assert_eq!(unknown.record().cause(), DoubtCause::Unanswered);
    assert_eq!(unknown.record().first_sent_at(), record.first_sent_at());
    assert!(unknown.record().quiet_since() > record.quiet_since());
}
