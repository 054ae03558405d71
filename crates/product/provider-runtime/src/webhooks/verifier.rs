//! Signatures of webhooks.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::{
    DEFAULT_MAX_BODY, Delivery, Headers, ReplayGuard, Scheme, Secrets, Signed, Verified,
    WebhookError,
};

const NO_SIGNATURE: &str = "holds something else than a signature";

type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Verifies the webhooks of a provider that signs them. `Debug` shows nothing of a secret.
pub struct Verifier<S> {
    secrets: Secrets,
    header: String,
    max_body: usize,
    tolerance: Option<Duration>,
    clock: Clock,
    guard: Option<Arc<dyn ReplayGuard>>,
    scheme: PhantomData<fn() -> S>,
}

impl<S: Scheme> Verifier<S> {
    /// Accepts what one of `secrets` signed, whatever its age.
    pub fn new(secrets: Secrets) -> Self {
        Self {
            secrets,
            header: S::SIGNATURE_HEADER.to_owned(),
            max_body: DEFAULT_MAX_BODY,
            tolerance: None,
            clock: Arc::new(SystemTime::now),
            guard: None,
            scheme: PhantomData,
        }
    }

    /// Reads bodies of up to `bytes` bytes instead of [`DEFAULT_MAX_BODY`].
    #[must_use]
    pub fn with_max_body(self, bytes: usize) -> Self {
        Self {
            max_body: bytes,
            ..self
        }
    }

    /// The largest body that is read, in bytes.
    pub fn max_body(&self) -> usize {
        self.max_body
    }

    /// Looks for the signature in the header `name`.
    #[must_use]
    pub fn with_signature_header(self, name: impl Into<String>) -> Self {
        Self {
            header: name.into(),
            ..self
        }
    }

    /// Refuses events whose own time is further from now than `tolerance`, and those without a time.
    ///
    /// Off by default: no provider documents a tolerance, and each repeats an event, with the time that it
    /// had at first, for a day or longer. One that is shorter than that loses events that could not be
    /// delivered at once.
    #[must_use]
    pub fn with_tolerance(self, tolerance: Duration) -> Self {
        Self {
            tolerance: Some(tolerance),
            ..self
        }
    }

