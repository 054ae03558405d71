//! Why a webhook is not accepted.

use std::time::Duration;

use thiserror::Error;

/// A webhook that is not accepted. No variant holds a secret, an expected signature or the body.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// The body is larger than the limit. It was not looked at.
    #[error(
        "the body has {size} bytes, {limit} are read: refuse it, or raise the limit with `with_max_body` if the provider really sends that much"
    )]
    Oversized {
        /// Size of the body in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// There is no signature.
    #[error(
        "there is no {header} header: the call is not the provider's, or signing is switched off there; switch it on, or name the header that carries it with `with_signature_header`"
    )]
    Unsigned {
        /// The header that was looked for.
        header: String,
    },
    /// There is a header, but no signature in its documented form.
    #[error(
        "the {header} header {problem}: the documented form is {form}; refuse the call, and check what lies between the provider and here"
    )]
    SignatureMalformed {
        /// The header.
        header: String,
        /// What is wrong with it.
        problem: &'static str,
        /// The form that is documented.
        form: &'static str,
    },
    /// The body is not UTF-8, as JSON is.
    #[error(
        "the body is not UTF-8 from byte {valid_up_to} on: hand over the bytes as they came, decompressed and not converted"
    )]
    WrongEncoding {
        /// How many bytes are UTF-8.
        valid_up_to: usize,
    },
    /// The body is not the documented JSON.
    #[error("{0}: refuse the call, and check that the body is handed over as it came")]
    Malformed(#[from] Malformed),
    /// No secret gives this signature.
    #[error(
        "the signature is not that of this body under any of the secrets: refuse the call; if all of them fail, check the secret and that the body is handed over as it came"
    )]
    SignatureMismatch,
    /// A tolerance is set, and the event has no time that can be understood.
    #[error(
        "the event names no time that can be understood, so that its age is not known: refuse it, or leave the tolerance off"
    )]
    Undated,
    /// The event's time is further from now than the tolerance.
    #[error(
        "the event's time, {occurred_at}, is more than {} s away from this machine's: refuse it if the clock here is right",
        tolerance.as_secs()
    )]
    Stale {
        /// The time as the event has it.
        occurred_at: String,
        /// How far away it may be.
        tolerance: Duration,
    },
    /// The event was handled before.
    #[error("the event {key} was handled before: do nothing, and answer that it arrived")]
    Replayed {
        /// The event's de-duplication key.
        key: String,
    },
}

impl WebhookError {
    /// The HTTP status to answer with.
    ///
    /// Providers repeat a call until it is answered with a 2xx: an event that was handled before is
    /// answered with 200, so that they stop; a call that is not proven to be theirs with 401, a body that
    /// cannot be read with 400, one that is too large with 413.
    pub fn http_status(&self) -> u16 {
        match self {
            Self::Oversized { .. } => 413,
            Self::WrongEncoding { .. } | Self::Malformed(_) => 400,
            Self::Unsigned { .. }
            | Self::SignatureMalformed { .. }
            | Self::SignatureMismatch
            | Self::Undated
            | Self::Stale { .. } => 401,
            Self::Replayed { .. } => 200,
        }
    }
}

/// What is wrong with a body, with no value from it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the body {problem}")]
pub struct Malformed {
    problem: String,
}

impl Malformed {
    /// A body that `problem` is wrong with: the end of a sentence that begins with "the body".
    ///
    /// The text must not quote the body: it ends up in logs.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
        }
    }

    pub(crate) fn json(error: &serde_json::Error) -> Self {
        Self::new(format!(
            "is not JSON at line {}, column {}",
            error.line(),
            error.column()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_has_the_status_that_the_provider_understands() {
        let unsigned = WebhookError::Unsigned { header: "x".into() };
        let replayed = WebhookError::Replayed { key: "k".into() };
        for (error, status) in [
            (WebhookError::Oversized { size: 2, limit: 1 }, 413),
            (unsigned, 401),
            (WebhookError::SignatureMismatch, 401),
            (WebhookError::Undated, 401),
            (WebhookError::WrongEncoding { valid_up_to: 0 }, 400),
            (WebhookError::Malformed(Malformed::new("is a list")), 400),
            (replayed, 200),
        ] {
            assert_eq!(error.http_status(), status, "{error}");
        }
    }

    #[test]
    fn a_message_says_what_happened_and_what_to_do() {
        let error = WebhookError::from(Malformed::new("is a list"));
        assert_eq!(
            error.to_string(),
            "the body is a list: refuse the call, and check that the body is handed over as it came"
        );
    }
}
