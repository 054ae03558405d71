//! What schemas that are made of several are called.

use serde_json::Value;

use crate::document;
use crate::rules::naming::names;

/// The name that schemas of an operation begin with, by the pointer of the operation.
pub(crate) fn hints(document: &mut Value) -> Vec<(String, String)> {
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
pub(crate) struct Context {
    /// The named schema that is being written, if it is one.
    pub(crate) component: Option<String>,
    /// Begins the names of what needs one.
    pub(crate) hint: String,
}

impl Context {
    pub(crate) fn below(&self, part: &str) -> Self {
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
