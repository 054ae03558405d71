use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::annotations::{Annotation, annotations};
use super::unhidden;
use crate::{Class, Report};

/// Where it is said what is to be done.
const HELP: &str = "CONTRIBUTING.md says under \"Take a spec update\" what to do with it.";

/// The reports as one log of SARIF 2.1.0, with the line of the page, and the fingerprint of each change.
pub fn sarif(reports: &[Report]) -> String {
    let mut rules = BTreeMap::new();
    let mut results = Vec::new();
    let mut failures = Vec::new();
    for report in reports {
        if let Some(failure) = &report.failed {
            failures.push(json!({"level": "error", "message": {"text": failure}}));
        }
        for annotation in annotations(report) {
            results.push(result(report, &annotation));
            rules.insert(annotation.rule, annotation.rule_words);
        }
    }
    // What GitHub's code scanning asks for of a rule, beside its id.
    let rules = rules.into_iter().map(|(id, words)| {
        let words = json!({"text": words});
        let help = json!({"text": HELP});
        json!({"id": id, "shortDescription": &words, "fullDescription": &words, "help": help})
    });
    let rules: Vec<Value> = rules.collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "cargo xtask drift", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "invocations": [{"executionSuccessful": failures.is_empty(), "toolExecutionNotifications": failures}],
            "results": results,
        }],
    });
    // Texts and numbers: nothing of it can fail to be written.
    let text = serde_json::to_string_pretty(&log).unwrap_or_default();
    format!("{}\n", unhidden(&text))
}

fn result(report: &Report, annotation: &Annotation<'_>) -> Value {
    let mut location = Map::new();
    if let Some((file, first, last)) = &annotation.place {
        let place = json!({
            "artifactLocation": {"uri": uri(file)},
            "region": {"startLine": first, "endLine": last},
        });
        location.insert("physicalLocation".to_owned(), place);
    }
    let mut properties = Map::new();
    if let Some(provider) = &report.provider {
        properties.insert("provider".to_owned(), provider.clone().into());
    }
    properties.insert("class".to_owned(), annotation.class.code().into());
    let mut result = json!({
        "ruleId": annotation.rule,
        "level": match annotation.class {
            Class::Breaking => "error",
            Class::ReadThis => "warning",
            Class::Compatible => "note",
        },
        "message": {"text": format!("{} {}", annotation.message, annotation.why).trim()},
    });
    if let Some(change) = annotation.change {
        let name = change.operation.as_deref().unwrap_or("the whole API");
        let logical = json!([{"name": name, "fullyQualifiedName": change.pointer}]);
        location.insert("logicalLocations".to_owned(), logical);
        properties.insert("money".to_owned(), change.money.into());
        result["partialFingerprints"] = json!({"drift/v1": change.fingerprint});
    }
    result["locations"] = json!([location]);
    result["properties"] = Value::Object(properties);
    result
}

/// A path as a URI: relative to the workspace's root, unless it is absolute.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'~' => uri.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
