//! Schemas that clients send as well, and that documented answers contradict.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::answer_examples::{self, component};
use super::{Rule, absent_in_examples, discriminator, mistyped_in_examples, null_in_examples};
use crate::direction::{self, Direction};
use crate::report::Scribe;
use crate::{LowerError, document, pointer, schema};

pub(super) const RULE: Rule = Rule {
    name: "answer-copies",
    statement: "Accepts an example of an answer that lacks what a schema requires, or holds a value of another type, where requests have the schema as well; emits a copy of it for answers (`NameOutput`), so that requests stay as strict as documented.",
    apply,
};

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let directions = direction::of_components(document);
    let is_shared = |name: &str| {
        let both = |direction: &Direction| direction.request && direction.answer;
        directions.get(name).is_some_and(both)
    };
    let contradicted: BTreeSet<String> = contradicted(document)
        .into_iter()
        .filter(|name| is_shared(name))
        .collect();
    if contradicted.is_empty() {
        return Ok(());
    }
    let copies = names_of_copies(document, referring(document, &contradicted, &is_shared));
    let schemas = document::schemas_mut(document);
    let mut copied: Vec<(String, Value)> = copies
        .iter()
        .filter_map(|(name, copy)| Some((copy.clone(), schemas.get(name)?.clone())))
        .collect();
    for (_, copy) in &mut copied {
        schema::walk_mut(copy, "", &mut |_, schema| refer_to_copies(schema, &copies));
    }
    document::each_schema_mut(document, &mut |_, direction, schema| {
        if direction == Direction::ANSWER {
            refer_to_copies(schema, &copies);
        }
    });
    document::schemas_mut(document).extend(copied);
    for (name, copy) in &copies {
        let why = match contradicted.contains(name) {
            true => "a documented answer contradicts it",
            false => "it holds a schema that a documented answer contradicts",
        };
        scribe.note(
            &pointer::join("/components/schemas", name),
            format!("{why}, and requests have it as well: answers have {copy}"),
        );
    }
    Ok(())
}

/// The named schemas that do not take what a documented answer has there.
fn contradicted(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    answer_examples::each_place(document, &mut |at, schema, example| {
        let contradicts = absent_in_examples::absent(schema, example).next().is_some()
            || mistyped_in_examples::mistyped_at(document, at, schema, example).is_some()
            || null_in_examples::nulls_required(document, schema, example);
        if contradicts {
            found.extend(component(at));
        }
    });
    found
}

/// Those of the shared schemas that are, or hold, one of `contradicted`.
fn referring(
    document: &Value,
    contradicted: &BTreeSet<String>,
    is_shared: &dyn Fn(&str) -> bool,
) -> BTreeSet<String> {
    let mut referring: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object).into_iter().flatten();
    for (name, component) in components.filter(|(name, _)| is_shared(name)) {
        for target in direction::references(component) {
            referring.entry(target).or_default().push(name);
        }
    }
    let mut found = contradicted.clone();
    let mut queue: Vec<&str> = contradicted.iter().map(String::as_str).collect();
    while let Some(name) = queue.pop() {
        for owner in referring.get(name).into_iter().flatten() {
            if found.insert((*owner).to_owned()) {
                queue.push(owner);
            }
        }
    }
    found
}

/// The name of the copy of each schema, which no other schema has.
fn names_of_copies(document: &mut Value, names: BTreeSet<String>) -> BTreeMap<String, String> {
    let schemas = document::schemas_mut(document);
    let mut copies = BTreeMap::new();
    for name in names {
        let mut copy = format!("{name}Output");
        while schemas.contains_key(&copy) {
            copy.push('2');
        }
        copies.insert(name, copy);
    }
    copies
}

