//! Where references of schemas lead to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::reference_targets::{self, Targets};
use super::{Rule, discriminator, malformed_schemas, names};
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, direction, document, pointer, reference, schema};

pub(super) const RULE: Rule = Rule {
    name: "schema-references",
    statement: "Accepts references of schemas to any place of the document, to definitions of the schema that they stand in, to anchors and identifiers, through other references or to nowhere; emits references to named schemas that are no references themselves; one that leads nowhere, or in a circle, accepts anything.",
    apply,
};

/// How many references may follow each other before they count as a circle.
const CHAIN: usize = 64;

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, schema| {
        if let Some(keyword) = reference_targets::static_reference(schema) {
            scribe.note(at, format!("{keyword} became a reference to the anchor"));
        }
    });
    // Schemas that are found elsewhere are named, and may hold such references themselves.
    let mut targets = Targets::of(document);
    let mut given = BTreeMap::new();
    loop {
        let pending = places(document);
        if pending.is_empty() {
            break;
        }
        for (at, reference) in pending {
            redirect(document, &at, &reference, &mut targets, &mut given, scribe);
        }
    }
    leave_definitions(document, scribe);
    shorten(document, scribe);
    Ok(())
}

/// Places of the references that do not lead to a named schema.
fn places(document: &mut Value) -> Vec<(String, String)> {
    let known: BTreeSet<String> = document::schemas_mut(document).keys().cloned().collect();
    let mut found = Vec::new();
    document::each_schema_mut(document, &mut |at, schema| {
        let Some(reference) = schema::reference(schema) else {
            return;
        };
        let named = direction::component_name(reference).filter(|name| known.contains(name));
        let Some(name) = named else {
            found.push((at.to_owned(), reference.to_owned()));
            return;
        };
        // Of the ways to write a reference, those that read them next know one.
        let usual = reference::to_schema(&name);
        if usual != reference {
            schema.insert("$ref".to_owned(), usual.into());
        }
    });
    found
}

fn redirect(
    document: &mut Value,
    at: &str,
    reference: &str,
    targets: &mut Targets,
    given: &mut BTreeMap<String, String>,
    scribe: &mut Scribe<'_>,
) {
    let found = targets
        .place(document, at, reference)
        .and_then(|place| Some((document.pointer(&place)?.clone(), place)));
    let Some((target, place)) = found else {
        scribe.note(
            at,
            format!(
                "the reference {reference} leads nowhere in this document: anything is accepted"
            ),
        );
        replace(document, at, None);
        return;
    };
    let named = direction::component_name(&reference::to(&place));
    let name = match named.or_else(|| given.get(&place).cloned()) {
        Some(name) => name,
        None => {
            // Nobody has looked at what stands outside of the places of schemas.
            let mut target = target;
            malformed_schemas::repair(&mut target, &place, scribe);
            let name = document::add_component(document, &name_of(&place), target);
            targets.moved(&place, &name);
            scribe.note(at, format!("{reference} is named {name}"));
            given.insert(place, name.clone());
            name
        }
    };
    replace(document, at, Some(&name));
}

/// A name for what stands at `reference`, after the last names on the way there.
fn name_of(reference: &str) -> String {
    const OF_STRUCTURE: [&str; 12] = [
        "properties",
        "items",
        "allOf",
        "oneOf",
        "anyOf",
        "schema",
        "schemas",
        "components",
        "content",
        "paths",
        "$defs",
        "definitions",
    ];
    let tokens: Vec<String> = reference
        .split('/')
        .skip(1)
        .map(|token| token.replace("~1", " ").replace("~0", " "))
        .filter(|token| {
            !OF_STRUCTURE.contains(&token.as_str()) && !token.starts_with("application")
        })
        .collect();
    let skipped = tokens.len().saturating_sub(3);
    let name: Vec<_> = tokens[skipped..]
        .iter()
        .map(|token| names::pascal(token))
        .collect();
    match name.concat() {
        name if name.is_empty() => "Schema".to_owned(),
        name => name,
    }
}

/// Makes the schema at `at` refer to `name`, or accept anything.
fn replace(document: &mut Value, at: &str, name: Option<&str>) {
    let Some(Value::Object(schema)) = document.pointer_mut(at) else {
        return;
    };
    schema.remove("$ref");
    if let Some(Value::Object(reference)) = name.map(document::reference_to) {
        schema.extend(reference);
    }
}

