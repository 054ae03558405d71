//! Path and header parameters that would make another request of it.

use provider_runtime::{Error, Progress};
use workspace_tests::operations::{OPERATIONS, Setup};
use workspace_tests::server::Reply;

use crate::{outcome, serving};

#[tokio::test]
async fn a_path_parameter_that_leads_elsewhere_is_refused_and_nothing_is_sent() {
    for operation in OPERATIONS
        .iter()
        .filter(|operation| operation.has_path_parameter)
    {
        for parameter in ["", ".", ".."] {
            let server = serving(Reply::json(200, "{}"));
            let setup = Setup {
                path_parameter: parameter.to_owned(),
                ..Setup::at(server.url())
            };
            let error = outcome(operation, &setup).await.result.unwrap_err();
            let title = operation.title();
            assert!(
                matches!(error, Error::InvalidRequest(_)),
                "{title} {parameter:?}: {error}"
            );
            assert_eq!(error.progress(), Progress::NotSent, "{title} {parameter:?}");
            assert!(!error.may_have_happened(), "{title} {parameter:?}");
            assert_eq!(server.connections(), 0, "{title} {parameter:?}");
        }
    }
}

#[tokio::test]
async fn a_path_parameter_that_only_looks_so_stays_in_its_segment() {
    // Percent-encoded by hand after RFC 3986, section 2.
    for (parameter, segment) in [
        ("%2e%2e", "%252e%252e"),
        ("../x", "..%2Fx"),
        ("...", "..."),
        ("a\r\nb", "a%0D%0Ab"),
        ("\u{0}", "%00"),
    ] {
        for operation in OPERATIONS
            .iter()
            .filter(|operation| operation.has_path_parameter)
        {
            let server = serving(Reply::status(500));
            let setup = Setup {
                path_parameter: parameter.to_owned(),
                ..Setup::at(server.url())
            };
            let _ = outcome(operation, &setup).await;
            let requests = server.requests();
            let target = &requests[0].target;
            assert!(
                target.split('/').any(|part| part == segment),
                "{}: {target}",
                operation.title()
            );
        }
    }
}

#[tokio::test]
async fn an_idempotency_key_that_no_header_can_carry_is_refused() {
    let operation = crate::operation("tazapay", "create_refund");
    for key in [
        String::new(),
        "a\r\nx-injected: 1".to_owned(),
        "k".repeat(256),
    ] {
        let server = serving(Reply::json(200, "{}"));
        let setup = Setup {
            idempotency_key: Some(key),
            ..Setup::at(server.url())
        };
        let error = outcome(&operation, &setup).await.result.unwrap_err();
        assert!(matches!(error, Error::InvalidRequest(_)), "{error}");
        assert_eq!(server.connections(), 0);
    }
}

#[tokio::test]
async fn an_idempotency_key_of_255_characters_is_sent() {
    let operation = crate::operation("tazapay", "create_refund");
    let server = serving(Reply::status(500));
    let key = "k".repeat(255);
    let setup = Setup {
        idempotency_key: Some(key.clone()),
        ..Setup::at(server.url())
    };
    let _ = outcome(&operation, &setup).await;
    assert_eq!(
        server.requests()[0].header("idempotency-key"),
        Some(key.as_str())
    );
}

#[tokio::test]
async fn a_builder_without_a_required_part_says_which_and_sends_nothing() {
    let server = serving(Reply::json(200, "{}"));
    let client: optty::Client = workspace_tests::operations::builder(&server.url())
        .build()
        .unwrap();
    let error = client
        .refund_order()
        .order_reference("ref-1")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, optty::Error::InvalidRequest(_)), "{error}");
    assert!(error.to_string().contains("refundAmount"), "{error}");
    let error = client.order_details().send().await.unwrap_err();
    assert!(error.to_string().contains("merchantReference"), "{error}");
    assert_eq!(server.connections(), 0);
}
