//! Media types.

/// JSON itself.
pub const JSON: &str = "application/json";
/// Any media type.
pub const ANY: &str = "*/*";

/// A media type without its parameters, in lower case.
pub fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Whether bodies of this media type are JSON.
pub fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == JSON
        || essence == "text/json"
        || essence == ANY
        || essence.ends_with("+json")
        || essence.starts_with("application/json+")
        // A vendor's JSON without the plus: its schema describes JSON as well.
        || (essence.starts_with("application/vnd.") && essence.ends_with(".json"))
}
