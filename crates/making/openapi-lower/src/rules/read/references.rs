//! References between schemas: each leads to one that has a name, and is no reference itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use openapi_model::schema::is_annotation;
use openapi_model::{At, Model, Schema, names};
use serde_json::{Map, Value};

use crate::report::Scribe;
use crate::rules::naming::names::pascal;
use crate::{document, pointer, schema};

/// The names of schemas, those that are given to what is referred to and has none among them.
pub(super) struct Names<'m> {
    taken: BTreeSet<String>,
    /// By the schemas that they are of.
    given: BTreeMap<usize, String>,
    /// Those that are still to be written.
    pub(super) open: VecDeque<(String, At<'m, Schema<'m>>)>,
}

impl<'m> Names<'m> {
    pub(super) fn of(model: &'m Model<'m>) -> Self {
        let named = model.root().said().schemas.iter();
        Self {
            taken: named.map(|(name, _)| (*name).to_owned()).collect(),
            given: BTreeMap::new(),
            open: VecDeque::new(),
        }
    }

    /// A reference to a schema, by the name that it has, or has from now on.
    pub(super) fn reference(&mut self, to: At<'m, Schema<'m>>, scribe: &mut Scribe<'_>) -> Value {
        let to = alias(to).unwrap_or(to);
        if let Some(name) = to.name() {
            return document::reference_to(name);
        }
        if let Some(name) = self.given.get(&to.id().index()) {
            return document::reference_to(name);
        }
        let at = to.pointer();
        let name = names::free(&name_of(&at), "", |name| self.taken.contains(name));
        scribe.note(&at, format!("is referred to: named {name}"));
        self.taken.insert(name.clone());
        self.given.insert(to.id().index(), name.clone());
        self.open.push_back((name.clone(), to));
        document::reference_to(&name)
    }
}

/// Whether a schema says nothing but what it refers to.
pub(super) fn is_only_reference(schema: At<'_, Schema<'_>>) -> bool {
    let says_nothing =
        |key: &String| key == "$ref" || is_annotation(key) || schema::is_annotation(key);
    let mut keys = schema.raw().as_object().into_iter().flat_map(Map::keys);
    schema.reference.is_some() && keys.all(says_nothing)
}

/// The schema that another one is only another name of; nothing for one that has its own, or is in a circle.
pub(super) fn alias<'m>(schema: At<'m, Schema<'m>>) -> Option<At<'m, Schema<'m>>> {
    let next = |schema: &At<'m, Schema<'m>>| schema.target().filter(|_| is_only_reference(*schema));
    let mut chain = std::iter::successors(next(&schema), next);
    let end = chain
        .by_ref()
        .take(openapi_model::reference::LONGEST_CHAIN)
        .last()?;
    chain.next().is_none().then_some(end)
}

/// A name for what stands at `pointer`, after the last names on the way there.
fn name_of(pointer: &str) -> String {
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
    let tokens = pointer::tokens(pointer).map(|token| token.replace(['/', '~'], " "));
    let tokens = tokens.filter(|token| {
        !OF_STRUCTURE.contains(&token.as_str()) && !token.starts_with("application")
    });
    let tokens: Vec<String> = tokens.collect();
    let last = &tokens[tokens.len().saturating_sub(3)..];
    let name: String = last.iter().map(|token| pascal(token)).collect();
    match name.is_empty() {
        true => "Schema".to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::reference;
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
            let noted = &lowered.report.applied()[0];
            assert_eq!(noted.pointer, "/components/schemas/A/properties/m/$ref");
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
