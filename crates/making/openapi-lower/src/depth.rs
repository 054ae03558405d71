//! How deep a document is nested.

use serde_json::Value;

use crate::LowerError;

/// Deeper than any parser reads, and shallow enough for rules that call themselves for what is inside.
const LIMIT: usize = 256;

/// Refuses a document that is nested deeper than the limit.
pub(crate) fn check(document: &Value) -> Result<(), LowerError> {
    let mut pending = vec![(document, 0)];
    while let Some((value, depth)) = pending.pop() {
        if depth > LIMIT {
            return Err(LowerError {
                pointer: String::new(),
                rule: "depth",
                cause: format!(
                    "the document is nested deeper than {LIMIT} levels: name the inner schemas and refer to them"
                ),
            });
        }
        match value {
            Value::Object(object) => {
                pending.extend(object.values().map(|value| (value, depth + 1)))
            }
            Value::Array(list) => pending.extend(list.iter().map(|value| (value, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}
