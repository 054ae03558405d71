//! The HTTP client that requests are built with, and the transport that carries them.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, header::HeaderValue, redirect, retry};

use super::{
    SettingsError,
    transport::{Bounded, Pooled, Transport},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the HTTP client comes from.
#[derive(Default)]
pub(crate) enum Http {
    #[default]
    Default,
    Builder(Box<reqwest::ClientBuilder>),
    Own(Client),
}

/// What a user may set about HTTP.
#[derive(Default)]
pub(crate) struct HttpSettings {
    pub(crate) http: Http,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) user_agent: Option<String>,
}

/// What calls go through.
pub(crate) struct Stack {
    /// Builds requests.
    pub(crate) http: Client,
    /// Carries them.
    pub(crate) transport: Arc<dyn Transport>,
}

impl HttpSettings {
    pub(crate) fn build(
        self,
        timeout: Duration,
        default_user_agent: impl FnOnce() -> String,
    ) -> Result<Stack, SettingsError> {
        if let Some(transport) = self.transport.clone() {
            return self.around(transport, default_user_agent);
        }
        let builder = match self.http {
            // Without this reqwest would read the proxy from environment variables.
            Http::Default => Client::builder().no_proxy(),
            Http::Builder(builder) => *builder,
            Http::Own(http) => {
                let owned = |setting| Err(SettingsError::OwnedByHttpClient { setting });
                return match (self.connect_timeout, self.user_agent) {
                    (Some(_), _) => owned("connect_timeout"),
                    (_, Some(_)) => owned("user_agent"),
                    (None, None) => Ok(Stack {
                        transport: Arc::new(Pooled::new(http.clone(), true)),
                        http,
                    }),
                };
            }
        };
        let user_agent = header(self.user_agent.unwrap_or_else(default_user_agent))?;
        let http = builder
            // A redirected or retried POST could pay twice.
            .redirect(redirect::Policy::none())
            .retry(retry::never().max_retries_per_request(0))
            .referer(false)
            .connect_timeout(
                self.connect_timeout
                    .unwrap_or_else(|| CONNECT_TIMEOUT.min(timeout / 2)),
            )
            .user_agent(user_agent)
            .build()
            .map_err(SettingsError::HttpClient)?;
        Ok(Stack {
            transport: Arc::new(Pooled::new(http.clone(), false)),
            http,
        })
    }

    fn around(
        self,
        transport: Arc<dyn Transport>,
        default_user_agent: impl FnOnce() -> String,
    ) -> Result<Stack, SettingsError> {
        let owned = |setting| Err(SettingsError::OwnedByTransport { setting });
        match self.http {
            Http::Builder(_) => return owned("http_client_builder"),
            Http::Own(_) => return owned("http_client"),
            Http::Default if self.connect_timeout.is_some() => return owned("connect_timeout"),
            Http::Default => {}
        }
        let user_agent = header(self.user_agent.unwrap_or_else(default_user_agent))?;
        // It connects to nothing: it only builds requests.
        let http = Client::builder()
            .no_proxy()
            .build()
            .map_err(SettingsError::HttpClient)?;
        Ok(Stack {
            http,
            transport: Arc::new(Bounded::new(transport, user_agent)),
        })
    }
}

fn header(user_agent: String) -> Result<HeaderValue, SettingsError> {
    HeaderValue::try_from(user_agent).map_err(|_| SettingsError::InvalidUserAgent)
}
