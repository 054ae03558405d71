//! No secret and no personal data in what may be logged: `Debug`, `Display`,
//! chains of errors, tracing.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

mod capture;
mod errors;
mod models;
mod settings;
mod traces;

use std::error::Error;
use std::fmt::{Debug, Display};

/// What every secret of these tests holds.
const SECRET: &str = "hunter2";

/// What all personal data of these tests holds.
const PERSONAL: &str = "alice";

/// Base64 of `hunter2-key:hunter2-password`, by hand: what Tazapay is sent.
const BASIC: &str = "aHVudGVyMi1rZXk6aHVudGVyMi1wYXNzd29yZA==";

/// Fails if the text holds a secret or personal data, however it is written.
fn assert_silent(what: &str, text: &str) {
    for forbidden in [SECRET, PERSONAL, BASIC, "aHVudGVyMi"] {
        assert!(
            !text.to_lowercase().contains(&forbidden.to_lowercase()),
            "{what} shows {forbidden}: {text}"
        );
    }
    // As a list of bytes, which is what `Debug` of raw bytes shows.
    let bytes = format!("{:?}", SECRET.as_bytes());
    assert!(
        !text.contains(bytes.trim_matches(['[', ']'])),
        "{what} shows bytes: {text}"
    );
}

fn assert_debug_silent(what: &str, value: &impl Debug) {
    assert_silent(what, &format!("{value:?}"));
    assert_silent(what, &format!("{value:#?}"));
}

/// `Debug`, `Display` and everything behind the error.
fn assert_error_silent<E: Error + Display>(what: &str, error: &E) {
    assert_debug_silent(what, error);
    assert_silent(what, &format!("{error}"));
    assert_silent(what, &format!("{error:#}"));
    let mut source = error.source();
    while let Some(cause) = source {
        assert_silent(what, &format!("{cause} {cause:?} {cause:#} {cause:#?}"));
        source = cause.source();
    }
}
