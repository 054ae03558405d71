//! What may stand where in a document.

use serde_json::Value;

/// The methods of a path item, as they are spelled in a document.
pub const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Whether a key of a path item is the method of an operation.
pub fn is_method(key: &str) -> bool {
    METHODS.contains(&key)
}

/// The method that a key of a path item is in another case than documents spell it.
pub(crate) fn misspelt_method(key: &str) -> Option<&'static str> {
    let is_it = |method: &&str| method.eq_ignore_ascii_case(key) && *method != key;
    METHODS.into_iter().find(is_it)
}

/// How a keyword of a schema holds schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// One.
    Schema,
    /// One, for which `true` and `false` are the usual form.
    SchemaOrFlag,
    /// A list.
    List,
    /// A map from names.
    Map,
}

/// How `keyword` of a schema holds schemas; nothing if it holds data.
pub fn holds(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "items" | "not" | "contains" | "propertyNames" | "if" | "then" | "else" => Holds::Schema,
        "additionalItems"
        | "additionalProperties"
        | "unevaluatedItems"
        | "unevaluatedProperties" => Holds::SchemaOrFlag,
        "allOf" | "anyOf" | "oneOf" | "prefixItems" => Holds::List,
        "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
            Holds::Map
        }
        _ => return None,
    })
}

/// What a place of a document holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are those of the specification")]
pub enum Kind {
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
    pub fn section(self) -> Option<&'static str> {
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
pub struct Position {
    /// What stands there.
    pub kind: Kind,
    /// Whether it is a map or a list of such things.
    pub several: bool,
}

impl Position {
    /// The whole document.
    pub const ROOT: Self = Self::one(Kind::Root);

    /// One thing of a kind.
    pub const fn one(kind: Kind) -> Self {
        let several = false;
        Self { kind, several }
    }

    const fn several(kind: Kind) -> Self {
        let several = true;
        Self { kind, several }
    }

    /// What stands under `key` here.
    pub fn below(self, key: &str, value: &Value) -> Self {
        if self.several {
            return Self::one(self.kind);
        }
        match (self.kind, key) {
            (Kind::Root, "paths" | "webhooks" | "x-webhooks") => Self::several(Kind::PathItem),
            (Kind::Root, "components") => Self::one(Kind::Components),
            (Kind::Components, section) => Self::several(Kind::of_section(section)),
            (Kind::PathItem, "parameters") => Self::several(Kind::Parameter),
            (Kind::PathItem, method) if is_method(method) => Self::one(Kind::Operation),
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
            (Kind::Schema, keyword) => match holds(keyword) {
                Some(Holds::List | Holds::Map) => Self::several(Kind::Schema),
                Some(Holds::Schema | Holds::SchemaOrFlag) => Self {
                    kind: Kind::Schema,
                    several: value.is_array(),
                },
                None => Self::one(Kind::Other),
            },
            _ => Self::one(Kind::Other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_at_a_place_is_known_by_the_way_to_it() {
        let at = |pointer: &str| {
            let tokens = crate::pointer::tokens(pointer);
            tokens.fold(Position::ROOT, |at, token| at.below(&token, &Value::Null))
        };
        assert_eq!(at("/paths/~1a/get").kind, Kind::Operation);
        assert_eq!(at("/paths/~1a/summary").kind, Kind::Other);
        let schema = "/paths/~1a/get/responses/200/content/x/schema";
        assert_eq!(at(schema).kind, Kind::Schema);
        assert_eq!(
            at(&format!("{schema}/properties/properties")).kind,
            Kind::Schema
        );
        assert_eq!(
            at(&format!("{schema}/example/properties")).kind,
            Kind::Other
        );
    }
}
