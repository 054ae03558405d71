//! Checks on the URLs in the settings.

use std::fmt;

use reqwest::Url;

use super::SettingsError;

/// The base URL that generated code puts its routes behind, so without a slash at its end.
pub(crate) struct BaseUrl {
    pub(crate) text: String,
    pub(crate) path: String,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str, insecure_http: bool) -> Result<Self, SettingsError> {
        let url = checked(text, "base URL", insecure_http)?;
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            path: url.path().trim_end_matches('/').to_owned(),
            host: url.host_str().unwrap_or_default().to_owned(),
            // Only http and https pass the check, and both have a known port.
            port: url.port_or_known_default().unwrap_or_default(),
        })
    }

    /// Its host.
    pub(crate) fn host(&self) -> Host {
        Host {
            name: self.host.clone(),
            port: self.port,
        }
    }

    /// `url` with this base in place of its own, which has the path `base_path`.
    pub(crate) fn instead_of(&self, base_path: &str, url: &Url) -> Option<Url> {
        let path = url.path().strip_prefix(base_path)?;
        let mut moved = Url::parse(&format!("{}{path}", self.text)).ok()?;
        moved.set_query(url.query());
        Some(moved)
    }
}

/// A host of the internet, with its port.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Host {
    name: String,
    port: u16,
}

impl Host {
    /// That of a URL.
    pub(crate) fn of(url: &Url) -> Self {
        Self {
            name: url.host_str().unwrap_or_default().to_owned(),
            port: url.port_or_known_default().unwrap_or_default(),
        }
    }

    pub(crate) fn is(&self, name: &str, port: u16) -> bool {
        self.name == name && self.port == port
    }

    /// The host of a text such as `files.example.com` or `files.example.com:8443`.
    pub(crate) fn parse(text: &str) -> Result<Self, SettingsError> {
        let invalid = || SettingsError::InvalidUrl {
            setting: "host for credentials",
            reason: "give a host, such as files.example.com".to_owned(),
        };
        let plain = !text.contains(['/', '?', '#', '@', '\\']);
        let url = Url::parse(&format!("https://{text}")).map_err(|_| invalid())?;
        let name = url.host_str().filter(|_| plain).ok_or_else(invalid)?;
        Ok(Self {
            name: name.to_owned(),
            ..Self::of(&url)
        })
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            443 => f.write_str(&self.name),
            port => write!(f, "{}:{port}", self.name),
        }
    }
}

/// A URL that requests may be sent to. Errors never quote it, because it may hold a secret.
pub(crate) fn checked(
    text: &str,
    setting: &'static str,
    insecure_http: bool,
) -> Result<Url, SettingsError> {
    let invalid = |reason: String| SettingsError::InvalidUrl { setting, reason };
    let url = Url::parse(text)
        .map_err(|error| invalid(format!("{error}; give one such as https://api.example.com")))?;
    let reason = match url.scheme() {
        "https" | "http" if has_user(&url) => {
            "it holds a user or password: pass them to `credentials`"
        }
        "https" | "http" if url.query().is_some() || url.fragment().is_some() => {
            "it has a query or fragment: give scheme, host and path only"
        }
        "http" if !(insecure_http || is_loopback(&url)) => {
            "plain http shows credentials to the network: use https, or call `allow_insecure_http`"
        }
        "https" | "http" => return Ok(url),
        _ => "its scheme is neither https nor http: give one such as https://api.example.com",
    };
    Err(invalid(reason.to_owned()))
}

fn has_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_loses_the_slash_at_its_end() {
        let base = BaseUrl::parse("https://api.example.com/v3/", false).unwrap();
        assert_eq!(base.text, "https://api.example.com/v3");
        assert_eq!(base.path, "/v3");
        assert_eq!(base.host, "api.example.com");
        assert_eq!(base.port, 443);
        let bare = BaseUrl::parse("https://api.example.com", false).unwrap();
        assert_eq!(bare.text, "https://api.example.com");
        assert_eq!(bare.path, "");
    }

    #[test]
    fn a_url_moves_to_another_base_with_its_path_and_query() {
        let own = BaseUrl::parse("https://files.example.com/up", false).unwrap();
        let url = Url::parse("https://api.example.com/v3/a%2Fb/c?d=e%26f").unwrap();
        let moved = own.instead_of("/v3", &url).unwrap();
        assert_eq!(
            moved.as_str(),
            "https://files.example.com/up/a%2Fb/c?d=e%26f"
        );
        assert_eq!(own.instead_of("/v4", &url), None);
    }

    #[test]
    fn plain_http_is_for_loopback_unless_it_is_allowed() {
        for text in [
            "http://127.0.0.1:1",
            "http://localhost",
            "http://[::1]:80/x",
        ] {
            assert!(BaseUrl::parse(text, false).is_ok(), "{text}");
        }
        for text in ["http://api.example.com", "http://localhost.example.com"] {
            assert!(BaseUrl::parse(text, false).is_err(), "{text}");
            assert!(BaseUrl::parse(text, true).is_ok(), "{text}");
        }
    }

    #[test]
    fn urls_that_cannot_be_a_base_are_refused_without_being_quoted() {
        for text in [
            "",
            "api.example.com",
            "ftp://hunter2.example.com",
            "https://user:hunter2@example.com",
            "https://example.com/?key=hunter2",
            "https://example.com/#hunter2",
        ] {
            let error = BaseUrl::parse(text, true).err().unwrap();
            assert!(matches!(
                error,
                SettingsError::InvalidUrl {
                    setting: "base URL",
                    ..
                }
            ));
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
