//! Media types.

pub(crate) use openapi_model::media::{ANY, JSON, essence, is_json};

/// A form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What a body of a JSON media type is called on the wire: as it is documented, but a range is JSON itself,
/// and JSON has no `charset` (RFC 8259, section 11).
pub(crate) fn on_the_wire(media_type: &str) -> String {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_charset = |part: &&str| part.to_ascii_lowercase().starts_with("charset");
    let parameters: Vec<_> = parts
        .filter(|part| !part.is_empty() && !is_charset(part))
        .collect();
    if essence.contains('*') {
        JSON.to_owned()
    } else if parameters.is_empty() {
        essence.to_owned()
    } else {
        format!("{essence}; {}", parameters.join("; "))
    }
}

/// Whether a header can have this value.
pub(crate) fn is_header(value: &str) -> bool {
    value.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// Which of several media types of JSON is taken: the least; JSON itself comes first.
pub(crate) fn preference(media_type: &str) -> (bool, String) {
    (essence(media_type) != JSON, media_type.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_sent_as_documented_but_for_ranges_and_charsets() {
        for (documented, sent) in [
            ("application/json", "application/json"),
            ("application/json; charset=utf-8", "application/json"),
            ("application/*+json", "application/json"),
            ("*/*", "application/json"),
            (
                "application/merge-patch+json",
                "application/merge-patch+json",
            ),
            (
                "application/json;v=2;charset=utf-8",
                "application/json; v=2",
            ),
        ] {
            assert_eq!(on_the_wire(documented), sent);
        }
    }
}
