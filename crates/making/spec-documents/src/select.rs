//! The part of a document that a crate needs: the configured operations and what they refer to.

use openapi_model::{At, Model, Operation, PathItem, is_method};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{Call, call};

/// The members of a document that hold operations.
const OPERATIONS: [&str; 3] = ["paths", "webhooks", "x-webhooks"];
/// How many calls an error suggests.
const SUGGESTIONS: usize = 3;

/// A configured operation or webhook that the document does not have.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SelectError {
    /// A call that is not there.
    #[error("operation {name}: the document has no {call}: {hint}")]
    Operation {
        /// Name of the operation in `provider.toml`.
        name: String,
        /// Its call.
        call: Call,
        /// What is nearest to it, and what to do.
        hint: String,
    },
    /// A webhook that is not there.
    #[error("webhook {name}: the document has no webhook {event:?}: {hint}")]
    Webhook {
        /// Name of the webhook in `provider.toml`.
        name: String,
        /// The event that it is called after.
        event: String,
        /// What is nearest to it, and what to do.
        hint: String,
    },
}

/// Keeps the operations of `wanted` (name and call), calls them by these names (`operationId`), and drops
/// every other operation and every component that nothing refers to any more. No webhook is kept.
///
/// # Errors
///
/// [`SelectError`] for a call that the document does not have.
pub fn select<'a>(
    document: &Value,
    wanted: impl IntoIterator<Item = (&'a str, &'a Call)>,
) -> Result<Value, SelectError> {
    select_with_webhooks(document, wanted, [])
}

/// The same, keeping the webhooks of `webhooks` (name and event) as well. They are called by these names,
/// and stand under `webhooks` whatever the version of the document.
///
/// # Errors
///
/// [`SelectError`] for a call or a webhook that the document does not have.
pub fn select_with_webhooks<'a>(
    document: &Value,
    wanted: impl IntoIterator<Item = (&'a str, &'a Call)>,
    webhooks: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Value, SelectError> {
    let model = Model::of(document);
    let mut paths = Map::new();
    let calls = model.calls();
    for (name, call) in wanted {
        let is_it = |known: &&openapi_model::Call<'_>| {
            known.path == call.path && known.method.eq_ignore_ascii_case(&call.method)
        };
        let Some(found) = calls.iter().find(is_it) else {
            return Err(missing(&model, name, call));
        };
        let item = paths.entry(found.path);
        let item = item.or_insert_with(|| without_operations(found.item));
        item[found.method] = called(found.operation, name);
    }
    let mut of_events = Map::new();
    let events = model.webhooks();
    for (name, event) in webhooks {
        let Some(found) = events.iter().find(|known| known.path == event) else {
            let events = events.iter().map(|known| known.path.to_owned());
            return Err(SelectError::Webhook {
                name: name.to_owned(),
                event: event.to_owned(),
                hint: hint("webhook", "event", event, events.collect()),
            });
        };
        let operation = serde_json::json!({"post": called(found.operation, name)});
        of_events.insert(event.to_owned(), operation);
    }
    // What only documents the provider's other operations would keep components alive.
    let others = document.as_object().into_iter().flatten();
    let others = others.filter(|(member, _)| !OPERATIONS.contains(&member.as_str()));
    let others = others.map(|(member, value)| (member.clone(), value.clone()));
    let mut selected: Map<String, Value> = others.collect();
    selected.insert("paths".to_owned(), Value::Object(paths));
    if !of_events.is_empty() {
        selected.insert("webhooks".to_owned(), Value::Object(of_events));
    }
    let mut selected = Value::Object(selected);
    prune_components(&mut selected);
    Ok(selected)
}

/// An operation under its name.
fn called(operation: At<'_, Operation<'_>>, name: &str) -> Value {
    let mut operation = operation.raw().clone();
    operation["operationId"] = name.into();
    operation
}

