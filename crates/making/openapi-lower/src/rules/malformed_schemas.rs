//! Schemas that are no schemas.

use serde_json::{Map, Value, json};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document, pointer, rust_type, schema};

pub(super) const RULE: Rule = Rule {
    name: "malformed-schemas",
    statement: "Accepts whatever stands where a schema belongs, and keywords with a value of the wrong kind; emits objects whose keywords have values of the right kind: what says nothing is left out, `true` and `false` are written as schemas.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    let mut roots = Vec::new();
    document::each_operation_schema(document, &mut |at, _, _| roots.push(at.to_owned()));
    let named = document::schemas_mut(document).keys();
    roots.extend(named.map(|name| pointer::join("/components/schemas", name)));
    for at in roots {
        if let Some(root) = document.pointer_mut(&at) {
            repair(root, &at, scribe);
        }
    }
    Ok(())
}

/// What the value of a keyword has to be.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Flag,
    Number,
    Count,
    List,
    Object,
    Names,
    /// A number, or the flag of OpenAPI 3.0.
    Bound,
}

const KINDS: [(&str, Kind); 27] = [
    ("$ref", Kind::Text),
    ("title", Kind::Text),
    ("description", Kind::Text),
    ("format", Kind::Text),
    ("pattern", Kind::Text),
    ("nullable", Kind::Flag),
    ("readOnly", Kind::Flag),
    ("writeOnly", Kind::Flag),
    ("deprecated", Kind::Flag),
    ("uniqueItems", Kind::Flag),
    ("minimum", Kind::Number),
    ("maximum", Kind::Number),
    ("multipleOf", Kind::Number),
    ("exclusiveMinimum", Kind::Bound),
    ("exclusiveMaximum", Kind::Bound),
    ("minLength", Kind::Count),
    ("maxLength", Kind::Count),
    ("minItems", Kind::Count),
    ("maxItems", Kind::Count),
    ("minProperties", Kind::Count),
    ("maxProperties", Kind::Count),
    ("enum", Kind::List),
    ("examples", Kind::List),
    ("required", Kind::Names),
    ("properties", Kind::Object),
    ("patternProperties", Kind::Object),
    ("discriminator", Kind::Object),
];

/// The types that JSON Schema knows.
const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "array", "object", "null",
];

/// Makes a schema of what stands in `place`.
pub(super) fn repair(place: &mut Value, at: &str, scribe: &mut Scribe<'_>) {
    match place {
        Value::Object(schema) => {
            if schema.get("not") == Some(&Value::Bool(true)) {
                schema.insert("not".to_owned(), json!({}));
            }
            keywords(schema, at, scribe);
            types(schema, at, scribe);
            schema::each_place_mut(schema, at, &mut |at, place| repair(place, at, scribe));
        }
        Value::Bool(true) => {
            *place = json!({});
            scribe.note(at, "true became the schema of anything");
        }
        Value::Bool(false) => {
            *place = json!({"not": {}});
            scribe.note(at, "false became the schema of nothing");
        }
        other => {
            let found = std::mem::replace(other, json!({}));
            scribe.note(
                at,
                format!("{found} is no schema: it became the schema of anything"),
            );
        }
    }
}

fn keywords(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    for (keyword, kind) in KINDS {
        let Some(value) = schema.get_mut(keyword) else {
            continue;
        };
        if kind == Kind::Names && value.is_array() {
            names(value, at, scribe);
            continue;
        }
        if fits(value, kind) || keyword == "discriminator" && is_discriminator(value) {
            continue;
        }
        let found = schema.remove(keyword).unwrap_or_default();
        let what = "is left out: it is not what the keyword may have";
        scribe.note(at, format!("{keyword} {found} {what}"));
    }
    for keyword in schema::LISTS {
        if schema
            .get(keyword)
            .is_some_and(|value| value.as_array().is_none_or(Vec::is_empty))
        {
            schema.remove(keyword);
            scribe.note(at, format!("{keyword} without members is left out"));
        }
    }
    if schema
        .get("discriminator")
        .is_some_and(|value| !is_discriminator(value))
    {
        schema.remove("discriminator");
        scribe.note(
            at,
            "discriminator is left out: it names no property, or maps to something else than names",
        );
    }
    // What converters from Swagger 2.0 write for it.
    if schema.get("x-nullable") == Some(&Value::Bool(true)) && !schema.contains_key("nullable") {
        schema.insert("nullable".to_owned(), Value::Bool(true));
        scribe.note(at, "x-nullable became nullable");
    }
    // They say nothing about instances, and their form varies.
    for keyword in ["externalDocs", "xml"] {
        schema.remove(keyword);
    }
    // The generator would take the type that it names.
    if schema.remove(rust_type::EXTENSION).is_some() {
        scribe.note(
            at,
            format!(
                "{} is left out: it is a mark of lowering's own",
                rust_type::EXTENSION
            ),
        );
    }
    // The list form of `items` is that of 2020-12's `prefixItems`.
    if let Some(items @ Value::Array(_)) = schema.get_mut("items") {
        let list = items.take();
        schema.remove("items");
        if list.as_array().is_some_and(|list| !list.is_empty()) {
            schema.insert("prefixItems".to_owned(), list);
        }
        if let Some(more) = schema.remove("additionalItems") {
            schema.insert("items".to_owned(), more);
        }
        scribe.note(at, "a list of items became prefixItems");
    }
}

