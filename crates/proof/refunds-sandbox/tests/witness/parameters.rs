//! Parameters: names, presence, types and styles.

use serde_json::{Value, json};

use crate::support::{NONE, Sent, judge, with_parameters};

fn query(name: &str, schema: &Value) -> Value {
    json!([{"name": name, "in": "query", "schema": schema}])
}

#[test]
fn an_operations_parameter_stands_instead_of_the_paths() {
    let paths = json!({"/a": {
        "parameters": [
            {"name": "n", "in": "query", "required": true, "schema": {"type": "integer"}},
            {"name": "n", "in": "header", "required": true, "schema": {"type": "integer"}},
        ],
        "get": {
            "parameters": [{"name": "n", "in": "query", "schema": {"type": "string", "enum": ["x"]}}],
            "responses": {},
        },
    }});
    let judge = judge("3.0.3", &paths, &json!({}));
    assert_eq!(Sent::get("/a").places(&judge), ["header/n"]);
    assert_eq!(Sent::get("/a?n=x").header("N", "1").places(&judge), NONE);
    assert_eq!(
        Sent::get("/a?n=1").header("N", "x").places(&judge),
        ["query/n", "header/n"]
    );
}

#[test]
fn a_text_is_read_as_the_type_that_is_documented() {
    for (schema, right, wrong) in [
        (
            json!({"type": "integer", "maximum": 9}),
            vec!["9", "-1"],
            vec!["10", "x", "1.5", ""],
        ),
        (
            json!({"type": "number"}),
            vec!["1.5", "2", "1e2"],
            vec!["x", "1,5"],
        ),
        (
            json!({"type": "boolean"}),
            vec!["true", "false"],
            vec!["True", "1", "yes"],
        ),
        (
            json!({"type": "string", "maxLength": 4}),
            vec!["1234", "ab", "true"],
            vec!["12345"],
        ),
        (
            json!({"anyOf": [{"type": "integer"}, {"enum": ["all"]}]}),
            vec!["1", "all"],
            vec!["none"],
        ),
        (
            json!({"allOf": [{"type": "integer"}, {"minimum": 5}]}),
            vec!["5"],
            vec!["4", "x"],
        ),
        (json!({"enum": [1, 2]}), vec!["1"], vec!["3"]),
    ] {
        let judge = with_parameters(&query("q", &schema));
        for text in right {
            assert_eq!(
                Sent::get(&format!("/a?q={text}")).places(&judge),
                NONE,
                "{schema} {text}"
            );
        }
        for text in wrong {
            let places = Sent::get(&format!("/a?q={text}")).places(&judge);
            assert_eq!(places, ["query/q"], "{schema} {text}");
        }
    }
}

#[test]
fn a_list_of_types_is_read_as_any_of_them() {
    let paths =
        json!({"/a": {"get": {"parameters": query("q", &json!({"type": ["integer", "null"]}))}}});
    let judge = judge("3.1.0", &paths, &json!({}));
    assert_eq!(Sent::get("/a?q=1").places(&judge), NONE);
    assert_eq!(Sent::get("/a?q=x").places(&judge), ["query/q"]);
}

#[test]
fn the_problem_of_a_number_out_of_range_speaks_of_the_number() {
    let judge = with_parameters(&query("q", &json!({"type": "integer", "maximum": 9})));
    let words = Sent::get("/a?q=10").words(&judge);
    assert_eq!(words, ["10 is greater than the maximum of 9"]);
}

