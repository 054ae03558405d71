//! What documents of all versions say, in one form.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is a failure of the test"
)]

use openapi_model::schema::{Choice, Type};
use openapi_model::{At, Model, Problem, Schema, Version, VersionError};
use serde_json::{Value, json};

/// Asks about a schema of a document that has it alone.
fn of_schema<T>(schema: Value, ask: impl FnOnce(At<'_, Schema<'_>>) -> T) -> T {
    let document = json!({"components": {"schemas": {"A": schema, "B": {"type": "null"}}}});
    let model = Model::of(&document);
    let (_, id) = model.root().schemas[0];
    ask(model.at(id))
}

#[test]
fn only_versions_that_are_read_pass_and_a_number_is_a_version() {
    let version = |version: Value| Version::of(&json!({ "openapi": version }));
    assert_eq!(version(json!("3.0.3")), Ok(Version::V3_0));
    assert_eq!(version(json!(3.1)), Ok(Version::V3_1));
    assert_eq!(version(json!(" 3.2.0 ")), Ok(Version::V3_2));
    assert_eq!(
        version(json!("3.01")),
        Err(VersionError::Unknown("3.01".to_owned()))
    );
    assert_eq!(version(json!(null)), Err(VersionError::Missing));
    assert_eq!(Version::of(&json!([])), Err(VersionError::NoObject));
    let document = json!({"swagger": "2.0"});
    assert!(Model::read(&document).is_err());
    assert_eq!(Model::of(&document).version, Err(VersionError::Missing));
}

#[test]
fn null_is_said_in_one_way_whatever_the_version() {
    for schema in [
        json!({"type": "string", "nullable": true}),
        json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
        json!({"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/B"}]}),
        json!({"oneOf": [{"type": "string"}, {"enum": [null]}]}),
    ] {
        of_schema(schema, |schema| {
            let inner = schema.all_of.first().map_or(schema, |id| schema.at(*id));
            assert!(schema.nullable && schema.unions.is_empty());
            assert!(inner.types.unwrap().are_only(Type::String));
        });
    }
    of_schema(json!({"type": ["string", "null"]}), |schema| {
        let types = schema.types.unwrap();
        assert!(types.has(Type::Null) && types.without(Type::Null).are_only(Type::String));
    });
}

#[test]
fn alternatives_that_say_nothing_but_their_type_are_types() {
    let bare = json!({"oneOf": [{"type": "number", "title": "t"}, {"type": "string"}]});
    of_schema(bare, |schema| {
        assert_eq!(schema.types.unwrap().names(), ["number", "string"]);
        assert!(schema.types.unwrap().has(Type::Integer));
    });
    let more = json!({"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]});
    of_schema(more, |schema| {
        assert_eq!(schema.types, None);
        assert_eq!(schema.unions[0].choice, Choice::AnyOf);
        assert_eq!(schema.unions[0].members.len(), 2);
    });
}

#[test]
fn exclusive_limits_are_one_whether_they_are_flags_or_numbers() {
    let flag = json!({"minimum": 1, "exclusiveMinimum": true, "maximum": 2.5});
    let number = json!({"exclusiveMinimum": 1, "maximum": 2.5, "exclusiveMaximum": 3});
    for (schema, keyword) in [(flag, "minimum"), (number, "exclusiveMinimum")] {
        of_schema(schema, |schema| {
            let lower = schema.minimum.clone().unwrap();
            assert_eq!(
                (lower.number, lower.exclusive, lower.keyword),
                (1.into(), true, keyword)
            );
            let upper = schema.maximum.clone().unwrap();
            assert_eq!((upper.number.as_f64(), upper.exclusive), (Some(2.5), false));
        });
    }
    of_schema(json!({"exclusiveMinimum": true}), |schema| {
        assert_eq!(
            (schema.minimum.clone(), schema.unread()),
            (None, ["exclusiveMinimum"].as_slice())
        );
    });
}

#[test]
fn tuples_constants_flags_and_examples_have_one_form() {
    for tuple in [
        json!({"items": [{"type": "string"}], "additionalItems": false}),
        json!({"prefixItems": [{"type": "string"}], "items": false}),
    ] {
        of_schema(tuple, |schema| {
            assert!(
                schema
                    .at(schema.first[0])
                    .types
                    .unwrap()
                    .are_only(Type::String)
            );
            assert!(schema.at(schema.items.unwrap()).is_never);
        });
    }
    let constant = json!({"enum": ["a", "b"], "const": "b", "example": "b", "examples": ["a"]});
    of_schema(constant, |schema| {
        assert_eq!(schema.values.as_deref(), Some([&json!("b")].as_slice()));
        let spots = schema
            .examples
            .iter()
            .map(|one| schema.model().spot(one).pointer());
        let at = "/components/schemas/A";
        assert!(spots.eq([format!("{at}/example"), format!("{at}/examples/0")]));
    });
}

#[test]
fn references_are_ids_and_what_leads_nowhere_or_round_in_circles_is_told() {
    let document = json!({
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {
            "parameters": [{"$ref": "#/components/parameters/Loop"}, {"$ref": "#/components/parameters/Id"}],
            "responses": {"200": {"$ref": "#/components/responses/Gone"}, "x-y": 1},
        }}},
        "components": {
            "parameters": {"Loop": {"$ref": "#/components/parameters/Loop"}, "Id": {"$ref": "#/shared/id"}},
            "schemas": {"S": {"properties": {"s": {"$ref": "#/components/schemas/S"}}}},
        },
        "shared": {"id": {"name": "id", "in": "path", "schema": {"$ref": "#/components/schemas/S"}}},
    });
    let model = Model::read(&document).unwrap();
    let operation = model.calls()[0].operation;
    let id = operation.at(operation.parameters[1]);
    assert_eq!(
        (id.name, id.required, id.pointer()),
        (Some("id"), true, "/shared/id".to_owned())
    );
    let schema = id.at(id.schema.unwrap());
    let inner = schema.target().unwrap();
    assert_eq!(inner.name(), Some("S"));
    let property = inner.at(inner.properties[0].1);
    assert_eq!(property.target().unwrap().id(), inner.id());
    assert_eq!(operation.answers.len(), 1);
    let nowhere = |at: &str, text: &str| (at.to_owned(), Problem::LeadsNowhere(text.to_owned()));
    let notes = model.notes.iter();
    let mut notes: Vec<_> = notes
        .map(|note| (note.pointer.clone(), note.problem.clone()))
        .collect();
    notes.sort_by(|left, right| left.0.cmp(&right.0));
    let (circle, gone) = (
        "#/components/parameters/Loop",
        "#/components/responses/Gone",
    );
    let operation = "/paths/~1a/get";
    assert_eq!(
        notes,
        [
            nowhere("/components/parameters/Loop", circle),
            nowhere(&format!("{operation}/parameters/0"), circle),
            nowhere(&format!("{operation}/responses/200"), gone),
        ]
    );
    let reached = model.reached();
    let has = |section: &str, name: &str| reached.contains(&(section.to_owned(), name.to_owned()));
    assert!(has("parameters", "Id") && has("schemas", "S") && has("parameters", "Loop"));
}

