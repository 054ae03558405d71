//! Texts without quotes, which YAML takes for numbers, flags or nothing, where the document says that they are texts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use openapi_model::schema::Type;
use openapi_model::{At, Id, Model, Sample, Schema, pointer};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_saphyr::{Options, Spanned};

/// No schema is within itself more often, as far as examples go.
const DEEPEST: usize = 32;

/// Gives such texts in `document`, which was read from `text`, the words that stand there.
pub(super) fn keep(document: &mut Value, text: &str, options: Options) {
    let misread = misread(&Model::of(document));
    if misread.is_empty() {
        return;
    }
    let words = RefCell::default();
    let seed = Reader {
        at: String::new(),
        misread: &misread,
        text,
        words: &words,
    };
    let read = serde_saphyr::with_deserializer_from_str_with_options(text, options, |reader| {
        seed.deserialize(reader)
    });
    // It was read before.
    if read.is_err() {
        return;
    }
    for (at, words) in words.into_inner() {
        if let Some(value) = document.pointer_mut(&at) {
            *value = Value::String(words);
        }
    }
}

/// The places that hold no text although their schemas, or OpenAPI itself, say it.
fn misread(model: &Model<'_>) -> BTreeSet<String> {
    let mut misread = BTreeSet::new();
    for schema in model.schemas() {
        of_values(schema, schema, &mut misread);
        if is_text(schema, 0) {
            let parts = schema.all_of.iter().map(|part| schema.at(*part));
            for part in parts.filter(|part| part.types.is_none() && part.target().is_none()) {
                of_values(part, schema, &mut misread);
            }
        }
        of_samples(schema, &schema.said().examples, &mut misread);
        if let Some(spot) = schema
            .keyword("required")
            .filter(|spot| spot.value.is_array())
        {
            for (index, name) in spot.value.as_array().into_iter().flatten().enumerate() {
                of_openapi(
                    name,
                    || pointer::join(&spot.pointer(), &index.to_string()),
                    &mut misread,
                );
            }
        }
    }
    for media in model.media_types() {
        if let Some(schema) = media.schema {
            of_samples(media.at(schema), &media.said().examples, &mut misread);
        }
    }
    for parameter in model.parameters() {
        if let Some(name) = parameter.raw().get("name") {
            of_openapi(
                name,
                || pointer::join(&parameter.pointer(), "name"),
                &mut misread,
            );
        }
        if let Some(schema) = parameter.schema {
            of_samples(
                parameter.at(schema),
                &parameter.said().examples,
                &mut misread,
            );
        }
    }
    misread
}

/// The names that `value`, which OpenAPI says to be one, does not hold.
fn of_openapi(value: &Value, at: impl Fn() -> String, misread: &mut BTreeSet<String>) {
    if value.is_number() || value.is_boolean() {
        misread.insert(at());
    }
}

/// The values that `schema` lists, which are instances of `of`.
fn of_values<'m>(
    schema: At<'m, Schema<'m>>,
    of: At<'m, Schema<'m>>,
    misread: &mut BTreeSet<String>,
) {
    let single = ["const", "default"].into_iter();
    for spot in single.filter_map(|keyword| schema.keyword(keyword)) {
        fit(&[of], spot.value, &spot.pointer(), 0, misread);
    }
    let Some(spot) = schema.keyword("enum").filter(|spot| spot.value.is_array()) else {
        return;
    };
    let is_text = schema
        .types
        .is_some_and(|types| types.are_only(Type::String));
    for (index, value) in spot.value.as_array().into_iter().flatten().enumerate() {
        let at = pointer::join(&spot.pointer(), &index.to_string());
        if value.is_null() && is_text && !schema.nullable {
            misread.insert(at);
        } else {
            fit(&[of], value, &at, 0, misread);
        }
    }
}

fn of_samples<'m>(
    schema: At<'m, Schema<'m>>,
    samples: &[Sample<'m>],
    misread: &mut BTreeSet<String>,
) {
    for sample in samples {
        let at = schema.model().spot(sample).pointer();
        fit(&[schema], sample.value, &at, 0, misread);
    }
}

