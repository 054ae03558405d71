//! A client of a provider, at the place that was asked for.

use std::time::Duration;

use refunds::{
    ProviderName, Refunds, RetryPolicy,
    tazapay::{ClientBuilder, Credentials, Environment, SettingsError},
};
use url::{Host, Url};

use crate::{arguments::Options, credentials::Access};

/// How long a provider can still be working at a write that it took.
pub(crate) const SETTLE_AFTER: Duration = Duration::from_secs(60);

/// Where calls go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The provider's documented sandbox.
    Sandbox,
    /// The provider's documented production.
    Production,
    /// A base URL, with the URL of Optty's tokens.
    At {
        base_url: String,
        token_url: Option<String>,
    },
}

/// Calls must not go there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlaceError {
    /// A base URL elsewhere, where real money may move.
    #[error(
        "the {what} is not on this machine, so that real money may move: add --live if that is meant"
    )]
    LiveMissing {
        /// Which URL.
        what: &'static str,
    },
    /// A URL that is none.
    #[error("the {what} cannot be read: give one such as http://127.0.0.1:8080")]
    NoUrl {
        /// Which URL.
        what: &'static str,
    },
    /// MCE documents no host.
    #[error("mce documents no host: give the one that you were given with --base-url, and --live")]
    HostMissing,
}

impl Place {
    /// The place that was asked for, if calls may go there.
    pub(crate) fn of(provider: ProviderName, options: &Options) -> Result<Self, PlaceError> {
        let Some(base_url) = &options.base_url else {
            return match (provider, options.live) {
                (ProviderName::Mce, _) => Err(PlaceError::HostMissing),
                (_, true) => Ok(Self::Production),
                (_, false) => Ok(Self::Sandbox),
            };
        };
        permit("base URL", base_url, options)?;
        // It gets the credentials, and gives what opens the provider.
        if let Some(token_url) = &options.token_url {
            permit("token URL", token_url, options)?;
        }
        Ok(Self::At {
            base_url: base_url.clone(),
            token_url: options.token_url.clone(),
        })
    }

    /// What tells the refunds of one place from those of another, however the place is spelled: two
    /// spellings with records of their own would let a refund be sent twice.
    pub(crate) fn label(&self, provider: ProviderName) -> String {
        let base_url = match self {
            Self::Sandbox => return SANDBOX.to_owned(),
            Self::Production => return PRODUCTION.to_owned(),
            Self::At { base_url, .. } => base_url,
        };
        // What cannot be read is not called either.
        let Ok(url) = Url::parse(base_url) else {
            return base_url.clone();
        };
        let host = host(&url);
        let is_here = |known: &str| Url::parse(known).is_ok_and(|known| self::host(&known) == host);
        let known = documented(provider)
            .into_iter()
            .find(|(url, _)| url.is_some_and(is_here));
        if let Some((_, label)) = known {
            return label.to_owned();
        }
        let port = url.port_or_known_default().unwrap_or_default();
        let path = url.path().trim_end_matches('/');
        format!("{}://{host}:{port}{path}", url.scheme())
    }

    fn environment(&self) -> Environment {
        match self {
            Self::Sandbox => Environment::Sandbox,
            Self::Production => Environment::Production,
            Self::At { base_url, .. } => Environment::BaseUrl(base_url.clone()),
        }
    }
}

const SANDBOX: &str = "sandbox";
const PRODUCTION: &str = "production";

