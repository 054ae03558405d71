//! The four providers: what their pages print, and what becomes of it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use roas::validation::{Options, Validate};
use serde_json::{Value, json};
use spec_documents::overlay::{self, Overlay};
use spec_documents::{Call, Provider, import, text};

const PROVIDERS: [&str; 4] = ["kotanipay", "mce", "optty", "tazapay"];

fn folder(provider: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../specs")
        .join(provider)
}

fn provider(name: &str) -> Provider {
    Provider::load(&folder(name)).unwrap()
}

/// Checks that `document` is valid OpenAPI of the version that it names. The validator knows no format
/// beyond the specification's own, although formats are open and `decimal` is a registered one; and it does
/// not see what the properties of a schema refer to when `anyOf` stands beside them.
fn check_openapi(name: &str, document: &Value) {
    let options = Options::IgnoreMissingTags
        | Options::IgnoreEmptyResponseDescription
        | Options::IgnoreUnusedSchemas;
    let text = text::sorted(document).replace("\"format\": \"decimal\"", "\"format\": \"double\"");
    let outcome = if document["openapi"].as_str().unwrap().starts_with("3.0.") {
        serde_json::from_str::<roas::v3_0::spec::Spec>(&text)
            .unwrap()
            .validate(options, None)
    } else {
        serde_json::from_str::<roas::v3_1::spec::Spec>(&text)
            .unwrap()
            .validate(options, None)
    };
    outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
}

#[test]
fn every_effective_and_selected_document_is_valid_openapi() {
    for name in PROVIDERS {
        let provider = provider(name);
        let effective = provider.effective().unwrap();
        check_openapi(name, &effective);
        check_openapi(name, &provider.select(&effective).unwrap());
    }
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    for name in PROVIDERS {
        let text = || text::sorted(&provider(name).effective().unwrap());
        assert_eq!(text(), text(), "{name}");
    }
}

/// Counted by hand on the published pages: one for each request and each answer that is printed, where
/// the same body printed twice (as an example and in a curl command) is one.
#[test]
fn every_payload_that_a_page_prints_is_found() {
    let printed = [
        // 400, 401 and 404, each as examples of its properties.
        ("kotanipay", vec![("400", 1), ("401", 1), ("404", 1)]),
        ("mce", vec![("200", 1), ("request", 1)]),
        (
            "optty",
            vec![
                ("200", 1),
                ("400", 2),
                ("401", 1),
                ("404", 1),
                ("500", 1),
                ("request", 1),
            ],
        ),
        ("tazapay", vec![("202", 1), ("request", 1)]),
    ];
    for (name, expected) in printed {
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for page in provider(name).pages().unwrap() {
            assert_eq!(page.found.unplaced, vec![], "{name}");
            for sample in page.found.samples {
                *counted.entry(sample.kind.to_string()).or_default() += 1;
            }
        }
        let expected: BTreeMap<_, _> = expected
            .into_iter()
            .map(|(kind, count)| (kind.to_owned(), count))
            .collect();
        assert_eq!(counted, expected, "{name}");
    }
}

/// Counted by hand in `transcribed.yaml` and `overlay.yaml`.
#[test]
fn every_payload_that_is_documented_elsewhere_is_found() {
    for (name, transcribed, corrected) in [
        ("kotanipay", 9, 2),
        ("mce", 1, 0),
        ("optty", 3, 0),
        ("tazapay", 1, 0),
    ] {
        let provider = provider(name);
        let payloads = provider.payloads(&provider.effective().unwrap()).unwrap();
        assert_eq!(payloads.unplaced, vec![], "{name}");
        let from = |file: &str| {
            payloads
                .payloads
                .iter()
                .filter(|payload| payload.from == file)
                .count()
        };
        assert_eq!(
            (from("transcribed.yaml"), from("overlay.yaml")),
            (transcribed, corrected),
            "{name}"
        );
    }
}

#[test]
fn the_payload_files_are_those_that_are_documented() {
    for name in PROVIDERS {
        let plan = import::plan(&folder(name), &[]).unwrap();
        assert_eq!(plan.changes, vec![], "{name}: import the pages again");
        assert_eq!((plan.findings, plan.unplaced), (vec![], vec![]), "{name}");
    }
}