/// Adds the places in `value` that are to be texts: where one of the schemas that it may be an instance of says so,
/// and none of them takes what was read.
fn fit<'m>(
    schemas: &[At<'m, Schema<'m>>],
    value: &Value,
    at: &str,
    depth: usize,
    misread: &mut BTreeSet<String>,
) {
    if depth > DEEPEST {
        return;
    }
    let mut inner = |found: Vec<At<'m, Schema<'m>>>, value, token: &str| {
        if !found.is_empty() {
            fit(&found, value, &pointer::join(at, token), depth + 1, misread);
        }
    };
    match value {
        Value::Number(_) | Value::Bool(_) => {
            if schemas.iter().any(|schema| is_text(*schema, depth))
                && !schemas.iter().any(|schema| takes(*schema, value, depth))
            {
                misread.insert(at.to_owned());
            }
        }
        Value::Array(entries) => {
            let schemas = parts(schemas, value);
            for (index, entry) in entries.iter().enumerate() {
                let of_entry = schemas.iter().filter_map(|schema| {
                    let id = schema.first.get(index).copied().or(schema.items)?;
                    Some(schema.at(id))
                });
                inner(of_entry.collect(), entry, &index.to_string());
            }
        }
        Value::Object(members) => {
            let schemas = parts(schemas, value);
            for (name, member) in members {
                let of_member = schemas.iter().filter_map(|schema| {
                    let declared = schema.properties.iter().find(|(known, _)| known == name);
                    let id = declared.map(|(_, id)| *id).or(schema.additional)?;
                    Some(schema.at(id))
                });
                inner(of_member.collect(), member, name);
            }
        }
        Value::Null | Value::String(_) => {}
    }
}

/// How many schemas are looked at for one value.
const MOST: usize = 256;

/// What the schemas are made of, as far as `value` may be an instance of it.
fn parts<'m>(schemas: &[At<'m, Schema<'m>>], value: &Value) -> Vec<At<'m, Schema<'m>>> {
    let mut found: Vec<At<'m, Schema<'m>>> = Vec::new();
    let mut pending: Vec<_> = schemas.iter().map(|schema| schema.end()).collect();
    while let Some(schema) = pending.pop() {
        if found.len() == MOST || found.iter().any(|known| known.id() == schema.id()) {
            continue;
        }
        found.push(schema);
        let unions = schema.unions.iter().flat_map(|union| &union.members);
        let unions = unions.map(|member| schema.at(*member).end());
        pending.extend(unions.filter(|member| !is_another(*member, value)));
        pending.extend(schema.all_of.iter().map(|part| schema.at(*part).end()));
    }
    found
}

/// Whether a text in `value` is none of those that an alternative has there.
fn is_another<'m>(schema: At<'m, Schema<'m>>, value: &Value) -> bool {
    schema.properties.iter().any(|(name, id)| {
        let Some(told @ Value::String(_)) = value.get(*name) else {
            return false;
        };
        let property = schema.at(*id).end();
        let constant = property.keyword("const").map(|spot| spot.value == told);
        let listed = property
            .keyword("enum")
            .and_then(|spot| spot.value.as_array());
        constant == Some(false) || listed.is_some_and(|values| !values.contains(told))
    })
}

/// Whether a schema says that what was read for `value` is of its type.
fn takes<'m>(schema: At<'m, Schema<'m>>, value: &Value, depth: usize) -> bool {
    let schema = schema.end();
    if depth > DEEPEST {
        return false;
    }
    match schema.types {
        Some(types) => types.has(Type::of_value(value)),
        None => {
            let unions = schema.unions.iter().flat_map(|union| &union.members);
            let mut parts = schema.all_of.iter().chain(unions);
            parts.any(|part| takes(schema.at(*part), value, depth + 1))
        }
    }
}

