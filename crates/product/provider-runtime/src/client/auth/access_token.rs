//! What goes into the `Authorization` header, or wherever an API key goes.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use secrecy::SecretString;

use crate::client::redactor::Secrets;
use crate::{ApiKey, Authentication, KeyPlace};

/// A secret cannot be sent in a header.
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
enum Scheme {
    Bearer,
    Basic,
    ApiKey,
}

/// What to call for a token that a provider takes.
pub(crate) fn constructor(authentication: Authentication) -> String {
    match authentication {
        Authentication::Bearer | Authentication::OAuth2ClientCredentials { .. } => {
            "`AccessToken::bearer`".to_owned()
        }
        Authentication::Basic => "`AccessToken::basic`".to_owned(),
        Authentication::ApiKeys([_]) => "`AccessToken::api_key`".to_owned(),
        Authentication::ApiKeys(keys) => {
            format!("`AccessToken::api_keys` with {}", names(keys))
        }
    }
}

/// The names of keys, for people.
pub(crate) fn names(keys: &[ApiKey]) -> String {
    let names: Vec<_> = keys.iter().map(|key| key.name).collect();
    names.join(" and ")
}

/// A ready `Authorization` header, or API keys. Cloning shares it; `Debug` shows its scheme alone.
#[derive(Clone)]
pub struct AccessToken {
    scheme: Scheme,
    header: HeaderValue,
    /// The keys by their names, where there are several.
    named: Arc<[(String, HeaderValue)]>,
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
            named: Arc::new([]),
            secrets: Arc::new([token.into()]),
        })
    }

    /// `Authorization: Basic` with a user (or key) and a password (or secret), which is empty where a provider wants
    /// a key alone.
    ///
    /// # Errors
    /// The user is empty, or one of them has control characters, or the user has a colon, which ends it in this
    /// scheme.
    pub fn basic(user: &str, password: &str) -> Result<Self, InvalidSecret> {
        let unfit = |text: &str| text.chars().any(char::is_control);
        if user.is_empty() || unfit(user) || user.contains(':') {
            return Err(InvalidSecret {
                secret: "user",
                hint: ", and for a colon in it",
            });
        }
        if unfit(password) {
            return Err(InvalidSecret::new("password"));
        }
        let plain = format!("{user}:{password}");
        let pair = STANDARD.encode(&plain);
        let header = sensitive(&format!("Basic {pair}")).ok_or(InvalidSecret::new("password"))?;
        // The pair in plain stands for every form of it in Base64; short ones are not looked for inside of it.
        let secrets: [SecretString; 4] = [user.into(), password.into(), plain.into(), pair.into()];
        Ok(Self {
            scheme: Scheme::Basic,
            header,
            named: Arc::new([]),
            secrets: Arc::new(secrets),
        })
    }

    /// An API key, which goes where the provider wants it.
    ///
    /// # Errors
    /// The key is empty or has other characters than visible ASCII.
    pub fn api_key(key: &str) -> Result<Self, InvalidSecret> {
        let mut secrets = Vec::new();
        let header = key_header(key, &mut secrets)?;
        Ok(Self {
            scheme: Scheme::ApiKey,
            header,
            named: Arc::new([]),
            secrets: secrets.into(),
        })
    }

    /// API keys that the provider wants together, each with the name of its header, query parameter or
    /// cookie.
    ///
    /// # Errors
    /// There is no key, or one is empty or has other characters than visible ASCII.
    pub fn api_keys(keys: &[(&str, &str)]) -> Result<Self, InvalidSecret> {
        let mut secrets = Vec::new();
        let mut named = Vec::new();
        for (name, key) in keys {
            named.push(((*name).to_owned(), key_header(key, &mut secrets)?));
        }
        let (_, header) = named
            .first()
            .ok_or(InvalidSecret::new("list of API keys"))?;
        Ok(Self {
            scheme: Scheme::ApiKey,
            header: header.clone(),
            named: named.into(),
            secrets: secrets.into(),
        })
    }

    /// Whether a provider with this `authentication` takes it.
    pub(crate) fn fits(&self, authentication: Authentication) -> bool {
        match authentication {
            Authentication::Bearer | Authentication::OAuth2ClientCredentials { .. } => {
                self.scheme == Scheme::Bearer
            }
            Authentication::Basic => self.scheme == Scheme::Basic,
            Authentication::ApiKeys(keys) => {
                self.scheme == Scheme::ApiKey
                    && self.named.len().max(1) == keys.len()
                    && keys.iter().all(|key| self.value_of(key).is_some())
            }
        }
    }

    /// What is sent as this key.
    fn value_of(&self, key: &ApiKey) -> Option<&HeaderValue> {
        if self.named.is_empty() {
            return Some(&self.header);
        }
        let mut named = self.named.iter();
        let found = named.find(|(name, _)| match key.place {
            // The names of headers have no case (RFC 9110, section 5.1).
            KeyPlace::Header => name.eq_ignore_ascii_case(key.name),
            KeyPlace::Query | KeyPlace::Cookie => name == key.name,
        });
        found.map(|(_, value)| value)
    }

    /// Puts it into a request, where `authentication` says.
    pub(crate) fn put(&self, request: &mut Request, authentication: Authentication) {
        let Authentication::ApiKeys(keys) = authentication else {
            request.headers_mut().insert(AUTHORIZATION, self.header());
            return;
        };
        for key in keys {
            if let Some(value) = self.value_of(key) {
                put_key(request, key, value);
            }
        }
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    pub(crate) fn secrets(&self) -> Secrets {
        Arc::clone(&self.secrets)
    }
}