/// What a path says of all its operations.
fn without_operations(item: At<'_, PathItem<'_>>) -> Value {
    let members = item.raw().as_object().into_iter().flatten();
    let members = members.filter(|(key, _)| {
        !is_method(key) && !["$ref", "query", "additionalOperations"].contains(&key.as_str())
    });
    members
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn missing(model: &Model<'_>, name: &str, call: &Call) -> SelectError {
    let calls = call::operations(model).into_iter();
    let calls = calls.map(|(call, _)| call.to_string());
    SelectError::Operation {
        name: name.to_owned(),
        call: call.clone(),
        hint: hint("operation", "call", &call.to_string(), calls.collect()),
    }
}

/// What is nearest to `wanted`, and what to do.
fn hint(what: &str, key: &str, wanted: &str, mut candidates: Vec<String>) -> String {
    candidates.sort_by_cached_key(|candidate| strsim::damerau_levenshtein(candidate, wanted));
    candidates.truncate(SUGGESTIONS);
    if candidates.is_empty() {
        return format!("it has no {what} at all: import the page that documents it");
    }
    format!(
        "correct the {key} in provider.toml; nearest are {}",
        candidates.join(", ")
    )
}

/// Drops every component that nothing outside of the components leads to.
pub fn prune_components(document: &mut Value) {
    let reached = Model::of(document).reached();
    let Some(components) = document
        .get_mut("components")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    components.retain(|section, members| match members.as_object_mut() {
        Some(members) => {
            members.retain(|name, _| reached.contains(&(section.clone(), name.clone())));
            !members.is_empty()
        }
        None => true,
    });
    if components.is_empty() {
        document
            .as_object_mut()
            .map(|root| root.remove("components"));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "openapi": "3.0.0",
            "paths": {
                "/refunds": {
                    "parameters": [{"$ref": "#/components/parameters/Shared"}],
                    "post": {"operationId": "old", "security": [{"basic": []}],
                             "responses": {"200": {"$ref": "#/components/responses/Refund"}}},
                    "get": {"responses": {"200": {"$ref": "#/components/responses/List"}}},
                },
                "/other": {"get": {}},
            },
            "components": {
                "parameters": {"Shared": {}, "Unused": {}},
                "responses": {
                    "Refund": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refund"}}}},
                    "List": {},
                },
                "schemas": {
                    "Refund": {"properties": {"parent": {"$ref": "#/components/schemas/Refund"}, "kind": {"$ref": "#/components/schemas/Kind"}}},
                    "Kind": {"discriminator": {"propertyName": "k", "mapping": {"a": "Variant", "b": "#/components/schemas/A~1B"}}},
                    "Variant": {}, "A/B": {}, "Unused": {"$ref": "#/components/schemas/AlsoUnused"}, "AlsoUnused": {},
                },
                "securitySchemes": {"basic": {}, "bearer": {}},
                "headers": {"Unused": {}},
            },
        })
    }

    #[test]
    fn only_the_wanted_operations_and_what_they_reach_stay() {
        let call = Call::new("POST", "/refunds");
        let selected = select(&document(), [("create_refund", &call)]).unwrap();
        assert_eq!(
            selected["paths"]["/refunds"]["post"]["operationId"],
            "create_refund"
        );
        assert_eq!(selected["paths"]["/refunds"].get("get"), None);
        assert_eq!(selected["paths"].get("/other"), None);
        let names = |section: &str| {
            selected["components"][section]
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(
            names("schemas"),
            ["A/B", "Kind", "Refund", "Variant"]
                .map(String::from)
                .into()
        );
        assert_eq!(names("parameters"), ["Shared"].map(String::from).into());
        assert_eq!(names("responses"), ["Refund"].map(String::from).into());
        assert_eq!(names("securitySchemes"), ["basic"].map(String::from).into());
        assert_eq!(selected["components"].get("headers"), None);
    }

    #[test]
    fn an_operation_is_selected_where_its_path_only_refers_to_it() {
        let mut document = document();
        let item = document["paths"]["/refunds"].take();
        document["paths"]["/refunds"] = json!({"$ref": "#/components/pathItems/Refunds"});
        document["components"]["pathItems"] = json!({"Refunds": item});
        let call = Call::new("POST", "/refunds");
        let selected = select(&document, [("create_refund", &call)]).unwrap();
        let item = &selected["paths"]["/refunds"];
        assert_eq!(item["post"]["operationId"], "create_refund");
        assert_eq!((item.get("get"), item.get("$ref")), (None, None));
        assert_eq!(item["parameters"].as_array().map(Vec::len), Some(1));
        assert_eq!(selected["components"].get("pathItems"), None);
        assert!(selected["components"]["parameters"].get("Shared").is_some());
    }

    #[test]
    fn only_the_wanted_webhooks_and_what_they_reach_stay() {
        let call = Call::new("POST", "/refunds");
        for member in ["webhooks", "x-webhooks"] {
            let mut document = document();
            document[member] = json!({
                "refund.paid": {"summary": "s", "post": {"requestBody": {"$ref": "#/components/schemas/Unused"}}},
                "refund.failed": {"post": {}},
            });
            let wanted = [("refund_paid", "refund.paid")];
            let selected = select_with_webhooks(&document, [("create", &call)], wanted).unwrap();
            assert_eq!(
                selected["webhooks"],
                json!({"refund.paid": {"post": {
                    "operationId": "refund_paid", "requestBody": {"$ref": "#/components/schemas/Unused"},
                }}})
            );
            assert_eq!(selected.get("x-webhooks"), None);
            let schemas = &selected["components"]["schemas"];
            assert!(schemas.get("AlsoUnused").is_some());
            let without = select(&document, [("create", &call)]).unwrap();
            assert_eq!(
                (without.get("webhooks"), without.get("x-webhooks")),
                (None, None)
            );
        }
    }

    #[test]
    fn a_missing_webhook_names_what_is_nearest() {
        let document = json!({"webhooks": {"refund.paid": {"post": {}}}});
        let error = select_with_webhooks(&document, [], [("paid", "refund.payed")]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "webhook paid: the document has no webhook \"refund.payed\": correct the event in provider.toml; \
             nearest are refund.paid"
        );
    }

    #[test]
    fn a_missing_operation_names_what_is_nearest() {
        let call = Call::new("POST", "/refund");
        let error = select(&document(), [("create_refund", &call)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "operation create_refund: the document has no POST /refund: correct the call in provider.toml; \
             nearest are POST /refunds, GET /refunds, GET /other"
        );
    }
}
