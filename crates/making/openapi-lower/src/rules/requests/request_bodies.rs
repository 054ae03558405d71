//! Media types of request bodies.

use serde_json::{Map, Value, json};

use super::parameter_styles;
use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::media::{self, FORM, JSON};
use crate::plan::{self, Style, StyleName, Writer};
use crate::report::Scribe;
use crate::{document, pointer, reference, rust_type};

pub(crate) const RULE: Rule = Rule {
    name: "request-bodies",
    statement: "Accepts request bodies in any media types; emits one: JSON, else a form, else a body that the caller gives with its media type, and none where GET, HEAD or DELETE document an empty one; decides how it is written, under which dialect of JSON, what files can be sent in its place, and whether it may be left out.",
    apply,
};

/// What a body becomes.
enum Body {
    /// JSON, and what it is called on the wire.
    Json(Value, String),
    /// A form, and how its fields are written.
    Form(Value, Vec<(String, Style)>),
    /// Any bytes, with the media type that the caller gives.
    Media,
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let source = document.clone();
    document::each_operation_mut(document, &mut |at, operation| {
        let bodiless = ["/get", "/head", "/delete"]
            .iter()
            .any(|method| at.ends_with(method));
        let at = pointer::join(at, "requestBody");
        let Some(body) = operation.object_mut("requestBody") else {
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
        let chosen = chosen(&source, &content);
        if let Body::Json(schema, _) | Body::Form(schema, _) = &chosen
            && bodiless
            && !body.is_true("required")
            && is_empty(&source, schema)
        {
            operation.remove("requestBody");
            scribe.note(&at, format!("{found} without members: no body is sent"));
            return;
        }
        let others = match chosen {
            Body::Media => Vec::new(),
            _ => others(&content),
        };
        let others = (!others.is_empty()).then(|| others.join(", "));
        if let Some(told) = &others {
            scribe.note(&at, format!("{told} can be sent in place of it"));
        }
        let (became, kind, schema, writer) = match chosen {
            Body::Json(schema, media_type) => {
                let is_dialect = media_type != JSON && media::is_header(&media_type);
                let media_type = is_dialect.then_some(media_type);
                ("JSON", JSON, schema, Writer::Json { media_type })
            }
            Body::Form(schema, fields) => ("a form", FORM, schema, Writer::Form(fields)),
            Body::Media => {
                let schema = rust_type::extension("MediaBody", Vec::new());
                let schema = json!({rust_type::EXTENSION: schema});
                let what = "a body with the caller's media type";
                (what, FORM, schema, Writer::Media)
            }
        };
        let is_plain = match &writer {
            Writer::Json { .. } => true,
            Writer::Form(fields) => fields.is_empty(),
            Writer::Media => false,
        };
        if found != kind || !is_plain {
            scribe.note(&at, format!("{found} became {became}"));
        }
        // Where the document does not say it, a body that it describes is meant to be sent; those of GET, HEAD
        // and DELETE have no meaning of their own (RFC 9110, section 9.3).
        let is_optional = match body.get("required") {
            Some(required) => *required == Value::Bool(false),
            None => bodiless,
        };
        let mut told = body.text("description").unwrap_or_default().to_owned();
        if writer == Writer::Media {
            told.push_str(&format!("\n\nDocumented media types: {found}."));
        }
        if is_optional {
            told.push_str("\n\nMay be left out.");
            scribe.note(&at, "is sent only if it is given");
        }
        let description = Some(told.trim_start().to_owned()).filter(|told| !told.is_empty());
        body.insert("content".to_owned(), json!({kind: {"schema": schema}}));
        facts.of(operation).body = Some(plan::Body {
            writer,
            is_optional,
            others,
            description,
        });
    });
}

/// Whether a schema is of objects without any member.
fn is_empty(document: &Value, schema: &Value) -> bool {
    let schema = reference::followed(document, schema);
    let Some(object) = schema.as_object() else {
        return false;
    };
    let none = |keyword: &str| match object.get(keyword) {
        None | Some(Value::Bool(false) | Value::Null) => true,
        Some(Value::Object(members)) => keyword == "properties" && members.is_empty(),
        Some(Value::Array(names)) => keyword == "required" && names.is_empty(),
        Some(_) => false,
    };
    object.get("type").is_some_and(|kind| kind == "object")
        && object
            .keys()
            .filter(|keyword| !crate::schema::is_annotation(keyword))
            .all(|keyword| keyword == "type" || keyword == "nullable" || none(keyword))
}

fn chosen(document: &Value, content: &Map<String, Value>) -> Body {
    let of = |fits: &dyn Fn(&str, &Value) -> bool| {
        content
            .iter()
            .filter(|(media_type, media)| fits(&media::essence(media_type), media))
            .min_by_key(|(media_type, media)| {
                // A patch of the object itself, where an object is documented, and not a list of steps.
                let essence = media::essence(media_type);
                let steps =
                    essence == "application/json-patch+json" && has_members(document, media);
                (essence != JSON, steps, (*media_type).clone())
            })
    };
    let json = of(&|essence, _| media::is_json(essence) && essence != media::ANY);
    let form = of(&|essence, media| essence == FORM && is_form(document, media));
    let any = of(&|essence, media| essence == media::ANY && has_members(document, media));
    match (json, form, any) {
        (Some((media_type, media)), ..) | (None, None, Some((media_type, media))) => Body::Json(
            media.get("schema").cloned().unwrap_or_else(|| json!({})),
            media::on_the_wire(media_type),
        ),
        (None, Some((_, media)), _) => Body::Form(media["schema"].clone(), fields(media)),
        (None, None, None) => Body::Media,
    }
}

/// The media types that carry files, or what else JSON and a form do not.
fn others(content: &Map<String, Value>) -> Vec<String> {
    let is_other = |media_type: &&String| {
        let essence = media::essence(media_type);
        let is_xml = essence.ends_with("/xml") || essence.ends_with("+xml");
        !is_xml && !media::is_json(media_type) && essence != FORM && essence != "text/plain"
    };
    content.keys().filter(is_other).cloned().collect()
}

/// Whether a body is of objects with members of their own.
fn has_members(document: &Value, media: &Value) -> bool {
    media.get("schema").is_some_and(|schema| {
        let schema = reference::followed(document, schema);
        schema.object("properties").is_some() || schema.text("type") == Some("object")
    })
}

/// Whether a body has members, which the fields of a form are.
fn is_form(document: &Value, media: &Value) -> bool {
    media.get("schema").is_some_and(|schema| {
        let kind = reference::followed(document, schema).text("type");
        kind.is_none_or(|kind| kind == "object")
    })
}

/// How the fields of a form are written, where not as a form is by itself: an encoding speaks of its own field only.
fn fields(media: &Value) -> Vec<(String, Style)> {
    let styled = media.members("encoding").filter_map(|(name, encoding)| {
        let kind = encoding.text("contentType");
        // What is said of the style counts before the media type (OpenAPI, Encoding Object).
        let is_styled = ["style", "explode", "allowReserved"]
            .iter()
            .any(|member| encoding.get(*member).is_some());
        let style = if is_styled {
            parameter_styles::read(encoding, "query")
        } else if kind.is_some_and(media::is_json) {
            Style::of(StyleName::Json)
        } else {
            return None;
        };
        Some((name.clone(), style))
    });
    styled.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;
    use crate::plan::{Body, Style, StyleName, Writer};
    use crate::rules::testing::{lowered, planned};

    fn document(content: Value) -> Value {
        json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"post": {"operationId": "a", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}
        })
    }

    fn planned_body(content: Value) -> Body {
        planned(document(content)).body.unwrap()
    }

    fn operation(content: Value) -> Value {
        lower(&document(content)).unwrap().document["paths"]["/a"]["post"].clone()
    }

    #[test]
    fn a_body_may_be_left_out_where_the_document_says_so_and_where_none_is_expected() {
        let optional = |method: &str, required: Value| {
            let mut body = json!({"content": {"application/json": {"schema": {"type": "object", "required": ["b"], "properties": {"b": {"type": "boolean"}}}}}});
            body["required"] = required;
            let operation = planned(json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
                "paths": {"/a": {method: {"operationId": "a", "requestBody": body, "responses": {"204": {"description": ""}}}}}
            }));
            operation.body.unwrap().is_optional
        };
        for (method, required, expected) in [
            ("post", json!(false), true),
            ("post", json!(true), false),
            ("post", Value::Null, false),
            ("delete", Value::Null, true),
            ("delete", json!(true), false),
        ] {
            assert_eq!(optional(method, required), expected, "{method}");
        }
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
            assert_eq!(
                operation(content)["requestBody"]["content"],
                json!({expected: {"schema": {"$ref": "#/components/schemas/ARequest"}}})
            );
        }
    }

    #[test]
    fn a_file_beside_json_or_a_form_can_be_sent_in_its_place() {
        let object =
            json!({"schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}});
        for (beside, expected) in [
            (
                json!({"multipart/form-data": object, "image/png": {}}),
                Some("image/png, multipart/form-data"),
            ),
            (
                json!({"application/xml": object, "text/plain": {}, "application/problem+json": object, "*/*": {}}),
                None,
            ),
        ] {
            for body in ["application/json", "application/x-www-form-urlencoded"] {
                let mut content = beside.clone();
                content[body] = object.clone();
                let others = planned_body(content).others;
                assert_eq!(others.as_deref(), expected, "{body}");
            }
        }
        let alone = planned_body(json!({"multipart/form-data": object}));
        assert_eq!(alone.others, None);
    }

    #[test]
    fn a_body_that_is_neither_comes_with_the_media_type_of_the_caller() {
        for content in [
            json!({"multipart/form-data": {"schema": {"type": "object"}, "encoding": {"file": {"contentType": "image/png"}}}}),
            json!({"application/octet-stream": {}}),
            json!({"*/*": {"schema": {"type": "string"}}}),
        ] {
            let operation = operation(content.clone());
            let body = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"];
            assert_eq!(
                body["schema"]["x-rust-type"]["path"],
                "provider_runtime::MediaBody"
            );
            assert_eq!(planned_body(content).writer, Writer::Media);
        }
    }

    #[test]
    fn a_form_in_brackets_is_marked_and_its_encoding_goes() {
        let content = json!({"application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "string"}}}},
            "encoding": {"b": {"style": "deepObject", "explode": true}}
        }});
        let deep = Style::of(StyleName::DeepObject);
        let fields = vec![("b".to_owned(), deep)];
        assert_eq!(planned_body(content.clone()).writer, Writer::Form(fields));
        let operation = operation(content);
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

    #[test]
    fn the_encodings_of_single_fields_are_kept() {
        let body = planned_body(json!({"application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"b": {"type": "array", "items": {"type": "string"}}, "c": {"type": "object"}}},
            "encoding": {"b": {"style": "form", "explode": false}, "c": {"contentType": "application/json"}, "d": {"style": "form"},
                "e": {"explode": true, "contentType": "application/json"}, "f": {"allowReserved": true}, "g": {"contentType": "text/plain"}}
        }}));
        let form = Style::of(StyleName::Form);
        let exploded = Style {
            is_exploded: true,
            ..form
        };
        let reserved = Style {
            allows_reserved: true,
            ..exploded
        };
        let json = Style::of(StyleName::Json);
        let fields = [
            ("b", form),
            ("c", json),
            ("d", exploded),
            ("e", exploded),
            ("f", reserved),
        ];
        let fields = fields.map(|(name, style)| (name.to_owned(), style));
        assert_eq!(body.writer, Writer::Form(fields.to_vec()));
    }

    #[test]
    fn a_dialect_of_json_is_named_and_json_itself_is_not() {
        let text = json!({"schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}});
        for (content, expected) in [
            (
                json!({"application/merge-patch+json": text}),
                Some("application/merge-patch+json"),
            ),
            (
                json!({"application/json-patch+json": text, "application/merge-patch+json": text}),
                Some("application/merge-patch+json"),
            ),
            (json!({"application/json; charset=utf-8": text}), None),
            (json!({"*/*": text}), None),
        ] {
            let media_type = expected.map(str::to_owned);
            assert_eq!(
                planned_body(content.clone()).writer,
                Writer::Json { media_type }
            );
            assert!(operation(content)["requestBody"]["content"]["application/json"].is_object());
        }
    }

    #[test]
    fn an_empty_body_is_not_sent_with_a_method_that_has_none() {
        let form = json!({"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {}}}});
        for (method, required, expected) in [
            ("get", false, false),
            ("delete", false, false),
            ("get", true, true),
            ("post", false, true),
        ] {
            let lowered = lowered(
                json!({"/a": {method: {"operationId": "a", "requestBody": {"required": required, "content": form}, "responses": {"204": {"description": ""}}}}}),
                json!({}),
            );
            let sent = lowered.document["paths"]["/a"][method]
                .get("requestBody")
                .is_some();
            assert_eq!(sent, expected, "{method} {required}");
        }
    }
}