fn put_key(request: &mut Request, key: &ApiKey, value: &HeaderValue) {
    let name = key.name;
    let text = value.to_str().unwrap_or_default();
    match key.place {
        KeyPlace::Header => {
            // A name that is no header's cannot come out of a generator that checks it.
            if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                request.headers_mut().insert(name, value.clone());
            }
        }
        KeyPlace::Query => {
            request.url_mut().query_pairs_mut().append_pair(name, text);
        }
        KeyPlace::Cookie => {
            let others = request.headers().get(COOKIE);
            let others = others.and_then(|cookies| cookies.to_str().ok());
            let cookies = match others {
                Some(others) => format!("{others}; {name}={text}"),
                None => format!("{name}={text}"),
            };
            if let Some(cookies) = sensitive(&cookies) {
                request.headers_mut().insert(COOKIE, cookies);
            }
        }
    }
}

/// A key as it is sent; it is added to the secrets.
fn key_header(key: &str, secrets: &mut Vec<SecretString>) -> Result<HeaderValue, InvalidSecret> {
    let invalid = InvalidSecret::new("API key");
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid);
    }
    secrets.push(key.into());
    sensitive(key).ok_or(invalid)
}

fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(text).ok()?;
    header.set_sensitive(true);
    Some(header)
}

impl PartialEq for AccessToken {
    fn eq(&self, other: &Self) -> bool {
        self.header == other.header && self.named == other.named
    }
}

impl Eq for AccessToken {}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.scheme {
            Scheme::Bearer => "AccessToken(Bearer ..)",
            Scheme::Basic => "AccessToken(Basic ..)",
            Scheme::ApiKey => "AccessToken(API key ..)",
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
        // Section 2 as well: a password may be empty. Base64 of `key:`.
        let key = AccessToken::basic("key", "").unwrap();
        assert_eq!(key.header().to_str().unwrap(), "Basic a2V5Og==");
        assert!(bearer.header().is_sensitive() && basic.header().is_sensitive());
    }

    #[test]
    fn an_api_key_goes_where_the_provider_wants_it() {
        let key = AccessToken::api_key("k&1").unwrap();
        let request = |place| {
            let http = reqwest::Client::new();
            let request = http.get("http://localhost/a?b=c").header(COOKIE, "d=e");
            let mut request = request.build().unwrap();
            let keys: &[ApiKey] = match place {
                KeyPlace::Header => &[ApiKey {
                    name: "key",
                    place: KeyPlace::Header,
                }],
                KeyPlace::Query => &[ApiKey {
                    name: "key",
                    place: KeyPlace::Query,
                }],
                KeyPlace::Cookie => &[ApiKey {
                    name: "key",
                    place: KeyPlace::Cookie,
                }],
            };
            key.put(&mut request, Authentication::ApiKeys(keys));
            assert!(!request.headers().contains_key(AUTHORIZATION));
            request
        };
        assert_eq!(request(KeyPlace::Header).headers()["key"], "k&1");
        assert!(request(KeyPlace::Header).headers()["key"].is_sensitive());
        let query = request(KeyPlace::Query);
        assert_eq!(query.url().query(), Some("b=c&key=k%261"));
        assert_eq!(request(KeyPlace::Cookie).headers()[COOKIE], "d=e; key=k&1");
    }

    #[test]
    fn keys_that_go_together_are_told_apart_by_their_names() {
        const TWO: Authentication = Authentication::ApiKeys(&[
            ApiKey {
                name: "X-Id",
                place: KeyPlace::Header,
            },
            ApiKey {
                name: "secret",
                place: KeyPlace::Query,
            },
        ]);
        let both = AccessToken::api_keys(&[("secret", "s"), ("x-id", "i")]).unwrap();
        let mut request = reqwest::Client::new()
            .get("http://localhost/a")
            .build()
            .unwrap();
        both.put(&mut request, TWO);
        assert_eq!(request.headers()["X-Id"], "i");
        assert_eq!(request.url().query(), Some("secret=s"));

        assert!(both.fits(TWO));
        let unfit = [
            AccessToken::api_keys(&[("X-Id", "i")]).unwrap(),
            AccessToken::api_keys(&[("X-Id", "i"), ("Secret", "s")]).unwrap(),
            AccessToken::api_keys(&[("X-Id", "i"), ("secret", "s"), ("more", "m")]).unwrap(),
            AccessToken::api_key("i").unwrap(),
            AccessToken::bearer("i").unwrap(),
        ];
        assert!(unfit.iter().all(|token| !token.fits(TWO)));
        assert!(AccessToken::api_keys(&[]).is_err());
        assert!(AccessToken::api_keys(&[("X-Id", "i"), ("secret", " ")]).is_err());
    }

    #[test]
    fn secrets_that_cannot_be_sent_are_refused_without_being_quoted() {
        for token in ["", "hunter2\n", " hunter2", "hunter2\u{0}", "hunté2"] {
            let error = AccessToken::bearer(token).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
            let error = AccessToken::api_key(token).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        for (user, password) in [("", "x"), ("hunter2:x", "x"), ("x", "a\r\nb")] {
            let error = AccessToken::basic(user, password).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }
}
