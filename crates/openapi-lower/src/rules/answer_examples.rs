//! What the documented examples of answers hold, place by place.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value};

use crate::direction::{self, Direction};
use crate::{document, pointer, shape};

/// How deep an example is compared with its schema.
const DEPTH: usize = 64;

/// Takes the pointer of a schema, the schema, and a value that a documented answer has there.
pub(super) type Visitor<'a> = dyn FnMut(&str, &Value, &Value) + 'a;

/// Calls `visit` for every place in every example of an answer, a reference first and then what it refers to.
/// Of a union, the only member that an example can be of is visited, and none if there are several.
pub(super) fn each_place(document: &Value, visit: &mut Visitor<'_>) {
    document::each_operation(document, &mut |at, operation| {
        let responses = operation.get("responses").and_then(Value::as_object);
        let at = pointer::join(at, "responses");
        for (status, response) in responses.into_iter().flatten() {
            let content = response.get("content").and_then(Value::as_object);
            let at = pointer::join(&pointer::join(&at, status), "content");
            for (media_type, media) in content.into_iter().flatten() {
                let Some(schema) = media.get("schema") else {
                    continue;
                };
                let mut at = pointer::join(&pointer::join(&at, media_type), "schema");
                let named = media.get("examples").and_then(Value::as_object);
                let named = named.into_iter().flat_map(Map::values);
                let values = named
                    .filter_map(|example| shape::follow(document, example).get("value"))
                    .chain(media.get("example"));
                let declared = shape::follow(document, schema).get("type");
                let is_text = declared.is_some_and(|declared| declared == "string");
                for example in values {
                    let example = match is_text {
                        true => Cow::Borrowed(example),
                        false => meant(example),
                    };
                    compare(document, &mut at, schema, &example, visit);
                }
                of_schema(document, &mut at, schema, visit);
            }
        }
    });
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object);
    for (name, direction) in direction::of_components(document) {
        // What a client sends as well may be an example of that.
        if direction == Direction::ANSWER
            && let Some(schema) = components.and_then(|components| components.get(&name))
        {
            let mut at = pointer::join("/components/schemas", &name);
            of_schema(document, &mut at, schema, visit);
        }
    }
}

/// The examples of a schema itself; a null is often only a sign that nobody gave any.
fn of_schema(document: &Value, at: &mut String, schema: &Value, visit: &mut Visitor<'_>) {
    let several = schema.get("examples").and_then(Value::as_array);
    let all = several
        .into_iter()
        .flatten()
        .chain(schema.get("example"))
        .filter(|example| !example.is_null());
    for example in all {
        compare(document, at, schema, example, visit);
    }
}

/// An example that is the text of the JSON that is meant, as that JSON.
fn meant(example: &Value) -> Cow<'_, Value> {
    let text = example.as_str().map(str::trim_start);
    let quoted = text.filter(|text| text.starts_with(['{', '[']));
    match quoted.and_then(|text| serde_json::from_str(text).ok()) {
        Some(meant) => Cow::Owned(meant),
        None => Cow::Borrowed(example),
    }
}

fn compare(
    document: &Value,
    at: &mut String,
    schema: &Value,
    example: &Value,
    visit: &mut Visitor<'_>,
) {
    let mut comparison = Comparison {
        document,
        visit,
        known: HashSet::new(),
    };
    comparison.place(at, schema, example, DEPTH);
}

struct Comparison<'a, 'b, 'c> {
    document: &'a Value,
    visit: &'b mut Visitor<'c>,
    /// What was referred to at which value of the example. Once is enough, and parts that refer to the same
    /// again and again would take forever.
    known: HashSet<(String, *const Value)>,
}

impl Comparison<'_, '_, '_> {
    fn place(&mut self, at: &mut String, schema: &Value, example: &Value, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        (self.visit)(at, schema, example);
        // A place that holds null is the one that may, and not what it refers to.
        if example.is_null() {
            return;
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference.strip_prefix('#').map(pointer::decode);
            if let Some(mut at) = target
                && self.known.insert((at.clone(), std::ptr::from_ref(example)))
                && let Some(schema) = self.document.pointer(&at)
            {
                self.place(&mut at, schema, example, depth);
            }
            return;
        }
        let parts = schema.get("allOf").and_then(Value::as_array);
        for (index, part) in parts.into_iter().flatten().enumerate() {
            pointer::at_index(at, "allOf", index, |at| {
                self.place(at, part, example, depth);
            });
        }
        if let Some((keyword, index, member)) = only_member(self.document, schema, example) {
            pointer::at_index(at, keyword, index, |at| {
                self.place(at, member, example, depth);
            });
        }
        match example {
            Value::Object(members) => {
                let properties = schema.get("properties");
                let others = schema.get("additionalProperties");
                for (name, value) in members {
                    if let Some(schema) = properties.and_then(|known| known.get(name)) {
                        pointer::within(at, "properties", |at| {
                            pointer::within(at, name, |at| self.place(at, schema, value, depth));
                        });
                    } else if let Some(schema) = others {
                        pointer::within(at, "additionalProperties", |at| {
                            self.place(at, schema, value, depth);
                        });
                    }
                }
            }
            Value::Array(values) => {
                let Some(items) = schema.get("items") else {
                    return;
                };
                pointer::within(at, "items", |at| {
                    for value in values {
                        self.place(at, items, value, depth);
                    }
                });
            }
            _ => {}
        }
    }
}

