//! The HTTP client that requests are built with, and the transport that carries them.

use std::{path::PathBuf, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, dns::Resolve, header::HeaderValue, redirect, retry};

use super::{
    SettingsError,
    transport::{Bounded, Fresh, Pooled, Proxy, Split, TLS_BUILT_IN, Tls, Transport, Way},
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Where the HTTP client comes from.
#[derive(Default)]
pub(crate) enum Http {
    #[default]
    Default,
    Builder(Box<ClientBuilder>),
    Own(Client),
}

/// What a user may set about HTTP.
#[derive(Default)]
pub(crate) struct HttpSettings {
    pub(crate) http: Http,
    pub(crate) transport: Option<Arc<dyn Transport>>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) user_agent: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) resolver: Option<Arc<dyn Resolve>>,
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
        if !matches!(self.http, Http::Default)
            && let Some(setting) = self.of_connections()
        {
            return Err(SettingsError::OwnedByHttpClient { setting });
        }
        let way = Way {
            resolver: self.resolver,
            proxy: self.proxy.as_deref().map(Proxy::parse).transpose()?,
        };
        let http = match self.http {
            Http::Default => None,
            Http::Builder(builder) => Some(*builder),
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
        let connect_timeout = self
            .connect_timeout
            .unwrap_or_else(|| CONNECT_TIMEOUT.min(timeout / 2));
        let safe = |builder: ClientBuilder| {
            builder
                // A redirected or retried POST could pay twice.
                .redirect(redirect::Policy::none())
                .retry(retry::never().max_retries_per_request(0))
                .referer(false)
                .connect_timeout(connect_timeout)
                .user_agent(user_agent.clone())
        };
        if let Some(builder) = http {
            // What moves money goes through it, too, and a kept connection may be gone.
            let http = built(safe(builder).pool_max_idle_per_host(0))?;
            return Ok(Stack {
                transport: Arc::new(Pooled::new(http.clone(), false)),
                http,
            });
        }
        let tls = Tls::new(self.ca_file.as_deref())?;
        // Without `no_proxy` reqwest would read the proxy from environment variables.
        let bare = || way.share(safe(Client::builder().no_proxy()));
        let unpooled = match TLS_BUILT_IN {
            true => None,
            false => {
                let http = built(bare()?.pool_max_idle_per_host(0))?;
                Some(Pooled::new(http, false))
            }
        };
        let http = built(tls.share(bare()?))?;
        let has_proxy = way.proxy.is_some();
        let transport = Split {
            others: Pooled::new(http.clone(), false),
            moving_money: Fresh::new(tls, connect_timeout, user_agent, way),
            unpooled,
            has_proxy,
        };
        Ok(Stack {
            http,
            transport: Arc::new(transport),
        })
    }

    /// A setting of the connections that are made without a client or a transport of the user's.
    fn of_connections(&self) -> Option<&'static str> {
        [
            ("proxy", self.proxy.is_some()),
            ("ca_file", self.ca_file.is_some()),
            ("dns_resolver", self.resolver.is_some()),
        ]
        .into_iter()
        .find_map(|(setting, is_given)| is_given.then_some(setting))
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
        if let Some(setting) = self.of_connections() {
            return owned(setting);
        }
        let user_agent = header(self.user_agent.unwrap_or_else(default_user_agent))?;
        // It connects to nothing: it only builds requests.
        let http = built(Client::builder().no_proxy())?;
        Ok(Stack {
            http,
            transport: Arc::new(Bounded::new(transport, user_agent)),
        })
    }
}

fn built(builder: ClientBuilder) -> Result<Client, SettingsError> {
    builder.build().map_err(SettingsError::HttpClient)
}

fn header(user_agent: String) -> Result<HeaderValue, SettingsError> {
    HeaderValue::try_from(user_agent).map_err(|_| SettingsError::InvalidUserAgent)
}
