//! Members that are only sent, or only received.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::document;
use crate::keyed::Keyed;
use crate::report::Scribe;

pub(crate) const RULE: Rule = Rule {
    name: "direction-only",
    statement: "Accepts members that are readOnly or writeOnly and required; emits them as required only where they may be: readOnly ones in answers, writeOnly ones in requests, and readOnly ones not in a schema that is used in both.",
    apply,
};

/// What a member may be part of.
#[derive(Debug, Clone, Copy, Default)]
struct Only {
    answers: bool,
    requests: bool,
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let components: BTreeMap<String, Only> = document::schemas_mut(document)
        .iter()
        .filter_map(|(name, component)| Some((name.clone(), only(component.as_object()?))))
        .collect();
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        let Some(Value::Object(properties)) = schema.get("properties") else {
            return;
        };
        let marks: BTreeMap<String, Only> = properties
            .iter()
            .filter_map(|(name, member)| {
                let of_component = |name: &str| components.get(name).copied();
                Some((name.clone(), mark(member.as_object()?, &of_component)))
            })
            .collect();
        let Some(Value::Array(required)) = schema.get_mut("required") else {
            return;
        };
        required.retain(|name| {
            let Some((name, mark)) = name.as_str().and_then(|name| marks.get_key_value(name))
            else {
                return true;
            };
            let (word, other) = match mark {
                Only { answers: true, .. } if direction.sent => ("readOnly", "requests"),
                Only { requests: true, .. } if direction.received => ("writeOnly", "answers"),
                _ => return true,
            };
            scribe.note(
                at,
                format!("{name} is {word}: not required, since {other} are without it"),
            );
            false
        });
        if required.is_empty() {
            schema.remove("required");
        }
    });
}

/// Whether `schema` has a member of this name that only requests have.
pub(crate) fn is_write_only(document: &Value, schema: &Map<String, Value>, name: &str) -> bool {
    let member = schema
        .get("properties")
        .and_then(|members| members.get(name)?.as_object());
    let of_component = |name: &str| {
        let components = document.pointer("/components/schemas")?;
        Some(only(components.get(name)?.as_object()?))
    };
    member.is_some_and(|member| mark(member, &of_component).requests)
}

fn only(schema: &Map<String, Value>) -> Only {
    let is = |keyword: &str| schema.is_true(keyword);
    Only {
        answers: is("readOnly"),
        requests: is("writeOnly"),
    }
}

/// What a member says itself, or the named schema that it is.
fn mark(member: &Map<String, Value>, component: &dyn Fn(&str) -> Option<Only>) -> Only {
    let of_member = only(member);
    let named = member.stands_for();
    let of_component = named.and_then(|name| component(&name)).unwrap_or_default();
    Only {
        answers: of_member.answers || of_component.answers,
        requests: of_member.requests || of_component.requests,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::lowered;

    /// What is required of an account that some operations send and others receive.
    fn required(sends: bool, receives: bool) -> (Value, usize) {
        let content =
            json!({"application/json": {"schema": {"$ref": "#/components/schemas/Account"}}});
        let mut operation = json!({"operationId": "a", "responses": {"200": {"description": ""}}});
        if sends {
            operation["requestBody"] = json!({"content": content});
        }
        if receives {
            operation["responses"]["200"]["content"] = content;
        }
        let lowered = lowered(
            json!({"/a": {"post": operation}}),
            json!({
                "Id": {"type": "string", "readOnly": true},
                "Account": {"type": "object", "required": ["id", "name", "password"], "properties": {
                    "id": {"$ref": "#/components/schemas/Id"},
                    "name": {"type": "string"},
                    "password": {"type": "string", "writeOnly": true}
                }}
            }),
        );
        let required = lowered.document["components"]["schemas"]["Account"]["required"].clone();
        let counts = lowered.report.counts();
        (
            required,
            counts.get("direction-only").copied().unwrap_or_default(),
        )
    }

    #[test]
    fn what_is_read_only_is_not_required_in_a_request() {
        assert_eq!(required(true, false), (json!(["name", "password"]), 1));
    }

    #[test]
    fn what_is_write_only_is_not_required_in_an_answer() {
        assert_eq!(required(false, true), (json!(["id", "name"]), 1));
    }

    #[test]
    fn what_is_write_only_is_required_in_a_request_that_shares_its_schema_with_answers() {
        assert_eq!(required(true, true).0, json!(["name", "password"]));
    }
}