/// The only member of a union that is not null, or else the only one of the type of `example`.
fn only_member<'a>(
    document: &Value,
    schema: &'a Value,
    example: &Value,
) -> Option<(&'static str, usize, &'a Value)> {
    fn declared<'a>(document: &'a Value, member: &'a Value) -> Option<&'a str> {
        shape::follow(document, member).get("type")?.as_str()
    }
    ["oneOf", "anyOf"].into_iter().find_map(|keyword| {
        let members = schema.get(keyword)?.as_array()?.iter().enumerate();
        let values: Vec<_> = members
            .filter(|(_, member)| declared(document, member) != Some("null"))
            .collect();
        let fits =
            |member: &Value| declared(document, member).is_none_or(|word| is_of(word, example));
        let mut fitting = values.iter().filter(|(_, member)| fits(member));
        let (index, member) = match (values.as_slice(), fitting.next(), fitting.next()) {
            ([only], ..) => *only,
            (_, Some(only), None) => *only,
            _ => return None,
        };
        Some((keyword, index, member))
    })
}

/// Whether `value` is of the type that is called `word`.
fn is_of(word: &str, value: &Value) -> bool {
    match value {
        Value::Null => word == "null",
        Value::Bool(_) => word == "boolean",
        Value::Number(_) => word == "number" || word == "integer",
        Value::String(_) => word == "string",
        Value::Array(_) => word == "array",
        Value::Object(_) => word == "object",
    }
}

/// Whether clients send the schema at `at`, which decides what it takes more than what they receive.
pub(super) struct Sent {
    directions: BTreeMap<String, Direction>,
}

impl Sent {
    pub(super) fn of(document: &Value) -> Self {
        Self {
            directions: direction::of_components(document),
        }
    }

    pub(super) fn is(&self, at: &str) -> bool {
        component(at)
            .and_then(|name| self.directions.get(&name))
            .is_some_and(|direction| direction.request)
    }
}

/// The name of the schema that has the place `at`.
pub(super) fn component(at: &str) -> Option<String> {
    let rest = at.strip_prefix("/components/schemas/")?;
    Some(pointer::unescape(rest.split('/').next().unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn places(document: &Value) -> Vec<String> {
        let mut places = Vec::new();
        each_place(document, &mut |at, _, value| {
            places.push(format!("{at} {value}"));
        });
        places
    }

    fn document(media: Value, schemas: Value) -> Value {
        json!({
            "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": media}}}}}},
            "components": {"schemas": schemas}
        })
    }

    #[test]
    fn every_place_of_an_example_is_visited_with_its_schema() {
        let schema = json!({"allOf": [{"$ref": "#/components/schemas/A"}]});
        let media =
            json!({"schema": schema, "examples": {"one": {"value": "{\"b\": [null], \"c\": 1}"}}});
        let schemas = json!({"A": {"properties": {"b": {"items": {"type": "boolean"}}}, "additionalProperties": {"type": "string"}}});
        let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
        assert_eq!(
            places(&document(media, schemas)),
            [
                format!("{root} {{\"b\":[null],\"c\":1}}"),
                format!("{root}/allOf/0 {{\"b\":[null],\"c\":1}}"),
                "/components/schemas/A {\"b\":[null],\"c\":1}".to_owned(),
                "/components/schemas/A/properties/b [null]".to_owned(),
                "/components/schemas/A/properties/b/items null".to_owned(),
                "/components/schemas/A/additionalProperties 1".to_owned(),
            ]
        );
    }

    #[test]
    fn an_example_that_is_referred_to_is_an_example() {
        let mut document = document(
            json!({"schema": {"type": "string"}, "examples": {"one": {"$ref": "#/components/examples/A"}}}),
            json!({}),
        );
        document["components"]["examples"] = json!({"A": {"value": "a"}});
        let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
        assert_eq!(places(&document), [format!("{root} \"a\"")]);
    }

    #[test]
    fn of_a_union_the_only_member_that_an_example_can_be_of_is_visited() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        let texts = json!({"type": "string"});
        let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
        for (members, visited) in [
            (json!([{"type": "null"}, reference]), Some("anyOf/1")),
            (json!([texts, reference]), Some("anyOf/1")),
            (json!([reference, reference]), None),
            (json!([texts, {}, reference]), None),
        ] {
            let media = json!({"schema": {"anyOf": members}, "example": {"b": 1}});
            let schemas =
                json!({"A": {"type": "object", "properties": {"b": {"type": "boolean"}}}});
            let mut expected = vec![format!("{root} {{\"b\":1}}")];
            if let Some(visited) = visited {
                expected.push(format!("{root}/{visited} {{\"b\":1}}"));
                expected.push("/components/schemas/A {\"b\":1}".to_owned());
                expected.push("/components/schemas/A/properties/b 1".to_owned());
            }
            assert_eq!(places(&document(media, schemas)), expected);
        }
    }

    #[test]
    fn a_text_that_is_json_is_a_text_where_texts_are_documented() {
        let media = json!({"schema": {"type": "string"}, "example": "[1]"});
        let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
        let found = places(&document(media, json!({})));
        assert_eq!(found, [format!("{root} \"[1]\"")]);
    }

    #[test]
    fn parts_that_refer_to_the_same_again_and_again_come_to_an_end() {
        let mut schemas = json!({});
        for number in 0..60 {
            let next = json!({"$ref": format!("#/components/schemas/S{}", (number + 1) % 60)});
            let part = json!({"properties": {"x": {"$ref": "#/components/schemas/S0"}}});
            schemas[format!("S{number}")] = json!({"allOf": [next, next, part, part]});
        }
        let mut example = json!({});
        for _ in 0..40 {
            example = json!({"x": example});
        }
        let reference = json!({"$ref": "#/components/schemas/S0"});
        let found = places(&document(
            json!({"schema": reference, "example": example}),
            schemas,
        ));
        assert!(found.len() < 50_000, "{}", found.len());
    }
}
