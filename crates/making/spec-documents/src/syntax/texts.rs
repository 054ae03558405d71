//! Texts without quotes, which YAML takes for numbers, flags or nothing, where the document says that they are texts.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use openapi_model::{Kind, Position};
use openapi_model::{pointer, reference};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_saphyr::{Options, Spanned};

/// No schema is within itself more often, as far as examples go.
const DEEPEST: usize = 32;

/// Gives such texts in `document`, which was read from `text`, the words that stand there.
pub(super) fn keep(document: &mut Value, text: &str, options: Options) {
    let mut misread = BTreeSet::new();
    collect(document, document, Position::ROOT, "", &mut misread);
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

/// Adds the places in `value` that hold no text although their schemas say it.
fn collect(
    document: &Value,
    value: &Value,
    position: Position,
    at: &str,
    misread: &mut BTreeSet<String>,
) {
    if let (false, Some(object)) = (position.several, value.as_object()) {
        match position.kind {
            Kind::Schema => of_schema(document, value, at, misread),
            Kind::MediaType | Kind::Parameter | Kind::Header => {
                of_examples(document, object, at, misread);
            }
            _ => {}
        }
    }
    let mut below = |key: &str, inner: &Value| {
        let position = position.below(key, inner);
        if position.kind != Kind::Other {
            let at = pointer::join(at, key);
            collect(document, inner, position, &at, misread);
        }
    };
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                below(key, inner);
            }
        }
        Value::Array(entries) => {
            for (index, inner) in entries.iter().enumerate() {
                below(&index.to_string(), inner);
            }
        }
        _ => {}
    }
}

/// What a schema says of its own values.
fn of_schema(document: &Value, schema: &Value, at: &str, misread: &mut BTreeSet<String>) {
    for keyword in ["const", "default", "example"] {
        if let Some(value) = schema.get(keyword) {
            fit(
                document,
                schema,
                value,
                &pointer::join(at, keyword),
                0,
                misread,
            );
        }
    }
    for keyword in ["enum", "examples"] {
        let values = schema.get(keyword).and_then(Value::as_array);
        let at = pointer::join(at, keyword);
        for (index, value) in values.into_iter().flatten().enumerate() {
            let at = pointer::join(&at, &index.to_string());
            if keyword == "enum"
                && value.is_null()
                && schema["type"] == "string"
                && schema["nullable"] != true
            {
                misread.insert(at);
            } else {
                fit(document, schema, value, &at, 0, misread);
            }
        }
    }
}

/// What stands beside a schema.
fn of_examples(
    document: &Value,
    owner: &Map<String, Value>,
    at: &str,
    misread: &mut BTreeSet<String>,
) {
    let Some(schema) = owner.get("schema") else {
        return;
    };
    if let Some(value) = owner.get("example") {
        fit(
            document,
            schema,
            value,
            &pointer::join(at, "example"),
            0,
            misread,
        );
    }
    let examples = owner.get("examples").and_then(Value::as_object);
    let at = pointer::join(at, "examples");
    for (name, example) in examples.into_iter().flatten() {
        if let Some(value) = example.get("value") {
            let at = pointer::join(&pointer::join(&at, name), "value");
            fit(document, schema, value, &at, 0, misread);
        }
    }
}

/// Adds the places in `value`, an instance of `schema`, that are to be texts.
fn fit(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    depth: usize,
    misread: &mut BTreeSet<String>,
) {
    let schema = reference::followed(document, schema);
    if depth > DEEPEST {
        return;
    }
    match value {
        Value::Number(_) | Value::Bool(_) => {
            if is_text(document, schema, depth) {
                misread.insert(at.to_owned());
            }
        }
        Value::Array(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                let at = pointer::join(at, &index.to_string());
                if let Some(items) = schema.get("items") {
                    fit(document, items, entry, &at, depth + 1, misread);
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let declared = schema.get("properties").and_then(|all| all.get(name));
                if let Some(of_member) = declared.or_else(|| schema.get("additionalProperties")) {
                    let at = pointer::join(at, name);
                    fit(document, of_member, member, &at, depth + 1, misread);
                }
            }
        }
        Value::Null | Value::String(_) => {}
    }
    if value.is_array() || value.is_object() {
        let parts = schema.get("allOf").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            fit(document, part, value, at, depth + 1, misread);
        }
    }
}

/// Whether every value of a schema is a text, or null.
fn is_text(document: &Value, schema: &Value, depth: usize) -> bool {
    let schema = reference::followed(document, schema);
    let of = |part: &Value| is_text(document, part, depth + 1);
    let parts = |keyword: &str| schema.get(keyword).and_then(Value::as_array);
    let is_null = |part: &&Value| part["type"] == "null";
    match &schema["type"] {
        _ if depth > DEEPEST => false,
        Value::String(kind) => kind == "string",
        Value::Array(kinds) => {
            kinds.iter().any(|kind| kind == "string")
                && kinds.iter().all(|kind| kind == "string" || kind == "null")
        }
        _ => {
            let all = |forms: &Vec<Value>| {
                let mut forms = forms.iter().filter(|form| !is_null(form)).peekable();
                forms.peek().is_some() && forms.all(of)
            };
            parts("allOf").is_some_and(|all| all.iter().any(of))
                || parts("oneOf").or(parts("anyOf")).is_some_and(all)
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
