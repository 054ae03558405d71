//! The table: rule, schema, and how the meaning is kept.

use serde_json::{Value, json};

/// Rules that change operations, answers or names of types, and no schema that an instance is judged by.
pub(crate) const NOT_ABOUT_SCHEMAS: &[&str] = &[
    "webhook-bodies",
    "webhook-stand-ins",
    "json-bodies",
    "bodiless-answers",
    "error-dialects",
    "raw-answers",
    "absent-success",
    "own-security",
    "untyped-answers",
    "one-response-type",
    "unreached-schemas",
    "operation-ids",
    "own-servers",
    "parameters",
    "path-templates",
    "parameter-styles",
    "request-bodies",
    // They say beside a union what its members say already.
    "union-tags",
    "alternative-words",
];

#[derive(Clone, Copy)]
pub(crate) enum Direction {
    Request,
    Answer,
}

/// What the lowered schema accepts, compared with the published one.
#[derive(Clone, Copy)]
pub(crate) enum Meaning {
    /// The same instances.
    Same,
    /// At least the same: what the statement leaves to the provider, or reads all the same.
    MoreTolerant,
    /// At most the same: a type is implied.
    Narrower,
}

pub(crate) struct Sample {
    pub(crate) rule: &'static str,
    pub(crate) direction: Direction,
    pub(crate) meaning: Meaning,
    /// The schema of the member `member` of the body.
    pub(crate) schema: Value,
    /// Whether the body may leave the member out.
    pub(crate) optional: bool,
    pub(crate) components: Value,
}

impl Sample {
    fn with(mut self, components: Value) -> Self {
        self.components = components;
        self
    }

    fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
}

fn sent(rule: &'static str, meaning: Meaning, schema: Value) -> Sample {
    let components = json!({});
    Sample {
        rule,
        direction: Direction::Request,
        meaning,
        schema,
        optional: false,
        components,
    }
}

