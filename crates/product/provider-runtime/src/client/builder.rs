//! Settings of a client, checked before there is one.

use std::{
    collections::BTreeMap, fmt, marker::PhantomData, path::PathBuf, sync::Arc, time::Duration,
};

use reqwest::dns::Resolve;

use super::{
    Credentials, Environment, GeneratedClient, Interceptor, RequestSigner, SettingsError,
    TokenSource,
    auth::{self, Further, Given, Security, TokenEndpoint},
    base_url::{self, BaseUrl, Host},
    http_client::{Http, HttpSettings},
    session::Shared,
    trace_context::{TraceContext, TraceParent},
    transport::Transport,
};
use crate::{Authentication, OwnHost, Provider, SecurityScheme};

const TIMEOUT: Duration = Duration::from_secs(60);
const BODY_LIMIT: usize = 1024 * 1024;

/// Builds a client of a provider; its crate's `Client::builder()` gives one.
///
/// An environment and credentials (or a token source) are required. `Debug` shows no secret.
pub struct ClientBuilder<C> {
    environment: Option<Environment>,
    given: Given,
    /// By the name of the scheme.
    given_for: BTreeMap<String, Given>,
    token_url: Option<String>,
    signer: Option<Arc<dyn RequestSigner>>,
    interceptors: Vec<Arc<dyn Interceptor>>,
    also_at: Vec<String>,
    timeout: Duration,
    body_limit: usize,
    insecure_http: bool,
    http: HttpSettings,
    client: PhantomData<fn() -> C>,
}

impl<C> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self {
            environment: None,
            given: Given::default(),
            given_for: BTreeMap::new(),
            token_url: None,
            signer: None,
            interceptors: Vec::new(),
            also_at: Vec::new(),
            timeout: TIMEOUT,
            body_limit: BODY_LIMIT,
            insecure_http: false,
            http: HttpSettings::default(),
            client: PhantomData,
        }
    }
}

impl<C> ClientBuilder<C> {
    /// A builder with the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Where calls go. Required.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// What to authenticate with. Errors mask it where a provider echoes it; see [`Credentials`] for the
    /// forms, and for secrets of fewer than 6 characters.
    #[must_use]
    pub fn credentials(mut self, credentials: Credentials) -> Self {
        self.given.credentials = Some(credentials);
        self
    }

    /// Own code that gives the token for each call, instead of credentials.
    #[must_use]
    pub fn token_source(mut self, source: impl TokenSource + 'static) -> Self {
        self.given.source = Some(Arc::new(source));
        self
    }

    /// What to authenticate those operations with that the documents ask another security scheme for, by the
    /// scheme's name there, such as `basicAuth`.
    ///
    /// Without them, a call of such an operation is [`NotSent`](crate::Error::NotSent), and says which scheme
    /// it is: the client's own credentials go to what they are documented for. Of several documented schemes of
    /// their kind, such as two bearer tokens, they are for the one that most operations ask for; for another one they
    /// are what is sent unless it is given here. A scheme of a kind that cannot be given, such as `digest`, is for a
    /// signer. What a [`request_signer`](Self::request_signer) puts in their place is its own matter: with one, such a call is
    /// sent.
    #[must_use]
    pub fn credentials_for(mut self, scheme: impl Into<String>, credentials: Credentials) -> Self {
        let given = self.given_for.entry(scheme.into()).or_default();
        given.credentials = Some(credentials);
        self
    }

    /// Own code that gives the tokens of another security scheme, as
    /// [`credentials_for`](Self::credentials_for) gives credentials.
    #[must_use]
    pub fn token_source_for(
        mut self,
        scheme: impl Into<String>,
        source: impl TokenSource + 'static,
    ) -> Self {
        let given = self.given_for.entry(scheme.into()).or_default();
        given.source = Some(Arc::new(source));
        self
    }

    /// Where OAuth 2.0 credentials get tokens; by default where the provider's environment does.
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Signs every attempt just before it is sent, where the provider asks for that.
    #[must_use]
    pub fn request_signer(mut self, signer: impl RequestSigner + 'static) -> Self {
        self.signer = Some(Arc::new(signer));
        self
    }

    /// Shows each request of an operation to own code, which may add headers, and how it ended; see [`Interceptor`]
    /// for what it cannot do. Of several, the first sees a request first, and its end last.
    #[must_use]
    pub fn interceptor(mut self, interceptor: impl Interceptor + 'static) -> Self {
        self.interceptors.push(Arc::new(interceptor));
        self
    }

    /// Sends the header `traceparent` with each request of an operation, so that the provider's side of a trace has a
    /// parent; by default none is sent. It is asked for within the span of each sending, `http_request`.
    ///
    /// With `tracing-opentelemetry`:
    ///
    /// ```ignore
    /// builder.trace_context(|| {
    ///     let context = tracing::Span::current().context();
    ///     let span = context.span().span_context().clone();
    ///     let trace_id = u128::from_be_bytes(span.trace_id().to_bytes());
    ///     let span_id = u64::from_be_bytes(span.span_id().to_bytes());
    ///     TraceParent::new(trace_id, span_id, span.is_sampled())
    /// })
    /// ```
    #[must_use]
    pub fn trace_context(
        self,
        current: impl Fn() -> Option<TraceParent> + Send + Sync + 'static,
    ) -> Self {
        self.interceptor(TraceContext(current))
    }

