//! Payloads in an OpenAPI document: examples of media types, of schemas and of properties.

use openapi_model::media::is_json;
use openapi_model::pointer::join;
use openapi_model::schema::Type;
use openapi_model::{At, Id, MediaType, Model, Part, Schema};
use serde_json::{Map, Value};

use super::{Kind, Owner, Place, Sample};
use crate::Call;

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
    let model = Model::of(document);
    let mut samples = Vec::new();
    let mut add = |owner: &Owner, kind: Kind, content: Vec<(&str, At<'_, MediaType<'_>>)>| {
        for example in of_content(content) {
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
    let calls = model.calls().into_iter();
    let mut calls: Vec<_> = calls
        .map(|call| (Call::new(call.method, call.path), call.operation))
        .collect();
    calls.sort_by(|(left, _), (right, _)| left.cmp(right));
    for (call, operation) in calls {
        let owner = Owner::Operation(call);
        if let Some(body) = operation.body.map(|body| operation.at(body)) {
            add(&owner, Kind::Request, in_order(body, &body.said().content));
        }
        for (status, answer) in in_order(operation, &operation.said().answers) {
            let kind = Kind::Answer(status.to_owned());
            add(&owner, kind, in_order(answer, &answer.said().content));
        }
    }
    let mut webhooks = model.webhooks();
    webhooks.sort_by_key(|webhook| (webhook.path, webhook.operation.pointer()));
    // What is answered to a provider is the receiver's own.
    for webhook in webhooks {
        let operation = webhook.operation;
        if let Some(body) = operation.body.map(|body| operation.at(body)) {
            let owner = Owner::Webhook(webhook.path.to_owned());
            add(&owner, Kind::Event, in_order(body, &body.said().content));
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

/// Each example of a request body or an answer.
fn of_content(content: Vec<(&str, At<'_, MediaType<'_>>)>) -> Vec<Example> {
    let mut found = Vec::new();
    for (_, media) in content.into_iter().filter(|(name, _)| is_json(name)) {
        let own = of_media(media);
        match media.schema.filter(|_| own.is_empty()) {
            Some(schema) => found.extend(of_schema(media.at(schema))),
            None => found.extend(own),
        }
    }
    found
}

fn of_media(media: At<'_, MediaType<'_>>) -> Vec<Example> {
    let mut samples: Vec<_> = media.said().examples.iter().collect();
    samples.sort_by_key(|sample| sample.name);
    let schema = join(&media.pointer(), "schema");
    let examples = samples.into_iter().map(|sample| Example {
        label: sample.name.unwrap_or(UNNAMED).to_owned(),
        place: Place {
            pointer: media.model().spot(sample).pointer(),
            schema: schema.clone(),
        },
        value: sample.value.clone(),
    });
    examples.collect()
}

fn of_schema<'m>(schema: At<'m, Schema<'m>>) -> Vec<Example> {
    let schema = schema.end();
    let at = schema.pointer();
    let example = |label: String, pointer: String, value: Value| Example {
        label,
        place: Place {
            pointer,
            schema: at.clone(),
        },
        value,
    };
    let several = schema
        .keyword("examples")
        .and_then(|spot| spot.value.as_array());
    if let Some(several) = several.filter(|several| !several.is_empty()) {
        let list = join(&at, "examples");
        let numbered = several.iter().enumerate().map(|(index, value)| {
            let pointer = join(&list, &index.to_string());
            example(format!("{UNNAMED} {}", index + 1), pointer, value.clone())
        });
        return numbered.collect();
    }
    let mut composer = Composer {
        within: Vec::new(),
        left: MOST_VALUES,
    };
    let composed = composer.compose(schema);
    // One that was cut off is no example.
    let composed = composed.filter(|_| composer.left > 0);
    composed
        .into_iter()
        .map(|value| example(UNNAMED.to_owned(), at.clone(), value))
        .collect()
}

/// Makes instances of schemas of examples only.
struct Composer<'m> {
    /// The schemas that are being composed: one that holds itself is not put into itself, since nobody gave an
    /// example of that.
    within: Vec<Id<Schema<'m>>>,
    /// So many values more.
    left: usize,
}

impl<'m> Composer<'m> {
    fn compose(&mut self, schema: At<'m, Schema<'m>>) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let schema = schema.end();
        let leads_nowhere = schema.reference.is_some();
        if leads_nowhere || self.within.contains(&schema.id()) || self.within.len() >= DEEPEST {
            return None;
        }
        self.within.push(schema.id());
        let composed = self.of_object(schema);
        self.within.pop();
        composed
    }

    fn of_object(&mut self, schema: At<'m, Schema<'m>>) -> Option<Value> {
        // A null is often written where nobody gave an example.
        let stands_for_none = |example: &Value| example.is_null() && !takes_null(&schema);
        let mut examples = schema.examples.iter().map(|sample| sample.value);
        if let Some(example) = examples.find(|example| !stands_for_none(example)) {
            return Some(example.clone());
        }
        if let Some(items) = schema.items {
            return Some(Value::Array(vec![self.compose(schema.at(items))?]));
        }
        let mut object = Map::new();
        for part in &schema.said().all_of {
            if let Some(Value::Object(members)) = self.compose(schema.at(*part)) {
                object.extend(members);
            }
        }
        for (name, property) in in_order(schema, &schema.said().properties) {
            if let Some(value) = self.compose(property) {
                object.insert(name.to_owned(), value);
            }
        }
        let mut required = required(schema, DEEPEST).into_iter();
        (!object.is_empty() && required.all(|name| object.contains_key(name)))
            .then_some(Value::Object(object))
    }
}

fn takes_null(schema: &Schema<'_>) -> bool {
    schema.nullable || schema.types.is_none_or(|types| types.has(Type::Null))
}

/// The members that a schema and the parts that it is made of require.
fn required<'m>(schema: At<'m, Schema<'m>>, depth: usize) -> Vec<&'m str> {
    let mut all = schema.said().required.clone();
    if let Some(depth) = depth.checked_sub(1) {
        let parts = schema.said().all_of.iter();
        all.extend(parts.flat_map(|part| required(schema.at(*part).end(), depth)));
    }
    all
}

/// What a part holds under names, in their order.
fn in_order<'m, O: Part<'m>, T: Part<'m>>(
    owner: At<'m, O>,
    held: &[(&'m str, Id<T>)],
) -> Vec<(&'m str, At<'m, T>)> {
    let held = held.iter().map(|(name, id)| (*name, owner.at(*id)));
    let mut held: Vec<_> = held.collect();
    held.sort_by_key(|(name, _)| *name);
    held
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