/// `$defs` have been named where they are referred to, and say nothing where they stand.
fn leave_definitions(document: &mut Value, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        for keyword in ["$defs", "definitions"] {
            if schema.remove(keyword).is_some() {
                scribe.note(
                    at,
                    format!("{keyword} are named schemas where they are referred to"),
                );
            }
        }
    });
}

/// Named schemas that are nothing but a reference give way to what they refer to.
fn shorten(document: &mut Value, scribe: &mut Scribe<'_>) {
    let schemas = document::schemas_mut(document);
    let alias = |schema: &Value| {
        let object = schema.as_object()?;
        let only = object
            .keys()
            .all(|keyword| keyword == "$ref" || schema::is_annotation(keyword));
        only.then(|| direction::component_name(schema::reference(object)?))
            .flatten()
    };
    let mut ends = BTreeMap::new();
    for name in schemas.keys() {
        let mut end = Some(name.clone());
        let mut steps = 0;
        while let Some(next) = end
            .as_ref()
            .and_then(|name| schemas.get(name))
            .and_then(alias)
        {
            steps += 1;
            end = (steps < CHAIN && next != *name).then_some(next);
        }
        if end.as_ref() != Some(name) {
            ends.insert(name.clone(), end);
        }
    }
    for (name, end) in &ends {
        let at = pointer::join("/components/schemas", name);
        match end {
            Some(end) => scribe.note(&at, format!("another name of {end}")),
            None => {
                schemas.insert(name.clone(), Value::Object(Map::new()));
                scribe.note(&at, "refers to itself: anything is accepted");
            }
        }
    }
    document::each_schema_mut(document, &mut |_, schema| {
        let end = schema::reference(schema)
            .and_then(direction::component_name)
            .and_then(|name| ends.get(&name).cloned().flatten());
        if let Some(Value::Object(reference)) = end.map(|end| document::reference_to(&end)) {
            schema.extend(reference);
        }
        for (name, end) in &ends {
            // Whoever mapped a value of a discriminator to it means the schema under its own name.
            if let Some(end) = end.as_ref().filter(|_| discriminator::maps(schema, name))
                && let Some(found) = schema.get_mut("discriminator")
            {
                discriminator::retarget(found, name, end);
            }
        }
    });
    document::schemas_mut(document).retain(|name, _| !matches!(ends.get(name), Some(Some(_))));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{Lowered, lower};

    fn lowered(body: Value, schemas: Value) -> Lowered {
        lower(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {"schema": body}}}}}}},
            "components": {"schemas": schemas}
        }))
        .unwrap()
    }

    fn member(lowered: &Lowered) -> Value {
        lowered.document["components"]["schemas"]["A"]["properties"]["m"].clone()
    }

    fn of_a(reference: &str) -> Value {
        json!({"type": "object", "required": ["m"], "properties": {"m": {"$ref": reference}}})
    }

    fn reference(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn a_reference_into_another_schema_gets_a_named_one() {
        let inner = json!({"type": "object", "properties": {"x": {"type": "boolean"}}});
        let lowered = lowered(
            reference("A"),
            json!({"A": of_a("#/components/schemas/B/properties/inner"), "B": {"type": "object", "properties": {"inner": inner}}}),
        );
        assert_eq!(member(&lowered), reference("BInner"));
        assert_eq!(lowered.document["components"]["schemas"]["BInner"], inner);
    }

    /// RFC 6901, section 6: the fragment is percent-decoded before it is a pointer.
    #[test]
    fn a_name_that_is_written_with_escapes_is_the_name() {
        let café = json!({"type": "object", "properties": {"x": {"type": "boolean"}}});
        for written in [
            "#/components/schemas/Caf%C3%A9",
            "#/components/schemas/C%61f%c3%a9",
        ] {
            let lowered = lowered(reference("A"), json!({"A": of_a(written), "Café": café}));
            let member = member(&lowered);
            let target =
                crate::reference::resolve(&lowered.document, member["$ref"].as_str().unwrap());
            assert_eq!(target, Some(&café), "{written}: {member}");
        }
    }

    #[test]
    fn definitions_inside_a_schema_become_named_ones() {
        let mut a = of_a("#/components/schemas/A/$defs/Leaf");
        a["$defs"] = json!({"Leaf": {"type": "object", "properties": {"x": {"type": "boolean"}}}});
        let lowered = lowered(reference("A"), json!({"A": a}));
        assert_eq!(member(&lowered), reference("ALeaf"));
    }

    #[test]
    fn a_reference_to_a_definition_leads_to_the_one_of_its_own_schema() {
        let leaf = |member: &str| json!({"type": "object", "properties": {member: {"type": "boolean"}, "next": {"$ref": "#/$defs/Leaf"}}});
        let with = |member: &str| {
            let mut schema = of_a("#/$defs/Leaf");
            schema["$defs"] = json!({"Leaf": leaf(member)});
            schema
        };
        let mut a = with("x");
        a["properties"]["b"] = reference("B");
        let lowered = lowered(reference("A"), json!({"A": a, "B": with("y")}));
        assert_eq!(member(&lowered), reference("ALeaf"));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["B"]["properties"]["m"], reference("BLeaf"));
        // What a definition refers to is found from where it stood.
        assert_eq!(schemas["ALeaf"]["properties"]["next"], reference("ALeaf"));
        assert_eq!(schemas["BLeaf"]["properties"]["next"], reference("BLeaf"));
        assert!(schemas["BLeaf"]["properties"]["y"].is_object());
    }

    #[test]
    fn a_reference_to_a_definition_elsewhere_leads_to_the_only_one_of_that_name() {
        let leaf = json!({"type": "object", "properties": {"x": {"type": "boolean"}}});
        let mut b = leaf.clone();
        b["definitions"] = json!({"Leaf": leaf});
        for there in [json!({"B": b}), json!({"Leaf": leaf})] {
            let mut schemas = there;
            schemas["A"] = of_a("#/definitions/Leaf");
            let lowered = lowered(reference("A"), schemas);
            let found = member(&lowered);
            let found = found["$ref"].as_str().unwrap().trim_start_matches('#');
            assert_eq!(lowered.document.pointer(found), Some(&leaf), "{found}");
        }
    }

    #[test]
    fn anchors_and_identifiers_are_found() {
        let leaf = |mark: &str, name: &str| json!({"type": "object", mark: name, "properties": {"x": {"type": "boolean"}}});
        for (reference_to, mark, name) in [
            ("#leaf", "$anchor", "leaf"),
            ("/schemas/leaf", "$id", "/schemas/leaf"),
            ("leaf.json", "$id", "https://example.com/schemas/leaf.json"),
            (
                "https://example.com/schemas/leaf#/properties/own",
                "$id",
                "https://example.com/schemas/leaf",
            ),
        ] {
            let mut target = leaf(mark, name);
            target["properties"]["own"] =
                json!({"type": "object", "properties": {"y": {"type": "boolean"}}});
            let schemas = json!({"A": of_a(reference_to), "Target": target});
            let lowered = lowered(reference("A"), schemas);
            let expected = if reference_to.contains("#/") {
                "TargetOwn"
            } else {
                "Target"
            };
            assert_eq!(member(&lowered), reference(expected), "{reference_to}");
        }
    }

    #[test]
    fn a_dynamic_reference_leads_to_the_anchor_of_its_schema() {
        for (keyword, target, mark) in [
            ("$dynamicRef", "#node", "$dynamicAnchor"),
            ("$recursiveRef", "#", "$comment"),
        ] {
            let tree = json!({"type": "object", mark: "node", "required": ["m"], "properties": {"m": {"type": "array", "items": {keyword: target}}}});
            let lowered = lowered(reference("A"), json!({"A": tree}));
            assert_eq!(member(&lowered)["items"], reference("A"), "{keyword}");
        }
    }

    #[test]
    fn a_reference_to_nowhere_accepts_anything_and_is_noted() {
        for nowhere in ["#/components/schemas/Gone", "other.yaml#/X", "", "#/"] {
            let lowered = lowered(reference("A"), json!({"A": of_a(nowhere)}));
            assert_eq!(member(&lowered), json!({}), "{nowhere}");
            let noted = &lowered.report.applied()[1];
            assert_eq!(noted.pointer, "/components/schemas/A/properties/m");
        }
    }

    #[test]
    fn another_name_gives_way_to_the_schema_and_a_circle_to_anything() {
        let b = json!({"type": "object", "properties": {"x": {"type": "boolean"}}});
        let schemas = json!({
            "A": of_a("#/components/schemas/Alias"), "Alias": reference("Second"), "Second": reference("B"), "B": b,
        });
        assert_eq!(member(&lowered(reference("A"), schemas)), reference("B"));
        let circle = json!({"A": of_a("#/components/schemas/Round"), "Round": reference("About"), "About": reference("Round")});
        let lowered = lowered(reference("A"), circle);
        assert_eq!(
            lowered.document["components"]["schemas"]["Round"],
            json!({})
        );
    }
}
