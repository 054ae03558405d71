//! Pages, from a document to the wire: `add-provider` proposes what the document shows, and what a person has uncommented is
//! what the client does.

use std::fs;

use clap::Parser;
use serde_json::{Value, json};
use xtask::cli::Arguments;

use super::facade::{cargo, workspace};
use super::shared::{self, has};

/// A read with these parameters of its query and this answer.
fn read(parameters: Value, answer: Value) -> Value {
    let parameters: Vec<Value> = parameters
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, schema)| json!({"name": name, "in": "query", "schema": schema}))
        .collect();
    let answer = json!({"description": "", "content": {"application/json": {"schema": answer}}});
    json!({"get": {"parameters": parameters, "responses": {"200": answer}}})
}

/// Each way to page, and what only seems to be one.
fn page() -> Value {
    let (text, number, flag) = (
        json!({"type": "string"}),
        json!({"type": "integer"}),
        json!({"type": "boolean"}),
    );
    let refunds = json!({"type": "array", "items": {"$ref": "#/components/schemas/Refund"}});
    let object = |members: Value| json!({"type": "object", "properties": members});
    let held = |name: &str, member: &Value| object(json!({name: member}));
    let url = json!({"type": "string", "format": "uri", "nullable": true});
    let mut by_header = read(json!({"page": number}), refunds.clone());
    by_header["get"]["responses"]["200"]["headers"] = json!({"Link": {"schema": text}});
    let mut search = read(
        json!({"cursor": text}),
        object(json!({"data": refunds, "next_cursor": text})),
    );
    search = json!({"post": search["get"]});
    let mut listed = json!({
        "/by_cursor": read(
            json!({"cursor": text, "limit": number, "pages": text}),
            object(json!({"data": refunds, "meta": held("next_cursor", &json!({"type": "string", "nullable": true}))})),
        ),
        "/by_last": read(json!({"starting_after": text}), object(json!({"data": refunds, "has_more": flag}))),
        "/by_offset": read(json!({"offset": number, "limit": number}), object(json!({"refunds": refunds, "totalCount": number}))),
        "/by_page": read(
            json!({"page": {"type": "integer", "default": 1}}),
            json!({"type": "object", "required": ["items"], "properties": {"items": refunds, "total": number}}),
        ),
        "/by_header": by_header,
        "/by_link": read(json!({}), object(json!({
            "result": held("entries", &refunds), "_links": held("next", &held("href", &url))
        }))),
        "/unnumbered": read(json!({"page": number}), object(json!({"data": refunds, "has_more": flag}))),
        // Half of a way is none, and what is sent by POST is not read.
        "/limited": read(json!({"limit": number}), object(json!({"data": refunds, "total": number}))),
        "/half": read(json!({"cursor": text}), object(json!({"data": refunds}))),
        "/several": read(json!({"offset": number}), object(json!({"paid": refunds, "failed": refunds, "total": number}))),
        "/search": search,
    });
    for (path, item) in listed.as_object_mut().unwrap() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            operation["operationId"] = path.trim_start_matches('/').into();
        }
    }
    json!({
        "openapi": "3.0.4",
        "info": {"title": "Acme", "version": "1"},
        "servers": [{"url": "https://api.acme.example"}],
        "paths": listed,
        "components": {"schemas": {"Refund": {"type": "object", "required": ["id"], "properties": {"id": number}}}}
    })
}

