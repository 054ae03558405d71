//! Where calls go.

use std::fmt;

/// The environment of a provider that a client talks to.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// The provider's documented sandbox.
    Sandbox,
    /// The provider's documented production: real money.
    Production,
    /// Any base URL, such as a gateway or a mock, with a path where the provider's has one.
    BaseUrl(String),
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sandbox => f.write_str("Sandbox"),
            Self::Production => f.write_str("Production"),
            // It may hold credentials, which the builder refuses, but only later.
            Self::BaseUrl(_) => f.write_str("BaseUrl(..)"),
        }
    }
}
