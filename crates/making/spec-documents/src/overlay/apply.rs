//! Applying an overlay to a document.

use std::fmt;

use openapi_model::pointer;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::combine::combine;
use super::{Action, Change, Overlay, OverlayError};

/// A corrected document, and the actions that did nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The document after every action.
    pub document: Value,
    /// Actions that match nothing or change nothing, in order.
    pub findings: Vec<Finding>,
}

/// An action that did nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Number of the action, from 1.
    pub number: usize,
    /// Its target.
    pub target: String,
    /// Its reason.
    pub description: String,
    /// Why it did nothing.
    pub problem: Problem,
}

/// Why an action did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The target selects nothing: the document has changed, or the target is mistaken.
    MatchesNothing,
    /// Everything is as the action wants it already: the provider has corrected the document.
    ChangesNothing,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            number,
            target,
            description,
            problem,
        } = self;
        let description = description.trim();
        let problem = match problem {
            Problem::MatchesNothing => {
                "matches nothing: correct its target, or delete it if the document no longer needs it"
            }
            Problem::ChangesNothing => {
                "changes nothing, since the document says so already: delete it"
            }
        };
        write!(
            formatter,
            "action {number} ({target}: {description}) {problem}"
        )
    }
}

/// Applies every action in order and lists those that did nothing.
///
/// # Errors
///
/// [`OverlayError::Action`] for an action that does not fit what its target selects.
pub fn apply(document: &Value, overlay: &Overlay) -> Result<Applied, OverlayError> {
    let mut document = document.clone();
    let mut findings = Vec::new();
    for action in &overlay.actions {
        let problem = action
            .apply(&mut document)
            .map_err(|message| OverlayError::Action {
                file: overlay.file.clone(),
                number: action.number,
                target: action.target.clone(),
                message,
            })?;
        findings.extend(problem.map(|problem| Finding {
            number: action.number,
            target: action.target.clone(),
            description: action.description.clone(),
            problem,
        }));
    }
    Ok(Applied { document, findings })
}

/// Applies every action in order; each must do something.
///
/// # Errors
///
/// [`OverlayError::Idle`] for the first action that does nothing, and what [`apply`] refuses.
pub fn apply_strictly(document: &Value, overlay: &Overlay) -> Result<Value, OverlayError> {
    let Applied { document, findings } = apply(document, overlay)?;
    match findings.into_iter().next() {
        None => Ok(document),
        Some(finding) => Err(OverlayError::Idle {
            file: overlay.file.clone(),
            finding,
        }),
    }
}

impl Action {
    fn apply(&self, document: &mut Value) -> Result<Option<Problem>, String> {
        let targets = select(&self.path, document);
        if targets.is_empty() {
            return Ok(Some(Problem::MatchesNothing));
        }
        if !self.scalars {
            refuse_scalars(document, &targets)?;
        }
        let changed = match &self.change {
            Change::Remove => remove(document, &targets),
            Change::Update(update) => self.update(document, &targets, update)?,
            Change::Copy(source) => {
                let value = single(source, document)?;
                self.update(document, &targets, &value)?
            }
        };
        Ok((!changed).then_some(Problem::ChangesNothing))
    }

    fn update(
        &self,
        document: &mut Value,
        targets: &[String],
        update: &Value,
    ) -> Result<bool, String> {
        let mut changed = false;
        for target in targets {
            // An earlier target of the same action may have replaced what this one was part of.
            let Some(node) = document.pointer_mut(target) else {
                continue;
            };
            changed |= match (node, update) {
                // An entry that is no list is appended as it is.
                (Value::Array(list), entry) if !entry.is_array() || !self.scalars => {
                    list.push(entry.clone());
                    true
                }
                (node, update) => combine(node, update, "").map_err(|inner| {
                    format!("the update would replace the object or list at {target}{inner} by something else: remove that in an action of its own first")
                })?,
            };
        }
        Ok(changed)
    }
}

/// JSON pointers of what a path selects, each once.
fn select(path: &JsonPath, document: &Value) -> Vec<String> {
    let mut pointers: Vec<String> = Vec::new();
    for node in path.query_located(document).iter() {
        let pointer = node.location().to_json_pointer();
        if !pointers.contains(&pointer) {
            pointers.push(pointer);
        }
    }
    pointers
}

fn refuse_scalars(document: &Value, targets: &[String]) -> Result<(), String> {
    let scalar = targets.iter().find(|target| {
        let node = document.pointer(target);
        node.is_some_and(|node| !node.is_object() && !node.is_array())
    });
    match scalar {
        None => Ok(()),
        Some(target) => Err(format!(
            "{target} is neither an object nor a list, which Overlay 1.0 cannot change: write overlay: 1.1.0"
        )),
    }
}

fn single(source: &JsonPath, document: &Value) -> Result<Value, String> {
    match source.query(document).all().as_slice() {
        [only] => Ok((*only).clone()),
        found => Err(format!(
            "copy selects {} nodes and must select one: make its path more precise",
            found.len()
        )),
    }
}

