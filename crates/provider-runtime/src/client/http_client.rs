//! The HTTP client that calls go through.

use std::time::Duration;

use reqwest::{header::HeaderValue, redirect, retry};

use super::SettingsError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the HTTP client comes from.
pub(crate) enum Http {
    Default,
    Builder(Box<reqwest::ClientBuilder>),
    Own(reqwest::Client),
}

impl Http {
    /// Whether the client may follow redirects, which cannot be seen from outside.
    pub(crate) fn may_redirect(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    pub(crate) fn build(
        self,
        connect_timeout: Option<Duration>,
        timeout: Duration,
        user_agent: Option<String>,
        default_user_agent: impl FnOnce() -> String,
    ) -> Result<reqwest::Client, SettingsError> {
        let builder = match self {
            // Without this reqwest would read the proxy from environment variables.
            Self::Default => reqwest::Client::builder().no_proxy(),
            Self::Builder(builder) => *builder,
            Self::Own(client) => {
                let owned = |setting| Err(SettingsError::OwnedByHttpClient { setting });
                return match (connect_timeout, user_agent) {
                    (Some(_), _) => owned("connect_timeout"),
                    (_, Some(_)) => owned("user_agent"),
                    (None, None) => Ok(client),
                };
            }
        };
        let user_agent = user_agent.unwrap_or_else(default_user_agent);
        let user_agent =
            HeaderValue::from_str(&user_agent).map_err(|_| SettingsError::InvalidUserAgent)?;
        builder
            // A redirected or retried POST could pay twice.
            .redirect(redirect::Policy::none())
            .retry(retry::never().max_retries_per_request(0))
            .referer(false)
            .connect_timeout(connect_timeout.unwrap_or_else(|| CONNECT_TIMEOUT.min(timeout / 2)))
            .user_agent(user_agent)
            .build()
            .map_err(SettingsError::HttpClient)
    }
}
