//! Errors that come in several dialects of JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::media;
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "error-dialects",
    statement: "Accepts errors in several media types of JSON with schemas that differ; emits the first with all of the schemas as alternatives, since an error comes in any of them, whatever was asked for.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    // Errors that many operations have in common stay one type.
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object).into_iter();
    let mut shared = Shared {
        alternatives: BTreeMap::new(),
        taken: components.flat_map(Map::keys).cloned().collect(),
    };
    document::each_operation_mut(document, &mut |at, operation| {
        let Some(responses) = operation.object_mut("responses") else {
            return;
        };
        let any_success = responses.keys().any(|status| status.starts_with('2'));
        for (status, response) in responses.iter_mut() {
            // A success comes in the media type that was asked for.
            if status.starts_with('2') || (status == "default" && !any_success) {
                continue;
            }
            let content = response.object_mut("content");
            if let Some(joined) = content.and_then(|content| join(content, &mut shared)) {
                let at = pointer::join(&pointer::join(at, "responses"), status);
                scribe.note(&at, format!("{joined} are alternatives"));
            }
        }
    });
    for (name, schemas) in shared.alternatives {
        document::schemas_mut(document).insert(name, json!({"anyOf": schemas}));
    }
}

/// The alternatives that errors refer to, and the names that they cannot have.
struct Shared {
    alternatives: BTreeMap<String, Vec<Value>>,
    taken: BTreeSet<String>,
}

impl Shared {
    /// A reference to the alternatives of schemas that have names; nothing where one has none.
    fn reference(&mut self, schemas: &[Value]) -> Option<Value> {
        let names: Option<Vec<String>> = schemas.iter().map(|schema| schema.referred()).collect();
        let wanted = names?.join("Or");
        let others = |name: &str| {
            let known = self.alternatives.get(name);
            self.taken.contains(name) || known.is_some_and(|known| known != schemas)
        };
        let name = openapi_model::names::free(&wanted, "", others);
        let reference = document::reference_to(&name);
        self.alternatives.insert(name, schemas.to_vec());
        Some(reference)
    }
}

/// Puts the schemas of all dialects into that of the first; gives back their media types.
fn join(content: &mut Map<String, Value>, shared: &mut Shared) -> Option<String> {
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
    let reference = shared.reference(&schemas);
    content[&first]["schema"] = reference.unwrap_or_else(|| json!({"anyOf": schemas}));
    Some(joined)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::lowered;

    fn answer(status: &str, dialects: Value) -> (Value, Value) {
        let lowered = lowered(
            json!({"/a": {"get": {"operationId": "a", "responses": {status: {"description": "", "content": dialects}}}}}),
            json!({
                "Problem": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}},
                "Errors": {"type": "object", "required": ["errors"], "properties": {"errors": {"type": "string"}}}
            }),
        );
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
    fn errors_that_operations_have_in_common_stay_one_type() {
        let errors = json!({"400": {"description": "", "content": dialects("Errors")}});
        let get = |id: &str| json!({"get": {"operationId": id, "responses": errors}});
        let object =
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}});
        let other =
            json!({"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}});
        let lowered = lowered(
            json!({"/a": get("a"), "/b": get("b")}),
            json!({"Errors": object, "Problem": other, "ErrorsOrProblem": {"type": "boolean"}}),
        );
        for path in ["/a", "/b"] {
            let content = &lowered.document["paths"][path]["get"]["responses"]["400"]["content"];
            let reference = "#/components/schemas/ErrorsOrProblem2";
            assert_eq!(content["application/json"]["schema"]["$ref"], reference);
        }
    }

    #[test]
    fn dialects_of_one_schema_and_successes_are_left_as_they_are() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert_eq!(answer("400", dialects("Problem")).0, reference("Problem"));
        assert_eq!(answer("200", dialects("Errors")).0, reference("Errors"));
    }
}
