//! Error answers that no document mentions.

use std::collections::BTreeSet;

use provider_runtime::Error;
use spec_documents::Provider;
use workspace_tests::operations::{OPERATIONS, Operation};
use workspace_tests::server::Reply;
use workspace_tests::specs_of;

use crate::{error, operation};

const PAGE: &str = "<html><body><h1>502 Bad Gateway</h1></body></html>";

#[tokio::test]
async fn a_gateway_s_html_page_leaves_it_open_whether_a_refund_happened() {
    for operation in OPERATIONS {
        let reply = Reply::body(502, "text/html", PAGE).with_header("x-request-id", "req-7");
        let error = error(&operation, reply).await;
        let title = operation.title();
        // Tazapay's 5XX has a documented body, which this one is not.
        let is_expected = match operation.provider {
            "tazapay" => matches!(error, Error::Undecodable(_)),
            _ => matches!(error, Error::UnexpectedResponse(_)),
        };
        assert!(is_expected, "{title}: {error}");
        assert_eq!(error.status().unwrap().as_u16(), 502, "{title}");
        assert_eq!(error.headers().unwrap()["x-request-id"], "req-7", "{title}");
        assert_eq!(error.raw_body().unwrap(), PAGE.as_bytes(), "{title}");
        assert_eq!(error.may_have_happened(), operation.moves_money, "{title}");
    }
}

#[tokio::test]
async fn a_refusal_that_cannot_be_read_is_a_refusal() {
    for operation in OPERATIONS {
        for reply in [
            Reply::status(401),
            Reply::body(401, "text/html", PAGE),
            Reply::json(401, "{\"message\":\"Unauth"),
            Reply::json(401, "[]"),
        ] {
            let error = error(&operation, reply).await;
            let title = operation.title();
            assert!(matches!(error, Error::Undecodable(_)), "{title}: {error}");
            assert_eq!(error.status().unwrap().as_u16(), 401, "{title}");
            assert!(!error.may_have_happened(), "{title}");
        }
    }
}

#[tokio::test]
async fn a_timeout_of_a_gateway_is_no_refusal() {
    for status in [408, 504] {
        for operation in OPERATIONS {
            let error = error(&operation, Reply::json(status, "{}")).await;
            let title = operation.title();
            assert_eq!(
                error.may_have_happened(),
                operation.moves_money,
                "{title} {status}"
            );
        }
    }
}

#[tokio::test]
async fn an_undocumented_refusal_keeps_the_provider_s_message() {
    for (provider, name, status, body, message) in [
        (
            "kotanipay",
            "retry_refund",
            409,
            r#"{"message":"busy"}"#,
            "busy",
        ),
        (
            "mce",
            "create_crypto_refund",
            404,
            r#"{"title":"No refund"}"#,
            "No refund",
        ),
        (
            "optty",
            "refund_order",
            409,
            r#"{"message":"duplicate"}"#,
            "duplicate",
        ),
    ] {
        let error = error(&operation(provider, name), Reply::json(status, body)).await;
        assert!(matches!(error, Error::UnexpectedResponse(_)), "{error}");
        assert_eq!(error.provider_message().as_deref(), Some(message));
        assert!(!error.may_have_happened(), "{error}");
    }
}

/// Tazapay documents 4XX and 5XX as ranges, so that every status of them is typed.
#[tokio::test]
async fn every_error_of_a_documented_range_is_typed() {
    for status in [400, 401, 409, 418, 429, 499, 500, 503, 599] {
        let body =
            r#"{"status":"error","message":"","errors":[{"code":30009,"message":"not yet"}]}"#;
        let error = error(
            &operation("tazapay", "create_refund"),
            Reply::json(status, body),
        )
        .await;
        assert!(
            matches!(error, Error::ErrorResponse(_)),
            "{status}: {error}"
        );
        assert_eq!(error.provider_code().as_deref(), Some("30009"));
        assert_eq!(error.provider_message().as_deref(), Some("not yet"));
        assert_eq!(error.may_have_happened(), status >= 500, "{status}");
    }
}

/// The statuses with an answer in the effective document, with `4XX` and `5XX` as they stand there.
fn documented_statuses(operation: &Operation) -> BTreeSet<String> {
    let provider = Provider::load(&specs_of(operation.provider)).unwrap();
    let document = provider.effective().unwrap();
    let call = &provider.config.operations[operation.name].call;
    let responses = format!("{}/responses", call.pointer());
    let responses = document.pointer(&responses).unwrap().as_object().unwrap();
    responses.keys().cloned().collect()
}

/// A body that has what the error of each provider requires.
fn minimal_error(provider: &str) -> &'static str {
    match provider {
        "kotanipay" => r#"{"message":"m"}"#,
        "optty" => r#"{"message":"m","statusCode":1}"#,
        _ => "{}",
    }
}

#[tokio::test]
async fn every_error_status_is_typed_exactly_where_it_is_documented() {
    for operation in OPERATIONS {
        let documented = documented_statuses(&operation);
        for status in [
            400, 401, 403, 404, 405, 409, 418, 422, 429, 500, 501, 503, 505,
        ] {
            let range = format!("{}XX", status / 100);
            let is_documented =
                documented.contains(&status.to_string()) || documented.contains(&range);
            let reply = Reply::json(status, minimal_error(operation.provider));
            let error = error(&operation, reply).await;
            let title = operation.title();
            match is_documented {
                true => assert!(matches!(error, Error::ErrorResponse(_)), "{title}: {error}"),
                false => assert!(
                    matches!(error, Error::UnexpectedResponse(_)),
                    "{title}: {error}"
                ),
            }
            // A 409 without a code may come from a request with the same key that is still running.
            let key_in_use = operation.title() == "tazapay create_refund" && status == 409;
            let may_have_happened = operation.moves_money && (status >= 500 || key_in_use);
            assert_eq!(
                error.may_have_happened(),
                may_have_happened,
                "{title} {status}"
            );
        }
    }
}
