//! A document of a page.

use std::ops::Range;

use serde_json::Value;

/// An OpenAPI document and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// File that it stands in, relative to the provider's folder.
    pub origin: String,
    /// Line on which it begins, from 1.
    pub line: usize,
    /// Where its text is in that of the file, in bytes, without a byte order mark.
    pub span: Range<usize>,
    /// The document.
    pub document: Value,
}