/// Whether every value of a schema is a text, or null.
fn is_text<'m>(schema: At<'m, Schema<'m>>, depth: usize) -> bool {
    let schema = schema.end();
    if depth > DEEPEST {
        return false;
    }
    let of = |part: &Id<Schema<'m>>| is_text(schema.at(*part), depth + 1);
    match schema.types {
        Some(types) => types.without(Type::Null).are_only(Type::String),
        None => {
            let mut unions = schema.unions.iter();
            schema.all_of.iter().any(of) || unions.any(|union| union.members.iter().all(of))
        }
    }
}

/// Reads what stands at the misread places.
struct Reader<'a> {
    at: String,
    misread: &'a BTreeSet<String>,
    text: &'a str,
    words: &'a RefCell<BTreeMap<String, String>>,
}

impl Reader<'_> {
    fn below(&self, key: &str) -> Self {
        Self {
            at: pointer::join(&self.at, key),
            ..*self
        }
    }

    /// Whether a misread place is within this one.
    fn leads_there(&self) -> bool {
        let within = format!("{}/", self.at);
        let next = self.misread.range(within.clone()..).next();
        next.is_some_and(|next| next.starts_with(&within))
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if self.misread.contains(&self.at) {
            let found = Spanned::<IgnoredAny>::deserialize(deserializer)?;
            let words = words(self.text, &found);
            let mut kept = self.words.borrow_mut();
            // The last of a key that occurs twice counts.
            kept.remove(&self.at);
            kept.extend(words.map(|words| (self.at, words.to_owned())));
            Ok(())
        } else if self.leads_there() {
            deserializer.deserialize_any(self)
        } else {
            IgnoredAny::deserialize(deserializer).map(drop)
        }
    }
}

