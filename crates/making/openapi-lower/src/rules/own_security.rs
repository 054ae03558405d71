//! Operations that are called without credentials.

use serde_json::{Map, Value};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document};

pub(super) const RULE: Rule = Rule {
    name: "own-security",
    statement: "Accepts the security of single operations, which takes the place of the document's; decides which need none.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft { document, facts } = document;
    document::each_operation_mut(document, &mut |at, operation| {
        // An empty requirement is one that nothing is needed for (OpenAPI, Security Requirement Object).
        let is_none = |requirement: &Value| requirement.as_object().is_some_and(Map::is_empty);
        let alternatives = operation.get("security").and_then(Value::as_array);
        if alternatives.is_some_and(|all| all.iter().all(is_none)) {
            scribe.note(at, "is called without credentials");
            facts.of(operation).without_credentials = true;
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::planned;

    #[test]
    fn an_operation_that_asks_for_nothing_is_marked_and_one_that_says_nothing_is_not() {
        let marked = |security: Option<Value>| {
            let mut operation =
                json!({"operationId": "a", "responses": {"204": {"description": ""}}});
            if let Some(security) = security {
                operation["security"] = security;
            }
            planned(json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": [{"key": []}],
                "paths": {"/a": {"get": operation}},
            }))
            .without_credentials
        };
        assert!(marked(Some(json!([]))) && marked(Some(json!([{}]))));
        assert!(!marked(Some(json!([{}, {"key": []}]))) && !marked(None));
    }
}
