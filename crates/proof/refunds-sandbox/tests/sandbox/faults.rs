//! Each fault, as the client meets it and as the ledger has it.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use refunds_sandbox::{
    Commit, Fault, FaultPlan, Hint, Order, Payin, Provider, Sandbox, ScriptedFault,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, builder, decimal, faulty, sandbox, send, wait_for};

const PAUSE: Duration = Duration::from_millis(200);

fn add_payin(sandbox: &Sandbox) {
    let payin = Payin::new("chk_1", decimal("900"), "USD");
    sandbox.add_payin(payin).unwrap();
}

/// A refund at Tazapay; the answer is not held against the document.
fn refund(sandbox: &Sandbox) -> reqwest::Result<Reply> {
    let tazapay = Caller::new(sandbox, Provider::Tazapay);
    let request = tazapay.request(Method::POST, "/v3/refund");
    send(request.json(&json!({"payin": "chk_1", "amount": 5})))
}

struct Met {
    sandbox: Sandbox,
    reply: reqwest::Result<Reply>,
    took: Duration,
}

fn meet(fault: Fault) -> Met {
    let sandbox = faulty(Provider::Tazapay, fault);
    add_payin(&sandbox);
    let start = Instant::now();
    let reply = refund(&sandbox);
    Met {
        reply,
        took: start.elapsed(),
        sandbox,
    }
}

impl Met {
    fn commits(&self) -> usize {
        self.sandbox.ledger().entries().len()
    }

    /// Whether the log says so too, and the status that was sent.
    fn logged(&self) -> (bool, Option<u16>) {
        let requests = self.sandbox.requests();
        (requests[0].committed, requests[0].answered)
    }

    fn reply(&self) -> &Reply {
        self.reply.as_ref().unwrap()
    }
}

/// All causes, since the outermost error says little.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[test]
fn a_dropped_connection_tells_nothing_of_the_commit() {
    for (fault, commits) in [(Fault::DropBeforeCommit, 0), (Fault::DropAfterCommit, 1)] {
        let met = meet(fault);
        let error = met.reply.as_ref().err().unwrap();
        assert!(
            !error.is_timeout() && !error.is_connect(),
            "{}",
            chain(error)
        );
        assert!(!chain(error).contains("reset"), "{}", chain(error));
        assert_eq!(met.commits(), commits);
        assert_eq!(met.logged(), (commits == 1, None));
    }
}

#[test]
fn a_reset_connection_tells_nothing_of_the_commit() {
    for (fault, commits) in [(Fault::ResetBeforeCommit, 0), (Fault::ResetAfterCommit, 1)] {
        let met = meet(fault);
        let error = met.reply.as_ref().err().unwrap();
        assert!(chain(error).contains("reset"), "{}", chain(error));
        assert_eq!(met.commits(), commits);
        assert_eq!(met.logged(), (commits == 1, None));
    }
}

#[test]
fn a_delay_ends_in_an_answer_or_in_nothing() {
    let delay = |commit| Fault::Delay { by: PAUSE, commit };
    for commit in [Commit::Before, Commit::After] {
        let met = meet(delay(commit));
        assert!(met.took >= PAUSE, "{:?}", met.took);
        assert_eq!((met.reply().status, met.commits()), (202, 1));
    }
    let met = meet(delay(Commit::Never));
    assert!(met.took >= PAUSE && met.reply.is_err());
    assert_eq!((met.commits(), met.logged()), (0, (false, None)));
}

#[test]
fn a_late_commit_happens_although_the_client_has_gone() {
    let fault = Fault::Delay {
        by: PAUSE * 4,
        commit: Commit::After,
    };
    let sandbox = faulty(Provider::Tazapay, fault);
    add_payin(&sandbox);
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let request = tazapay
        .request(Method::POST, "/v3/refund")
        .json(&json!({"payin": "chk_1", "amount": 5}))
        .timeout(PAUSE / 4);
    assert!(send(request).is_err_and(|error| error.is_timeout()));
    assert_eq!(sandbox.ledger().entries(), []);
    wait_for("nothing was committed", || {
        sandbox.ledger().entries().len() == 1
    });
}

#[test]
fn too_many_requests_come_with_each_kind_of_hint_and_without() {
    let too_many = |hint| Fault::TooManyRequests { hint };
    let cases = [
        (None, None),
        (Some(Hint::BodySeconds(7)), None),
        (Some(Hint::HeaderSeconds(7)), Some("7")),
        (
            Some(Hint::HeaderDate(7)),
            Some("Fri, 02 Jan 2026 03:04:12 GMT"),
        ),
    ];
    for (hint, header) in cases {
        let met = meet(too_many(hint.clone()));
        let reply = met.reply();
        assert_eq!(
            (reply.status, reply.at("/errors/0/code")),
            (429, json!(110))
        );
        let found = reply.headers.get("retry-after");
        assert_eq!(found.map(|value| value.to_str().unwrap()), header);
        if let Some(Hint::HeaderDate(_)) = hint {
            // The wait is the difference to the sandbox's own time.
            assert_eq!(reply.headers["date"], "Fri, 02 Jan 2026 03:04:05 GMT");
        }
        assert_eq!((met.commits(), met.logged()), (0, (false, Some(429))));
    }
    let sandbox = faulty(Provider::Kotanipay, too_many(Some(Hint::BodySeconds(7))));
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let reply = kotanipay.post_empty("/api/v3/offramp/retry-refund/a");
    assert_eq!(
        (reply.status, reply.at("/data/retryAfter")),
        (429, json!(7))
    );
}

