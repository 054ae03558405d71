//! Media types.

/// JSON itself.
pub(super) const JSON: &str = "application/json";
/// A form.
pub(super) const FORM: &str = "application/x-www-form-urlencoded";
/// Any media type: the range of an answer that is kept as it came.
pub(super) const ANY: &str = "*/*";

/// A media type without its parameters, in lower case.
pub(super) fn essence(media_type: &str) -> String {
    media_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// Whether bodies of this media type are JSON.
pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == JSON
        || essence == "text/json"
        || essence == ANY
        || essence.ends_with("+json")
        || essence.starts_with("application/json+")
        // A vendor's JSON without the plus: its schema describes JSON as well.
        || (essence.starts_with("application/vnd.") && essence.ends_with(".json"))
}
