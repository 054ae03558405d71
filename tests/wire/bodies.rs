//! Bodies that are cut off, too large or late.

use std::time::Duration;

use provider_runtime::{BodyFault, Error};
use workspace_tests::operations::{OPERATIONS, Operation, Setup};
use workspace_tests::server::Reply;

use crate::{error, good_answer, outcome, serving};

const MIB: usize = 1024 * 1024;

fn typed() -> impl Iterator<Item = Operation> {
    OPERATIONS.into_iter().filter(|operation| !operation.is_raw)
}

#[tokio::test]
async fn json_that_ends_too_early_is_no_failure_of_a_refund() {
    for operation in typed() {
        let (status, body) = good_answer(&operation);
        let body = body.to_string();
        let cut = &body[..body.len() - 2];
        let error = error(&operation, Reply::json(status, cut)).await;
        let title = operation.title();
        assert!(matches!(error, Error::Undecodable(_)), "{title}: {error}");
        assert_eq!(error.raw_body().unwrap(), cut.as_bytes(), "{title}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_keeps_what_arrived() {
    for operation in OPERATIONS {
        let (status, body) = good_answer(&operation);
        let body = body.to_string();
        let error = error(&operation, Reply::json(status, body.clone()).missing(10)).await;
        let title = operation.title();
        let Error::BodyUnread(unread) = &error else {
            panic!("{title}: {error}");
        };
        assert!(
            matches!(unread.fault(), BodyFault::Broken(_)),
            "{title}: {error}"
        );
        assert_eq!(error.status().unwrap().as_u16(), status, "{title}");
        assert_eq!(error.raw_body().unwrap(), body.as_bytes(), "{title}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

#[tokio::test]
async fn three_megabytes_are_too_much_by_default() {
    for operation in OPERATIONS {
        for reply in [large(), large().chunked()] {
            let error = error(&operation, reply).await;
            let title = operation.title();
            let Error::BodyUnread(unread) = &error else {
                panic!("{title}: {error}");
            };
            assert!(
                matches!(unread.fault(), BodyFault::TooLarge { limit } if *limit == MIB),
                "{title}: {error}"
            );
            assert_eq!(error.raw_body().unwrap().len(), MIB, "{title}");
            assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
        }
    }
}

#[tokio::test]
async fn three_megabytes_are_read_where_the_limit_allows_them() {
    for operation in typed() {
        let server = serving(large().chunked());
        let setup = Setup {
            body_limit: Some(4 * MIB),
            ..Setup::at(server.url())
        };
        let error = outcome(&operation, &setup).await.result.unwrap_err();
        assert!(matches!(error, Error::Undecodable(_)), "{error}");
        assert_eq!(
            error.raw_body().unwrap().len(),
            3 * MIB,
            "{}",
            operation.title()
        );
    }
}

/// Three megabytes of JSON that is no answer of any operation.
fn large() -> Reply {
    Reply::json(200, format!("\"{}\"", "x".repeat(3 * MIB - 2)))
}

#[tokio::test]
async fn a_body_that_stops_arriving_is_given_up_in_time() {
    for operation in OPERATIONS {
        let (status, body) = good_answer(&operation);
        let server = serving(Reply::json(status, body.to_string()).stalled_after(5));
        let setup = Setup {
            timeout: Some(Duration::from_millis(150)),
            ..Setup::at(server.url())
        };
        let error = outcome(&operation, &setup).await.result.unwrap_err();
        let title = operation.title();
        let Error::BodyUnread(unread) = &error else {
            panic!("{title}: {error}");
        };
        assert!(
            matches!(unread.fault(), BodyFault::TimedOut { .. }),
            "{title}: {error}"
        );
        assert_eq!(
            error.raw_body().unwrap(),
            &body.to_string().as_bytes()[..5],
            "{title}"
        );
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}
