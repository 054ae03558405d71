//! The operations of a document.

use serde_json::Value;

use crate::{METHODS, reference};

/// An operation, as the document has it.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    /// Path template.
    pub path: &'a str,
    /// In small letters.
    pub method: &'static str,
    /// The operation object.
    pub value: &'a Value,
}

impl<'a> Operation<'a> {
    /// Its `operationId`, where it has one.
    pub fn id(&self) -> Option<&'a str> {
        self.value.get("operationId")?.as_str()
    }
}

/// Every operation of `document`, in the order of its paths; those that a path refers to as well.
pub fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document.get("paths").and_then(Value::as_object);
    let mut found = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        let next = |item: &&Value| reference::resolve(document, reference::of(item)?);
        // What stands beside a reference counts as well; a reference may lead to another one.
        let items: Vec<_> = std::iter::successors(Some(item), next)
            .take(reference::LONGEST_CHAIN)
            .collect();
        for method in METHODS {
            let operation = items.iter().find_map(|item| item.get(method));
            if let Some(value) = operation.filter(|operation| operation.is_object()) {
                found.push(Operation {
                    path,
                    method,
                    value,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_of_a_path_that_refers_to_another_are_found_and_its_own_count_first() {
        let document = json!({"paths": {
            "/a b": {"get": {"operationId": "one"}, "post": {"operationId": "two"}, "summary": {}},
            "/c": {"$ref": "#/paths/~1a%20b", "get": {"operationId": "own"}},
        }});
        let found = operations(&document);
        let found = found
            .iter()
            .map(|found| (found.path, found.method, found.id()));
        assert!(found.eq([
            ("/a b", "get", Some("one")),
            ("/a b", "post", Some("two")),
            ("/c", "get", Some("own")),
            ("/c", "post", Some("two")),
        ]));
    }
}
