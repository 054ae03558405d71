//! Unions in answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::alternative_words::is_by_name;
use super::{Draft, Rule};
use crate::discriminator;
use crate::facts::Facts;
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer, reference, schema};

pub(crate) const RULE: Rule = Rule {
    name: "open-unions",
    statement: "Accepts a union in an answer; emits it with a last member that takes any other form, and with the members' own tags closed, so that a form that is not documented yet is read as such.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    // A member of several unions has the values of all of them.
    let mut tags: BTreeMap<(String, Option<String>), (Vec<String>, bool)> = BTreeMap::new();
    let only_in_unions = only_in_unions(document);
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        let property = discriminator::property(schema).map(str::to_owned);
        for name in schema.list("oneOf").iter().filter_map(Keyed::referred) {
            if only_in_unions.contains(&name) {
                let values = discriminator::mapped(schema, &name);
                let (known, is_answer) = tags.entry((name, property.clone())).or_default();
                known.extend(values);
                *is_answer |= direction.received;
            }
        }
        if !direction.received {
            return;
        }
        let Some(Value::Array(members)) = schema.get_mut("oneOf") else {
            return;
        };
        if members.iter().all(is_by_name) {
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
    for ((name, property), (values, is_answer)) in tags {
        if let Some(property) = &property {
            narrow(document, &name, property, &values, scribe);
        }
        if is_answer {
            close_tag(
                document,
                facts,
                &name,
                (property.as_deref(), values),
                scribe,
            );
        }
    }
}

/// The named schemas to which only unions refer.
fn only_in_unions(document: &mut Value) -> BTreeSet<String> {
    let mut of_unions: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_all: BTreeMap<String, usize> = BTreeMap::new();
    document::each_schema_mut(document, &mut |_, schema| {
        if let Some(name) = schema.referred() {
            *of_all.entry(name).or_default() += 1;
        }
        for name in schema.list("oneOf").iter().filter_map(Keyed::referred) {
            *of_unions.entry(name).or_default() += 1;
        }
    });
    of_unions
        .into_iter()
        .filter(|(name, count)| of_all.get(name) == Some(count))
        .map(|(name, _)| name)
        .collect()
}

/// Leaves the property of a discriminator, in the member `name`, those of its values that are mapped to
/// the member: a base that lists the values of all that extend it lists them in each.
fn narrow(
    document: &mut Value,
    name: &str,
    property: &str,
    mapped: &[String],
    scribe: &mut Scribe<'_>,
) {
    let at = pointer::join("/components/schemas", name);
    let at = pointer::join(&pointer::join(&at, "properties"), property);
    let Some(member) = document.pointer(&at) else {
        return;
    };
    let part = member.only_part().unwrap_or(member);
    let values = reference::followed(document, part).list("enum");
    let own: Vec<Value> = values
        .iter()
        .filter(|value| mapped.iter().any(|mapped| *value == mapped))
        .cloned()
        .collect();
    if own.is_empty() || own.len() == values.len() {
        return;
    }
    if let Some(Value::Object(member)) = document.pointer_mut(&at) {
        member.retain(|keyword, _| schema::is_annotation(keyword) || keyword == "nullable");
        let note = format!("of its values, only {} are of the member", json!(own));
        member.insert("type".to_owned(), json!("string"));
        member.insert("enum".to_owned(), Value::Array(own));
        scribe.note(&at, note);
    }
}

/// Closes the property of the member `name` that tells it from the others.
fn close_tag(
    document: &mut Value,
    facts: &mut Facts,
    name: &str,
    (property, values): (Option<&str>, Vec<String>),
    scribe: &mut Scribe<'_>,
) {
    let at = pointer::join("/components/schemas", name);
    let Some(Value::Object(component)) = document.pointer_mut(&at) else {
        return;
    };
    let required = component.list("required").to_vec();
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
        let found = member.get("enum").and_then(Value::as_array);
        let is_mapped = |value: &Value| values.iter().any(|mapped| value == mapped);
        let constant = found.is_some_and(|found| {
            found.len() == 1 || named && !values.is_empty() && found.iter().all(is_mapped)
        });
        let said = named && !member.contains_key("enum") && !values.is_empty();
        if said {
            member.insert("enum".to_owned(), json!(values));
        }
        let closes =
            constant && (named || required.iter().any(|required| required == name)) || said;
        let at = pointer::join(&pointer::join(&at, "properties"), name);
        if closes && facts.telling.insert(at.clone()) {
            scribe.note(
                &at,
                "its values tell a member of a union from the others: closed",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Lowered;
    use crate::rules::testing::{self, answering};

    fn lowered(union: Value, cat: Value, dog: Value) -> Lowered {
        testing::answering(
            json!({"type": "object", "required": ["pet"], "properties": {"pet": union}}),
            json!({"Cat": cat, "Dog": dog}),
        )
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

    #[test]
    fn of_the_values_that_a_base_lists_a_member_has_those_that_are_mapped_to_it() {
        let mut union = union();
        union["discriminator"] = json!({"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat", "dog": "Dog"}});
        let either = json!({"type": "string", "enum": ["cat", "dog"]});
        let lowered = lowered(union, pet(either.clone(), "purrs"), pet(either, "barks"));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["CatKind"]["enum"], json!(["cat"]));
        assert_eq!(
            schemas["Dog"]["properties"]["kind"],
            json!({"$ref": "#/components/schemas/DogKind"})
        );
    }

    #[test]
    fn a_member_of_two_unions_has_the_values_of_both() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let union = |value: &str| {
            let mapping = json!({value: "#/components/schemas/Card"});
            json!({"oneOf": [reference("Card"), reference("Bank")], "discriminator": {"propertyName": "type", "mapping": mapping}})
        };
        let of = |kind: &str| json!({"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}, kind: {"type": "string"}}});
        let lowered = answering(
            json!({"type": "object", "properties": {"a": union("card"), "b": union("credit_card")}}),
            json!({"Card": of("number"), "Bank": of("iban")}),
        );
        let all = lowered.document["components"]["schemas"].to_string();
        assert!(all.contains("[\"card\",\"credit_card\"]"), "{all}");
    }
}
