//! Media types: which documented one is meant, and which hold JSON.

/// A media type or a range of them, without its parameters and in small letters.
pub(super) fn essence(media_type: &str) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

pub(super) fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    matches!(essence.as_str(), "application/json" | "text/json") || essence.ends_with("+json")
}

pub(super) fn is_form(media_type: &str) -> bool {
    essence(media_type) == "application/x-www-form-urlencoded"
}

/// How well a given media type fits a documented one or a range; more is better.
pub(super) fn fit(documented: &str, given: &str) -> Option<u8> {
    let (range, essence) = (essence(documented), essence(given));
    if essence.is_empty() {
        return None;
    }
    let parameters = |media_type: &str| media_type.replace(' ', "").to_ascii_lowercase();
    if parameters(documented) == parameters(given) {
        return Some(3);
    }
    if range == essence {
        return Some(2);
    }
    match range.strip_suffix("/*") {
        Some("*") => Some(0),
        Some(kind) => {
            let rest = essence.strip_prefix(kind)?;
            rest.starts_with('/').then_some(1)
        }
        None => None,
    }
}
