//! Members of a request that may be missing, null or a value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{LowerError, direction, document, pointer, rust_type};

pub(crate) const RULE: Rule = Rule {
    name: "request-nulls",
    statement: "Accepts a member that a request may omit and may set to null; emits Nullable, so that the two are told apart; a member that contains its own schema stays as it is, and null is sent as missing.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let referred = referred(document);
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        // Also where an answer has the same schema: what an update may clear, it reads as well.
        if !direction.sent {
            return;
        }
        let required = schema
            .get("required")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        let at = pointer::join(at, "properties");
        for (name, member) in properties.iter_mut() {
            let Some(member) = member.as_object_mut() else {
                continue;
            };
            let optional = !required.contains(&Value::String(name.clone()));
            let is_nullable = member.get("nullable") == Some(&Value::Bool(true));
            if optional && is_nullable && leads_back(&referred, &at, member) {
                scribe.note(
                    &pointer::join(&at, name),
                    "contains its own schema: null is sent as missing",
                );
                continue;
            }
            if optional && member.remove("nullable") == Some(Value::Bool(true)) {
                wrap(member);
                scribe.note(
                    &pointer::join(&at, name),
                    "may be missing, null or a value: Nullable",
                );
            }
        }
    });
    Ok(())
}

/// The named schemas that each named schema refers to.
fn referred(document: &mut Value) -> BTreeMap<String, Vec<String>> {
    document::schemas_mut(document)
        .iter()
        .map(|(name, schema)| (name.clone(), direction::references(schema)))
        .collect()
}

/// Whether a member of the named schema at `at` leads back to it: the generator breaks such a circle where
/// it sees it, and it does not see into `Nullable`.
fn leads_back(
    referred: &BTreeMap<String, Vec<String>>,
    at: &str,
    member: &Map<String, Value>,
) -> bool {
    let own = at
        .strip_prefix("/components/schemas/")
        .and_then(|rest| rest.split('/').next())
        .map(|name| pointer::unescape(name).into_owned());
    let mut pending = direction::references(&Value::Object(member.clone()));
    let mut seen = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if Some(&name) == own.as_ref() {
            return true;
        }
        if let Some(next) = referred.get(&name).filter(|_| seen.insert(name)) {
            pending.extend(next.iter().cloned());
        }
    }
    false
}

fn wrap(member: &mut Map<String, Value>) {
    let inner = Value::Object(member.clone());
    let description = member.remove("description");
    member.clear();
    if let Some(description) = description {
        member.insert("description".to_owned(), description);
    }
    member.insert(
        rust_type::EXTENSION.to_owned(),
        rust_type::extension("Nullable", vec![inner]),
    );
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::lower;

    #[test]
    fn an_optional_nullable_member_of_a_request_tells_null_from_missing() {
        let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        // An update often answers with what it takes.
        for answer in [
            json!({"description": ""}),
            json!({"description": "", "content": body}),
        ] {
            let lowered = lower(&json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
                "paths": {"/a": {"patch": {"operationId": "a", "responses": {"200": answer}, "requestBody": {"content": body}}}},
                "components": {"schemas": {"A": {"type": "object", "required": ["must"], "properties": {
                    "may": {"type": "string", "nullable": true, "description": "d"},
                    "must": {"type": "string", "nullable": true}
                }}}}
            }))
            .unwrap();
            let properties = &lowered.document["components"]["schemas"]["A"]["properties"];
            let may = &properties["may"]["x-rust-type"];
            assert_eq!(may["path"], "provider_runtime::Nullable", "{answer}");
            assert_eq!(may["parameters"][0]["type"], "string");
            assert_eq!(properties["may"]["description"], "d");
            assert_eq!(
                properties["must"],
                json!({"type": "string", "nullable": true})
            );
        }
    }

    #[test]
    fn a_member_that_contains_its_own_schema_is_left_to_the_generator() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"patch": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/A"}
            }}}}}},
            "components": {"schemas": {"A": {"type": "object", "properties": {
                "parent": {"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true}
            }}}}
        }))
        .unwrap();
        let parent = &lowered.document["components"]["schemas"]["A"]["properties"]["parent"];
        assert_eq!(
            *parent,
            json!({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true})
        );
    }
}
