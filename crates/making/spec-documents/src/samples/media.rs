//! Payloads in an OpenAPI document: examples of media types, of schemas and of properties.

use openapi_model::pointer::join;
use openapi_model::reference;
use serde_json::{Map, Value};

use super::{Kind, Owner, Place, Sample};
use crate::{call, webhook};

/// Deepest nesting of schemas that an example is composed from.
const DEEPEST: usize = 16;
/// Most schemas that one example is composed from: parts that hold others twice, which hold others twice, would
/// fill a disk.
const MOST_VALUES: usize = 10_000;
/// What an example without a name of its own is called.
const UNNAMED: &str = "Example";

/// Every payload that an operation or a webhook of `document` has an example of; `from` is the file.
///
/// The examples of a media type count; where it has none, those of its schema; and where that has none
/// either, the object that the examples of its properties make, provided that they cover what is required.
pub fn of_document(document: &Value, from: &str) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut add = |owner: &Owner, kind: &Kind, at: String, body: &Value| {
        for example in of_content(document, at, body) {
            samples.push(Sample {
                owner: owner.clone(),
                kind: kind.clone(),
                label: example.label,
                value: example.value,
                from: from.to_owned(),
                place: Some(example.place),
            });
        }
    };
    for (call, operation) in call::operations(document) {
        let pointer = call.pointer();
        let owner = Owner::Operation(call);
        if let Some(body) = operation.get("requestBody") {
            let at = join(&pointer, "requestBody");
            add(&owner, &Kind::Request, at, body);
        }
        let responses = join(&pointer, "responses");
        for (status, response) in in_order(operation.get("responses")) {
            let at = join(&responses, status);
            add(&owner, &Kind::Answer(status.clone()), at, response);
        }
    }
    // What is answered to a provider is the receiver's own.
    for webhook in webhook::operations(document) {
        if let Some(body) = webhook.operation.get("requestBody") {
            let at = join(&webhook.pointer, "requestBody");
            let owner = Owner::Webhook(webhook.event.to_owned());
            add(&owner, &Kind::Event, at, body);
        }
    }
    samples
}

/// An example and where it stands.
struct Example {
    label: String,
    place: Place,
    value: Value,
}

/// Each example of a request body or an answer, which stands at `at`.
fn of_content(document: &Value, at: String, owner: &Value) -> Vec<Example> {
    let Some((at, owner)) = reference::follow_at(document, at, owner) else {
        return Vec::new();
    };
    let at = join(&at, "content");
    let mut found = Vec::new();
    for (media_type, media) in in_order(owner.get("content")) {
        if is_json(media_type) {
            let at = join(&at, media_type);
            let own = of_media(document, &at, media);
            if own.is_empty() {
                let schema = media.get("schema").into_iter();
                found.extend(
                    schema.flat_map(|schema| of_schema(document, join(&at, "schema"), schema)),
                );
            } else {
                found.extend(own);
            }
        }
    }
    found
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

fn of_media(document: &Value, at: &str, media: &Value) -> Vec<Example> {
    let place = |pointer| Place {
        pointer,
        schema: join(at, "schema"),
    };
    let single = media.get("example").and_then(|value| {
        let written = join(at, "example");
        let is_reference = value.as_object().is_some_and(|object| object.len() == 1)
            && value.get("$ref").is_some_and(Value::is_string);
        // Not where it may stand, and meant all the same.
        let (pointer, value) = if is_reference {
            let (at, example) = reference::follow_at(document, written, value)?;
            (join(&at, "value"), example.get("value")?)
        } else {
            (written, value)
        };
        Some(Example {
            label: UNNAMED.to_owned(),
            place: place(pointer),
            value: value.clone(),
        })
    });
    let named = in_order(media.get("examples"))
        .into_iter()
        .filter_map(|(name, example)| {
            let at = join(&join(at, "examples"), name);
            let (at, example) = reference::follow_at(document, at, example)?;
            Some(Example {
                label: name.clone(),
                place: place(join(&at, "value")),
                value: example.get("value")?.clone(),
            })
        });
    single.into_iter().chain(named).collect()
}

fn of_schema(document: &Value, at: String, schema: &Value) -> Vec<Example> {
    let Some((at, schema)) = reference::follow_at(document, at, schema) else {
        return Vec::new();
    };
    match schema.get("examples").and_then(Value::as_array) {
        Some(several) if !several.is_empty() => {
            let numbered = several.iter().enumerate();
            numbered
                .map(|(index, value)| Example {
                    label: format!("{UNNAMED} {}", index + 1),
                    place: Place {
                        pointer: join(&join(&at, "examples"), &index.to_string()),
                        schema: at.clone(),
                    },
                    value: value.clone(),
                })
                .collect()
        }
        _ => {
            let mut composer = Composer {
                document,
                within: Vec::new(),
                left: MOST_VALUES,
            };
            let composed = composer.compose(schema);
            // One that was cut off is no example.
            let composed = composed.filter(|_| composer.left > 0);
            composed
                .into_iter()
                .map(|value| Example {
                    label: UNNAMED.to_owned(),
                    place: Place {
                        pointer: at.clone(),
                        schema: at.clone(),
                    },
                    value,
                })
                .collect()
        }
    }
}

/// Makes instances of schemas of examples only.
struct Composer<'a> {
    document: &'a Value,
    /// The schemas that are being composed: one that holds itself is not put into itself, since nobody gave an
    /// example of that.
    within: Vec<&'a Map<String, Value>>,
    /// So many values more.
    left: usize,
}

