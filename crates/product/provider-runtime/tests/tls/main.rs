//! Refunds over TLS on loopback, with a certificate that the platform's roots are told to trust.
//!
//! The platform's roots are read from a file that an environment variable names, so that each test runs
//! its calls in a process of its own.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

#[path = "../calls/client.rs"]
#[allow(dead_code, reason = "the calls' tests use more of it")]
mod client;
#[path = "../calls/proxy.rs"]
#[allow(dead_code, reason = "the calls' tests use more of it")]
mod proxy;
mod server;

use std::{env, process::Command, time::Duration};

use provider_runtime::{Amount, ConnectFault, Error, Heard, UnansweredCause};

use client::bearer_at;
use proxy::{Manner, Proxy};
use server::{Answer, Server};

const URL: &str = "TEST_OF_TLS_URL";

/// Runs the test of this name again, in a process that trusts the server; `None` in that process.
fn in_a_process_that_trusts(name: &str, answer: Answer) -> Option<()> {
    if env::var_os(URL).is_some() {
        return None;
    }
    let server = Server::start(answer);
    let status = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(URL, server.url())
        .env("SSL_CERT_FILE", server.roots())
        .env_remove("SSL_CERT_DIR")
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    Some(())
}

fn amount() -> Amount {
    "24.98".parse().unwrap()
}

fn url() -> String {
    env::var(URL).unwrap()
}

/// A refund that is not answered: what was heard, and whether bytes that cannot be read arrived.
async fn unanswered() -> (Heard, bool) {
    let client = bearer_at(&url())
        .timeout(Duration::from_secs(2))
        .build()
        .unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::Unanswered(unanswered) = &error else {
        panic!("{error:#}");
    };
    let cut_off = matches!(unanswered.cause(), UnansweredCause::CutOff(_));
    (unanswered.heard(), cut_off)
}

#[tokio::test]
async fn refunds_and_reads_go_over_tls() {
    let this = "refunds_and_reads_go_over_tls";
    if in_a_process_that_trusts(this, Answer::Whole).is_some() {
        return;
    }
    let client = bearer_at(&url()).build().unwrap();
    for _ in 0..20 {
        let refund = client.refund_order("A-1", amount()).await.unwrap();
        assert_eq!(refund.reference, "R-1");
        client.order_details("A-1").await.unwrap();
    }
}

#[tokio::test]
async fn part_of_an_answer_over_tls_is_never_taken_for_none() {
    let this = "part_of_an_answer_over_tls_is_never_taken_for_none";
    if in_a_process_that_trusts(this, Answer::Part).is_some() {
        return;
    }
    assert_eq!(unanswered().await, (Heard::Something, true));
}

#[tokio::test]
async fn no_answer_over_tls_is_told_for_certain() {
    for answer in [
        Answer::Nothing,
        Answer::NothingWithoutGoodbye,
        Answer::Silence,
    ] {
        if in_a_process_that_trusts("no_answer_over_tls_is_told_for_certain", answer).is_none() {
            return assert_eq!(unanswered().await, (Heard::Nothing, false));
        }
    }
}

#[tokio::test]
async fn a_record_that_breaks_off_may_have_been_an_answer() {
    let this = "a_record_that_breaks_off_may_have_been_an_answer";
    if in_a_process_that_trusts(this, Answer::HalfARecord).is_some() {
        return;
    }
    assert_eq!(unanswered().await, (Heard::CannotTell, false));
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_is_not_sent_to() {
    let server = Server::start(Answer::Whole);
    let client = bearer_at(&server.url()).build().unwrap();
    let error = client.refund_order("A-1", amount()).await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert_eq!(not_sent.connect_fault(), Some(ConnectFault::Tls));
    let error = client.order_details("A-1").await.unwrap_err();
    let Error::NotSent(not_sent) = &error else {
        panic!("{error:#}");
    };
    assert_eq!(
        not_sent.connect_fault(),
        Some(ConnectFault::Tls),
        "{error:#}"
    );
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn an_authority_of_one_s_own_is_trusted_beside_the_platform_s() {
    let server = Server::start(Answer::Whole);
    let client = bearer_at(&server.url())
        .ca_file(server.roots())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    client.order_details("A-1").await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_proxy_tunnels_what_goes_over_tls_and_sees_nothing_of_it() {
    let server = Server::start(Answer::Whole);
    let proxy = Proxy::start(Manner::Tunnels);
    let client = bearer_at(&server.url())
        .ca_file(server.roots())
        .proxy(proxy.url())
        .build()
        .unwrap();
    client.refund_order("A-1", amount()).await.unwrap();
    client.order_details("A-1").await.unwrap();
    let host = server.url().replace("https://", "");
    let heads = proxy.heads();
    assert_eq!(heads.len(), 2, "{heads:?}");
    for head in heads {
        let line = format!("CONNECT {host} HTTP/1.1");
        assert_eq!(head.lines().next(), Some(line.as_str()));
        let lower = head.to_ascii_lowercase();
        assert!(lower.contains("proxy-authorization: basic"), "{head}");
        assert!(
            !head.contains("hunter2-token") && !head.contains("orders"),
            "{head}"
        );
    }
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn what_is_not_heard_through_a_tunnel_is_told_as_without_one() {
    for (answer, heard) in [
        (Answer::Nothing, Heard::Nothing),
        (Answer::Part, Heard::Something),
    ] {
        let server = Server::start(answer);
        let proxy = Proxy::start(Manner::Tunnels);
        let client = bearer_at(&server.url())
            .ca_file(server.roots())
            .proxy(proxy.url())
            .timeout(Duration::from_secs(2))
            .build()
            .unwrap();
        let error = client.refund_order("A-1", amount()).await.unwrap_err();
        let Error::Unanswered(unanswered) = &error else {
            panic!("{error:#}");
        };
        assert_eq!(unanswered.heard(), heard, "{error:#}");
    }
}
