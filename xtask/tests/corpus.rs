//! The corpus command, on a folder of small documents.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

mod shared;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use shared::{has, write};

const GOOD: &str = "openapi: 3.0.3\ninfo: {title: Good, version: '1'}\npaths:\n  /refunds:\n    get: {responses: {'200': {description: all}}}\n    post: {responses: {'201': {description: made}}}\n";

/// Runs the command on `folder`; whether it succeeded, what it printed, and its JSON.
fn corpus(folder: &Path, more: &[&str]) -> (bool, String, Value) {
    let result = folder.join("result");
    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["corpus", "--jobs", "2", "--only", "a", "--json"])
        .arg(&result)
        .args(more)
        .arg(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let printed = text(&output.stdout) + &text(&output.stderr);
    let json = fs::read_to_string(result).unwrap();
    (
        output.status.success(),
        printed,
        serde_json::from_str(&json).unwrap(),
    )
}

#[test]
fn each_document_has_its_outcome_and_a_failure_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "a-good.yaml", GOOD);
    write(&folder, "a-broken.json", "{\"openapi\": ");
    let (succeeded, printed, result) = corpus(folder.path(), &[]);
    assert!(succeeded, "{printed}");
    let [broken, good] = result["documents"].as_array().unwrap().as_slice() else {
        panic!("{result}");
    };
    let mut members: Vec<_> = good.as_object().unwrap().keys().cloned().collect();
    members.sort();
    assert_eq!(
        members,
        [
            "changed",
            "compiled",
            "decoded",
            "error",
            "examples",
            "file",
            "generated",
            "kept",
            "not_counted",
            "operations",
            "peak_mib",
            "rules",
            "seconds",
            "undecoded"
        ]
    );
    assert_eq!(good["file"], "a-good.yaml");
    assert_eq!(
        (
            &good["generated"],
            &good["operations"],
            &good["kept"],
            &good["error"]
        ),
        (&json!(true), &json!(2), &json!(2), &Value::Null)
    );
    assert_eq!(good["rules"]["operation-ids"], 2);
    assert_eq!(broken["generated"], false);
    let reason = broken["error"].as_str().unwrap();
    has!(&reason, "a-broken.json, line 1");
    assert_eq!(result["totals"]["generated"], 1);
    assert_eq!(result["totals"]["kept"], 2);
}

#[test]
fn of_a_key_that_occurs_twice_the_last_one_counts_and_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let twice = GOOD.replacen("openapi:", "openapi: 3.0.0\nopenapi:", 1);
    write(&folder, "a-twice.yaml", twice);
    let (succeeded, printed, result) = corpus(folder.path(), &[]);
    assert!(succeeded, "{printed}");
    has!(
        &printed,
        "repaired: /openapi: the key \"openapi\" occurs twice"
    );
    assert_eq!(result["documents"][0]["rules"]["repaired"], 1);
    assert_eq!(result["totals"]["kept"], 2);
}

#[test]
fn a_document_in_several_files_is_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let page = "openapi: 3.0.3\ninfo: {title: Parts, version: '1'}\npaths: {/refunds: {$ref: 'parts/paths.yaml#/refunds'}}\n";
    let paths = "refunds: {get: {operationId: list, responses: {'200': {description: all, content: {application/json: {schema: {$ref: 'refund.json'}}}}}}}\n";
    fs::create_dir(folder.path().join("parts")).unwrap();
    write(&folder, "a.yaml", page);
    write(&folder, "parts/paths.yaml", paths);
    write(
        &folder,
        "parts/refund.json",
        json!({"type": "object", "properties": {"id": {"type": "string"}}}).to_string(),
    );
    let (succeeded, printed, result) = corpus(folder.path(), &[]);
    assert!(succeeded, "{printed}");
    assert_eq!(result["documents"][0]["kept"], 1, "{printed}");
    has!(&printed, "0 things left out");
}

#[test]
fn documented_examples_decode_or_are_listed_with_what_they_contradict() {
    let folder = tempfile::tempdir().unwrap();
    let refund = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "paid": {"type": "boolean"}}});
    let examples = json!({
        "good": {"value": {"id": 7, "paid": true}},
        "wrong": {"value": {"id": 7, "paid": "yes"}},
        "more": {"value": {"id": 7, "fee": 1}},
        "quoted": {"value": "{\"id\": 7}"},
        "broken": {"value": "{\"id\": 7"}
    });
    let brief = json!({"schema": {"type": "array", "items": {"type": "string"}}, "example": ["7"]});
    let answer = json!({"description": "found", "content": {
        "application/json": {"schema": refund, "examples": examples}, "application/vnd.brief+json": brief
    }});
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "Acme", "version": "1"},
        "paths": {"/refunds": {"get": {"operationId": "listRefunds", "responses": {"200": answer}}}}
    });
    write(&folder, "a.json", document.to_string());
    let (succeeded, printed, result) = corpus(folder.path(), &["--examples"]);
    assert!(succeeded, "{printed}");
    let document = &result["documents"][0];
    assert_eq!(
        (&document["examples"], &document["decoded"]),
        (&json!(4), &json!(3)),
        "{printed}"
    );
    let content = "/paths/~1refunds/get/responses/200/content";
    let not_counted = [
        format!(
            "{content}/application~1vnd.brief+json/example: the client asks for application/json, which has another schema"
        ),
        format!(
            "{content}/application~1json/examples/broken/value: it is the text of JSON that is none"
        ),
    ];
    assert_eq!(document["not_counted"], json!(not_counted));
    let at = &*format!("{content}/application~1json/examples/wrong/value");
    let [undecoded] = document["undecoded"].as_array().unwrap().as_slice() else {
        panic!("{result}");
    };
    assert_eq!(undecoded["pointer"], at);
    assert_eq!(undecoded["of"], "200 of list_refunds");
    let contradiction = undecoded["contradiction"].as_str().unwrap();
    assert!(
        contradiction.starts_with("the schema refuses \"/paid\""),
        "{contradiction}"
    );
    has!(&printed, at, "3 of 4 examples decoded (75.00 %)");
    // A member that the schema does not name is kept.
    assert_eq!(document["changed"], json!([]));
}

#[test]
fn mutations_of_a_document_panic_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "a.yaml", GOOD);
    let (succeeded, printed, _) = corpus(folder.path(), &["--mutations", "40", "--seed", "7"]);
    assert!(succeeded, "{printed}");
    has!(&printed, "40 mutations, 0 panics");
}