impl<'a> Composer<'a> {
    fn compose(&mut self, schema: &'a Value) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let schema = reference::follow(self.document, schema)?.as_object()?;
        let is_open = self.within.iter().any(|open| std::ptr::eq(*open, schema));
        if is_open || self.within.len() >= DEEPEST {
            return None;
        }
        self.within.push(schema);
        let composed = self.of_object(schema);
        self.within.pop();
        composed
    }

    fn of_object(&mut self, schema: &'a Map<String, Value>) -> Option<Value> {
        let stands_for_none = |example: &Value| example.is_null() && !takes_null(schema);
        if let Some(example) = schema.get("example").filter(|one| !stands_for_none(one)) {
            return Some(example.clone());
        }
        if let Some(first) = schema.get("examples").and_then(|examples| examples.get(0)) {
            return Some(first.clone());
        }
        if let Some(items) = schema.get("items") {
            return Some(Value::Array(vec![self.compose(items)?]));
        }
        let mut object = Map::new();
        let parts = schema.get("allOf").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            if let Some(Value::Object(members)) = self.compose(part) {
                object.extend(members);
            }
        }
        for (name, property) in in_order(schema.get("properties")) {
            if let Some(value) = self.compose(property) {
                object.insert(name.clone(), value);
            }
        }
        let mut required = required(self.document, schema, DEEPEST).into_iter();
        (!object.is_empty() && required.all(|name| object.contains_key(name)))
            .then_some(Value::Object(object))
    }
}

/// Whether a null can be an example of a schema, and not only what is written where nobody gave one.
fn takes_null(schema: &Map<String, Value>) -> bool {
    let of_type = match schema.get("type") {
        Some(Value::String(kind)) => kind == "null",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "null"),
        _ => true,
    };
    of_type || schema.get("nullable") == Some(&Value::Bool(true))
}

/// The members that a schema and the parts that it is made of require.
fn required<'a>(document: &'a Value, schema: &'a Map<String, Value>, depth: usize) -> Vec<&'a str> {
    let names = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let own = names("required").into_iter().flatten();
    let mut all: Vec<&str> = own.filter_map(Value::as_str).collect();
    let Some(depth) = depth.checked_sub(1) else {
        return all;
    };
    for part in names("allOf").into_iter().flatten() {
        let part = reference::follow(document, part).and_then(Value::as_object);
        all.extend(part.map_or_else(Vec::new, |part| required(document, part, depth)));
    }
    all
}