    /// Reads the time of `clock` instead of the system's.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            clock: Arc::new(clock),
            ..self
        }
    }

    /// Refuses events that `guard` knows. It learns of them from [`Verifier::handled`].
    #[must_use]
    pub fn with_replay_guard(self, guard: Arc<dyn ReplayGuard>) -> Self {
        Self {
            guard: Some(guard),
            ..self
        }
    }

    /// The event in `body`, proven to be the provider's.
    ///
    /// # Errors
    ///
    /// [`WebhookError`]: everything but [`Replayed`](WebhookError::Replayed) means that nothing in the body
    /// may be believed.
    pub fn verify<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: &[u8],
    ) -> Result<Verified<S::Event>, WebhookError> {
        check_size(body, self.max_body)?;
        let value = self.value(headers)?;
        let tag = self.tag(value)?;
        let body = text_of(body)?;
        let signed = S::signed_with(headers, value, body)?;
        if !self.fits(&tag, &signed) {
            return Err(WebhookError::SignatureMismatch);
        }
        let delivery = S::delivery(body)?;
        self.check_age(&delivery)?;
        if self
            .guard
            .as_ref()
            .is_some_and(|guard| guard.knows(&delivery.key))
        {
            return Err(WebhookError::Replayed { key: delivery.key });
        }
        Ok(Verified::after_proof::<S>(body, delivery))
    }

    /// Tells the guard, if there is one, that `event` was handled: from now on it is a replay.
    pub fn handled(&self, event: &Verified<S::Event>) {
        if let Some(guard) = &self.guard {
            guard.remember(event.key());
        }
    }

    /// What would have made a signature fit that does not: a line each, for people who look for the cause.
    /// Empty if the signature fits, if it cannot be read, or if nothing that is known of fits.
    pub fn near_misses<H: Headers + ?Sized>(&self, headers: &H, body: &[u8]) -> Vec<&'static str> {
        let Ok(value) = self.value(headers) else {
            return Vec::new();
        };
        let (Ok(tag), Ok(text)) = (self.tag(value), text_of(body)) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if let Ok(signed) = S::signed_with(headers, value, text) {
            if self.fits(&tag, &signed) {
                return Vec::new();
            }
            if self.made(&tag, &signed.parts) {
                found.push("the signature in the header fits, the one in the body does not");
            }
            let is_made_if_trimmed = self.secrets.any(|secret| {
                let trimmed = secret.trim();
                !trimmed.is_empty() && S::fits(trimmed, &signed.parts, &tag)
            });
            if is_made_if_trimmed {
                found.push("it fits a secret without the white space around it");
            }
        }
        let others = S::near_misses(text).into_iter();
        let fitting = others.filter(|(_, signed)| self.made(&tag, &[signed.into()]));
        found.extend(fitting.map(|(words, _)| words));
        found
    }

    /// The value of the signature's header.
    fn value<'a, H: Headers + ?Sized>(&self, headers: &'a H) -> Result<&'a str, WebhookError> {
        match *headers.values_of(&self.header) {
            [] => Err(WebhookError::Unsigned {
                header: self.header.clone(),
            }),
            [value] => match std::str::from_utf8(value) {
                Ok(value) => Ok(value),
                Err(_) => Err(self.malformed(NO_SIGNATURE)),
            },
            _ => Err(self.malformed("is there several times")),
        }
    }

    fn tag(&self, value: &str) -> Result<Vec<u8>, WebhookError> {
        S::signature(value).ok_or_else(|| self.malformed(NO_SIGNATURE))
    }

    fn malformed(&self, problem: &'static str) -> WebhookError {
        WebhookError::SignatureMalformed {
            header: self.header.clone(),
            problem,
            form: S::SIGNATURE_FORM,
        }
    }

    /// Whether one of the secrets has made it. Every one is tried.
    fn made(&self, tag: &[u8], parts: &[Cow<'_, [u8]>]) -> bool {
        self.secrets.any(|secret| S::fits(secret, parts, tag))
    }

    fn fits(&self, tag: &[u8], signed: &Signed<'_>) -> bool {
        let repeated = signed.repeated.as_deref();
        self.made(tag, &signed.parts)
            && repeated.is_none_or(|repeated| self.made(repeated, &signed.parts))
    }

    fn check_age(&self, delivery: &Delivery) -> Result<(), WebhookError> {
        let Some(tolerance) = self.tolerance else {
            return Ok(());
        };
        let occurred_at = delivery.occurred_at.as_ref();
        let instant = occurred_at.and_then(|time| time.instant()?.timestamp_millis().into());
        let (Some(occurred_at), Some(instant)) = (occurred_at, instant) else {
            return Err(WebhookError::Undated);
        };
        if milliseconds((self.clock)()).abs_diff(instant.into()) > tolerance.as_millis() {
            return Err(WebhookError::Stale {
                occurred_at: occurred_at.to_string(),
                tolerance,
            });
        }
        Ok(())
    }
}

/// Milliseconds since 1970, negative before.
fn milliseconds(time: SystemTime) -> i128 {
    let signed = |elapsed: Duration| i128::try_from(elapsed.as_millis()).unwrap_or(i128::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => signed(since),
        Err(before) => -signed(before.duration()),
    }
}

pub(super) fn check_size(body: &[u8], limit: usize) -> Result<(), WebhookError> {
    let size = body.len();
    if size > limit {
        return Err(WebhookError::Oversized { size, limit });
    }
    Ok(())
}

pub(super) fn text_of(body: &[u8]) -> Result<&str, WebhookError> {
    std::str::from_utf8(body).map_err(|error| WebhookError::WrongEncoding {
        valid_up_to: error.valid_up_to(),
    })
}

impl<S> Clone for Verifier<S> {
    fn clone(&self) -> Self {
        Self {
            secrets: self.secrets.clone(),
            header: self.header.clone(),
            max_body: self.max_body,
            tolerance: self.tolerance,
            clock: self.clock.clone(),
            guard: self.guard.clone(),
            scheme: PhantomData,
        }
    }
}

impl<S> fmt::Debug for Verifier<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Verifier")
            .field("secrets", &self.secrets)
            .field("header", &self.header)
            .field("max_body", &self.max_body)
            .field("tolerance", &self.tolerance)
            .finish_non_exhaustive()
    }
}
