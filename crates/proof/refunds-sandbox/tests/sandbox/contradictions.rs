//! Answers of success that say no, or speak of something else.

use refunds_sandbox::{
    Fault, FaultPlan, Literal, Offramp, Order, Payin, PendingRefund, Provider, Sandbox,
    ScriptedFault, Settlement,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, builder, decimal, http, sandbox, send};

/// One thing to refund at each provider.
fn filled(sandbox: Sandbox) -> Sandbox {
    sandbox
        .add_order(Order::new("order-1", decimal("100"), "AUD"))
        .unwrap();
    sandbox
        .add_payin(Payin::new("chk_1", decimal("900"), "USD"))
        .unwrap();
    sandbox
        .add_offramp(Offramp::with_failed_refund("offramp-1", decimal("38.5")))
        .unwrap();
    sandbox
        .add_pending_refund(PendingRefund::new(1, "txn-1", decimal("5")))
        .unwrap();
    sandbox
}

fn with_fault(provider: Provider, fault: Fault) -> Sandbox {
    let entry = ScriptedFault::at(provider, fault).operation(operation(provider));
    filled(builder().fault(entry).start().unwrap())
}

/// A refund at a provider; the answer is not held against the document.
fn refund(sandbox: &Sandbox, provider: Provider) -> Reply {
    let caller = Caller::new(sandbox, provider);
    let (path, body) = match provider {
        Provider::Tazapay => (
            "/v3/refund",
            Some(json!({"payin": "chk_1", "amount": 1990})),
        ),
        Provider::Mce => (
            "/v1.0/payment/crypto/createCryptoRefund",
            Some(json!({
                "originalTransactionType": 1,
                "originalTransactionId": "txn-1",
                "clientReference": "r",
            })),
        ),
        Provider::Optty => (
            "/orders/order-1/refund",
            Some(json!({
                "refundReference": "r",
                "refundAmount": {"amount": 24.98, "currency": "AUD"},
                "refundDescription": "r",
            })),
        ),
        Provider::Kotanipay => ("/api/v3/offramp/retry-refund/offramp-1", None),
    };
    let request = caller.request(Method::POST, path);
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    send(request).unwrap()
}

const fn operation(provider: Provider) -> &'static str {
    match provider {
        Provider::Tazapay => "create_refund",
        Provider::Mce => "create_crypto_refund",
        Provider::Optty => "refund_order",
        Provider::Kotanipay => "retry_refund",
    }
}

fn contradict(member: &str, value: Value, after_commit: bool) -> Fault {
    Fault::Contradict {
        member: member.to_owned(),
        value: Some(Literal::new(value)),
        after_commit,
    }
}

#[test]
fn one_member_of_an_honest_answer_is_another() {
    let honest = refund(&filled(sandbox()), Provider::Tazapay).json();
    for (member, value) in [
        ("/status", json!("error")),
        ("/data", Value::Null),
        ("/data/currency", json!("KWD")),
        ("/data/payin", json!("chk_another")),
        ("/data/id", json!("   ")),
    ] {
        let fault = contradict(member, value.clone(), true);
        let sandbox = with_fault(Provider::Tazapay, fault);
        let reply = refund(&sandbox, Provider::Tazapay);
        let mut expected = honest.clone();
        *expected.pointer_mut(member).unwrap() = value;
        assert_eq!((reply.status, reply.json()), (202, expected));
        assert_eq!(sandbox.ledger().entries().len(), 1);
        assert!(sandbox.requests()[0].committed);
    }
}

