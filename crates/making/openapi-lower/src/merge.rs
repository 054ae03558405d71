//! What several schemas say together.

use serde_json::{Map, Value, json};

use crate::schema;

/// Schemas that hold at the same time, as one.
#[derive(Debug, Default)]
pub(crate) struct Conjunction {
    /// What they say, unions aside.
    pub(crate) schema: Map<String, Value>,
    /// The members of each union among them.
    pub(crate) unions: Vec<Vec<Value>>,
    /// Contradictions and what was left out because of them.
    pub(crate) notes: Vec<String>,
    /// They want different types, so that either is accepted.
    contradicts: bool,
}

/// Everything that `schemas` say; the later one wins where they describe, both hold where they constrain.
pub(crate) fn all(schemas: impl IntoIterator<Item = Map<String, Value>>) -> Conjunction {
    let schemas: Vec<Map<String, Value>> = schemas.into_iter().collect();
    let mut conjunction = Conjunction::default();
    for schema in schemas.iter().cloned() {
        conjunction.add(schema);
    }
    if conjunction.contradicts {
        conjunction
            .schema
            .retain(|keyword, _| schema::is_annotation(keyword) || keyword == "nullable");
        conjunction.unions = vec![either(schemas)];
    }
    conjunction
}

/// What schemas of different types say of each type; that of the last one is first.
fn either(schemas: Vec<Map<String, Value>>) -> Vec<Value> {
    let mut of_types: Vec<(Value, Vec<Map<String, Value>>)> = Vec::new();
    let (typed, of_any): (Vec<_>, Vec<_>) = schemas
        .into_iter()
        .partition(|schema| schema.contains_key("type"));
    for mut schema in typed.into_iter().rev() {
        schema.retain(|keyword, _| !schema::is_annotation(keyword) && keyword != "nullable");
        let is_number = |kind: &Value| kind == "integer" || kind == "number";
        let of = schema["type"].clone();
        let known = of_types
            .iter_mut()
            .find(|(kind, _)| *kind == of || is_number(kind) && is_number(&of));
        match known {
            Some((_, of_type)) => of_type.insert(0, schema),
            None => of_types.push((of, vec![schema])),
        }
    }
    let members = of_types.into_iter().map(|(kind, of_type)| {
        // What has no type of its own speaks of objects, as far as it says anything.
        let of_any = of_any.iter().filter(|_| kind == "object").cloned();
        let Conjunction {
            mut schema, unions, ..
        } = all(of_any.chain(of_type));
        if let [union] = unions.as_slice() {
            schema.insert("oneOf".to_owned(), Value::Array(union.clone()));
        }
        schema.retain(|keyword, _| !schema::is_annotation(keyword));
        Value::Object(schema)
    });
    members.collect()
}

impl Conjunction {
    fn add(&mut self, schema: Map<String, Value>) {
        for (keyword, value) in schema {
            if let ("oneOf" | "anyOf", Value::Array(members)) = (keyword.as_str(), &value) {
                if !self.unions.contains(members) {
                    self.unions.push(members.clone());
                }
                continue;
            }
            match self.schema.remove(&keyword) {
                Some(before) if before != value => {
                    if let Some(both) = self.both(&keyword, before, value) {
                        self.schema.insert(keyword, both);
                    }
                }
                _ => {
                    self.schema.insert(keyword, value);
                }
            }
        }
    }

    /// The value of a keyword that has two.
    fn both(&mut self, keyword: &str, before: Value, value: Value) -> Option<Value> {
        match (keyword, before, value) {
            (keyword, _, value) if schema::is_annotation(keyword) => Some(value),
            ("type", before, value) => self.types(before, value),
            ("properties", Value::Object(before), Value::Object(value)) => {
                Some(Value::Object(properties(before, value)))
            }
            ("required", Value::Array(mut before), Value::Array(value)) => {
                for name in value {
                    if !before.contains(&name) {
                        before.push(name);
                    }
                }
                Some(Value::Array(before))
            }
            ("enum", Value::Array(before), Value::Array(value)) => Some(self.values(before, value)),
            ("items", before, value) => Some(together(before, value)),
            ("additionalProperties", before, value) => self.more(before, value),
            ("minLength" | "minItems" | "minProperties" | "minimum", before, value) => {
                Some(if number(&before) > number(&value) {
                    before
                } else {
                    value
                })
            }
            ("maxLength" | "maxItems" | "maxProperties" | "maximum", before, value) => {
                Some(if number(&before) < number(&value) {
                    before
                } else {
                    value
                })
            }
            // One of the two flags is true: the stricter one holds.
            ("uniqueItems" | "exclusiveMinimum" | "exclusiveMaximum" | "nullable", ..) => {
                Some(Value::Bool(true))
            }
            ("discriminator", _, value) => Some(value),
            (keyword, before, value) => {
                self.notes.push(format!(
                    "{keyword} {value} is left to the provider, beside {before}"
                ));
                Some(before)
            }
        }
    }

    fn types(&mut self, before: Value, value: Value) -> Option<Value> {
        let numbers = [json!("integer"), json!("number")];
        if numbers.contains(&before) && numbers.contains(&value) {
            return Some(json!("integer"));
        }
        self.notes.push(format!(
            "type {before} and type {value} contradict each other: either is accepted"
        ));
        self.contradicts = true;
        None
    }

    fn values(&mut self, mut before: Vec<Value>, value: Vec<Value>) -> Value {
        let common: Vec<Value> = before
            .iter()
            .filter(|one| value.contains(one))
            .cloned()
            .collect();
        if !common.is_empty() {
            return Value::Array(common);
        }
        self.notes.push(
            "enumerations without a common value contradict each other: the values of both are accepted"
                .to_owned(),
        );
        before.extend(value);
        Value::Array(before)
    }

    /// Members that are not listed: a member of an allOf cannot know those that the others list.
    fn more(&mut self, before: Value, value: Value) -> Option<Value> {
        match (before, value) {
            (Value::Bool(false), other) | (other, Value::Bool(false)) => {
                self.notes.push(
                    "closed although others add members: it is open to those of the others"
                        .to_owned(),
                );
                Some(other).filter(|other| other.is_object())
            }
            (Value::Bool(true), other) | (other, Value::Bool(true)) => Some(other),
            (before, value) => Some(together(before, value)),
        }
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

fn properties(mut before: Map<String, Value>, more: Map<String, Value>) -> Map<String, Value> {
    for (name, member) in more {
        let both = match before.remove(&name) {
            Some(other) => together(other, member),
            None => member,
        };
        before.insert(name, both);
    }
    before
}

/// Two schemas at once, to be merged when it is their turn.
fn together(before: Value, value: Value) -> Value {
    if before == value {
        return before;
    }
    json!({"allOf": [before, value]})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn an_amount_that_is_a_number_and_a_text_is_exact() {
        let member = |kind: &str| json!({"type": "object", "properties": {"amount": {"type": kind, "description": kind}}});
        let (schema, _) =
            lower_request_schema(json!({"allOf": [member("number"), member("string")]}));
        let amount = &schema["properties"]["amount"];
        assert_eq!(
            amount["x-rust-type"]["path"], "provider_runtime::Amount",
            "{schema}"
        );
    }
}
