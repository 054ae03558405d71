//! What a generated crate says about its provider, as constants.

/// A provider, as its crate describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The crate's name for it, such as `optty`; begins error messages.
    pub name: &'static str,
    /// The name that people know, such as `Optty`.
    pub title: &'static str,
    /// Base URL of the sandbox, where it is documented.
    pub sandbox: Option<&'static str>,
    /// Base URL of production, where it is documented.
    pub production: Option<&'static str>,
    /// How calls are authenticated.
    pub authentication: Authentication,
    /// The variables of the environment that hold its credentials, for those who ask for it, in the order in which
    /// `Credentials` take them.
    pub credential_variables: &'static [&'static str],
    /// JSON pointers into an error's body to the provider's message; the first that holds one wins.
    pub message_pointers: &'static [&'static str],
    /// JSON pointers into an error's body to the provider's error code.
    pub code_pointers: &'static [&'static str],
    /// JSON pointers into an answer's body to the id by which the provider finds it in its logs.
    pub log_id_pointers: &'static [&'static str],
    /// The headers of an answer by which the provider finds a request, where it documents one; the first that is
    /// there counts.
    pub request_id_headers: &'static [&'static str],
    /// The operations of the crate.
    pub operations: &'static [Operation],
}

impl Provider {
    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&'static Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }
}

/// An operation of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name in the crate, such as `refund_order`.
    pub id: &'static str,
    /// The HTTP method, such as `POST`.
    pub method: &'static str,
    /// The path template below the base URL, such as `/orders/{orderReference}/refund`.
    pub route: &'static str,
    /// Whether a call can move money, so that sending it twice can pay twice.
    pub moves_money: bool,
    /// The header by whose value the provider recognises a repeated request, where it has one.
    pub idempotency_header: Option<&'static str>,
}

/// How a provider wants calls to be authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// `Authorization: Bearer` with a token issued out of band.
    Bearer,
    /// `Authorization: Basic` with a user (or key) and a password (or secret).
    Basic,
    /// API keys, as they are, all of them in every call. Most providers have one.
    ApiKeys(&'static [ApiKey]),
    /// `Authorization: Bearer` with a token that the token URL gives for a client id and secret.
    OAuth2ClientCredentials {
        /// Token URL of the sandbox.
        sandbox_token_url: &'static str,
        /// Token URL of production.
        production_token_url: &'static str,
        /// The scope to ask for.
        scope: Option<&'static str>,
    },
}

/// An API key that a provider wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Name of the header, query parameter or cookie.
    pub name: &'static str,
    /// Where it goes.
    pub place: KeyPlace,
}

/// Where an API key goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// In a header of its own.
    Header,
    /// In the query of the URL, where proxies may log it.
    Query,
    /// In the header `Cookie`.
    Cookie,
}

/// Where an operation is called that is not on its provider's hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnHost {
    /// The operation's id.
    pub operation: &'static str,
    /// Its documented URL in the sandbox, without a slash at its end.
    pub sandbox: Option<&'static str>,
    /// Its documented URL in production, without a slash at its end.
    pub production: Option<&'static str>,
}

/// A security scheme of the documents that the client's credentials are not for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityScheme {
    /// Its name in the documents, such as `basicAuth`.
    pub name: &'static str,
    /// How a call is authenticated by it.
    pub authentication: Authentication,
}

/// What an operation asks for that the client's credentials alone are not enough for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationSecurity {
    /// The operation's id.
    pub operation: &'static str,
    /// One of these is enough (OpenAPI, Security Requirement Object).
    pub alternatives: &'static [SecurityRequirement],
}

/// What is needed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecurityRequirement {
    /// Whether the client's credentials are.
    pub credentials: bool,
    /// The names of the schemes beside them, or in their place.
    pub schemes: &'static [&'static str],
}
