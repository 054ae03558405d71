//! How parameters and the fields of forms are written: the tables of OpenAPI and RFC 6570, from a document to the wire.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::small_crate;

/// The styles of each place, exploded or not, with what `color` is where it is `""`, `"blue"`,
/// `["blue", "black", "brown"]`, `["blue", null]`, `{R: 100, G: 200, B: 150}` and `{R: 100, G: null}`: OpenAPI 3.0.4 and
/// 3.1.1, Style Examples (3.2.0 for `cookie`), and RFC 6570, 2.3 and 3.2.1, for what is undefined.
///
/// Members have no order in JSON: ours is that of their names.
#[rustfmt::skip]
const TABLE: [(&str, &str, bool, [&str; 6]); 17] = [
    ("path", "matrix", false, [";color", ";color=blue", ";color=blue,black,brown", ";color=blue", ";color=B,150,G,200,R,100", ";color=R,100"]),
    ("path", "matrix", true, [";color", ";color=blue", ";color=blue;color=black;color=brown", ";color=blue", ";B=150;G=200;R=100", ";R=100"]),
    ("path", "label", false, [".", ".blue", ".blue,black,brown", ".blue", ".B,150,G,200,R,100", ".R,100"]),
    ("path", "label", true, [".", ".blue", ".blue.black.brown", ".blue", ".B=150.G=200.R=100", ".R=100"]),
    ("path", "simple", false, [REFUSED, "blue", "blue,black,brown", "blue", "B,150,G,200,R,100", "R,100"]),
    ("path", "simple", true, [REFUSED, "blue", "blue,black,brown", "blue", "B=150,G=200,R=100", "R=100"]),
    ("header", "simple", false, ["", "blue", "blue,black,brown", "blue", "B,150,G,200,R,100", "R,100"]),
    ("header", "simple", true, ["", "blue", "blue,black,brown", "blue", "B=150,G=200,R=100", "R=100"]),
    ("query", "form", false, ["color=", "color=blue", "color=blue,black,brown", "color=blue", "color=B,150,G,200,R,100", "color=R,100"]),
    ("query", "form", true, ["color=", "color=blue", "color=blue&color=black&color=brown", "color=blue", "B=150&G=200&R=100", "R=100"]),
    ("query", "spaceDelimited", false, [NONE, NONE, "color=blue%20black%20brown", "color=blue", "color=B%20150%20G%20200%20R%20100", "color=R%20100"]),
    ("query", "pipeDelimited", false, [NONE, NONE, "color=blue%7Cblack%7Cbrown", "color=blue", "color=B%7C150%7CG%7C200%7CR%7C100", "color=R%7C100"]),
    ("query", "deepObject", true, [NONE, NONE, NONE, NONE, "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100", "color%5BR%5D=100"]),
    ("cookie", "form", false, ["color=", "color=blue", "color=blue,black,brown", "color=blue", "color=B,150,G,200,R,100", "color=R,100"]),
    ("cookie", "form", true, ["color=", "color=blue", "color=blue&color=black&color=brown", "color=blue", "B=150&G=200&R=100", "R=100"]),
    ("cookie", "cookie", false, ["color=", "color=blue", "color=blue,black,brown", "color=blue", "color=B,150,G,200,R,100", "color=R,100"]),
    ("cookie", "cookie", true, ["color=", "color=blue", "color=blue; color=black; color=brown", "color=blue", "B=150; G=200; R=100", "R=100"]),
];

