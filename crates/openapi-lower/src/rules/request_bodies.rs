//! Media types of request bodies.

use serde_json::{Map, Value, json};

use super::Rule;
use super::media::{self, FORM, JSON};
use crate::report::Scribe;
use crate::{LowerError, document, pointer, rust_type, shape};

pub(super) const RULE: Rule = Rule {
    name: "request-bodies",
    statement: "Accepts request bodies in any media types; emits one: JSON, else a form, else a body that the caller gives with its media type; x-body says how it is written.",
    apply,
};

/// How the body of an operation is written, where its media type does not say it.
pub(super) const EXTENSION: &str = "x-body";

/// What a body becomes.
enum Body {
    Json(Value),
    /// A form, and whether its lists are numbered in brackets.
    Form(Value, bool),
    /// Any bytes, with the media type that the caller gives.
    Media,
}

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let source = document.clone();
    document::each_operation_mut(document, &mut |at, operation| {
        let at = pointer::join(at, "requestBody");
        let Some(body) = operation
            .get_mut("requestBody")
            .and_then(Value::as_object_mut)
        else {
            return;
        };
        let content = match body.remove("content") {
            Some(Value::Object(content)) if !content.is_empty() => content,
            _ => {
                operation.remove("requestBody");
                scribe.note(&at, "has no media type: there is no body");
                return;
            }
        };
        let found = content.keys().cloned().collect::<Vec<_>>().join(", ");
        let (became, kind, schema, how) = match chosen(&source, &content) {
            Body::Json(schema) => ("JSON", JSON, schema, None),
            Body::Form(schema, false) => ("a form", FORM, schema, None),
            Body::Form(schema, true) => ("a form with brackets", FORM, schema, Some("deep-form")),
            Body::Media => {
                let schema = rust_type::extension("MediaBody", Vec::new());
                let schema = json!({rust_type::EXTENSION: schema});
                (
                    "a body with the caller's media type",
                    FORM,
                    schema,
                    Some("media"),
                )
            }
        };
        if found != kind || how.is_some() {
            scribe.note(&at, format!("{found} became {became}"));
        }
        if how == Some("media") {
            let told = body.get("description").and_then(Value::as_str);
            let told = format!(
                "{}\n\nDocumented media types: {found}.",
                told.unwrap_or_default()
            );
            body.insert("description".to_owned(), told.trim_start().into());
        }
        body.insert("content".to_owned(), json!({kind: {"schema": schema}}));
        if let Some(how) = how {
            operation.insert(EXTENSION.to_owned(), how.into());
        }
    });
    Ok(())
}

fn chosen(document: &Value, content: &Map<String, Value>) -> Body {
    let of = |fits: &dyn Fn(&str) -> bool| {
        let mut fitting: Vec<_> = content
            .iter()
            .filter(|(media_type, _)| fits(&media::essence(media_type)))
            .collect();
        fitting.sort_by_key(|(media_type, _)| *media_type);
        fitting.first().map(|(_, media)| *media)
    };
    let json = of(&|essence| essence == JSON)
        .or_else(|| of(&|essence| media::is_json(essence) && essence != media::ANY));
    if let Some(media) = json {
        return Body::Json(media.get("schema").cloned().unwrap_or_else(|| json!({})));
    }
    match of(&|essence| essence == FORM) {
        Some(media)
            if media
                .get("schema")
                .is_some_and(|schema| is_form(document, schema)) =>
        {
            Body::Form(media["schema"].clone(), is_deep(media))
        }
        _ => Body::Media,
    }
}

/// Whether a schema has members, which the fields of a form are.
fn is_form(document: &Value, schema: &Value) -> bool {
    let schema = shape::follow(document, schema);
    schema
        .get("type")
        .and_then(Value::as_str)
        .is_none_or(|kind| kind == "object")
}

/// Whether nested members are in brackets, with a number for each entry of a list.
fn is_deep(media: &Value) -> bool {
    let encodings = media.get("encoding").and_then(Value::as_object);
    encodings.into_iter().flat_map(Map::values).any(|encoding| {
        encoding
            .get("style")
            .is_some_and(|style| style == "deepObject")
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn operation(content: Value) -> Value {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": {"operationId": "a", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}
        }))
        .unwrap();
        lowered.document["paths"]["/a"]["post"].clone()
    }

    #[test]
    fn json_comes_before_forms_and_forms_before_anything_else() {
        let text = json!({"schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}});
        for (content, expected) in [
            (
                json!({"text/plain": {}, "application/vnd.a+json; version=1": text, "application/x-www-form-urlencoded": text}),
                "application/json",
            ),
            (
                json!({"multipart/form-data": text, "application/x-www-form-urlencoded": text}),
                "application/x-www-form-urlencoded",
            ),
        ] {
            let operation = operation(content);
            assert_eq!(
                operation["requestBody"]["content"],
                json!({expected: {"schema": {"$ref": "#/components/schemas/ARequest"}}})
            );
            assert_eq!(operation["x-body"], Value::Null);
        }
    }

    #[test]
    fn a_body_that_is_neither_comes_with_the_media_type_of_the_caller() {
        for content in [
            json!({"multipart/form-data": {"schema": {"type": "object"}, "encoding": {"file": {"contentType": "image/png"}}}}),
            json!({"application/octet-stream": {}}),
            json!({"*/*": {"schema": {"type": "string"}}}),
        ] {
            let operation = operation(content);
            let body = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"];
            assert_eq!(
                body["schema"]["x-rust-type"]["path"],
                "provider_runtime::MediaBody"
            );
            assert_eq!(operation["x-body"], "media");
        }
    }

    #[test]
    fn a_form_in_brackets_is_marked_and_its_encoding_goes() {
        let operation = operation(json!({"application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "string"}}}},
            "encoding": {"b": {"style": "deepObject", "explode": true}}
        }}));
        assert_eq!(operation["x-body"], "deep-form");
        let body = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"];
        assert!(body.get("encoding").is_none());
    }

    #[test]
    fn json_without_a_schema_is_any_json_and_no_media_type_is_no_body() {
        assert_eq!(
            operation(json!({"application/json": {}}))["requestBody"]["content"],
            json!({"application/json": {"schema": {}}})
        );
        assert_eq!(operation(json!({})).get("requestBody"), None);
    }
}
