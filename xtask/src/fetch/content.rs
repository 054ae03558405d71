//! Whether what was downloaded is the page.

use spec_documents::page;

use super::FetchError;

/// Checks that `text` is a page that can be stored as `file` in the place of `published`, if there is one.
///
/// # Errors
///
/// [`FetchError`] for what is empty, HTML, without a document or payload, or has lost its document.
pub fn check(file: &str, text: &str, published: Option<&str>) -> Result<(), FetchError> {
    let text = text.trim_start_matches('\u{feff}');
    let start: String = text.trim_start().chars().take(14).collect();
    let start = start.to_ascii_lowercase();
    if start.is_empty() {
        return Err(FetchError::Empty {
            file: file.to_owned(),
        });
    }
    if start.starts_with("<!doctype html") || start.starts_with("<html") {
        return Err(FetchError::Html {
            file: file.to_owned(),
        });
    }
    let read = page::read(file, text).map_err(|error| FetchError::NoDocument {
        cause: error.to_string(),
    })?;
    // A published page that cannot be read any more has no document to lose.
    let had_document = published
        .and_then(|text| page::documents(file, text).ok())
        .is_some_and(|documents| !documents.is_empty());
    if had_document && read.documents.is_empty() {
        return Err(FetchError::DocumentGone {
            file: file.to_owned(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str =
        "# Refund\n\n```json\n{\"openapi\":\"3.0.3\",\"info\":{},\"paths\":{}}\n```\n";
    /// A page that prints payloads and no document.
    const PROSE: &str = include_str!("../../../specs/mce/published/create-crypto-refund.txt");

    #[test]
    fn a_page_with_a_document_is_taken() {
        assert_eq!(check("a.md", DOCUMENT, None), Ok(()));
        assert_eq!(check("a.md", DOCUMENT, Some(PROSE)), Ok(()));
        assert_eq!(check("a.md", &format!("\u{feff}{DOCUMENT}"), None), Ok(()));
    }

    #[test]
    fn an_empty_page_and_one_for_a_browser_are_refused() {
        let refused = |text: &str| check("a.md", text, None).unwrap_err().to_string();
        assert!(refused(" \n").contains("is empty"));
        for html in ["<!DOCTYPE html><p>x", "\n <html lang=en>", "\u{feff}<HTML>"] {
            assert!(refused(html).contains("this is HTML"), "{html}");
        }
    }

    #[test]
    fn prose_is_taken_only_where_prose_was_published() {
        assert_eq!(check("a.md", PROSE, None), Ok(()));
        assert_eq!(check("a.md", PROSE, Some(PROSE)), Ok(()));
        let gone = check("a.md", PROSE, Some(DOCUMENT)).unwrap_err();
        assert_eq!(
            gone,
            FetchError::DocumentGone {
                file: "a.md".to_owned()
            }
        );
    }

    #[test]
    fn a_page_that_cannot_be_imported_is_refused_in_the_words_of_import() {
        let cut = DOCUMENT.trim_end().trim_end_matches('`');
        let refused = check("a.md", cut, None).unwrap_err().to_string();
        assert!(refused.contains("a.md, line 4"), "{refused}");
    }
}
