//! What the documented examples of answers hold, place by place.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::direction::{self, Directions};
use crate::keyed::Keyed;
use crate::schema::is_annotation;
use crate::{document, pointer, reference};

/// How deep an example is compared with its schema.
const DEPTH: usize = 64;
/// How many places are visited at most: a small document can have any number of them.
const MOST: usize = 2_000_000;

/// Takes the pointer of a schema, the schema, and a value that a documented answer has there.
pub(crate) type Visitor<'a> = dyn FnMut(&str, &Value, &Value) + 'a;

/// Calls `visit` for every place in every example of an answer, a reference first and then what it refers to.
/// Of a union, the only member that is not null is visited, or else the only one of the example's type, and none
/// if there are several.
pub(crate) fn each_place(document: &Value, visit: &mut Visitor<'_>) {
    let mut comparison = Comparison {
        document,
        visit,
        known: HashSet::new(),
        unions: HashMap::new(),
        left: MOST,
    };
    // They are told apart by their addresses, which no other may get.
    let mut meant: Vec<Box<Value>> = Vec::new();
    document::each_operation(document, &mut |at, operation| {
        let at = pointer::join(at, "responses");
        for (status, response) in operation.members("responses") {
            let at = pointer::join(&pointer::join(&at, status), "content");
            for (media_type, media) in response.members("content") {
                let Some(schema) = media.get("schema") else {
                    continue;
                };
                let mut at = pointer::join(&pointer::join(&at, media_type), "schema");
                let declared = reference::followed(document, schema).get("type");
                let is_text = declared.is_some_and(|declared| declared == "string");
                for example in media.list("examples") {
                    let other = if is_text { None } else { written(example) };
                    match other {
                        Some(other) => {
                            comparison.whole(&mut at, schema, &other);
                            meant.push(other);
                        }
                        None => comparison.whole(&mut at, schema, example),
                    }
                }
                comparison.of_schema(&mut at, schema);
            }
        }
    });
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object);
    for (name, direction) in direction::of_components(document) {
        // What a client sends as well may be an example of that.
        if direction == Directions::RECEIVED
            && let Some(schema) = components.and_then(|components| components.get(&name))
        {
            let mut at = pointer::join("/components/schemas", &name);
            comparison.of_schema(&mut at, schema);
        }
    }
}

/// An example that is the text of the JSON that is meant, as that JSON.
fn written(example: &Value) -> Option<Box<Value>> {
    let text = example.as_str().map(str::trim_start)?;
    let quoted = text.starts_with(['{', '[']).then_some(text)?;
    serde_json::from_str(quoted).ok().map(Box::new)
}

struct Comparison<'a, 'b, 'c> {
    document: &'a Value,
    visit: &'b mut Visitor<'c>,
    /// What was compared: the addresses of the schema and of the value. Once is enough, and parts that refer to
    /// the same again and again would take forever.
    known: HashSet<(*const Value, *const Value)>,
    /// By the addresses of unions.
    unions: HashMap<*const Value, OnlyMembers>,
    /// How many places may still be visited.
    left: usize,
}

impl Comparison<'_, '_, '_> {
    /// The examples of a schema itself; a null is often only a sign that nobody gave any.
    fn of_schema(&mut self, at: &mut String, schema: &Value) {
        if let Some(example) = schema.get("example").filter(|example| !example.is_null()) {
            self.whole(at, schema, example);
        }
        self.of_parts(at, schema);
    }

    /// The examples of the schemas within a schema; what it refers to has its own place.
    fn of_parts(&mut self, at: &mut String, schema: &Value) {
        // A document is not nested deeper than its reader allows.
        for keyword in ["properties", "patternProperties"] {
            for (name, part) in schema.members(keyword) {
                pointer::within(at, keyword, |at| {
                    pointer::within(at, name, |at| self.of_schema(at, part));
                });
            }
        }
        for keyword in ["items", "additionalProperties"] {
            if let Some(part) = schema.get(keyword) {
                pointer::within(at, keyword, |at| self.of_schema(at, part));
            }
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for (index, part) in schema.list(keyword).iter().enumerate() {
                pointer::at_index(at, keyword, index, |at| self.of_schema(at, part));
            }
        }
    }

    fn whole(&mut self, at: &mut String, schema: &Value, example: &Value) {
        if self.known.insert((schema, example)) {
            self.place(at, schema, example, DEPTH);
        }
    }

    fn place(&mut self, at: &mut String, schema: &Value, example: &Value, depth: usize) {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.left.checked_sub(1)) else {
            return;
        };
        self.left = left;
        (self.visit)(at, schema, example);
        // A place that holds null is the one that may, and not what it refers to.
        if example.is_null() {
            return;
        }
        if let Some(reference) = reference::of(schema) {
            let target = reference::pointer_of(reference).map(Cow::into_owned);
            if let Some(mut at) = target
                && let Some(schema) = self.document.pointer(&at)
                && self.known.insert((schema, example))
            {
                self.place(&mut at, schema, example, depth);
            }
            return;
        }
        for (index, part) in schema.list("allOf").iter().enumerate() {
            pointer::at_index(at, "allOf", index, |at| {
                self.place(at, part, example, depth);
            });
        }
        if let Some((keyword, index, member)) = self.only_member(schema, example) {
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

    /// The member of a union that `example` can be of.
    fn only_member<'s>(
        &mut self,
        schema: &'s Value,
        example: &Value,
    ) -> Option<(&'static str, usize, &'s Value)> {
        if UNIONS.iter().all(|keyword| schema.get(*keyword).is_none()) {
            return None;
        }
        let document = self.document;
        let members = self
            .unions
            .entry(schema)
            .or_insert_with(|| OnlyMembers::of(document, schema));
        let (keyword, index) = members.0[type_of(example)?]?;
        Some((keyword, index, schema.get(keyword)?.get(index)?))
    }
}

