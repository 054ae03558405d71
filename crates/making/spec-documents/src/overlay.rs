//! OpenAPI Overlays (1.0 and 1.1): corrections to a document, each with its reason and its evidence.

mod apply;
mod combine;
mod lines;

use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;
use thiserror::Error;

use crate::syntax::{self, Format};

pub use apply::{Applied, Finding, Problem, apply, apply_strictly};
pub use lines::lines;

/// An overlay that was read and checked.
#[derive(Debug, Clone)]
pub struct Overlay {
    /// File that it was read from.
    pub file: String,
    /// Its actions, in order.
    pub actions: Vec<Action>,
}

/// One correction.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its number in the overlay, from 1.
    pub number: usize,
    /// JSONPath (RFC 9535) of what it changes, as written.
    pub target: String,
    /// The reason.
    pub description: String,
    /// What supports it (`x-evidence`).
    pub evidence: String,
    path: JsonPath,
    change: Change,
    /// Overlay 1.1 lets an action change what is neither an object nor a list.
    scalars: bool,
}

/// What an action does to each node that its target selects.
#[derive(Debug, Clone)]
enum Change {
    Update(Value),
    Remove,
    Copy(JsonPath),
}

/// An overlay that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OverlayError {
    /// Not an overlay document.
    #[error("{file}: {message}")]
    Malformed {
        /// The overlay.
        file: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// An action that is not complete.
    #[error("{file}, action {number} ({target}): {message}")]
    Action {
        /// The overlay.
        file: String,
        /// Number of the action, from 1.
        number: usize,
        /// Its target.
        target: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// An action that matches nothing or changes nothing.
    #[error("{file}, {finding}")]
    Idle {
        /// The overlay.
        file: String,
        /// The action and what is wrong with it.
        finding: Finding,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    overlay: String,
    info: WrittenInfo,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "a field of the format; the document is always the provider's own"
    )]
    extends: Option<String>,
    actions: Vec<WrittenAction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenInfo {
    title: String,
    version: String,
    #[serde(default)]
    #[expect(dead_code, reason = "a field of the format that is for readers")]
    description: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAction {
    target: String,
    #[serde(default)]
    description: String,
    #[serde(default, rename = "x-evidence")]
    evidence: String,
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
    copy: Option<String>,
}

impl Overlay {
    /// Reads an overlay from YAML (or JSON, which is YAML as well).
    ///
    /// # Errors
    ///
    /// [`OverlayError::Malformed`] or [`OverlayError::Action`], with the place.
    pub fn parse(file: &str, text: &str) -> Result<Self, OverlayError> {
        let malformed = |message: String| OverlayError::Malformed {
            file: file.to_owned(),
            message,
        };
        let value =
            syntax::parse(text, Format::Yaml).map_err(|error| malformed(error.to_string()))?;
        let written: Written =
            serde_json::from_value(value).map_err(|error| malformed(error.to_string()))?;
        let scalars = match written.overlay.split('.').collect::<Vec<_>>().as_slice() {
            ["1", "0", _] => false,
            ["1", "1", _] => true,
            _ => {
                return Err(malformed(format!(
                    "overlay version {} is not known: write 1.1.0",
                    written.overlay
                )));
            }
        };
        if written.info.title.trim().is_empty() || written.info.version.trim().is_empty() {
            return Err(malformed("info needs a title and a version".to_owned()));
        }
        if written.actions.is_empty() {
            return Err(malformed(
                "there is no action: an overlay without corrections is to be deleted".to_owned(),
            ));
        }
        let actions = (1..).zip(written.actions);
        let actions = actions.map(|(number, action)| {
            let target = action.target.clone();
            action
                .check(number, scalars)
                .map_err(|message| OverlayError::Action {
                    file: file.to_owned(),
                    number,
                    target,
                    message,
                })
        });
        Ok(Self {
            file: file.to_owned(),
            actions: actions.collect::<Result<_, _>>()?,
        })
    }
}

impl WrittenAction {
    fn check(self, number: usize, scalars: bool) -> Result<Action, String> {
        if self.description.trim().is_empty() {
            return Err("it has no description: give the reason for the correction".to_owned());
        }
        if self.evidence.trim().is_empty() {
            return Err("it has no x-evidence: say what supports the correction".to_owned());
        }
        let path = parse_path("target", &self.target)?;
        let change = match (self.update, self.remove, self.copy) {
            (Some(update), false, None) => Change::Update(update),
            (None, true, None) => Change::Remove,
            (None, false, Some(source)) if scalars => Change::Copy(parse_path("copy", &source)?),
            (None, false, Some(_)) => {
                return Err("copy is of Overlay 1.1: write overlay: 1.1.0".to_owned());
            }
            _ => return Err("it needs exactly one of update, remove: true and copy".to_owned()),
        };
        if matches!(change, Change::Remove) && self.target.trim() == "$" {
            return Err("the whole document cannot be removed: name a part of it".to_owned());
        }
        Ok(Action {
            number,
            target: self.target,
            description: self.description,
            evidence: self.evidence,
            path,
            change,
            scalars,
        })
    }
}

fn parse_path(field: &str, text: &str) -> Result<JsonPath, String> {
    JsonPath::parse(text).map_err(|error| format!("{field} is no JSONPath (RFC 9535): {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlay(actions: &str) -> Result<Overlay, OverlayError> {
        Overlay::parse(
            "overlay.yaml",
            &format!("overlay: 1.1.0\ninfo: {{title: t, version: '1'}}\nactions: {actions}"),
        )
    }

    #[test]
    fn an_action_without_reason_or_evidence_is_refused() {
        let error = overlay("[{target: $.a, x-evidence: e, remove: true}]").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("action 1 ($.a): it has no description"),
            "{error}"
        );
        let error = overlay("[{target: $.a, description: d, remove: true}]").unwrap_err();
        assert!(error.to_string().contains("no x-evidence"), "{error}");
    }

    #[test]
    fn an_action_does_exactly_one_thing() {
        for action in [
            "{}",
            "{remove: false}",
            "{update: {}, remove: true}",
            "{update: {}, copy: $.b}",
        ] {
            let rest = action.trim_matches(['{', '}']);
            let error = overlay(&format!(
                "[{{target: $.a, description: d, x-evidence: e, {rest}}}]"
            ))
            .unwrap_err();
            assert!(error.to_string().contains("exactly one"), "{error}");
        }
    }

    #[test]
    fn unknown_fields_versions_and_paths_are_refused() {
        assert!(overlay("[{target: $.a, description: d, x-evidence: e, updates: {}}]").is_err());
        assert!(overlay("[{target: '$.[', description: d, x-evidence: e, remove: true}]").is_err());
        assert!(overlay("[{target: $, description: d, x-evidence: e, remove: true}]").is_err());
        assert!(overlay("[]").is_err());
        let text = "overlay: 2.0.0\ninfo: {title: t, version: '1'}\nactions: []";
        assert!(
            Overlay::parse("o", text)
                .unwrap_err()
                .to_string()
                .contains("2.0.0")
        );
        let text = "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nactions: [{target: $, description: d, x-evidence: e, copy: $.a}]";
        assert!(
            Overlay::parse("o", text)
                .unwrap_err()
                .to_string()
                .contains("1.1")
        );
    }
}
