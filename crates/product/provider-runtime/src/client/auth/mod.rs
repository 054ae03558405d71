//! How calls are authenticated.

mod access_token;
mod client_credentials;
mod credentials;
mod security;
mod settings;
mod token_cache;
mod token_source;
mod variables;

use std::{sync::Arc, time::Duration};

use crate::Authentication;
pub use access_token::{AccessToken, InvalidSecret};
pub(crate) use client_credentials::{ClientCredentials, TokenEndpoint};
pub use credentials::Credentials;
pub(crate) use security::{Further, Security, Tokens, Wanted};
pub(crate) use settings::{Given, Settings};
pub use token_source::{TokenError, TokenFuture, TokenSource};
pub use variables::VariableError;

/// Where a session gets its tokens from.
pub(crate) enum Authenticator {
    Static(AccessToken),
    ClientCredentials(Box<ClientCredentials>),
    Source {
        source: Arc<dyn TokenSource>,
        authentication: Authentication,
        timeout: Duration,
    },
}

impl Authenticator {
    /// Whether asking again after a rejection can give another token.
    pub(crate) fn can_renew(&self) -> bool {
        !matches!(self, Self::Static(_))
    }

    /// A token for the next attempt, other than the rejected one where there is another.
    pub(crate) async fn token(
        &self,
        rejected: Option<&AccessToken>,
    ) -> Result<AccessToken, TokenError> {
        match self {
            Self::Static(token) => Ok(token.clone()),
            Self::ClientCredentials(credentials) => credentials.token(rejected).await,
            Self::Source {
                source,
                authentication,
                timeout,
            } => {
                let token = tokio::time::timeout(*timeout, source.token(rejected))
                    .await
                    .map_err(|_| {
                        TokenError::new(format!("the token source gave none within {timeout:?}"))
                    })??;
                if token.fits(*authentication) {
                    Ok(token)
                } else {
                    Err(TokenError::new(format!(
                        "the token source gave a token of another scheme: return {}",
                        access_token::constructor(*authentication)
                    )))
                }
            }
        }
    }
}
