//! How parameters are written, and what they are called in Rust.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Rule;
use super::names::deserves_a_name;
use super::parameters::in_template;
use super::speakable_names::{free, pascal, snake};
use crate::report::Scribe;
use crate::{LowerError, document, pointer, reference, rust_type, schema, shape, wire};

pub(super) const RULE: Rule = Rule {
    name: "parameter-styles",
    statement: "Accepts parameters of every style, and names that are one in Rust; emits texts, numbers and lists in progenitor's styles, and wire types for the other styles.",
    apply,
};

/// Names that the generated code uses beside the parameters.
const OF_CODE: [&str; 8] = [
    "body",
    "body_map",
    "encode_path",
    "header_map",
    "info",
    "new",
    "send",
    "stream",
];

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    distinguish_in_paths(document, scribe);
    let mut places = Vec::new();
    document::each_operation_mut(document, &mut |at, operation| {
        if operation.contains_key("parameters") {
            let id = operation.get("operationId").and_then(Value::as_str);
            places.push((at.to_owned(), pascal(id.unwrap_or(at))));
        }
    });
    for (at, operation) in places {
        let list = document
            .pointer_mut(&pointer::join(&at, "parameters"))
            .map(Value::take);
        let Some(Value::Array(list)) = list else {
            continue;
        };
        let mut styled = Vec::new();
        for parameter in list {
            style(document, parameter, &at, &operation, &mut styled, scribe);
        }
        distinguish(&mut styled, &at, scribe);
        if let Some(place) = document.pointer_mut(&pointer::join(&at, "parameters")) {
            *place = Value::Array(styled);
        }
    }
    Ok(())
}

/// What the values of a schema are, as far as writing them goes.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Scalar,
    List,
    Object,
    /// Nothing, or several things.
    Mixed,
}

/// The schema behind references, alone or in an `allOf`.
fn bare<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = reference::followed(document, schema);
    // No further than any document means it: one that is only in itself has no end.
    for _ in 0..64 {
        let Some([only]) = schema["allOf"].as_array().map(Vec::as_slice) else {
            break;
        };
        schema = reference::followed(document, only);
    }
    schema
}

fn shape_of(document: &Value, schema: &Value) -> Shape {
    let Some(object) = bare(document, schema).as_object() else {
        return Shape::Mixed;
    };
    if rust_type::is_runtime_type(object) {
        return Shape::Scalar;
    }
    let members = |keyword: &str| object.get(keyword).and_then(Value::as_array);
    if let Some(members) = members("oneOf").or_else(|| members("anyOf")) {
        let scalars = members
            .iter()
            .all(|member| member["$ref"].is_null() && shape_of(document, member) == Shape::Scalar);
        return if scalars { Shape::Scalar } else { Shape::Mixed };
    }
    match object.get("type").and_then(Value::as_str) {
        Some("array") => Shape::List,
        Some("object") => Shape::Object,
        Some(_) => Shape::Scalar,
        None if object.contains_key("properties") => Shape::Object,
        None => Shape::Mixed,
    }
}

fn is_union(document: &Value, schema: &Value) -> bool {
    let schema = bare(document, schema);
    schema["oneOf"].is_array() || schema["anyOf"].is_array()
}

/// The lists and the scalars of a union that has nothing else.
fn lists_and_scalars<'a>(
    document: &'a Value,
    schema: &'a Value,
) -> Option<(Vec<&'a Value>, Vec<&'a Value>)> {
    let schema = reference::followed(document, schema);
    let members = schema["oneOf"].as_array().or(schema["anyOf"].as_array())?;
    let of_scalars = |list: &&Value| {
        let items = &reference::followed(document, list)["items"];
        shape_of(document, items) == Shape::Scalar
    };
    let (lists, scalars): (Vec<&Value>, Vec<&Value>) = members
        .iter()
        .partition(|member| shape_of(document, member) == Shape::List);
    let only = lists.iter().all(of_scalars)
        && scalars
            .iter()
            .all(|member| shape_of(document, member) == Shape::Scalar);
    (only && !lists.is_empty()).then_some((lists, scalars))
}