fn fits(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Flag => value.is_boolean(),
        Kind::Number => value.is_number(),
        Kind::Bound => value.is_number() || value.is_boolean(),
        // What does not fit in 32 bits limits nothing that a client could hold.
        Kind::Count => value
            .as_u64()
            .is_some_and(|count| u32::try_from(count).is_ok()),
        Kind::List | Kind::Names => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

/// A property's name, and names of schemas by the property's values.
fn is_discriminator(value: &Value) -> bool {
    value.get("propertyName").is_some_and(Value::is_string)
        && value.get("mapping").is_none_or(|mapping| {
            mapping
                .as_object()
                .is_some_and(|mapping| mapping.values().all(Value::is_string))
        })
}

/// Names that are required: texts, each once.
fn names(value: &mut Value, at: &str, scribe: &mut Scribe<'_>) {
    let Some(list) = value.as_array_mut() else {
        return;
    };
    let before = list.len();
    let mut seen = std::collections::BTreeSet::new();
    list.retain(|name| {
        name.as_str()
            .is_some_and(|name| seen.insert(name.to_owned()))
    });
    if list.len() != before {
        scribe.note(
            at,
            "required names something twice, or something that is no name: left out",
        );
    }
}

fn types(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let known = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
    let Some(value) = schema.get_mut("type") else {
        return;
    };
    if known(value) {
        return;
    }
    let found = value.clone();
    match value {
        Value::Array(kinds) => {
            let before = kinds.len();
            let mut seen = Vec::new();
            kinds.retain(|kind| {
                let keep = known(kind) && !seen.contains(kind);
                seen.push(kind.clone());
                keep
            });
            if kinds.len() == before && before > 0 {
                return;
            }
            // A list with something unknown in it admits that too, whatever it is.
            if seen.iter().any(|kind| !known(kind)) || kinds.is_empty() {
                schema.remove("type");
            }
        }
        Value::String(kind) if TYPES.contains(&kind.to_ascii_lowercase().as_str()) => {
            *kind = kind.to_ascii_lowercase();
        }
        Value::String(kind) if meant(kind).is_some() => {
            let (kind, format) = meant(kind).unwrap_or_default();
            *value = kind.into();
            if let Some(format) = format {
                schema.entry("format").or_insert_with(|| format.into());
            }
        }
        _ => {
            schema.remove("type");
        }
    }
    scribe.note(
        at,
        match schema.get("type") {
            Some(kind) => format!("type {found} became {kind}"),
            None => format!("type {found} is no type of JSON Schema: left out"),
        },
    );
}

/// The type, and the format if there is one, that a word from a programming language or a format means.
fn meant(word: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match word.trim().to_ascii_lowercase().as_str() {
        "decimal" | "float" | "double" | "numeric" | "money" => ("number", None),
        "int" | "long" | "short" | "bigint" => ("integer", None),
        "int32" => ("integer", Some("int32")),
        "int64" => ("integer", Some("int64")),
        "bool" => ("boolean", None),
        "str" | "text" | "char" | "varchar" | "email" | "uri" | "url" => ("string", None),
        "date" => ("string", Some("date")),
        "datetime" | "date-time" | "timestamp" => ("string", Some("date-time")),
        "uuid" | "guid" => ("string", Some("uuid")),
        "list" => ("array", None),
        "map" | "dict" | "dictionary" => ("object", None),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;
    use crate::rules::testing::{lower_answer_schema, lower_request_schema};

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
            assert_eq!(report.counts()["malformed-schemas"], 1, "{word}");
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
            assert_eq!(report.counts()["malformed-schemas"], 1, "{nonsense}");
        }
    }

    #[test]
    fn keywords_with_a_value_of_the_wrong_kind_are_left_out_and_noted() {
        let (schema, report) = lower_request_schema(json!({
            "type": "string", "title": 3, "nullable": "yes", "maxLength": -1, "minLength": 2, "enum": {}, "description": ["d"]
        }));
        let noted = report.counts()["malformed-schemas"];
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
        let (schema, report) = lower_answer_schema(json!({"type": "boolean", "x-nullable": true}));
        assert_eq!(schema["nullable"], true);
        assert_eq!(report.counts()["malformed-schemas"], 1);
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
}
