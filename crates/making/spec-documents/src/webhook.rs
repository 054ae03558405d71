//! Webhooks: what the provider calls.

use openapi_model::{is_method, pointer};
use serde_json::Value;

/// Where a document has its webhooks: in OpenAPI 3.1, and in 3.0, which has no place for them of its own.
pub(crate) const MEMBERS: [&str; 2] = ["webhooks", "x-webhooks"];

/// An operation of a webhook.
pub(crate) struct WebhookOperation<'a> {
    /// JSON pointer of the operation.
    pub(crate) pointer: String,
    /// Name of the webhook: the event's.
    pub(crate) event: &'a str,
    /// The operation.
    pub(crate) operation: &'a Value,
}

/// Every operation of every webhook of a document, in the order of event and method.
pub(crate) fn operations(document: &Value) -> Vec<WebhookOperation<'_>> {
    let mut found = Vec::new();
    for member in MEMBERS {
        let webhooks = document.get(member).and_then(Value::as_object);
        for (event, item) in webhooks.into_iter().flatten() {
            let item_pointer = pointer::join(&pointer::join("", member), event);
            for (method, operation) in item.as_object().into_iter().flatten() {
                if is_method(method) && operation.is_object() {
                    found.push(WebhookOperation {
                        pointer: pointer::join(&item_pointer, method),
                        event,
                        operation,
                    });
                }
            }
        }
    }
    found.sort_by(|left, right| (left.event, &left.pointer).cmp(&(right.event, &right.pointer)));
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn webhooks_of_both_versions_are_found_in_order() {
        let document = json!({
            "webhooks": {"b": {"post": {}, "summary": "no operation"}},
            "x-webhooks": {"a/c": {"post": {"x": 1}}},
        });
        let found: Vec<_> = operations(&document)
            .into_iter()
            .map(|found| (found.pointer, found.event))
            .collect();
        assert_eq!(
            found,
            [
                ("/x-webhooks/a~1c/post".to_owned(), "a/c"),
                ("/webhooks/b/post".to_owned(), "b")
            ]
        );
    }
}
