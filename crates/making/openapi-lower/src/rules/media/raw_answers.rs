//! Answers whose documented type is no JSON, whatever their media type says.

use serde_json::Value;

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::media;
use crate::report::Scribe;
use crate::{document, pointer, reference};

pub(crate) const RULE: Rule = Rule {
    name: "raw-answers",
    statement: "Accepts answers of bytes under a media type of JSON, and of bytes or a plain text under any media type (*/*); emits them without a schema, so that they are kept raw.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let mut places = Vec::new();
    let mut find = |at: &str, operation: &Value| {
        let at = pointer::join(at, "responses");
        for (status, response) in operation.members("responses") {
            let at = pointer::join(&pointer::join(&at, status), "content");
            for (media_type, media) in response.members("content") {
                let Some(schema) = media.get("schema") else {
                    continue;
                };
                let schema = reference::followed(document, schema);
                let any = media::essence(media_type) == media::ANY;
                if media::is_json(media_type) && (is_bytes(schema) || (any && is_text(schema))) {
                    places.push(pointer::join(&at, media_type));
                }
            }
        }
    };
    document::each_operation(document, &mut find);
    for at in places {
        let media = document.pointer_mut(&at).and_then(Value::as_object_mut);
        if media.is_some_and(|media| media.remove("schema").is_some()) {
            scribe.note(&at, "is no JSON by its schema: kept raw");
        }
    }
}

/// Whether a schema says that the content is bytes, as OpenAPI 3.0 and 3.1 say it.
fn is_bytes(schema: &Value) -> bool {
    let text = |keyword: &str| schema.text(keyword);
    match text("type") {
        Some("string") | None => {
            text("format") == Some("binary")
                || (text("type").is_some()
                    && schema.get("contentEncoding").is_none()
                    && text("contentMediaType").is_some_and(|kind| !kind.contains("json")))
        }
        Some(_) => false,
    }
}

/// Whether a schema is a text about which nothing is said that only JSON writers would know.
fn is_text(schema: &Value) -> bool {
    let format = schema.text("format");
    schema.get("type").is_some_and(|kind| kind == "string")
        && schema.get("enum").is_none()
        && matches!(format, None | Some("byte"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn content(media_type: &str, schema: Value) -> Value {
        let lowered = lower(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {media_type: {"schema": schema}}}}}}},
            "components": {"schemas": {"File": {"type": "string", "format": "binary"}}}
        }))
        .unwrap();
        lowered.document["paths"]["/a"]["get"]["responses"]["200"]["content"].clone()
    }

    #[test]
    fn bytes_are_raw_under_any_media_type() {
        let raw = json!({"*/*": {}});
        for media_type in ["*/*", "application/json", "application/vnd.a+json"] {
            assert_eq!(
                content(media_type, json!({"type": "string", "format": "binary"})),
                raw
            );
            assert_eq!(
                content(media_type, json!({"$ref": "#/components/schemas/File"})),
                raw
            );
        }
        let schema = json!({"type": "string", "contentMediaType": "application/pdf"});
        assert_eq!(content("application/json", schema), raw);
    }

    #[test]
    fn a_text_is_raw_under_a_range_of_media_types_and_json_under_json() {
        assert_eq!(
            content("*/*", json!({"type": "string"})),
            json!({"*/*": {}})
        );
        let schema = json!({"type": "string"});
        assert_eq!(
            content("application/json", schema.clone()),
            json!({"application/json": {"schema": schema}})
        );
    }

    #[test]
    fn what_only_json_can_write_is_json_under_a_range_of_media_types() {
        for schema in [
            json!({"type": "boolean"}),
            json!({"type": "string", "format": "date-time"}),
            json!({"type": "object"}),
        ] {
            let content = content("*/*", schema);
            assert!(
                content["application/json"]["schema"].is_object(),
                "{content}"
            );
        }
    }
}
