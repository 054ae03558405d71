//! What a judge can be made of, and references in the document.

use refunds_sandbox::witness::Judge;
use serde_json::json;

use crate::support::{NONE, Sent, judge, with_body};

#[test]
fn a_text_that_is_no_openapi_document_is_refused_in_words() {
    let problem = |text: &str| Judge::of(text).err().unwrap();
    assert!(problem("{").contains("not JSON"));
    assert!(problem(r#"{"paths": {}}"#).contains("`openapi`"));
    assert!(problem(r#"{"swagger": "2.0", "paths": {}}"#).contains("`openapi`"));
    assert!(problem(r#"{"openapi": "3.0.3"}"#).contains("`paths`"));
    assert!(problem(r#"{"openapi": "3.0.3", "components": {}}"#).contains("`paths`"));
    assert!(Judge::of(r#"{"openapi": "3.1.0", "components": {}}"#).is_ok());
    assert!(problem(r#"{"openapi": "4.0.0", "paths": {}}"#).contains("4.0.0"));
}

#[test]
fn a_judge_is_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Judge>();
}

#[test]
fn references_are_followed_from_every_place_that_may_have_one() {
    let paths = json!({
        "/a": {"$ref": "#/x-items/a"},
    });
    let components = json!({
        "parameters": {
            "Limit": {"name": "limit", "in": "query", "required": true, "schema": {"$ref": "#/components/schemas/Small"}},
            "Other": {"$ref": "#/components/parameters/Limit"},
        },
        "requestBodies": {"Body": {"required": true, "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Body"},
        }}}},
        "responses": {"Small": {"description": "d", "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Small"},
        }}}},
        "schemas": {
            "Small": {"type": "integer", "maximum": 9},
            "Body": {"type": "object", "properties": {"size": {"$ref": "#/components/schemas/Small"}}},
        },
    });
    let document = json!({
        "openapi": "3.0.3",
        "paths": paths,
        "components": components,
        "x-items": {"a": {"post": {
            "operationId": "a",
            "parameters": [{"$ref": "#/components/parameters/Other"}],
            "requestBody": {"$ref": "#/components/requestBodies/Body"},
            "responses": {"200": {"$ref": "#/components/responses/Small"}},
        }}},
    });
    let judge = Judge::of(&document.to_string()).unwrap();
    let right = Sent::post("/a?limit=9").json(&json!({"size": 9}));
    assert_eq!(right.places(&judge), NONE);
    assert_eq!(right.call(&judge), Some("a".to_owned()));
    let wrong = Sent::post("/a?limit=10").json(&json!({"size": 10}));
    assert_eq!(wrong.places(&judge), ["query/limit", "body/size"]);
    let incoming = wrong.incoming();
    let answer = |body: &[u8]| {
        judge
            .answer(&incoming.method, "/a", 200, Some("application/json"), body)
            .len()
    };
    assert_eq!((answer(b"9"), answer(b"10")), (0, 1));
}

#[test]
fn a_schema_is_found_anywhere_in_the_document_and_with_escapes() {
    let paths = json!({
        "/a/{id}": {"get": {"parameters": [
            {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
            {"name": "n", "in": "query", "schema": {"type": "integer"}},
        ], "responses": {}}},
        "/b": {"post": {"requestBody": {"content": {"application/json": {"schema": {
            "type": "object",
            "properties": {
                "plain": {"$ref": "#/paths/~1a~1{id}/get/parameters/1/schema"},
                "escaped": {"$ref": "#/paths/~1a~1%7Bid%7D/get/parameters/1/schema"},
                "tilde": {"$ref": "#/components/schemas/a~0b"},
            },
        }}}}, "responses": {}}},
    });
    let components = json!({"schemas": {"a~b": {"type": "boolean"}}});
    let judge = judge("3.1.0", &paths, &components);
    let right = Sent::post("/b").json(&json!({"plain": 1, "escaped": 1, "tilde": true}));
    assert_eq!(right.places(&judge), NONE);
    let wrong = Sent::post("/b").json(&json!({"plain": "1", "escaped": "1", "tilde": 1}));
    let mut places = wrong.places(&judge);
    places.sort();
    assert_eq!(places, ["body/escaped", "body/plain", "body/tilde"]);
}

#[test]
fn schemas_that_contain_themselves_judge_every_level() {
    for version in ["3.0.3", "3.1.0"] {
        let node = json!({"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"},
            "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        }});
        let components = json!({"schemas": {"Node": node}});
        let judge = with_body(
            version,
            &json!({"$ref": "#/components/schemas/Node"}),
            &components,
        );
        let right = json!({"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]});
        assert_eq!(Sent::post("/a").json(&right).places(&judge), NONE);
        let wrong = json!({"name": "a", "children": [{"name": "b", "children": [{}]}]});
        let places = Sent::post("/a").json(&wrong).places(&judge);
        assert_eq!(places, ["body/children/0/children/0"]);
    }
}

#[test]
fn a_broken_reference_allows_everything_there_and_is_told_of_the_document() {
    for reference in [
        "#/components/schemas/Missing",
        "other.json#/A",
        "https://example.com/a",
    ] {
        let schema = json!({"type": "object", "properties": {
            "free": {"$ref": reference},
            "size": {"type": "integer"},
        }});
        let judge = with_body("3.0.3", &schema, &json!({}));
        let right = Sent::post("/a").json(&json!({"free": [1], "size": 1}));
        let problems = judge.request(right.incoming()).1;
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].is_of_document() && problems[0].problem.contains(reference));
        let wrong = Sent::post("/a").json(&json!({"free": [1], "size": "1"}));
        assert_eq!(wrong.places(&judge), ["body/size", "document"]);
    }
}

#[test]
fn a_schema_that_cannot_be_compiled_allows_everything_and_is_told_once() {
    let judge = with_body("3.0.3", &json!({"type": "strange"}), &json!({}));
    assert_eq!(
        Sent::post("/a").json(&json!(1)).places(&judge),
        ["document"]
    );
}

#[test]
fn without_a_pattern_that_cannot_be_read_the_rest_of_its_schema_counts() {
    let schema = json!({"type": "string", "pattern": "(", "maxLength": 2});
    let judge = with_body("3.0.3", &schema, &json!({}));
    assert_eq!(
        Sent::post("/a").json(&json!("ab")).places(&judge),
        ["document"]
    );
    assert_eq!(
        Sent::post("/a").json(&json!("abc")).places(&judge),
        ["body", "document"]
    );
}

#[test]
fn schemas_that_say_nothing_but_themselves_are_told_of_the_document() {
    let circles = [
        json!({"$ref": "#/components/schemas/A"}),
        json!({"allOf": [{"$ref": "#/components/schemas/A"}]}),
        json!({"not": {"$ref": "#/components/schemas/A"}}),
    ];
    for version in ["3.0.3", "3.1.0"] {
        for circle in &circles {
            let components = json!({"schemas": {"A": circle}});
            let judge = with_body(
                version,
                &json!({"$ref": "#/components/schemas/A"}),
                &components,
            );
            assert_eq!(
                Sent::post("/a").json(&json!({})).places(&judge),
                ["document"]
            );
        }
    }
}

#[test]
fn a_broken_parameter_or_body_accuses_no_request() {
    let paths = json!({"/a": {"post": {
        "parameters": [{"$ref": "#/components/parameters/Missing"}],
        "requestBody": {"$ref": "#/components/requestBodies/Missing"},
        "responses": {"200": {"$ref": "#/components/responses/Missing"}},
    }}});
    let judge = judge("3.0.3", &paths, &json!({}));
    let sent = Sent::post("/a?anything=1").json(&json!({}));
    assert_eq!(sent.places(&judge), ["document", "document"]);
    let method = &sent.incoming().method;
    let problems = judge.answer(method, "/a", 200, Some("text/plain"), b"x");
    assert!(problems.len() == 1 && problems[0].is_of_document());
}
