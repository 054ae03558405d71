//! What is decided of a document, as data: what a generator has to know that the lowered document does not say.

use std::collections::BTreeMap;

/// Every decision about a document, under the names of the wire.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// What a client can call, in the order of the lowered document.
    pub operations: Vec<Operation>,
    /// The named schemas, by the Rust names of their types.
    pub types: BTreeMap<String, Type>,
    /// What the provider sends by itself.
    pub webhooks: Vec<Webhook>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Its name.
    pub id: String,
    /// The Rust name of its builder.
    pub builder: String,
    /// In lower case.
    pub method: &'static str,
    /// With parameters in braces.
    pub path: String,
    /// The same with a plus before each parameter that has slashes of its own.
    pub route: String,
    /// Summary and description, as the document has them.
    pub docs: Vec<String>,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// Where it is called, if not where all others are.
    pub servers: Vec<Server>,
    /// What it asks to be authenticated with: one of these is enough, each of schemes that are needed together. An empty
    /// list asks for nothing; where there is none, the document says nothing.
    pub security: Option<Vec<Vec<Scheme>>>,
    /// In the order of the builder's fields: those of the path, of the query, headers.
    pub parameters: Vec<Parameter>,
    /// What is sent.
    pub body: Option<Body>,
    /// The media types that are asked for.
    pub accept: Option<String>,
    /// The answers that are successes.
    pub successes: Answers,
    /// The answers that are errors.
    pub errors: Answers,
    /// First and last of each range of statuses that are documented without a type.
    pub documented: Vec<(u16, u16)>,
}

/// A server, its variables by their defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Where it is.
    pub url: String,
    /// What the document says of it.
    pub description: String,
}

/// A security scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its name.
    pub name: String,
    /// What it is on the wire.
    pub kind: SchemeKind,
}

/// What a security scheme is on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemeKind {
    /// `Authorization: Bearer`, wherever the token is from.
    Bearer,
    /// `Authorization: Basic`.
    Basic,
    /// A key.
    ApiKey {
        /// The name of the header, query parameter or cookie.
        name: String,
        /// Where it goes.
        place: KeyPlace,
    },
    /// A certificate in TLS, of which requests show nothing.
    Certificate,
    /// Anything else.
    Other,
}

impl SchemeKind {
    /// Whether it is the header `Authorization`, of which a request has one.
    pub fn is_in_authorization(&self) -> bool {
        match self {
            Self::Bearer | Self::Basic => true,
            Self::ApiKey { name, place } => {
                *place == KeyPlace::Header && name.eq_ignore_ascii_case("authorization")
            }
            Self::Certificate | Self::Other => false,
        }
    }
}

/// Where an API key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// In a header of its own.
    Header,
    /// In the query.
    Query,
    /// In the header of cookies.
    Cookie,
}

/// A parameter of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Where it is sent.
    pub place: Place,
    /// How it is written, where not by itself.
    pub style: Option<Style>,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
    /// What the document says of it.
    pub description: Option<String>,
}

/// Where a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the path.
    Path {
        /// Whether its slashes are those of the path.
        spans: bool,
    },
    /// In the query.
    Query,
    /// In a header of its own.
    Header,
    /// In the header of cookies.
    Cookie,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Its name.
    pub name: StyleName,
    /// Whether each value is by itself.
    pub is_exploded: bool,
    /// Whether reserved characters are written as they are.
    pub allows_reserved: bool,
}

impl Style {
    /// The style of this name, of values that are not by themselves.
    pub const fn of(name: StyleName) -> Self {
        Self {
            name,
            is_exploded: false,
            allows_reserved: false,
        }
    }
}

/// The styles of OpenAPI, and JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "OpenAPI says what they are")]
pub enum StyleName {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Cookie,
    Json,
}

impl StyleName {
    /// Its name in OpenAPI.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Label => "label",
            Self::Matrix => "matrix",
            Self::Form => "form",
            Self::SpaceDelimited => "spaceDelimited",
            Self::PipeDelimited => "pipeDelimited",
            Self::DeepObject => "deepObject",
            Self::Cookie => "cookie",
            Self::Json => "json",
        }
    }
}

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// How it is written.
    pub writer: Writer,
    /// Whether nothing is sent unless the caller gives one.
    pub is_optional: bool,
    /// The media types of what can be sent in place of it.
    pub others: Option<String>,
    /// What the document says of it.
    pub description: Option<String>,
}

/// How a body is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Writer {
    /// As JSON.
    Json {
        /// Where it is not `application/json`.
        media_type: Option<String>,
    },
    /// As a form, of which these fields have these styles.
    Form(Vec<(String, Style)>),
    /// As the caller gives it, with its media type.
    Media,
}

/// Which statuses are documented, and how their bodies are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// How bodies are read.
    pub kind: Kind,
    /// First and last of each range.
    pub statuses: Vec<(u16, u16)>,
}

/// How the body of an answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As JSON.
    Json,
    /// There is none.
    Empty,
    /// It is kept as it came.
    Raw,
}

/// A type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Type {
    /// Whether it is a part of what is sent.
    pub is_sent: bool,
    /// Whether it is a part of what is received.
    pub is_received: bool,
    /// Its members, if it is an object.
    pub members: Vec<Member>,
    /// What tells its members apart, if it is a union.
    pub told_apart_by: Option<Tag>,
    /// What its words mean, as far as the document says it, if it is an enumeration.
    pub meanings: BTreeMap<String, String>,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Whether its value may be shown.
    pub is_shown: bool,
    /// Whether the document advises against it.
    pub is_deprecated: bool,
}

/// The property by which the members of a union are told apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// The values of each member as texts, in the order of the members.
    pub values: Vec<Vec<String>>,
    /// Whether a value that none of them has is of none of them.
    pub none: bool,
}

/// A body that the provider sends by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// What the document calls it.
    pub name: String,
    /// The Rust name of the body's type, where it has one.
    pub body: Option<String>,
}