fn received(rule: &'static str, meaning: Meaning, schema: Value) -> Sample {
    Sample {
        direction: Direction::Answer,
        ..sent(rule, meaning, schema)
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// An object with one member that it requires.
fn object(member: &str, schema: Value) -> Value {
    json!({"type": "object", "required": [member], "properties": {member: schema}})
}

pub(crate) fn samples() -> Vec<Sample> {
    use Meaning::{MoreTolerant, Narrower, Same};
    let flag = || json!({"type": "boolean"});
    let text = || json!({"type": "string"});
    let parts = || json!({"A": object("a", flag()), "B": object("b", text())});
    let constant = |kind: &str| json!({"type": "object", "required": ["kind"], "properties": {"kind": {"const": kind}, "x": {"type": "boolean"}}});
    vec![
        sent("reading", Same, json!({"type": "object", "properties": {"a": true, "b": {"type": "boolean"}}})),
        sent("reading", Same, reference("A/properties/a")).with(parts()),
        sent("reading", Same, reference("Alias")).with(json!({"Alias": reference("A"), "A": object("a", flag())})),
        sent("reading", Same, json!({"type": "object", "properties": {"x": {"$ref": "#/components/schemas/Body/properties/member/$defs/Leaf"}}, "$defs": {"Leaf": {"type": "boolean"}}})),
        sent("reading", Same, json!({"const": "card"})),
        sent("collections", Same, json!({"type": "array"})),
        sent("collections", MoreTolerant, json!({"type": "array", "prefixItems": [flag(), text()], "items": false})),
        sent("collections", MoreTolerant, json!({"type": "array", "prefixItems": [text(), {"type": "integer"}], "minItems": 2, "maxItems": 2})),
        sent("collections", MoreTolerant, json!({"type": "object", "patternProperties": {"^x-": flag()}, "additionalProperties": false})),
        sent("collections", MoreTolerant, json!({"type": "array", "items": flag(), "minItems": 2, "maxItems": 2})),
        sent("conditions", MoreTolerant, json!({"type": "object", "properties": {"a": flag()}, "if": {"required": ["a"]}, "then": {"properties": {"b": flag()}, "required": ["b"]}})),
        sent("conditions", MoreTolerant, json!({"type": "string", "not": {"enum": ["a"]}})),
        sent("reading", Same, json!({"type": ["string", "null"]})),
        sent("type-lists", Same, json!({"type": ["boolean", "array"], "items": flag()})),
        sent("reading", Same, json!({"enum": ["a", null], "type": ["string", "null"]})),
        sent("reading", Same, json!({"anyOf": [flag(), {"type": "null"}]})),
        sent("reading", Same, json!({"oneOf": [flag(), {"const": null}]})),
        sent("reading", Same, json!({"oneOf": [reference("Genre"), reference("Blank"), reference("Null")]}))
            .with(json!({"Genre": {"type": "string", "enum": ["a", "b"]}, "Blank": {"enum": [""]}, "Null": {"enum": [null]}})),
        sent("type-lists", Same, json!({"type": ["object", "string"], "oneOf": [reference("A"), text()]})).with(parts()),
        sent("type-lists", Same, json!({"type": ["string", "integer"], "enum": ["a", "b"]})),
        sent("enum-values", MoreTolerant, json!({"type": "string", "enum": ["a", 1, true]})),
        sent("enum-values", MoreTolerant, json!({"type": "integer", "enum": [3, "7"]})),
        sent("enum-values", Same, json!({"enum": ["a", "b"]})),
        sent("enum-values", MoreTolerant, json!({"enum": [1, 7, "three"]})),
        sent("enum-values", MoreTolerant, json!({"enum": [[1], {"a": 2}, 3, "4", true]})),
        received("enum-values", MoreTolerant, json!({"enum": [1, 7, "three", null]})),
        sent("reading", Same, json!({"$ref": "#/components/schemas/A", "description": "mine"})).with(parts()),
        sent("reading", Same, json!({"$ref": "#/components/schemas/A", "required": ["c"], "properties": {"c": flag()}})).with(parts()),
        sent("implied-types", Narrower, json!({"properties": {"a": flag()}})),
        sent("implied-types", Narrower, json!({"maxLength": 2})),
        sent("implied-types", Narrower, json!({"minimum": 1})).optional(),
        sent("implied-types", Narrower, json!({"format": "uuid"})),
        sent("required-alternatives", MoreTolerant, json!({"type": "object", "properties": {"a": flag(), "b": flag()}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]})),
        sent("any-of-objects", MoreTolerant, json!({"anyOf": [reference("A"), reference("B")]})).with(parts()),
        sent("any-of-objects", MoreTolerant, json!({"type": "object", "properties": {"d": text()}, "anyOf": [object("a", flag()), object("c", flag())]})),
        sent("merged-all-of", Same, json!({"allOf": [reference("A"), reference("B")]})).with(parts()),
        sent("merged-all-of", Narrower, json!({"type": "object", "properties": {"d": text()}, "anyOf": [{"required": ["a"], "properties": {"a": flag()}}, {}]})),
        sent("merged-all-of", Same, json!({"allOf": [reference("A"), object("c", flag())], "properties": {"d": text()}})).with(parts()),
        sent("merged-all-of", Same, json!({"allOf": [{"type": "string", "enum": ["a", "b"]}, {"enum": ["b", "c"]}]})),
        sent("merged-all-of", Same, json!({"allOf": [object("a", json!({"type": "string", "maxLength": 3})), object("a", json!({"type": "string", "minLength": 1}))]})),
        sent("merged-all-of", Same, json!({"type": "object", "required": ["id"], "properties": {"id": text()}, "oneOf": [reference("A"), reference("Closed")]}))
            .with(json!({"A": object("a", flag()), "Closed": object("a", text())})),
        sent("merged-all-of", Same, json!({"allOf": [reference("Node"), {"type": "object", "properties": {"name": text()}}]}))
            .with(json!({"Node": {"type": "object", "properties": {"next": {"allOf": [reference("Node"), {"type": "object", "properties": {"name": text()}}]}}}})),
        sent("merged-all-of", MoreTolerant, json!({"allOf": [object("a", flag()), {"type": "string"}]}))
            .optional(),
        sent("subtypes", Same, reference("Base")).with(json!({
            "Base": {"type": "object", "required": ["kind"], "discriminator": {"propertyName": "kind"}, "properties": {"kind": text()}},
            "Leaf": {"allOf": [reference("Base"), {"type": "object", "properties": {"a": flag()}}]},
        })),
        sent("merged-all-of", Same, json!({"type": "object", "allOf": [reference("A")]})).with(parts()),
        sent("reading", Same, json!({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/A", "description": "mine"}]})).with(parts()),
        sent("merged-all-of", Same, json!({"allOf": [object("list", json!({"type": "array", "items": {"type": "object"}})), object("list", json!({"type": "array", "items": reference("A")}))]})).with(parts()),
        sent("unions", Same, json!({"anyOf": [flag(), {"type": "array", "items": flag()}, flag()]})),
        sent("unions", MoreTolerant, json!({"anyOf": [reference("A"), reference("B"), {"oneOf": [flag()]}]})).with(parts()),
        sent("unions", Same, json!({"oneOf": [{"const": "a"}, {"type": "string", "enum": ["b"]}]})),
        sent("unions", MoreTolerant, json!({"oneOf": [text(), {"type": "string", "enum": ["b"]}]})),
        received("unions", MoreTolerant, json!({"anyOf": [constant("a"), constant("b"), constant("c")]})),
        sent("direction-only", MoreTolerant, json!({"type": "object", "required": ["id", "a"], "properties": {"id": {"type": "boolean", "readOnly": true}, "a": flag()}})),
        received("direction-only", MoreTolerant, json!({"type": "object", "required": ["secret", "a"], "properties": {"secret": {"type": "boolean", "writeOnly": true}, "a": flag()}})),
        received("null-in-examples", MoreTolerant, flag()),
        received("absent-in-examples", MoreTolerant, flag()),
        sent("answer-copies", Same, flag()),
        received("answer-copies", MoreTolerant, flag()),
        received("mistyped-in-examples", MoreTolerant, text()),
        received("mistyped-in-examples", MoreTolerant, flag()),
        received("mistyped-in-examples", MoreTolerant, json!({"type": "array", "items": flag()})).optional(),
        sent("unusable-enum", MoreTolerant, json!({"type": "string", "enum": []})).optional(),
        received("unusable-enum", MoreTolerant, json!({"type": "integer", "enum": [1, 7]})),
        received("answer-tolerance", MoreTolerant, json!({"type": "string", "maxLength": 1})),
        received("answer-tolerance", MoreTolerant, json!({"type": "object", "properties": {"a": flag()}, "additionalProperties": false})),
        sent("answer-tolerance", Same, json!({"type": "boolean", "default": true})),
        received("absent-collections", MoreTolerant, json!({"type": "array", "items": flag()})).optional(),
        sent("absent-collections", MoreTolerant, json!({"type": "array", "items": flag()})).optional(),
        sent("timestamps", MoreTolerant, json!({"type": "string", "format": "date-time"})),
        sent("number-or-text", MoreTolerant, json!({"oneOf": [{"type": "integer"}, {"type": "string"}]})),
        sent("exact-numbers", Same, json!({"type": "number"})),
        sent("exact-numbers", MoreTolerant, json!({"type": "number", "minimum": 1})),
        received("exact-numbers", MoreTolerant, json!({"type": "number"})),
        received("big-integers", MoreTolerant, json!({"type": "integer", "maximum": 1e30})),
        sent("big-integers", MoreTolerant, json!({"type": "integer", "format": "int128"})),
        sent("wide-integers", Same, json!({"type": "integer", "format": "int32"})),
        sent("wide-integers", MoreTolerant, json!({"type": "integer", "minimum": 1})),
        sent("plain-strings", Same, json!({"type": "string", "format": "uuid"})),
        sent("plain-strings", Same, json!({"type": "object", "properties": {"a": flag()}, "format": "uri-map"})),
        sent("patterns", MoreTolerant, json!({"type": "string", "pattern": "/^[a-z]+$/"})).optional(),
        sent("patterns", MoreTolerant, json!({"type": "string", "pattern": "/^[a-z]+$/i"})).optional(),
        sent("patterns", MoreTolerant, json!({"type": "string", "pattern": "(?P<a>a)"})),
        sent("nullable-components", Same, reference("Maybe")).with(json!({"Maybe": {"type": ["object", "null"], "properties": {"a": flag()}}})),
        sent("word-meanings", Same, json!({"oneOf": [{"const": "a", "description": "One."}, {"const": "b", "description": "Other."}]})),
        sent("names", Same, object("inner", json!({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}))),
        sent("names", Same, json!({"type": "string", "minLength": 2})),
        received("open-unions", MoreTolerant, json!({"oneOf": [reference("A"), reference("B")]})).with(parts()),
        sent("request-nulls", Same, json!({"type": ["boolean", "null"]})).optional(),
        received("open-enums", MoreTolerant, json!({"type": "string", "enum": ["a", "b"]})),
        sent("nullable-wire-types", Same, json!({"type": ["number", "null"]})),
        received("nullable-wire-types", MoreTolerant, json!({"type": ["string", "null"], "format": "date-time"})),
        received("nullable-wire-types", MoreTolerant, json!({"type": ["string", "null"], "enum": ["a", "b", null]})),
        received("nullable-wire-types", MoreTolerant, json!({"type": "array", "items": {"type": ["number", "null"]}})),
        sent("nullable-wire-types", Same, json!({"type": "object", "additionalProperties": {"type": ["number", "null"]}})),
        sent("speakable-names", Same, json!({"type": "object", "required": ["ID"], "properties": {"id": flag(), "ID": text(), "Id": flag()}})),
        sent("speakable-names", Same, json!({"type": "string", "enum": ["asc", "ASC", ""]})),
        sent("speakable-names", Same, json!({"type": "string", "enum": ["+1", "-1", "a"]})),
    ]
}
