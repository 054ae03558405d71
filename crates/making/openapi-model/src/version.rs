//! The version of a document.

use serde_json::Value;

/// A version of OpenAPI that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Version {
    V3_0,
    V3_1,
    V3_2,
}

/// A document is of no version that is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It is no object.
    #[error("an OpenAPI document is an object")]
    NoObject,
    /// It does not say its version.
    #[error("the version is missing: write `openapi: 3.0.3` or `3.1.0`")]
    Missing,
    /// It says another one.
    #[error("version {0} is not 3.0, 3.1 or 3.2: convert the document to one of these first")]
    Unknown(String),
}

impl Version {
    /// The version that a document says; it may be written as a number.
    ///
    /// # Errors
    ///
    /// It says none, or one that is not read.
    pub fn of(document: &Value) -> Result<Self, VersionError> {
        let root = document.as_object().ok_or(VersionError::NoObject)?;
        let version = match root.get("openapi") {
            Some(Value::String(version)) => version.trim().to_owned(),
            // YAML reads `openapi: 3.1` without quotes as a number.
            Some(Value::Number(version)) => version.to_string(),
            _ => return Err(VersionError::Missing),
        };
        let known = [
            ("3.0", Self::V3_0),
            ("3.1", Self::V3_1),
            ("3.2", Self::V3_2),
        ];
        let is = |known: &str| {
            let rest = version.strip_prefix(known);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let found = known.into_iter().find(|(known, _)| is(known));
        found
            .map(|(_, version)| version)
            .ok_or(VersionError::Unknown(version))
    }
}
