//! A report for people and programs.

/// The report as JSON, in the form of `report.schema.json`.
pub mod json;
/// The report as Markdown, for a pull request.
pub mod markdown;
/// The report as plain text, for a terminal.
pub mod text;

pub use json::json;
pub use markdown::markdown;
pub use text::text;
