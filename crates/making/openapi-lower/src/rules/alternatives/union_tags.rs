//! What tells the members of a union apart.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::discriminator;
use crate::facts::Facts;
use crate::keyed::Keyed;
use crate::plan::Tag;
use crate::report::Scribe;
use crate::{document, reference};

pub(crate) const RULE: Rule = Rule {
    name: "union-tags",
    statement: "Accepts a union with a discriminator, or one whose members have a property with values of their own; decides on the values of each member, so that what is read is of the member that its value names.",
    apply,
};

/// How deep unions in unions are looked into.
const DEPTH: usize = 8;

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let mut found = Vec::new();
    document::each_schema_mut(document, &mut |at, schema| {
        if schema.contains_key("oneOf") {
            found.push(at.to_owned());
        }
    });
    for at in found {
        let Some(union) = document.pointer(&at).and_then(Value::as_object) else {
            continue;
        };
        let Some(tag) =
            by_discriminator(document, facts, union).or_else(|| by_values(document, union))
        else {
            continue;
        };
        let note = format!(
            "its members are told apart by {}: {}",
            tag.name,
            json!(tag.values)
        );
        if let Some(Value::Object(union)) = document.pointer_mut(&at) {
            facts.tell_apart(union, tag);
            scribe.note(&at, note);
        }
    }
}

/// The values that a discriminator maps to each member, or else those that the member has, or its name.
fn by_discriminator(document: &Value, facts: &Facts, union: &Map<String, Value>) -> Option<Tag> {
    let name = discriminator::property(union)?;
    let base = discriminator::base(union);
    let mut none = true;
    let mut values = Vec::new();
    for member in union.get("oneOf")?.as_array()? {
        let referred = member.referred();
        let mapped = referred
            .as_ref()
            .map(|referred| discriminator::mapped(union, referred))
            .unwrap_or_default();
        let implied = referred
            .as_ref()
            .map(|referred| facts.origin(referred).to_owned());
        let own = values_of(document, member, name, DEPTH);
        // What has none of the documented kinds is the base itself, whatever it calls its kind.
        let is_base = referred.is_some() && referred == base;
        values.push(match (mapped.is_empty(), own, implied) {
            (_, None, _) if is_base => Vec::new(),
            (false, Some(own), _) => both(mapped, own),
            (false, None, _) => mapped,
            (true, Some(own), Some(implied)) if own.contains(&implied) => vec![implied],
            (true, Some(own), _) => own,
            // Many documents mean other values than the names of their schemas.
            (true, None, Some(implied)) => {
                none = false;
                vec![implied]
            }
            (true, None, None) => Vec::new(),
        });
    }
    // A base that lists the values of all that extend it has those that none of them has.
    let counts = values.clone();
    let of_others = |index: usize, value: &String| {
        let others = counts
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        others
            .map(|(_, values)| values)
            .any(|values| values.len() == 1 && values.contains(value))
    };
    for (index, own) in values
        .iter_mut()
        .enumerate()
        .filter(|(_, own)| own.len() > 1)
    {
        own.retain(|value| !of_others(index, value));
    }
    let name = name.to_owned();
    Some(Tag { name, values, none })
}

/// The values that are in both lists; where there is none, those of both.
fn both(mut mapped: Vec<String>, own: Vec<String>) -> Vec<String> {
    let common: Vec<String> = mapped
        .iter()
        .filter(|value| own.contains(value))
        .cloned()
        .collect();
    if common.is_empty() {
        mapped.extend(own);
        return mapped;
    }
    common
}

/// The first property, a required one if there is, of which every object has values that no other one has.
fn by_values(document: &Value, union: &Map<String, Value>) -> Option<Tag> {
    let members = union.get("oneOf")?.as_array()?;
    let has_members = |member: &&Value| {
        reference::followed(document, member)
            .get("properties")
            .is_some()
    };
    let objects: Vec<&Value> = members.iter().filter(has_members).collect();
    let first = objects.first().filter(|_| objects.len() > 1)?;
    // What may be an object as well, without members that are known, is not told apart.
    let scalar = |member: &Value| {
        let kind = reference::followed(document, member).text("type");
        kind.is_some_and(|kind| kind != "object")
    };
    if !members
        .iter()
        .all(|member| has_members(&member) || scalar(member))
    {
        return None;
    }
    let properties = reference::followed(document, first).object("properties")?;
    let required = |name: &str| {
        let mut objects = objects.iter();
        objects.all(|member| reference::followed(document, member).requires(name))
    };
    let (always, sometimes): (Vec<&String>, Vec<&String>) =
        properties.keys().partition(|name| required(name));
    always.into_iter().chain(sometimes).find_map(|name| {
        let mut seen = BTreeSet::new();
        let mut values = Vec::new();
        for member in members {
            let own = if has_members(&member) {
                values_of(document, member, name, DEPTH)?
            } else {
                Vec::new()
            };
            if !own.iter().all(|value| seen.insert(value.clone())) {
                return None;
            }
            values.push(own);
        }
        let constant = values.iter().all(|values| values.len() < 2);
        Some(Tag {
            name: name.clone(),
            values,
            none: constant,
        })
    })
}

