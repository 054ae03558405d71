//! Where refunds are sent, under one name however it is spelled.

use std::fmt;

use refunds::ProviderName;
use url::Url;

/// Where a provider's refunds are sent: its sandbox, its production or another address.
///
/// A refund is known by its provider, its place and its reference, so that two spellings of one address have to
/// be one place: under two, a refund could be sent twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place(String);

const SANDBOX: &str = "sandbox";
const PRODUCTION: &str = "production";

impl Place {
    /// The provider's documented sandbox.
    pub fn sandbox() -> Self {
        Self(SANDBOX.to_owned())
    }

    /// The provider's documented production.
    pub fn production() -> Self {
        Self(PRODUCTION.to_owned())
    }

    /// A base URL. Of a provider of your own nothing is documented here: name its place in one way, always. One that names the provider's documented sandbox or production is that place, and the three
    /// names of this machine are one. A text that is no URL is a place of its own.
    pub fn at(provider: ProviderName, base_url: &str) -> Self {
        let Ok(url) = Url::parse(base_url) else {
            return Self(base_url.to_owned());
        };
        let host = host(&url);
        let is_here = |known: &str| Url::parse(known).is_ok_and(|known| self::host(&known) == host);
        let known = documented(provider)
            .into_iter()
            .find(|(url, _)| url.is_some_and(is_here));
        if let Some((_, label)) = known {
            return Self(label.to_owned());
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let path = url.path().trim_end_matches('/');
        Self(format!("{}://{host}:{port}{path}", url.scheme()))
    }

    /// Its name, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn stored(name: String) -> Self {
        Self(name)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The host, with one name for each: that of this machine has three.
fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    match host {
        "127.0.0.1" | "[::1]" => "localhost".to_owned(),
        // The parser has made it lower case for the schemes that can be called.
        host => host.to_owned(),
    }
}

/// The documented sandbox and production of a provider. Of one of one's own, only its client knows its hosts.
fn documented(provider: ProviderName) -> [(Option<&'static str>, &'static str); 2] {
    let provider = provider.described();
    [
        (provider.and_then(|found| found.production), PRODUCTION),
        (provider.and_then(|found| found.sandbox), SANDBOX),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(provider: ProviderName, base_url: &str) -> String {
        Place::at(provider, base_url).to_string()
    }

    #[test]
    fn a_place_has_one_name_however_it_is_spelled() {
        for spellings in [
            &[
                "http://127.0.0.1:8080",
                "http://127.0.0.1:8080/",
                "HTTP://127.0.0.1:8080//",
                "http://127.1:8080",
                "http://localhost:8080",
                "http://LOCALHOST:8080/",
                "http://[::1]:8080",
            ][..],
            &[
                "https://mce.example/pay",
                "https://MCE.example:443/pay/",
                "https://mce.example./x/../pay",
            ],
        ] {
            let labels: Vec<_> = spellings
                .iter()
                .map(|url| label(ProviderName::Mce, url))
                .collect();
            assert!(labels.iter().all(|own| *own == labels[0]), "{labels:?}");
        }
    }

    #[test]
    fn a_documented_host_is_the_sandbox_or_production_that_it_is_of() {
        for (provider, url, place) in [
            (
                ProviderName::Tazapay,
                "https://service.tazapay.com",
                PRODUCTION,
            ),
            (
                ProviderName::Tazapay,
                "https://Service-Sandbox.Tazapay.com:443/",
                SANDBOX,
            ),
            (ProviderName::Optty, "https://api.optty.com/", PRODUCTION),
            (
                ProviderName::Kotanipay,
                "https://sandbox-api.kotanipay.com",
                SANDBOX,
            ),
        ] {
            assert_eq!(label(provider, url), place, "{url}");
        }
    }

    #[test]
    fn places_that_differ_in_scheme_host_port_or_path_have_names_of_their_own() {
        let urls = [
            "http://127.0.0.1:8080",
            "https://127.0.0.1:8080",
            "http://127.0.0.1:8081",
            "http://127.0.0.2:8080",
            "http://127.0.0.1:8080/v1",
            // Another provider's.
            "https://service.tazapay.com",
        ];
        let labels: std::collections::BTreeSet<_> = urls
            .iter()
            .map(|url| label(ProviderName::Optty, url))
            .chain([SANDBOX.to_owned(), PRODUCTION.to_owned()])
            .collect();
        assert_eq!(labels.len(), urls.len() + 2, "{labels:?}");
    }
}
