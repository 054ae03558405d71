//! Signatures of requests, for accounts of which Kotani Pay asks them (`isSecure`).

use std::{
    fmt::{self, Write},
    time::{SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use provider_runtime::{RequestSigner, SigningError};
use reqwest::{Method, Request, header::HeaderValue};
use sha2::Sha256;
use uuid::Uuid;

/// What a `POST` without a body is signed as. Inferred: the documentation shows no such request.
const NO_BODY: &str = "{}";

/// Signs every attempt with the API secret: `x-timestamp`, `x-nonce` and `x-signature`.
///
/// The nonce is new for each attempt, because Kotani Pay refuses one that it has seen. The timestamp
/// is this machine's: it has to be right to five minutes. `Debug` shows nothing of the secret.
///
/// ```
/// use kotanipay::{Client, Credentials, Environment, RequestSigning};
///
/// let client = Client::builder()
///     .environment(Environment::Sandbox)
///     .credentials(Credentials::bearer("API-key"))
///     .request_signer(RequestSigning::new("API secret"))
///     .build()?;
/// # let _ = client;
/// # Ok::<(), kotanipay::SettingsError>(())
/// ```
#[derive(Clone)]
pub struct RequestSigning {
    // Keyed already, so that the secret itself is not kept.
    keyed: Option<Hmac<Sha256>>,
}

impl RequestSigning {
    /// Signs with an API secret. An empty one is refused by the first call.
    pub fn new(api_secret: impl AsRef<[u8]>) -> Self {
        let secret = api_secret.as_ref();
        let keyed = (!secret.is_empty())
            .then(|| Hmac::new_from_slice(secret).ok())
            .flatten();
        Self { keyed }
    }

    fn signature(&self, timestamp: u64, nonce: &str, signed: &str) -> Result<String, SigningError> {
        let Some(keyed) = &self.keyed else {
            return Err(SigningError::new(
                "the API secret is empty: give the one of the account",
            ));
        };
        let mut mac = keyed.clone();
        mac.update(format!("{timestamp}.{nonce}.{signed}").as_bytes());
        let mut signature = String::with_capacity(64);
        for byte in mac.finalize().into_bytes() {
            // Writing to a `String` cannot fail.
            let _ = write!(signature, "{byte:02x}");
        }
        Ok(signature)
    }
}

impl RequestSigner for RequestSigning {
    fn sign(&self, request: &mut Request) -> Result<(), SigningError> {
        let timestamp = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_err(|error| SigningError::with_source("the clock is before 1970: set it", error))?
            .as_secs();
        let nonce = Uuid::new_v4().to_string();
        let signature = self.signature(timestamp, &nonce, signed_part(request)?)?;
        let headers = request.headers_mut();
        headers.insert("x-timestamp", HeaderValue::from(timestamp));
        for (name, value) in [("x-nonce", nonce), ("x-signature", signature)] {
            let value = HeaderValue::from_str(&value)
                .map_err(|error| SigningError::with_source("a signature fits no header", error))?;
            headers.insert(name, value);
        }
        Ok(())
    }
}

/// What of a request is signed: the body of a `POST`, the last path segment of a `GET`.
fn signed_part(request: &Request) -> Result<&str, SigningError> {
    if request.method() == Method::GET {
        let segment = request.url().path().rsplit('/').next().unwrap_or_default();
        if segment.contains('%') {
            return Err(SigningError::new(
                "the reference has characters that a URL escapes, and whether they are signed with or \
                 without escapes is not documented: use letters, digits, `-`, `_`, `.` and `~`",
            ));
        }
        return Ok(segment);
    }
    let Some(body) = request.body() else {
        return Ok(NO_BODY);
    };
    let bytes = body
        .as_bytes()
        .ok_or_else(|| SigningError::new("a streamed body cannot be signed: give it whole"))?;
    if bytes.is_empty() {
        return Ok(NO_BODY);
    }
    std::str::from_utf8(bytes)
        .map_err(|error| SigningError::with_source("the body is not UTF-8", error))
}

impl fmt::Debug for RequestSigning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestSigning(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: Method, url: &str, body: Option<&'static str>) -> Request {
        let mut request = Request::new(method, url.parse().unwrap());
        *request.body_mut() = body.map(Into::into);
        request
    }

    // Expected values by: printf '%s' "1700000000.NONCE.SIGNED" | openssl dgst -sha256 -hmac whsec_test
    #[test]
    fn the_signature_is_the_hex_of_an_hmac_over_time_nonce_and_what_is_signed() {
        let signing = RequestSigning::new("whsec_test");
        let nonce = "3f2b8c1e-5d4a-4b6f-9c7d-0a1b2c3d4e5f";
        for (signed, expected) in [
            (
                "{}",
                "1c9915e77c7ba6b56eca224a8a12d95f42112920b18644c6bf2067287183a8c7",
            ),
            (
                r#"{"invoice":"lnbc1"}"#,
                "71109e66ec96b102343c4fbe622ca3788b574cedf8ddbcbb467b37ec54ae7cc8",
            ),
            (
                "offramp-001",
                "a107a51a0ec1ff5c8439cf4389b5ec3910644fdbb70c21cddfa898248b2a8778",
            ),
        ] {
            let signature = signing.signature(1_700_000_000, nonce, signed).unwrap();
            assert_eq!(signature, expected);
        }
    }

    #[test]
    fn the_body_of_a_post_and_the_last_segment_of_a_get_are_signed() {
        const BASE: &str = "https://sandbox-api.kotanipay.com/api/v3/offramp";
        let retry = format!("{BASE}/retry-refund/offramp-001");
        let status = format!("{BASE}/refund-status/offramp-001");
        for (request, signed) in [
            (request(Method::POST, &retry, None), "{}"),
            (request(Method::POST, &retry, Some("")), "{}"),
            (
                request(Method::POST, &retry, Some(r#"{"a":1}"#)),
                r#"{"a":1}"#,
            ),
            (request(Method::GET, &status, None), "offramp-001"),
        ] {
            assert_eq!(signed_part(&request).unwrap(), signed);
        }
    }

    #[test]
    fn a_reference_whose_signed_form_is_not_documented_is_refused() {
        let request = request(Method::GET, "https://example.com/refund-status/a%2Fb", None);
        let error = signed_part(&request).unwrap_err();
        assert!(error.to_string().contains("is not documented"), "{error}");
    }

    #[test]
    fn every_attempt_gets_a_nonce_of_its_own() {
        let signing = RequestSigning::new("secret");
        let mut nonces = Vec::new();
        for _ in 0..2 {
            let mut request = request(Method::POST, "https://example.com/a", None);
            signing.sign(&mut request).unwrap();
            let nonce = request.headers()["x-nonce"].to_str().unwrap();
            assert_eq!(Uuid::parse_str(nonce).unwrap().get_version_num(), 4);
            nonces.push(nonce.to_owned());
        }
        assert_ne!(nonces[0], nonces[1]);
    }

    #[test]
    fn an_empty_secret_is_refused_and_a_secret_is_not_shown() {
        let mut request = request(Method::POST, "https://example.com/a", None);
        let error = RequestSigning::new("").sign(&mut request).unwrap_err();
        assert!(error.to_string().contains("empty"), "{error}");
        assert!(request.headers().is_empty());
        assert_eq!(
            format!("{:?}", RequestSigning::new("hunter2")),
            "RequestSigning(..)"
        );
    }
}
