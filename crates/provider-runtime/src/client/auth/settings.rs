//! From credentials to what authenticates each call.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::{
    AccessToken, Authenticator, ClientCredentials, Credentials, InvalidSecret, TokenEndpoint,
    TokenSource, access_token::Scheme, credentials::Kind,
};
use crate::{
    Authentication, Provider,
    client::{SettingsError, redactor::Secrets},
};

/// What the user set about authentication.
pub(crate) struct Settings {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) source: Option<Arc<dyn TokenSource>>,
    pub(crate) timeout: Duration,
    pub(crate) token_url_given: bool,
}

impl Settings {
    /// The authenticator, with the secrets that outlive single tokens.
    pub(crate) fn authenticator(
        self,
        provider: &Provider,
        endpoint: Option<TokenEndpoint>,
    ) -> Result<(Authenticator, Option<Secrets>), SettingsError> {
        let expected = expected_by(provider);
        let kind = match (self.credentials, self.source) {
            (Some(_), Some(_)) => return Err(SettingsError::TwoCredentials),
            (None, None) => {
                return Err(SettingsError::CredentialsMissing {
                    provider: provider.name,
                    expected,
                });
            }
            (Some(credentials), None) => Ok(credentials.0),
            (None, Some(source)) => Err(source),
        };
        let fetches_tokens = matches!(kind, Ok(Kind::OAuth2 { .. }));
        if self.token_url_given && !fetches_tokens {
            return Err(SettingsError::TokenUrlUnused);
        }
        let scheme = scheme_of(provider);
        match (kind, scheme) {
            (Err(source), scheme) => Ok((
                Authenticator::Source {
                    source,
                    scheme,
                    timeout: self.timeout,
                },
                None,
            )),
            (Ok(Kind::Bearer(token)), Scheme::Bearer) => {
                let token = AccessToken::bearer(token.expose_secret())?;
                Ok((Authenticator::Static(token), None))
            }
            (Ok(Kind::ApiKey(key)), Scheme::ApiKey) => {
                let token = AccessToken::api_key(key.expose_secret())?;
                Ok((Authenticator::Static(token), None))
            }
            (Ok(Kind::Basic { user, password }), Scheme::Basic) => {
                let token = AccessToken::basic(user.expose_secret(), password.expose_secret())?;
                Ok((Authenticator::Static(token), None))
            }
            (
                Ok(Kind::OAuth2 {
                    client_id,
                    client_secret,
                }),
                Scheme::Bearer,
            ) if fetches(provider) => {
                let endpoint = endpoint.ok_or(SettingsError::TokenUrlMissing {
                    provider: provider.name,
                })?;
                client_credentials(endpoint, client_id, client_secret)
            }
            _ => Err(SettingsError::WrongCredentials {
                provider: provider.name,
                expected,
            }),
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

fn scheme_of(provider: &Provider) -> Scheme {
    match provider.authentication {
        Authentication::Basic => Scheme::Basic,
        Authentication::ApiKey { .. } => Scheme::ApiKey,
        Authentication::Bearer | Authentication::OAuth2ClientCredentials { .. } => Scheme::Bearer,
    }
}

fn fetches(provider: &Provider) -> bool {
    matches!(
        provider.authentication,
        Authentication::OAuth2ClientCredentials { .. }
    )
}

fn expected_by(provider: &Provider) -> &'static str {
    match provider.authentication {
        Authentication::Bearer => "`Credentials::bearer`",
        Authentication::Basic => "`Credentials::basic`",
        Authentication::ApiKey { .. } => "`Credentials::api_key`",
        Authentication::OAuth2ClientCredentials { .. } => {
            "`Credentials::oauth2` or, with a token at hand, `Credentials::bearer`"
        }
    }
}
