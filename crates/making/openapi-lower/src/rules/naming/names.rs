//! Names for schemas that have none.

use heck::ToPascalCase;
use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "names",
    statement: "Accepts objects, enumerations and unions written in place; emits them as named schemas, called after the operation or the schema that they are part of.",
    apply,
};

/// Whether `schema` becomes a Rust type of its own, and not a plain one of the language or of the run time.
pub(crate) fn deserves_a_name(schema: &Value) -> bool {
    let Some(object) = schema.as_object() else {
        return false;
    };
    if rust_type::is_runtime_type(object) || object.contains_key("$ref") {
        return false;
    }
    let several = |keyword: &str| object.list(keyword).len() > 1;
    // The generator makes a type of its own of a text with limits.
    let limited = schema::kind(object) == Some("string")
        && ["pattern", "minLength", "maxLength"]
            .iter()
            .any(|limit| object.contains_key(*limit));
    let members = object.members("properties").next();
    members.is_some()
        || limited
        || several("oneOf")
        || several("anyOf")
        || several("allOf")
        || object.get("enum").is_some_and(Value::is_array)
}

/// A name in the case of Rust's types.
pub(crate) fn pascal(name: &str) -> String {
    name.to_pascal_case()
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    for (at, name) in roots(document) {
        let Some(mut root) = document.pointer_mut(&at).map(Value::take) else {
            continue;
        };
        let mut found = Vec::new();
        enter(&root, &name, &[], &mut String::new(), &mut found);
        name_places(document, &mut root, &at, found, scribe);
        if let Some(place) = document.pointer_mut(&at) {
            *place = root;
        }
    }
    // Schemas that are named here are looked into themselves, until none is without a name.
    let mut done = std::collections::BTreeSet::new();
    loop {
        let pending: Vec<String> = document::schemas_mut(document)
            .keys()
            .filter(|name| !done.contains(*name))
            .cloned()
            .collect();
        if pending.is_empty() {
            return;
        }
        for name in pending {
            name_inside(document, &name, scribe);
            done.insert(name);
        }
    }
}

/// The pointer of the operation that the place `at` is in, its name as a type's, and the rest of `at`.
pub(crate) fn of_operation<'a>(document: &Value, at: &'a str) -> (&'a str, String, &'a str) {
    // `/paths/PATH/METHOD` and what is below.
    let end = at
        .match_indices('/')
        .nth(3)
        .map_or(at.len(), |(end, _)| end);
    let (operation, rest) = at.split_at(end);
    let id = document
        .pointer(operation)
        .and_then(|found| found.get("operationId")?.as_str());
    (operation, pascal(id.unwrap_or(operation)), rest)
}

/// The schemas of operations, with a name for each.
fn roots(document: &mut Value) -> Vec<(String, String)> {
    let roots = document::operation_schemas(document).into_iter();
    let named = roots.map(|at| {
        let (operation, name, rest) = of_operation(document, &at);
        let mut tokens = rest.split('/').skip(1);
        let name = match (tokens.next(), tokens.next()) {
            (Some("requestBody"), _) => format!("{name}Request"),
            (Some("responses"), Some(status)) if !status.starts_with('2') => format!("{name}Error"),
            (Some("responses"), _) => format!("{name}Response"),
            (Some("parameters"), Some(index)) => {
                let parameter = document.pointer(&format!("{operation}/parameters/{index}/name"));
                let parameter = parameter.and_then(Value::as_str);
                format!("{name}{}", pascal(parameter.unwrap_or("Parameter")))
            }
            _ => name,
        };
        (at, name)
    });
    named.collect()
}

/// Names what stands in place inside the component `name`.
fn name_inside(document: &mut Value, name: &str, scribe: &mut Scribe<'_>) {
    let at = pointer::join("/components/schemas", name);
    let Some(mut component) = document::schemas_mut(document).get(name).cloned() else {
        return;
    };
    let mut found = Vec::new();
    collect(&component, name, &mut String::new(), &mut found);
    name_places(document, &mut component, &at, found, scribe);
    document::schemas_mut(document).insert(name.to_owned(), component);
}

