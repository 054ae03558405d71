//! Schemas that clients send as well, and that cannot be the same in answers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::absent_in_examples;
use super::answer_examples::{self, component};
use super::direction_only;
use super::mistyped_in_examples;
use super::null_in_examples;
use super::{Draft, Rule};
use crate::direction::{self, Directions};
use crate::discriminator;
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer, schema, spelling};

pub(crate) const RULE: Rule = Rule {
    name: "answer-copies",
    statement: "Accepts an example of an answer that lacks what a schema requires, or holds null or a value of another type for it, or a schema that requires what is writeOnly, where requests have the schema as well; emits a copy of it for answers (`NameOutput`), so that requests stay as strict as documented.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let directions = direction::of_components(document);
    let is_shared = |name: &str| {
        let both = |direction: &Directions| direction.sent && direction.received;
        directions.get(name).is_some_and(both)
    };
    let shared = |names: BTreeSet<String>| -> BTreeSet<String> {
        names.into_iter().filter(|name| is_shared(name)).collect()
    };
    let (contradicted, demanding) = (shared(contradicted(document)), shared(demanding(document)));
    let differing = contradicted.union(&demanding).cloned().collect();
    let copies = names_of_copies(document, referring(document, differing, &is_shared));
    if copies.is_empty() {
        return;
    }
    let schemas = document::schemas_mut(document);
    let mut copied: Vec<(String, Value)> = copies
        .iter()
        .filter_map(|(name, copy)| Some((copy.clone(), schemas.get(name)?.clone())))
        .collect();
    for (_, copy) in &mut copied {
        // They may be examples of what is sent.
        copy.as_object_mut().and_then(|copy| copy.remove("example"));
        schema::walk_mut(copy, "", &mut |_, schema| refer_to_copies(schema, &copies));
    }
    document::each_directed_schema_mut(document, &mut |_, direction, schema| {
        if direction == Directions::RECEIVED {
            refer_to_copies(schema, &copies);
        }
    });
    document::schemas_mut(document).extend(copied);
    for (name, copy) in &copies {
        facts.origins.insert(copy.clone(), name.clone());
        let why = if contradicted.contains(name) {
            "a documented answer contradicts it"
        } else if demanding.contains(name) {
            "it requires what is writeOnly"
        } else {
            "it holds a schema whose answers differ"
        };
        scribe.note(
            &pointer::join("/components/schemas", name),
            format!("{why}, and requests have it as well: answers have {copy}"),
        );
    }
}

/// The named schemas that do not take what a documented answer has there.
fn contradicted(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    answer_examples::each_place(document, &mut |at, schema, example| {
        let contradicts = absent_in_examples::absent(schema, example).any(|name| {
            let object = schema.as_object();
            !object.is_some_and(|schema| direction_only::is_write_only(document, schema, name))
        }) || mistyped_in_examples::mistyped_at(document, at, schema, example)
            .is_some()
            || null_in_examples::contradicts(document, at, schema, example);
        if contradicts {
            found.extend(component(at));
        }
    });
    found
}

/// The named schemas that require, themselves or within, what only requests have.
fn demanding(document: &Value) -> BTreeSet<String> {
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object).into_iter().flatten();
    let demands = |component: &Value| {
        let mut demands = false;
        schema::walk(component, &mut |schema| {
            let is_sent = |name: &str| direction_only::is_write_only(document, schema, name);
            demands |= schema.required().any(is_sent);
        });
        demands
    };
    components
        .filter(|(_, component)| demands(component))
        .map(|(name, _)| name.clone())
        .collect()
}

/// Those of the shared schemas that are, or hold, one of `differing`.
fn referring(
    document: &Value,
    differing: BTreeSet<String>,
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
    let mut queue: Vec<String> = differing.iter().cloned().collect();
    let mut found = differing;
    while let Some(name) = queue.pop() {
        for owner in referring.get(&name).into_iter().flatten() {
            if found.insert((*owner).to_owned()) {
                queue.push((*owner).to_owned());
            }
        }
    }
    found
}

/// The name of the copy of each schema, which is that of no other schema in Rust.
fn names_of_copies(document: &mut Value, names: BTreeSet<String>) -> BTreeMap<String, String> {
    let schemas = document::schemas_mut(document);
    let mut taken: BTreeSet<String> = schemas.keys().map(|name| spelling::pascal(name)).collect();
    let mut copies = BTreeMap::new();
    for name in names {
        let mut copy = format!("{name}Output");
        while schemas.contains_key(&copy) || !taken.insert(spelling::pascal(&copy)) {
            copy.push('2');
        }
        copies.insert(name, copy);
    }
    copies
}

