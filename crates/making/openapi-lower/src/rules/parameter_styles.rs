//! How parameters are written.

use serde_json::{Map, Value, json};

use super::Rule;
use super::names::deserves_a_name;
use super::parameter_names::{distinguish, distinguish_in_paths};
use super::speakable_names::pascal;
use crate::report::Scribe;
use crate::{LowerError, document, pointer, reference, rust_type, schema, shape};

pub(super) const RULE: Rule = Rule {
    name: "parameter-styles",
    statement: "Accepts parameters of every style, and names that are one in Rust; emits their types, with x-style where they are not one text, a number, or a repeated text of the query; cookies are headers with that mark.",
    apply,
};

/// How a parameter is written, where not by itself.
pub(crate) const EXTENSION: &str = "x-style";

/// What the generator takes for the type of an object.
const WRAPPER: &str = "Parameter";

/// The value of [`EXTENSION`].
pub(super) fn mark(style: &str, explode: bool, allow_reserved: bool) -> Value {
    let mut mark = json!({"style": style});
    for (member, flag) in [("explode", explode), ("allowReserved", allow_reserved)] {
        if flag {
            mark[member] = true.into();
        }
    }
    mark
}

/// What a parameter or an encoding says of how it is written.
pub(super) struct Style {
    pub(super) name: &'static str,
    pub(super) explode: bool,
    pub(super) allow_reserved: bool,
}

impl Style {
    /// What `owner` says, with the defaults of its place (OpenAPI, Parameter Object). A style that the place does not
    /// have says nothing, and separators have nothing to separate where each value is by itself.
    pub(super) fn read(owner: &Value, place: &str) -> Self {
        let has: &[&'static str] = match place {
            "path" => &["simple", "label", "matrix"],
            "header" => &["simple"],
            "cookie" => &["form", "cookie"],
            _ => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        };
        let found = has.iter().find(|style| owner["style"] == **style);
        let mut name = found.or(has.first()).copied().unwrap_or_default();
        let explode = owner["explode"].as_bool();
        let explode = explode.unwrap_or_else(|| ["form", "cookie"].contains(&name));
        if name.ends_with("Delimited") && explode {
            name = "form";
        }
        Self {
            name,
            explode: explode && name != "deepObject",
            allow_reserved: place == "query" && owner["allowReserved"] == true,
        }
    }
}

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
        for parameter in styled
            .iter_mut()
            .filter(|parameter| parameter["in"] == "cookie")
        {
            parameter["in"] = "header".into();
        }
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

/// Whether every value is a text, a list of texts or an object with texts, for which each style has a form.
fn is_flat(document: &Value, schema: &Value, depth: usize) -> bool {
    let schema = bare(document, schema);
    let is_text = |inner: &Value| !matches!(shape_of(document, inner), Shape::List | Shape::Object);
    match shape_of(document, schema) {
        Shape::Scalar => true,
        Shape::List => is_text(reference::followed(document, &schema["items"])),
        Shape::Object => {
            let properties = schema["properties"].as_object();
            let mut members = properties.into_iter().flat_map(Map::values);
            members.all(is_text) && is_text(&schema["additionalProperties"])
        }
        Shape::Mixed => {
            let forms = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
            // Alternatives within themselves have no end.
            depth < 8
                && forms.is_some_and(|forms| {
                    forms.iter().all(|form| is_flat(document, form, depth + 1))
                })
        }
    }
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
    let is_json = object
        .get(EXTENSION)
        .is_some_and(|mark| mark["style"] == "json");
    let documented = object.get("style").cloned().unwrap_or_default();
    let mut style = Style::read(&Value::Object(object.clone()), &place);
    let Some(object) = parameter.as_object_mut() else {
        return;
    };
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
    if style.name != "deepObject"
        && !is_json
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
    let is_flat = is_flat(document, &schema, 0);
    if is_json {
        style.name = "json";
        style.explode = false;
    } else if place == "query" {
        if shape == Shape::Object
            && style.explode
            && let Some(members) = members(document, &schema, &parameter, &style)
        {
            scribe.note(
                &at,
                format!("each member of {name:?} is a query parameter of its own"),
            );
            styled.extend(members);
            return;
        }
        // What has no form in the others.
        if !is_flat && (shape == Shape::List || shape == Shape::Object && !style.explode) {
            style = Style {
                name: "deepObject",
                explode: false,
                ..style
            };
        }
    } else if !is_flat {
        scribe.note(
            &at,
            format!("{name:?} in {place} is given as the text that is sent"),
        );
        schema = json!({"type": "string"});
    }
    if documented.is_string() && documented != style.name && !is_json {
        scribe.note(
            &at,
            format!(
                "{name:?} in {place} has no form in the style {documented}: {}",
                style.name
            ),
        );
    }
    let is_plain = match place.as_str() {
        "path" | "header" => {
            style.name == "simple"
                && shape_of(document, &schema) == Shape::Scalar
                && !is_union(document, &schema)
        }
        "query" => {
            !style.allow_reserved
                && match shape {
                    Shape::Scalar => style.name != "json",
                    _ => style.name == "form" && style.explode,
                }
        }
        _ => false,
    };
    parameter["schema"] = typed(document, schema, &format!("{operation}{}", pascal(&name)));
    if !is_plain {
        let mut mark = mark(style.name, style.explode, style.allow_reserved);
        scribe.note(
            &at,
            format!("{name:?} in {place} is written as {}", told(&style)),
        );
        if place == "cookie" {
            mark["in"] = "cookie".into();
        }
        parameter[EXTENSION] = mark;
    }
    styled.push(parameter);
}

