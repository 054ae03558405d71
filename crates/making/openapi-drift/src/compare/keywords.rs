//! What is on the wire and what is not, keyword by keyword.
//!
//! One table per object of OpenAPI. Whatever a table does not name is on the wire as far as anyone knows, and compared
//! as it is; so is a value that has not the shape that its keyword asks for.

use serde_json::Value;

/// What a keyword holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Nothing that is on the wire: documentation, or names that only the document uses.
    OffTheWire,
    /// Its rule takes any value.
    Any,
    Object,
    List,
    Text,
    Flag,
    Number,
    /// A flag (3.0) or a number (3.1).
    FlagOrNumber,
}

use Shape::{Any, Flag, FlagOrNumber, List, Number, Object, OffTheWire, Text};

/// A table: keywords and what they hold.
pub(crate) type Table = &'static [(&'static str, Shape)];

pub(crate) const DOCUMENT: Table = &[
    ("openapi", OffTheWire),
    ("info", OffTheWire),
    ("tags", OffTheWire),
    ("externalDocs", OffTheWire),
    ("jsonSchemaDialect", OffTheWire),
    // Reached by reference.
    ("components", OffTheWire),
    ("paths", Object),
    ("webhooks", Object),
    ("servers", List),
    ("security", List),
];

pub(crate) const PATH_ITEM: Table = &[
    ("summary", OffTheWire),
    ("description", OffTheWire),
    ("$ref", Text),
    ("parameters", List),
    ("servers", List),
    ("get", Object),
    ("put", Object),
    ("post", Object),
    ("delete", Object),
    ("options", Object),
    ("head", Object),
    ("patch", Object),
    ("trace", Object),
];

pub(crate) const OPERATION: Table = &[
    ("operationId", OffTheWire),
    ("tags", OffTheWire),
    ("externalDocs", OffTheWire),
    // Their words are compared.
    ("summary", OffTheWire),
    ("description", OffTheWire),
    ("parameters", List),
    ("requestBody", Object),
    ("responses", Object),
    ("callbacks", Object),
    ("deprecated", Flag),
    ("security", List),
    ("servers", List),
];

pub(crate) const PARAMETER: Table = &[
    ("description", OffTheWire),
    ("example", OffTheWire),
    ("examples", OffTheWire),
    ("name", Any),
    ("in", Any),
    ("$ref", Text),
    ("required", Flag),
    ("deprecated", Flag),
    ("style", Text),
    ("explode", Flag),
    ("allowReserved", Flag),
    ("allowEmptyValue", Flag),
    ("schema", Any),
    ("content", Object),
];

pub(crate) const REQUEST_BODY: Table = &[
    ("description", OffTheWire),
    ("$ref", Text),
    ("required", Flag),
    ("content", Object),
];

pub(crate) const MEDIA_TYPE: Table = &[
    ("example", OffTheWire),
    ("examples", OffTheWire),
    ("schema", Any),
    ("encoding", Any),
];

pub(crate) const ANSWER: Table = &[
    ("description", OffTheWire),
    // What may be called next, for people.
    ("links", OffTheWire),
    ("$ref", Text),
    ("content", Object),
    ("headers", Object),
];

pub(crate) const SERVER: Table = &[
    ("name", OffTheWire),
    // Its words are compared.
    ("description", OffTheWire),
    ("url", Any),
    ("variables", Any),
];

pub(crate) const SCHEMA: Table = &[
    ("title", OffTheWire),
    ("description", OffTheWire),
    ("example", OffTheWire),
    ("examples", OffTheWire),
    ("externalDocs", OffTheWire),
    ("$comment", OffTheWire),
    ("$schema", OffTheWire),
    ("$id", OffTheWire),
    ("$anchor", OffTheWire),
    // Reached by reference.
    ("$defs", OffTheWire),
    ("definitions", OffTheWire),
    ("$ref", Text),
    ("allOf", List),
    ("oneOf", List),
    ("anyOf", List),
    ("type", Any),
    ("nullable", Flag),
    ("enum", List),
    ("const", Any),
    ("format", Text),
    ("pattern", Text),
    ("minimum", Number),
    ("maximum", Number),
    ("exclusiveMinimum", FlagOrNumber),
    ("exclusiveMaximum", FlagOrNumber),
    ("multipleOf", Number),
    ("minLength", Number),
    ("maxLength", Number),
    ("minItems", Number),
    ("maxItems", Number),
    ("minProperties", Number),
    ("maxProperties", Number),
    ("uniqueItems", Flag),
    ("default", Any),
    ("deprecated", Flag),
    ("readOnly", Flag),
    ("writeOnly", Flag),
    ("properties", Object),
    ("patternProperties", Object),
    ("required", List),
    ("additionalProperties", Any),
    ("unevaluatedProperties", Any),
    ("items", Any),
    ("prefixItems", List),
    ("additionalItems", Any),
    ("discriminator", Object),
    ("not", Any),
    ("if", Any),
    ("then", Any),
    ("else", Any),
    ("contains", Any),
    ("propertyNames", Any),
    ("dependentSchemas", Object),
];

impl Shape {
    /// Whether a value is as its rule expects it.
    pub(crate) fn fits(self, value: &Value) -> bool {
        match self {
            OffTheWire | Any => true,
            Object => value.is_object(),
            List => value.is_array(),
            Text => value.is_string(),
            Flag => value.is_boolean(),
            Number => value.is_number(),
            FlagOrNumber => value.is_boolean() || value.is_number(),
        }
    }
}

/// The shape that `table` gives a keyword; nothing for one that it does not name.
pub(crate) fn shape(table: Table, keyword: &str) -> Option<Shape> {
    let found = table.iter().find(|(name, _)| *name == keyword);
    found
        .map(|(_, shape)| *shape)
        .or_else(|| keyword.starts_with("x-").then_some(OffTheWire))
}

/// Whether a keyword of a schema says nothing about the wire.
pub(crate) fn is_off_the_wire(keyword: &str) -> bool {
    shape(SCHEMA, keyword) == Some(OffTheWire)
}

/// Whether a vendor's extension speaks of the unit of an amount, and is on the wire for that.
pub(crate) fn is_unit_extension(keyword: &str) -> bool {
    const WORDS: [&str; 7] = [
        "unit",
        "currency",
        "decimal",
        "precision",
        "scale",
        "exponent",
        "minor",
    ];
    let lower = keyword.to_lowercase();
    lower.starts_with("x-") && WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_names_a_keyword_twice() {
        for table in [
            DOCUMENT,
            PATH_ITEM,
            OPERATION,
            PARAMETER,
            REQUEST_BODY,
            MEDIA_TYPE,
            ANSWER,
            SERVER,
            SCHEMA,
        ] {
            let mut names: Vec<_> = table.iter().map(|(name, _)| name).collect();
            names.sort();
            names.dedup();
            assert_eq!(names.len(), table.len());
        }
    }

    #[test]
    fn an_extension_is_on_the_wire_only_if_it_speaks_of_units() {
        assert!(is_unit_extension("x-amount-unit") && is_unit_extension("X-Currency"));
        assert!(!is_unit_extension("x-log-safe") && !is_unit_extension("unit"));
    }
}