#[test]
fn odd_hints_are_sent_as_they_are() {
    let odd: [&[&str]; 5] = [
        &["-5"],
        &["1.5"],
        &["2, 3"],
        &["0", "120"],
        &["99999999999999999999999"],
    ];
    for texts in odd {
        let owned = texts.iter().map(|text| (*text).to_owned()).collect();
        let met = meet(Fault::TooManyRequests {
            hint: Some(Hint::HeaderTexts(owned)),
        });
        let reply = met.reply();
        assert_eq!((reply.status, met.commits()), (429, 0));
        let sent = reply.headers.get_all("retry-after");
        let sent: Vec<_> = sent.iter().map(|it| it.to_str().unwrap()).collect();
        assert_eq!(sent, texts);
    }
}

#[test]
fn a_server_error_can_come_before_and_after_the_commit() {
    for (status, html, after_commit) in [
        (500, false, false),
        (500, false, true),
        (502, true, false),
        (502, true, true),
        (503, false, false),
    ] {
        let met = meet(Fault::ServerError {
            status,
            html,
            after_commit,
        });
        let reply = met.reply();
        assert_eq!(reply.status, status);
        assert_eq!(met.commits(), usize::from(after_commit));
        assert_eq!(met.logged(), (after_commit, Some(status)));
        if html {
            assert_eq!(reply.headers["content-type"], "text/html");
            assert!(reply.text.contains("502 Bad Gateway"), "{}", reply.text);
        } else {
            assert_eq!(reply.at("/status"), "error");
        }
    }
}

#[test]
fn each_provider_has_its_own_server_error() {
    let paths = [
        (
            Provider::Kotanipay,
            "/api/v3/offramp/retry-all-failed-refunds",
            "/message",
        ),
        (
            Provider::Mce,
            "/v1.0/payment/crypto/createCryptoRefund",
            "/logId",
        ),
        (Provider::Optty, "/orders/a/refund", "/statusCode"),
    ];
    for (provider, path, member) in paths {
        let sandbox = sandbox();
        let caller = Caller::new(&sandbox, provider);
        let fault = Fault::ServerError {
            status: 500,
            html: false,
            after_commit: false,
        };
        sandbox.inject(ScriptedFault::at(provider, fault)).unwrap();
        let reply = caller.post_empty(path);
        assert_eq!(reply.status, 500, "{provider}");
        assert_ne!(reply.at(member), Value::Null, "{provider}: {}", reply.text);
    }
}

#[test]
fn a_truncated_body_ends_before_its_length() {
    let met = meet(Fault::Truncated);
    assert!(met.reply.is_err());
    assert_eq!((met.commits(), met.logged()), (1, (true, Some(202))));
}

#[test]
fn a_slow_body_is_whole_in_the_end() {
    let met = meet(Fault::Slow { over: PAUSE });
    assert!(met.took >= PAUSE * 7 / 8, "{:?}", met.took);
    assert_eq!(met.reply().at("/data/amount"), 5);
    assert_eq!(met.commits(), 1);
}

#[test]
fn garbage_is_no_json_under_the_usual_label() {
    let met = meet(Fault::Garbage);
    let reply = met.reply();
    assert_eq!((reply.status, met.commits()), (202, 1));
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(serde_json::from_str::<Value>(&reply.text).is_err());
}

#[test]
fn a_wrong_content_type_labels_the_right_body() {
    let met = meet(Fault::WrongContentType);
    let reply = met.reply();
    assert_eq!(reply.headers["content-type"], "text/html");
    assert_eq!(
        (reply.at("/data/status"), met.commits()),
        (json!("pending"), 1)
    );
}

#[test]
fn an_unknown_status_word_stands_for_the_refunds_status() {
    let met = meet(Fault::UnknownStatusWord);
    let reply = met.reply();
    assert_eq!(reply.at("/status"), "success");
    assert_eq!(reply.at("/data/status"), "RECONSIDERED");
    assert_eq!(met.commits(), 1);
}

#[test]
fn nulls_stand_for_everything() {
    let met = meet(Fault::Nulls);
    let reply = met.reply();
    assert_eq!(reply.status, 202);
    assert!(reply.json()["data"].as_object().unwrap().contains_key("id"));
    assert_eq!(reply.at("/data/id"), Value::Null);
    assert_eq!(reply.at("/data/amount"), Value::Null);
    assert_eq!(met.commits(), 1);
}

