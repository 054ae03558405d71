//! OpenAPI 3.1 at the top level.

use serde_json::Value;

use super::Rule;
use crate::LowerError;
use crate::report::Scribe;

pub(super) const RULE: Rule = Rule {
    name: "openapi-version",
    statement: "Accepts a document of OpenAPI 3.0 or 3.1; emits one of 3.0.3, without the top-level members that only 3.1 has.",
    apply,
};

/// The version that is emitted.
const LOWERED: &str = "3.0.3";

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let refuse = |pointer: &str, cause: String| LowerError {
        pointer: pointer.to_owned(),
        rule: RULE.name,
        cause,
    };
    let Value::Object(root) = document else {
        return Err(refuse("", "an OpenAPI document is an object".to_owned()));
    };
    let version = match root.get("openapi") {
        Some(Value::String(version)) => version.trim().to_owned(),
        _ => {
            return Err(refuse(
                "/openapi",
                "the version is missing: write `openapi: 3.0.3` or `3.1.0`".to_owned(),
            ));
        }
    };
    if !["3.0", "3.1"]
        .iter()
        .any(|known| version == *known || version.starts_with(&format!("{known}.")))
    {
        return Err(refuse(
            "/openapi",
            format!(
                "version {version} is not 3.0 or 3.1: convert the document to one of these first"
            ),
        ));
    }
    if version != LOWERED {
        scribe.note("/openapi", format!("{version} became {LOWERED}"));
        root.insert("openapi".to_owned(), LOWERED.into());
    }
    for member in ["webhooks", "jsonSchemaDialect"] {
        if root.remove(member).is_some() {
            scribe.note(
                &format!("/{member}"),
                "left out: OpenAPI 3.0 has no such member, and a client calls none of it",
            );
        }
    }
    if let Some(path_items) = root
        .get_mut("components")
        .and_then(Value::as_object_mut)
        .and_then(|components| components.remove("pathItems"))
    {
        drop(path_items);
        scribe.note(
            "/components/pathItems",
            "left out: OpenAPI 3.0 has no such member",
        );
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
        let refused = lower(&json!({"openapi": "4.0.0"})).unwrap_err();
        assert_eq!(refused.pointer, "/openapi");
        assert_eq!(lower(&json!([])).unwrap_err().pointer, "");
    }
}