fn remove(document: &mut Value, targets: &[String]) -> bool {
    let mut changed = false;
    let mut targets: Vec<&String> = targets.iter().collect();
    targets.sort_by_cached_key(|target| {
        let tokens = target.split('/');
        tokens
            .map(|token| (token.parse::<usize>().ok(), token.to_owned()))
            .collect::<Vec<_>>()
    });
    // From the end, so that the indices of entries still to be removed stay right.
    for target in targets.into_iter().rev() {
        changed |= pointer::remove(document, target).is_some();
    }
    changed
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(document: Value, version: &str, action: &str) -> Result<Applied, OverlayError> {
        let text = format!(
            "overlay: {version}\ninfo: {{title: t, version: '1'}}\nactions: [{{description: d, x-evidence: e, {action}}}]"
        );
        apply(&document, &Overlay::parse("overlay.yaml", &text).unwrap())
    }

    fn after(document: Value, action: &str) -> Value {
        let applied = applied(document, "1.1.0", action).unwrap();
        assert_eq!(applied.findings, vec![]);
        applied.document
    }

    #[test]
    fn an_update_is_merged_into_every_node_that_the_target_selects() {
        let document = json!({"a": {"x": {"k": [1]}, "y": {}}});
        let expected = json!({"a": {"x": {"k": [1, 2]}, "y": {"k": [2]}}});
        assert_eq!(
            after(document, "target: '$.a[*]', update: {k: [2]}"),
            expected
        );
    }

    #[test]
    fn entries_of_a_list_are_removed_by_what_they_say() {
        let document = json!({"required": ["a", "b", "c", "d"]});
        let expected = json!({"required": ["b"]});
        assert_eq!(
            after(document, "target: \"$.required[?@ != 'b']\", remove: true"),
            expected
        );
        let long = json!((0..12).collect::<Vec<_>>());
        let expected = json!([0, 1, 3, 4, 5, 6, 7, 8, 9, 11]);
        assert_eq!(after(long, "target: '$[10, 2]', remove: true"), expected);
    }

    #[test]
    fn a_list_takes_one_entry_or_in_overlay_1_1_several() {
        let list = || json!({"l": [1]});
        assert_eq!(
            after(list(), "target: $.l, update: 2"),
            json!({"l": [1, 2]})
        );
        assert_eq!(
            after(list(), "target: $.l, update: [2, 3]"),
            json!({"l": [1, 2, 3]})
        );
        let applied = applied(list(), "1.0.0", "target: $.l, update: [2, 3]").unwrap();
        assert_eq!(applied.document, json!({"l": [1, [2, 3]]}));
    }

    #[test]
    fn a_copy_takes_one_node_to_another() {
        let document = json!({"a": {"x": 1}, "b": {"y": 2}});
        assert_eq!(
            after(document, "target: $.b, copy: $.a"),
            json!({"a": {"x": 1}, "b": {"x": 1, "y": 2}})
        );
        let error = applied(
            json!({"a": [1, 2], "b": {}}),
            "1.1.0",
            "target: $.b, copy: '$.a[*]'",
        )
        .unwrap_err();
        assert!(error.to_string().contains("selects 2 nodes"), "{error}");
    }

    #[test]
    fn scalars_are_changed_by_overlay_1_1_only() {
        assert_eq!(
            after(json!({"a": "x"}), "target: $.a, update: y"),
            json!({"a": "y"})
        );
        let error = applied(json!({"a": "x"}), "1.0.0", "target: $.a, remove: true").unwrap_err();
        assert!(
            error.to_string().contains("write overlay: 1.1.0"),
            "{error}"
        );
    }

    #[test]
    fn an_action_that_matches_nothing_names_itself() {
        let applied = applied(json!({"a": {}}), "1.1.0", "target: $.b, update: {x: 1}").unwrap();
        assert_eq!(applied.findings[0].problem, Problem::MatchesNothing);
        let text = applied.findings[0].to_string();
        assert!(
            text.starts_with("action 1 ($.b: d) matches nothing"),
            "{text}"
        );
    }

    #[test]
    fn an_action_that_changes_nothing_is_found() {
        let applied = applied(
            json!({"a": {"x": 1}}),
            "1.1.0",
            "target: $.a, update: {x: 1}",
        )
        .unwrap();
        assert_eq!(applied.findings[0].problem, Problem::ChangesNothing);
    }

    #[test]
    fn the_first_idle_action_is_an_error_when_applied_strictly() {
        let text = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n\
                    - {target: $, description: ok, x-evidence: e, update: {a: 1}}\n\
                    - {target: $.x, description: stale, x-evidence: e, remove: true}\n";
        let overlay = Overlay::parse("overlay.yaml", text).unwrap();
        let error = apply_strictly(&json!({}), &overlay).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("overlay.yaml, action 2 ($.x: stale) matches nothing"),
            "{error}"
        );
    }

    #[test]
    fn an_update_that_would_drop_an_object_is_refused() {
        let error = applied(
            json!({"a": {"b": {}}}),
            "1.1.0",
            "target: $.a, update: {b: 1}",
        )
        .unwrap_err();
        assert!(error.to_string().contains("/a/b"), "{error}");
    }
}
