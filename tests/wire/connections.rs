//! No answer at all.

use std::time::Duration;

use provider_runtime::{Error, Heard, NotSentCause, Progress, UnansweredCause};
use workspace_tests::operations::{self, OPERATIONS, Setup};
use workspace_tests::server::{LoopbackServer, Reply, url_where_nothing_listens};

use crate::{error, outcome, serving};

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_leaves_it_open() {
    for operation in OPERATIONS {
        let error = error(&operation, Reply::close()).await;
        let title = operation.title();
        let Error::Unanswered(unanswered) = &error else {
            panic!("{title}: {error}");
        };
        assert!(
            matches!(unanswered.cause(), UnansweredCause::Transport(_)),
            "{title}: {error}"
        );
        assert_eq!(error.progress(), Progress::Unanswered, "{title}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

#[tokio::test]
async fn an_answer_that_is_no_http_leaves_it_open() {
    for operation in OPERATIONS {
        let error = error(&operation, Reply::raw("SSH-2.0-OpenSSH_9.6\r\n")).await;
        let title = operation.title();
        assert!(matches!(error, Error::Unanswered(_)), "{title}: {error}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

#[tokio::test]
async fn where_nothing_listens_nothing_was_sent() {
    let url = url_where_nothing_listens().unwrap();
    for operation in OPERATIONS {
        let error = outcome(&operation, &Setup::at(url.clone()))
            .await
            .result
            .unwrap_err();
        let title = operation.title();
        let Error::NotSent(not_sent) = &error else {
            panic!("{title}: {error}");
        };
        assert!(
            matches!(not_sent.cause(), NotSentCause::Connect(_)),
            "{title}: {error}"
        );
        assert_eq!(error.progress(), Progress::NotSent, "{title}");
        assert!(!error.may_have_happened(), "{title}");
    }
}

#[tokio::test]
async fn a_server_that_takes_too_long_leaves_it_open() {
    for operation in OPERATIONS {
        let server = serving(Reply::json(200, "{}").after(Duration::from_secs(30)));
        let setup = Setup {
            timeout: Some(Duration::from_millis(150)),
            ..Setup::at(server.url())
        };
        let error = outcome(&operation, &setup).await.result.unwrap_err();
        let title = operation.title();
        let Error::Unanswered(unanswered) = &error else {
            panic!("{title}: {error}");
        };
        assert!(
            matches!(unanswered.cause(), UnansweredCause::TimedOut { .. }),
            "{title}: {error}"
        );
        assert_eq!(server.requests().len(), 1, "{title}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

/// hyper sends a request again of its own accord if an idle connection turns out to be closed; for
/// one that moves money that must not happen once any of it was sent.
#[tokio::test]
async fn a_request_is_sent_once_whatever_becomes_of_the_connection() {
    for operation in OPERATIONS {
        for reply in [
            Reply::close(),
            Reply::raw("HTTP/1.1 200 "),
            Reply::status(503),
        ] {
            let server = serving(reply);
            let _ = outcome(&operation, &Setup::at(server.url())).await;
            assert_eq!(server.requests().len(), 1, "{}", operation.title());
        }
    }
}

/// On a kept connection, which the server may close at any moment, a refund would be in doubt for nothing.
#[tokio::test]
async fn what_moves_money_goes_out_on_a_connection_of_its_own() {
    let server = serving(Reply::json(200, "{}"));
    let client: kotanipay::Client = operations::builder(&server.url()).build().unwrap();
    for _ in 0..2 {
        client
            .retry_refund()
            .reference_id("ref-1")
            .send()
            .await
            .unwrap();
        let _ = client.refund_status().reference_id("ref-1").send().await;
    }
    let connections: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(connections.len(), 4);
    assert_eq!(connections[1], connections[3], "reads share a connection");
    assert_ne!(connections[0], connections[2]);
    assert!(!connections[1..].contains(&connections[0]));
}

#[tokio::test]
async fn a_connection_that_the_server_drops_unread_leaves_open_what_had_left() {
    for operation in OPERATIONS {
        let server = LoopbackServer::start_dropping(1, |_| Reply::json(200, "{}")).unwrap();
        let error = outcome(&operation, &Setup::at(server.url()))
            .await
            .result
            .unwrap_err();
        // Whether any of the request had left is known of what moves money only.
        let left = match &error {
            Error::Unanswered(unanswered) => unanswered.heard() != Heard::Something,
            _ => operation.moves_money && matches!(error, Error::NotSent(_)),
        };
        assert!(left, "{}: {error}", operation.title());
        assert_eq!(server.connections(), 1, "{}", operation.title());
    }
}
