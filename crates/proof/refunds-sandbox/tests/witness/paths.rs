//! Which call a path is of.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NONE, Sent, judge};

/// A document with these paths, whose parameters are integers.
fn called(templates: &[&str], path: &str) -> Option<String> {
    let paths: serde_json::Map<String, Value> = templates
        .iter()
        .map(|template| ((*template).to_owned(), json!({"get": {"responses": {}}})))
        .collect();
    Sent::get(path).call(&judge("3.0.3", &paths.into(), &json!({})))
}

#[test]
fn parts_of_segments_are_parameters_too() {
    for (template, right, wrong) in [
        ("/a/{id}.json", "/a/7.json", "/a/7"),
        ("/a/{id}.json", "/a/7.json.json", "/a/.json"),
        ("/a/{id}:cancel", "/a/7:cancel", "/a/7:retry"),
        ("/a/{id}:cancel", "/a/7%3Acancel", "/a/7/:cancel"),
        ("/{a}-{b}", "/x-y", "/xy"),
        ("/v{n}/b", "/v1/b", "/1/b"),
    ] {
        let name = format!("GET {template}");
        assert_eq!(called(&[template], right), Some(name), "{template} {right}");
        assert_eq!(called(&[template], wrong), None, "{template} {wrong}");
    }
}

#[test]
fn the_most_literal_template_wins() {
    let templates = ["/a/{id}", "/a/{id}.json", "/a/mine", "/{b}/mine"];
    for (path, template) in [
        ("/a/mine", "/a/mine"),
        ("/a/7", "/a/{id}"),
        ("/a/7.json", "/a/{id}.json"),
        ("/c/mine", "/{b}/mine"),
    ] {
        assert_eq!(
            called(&templates, path),
            Some(format!("GET {template}")),
            "{path}"
        );
    }
}

#[test]
fn paths_are_decoded_after_they_are_split() {
    assert_eq!(
        called(&["/a/{id}"], "/a/b%2Fc"),
        Some("GET /a/{id}".to_owned())
    );
    assert_eq!(called(&["/a/{id}"], "/a/b/c"), None);
    assert_eq!(called(&["/a b"], "/a%20b"), Some("GET /a b".to_owned()));
    assert_eq!(called(&["/a/{id}"], "/a/"), None);
}

#[test]
fn an_operation_without_an_id_is_called_by_method_and_path() {
    let paths = json!({"/a": {
        "get": {"operationId": "list", "responses": {}},
        "post": {"responses": {}},
    }});
    let judge = judge("3.0.3", &paths, &json!({}));
    assert_eq!(Sent::get("/a").call(&judge), Some("list".to_owned()));
    assert_eq!(Sent::post("/a").call(&judge), Some("POST /a".to_owned()));
    for sent in [Sent::get("/b"), Sent::new(Method::DELETE, "/a")] {
        assert_eq!(sent.call(&judge), None);
        assert_eq!(sent.places(&judge), ["path"]);
    }
}

#[test]
fn values_in_paths_are_judged_unless_they_can_be_read_in_two_ways() {
    let integer = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "integer"}});
    let paths = json!({
        "/a/{id}": {"parameters": [integer("id")], "get": {"responses": {}}},
        "/b/{x}-{y}": {"parameters": [integer("x"), integer("y")], "get": {"responses": {}}},
    });
    let judge = judge("3.0.3", &paths, &json!({}));
    assert_eq!(Sent::get("/a/7").places(&judge), NONE);
    assert_eq!(Sent::get("/a/x").places(&judge), ["path/id"]);
    assert_eq!(Sent::get("/b/1-2").places(&judge), NONE);
    assert_eq!(Sent::get("/b/1-z").places(&judge), ["path/y"]);
}

#[test]
fn a_value_that_ends_in_two_places_is_not_judged() {
    let one_of = |name: &str, value: &str| {
        let schema = json!({"type": "string", "enum": [value]});
        json!({"name": name, "in": "path", "required": true, "schema": schema})
    };
    let parameters = [one_of("x", "a-b"), one_of("y", "c")];
    let paths = json!({"/{x}-{y}": {"parameters": parameters, "get": {"responses": {}}}});
    let judge = judge("3.0.3", &paths, &json!({}));
    // `a` and `b-c`, or `a-b` and `c`.
    assert_eq!(Sent::get("/a-b-c").places(&judge), NONE);
    assert_eq!(Sent::get("/a-c").places(&judge), ["path/x"]);
}
