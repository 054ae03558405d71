//! What goes into the `Authorization` header.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use secrecy::SecretString;

use crate::client::redactor::Secrets;

/// A secret cannot be sent in an `Authorization` header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the {secret} is empty or has characters that cannot be sent: check it for line breaks and \
     blanks around it{hint}"
)]
pub struct InvalidSecret {
    /// Which one, such as `token`.
    pub secret: &'static str,
    hint: &'static str,
}

impl InvalidSecret {
    pub(crate) fn new(secret: &'static str) -> Self {
        Self { secret, hint: "" }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    Basic,
}

impl Scheme {
    pub(crate) fn constructor(self) -> &'static str {
        match self {
            Self::Bearer => "`AccessToken::bearer`",
            Self::Basic => "`AccessToken::basic`",
        }
    }
}

/// A ready `Authorization` header. Cloning shares it; `Debug` shows its scheme alone.
#[derive(Clone)]
pub struct AccessToken {
    scheme: Scheme,
    header: HeaderValue,
    secrets: Secrets,
}

impl AccessToken {
    /// `Authorization: Bearer <token>`.
    ///
    /// # Errors
    /// The token is empty or has other characters than visible ASCII.
    pub fn bearer(token: &str) -> Result<Self, InvalidSecret> {
        let invalid = InvalidSecret::new("token");
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(invalid);
        }
        let header = sensitive(&format!("Bearer {token}")).ok_or(invalid)?;
        Ok(Self {
            scheme: Scheme::Bearer,
            header,
            secrets: Arc::new([token.into()]),
        })
    }

    /// `Authorization: Basic` with a user (or key) and a password (or secret).
    ///
    /// # Errors
    /// The user or password is empty or has control characters, or the user has a colon, which ends
    /// it in this scheme.
    pub fn basic(user: &str, password: &str) -> Result<Self, InvalidSecret> {
        let unfit = |text: &str| text.is_empty() || text.chars().any(char::is_control);
        if unfit(user) || user.contains(':') {
            return Err(InvalidSecret {
                secret: "user",
                hint: ", and for a colon in it",
            });
        }
        if unfit(password) {
            return Err(InvalidSecret::new("password"));
        }
        let pair = STANDARD.encode(format!("{user}:{password}"));
        let header = sensitive(&format!("Basic {pair}")).ok_or(InvalidSecret::new("password"))?;
        let secrets: [SecretString; 3] = [user.into(), password.into(), pair.into()];
        Ok(Self {
            scheme: Scheme::Basic,
            header,
            secrets: Arc::new(secrets),
        })
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    pub(crate) fn scheme(&self) -> Scheme {
        self.scheme
    }

    pub(crate) fn secrets(&self) -> Secrets {
        Arc::clone(&self.secrets)
    }
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

impl PartialEq for AccessToken {
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header
    }
}

impl Eq for AccessToken {}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.scheme {
            Scheme::Bearer => "AccessToken(Bearer ..)",
            Scheme::Basic => "AccessToken(Basic ..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_written_as_its_scheme_says() {
        let bearer = AccessToken::bearer("abc.def").unwrap();
        assert_eq!(bearer.header().to_str().unwrap(), "Bearer abc.def");
        // RFC 7617, section 2.
        let basic = AccessToken::basic("Aladdin", "open sesame").unwrap();
        assert_eq!(
            basic.header().to_str().unwrap(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
        assert!(bearer.header().is_sensitive() && basic.header().is_sensitive());
    }

    #[test]
    fn secrets_that_cannot_be_sent_are_refused_without_being_quoted() {
        for token in ["", "hunter2\n", " hunter2", "hunter2\u{0}", "hunté2"] {
            let error = AccessToken::bearer(token).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        for (user, password) in [("", "x"), ("hunter2:x", "x"), ("x", ""), ("x", "a\r\nb")] {
            let error = AccessToken::basic(user, password).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
