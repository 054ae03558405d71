//! One change at one node of a document.

use fastrand::Rng;
use openapi_model::pointer;
use serde_json::{Value, json};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Deleted,
    Retyped,
    Changed,
    /// The key of a member.
    Renamed,
}

/// A document that differs from another one at one node.
pub(crate) struct Mutation {
    pub(crate) document: Value,
    /// Of the node, in the document as it was.
    pub(crate) pointer: String,
    pub(crate) sort: Sort,
}

/// Changes a random node in a random way; nothing if that way does not fit the node.
pub(crate) fn random(document: &Value, random: &mut Rng) -> Option<Mutation> {
    let mut pointers = pointer::all(document);
    pointers.pop();
    let pointer = pointers.get(random.usize(..pointers.len().max(1)))?.clone();
    let old = document.pointer(&pointer)?.clone();
    let sort = [Sort::Deleted, Sort::Retyped, Sort::Changed, Sort::Renamed][random.usize(..4)];
    match sort {
        Sort::Deleted | Sort::Renamed => without(document, pointer, sort),
        Sort::Retyped => {
            let new = match old {
                Value::String(_) => json!(7),
                Value::Number(number) => json!(number.to_string()),
                Value::Bool(_) => json!("yes"),
                Value::Null => json!(false),
                Value::Array(_) => json!({}),
                Value::Object(_) => json!([]),
            };
            Some(Mutation {
                sort,
                ..changed(document, &pointer, new)
            })
        }
        Sort::Changed => {
            let new = match old {
                Value::String(text) => json!(format!("{text}x")),
                Value::Number(number) => json!(number.as_f64()? + 1.0),
                Value::Bool(flag) => json!(!flag),
                _ => return None,
            };
            Some(changed(document, &pointer, new))
        }
    }
}

/// The document with another value at a node.
pub(crate) fn changed(document: &Value, pointer: &str, new: Value) -> Mutation {
    let mut document = document.clone();
    if let Some(node) = document.pointer_mut(pointer) {
        *node = new;
    }
    Mutation {
        document,
        pointer: pointer.to_owned(),
        sort: Sort::Changed,
    }
}

fn without(document: &Value, pointer: String, sort: Sort) -> Option<Mutation> {
    let mut document = document.clone();
    if sort == Sort::Renamed {
        let (parent, key) = pointer::split_last(&pointer)?;
        let object = document.pointer_mut(parent)?.as_object_mut()?;
        let old = object.remove(&key)?;
        object.insert(format!("{key}x"), old);
    } else {
        pointer::remove(&mut document, &pointer)?;
    }
    Some(Mutation {
        document,
        pointer,
        sort,
    })
}
