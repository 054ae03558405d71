//! Events: from the file through the reader to the type, and back.

use provider_runtime::webhooks::{Format, Reader};
use serde::Serialize;
use serde_json::Value;
use workspace_tests::PROVIDERS;
use workspace_tests::payloads::{self, Kind};

/// The name of the event as it is read, and the event encoded again. Unknown events have no name here.
fn read(provider: &str, body: &str) -> (String, Value) {
    fn through<F: Format<Event: Serialize>>(
        body: &str,
        name: fn(&F::Event) -> Option<&str>,
    ) -> (String, Value) {
        let event = Reader::<F>::new().read(body.as_bytes()).unwrap();
        let name = name(event.claimed()).unwrap_or_default().to_owned();
        (name, serde_json::to_value(event.claimed()).unwrap())
    }
    match provider {
        "kotanipay" => through::<kotanipay::webhooks::KotaniPay>(body, |event| {
            event.reference_id().map(|_| event.name())
        }),
        "mce" => through::<mce::webhooks::Mce>(body, |event| match event {
            mce::webhooks::Event::CryptoRefund(_) => Some(event.name()),
            _ => None,
        }),
        "optty" => through::<optty::webhooks::Optty>(body, |event| match event {
            optty::webhooks::Event::RefundCallback(_) => Some(event.name()),
            _ => None,
        }),
        _ => through::<tazapay::webhooks::Tazapay>(body, |event| {
            event.refund().map(|_| event.name())
        }),
    }
}

#[test]
fn every_documented_event_decodes_and_nothing_in_it_is_lost() {
    let mut problems = Vec::new();
    let mut tried = 0;
    for payload in crate::payloads() {
        if payload.kind != Kind::Event {
            continue;
        }
        tried += 1;
        let (name, met) = read(payload.provider, &payload.value.to_string());
        let member = if payload.provider == "tazapay" {
            "type"
        } else {
            "event"
        };
        if payload.value[member] != name.as_str() {
            problems.push(format!("{}: read as {name:?}", payload.file));
        }
        if !payloads::same(&met, &payload.value) {
            problems.push(format!("{}: encodes to {met}", payload.file));
        }
    }
    crate::assert_none(&problems);
    // Three of Kotani Pay and one of Tazapay; Optty and MCE print none.
    assert_eq!(tried, 4);
}

/// MCE's event has no documented name, so that it is known by its content.
#[test]
fn every_event_of_the_documents_is_known_to_its_crate() {
    let mut tried = 0;
    for provider in PROVIDERS.into_iter().filter(|provider| *provider != "mce") {
        let loaded = spec_documents::Provider::load(&workspace_tests::specs_of(provider)).unwrap();
        for webhook in loaded.config.webhooks.values() {
            let event = &webhook.event;
            let body = match provider {
                "tazapay" => format!(
                    "{{\"type\":\"{event}\",\"id\":\"evt_1\",\"created_at\":\"2023-07-24T00:05:12Z\",\"data\":{{}}}}"
                ),
                _ => format!("{{\"event\":\"{event}\",\"data\":{{\"referenceId\":\"r-1\"}}}}"),
            };
            assert_eq!(read(provider, &body).0, *event, "{provider}");
            tried += 1;
        }
    }
    // Kotani Pay's four, Optty's one, Tazapay's four.
    assert_eq!(tried, 9);
}

#[test]
fn unknown_events_and_fields_are_no_errors_and_are_not_lost() {
    for (provider, body) in [
        ("kotanipay", r#"{"event":"refund.new","data":{"a":1.50}}"#),
        (
            "kotanipay",
            r#"{"event":"refund.failed","data":{"referenceId":7}}"#,
        ),
        ("kotanipay", r#"{"event":"refund.failed","data":[]}"#),
        (
            "mce",
            r#"{"eventType":"x","notificationId":"n","data":{"other":1}}"#,
        ),
        ("mce", "{}"),
        ("optty", r#"{"event":"ORDER_CALLBACK","data":{}}"#),
        ("optty", r#"{"data":{}}"#),
        (
            "tazapay",
            r#"{"type":"payin.succeeded","id":"evt_1","created_at":"t","data":{}}"#,
        ),
        (
            "tazapay",
            r#"{"type":"refund.failed","id":"evt_1","created_at":"t","data":[]}"#,
        ),
    ] {
        let (name, met) = read(provider, body);
        assert_eq!(name, "", "{provider}: {body} is no known event");
        assert_eq!(
            met,
            serde_json::from_str::<Value>(body).unwrap(),
            "{provider}"
        );
    }
    let body =
        r#"{"event":"refund.completed","data":{"referenceId":"r","status":"NEW","later":1.50}}"#;
    let event = kotanipay::webhooks::Reader::new()
        .read(body.as_bytes())
        .unwrap();
    let kotanipay::webhooks::Event::RefundCompleted(completed) = event.claimed() else {
        panic!(
            "{}: a new word or field makes it no other event",
            event.claimed().name()
        );
    };
    let status = completed.data.status.as_ref().unwrap();
    assert_eq!(status.unknown(), Some("NEW"));
    assert_eq!(event.body(), body);
}
