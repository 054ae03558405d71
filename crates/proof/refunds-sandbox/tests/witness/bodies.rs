//! Bodies of requests.

use refunds_sandbox::witness::Judge;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NONE, Sent, judge};

const FORM: &str = "application/x-www-form-urlencoded";

fn with_content(content: &Value, required: bool) -> Judge {
    let body = json!({"required": required, "content": content});
    judge(
        "3.0.3",
        &json!({"/a": {"post": {"requestBody": body}}}),
        &json!({}),
    )
}

fn number() -> Value {
    json!({"schema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}})
}

#[test]
fn each_of_several_media_types_has_its_own_schema() {
    let text = json!({"schema": {"type": "string"}});
    let judge = with_content(
        &json!({"application/json": number(), "application/vnd.a+json": text}),
        true,
    );
    let sent =
        |media_type: &str, body: &str| Sent::post("/a").body(media_type, body).places(&judge);
    assert_eq!(sent("application/json", r#"{"n": 1}"#), NONE);
    assert_eq!(sent("Application/JSON; charset=utf-8", r#"{"n": 1}"#), NONE);
    assert_eq!(sent("application/json", r#""x""#), ["body"]);
    assert_eq!(sent("application/vnd.a+json", r#""x""#), NONE);
    assert_eq!(sent("application/vnd.a+json", r#"{"n": 1}"#), ["body"]);
    assert_eq!(sent("text/plain", "x"), ["header/Content-Type"]);
}

#[test]
fn the_most_exact_range_of_media_types_is_meant() {
    let text = json!({"schema": {"type": "string"}});
    let anything = json!({});
    let judge = with_content(
        &json!({"*/*": anything, "application/*": text, "application/json": number()}),
        true,
    );
    let sent =
        |media_type: &str, body: &str| Sent::post("/a").body(media_type, body).places(&judge);
    assert_eq!(sent("application/json", r#"{"n": 1}"#), NONE);
    assert_eq!(sent("application/other+json", r#""x""#), NONE);
    assert_eq!(sent("application/other+json", "1"), ["body"]);
    assert_eq!(sent("application/octet-stream", "{"), NONE);
    assert_eq!(sent("image/png", "{"), NONE);
    let only = with_content(&json!({"image/*": anything}), true);
    assert_eq!(Sent::post("/a").body("image/png", "x").places(&only), NONE);
    let places = Sent::post("/a").body("application/pdf", "x").places(&only);
    assert_eq!(places, ["header/Content-Type"]);
}

#[test]
fn a_body_that_is_no_json_is_told_with_its_position() {
    let judge = with_content(&json!({"application/json": number()}), true);
    let sent = Sent::post("/a").body("application/json", "{\n \"n\": x}");
    let problems = judge.request(sent.incoming()).1;
    assert_eq!(problems.len(), 1);
    // The `x` is the seventh byte of the second line, which begins after two.
    assert_eq!(
        (problems[0].place.as_str(), problems[0].not_json_at),
        ("body", Some(8))
    );
}

#[test]
fn a_body_may_be_absent_unless_it_is_required() {
    let content = json!({"application/json": number()});
    assert_eq!(
        Sent::post("/a").places(&with_content(&content, false)),
        NONE
    );
    assert_eq!(
        Sent::post("/a").words(&with_content(&content, true)),
        ["missing"]
    );
    let wrong = Sent::post("/a").json(&json!({}));
    assert_eq!(wrong.places(&with_content(&content, false)), ["body"]);
}

#[test]
fn a_body_where_none_is_documented_is_a_problem() {
    let judge = judge(
        "3.0.3",
        &json!({"/a": {"post": {"responses": {}}}}),
        &json!({}),
    );
    assert_eq!(Sent::post("/a").places(&judge), NONE);
    assert_eq!(
        Sent::post("/a").json(&json!({})).words(&judge),
        ["this call has no body"]
    );
}

#[test]
fn bodies_of_methods_for_which_http_gives_them_no_meaning_are_not_asked_for_in_3_0() {
    let body = json!({"required": true, "content": {"application/json": number()}});
    let paths = json!({"/a": {"delete": {"requestBody": body, "responses": {}}}});
    let delete = || Sent::new(Method::DELETE, "/a");
    let old = judge("3.0.3", &paths, &json!({}));
    assert_eq!(delete().places(&old), NONE);
    assert_eq!(delete().json(&json!({"n": 1})).places(&old), NONE);
    assert_eq!(
        delete().places(&judge("3.1.0", &paths, &json!({}))),
        ["body"]
    );
}

#[test]
fn the_fields_of_a_form_are_read_as_the_types_that_are_documented() {
    let schema = json!({
        "type": "object",
        "required": ["n"],
        "additionalProperties": false,
        "properties": {
            "n": {"type": "integer", "minimum": 1},
            "code": {"type": "string", "maxLength": 3},
            "flag": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "integer"}},
            "more": {"type": "object", "properties": {"a": {"type": "integer"}}},
        },
    });
    let judge = with_content(&json!({FORM: {"schema": schema}}), true);
    let sent = |form: &str| Sent::post("/a").body(FORM, form).places(&judge);
    assert_eq!(sent("n=1&code=123&flag=true&tags=1&tags=2"), NONE);
    assert_eq!(sent("n=1&tags=1"), NONE);
    assert_eq!(sent("n=0"), ["body/n"]);
    assert_eq!(sent("n=x&flag=yes"), ["body/flag", "body/n"]);
    assert_eq!(sent("n=1&code=1234"), ["body/code"]);
    assert_eq!(sent("n=1&tags=1&tags=x"), ["body/tags/1"]);
    assert_eq!(sent("n=1&more=%7B%22a%22%3A1%7D"), NONE);
    assert_eq!(sent("flag=true"), ["body"]);
    assert_eq!(sent("n=1&other=1"), ["body"]);
    // How objects and lists in brackets are written is not specified; their names are known.
    assert_eq!(sent("n=1&more[a]=x&tags[]=x"), NONE);
    assert_eq!(sent("n=1&other[a]=x"), ["body"]);
}

#[test]
fn a_form_with_alternatives_fits_one_of_them() {
    let kind = |name: &str, value: Value| json!({"type": "object", "required": [name], "properties": {name: value}});
    let schema = json!({"oneOf": [kind("n", json!({"type": "integer"})), kind("t", json!({"type": "boolean"}))]});
    let judge = with_content(&json!({FORM: {"schema": schema}}), true);
    assert_eq!(Sent::post("/a").body(FORM, "n=1").places(&judge), NONE);
    assert_eq!(Sent::post("/a").body(FORM, "t=true").places(&judge), NONE);
    assert_eq!(Sent::post("/a").body(FORM, "n=x").places(&judge), ["body"]);
}

#[test]
fn alternatives_are_not_judged_by_fields_that_are_not() {
    let more = json!({"type": "object", "properties": {"more": {"type": "object"}}});
    let judge = with_content(&json!({FORM: {"schema": {"anyOf": [more]}}}), true);
    assert_eq!(
        Sent::post("/a").body(FORM, "more[a]=x").places(&judge),
        NONE
    );
    let places = Sent::post("/a").body(FORM, "more=x").places(&judge);
    assert_eq!(places.len(), 1);
}

#[test]
fn lists_in_forms_are_split_as_their_encoding_says() {
    let schema = json!({"type": "object", "properties": {"l": {"type": "array", "items": {"type": "integer"}}}});
    let content =
        json!({FORM: {"schema": schema, "encoding": {"l": {"style": "form", "explode": false}}}});
    let judge = with_content(&content, true);
    assert_eq!(Sent::post("/a").body(FORM, "l=1,2").places(&judge), NONE);
    assert_eq!(
        Sent::post("/a").body(FORM, "l=1,x").places(&judge),
        ["body/l/1"]
    );
}

#[test]
fn other_bodies_are_judged_by_their_media_type_alone() {
    let judge = with_content(&json!({"multipart/form-data": number()}), true);
    let sent = Sent::post("/a").body("multipart/form-data; boundary=x", "--x--");
    assert_eq!(sent.places(&judge), NONE);
}

#[test]
fn the_parameters_of_media_types_tell_two_apart() {
    let text = json!({"schema": {"type": "string"}});
    let content = json!({"application/json;v=1": number(), "application/json;v=2": text});
    let judge = with_content(&content, true);
    let sent =
        |media_type: &str, body: &str| Sent::post("/a").body(media_type, body).places(&judge);
    assert_eq!(sent("application/json; v=2", r#""x""#), NONE);
    assert_eq!(sent("application/json; v=2", r#"{"n": 1}"#), ["body"]);
    assert_eq!(sent("application/json", r#""x""#), NONE);
    assert_eq!(sent("application/json", r#"{"n": 1}"#), NONE);
    assert_eq!(sent("application/json", "1"), ["body"]);
}
