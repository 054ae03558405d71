//! References to anything but schemas.

use serde_json::{Map, Value};

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, document, pointer, shape};

pub(super) const RULE: Rule = Rule {
    name: "inline-references",
    statement: "Accepts references to path items, parameters, request bodies and responses; emits what they refer to in their place.",
    apply,
};

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let source = document.clone();
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for (path, item) in paths.iter_mut() {
            replace(&source, item, &pointer::join("/paths", path), scribe)?;
            let at = pointer::join("/paths", path);
            if let Some(item) = item.as_object_mut() {
                replace_parameters(&source, item, &at, scribe)?;
            }
        }
    }
    let mut outcome = Ok(());
    document::each_operation_mut(document, &mut |at, operation| {
        if outcome.is_ok() {
            outcome = replace_in_operation(&source, operation, at, scribe);
        }
    });
    outcome
}

fn replace_in_operation(
    source: &Value,
    operation: &mut Map<String, Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) -> Result<(), LowerError> {
    replace_parameters(source, operation, at, scribe)?;
    if let Some(body) = operation.get_mut("requestBody") {
        replace(source, body, &pointer::join(at, "requestBody"), scribe)?;
    }
    if let Some(responses) = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut)
    {
        let at = pointer::join(at, "responses");
        for (status, response) in responses.iter_mut() {
            replace(source, response, &pointer::join(&at, status), scribe)?;
        }
    }
    Ok(())
}

fn replace_parameters(
    source: &Value,
    owner: &mut Map<String, Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) -> Result<(), LowerError> {
    let Some(parameters) = owner.get_mut("parameters").and_then(Value::as_array_mut) else {
        return Ok(());
    };
    let at = pointer::join(at, "parameters");
    for (index, parameter) in parameters.iter_mut().enumerate() {
        replace(
            source,
            parameter,
            &pointer::join(&at, &index.to_string()),
            scribe,
        )?;
    }
    Ok(())
}

fn replace(
    source: &Value,
    place: &mut Value,
    at: &str,
    scribe: &mut Scribe<'_>,
) -> Result<(), LowerError> {
    let Some(reference) = place.get("$ref").and_then(Value::as_str).map(str::to_owned) else {
        return Ok(());
    };
    let target = shape::follow(source, place).clone();
    if target.get("$ref").is_some() {
        return Err(LowerError {
            pointer: at.to_owned(),
            rule: RULE.name,
            cause: format!(
                "the reference {reference} leads nowhere in this document: add what it names, or remove it"
            ),
        });
    }
    scribe.note(at, format!("{reference} written out"));
    *place = target;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;

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
    fn a_reference_that_leads_nowhere_is_refused_with_its_place() {
        let refused = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"$ref": "#/components/responses/Gone"}}}}}
        }))
        .unwrap_err();
        assert_eq!(refused.pointer, "/paths/~1a/get/responses/200");
    }
}
