//! From credentials to what authenticates each call.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::{
    AccessToken, Authenticator, ClientCredentials, Credentials, InvalidSecret, TokenEndpoint,
    TokenSource, access_token, credentials::Kind,
};
use crate::{
    Authentication,
    client::{SettingsError, redactor::Secrets},
};

/// What the user gave to authenticate with.
#[derive(Default)]
pub(crate) struct Given {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) source: Option<Arc<dyn TokenSource>>,
}

/// What the user set about authentication.
pub(crate) struct Settings {
    pub(crate) given: Given,
    pub(crate) timeout: Duration,
    pub(crate) token_url_given: bool,
}

impl Settings {
    /// The authenticator, with the secrets that outlive single tokens.
    pub(crate) fn authenticator(
        self,
        provider: &'static str,
        authentication: Authentication,
        endpoint: Option<TokenEndpoint>,
    ) -> Result<(Authenticator, Option<Secrets>), SettingsError> {
        let expected = expected_by(authentication);
        let kind = match (self.given.credentials, self.given.source) {
            (Some(_), Some(_)) => return Err(SettingsError::TwoCredentials),
            (None, None) => {
                return Err(SettingsError::CredentialsMissing { provider, expected });
            }
            (Some(credentials), None) => Ok(credentials.0),
            (None, Some(source)) => Err(source),
        };
        let fetches_tokens = matches!(kind, Ok(Kind::OAuth2 { .. }));
        if self.token_url_given && !fetches_tokens {
            return Err(SettingsError::TokenUrlUnused);
        }
        let fixed = |token: AccessToken| {
            let wrong = SettingsError::WrongCredentials {
                provider,
                expected: expected_by(authentication),
            };
            match token.fits(authentication) {
                true => Ok((Authenticator::Static(token), None)),
                false => Err(wrong),
            }
        };
        match kind {
            Err(source) => Ok((
                Authenticator::Source {
                    source,
                    authentication,
                    timeout: self.timeout,
                },
                None,
            )),
            Ok(Kind::Bearer(token)) => fixed(AccessToken::bearer(token.expose_secret())?),
            Ok(Kind::ApiKey(key)) => fixed(AccessToken::api_key(key.expose_secret())?),
            Ok(Kind::ApiKeys(keys)) => {
                let keys: Vec<_> = keys
                    .iter()
                    .map(|(name, key)| (name.as_str(), key.expose_secret()))
                    .collect();
                fixed(AccessToken::api_keys(&keys)?)
            }
            Ok(Kind::Basic { user, password }) => fixed(AccessToken::basic(
                user.expose_secret(),
                password.expose_secret(),
            )?),
            Ok(Kind::OAuth2 {
                client_id,
                client_secret,
            }) if fetches(authentication) => {
                let endpoint = endpoint.ok_or(SettingsError::TokenUrlMissing { provider })?;
                client_credentials(endpoint, client_id, client_secret)
            }
            Ok(Kind::OAuth2 { .. }) => Err(SettingsError::WrongCredentials { provider, expected }),
        }
    }
}

fn client_credentials(
    endpoint: TokenEndpoint,
    client_id: String,
    client_secret: SecretString,
) -> Result<(Authenticator, Option<Secrets>), SettingsError> {
    if client_id.is_empty() {
        return Err(InvalidSecret::new("client id").into());
    }
    if client_secret.expose_secret().is_empty() {
        return Err(InvalidSecret::new("client secret").into());
    }
    let secrets: Secrets = Arc::new([client_secret.clone()]);
    let credentials = ClientCredentials::new(endpoint, client_id, client_secret);
    Ok((
        Authenticator::ClientCredentials(Box::new(credentials)),
        Some(secrets),
    ))
}

fn fetches(authentication: Authentication) -> bool {
    matches!(
        authentication,
        Authentication::OAuth2ClientCredentials { .. }
    )
}

fn expected_by(authentication: Authentication) -> String {
    match authentication {
        Authentication::Bearer => "`Credentials::bearer`".to_owned(),
        Authentication::Basic => "`Credentials::basic`".to_owned(),
        Authentication::ApiKeys([_]) => "`Credentials::api_key`".to_owned(),
        Authentication::ApiKeys(keys) => {
            format!("`Credentials::api_keys` with {}", access_token::names(keys))
        }
        Authentication::OAuth2ClientCredentials { .. } => {
            "`Credentials::oauth2` or, with a token at hand, `Credentials::bearer`".to_owned()
        }
    }
}
