//! Whether two schemas accept the same instances, as far as their text shows.

use serde_json::{Map, Value};

use crate::{reference, schema};

/// How deep references are followed before two schemas are called different: recursion ends here.
const DEPTH: usize = 64;

/// Whether two schemas are equal once references are followed and annotations are left aside.
pub(crate) fn same(document: &Value, left: &Value, right: &Value) -> bool {
    same_within(document, left, right, DEPTH)
}

fn same_within(document: &Value, left: &Value, right: &Value, depth: usize) -> bool {
    if left == right {
        return true;
    }
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let (left, right) = (
        reference::followed(document, left),
        reference::followed(document, right),
    );
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => same_objects(document, left, right, depth),
        _ => left == right,
    }
}

fn same_objects(
    document: &Value,
    left: &Map<String, Value>,
    right: &Map<String, Value>,
    depth: usize,
) -> bool {
    let relevant = |object: &Map<String, Value>| {
        object
            .keys()
            .filter(|keyword| !schema::is_annotation(keyword))
            .cloned()
            .collect::<Vec<_>>()
    };
    let (mut keywords, mut others) = (relevant(left), relevant(right));
    keywords.sort();
    others.sort();
    keywords == others
        && keywords
            .iter()
            .all(|keyword| same_keyword(document, keyword, &left[keyword], &right[keyword], depth))
}

fn same_keyword(
    document: &Value,
    keyword: &str,
    left: &Value,
    right: &Value,
    depth: usize,
) -> bool {
    match (keyword, left, right) {
        ("required", Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().all(|name| right.contains(name))
        }
        ("properties" | "patternProperties", Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, member)| {
                    right
                        .get(name)
                        .is_some_and(|other| same_within(document, member, other, depth))
                })
        }
        (_, Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right)
                    .all(|(member, other)| same_within(document, member, other, depth))
        }
        _ => same_within(document, left, right, depth),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn descriptions_names_and_order_of_required_do_not_make_a_difference() {
        let document = json!({"components": {"schemas": {
            "A": {"type": "object", "description": "a", "required": ["x", "y"], "properties": {"x": {"type": "string"}, "y": {"type": "string"}}},
            "B": {"type": "object", "required": ["y", "x"], "properties": {"y": {"type": "string", "description": "y"}, "x": {"type": "string"}}},
            "C": {"type": "object", "required": ["x"], "properties": {"y": {"type": "string"}, "x": {"type": "string"}}},
        }}});
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert!(same(&document, &reference("A"), &reference("B")));
        assert!(!same(&document, &reference("A"), &reference("C")));
    }

    #[test]
    fn schemas_that_refer_to_themselves_end() {
        let document = json!({"components": {"schemas": {
            "A": {"type": "array", "items": {"$ref": "#/components/schemas/A"}},
            "B": {"type": "array", "items": {"$ref": "#/components/schemas/B"}},
            "Loop": {"$ref": "#/components/schemas/Loop"},
        }}});
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        assert!(!same(&document, &reference("A"), &reference("B")));
        assert!(!same(&document, &reference("Loop"), &reference("A")));
    }
}