/// The list that stands for a union of one value and a list of such values: where there is one value, both
/// are the same on the wire.
fn one_or_many(document: &Value, schema: &Value) -> Option<Value> {
    let (lists, scalars) = lists_and_scalars(document, schema)?;
    let [list] = lists.as_slice() else {
        return None;
    };
    let items = &reference::followed(document, list)["items"];
    let is_text = |schema: &Value| reference::followed(document, schema)["type"] == "string";
    if scalars.iter().all(|one| shape::same(document, one, items)) {
        Some(json!({"type": "array", "items": items}))
    } else if is_text(items) && scalars.iter().all(|one| is_text(one)) {
        Some(json!({"type": "array", "items": {"type": "string"}}))
    } else {
        None
    }
}

fn style(
    document: &mut Value,
    mut parameter: Value,
    at: &str,
    operation: &str,
    styled: &mut Vec<Value>,
    scribe: &mut Scribe<'_>,
) {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let place = parameter["in"].as_str().unwrap_or_default().to_owned();
    let Some(object) = parameter.as_object_mut() else {
        return;
    };
    let style = match object.remove("style") {
        Some(Value::String(style)) => style,
        _ => String::new(),
    };
    let explode = object.remove("explode").and_then(|value| value.as_bool());
    object.retain(|member, _| {
        ["name", "in", "required", "description", "schema"].contains(&member.as_str())
    });
    let at = pointer::join(at, "parameters");
    // A parameter is there or not: it is never null.
    let mut schema = object.remove("schema").unwrap_or_else(|| json!({}));
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("nullable");
        schema.remove("default");
    }
    if style != "deepObject"
        && let Some(list) = one_or_many(document, &schema)
    {
        scribe.note(
            &at,
            format!(
                "{name:?} in {place} is one value or a list of them: a list, which may have one"
            ),
        );
        schema = list;
    }
    let shape = shape_of(document, &schema);
    let mut wrapped = |document: &mut Value, wrapper: &str, inner: Value, suffix: &str| {
        scribe.note(&at, format!("{name:?} in {place} is sent as {wrapper}"));
        let inner = argument(
            document,
            inner,
            &format!("{operation}{}{suffix}", pascal(&name)),
        );
        json!({rust_type::EXTENSION: rust_type::extension(wrapper, vec![inner])})
    };
    let schema = match (place.as_str(), shape) {
        ("query", Shape::Object) if style != "deepObject" && explode != Some(false) => {
            if let Some(members) = members(document, &schema, &parameter) {
                scribe.note(
                    &at,
                    format!("each member of {name:?} is a query parameter of its own"),
                );
                styled.extend(members);
                return;
            }
            wrapped(document, "ExplodedObject", schema, "")
        }
        ("query" | "path" | "header", Shape::Object)
            if matches!(style.as_str(), "" | "form" | "simple")
                && explode != Some(true)
                && members(document, &schema, &parameter).is_some() =>
        {
            wrapped(document, "FlatObject", schema, "")
        }
        ("query", Shape::Scalar) if style != "deepObject" => schema,
        ("query", Shape::List) => {
            let items = reference::followed(document, &schema)["items"].clone();
            let of_scalars = shape_of(document, &items) == Shape::Scalar;
            match (style.as_str(), of_scalars, explode) {
                ("deepObject", ..) | (_, false, _) => wrapped(document, "DeepObject", schema, ""),
                ("spaceDelimited", _, None | Some(false)) => {
                    wrapped(document, "SpaceSeparated", items, "Item")
                }
                ("pipeDelimited", _, None | Some(false)) => {
                    wrapped(document, "PipeSeparated", items, "Item")
                }
                (_, _, Some(false)) => wrapped(document, "CommaSeparated", items, "Item"),
                _ => schema,
            }
        }
        ("query", Shape::Mixed)
            if style != "deepObject"
                && explode != Some(false)
                && lists_and_scalars(document, &schema).is_some() =>
        {
            schema
        }
        ("query", _) => wrapped(document, "DeepObject", schema, ""),
        // Types of several scalars have no text of their own.
        (_, Shape::Scalar) if !is_union(document, &schema) => schema,
        (_, Shape::List) => {
            let items = reference::followed(document, &schema)["items"].clone();
            wrapped(document, "CommaSeparated", items, "Item")
        }
        _ => {
            scribe.note(
                &at,
                format!("{name:?} in {place} is given as the text that is sent"),
            );
            json!({"type": "string"})
        }
    };
    let schema = named(document, schema, &format!("{operation}{}", pascal(&name)));
    parameter["schema"] = schema;
    if place == "path" {
        before_the_value(&mut parameter, &style);
    }
    styled.push(parameter);
}

