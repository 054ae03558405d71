//! Members of operations that make no difference to a client.

use serde_json::{Map, Value};

use super::Rule;
use crate::document::METHODS;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document, pointer};

pub(super) const RULE: Rule = Rule {
    name: "client-members",
    statement: "Accepts callbacks, links, tags, headers of answers and samples; emits the operations without them.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    if let Some(root) = document.as_object_mut() {
        keep(root, &["openapi", "info", "paths", "components"]);
    }
    if let Some(components) = document
        .get_mut("components")
        .and_then(Value::as_object_mut)
    {
        keep(components, &["schemas"]);
    }
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for item in paths.values_mut().filter_map(Value::as_object_mut) {
            keep(item, &METHODS);
        }
        paths.retain(|_, item| item.as_object().is_some_and(|item| !item.is_empty()));
    }
    document::each_operation_mut(document, &mut |at, operation| {
        for (member, note) in [
            (
                "callbacks",
                "left out: the provider calls them, a client does not",
            ),
            (
                "x-dropshot-pagination",
                "left out: pages are asked for one by one",
            ),
            (
                "x-dropshot-websocket",
                "left out: the connection is not upgraded",
            ),
        ] {
            if operation.contains_key(member) {
                scribe.note(&pointer::join(at, member), note);
            }
        }
        keep(
            operation,
            &[
                "operationId",
                "summary",
                "description",
                "deprecated",
                "parameters",
                "requestBody",
                "responses",
            ],
        );
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            body(response);
        }
        if let Some(request) = operation.get_mut("requestBody") {
            body(request);
        }
    });
    Ok(())
}

fn body(owner: &mut Value) {
    let Some(owner) = owner.as_object_mut() else {
        return;
    };
    keep(owner, &["description", "required", "content"]);
    let content = owner.get_mut("content").and_then(Value::as_object_mut);
    for media in content
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
    {
        keep(media, &["schema"]);
    }
}

fn keep(object: &mut Map<String, Value>, members: &[&str]) {
    object.retain(|member, _| members.contains(&member.as_str()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;

    #[test]
    fn what_makes_no_difference_to_a_client_goes_and_callbacks_are_noted() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": 7, "tags": null,
            "paths": {"/a": {"servers": [], "get": {
                "operationId": "a", "tags": "none", "callbacks": {}, "security": false,
                "responses": {"204": {"description": "done", "headers": null, "links": 3}}
            }}},
            "components": {"headers": null, "securitySchemes": []}
        }))
        .unwrap();
        assert_eq!(
            lowered.document,
            json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"get": {"operationId": "a", "responses": {"204": {"description": "done"}}}}},
                "components": {"schemas": {}}
            })
        );
        assert_eq!(lowered.report.counts()["client-members"], 1);
    }
}
