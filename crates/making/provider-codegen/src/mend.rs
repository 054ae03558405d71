//! Overlay actions to paste.

use openapi_model::pointer;
use serde_json::Value;

/// An overlay action that takes out what stands at `pointer`, if it stands in `effective` at all: what
/// lowering made itself is no place that an overlay can reach.
pub fn removal(effective: &Value, pointer: &str) -> Option<String> {
    action(
        effective,
        pointer,
        "<why the document is wrong here>",
        "<where the provider shows it>",
    )
}

/// The same with its reason and its evidence.
pub fn removal_because(
    effective: &Value,
    pointer: &str,
    reason: &str,
    evidence: &str,
) -> Option<String> {
    action(effective, pointer, &quoted(reason), &quoted(evidence))
}

fn action(effective: &Value, pointer: &str, reason: &str, evidence: &str) -> Option<String> {
    if pointer.is_empty() || effective.pointer(pointer).is_none() {
        return None;
    }
    Some(format!(
        "  - target: {}\n    description: {reason}\n    x-evidence: {evidence}\n    remove: true\n",
        quoted(&json_path(pointer))
    ))
}

/// The JSONPath (RFC 9535, normalized) of a JSON pointer.
fn json_path(pointer: &str) -> String {
    let tokens = pointer::tokens(pointer);
    tokens.fold("$".to_owned(), |path, token| match token.parse::<usize>() {
        Ok(index) if !token.starts_with('0') || token == "0" => format!("{path}[{index}]"),
        _ => format!(
            "{path}['{}']",
            token.replace('\\', "\\\\").replace('\'', "\\'")
        ),
    })
}

/// A YAML text in double quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_becomes_an_action_to_paste() {
        let document = json!({"paths": {"/a/{b}": {"parameters": [1, 2]}}});
        let action = removal(&document, "/paths/~1a~1{b}/parameters/1").unwrap();
        assert!(
            action.starts_with("  - target: \"$['paths']['/a/{b}']['parameters'][1]\"\n"),
            "{action}"
        );
        assert!(action.ends_with("    remove: true\n"));
    }

    #[test]
    fn a_place_that_lowering_made_has_no_action() {
        assert_eq!(
            removal(&json!({"components": {}}), "/components/schemas/Made"),
            None
        );
        assert_eq!(removal(&json!({}), ""), None);
    }

    #[test]
    fn a_status_is_a_member_and_a_leading_zero_is_no_index() {
        assert_eq!(json_path("/responses/00"), "$['responses']['00']");
    }
}