#[test]
fn the_payloads_read_as_they_are_printed() {
    let payload = |name: &str, file: &str| {
        let provider = provider(name);
        let payloads = provider
            .payloads(&provider.effective().unwrap())
            .unwrap()
            .payloads;
        payloads
            .into_iter()
            .find(|payload| payload.file == file)
            .unwrap()
            .value
    };
    assert_eq!(
        payload("kotanipay", "retry_refund/404-example.json"),
        json!({"success": false, "message": "Reference Id not found", "data": {}})
    );
    assert_eq!(
        payload("optty", "refund_order/200-refund-successfully.json")["bnplProvider"],
        json!("KLARNA_AU")
    );
    assert_eq!(
        payload("optty", "order_details/2xx-example.json"),
        json!({"refunds": [{"refundId": "PLANPAY-0000-760-729", "amount": "240", "currency": "AUD", "status": "SUCCESSFUL",
            "createdAt": "2024-02-28T05:38:18.438Z", "refundReason": "300 Refund", "refundFailureReason": ""}]})
    );
    assert_eq!(
        payload("mce", "create_crypto_refund/request-example.json"),
        json!({"originalTransactionType": 1, "originalTransactionId": "string", "clientReference": "string"})
    );
    assert_eq!(
        payload("tazapay", "create_refund/202-accepted.json")["data"]["customer_receives"]["amount"],
        Value::Null
    );
}

#[test]
fn every_action_of_an_overlay_matters() {
    for name in PROVIDERS {
        let provider = provider(name);
        let merged = provider.merged().unwrap();
        let overlay = provider.overlay().unwrap().unwrap();
        let whole = overlay::apply_strictly(&merged, &overlay).unwrap();
        for left_out in &overlay.actions {
            let rest = overlay
                .actions
                .iter()
                .filter(|action| action.number != left_out.number);
            let rest = Overlay {
                actions: rest.cloned().collect(),
                ..overlay.clone()
            };
            let without = overlay::apply_strictly(&merged, &rest);
            assert_ne!(
                without.ok(),
                Some(whole.clone()),
                "{name}: action {} does not matter",
                left_out.number
            );
        }
    }
}

#[test]
fn the_operations_are_those_that_the_crates_offer() {
    let offered = [
        (
            "kotanipay",
            vec![
                "offramp",
                "refund_status",
                "retry_all_failed_refunds",
                "retry_refund",
                "retry_refunds",
                "submit_refund_invoice",
            ],
        ),
        ("mce", vec!["create_crypto_refund"]),
        ("optty", vec!["order_details", "refund_order"]),
        (
            "tazapay",
            vec!["create_refund", "payment_attempt", "refund"],
        ),
    ];
    for (name, expected) in offered {
        let provider = provider(name);
        let selected = provider.select(&provider.effective().unwrap()).unwrap();
        let items = selected["paths"].as_object().unwrap().values();
        let operations = items.flat_map(|item| item.as_object().unwrap().values());
        let ids: BTreeSet<_> = operations
            .filter_map(|operation| operation["operationId"].as_str())
            .collect();
        assert_eq!(ids, expected.into_iter().collect(), "{name}");
    }
}

#[test]
fn the_webhooks_are_those_that_the_pages_name() {
    let named = [
        (
            "kotanipay",
            vec![
                "refund.completed",
                "refund.failed",
                "refund.lightning.invoice_needed",
                "transaction.offramp.status.updated",
            ],
        ),
        ("mce", vec!["Crypto Refund"]),
        ("optty", vec!["REFUND_CALLBACK"]),
        (
            "tazapay",
            vec![
                "refund.created",
                "refund.failed",
                "refund.pending",
                "refund.succeeded",
            ],
        ),
    ];
    for (name, expected) in named {
        let provider = provider(name);
        let selected = provider.select(&provider.effective().unwrap()).unwrap();
        let mut events: Vec<_> = selected["webhooks"].as_object().unwrap().keys().collect();
        events.sort();
        assert_eq!(events, expected, "{name}");
    }
}

