//! Answers that say no, say something else or cannot be read: none of them is accepted.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener},
    thread,
    time::Duration,
};

use refunds_sandbox::{Fault, Literal, Provider};
use serde_json::json;

use crate::support::{Bench, MCE, OPTTY, RETRY, TAZAPAY, ended, outcome};

fn told(member: &str, value: impl Into<serde_json::Value>) -> Fault {
    Fault::Contradict {
        member: member.to_owned(),
        value: Some(Literal::new(value)),
        after_commit: false,
    }
}

fn missing(member: &str) -> Fault {
    Fault::Contradict {
        member: member.to_owned(),
        value: None,
        after_commit: true,
    }
}

fn instead(status: u16, body: &str) -> Fault {
    Fault::Replace {
        status: Some(status),
        body: body.to_owned(),
        content_type: None,
        after_commit: false,
    }
}

const MAINTENANCE: &str = "<html><body>We will be back soon</body></html>";

fn write(provider: Provider) -> (&'static [&'static str], &'static str) {
    match provider {
        Provider::Tazapay => (&TAZAPAY, "create_refund"),
        Provider::Mce => (&MCE, "create_crypto_refund"),
        Provider::Optty => (&OPTTY, "refund_order"),
        Provider::Kotanipay => (&RETRY, "retry_refund"),
    }
}

/// The first answer is met with the fault: the refund is unknown, stays so, and is sent once.
fn stays_unknown(provider: Provider, fault: Fault) {
    let bench = Bench::new();
    let (arguments, operation) = write(provider);
    bench.fault(provider, operation, fault.clone());
    let first = bench.json(provider, arguments);
    assert_eq!(ended(&first), (4, "unknown"), "{fault:?}: {}", first.1);
    assert!(first.1["row"].is_string(), "{fault:?}: {}", first.1);
    let again = bench.json(provider, arguments);
    assert_eq!(ended(&again), (4, "unknown"), "{fault:?}: {}", again.1);
    if provider == Provider::Tazapay {
        let reconciled = bench.json(provider, &["reconcile", "tazapay", "r-1"]);
        assert_eq!(ended(&reconciled), (4, "unknown"), "{fault:?}");
    }
    assert_eq!(bench.requests_of(operation), 1, "{fault:?}");
}