#[test]
fn amounts_are_written_digit_by_digit_whatever_they_are() {
    for text in ["19.9", "\"19.90\"", "1990.5", "2e3", "1e999", "\"1,990\""] {
        let fault = Fault::Contradict {
            member: "/data/amount".to_owned(),
            value: Some(Literal::exact(text).unwrap()),
            after_commit: true,
        };
        let sandbox = with_fault(Provider::Tazapay, fault);
        let reply = refund(&sandbox, Provider::Tazapay);
        let written = format!(r#""amount":{text},"#);
        assert!(reply.text.contains(&written), "{}", reply.text);
    }
}

#[test]
fn an_answer_to_a_request_that_was_not_carried_out_leaves_no_trace() {
    for provider in Provider::ALL {
        let honest = refund(&filled(sandbox()), provider);
        let sandbox = with_fault(provider, contradict("/strange", json!(1), false));
        let reply = refund(&sandbox, provider);
        let mut expected = honest.json();
        expected["strange"] = json!(1);
        assert_eq!((reply.status, reply.json()), (honest.status, expected));
        assert_eq!(sandbox.ledger().entries(), [], "{provider}");
        let record = sandbox.requests().pop().unwrap();
        assert!(!record.committed, "{provider}");
        assert_eq!(record.answered, Some(honest.status));
        // Whoever asks again is the first.
        assert_eq!(refund(&sandbox, provider).status, honest.status);
        assert_eq!(sandbox.ledger().entries().len(), 1, "{provider}");
    }
}

#[test]
fn an_id_that_was_shown_is_never_another_refunds() {
    for (provider, member) in [
        (Provider::Tazapay, "/data/id"),
        (Provider::Mce, "/data/cryptoRefundId"),
        (Provider::Optty, "/bnplRefundId"),
    ] {
        let sandbox = with_fault(provider, contradict("/strange", json!(1), false));
        let shown = refund(&sandbox, provider).at(member);
        assert_ne!(shown, Value::Null);
        assert_ne!(refund(&sandbox, provider).at(member), shown, "{provider}");
    }
}

#[test]
fn a_refusal_is_as_ever_whatever_would_contradict() {
    let replace = Fault::Replace {
        status: None,
        body: "{}".to_owned(),
        content_type: None,
        after_commit: true,
    };
    for fault in [contradict("/errors", json!([]), true), replace] {
        let entry = ScriptedFault::at(Provider::Tazapay, fault);
        let sandbox = builder().fault(entry).start().unwrap();
        let reply = refund(&sandbox, Provider::Tazapay);
        assert_eq!(
            (reply.status, reply.at("/errors/0/code")),
            (400, json!(30_000))
        );
    }
}

#[test]
fn another_answer_stands_for_the_honest_one() {
    for (after_commit, commits) in [(false, 0), (true, 1)] {
        for (status, body, content_type) in [
            (200, r#"{"statusCode":500}"#, "application/json"),
            (200, "<html>We will be back soon.</html>", "text/html"),
            (403, "blocked", "text/plain"),
        ] {
            let sandbox = with_fault(
                Provider::Kotanipay,
                Fault::Replace {
                    status: Some(status),
                    body: body.to_owned(),
                    content_type: Some(content_type.to_owned()),
                    after_commit,
                },
            );
            let reply = refund(&sandbox, Provider::Kotanipay);
            assert_eq!((reply.status, reply.text.as_str()), (status, body));
            assert_eq!(reply.headers["content-type"], content_type);
            assert_eq!(sandbox.ledger().entries().len(), commits);
        }
    }
}

#[test]
fn a_replaced_answer_that_is_no_2xx_keeps_no_key() {
    for (status, payments) in [(Some(200), 1), (None, 1), (Some(403), 2)] {
        let fault = Fault::Replace {
            status,
            body: "{}".to_owned(),
            content_type: None,
            after_commit: true,
        };
        let sandbox = with_fault(Provider::Tazapay, fault);
        for _ in 0..2 {
            let tazapay = Caller::new(&sandbox, Provider::Tazapay);
            let request = tazapay.request(Method::POST, "/v3/refund");
            let request = request.json(&json!({"payin": "chk_1", "amount": 5}));
            send(request.header("Idempotency-Key", "key-1")).unwrap();
        }
        let ledger = sandbox.ledger();
        assert_eq!(ledger.payments(Provider::Tazapay, "key-1"), payments);
    }
}

#[test]
fn a_refund_that_fails_at_once_is_not_paid_and_says_so_wherever_it_is_read() {
    let word = || "cancelled".to_owned();
    let sandbox = with_fault(Provider::Tazapay, Fault::FailedAtOnce { word: word() });
    let reply = refund(&sandbox, Provider::Tazapay);
    assert_eq!(
        (reply.status, reply.at("/data/status")),
        (202, json!("cancelled"))
    );
    let id = reply.at("/data/id");
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let read = tazapay.get(&format!("/v3/refund/{}", id.as_str().unwrap()));
    assert_eq!(read.at("/data/status"), "cancelled");
    let settlement = |sandbox: &Sandbox| sandbox.ledger().entries()[0].settlement;
    assert_eq!(settlement(&sandbox), Settlement::Failed);

    let word = || "DECLINED".to_owned();
    let sandbox = with_fault(Provider::Optty, Fault::FailedAtOnce { word: word() });
    let reply = refund(&sandbox, Provider::Optty);
    assert_eq!(
        (reply.status, reply.at("/refundStatus")),
        (200, json!(word()))
    );
    let optty = Caller::new(&sandbox, Provider::Optty);
    let details = send(optty.request(Method::POST, "/orders/order-1/details")).unwrap();
    assert_eq!(details.at("/refunds/0/status"), json!(word()));
    assert_eq!(settlement(&sandbox), Settlement::Failed);
}

#[test]
fn entries_of_a_listing_can_be_thin_or_contradict() {
    let sandbox = filled(sandbox());
    refund(&sandbox, Provider::Optty);
    let details = |member: &str, value: Option<Value>| {
        let fault = Fault::Contradict {
            member: member.to_owned(),
            value: value.map(Literal::from),
            after_commit: true,
        };
        let entry = ScriptedFault::at(Provider::Optty, fault).operation("order_details");
        sandbox.inject(entry).unwrap();
        let optty = Caller::new(&sandbox, Provider::Optty);
        let reply = send(optty.request(Method::POST, "/orders/order-1/details")).unwrap();
        reply.at("/refunds/0")
    };
    let thin = details("/refunds/*/status", None);
    assert_eq!(
        (thin.get("status"), &thin["refundReason"]),
        (None, &json!("r"))
    );
    let failed = details("/refunds/*/status", Some(json!("FAILED")));
    assert_eq!(
        (&failed["status"], &failed["refundReason"]),
        (&json!("FAILED"), &json!("r"))
    );
    let both = details("/refunds/*/refundFailureReason", Some(json!("declined")));
    assert_eq!(
        (&both["status"], &both["refundFailureReason"]),
        (&json!("SUCCESSFUL"), &json!("declined"))
    );
    let comma = details("/refunds/*/amount", Some(json!("19,90")));
    assert_eq!(comma["amount"], "19,90");
}

#[test]
fn a_refund_status_can_be_successful_without_a_name_or_beside_a_no() {
    let sandbox = filled(sandbox());
    refund(&sandbox, Provider::Kotanipay);
    sandbox.clock().advance(std::time::Duration::from_secs(30));
    let status = |member: &str, value: Option<Value>| {
        let fault = Fault::Contradict {
            member: member.to_owned(),
            value: value.map(Literal::from),
            after_commit: true,
        };
        let entry = ScriptedFault::at(Provider::Kotanipay, fault);
        sandbox.inject(entry).unwrap();
        let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
        let path = "/api/v3/offramp/refund-status/offramp-1";
        send(kotanipay.request(Method::GET, path)).unwrap()
    };
    let nameless = status("/data/referenceId", None);
    assert_eq!(nameless.at("/data/refundStatus"), "SUCCESSFUL");
    assert_eq!(nameless.at("/data/referenceId"), Value::Null);
    let another = status("/data/referenceId", Some(json!("another")));
    assert_eq!(another.at("/data/referenceId"), "another");
    let no = status("/success", Some(json!(false)));
    assert_eq!(
        (no.at("/success"), no.at("/data/refundStatus")),
        (json!(false), json!("SUCCESSFUL"))
    );
}

#[test]
fn each_contradiction_of_a_refund_changes_its_answer_and_not_what_happened() {
    for provider in Provider::ALL {
        let honest = refund(&filled(sandbox()), provider).text;
        for after_commit in [false, true] {
            for fault in Fault::contradictions(provider, operation(provider), after_commit) {
                let sandbox = with_fault(provider, fault.clone());
                let reply = refund(&sandbox, provider);
                assert!((200..300).contains(&reply.status), "{fault:?}");
                if let Fault::Contradict { value: None, .. } = fault {
                    // What is not there cannot be taken away.
                    continue;
                }
                assert_ne!(reply.text, honest, "{fault:?}");
                let ledger = sandbox.ledger();
                let is_paid = ledger.entries().iter().any(|entry| entry.pays());
                let fails = matches!(fault, Fault::FailedAtOnce { .. });
                assert_eq!(is_paid, after_commit && !fails, "{fault:?}");
            }
        }
    }
}

#[test]
fn chance_chooses_contradictions_and_the_log_names_them() {
    let run = || {
        let any = |after_commit| json!({"kind": "any_contradiction", "after_commit": after_commit});
        let plan: FaultPlan = serde_json::from_value(json!({"random": {
            "seed": 7, "rate": 1.0, "weights": [any(false), any(true)],
        }}))
        .unwrap();
        let sandbox = filled(builder().faults(plan).start().unwrap());
        for _ in 0..30 {
            refund(&sandbox, Provider::Tazapay);
        }
        sandbox.requests()
    };
    let requests = run();
    assert_eq!(requests, run());
    let is_concrete = |fault: &Option<Fault>| {
        let choice = matches!(fault, Some(Fault::AnyContradiction { .. }) | None);
        !choice
    };
    assert!(requests.iter().all(|request| is_concrete(&request.fault)));
    let committed = requests.iter().filter(|request| request.committed).count();
    assert!((5..=28).contains(&committed), "{committed}");
}

#[test]
fn contradictions_are_taken_at_the_control_port() {
    let sandbox = filled(sandbox());
    let inject = |fault: Value| {
        let url = format!("{}/faults", sandbox.control_url());
        let entry = json!({"provider": "tazapay", "fault": fault});
        send(http().post(url).json(&entry)).unwrap()
    };
    let taken = [
        json!({"kind": "contradict", "member": "/data/amount", "value": {"$json": "1e999"}}),
        json!({"kind": "contradict", "member": "/data", "value": null, "after_commit": true}),
        json!({"kind": "contradict", "member": "/data/id"}),
        json!({"kind": "replace", "body": "<html>", "content_type": "text/html"}),
        json!({"kind": "failed_at_once", "word": "rejected"}),
        json!({"kind": "any_contradiction"}),
        json!({"kind": "late_server_error", "after_ms": 1}),
        json!({"kind": "crash_after_commit", "ending": "cut_head"}),
    ];
    for fault in taken {
        assert_eq!(inject(fault.clone()).status, 200, "{fault}");
    }
    let refused = [
        json!({"kind": "contradict", "member": "data", "value": 1}),
        json!({"kind": "replace", "body": "", "status": 204}),
        json!({"kind": "replace", "body": "", "content_type": "a\nb"}),
        json!({"kind": "late_server_error", "after_ms": 1, "status": 202}),
        json!({"kind": "too_many_requests", "hint": {"header_texts": ["\u{7}"]}}),
    ];
    for fault in refused {
        let reply = inject(fault.clone());
        assert_eq!(reply.status, 422, "{fault}");
        let message = reply.at("/error");
        let start = "script[0] of the fault plan cannot be followed: ";
        assert!(message.as_str().unwrap().starts_with(start), "{message}");
    }
    let texts: Vec<_> = (0..4)
        .map(|_| refund(&sandbox, Provider::Tazapay))
        .collect();
    assert!(texts[0].text.contains(r#""amount":1e999"#));
    assert_eq!(texts[1].json().get("data"), Some(&Value::Null));
    assert_eq!(texts[2].json()["data"].get("id"), None);
    assert_eq!(texts[3].text, "<html>");
    assert_eq!(sandbox.ledger().entries().len(), 1);
}
