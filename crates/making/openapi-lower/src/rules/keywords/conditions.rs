//! Keywords that make a schema depend on the instance.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "conditions",
    statement: "Accepts if, then, else, not, dependencies, contains, propertyNames and the unevaluated keywords; emits the schema without them, with the members that only a branch documents as optional ones: the provider checks the condition.",
    apply,
};

/// Keywords that only exclude instances, and document nothing that could be read.
const EXCLUDING: [&str; 11] = [
    "if",
    "not",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "dependentRequired",
    "contentEncoding",
    "contentMediaType",
];
/// Keywords whose schemas may document members.
const BRANCHES: [&str; 2] = ["then", "else"];
const DEPENDENT: [&str; 2] = ["dependentSchemas", "dependencies"];
/// What identifies or annotates a schema in 2020-12.
const NO_MEANING: [&str; 4] = ["$dynamicAnchor", "$vocabulary", "id", "contentSchema"];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        members_that_are_excluded(schema, at, scribe);
        branches(schema, at, scribe);
        for keyword in EXCLUDING {
            if let Some(value) = schema.remove(keyword) {
                scribe.note(at, format!("{keyword} {value} is left to the provider"));
            }
        }
        for keyword in NO_MEANING {
            if let Some(value) = schema.remove(keyword) {
                scribe.note(at, format!("{keyword} {value} is left out"));
            }
        }
    });
}

/// Members that no instance may have: `"x": false`.
fn members_that_are_excluded(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let at = pointer::join(at, "properties");
    properties.retain(|name, member| {
        let excluded = member.object("not").is_some_and(Map::is_empty)
            && member.as_object().is_some_and(|member| member.len() == 1);
        if excluded {
            let at = pointer::join(&at, name);
            scribe.note(&at, "a member that is never there is left out");
        }
        !excluded
    });
}

fn branches(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let mut found = Vec::new();
    for keyword in BRANCHES {
        found.extend(schema.remove(keyword).map(|branch| (keyword, branch)));
    }
    for keyword in DEPENDENT {
        let Some(Value::Object(branches)) = schema.remove(keyword) else {
            continue;
        };
        found.extend(branches.into_iter().map(|(_, branch)| (keyword, branch)));
    }
    let base = members(schema).cloned().unwrap_or_default();
    let mut more: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut parts = Vec::new();
    for (keyword, branch) in found {
        let own = branch.as_object().and_then(members).into_iter().flatten();
        let own: Vec<_> = own.filter(|(name, _)| !base.contains_key(*name)).collect();
        let told = match own.is_empty() {
            true => String::new(),
            false => {
                let names: Vec<_> = own.iter().map(|(name, _)| name.as_str()).collect();
                format!("; its members are optional ones: {}", names.join(", "))
            }
        };
        for (name, member) in own {
            let forms = more.entry(name.clone()).or_default();
            if !forms.contains(member) {
                forms.push(member.clone());
            }
        }
        scribe.note(
            at,
            format!("{keyword} {branch} is left to the provider{told}"),
        );
        // What else it is made of describes the same object, which need not be of it.
        if is_composed(&branch) && may_be_object(schema) {
            parts.push(json!({"anyOf": [branch, {}]}));
        }
    }
    // What is told of the members of a condition holds only where it does.
    let of_condition = schema.object("if").and_then(members);
    for (name, _) in of_condition.into_iter().flatten() {
        if !base.contains_key(name) && !more.contains_key(name) {
            more.insert(name.clone(), vec![json!({})]);
            scribe.note(
                at,
                format!("{name:?}, which only a condition names, may be anything"),
            );
        }
    }
    if !more.is_empty()
        && let Some(members) = schema
            .entry("properties")
            .or_insert_with(|| json!({}))
            .as_object_mut()
    {
        for (name, mut forms) in more {
            let member = match forms.len() {
                1 => forms.remove(0),
                _ => json!({"anyOf": forms}),
            };
            members.insert(name, member);
        }
    }
    if !parts.is_empty()
        && let Some(all) = schema
            .entry("allOf")
            .or_insert_with(|| json!([]))
            .as_array_mut()
    {
        all.append(&mut parts);
    }
}

fn members(schema: &Map<String, Value>) -> Option<&Map<String, Value>> {
    schema.object("properties")
}

/// Whether a schema is made of others.
fn is_composed(schema: &Value) -> bool {
    let keywords = ["$ref", "allOf", "anyOf", "oneOf", "if", "dependentSchemas"];
    keywords.iter().any(|keyword| schema.get(keyword).is_some())
}

/// Whether an instance may be an object.
fn may_be_object(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        None => true,
        Some(Value::Array(kinds)) => kinds.contains(&json!("object")),
        Some(kind) => kind == "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn members_that_only_a_branch_documents_become_optional() {
        let flag = json!({"type": "boolean"});
        let (schema, report) = lower_request_schema(json!({
            "type": "object", "properties": {"kind": flag},
            "if": {"required": ["kind"]}, "then": {"properties": {"kind": {"enum": [true]}, "more": flag}, "required": ["more"]}
        }));
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"kind": flag, "more": flag}})
        );
        assert_eq!(report.counts()["conditions"], 2);
    }

    #[test]
    fn what_a_branch_is_made_of_is_optional_as_well() {
        let flag = json!({"type": "boolean"});
        let named = |name: &str| json!({"properties": {name: flag}});
        let (schema, _) = lower_request_schema(json!({
            "type": "object", "properties": {"kind": flag}, "if": {"required": ["kind"]},
            "then": {"allOf": [named("a"), {"required": ["b"], "properties": {"b": flag}}]},
            "else": {"if": {"required": ["c"]}, "then": named("c"), "else": {"anyOf": [named("d"), named("e")]}},
            "dependentSchemas": {"kind": {"oneOf": [named("f")]}}
        }));
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f", "kind"]);
        assert_eq!(schema.get("required"), None);
    }

    /// JSON Schema, Core, 10.2.2.1: a condition excludes nothing by itself, and each branch holds for other instances.
    #[test]
    fn a_member_of_two_branches_is_of_either_type_and_one_of_the_condition_alone_of_any() {
        let (schema, _) = lower_request_schema(json!({
            "type": "object", "if": {"properties": {"kind": {"const": "a"}}},
            "then": {"properties": {"value": {"type": "boolean"}}},
            "else": {"properties": {"value": {"type": "array", "items": {"type": "string"}}}}
        }));
        assert_eq!(schema["properties"]["kind"], json!({}));
        let value = schema["properties"]["value"].to_string();
        assert!(!value.contains("boolean"), "{value}");
    }

    #[test]
    fn what_only_excludes_is_left_to_the_provider() {
        let (schema, report) = lower_request_schema(
            json!({"type": "boolean", "not": {"enum": [true]}, "$comment": "c"}),
        );
        assert_eq!(schema, json!({"type": "boolean"}));
        assert_eq!(
            report.applied()[0].detail,
            r#"not {"enum":[true]} is left to the provider"#
        );
    }

    #[test]
    fn a_member_that_is_never_there_is_left_out() {
        let (schema, _) = lower_request_schema(
            json!({"type": "object", "properties": {"a": {"type": "boolean"}, "never": false}}),
        );
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"a": {"type": "boolean"}}})
        );
    }
}
