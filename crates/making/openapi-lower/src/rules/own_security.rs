//! What each operation asks to be authenticated with.

use openapi_model::reference;
use serde_json::{Map, Value};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document};

pub(super) const RULE: Rule = Rule {
    name: "own-security",
    statement: "Accepts the security of single operations, which takes the place of the document's; decides for each operation that asks for any, or says that it asks for none, on the alternatives with their schemes.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let Draft {
        document: whole,
        facts,
    } = document;
    let alternatives = |holder: &Value| holder.get("security").and_then(Value::as_array).cloned();
    let of_all = alternatives(whole);
    let schemes = whole.pointer("/components/securitySchemes").cloned();
    let definitions = whole.get("components").cloned();
    let definitions = Value::Object(Map::from_iter(
        definitions.map(|all| ("components".to_owned(), all)),
    ));
    let with_schemes = |requirement: &Value| {
        let names = requirement.as_object()?.keys();
        let defined = names.map(|name| {
            let scheme = schemes.as_ref().and_then(|schemes| schemes.get(name));
            let scheme = scheme.map(|scheme| reference::followed(&definitions, scheme).clone());
            (name.clone(), scheme.unwrap_or_default())
        });
        Some(defined.collect())
    };
    document::each_operation_mut(whole, &mut |at, operation| {
        let own = operation.get("security").and_then(Value::as_array).cloned();
        if let Some(own) = &own {
            let requirements = own.iter().filter_map(Value::as_object);
            let mut names: Vec<_> = requirements.flat_map(Map::keys).collect();
            names.dedup();
            if names.is_empty() {
                scribe.note(at, "is called without credentials");
            } else if of_all.as_ref().is_some_and(|all| all != own) {
                scribe.note(
                    at,
                    format!("asks for {names:?} in place of what the document asks for"),
                );
            }
        }
        if let Some(effective) = own.as_ref().or(of_all.as_ref()) {
            let alternatives = effective.iter().filter_map(with_schemes);
            facts.of(operation).security = Some(alternatives.collect());
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::planned;

    #[test]
    fn an_operations_own_security_stands_in_place_of_the_documents_with_its_schemes() {
        let key = json!({"type": "apiKey", "in": "header", "name": "X-Key"});
        let marked = |security: Option<Value>| {
            let mut operation =
                json!({"operationId": "a", "responses": {"204": {"description": ""}}});
            if let Some(security) = security {
                operation["security"] = security;
            }
            let operation = planned(json!({
                "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": [{"key": []}],
                "paths": {"/a": {"get": operation}},
                "components": {"securitySchemes": {
                    "key": {"$ref": "#/components/securitySchemes/other"}, "other": key,
                }},
            }));
            json!(operation.security)
        };
        assert_eq!(marked(Some(json!([]))), json!([]));
        assert_eq!(marked(Some(json!([{}]))), json!([{}]));
        assert_eq!(
            marked(Some(json!([{}, {"other": [], "gone": []}]))),
            json!([{}, {"gone": null, "other": key}])
        );
        assert_eq!(marked(None), json!([{"key": key}]));
        assert_eq!(marked(Some(json!(false))), json!([{"key": key}]));
    }
}
