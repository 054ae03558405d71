//! What a schema is made of.

use serde_json::{Map, Value, json};

use crate::{direction, schema};

/// What a schema is made of, whatever the order: recursion leads to equal ones.
pub(super) fn key_of(schema: &Map<String, Value>) -> String {
    let mut rest = schema.clone();
    let mut parts: Vec<String> = match rest.remove("allOf") {
        Some(Value::Array(parts)) => parts.iter().map(Value::to_string).collect(),
        _ => Vec::new(),
    };
    parts.sort();
    parts.push(Value::Object(rest).to_string());
    parts.join("\n")
}

/// Takes away what constrains; what describes stays.
pub(super) fn take_constraints(schema: &mut Map<String, Value>) -> Map<String, Value> {
    let stays = |keyword: &str| {
        schema::is_annotation(keyword) || keyword == "nullable" || keyword == "discriminator"
    };
    let (left, taken) = std::mem::take(schema)
        .into_iter()
        .partition(|(keyword, _)| stays(keyword));
    *schema = left;
    taken
}

/// Takes null away from the parts: it is allowed where all that constrain allow it, or one says only that.
pub(super) fn everywhere_nullable(leaves: &mut [Map<String, Value>]) -> bool {
    let mut alone = false;
    let (mut constraining, mut nullable) = (0, 0);
    for leaf in leaves {
        let is_nullable = leaf.remove("nullable") == Some(Value::Bool(true));
        if leaf.keys().all(|keyword| schema::is_annotation(keyword)) {
            alone |= is_nullable;
        } else {
            constraining += 1;
            nullable += usize::from(is_nullable);
        }
    }
    alone || constraining > 0 && constraining == nullable
}

/// Whether a schema has an allOf, or constraints beside a union.
pub(super) fn is_composed(schema: &Map<String, Value>) -> bool {
    if schema.contains_key("allOf") {
        return true;
    }
    let unions = ["oneOf", "anyOf"]
        .iter()
        .filter(|keyword| schema.contains_key(**keyword))
        .count();
    let constrains = |keyword: &str| {
        !schema::is_annotation(keyword)
            && !matches!(keyword, "nullable" | "discriminator" | "oneOf" | "anyOf")
    };
    unions > 1 || unions == 1 && schema.keys().any(|keyword| constrains(keyword))
}

/// Whether what `schema` is made of is named elsewhere, directly or below an allOf or a union.
pub(super) fn refers(schema: &Value) -> bool {
    let Some(object) = schema.as_object() else {
        return false;
    };
    schema::reference(object).is_some()
        || ["allOf", "oneOf", "anyOf"].iter().any(|keyword| {
            object
                .get(*keyword)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .any(refers)
        })
}

/// A schema that is one reference and nothing that constrains, in the usual form of it.
pub(super) fn single_reference(schema: &Map<String, Value>) -> Option<Value> {
    let says_nothing = |keyword: &str| schema::is_annotation(keyword) || keyword == "nullable";
    let members = schema.get("allOf")?.as_array()?;
    let mut references = Vec::new();
    let mut left = Map::new();
    for member in members {
        let member = member.as_object()?;
        match (schema::reference(member), member.len()) {
            (Some(_), 1) => references.push(Value::Object(member.clone())),
            (None, _) if member.keys().all(|keyword| says_nothing(keyword)) => {
                left.extend(member.clone())
            }
            _ => return None,
        }
    }
    let own = schema.iter().filter(|(keyword, _)| *keyword != "allOf");
    for (keyword, value) in own {
        if !says_nothing(keyword) {
            return None;
        }
        left.insert(keyword.clone(), value.clone());
    }
    references.dedup();
    let [only] = references.as_slice() else {
        return None;
    };
    left.insert("allOf".to_owned(), json!([only]));
    Some(Value::Object(left))
}

/// The first named schema that `member` is, or is made of.
pub(super) fn made_of(member: &Value) -> Option<String> {
    let parts = member.get("allOf").and_then(Value::as_array);
    parts
        .into_iter()
        .flatten()
        .chain([member])
        .filter_map(|member| member.get("$ref")?.as_str())
        .find_map(direction::component_name)
}

/// The same for each member of a union.
pub(super) fn variants(schema: &Map<String, Value>) -> Vec<Option<String>> {
    let members = schema.get("oneOf").or_else(|| schema.get("anyOf"));
    let members = members.and_then(Value::as_array);
    members.into_iter().flatten().map(made_of).collect()
}
