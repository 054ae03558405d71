//! Unions in answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Rule;
use crate::report::Scribe;
use crate::{LowerError, direction, document, pointer, schema};

pub(super) const RULE: Rule = Rule {
    name: "open-unions",
    statement: "Accepts a union in an answer; emits it with a last member that takes any other form, and with the members' own tags closed, so that a form that is not documented yet is read as such.",
    apply,
};

/// Marks a property whose values tell the members of a union apart, for the rule about enumerations.
pub(super) const TAG: &str = "x-union-tag";

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let mut tags = Vec::new();
    let only_in_unions = only_in_unions(document);
    document::each_schema_mut(document, &mut |at, direction, schema| {
        if !direction.answer {
            return;
        }
        let mapping = discriminator(schema);
        let Some(Value::Array(members)) = schema.get_mut("oneOf") else {
            return;
        };
        for member in members.iter() {
            let name = member
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(direction::component_name);
            if let Some(name) = name.filter(|name| only_in_unions.contains_key(name)) {
                let values: Vec<String> = mapping
                    .iter()
                    .flat_map(|(_, mapping)| mapping)
                    .filter(|(_, target)| *target == name)
                    .map(|(value, _)| value.clone())
                    .collect();
                tags.push((
                    name,
                    mapping.as_ref().map(|(property, _)| property.clone()),
                    values,
                ));
            }
        }
        if members.iter().all(is_tagged_by_name) {
            return;
        }
        let anything = |member: &Value| {
            member
                .as_object()
                .is_some_and(|member| member.keys().all(|keyword| schema::is_annotation(keyword)))
        };
        if !members.iter().any(anything) {
            members.push(json!({}));
            scribe.note(
                at,
                "a last member takes what has none of the documented forms",
            );
        }
    });
    for (name, property, values) in tags {
        close_tag(document, &name, property.as_deref(), values, scribe);
    }
    Ok(())
}

/// Whether it is a variant of answers by status: a closed object of one member.
fn is_tagged_by_name(member: &Value) -> bool {
    let members = member.get("properties").and_then(Value::as_object);
    member.get("additionalProperties") == Some(&Value::Bool(false))
        && members.is_some_and(|members| members.len() == 1)
}

/// The property of a discriminator, and the schemas that its values are mapped to.
fn discriminator(schema: &Map<String, Value>) -> Option<(String, Vec<(String, String)>)> {
    let discriminator = schema.get("discriminator")?;
    let property = discriminator.get("propertyName")?.as_str()?.to_owned();
    let mapping = discriminator.get("mapping").and_then(Value::as_object);
    let mapping = mapping
        .into_iter()
        .flatten()
        .filter_map(|(value, target)| {
            let target = target.as_str()?;
            let name = direction::component_name(target).unwrap_or_else(|| target.to_owned());
            Some((value.clone(), name))
        })
        .collect();
    Some((property, mapping))
}

/// The named schemas to which only unions refer.
fn only_in_unions(document: &mut Value) -> BTreeMap<String, ()> {
    let mut of_unions: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_all: BTreeMap<String, usize> = BTreeMap::new();
    document::each_schema_mut(document, &mut |_, _, schema| {
        if let Some(name) = schema::reference(schema).and_then(direction::component_name) {
            *of_all.entry(name).or_default() += 1;
        }
        let members = schema.get("oneOf").and_then(Value::as_array);
        for member in members.into_iter().flatten() {
            let name = member
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(direction::component_name);
            *of_unions.entry(name.unwrap_or_default()).or_default() += 1;
        }
    });
    of_unions
        .into_iter()
        .filter(|(name, count)| of_all.get(name) == Some(count))
        .map(|(name, _)| (name, ()))
        .collect()
}

/// Closes the property of the member `name` that tells it from the others.
fn close_tag(
    document: &mut Value,
    name: &str,
    property: Option<&str>,
    values: Vec<String>,
    scribe: &mut Scribe<'_>,
) {
    let at = pointer::join("/components/schemas", name);
    let Some(Value::Object(component)) = document.pointer_mut(&at) else {
        return;
    };
    let required = component
        .get("required")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let Some(Value::Object(properties)) = component.get_mut("properties") else {
        return;
    };
    for (name, member) in properties.iter_mut() {
        let Some(member) = member
            .as_object_mut()
            .filter(|member| schema::kind(member) == Some("string"))
        else {
            continue;
        };
        let named = property == Some(name.as_str());
        let constant = member
            .get("enum")
            .and_then(Value::as_array)
            .is_some_and(|values| values.len() == 1);
        let said = named && !member.contains_key("enum") && !values.is_empty();
        if said {
            member.insert("enum".to_owned(), json!(values));
        }
        let closes =
            constant && (named || required.iter().any(|required| required == name)) || said;
        if closes && !member.contains_key(TAG) {
            member.insert(TAG.to_owned(), Value::Bool(true));
            scribe.note(
                &pointer::join(&pointer::join(&at, "properties"), name),
                "its values tell a member of a union from the others: closed",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{Lowered, lower};

    fn lowered(union: Value, cat: Value, dog: Value) -> Lowered {
        lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": {"type": "object", "required": ["pet"], "properties": {"pet": union}}
            }}}}}}},
            "components": {"schemas": {"Cat": cat, "Dog": dog}}
        }))
        .unwrap()
    }

    fn pet(kind: Value, member: &str) -> Value {
        json!({"type": "object", "required": ["kind"], "properties": {"kind": kind, member: {"type": "boolean"}}})
    }

    fn union() -> Value {
        json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]})
    }

    #[test]
    fn a_union_in_an_answer_takes_any_other_form_last() {
        let constant = |value: &str| json!({"type": "string", "enum": [value]});
        let lowered = lowered(
            union(),
            pet(constant("cat"), "purrs"),
            pet(constant("dog"), "barks"),
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["AResponsePet"]["oneOf"][2],
            json!({"title": "Other"})
        );
        // The tag is not open: otherwise a dog would be a cat of an unknown kind.
        let kind = &schemas["Cat"]["properties"]["kind"];
        assert_eq!(*kind, json!({"$ref": "#/components/schemas/CatKind"}));
    }

    #[test]
    fn the_values_of_a_discriminator_tell_the_members_apart() {
        let mut union = union();
        union["discriminator"] = json!({"propertyName": "kind", "mapping": {"tomcat": "#/components/schemas/Cat", "dog": "Dog"}});
        let text = json!({"type": "string"});
        let lowered = lowered(union, pet(text.clone(), "purrs"), pet(text, "barks"));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["CatKind"]["enum"], json!(["tomcat"]));
        assert_eq!(schemas["DogKind"]["enum"], json!(["dog"]));
    }
}
