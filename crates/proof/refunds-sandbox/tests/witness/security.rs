//! Credentials: presence, by any of the alternatives.

use refunds_sandbox::witness::Judge;
use serde_json::{Value, json};

use crate::support::{NONE, Sent, judge};

fn secured(security: &Value) -> Judge {
    let paths = json!({"/a": {"get": {"security": security, "responses": {}}}});
    judge("3.1.0", &paths, &schemes())
}

fn schemes() -> Value {
    json!({"securitySchemes": {
        "basic": {"type": "http", "scheme": "basic"},
        "bearer": {"$ref": "#/components/securitySchemes/token"},
        "token": {"type": "http", "scheme": "Bearer"},
        "digest": {"type": "http", "scheme": "digest"},
        "oauth": {"type": "oauth2", "flows": {}},
        "connect": {"type": "openIdConnect", "openIdConnectUrl": "https://example.com"},
        "mutual": {"type": "mutualTLS"},
        "inHeader": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "inQuery": {"type": "apiKey", "in": "query", "name": "key"},
        "inCookie": {"type": "apiKey", "in": "cookie", "name": "key"},
    }})
}

#[test]
fn every_kind_of_scheme_is_seen_where_it_stands() {
    let authorization = "header/Authorization";
    for (scheme, right, place) in [
        (
            "basic",
            Sent::get("/a").header("authorization", "basic eDp5"),
            authorization,
        ),
        (
            "bearer",
            Sent::get("/a").header("authorization", "Bearer t"),
            authorization,
        ),
        (
            "digest",
            Sent::get("/a").header("authorization", "Digest a=b"),
            authorization,
        ),
        (
            "oauth",
            Sent::get("/a").header("authorization", "Bearer t"),
            authorization,
        ),
        (
            "connect",
            Sent::get("/a").header("authorization", "Bearer t"),
            authorization,
        ),
        (
            "inHeader",
            Sent::get("/a").header("x-key", "k"),
            "header/X-Key",
        ),
        ("inQuery", Sent::get("/a?key=k"), "query/key"),
        (
            "inCookie",
            Sent::get("/a").header("cookie", "a=b; key=k"),
            "cookie/key",
        ),
    ] {
        let judge = secured(&json!([{scheme: []}]));
        assert_eq!(right.places(&judge), NONE, "{scheme}");
        assert_eq!(Sent::get("/a").places(&judge), [place], "{scheme}");
    }
    let judge = secured(&json!([{"basic": []}]));
    let other = Sent::get("/a").header("authorization", "Bearer t");
    assert_eq!(other.words(&judge), ["no Basic credentials"]);
    assert_eq!(
        Sent::get("/a").places(&secured(&json!([{"mutual": []}]))),
        NONE
    );
}

#[test]
fn one_of_the_alternatives_is_enough_and_has_to_be_whole() {
    let judge = secured(&json!([{"bearer": [], "inHeader": []}, {"inQuery": []}]));
    let bearer = || Sent::get("/a").header("authorization", "Bearer t");
    assert_eq!(bearer().header("x-key", "k").places(&judge), NONE);
    assert_eq!(Sent::get("/a?key=k").places(&judge), NONE);
    assert_eq!(bearer().places(&judge), ["header/X-Key"]);
    assert_eq!(Sent::get("/a").places(&judge).len(), 1);
}

#[test]
fn an_empty_alternative_makes_credentials_optional() {
    for open in [json!([{"bearer": []}, {}]), json!([{}]), json!([])] {
        assert_eq!(Sent::get("/a").places(&secured(&open)), NONE, "{open}");
    }
}

#[test]
fn an_operations_security_stands_instead_of_the_documents() {
    let document = json!({
        "openapi": "3.0.3",
        "security": [{"bearer": []}],
        "paths": {
            "/closed": {"get": {"responses": {}}},
            "/open": {"get": {"security": [], "responses": {}}},
        },
        "components": schemes(),
    });
    let judge = Judge::of(&document.to_string()).unwrap();
    assert_eq!(
        Sent::get("/closed").places(&judge),
        ["header/Authorization"]
    );
    assert_eq!(Sent::get("/open").places(&judge), NONE);
}

#[test]
fn the_name_of_a_key_is_known_in_every_query() {
    let judge = secured(&json!([]));
    assert_eq!(Sent::get("/a?key=k").places(&judge), NONE);
    assert_eq!(Sent::get("/a?other=k").places(&judge), ["query/other"]);
}

#[test]
fn no_problem_repeats_a_credential() {
    let short = json!({"type": "string", "maxLength": 3});
    let paths = json!({"/a": {"get": {
        "parameters": [
            {"name": "x-key", "in": "header", "schema": short},
            {"name": "key", "in": "query", "schema": short},
            {"name": "key", "in": "cookie", "schema": short},
        ],
        "security": [{"basic": []}],
        "responses": {},
    }}});
    let judge = judge("3.0.3", &paths, &schemes());
    let sent = Sent::get("/a?key=hunter2")
        .header("x-key", "hunter2")
        .header("cookie", "key=hunter2")
        .header("authorization", "Bearer hunter2");
    let words = sent.words(&judge);
    assert_eq!(words.len(), 4, "{words:?}");
    assert!(!words.join(" ").contains("hunter2"), "{words:?}");
}
