//! What one call has beside what its document names.

use std::{fmt, time::Duration};

use reqwest::{
    Request,
    header::{HeaderName, HeaderValue},
};

use super::deadline::Deadline;

/// What one call has beside what its document names. The functions that set it begin with `with_`, which no name of a
/// document's does here.
///
/// `Debug` shows the names of headers, and no value.
#[derive(Clone, Default)]
pub struct CallSettings(Option<Box<Settings>>);

#[derive(Clone, Default)]
struct Settings {
    headers: Vec<(String, String)>,
    timeout: Option<Duration>,
    deadline: Option<Duration>,
}

/// Headers that say where a request goes, what it is, who sends it or what can be read, which the client knows; some servers
/// take one of the last five for the method or the path.
const OF_CLIENT: [&str; 18] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "expect",
    "host",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-url",
    "x-rewrite-url",
];

impl CallSettings {
    /// Of which nothing is set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends a header.
    pub fn header(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let settings = self.0.get_or_insert_default();
        settings.headers.push((name.into(), value.into()));
    }

    /// Takes so long at most, from connecting to the last byte.
    pub fn timeout(&mut self, timeout: Duration) {
        self.0.get_or_insert_default().timeout = Some(timeout);
    }

    /// Takes so long at most in all, from `send`: tokens that are fetched and a second sending after a 401 included.
    pub fn deadline(&mut self, deadline: Duration) {
        self.0.get_or_insert_default().deadline = Some(deadline);
    }

    /// These, and of the others what these do not say; a header counts by its name.
    #[must_use]
    pub fn over(self, others: &Self) -> Self {
        let Some(others) = &others.0 else {
            return self;
        };
        let Some(mut own) = self.0 else {
            return Self(Some(others.clone()));
        };
        let is_new = |name: &str| {
            let mut names = own.headers.iter().map(|(own, _)| own);
            !names.any(|own| own.eq_ignore_ascii_case(name))
        };
        let headers = others.headers.iter().filter(|(name, _)| is_new(name));
        let headers: Vec<_> = headers.cloned().collect();
        own.headers.extend(headers);
        own.timeout = own.timeout.or(others.timeout);
        own.deadline = own.deadline.or(others.deadline);
        Self(Some(own))
    }

    /// Puts it into a request that is complete but for its credentials, which have the headers that are keys, and tells
    /// when the call has to be over; says why it cannot be.
    pub(super) fn put(
        self,
        request: &mut Request,
        is_key: impl Fn(&str) -> bool,
    ) -> Result<Deadline, String> {
        let Some(settings) = self.0 else {
            return Ok(Deadline::NEVER);
        };
        for (name, value) in &settings.headers {
            let (name, value) = checked(request, &is_key, name, value)?;
            request.headers_mut().insert(name, value);
        }
        let zero = |what| format!("the {what} is zero, with which no call succeeds");
        if let Some(timeout) = settings.timeout {
            if timeout.is_zero() {
                return Err(zero("timeout"));
            }
            *request.timeout_mut() = Some(timeout);
        }
        match settings.deadline {
            Some(deadline) if deadline.is_zero() => Err(zero("deadline")),
            Some(deadline) => Ok(Deadline::after(deadline)),
            None => Ok(Deadline::NEVER),
        }
    }
}

/// A header that can be added to a request, unless it says what the client or a function of its own does, or is a key.
pub(super) fn checked(
    request: &Request,
    is_key: impl Fn(&str) -> bool,
    name: &str,
    value: &str,
) -> Result<(HeaderName, HeaderValue), String> {
    let known = HeaderName::try_from(name);
    let header = known.map_err(|_| format!("{name:?} is no name of a header"))?;
    let is_set = OF_CLIENT.contains(&header.as_str())
        || request.headers().contains_key(&header)
        || is_key(header.as_str());
    if is_set {
        return Err(format!(
            "the header {header} is set by the client, or by a function of its own"
        ));
    }
    let value = HeaderValue::try_from(value)
        .map_err(|_| format!("the value of the header {header} cannot be one"))?;
    Ok((header, value))
}

impl fmt::Debug for CallSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.0.as_ref();
        let headers = settings.into_iter().flat_map(|settings| &settings.headers);
        let names: Vec<&str> = headers.map(|(name, _)| name.as_str()).collect();
        f.debug_struct("CallSettings")
            .field("headers", &names)
            .field("timeout", &settings.and_then(|settings| settings.timeout))
            .field("deadline", &settings.and_then(|settings| settings.deadline))
            .finish()
    }
}

/// Implements the functions that set the `settings` of an operation's builder. For generated code.
#[macro_export]
macro_rules! call_settings {
    ($name:ident) => {
        impl $name<'_> {
            /// Sends this header as well. One that the client or a function of its own sets is refused by `send`.
            pub fn with_header(
                mut self,
                name: impl ::std::convert::Into<::std::string::String>,
                value: impl ::std::convert::Into<::std::string::String>,
            ) -> Self {
                self.settings.header(name, value);
                self
            }

            /// Takes so long at most, from connecting to the last byte, in place of the client's timeout.
            pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                self.settings.timeout(timeout);
                self
            }

            /// Takes so long at most in all, from `send`: a token that is fetched and a second sending after a 401
            /// included. What has not been sent by then is not sent.
            pub fn with_deadline(mut self, deadline: ::std::time::Duration) -> Self {
                self.settings.deadline(deadline);
                self
            }
        }
    };
}

/// Names the type of an operation's builder, where the run time has the feature `testing`.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! called {
    ($name:ident, $success:ty) => {
        impl $crate::Called for $name<'_> {
            type Success = $success;
            const BUILDER: &'static str = ::std::stringify!($name);
        }
    };
}

/// Names nothing: the run time lacks the feature `testing`.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! called {
    ($name:ident, $success:ty) => {};
}

/// Implements the blocking form of an operation's `send`, where the run time has the feature `blocking`, and names its
/// types. For generated code, which needs no feature of its own to compile.
#[cfg(feature = "blocking")]
#[macro_export]
macro_rules! blocking {
    ($name:ident, $success:ty, $error:ty) => {
        $crate::called!($name, $success);

        impl $name<'_> {
            /// The same as [`send`](Self::send), on this thread and without an executor of one's own (feature
            /// `blocking`).
            ///
            /// # Errors
            /// As there; within an executor of tokio's it is not sent.
            pub fn send_blocking(
                self,
            ) -> ::std::result::Result<$crate::ResponseValue<$success>, $crate::Error<$error>> {
                $crate::send_blocking(self.send())
            }
        }
    };
}

/// Names an operation's types: the run time lacks the feature `blocking`. For generated code.
#[cfg(not(feature = "blocking"))]
#[macro_export]
macro_rules! blocking {
    ($name:ident, $success:ty, $error:ty) => {
        $crate::called!($name, $success);
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_is_added_that_says_what_a_body_is_or_where_a_request_goes() {
        let url = reqwest::Url::parse("https://acme.example/refunds").unwrap();
        let request = Request::new(reqwest::Method::POST, url);
        // A body that is declared to be compressed is none that the provider can read, and an answer that comes compressed is
        // none that the client can read; the last two are taken for the path by some servers.
        for name in [
            "Content-Type",
            "Content-Encoding",
            "Accept-Encoding",
            "X-Original-URL",
            "X-Rewrite-URL",
        ] {
            let added = checked(&request, |_| false, name, "x");
            assert!(added.is_err(), "{name}");
        }
        assert!(checked(&request, |_| false, "X-Request-Source", "x").is_ok());
    }
}
