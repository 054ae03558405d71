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
            _ => match single_reference(member)? {
                Value::Object(mut inner) => {
                    let Some(Value::Array(only)) = inner.remove("allOf") else {
                        return None;
                    };
                    references.extend(only);
                    left.extend(inner);
                }
                _ => return None,
            },
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

/// The type that a schema has, or that all which it is made of want.
fn kind_of<'a>(
    schema: &'a Value,
    schemas: &'a Map<String, Value>,
    depth: usize,
) -> Option<&'a str> {
    let depth = depth.checked_sub(1)?;
    let object = schema.as_object()?;
    if let Some(kind) = schema::kind(object) {
        // A whole number is a number as well.
        return Some(if kind == "integer" { "number" } else { kind });
    }
    if let Some(name) = schema::reference(object).and_then(direction::component_name) {
        return kind_of(schemas.get(&name)?, schemas, depth);
    }
    let parts = object.get("allOf").and_then(Value::as_array);
    let mut parts = parts.into_iter().flatten();
    parts.find_map(|part| kind_of(part, schemas, depth))
}

/// How deep references are followed for the type that they lead to.
const DEPTH: usize = 16;

/// Whether two of `parts` want different types.
pub(super) fn contradict<'a>(
    parts: impl Iterator<Item = &'a Value>,
    schemas: &'a Map<String, Value>,
) -> bool {
    let mut kinds = parts.filter_map(|part| kind_of(part, schemas, DEPTH));
    let first = kinds.next();
    kinds.any(|kind| Some(kind) != first)
}

/// Whether `rest` is a type that one of `members` has anyway.
pub(super) fn implies(
    members: &[Value],
    rest: &Map<String, Value>,
    schemas: &Map<String, Value>,
) -> bool {
    let of_member = |member: &Value| {
        let name = member
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(direction::component_name);
        let target = name.and_then(|name| schemas.get(&name)).unwrap_or(member);
        target.get("type").cloned()
    };
    let only_type = rest.len() == 1;
    only_type
        && rest.get("type").is_some_and(|kind| {
            members
                .iter()
                .any(|member| of_member(member).as_ref() == Some(kind))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn a_member_of_a_union_that_contradicts_what_holds_beside_it_is_left_out() {
        let any = json!({"anyOf": [{"type": "object"}, {"type": "array", "items": {}}, {"type": "string"}]});
        let list = json!({"type": "array", "items": {"type": "boolean"}});
        let (schema, report) = lower_request_schema(json!({"allOf": [any, list]}));
        assert_eq!(schema["type"], "array", "{schema}");
        assert!(
            report.to_string().contains("2 members of the union"),
            "{report}"
        );
    }

    #[test]
    fn a_reference_that_is_described_within_an_all_of_is_that_reference() {
        let described =
            json!({"allOf": [{"$ref": "#/components/schemas/Body"}], "description": "d"});
        let (schema, _) = lower_request_schema(json!({"allOf": [described], "nullable": true}));
        assert_eq!(
            schema["allOf"],
            json!([{"$ref": "#/components/schemas/Body"}])
        );
        assert_eq!(schema["description"], "d");
    }
}
