//! What the two versions say of schemas beyond JSON Schema, and of which one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NONE, Sent, judge, with_body};

fn allows(version: &str, schema: &Value, body: &Value) -> bool {
    let components = json!({"schemas": {"Text": {"type": "string"}}});
    let judge = with_body(version, schema, &components);
    Sent::post("/a").json(body).places(&judge).is_empty()
}

#[test]
fn nullable_allows_null_in_3_0_and_means_nothing_in_3_1() {
    let text = json!({"type": "string", "nullable": true});
    assert!(allows("3.0.3", &text, &json!(null)));
    assert!(!allows("3.0.3", &text, &json!(1)));
    assert!(!allows("3.1.0", &text, &json!(null)));
    let without = json!({"type": "string"});
    assert!(!allows("3.0.3", &without, &json!(null)));
    let list = json!({"type": ["string", "null"]});
    assert!(allows("3.1.0", &list, &json!(null)));
    assert!(!allows("3.1.0", &list, &json!(1)));
}

#[test]
fn nullable_without_a_type_allows_null_and_keeps_the_rest() {
    let schema = json!({"nullable": true, "allOf": [{"$ref": "#/components/schemas/Text"}]});
    assert!(allows("3.0.3", &schema, &json!(null)));
    assert!(allows("3.0.3", &schema, &json!("a")));
    assert!(!allows("3.0.3", &schema, &json!(1)));
}

#[test]
fn exclusive_limits_are_booleans_in_3_0_and_numbers_in_3_1() {
    let old = json!({"type": "number", "maximum": 5, "exclusiveMaximum": true});
    assert!(!allows("3.0.3", &old, &json!(5)));
    assert!(allows("3.0.3", &old, &json!(4.9)));
    let new = json!({"type": "number", "exclusiveMaximum": 5});
    assert!(!allows("3.1.0", &new, &json!(5)));
    assert!(allows("3.1.0", &new, &json!(4.9)));
}

#[test]
fn what_stands_beside_a_reference_counts_in_3_1_only() {
    let schema = json!({"$ref": "#/components/schemas/Text", "maxLength": 1});
    assert!(allows("3.0.3", &schema, &json!("ab")));
    assert!(!allows("3.1.0", &schema, &json!("ab")));
    assert!(allows("3.1.0", &schema, &json!("a")));
    assert!(!allows("3.1.0", &schema, &json!(1)));
}

#[test]
fn keywords_of_2020_12_are_obeyed_in_3_1_only() {
    let schema = json!({"const": 1});
    assert!(!allows("3.1.0", &schema, &json!(2)));
    assert!(allows("3.0.3", &schema, &json!(2)));
    let tuple = json!({"type": "array", "prefixItems": [{"type": "string"}], "items": false});
    assert!(allows("3.1.0", &tuple, &json!(["a"])));
    assert!(!allows("3.1.0", &tuple, &json!(["a", "b"])));
    let local = json!({"$ref": "#/components/schemas/Text", "if": {"const": "a"}, "then": false});
    assert!(!allows("3.1.0", &local, &json!("a")));
    assert!(allows("3.1.0", &local, &json!("b")));
    let closed = json!({
        "allOf": [{"type": "object", "properties": {"a": {}}}],
        "unevaluatedProperties": false,
    });
    assert!(allows("3.1.0", &closed, &json!({"a": 1})));
    assert!(!allows("3.1.0", &closed, &json!({"b": 1})));
}

#[test]
fn members_that_are_named_as_keywords_are_members() {
    let schema = json!({"type": "object", "properties": {
        "$ref": {"type": "string"},
        "nullable": {"type": "boolean"},
        "required": {"type": "integer"},
    }});
    for version in ["3.0.3", "3.1.0"] {
        assert!(allows(
            version,
            &schema,
            &json!({"$ref": "a", "nullable": true, "required": 1})
        ));
        assert!(!allows(version, &schema, &json!({"$ref": 1})));
        assert!(!allows(version, &schema, &json!({"nullable": null})));
    }
}

#[test]
fn required_members_of_one_direction_are_required_in_that_one() {
    let schema = json!({
        "type": "object",
        "required": ["id", "secret", "name"],
        "properties": {
            "id": {"$ref": "#/components/schemas/Id"},
            "secret": {"type": "string", "writeOnly": true},
            "name": {"type": "string"},
        },
    });
    let components = json!({"schemas": {
        "Id": {"type": "string", "readOnly": true},
        "Thing": schema,
        // The names are required in another part than the one that describes them.
        "Parts": {"allOf": [{"$ref": "#/components/schemas/Loose"}, {"required": ["id", "name"]}]},
        "Loose": {"properties": {"id": {"type": "string", "readOnly": true}, "name": {}}},
    }});
    let content = |name: &str| {
        let reference = format!("#/components/schemas/{name}");
        json!({"application/json": {"schema": {"$ref": reference}}})
    };
    let call = |name: &str| {
        json!({"post": {
            "requestBody": {"content": content(name)},
            "responses": {"200": {"description": "d", "content": content(name)}},
        }})
    };
    let paths = json!({"/thing": call("Thing"), "/parts": call("Parts")});
    let judge = judge("3.0.3", &paths, &components);
    let asked = |path: &str, body: &Value| Sent::post(path).json(body).words(&judge);
    let answered = |path: &str, body: &Value| {
        let body = body.to_string();
        let problems = judge.answer(
            &Method::POST,
            path,
            200,
            Some("application/json"),
            body.as_bytes(),
        );
        problems
            .into_iter()
            .map(|problem| problem.problem)
            .collect::<Vec<_>>()
    };
    assert_eq!(asked("/thing", &json!({"secret": "s", "name": "n"})), NONE);
    assert_eq!(
        asked("/thing", &json!({"name": "n"})),
        [r#""secret" is a required property"#]
    );
    assert_eq!(answered("/thing", &json!({"id": "i", "name": "n"})), NONE);
    assert_eq!(
        answered("/thing", &json!({"name": "n"})),
        [r#""id" is a required property"#]
    );
    assert_eq!(asked("/parts", &json!({"name": "n"})), NONE);
    assert_eq!(
        asked("/parts", &json!({})),
        [r#""name" is a required property"#]
    );
    assert_eq!(
        answered("/parts", &json!({"name": "n"})),
        [r#""id" is a required property"#]
    );
}
