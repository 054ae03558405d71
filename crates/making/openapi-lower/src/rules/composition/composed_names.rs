//! What schemas that are made of several are called.

use serde_json::Value;

use crate::rules::naming::names;

/// The name that the schemas at the place `at` of an operation begin with.
pub(crate) fn hint(document: &Value, at: &str) -> String {
    let (_, name, rest) = names::of_operation(document, at);
    let suffix = match rest.split('/').nth(1) {
        Some("requestBody") => "Request",
        Some("responses") => "Response",
        _ => "",
    };
    format!("{name}{suffix}")
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
