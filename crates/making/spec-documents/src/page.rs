//! The OpenAPI documents of a published page.
//!
//! A page is a plain JSON or YAML document, Markdown with a document in a fenced block, or prose with
//! a JSON document on a line of its own. What stands around the document (navigation, footers,
//! instructions to readers) is ignored. A page without a document still counts if it prints payloads.

mod lines;

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use serde_json::Value;
use thiserror::Error;

use crate::fences::{self, Block};
use crate::samples::{self, Found};
use crate::syntax::{self, Format, Repair, SyntaxError};

pub use crate::source::Source;
pub use lines::{Paragraph, lines, lines_of, prose};

/// Everything that a page holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its OpenAPI documents, in order; none where a provider publishes prose only.
    pub documents: Vec<Source>,
    /// Its payloads.
    pub found: Found,
}

/// A page that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PageError {
    /// Neither a document nor a payload.
    #[error(
        "{file}: nothing found; looked for an OpenAPI document (a fenced yaml or json block, a line that begins with \
         {{\"openapi\", or the whole file) and for JSON samples under a status or a request heading: check that the \
         page was saved whole and as text"
    )]
    NothingFound {
        /// The page.
        file: String,
    },
    /// A document that cannot be parsed.
    #[error(
        "{file}, line {line}, column {column}: {message}: save the page again, or correct the provider's mistake in a copy that is named as such"
    )]
    Syntax {
        /// The page.
        file: String,
        /// Line in the page, from 1.
        line: usize,
        /// Column in the line, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A block with a document that does not end.
    #[error(
        "{file}, line {line}: the block that begins here is never closed: the page is cut off, save it again"
    )]
    CutOff {
        /// The page.
        file: String,
        /// Line on which the block begins, from 1.
        line: usize,
    },
    /// A document of another version, or none of OpenAPI.
    #[error("{file}, line {line}: this is no OpenAPI document of version 3.0, 3.1 or 3.2: {found}")]
    Version {
        /// The page.
        file: String,
        /// Line on which the document begins, from 1.
        line: usize,
        /// What was found instead, and what to do.
        found: String,
    },
}

/// Reads a page: its documents and its payloads.
///
/// `file` is the page's path relative to the provider's folder; its ending tells a plain document.
///
/// # Errors
///
/// [`PageError`], with the file and the line.
pub fn read(file: &str, text: &str) -> Result<Page, PageError> {
    let documents = documents(file, text)?;
    let found = samples::of_page(file, text, &documents);
    if documents.is_empty() && found.samples.is_empty() {
        return Err(PageError::NothingFound {
            file: file.to_owned(),
        });
    }
    Ok(Page { documents, found })
}

/// The OpenAPI documents of a page, in order; none if it is prose.
///
/// # Errors
///
/// [`PageError`] for a document that cannot be read, with the file and the line.
pub fn documents(file: &str, text: &str) -> Result<Vec<Source>, PageError> {
    Reader {
        file,
        text: without_mark(text),
        repairs: None,
    }
    .documents()
}

/// The same; what [`syntax::parse_leniently`] repairs is repaired.
///
/// # Errors
///
/// [`PageError`] for a document that cannot be read, with the file and the line.
pub fn documents_leniently(
    file: &str,
    text: &str,
) -> Result<(Vec<Source>, Vec<Repair>), PageError> {
    let repairs = RefCell::default();
    let documents = Reader {
        file,
        text: without_mark(text),
        repairs: Some(&repairs),
    }
    .documents()?;
    Ok((documents, repairs.into_inner()))
}

/// The text without a byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn plain_format(file: &str) -> Option<Format> {
    let ending = Path::new(file).extension()?.to_str()?.to_ascii_lowercase();
    match ending.as_str() {
        "json" => Some(Format::Json),
        "yaml" | "yml" => Some(Format::Yaml),
        _ => None,
    }
}

/// The format of a fenced block that holds an OpenAPI document, judged by its first lines.
fn document_format(block: &Block<'_>) -> Option<Format> {
    let is_json = block.text.trim_start().starts_with('{');
    match (block.language.as_str(), is_json) {
        ("json" | "jsonc" | "javascript" | "js" | "yaml" | "yml" | "", true) => {
            let has_key = ["\"openapi\"", "\"swagger\""]
                .iter()
                .any(|key| block.text.contains(key));
            has_key.then_some(Format::Json)
        }
        ("yaml" | "yml" | "", false) => {
            let has_key = |line: &str| line.starts_with("openapi:") || line.starts_with("swagger:");
            block.text.lines().any(has_key).then_some(Format::Yaml)
        }
        _ => None,
    }
}

