//! What errors say, for review.

use std::fmt::Write as _;
use std::time::Duration;

use workspace_tests::PROVIDERS;
use workspace_tests::operations::{Operation, Setup};
use workspace_tests::payloads::{self, Kind};
use workspace_tests::server::{Reply, url_where_nothing_listens};

use crate::{good_answer, operation, outcome, serving};

/// The operation that each provider's messages are shown for: the one that refunds.
fn refund_of(provider: &str) -> Operation {
    let name = match provider {
        "kotanipay" => "retry_refund",
        "mce" => "create_crypto_refund",
        "optty" => "refund_order",
        _ => "create_refund",
    };
    operation(provider, name)
}

/// Every way to fail that a server can bring about, with a name for it.
fn replies(operation: &Operation) -> Vec<(String, Reply)> {
    let (status, good) = good_answer(operation);
    let good = good.to_string();
    let mut replies: Vec<(String, Reply)> = documented_refusals(operation);
    let page = "<html><h1>502 Bad Gateway</h1></html>";
    replies.extend(
        [
            (
                "an html page from a gateway",
                Reply::body(502, "text/html", page),
            ),
            (
                "a redirect",
                Reply::status(307).with_header("location", "https://example.com/"),
            ),
            (
                "a status of a gateway",
                Reply::json(408, r#"{"message":"too slow"}"#),
            ),
            (
                "an undocumented refusal",
                Reply::json(410, r#"{"message":"gone","code":7}"#),
            ),
            (
                "a refusal that is no JSON",
                Reply::body(401, "text/plain", "who are you"),
            ),
            (
                "a message of several lines",
                Reply::json(410, "{\"message\":\"a\\r\\nERROR b\\u202e\"}"),
            ),
            (
                "a body that breaks off",
                Reply::json(status, good.clone()).missing(9),
            ),
            (
                "a body that is too large",
                Reply::json(status, "x".repeat(2 * 1024 * 1024)),
            ),
            ("no answer", Reply::close()),
            ("no HTTP", Reply::raw("SSH-2.0\r\n")),
            (
                "an answer that is too late",
                Reply::status(200).after(Duration::from_secs(30)),
            ),
            (
                "a body that is too late",
                Reply::json(status, good.clone()).stalled_after(1),
            ),
        ]
        .map(|(name, reply)| (name.to_owned(), reply)),
    );
    if !operation.is_raw {
        replies.push(("an empty success".to_owned(), Reply::status(status)));
        replies.push((
            "a success that is cut off".to_owned(),
            Reply::json(status, &good[..good.len() - 2]),
        ));
        replies.push((
            "a success of another shape".to_owned(),
            Reply::json(status, "[1]"),
        ));
    }
    replies
}

fn documented_refusals(operation: &Operation) -> Vec<(String, Reply)> {
    let prefix = format!("{}/", operation.name);
    let files = payloads::on_disk(operation.provider).unwrap().into_iter();
    let refusals = files.filter(|(file, _)| file.starts_with(&prefix));
    refusals
        .filter_map(|(file, value)| {
            let (_, Kind::Answer(statuses)) = payloads::parse_name(&file)? else {
                return None;
            };
            (statuses[0] >= 400).then(|| (file, Reply::json(statuses[0], value.to_string())))
        })
        .collect()
}

/// The numbers of system errors differ from one system to another.
fn without_system_codes(text: &str) -> String {
    match text.split_once(" (os error ") {
        Some((before, rest)) => {
            let after = rest.split_once(')').map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => text.to_owned(),
    }
}

async fn described(operation: &Operation, name: &str, setup: &Setup) -> String {
    let error = outcome(operation, setup).await.result.unwrap_err();
    let mut text = format!("## {name}\n");
    let (short, long) = (error.to_string(), format!("{error:#}"));
    let _ = writeln!(text, "{}", without_system_codes(&short));
    if long != short {
        let _ = writeln!(text, "{{:#}} {}", without_system_codes(&long));
    }
    let _ = writeln!(text, "advice: {}\n", error.advice());
    text
}

#[tokio::test]
async fn the_messages_of_every_provider_are_as_reviewed() {
    for provider in PROVIDERS {
        let operation = refund_of(provider);
        let mut text = String::new();
        for (name, reply) in replies(&operation) {
            let server = serving(reply);
            let setup = Setup {
                timeout: Some(Duration::from_millis(200)),
                ..Setup::at(server.url())
            };
            text.push_str(&described(&operation, &name, &setup).await);
        }
        let nowhere = Setup::at(url_where_nothing_listens().unwrap());
        text.push_str(&described(&operation, "where nothing listens", &nowhere).await);
        if operation.has_path_parameter {
            let setup = Setup {
                path_parameter: "..".to_owned(),
                ..nowhere
            };
            text.push_str(&described(&operation, "a path parameter of two dots", &setup).await);
        }
        insta::assert_snapshot!(provider, text);
    }
}
