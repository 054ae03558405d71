//! Bodies that the provider sends by itself.
//!
//! A client receives the body of a webhook as it receives an answer, so that every rule about answers holds for it: until
//! `webhook-stand-ins`, each webhook stands among the paths, as an operation that answers with its body.

use openapi_model::Call;

use super::Rule;
use super::calls::{Called, Calls, Key, method, text};
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "webhook-bodies",
    statement: "Accepts webhooks and callbacks; emits, for as long as answers are lowered, a path for each, which answers with the body that the provider sends.",
    apply,
};

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    let model = calls.model;
    let webhooks = model.webhooks().into_iter().map(|call| (call.path, call));
    for (event, call) in webhooks.chain(callbacks(calls)) {
        let operation = call.operation;
        let Some(method) = method(&call) else {
            continue;
        };
        if operation
            .body
            .is_none_or(|body| operation.at(body).content.is_empty())
        {
            scribe.note(&operation.pointer(), "it has no body: left out");
            continue;
        }
        // Nothing in it is a parameter, so that no rule gives it another name.
        let mut path = format!("/webhook:{event}:{method}").replace(['{', '}'], "");
        while calls.list.keys().any(|known| known.path == path) {
            path.push(':');
        }
        let told = format!("its body is read as the answer of {path}");
        scribe.note(&operation.pointer(), told);
        calls.facts.stand_ins.insert(path.clone(), event.to_owned());
        let id = text(operation.raw(), "operationId");
        let id = id.unwrap_or_else(|| event.to_owned());
        let called = Called::new(Some(id), call, true);
        let key = Key {
            path,
            method: "get",
        };
        calls.list.insert(key, called);
    }
}

/// Bodies that the provider sends to an address which a request has named, by the names of the callbacks.
fn callbacks<'m>(calls: &Calls<'m>) -> Vec<(&'m str, Call<'m>)> {
    let model = calls.model;
    let of_calls = calls.list.values().flat_map(|called| {
        let callbacks = &called.call.operation.said().callbacks;
        callbacks
            .iter()
            .map(|(event, callback)| (*event, model.at(*callback)))
    });
    let items = of_calls.flat_map(|(event, callback)| {
        let items = callback.said().items.iter();
        items.map(move |(url, item)| (event, *url, model.at(*item)))
    });
    let all = items.flat_map(|(event, url, item)| {
        let calls = item.calls(url).into_iter();
        calls.map(move |call| (event, call))
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn lowered(root: Value) -> (Value, Vec<String>) {
        let mut document = json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "components": {"schemas": {
                "Paid": {"type": "object", "properties": {
                    "status": {"type": "string", "enum": ["PAID"], "maxLength": 9},
                    "amount": {"type": "number"},
                }},
                "Unused": {"type": "object"},
            }}
        });
        for (key, value) in root.as_object().unwrap() {
            document[key] = value.clone();
        }
        let lowered = lower(&document).unwrap();
        let applied = lowered.report.applied().iter();
        let rules = applied.map(|applied| applied.rule.to_owned()).collect();
        (lowered.document, rules)
    }

    fn body(schema: Value) -> Value {
        json!({"content": {"application/json": {"schema": schema}}})
    }

    #[test]
    fn the_body_of_a_webhook_is_read_like_an_answer() {
        let paid = body(json!({"$ref": "#/components/schemas/Paid"}));
        let webhooks = json!({"refund/paid": {"post": {"requestBody": paid}}});
        let (document, rules) = lowered(json!({"webhooks": webhooks}));
        assert_eq!(document["paths"], json!({}));
        assert_eq!(document.get("webhooks"), None);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let properties = &schemas["Paid"]["properties"];
        assert_eq!(
            properties["status"]["x-rust-type"]["path"],
            "provider_runtime::Open"
        );
        assert_eq!(
            properties["amount"]["x-rust-type"]["path"],
            "provider_runtime::Amount"
        );
        assert_eq!(schemas.get("Unused"), None);
        assert_eq!(rules.first().map(String::as_str), Some("webhook-bodies"));
        assert_eq!(rules.last().map(String::as_str), Some("webhook-stand-ins"));
    }

    #[test]
    fn references_to_path_items_and_bodies_are_followed() {
        let (document, _) = lowered(json!({
            "webhooks": {"a": {"$ref": "#/components/pathItems/A"}},
            "components": {
                "pathItems": {"A": {"post": {"requestBody": {"$ref": "#/components/requestBodies/A"}}}},
                "requestBodies": {"A": body(json!({"$ref": "#/components/schemas/Paid"}))},
                "schemas": {"Paid": {"type": "object"}},
            }
        }));
        assert!(document["components"]["schemas"].get("Paid").is_some());
    }

    #[test]
    fn a_body_without_a_name_is_called_after_the_webhook() {
        let schema = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let operation = json!({"operationId": "refund_paid", "requestBody": body(schema)});
        let (document, _) = lowered(json!({"webhooks": {"paid": {"post": operation}}}));
        let schemas = document["components"]["schemas"].as_object().unwrap();
        let names: Vec<_> = schemas.keys().collect();
        assert_eq!(names.len(), 1, "{names:?}");
        assert!(names[0].starts_with("RefundPaid"), "{names:?}");
    }

    #[test]
    fn the_body_of_a_callback_is_read_like_a_webhook_s() {
        let paid = || json!({"{$request.body#/url}": {"post": {"requestBody": body(json!({"$ref": "#/components/schemas/Paid"}))}}});
        let own = json!({"{$request.body#/other}": {"post": {"requestBody": body(json!({"$ref": "#/components/schemas/Other"}))}}});
        let operation = |callbacks: Value| json!({"operationId": "a", "callbacks": callbacks, "responses": {"204": {"description": ""}}});
        let (document, _) = lowered(json!({
            "paths": {
                "/a": {"post": operation(json!({"paid": paid()}))},
                "/b": {"post": operation(json!({"paid": {"$ref": "#/components/callbacks/Own"}}))}
            },
            "components": {"callbacks": {"Own": own}, "schemas": {
                "Paid": {"type": "object", "properties": {"amount": {"type": "number"}}},
                "Other": {"type": "object"}, "Unused": {"type": "object"}
            }}
        }));
        let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/a", "/b"]);
        let schemas = document["components"]["schemas"].as_object().unwrap();
        assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Other", "Paid"]);
        assert_eq!(
            schemas["Paid"]["properties"]["amount"]["x-rust-type"]["path"],
            "provider_runtime::Amount"
        );
    }

    #[test]
    fn a_path_that_looks_like_a_webhook_s_stays() {
        let operation = json!({"operationId": "own", "responses": {"204": {"description": ""}}});
        let paths = json!({"/webhook:paid:post": {"get": operation}});
        let paid = body(json!({"$ref": "#/components/schemas/Paid"}));
        let webhooks = json!({"paid": {"post": {"requestBody": paid}}});
        let (document, _) = lowered(json!({"paths": paths, "webhooks": webhooks}));
        let paths: Vec<_> = document["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/webhook:paid:post"]);
        assert!(document["components"]["schemas"].get("Paid").is_some());
    }

    #[test]
    fn a_webhook_without_a_body_is_left_out_and_reported() {
        let (document, rules) = lowered(json!({"webhooks": {"ping": {"post": {}}}, "paths": {}}));
        assert_eq!(document["paths"], json!({}));
        assert!(rules.contains(&"webhook-bodies".to_owned()), "{rules:?}");
    }
}
