//! Answers that are documented without a type.

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::media;
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "untyped-answers",
    statement: "Accepts JSON without a schema in an error, or beside a success that has one, redirections, and statuses without a body or with another one; emits the former as any JSON, and decides that the latter are known to be documented.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    document::each_operation_mut(document, &mut |at, operation| {
        let at = pointer::join(at, "responses");
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            return;
        };
        let is_success = |status: &str| status.starts_with('2');
        let listed_success = responses.keys().any(|status| is_success(status));
        let typed_success = responses
            .iter()
            .any(|(status, response)| is_success(status) && is_typed(response));
        let mut untyped = Vec::new();
        for (status, response) in responses {
            let is_error = match status.as_str() {
                "default" => listed_success,
                status => status.starts_with(['4', '5']),
            };
            let beside = is_success(status) && typed_success;
            if (is_error || beside)
                && !is_typed(response)
                && let Some(media) = json_of(response)
            {
                media.insert("schema".to_owned(), json!({}));
                scribe.note(
                    &pointer::join(&at, status),
                    "JSON without a schema: read as any JSON",
                );
            }
            let is_redirection = status.starts_with('3');
            if is_redirection && is_typed(response) {
                let told = "no client follows it: it arrives as an unexpected answer, with all that it carried";
                scribe.note(&pointer::join(&at, status), told);
            }
            if !is_success(status) && (is_redirection || !is_typed(response)) {
                untyped.push(status.clone());
            }
        }
        if !untyped.is_empty() {
            scribe.note(
                &at,
                format!("{} documented without a type", untyped.join(", ")),
            );
            facts.of(operation).untyped = untyped;
        }
    });
}

/// Whether an answer has JSON with a schema.
fn is_typed(response: &Value) -> bool {
    let mut content = response.members("content");
    content
        .any(|(media_type, media)| media::is_json(media_type) && media.object("schema").is_some())
}

/// What an answer says of its JSON.
fn json_of(response: &mut Value) -> Option<&mut Map<String, Value>> {
    let content = response.get_mut("content")?.as_object_mut()?;
    let media = content
        .iter_mut()
        .find(|(media_type, _)| media::is_json(media_type) && !media_type.starts_with('*'));
    media?.1.as_object_mut()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{lowered, planned};

    fn operation(responses: Value) -> Value {
        let lowered = lowered(
            json!({"/a": {"get": {"operationId": "a", "responses": responses}}}),
            json!({}),
        );
        lowered.document["paths"]["/a"]["get"].clone()
    }

    #[test]
    fn statuses_without_a_type_are_known_to_be_documented() {
        let text =
            json!({"description": "", "content": {"text/plain": {"schema": {"type": "string"}}}});
        // Nothing reads the type of a redirection.
        let moved = json!({"description": "", "content": {"application/json": {"schema": {"type": "object"}}}});
        let operation = planned(json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {
                "204": {"description": ""}, "302": moved, "303": {"description": ""}, "400": {"description": ""}, "500": text
            }}}}
        }));
        assert_eq!(
            operation.documented,
            [(302, 302), (303, 303), (400, 400), (500, 500)]
        );
    }

    #[test]
    fn json_without_a_schema_is_any_json_in_an_error_and_beside_a_typed_success() {
        let untyped =
            json!({"description": "", "content": {"application/json": {"example": {"code": 1}}}});
        let typed = json!({"description": "", "content": {"application/json": {"schema": {"type": "boolean"}}}});
        let schema = |responses: Value, status: &str| {
            operation(responses)["responses"][status]["content"]["application/json"]["schema"]
                .clone()
        };
        let error = json!({"204": {"description": ""}, "422": untyped});
        assert_eq!(schema(error, "422"), json!({}));
        let beside = schema(json!({"200": typed, "202": untyped}), "202");
        assert!(beside.to_string().contains("ByStatus"), "{beside}");
        // Alone, a success is kept as it came.
        assert_eq!(schema(json!({"200": untyped}), "200"), Value::Null);
    }
}
