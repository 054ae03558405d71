//! Errors that come in several dialects of JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Rule, media};
use crate::report::Scribe;
use crate::{LowerError, direction, document, pointer};

pub(super) const RULE: Rule = Rule {
    name: "error-dialects",
    statement: "Accepts errors in several media types of JSON with schemas that differ; emits the first with all of the schemas as alternatives, since an error comes in any of them, whatever was asked for.",
    apply,
};

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    // Errors that many operations have in common stay one type.
    let mut shared: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    document::each_operation_mut(document, &mut |at, operation| {
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            return;
        };
        let any_success = responses.keys().any(|status| status.starts_with('2'));
        for (status, response) in responses.iter_mut() {
            // A success comes in the media type that was asked for.
            if status.starts_with('2') || (status == "default" && !any_success) {
                continue;
            }
            let content = response.get_mut("content").and_then(Value::as_object_mut);
            if let Some(joined) = content.and_then(|content| join(content, &mut shared)) {
                let at = pointer::join(&pointer::join(at, "responses"), status);
                scribe.note(&at, format!("{joined} are alternatives"));
            }
        }
    });
    let mut names = BTreeMap::new();
    for (name, schemas) in shared {
        let chosen = document::add_component(document, &name, json!({"anyOf": schemas}));
        names.insert(
            document::reference_to(&name).to_string(),
            document::reference_to(&chosen),
        );
    }
    refer(document, &names);
    Ok(())
}

/// Lets the errors refer to the names that were free.
fn refer(document: &mut Value, names: &BTreeMap<String, Value>) {
    if names
        .iter()
        .all(|(wanted, chosen)| *wanted == chosen.to_string())
    {
        return;
    }
    document::each_operation_mut(document, &mut |_, operation| {
        let responses = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut);
        for response in responses.into_iter().flat_map(Map::values_mut) {
            let content = response.get_mut("content").and_then(Value::as_object_mut);
            for media in content.into_iter().flat_map(Map::values_mut) {
                if let Some(schema) = media.get_mut("schema")
                    && let Some(chosen) = names.get(&schema.to_string())
                {
                    *schema = chosen.clone();
                }
            }
        }
    });
}

/// A name for the alternatives of schemas that have names.
fn name_of(schemas: &[Value]) -> Option<String> {
    let names: Option<Vec<String>> = schemas
        .iter()
        .map(|schema| direction::component_name(schema.get("$ref")?.as_str()?))
        .collect();
    Some(names?.join("Or"))
}

/// Puts the schemas of all dialects into that of the first; gives back their media types.
fn join(
    content: &mut Map<String, Value>,
    shared: &mut BTreeMap<String, Vec<Value>>,
) -> Option<String> {
    let mut dialects: Vec<&String> = content
        .iter()
        .filter(|(media_type, media)| {
            media::is_json(media_type) && media.get("schema").is_some_and(Value::is_object)
        })
        .map(|(media_type, _)| media_type)
        .collect();
    dialects.sort_by_key(|media_type| media::preference(media_type));
    let mut schemas: Vec<Value> = Vec::new();
    for media_type in &dialects {
        let schema = &content[*media_type]["schema"];
        if !schemas.contains(schema) {
            schemas.push(schema.clone());
        }
    }
    if schemas.len() < 2 {
        return None;
    }
    let all = dialects.iter().map(|media_type| media_type.as_str());
    let joined = all.collect::<Vec<_>>().join(", ");
    let first = (*dialects.first()?).clone();
    content[&first]["schema"] = match name_of(&schemas) {
        Some(name) => {
            let reference = document::reference_to(&name);
            shared.insert(name, schemas);
            reference
        }
        None => json!({"anyOf": schemas}),
    };
    Some(joined)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn answer(status: &str, dialects: Value) -> (Value, Value) {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {status: {"description": "", "content": dialects}}}}},
            "components": {"schemas": {
                "Problem": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}},
                "Errors": {"type": "object", "required": ["errors"], "properties": {"errors": {"type": "string"}}}
            }}
        }))
        .unwrap();
        let of_answer = &lowered.document["paths"]["/a"]["get"]["responses"][status];
        let schema = of_answer["content"]["application/json"]["schema"].clone();
        let name = schema["$ref"].as_str().unwrap_or_default();
        let name = name.trim_start_matches("#/components/schemas/").to_owned();
        (
            schema,
            lowered.document["components"]["schemas"][name].clone(),
        )
    }

    fn dialects(other: &str) -> Value {
        let reference =
            |name: &str| json!({"schema": {"$ref": format!("#/components/schemas/{name}")}});
        json!({"application/problem+json": reference("Problem"), "application/json": reference(other)})
    }

    #[test]
    fn an_error_is_read_in_each_dialect_that_is_documented() {
        let (_, union) = answer("400", dialects("Errors"));
        let alternatives = union["oneOf"].to_string();
        for name in ["Problem", "Errors"] {
            let reference = format!("#/components/schemas/{name}");
            assert!(alternatives.contains(&reference), "{union}");
        }
    }

    #[test]
    fn dialects_of_one_schema_and_successes_are_left_as_they_are() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert_eq!(answer("400", dialects("Problem")).0, reference("Problem"));
        assert_eq!(answer("200", dialects("Errors")).0, reference("Errors"));
    }
}
