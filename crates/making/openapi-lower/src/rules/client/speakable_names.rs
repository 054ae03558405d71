//! Names that come out as one in Rust, or as none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::rules::naming::alternative_words::{is_by_name, of_type};
use crate::spelling::{free, pascal, snake};
use crate::{document, pointer, schema, wire};

pub(crate) const RULE: Rule = Rule {
    name: "speakable-names",
    statement: "Accepts any names of schemas, members and values; emits names that differ in Rust as well; on the wire, members and values keep theirs.",
    apply,
};

/// Names of Rust's prelude that a type of the same name would hide from the generated code.
const OF_PRELUDE: [&str; 5] = ["Ok", "Err", "Some", "None", "Default"];
fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    rename_schemas(document, scribe);
    document::each_schema_mut(document, &mut |at, schema| {
        members(schema, at, scribe);
        values(schema, at, scribe);
        variants(schema);
    });
}

fn rename_schemas(document: &mut Value, scribe: &mut Scribe<'_>) {
    let schemas = document::schemas_mut(document);
    let mut taken: BTreeSet<String> = OF_PRELUDE.iter().map(|&name| name.to_owned()).collect();
    let mut renamed = BTreeMap::new();
    // Names that are fine as they are keep themselves.
    let (fine, others): (Vec<String>, Vec<String>) = schemas
        .keys()
        .cloned()
        .partition(|name| pascal(name) == *name);
    for name in fine.into_iter().chain(others) {
        let rust = pascal(&name);
        let chosen = free(rust.clone(), "", &mut taken);
        // The generator makes a Rust name of any other; a slash or a percent sign is not found again by it.
        let speakable = name
            .chars()
            .all(|character| character.is_alphanumeric() || "_-. ".contains(character));
        if chosen != rust || !speakable || rust.starts_with('X') && !name.starts_with(['X', 'x']) {
            renamed.insert(name, chosen);
        }
    }
    if renamed.is_empty() {
        return;
    }
    for (name, chosen) in &renamed {
        scribe.note(
            &pointer::join("/components/schemas", name),
            format!("named {chosen}"),
        );
    }
    *schemas = std::mem::take(schemas)
        .into_iter()
        .map(|(name, schema)| (renamed.get(&name).cloned().unwrap_or(name), schema))
        .collect();
    let mut places = document::operation_schemas(document);
    places.push("/components/schemas".to_owned());
    for at in places {
        if let Some(place) = document.pointer_mut(&at) {
            follow(place, &renamed);
        }
    }
}

/// Makes every reference below `value` lead to the new names.
fn follow(value: &mut Value, renamed: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) = object.referred().and_then(|name| renamed.get(&name))
                && let Value::Object(reference) = document::reference_to(name)
            {
                object.extend(reference);
            }
            object.values_mut().for_each(|value| follow(value, renamed));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| follow(value, renamed)),
        _ => {}
    }
}

fn members(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let flattened = schema
        .get("additionalProperties")
        .is_some_and(Value::is_object);
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return;
    };
    let mut taken = BTreeSet::new();
    if flattened && !properties.is_empty() {
        // What the generator calls all the other members.
        taken.insert("extra".to_owned());
    }
    let listed = properties.keys().cloned();
    // A member that is required and not described becomes one as well.
    let unlisted = schema
        .required()
        .filter(|name| !properties.contains_key(*name))
        .map(str::to_owned);
    let mut names: Vec<String> = listed.chain(unlisted).collect();
    // Names that are the same in Rust keep themselves.
    names.sort_by_key(|name| snake(name) != *name);
    let mut renamed = BTreeMap::new();
    for name in names {
        let rust = snake(&name);
        let chosen = free(rust.clone(), "_", &mut taken);
        if chosen != rust {
            renamed.insert(name.clone(), wire::spoken(&chosen, &name));
            let at = pointer::join(&pointer::join(at, "properties"), &name);
            scribe.note(&at, format!("called {chosen} in Rust"));
        }
    }
    if renamed.is_empty() {
        return;
    }
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        *properties = std::mem::take(properties)
            .into_iter()
            .map(|(name, member)| (renamed.get(&name).cloned().unwrap_or(name), member))
            .collect();
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        for name in required {
            if let Some(spoken) = name.as_str().and_then(|name| renamed.get(name)) {
                *name = spoken.clone().into();
            }
        }
    }
}