    /// Sends the credentials, and signs, at this host as well, such as `files.example.com`.
    ///
    /// A provider's documents may have single operations on other hosts than those of its environments.
    /// Credentials are not sent there unless the host is named here: such a call is
    /// [`NotSent`](crate::Error::NotSent), and says which host it is.
    #[must_use]
    pub fn credentials_also_at(mut self, host: impl Into<String>) -> Self {
        self.also_at.push(host.into());
        self
    }

    /// How long connecting may take, the TLS handshake included. By default 10 seconds, or half the
    /// [`timeout`](Self::timeout) if that is less. It has to be shorter than the timeout.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.http.connect_timeout = Some(timeout);
        self
    }

    /// How long an attempt may take, from connecting to the last byte. By default 60 seconds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many bytes of a body are read. By default 1 MiB.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The `User-Agent` header. By default `<provider>/<version of its crate>`.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.http.user_agent = Some(user_agent.into());
        self
    }

    /// Allows plain http to other hosts than this machine. It shows credentials to the network.
    #[must_use]
    pub fn allow_insecure_http(mut self) -> Self {
        self.insecure_http = true;
        self
    }

    /// Connects through this proxy, such as `http://proxy.example.com:3128`, with a user and a password in it where it
    /// wants them. Without this no proxy is used: no environment variable is read.
    ///
    /// It is spoken to in plain HTTP and asked for a tunnel to hosts of https, so that it sees neither requests nor
    /// credentials. For a proxy of another kind there is [`transport`](Self::transport). What comes from the
    /// proxy before there is a tunnel is [`NotSent`](crate::Error::NotSent).
    #[must_use]
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.http.proxy = Some(url.into());
        self
    }

    /// Trusts the authorities whose certificates are in this file, in PEM, beside those of the platform. It is read when
    /// the client is built.
    #[must_use]
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.http.ca_file = Some(path.into());
        self
    }

    /// Resolves the names of hosts, and of the proxy, by own code.
    #[must_use]
    pub fn dns_resolver(mut self, resolver: impl Resolve + 'static) -> Self {
        self.http.resolver = Some(Arc::new(resolver));
        self
    }

    /// Builds on prepared settings of the HTTP client, such as a version of TLS or a certificate of one's own.
    ///
    /// Redirects and retries are turned off in it, because either could repeat a refund, and so is the
    /// keeping of idle connections: a server may close one just when a refund goes out on it, which then
    /// is in doubt. Without this, only requests that move no money share connections; every other one
    /// gets its own, of which is known how far it got ([`Unanswered::heard`](crate::Unanswered::heard)).
    ///
    /// [`proxy`](Self::proxy), [`ca_file`](Self::ca_file) and [`dns_resolver`](Self::dns_resolver) do without it, and
    /// are refused beside it.
    #[must_use]
    pub fn http_client_builder(mut self, builder: reqwest::ClientBuilder) -> Self {
        self.http.http = Http::Builder(Box::new(builder));
        self
    }

    /// Uses a finished HTTP client. Prefer [`http_client_builder`](Self::http_client_builder).
    ///
    /// Turn redirects and retries off in it: either could repeat a refund. Because that cannot be
    /// checked, a failure to connect counts as [`Unanswered`](crate::Error::Unanswered), and an
    /// answer from another URL, too. Its connect timeout and user agent are set in it. Set
    /// `pool_max_idle_per_host(0)` as well: otherwise a refund may go out on a connection that the server
    /// is just closing, and is in doubt though nobody has seen it.
    #[must_use]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http.http = Http::Own(client);
        self
    }

    /// Carries every request in place of an HTTP client, those for tokens included.
    ///
    /// The timeout, the limit of the body and the user agent hold for it; the other settings of HTTP
    /// clients are refused beside it. See [`Transport`] for what it has to promise.
    #[must_use]
    pub fn transport(mut self, transport: impl Transport + 'static) -> Self {
        self.http.transport = Some(Arc::new(transport));
        self
    }
}

