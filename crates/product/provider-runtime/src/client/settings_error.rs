//! Why a client could not be built.

use std::path::PathBuf;

use super::auth::InvalidSecret;

/// A client could not be built from its settings. Nothing was sent.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// No environment was chosen.
    #[error("no environment for {provider}: call `environment` on the builder")]
    EnvironmentMissing {
        /// The provider's name.
        provider: &'static str,
    },
    /// The provider does not document the host of this environment.
    #[error(
        "{provider} does not document its {environment} host: use `Environment::BaseUrl` with the one \
         that they gave you"
    )]
    HostNotDocumented {
        /// The provider's name.
        provider: &'static str,
        /// `sandbox` or `production`.
        environment: &'static str,
    },
    /// A URL cannot be used.
    #[error("the {setting} cannot be used: {reason}")]
    InvalidUrl {
        /// `base URL` or `token URL`.
        setting: &'static str,
        /// What is wrong and what to give instead; never the URL itself.
        reason: String,
    },
    /// Neither credentials nor a token source were given.
    #[error("no credentials for {provider}: call `credentials` with {expected}, or `token_source`")]
    CredentialsMissing {
        /// The provider's name.
        provider: &'static str,
        /// The constructor that fits.
        expected: String,
    },
    /// The credentials are of another scheme than the provider's.
    #[error("{provider} does not take these credentials: use {expected}")]
    WrongCredentials {
        /// The provider's name.
        provider: &'static str,
        /// The constructor that fits.
        expected: String,
    },
    /// Credentials were given for a scheme that no operation asks for.
    #[error(
        "{provider} has no operation that asks for other credentials named {scheme:?}: {known}"
    )]
    UnknownScheme {
        /// The provider's name.
        provider: &'static str,
        /// The name that was given.
        scheme: String,
        /// The names that there are, or what to do where there are none.
        known: String,
    },
    /// Both credentials and a token source were given.
    #[error("credentials and a token source were given: keep one of them")]
    TwoCredentials,
    /// A secret cannot be sent in a header.
    #[error(transparent)]
    InvalidSecret(#[from] InvalidSecret),
    /// The token URL is not known for a base URL of one's own.
    #[error(
        "{provider} gives tokens at a URL of its own, which does not follow from a base URL: call \
         `token_url`"
    )]
    TokenUrlMissing {
        /// The provider's name.
        provider: &'static str,
    },
    /// A token URL was given where no token is fetched.
    #[error("a token URL was given, but these credentials fetch no token: leave `token_url` out")]
    TokenUrlUnused,
    /// A timeout or limit is zero.
    #[error("{setting} is zero, with which no call succeeds: leave it out for the default")]
    Zero {
        /// The builder's method.
        setting: &'static str,
    },
    /// Connecting may take as long as the whole attempt.
    #[error(
        "connect_timeout is not shorter than timeout, so that a connection that never came up could \
         not be told from a refund that was not answered: shorten connect_timeout"
    )]
    ConnectTimeoutTooLong,
    /// The user agent cannot be sent in a header.
    #[error("the user agent has characters that no header may have: use visible ASCII")]
    InvalidUserAgent,
    /// A setting that belongs to the HTTP client was given together with one's own.
    #[error(
        "{setting} belongs to the HTTP client that was given: set it there and leave it out here"
    )]
    OwnedByHttpClient {
        /// The builder's method.
        setting: &'static str,
    },
    /// A setting of the HTTP client was given together with a transport, which takes its place.
    #[error(
        "{setting} is for the HTTP client, in whose place a transport was given: make the setting in \
         the transport and leave it out here"
    )]
    OwnedByTransport {
        /// The builder's method.
        setting: &'static str,
    },
    /// The file of certificates of authorities cannot be used.
    #[error("the CA file {} cannot be used: {reason}", path.display())]
    InvalidCaFile {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// TLS could not be set up, for the connections of requests that move money.
    #[error("TLS could not be set up: check the TLS setup of this machine")]
    Tls(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: check the TLS setup of this machine")]
    HttpClient(#[source] reqwest::Error),
}
