//! The part of a document that a crate needs: the configured operations and what they refer to.

use std::collections::BTreeSet;

use openapi_model::{Model, is_method};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{Call, call, webhook};

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
    let webhooks = selected_webhooks(document, webhooks)?;
    let mut selected = document.clone();
    let mut kept = BTreeSet::new();
    for (name, call) in wanted {
        let operation = selected
            .pointer_mut(&call.pointer())
            .and_then(Value::as_object_mut);
        let Some(operation) = operation else {
            return Err(missing(document, name, call));
        };
        operation.insert("operationId".to_owned(), name.into());
        kept.insert(call.clone());
    }
    drop_operations(&mut selected, &kept);
    // What only documents the provider's other operations would keep components alive.
    if let Some(root) = selected.as_object_mut() {
        root.retain(|member, _| !webhook::MEMBERS.contains(&member.as_str()));
        if !webhooks.is_empty() {
            root.insert("webhooks".to_owned(), Value::Object(webhooks));
        }
    }
    prune_components(&mut selected);
    Ok(selected)
}

/// The webhooks of `wanted` under their events, with their names.
fn selected_webhooks<'a>(
    document: &Value,
    wanted: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Map<String, Value>, SelectError> {
    let known = webhook::operations(document);
    let mut selected = Map::new();
    for (name, event) in wanted {
        let Some(found) = known.iter().find(|known| known.event == event) else {
            let events = known.iter().map(|known| known.event.to_owned());
            return Err(SelectError::Webhook {
                name: name.to_owned(),
                event: event.to_owned(),
                hint: hint("webhook", "event", event, events.collect()),
            });
        };
        let mut operation = found.operation.clone();
        operation["operationId"] = name.into();
        selected.insert(event.to_owned(), serde_json::json!({"post": operation}));
    }
    Ok(selected)
}

fn missing(document: &Value, name: &str, call: &Call) -> SelectError {
    let calls = call::operations(document).into_iter();
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

fn drop_operations(document: &mut Value, kept: &BTreeSet<Call>) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    paths.retain(|path, item| {
        if path.starts_with("x-") {
            return true;
        }
        let Some(item) = item.as_object_mut() else {
            return false;
        };
        item.retain(|key, _| !is_method(key) || kept.contains(&Call::new(key, path)));
        item.keys().any(|key| is_method(key))
    });
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
    fn only_the_wanted_webhooks_and_what_they_reach_stay() {
        let call = Call::new("POST", "/refunds");
        for member in webhook::MEMBERS {
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
