//! References to other files, as they are written.

use serde_json::Value;

/// The reference of an object that holds nothing else.
pub(super) fn only_reference(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get("$ref")?.as_str()
}

/// A reference to a place of the document itself. A percent sign begins an escape of a URI.
pub(super) fn local(pointer: &str) -> String {
    format!("#{}", pointer.replace('%', "%25"))
}

/// The ending of a file that may be a document.
pub(super) fn format_of(file: &str) -> Option<&str> {
    [".json", ".yaml", ".yml"]
        .into_iter()
        .find(|ending| file.to_ascii_lowercase().ends_with(ending))
}

/// The escapes of a URI undone.
pub(super) fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8()
        .map_or_else(|_| text.to_owned(), Into::into)
}

/// The path of `file`, which is written in the file `from`; nothing for a URL, an absolute path and one that
/// leaves the folder.
pub(super) fn resolved(from: &str, file: &str) -> Option<String> {
    let file = decoded(file);
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
