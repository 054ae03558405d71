use hyper::Uri;
use serde::{Deserialize, Serialize};

use crate::{Provider, SandboxError, SigningSecret};

/// Where a provider sends its events, and what it signs them with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTarget {
    /// An `http://` URL. The sandbox speaks no TLS.
    pub url: String,
    /// The secret. Tazapay signs each event, Kotani Pay does with one; the
    /// others document no signature and take none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<SigningSecret>,
}

impl WebhookTarget {
    /// A target without a secret.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secret: None,
        }
    }

    /// A target with a secret.
    pub fn signed(url: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            secret: Some(SigningSecret::new(secret)),
        }
    }

    pub(crate) fn check(&self, provider: Provider) -> Result<(), SandboxError> {
        let refused = |problem| {
            Err(SandboxError::WebhookTarget {
                provider,
                url: self.url.clone(),
                problem,
            })
        };
        if self.uri().is_none() {
            return refused(
                "it is no URL of a host with http; give one such as http://127.0.0.1:8080/",
            );
        }
        match (provider, &self.secret) {
            (Provider::Tazapay, None) => refused("Tazapay signs its events; give a secret"),
            (Provider::Mce | Provider::Optty, Some(_)) => {
                refused("the provider documents no signature; leave the secret out")
            }
            (Provider::Tazapay, Some(_))
            | (Provider::Mce | Provider::Optty, None)
            | (Provider::Kotanipay, _) => Ok(()),
        }
    }

    pub(crate) fn uri(&self) -> Option<Uri> {
        let uri: Uri = self.url.parse().ok()?;
        let is_http = uri.scheme_str() == Some("http") && uri.host().is_some();
        is_http.then_some(uri)
    }
}
