//! Members of a request that may be missing, null or a value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{direction, document, pointer, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "request-nulls",
    statement: "Accepts a member that a request, or an answer whose other members are of one type, may omit and may set to null; emits Nullable, so that the two are told apart, in a box where the member contains its own schema.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let held = held(document);
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        // Also where an answer has the same schema: what an update may clear, it reads as well. Beside members of one
        // type there is no place for the nulls that came.
        let has_others = schema
            .get("additionalProperties")
            .is_some_and(Value::is_object);
        let tells = direction.sent || direction.received && has_others;
        if !tells {
            return;
        }
        let required = schema.list("required").to_vec();
        let Some(Value::Object(properties)) = schema.get_mut("properties") else {
            return;
        };
        let at = pointer::join(at, "properties");
        for (name, member) in properties.iter_mut() {
            let Some(member) = member.as_object_mut() else {
                continue;
            };
            let optional = !required.contains(&Value::String(name.clone()));
            let is_nullable = member.is_true("nullable");
            if !optional || !is_nullable {
                continue;
            }
            member.remove("nullable");
            let is_boxed = leads_back(&held, &at, member);
            wrap(member, is_boxed);
            let told = match is_boxed {
                true => {
                    "may be missing, null or a value, which contains its own schema: Nullable of a box"
                }
                false => "may be missing, null or a value: Nullable",
            };
            scribe.note(&pointer::join(&at, name), told);
        }
    });
}

/// The named schemas that an instance of each named schema holds in place: a list and a map are elsewhere.
fn held(document: &mut Value) -> BTreeMap<String, Vec<String>> {
    document::schemas_mut(document)
        .iter()
        .map(|(name, schema)| (name.clone(), in_place(schema)))
        .collect()
}

fn in_place(schema: &Value) -> Vec<String> {
    let mut schema = schema.clone();
    schema::walk_mut(&mut schema, "", &mut |_, object| {
        object.remove("items");
        object.remove("additionalProperties");
    });
    direction::references(&schema)
}

/// Whether a member of the named schema at `at` leads back to it: the generator breaks such a circle where
/// it sees it, and it does not see into `Nullable`.
fn leads_back(held: &BTreeMap<String, Vec<String>>, at: &str, member: &Map<String, Value>) -> bool {
    let own = at
        .strip_prefix("/components/schemas/")
        .and_then(|rest| rest.split('/').next())
        .map(|name| pointer::unescape(name).into_owned());
    let mut pending = in_place(&Value::Object(member.clone()));
    let mut seen = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if Some(&name) == own.as_ref() {
            return true;
        }
        if let Some(next) = held.get(&name).filter(|_| seen.insert(name)) {
            pending.extend(next.iter().cloned());
        }
    }
    false
}

fn wrap(member: &mut Map<String, Value>, is_boxed: bool) {
    let mut inner = Value::Object(member.clone());
    if is_boxed {
        inner = json!({rust_type::EXTENSION: rust_type::boxed(inner)});
    }
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

    use crate::rules::testing::lowered;

    #[test]
    fn an_optional_nullable_member_of_a_request_tells_null_from_missing() {
        let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        // An update often answers with what it takes.
        for answer in [
            json!({"description": ""}),
            json!({"description": "", "content": body}),
        ] {
            let lowered = lowered(
                json!({"/a": {"patch": {"operationId": "a", "responses": {"200": answer}, "requestBody": {"content": body}}}}),
                json!({"A": {"type": "object", "required": ["must"], "properties": {
                    "may": {"type": "string", "nullable": true, "description": "d"},
                    "must": {"type": "string", "nullable": true}
                }}}),
            );
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
    fn a_member_that_contains_its_own_schema_is_in_a_box_and_a_list_of_it_is_not() {
        let lowered = lowered(
            json!({"/a": {"patch": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": {"$ref": "#/components/schemas/A"}
            }}}}}}),
            json!({
                "A": {"type": "object", "properties": {
                    "parent": {"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": true},
                    "other": {"allOf": [{"$ref": "#/components/schemas/B"}], "nullable": true},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/A"}, "nullable": true}
                }},
                "B": {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/A"}}}
            }),
        );
        let properties = &lowered.document["components"]["schemas"]["A"]["properties"];
        let within = |name: &str| &properties[name]["x-rust-type"]["parameters"][0];
        for (name, referred) in [("parent", "A"), ("other", "B")] {
            let boxed = &within(name)["x-rust-type"];
            assert_eq!(boxed["path"], "std::boxed::Box", "{name}");
            let inner = json!({"allOf": [{"$ref": format!("#/components/schemas/{referred}")}]});
            assert_eq!(boxed["parameters"], json!([inner]));
        }
        assert_eq!(within("children")["type"], "array");
    }
}