#[test]
fn what_stands_beside_the_reference_of_a_path_counts_first_and_later_methods_are_operations() {
    let document = json!({"paths": {
        "/a": {"$ref": "#/paths/~1b", "get": {"operationId": "own"}},
        "/b": {
            "get": {"operationId": "other"}, "put": {"operationId": "put"}, "query": {"operationId": "query"},
            "additionalOperations": {"COPY": {"operationId": "copy"}}, "post": 5,
        },
        "x-c": {"get": {}},
    }});
    let model = Model::of(&document);
    let calls = model.calls();
    let found = calls
        .iter()
        .map(|call| (call.label(), call.operation.id().index()));
    let labels: Vec<String> = found.map(|(label, _)| label).collect();
    assert_eq!(
        labels,
        [
            "GET /a", "PUT /a", "COPY /a", "QUERY /a", "GET /b", "PUT /b", "COPY /b", "QUERY /b"
        ]
    );
    assert_eq!(calls[0].operation.said().id, Some("own"));
    assert_eq!(calls[1].operation.id(), calls[5].operation.id());
    assert_eq!(calls[0].item.unread(), ["post"]);
}

#[test]
fn who_sends_what_is_known_through_references_and_webhooks_are_the_other_way_round() {
    let schema = |name: &str| json!({"content": {"a/b": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
    let document = json!({
        "paths": {"/a": {"post": {"requestBody": schema("In"), "responses": {"200": schema("Out")}}}},
        "x-webhooks": {"paid": {"post": {"requestBody": schema("Event")}}},
        "components": {"schemas": {
            "In": {"properties": {"id": {"readOnly": true, "$ref": "#/components/schemas/Id"}, "more": {"$ref": "#/components/schemas/Out"}}},
            "Out": {"items": {"$ref": "#/components/schemas/Out"}},
            "Event": {}, "Id": {}, "Unused": {},
        }},
    });
    let model = Model::of(&document);
    let directions = |wanted: &str| {
        let root = model.root();
        let found = root.said().schemas.iter().find(|(name, _)| *name == wanted);
        let directions = model.at(found.unwrap().1).directions();
        (directions.sent, directions.received)
    };
    assert_eq!(directions("In"), (true, false));
    assert_eq!(directions("Out"), (true, true));
    assert_eq!(directions("Event"), (false, true));
    assert_eq!(directions("Id"), (false, false));
    assert_eq!(directions("Unused"), (false, false));
}

#[test]
fn what_is_malformed_is_told_and_the_nearest_thing_is_read() {
    let malformed = json!({
        "type": "any", "required": ["a", 1], "properties": [], "maxLength": "9", "additionalProperties": "none",
        "x-own": 1, "unknown": 2, "description": 3,
    });
    of_schema(malformed, |schema| {
        assert_eq!(
            (schema.types, schema.required.as_slice()),
            (None, ["a"].as_slice())
        );
        assert!(schema.at(schema.additional.unwrap()).is_malformed());
        let told = [
            "additionalProperties",
            "maxLength",
            "properties",
            "required",
            "type",
        ];
        let mut unread = schema.unread().to_vec();
        unread.retain(|key| !["x-own", "unknown"].contains(key));
        unread.sort_unstable();
        assert_eq!(unread, told);
        let notes = schema.model().notes.iter().map(|note| note.problem.clone());
        let mut notes: Vec<_> = notes
            .filter(|problem| *problem != Problem::NoObject)
            .collect();
        notes.sort_by_key(ToString::to_string);
        // Words are read whatever they are, and told as well.
        let mut told = told.to_vec();
        told.insert(1, "description");
        let told = told.iter().map(|key| Problem::Keyword((*key).to_owned()));
        assert!(notes.into_iter().eq(told));
    });
}

#[test]
fn words_for_types_are_the_types_that_are_meant_and_told() {
    for (word, meant, format) in [
        ("Boolean", Type::Boolean, None),
        ("decimal", Type::Number, None),
        ("uuid", Type::String, Some("uuid")),
        ("file", Type::String, Some("binary")),
    ] {
        of_schema(json!({"type": word, "x-nullable": true}), |schema| {
            assert!(schema.types.unwrap().are_only(meant) && schema.nullable);
            assert_eq!(
                (schema.listed.as_slice(), schema.format),
                ([meant].as_slice(), format)
            );
            let told = Problem::Meant {
                keyword: "type".to_owned(),
                meant: meant.name(),
            };
            assert_eq!(schema.model().notes[0].problem, told);
        });
    }
    of_schema(json!({"type": ["text", "null"]}), |schema| {
        assert_eq!(
            (schema.types, schema.malformed()),
            (None, ["type"].as_slice())
        );
    });
}

#[test]
fn what_is_left_of_openapi_2_and_methods_in_capitals_are_read() {
    let answer = json!({"description": "", "schema": {"type": "string"}});
    let document = json!({"paths": {
        "/a": {"GET": {"deprecated": "yes", "responses": {"200": answer}}, "Post": {}, "post": {"operationId": "own"}},
    }});
    let model = Model::of(&document);
    let calls = model.calls();
    let labels: Vec<String> = calls.iter().map(|call| call.label()).collect();
    assert_eq!(labels, ["GET /a", "POST /a"]);
    assert_eq!(calls[1].operation.said().id, Some("own"));
    assert_eq!(calls[0].item.malformed(), ["Post"]);
    let operation = calls[0].operation;
    assert!(operation.deprecated);
    let (media_type, media) = operation.at(operation.answers[0].1).content[0];
    let schema = model.at(model.at(media).schema.unwrap());
    assert_eq!(media_type, "application/json");
    assert!(schema.types.unwrap().are_only(Type::String) && schema.directions().received);
}

#[test]
fn references_lead_to_anchors_identifiers_definitions_and_names_as_well() {
    let document = json!({"components": {"schemas": {
        "A": {
            "$defs": {"Leaf": {"$anchor": "leaf"}},
            "allOf": [{"$ref": "#/$defs/Leaf"}, {"$dynamicRef": "#leaf"}, {"$ref": "b.json"}, {"$ref": "B"}, {"$recursiveRef": "#"},
                {"$ref": "#gone"}, {"$ref": "other.yaml#/X"}],
        },
        "B": {"$id": "https://acme.example/b.json", "$defs": {"Leaf": {}}},
    }}});
    let model = Model::of(&document);
    let parts = model.at(model.root().schemas[0].1).said().all_of.iter();
    let ends: Vec<_> = parts
        .map(|id| model.at(*id).target().map(|target| target.pointer()))
        .collect();
    let at = |place: &str| Some(format!("/components/schemas/{place}"));
    let leaf = || at("A/$defs/Leaf");
    assert_eq!(
        ends,
        [leaf(), leaf(), at("B"), at("B"), at("A"), None, None]
    );
    assert_eq!(model.notes.len(), 2);
}

#[test]
fn an_example_that_is_referred_to_is_an_example_also_where_only_data_may_stand() {
    let reference = json!({"$ref": "#/components/examples/A"});
    let media = json!({"example": reference, "examples": {"one": reference, "two": {"value": 2}, "none": {}}});
    let document = json!({
        "paths": {"/a": {"get": {"responses": {"200": {"content": {"a/b": media}}}}}},
        "components": {"examples": {"A": {"value": 1}}},
    });
    let model = Model::of(&document);
    let media = model.media_types().next().unwrap();
    let values: Vec<_> = media.examples.iter().map(|one| one.value.clone()).collect();
    assert_eq!(values, [json!(1), json!(1), json!(2)]);
}
