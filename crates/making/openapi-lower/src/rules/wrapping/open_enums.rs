//! Enumerations in answers.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "open-enums",
    statement: "Accepts an enumeration of texts in an answer; emits Open around it, which keeps a value that it does not know; what tells the members of a union apart stays closed.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let closed: BTreeSet<String> = document::schemas_mut(document)
        .iter()
        .filter(|(_, component)| component.as_object().is_some_and(is_enumeration))
        .map(|(name, _)| name.clone())
        .collect();
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        if !direction.received {
            return;
        }
        let Some(name) = schema.stands_for().filter(|name| closed.contains(name)) else {
            return;
        };
        // What tells the members of a union apart is known, or the instance is not of the member.
        if facts.telling.contains(at) {
            return;
        }
        schema.remove("$ref");
        let limits =
            rust_type::become_runtime_type(schema, "Open", vec![document::reference_to(&name)]);
        scribe.note(
            at,
            format!("the enumeration {name} is open in an answer: Open{limits}"),
        );
    });
}

fn is_enumeration(schema: &Map<String, Value>) -> bool {
    schema::kind(schema) == Some("string") && schema.get("enum").is_some_and(Value::is_array)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, lowered};

    #[test]
    fn an_enumeration_in_an_answer_is_open() {
        let (schema, report) = lower_answer_schema(json!({"type": "string", "enum": ["a", "b"]}));
        assert_eq!(schema["x-rust-type"]["path"], "provider_runtime::Open");
        assert_eq!(
            schema["x-rust-type"]["parameters"],
            json!([{"$ref": "#/components/schemas/BodyMember"}])
        );
        assert_eq!(report.counts()["open-enums"], 1);
    }

    #[test]
    fn an_enumeration_in_a_request_stays_closed() {
        let enumeration = json!({"type": "string", "enum": ["a", "b"]});
        let (schema, report) = lower_request_schema(enumeration.clone());
        assert_eq!(schema, enumeration);
        assert!(!report.counts().contains_key("open-enums"));
    }

    #[test]
    fn what_a_request_may_clear_is_open_where_an_answer_has_the_same_schema() {
        let kind = json!({"type": "string", "enum": ["a", "b"], "nullable": true});
        let content = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        let lowered = lowered(
            json!({"/a": {"post": {
                "operationId": "a", "requestBody": {"content": content},
                "responses": {"200": {"description": "", "content": content}}
            }}}),
            json!({"A": {"type": "object", "properties": {
                "kind": kind, "kinds": {"type": "array", "nullable": true, "items": {"$ref": "#/components/schemas/Kind"}}
            }}, "Kind": {"type": "string", "enum": ["a", "b"]}}),
        );
        for member in ["kind", "kinds"] {
            let schema = &lowered.document["components"]["schemas"]["A"]["properties"][member];
            let text = schema.to_string();
            let (outer, inner) = (text.find("::Nullable"), text.find("::Open"));
            assert!(outer.is_some() && inner.is_some(), "{text}");
        }
    }

    #[test]
    fn an_enumeration_that_is_sent_and_answered_is_open_also_where_it_may_be_null() {
        let body = json!({"application/json": {"schema": {"$ref": "#/components/schemas/A"}}});
        let words = json!({"type": "string", "enum": ["a", "b"], "nullable": true});
        let lowered = lowered(
            json!({"/a": {"patch": {
                "operationId": "a", "requestBody": {"content": body}, "responses": {"200": {"description": "", "content": body}}
            }}}),
            json!({
                "A": {"type": "object", "properties": {
                    "one": {"$ref": "#/components/schemas/Word"}, "own": words,
                    "list": {"type": "array", "items": {"$ref": "#/components/schemas/Word"}, "nullable": true}
                }},
                "Word": words
            }),
        );
        let properties = &lowered.document["components"]["schemas"]["A"]["properties"];
        for (name, of) in [("one", ""), ("own", ""), ("list", "/items")] {
            let nullable = &properties[name]["x-rust-type"];
            assert_eq!(nullable["path"], "provider_runtime::Nullable", "{name}");
            let held = nullable["parameters"][0].pointer(of).unwrap().to_string();
            assert!(held.contains("provider_runtime::Open"), "{name}: {held}");
        }
    }
}
