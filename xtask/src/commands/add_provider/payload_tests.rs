//! The tests of a new crate: each documented payload decodes, and nothing in it is lost.

use std::collections::BTreeSet;
use std::fmt::Write;

use provider_codegen::signatures::Signature;

/// The beginning of the tests; what follows is one test for each operation and kind of payload.
const BEGINNING: &str = r#"
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

use std::fs;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The payloads of an operation whose file names begin with one of `kinds`, with their statuses.
fn payloads(operation: &str, kinds: &[&str]) -> Vec<(String, u16, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(concat!("../../../specs/", env!("CARGO_PKG_NAME"), "/payloads"))
        .join(operation);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if kinds.iter().any(|kind| name.starts_with(kind)) {
            let status = name[..3].replace("xx", "00").parse().unwrap_or(200);
            found.push((name, status, fs::read_to_string(path).unwrap()));
        }
    }
    assert!(!found.is_empty(), "{operation} has no payload of {kinds:?}");
    found
}

/// Decodes each payload as `T` and encodes it again.
fn keeps<T: DeserializeOwned + Serialize>(operation: &str, kinds: &[&str]) {
    for (name, status, text) in payloads(operation, kinds) {
        let decoded: T = provider_runtime::decode_with_status(status, text.as_bytes())
            .unwrap_or_else(|error| panic!("{operation}/{name}: {error}"));
        let again = serde_json::to_value(&decoded).unwrap();
        let documented = serde_json::from_str(&text).unwrap();
        // What a schema does not name is lost: the overlay adds it.
        assert_eq!(lost("", &documented, &again), None, "{operation}/{name}");
    }
}

/// Where the documented payload has something else than what is encoded again. A member that is null says as
/// much as one that is missing.
fn lost(at: &str, documented: &Value, again: &Value) -> Option<String> {
    match (documented, again) {
        (Value::Object(one), Value::Object(other)) => {
            let mut names = one
                .keys()
                .chain(other.keys().filter(|name| !one.contains_key(*name)));
            names.find_map(|name| {
                let of = |members: &serde_json::Map<String, Value>| {
                    members.get(name).cloned().unwrap_or_default()
                };
                lost(&format!("{at}/{name}"), &of(one), &of(other))
            })
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let mut pairs = one.iter().zip(other).enumerate();
            pairs.find_map(|(index, (one, other))| lost(&format!("{at}/{index}"), one, other))
        }
        _ => (documented != again).then(|| format!("{at}: {documented} became {again}")),
    }
}
"#;

/// The source of the tests for payloads in `files`, each `<operation>/<name>.json`.
pub(super) fn source(name: &str, files: &[&str], signatures: &[Signature]) -> String {
    let mut tests = String::new();
    for signature in signatures {
        let operation = &signature.operation;
        let named: BTreeSet<&str> = files
            .iter()
            .filter_map(|file| file.strip_prefix(&format!("{operation}/")))
            .collect();
        for (ty, what, kinds) in [
            (signature.request(), "requests", &["request"][..]),
            (signature.success.as_deref(), "successes", &["2"]),
            (signature.error.as_deref(), "errors", &["4", "5"]),
        ] {
            let documented = named
                .iter()
                .any(|file| kinds.iter().any(|kind| file.starts_with(kind)));
            if let (Some(ty), true) = (ty, documented) {
                let ty = ty.replace("types::", &format!("{name}::types::"));
                // Writing to a `String` cannot fail.
                let _ = write!(
                    tests,
                    "\n#[test]\nfn {what}_of_{operation}_lose_nothing() {{\n    keeps::<{ty}>({operation:?}, &{kinds:?});\n}}\n"
                );
            }
        }
    }
    if tests.is_empty() {
        return format!(
            "//! The documents of {name} have no samples: what the crate says of itself is what is left to test.\n\n\
             #[test]\nfn every_operation_has_a_method_and_a_route() {{\n    assert!(!{name}::PROVIDER.operations.is_empty());\n    \
             for operation in {name}::PROVIDER.operations {{\n        assert!(operation.route.starts_with('/'), \"{{}}\", operation.id);\n    }}\n}}\n"
        );
    }
    format!(
        "//! Every documented payload of {name} decodes, and nothing in it is lost.\n{BEGINNING}{tests}"
    )
}

#[cfg(test)]
mod tests {
    use provider_codegen::signatures::Body;

    use super::*;

    #[test]
    fn each_kind_of_payload_that_is_documented_has_a_test() {
        let signatures = [Signature {
            operation: "refund".to_owned(),
            body: Some(Body {
                ty: Some("types::Refund".to_owned()),
                ..Body::default()
            }),
            success: Some("types::Refund".to_owned()),
            ..Signature::default()
        }];
        let text = source(
            "acme",
            &["refund/200-a.json", "refund/400-b.json", "other/2xx.json"],
            &signatures,
        );
        assert!(text.contains("fn successes_of_refund_lose_nothing() {\n    keeps::<acme::types::Refund>(\"refund\", &[\"2\"]);\n}"));
        assert_eq!(text.matches("#[test]").count(), 1);
        let none = source("acme", &[], &signatures);
        assert!(none.contains("acme::PROVIDER.operations"));
    }
}
