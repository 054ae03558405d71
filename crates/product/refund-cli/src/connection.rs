//! A client of a provider, at the place that was asked for.

use std::time::Duration;

use anyhow::anyhow;
use refunds::{
    ProviderName, Refunds, RetryPolicy,
    provider_runtime::{Credentials, Environment},
};
use url::{Host, Url};

use crate::{
    arguments::Options,
    credentials::Access,
    profile::{self, ProfileError},
    providers::known,
};

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
    /// A URL with what logs in.
    #[error(
        "the {what} holds a user or password: give credentials in the environment, or in a file with --credentials"
    )]
    Secret {
        /// Which URL.
        what: &'static str,
    },
    /// A URL elsewhere, without TLS.
    #[error(
        "the {what} is plain http, which shows credentials to the network: give one with https"
    )]
    Plain {
        /// Which URL.
        what: &'static str,
    },
    /// A URL that is none.
    #[error("the {what} cannot be read: give one such as http://127.0.0.1:8080")]
    NoUrl {
        /// Which URL.
        what: &'static str,
    },
    /// The provider documents no host.
    #[error("{0} documents no host: give the one that you were given with --base-url, and --live")]
    HostMissing(ProviderName),
    /// Optty's tokens are had where its calls go.
    #[error("a token URL counts for calls to a base URL only: give --base-url as well")]
    BaseUrlMissing,
    /// A variable or a profile.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

impl Place {
    /// The place that was asked for, if calls may go there.
    pub(crate) fn of(provider: ProviderName, options: &Options) -> Result<Self, PlaceError> {
        let token_url = profile::token_url(provider, options)?;
        let Some(base_url) = profile::base_url(provider, options)? else {
            if options.token_url.is_some() {
                return Err(PlaceError::BaseUrlMissing);
            }
            let has_hosts = known(provider).is_none_or(|known| known.has_hosts);
            return match (has_hosts, options.live) {
                (false, _) => Err(PlaceError::HostMissing(provider)),
                (true, true) => Ok(Self::Production),
                (true, false) => Ok(Self::Sandbox),
            };
        };
        permit("base URL", &base_url, options)?;
        // It gets the credentials, and gives what opens the provider.
        if let Some(token_url) = &token_url {
            permit("token URL", token_url, options)?;
        }
        Ok(Self::At {
            base_url,
            token_url,
        })
    }

    /// Its name in the journal, however it is spelled.
    pub(crate) fn name(&self, provider: ProviderName) -> refunds_journal::Place {
        match self {
            Self::Sandbox => refunds_journal::Place::sandbox(),
            Self::Production => refunds_journal::Place::production(),
            Self::At { base_url, .. } => refunds_journal::Place::at(provider, base_url),
        }
    }

    /// The same, for a client.
    pub(crate) fn environment(&self) -> Environment {
        match self {
            Self::Sandbox => Environment::Sandbox,
            Self::Production => Environment::Production,
            Self::At { base_url, .. } => Environment::BaseUrl(base_url.clone()),
        }
    }
}

/// Checks that credentials may be sent to a URL.
fn permit(what: &'static str, url: &str, options: &Options) -> Result<(), PlaceError> {
    let url = Url::parse(url).ok();
    let url = url.filter(|url| matches!(url.scheme(), "https" | "http"));
    let url = url.ok_or(PlaceError::NoUrl { what })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(PlaceError::Secret { what });
    }
    match (is_on_this_machine(&url), options.live, url.scheme()) {
        (true, ..) | (_, true, "https") => Ok(()),
        (false, false, _) => Err(PlaceError::LiveMissing { what }),
        (false, true, _) => Err(PlaceError::Plain { what }),
    }
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
) -> anyhow::Result<Refunds> {
    let known = known(provider).ok_or_else(|| anyhow!(no_client(provider)))?;
    (known.connect)(place, access)
}

/// Why the command cannot call a provider that a program of the user's own has put behind the facade.
pub(crate) fn no_client(provider: ProviderName) -> String {
    format!(
        "{provider} is a provider of a program of your own, for which this command has no client: use that program"
    )
}

/// A client that is never called, for what needs no credentials: a word, or a record.
///
/// # Errors
/// The settings do not fit.
pub(crate) fn uncalled(provider: ProviderName, place: &Place) -> anyhow::Result<Refunds> {
    let credentials = match known(provider) {
        Some(known) => (known.no_credentials)(),
        None => Credentials::bearer("none"),
    };
    connect(provider, place, credentials.into())
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
            live,
            base_url: base_url.map(str::to_owned),
            ..Options::default()
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
            let live = Place::of(ProviderName::Mce, &options(Some(url), true));
            match url.starts_with("https") {
                true => assert!(live.is_ok(), "{url}"),
                false => assert!(matches!(live, Err(PlaceError::Plain { .. })), "{url}"),
            }
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
        let refused = Place::of(ProviderName::Optty, &options);
        assert!(matches!(
            refused,
            Err(PlaceError::Plain { what: "token URL" })
        ));
        options.token_url = Some("https://auth.example/token".to_owned());
        assert!(Place::of(ProviderName::Optty, &options).is_ok());
        options.token_url = Some("auth.example".to_owned());
        let refused = Place::of(ProviderName::Optty, &options);
        assert!(matches!(
            refused,
            Err(PlaceError::NoUrl { what: "token URL" })
        ));
    }

    #[test]
    fn mce_needs_a_host() {
        for live in [false, true] {
            let refused = Place::of(ProviderName::Mce, &options(None, live));
            assert!(matches!(refused, Err(PlaceError::HostMissing(_))));
        }
    }
}