#[test]
fn what_no_provider_documents_stays_out() {
    let mce = provider("mce").effective().unwrap();
    assert_eq!(mce["paths"].as_object().unwrap().len(), 1);
    assert_eq!(mce.get("servers"), None);
    let kotanipay = provider("kotanipay");
    let selected = kotanipay.select(&kotanipay.effective().unwrap()).unwrap();
    for (path, item) in selected["paths"].as_object().unwrap() {
        let Some(post) = item.get("post") else {
            continue;
        };
        let statuses = post["responses"].as_object().unwrap().keys();
        assert!(
            statuses.clone().all(|status| !status.starts_with('2')),
            "{path}: no success of a POST is documented"
        );
    }
}

#[test]
fn every_payload_is_valid_in_the_effective_document() {
    for name in PROVIDERS {
        let provider = provider(name);
        let effective = provider.effective().unwrap();
        for payload in provider.payloads(&effective).unwrap().payloads {
            let schema = schema_of(&provider, &effective, &payload.file);
            let validator = jsonschema::validator_for(&schema).unwrap();
            if let Err(error) = validator.validate(&payload.value) {
                panic!(
                    "{name}: {}: {error} at {}",
                    payload.file,
                    error.instance_path()
                );
            }
        }
    }
}

#[test]
fn the_published_documents_refuse_what_their_own_pages_print() {
    for (name, file) in [
        ("optty", "refund_order/200-refund-successfully.json"),
        ("optty", "refund_order/request-sample-request.json"),
        ("tazapay", "create_refund/202-accepted.json"),
    ] {
        let provider = provider(name);
        let payloads = provider
            .payloads(&provider.effective().unwrap())
            .unwrap()
            .payloads;
        let payload = payloads
            .into_iter()
            .find(|payload| payload.file == file)
            .unwrap();
        let published = provider.merged().unwrap();
        let schema = schema_of(&provider, &published, file);
        assert!(
            !jsonschema::is_valid(&schema, &payload.value),
            "{name}: {file}"
        );
    }
}

/// The JSON Schema of a payload's place in a document, with the document's components.
fn schema_of(provider: &Provider, document: &Value, file: &str) -> Value {
    let (operation, rest) = file.split_once('/').unwrap();
    let kind = rest.split(['-', '.']).next().unwrap();
    let documented = &provider.config.documented;
    let call = || -> &Call {
        documented
            .get(operation)
            .unwrap_or_else(|| &provider.config.operations[operation].call)
    };
    let owner = match kind {
        "event" => {
            let event = &provider.config.webhooks[operation].event;
            let member = ["webhooks", "x-webhooks"]
                .into_iter()
                .find(|member| document.get(member).is_some())
                .unwrap();
            format!("/{member}/{event}/post/requestBody")
        }
        "request" => format!("{}/requestBody", call().pointer()),
        status => format!("{}/responses/{}", call().pointer(), status.to_uppercase()),
    };
    let content = document.pointer(&owner).unwrap()["content"]
        .as_object()
        .unwrap();
    let schema = content.values().next().unwrap()["schema"].clone();
    let mut schema = json!({"allOf": [schema], "components": document["components"]});
    if document["openapi"].as_str().unwrap().starts_with("3.0.") {
        to_json_schema(&mut schema);
    }
    schema
}

/// The two keywords of OpenAPI 3.0 that mean something else in JSON Schema.
fn to_json_schema(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.remove("nullable") == Some(json!(true)) {
                let kind = object["type"].clone();
                object.insert("type".into(), json!([kind, "null"]));
            }
            if object.get("exclusiveMinimum") == Some(&json!(true)) {
                let bound = object.remove("minimum").unwrap();
                object.insert("exclusiveMinimum".into(), bound);
            }
            // An enumeration without values is refused by JSON Schema's own schema.
            if object.get("enum") == Some(&json!([])) {
                object.insert("enum".into(), json!([null]));
            }
            object.values_mut().for_each(to_json_schema);
        }
        Value::Array(list) => list.iter_mut().for_each(to_json_schema),
        _ => {}
    }
}