/// The values that a member, or each of the members that it is one of, may have in the property `name`.
fn values_of(document: &Value, member: &Value, name: &str, depth: usize) -> Option<Vec<String>> {
    let depth = depth.checked_sub(1)?;
    let member = reference::followed(document, member);
    if let Some(members) = member.get("oneOf").and_then(Value::as_array) {
        let mut all = Vec::new();
        for member in members {
            all.extend(values_of(document, member, name, depth)?);
        }
        return Some(all);
    }
    let property = member.get("properties")?.get(name)?;
    let part = property.only_part().unwrap_or(property);
    let values = reference::followed(document, part).get("enum")?;
    let texts: Option<Vec<String>> = values.as_array()?.iter().map(text).collect();
    texts.filter(|texts| !texts.is_empty())
}

/// A value as it is compared.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::plan::Tag;
    use crate::rules::testing::answering;

    /// What tells the members of a union in an answer apart.
    fn tag(union: Value, schemas: Value) -> Option<Tag> {
        let mut schemas = schemas;
        schemas["Union"] = union;
        let mut lowered = answering(
            json!({"type": "object", "properties": {"union": {"$ref": "#/components/schemas/Union"}}}),
            schemas,
        );
        lowered.plan.types.remove("Union")?.told_apart_by
    }

    fn by(name: &str, values: &[&[&str]], none: bool) -> Option<Tag> {
        let texts = |values: &&[&str]| values.iter().map(|&value| value.to_owned()).collect();
        Some(Tag {
            name: name.to_owned(),
            values: values.iter().map(texts).collect(),
            none,
        })
    }

    fn object(name: &str, schema: Value) -> Value {
        json!({"type": "object", "required": [name], "properties": {name: schema, "x": {"type": "boolean"}}})
    }

    fn pets() -> Value {
        json!({"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]})
    }

    #[test]
    fn a_mapping_says_the_values_of_each_member() {
        let mut union = pets();
        union["discriminator"] = json!({"propertyName": "kind", "mapping": {"cat": "Cat", "rex": "Dog", "tom": "#/components/schemas/Cat"}});
        let pet = object("kind", json!({"type": "string"}));
        assert_eq!(
            tag(union, json!({"Cat": pet, "Dog": pet})),
            by("kind", &[&["cat", "tom"], &["rex"]], true)
        );
    }

    #[test]
    fn without_a_mapping_the_names_of_the_schemas_are_the_values() {
        let mut union = pets();
        union["discriminator"] = json!({"propertyName": "kind"});
        // What stands beside the union makes other schemas of its members.
        union["properties"] = json!({"y": {"type": "boolean"}});
        let pet = object("kind", json!({"type": "string"}));
        assert_eq!(
            tag(union, json!({"Cat": pet, "Dog": pet})),
            by("kind", &[&["Cat"], &["Dog"]], false)
        );
    }

    #[test]
    fn inherited_values_of_all_members_are_those_of_one() {
        let mut union = pets();
        union["discriminator"] =
            json!({"propertyName": "kind", "mapping": {"cat": "Cat", "dog": "Dog"}});
        let pet = object("kind", json!({"type": "string", "enum": ["cat", "dog"]}));
        assert_eq!(
            tag(union, json!({"Cat": pet, "Dog": pet})),
            by("kind", &[&["cat"], &["dog"]], true)
        );
    }

    #[test]
    fn a_required_constant_tells_members_apart_without_a_discriminator() {
        let done = |value: bool| object("done", json!({"type": "boolean", "enum": [value]}));
        let union = json!({"oneOf": [done(true), done(false), {"type": "string"}]});
        assert_eq!(
            tag(union, json!({})),
            by("done", &[&["true"], &["false"], &[]], true)
        );
    }

    #[test]
    fn a_base_has_the_values_that_none_of_those_that_extend_it_has() {
        let mut union = pets();
        union["discriminator"] = json!({"propertyName": "kind"});
        let cat = object(
            "kind",
            json!({"type": "string", "enum": ["cat", "dog", "bird"]}),
        );
        let dog = object("kind", json!({"type": "string", "enum": ["dog"]}));
        assert_eq!(
            tag(union, json!({"Cat": cat, "Dog": dog})),
            by("kind", &[&["cat", "bird"], &["dog"]], true)
        );
    }

    #[test]
    fn values_that_two_members_have_tell_nothing() {
        let pet = object("kind", json!({"type": "string", "enum": ["cat", "dog"]}));
        assert_eq!(tag(pets(), json!({"Cat": pet, "Dog": pet})), None);
    }
}