#[test]
fn an_expired_token_is_refused_and_a_new_one_accepted() {
    let sandbox = sandbox();
    let order = Order::new("order-1", decimal("24.98"), "AUD");
    sandbox.add_order(order).unwrap();
    let expires = ScriptedFault::at(Provider::Optty, Fault::TokenExpires);
    sandbox.inject(expires.operation("order_details")).unwrap();
    let status = |optty: &Caller<'_>| optty.post_empty("/orders/order-1/details").status;
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!((status(&optty), status(&optty)), (401, 401));
    assert_eq!(status(&Caller::new(&sandbox, Provider::Optty)), 200);
}

#[test]
fn expired_credentials_that_nobody_can_renew_are_refused_once() {
    let met = meet(Fault::TokenExpires);
    assert_eq!((met.reply().status, met.commits()), (401, 0));
    assert_eq!(refund(&met.sandbox).unwrap().status, 202);
}

#[test]
fn refused_connections_follow_a_reset_one() {
    let lasting = PAUSE * 4;
    let met = meet(Fault::ConnectionRefused { lasting });
    assert!(met.reply.is_err());
    let start = Instant::now();
    let refused = std::iter::from_fn(|| refund(&met.sandbox).err()).count();
    assert!(refused > 0 && start.elapsed() >= PAUSE / 2, "{refused}");
    assert_eq!(met.commits(), 1);
}

/// Sends the same request to MCE and reads until so many answers came in all.
fn converse(stream: &mut TcpStream, answers: &mut String, expected: usize) {
    let body = "{\"originalTransactionType\":1,\"originalTransactionId\":\"t\"}";
    let request = format!(
        "POST /v1.0/payment/crypto/createCryptoRefund HTTP/1.1\r\nhost: x\r\n\
         authorization: Bearer sandbox-mce-token\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    while answers.matches("\"logId\"").count() < expected {
        let mut buffer = [0; 4096];
        let size = stream.read(&mut buffer).unwrap();
        assert_ne!(size, 0, "closed after {answers}");
        answers.push_str(std::str::from_utf8(&buffer[..size]).unwrap());
    }
}

#[test]
fn a_duplicate_answer_comes_twice_on_a_connection_that_goes_on() {
    let sandbox = faulty(Provider::Mce, Fault::DuplicateAnswer);
    let url = sandbox.base_url(Provider::Mce);
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut answers = String::new();
    converse(&mut stream, &mut answers, 2);
    converse(&mut stream, &mut answers, 3);
    assert_eq!(answers.matches("HTTP/1.1 422").count(), 3, "{answers}");
    assert_eq!(
        answers.matches("-8000-000000000001").count(),
        2,
        "{answers}"
    );
    assert_eq!(
        answers.matches("-8000-000000000002").count(),
        1,
        "{answers}"
    );
    assert_eq!(sandbox.requests().len(), 2);
}

#[test]
fn a_refused_request_commits_nothing_whatever_the_fault() {
    let sandbox = faulty(Provider::Tazapay, Fault::DropAfterCommit);
    assert!(refund(&sandbox).is_err());
    assert_eq!(sandbox.ledger().entries(), []);
    assert!(!sandbox.requests()[0].committed);
}

#[test]
fn random_faults_are_the_same_in_every_run() {
    let run = |seed| {
        let plan: FaultPlan = serde_json::from_value(json!({"random": {
            "seed": seed,
            "rate": 0.5,
            "weights": [
                {"kind": "drop_before_commit"}, {"kind": "drop_after_commit", "weight": 2},
                {"kind": "garbage"}, {"kind": "nulls"},
            ],
        }}))
        .unwrap();
        let sandbox = builder().faults(plan).start().unwrap();
        add_payin(&sandbox);
        let answers: Vec<_> = (0..40)
            .map(|_| refund(&sandbox).ok().map(|reply| reply.text))
            .collect();
        let faults: Vec<_> = sandbox
            .requests()
            .into_iter()
            .map(|request| request.fault)
            .collect();
        (answers, faults, sandbox.ledger())
    };
    let first = run(7);
    assert_eq!(first, run(7));
    assert_ne!(first.1, run(8).1);
    let dropped_before = first
        .1
        .iter()
        .filter(|fault| **fault == Some(Fault::DropBeforeCommit))
        .count();
    assert!(dropped_before > 0);
    assert_eq!(first.2.entries().len(), 40 - dropped_before);
}

#[test]
fn plans_can_be_replaced_while_the_sandbox_runs() {
    let sandbox = faulty(Provider::Tazapay, Fault::Garbage);
    add_payin(&sandbox);
    sandbox.set_faults(FaultPlan::None).unwrap();
    assert_eq!(refund(&sandbox).unwrap().at("/data/amount"), 5);
}

#[test]
fn a_fault_at_an_operation_that_is_none_is_refused_with_the_names_of_those_there_are() {
    let fault = ScriptedFault::at(Provider::Optty, Fault::Garbage).operation("refundOrder");
    let refused = sandbox().inject(fault).unwrap_err().to_string();
    for name in Provider::Optty.operations().unwrap() {
        assert!(refused.contains(name), "{name} in {refused}");
    }
    assert!(refused.contains("order_details, refund_order"), "{refused}");
}
