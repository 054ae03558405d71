//! Every operation's request, byte for byte.

use workspace_tests::operations::{OPERATIONS, Operation, Setup};
use workspace_tests::server::Reply;
use workspace_tests::version_of;

use crate::{outcome, serving};

/// Everything that would lead elsewhere in a URL if it were not escaped.
const HOSTILE: &str = "a/b?c#d%2e é\\..;x";

async fn transcript(operation: &Operation, setup: impl FnOnce(Setup) -> Setup) -> String {
    let server = serving(Reply::status(500));
    let _ = outcome(operation, &setup(Setup::at(server.url()))).await;
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "{}", operation.title());
    let version = format!("{}/{}", operation.provider, version_of(operation.provider));
    let text = requests[0].transcript();
    assert!(
        text.contains(&version),
        "the user agent names no version: {text}"
    );
    text.replace(&version, &format!("{}/<version>", operation.provider))
}

#[tokio::test]
async fn the_request_of_every_operation_is_as_reviewed() {
    for operation in OPERATIONS {
        let text = transcript(&operation, |setup| Setup {
            path_parameter: HOSTILE.to_owned(),
            query_parameter: Some("a&b=c#d é".to_owned()),
            idempotency_key: Some("key-1".to_owned()),
            ..setup
        })
        .await;
        insta::assert_snapshot!(format!("{}_{}", operation.provider, operation.name), text);
    }
}

#[tokio::test]
async fn what_is_optional_and_not_given_is_not_sent() {
    let operation = crate::operation("tazapay", "create_refund");
    let text = transcript(&operation, |setup| setup).await;
    assert!(!text.to_ascii_lowercase().contains("idempotency"), "{text}");
    let operation = crate::operation("optty", "order_details");
    let text = transcript(&operation, |setup| setup).await;
    assert!(
        text.starts_with("POST /orders/ref-1/details HTTP/1.1\n"),
        "{text}"
    );
}

#[tokio::test]
async fn no_request_has_a_header_that_the_provider_did_not_ask_for() {
    let asked_for = [
        "accept",
        "authorization",
        // What moves money has its connection to itself (RFC 9112, section 9.6).
        "connection",
        "content-length",
        "content-type",
        "host",
        "idempotency-key",
        "user-agent",
    ];
    for operation in OPERATIONS {
        let server = serving(Reply::status(500));
        let _ = outcome(&operation, &Setup::at(server.url())).await;
        for (name, _) in &server.requests()[0].headers {
            let name = name.to_ascii_lowercase();
            assert!(
                asked_for.contains(&name.as_str()),
                "{}: {name}",
                operation.title()
            );
        }
    }
}

#[tokio::test]
async fn every_request_is_authenticated_as_the_document_says() {
    for operation in OPERATIONS {
        let server = serving(Reply::status(500));
        let _ = outcome(&operation, &Setup::at(server.url())).await;
        let expected = match operation.provider {
            // Base64 of `test-key:test-token`, by hand.
            "tazapay" => "Basic dGVzdC1rZXk6dGVzdC10b2tlbg==",
            _ => "Bearer test-token",
        };
        let requests = server.requests();
        assert_eq!(
            requests[0].header("authorization"),
            Some(expected),
            "{}",
            operation.title()
        );
    }
}
