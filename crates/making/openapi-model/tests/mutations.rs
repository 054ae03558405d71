//! Damaged documents are read: no panic, no end in circles, and every place can be named.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is a failure of the test"
)]

use fastrand::Rng;
use openapi_model::{Kind, Model, Position, pointer};
use serde_json::{Map, Value, json};

/// Says much in few places.
fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "servers": [{"url": "https://{a}.example", "variables": {"a": {"default": "b"}}}],
        "security": [{"key": ["scope"]}, {}],
        "paths": {
            "/a/{id}": {
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}],
                "post": {
                    "operationId": "a",
                    "requestBody": {"$ref": "#/components/requestBodies/New"},
                    "responses": {"200": {"headers": {"X": {"schema": true}}, "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/A"}, "examples": {"e": {"$ref": "#/components/examples/E"}}}
                    }}},
                    "callbacks": {"done": {"{$request.body#/url}": {"$ref": "#/paths/~1a~1{id}"}}},
                },
            },
            "/b": {"$ref": "#/paths/~1a~1{id}"},
        },
        "webhooks": {"paid": {"post": {"requestBody": {"content": {"x/y": {"itemSchema": {"$ref": "#/components/schemas/B"}}}}}}},
        "components": {
            "requestBodies": {"New": {"required": true, "content": {"multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/B"}, "encoding": {"f": {"contentType": "text/csv", "headers": {}}},
            }}}},
            "examples": {"E": {"value": {"a": 1}}},
            "securitySchemes": {"key": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {"scope": ""}}}}},
            "schemas": {
                "A": {"allOf": [{"$ref": "#/components/schemas/B"}], "oneOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}, {"const": 1}],
                    "discriminator": {"propertyName": "k", "mapping": {"b": "B", "c": "#/components/schemas/C"}}},
                "B": {"type": ["object", "null"], "required": ["k"], "properties": {"k": {"enum": ["b", "c"]}, "n": {"exclusiveMinimum": 1, "minimum": 0.5}},
                    "additionalProperties": {"$ref": "#/components/schemas/C"}, "patternProperties": {"^x": false}},
                "C": {"items": [{"$ref": "#/components/schemas/A"}], "additionalItems": false, "not": {"$ref": "#/components/schemas/C"},
                    "dependentSchemas": {"k": {}}, "$defs": {"D": {"$ref": "#/components/schemas/C/$defs/D"}}, "examples": [1]},
            },
        },
    })
}

/// Puts another value, or one from elsewhere in the document, in some places.
fn damage(document: &mut Value, rng: &mut Rng) {
    let all = pointer::all(document);
    for _ in 0..rng.usize(1..6) {
        let (to, from) = (&all[rng.usize(..all.len())], &all[rng.usize(..all.len())]);
        let others = [
            json!(null),
            json!(true),
            json!(-7.5),
            json!("#/a"),
            json!([]),
            json!([null, {}]),
            json!({}),
            json!({ "$ref": format!("#{from}") }),
            json!({"$ref": "#/nowhere"}),
            document.pointer(from).cloned().unwrap_or_default(),
        ];
        if let Some(value) = document.pointer_mut(to) {
            *value = others[rng.usize(..others.len())].clone();
        }
    }
}

/// Goes to everything that the model leads to.
fn visit(model: &Model<'_>) {
    for schema in model.schemas() {
        assert_eq!(
            model.document.pointer(&schema.pointer()),
            Some(schema.raw())
        );
        assert!(
            schema
                .children()
                .all(|(_, child)| schema.at(child).end().raw() != &json!(0))
        );
        for keyword in schema.unread() {
            assert!(schema.keyword(keyword).is_some());
        }
    }
    for call in model.calls().into_iter().chain(model.webhooks()) {
        assert_eq!(
            model.document.pointer(&call.operation.pointer()),
            Some(call.operation.raw())
        );
    }
    for parameter in model.parameters() {
        assert_eq!(
            model.document.pointer(&parameter.pointer()),
            Some(parameter.raw())
        );
    }
    for note in &model.notes {
        assert!(model.document.pointer(&note.pointer).is_some(), "{note:?}");
    }
    model.reached();
}

#[test]
fn a_damaged_document_is_read_and_every_place_of_it_can_be_named() {
    visit(&Model::of(&document()));
    for seed in 0..3_000 {
        let mut damaged = document();
        damage(&mut damaged, &mut Rng::with_seed(seed));
        visit(&Model::of(&damaged));
    }
}

/// Who walks a document as it is written asks the grammar; who asks what it says, the reader.
#[test]
fn the_grammar_and_the_reader_agree_on_what_stands_where() {
    let document = document();
    let model = Model::of(&document);
    let kind = |at: &str| {
        let root = (Position::ROOT, String::new());
        let (position, _) = pointer::tokens(at).fold(root, |(position, at), token| {
            let at = pointer::join(&at, &token);
            (position.below(&token, document.pointer(&at).unwrap()), at)
        });
        (position.kind, position.several)
    };
    for schema in model.schemas() {
        let at = schema.pointer();
        assert_eq!(kind(&at), (Kind::Schema, false), "{at}");
    }
    for media_type in model.media_types() {
        assert_eq!(kind(&media_type.pointer()), (Kind::MediaType, false));
    }
    for parameter in model.parameters() {
        let (kind, several) = kind(&parameter.pointer());
        assert!(matches!(kind, Kind::Parameter | Kind::Header) && !several);
    }
    for call in model.calls().into_iter().chain(model.webhooks()) {
        assert_eq!(kind(&call.operation.pointer()), (Kind::Operation, false));
    }
}

#[test]
fn a_document_deeper_than_the_stack_is_read() {
    let within = |key: &str, inner: Value| {
        let mut object = Map::new();
        object.insert(key.to_owned(), inner);
        Value::Object(object)
    };
    let mut schema = json!({});
    for _ in 0..20_000 {
        schema = within("items", schema);
    }
    let document = within("components", within("schemas", within("Deep", schema)));
    assert_eq!(Model::of(&document).schemas().count(), 20_001);
    // Dropping it, and only that, goes as deep as it is.
    std::mem::forget(document);
}