#[test]
fn a_success_that_cannot_be_read_is_unknown_and_stays_so() {
    for fault in [
        instead(200, MAINTENANCE),
        instead(200, ""),
        instead(200, "null"),
        instead(200, r#"{"status":"error","data":null}"#),
        told("/data/amount", 1991),
    ] {
        stays_unknown(Provider::Tazapay, fault);
    }
}

/// A server that answers each request with these bytes and closes; it gives its URL.
fn scripted(answer: &'static str) -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let head = BufReader::new(&stream).lines();
            let _ = head.map_while(Result::ok).find(String::is_empty);
            // A client that has left needs no answer.
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[test]
fn no_content_and_the_beginning_of_an_answer_are_unknown_and_are_not_asked_for_again() {
    for answer in ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 500 Inter", ""] {
        let bench = Bench::new();
        let url = scripted(answer);
        for arguments in [
            &TAZAPAY[..],
            &TAZAPAY,
            &["reconcile", "tazapay", "r-1", "--deadline", "2"],
        ] {
            let mut command = bench.command_at(&url, Provider::Tazapay, arguments);
            let result = outcome(command.arg("--json"));
            assert_eq!(ended(&result), (4, "unknown"), "{answer:?}: {}", result.1);
        }
    }
}

#[test]
fn a_success_in_which_something_says_no_is_not_accepted() {
    for word in ["error", "failed"] {
        stays_unknown(Provider::Tazapay, told("/status", word));
    }
    stays_unknown(Provider::Tazapay, told("/data/id", "  "));
    for code in [json!(500), json!("1001"), json!(-1)] {
        stays_unknown(Provider::Mce, told("/code", code));
    }
    // No document says that these are words of refunds.
    for word in ["FAILED", "DECLINED", "REJECTED", "CANCELLED", "ERROR"] {
        stays_unknown(Provider::Optty, told("/refundStatus", word));
    }
    stays_unknown(Provider::Kotanipay, told("/success", false));
    stays_unknown(Provider::Kotanipay, told("/data/referenceId", "offramp-2"));
    for body in [r#"{"statusCode":500}"#, MAINTENANCE] {
        stays_unknown(Provider::Kotanipay, instead(200, body));
    }
}

#[test]
fn a_final_failure_in_a_success_is_told_as_one_and_stays_on_record() {
    for (word, status) in [
        ("failed", "failed"),
        ("rejected", "failed"),
        ("cancelled", "cancelled"),
    ] {
        let bench = Bench::new();
        let word = word.to_owned();
        bench.fault(
            Provider::Tazapay,
            "create_refund",
            Fault::FailedAtOnce { word },
        );
        let first = bench.json(Provider::Tazapay, &TAZAPAY);
        let again = bench.json(Provider::Tazapay, &TAZAPAY);
        for result in [&first, &again] {
            assert_eq!(ended(result), (6, "refund_failed"), "{}", result.1);
            assert_eq!(result.1["standing"], "failed", "{}", result.1);
            assert_eq!(result.1["refunds"][0]["status"], status, "{}", result.1);
            assert_eq!(result.1["refunds"][0]["final"], true, "{}", result.1);
        }
        assert_eq!(again.1["already"], true);
        assert_eq!(bench.requests_of("create_refund"), 1);
    }
}

fn amount(written: &str) -> Fault {
    Fault::Contradict {
        member: "/data/amount".to_owned(),
        value: Some(Literal::exact(written).unwrap()),
        after_commit: true,
    }
}

#[test]
fn an_amount_is_the_same_however_it_is_written() {
    for written in ["1990.0", "1.99e3", "\"1990\""] {
        let bench = Bench::new();
        bench.fault(Provider::Tazapay, "create_refund", amount(written));
        let result = bench.json(Provider::Tazapay, &TAZAPAY);
        assert_eq!(ended(&result), (0, "accepted"), "{written}: {}", result.1);
        assert_eq!(result.1["refunds"][0]["amount"], "19.90 USD", "{written}");
    }
}

#[test]
fn another_amount_is_not_accepted_however_it_is_written() {
    for written in [
        "19.9",
        "\"19.90\"",
        "1990.5",
        "2e3",
        "1e999",
        "\"abc\"",
        "\"1,990\"",
    ] {
        stays_unknown(Provider::Tazapay, amount(written));
    }
}

#[test]
fn a_status_that_names_no_off_ramp_or_stands_beside_a_no_settles_nothing() {
    for (fault, row) in [
        (missing("/data/referenceId"), "kotanipay-read-reference"),
        (told("/success", false), "kotanipay-read-success"),
    ] {
        let bench = Bench::new();
        bench.fault(Provider::Kotanipay, "retry_refund", Fault::DropAfterCommit);
        assert_eq!(bench.json(Provider::Kotanipay, &RETRY).0, 4);
        bench.sandbox.clock().advance(Duration::from_secs(31));
        bench.an_hour_passes();
        bench.fault(Provider::Kotanipay, "refund_status", fault);
        let reconcile = ["reconcile", "kotanipay", "offramp-1"];
        let result = bench.json(Provider::Kotanipay, &reconcile);
        assert_eq!(ended(&result), (4, "unknown"), "{}", result.1);
        assert_eq!(result.1["row"], row);
        // The honest answer does.
        let result = bench.json(Provider::Kotanipay, &reconcile);
        assert_eq!(ended(&result), (0, "accepted"), "{}", result.1);
        assert_eq!(result.1["standing"], "succeeded");
        let again = bench.json(Provider::Kotanipay, &RETRY);
        assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
        assert_eq!(
            (&again.1["already"], &again.1["standing"]),
            (&true.into(), &"succeeded".into())
        );
    }
}

#[test]
fn a_listed_refund_that_contradicts_itself_settles_nothing() {
    for (member, value, row) in [
        ("/refunds/*/status", "FAILED", "optty-listed-status"),
        (
            "/refunds/*/refundFailureReason",
            "declined",
            "optty-listed-failure",
        ),
        ("/refunds/*/amount", "9,99", "optty-listed-amount"),
    ] {
        let bench = Bench::new();
        bench.fault(Provider::Optty, "refund_order", Fault::DropAfterCommit);
        assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 4);
        bench.fault(Provider::Optty, "order_details", told(member, value));
        let reconcile = ["reconcile", "optty", "r-1"];
        let result = bench.json(Provider::Optty, &reconcile);
        assert_eq!(ended(&result), (4, "unknown"), "{member}: {}", result.1);
        assert_eq!(result.1["row"], row);
        let result = bench.json(Provider::Optty, &reconcile);
        assert_eq!(ended(&result), (0, "accepted"), "{}", result.1);
        let again = bench.json(Provider::Optty, &OPTTY);
        assert_eq!(ended(&again), (0, "accepted"), "{}", again.1);
        assert_eq!(
            (&again.1["already"], &again.1["standing"]),
            (&true.into(), &"succeeded".into())
        );
    }
}