/// The values of the columns, and nothing, in Rust; each with the schema that it has.
const VALUES: [(&str, &str); 9] = [
    ("text", r#""""#),
    ("text", r#""blue""#),
    (
        "list",
        r#"list(&[Some("blue"), Some("black"), Some("brown")])"#,
    ),
    ("list", r#"list(&[Some("blue"), None])"#),
    ("object", "color(100, 200, 150)"),
    ("object", "color(100, Nullable::Null, Nullable::Null)"),
    ("list", "list(&[])"),
    ("list", "list(&[None])"),
    (
        "object",
        "color(Nullable::Null, Nullable::Null, Nullable::Null)",
    ),
];

/// The same of an object whose members are parameters of their own.
const MEMBERS: [(&str, &str); 3] = [
    ("color(100, 200, 150)", "r(100).g(200).b(150)"),
    ("color(100, Nullable::Null, Nullable::Null)", "r(100)"),
    (
        "color(Nullable::Null, Nullable::Null, Nullable::Null)",
        "clone()",
    ),
];

/// The table has no form.
const NONE: &str = "n/a";
/// What stands in a path is needed there: without it, the path would be another operation's.
const REFUSED: &str = "refused";

/// The operations of a document, and calls of them with what is on the wire.
#[derive(Default)]
struct Cases {
    paths: BTreeMap<String, Value>,
    calls: Vec<String>,
    expected: Vec<String>,
}

impl Cases {
    /// A call of the operation `name`, which has one parameter.
    fn parameter(&mut self, name: &str, parameter: Value, call: &str, expected: &str) {
        let path = match parameter["in"].as_str() {
            Some("path") => format!("/{name}--{{color}}"),
            _ => format!("/{name}--"),
        };
        let operation = json!({"operationId": name, "parameters": [parameter], "responses": {"204": {"description": ""}}});
        self.paths.insert(path, json!({"get": operation}));
        self.calls.push(format!("tell!(client.{name}().{call});"));
        self.expected.push(expected.to_owned());
    }

    /// A call of the operation `name`, which sends a form with the field `color`.
    fn field(&mut self, name: &str, (schema, encoding): (&Value, Value), value: &str, form: &str) {
        let body = json!({"schema": {"type": "object", "properties": {"color": schema}}, "encoding": {"color": encoding}});
        let operation = json!({"operationId": name, "responses": {"204": {"description": ""}},
            "requestBody": {"required": true, "content": {"application/x-www-form-urlencoded": body}}});
        self.paths
            .insert(format!("/{name}--"), json!({"post": operation}));
        self.calls.push(format!(
            "tell!(client.{name}().body_map(|body| body.color({value})));"
        ));
        self.expected.push(format!(" {form}").trim_end().to_owned());
    }
}

fn schema(kind: &str) -> Value {
    match kind {
        "text" => json!({"type": "string"}),
        "list" => json!({"type": "array", "items": {"type": "string", "nullable": true}}),
        _ => json!({"$ref": "#/components/schemas/Color"}),
    }
}

fn table(cases: &mut Cases) {
    for (place, style, explode, row) in TABLE {
        let nothing = if place == "path" { REFUSED } else { "" };
        let columns = row.into_iter().chain([nothing; 3]);
        for ((kind, value), written) in VALUES.into_iter().zip(columns) {
            let of_kind = VALUES.iter().position(|(of, _)| *of == kind);
            if of_kind.is_some_and(|column| row[column] == NONE) {
                continue;
            }
            let exploded = if explode { "exploded" } else { "joined" };
            let name = format!("{place}_{style}_{exploded}_{kind}").to_lowercase();
            let member = MEMBERS.iter().find(|(object, _)| *object == value);
            let call = match member {
                Some((_, members)) if (place, style, explode) == ("query", "form", true) => {
                    (*members).to_owned()
                }
                _ => format!("color({value})"),
            };
            let expected = match place {
                _ if [REFUSED, ""].contains(&written) && kind != "text" => written.to_owned(),
                "query" => format!("?{written}"),
                "header" => format!(" color: {written}"),
                "cookie" => format!(" cookie: {written}"),
                _ => written.to_owned(),
            };
            let parameter = json!({"name": "color", "in": place, "style": style, "explode": explode,
                "required": place == "path", "schema": schema(kind)});
            cases.parameter(&name, parameter, &call, &expected);
        }
    }
}

/// RFC 6570, 3.2.1: what separates values is as it is, and escaped within one.
fn separators(cases: &mut Cases) {
    let list = schema("list");
    let entries = r#"color(list(&[Some("a,b;c.d|e f"), Some("é&=")]))"#;
    for (name, place, style, explode, expected) in [
        (
            "in_form",
            "query",
            "form",
            false,
            "?color=a%2Cb%3Bc.d%7Ce%20f,%C3%A9%26%3D",
        ),
        (
            "in_matrix",
            "path",
            "matrix",
            true,
            ";color=a%2Cb%3Bc.d%7Ce%20f;color=%C3%A9%26%3D",
        ),
        (
            "in_simple",
            "path",
            "simple",
            false,
            "a%2Cb%3Bc.d%7Ce%20f,%C3%A9%26%3D",
        ),
        (
            "in_cookie",
            "cookie",
            "form",
            false,
            " cookie: color=a%2Cb%3Bc.d%7Ce%20f,%C3%A9%26%3D",
        ),
        // These have no escape of their own.
        ("in_spaces", "query", "spaceDelimited", false, REFUSED),
        ("in_pipes", "query", "pipeDelimited", false, REFUSED),
    ] {
        let parameter = json!({"name": "color", "in": place, "style": style, "explode": explode, "required": place == "path", "schema": list});
        cases.parameter(name, parameter, entries, expected);
    }
}

/// OpenAPI, `allowReserved`, and RFC 6570, 3.2.3.
fn reserved(cases: &mut Cases) {
    let parameter = |explode: bool, schema: Value| json!({"name": "color", "in": "query", "explode": explode, "allowReserved": true, "schema": schema});
    let text = parameter(true, schema("text"));
    let call = r#"color(":/?[]@!$&()*+,;=%2F% é|")"#;
    cases.parameter(
        "reserved_text",
        text.clone(),
        call,
        "?color=:/?[]@!$&()*+,;=%2F%25%20%C3%A9%7C",
    );
    // A fragment begins at `#`, and the URL standard escapes an apostrophe in a query.
    cases.parameter("reserved_text", text, r##"color("#'")"##, "?color=%23%27");
    let list = parameter(false, schema("list"));
    cases.parameter(
        "reserved_list",
        list,
        r#"color(list(&[Some("a/b"), Some("c d")]))"#,
        "?color=a/b,c%20d",
    );
    let object = parameter(
        true,
        json!({"type": "object", "properties": {"a": schema("text")}}),
    );
    cases.parameter("reserved_members", object, r#"a("x/y")"#, "?a=x/y");
    let encoding = json!({"allowReserved": true});
    cases.field(
        "reserved_field",
        (&schema("text"), encoding),
        r#""a/b c""#,
        "color=a/b%20c",
    );
}

/// OpenAPI, Parameter Object, `content`.
fn json_parameters(cases: &mut Cases) {
    let escaped = "%7B%22B%22%3A150%2C%22G%22%3A200%2C%22R%22%3A100%7D";
    for (place, expected) in [
        ("query", format!("?color={escaped}")),
        ("path", escaped.to_owned()),
        ("cookie", format!(" cookie: color={escaped}")),
        ("header", r#" color: {"B":150,"G":200,"R":100}"#.to_owned()),
    ] {
        let parameter = json!({"name": "color", "in": place, "required": place == "path",
            "content": {"application/json": {"schema": schema("object")}}});
        cases.parameter(
            &format!("json_{place}"),
            parameter,
            "color(color(100, 200, 150))",
            &expected,
        );
    }
}

/// OpenAPI, Encoding Object: a form has the styles of a query.
fn fields(cases: &mut Cases) {
    let style = |style: &str, explode: bool| json!({"style": style, "explode": explode});
    let (list, object) = (schema("list"), schema("object"));
    let colors = r#"list(&[Some("blue"), Some("black")])"#;
    let rgb = "color(100, 200, 150)";
    for (name, schema, encoding, value, form) in [
        (
            "field_members",
            &object,
            style("form", true),
            rgb,
            "B=150&G=200&R=100",
        ),
        (
            "field_exploded",
            &object,
            json!({"explode": true}),
            rgb,
            "B=150&G=200&R=100",
        ),
        (
            "field_form",
            &object,
            style("form", false),
            rgb,
            "color=B,150,G,200,R,100",
        ),
        (
            "field_spaces",
            &object,
            style("spaceDelimited", false),
            rgb,
            "color=B%20150%20G%20200%20R%20100",
        ),
        (
            "field_pipes",
            &list,
            style("pipeDelimited", false),
            colors,
            "color=blue%7Cblack",
        ),
        (
            "field_deep",
            &object,
            style("deepObject", true),
            rgb,
            "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100",
        ),
        (
            "field_list",
            &list,
            style("form", true),
            colors,
            "color=blue&color=black",
        ),
        (
            "field_joined",
            &list,
            style("form", false),
            colors,
            "color=blue,black",
        ),
        ("field_empty", &list, style("form", false), "list(&[])", ""),
        (
            "field_json",
            &object,
            json!({"contentType": "application/json"}),
            rgb,
            "color=%7B%22B%22%3A150%2C%22G%22%3A200%2C%22R%22%3A100%7D",
        ),
    ] {
        cases.field(name, (schema, encoding), value, form);
    }
}

#[test]
fn every_style_is_on_the_wire_what_the_tables_of_openapi_and_rfc_6570_say() {
    let mut cases = Cases::default();
    for add in [table, separators, reserved, json_parameters, fields] {
        add(&mut cases);
    }
    let member = json!({"type": "integer", "nullable": true});
    let page = json!({
        "openapi": "3.0.4",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "paths": cases.paths,
        "components": {"schemas": {"Color": {"type": "object", "properties": {"R": member, "G": member, "B": member}}}}
    });
    let program = include_str!("styles.program.txt").replace("CALLS", &cases.calls.join("\n    "));
    let sent: Vec<String> = small_crate::run("styles", vec![("acme", page)], &program);
    assert_eq!(sent.len(), cases.expected.len());
    for ((sent, expected), call) in sent.iter().zip(&cases.expected).zip(&cases.calls) {
        let is_met = match expected.as_str() {
            REFUSED => sent.starts_with("refused: "),
            expected => sent == expected,
        };
        assert!(is_met, "{call}\n  expected: {expected}\n  sent:     {sent}");
    }
}