/// Checks that credentials may be sent to a URL.
fn permit(what: &'static str, url: &str, options: &Options) -> Result<(), PlaceError> {
    let url = Url::parse(url).map_err(|_| PlaceError::NoUrl { what })?;
    if options.live || is_on_this_machine(&url) {
        Ok(())
    } else {
        Err(PlaceError::LiveMissing { what })
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

/// The documented sandbox and production of a provider.
fn documented(provider: ProviderName) -> [(Option<&'static str>, &'static str); 2] {
    let provider = match provider {
        ProviderName::Kotanipay => refunds::kotanipay::PROVIDER,
        ProviderName::Mce => refunds::mce::PROVIDER,
        ProviderName::Optty => refunds::optty::PROVIDER,
        _ => refunds::tazapay::PROVIDER,
    };
    [
        (provider.production, PRODUCTION),
        (provider.sandbox, SANDBOX),
    ]
}

fn is_on_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// A client of the provider.
///
/// # Errors
/// The settings do not fit; nothing is sent.
pub(crate) fn connect(
    provider: ProviderName,
    place: &Place,
    access: Access,
) -> Result<Refunds, SettingsError> {
    fn at<C>(
        builder: ClientBuilder<C>,
        place: &Place,
        credentials: Credentials,
    ) -> ClientBuilder<C> {
        builder
            .environment(place.environment())
            .credentials(credentials)
            .user_agent(concat!("refund-cli/", env!("CARGO_PKG_VERSION")))
    }
    let Access {
        credentials,
        signing,
    } = access;
    Ok(match provider {
        ProviderName::Kotanipay => {
            let mut builder = at(refunds::kotanipay::Client::builder(), place, credentials);
            if let Some(signing) = signing {
                builder = builder.request_signer(signing);
            }
            Refunds::from(builder.build()?)
        }
        ProviderName::Mce => {
            Refunds::from(at(refunds::mce::Client::builder(), place, credentials).build()?)
        }
        ProviderName::Optty => {
            let mut builder = at(refunds::optty::Client::builder(), place, credentials);
            if let Place::At {
                token_url: Some(url),
                ..
            } = place
            {
                builder = builder.token_url(url);
            }
            Refunds::from(builder.build()?)
        }
        _ => Refunds::from(at(refunds::tazapay::Client::builder(), place, credentials).build()?),
    })
}

/// The policy that was asked for.
pub(crate) fn policy(options: &Options) -> RetryPolicy {
    let mut policy = RetryPolicy::default().with_settle_after(SETTLE_AFTER);
    if let Some(attempts) = options.attempts {
        policy = policy.with_max_attempts(attempts);
    }
    if let Some(seconds) = options.deadline {
        policy = policy.with_deadline(Duration::from_secs(seconds));
    }
    if options.risk_paying_twice {
        policy = policy.with_risk_of_paying_twice();
    }
    policy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(base_url: Option<&str>, live: bool) -> Options {
        Options {
            json: false,
            live,
            base_url: base_url.map(str::to_owned),
            token_url: None,
            credentials: None,
            records: None,
            attempts: None,
            deadline: None,
            risk_paying_twice: false,
            tell_pending: false,
        }
    }

    #[test]
    fn the_sandbox_is_the_default_and_production_asks_for_live() {
        let place = Place::of(ProviderName::Tazapay, &options(None, false));
        assert_eq!(place.unwrap(), Place::Sandbox);
        let place = Place::of(ProviderName::Tazapay, &options(None, true));
        assert_eq!(place.unwrap(), Place::Production);
    }

    #[test]
    fn a_base_url_elsewhere_asks_for_live() {
        for url in [
            "http://127.0.0.1:80",
            "http://localhost:80/v1",
            "http://[::1]:80",
        ] {
            assert!(
                Place::of(ProviderName::Mce, &options(Some(url), false)).is_ok(),
                "{url}"
            );
        }
        for url in [
            "https://mce.example",
            "http://127.0.0.1.example",
            "http://localhost.example",
        ] {
            let refused = Place::of(ProviderName::Mce, &options(Some(url), false));
            assert!(
                matches!(refused, Err(PlaceError::LiveMissing { what: "base URL" })),
                "{url}"
            );
            assert!(
                Place::of(ProviderName::Mce, &options(Some(url), true)).is_ok(),
                "{url}"
            );
        }
    }

    #[test]
    fn a_token_url_elsewhere_asks_for_live_as_well() {
        let mut options = options(Some("http://127.0.0.1:80"), false);
        for (token_url, what) in [
            ("https://auth.example/token", "token URL"),
            ("http://127.0.0.1.example/token", "token URL"),
        ] {
            options.token_url = Some(token_url.to_owned());
            let refused = Place::of(ProviderName::Optty, &options).unwrap_err();
            assert!(refused.to_string().contains(what), "{refused}");
            assert!(refused.to_string().contains("--live"), "{refused}");
        }
        options.live = true;
        assert!(Place::of(ProviderName::Optty, &options).is_ok());
        options.token_url = Some("auth.example".to_owned());
        let refused = Place::of(ProviderName::Optty, &options);
        assert!(matches!(
            refused,
            Err(PlaceError::NoUrl { what: "token URL" })
        ));
    }

    fn label(provider: ProviderName, base_url: &str) -> String {
        let place = Place::At {
            base_url: base_url.to_owned(),
            token_url: None,
        };
        place.label(provider)
    }

    #[test]
    fn a_place_has_one_label_however_it_is_spelled() {
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
                Place::Production,
            ),
            (
                ProviderName::Tazapay,
                "https://Service-Sandbox.Tazapay.com:443/",
                Place::Sandbox,
            ),
            (
                ProviderName::Optty,
                "https://api.optty.com/",
                Place::Production,
            ),
            (
                ProviderName::Kotanipay,
                "https://sandbox-api.kotanipay.com",
                Place::Sandbox,
            ),
        ] {
            assert_eq!(label(provider, url), place.label(provider), "{url}");
        }
    }

    #[test]
    fn places_that_differ_in_scheme_host_port_or_path_have_labels_of_their_own() {
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
            .chain(["sandbox".to_owned(), "production".to_owned()])
            .collect();
        assert_eq!(labels.len(), urls.len() + 2, "{labels:?}");
    }

    #[test]
    fn mce_needs_a_host() {
        for live in [false, true] {
            let refused = Place::of(ProviderName::Mce, &options(None, live));
            assert!(matches!(refused, Err(PlaceError::HostMissing)));
        }
    }
}
