//! What schemas that are made of several are called.

use serde_json::Value;

use super::names;
use crate::document;

/// The name that schemas of an operation begin with, by the pointer of the operation.
pub(super) fn hints(document: &mut Value) -> Vec<(String, String)> {
    let mut hints = Vec::new();
    document::each_operation_mut(document, &mut |at, operation| {
        let id = operation.get("operationId").and_then(Value::as_str);
        let name = names::pascal(id.unwrap_or(at));
        for (part, suffix) in [
            ("requestBody", "Request"),
            ("responses", "Response"),
            ("parameters", ""),
        ] {
            hints.push((format!("{at}/{part}"), format!("{name}{suffix}")));
        }
    });
    hints
}

/// The length, in bytes, from which a name is not made longer.
const LONG: usize = 100;

/// Where a schema stands.
#[derive(Clone)]
pub(super) struct Context {
    /// The named schema that is being written, if it is one.
    pub(super) component: Option<String>,
    /// Begins the names of what needs one.
    pub(super) hint: String,
}

impl Context {
    pub(super) fn below(&self, part: &str) -> Self {
        // Recursion would make names without end.
        let hint = match self.hint.len() {
            0..LONG => format!("{}{}", self.hint, names::pascal(part)),
            _ => self.hint.clone(),
        };
        Self {
            component: None,
            hint,
        }
    }
}