/// A style for the report.
fn told(style: &Style) -> String {
    let exploded = if style.explode { ", exploded" } else { "" };
    let reserved = if style.allow_reserved {
        ", with reserved characters as they are"
    } else {
        ""
    };
    format!("{}{exploded}{reserved}", style.name)
}

/// The type of a parameter. A struct is within [`WRAPPER`], since the generator has no optional one elsewhere; its
/// finishing takes it out again.
fn typed(document: &mut Value, schema: Value, name: &str) -> Value {
    let found = bare(document, &schema);
    if shape_of(document, &schema) != Shape::Object || found.get("properties").is_none() {
        return named(document, schema, name);
    }
    let reference = match schema {
        Value::Object(mut object) if !object.contains_key("$ref") => {
            object.retain(|keyword, _| !schema::is_annotation(keyword));
            document::reference_to(&document::add_component(
                document,
                name,
                Value::Object(object),
            ))
        }
        reference => reference,
    };
    json!({rust_type::EXTENSION: rust_type::extension(WRAPPER, vec![reference])})
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
fn members(
    document: &Value,
    schema: &Value,
    parameter: &Value,
    style: &Style,
) -> Option<Vec<Value>> {
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
        if style.allow_reserved {
            one.insert(EXTENSION.to_owned(), mark(style.name, true, true));
        }
        Value::Object(one)
    });
    Some(members.collect())
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

    #[test]
    fn a_style_is_marked_where_a_value_is_not_written_by_itself() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let text = json!({"type": "string"});
        let nested = json!({"type": "array", "items": list});
        let style = |name: &str| json!({"style": name});
        for (place, style, schema, expected) in [
            ("query", json!({}), &list, Value::Null),
            ("query", json!({"explode": false}), &list, style("form")),
            ("query", json!({"explode": false}), &text, Value::Null),
            (
                "query",
                json!({"allowReserved": true}),
                &text,
                json!({"style": "form", "explode": true, "allowReserved": true}),
            ),
            (
                "query",
                style("pipeDelimited"),
                &list,
                style("pipeDelimited"),
            ),
            ("query", style("pipeDelimited"), &text, Value::Null),
            (
                "query",
                json!({"style": "spaceDelimited", "explode": true}),
                &list,
                Value::Null,
            ),
            ("query", style("deepObject"), &list, style("deepObject")),
            ("query", json!({}), &nested, style("deepObject")),
            ("query", style("matrix"), &list, Value::Null),
            ("path", json!({}), &text, Value::Null),
            ("path", json!({}), &list, style("simple")),
            (
                "path",
                json!({"style": "label", "explode": true}),
                &text,
                json!({"style": "label", "explode": true}),
            ),
            ("header", json!({"style": "form"}), &list, style("simple")),
            (
                "cookie",
                json!({}),
                &text,
                json!({"style": "form", "explode": true, "in": "cookie"}),
            ),
            (
                "cookie",
                json!({"style": "cookie", "allowReserved": true}),
                &list,
                json!({"style": "cookie", "explode": true, "in": "cookie"}),
            ),
        ] {
            let mut parameter = style.clone();
            parameter["name"] = "p".into();
            parameter["in"] = place.into();
            parameter["schema"] = schema.clone();
            let path = if place == "path" { "/a/{p}" } else { "/a" };
            let found = &parameters(path, json!([parameter]))[0];
            let mark = found.get("x-style").cloned().unwrap_or_default();
            assert_eq!(mark, expected, "{place} {style} {schema}");
            assert!(found.get("style").is_none() && found["in"] != "cookie");
            assert_eq!(found["schema"]["type"], schema["type"]);
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
        assert_eq!(found[1]["schema"], list);
        assert_eq!(found[1]["x-style"], json!({"style": "form"}));
        // Written once or again and again, as the value says.
        assert_eq!(found[2].get("x-style"), None);
    }

    #[test]
    fn one_of_several_scalars_has_its_type_wherever_it_is() {
        let union = json!({"oneOf": [{"type": "number"}, {"type": "boolean"}]});
        let found = parameters(
            "/a/{p}",
            json!([
                {"name": "p", "in": "path", "schema": union},
                {"name": "X-H", "in": "header", "schema": union},
                {"name": "q", "in": "query", "schema": union}
            ]),
        );
        let styles: Vec<_> = found.iter().map(|found| found.get("x-style")).collect();
        // It has no text of its own: the style says how it is written.
        let simple = json!({"style": "simple"});
        assert_eq!(styles, [Some(&simple), Some(&simple), None]);
        assert!(
            found
                .iter()
                .all(|found| found["schema"] != json!({"type": "string"}))
        );
    }

    #[test]
    fn what_is_nested_deeper_is_a_text_in_a_path_a_header_and_a_cookie() {
        let texts = json!({"type": "array", "items": {"type": "string"}});
        for (schema, is_text) in [
            (json!({"type": "object"}), false),
            (
                json!({"type": "object", "additionalProperties": {"type": "integer", "format": "int32"}}),
                false,
            ),
            (json!({"type": "object", "properties": {"a": texts}}), true),
            (json!({"type": "array", "items": texts}), true),
            (json!({}), true),
        ] {
            let found = parameters(
                "/a",
                json!([{"name": "X-H", "in": "header", "schema": schema}]),
            );
            let text = json!({"type": "string"});
            assert_eq!(found[0]["schema"] == text, is_text, "{schema}");
            assert_eq!(found[0].get("x-style").is_none(), is_text, "{schema}");
        }
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
}