/// Names the copies where `schema` refers to the originals.
fn refer_to_copies(schema: &mut Map<String, Value>, copies: &BTreeMap<String, String>) {
    if let Some(copy) = schema.referred().and_then(|name| copies.get(&name))
        && let Value::Object(reference) = document::reference_to(copy)
    {
        schema.extend(reference);
    }
    if !schema.contains_key("discriminator") {
        return;
    }
    // Members are visited after their union: what they refer to, and hold, is still the original.
    let members: BTreeSet<String> = ["oneOf", "anyOf"]
        .iter()
        .flat_map(|keyword| schema.list(keyword))
        .flat_map(direction::references)
        .collect();
    let members = members.iter().filter_map(|name| copies.get_key_value(name));
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
    use crate::rules::testing::reference;

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
        assert_eq!(schemas["ContactOutput"].get("required"), None);
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
                "/components/schemas/Vendor: it holds a schema whose answers differ, and requests have it as well: answers have VendorOutput",
            ]
        );
    }

    #[test]
    fn answers_get_a_copy_of_what_requires_members_that_only_requests_have() {
        let schemas = json!({
            "Vendor": {"type": "object", "properties": {"login": reference("Login")}},
            "Login": {"type": "object", "required": ["id", "name", "pin"], "properties": {
                "id": {"type": "string", "readOnly": true},
                "name": {"type": "string"},
                "pin": {"type": "string", "writeOnly": true}
            }}
        });
        let example = json!({"login": {"id": "1", "name": "n"}});
        let lowered = lower(&document(example, schemas)).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        let required = |name: &str| schemas[name]["required"].clone();
        assert_eq!(required("Login"), json!(["name", "pin"]));
        assert_eq!(required("LoginOutput"), json!(["id", "name"]));
        assert_eq!(
            schemas["VendorOutput"]["properties"]["login"],
            reference("LoginOutput")
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
        assert!(schemas["ContactOutput2"].get("required").is_none());
    }

    #[test]
    fn a_value_of_another_type_and_a_null_in_a_list_or_map_leave_requests_as_they_were() {
        for (example, schema) in [
            (json!(7), json!({"type": "string"})),
            (
                json!([null]),
                json!({"type": "array", "items": {"type": "string"}}),
            ),
            (
                json!({"a": null}),
                json!({"type": "object", "additionalProperties": {"type": "string"}}),
            ),
        ] {
            let schemas = json!({"Vendor": {"type": "object", "required": ["x"], "properties": {"x": schema}}});
            let lowered = lower(&document(json!({"x": example}), schemas)).unwrap();
            let schemas = &lowered.document["components"]["schemas"];
            let x = |name: &str| &schemas[name]["properties"]["x"];
            assert_eq!(x("Vendor"), &schema);
            assert_ne!(x("VendorOutput"), &schema);
        }
    }

    #[test]
    fn what_answers_need_not_hold_contradicts_nothing() {
        for (example, schema) in [
            (json!({"x": null}), json!({"description": "anything"})),
            (
                json!({"x": null}),
                json!({"allOf": [reference("Maybe")], "description": "d"}),
            ),
            (
                json!({"x": null}),
                json!({"oneOf": [{"type": "string"}, {"nullable": true}]}),
            ),
        ] {
            let schemas = json!({
                "Vendor": {"type": "object", "required": ["x"], "properties": {"x": schema}},
                "Maybe": {"type": "object", "nullable": true, "properties": {"a": {"type": "string"}}}
            });
            let lowered = lower(&document(example, schemas)).unwrap();
            let counts = lowered.report.counts();
            assert_eq!(counts.get("answer-copies"), None, "{schema}");
        }
    }

    #[test]
    fn an_example_of_a_schema_that_is_sent_says_nothing_of_the_copy() {
        let mut schemas = vendors();
        schemas["Vendor"]["required"] = json!(["name"]);
        schemas["Vendor"]["example"] = json!({"contacts": []});
        let example = json!({"name": "n", "contacts": [{}]});
        let lowered = lower(&document(example, schemas)).unwrap();
        assert_eq!(
            lowered.document["components"]["schemas"]["VendorOutput"]["required"],
            json!(["name"])
        );
    }

    #[test]
    fn a_name_in_rust_that_is_documented_is_not_taken() {
        let mut schemas = vendors();
        schemas["contact_output"] =
            json!({"type": "object", "properties": {"a": {"type": "string"}}});
        schemas["Vendor"]["properties"]["other"] = reference("contact_output");
        let lowered = lower(&document(json!({"contacts": [{}]}), schemas)).unwrap();
        let schemas = &lowered.document["components"]["schemas"];
        assert!(schemas.get("ContactOutput").is_none());
        assert!(schemas["ContactOutput2"].get("required").is_none());
    }

    /// The values of the union `Vendor`, which is sent, and of its copy.
    fn values(union: Value) -> [Vec<Vec<String>>; 2] {
        let kind = |other: &str| {
            json!({"type": "object", "required": ["kind", other], "properties": {
                "kind": {"type": "string"}, "street": {"type": "string"}, "age": {"type": "string"}
            }})
        };
        let schemas = json!({"Vendor": union, "Shop": kind("street"), "Person": kind("age"), "Bot": kind("kind")});
        let mut document = document(json!({}), schemas);
        for (path, name) in [("/shops", "Shop"), ("/people", "Person")] {
            document["paths"][path] = json!({"get": {"operationId": name, "responses": {"200": {"description": "", "content": {
                "application/json": {"schema": reference(name), "example": {"kind": "x"}}
            }}}}});
        }
        let lowered = lower(&document).unwrap();
        ["Vendor", "VendorOutput"].map(|name| {
            let told_apart_by = lowered.plan.types[name].told_apart_by.as_ref();
            told_apart_by.unwrap().values.clone()
        })
    }

    #[test]
    fn a_discriminator_tells_the_copies_apart_by_the_values_of_the_originals() {
        let discriminator =
            json!({"propertyName": "kind", "mapping": {"human": "#/components/schemas/Person"}});
        let described = |name: &str| json!({"allOf": [reference(name)], "description": "d"});
        let both = [json!(["Shop"]), json!(["human"])];
        let three = [json!(["Shop"]), json!(["human"]), json!(["Bot"])];
        for (members, expected) in [
            (json!([reference("Shop"), reference("Person")]), &both[..]),
            (json!([described("Shop"), described("Person")]), &both[..]),
            (
                json!([{"oneOf": [reference("Shop"), reference("Person")]}, reference("Bot")]),
                &three[..],
            ),
        ] {
            let [sent, received] =
                values(json!({"oneOf": members, "discriminator": discriminator}));
            assert_eq!(json!(sent), json!(expected), "{members}");
            assert_eq!(json!(received), json!(expected), "{members}");
        }
    }
}
