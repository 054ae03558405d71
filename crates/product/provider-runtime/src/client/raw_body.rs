//! A body of no documented type.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;

/// The whole body of an answer whose type is not documented, in memory. It may be empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct RawBody(Bytes);

impl RawBody {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, shared and not copied.
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// The body as text.
    ///
    /// # Errors
    /// The body is not UTF-8.
    pub fn text(&self) -> Result<&str, std::str::Utf8Error> {
        std::str::from_utf8(&self.0)
    }

    /// Decodes the body as JSON.
    ///
    /// # Errors
    /// The body is no JSON or does not fit `T`. The error may quote the body: do not log it.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.0)
    }
}

impl From<Bytes> for RawBody {
    fn from(bytes: Bytes) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for RawBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawBody({} bytes)", self.0.len())
    }
}