/// The configuration with what is proposed in it.
fn uncommented(config: &str) -> String {
    let mut is_proposed = false;
    let lines = config.lines().map(|line| {
        is_proposed = match line {
            "# It seems to page. Check it, and uncomment what is below:" => true,
            "" => false,
            _ => is_proposed,
        };
        let is_told = line.starts_with("# It seems");
        let line = line
            .strip_prefix("# ")
            .filter(|_| is_proposed && !is_told)
            .unwrap_or(line);
        line.replace(
            "first = # 0 or 1: the document does not say it",
            "first = 0",
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn what_a_document_shows_of_its_pages_is_proposed_and_asked_for_once_it_is_uncommented() {
    let folder = workspace("paging");
    let xtask = |line: &[&str]| {
        let arguments = Arguments::try_parse_from([&["xtask"], line].concat()).unwrap();
        let mut out = Vec::new();
        let outcome = arguments.run(&folder, &mut out);
        outcome
            .map(|_| String::from_utf8(out).unwrap())
            .map_err(|error| format!("{error:#}"))
    };
    let file = folder.join("acme.json");
    fs::write(&file, page().to_string()).unwrap();
    let told = xtask(&["add-provider", "acme", file.to_str().unwrap()]).unwrap();
    has!(&told, "7 operations seem to page");
    let config = folder.join("specs/acme/provider.toml");
    let proposed = fs::read_to_string(&config).unwrap();
    let comments = proposed
        .lines()
        .filter(|line| line.starts_with("# ") && !line.starts_with("# It seems"));
    insta::assert_snapshot!(
        "proposed_pages",
        comments.skip(2).collect::<Vec<_>>().join("\n")
    );

    fs::write(&config, uncommented(&proposed)).unwrap();
    xtask(&["codegen", "acme"]).unwrap();
    let provider = folder.join("crates/providers/acme");
    let builders = shared::read(&provider, "src/generated/builder.rs");
    let (_, by_cursor) = builders.split_once("impl<'a> ByCursor<'a> {").unwrap();
    let (_, sending) = by_cursor.split_once("/// Sends `GET /by_cursor`.").unwrap();
    let (sending, _) = sending.split_once("\n}\n").unwrap();
    insta::assert_snapshot!("builder_of_what_pages", sending);
    fs::create_dir_all(provider.join("examples")).unwrap();
    fs::write(
        provider.join("examples/paging.rs"),
        include_str!("paging.program.txt"),
    )
    .unwrap();
    let printed = cargo(&folder, &["run", "-p", "acme", "--example", "paging"]);
    let printed: Vec<(String, Vec<i64>, Vec<String>)> = serde_json::from_str(&printed).unwrap();
    let expected = [
        (
            "by_cursor",
            vec!["?limit=2&pages=all", "?limit=2&pages=all&cursor=b%2F"],
        ),
        ("by_last", vec!["", "?starting_after=2"]),
        ("by_offset", vec!["?limit=2&offset=4", "?limit=2&offset=6"]),
        ("by_page", vec!["", "?page=2"]),
        ("by_header", vec!["", "?page=2"]),
        ("by_link", vec!["", "?next=2"]),
        ("unnumbered", vec!["", "?page=1"]),
    ];
    assert_eq!(printed.len(), expected.len());
    for ((name, ids, asked), (expected, queries)) in printed.iter().zip(expected) {
        assert_eq!((name.as_str(), ids.as_slice()), (expected, &[1, 2, 3][..]));
        let targets: Vec<_> = queries
            .iter()
            .map(|query| format!("/{expected}{query}"))
            .collect();
        assert_eq!(*asked, targets);
    }

    let uncommented = uncommented(&proposed);
    for (from, to, told) in [
        (
            "next = \"/meta/next_cursor\"",
            "next = \"/meta/gone\"",
            "operations.by_cursor.paging.next: there is nothing at \"/meta/gone\"",
        ),
        (
            "items = \"/refunds\"",
            "items = \"/totalCount\"",
            "operations.by_offset.paging.items: what is at \"/totalCount\" is no list",
        ),
        (
            "parameter = \"offset\"",
            "parameter = \"skip\"",
            "operations.by_offset.paging.parameter: the operation has no parameter \"skip\"",
        ),
        (
            "last_item = \"/id\"",
            "last_item = \"/uid\"",
            "operations.by_last.paging.last_item: there is nothing at \"/uid\"",
        ),
    ] {
        assert_eq!(uncommented.matches(from).count(), 1, "{from}");
        fs::write(&config, uncommented.replace(from, to)).unwrap();
        let error = xtask(&["codegen", "acme"]).unwrap_err();
        has!(&error, told);
    }
}