const UNIONS: [&str; 2] = ["oneOf", "anyOf"];
/// The types of JSON but null.
const TYPES: [&str; 5] = ["boolean", "number", "string", "array", "object"];

/// The place of a value's type among [`TYPES`].
fn type_of(value: &Value) -> Option<usize> {
    match value {
        Value::Null => None,
        Value::Bool(_) => Some(0),
        Value::Number(_) => Some(1),
        Value::String(_) => Some(2),
        Value::Array(_) => Some(3),
        Value::Object(_) => Some(4),
    }
}

/// The only member of a union for a value of each of [`TYPES`]: keyword and index.
struct OnlyMembers([Option<(&'static str, usize)>; TYPES.len()]);

impl OnlyMembers {
    fn of(document: &Value, union: &Value) -> Self {
        let mut only = [None; TYPES.len()];
        for keyword in UNIONS {
            let members = union.list(keyword).iter().enumerate();
            let values: Vec<(usize, Option<&str>)> = members
                .filter(|(_, member)| !is_null(document, member))
                .map(|(index, member)| (index, reference::followed(document, member).text("type")))
                .collect();
            for (word, only) in TYPES.iter().zip(&mut only) {
                let takes = |declared: &str| match declared {
                    "integer" => *word == "number",
                    declared => declared == *word,
                };
                let mut fitting = values
                    .iter()
                    .filter(|(_, declared)| declared.is_none_or(takes));
                let found = match (values.as_slice(), fitting.next(), fitting.next()) {
                    ([(index, _)], ..) => Some(*index),
                    (_, Some((index, _)), None) => Some(*index),
                    _ => None,
                };
                *only = only.or(found.map(|index| (keyword, index)));
            }
        }
        Self(only)
    }
}

/// Whether a member of a union is there for null only.
fn is_null(document: &Value, member: &Value) -> bool {
    let Some(target) = reference::followed(document, member).as_object() else {
        return false;
    };
    target.is_true("nullable")
        && target
            .keys()
            .all(|keyword| keyword == "nullable" || is_annotation(keyword))
}

/// Whether clients send the schema at `at`, which decides what it takes more than what they receive.
pub(crate) struct Sent {
    directions: BTreeMap<String, Directions>,
}

impl Sent {
    pub(crate) fn of(document: &Value) -> Self {
        Self {
            directions: direction::of_components(document),
        }
    }

    pub(crate) fn is(&self, at: &str) -> bool {
        component(at)
            .and_then(|name| self.directions.get(&name))
            .is_some_and(|direction| direction.sent)
    }
}

/// The name of the schema that has the place `at`.
pub(crate) fn component(at: &str) -> Option<String> {
    let rest = at.strip_prefix("/components/schemas/")?;
    Some(pointer::unescape(rest.split('/').next().unwrap_or(rest)).into_owned())
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
        let media = json!({"schema": schema, "examples": ["{\"b\": [null], \"c\": 1}"]});
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
    fn of_a_union_the_only_member_that_an_example_can_be_of_is_visited() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        let texts = json!({"type": "string"});
        let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
        for (members, visited) in [
            (json!([texts, reference]), Some("anyOf/1")),
            (json!([reference, reference]), None),
            (json!([texts, {}, reference]), None),
            (json!([{"nullable": true}, reference]), Some("anyOf/1")),
        ] {
            let media = json!({"schema": {"anyOf": members}, "examples": [{"b": 1}]});
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
        let media = json!({"schema": {"type": "string"}, "examples": ["[1]"]});
        let root = "/paths/~1a/get/responses/200/content/application~1json/schema";
        let found = places(&document(media, json!({})));
        assert_eq!(found, [format!("{root} \"[1]\"")]);
    }

    #[test]
    fn many_examples_of_a_large_union_take_no_time_for_each_member() {
        let members: Vec<Value> = (0..3_000)
            .map(|_| json!({"$ref": "#/components/schemas/A"}))
            .collect();
        let example: Vec<Value> = (0..30_000).map(Value::from).collect();
        let media =
            json!({"schema": {"items": {"oneOf": members}}, "examples": [example, example]});
        let document = document(media, json!({"A": {"type": "integer"}}));
        assert_eq!(places(&document).len(), 60_002);
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
            json!({"schema": reference, "examples": [example]}),
            schemas,
        ));
        assert!(found.len() < 50_000, "{}", found.len());
    }
}
