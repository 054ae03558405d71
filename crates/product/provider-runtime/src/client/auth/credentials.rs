//! What the user hands over to be authenticated with.

use std::fmt;

use secrecy::SecretString;

/// Credentials for a provider. `Debug` shows their kind alone.
///
/// Where errors show what a provider says, their secrets are masked in every form in which they are sent
/// or may come back: as they are, with the escapes of URLs, forms, JSON and HTML, and in Base64. One of
/// fewer than 6 characters is masked only where it stands alone, since it may be part of any word. What
/// [`raw_body`](crate::Error::raw_body) and headers give is not changed.
#[derive(Clone)]
pub struct Credentials(pub(crate) Kind);

#[derive(Clone)]
pub(crate) enum Kind {
    Bearer(SecretString),
    ApiKey(SecretString),
    ApiKeys(Vec<(String, SecretString)>),
    Basic {
        user: SecretString,
        password: SecretString,
    },
    OAuth2 {
        client_id: String,
        client_secret: SecretString,
    },
}

impl Credentials {
    /// A token issued out of band, sent as `Authorization: Bearer`.
    pub fn bearer(token: impl Into<SecretString>) -> Self {
        Self(Kind::Bearer(token.into()))
    }

    /// An API key, sent as it is where the provider wants it.
    pub fn api_key(key: impl Into<SecretString>) -> Self {
        Self(Kind::ApiKey(key.into()))
    }

    /// API keys that the provider wants together, each with the name of its header, query parameter or
    /// cookie: `Credentials::api_keys([("X-Client-Id", id), ("X-Client-Secret", secret)])`.
    pub fn api_keys<N, K>(keys: impl IntoIterator<Item = (N, K)>) -> Self
    where
        N: Into<String>,
        K: Into<SecretString>,
    {
        let keys = keys.into_iter();
        Self(Kind::ApiKeys(
            keys.map(|(name, key)| (name.into(), key.into())).collect(),
        ))
    }

    /// A user (or key) and a password (or secret), sent as `Authorization: Basic`. The password is empty where a
    /// provider wants a key alone.
    pub fn basic(user: impl Into<SecretString>, password: impl Into<SecretString>) -> Self {
        Self(Kind::Basic {
            user: user.into(),
            password: password.into(),
        })
    }

    /// A client id and secret, for which the provider's token URL gives tokens.
    pub fn oauth2(client_id: impl Into<String>, client_secret: impl Into<SecretString>) -> Self {
        Self(Kind::OAuth2 {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
        })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Bearer(_) => "Credentials(bearer)",
            Kind::ApiKey(_) => "Credentials(API key)",
            Kind::ApiKeys(_) => "Credentials(API keys)",
            Kind::Basic { .. } => "Credentials(basic)",
            Kind::OAuth2 { .. } => "Credentials(oauth2)",
        })
    }
}
