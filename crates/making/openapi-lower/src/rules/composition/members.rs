//! What a schema is made of.

use serde_json::{Map, Value, json};

use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::schema;

/// What a schema is made of, whatever the order: recursion leads to equal ones.
pub(crate) fn key_of(schema: &Map<String, Value>) -> String {
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
pub(crate) fn take_constraints(schema: &mut Map<String, Value>) -> Map<String, Value> {
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
pub(crate) fn everywhere_nullable(leaves: &mut [Map<String, Value>]) -> bool {
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
pub(crate) fn is_composed(schema: &Map<String, Value>) -> bool {
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
pub(crate) fn refers(schema: &Value) -> bool {
    let Some(object) = schema.as_object() else {
        return false;
    };
    schema::reference(object).is_some()
        || ["allOf", "oneOf", "anyOf"]
            .iter()
            .any(|keyword| object.list(keyword).iter().any(refers))
}

/// A schema that is one reference and nothing that constrains, in the usual form of it; the type that the
/// referred schema has anyway does not. `schemas` are the named ones.
pub(crate) fn single_reference(
    schema: &Map<String, Value>,
    schemas: &Map<String, Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) -> Option<Value> {
    let says_nothing = |keyword: &str, value: &Value| match keyword {
        "nullable" => true,
        "properties" => value.as_object().is_some_and(Map::is_empty),
        "required" => value.as_array().is_some_and(Vec::is_empty),
        _ => schema::is_annotation(keyword),
    };
    let members = schema.get("allOf")?.as_array()?;
    let mut references = Vec::new();
    let mut kinds = Vec::new();
    let mut left = Map::new();
    let own: Map<String, Value> = schema
        .iter()
        .filter(|(keyword, _)| *keyword != "allOf")
        .map(|(keyword, value)| (keyword.clone(), value.clone()))
        .collect();
    for part in members.iter().map(Value::as_object).chain([Some(&own)]) {
        let part = part?;
        if schema::reference(part).is_some() {
            if part.len() > 1 {
                return None;
            }
            references.push(Value::Object(part.clone()));
            continue;
        }
        // A reference that is described is one as well.
        if part.contains_key("allOf") {
            let Value::Object(mut inner) = single_reference(part, schemas, at, scribe)? else {
                return None;
            };
            if let Some(Value::Array(members)) = inner.remove("allOf") {
                references.extend(members);
            }
            inner.remove("nullable");
            left.extend(inner);
            continue;
        }
        for (keyword, value) in part {
            if keyword == "type" {
                kinds.push(value.as_str()?);
            } else if says_nothing(keyword, value) {
                left.insert(keyword.clone(), value.clone());
            } else {
                return None;
            }
        }
    }
    for keyword in ["properties", "required"] {
        left.remove(keyword);
    }
    references.dedup();
    let [only] = references.as_slice() else {
        return None;
    };
    if !kinds.is_empty() {
        let referred = kind_of(only, schemas, DEPTH)?;
        if kinds.iter().any(|kind| *kind != referred) {
            return None;
        }
        let told = format!("type {referred} says nothing beside a reference to one");
        scribe.note(at, told);
    }
    left.insert("allOf".to_owned(), json!([only]));
    Some(Value::Object(left))
}

/// The first named schema that `member` is, or is made of.
pub(crate) fn made_of(member: &Value) -> Option<String> {
    let mut parts = member.list("allOf").iter().chain([member]);
    parts.find_map(Keyed::referred)
}

/// The same for each member of a union.
pub(crate) fn variants(schema: &Map<String, Value>) -> Vec<Option<String>> {
    schema.union().unwrap_or(&[]).iter().map(made_of).collect()
}

/// How far a type is looked for behind references and in what a schema is made of.
const DEPTH: usize = 16;

/// The type that a schema says, or has by what it refers to or is made of.
fn kind_of<'a>(
    schema: &'a Value,
    schemas: &'a Map<String, Value>,
    depth: usize,
) -> Option<&'a str> {
    let depth = depth.checked_sub(1)?;
    let object = schema.as_object()?;
    let referred = || kind_of(schemas.get(&object.referred()?)?, schemas, depth);
    let of_members = || {
        let mut members = object.list("allOf").iter();
        members.find_map(|member| kind_of(member, schemas, depth))
    };
    schema::kind(object).or_else(referred).or_else(of_members)
}

/// Whether two of `parts` want different types.
pub(crate) fn contradict<'a>(
    parts: impl Iterator<Item = &'a Value>,
    schemas: &'a Map<String, Value>,
) -> bool {
    // A whole number is a number as well.
    let broad = |kind| if kind == "integer" { "number" } else { kind };
    let kinds = parts.filter_map(|part| kind_of(part, schemas, DEPTH));
    let mut kinds = kinds.map(broad);
    let first = kinds.next();
    kinds.any(|kind| Some(kind) != first)
}

/// Whether `rest` is a type that one of `members` has anyway.
pub(crate) fn implies(
    members: &[Value],
    rest: &Map<String, Value>,
    schemas: &Map<String, Value>,
) -> bool {
    let of_member = |member: &Value| {
        let named = member.referred().and_then(|name| schemas.get(&name));
        let target = named.unwrap_or(member);
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

/// The names of properties, for a report.
pub(crate) fn names_of(properties: &Map<String, Value>) -> String {
    let names: Vec<&str> = properties.keys().map(String::as_str).collect();
    names.join(", ")
}

/// Adds properties that may be there and need not; those that `object` has say more.
pub(crate) fn describe(object: &mut Map<String, Value>, found: Map<String, Value>) {
    if found.is_empty() {
        return;
    }
    let properties = object.entry("properties").or_insert_with(|| json!({}));
    if let Value::Object(properties) = properties {
        for (name, property) in found {
            properties.entry(name).or_insert(property);
        }
    }
}

/// Adds properties of another alternative: one that both have is either.
pub(crate) fn either(properties: &mut Map<String, Value>, others: Map<String, Value>) {
    for (name, other) in others {
        match properties.get_mut(&name) {
            None => _ = properties.insert(name, other),
            Some(known) if *known == other => {}
            Some(known) => {
                *known = json!({"anyOf": [known.take(), other]});
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_request_schema, lowered, reference};

    #[test]
    fn the_type_of_what_is_referred_to_says_nothing_beside_the_reference() {
        let cat = json!({"allOf": [{"type": "object", "properties": {"a": {"type": "boolean"}}}]});
        let body = json!({"type": "object", "required": ["parent", "page"], "properties": {
            "parent": {"type": "object", "nullable": true, "allOf": [reference("Cat")]},
            "page": {"allOf": [reference("Page"), {"properties": {"list": {"type": "array", "items": reference("Cat")}}}]}
        }});
        let page = json!({"type": "object", "properties": {"list": {"type": "array", "items": {"type": "object"}}}});
        let lowered = lowered(
            json!({"/a": {"post": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": reference("Body")
            }}}}}}),
            json!({"Body": body, "Cat": cat, "Page": page}),
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["Body"]["properties"]["parent"],
            json!({"allOf": [reference("Cat")], "nullable": true})
        );
        assert_eq!(
            schemas["BodyPage"]["properties"]["list"]["items"],
            json!({"allOf": [reference("Cat")]})
        );
    }

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