/// What a path has before the value in the styles `label` and `matrix` is described, since the caller
/// gives it with the value.
fn before_the_value(parameter: &mut Value, style: &str) {
    let name = parameter["name"].as_str().unwrap_or_default();
    let before = match style {
        "label" => ".".to_owned(),
        "matrix" => format!(";{name}="),
        _ => return,
    };
    let told = parameter["description"].as_str().unwrap_or_default();
    let told = format!("{told}\n\nSent as it is given: begin it with `{before}`.");
    parameter["description"] = told.trim_start().into();
    parameter["schema"] = json!({"type": "string"});
}

/// `schema` as the argument of a wire type, where the generator has no name for a type of its own.
fn argument(document: &mut Value, schema: Value, name: &str) -> Value {
    let Value::Object(mut object) = schema else {
        return json!({});
    };
    if object.contains_key("$ref") || rust_type::is_runtime_type(&object) {
        return Value::Object(object);
    }
    object.retain(|keyword, _| !schema::is_annotation(keyword));
    if schema::kind(&object) == Some("array") {
        let items = object.remove("items").unwrap_or_else(|| json!({}));
        let items = argument(document, items, &format!("{name}Item"));
        return json!({"type": "array", "items": items});
    }
    let plain = |keyword: &String| keyword == "type" || keyword == "format";
    if object.keys().all(plain) && schema::kind(&object) != Some("object") {
        return Value::Object(object);
    }
    let name = document::add_component(document, name, Value::Object(object));
    document::reference_to(&name)
}

/// A reference to `schema` under `name` if it is a type of its own.
fn named(document: &mut Value, schema: Value, name: &str) -> Value {
    if deserves_a_name(&schema) {
        let name = document::add_component(document, name, schema);
        document::reference_to(&name)
    } else {
        schema
    }
}

/// The members of an object that are all that it can have, as parameters.
fn members(document: &Value, schema: &Value, parameter: &Value) -> Option<Vec<Value>> {
    let object = reference::followed(document, schema);
    let properties = object["properties"]
        .as_object()
        .filter(|all| !all.is_empty())?;
    if object["additionalProperties"].is_object() {
        return None;
    }
    let required = object["required"].as_array();
    let is_required = |name: &str| {
        parameter["required"] == true
            && required.is_some_and(|names| names.iter().any(|required| required == name))
    };
    let scalar = |member: &Value| shape_of(document, member) == Shape::Scalar;
    if !properties.values().all(scalar) {
        return None;
    }
    let members = properties.iter().map(|(name, member)| {
        let mut one = Map::new();
        one.insert("name".to_owned(), name.clone().into());
        one.insert("in".to_owned(), "query".into());
        one.insert("required".to_owned(), is_required(name).into());
        if let Some(description) = member.get("description").filter(|text| text.is_string()) {
            one.insert("description".to_owned(), description.clone());
        }
        let mut schema = member.clone();
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("nullable");
        }
        one.insert("schema".to_owned(), schema);
        Value::Object(one)
    });
    Some(members.collect())
}

