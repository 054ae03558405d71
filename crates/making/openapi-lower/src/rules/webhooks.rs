//! Bodies that the provider sends by itself.
//!
//! A client receives the body of a webhook as it receives an answer, so that every rule about answers
//! holds for it. Between the two rules of this file each webhook stands among the paths, as an operation
//! that answers with its body.

use heck::ToPascalCase;
use serde_json::{Map, Value, json};

use super::Rule;
use crate::draft::Draft;
use crate::plan::Webhook;
use crate::report::Scribe;
use crate::{LowerError, direction, document, pointer, reference};

/// The first rule of all.
pub(super) const BODIES: Rule = Rule {
    name: "webhook-bodies",
    statement: "Accepts webhooks and callbacks; emits, for as long as answers are lowered, a path for each, which answers with the body that the provider sends.",
    apply: stand_in,
};

/// The last of the rules that concern types.
pub(super) const STAND_INS: Rule = Rule {
    name: "webhook-stand-ins",
    statement: "Accepts the paths that stand for webhooks; emits the document without them, of which the named schemas stay.",
    apply: remove,
};

fn stand_in(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft { document, facts } = document;
    let existing = document.get("paths").and_then(Value::as_object);
    let mut paths = Map::new();
    for (at, event, item) in webhooks(document).chain(callbacks(document)) {
        let item = followed(document, item);
        for method in document::METHODS {
            let Some(operation) = item.get(method).filter(|found| found.is_object()) else {
                continue;
            };
            let at = pointer::join(&at, method);
            let body = operation
                .get("requestBody")
                .map(|body| followed(document, body));
            let Some(content) = body.and_then(|body| body.get("content")) else {
                scribe.note(&at, "it has no body: left out");
                continue;
            };
            let id = operation.get("operationId").and_then(Value::as_str);
            let answer = json!({"description": "The body of the webhook.", "content": content});
            let stand_in =
                json!({"operationId": id.unwrap_or(event), "responses": {"200": answer}});
            // Nothing in it is a parameter, so that no rule gives it another name.
            let mut path = format!("/webhook:{event}:{method}").replace(['{', '}'], "");
            while existing.is_some_and(|existing| existing.contains_key(&path))
                || paths.contains_key(&path)
            {
                path.push(':');
            }
            scribe.note(&at, format!("its body is read as the answer of {path}"));
            facts.stand_ins.insert(path.clone(), event.to_owned());
            paths.insert(path, json!({"get": stand_in}));
        }
    }
    if paths.is_empty() {
        return Ok(());
    }
    let Some(root) = document.as_object_mut() else {
        return Ok(());
    };
    root.remove("webhooks");
    document::each_operation_mut(document, &mut |_, operation| {
        operation.remove("callbacks");
    });
    let Some(root) = document.as_object_mut() else {
        return Ok(());
    };
    if let Value::Object(existing) = root.entry("paths").or_insert_with(|| json!({})) {
        existing.extend(paths);
    }
    Ok(())
}

/// Where each webhook stands, its name and its path item.
fn webhooks(document: &Value) -> impl Iterator<Item = (String, &str, &Value)> {
    let webhooks = document.get("webhooks").and_then(Value::as_object);
    webhooks
        .into_iter()
        .flatten()
        .map(|(event, item)| (pointer::join("/webhooks", event), event.as_str(), item))
}

/// The same of callbacks: bodies that the provider sends to an address which a request has named.
fn callbacks(document: &Value) -> impl Iterator<Item = (String, &str, &Value)> {
    let operations = openapi_model::operations(document).into_iter();
    let callbacks = operations.flat_map(move |operation| {
        let at = pointer::join("/paths", operation.path);
        let at = pointer::join(&pointer::join(&at, operation.method), "callbacks");
        let callbacks = operation.value.get("callbacks").and_then(Value::as_object);
        callbacks
            .into_iter()
            .flatten()
            .map(move |(event, callback)| (pointer::join(&at, event), event.as_str(), callback))
    });
    callbacks.flat_map(move |(at, event, callback)| {
        let items = followed(document, callback).as_object();
        items
            .into_iter()
            .flatten()
            .map(move |(url, item)| (pointer::join(&at, url), event, item))
    })
}

/// What `value` is, or refers to within the document.
fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    reference
        .and_then(|reference| reference::resolve(document, reference))
        .unwrap_or(value)
}

fn remove(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft { document, facts } = document;
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    paths.retain(|path, item| {
        let Some(name) = facts.stand_ins.get(path) else {
            return true;
        };
        let reference = "/get/responses/200/content/application~1json/schema/$ref";
        let reference = item.pointer(reference).and_then(Value::as_str);
        facts.webhooks.push(Webhook {
            name: name.clone(),
            body: reference
                .and_then(direction::component_name)
                .map(|name| name.to_pascal_case()),
        });
        let at = pointer::join("/paths", path);
        scribe.note(&at, "a client calls no webhook: its types stay");
        false
    });
    Ok(())
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