#[test]
fn lists_in_queries_are_split_as_their_style_says() {
    let list = json!({"type": "array", "items": {"type": "integer"}, "maxItems": 2});
    let styled = |style: &str, explode: bool| {
        with_parameters(&json!([
            {"name": "q", "in": "query", "style": style, "explode": explode, "schema": list},
        ]))
    };
    for (judge, right, too_many, wrong) in [
        (
            with_parameters(&query("q", &list)),
            "q=1&q=2",
            "q=1&q=2&q=3",
            "q=1&q=x",
        ),
        (styled("form", false), "q=1,2", "q=1,2,3", "q=1,x"),
        (
            styled("spaceDelimited", false),
            "q=1%202",
            "q=1%202%203",
            "q=1%20x",
        ),
        (
            styled("pipeDelimited", false),
            "q=1%7C2",
            "q=1|2|3",
            "q=1|x",
        ),
    ] {
        assert_eq!(
            Sent::get(&format!("/a?{right}")).places(&judge),
            NONE,
            "{right}"
        );
        assert_eq!(Sent::get("/a?q=1").places(&judge), NONE);
        assert_eq!(
            Sent::get(&format!("/a?{too_many}")).places(&judge),
            ["query/q"],
            "{too_many}"
        );
        assert_eq!(
            Sent::get(&format!("/a?{wrong}")).places(&judge),
            ["query/q/1"],
            "{wrong}"
        );
    }
    assert_eq!(
        Sent::get("/a?q=1&q=2").places(&styled("form", false)),
        ["query/q"]
    );
}

#[test]
fn an_encoded_comma_does_not_part_two_items() {
    let list = json!({"type": "array", "items": {"type": "string", "enum": ["a,b", "c"]}});
    let judge = with_parameters(&json!([
        {"name": "q", "in": "query", "explode": false, "schema": list},
    ]));
    assert_eq!(Sent::get("/a?q=a%2Cb,c").places(&judge), NONE);
    assert_eq!(Sent::get("/a?q=a,b").places(&judge).len(), 2);
}

#[test]
fn a_value_that_is_none_of_a_list_is_given_once() {
    let judge = with_parameters(&query("q", &json!({"type": "string"})));
    assert_eq!(Sent::get("/a?q=1").places(&judge), NONE);
    assert_eq!(Sent::get("/a?q=1&q=2").places(&judge), ["query/q"]);
}

#[test]
fn the_members_of_an_object_stand_side_by_side_in_a_query() {
    let page = json!({
        "type": "object",
        "required": ["from"],
        "properties": {"from": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}},
    });
    let judge = with_parameters(&json!([
        {"name": "page", "in": "query", "required": true, "schema": page},
    ]));
    assert_eq!(Sent::get("/a?from=1&tags=a&tags=b").places(&judge), NONE);
    assert_eq!(Sent::get("/a?from=x").places(&judge), ["query/page/from"]);
    assert_eq!(
        Sent::get("/a").words(&judge),
        [r#""from" is a required property"#]
    );
    assert_eq!(Sent::get("/a?from=1&to=2").places(&judge), ["query/to"]);
    assert_eq!(Sent::get("/a?from=1&page=2").places(&judge), ["query/page"]);
}

#[test]
fn an_object_with_any_members_takes_every_name() {
    let schema = json!({"type": "object", "additionalProperties": {"type": "string"}});
    let judge = with_parameters(&query("filter", &schema));
    assert_eq!(Sent::get("/a?anything=1").places(&judge), NONE);
}

#[test]
fn a_deep_object_has_its_members_in_brackets() {
    let range = json!({"type": "object", "properties": {"gte": {"type": "integer"}}, "additionalProperties": false});
    let judge = with_parameters(&json!([
        {"name": "created", "in": "query", "style": "deepObject", "explode": true, "required": true, "schema": range},
    ]));
    assert_eq!(Sent::get("/a?created[gte]=1").places(&judge), NONE);
    assert_eq!(Sent::get("/a?created%5Bgte%5D=1").places(&judge), NONE);
    assert_eq!(
        Sent::get("/a?created[gte]=x").places(&judge),
        ["query/created/gte"]
    );
    assert_eq!(
        Sent::get("/a?created[other]=1").places(&judge),
        ["query/created"]
    );
    assert_eq!(Sent::get("/a").words(&judge), ["missing"]);
    assert_eq!(Sent::get("/a?created=1").places(&judge), ["query/created"]);
    // What is deeper is not specified.
    assert_eq!(Sent::get("/a?created[gte][x]=y").places(&judge), NONE);
}

#[test]
fn unknown_names_in_a_query_are_problems() {
    let judge = with_parameters(&query("q", &json!({})));
    assert_eq!(Sent::get("/a?q=1&r=2").places(&judge), ["query/r"]);
    assert_eq!(Sent::get("/a?q[x]=1").places(&judge), ["query/q[x]"]);
}

