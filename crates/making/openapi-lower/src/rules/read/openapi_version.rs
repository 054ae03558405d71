//! OpenAPI 3.1 at the top level.

use openapi_model::{Version, VersionError};
use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{LowerError, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "openapi-version",
    statement: "Accepts a document of OpenAPI 3.0, 3.1 or 3.2, its version as a text or a number; emits one of 3.0.3, without the members that only later versions have, and without their further methods.",
    apply,
};

/// The version that is emitted.
const LOWERED: &str = "3.0.3";

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    Version::of(&document.document).map_err(|error| LowerError {
        pointer: match error {
            VersionError::NoObject => "",
            _ => "/openapi",
        }
        .to_owned(),
        rule: RULE.name,
        cause: error.to_string(),
    })?;
    let Value::Object(root) = &mut document.document else {
        return Ok(());
    };
    let version = match root.get("openapi") {
        Some(Value::String(version)) => version.trim().to_owned(),
        version => version.map(Value::to_string).unwrap_or_default(),
    };
    if version != LOWERED {
        scribe.note("/openapi", format!("{version} became {LOWERED}"));
        root.insert("openapi".to_owned(), LOWERED.into());
    }
    later_methods(root, scribe);
    for member in ["webhooks", "jsonSchemaDialect", "$self"] {
        if root.remove(member).is_some() {
            scribe.note(
                &format!("/{member}"),
                "left out: OpenAPI 3.0 has no such member, and a client calls none of it",
            );
        }
    }
    let info = root.entry("info").or_insert_with(|| serde_json::json!({}));
    if let Value::Object(info) = info {
        info.remove("summary");
        if let Some(Value::Object(licence)) = info.get_mut("license") {
            licence.remove("identifier");
        }
        for member in ["title", "version"] {
            if !info.contains_key(member) {
                scribe.note(
                    &format!("/info/{member}"),
                    "absent although required: written as an empty text",
                );
                info.insert(member.to_owned(), "".into());
            }
        }
    }
    root.entry("paths").or_insert_with(|| serde_json::json!({}));
    Ok(())
}

/// Methods that only OpenAPI 3.2 has; no generated client has them.
fn later_methods(root: &mut Map<String, Value>, scribe: &mut Scribe<'_>) {
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        let Some(item) = item.as_object_mut() else {
            continue;
        };
        for member in ["query", "additionalOperations"] {
            if item.remove(member).is_some_and(|found| found.is_object()) {
                scribe.left_out(
                    &pointer::join(&pointer::join("/paths", path), member),
                    "of OpenAPI 3.2: the client has no such method",
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;

    #[test]
    fn a_document_of_3_1_becomes_one_of_3_0() {
        let lowered = lower(&json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1", "summary": "s"}, "webhooks": {}})).unwrap();
        assert_eq!(
            lowered.document,
            json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {}}})
        );
        assert_eq!(lowered.report.counts(), [("openapi-version", 2)].into());
    }

    #[test]
    fn a_document_of_another_version_is_refused_with_its_place() {
        let refused = lower(&json!({"swagger": "2.0"})).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "/openapi: the version is missing: write `openapi: 3.0.3` or `3.1.0` (rule openapi-version)"
        );
        let refused = lower(&json!({"openapi": 4})).unwrap_err();
        assert_eq!(refused.pointer, "/openapi");
        assert_eq!(lower(&json!([])).unwrap_err().pointer, "");
    }

    #[test]
    fn a_version_that_yaml_read_as_a_number_is_that_version() {
        let lowered = lower(&json!({"openapi": 3.1})).unwrap();
        assert_eq!(lowered.document["openapi"], "3.0.3");
    }

    #[test]
    fn methods_of_3_2_are_left_out_with_their_pointers() {
        let operation = json!({"responses": {"204": {"description": ""}}});
        let lowered = lower(&json!({"openapi": "3.2.0", "paths": {"/a": {
            "get": operation, "query": operation, "additionalOperations": {"COPY": operation}
        }}}))
        .unwrap();
        let left_out: Vec<_> = lowered
            .report
            .applied()
            .iter()
            .filter(|applied| applied.left_out)
            .collect();
        let pointers: Vec<_> = left_out
            .iter()
            .map(|applied| applied.pointer.as_str())
            .collect();
        assert_eq!(
            pointers,
            ["/paths/~1a/query", "/paths/~1a/additionalOperations"]
        );
        let item = lowered.document["paths"]["/a"].as_object().unwrap();
        assert_eq!(item.keys().collect::<Vec<_>>(), ["get"]);
    }
}
