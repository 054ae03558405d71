//! References to other files, as they are written.

use openapi_model::reference::decode;
use serde_json::Value;

/// The reference of an object that holds nothing else.
pub(super) fn only_reference(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get("$ref")?.as_str()
}

/// The ending of a file that may be a document.
pub(super) fn format_of(file: &str) -> Option<&str> {
    [".json", ".yaml", ".yml"]
        .into_iter()
        .find(|ending| file.to_ascii_lowercase().ends_with(ending))
}

/// The path of `file`, which is written in the file `from`; nothing for a URL, an absolute path and one that
/// leaves the folder.
pub(super) fn resolved(from: &str, file: &str) -> Option<String> {
    let file = decode(file);
    if file.contains("://") || file.starts_with('/') || file.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
