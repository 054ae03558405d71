//! One page over HTTPS, within limits.

use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, Response, Url};
use tokio::runtime::{Builder, Runtime};

use super::FetchError;

/// Redirects within a host that are followed.
const REDIRECTS: usize = 5;

/// How pages are downloaded.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Largest page, in bytes.
    pub max_bytes: usize,
    /// Time for one page, redirects and body included.
    pub timeout: Duration,
    /// Certificates to trust beside the platform's.
    pub certificates: Vec<Certificate>,
    /// Whether the environment's proxy is used.
    pub proxy: bool,
}

impl Default for Settings {
    /// 4 MiB, which is a hundred times the largest published page, 30 seconds, the platform's certificates and proxy.
    fn default() -> Self {
        Self {
            max_bytes: 4 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            certificates: Vec::new(),
            proxy: true,
        }
    }
}

/// Downloads pages: https only, and from the host that was asked only.
#[derive(Debug)]
pub struct Downloader {
    client: Client,
    runtime: Runtime,
    settings: Settings,
}

impl Downloader {
    /// A downloader with these settings.
    ///
    /// # Errors
    ///
    /// [`FetchError::Client`] if the platform offers no TLS or no runtime.
    pub fn new(settings: Settings) -> Result<Self, FetchError> {
        let failed = |cause: String| FetchError::Client { cause };
        let mut builder = Client::builder()
            .https_only(true)
            .redirect(Policy::custom(within_the_host))
            .timeout(settings.timeout)
            .user_agent(concat!("refunds-xtask/", env!("CARGO_PKG_VERSION")))
            .tls_certs_merge(settings.certificates.iter().cloned());
        if !settings.proxy {
            builder = builder.no_proxy();
        }
        Ok(Self {
            client: builder.build().map_err(|error| failed(chain(&error)))?,
            runtime: Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| failed(error.to_string()))?,
            settings,
        })
    }

    /// The text at `url`.
    ///
    /// # Errors
    ///
    /// [`FetchError`] for any other answer than a text of an acceptable size with a status of 2xx.
    pub fn download(&self, url: &str) -> Result<String, FetchError> {
        let parsed = Url::parse(url).ok().filter(|url| url.scheme() == "https");
        let Some(parsed) = parsed else {
            return Err(FetchError::NotHttps {
                url: url.to_owned(),
            });
        };
        self.runtime.block_on(self.get(url, parsed))
    }

    async fn get(&self, url: &str, parsed: Url) -> Result<String, FetchError> {
        let request = self.client.get(parsed).send();
        let response = request.await.map_err(|error| unanswered(url, &error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(FetchError::Redirect {
                url: url.to_owned(),
                to: location(&response),
            });
        }
        if !status.is_success() {
            return Err(FetchError::Status {
                url: url.to_owned(),
                status: status.as_u16(),
            });
        }
        let bytes = self.body(url, response).await?;
        String::from_utf8(bytes).map_err(|_| FetchError::NotText {
            url: url.to_owned(),
        })
    }

    /// The body, as long as it stays within the limit: what a server says of the length proves nothing.
    async fn body(&self, url: &str, mut response: Response) -> Result<Vec<u8>, FetchError> {
        let mut bytes = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| unanswered(url, &error))?
        {
            if bytes.len() + chunk.len() > self.settings.max_bytes {
                return Err(FetchError::TooLarge {
                    url: url.to_owned(),
                    limit: self.settings.max_bytes,
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

/// Follows a redirect to the same scheme, host and port; any other one is the answer.
fn within_the_host(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let same = attempt
        .previous()
        .first()
        .is_some_and(|first| first.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

fn location(response: &Response) -> String {
    let header = response.headers().get(reqwest::header::LOCATION);
    let text = header.and_then(|value| value.to_str().ok());
    text.unwrap_or("an unreadable address").to_owned()
}

fn unanswered(url: &str, error: &reqwest::Error) -> FetchError {
    FetchError::Unanswered {
        url: url.to_owned(),
        cause: if error.is_timeout() {
            "no complete answer within the time limit".to_owned()
        } else {
            chain(error)
        },
    }
}

/// An error with its causes, without the URL, which the message begins with.
fn chain(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut next: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(error) = next {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&error.to_string());
        next = error.source();
    }
    if text.is_empty() {
        "the connection failed".to_owned()
    } else {
        text
    }
}