/// Why a document is none that can be read, and what to do about it.
fn unsupported(document: &Value) -> Option<String> {
    let Some(document) = document.as_object() else {
        return Some("it holds no object: check that it was saved whole and as text".to_owned());
    };
    if let Some(version) = document.get("swagger") {
        return Some(format!("it says `swagger: {version}`: convert it first"));
    }
    let version = match document.get("openapi") {
        Some(Value::String(version)) => version.trim().to_owned(),
        // YAML reads `openapi: 3.1` without quotes as a number.
        Some(Value::Number(version)) => version.to_string(),
        _ => {
            return Some(
                "the member `openapi` is missing: write `openapi: 3.0.3`, if it is one of them"
                    .to_owned(),
            );
        }
    };
    let known = ["3.0", "3.1", "3.2"];
    let is_known = known
        .iter()
        .any(|known| version == *known || version.starts_with(&format!("{known}.")));
    (!is_known).then(|| format!("it says `openapi: {version}`: convert it first"))
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    /// Where repairs are noted, if there may be any.
    repairs: Option<&'a RefCell<Vec<Repair>>>,
}

impl Reader<'_> {
    fn documents(&self) -> Result<Vec<Source>, PageError> {
        if let Some(format) = plain_format(self.file) {
            return Ok(vec![self.whole(format)?]);
        }
        if self.text.trim_start().starts_with('{') {
            let start = self.text.len() - self.text.trim_start().len();
            return Ok(vec![self.json_at(start)?]);
        }
        let blocks = fences::blocks(self.text);
        if blocks.is_empty() && self.text.lines().any(|line| line.starts_with("openapi:")) {
            return Ok(vec![self.whole(Format::Yaml)?]);
        }
        let fenced = blocks.iter().filter_map(|block| self.fenced(block));
        let fenced = fenced.collect::<Result<Vec<_>, _>>()?;
        if fenced.is_empty() {
            self.on_a_line()
        } else {
            Ok(fenced)
        }
    }

    fn parse(&self, text: &str, format: Format) -> Result<Value, SyntaxError> {
        let Some(noted) = self.repairs else {
            return syntax::parse(text, format);
        };
        let (value, repairs) = syntax::parse_leniently(text, format)?;
        noted.borrow_mut().extend(repairs);
        Ok(value)
    }

    /// The value with its length in bytes.
    fn parse_json_prefix(&self, text: &str) -> Result<(Value, usize), SyntaxError> {
        let Some(noted) = self.repairs else {
            return syntax::parse_json_prefix(text);
        };
        let (value, length, repairs) = syntax::parse_json_prefix_leniently(text)?;
        noted.borrow_mut().extend(repairs);
        Ok((value, length))
    }

    fn whole(&self, format: Format) -> Result<Source, PageError> {
        let document = self
            .parse(self.text, format)
            .map_err(|error| self.syntax(error, 1))?;
        self.source(document, 1, 0..self.text.len())
    }

    fn fenced(&self, block: &Block<'_>) -> Option<Result<Source, PageError>> {
        let format = document_format(block)?;
        if !block.closed {
            return Some(Err(PageError::CutOff {
                file: self.file.to_owned(),
                line: block.line,
            }));
        }
        let document = self.parse(block.text, format);
        Some(
            document
                .map_err(|error| self.syntax(error, block.line))
                .and_then(|document| self.source(document, block.line, block.span())),
        )
    }

    /// Documents in prose: JSON that begins a line and begins with the version.
    fn on_a_line(&self) -> Result<Vec<Source>, PageError> {
        let mut found = Vec::new();
        let mut offset = 0;
        for line in self.text.split_inclusive('\n') {
            let squeezed: String = line
                .chars()
                .filter(|c| !c.is_whitespace())
                .take(12)
                .collect();
            if squeezed.starts_with("{\"openapi\":") {
                found.push(self.json_at(offset)?);
            }
            offset += line.len();
        }
        Ok(found)
    }

    fn json_at(&self, offset: usize) -> Result<Source, PageError> {
        let line = self.text[..offset].matches('\n').count() + 1;
        let (document, length) = self
            .parse_json_prefix(&self.text[offset..])
            .map_err(|error| self.syntax(error, line))?;
        self.source(document, line, offset..offset + length)
    }

    fn source(
        &self,
        document: Value,
        line: usize,
        span: Range<usize>,
    ) -> Result<Source, PageError> {
        if let Some(found) = unsupported(&document) {
            return Err(PageError::Version {
                file: self.file.to_owned(),
                line,
                found,
            });
        }
        Ok(Source {
            origin: self.file.to_owned(),
            line,
            span,
            document,
        })
    }

    /// `begin`: line of the page on which the parsed text begins.
    fn syntax(&self, error: SyntaxError, begin: usize) -> PageError {
        PageError::Syntax {
            file: self.file.to_owned(),
            line: begin + error.line - 1,
            column: error.column,
            message: error.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":{}}"#;

    #[test]
    fn a_document_is_found_in_every_form() {
        let yaml = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n";
        for (file, text, line) in [
            ("a.json", DOCUMENT.to_owned(), 1),
            ("a.yaml", yaml.to_owned(), 1),
            ("a.txt", yaml.to_owned(), 1),
            ("a.txt", format!("\u{feff}{DOCUMENT}\nBuilt with"), 1),
            (
                "a.md",
                format!("# T\n```json POST /x\n{DOCUMENT}\n```\nNext"),
                3,
            ),
            ("a.md", format!("# T\n````yaml post /x\n{yaml}````"), 3),
            ("a.txt", format!("Prose\n\n{DOCUMENT}\nFooter"), 3),
        ] {
            let found = documents(file, &text).unwrap();
            assert_eq!(found.len(), 1, "{file}: {text}");
            assert_eq!(found[0].line, line, "{file}: {text}");
        }
    }

    #[test]
    fn every_document_of_a_page_is_found() {
        let page = format!("```json\n{DOCUMENT}\n```\ntext\n```json\n{DOCUMENT}\n```\n");
        assert_eq!(documents("a.md", &page).unwrap().len(), 2);
    }

    #[test]
    fn blocks_that_only_mention_openapi_are_no_documents() {
        let page = "```shell\nopenapi: 3.0.0\n```\n```yaml\n# openapi: later\nx: 1\n```\n";
        assert_eq!(documents("a.md", page), Ok(vec![]));
    }

    #[test]
    fn an_error_in_a_block_names_the_line_of_the_page() {
        let page = "# T\n\n```yaml\nopenapi: 3.0.0\ninfo: a\ninfo: b\n```\n";
        let error = documents("x.md", page).unwrap_err();
        assert!(
            error.to_string().starts_with("x.md, line 6, column"),
            "{error}"
        );
    }

    #[test]
    fn a_page_that_is_cut_off_is_refused() {
        let page = format!("# T\n```json\n{DOCUMENT}\n");
        let error = documents("x.md", &page).unwrap_err();
        assert_eq!(
            error,
            PageError::CutOff {
                file: "x.md".into(),
                line: 3
            }
        );
        assert!(documents("x.txt", &DOCUMENT[..40]).is_err());
    }

    #[test]
    fn other_versions_are_refused() {
        for version in ["\"2.0\"", "\"4.0.0\"", "3.5", "2", "null"] {
            let text = format!("{{\"openapi\": {version}, \"paths\": {{}}}}");
            let error = documents("x.json", &text).unwrap_err();
            assert!(
                matches!(error, PageError::Version { line: 1, .. }),
                "{error}"
            );
        }
    }

    #[test]
    fn a_version_is_known_as_a_text_or_a_number() {
        for version in ["\"3.0\"", "\"3.1.2\"", "\"3.2.0\"", "3.0", "3.1"] {
            let text = format!("{{\"openapi\": {version}, \"paths\": {{}}}}");
            assert_eq!(documents("x.json", &text).unwrap().len(), 1, "{version}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_what_to_do() {
        for (file, text, told) in [
            (
                "x.json",
                "{\"paths\": {}}",
                "the member `openapi` is missing",
            ),
            (
                "x.json",
                "{\"swagger\": \"2.0\"}",
                "it says `swagger: \"2.0\"`: convert it first",
            ),
            ("x.json", "[]", "it holds no object"),
            ("x.yaml", "", "it holds no object"),
        ] {
            let error = documents(file, text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }

    #[test]
    fn repairs_are_made_only_where_they_are_asked_for() {
        let text = DOCUMENT.replacen('{', "{\"paths\":7,", 1);
        assert!(documents("x.json", &text).is_err());
        for file in ["x.json", "x.txt"] {
            let (documents, repairs) = documents_leniently(file, &text).unwrap();
            assert_eq!(documents[0].document["paths"], serde_json::json!({}));
            assert_eq!(repairs[0].pointer, "/paths");
        }
    }

    #[test]
    fn a_page_with_neither_document_nor_payload_says_what_was_looked_for() {
        let error = read("x.md", "# Refund\n\nComing soon.\n").unwrap_err();
        assert!(
            error.to_string().contains("fenced yaml or json block"),
            "{error}"
        );
    }
}