fn values(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let texts = schema::kind(schema) == Some("string");
    let Some(Value::Array(values)) = schema.get_mut("enum") else {
        return;
    };
    if !texts {
        return;
    }
    let listed = values.len();
    let mut seen = BTreeSet::new();
    values.retain(|value| {
        value
            .as_str()
            .is_none_or(|value| seen.insert(value.to_owned()))
    });
    if values.len() < listed {
        scribe.note(at, "values that are listed twice are one value");
    }
    let mut order: Vec<&mut Value> = values.iter_mut().collect();
    order.sort_by_key(|value| value.as_str().is_some_and(|value| pascal(value) != *value));
    let mut taken = BTreeSet::new();
    for value in order {
        let Some(name) = value.as_str().map(str::to_owned) else {
            continue;
        };
        let rust = pascal(&name);
        let wanted = if name.is_empty() {
            "Empty".to_owned()
        } else {
            rust.clone()
        };
        let chosen = free(wanted, "", &mut taken);
        // The generator has words of its own for these two, in the case of members.
        if chosen != rust || matches!(name.as_str(), "+1" | "-1") {
            *value = wire::spoken(&chosen, &name).into();
            scribe.note(at, format!("the value {name:?} is called {chosen} in Rust"));
        }
    }
    // The values say it all, and a spoken one has another length.
    for keyword in ["pattern", "minLength", "maxLength"] {
        if let Some(value) = schema.remove(keyword) {
            scribe.note(
                at,
                format!("{keyword} {value} says nothing beside the values"),
            );
        }
    }
}

/// Titles of the members of a union that have no name differ, since the variants are called after them.
fn variants(schema: &mut Map<String, Value>) {
    let Some(Value::Array(members)) = schema.get_mut("oneOf") else {
        return;
    };
    let mut taken: BTreeSet<String> = members
        .iter()
        .filter_map(Keyed::referred)
        .map(|name| pascal(&name))
        .collect();
    for member in members.iter_mut().filter(|member| !is_by_name(member)) {
        let Some(member) = member.as_object_mut() else {
            continue;
        };
        if schema::reference(member).is_none() {
            let title = member.text("title").map(pascal);
            let title = title.filter(|title| !title.is_empty());
            let title = free(title.unwrap_or_else(|| of_type(member)), "", &mut taken);
            member.insert("title".to_owned(), title.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{pascal, snake};
    use crate::rules::testing::{answering, lower_request_schema, lowered};
    use crate::wire_names;

    /// The keys of an object with the names of the wire in them.
    fn values_of(schema: &Value) -> Vec<&str> {
        let values = schema["enum"].as_array().unwrap().iter();
        values.map(|value| value.as_str().unwrap()).collect()
    }

    fn keys(object: &Value) -> Vec<String> {
        let keys = object
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys());
        keys.map(|key| wire_names(key).into_owned()).collect()
    }

    #[test]
    fn members_that_differ_in_case_only_are_told_apart_and_keep_their_names_on_the_wire() {
        let flag = json!({"type": "boolean"});
        let lowered = lowered(
            json!({"/a": {"post": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": {"type": "object", "required": ["ID"], "properties": {"id": flag, "ID": flag, "Id": flag}}
            }}}}}}),
            json!({}),
        );
        let schema = &lowered.document["components"]["schemas"]["ARequest"];
        let rust: Vec<String> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(|key| snake(key))
            .collect();
        assert_eq!(
            rust.iter().collect::<std::collections::BTreeSet<_>>().len(),
            3,
            "{rust:?}"
        );
        assert_eq!(
            keys(&schema["properties"])
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            3
        );
        assert_eq!(wire_names(schema["required"][0].as_str().unwrap()), "ID");
    }

    #[test]
    fn values_that_differ_in_case_only_and_the_empty_one_are_told_apart() {
        let (schema, report) =
            lower_request_schema(json!({"type": "string", "enum": ["asc", "ASC", ""]}));
        let values = values_of(&schema);
        let rust: Vec<String> = values.iter().map(|value| pascal(value)).collect();
        assert_eq!(rust, ["Asc", "Asc2", "Empty"]);
        let wire: Vec<_> = values.iter().map(|value| wire_names(value)).collect();
        assert_eq!(wire, ["asc", "ASC", ""]);
        assert_eq!(report.counts()["speakable-names"], 2);
    }

    #[test]
    fn the_values_plus_one_and_minus_one_have_names_of_variants() {
        let (schema, report) =
            lower_request_schema(json!({"type": "string", "enum": ["+1", "-1", "up"]}));
        let values = values_of(&schema);
        // A spoken value begins with its name in Rust; the generator would call `+1` itself `plus1`.
        assert!(values[0].contains("Plus1") && values[1].contains("Minus1"));
        let wire: Vec<_> = values.iter().map(|value| wire_names(value)).collect();
        assert_eq!(wire, ["+1", "-1", "up"]);
        assert_eq!(report.counts()["speakable-names"], 2);
    }

    #[test]
    fn schemas_whose_names_are_one_in_rust_get_different_ones() {
        let object =
            |member: &str| json!({"type": "object", "properties": {member: {"type": "boolean"}}});
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let lowered = answering(
            json!({"type": "object", "properties": {"a": reference("refund_item"), "b": reference("RefundItem"), "c": reference("Ok")}}),
            json!({"refund_item": object("x"), "RefundItem": object("y"), "Ok": object("z")}),
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["RefundItem"], object("y"));
        assert_eq!(schemas["RefundItem2"], object("x"));
        assert_eq!(
            schemas["AResponse"]["properties"]["a"],
            reference("RefundItem2")
        );
        assert_eq!(schemas["AResponse"]["properties"]["c"], reference("Ok2"));
    }
}
