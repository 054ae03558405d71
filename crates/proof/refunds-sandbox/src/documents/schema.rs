//! Schemas of an OpenAPI document, compiled when they are first asked.

use std::sync::OnceLock;

use jsonschema::{Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use super::{
    bundle::{Direction, bundle},
    problem::Problem,
    source::{Reading, Source},
};

pub(super) struct Schema {
    described: Value,
    direction: Direction,
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    /// None where it cannot be compiled: it allows everything.
    validator: Option<Validator>,
    /// What of it cannot be read.
    flaw: Option<String>,
}

/// Where a value does not fit its schema.
pub(super) struct Fault {
    /// A JSON pointer into the value.
    pub(super) path: String,
    pub(super) problem: String,
    /// The same without the value.
    pub(super) masked: String,
    pub(super) kind: FaultKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FaultKind {
    /// Of another type.
    Type,
    /// None of several schemas fits, or more than one.
    Branches,
    Other,
}

impl Schema {
    pub(super) const fn of(described: Value, direction: Direction) -> Self {
        Self {
            described,
            direction,
            compiled: OnceLock::new(),
        }
    }

    /// What of it cannot be read: this allows everything.
    pub(super) fn flaw(&self, source: &Source) -> Option<Problem> {
        let flaw = self.compiled(source).flaw.as_ref()?;
        Some(Problem::of_document(format!(
            "a schema that cannot be read: {flaw}"
        )))
    }

    pub(super) fn faults(&self, source: &Source, value: &Value) -> Vec<Fault> {
        let Some(validator) = &self.compiled(source).validator else {
            return Vec::new();
        };
        let errors = validator.iter_errors(value);
        errors
            .map(|error| Fault {
                path: error.instance_path().as_str().to_owned(),
                problem: error.to_string(),
                masked: error.masked().to_string(),
                kind: match error.kind() {
                    ValidationErrorKind::Type { .. } => FaultKind::Type,
                    ValidationErrorKind::AnyOf { .. }
                    | ValidationErrorKind::OneOfNotValid { .. }
                    | ValidationErrorKind::OneOfMultipleValid { .. } => FaultKind::Branches,
                    _ => FaultKind::Other,
                },
            })
            .collect()
    }

    fn compiled(&self, source: &Source) -> &Compiled {
        self.compiled.get_or_init(|| {
            let bundled = bundle(source, &self.described, self.direction);
            let mut options = jsonschema::options()
                .with_draft(source.draft)
                .should_validate_formats(true);
            if source.reading == Reading::Sandbox {
                options = options.with_format("json", |text| {
                    serde_json::from_str::<Map<String, Value>>(text).is_ok()
                });
            }
            let mut schema = bundled.schema;
            let error = match options.build(&schema) {
                Ok(validator) => {
                    return Compiled {
                        validator: Some(validator),
                        flaw: bundled.flaw,
                    };
                }
                Err(error) => error.masked().to_string(),
            };
            // Most often it is a pattern that the library cannot read: without it, the rest counts.
            let is_read = |pattern: &str| options.build(&json!({ "pattern": pattern })).is_ok();
            let pattern = drop_patterns(&mut schema, &is_read);
            let pattern = pattern.map(|pattern| format!("the pattern {pattern:?}"));
            Compiled {
                validator: options.build(&schema).ok(),
                flaw: bundled.flaw.or(pattern).or(Some(error)),
            }
        })
    }
}

/// Takes away the patterns that cannot be read, and tells the first.
fn drop_patterns(schema: &mut Value, is_read: &dyn Fn(&str) -> bool) -> Option<String> {
    let mut dropped = None;
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(pattern)) = members.get("pattern")
                && !is_read(pattern)
            {
                dropped = Some(pattern.clone());
                members.remove("pattern");
            }
            for value in members.values_mut() {
                let found = drop_patterns(value, is_read);
                dropped = dropped.or(found);
            }
        }
        Value::Array(items) => {
            for value in items {
                let found = drop_patterns(value, is_read);
                dropped = dropped.or(found);
            }
        }
        _ => {}
    }
    dropped
}

impl Fault {
    pub(super) fn at(self, place: &str) -> Problem {
        Problem::at(format!("{place}{}", self.path), self.problem)
    }
}
#[cfg(test)]
mod tests {
    use super::*;

    fn is_valid(version: &str, schema: &Value, instance: &Value) -> bool {
        let openapi = json!({
            "openapi": version,
            "components": {"schemas": {"Text": {"type": "string", "nullable": true}}},
        });
        let source = Source::of(openapi, Reading::Sandbox).unwrap();
        let schema = Schema::of(schema.clone(), Direction::Request);
        assert_eq!(schema.flaw(&source), None);
        schema.faults(&source, instance).is_empty()
    }

    #[test]
    fn nullable_is_obeyed_also_behind_a_reference() {
        let schema =
            json!({"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Text"}}});
        assert!(is_valid("3.0.0", &schema, &json!({"a": null})));
        assert!(is_valid("3.0.0", &schema, &json!({"a": "x"})));
        assert!(!is_valid("3.0.0", &schema, &json!({"a": 1})));
        assert!(!is_valid("3.1.0", &schema, &json!({"a": null})));
    }

    #[test]
    fn an_exclusive_minimum_is_read_in_both_versions() {
        let old = json!({"type": "number", "minimum": 0, "exclusiveMinimum": true});
        assert!(!is_valid("3.0.0", &old, &json!(0)));
        assert!(is_valid("3.0.0", &old, &json!(0.01)));
        let new = json!({"type": "integer", "exclusiveMinimum": 0});
        assert!(!is_valid("3.1.0", &new, &json!(0)));
        assert!(is_valid("3.1.0", &new, &json!(1)));
    }

    #[test]
    fn text_in_the_format_json_must_hold_an_object() {
        let schema = json!({"type": "string", "format": "json"});
        assert!(is_valid("3.1.0", &schema, &json!("{\"a\": \"b\"}")));
        assert!(!is_valid("3.1.0", &schema, &json!("{")));
        assert!(!is_valid("3.1.0", &schema, &json!("[1]")));
    }
}
