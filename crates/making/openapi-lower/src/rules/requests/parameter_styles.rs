//! How parameters are written.

use serde_json::{Map, Value, json};

use super::parameter_names::{distinguish, distinguish_in_paths};
use super::shapes::{Shape, bare, is_flat, is_union, one_or_many, shape_of};
use super::{Draft, Rule};
use crate::facts::Written;
use crate::keyed::Keyed;
use crate::plan::{Style, StyleName};
use crate::report::Scribe;
use crate::rules::naming::names::deserves_a_name;
use crate::spelling::pascal;
use crate::{document, pointer, reference, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "parameter-styles",
    statement: "Accepts parameters of every style, and names that are one in Rust; emits their types, cookies as headers, and decides on the style of those that are not one text, a number, or a repeated text of the query.",
    apply,
};

/// What the generator takes for the type of an object.
const WRAPPER: &str = "Parameter";

/// What a parameter or an encoding says of how it is written, with the defaults of its place (OpenAPI, Parameter
/// Object). A style that the place does not have says nothing, and separators have nothing to separate where each value is
/// by itself.
pub(crate) fn read(owner: &Value, place: &str) -> Style {
    use StyleName::*;
    let has: &[StyleName] = match place {
        "path" => &[Simple, Label, Matrix],
        "header" => &[Simple],
        "cookie" => &[Form, Cookie],
        _ => &[Form, SpaceDelimited, PipeDelimited, DeepObject],
    };
    let found = has.iter().find(|style| owner["style"] == style.word());
    let mut name = found.or(has.first()).copied().unwrap_or(Form);
    let by_default = matches!(name, Form | Cookie);
    let explode = owner["explode"].as_bool().unwrap_or(by_default);
    if explode && matches!(name, SpaceDelimited | PipeDelimited) {
        name = Form;
    }
    let is_escaped = place != "header" && name != Cookie;
    Style {
        name,
        is_exploded: explode && name != DeepObject,
        allows_reserved: is_escaped && owner["allowReserved"] == true,
    }
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    distinguish_in_paths(document, scribe);
    let mut places = Vec::new();
    document::each_operation_mut(document, &mut |at, operation| {
        if operation.contains_key("parameters") {
            let id = operation.text("operationId");
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
        let (mut list, styles): (Vec<Value>, Vec<Option<Style>>) = styled.into_iter().unzip();
        distinguish(&mut list, &at, scribe);
        let Some(Value::Object(operation)) = document.pointer_mut(&at) else {
            continue;
        };
        let known = &mut facts.of(operation).styles;
        for (parameter, style) in list.iter_mut().zip(styles) {
            let in_cookie = parameter["in"] == "cookie";
            if let (Some(style), Some(name)) = (style, parameter["name"].as_str()) {
                known.insert(name.to_owned(), Written { style, in_cookie });
            }
            if in_cookie {
                parameter["in"] = "header".into();
            }
        }
        operation.insert("parameters".to_owned(), Value::Array(list));
    }
}

fn style(
    document: &mut Value,
    mut parameter: Value,
    at: &str,
    operation: &str,
    styled: &mut Vec<(Value, Option<Style>)>,
    scribe: &mut Scribe<'_>,
) {
    let name = parameter["name"].as_str().unwrap_or_default().to_owned();
    let place = parameter["in"].as_str().unwrap_or_default().to_owned();
    let Some(object) = parameter.as_object_mut() else {
        return;
    };
    let content = object.remove("content");
    let content = content.as_ref().and_then(Value::as_object);
    let json = content.and_then(|content| content.values().next());
    let is_json = json.is_some();
    if let Some(json) = json {
        let schema = json.get("schema").cloned().unwrap_or_else(|| json!({}));
        object.insert("schema".to_owned(), schema);
    }
    let documented = object.get("style").cloned().unwrap_or_default();
    let mut style = read(&Value::Object(object.clone()), &place);
    let Some(object) = parameter.as_object_mut() else {
        return;
    };
    object.retain(|member, _| {
        let kept = [
            "name",
            "in",
            "required",
            "deprecated",
            "description",
            "schema",
        ];
        kept.contains(&member.as_str())
    });
    let at = pointer::join(at, "parameters");
    // A parameter is there or not: it is never null.
    let mut schema = object.remove("schema").unwrap_or_else(|| json!({}));
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("nullable");
        schema.remove("default");
    }
    if style.name != StyleName::DeepObject
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
        style.name = StyleName::Json;
        style.is_exploded = false;
    } else if place == "query" {
        if shape == Shape::Object
            && style.is_exploded
            && let Some(members) = members(document, &schema, &parameter, style)
        {
            scribe.note(
                &at,
                format!("each member of {name:?} is a query parameter of its own"),
            );
            styled.extend(members);
            return;
        }
        // What has no form in the others.
        if !is_flat && (shape == Shape::List || shape == Shape::Object && !style.is_exploded) {
            style = Style {
                name: StyleName::DeepObject,
                is_exploded: false,
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
    if documented.is_string() && documented != style.name.word() && !is_json {
        scribe.note(
            &at,
            format!(
                "{name:?} in {place} has no form in the style {documented}: {}",
                style.name.word()
            ),
        );
    }
    let is_plain = match place.as_str() {
        "path" | "header" => {
            style.name == StyleName::Simple
                && !style.allows_reserved
                && shape_of(document, &schema) == Shape::Scalar
                && !is_union(document, &schema)
        }
        "query" => {
            !style.allows_reserved
                && match shape {
                    Shape::Scalar => style.name != StyleName::Json,
                    _ => style.name == StyleName::Form && style.is_exploded,
                }
        }
        _ => false,
    };
    parameter["schema"] = typed(document, schema, &format!("{operation}{}", pascal(&name)));
    if !is_plain {
        scribe.note(
            &at,
            format!("{name:?} in {place} is written as {}", told(style)),
        );
    }
    styled.push((parameter, (!is_plain).then_some(style)));
}

/// A style for the report.
fn told(style: Style) -> String {
    let exploded = if style.is_exploded { ", exploded" } else { "" };
    let reserved = if style.allows_reserved {
        ", with reserved characters as they are"
    } else {
        ""
    };
    format!("{}{exploded}{reserved}", style.name.word())
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
    style: Style,
) -> Option<Vec<(Value, Option<Style>)>> {
    let object = reference::followed(document, schema);
    let properties = object.object("properties").filter(|all| !all.is_empty())?;
    // What says that there are others is given as a whole, since no parameter is called after them.
    let others = &object["additionalProperties"];
    if others.is_object() || *others == true {
        return None;
    }
    let is_required = |name: &str| parameter["required"] == true && object.requires(name);
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
        let style = Style {
            is_exploded: true,
            ..style
        };
        (Value::Object(one), style.allows_reserved.then_some(style))
    });
    Some(members.collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use crate::lower;
    use crate::plan::{Style, StyleName};
    use crate::rules::testing::lowered;

    /// The parameters as they are emitted, and the style that is decided for each, by its name.
    fn parameters(path: &str, parameters: Value) -> (Vec<Value>, BTreeMap<String, Style>) {
        let lowered = lowered(
            json!({path: {"get": {"operationId": "find", "parameters": parameters, "responses": {"204": {"description": ""}}}}}),
            json!({}),
        );
        let paths = lowered.document["paths"].as_object().unwrap();
        let operation = &paths.values().next().unwrap()["get"];
        let planned = lowered.plan.operations[0].parameters.iter();
        let styles = planned.filter_map(|planned| Some((planned.name.clone(), planned.style?)));
        (
            operation["parameters"].as_array().unwrap().clone(),
            styles.collect(),
        )
    }

    /// OpenAPI 3.0.4 and 3.1.1, Parameter Object, `allowReserved`: of a query alone; 3.2.0: wherever values are escaped.
    #[test]
    fn reserved_characters_are_allowed_outside_of_a_query_since_3_2() {
        let parameter = |place: &str| json!({"name": place, "in": place, "required": place == "path", "allowReserved": true, "schema": {"type": "string"}});
        let places = ["path", "query", "header", "cookie"];
        for (version, allowed) in [
            ("3.1.1", vec!["query"]),
            ("3.2.0", vec!["cookie", "path", "query"]),
        ] {
            let lowered = lower(&json!({
                "openapi": version, "info": {"title": "t", "version": "1"},
                "paths": {"/a/{path}": {"get": {
                    "operationId": "find", "parameters": places.map(parameter), "responses": {"204": {"description": ""}}
                }}}
            }))
            .unwrap();
            let planned = lowered.plan.operations[0].parameters.iter();
            let planned =
                planned.filter(|one| one.style.is_some_and(|style| style.allows_reserved));
            let mut found: Vec<_> = planned.map(|one| one.name.as_str()).collect();
            found.sort_unstable();
            assert_eq!(found, allowed, "{version}");
        }
    }

    fn exploded(name: StyleName) -> Style {
        Style {
            is_exploded: true,
            ..Style::of(name)
        }
    }

    #[test]
    fn a_style_is_marked_where_a_value_is_not_written_by_itself() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let text = json!({"type": "string"});
        let nested = json!({"type": "array", "items": list});
        let style = |name: &str| json!({"style": name});
        let as_it_is = |name: StyleName| Some(Style::of(name));
        let reserved = Style {
            allows_reserved: true,
            ..exploded(StyleName::Form)
        };
        for (place, style, schema, expected) in [
            ("query", json!({}), &list, None),
            (
                "query",
                json!({"explode": false}),
                &list,
                as_it_is(StyleName::Form),
            ),
            ("query", json!({"explode": false}), &text, None),
            (
                "query",
                json!({"allowReserved": true}),
                &text,
                Some(reserved),
            ),
            (
                "query",
                style("pipeDelimited"),
                &list,
                as_it_is(StyleName::PipeDelimited),
            ),
            ("query", style("pipeDelimited"), &text, None),
            (
                "query",
                json!({"style": "spaceDelimited", "explode": true}),
                &list,
                None,
            ),
            (
                "query",
                style("deepObject"),
                &list,
                as_it_is(StyleName::DeepObject),
            ),
            ("query", json!({}), &nested, as_it_is(StyleName::DeepObject)),
            ("query", style("matrix"), &list, None),
            ("path", json!({}), &text, None),
            ("path", json!({}), &list, as_it_is(StyleName::Simple)),
            (
                "path",
                json!({"style": "label", "explode": true}),
                &text,
                Some(exploded(StyleName::Label)),
            ),
            ("header", style("form"), &list, as_it_is(StyleName::Simple)),
            ("cookie", json!({}), &text, Some(exploded(StyleName::Form))),
            (
                "cookie",
                json!({"style": "cookie", "allowReserved": true}),
                &list,
                Some(exploded(StyleName::Cookie)),
            ),
        ] {
            let mut parameter = style.clone();
            parameter["name"] = "p".into();
            parameter["in"] = place.into();
            parameter["schema"] = schema.clone();
            let path = if place == "path" { "/a/{p}" } else { "/a" };
            let (found, styles) = parameters(path, json!([parameter]));
            let found = &found[0];
            assert_eq!(
                styles.get("p").copied(),
                expected,
                "{place} {style} {schema}"
            );
            assert!(found.get("style").is_none() && found["in"] != "cookie");
            assert_eq!(found["schema"]["type"], schema["type"]);
        }
    }

    #[test]
    fn one_value_or_a_list_of_them_is_a_list_in_its_style() {
        let text = json!({"type": "string"});
        let list = json!({"type": "array", "items": text});
        let union = json!({"anyOf": [text, list]});
        let (found, styles) = parameters(
            "/a",
            json!([
                {"name": "p", "in": "query", "schema": union},
                {"name": "q", "in": "query", "explode": false, "schema": union},
                {"name": "r", "in": "query", "schema": {"oneOf": [{"type": "boolean"}, list]}}
            ]),
        );
        assert_eq!(found[0]["schema"], list);
        assert_eq!(found[1]["schema"], list);
        // The third is written once or again and again, as the value says.
        let form = ("q".to_owned(), Style::of(StyleName::Form));
        assert_eq!(styles, BTreeMap::from([form]));
    }

    #[test]
    fn one_of_several_scalars_has_its_type_wherever_it_is() {
        let union = json!({"oneOf": [{"type": "number"}, {"type": "boolean"}]});
        let (found, styles) = parameters(
            "/a/{p}",
            json!([
                {"name": "p", "in": "path", "schema": union},
                {"name": "X-H", "in": "header", "schema": union},
                {"name": "q", "in": "query", "schema": union}
            ]),
        );
        // It has no text of its own: the style says how it is written.
        let simple = ["X-H", "p"].map(|name| (name.to_owned(), Style::of(StyleName::Simple)));
        assert_eq!(styles, BTreeMap::from(simple));
        for found in &found {
            assert_ne!(found["schema"], json!({"type": "string"}));
        }
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
            let (found, styles) = parameters(
                "/a",
                json!([{"name": "X-H", "in": "header", "schema": schema}]),
            );
            let text = json!({"type": "string"});
            assert_eq!(found[0]["schema"] == text, is_text, "{schema}");
            assert_eq!(styles.is_empty(), is_text, "{schema}");
        }
    }

    #[test]
    fn members_of_an_object_are_parameters_of_their_own_unless_its_style_is_deep() {
        let object = json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "boolean"}}});
        let (found, _) = parameters(
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
        let (found, _) = parameters(
            "/a",
            json!([{"name": "p", "in": "query", "style": "deepObject", "schema": object}]),
        );
        assert_eq!(
            found[0]["schema"]["x-rust-type"]["parameters"],
            json!([{"$ref": "#/components/schemas/FindP"}])
        );
        let mut open = object;
        open["additionalProperties"] = true.into();
        let (found, styles) =
            parameters("/a", json!([{"name": "p", "in": "query", "schema": open}]));
        assert_eq!(found[0]["name"], "p");
        assert_eq!(styles.get("p"), None, "exploded, as a form is");
    }
}
