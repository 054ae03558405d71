//! Schemas as the rules read them: of what can be said in several ways, one.

use openapi_model::schema::{Bound, Type};
use openapi_model::{At, Id, Model, Schema};
use serde_json::{Map, Value, json};

use super::references::{Names, alias, is_only_reference};
use crate::discriminator::BASE;
use crate::report::Scribe;
use crate::{pointer, rust_type};

/// Writes schemas, and gives names to those that are referred to and have none.
pub(super) struct Schemas<'m> {
    model: &'m Model<'m>,
    names: Names<'m>,
}

impl<'m> Schemas<'m> {
    pub(super) fn of(model: &'m Model<'m>) -> Self {
        let names = Names::of(model);
        Self { model, names }
    }

    /// The named schemas of the document, and those that were given a name.
    pub(super) fn named(&mut self, scribe: &mut Scribe<'_>) -> Map<String, Value> {
        let mut all = Map::new();
        for (name, id) in &self.model.root().said().schemas {
            let named = self.model.at(*id);
            let at = || pointer::join("/components/schemas", name);
            if let Some(end) = alias(named) {
                let end = end.name().unwrap_or_default();
                scribe.note(&at(), format!("another name of {end}"));
                continue;
            }
            let mut written = self.schema(named, scribe);
            if is_only_reference(named) && written.get("$ref").is_some() {
                scribe.note(&at(), "refers to itself: anything is accepted");
                written = json!({});
            }
            all.insert((*name).to_owned(), written);
        }
        while let Some((name, named)) = self.names.open.pop_front() {
            let written = self.schema(named, scribe);
            all.insert(name, written);
        }
        all
    }

    /// A schema. What nobody can read of it is not there.
    pub(super) fn schema(&mut self, schema: At<'m, Schema<'m>>, scribe: &mut Scribe<'_>) -> Value {
        let said = schema.said();
        if said.is_never {
            return json!({"not": {}});
        }
        let mut written = Map::new();
        for key in schema.unknown() {
            if key == rust_type::EXTENSION {
                let told = "x-rust-type is left out: it is a mark of lowering's own";
                scribe.note(&schema.pointer(), told);
            } else {
                written.insert(key.to_owned(), schema.raw()[key].clone());
            }
        }
        annotations(said, &mut written);
        limits(said, &mut written);
        self.values(said, &mut written);
        self.members(schema, &mut written, scribe);
        let mut parts = self.all(&said.all_of, scribe);
        let alone = parts.split_off(said.all_of.len() - said.alone.len());
        for (alone, choice) in alone.into_iter().zip(&said.alone) {
            match (alone, choice) {
                // Its words are those of an alternative.
                (alone, Some(choice)) => {
                    written.insert(choice.keyword().to_owned(), json!([alone]));
                }
                (Value::Object(alone), None) if !alone.contains_key("$ref") => {
                    for (key, value) in alone {
                        written.entry(key).or_insert(value);
                    }
                }
                (reference, None) => parts.push(reference),
            }
        }
        for union in said.unions.iter().chain(&said.bare) {
            let members = self.all(&union.members, scribe);
            written.insert(union.choice.keyword().to_owned(), members.into());
        }
        if let Some(target) = schema.target() {
            let reference = self.names.reference(target, scribe);
            if written.is_empty() && parts.is_empty() {
                return reference;
            }
            parts.insert(0, reference);
        }
        if !parts.is_empty() {
            written.insert("allOf".to_owned(), parts.into());
        }
        self.discriminator(schema, &mut written, scribe);
        Value::Object(written)
    }