/// Names the copies where `schema` refers to the originals.
fn refer_to_copies(schema: &mut Map<String, Value>, copies: &BTreeMap<String, String>) {
    let copy_of = |schema: &Map<String, Value>| {
        let name = schema::reference(schema).and_then(direction::component_name)?;
        copies.get_key_value(&name)
    };
    if let Some((_, copy)) = copy_of(schema)
        && let Value::Object(reference) = document::reference_to(copy)
    {
        schema.extend(reference);
    }
    // Members are visited after their union: what they refer to is still the original.
    let members: Vec<_> = ["oneOf", "anyOf"]
        .iter()
        .filter_map(|keyword| schema.get(*keyword)?.as_array())
        .flatten()
        .filter_map(|member| copy_of(member.as_object()?))
        .collect();
    if let Some(found) = schema.get_mut("discriminator") {
        for (name, copy) in members {
            discriminator::retarget(found, name, copy);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    fn document(example: Value, schemas: Value) -> Value {
        let content = json!({"application/json": {"schema": reference("Vendor")}});
        let mut answered = content.clone();
        answered["application/json"]["example"] = example;
        json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/vendors": {"post": {
                "operationId": "create", "requestBody": {"content": content},
                "responses": {"200": {"description": "", "content": answered}}
            }}},
            "components": {"schemas": schemas}
        })
    }

    fn vendors() -> Value {
        json!({
            "Vendor": {"type": "object", "properties": {
                "name": {"type": "string"},
                "contacts": {"type": "array", "items": reference("Contact")},
                "address": reference("Address")
            }},
            "Contact": {"type": "object", "required": ["ordinal"], "properties": {"ordinal": {"type": "boolean"}}},
            "Address": {"type": "object", "properties": {"city": {"type": "string"}}}
        })
    }

    #[test]
    fn answers_get_a_copy_where_a_documented_one_contradicts_what_requests_have() {
        let lowered = lower(&document(json!({"contacts": [{}]}), vendors())).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["Contact"]["required"], json!(["ordinal"]));
        assert_eq!(schemas["ContactOutput"]["required"], json!([]));
        assert!(schemas.get("VendorOutput").is_some());
        assert!(schemas.get("AddressOutput").is_none());
        let operation = &lowered.document["paths"]["/vendors"]["post"];
        let schema = |owner: &Value| owner["content"]["application/json"]["schema"].clone();
        assert_eq!(schema(&operation["requestBody"]), reference("Vendor"));
        assert_eq!(
            schema(&operation["responses"]["200"]),
            reference("VendorOutput")
        );
        let noted: Vec<_> = lowered
            .report
            .applied()
            .iter()
            .filter(|applied| applied.rule == "answer-copies")
            .map(|applied| format!("{}: {}", applied.pointer, applied.detail))
            .collect();
        assert_eq!(
            noted,
            [
                "/components/schemas/Contact: a documented answer contradicts it, and requests have it as well: answers have ContactOutput",
                "/components/schemas/Vendor: it holds a schema that a documented answer contradicts, and requests have it as well: answers have VendorOutput",
            ]
        );
    }

    #[test]
    fn an_answer_that_fits_has_no_copy() {
        let lowered = lower(&document(
            json!({"contacts": [{"ordinal": true}]}),
            vendors(),
        ));
        let lowered = lowered.unwrap();
        let schemas = lowered.document["components"]["schemas"].as_object();
        assert!(!schemas.unwrap().contains_key("VendorOutput"));
    }

    #[test]
    fn a_null_for_a_required_member_leaves_requests_as_they_were() {
        let example = json!({"contacts": [{"ordinal": null}]});
        let lowered = lower(&document(example, vendors())).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        let ordinal = |name: &str| &schemas[name]["properties"]["ordinal"];
        assert_eq!(ordinal("Contact").get("nullable"), None);
        assert_eq!(ordinal("ContactOutput")["nullable"], json!(true));
    }

    #[test]
    fn a_name_that_is_taken_is_not_taken_again() {
        let mut schemas = vendors();
        schemas["ContactOutput"] =
            json!({"type": "object", "properties": {"other": {"type": "string"}}});
        schemas["Vendor"]["properties"]["other"] = reference("ContactOutput");
        let lowered = lower(&document(json!({"contacts": [{}]}), schemas)).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        assert!(
            schemas["ContactOutput"]["properties"]
                .get("other")
                .is_some()
        );
        assert_eq!(schemas["ContactOutput2"]["required"], json!([]));
    }

    #[test]
    fn a_discriminator_tells_the_copies_apart_by_the_names_of_the_originals() {
        let kind = |more: Value| {
            let mut found = json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}});
            found["required"].as_array_mut().unwrap().push(more);
            found
        };
        let schemas = json!({
            "Vendor": {"oneOf": [reference("Shop"), reference("Person")], "discriminator": {
                "propertyName": "kind", "mapping": {"human": "#/components/schemas/Person"}
            }},
            "Holder": {"type": "object", "required": ["vendor"], "properties": {"vendor": reference("Vendor")}},
            "Shop": kind(json!("street")),
            "Person": kind(json!("age"))
        });
        let mut document = document(json!({}), schemas);
        let paths = &mut document["paths"];
        for (path, name) in [("/shops", "Shop"), ("/people", "Person")] {
            paths[path] = json!({"get": {"operationId": name, "responses": {"200": {"description": "", "content": {
                "application/json": {"schema": reference(name), "example": {"kind": "x"}}
            }}}}});
        }
        let lowered = lower(&document).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        let values = |name: &str| &schemas[name]["x-told-apart-by"]["values"];
        assert_eq!(values("Vendor"), &json!([["Shop"], ["human"]]));
        assert_eq!(values("VendorOutput"), &json!([["Shop"], ["human"]]));
    }
}