/// Gives parameters whose names are one in Rust, or taken there, names that are not; they are sent under
/// their own.
fn distinguish(list: &mut [Value], at: &str, scribe: &mut Scribe<'_>) {
    let mut taken: BTreeSet<String> = OF_CODE.iter().map(|&name| name.to_owned()).collect();
    let mut order: Vec<&mut Value> = list.iter_mut().collect();
    order.sort_by_key(|parameter| match parameter["in"].as_str() {
        Some("path") => 0,
        Some("query") => 1,
        _ => 2,
    });
    for parameter in order {
        let name = parameter["name"].as_str().unwrap_or_default().to_owned();
        let place = parameter["in"].as_str().unwrap_or_default().to_owned();
        let rust = snake(&name);
        if place == "path" {
            // These were told apart with the path itself.
            taken.insert(rust);
            continue;
        }
        let chosen = free(wanted(&rust, &place, &taken), "_", &mut taken);
        if chosen != rust {
            scribe.note(
                &pointer::join(at, "parameters"),
                format!("{name:?} in {place} is called {chosen} in Rust"),
            );
            parameter["name"] = wire::spoken(&chosen, &name).into();
        }
    }
}

fn wanted(rust: &str, place: &str, taken: &BTreeSet<String>) -> String {
    if taken.contains(rust) {
        format!("{}_{place}", rust.trim_end_matches('_'))
    } else {
        rust.to_owned()
    }
}

/// The same for the names in paths, which the path and every operation of it have to agree on.
fn distinguish_in_paths(document: &mut Value, scribe: &mut Scribe<'_>) {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, mut item) in std::mem::take(paths) {
        let mut taken: BTreeSet<String> = OF_CODE.iter().map(|&name| name.to_owned()).collect();
        let mut renamed = path.clone();
        let mut known = BTreeSet::new();
        for name in in_template(&path) {
            let rust = snake(&name);
            // A name that stands in the path twice is one parameter.
            if !known.insert(name.clone()) {
                continue;
            }
            let chosen = free(wanted(&rust, "path", &taken), "_", &mut taken);
            if chosen != rust {
                let spoken = wire::spoken(&chosen, &wire::wire_names(&name));
                renamed = renamed.replace(&format!("{{{name}}}"), &format!("{{{spoken}}}"));
                rename(&mut item, &name, &spoken);
                scribe.note(
                    &pointer::join("/paths", &path),
                    format!("{name:?} in the path is called {chosen} in Rust"),
                );
            }
        }
        paths.insert(renamed, item);
    }
}

