//! The extractors, behind a real server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::{Router, http::StatusCode, routing::post};
use refunds::{
    kotanipay, optty,
    webhooks::{
        ProviderEvent, RecentDeliveries, ReplayGuard, Secrets,
        axum::{HintedUpdate, VerifiedUpdate},
    },
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

const BODY: &str =
    r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38}}"#;
// The vector of the recipe: python3, hmac.new(b"whsec_test", body, "sha256").hexdigest()
const SIGNATURE: &str = "sha256=9e3c1afa3b758068be1bb53ec163598459d9b689e47c1510047e8553152c678b";

type Verifier = kotanipay::webhooks::Verifier;
type Reader = optty::webhooks::Reader;

fn verifier() -> Verifier {
    Verifier::new(Secrets::new("whsec_test").unwrap()).with_max_body(1000)
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A server that counts what reaches its handler.
async fn counting(verifier: Verifier) -> (String, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let counted = count.clone();
    let handler = async move |VerifiedUpdate { update, .. }: VerifiedUpdate<Verifier>| {
        assert_eq!(update.body(), BODY);
        counted.fetch_add(1, Ordering::Relaxed);
        StatusCode::NO_CONTENT
    };
    let router = Router::new().route("/", post(handler)).with_state(verifier);
    (serve(router).await, count)
}

async fn send(url: &str, signature: Option<&str>, body: impl Into<reqwest::Body>) -> (u16, String) {
    let mut request = reqwest::Client::new().post(url).body(body);
    if let Some(signature) = signature {
        request = request.header("x-kotani-signature", signature);
    }
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Sends without the length of the body, and gives the first line of the answer.
async fn send_in_pieces(url: &str, body: &[u8]) -> String {
    let address = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nx-kotani-signature: {SIGNATURE}\r\n\
         transfer-encoding: chunked\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in body.chunks(100) {
        let size = format!("{:x}\r\n", piece.len());
        let piece = [size.as_bytes(), piece, b"\r\n"].concat();
        stream.write_all(&piece).await.unwrap();
    }
    let mut line = String::new();
    let mut reader = BufReader::new(stream);
    reader.read_line(&mut line).await.unwrap();
    line.trim_end().to_owned()
}

#[tokio::test]
async fn a_call_that_verifies_reaches_the_handler_each_time() {
    let (url, count) = counting(verifier()).await;
    for _ in 0..2 {
        assert_eq!(send(&url, Some(SIGNATURE), BODY).await.0, 204);
    }
    assert_eq!(count.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_call_that_does_not_verify_never_reaches_the_handler() {
    let (url, count) = counting(verifier()).await;
    let other = SIGNATURE.replace('9', "8");
    let empty = String::new();
    for (signature, body, status) in [
        (None, BODY, 401),
        (Some(&other), BODY, 401),
        (Some(&empty), BODY, 401),
        (Some(&SIGNATURE.to_owned()), "{\"event\":1}", 401),
        (Some(&SIGNATURE.to_owned()), "no JSON", 400),
    ] {
        let answer = send(&url, signature.map(String::as_str), body).await;
        // Who forges calls learns nothing from the answer.
        assert_eq!(answer, (status, String::new()), "{body}");
    }
    let not_text = send(&url, Some(SIGNATURE), vec![0xff; 10]).await;
    assert_eq!(not_text.0, 400);
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_body_above_the_limit_is_answered_with_413_with_and_without_its_length() {
    let (url, count) = counting(verifier()).await;
    let body = vec![b' '; 1001];
    assert_eq!(send(&url, Some(SIGNATURE), body.clone()).await.0, 413);
    assert_eq!(
        send_in_pieces(&url, &body).await,
        "HTTP/1.1 413 Payload Too Large"
    );
    assert_eq!(count.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn an_event_that_the_guard_knows_is_answered_with_200_and_not_handled_again() {
    let guard = Arc::new(RecentDeliveries::new(NonZeroUsize::MIN));
    let verifier = verifier().with_replay_guard(guard.clone());
    let (url, count) = counting(verifier.clone()).await;
    assert_eq!(send(&url, Some(SIGNATURE), BODY).await.0, 204);
    let event = verifier.verify(&[("X-Kotani-Signature", SIGNATURE)], BODY.as_bytes());
    verifier.handled(&event.unwrap());
    assert!(!guard.knows("another"));
    assert_eq!(send(&url, Some(SIGNATURE), BODY).await.0, 200);
    assert_eq!(count.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn what_cannot_be_verified_arrives_as_a_hint() {
    let handler = async |HintedUpdate { update, .. }: HintedUpdate<Reader>| {
        let claimed = update.claimed().transaction.clone();
        assert_eq!(claimed.as_deref(), Some("t-1"));
        let trusted = update.trust_without_proof();
        assert!(matches!(trusted.event(), ProviderEvent::Optty(_)));
        StatusCode::NO_CONTENT
    };
    let reader = Reader::new().with_max_body(100);
    let router = Router::new().route("/", post(handler)).with_state(reader);
    let url = serve(router).await;
    let body =
        r#"{"event":"REFUND_CALLBACK","data":{"status":"SUCCESSFUL","transactionId":"t-1"}}"#;
    assert_eq!(send(&url, None, body).await.0, 204);
    assert_eq!(send(&url, None, "[]").await.0, 400);
    assert_eq!(send(&url, None, vec![b' '; 101]).await.0, 413);
}
