//! What stands where in a document.

use serde_json::Value;

use crate::call::METHODS;

/// What a place of a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Root,
    Components,
    PathItem,
    Operation,
    Parameter,
    Header,
    RequestBody,
    Response,
    MediaType,
    Encoding,
    Schema,
    Example,
    Link,
    Callback,
    SecurityScheme,
    /// Data, extensions, and what this does not know.
    Other,
}

impl Kind {
    /// The section of the components that holds such things under names.
    pub(super) fn section(self) -> Option<&'static str> {
        Some(match self {
            Self::Schema => "schemas",
            Self::Parameter => "parameters",
            Self::Header => "headers",
            Self::RequestBody => "requestBodies",
            Self::Response => "responses",
            Self::Example => "examples",
            Self::Link => "links",
            Self::Callback => "callbacks",
            Self::SecurityScheme => "securitySchemes",
            _ => return None,
        })
    }

    fn of_section(section: &str) -> Self {
        match section {
            "schemas" => Self::Schema,
            "parameters" => Self::Parameter,
            "headers" => Self::Header,
            "requestBodies" => Self::RequestBody,
            "responses" => Self::Response,
            "examples" => Self::Example,
            "links" => Self::Link,
            "callbacks" => Self::Callback,
            "securitySchemes" => Self::SecurityScheme,
            "pathItems" => Self::PathItem,
            _ => Self::Other,
        }
    }
}

/// A place: one thing of a kind, or a map or list of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Position {
    pub(super) kind: Kind,
    pub(super) several: bool,
}

impl Position {
    pub(super) const ROOT: Self = Self::one(Kind::Root);

    pub(super) const fn one(kind: Kind) -> Self {
        let several = false;
        Self { kind, several }
    }

    const fn several(kind: Kind) -> Self {
        let several = true;
        Self { kind, several }
    }

    /// What stands under `key` here.
    pub(super) fn below(self, key: &str, value: &Value) -> Self {
        if self.several {
            return Self::one(self.kind);
        }
        match (self.kind, key) {
            (Kind::Root, "paths" | "webhooks" | "x-webhooks") => Self::several(Kind::PathItem),
            (Kind::Root, "components") => Self::one(Kind::Components),
            (Kind::Components, section) => Self::several(Kind::of_section(section)),
            (Kind::PathItem, "parameters") => Self::several(Kind::Parameter),
            (Kind::PathItem, method) if METHODS.contains(&method) => Self::one(Kind::Operation),
            (Kind::Operation, "parameters") => Self::several(Kind::Parameter),
            (Kind::Operation, "requestBody") => Self::one(Kind::RequestBody),
            (Kind::Operation, "responses") => Self::several(Kind::Response),
            (Kind::Operation, "callbacks") => Self::several(Kind::Callback),
            (Kind::Callback, _) => Self::one(Kind::PathItem),
            (Kind::Parameter | Kind::Header | Kind::RequestBody | Kind::Response, "content") => {
                Self::several(Kind::MediaType)
            }
            (Kind::Parameter | Kind::Header | Kind::MediaType, "schema" | "itemSchema") => {
                Self::one(Kind::Schema)
            }
            (Kind::Parameter | Kind::Header | Kind::MediaType, "examples") => {
                Self::several(Kind::Example)
            }
            (Kind::Response | Kind::Encoding, "headers") => Self::several(Kind::Header),
            (Kind::Response, "links") => Self::several(Kind::Link),
            (Kind::MediaType, "encoding") => Self::several(Kind::Encoding),
            (Kind::Schema, keyword) => Self::below_schema(keyword, value),
            _ => Self::one(Kind::Other),
        }
    }

    fn below_schema(keyword: &str, value: &Value) -> Self {
        match keyword {
            "allOf" | "anyOf" | "oneOf" | "prefixItems" | "properties" | "patternProperties"
            | "dependentSchemas" | "$defs" | "definitions" => Self::several(Kind::Schema),
            "items"
            | "additionalProperties"
            | "not"
            | "contains"
            | "propertyNames"
            | "if"
            | "then"
            | "else"
            | "unevaluatedItems"
            | "unevaluatedProperties" => Self {
                kind: Kind::Schema,
                several: value.is_array(),
            },
            _ => Self::one(Kind::Other),
        }
    }
}
