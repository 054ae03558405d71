//! What generated code is made of: the client, and the parts of a request.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;

use super::{CallSettings, Session};
use crate::{OperationSecurity, OwnHost, Provider, SecurityScheme};

/// A client that generated code can make from checked settings.
pub trait GeneratedClient: Sized {
    /// The provider.
    const PROVIDER: &'static Provider;
    /// The version of the crate, for the user agent.
    const VERSION: &'static str;
    /// The operations that are not on the provider's hosts.
    const OWN_HOSTS: &'static [OwnHost] = &[];
    /// The security schemes beside the one that [`Provider::authentication`] is.
    const SCHEMES: &'static [SecurityScheme] = &[];
    /// What the operations ask for that other credentials are documented for, or none.
    const SECURITY: &'static [OperationSecurity] = &[];

    /// Puts the client together. `base_url` does not end in a slash.
    fn assemble(base_url: String, http: Client, session: Session) -> Self;

    /// The same client, whose calls all have this beside what is set for each. The copy is cheap and shares
    /// everything else.
    ///
    /// ```
    /// # use provider_runtime::{CallSettings, ClientInfo, GeneratedClient, Session};
    /// fn of_this_job<C: GeneratedClient + ClientInfo<Session>>(client: &C) -> C {
    ///     let mut settings = CallSettings::new();
    ///     settings.header("X-Job", "nightly");
    ///     client.with_call(settings)
    /// }
    /// ```
    #[must_use]
    fn with_call(&self, settings: CallSettings) -> Self
    where
        Self: ClientInfo<Session>,
    {
        let session = self.inner().with_call(settings);
        Self::assemble(self.baseurl().to_owned(), self.client().clone(), session)
    }
}

/// The parts of a generated client.
pub trait ClientInfo<Inner> {
    /// The version of the document that the client was generated from.
    fn api_version() -> &'static str;

    /// The URL that routes are put behind.
    fn baseurl(&self) -> &str;

    /// The HTTP client, with which requests are built.
    fn client(&self) -> &Client;

    /// The session, through which requests are sent.
    fn inner(&self) -> &Inner;
}

impl<T: ClientInfo<Inner>, Inner> ClientInfo<Inner> for &T {
    fn api_version() -> &'static str {
        T::api_version()
    }

    fn baseurl(&self) -> &str {
        (**self).baseurl()
    }

    fn client(&self) -> &Client {
        (**self).client()
    }

    fn inner(&self) -> &Inner {
        (**self).inner()
    }
}

/// The operation that a request belongs to.
#[derive(Clone, Copy, Debug)]
pub struct OperationInfo {
    /// Its id in [`Provider::operations`].
    pub operation_id: &'static str,
}

/// What a segment of a path may hold without being escaped (RFC 3986, 3.3).
pub(super) const PATH_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// All but what is unreserved (RFC 3986, 2.3).
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Escapes all but what is unreserved (RFC 6570, 3.2.2), so that what separates two texts is in none of them, and a
/// path parameter stays what it is within its segment. `.` and `..` cannot be escaped: the session refuses them.
pub(super) fn encode_text(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// Escapes a path parameter whose slashes are slashes of the path (`{+name}`). A segment that is `.` or
/// `..` becomes an empty one, and the session refuses those.
pub(super) fn encode_segments(parameter: &str) -> String {
    let segments = parameter.split('/').map(|segment| match segment {
        "." | ".." => String::new(),
        other => utf8_percent_encode(other, PATH_SEGMENT).to_string(),
    });
    segments.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_parameter_is_escaped_into_one_segment() {
        for (parameter, escaped) in [
            ("INV-1_2.3~4", "INV-1_2.3~4"),
            ("a/b\\c?d#e%f", "a%2Fb%5Cc%3Fd%23e%25f"),
            ("ä \u{0}[^]", "%C3%A4%20%00%5B%5E%5D"),
            ("%2e%2e", "%252e%252e"),
            // RFC 6570, 3.2.2: none of these is unreserved; `:cancel` is an operation of its own at many providers.
            ("rf_1:cancel", "rf_1%3Acancel"),
            ("!$&'()*+,;=@", "%21%24%26%27%28%29%2A%2B%2C%3B%3D%40"),
        ] {
            assert_eq!(encode_text(parameter), escaped);
        }
    }

    #[test]
    fn a_parameter_of_several_segments_keeps_its_slashes_only() {
        for (parameter, escaped) in [
            ("projects/p 1/shelves", "projects/p%201/shelves"),
            ("a/../b?c", "a//b%3Fc"),
            ("a", "a"),
        ] {
            assert_eq!(encode_segments(parameter), escaped);
        }
    }
}