#[test]
fn an_empty_value_is_one_where_it_is_allowed() {
    let parameter = |allowed: bool| {
        with_parameters(&json!([
            {"name": "q", "in": "query", "allowEmptyValue": allowed, "schema": {"type": "integer"}},
        ]))
    };
    assert_eq!(Sent::get("/a?q").places(&parameter(true)), NONE);
    assert_eq!(Sent::get("/a?q=").places(&parameter(false)), ["query/q"]);
}

#[test]
fn headers_are_judged_but_for_the_three_that_are_described_elsewhere() {
    let required = |name: &str, schema: Value| json!({"name": name, "in": "header", "required": true, "schema": schema});
    let never = json!({"type": "string", "enum": ["never"]});
    let judge = with_parameters(&json!([
        required("Accept", never.clone()),
        required("Content-Type", never.clone()),
        required("authorization", never),
        required("X-Count", json!({"type": "integer"})),
        required(
            "X-List",
            json!({"type": "array", "items": {"type": "integer"}})
        ),
    ]));
    let sent = |count: &str, list: &str| {
        Sent::get("/a")
            .header("x-count", count)
            .header("x-list", list)
            .places(&judge)
    };
    assert_eq!(sent("1", "1, 2"), NONE);
    assert_eq!(sent("x", "1,y"), ["header/X-Count", "header/X-List/1"]);
    assert_eq!(Sent::get("/a").words(&judge), ["missing", "missing"]);
}

#[test]
fn cookies_are_judged_and_others_are_nobodys_business() {
    let judge = with_parameters(&json!([
        {"name": "n", "in": "cookie", "required": true, "schema": {"type": "integer"}},
    ]));
    assert_eq!(
        Sent::get("/a")
            .header("cookie", "other=x; n=1")
            .places(&judge),
        NONE
    );
    assert_eq!(
        Sent::get("/a").header("cookie", "n=x").places(&judge),
        ["cookie/n"]
    );
    assert_eq!(
        Sent::get("/a").header("cookie", "other=1").places(&judge),
        ["cookie/n"]
    );
}

#[test]
fn a_parameter_with_content_is_json_text() {
    let schema = json!({"type": "object", "required": ["a"]});
    let in_place = |place: &str| {
        let content = json!({"application/json": {"schema": schema}});
        with_parameters(&json!([{"name": "q", "in": place, "content": content}]))
    };
    let query = in_place("query");
    assert_eq!(Sent::get("/a?q=%7B%22a%22%3A1%7D").places(&query), NONE);
    let words = Sent::get("/a?q=%7B%7D").words(&query);
    assert_eq!(words, [r#""a" is a required property"#]);
    assert_eq!(Sent::get("/a?q=x").places(&query), ["query/q"]);
    let header = in_place("header");
    let sent = |text: &str| Sent::get("/a").header("q", text).places(&header);
    assert_eq!(sent(r#"{"a": 1, "b": 2}"#), NONE);
    assert_eq!(sent("{}"), ["header/q"]);
}

#[test]
fn values_in_paths_have_styles() {
    let path = |style: &str, schema: Value| {
        let parameter =
            json!({"name": "p", "in": "path", "required": true, "style": style, "schema": schema});
        let paths = json!({"/a/{p}": {"get": {"parameters": [parameter], "responses": {}}}});
        judge("3.0.3", &paths, &json!({}))
    };
    let integer = json!({"type": "integer"});
    let list = json!({"type": "array", "items": integer});
    for (style, schema, right, wrong, place) in [
        ("simple", &integer, "/a/1", "/a/x", "path/p"),
        ("simple", &list, "/a/1,2", "/a/1,x", "path/p/1"),
        ("label", &integer, "/a/.1", "/a/1", "path/p"),
        ("label", &integer, "/a/.1", "/a/.x", "path/p"),
        ("matrix", &integer, "/a/;p=1", "/a/;q=1", "path/p"),
        ("matrix", &integer, "/a/;p=1", "/a/;p=x", "path/p"),
    ] {
        let judge = path(style, schema.clone());
        assert_eq!(Sent::get(right).places(&judge), NONE, "{style} {right}");
        assert_eq!(Sent::get(wrong).places(&judge), [place], "{style} {wrong}");
    }
}