/// Names what stands at the places `found` inside `root`, which is at `at`.
fn name_places(
    document: &mut Value,
    root: &mut Value,
    at: &str,
    found: Vec<(String, String)>,
    scribe: &mut Scribe<'_>,
) {
    for (inner, proposed) in found {
        let Some(place) = root.pointer_mut(&inner) else {
            continue;
        };
        let Value::Object(mut taken) = place.take() else {
            continue;
        };
        let mut left = stays_in_place(&mut taken);
        if is_alternative(&inner)
            && let Some(title) = taken.remove("title")
        {
            // A word says what the name says.
            if title.as_str().is_some_and(|title| title.contains(' ')) {
                taken.insert("title".to_owned(), title.clone());
            }
            left.insert("title".to_owned(), title);
        }
        let chosen = document::add_component(document, &proposed, Value::Object(taken));
        *place = document::reference_to(&chosen);
        if !left.is_empty() {
            let reference = place.take();
            left.insert("allOf".to_owned(), Value::Array(vec![reference]));
            *place = Value::Object(left);
        }
        scribe.note(&format!("{at}{inner}"), format!("named {chosen}"));
    }
}

/// Whether a place is that of a member of a union, whose title says what it is called there.
fn is_alternative(at: &str) -> bool {
    at.rsplit('/').nth(1) == Some("oneOf")
}

/// What belongs to the place and not to the schema that gets a name: null is taken away from it, and
/// what describes the place is there as well.
fn stays_in_place(schema: &mut Map<String, Value>) -> Map<String, Value> {
    let mut left = Map::new();
    left.extend(schema.remove_entry("nullable"));
    for (keyword, value) in schema.iter() {
        if ["description", "deprecated"].contains(&keyword.as_str()) || keyword.starts_with("x-") {
            left.insert(keyword.clone(), value.clone());
        }
    }
    left
}

/// Pointers, below `at`, of the outermost schemas that deserve a name, with the name for each.
fn collect(schema: &Value, name: &str, at: &mut String, found: &mut Vec<(String, String)>) {
    let Some(object) = schema.as_object() else {
        return;
    };
    for (keyword, value) in object {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (property, member) in properties {
                    let proposed = format!("{name}{}", pascal(property));
                    enter(member, &proposed, &[keyword, property], at, found);
                }
            }
            ("items", Value::Object(_)) => {
                enter(value, &format!("{name}Item"), &[keyword], at, found)
            }
            ("additionalProperties", Value::Object(_)) => {
                enter(value, &format!("{name}Value"), &[keyword], at, found)
            }
            ("oneOf" | "anyOf", Value::Array(members)) => {
                let are_by_name = members.iter().all(is_told_by_name);
                for (index, member) in members.iter().enumerate() {
                    // The variants of a union by status are an encoding of this crate, not types of their own.
                    if member.text("$ref").is_some() || are_by_name && is_variant(member) {
                        continue;
                    }
                    let proposed = match member.text("title") {
                        Some(title) => format!("{name}{}", pascal(title)),
                        None => format!("{name}Variant{}", index + 1),
                    };
                    let index = index.to_string();
                    let tokens = [keyword.as_str(), &index];
                    if is_nothing(member) {
                        let at = tokens
                            .iter()
                            .fold(at.clone(), |at, token| pointer::join(&at, token));
                        found.push((at, proposed));
                    } else {
                        enter(member, &proposed, &tokens, at, found);
                    }
                }
            }
            _ => {}
        }
    }
}

fn enter(
    member: &Value,
    name: &str,
    tokens: &[&str],
    at: &mut String,
    found: &mut Vec<(String, String)>,
) {
    let length = at.len();
    for token in tokens {
        *at = pointer::join(at, token);
    }
    if deserves_a_name(member) {
        found.push((at.clone(), name.to_owned()));
    } else {
        collect(member, name, at, found);
    }
    at.truncate(length);
}

/// Whether `member` is an externally tagged variant: a closed object with exactly one member, required.
fn is_variant(member: &Value) -> bool {
    let one = |keyword: &str| match member.get(keyword) {
        Some(Value::Object(object)) => object.len() == 1,
        Some(Value::Array(list)) => list.len() == 1,
        _ => false,
    };
    member.get("additionalProperties") == Some(&Value::Bool(false))
        && one("properties")
        && one("required")
}

