//! References to anything but schemas.

use serde_json::{Map, Value, json};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document, pointer, reference};

pub(super) const RULE: Rule = Rule {
    name: "inline-references",
    statement: "Accepts references to path items, parameters, request bodies and responses; emits what they refer to in their place, and what leads nowhere as unknown.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let source = document.clone();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, item| {
            let at = pointer::join("/paths", path);
            let own = item.get("$ref").and(item.as_object().cloned());
            if !replace(&source, item, &at, scribe) {
                return false;
            }
            if let Some(item) = item.as_object_mut() {
                // What stands beside the reference is said of this path.
                for (member, value) in own.into_iter().flatten() {
                    if member != "$ref" {
                        item.entry(member).or_insert(value);
                    }
                }
                replace_parameters(&source, item, &at, scribe);
            }
            true
        });
    }
    document::each_operation_mut(document, &mut |at, operation| {
        replace_in_operation(&source, operation, at, scribe);
    });
    Ok(())
}

fn replace_in_operation(
    source: &Value,
    operation: &mut Map<String, Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) {
    replace_parameters(source, operation, at, scribe);
    // Of a body or an answer that is not known, everything is possible.
    let unknown = || json!({"description": "", "content": {"*/*": {}}});
    if let Some(body) = operation.get_mut("requestBody")
        && !replace(source, body, &pointer::join(at, "requestBody"), scribe)
    {
        *body = unknown();
    }
    if let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    {
        let at = pointer::join(at, "responses");
        for (status, response) in responses.iter_mut() {
            if !replace(source, response, &pointer::join(&at, status), scribe) {
                *response = unknown();
            }
        }
    }
}

fn replace_parameters(
    source: &Value,
    owner: &mut Map<String, Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) {
    let Some(parameters) = owner.get_mut("parameters").and_then(Value::as_array_mut) else {
        return;
    };
    let at = pointer::join(at, "parameters");
    let mut index = 0;
    parameters.retain_mut(|parameter| {
        let at = pointer::join(&at, &index.to_string());
        index += 1;
        replace(source, parameter, &at, scribe)
    });
}

/// Puts what `place` refers to in its place; says whether it is anything.
fn replace(source: &Value, place: &mut Value, at: &str, scribe: &mut Scribe<'_>) -> bool {
    let Some(reference) = place.get("$ref").map(|reference| match reference {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }) else {
        return true;
    };
    let target = reference::followed(source, place);
    if target.get("$ref").is_some() {
        scribe.left_out(
            at,
            format!("the reference {reference} leads nowhere in this document: add what it names, or remove it"),
        );
        return false;
    }
    scribe.note(at, format!("{reference} written out"));
    *place = target.clone();
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;
    use crate::plan::Writer;

    #[test]
    fn a_referenced_response_and_parameter_are_written_out() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {
                "operationId": "a",
                "parameters": [{"$ref": "#/components/parameters/P"}],
                "responses": {"200": {"$ref": "#/components/responses/Done"}}
            }}},
            "components": {
                "parameters": {"P": {"name": "p", "in": "query", "schema": {"type": "string"}}},
                "responses": {"Done": {"description": "done"}}
            }
        }))
        .unwrap();
        let operation = &lowered.document["paths"]["/a"]["get"];
        assert_eq!(operation["parameters"][0]["name"], "p");
        assert_eq!(
            operation["responses"]["200"],
            json!({"description": "done"})
        );
        assert_eq!(lowered.report.counts()["inline-references"], 2);
    }

    #[test]
    fn a_path_item_is_found_among_the_components_and_behind_another_path() {
        let lowered = lower(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {"$ref": "#/components/pathItems/A", "put": {"operationId": "own", "responses": {"204": {"description": ""}}}},
                "/b": {"$ref": "#/paths/~1a"}
            },
            "components": {"pathItems": {"A": {"get": {"responses": {"204": {"description": "done"}}}}}}
        }))
        .unwrap();
        for path in ["/a", "/b"] {
            let responses = &lowered.document["paths"][path]["get"]["responses"];
            assert_eq!(
                *responses,
                json!({"204": {"description": "done"}}),
                "{path}"
            );
        }
        assert_eq!(lowered.document["paths"]["/a"]["put"]["operationId"], "own");
        assert!(
            !lowered
                .report
                .applied()
                .iter()
                .any(|applied| applied.left_out)
        );
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_unknown_and_reported_with_its_place() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {"post": {
                    "operationId": "a",
                    "parameters": [{"$ref": ""}],
                    "requestBody": {"$ref": "other.yaml#/Body"},
                    "responses": {"200": {"$ref": "#/components/responses/Loop"}}
                }},
                "/b": {"$ref": 7}
            },
            "components": {"responses": {"Loop": {"$ref": "#/components/responses/Loop"}}}
        }))
        .unwrap();
        let left_out: Vec<_> = lowered
            .report
            .applied()
            .iter()
            .filter(|applied| applied.left_out)
            .map(|applied| applied.pointer.as_str())
            .collect();
        assert_eq!(
            left_out,
            [
                "/paths/~1b",
                "/paths/~1a/post/parameters/0",
                "/paths/~1a/post/requestBody",
                "/paths/~1a/post/responses/200"
            ]
        );
        let operation = &lowered.document["paths"]["/a"]["post"];
        assert_eq!(operation["responses"]["200"]["content"], json!({"*/*": {}}));
        let body = lowered.plan.operations[0].body.as_ref().unwrap();
        assert_eq!(body.writer, Writer::Media);
    }
}