/// The words of a scalar where it is written.
fn words<'a>(text: &'a str, found: &Spanned<IgnoredAny>) -> Option<&'a str> {
    let span = found.defined.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let length = usize::try_from(span.byte_len()?).ok()?;
    let words = text.get(start..start.checked_add(length)?)?.trim();
    (!words.is_empty()).then_some(words)
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("what was read before")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let mut index = 0;
        while access
            .next_element_seed(self.below(&index.to_string()))?
            .is_some()
        {
            index += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while let Some(key) = access.next_key::<String>()? {
            access.next_value_seed(self.below(&key))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Format, parse};
    use super::*;

    fn schema(text: &str) -> Value {
        let schema: String = text.lines().map(|line| format!("      {line}\n")).collect();
        let document = format!("openapi: 3.0.3\ncomponents:\n  schemas:\n    A:\n{schema}");
        parse(&document, Format::Yaml).unwrap()["components"]["schemas"]["A"].clone()
    }

    #[test]
    fn words_of_an_enumeration_of_texts_are_as_they_are_written() {
        let written = "1.10, no, 0x10, 2024-01-01, 1e3, 007, null, ~, Null, true, 1.0, +1, .5, 1_000, 'q', 12345678901234567890123.50";
        let words: Vec<_> = written
            .split(", ")
            .map(|word| word.trim_matches('\''))
            .collect();
        let read = schema(&format!("type: string\nenum: [{written}]"));
        assert_eq!(read["enum"], json!(words));
        let lines: String = written
            .split(", ")
            .map(|word| format!("  - {word} # c\n"))
            .collect();
        assert_eq!(
            schema(&format!("type: string\nenum:\n{lines}"))["enum"],
            json!(words)
        );
    }

    #[test]
    fn only_what_is_said_to_be_a_text_is_one() {
        let read = schema("type: number\nenum: [1.10, 2]\nexample: 1.10\ndefault: 3");
        assert_eq!(
            read,
            json!({"type": "number", "enum": [1.1, 2], "example": 1.1, "default": 3})
        );
        let read = schema("type: string\nnullable: true\nenum: [a, null, 1]\nexample: null");
        assert_eq!(read["enum"], json!(["a", null, "1"]));
        assert_eq!(read["example"], json!(null));
        let read = schema("type: [string, 'null']\nenum: [1.0, null]");
        assert_eq!(read["enum"], json!(["1.0", null]));
        let read = schema("oneOf: [{type: string}, {type: number}]\nexample: 1.10");
        assert_eq!(read["example"], json!(1.1));
    }

    #[test]
    fn examples_defaults_and_constants_keep_their_words_at_any_depth() {
        let read = schema(
            "type: object\nexample: {version: 1.10, count: 1.10, more: {x: 007}, list: [1e3]}\n\
             properties:\n  version: {type: string, default: 2.0, const: 0x10, examples: [3.10]}\n  count: {type: number}\n  \
             list: {type: array, items: {allOf: [{type: string}]}}\n  \
             more: {additionalProperties: {type: string}}",
        );
        assert_eq!(
            read["example"],
            json!({"version": "1.10", "count": 1.1, "more": {"x": "007"}, "list": ["1e3"]})
        );
        assert_eq!(
            read["properties"]["version"],
            json!({"type": "string", "default": "2.0", "const": "0x10", "examples": ["3.10"]})
        );
    }

    #[test]
    fn an_example_of_a_union_has_the_texts_of_the_alternative_that_it_may_be() {
        let read = schema(
            "oneOf:\n  - {properties: {kind: {const: a}, v: {type: string}, n: {type: number}}}\n  \
             - {properties: {kind: {const: b}, v: {type: number}, n: {type: string}}}\n  \
             - {allOf: [{properties: {kind: {enum: [c]}}}], anyOf: [{properties: {w: {type: string}}}, {type: object}]}\n\
             examples:\n  - {kind: a, v: 1.10, n: 1.10}\n  - {kind: b, v: 1.10, n: 1.10}\n  - {v: 1.10}\n  - {kind: c, w: 007.50}",
        );
        assert_eq!(
            read["examples"],
            json!([
                {"kind": "a", "v": "1.10", "n": 1.1}, {"kind": "b", "v": 1.1, "n": "1.10"},
                // Either, so that it is what it was read as.
                {"v": 1.1}, {"kind": "c", "w": "007.50"}
            ])
        );
        let read = schema("allOf: [{type: string}, {enum: [3.10, a], default: 3.10}]");
        assert_eq!(
            read["allOf"][1],
            json!({"enum": ["3.10", "a"], "default": "3.10"})
        );
    }

    #[test]
    fn names_are_texts() {
        let document = parse(
            "openapi: 3.0.3
paths:
  /a:
    get:
      parameters: [{name: 1.10, in: query, schema: {type: object, required: [007.50, no, true], properties: {007.50: {}}}}]
",
            Format::Yaml,
        )
        .unwrap();
        let parameter = &document["paths"]["/a"]["get"]["parameters"][0];
        assert_eq!(parameter["name"], "1.10");
        assert_eq!(
            parameter["schema"]["required"],
            json!(["007.50", "no", "true"])
        );
    }

    #[test]
    fn examples_beside_a_schema_are_read_with_it_also_through_references_and_aliases() {
        let document = parse(
            "openapi: 3.0.3
paths:
  /a:
    get:
      parameters:
        - {name: v, in: query, schema: {$ref: '#/components/schemas/V'}, example: &one 1.10}
      responses:
        '200':
          description: é
          content:
            application/json:
              schema: {type: object, properties: {v: {$ref: '#/components/schemas/V'}}}
              examples: {first: {value: {v: *one}}, second: {value: {v: 2.50}}}
components:
  schemas:
    V: {type: string}
",
            Format::Yaml,
        )
        .unwrap();
        let operation = &document["paths"]["/a"]["get"];
        assert_eq!(operation["parameters"][0]["example"], "1.10");
        let media = &operation["responses"]["200"]["content"]["application/json"];
        assert_eq!(media["examples"]["first"]["value"]["v"], "1.10");
        assert_eq!(media["examples"]["second"]["value"]["v"], "2.50");
    }
}
