//! `$ref`: following it, and finding every one.

use serde_json::Value;

/// Chains longer than this are loops.
const LONGEST_CHAIN: usize = 32;

/// What `value` stands for: itself, or where its chain of local references ends.
pub(crate) fn follow<'a>(document: &'a Value, value: &'a Value) -> Option<&'a Value> {
    follow_at(document, String::new(), value).map(|(_, found)| found)
}

/// The same, with the JSON pointer of where it ends; `value` stands at `at`.
pub(crate) fn follow_at<'a>(
    document: &'a Value,
    mut at: String,
    value: &'a Value,
) -> Option<(String, &'a Value)> {
    let mut current = value;
    for _ in 0..LONGEST_CHAIN {
        match current.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                current = resolve(document, reference)?;
                reference.strip_prefix('#')?.clone_into(&mut at);
            }
            None => return Some((at, current)),
        }
    }
    None
}

/// Where a local reference (`#/…`) points to.
fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(reference.strip_prefix('#')?)
}

/// Every text under a `$ref` key and under a discriminator's `mapping` within `value`.
pub(crate) fn all<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                match inner {
                    Value::String(reference) if key == "$ref" => found.push(reference),
                    Value::Object(mapping) if key == "mapping" => {
                        found.extend(mapping.values().filter_map(Value::as_str));
                        all(inner, found);
                    }
                    _ => all(inner, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| all(inner, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_loop_of_references_ends() {
        let document =
            json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}, "c": {"$ref": "#/d"}, "d": 7});
        assert_eq!(follow(&document, &document["a"]), None);
        assert_eq!(follow(&document, &document["c"]), Some(&json!(7)));
        assert_eq!(follow(&document, &json!({"$ref": "other.yaml#/x"})), None);
    }

    #[test]
    fn a_pointer_tells_where_the_references_end() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/c/d"}, "c": {"d": 7}});
        let at = |name: &str| follow_at(&document, format!("/{name}"), &document[name]);
        assert_eq!(at("a"), Some(("/c/d".to_owned(), &json!(7))));
        assert_eq!(at("c"), Some(("/c".to_owned(), &json!({"d": 7}))));
    }
}
