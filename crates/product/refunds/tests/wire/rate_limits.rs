//! How long a 429 is waited for: by the strictest hint that can be read, and by the policy's own growing
//! wait where none can.

use std::time::{Duration, Instant};

use refunds::{Lookup, RejectionReason};
use workspace_tests::server::Reply;

use crate::support::{accepted, quick, reference, rejected, server, tazapay_at};
use crate::tazapay::{error, partial, refund};

fn limited(hints: &[&str]) -> Reply {
    let limited = Reply::json(429, error(110));
    hints.iter().fold(limited, |reply, hint| {
        reply.with_header("Retry-After", hint)
    })
}

/// How long the refund took with so many answers of this kind before it was taken on.
async fn took(hints: &[&str], times: usize) -> Duration {
    let taken = Reply::json(202, refund(90000, "pending"));
    let mut replies = vec![limited(hints); times];
    replies.push(taken);
    let server = server(replies);
    let begin = Instant::now();
    let receipt = accepted(
        tazapay_at(&server.url())
            .create(&reference(), partial())
            .await,
    );
    assert_eq!(receipt.attempts() as usize, times + 1);
    begin.elapsed()
}

#[tokio::test]
async fn a_hint_that_is_missing_or_cannot_be_read_is_the_policys_own_wait_of_a_second_at_least() {
    let waits = tokio::join!(
        took(&[], 1),
        took(&["-5"], 1),
        took(&["1.5"], 1),
        took(&["soon"], 1),
        took(&["99999999999999999999999"], 1),
        took(&["0"], 1),
        took(&["Sun, 06 Nov 1994 08:49:37 GMT"], 1),
    );
    let waits = [
        waits.0, waits.1, waits.2, waits.3, waits.4, waits.5, waits.6,
    ];
    for wait in waits {
        assert!(wait >= Duration::from_secs(1), "{waits:?}");
    }
}

#[tokio::test]
async fn the_policys_own_wait_grows() {
    // One second, then two.
    assert!(took(&["-5"], 2).await >= Duration::from_secs(3));
}

#[tokio::test]
async fn of_several_hints_the_strictest_that_can_be_read_counts() {
    let waits = tokio::join!(took(&["1, 3"], 1), took(&["soon", "3"], 1));
    assert!(waits.0 >= Duration::from_secs(3), "{waits:?}");
    assert!(waits.1 >= Duration::from_secs(3), "{waits:?}");
    for hints in [&["0", "120"], &["120", "0"], &["-5", "120"]] {
        let server = server([limited(hints)]);
        let rejection = rejected(
            tazapay_at(&server.url())
                .create(&reference(), partial())
                .await,
        );
        let retry_after = Some(Duration::from_secs(120));
        assert_eq!(
            rejection.reason(),
            RejectionReason::RateLimited { retry_after },
            "{hints:?}"
        );
        assert_eq!(server.requests().len(), 1, "{hints:?}");
    }
}

#[tokio::test]
async fn where_the_policys_own_wait_goes_beyond_the_deadline_it_is_not_begun() {
    let server = server([limited(&[])]);
    let policy = quick()
        .with_backoff(Duration::from_secs(60), Duration::from_secs(60))
        .with_deadline(Duration::from_secs(20));
    let begin = Instant::now();
    let outcome = tazapay_at(&server.url())
        .with_policy(policy)
        .create(&reference(), partial())
        .await;
    let rejection = rejected(outcome);
    assert_eq!(
        rejection.reason(),
        RejectionReason::RateLimited { retry_after: None }
    );
    assert!(begin.elapsed() < Duration::from_secs(15));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_read_waits_for_a_second_at_least_and_longer_each_time() {
    let limited = || Reply::json(429, error(110)).with_header("Retry-After", "0");
    let server = server([
        limited(),
        limited(),
        Reply::json(200, refund(90000, "succeeded")),
    ]);
    let begin = Instant::now();
    let lookup = Lookup::TazapayRefund("rfd_1".to_owned());
    let fetched = tazapay_at(&server.url()).fetch(&lookup).await;
    assert!(fetched.is_ok());
    assert!(begin.elapsed() >= Duration::from_secs(1 + 2));
}