/// The members of an object in the order of their names.
fn in_order(object: Option<&Value>) -> Vec<(&String, &Value)> {
    let mut members: Vec<_> = object
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .collect();
    members.sort_by_key(|(name, _)| *name);
    members
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(media: Value, schemas: Value) -> Vec<(String, Value)> {
        let document = json!({
            "paths": {"/x": {"get": {"responses": {"200": {"content": {"application/json; charset=utf-8": media}}}}}},
            "components": {"schemas": schemas, "examples": {"Shared": {"value": [1]}}},
        });
        let samples = of_document(&document, "a.md");
        assert!(
            samples
                .iter()
                .all(|sample| sample.kind == Kind::Answer("200".into()) && sample.from == "a.md")
        );
        samples
            .into_iter()
            .map(|sample| (sample.label, sample.value))
            .collect()
    }

    #[test]
    fn examples_of_a_media_type_come_before_those_of_its_schema() {
        let found = answer(
            json!({"example": 1, "examples": {"b": {"value": 2}, "a": {"$ref": "#/components/examples/Shared"}, "c": {"externalValue": "x"}},
                   "schema": {"example": 3}}),
            json!({}),
        );
        assert_eq!(
            found,
            [
                ("Example".into(), json!(1)),
                ("a".into(), json!([1])),
                ("b".into(), json!(2))
            ]
        );
        assert_eq!(
            answer(json!({"schema": {"examples": [3, 4]}}), json!({})),
            [
                ("Example 1".into(), json!(3)),
                ("Example 2".into(), json!(4))
            ]
        );
    }

    #[test]
    fn a_schema_that_holds_itself_is_not_put_into_itself() {
        let several = json!({"type": "array", "items": {"$ref": "#/components/schemas/A"}});
        let schemas = json!({"A": {"properties": {
            "name": {"example": "e"}, "children": several, "parents": several, "of": {"$ref": "#/components/schemas/A"}
        }}});
        let found = answer(
            json!({"schema": {"$ref": "#/components/schemas/A"}}),
            schemas,
        );
        assert_eq!(found, [("Example".into(), json!({"name": "e"}))]);
    }

    #[test]
    fn an_example_that_would_be_huge_is_none() {
        // 2^15 leaves.
        let two = |of: usize| json!({"$ref": format!("#/components/schemas/S{of}")});
        let mut schemas = Map::new();
        for of in 0..15 {
            let part = json!({"properties": {"a": two(of + 1), "b": two(of + 1)}});
            schemas.insert(format!("S{of}"), part);
        }
        schemas.insert("S15".into(), json!({"example": 1}));
        let found = answer(json!({"schema": two(0)}), schemas.into());
        assert_eq!(found, []);
    }

    #[test]
    fn each_example_is_found_again_by_its_pointer() {
        let document = json!({
            "paths": {"/x/{id}": {"post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {
                    "200": {"$ref": "#/components/responses/Found"},
                    "400": {"content": {"application/json": {"example": 1}}},
                },
            }}},
            "components": {
                "responses": {"Found": {"content": {"application/json": {"examples": {"a/b": {"value": 2}}}}}},
                "schemas": {"A": {"examples": [3]}},
            },
        });
        let pointers: Vec<_> = of_document(&document, "a.yaml")
            .into_iter()
            .map(|sample| (sample.place.unwrap().pointer, sample.value))
            .collect();
        assert_eq!(
            pointers,
            [
                ("/components/schemas/A/examples/0".to_owned(), json!(3)),
                (
                    "/components/responses/Found/content/application~1json/examples/a~1b/value"
                        .to_owned(),
                    json!(2)
                ),
                (
                    "/paths/~1x~1{id}/post/responses/400/content/application~1json/example"
                        .to_owned(),
                    json!(1)
                ),
            ]
        );
        for (pointer, value) in pointers {
            assert_eq!(document.pointer(&pointer), Some(&value));
        }
    }

    #[test]
    fn examples_of_properties_make_one_object() {
        let schema = json!({"properties": {
            "success": {"type": "boolean", "example": false},
            "data": {"type": "object", "example": {}},
            "unknown": {"type": "string"},
            "list": {"type": "array", "items": {"$ref": "#/components/schemas/Entry"}},
            "whole": {"allOf": [{"$ref": "#/components/schemas/Entry"}, {"properties": {"b": {"example": null}}}]},
        }});
        let found = answer(
            json!({"schema": schema}),
            json!({"Entry": {"properties": {"a": {"example": "x"}}}}),
        );
        assert_eq!(
            found,
            [(
                "Example".into(),
                json!({
                    "success": false, "data": {}, "list": [{"a": "x"}], "whole": {"a": "x", "b": null},
                })
            )]
        );
    }

    #[test]
    fn an_object_that_lacks_what_is_required_is_no_payload() {
        let schema = json!({"required": ["a", "b"], "properties": {"a": {"example": 1}, "b": {}}});
        assert_eq!(answer(json!({"schema": schema}), json!({})), []);
    }

    #[test]
    fn schemas_without_examples_or_without_an_end_give_nothing() {
        let recursive =
            json!({"Node": {"properties": {"next": {"$ref": "#/components/schemas/Node"}}}});
        assert_eq!(
            answer(
                json!({"schema": {"$ref": "#/components/schemas/Node"}}),
                recursive
            ),
            []
        );
        assert_eq!(
            answer(
                json!({"schema": {"type": "object", "default": {}}}),
                json!({})
            ),
            []
        );
        assert_eq!(
            answer(
                json!({"schema": {"$ref": "#/components/schemas/Absent"}}),
                json!({})
            ),
            []
        );
    }

    #[test]
    fn the_body_of_a_webhook_is_an_event() {
        let body = json!({"content": {"application/json": {"example": {"event": "refund.paid"}}}});
        let answers =
            json!({"200": {"content": {"application/json": {"example": {"ours": true}}}}});
        let webhook = json!({"refund.paid": {"post": {"requestBody": body, "responses": answers}}});
        let found = of_document(&json!({"x-webhooks": webhook}), "a.yaml");
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].owner, &found[0].kind, &found[0].value),
            (
                &Owner::Webhook("refund.paid".into()),
                &Kind::Event,
                &json!({"event": "refund.paid"})
            )
        );
    }

    #[test]
    fn a_null_that_a_schema_does_not_take_is_no_example_of_it() {
        let of = |schema: Value| -> Vec<Value> {
            let found = answer(json!({"schema": schema}), json!({}));
            found.into_iter().map(|(_, value)| value).collect()
        };
        let properties = json!({"a": {"type": "string", "example": "x"}, "b": {"type": "string", "example": null}});
        let object = json!({"type": "object", "example": null, "properties": properties});
        assert_eq!(of(object), [json!({"a": "x"})]);
        let nullable = json!({"type": "object", "nullable": true, "example": null});
        assert_eq!(of(nullable), [Value::Null]);
    }

    #[test]
    fn parts_that_require_what_has_no_example_give_no_instance() {
        let part = |required: Value| json!({"type": "object", "required": required, "properties": {"page": {"type": "integer"}}});
        let whole = |required: Value| {
            let own = json!({"properties": {"list": {"type": "string", "example": "a"}}});
            answer(
                json!({"schema": {"allOf": [own, {"$ref": "#/components/schemas/Page"}]}}),
                json!({"Page": part(required)}),
            )
        };
        assert_eq!(whole(json!(["page"])), []);
        let values: Vec<_> = whole(json!([]))
            .into_iter()
            .map(|(_, value)| value)
            .collect();
        assert_eq!(values, [json!({"list": "a"})]);
    }

    #[test]
    fn bodies_that_are_not_json_are_left_out() {
        let document = json!({"paths": {"/x": {"post": {"requestBody": {"content": {
            "application/x-www-form-urlencoded": {"example": {"a": 1}},
            "application/problem+json": {"example": {"b": 1}},
        }}}}}});
        let found = of_document(&document, "a.md");
        assert_eq!(found.len(), 1);
        assert_eq!(
            (&found[0].kind, &found[0].value),
            (&Kind::Request, &json!({"b": 1}))
        );
    }
}