    fn all(&mut self, schemas: &[Id<Schema<'m>>], scribe: &mut Scribe<'_>) -> Vec<Value> {
        let schemas = schemas.iter();
        let written = schemas.map(|id| self.schema(self.model.at(*id), scribe));
        written.collect()
    }

    fn map(&mut self, schemas: &[(&str, Id<Schema<'m>>)], scribe: &mut Scribe<'_>) -> Value {
        let schemas = schemas.iter();
        let written = schemas.map(|(name, id)| {
            let schema = self.schema(self.model.at(*id), scribe);
            ((*name).to_owned(), schema)
        });
        written.collect()
    }

    /// Types and values; null is neither.
    fn values(&self, said: &Schema<'_>, written: &mut Map<String, Value>) {
        let mut types: Vec<Type> = Vec::new();
        for one in &said.listed {
            // An integer is a number.
            let is_more = *one != Type::Integer || !said.listed.contains(&Type::Number);
            if *one != Type::Null && is_more && !types.contains(one) {
                types.push(*one);
            }
        }
        let mut nullable = said.nullable || said.listed.contains(&Type::Null);
        if let Some(values) = &said.values {
            let others = values.iter().filter(|value| !value.is_null());
            let others: Vec<Value> = others.copied().cloned().collect();
            nullable |= others.len() < values.len();
            if others.is_empty() && !values.is_empty() {
                types.clear();
            } else {
                written.insert("enum".to_owned(), others.into());
            }
        }
        match types.as_slice() {
            [] => {}
            [one] => _ = written.insert("type".to_owned(), one.name().into()),
            several => {
                let names: Vec<&str> = several.iter().map(|one| one.name()).collect();
                written.insert("type".to_owned(), names.into());
            }
        }
        if nullable {
            written.insert("nullable".to_owned(), true.into());
        }
    }

    /// What the members of objects and the entries of lists are.
    fn members(
        &mut self,
        schema: At<'m, Schema<'m>>,
        written: &mut Map<String, Value>,
        scribe: &mut Scribe<'_>,
    ) {
        let said = schema.said();
        let mut put = |key: &str, value: Value| written.insert(key.to_owned(), value);
        for (key, schemas) in [
            ("properties", &said.properties),
            ("patternProperties", &said.patterns),
            ("dependentSchemas", &said.dependent),
        ] {
            // No properties are said as well.
            if schema.raw().get(key).is_some_and(Value::is_object) {
                put(key, self.map(schemas, scribe));
            }
        }
        let mut required: Vec<&str> = Vec::new();
        for name in &said.required {
            if !required.contains(name) {
                required.push(name);
            }
        }
        if !required.is_empty() {
            put("required", required.into());
        }
        for (key, other) in [
            ("additionalProperties", said.additional),
            ("unevaluatedProperties", said.unevaluated),
        ] {
            if let Some(other) = other.map(|id| self.model.at(id)) {
                let flag = other.raw().as_bool().map(Value::Bool);
                put(key, flag.unwrap_or_else(|| self.schema(other, scribe)));
            }
        }
        if !said.first.is_empty() {
            put("prefixItems", self.all(&said.first, scribe).into());
        }
        let items = said.items.map(|items| ("items", items));
        for (key, inner) in said.rules.iter().copied().chain(items) {
            put(key, self.schema(self.model.at(inner), scribe));
        }
    }

    /// How alternatives are told apart, if that can be told.
    fn discriminator(
        &mut self,
        schema: At<'m, Schema<'m>>,
        written: &mut Map<String, Value>,
        scribe: &mut Scribe<'_>,
    ) {
        let Some(found) = &schema.said().discriminator else {
            return;
        };
        if found.property.is_none() || found.mapping.iter().any(|(_, to, _)| !to.is_string()) {
            let told = "discriminator is left out: it names no property, or maps to something else than names";
            scribe.note(&schema.pointer(), told);
            return;
        }
        let mut discriminator = schema.raw()["discriminator"].clone();
        for (value, _, target) in &found.mapping {
            if let Some(target) = target {
                let reference = self.names.reference(self.model.at(*target), scribe);
                discriminator["mapping"][*value] = reference["$ref"].clone();
            }
        }
        if let Some(other) = found.other {
            let reference = self.names.reference(self.model.at(other), scribe);
            discriminator[BASE] = reference["$ref"].clone();
        }
        written.insert("discriminator".to_owned(), discriminator);
    }
}

/// What describes a schema, and asks nothing of values.
fn annotations(said: &Schema<'_>, written: &mut Map<String, Value>) {
    let texts = [
        ("title", said.title),
        ("description", said.description),
        ("format", said.format),
        ("pattern", said.pattern),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            written.insert(key.to_owned(), text.into());
        }
    }
    let flags = [
        ("deprecated", said.deprecated),
        ("readOnly", said.read_only),
        ("writeOnly", said.write_only),
        ("uniqueItems", said.unique_items),
    ];
    for (key, flag) in flags.into_iter().filter(|(_, flag)| *flag) {
        written.insert(key.to_owned(), flag.into());
    }
    let example = said.examples.first().map(|example| example.value);
    for (key, value) in [("default", said.default), ("example", example)] {
        if let Some(value) = value {
            written.insert(key.to_owned(), value.clone());
        }
    }
}

fn limits(said: &Schema<'_>, written: &mut Map<String, Value>) {
    // No length is below nothing.
    let min_length = said.min_length.filter(|least| least.as_u64() != Some(0));
    let limits = [
        ("multipleOf", said.multiple_of),
        ("minLength", min_length),
        ("maxLength", said.max_length),
        ("minItems", said.min_items),
        ("maxItems", said.max_items),
        ("minProperties", said.min_properties),
        ("maxProperties", said.max_properties),
    ];
    for (key, limit) in limits {
        if let Some(limit) = limit {
            written.insert(key.to_owned(), limit.clone().into());
        }
    }
    let bounds = [
        ("minimum", "exclusiveMinimum", &said.minimum),
        ("maximum", "exclusiveMaximum", &said.maximum),
    ];
    for (key, exclusively, bound) in bounds {
        if let Some(Bound {
            number, exclusive, ..
        }) = bound
        {
            written.insert(key.to_owned(), number.clone().into());
            if *exclusive {
                written.insert(exclusively.to_owned(), true.into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, lowered};
    use crate::{lower, wire_names};

    #[test]
    fn a_word_for_a_type_is_the_type_that_is_meant() {
        for (word, lowered) in [
            ("bool", json!({"type": "boolean"})),
            ("Text", json!({"type": "string"})),
            ("uuid", json!({"type": "string", "format": "uuid"})),
            ("int64", json!({"type": "integer", "format": "int64"})),
        ] {
            let mut expected = lower_request_schema(lowered).0;
            let (schema, report) = lower_request_schema(json!({"type": word}));
            assert_eq!(schema, expected.take(), "{word}");
            assert_eq!(report.counts()["reading"], 1, "{word}");
        }
        let (amount, _) = lower_request_schema(json!({"type": "decimal"}));
        assert_eq!(
            amount["x-rust-type"]["path"],
            "provider_runtime::RequestAmount"
        );
    }

    #[test]
    fn what_is_no_schema_accepts_anything() {
        for nonsense in [
            json!(null),
            json!(7),
            json!("string"),
            json!([]),
            json!(true),
        ] {
            let (schema, report) = lower_answer_schema(nonsense.clone());
            assert_eq!(schema, json!({}), "{nonsense}");
            let noted = report.counts().get("reading").copied();
            assert_eq!(noted, (!nonsense.is_boolean()).then_some(1), "{nonsense}");
        }
    }

    #[test]
    fn keywords_with_a_value_of_the_wrong_kind_are_left_out_and_noted() {
        let (schema, report) = lower_request_schema(json!({
            "type": "string", "title": 3, "nullable": "yes", "maxLength": -1, "minLength": 2, "enum": {}, "description": ["d"]
        }));
        let noted = report.counts()["reading"];
        assert_eq!((noted, &schema["minLength"]), (5, &json!(2)));
        assert_eq!(schema, json!({"type": "string", "minLength": 2}));
    }

    #[test]
    fn a_type_that_json_schema_does_not_know_is_left_out() {
        assert_eq!(lower_answer_schema(json!({"type": "any"})).0, json!({}));
        assert_eq!(
            lower_answer_schema(json!({"type": "Boolean"})).0,
            json!({"type": "boolean"})
        );
    }

    #[test]
    fn the_types_of_a_foreign_crate_are_not_taken_over() {
        let foreign = json!({"type": "string", "x-rust-type": {"crate": "std", "version": "*", "path": "std::process::Command"}});
        assert_eq!(lower_answer_schema(foreign).0, json!({"type": "string"}));
    }

    #[test]
    fn what_swagger_calls_x_nullable_is_nullable() {
        let (schema, _) = lower_answer_schema(json!({"type": "boolean", "x-nullable": true}));
        assert_eq!(schema["nullable"], true);
    }

    #[test]
    fn components_that_are_no_object_are_replaced() {
        let document = |components: Value| json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": components});
        for components in [
            json!(null),
            json!([]),
            json!({"schemas": 7}),
            json!({"schemas": {"A": null}}),
        ] {
            let lowered = lower(&document(components)).unwrap();
            assert_eq!(lowered.document["components"]["schemas"], json!({}));
        }
    }

    #[test]
    fn a_constant_becomes_an_enumeration_of_one_value() {
        let (schema, _) = lower_request_schema(json!({"const": "card"}));
        assert_eq!(schema, json!({"type": "string", "enum": ["card"]}));
    }

    #[test]
    fn numeric_exclusive_bounds_become_boolean_ones() {
        let (schema, _) = lower_request_schema(
            json!({"type": "string", "exclusiveMinimum": 3, "exclusiveMaximum": 9}),
        );
        assert_eq!(schema["minimum"], 3);
        assert_eq!(schema["exclusiveMinimum"], true);
        assert_eq!(schema["maximum"], 9);
        assert_eq!(schema["exclusiveMaximum"], true);
    }

    #[test]
    fn a_least_length_of_nothing_goes() {
        let (schema, _) = lower_request_schema(json!({"type": "string", "minLength": 0}));
        assert_eq!(schema, json!({"type": "string"}));
    }

    #[test]
    fn the_first_of_several_examples_is_kept() {
        let (schema, _) = lower_request_schema(json!({"type": "string", "examples": ["a", "b"]}));
        assert_eq!(schema, json!({"type": "string", "example": "a"}));
    }

    #[test]
    fn a_type_or_null_becomes_a_nullable_type() {
        let (schema, _) = lower_request_schema(json!({"type": ["string", "null"], "maxLength": 3}));
        assert_eq!(
            schema,
            json!({"type": "string", "nullable": true, "maxLength": 3})
        );
    }

    #[test]
    fn null_in_a_union_of_two_leaves_the_other_one_nullable() {
        let (schema, _) =
            lower_request_schema(json!({"anyOf": [{"type": "boolean"}, {"type": "null"}]}));
        assert_eq!(schema, json!({"type": "boolean", "nullable": true}));
    }

    #[test]
    fn null_in_an_enumeration_makes_it_nullable() {
        let (schema, _) = lower_request_schema(json!({"type": "string", "enum": ["a", null]}));
        assert_eq!(
            schema,
            json!({"type": "string", "nullable": true, "enum": ["a"]})
        );
    }

    #[test]
    fn a_value_that_is_null_in_a_union_makes_it_nullable() {
        let flag = json!({"type": "boolean"});
        for member in [json!({"const": null}), json!({"enum": [null]})] {
            let (schema, _) = lower_request_schema(json!({"oneOf": [flag, member]}));
            assert_eq!(schema, json!({"type": "boolean", "nullable": true}));
        }
    }

    #[test]
    fn a_named_schema_of_null_in_a_union_makes_it_nullable() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let member = json!({"oneOf": [reference("Genre"), reference("Blank"), reference("Null")]});
        let lowered = lowered(
            json!({"/a": {"post": {"operationId": "a", "responses": {"204": {"description": ""}}, "requestBody": {"content": {"application/json": {
                "schema": {"type": "object", "required": ["genre"], "properties": {"genre": member}}
            }}}}}}),
            json!({
                "Genre": {"type": "string", "enum": ["pop", "rock"]}, "Blank": {"enum": [""]}, "Null": {"enum": [null]}
            }),
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["ARequest"]["properties"]["genre"]["nullable"], true);
        let values: Vec<_> = schemas["ARequestGenre"]["enum"]
            .as_array()
            .unwrap()
            .iter()
            .map(|value| wire_names(value.as_str().unwrap()))
            .collect();
        assert_eq!(values, ["pop", "rock", ""]);
    }

    #[test]
    fn a_description_beside_a_reference_is_kept() {
        let (schema, _) = lower_request_schema(
            json!({"$ref": "#/components/schemas/Body", "description": "mine"}),
        );
        assert_eq!(
            schema,
            json!({"allOf": [{"$ref": "#/components/schemas/Body"}], "description": "mine"})
        );
    }
}
