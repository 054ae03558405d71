//! Answers.

use refunds_sandbox::witness::Judge;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{NONE, judge};

fn with_responses(responses: &Value) -> Judge {
    let paths =
        json!({"/a/{id}": {"get": {"responses": responses}, "head": {"responses": responses}}});
    judge("3.0.3", &paths, &json!({}))
}

fn of_type(kind: &str) -> Value {
    json!({"description": "d", "content": {"application/json": {"schema": {"type": kind}}}})
}

fn places(judge: &Judge, status: u16, content_type: Option<&str>, body: &str) -> Vec<String> {
    let problems = judge.answer(&Method::GET, "/a/7", status, content_type, body.as_bytes());
    problems.into_iter().map(|problem| problem.place).collect()
}

const JSON: Option<&str> = Some("application/json");

#[test]
fn the_most_exact_status_is_meant() {
    let responses = json!({
        "default": of_type("boolean"), "4XX": of_type("string"), "404": of_type("integer"),
    });
    let judge = with_responses(&responses);
    for (status, body, wrong) in [(404, "1", "true"), (400, r#""x""#, "1"), (500, "true", "1")] {
        assert_eq!(places(&judge, status, JSON, body), NONE, "{status}");
        assert_eq!(places(&judge, status, JSON, wrong), ["body"], "{status}");
    }
}

#[test]
fn a_status_that_is_not_documented_is_a_problem() {
    let judge = with_responses(&json!({"200": of_type("integer"), "4XX": of_type("string")}));
    assert_eq!(places(&judge, 201, JSON, "1"), ["status"]);
    assert_eq!(places(&judge, 500, JSON, "1"), ["status"]);
}

#[test]
fn a_media_type_that_is_not_documented_is_a_problem() {
    let judge = with_responses(&json!({"200": of_type("integer")}));
    assert_eq!(
        places(&judge, 200, Some("application/json; charset=utf-8"), "1"),
        NONE
    );
    assert_eq!(
        places(&judge, 200, Some("text/html"), "1"),
        ["header/Content-Type"]
    );
    assert_eq!(places(&judge, 200, None, "1"), ["header/Content-Type"]);
}

#[test]
fn a_body_that_does_not_fit_is_told_with_its_place() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "array", "items": {"type": "integer"}}}});
    let answer = json!({"description": "d", "content": {"application/json": {"schema": schema}}});
    let judge = with_responses(&json!({"200": answer}));
    assert_eq!(places(&judge, 200, JSON, r#"{"a": [1]}"#), NONE);
    assert_eq!(
        places(&judge, 200, JSON, r#"{"a": [1, "x"]}"#),
        ["body/a/1"]
    );
    assert_eq!(places(&judge, 200, JSON, "{"), ["body"]);
}

#[test]
fn a_body_where_none_is_documented_is_no_problem() {
    let judge = with_responses(&json!({"200": {"description": "d"}}));
    assert_eq!(places(&judge, 200, Some("text/plain"), "x"), NONE);
    assert_eq!(places(&judge, 200, None, ""), NONE);
}

#[test]
fn a_documented_body_may_be_missing_only_where_http_has_none() {
    let judge = with_responses(&json!({"200": of_type("integer"), "204": of_type("integer")}));
    assert_eq!(places(&judge, 200, None, ""), ["body"]);
    assert_eq!(places(&judge, 200, JSON, ""), ["body"]);
    assert_eq!(places(&judge, 204, None, ""), NONE);
    let head = judge.answer(&Method::HEAD, "/a/7", 200, JSON, b"");
    assert_eq!(head, []);
}

#[test]
fn an_answer_to_a_call_that_is_not_documented_is_one_problem() {
    let judge = with_responses(&json!({"200": of_type("integer")}));
    let problems = judge.answer(&Method::GET, "/b", 200, JSON, b"x");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place, "path");
}
