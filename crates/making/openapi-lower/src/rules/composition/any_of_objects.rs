//! Objects of which several may hold at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::members::{either, names_of};
use super::{Draft, Rule};
use crate::direction::Directions;
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, reference, schema};

pub(crate) const RULE: Rule = Rule {
    name: "any-of-objects",
    statement: "Accepts an anyOf of objects of which several may hold at once, in a request, or written in place; emits one object that can have what any of them names, of which is required what all of them require.",
    apply,
};

/// How deep what an object is made of is looked for.
const DEPTH: usize = 16;

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let mut found = Vec::new();
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        if schema.contains_key("anyOf") && !schema.contains_key("discriminator") {
            found.push((at.to_owned(), direction));
        }
    });
    // The innermost first: what is moved takes along what became of it.
    for (at, direction) in found.into_iter().rev() {
        let members = document.pointer(&at).map(|schema| schema.list("anyOf"));
        let Some((together, left)) =
            members.and_then(|members| as_one(document, members, direction))
        else {
            continue;
        };
        scribe.note(
            &at,
            format!(
                "objects of which several may hold became one, which can have {}",
                names_of(&together.properties)
            ),
        );
        if let Some(Value::Object(schema)) = document.pointer_mut(&at) {
            put(schema, together, left);
        }
    }
}

/// The objects of an `anyOf` as one, and its other members; nothing if no two of them may hold at once, or need not
/// be one.
fn as_one(
    document: &Value,
    members: &[Value],
    direction: Directions,
) -> Option<(Object, Vec<Value>)> {
    let objects: Vec<Option<Object>> = members
        .iter()
        .map(|member| Object::of(document, member))
        .collect();
    let known: Vec<&Object> = objects.iter().flatten().collect();
    let in_place = members
        .iter()
        .zip(&objects)
        .any(|(member, object)| object.is_some() && reference::of(member).is_none());
    // The run time keeps an answer that several named forms hold as JSON.
    if known.len() < 2 || !(direction.sent || in_place) || exclude_each_other(&known) {
        return None;
    }
    // Each of them can have all that any other one has.
    let same = |pair: &[&Object]| pair[0].properties.keys().eq(pair[1].properties.keys());
    if known.windows(2).all(same) {
        return None;
    }
    let mut together = Object::default();
    for (index, object) in known.iter().enumerate() {
        either(&mut together.properties, object.properties.clone());
        match index {
            0 => together.required.clone_from(&object.required),
            _ => together
                .required
                .retain(|name| object.required.contains(name)),
        }
    }
    let others = members.iter().zip(&objects);
    let others = others.filter(|(_, object)| object.is_none());
    Some((together, others.map(|(member, _)| member.clone()).collect()))
}

/// Puts the one object in the place of those that it was made of, before what is left.
fn put(schema: &mut Map<String, Value>, together: Object, mut left: Vec<Value>) {
    let together = json!({
        "type": "object", "properties": together.properties, "required": together.required
    });
    if !left.is_empty() {
        left.insert(0, together);
        schema.insert("anyOf".to_owned(), Value::Array(left));
        return;
    }
    schema.remove("anyOf");
    let parts = schema.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(parts) = parts {
        parts.push(together);
    }
}

/// What an object says of its members.
#[derive(Default)]
struct Object {
    properties: Map<String, Value>,
    required: BTreeSet<String>,
}

impl Object {
    /// What `schema` says, with what it refers to and is made of; nothing if it is no object, is closed, or has
    /// alternatives itself.
    fn of(document: &Value, schema: &Value) -> Option<Self> {
        let mut object = Self::default();
        object.add(document, schema, DEPTH)?;
        (!object.properties.is_empty()).then_some(object)
    }

    fn add(&mut self, document: &Value, schema: &Value, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let schema = reference::follow(document, schema)?.as_object()?;
        for (keyword, value) in schema {
            match (keyword.as_str(), value) {
                ("type", kind) if kind == "object" => {}
                ("additionalProperties", value) if *value != Value::Bool(false) => {}
                ("properties", Value::Object(properties)) => {
                    either(&mut self.properties, properties.clone());
                }
                ("required", Value::Array(names)) => {
                    let names = names.iter().filter_map(Value::as_str);
                    self.required.extend(names.map(str::to_owned));
                }
                ("allOf", Value::Array(parts)) => {
                    for part in parts {
                        self.add(document, part, depth)?;
                    }
                }
                (keyword, _) if schema::is_annotation(keyword) => {}
                _ => return None,
            }
        }
        Some(())
    }
}

/// Whether two of the objects can never hold at once: what both require is of other types, or of other values.
fn exclude_each_other(objects: &[&Object]) -> bool {
    let exclusive = |one: &Value, other: &Value| {
        let types = [one, other].map(|schema| schema.get("type"));
        let values = [one, other].map(|schema| schema.get("enum").and_then(Value::as_array));
        let of_types = matches!(types, [Some(one), Some(other)] if one != other);
        let of_values = matches!(values, [Some(one), Some(other)] if !one.iter().any(|value| other.contains(value)));
        of_types || of_values
    };
    let of_pair = |one: &Object, other: &Object| {
        let common = one.required.intersection(&other.required);
        let mut properties = common
            .filter_map(|name| Some((one.properties.get(name)?, other.properties.get(name)?)));
        properties.any(|(one, other)| exclusive(one, other))
    };
    objects
        .iter()
        .enumerate()
        .any(|(index, one)| objects[index + 1..].iter().any(|other| of_pair(one, other)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{lower_answer_schema, lower_request_schema};

    fn object(member: &str) -> Value {
        json!({"type": "object", "required": ["id", member], "properties": {
            "id": {"type": "string"}, member: {"type": "boolean"}
        }})
    }

    /// JSON Schema, 10.2.1.2: an instance is valid if it is valid against at least one, so that several may hold.
    #[test]
    fn objects_of_which_several_may_hold_are_one_that_can_have_all() {
        for lower in [lower_request_schema, lower_answer_schema] {
            let (schema, report) = lower(json!({"anyOf": [object("a"), object("b")]}));
            let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
            assert_eq!(names, ["a", "b", "id"], "{schema}");
            assert_eq!(schema["required"], json!(["id"]));
            assert_eq!(report.counts()["any-of-objects"], 1);
        }
    }

    #[test]
    fn what_stands_beside_them_and_what_is_no_object_stays() {
        let members = json!([object("a"), object("b"), {"type": "string"}]);
        let (schema, _) = lower_request_schema(json!({"anyOf": members}));
        assert_eq!(
            schema["oneOf"].as_array().map(Vec::len),
            Some(2),
            "{schema}"
        );
        let beside = json!({"type": "object", "properties": {"c": {"type": "boolean"}}, "anyOf": [object("a"), object("b")]});
        let (schema, _) = lower_request_schema(beside);
        assert_eq!(
            schema["properties"].as_object().unwrap().len(),
            4,
            "{schema}"
        );
    }

    #[test]
    fn objects_that_exclude_each_other_stay_alternatives() {
        let of = |kind: &str| {
            json!({"type": "object", "required": ["kind"], "properties": {
                "kind": {"type": "string", "enum": [kind]}, kind: {"type": "boolean"}
            }})
        };
        let mut closed = object("a");
        closed["additionalProperties"] = json!(false);
        for members in [
            json!([of("card"), of("bank")]),
            json!([closed, object("b")]),
        ] {
            let (schema, report) = lower_request_schema(json!({"anyOf": members}));
            assert!(schema.get("oneOf").is_some(), "{schema}");
            assert!(!report.counts().contains_key("any-of-objects"));
        }
    }
}