fn rename(item: &mut Value, name: &str, spoken: &str) {
    let operations = item.as_object_mut().into_iter().flat_map(Map::values_mut);
    for operation in operations {
        let list = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in list.into_iter().flatten() {
            if parameter["name"] == name && parameter["in"] == "path" {
                parameter["name"] = spoken.into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn parameters(path: &str, parameters: Value) -> Vec<Value> {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {path: {"get": {"operationId": "find", "parameters": parameters, "responses": {"204": {"description": ""}}}}}
        }))
        .unwrap();
        let paths = lowered.document["paths"].as_object().unwrap();
        let operation = &paths.values().next().unwrap()["get"];
        operation["parameters"].as_array().unwrap().clone()
    }

    fn wrapper(schema: &Value) -> &str {
        schema["x-rust-type"]["path"].as_str().unwrap_or_default()
    }

    #[test]
    fn lists_are_repeated_or_separated_as_their_style_says() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        for (style, explode, expected) in [
            ("form", true, ""),
            ("form", false, "provider_runtime::CommaSeparated"),
            ("pipeDelimited", false, "provider_runtime::PipeSeparated"),
            ("spaceDelimited", false, "provider_runtime::SpaceSeparated"),
            ("deepObject", true, "provider_runtime::DeepObject"),
        ] {
            let found = parameters(
                "/a",
                json!([{"name": "p", "in": "query", "style": style, "explode": explode, "schema": list}]),
            );
            assert_eq!(wrapper(&found[0]["schema"]), expected, "{style} {explode}");
            assert!(found[0].get("style").is_none());
        }
    }

    #[test]
    fn one_value_or_a_list_of_them_is_a_list_in_its_style() {
        let text = json!({"type": "string"});
        let list = json!({"type": "array", "items": text});
        let union = json!({"anyOf": [text, list]});
        let found = parameters(
            "/a",
            json!([
                {"name": "p", "in": "query", "schema": union},
                {"name": "q", "in": "query", "explode": false, "schema": union},
                {"name": "r", "in": "query", "schema": {"oneOf": [{"type": "boolean"}, list]}}
            ]),
        );
        assert_eq!(found[0]["schema"], list);
        assert_eq!(
            wrapper(&found[1]["schema"]),
            "provider_runtime::CommaSeparated"
        );
        // Written once or again and again, as the value says.
        assert_eq!(wrapper(&found[2]["schema"]), "");
    }

    #[test]
    fn one_of_several_scalars_is_a_text_in_a_path_and_a_header() {
        let union = json!({"oneOf": [{"type": "number"}, {"type": "boolean"}]});
        let found = parameters(
            "/a/{p}",
            json!([
                {"name": "p", "in": "path", "schema": union},
                {"name": "X-H", "in": "header", "schema": union},
                {"name": "q", "in": "query", "schema": union}
            ]),
        );
        let schemas: Vec<_> = found.iter().map(|parameter| &parameter["schema"]).collect();
        let text = json!({"type": "string"});
        assert_eq!(schemas[..2], [&text, &text]);
        assert_ne!(*schemas[2], text);
    }

    #[test]
    fn what_a_wire_type_is_about_has_a_name_unless_it_is_plain() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {
                "operationId": "find", "responses": {"204": {"description": ""}},
                "parameters": [{"name": "p", "in": "query", "style": "deepObject", "schema": {
                    "type": "array", "minItems": 1, "items": {"type": "string", "maxLength": 5000}
                }}]
            }}}
        }))
        .unwrap();
        let parameter = &lowered.document["paths"]["/a"]["get"]["parameters"][0];
        assert_eq!(
            parameter["schema"]["x-rust-type"]["parameters"],
            json!([{"type": "array", "items": {"$ref": "#/components/schemas/FindPItem"}}])
        );
        // It is reached through the list inside the wire type alone.
        assert_eq!(
            lowered.document["components"]["schemas"]["FindPItem"],
            json!({"type": "string", "maxLength": 5000})
        );
    }

    #[test]
    fn a_list_in_a_header_is_separated_by_commas_and_an_object_is_a_text() {
        let found = parameters(
            "/a",
            json!([
                {"name": "X-List", "in": "header", "schema": {"type": "array", "items": {"type": "integer", "format": "int32"}}},
                {"name": "X-Object", "in": "header", "schema": {"type": "object"}}
            ]),
        );
        assert_eq!(
            wrapper(&found[0]["schema"]),
            "provider_runtime::CommaSeparated"
        );
        assert_eq!(found[1]["schema"], json!({"type": "string"}));
    }

    #[test]
    fn members_of_an_object_are_parameters_of_their_own_unless_its_style_is_deep() {
        let object = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}});
        let found = parameters(
            "/a",
            json!([{"name": "p", "in": "query", "required": true, "schema": object}]),
        );
        assert_eq!(
            found,
            [
                json!({"name": "a", "in": "query", "required": true, "schema": {"type": "string"}}),
                json!({"name": "b", "in": "query", "required": false, "schema": {"type": "boolean"}})
            ]
        );
        let found = parameters(
            "/a",
            json!([{"name": "p", "in": "query", "style": "deepObject", "schema": object}]),
        );
        assert_eq!(
            found[0]["schema"]["x-rust-type"]["parameters"],
            json!([{"$ref": "#/components/schemas/FindP"}])
        );
    }

    #[test]
    fn names_that_are_one_in_rust_are_called_after_their_places() {
        let text = json!({"type": "string"});
        let found = parameters(
            "/a/{id}/{ID}",
            json!([
                {"name": "id", "in": "path", "required": true, "schema": text},
                {"name": "ID", "in": "path", "required": true, "schema": text},
                {"name": "id", "in": "query", "schema": text},
                {"name": "send", "in": "query", "schema": text}
            ]),
        );
        let names: Vec<_> = found
            .iter()
            .map(|parameter| super::snake(parameter["name"].as_str().unwrap()))
            .collect();
        assert_eq!(names, ["id", "id_path", "id_query", "send_query"]);
        let wire: Vec<_> = found
            .iter()
            .map(|parameter| crate::wire_names(parameter["name"].as_str().unwrap()).into_owned())
            .collect();
        assert_eq!(wire, ["id", "ID", "id", "send"]);
    }
}