impl<C: GeneratedClient> ClientBuilder<C> {
    /// Checks the settings and makes the client.
    ///
    /// # Errors
    /// A [`SettingsError`] that says which setting to change. Nothing is sent.
    pub fn build(self) -> Result<C, SettingsError> {
        let provider = C::PROVIDER;
        #[cfg(feature = "metrics")]
        super::metrics::describe();
        self.check_limits()?;
        let environment = self
            .environment
            .as_ref()
            .ok_or(SettingsError::EnvironmentMissing {
                provider: provider.name,
            })?;
        let base = BaseUrl::parse(base_of(provider, environment)?, self.insecure_http)?;
        let token_url = self
            .token_url
            .as_deref()
            .or_else(|| token_url_of(provider, environment))
            .map(|url| base_url::checked(url, "token URL", self.insecure_http))
            .transpose()?;
        let settings = auth::Settings {
            given: self.given,
            timeout: self.timeout,
            token_url_given: self.token_url.is_some(),
        };
        let stack = self
            .http
            .build(self.timeout, || format!("{}/{}", provider.name, C::VERSION))?;
        let endpoint = token_url.map(|url| TokenEndpoint {
            url,
            http: stack.http.clone(),
            transport: Arc::clone(&stack.transport),
            timeout: self.timeout,
            scope: scope_of(provider),
            message_pointers: provider.message_pointers,
        });
        let also_at = self.also_at.iter().map(|host| Host::parse(host));
        let also_at = also_at.collect::<Result<_, _>>()?;
        let (client, secrets) =
            settings.authenticator(provider.name, provider.authentication, endpoint)?;
        let security = Security {
            client,
            client_authentication: provider.authentication,
            further: further(provider, C::SCHEMES, self.given_for, self.timeout)?,
            operations: C::SECURITY,
            is_signed: self.signer.is_some(),
        };
        let shared = Shared {
            provider,
            transport: stack.transport,
            base_path: base.path,
            host: base.host,
            port: base.port,
            timeout: self.timeout,
            body_limit: self.body_limit,
            security,
            secrets,
            signer: self.signer,
            interceptors: self.interceptors,
            own_hosts: own_hosts_of(C::OWN_HOSTS, environment)?,
            also_at,
        };
        Ok(C::assemble(base.text, stack.http, shared.into()))
    }
}

impl<C> ClientBuilder<C> {
    fn check_limits(&self) -> Result<(), SettingsError> {
        let zero = |setting| Err(SettingsError::Zero { setting });
        if self.timeout.is_zero() {
            return zero("timeout");
        }
        if self.body_limit == 0 {
            return zero("body_limit");
        }
        match self.http.connect_timeout {
            Some(timeout) if timeout.is_zero() => zero("connect_timeout"),
            Some(timeout) if timeout >= self.timeout => Err(SettingsError::ConnectTimeoutTooLong),
            _ => Ok(()),
        }
    }
}

/// What was given for schemes beside the client's.
fn further(
    provider: &'static Provider,
    schemes: &'static [SecurityScheme],
    given: BTreeMap<String, Given>,
    timeout: Duration,
) -> Result<Vec<Further>, SettingsError> {
    let of = |(name, given): (String, Given)| {
        let Some(scheme) = schemes.iter().find(|scheme| scheme.name == name) else {
            let names: Vec<_> = schemes.iter().map(|scheme| scheme.name).collect();
            let known = match names.as_slice() {
                [] => "leave it out".to_owned(),
                names => format!("name one of {}", names.join(", ")),
            };
            return Err(SettingsError::UnknownScheme {
                provider: provider.name,
                scheme: name,
                known,
            });
        };
        let settings = auth::Settings {
            given,
            timeout,
            token_url_given: false,
        };
        let (authenticator, _) =
            settings.authenticator(provider.name, scheme.authentication, None)?;
        Ok(Further {
            scheme: scheme.name,
            authentication: scheme.authentication,
            authenticator,
        })
    };
    given.into_iter().map(of).collect()
}

fn base_of<'a>(
    provider: &Provider,
    environment: &'a Environment,
) -> Result<&'a str, SettingsError> {
    let (documented, environment) = match environment {
        Environment::BaseUrl(url) => return Ok(url),
        Environment::Sandbox => (provider.sandbox, "sandbox"),
        Environment::Production => (provider.production, "production"),
    };
    documented.ok_or(SettingsError::HostNotDocumented {
        provider: provider.name,
        environment,
    })
}

/// Where single operations are called in a documented environment. A gateway or a mock gets all of them.
fn own_hosts_of(
    hosts: &[OwnHost],
    environment: &Environment,
) -> Result<BTreeMap<&'static str, BaseUrl>, SettingsError> {
    let in_environment = |host: &OwnHost| match environment {
        Environment::Sandbox => host.sandbox,
        Environment::Production => host.production,
        Environment::BaseUrl(_) => None,
    };
    hosts
        .iter()
        .filter_map(|host| Some((host.operation, in_environment(host)?)))
        .map(|(operation, url)| Ok((operation, BaseUrl::parse(url, false)?)))
        .collect()
}

fn token_url_of(provider: &Provider, environment: &Environment) -> Option<&'static str> {
    let Authentication::OAuth2ClientCredentials {
        sandbox_token_url,
        production_token_url,
        ..
    } = provider.authentication
    else {
        return None;
    };
    match environment {
        Environment::Sandbox => Some(sandbox_token_url),
        Environment::Production => Some(production_token_url),
        Environment::BaseUrl(_) => None,
    }
}

fn scope_of(provider: &Provider) -> Option<&'static str> {
    match provider.authentication {
        Authentication::OAuth2ClientCredentials { scope, .. } => scope,
        Authentication::Bearer | Authentication::Basic | Authentication::ApiKeys(_) => None,
    }
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("environment", &self.environment)
            .field("credentials", &self.given.credentials)
            .field("timeout", &self.timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}