/// Whether a member of a union is told by its name alone, as it is if all of the union are.
pub(super) fn is_told_by_name(member: &Value) -> bool {
    let words = member.get("enum").is_some_and(Value::is_array);
    is_variant(member) || words && member.text("type") == Some("string")
}

/// Whether `member` is an object that has no members.
fn is_nothing(member: &Value) -> bool {
    let closed = member.get("additionalProperties") == Some(&Value::Bool(false));
    closed && member.text("type") == Some("object") && member.members("properties").next().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lowered;

    /// The generator would write their members into the variant, and derive how it is read.
    #[test]
    fn closed_objects_among_other_alternatives_are_named() {
        let closed = |name: &str| json!({"type": "object", "required": [name], "properties": {name: {"type": "string"}}, "additionalProperties": false});
        let nothing = json!({"type": "object", "additionalProperties": false});
        let map = json!({"type": "object", "additionalProperties": {"type": "integer"}});
        let (schema, _) = crate::rules::testing::lower_request_schema(
            json!({"oneOf": [closed("id"), map, nothing]}),
        );
        let text = schema.to_string();
        assert!(!text.contains("\"properties\""), "{text}");
        assert_eq!(text.matches("\"$ref\"").count(), 2, "{text}");
        // These are told by their names.
        let (schema, _) = crate::rules::testing::lower_request_schema(
            json!({"oneOf": [closed("id"), closed("name")]}),
        );
        assert_eq!(
            schema.to_string().matches("\"$ref\"").count(),
            0,
            "{schema}"
        );
    }

    #[test]
    fn schemas_in_place_are_named_after_what_they_are_part_of() {
        let lowered = lowered(
            json!({"/a": {"post": {
                "operationId": "create_refund",
                "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
                    "customer": {"type": "object", "nullable": true, "properties": {"kind": {"type": "string", "enum": ["a", "b"]}}},
                    "lines": {"type": "array", "items": {"type": "object", "properties": {"x": {"type": "boolean"}}}}
                }, "required": ["customer", "lines"]}}}},
                "responses": {"204": {"description": ""}}
            }}}),
            json!({}),
        );
        let schemas = lowered.document["components"]["schemas"]
            .as_object()
            .unwrap();
        let names: Vec<_> = schemas.keys().map(String::as_str).collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        assert_eq!(
            sorted,
            [
                "CreateRefundRequest",
                "CreateRefundRequestCustomer",
                "CreateRefundRequestCustomerKind",
                "CreateRefundRequestLinesItem",
            ]
        );
        assert_eq!(
            schemas["CreateRefundRequest"]["properties"]["customer"],
            json!({"allOf": [{"$ref": "#/components/schemas/CreateRefundRequestCustomer"}], "nullable": true})
        );
        assert_eq!(
            lowered.document["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"],
            json!({"$ref": "#/components/schemas/CreateRefundRequest"})
        );
    }

    #[test]
    fn what_describes_a_member_stays_with_it_when_its_schema_gets_a_name() {
        let lowered = lowered(
            json!({"/a": {"post": {
                "operationId": "a",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {"204": {"description": ""}}
            }}}),
            json!({"A": {"type": "object", "properties": {
                "kind": {"type": "string", "enum": ["x", "y"], "description": "Which one.", "x-log-safe": true}
            }}}),
        );
        let member = &lowered.document["components"]["schemas"]["A"]["properties"]["kind"];
        let expected = json!({"allOf": [{"$ref": "#/components/schemas/AKind"}], "description": "Which one.", "x-log-safe": true});
        assert_eq!(*member, expected);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let lowered = lowered(
            json!({"/a": {"post": {
                "operationId": "a",
                "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"x": {"type": "boolean"}}}}}},
                "responses": {"200": {"description": "", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ARequest"}}}}}
            }}}),
            json!({"ARequest": {"type": "object", "properties": {"y": {"type": "boolean"}}}}),
        );
        assert_eq!(
            lowered.document["paths"]["/a"]["post"]["requestBody"]["content"]["application/json"]["schema"],
            json!({"$ref": "#/components/schemas/ARequest2"})
        );
    }
}
