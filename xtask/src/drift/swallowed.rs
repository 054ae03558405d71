//! What an overlay action takes away though nobody who wrote it had seen it: what is new in a page.

use openapi_model::pointer;
use serde_json::Value;

use super::effects::{Step, is_set};

/// Something new that an action takes away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Swallowed {
    pub(super) pointer: String,
    /// What is taken away; of a list that is a set, the new entries.
    pub(super) value: Value,
    /// Of a list that is a set, the entries that the action was written for.
    meant: Option<Vec<Value>>,
}

/// What the action takes away on the new pages and could not take away on the old ones, whose merged document is `known`.
pub(super) fn of(old: &Step, new: &Step, known: &Value) -> Vec<Swallowed> {
    let mut found = Vec::new();
    for (pointer, (from, to)) in &new.effects {
        let Some(from) = from else { continue };
        let before = old.effects.get(pointer).and_then(|(from, _)| from.as_ref());
        match (from, to, before) {
            (Value::Array(now), to, Some(Value::Array(then))) if is_set(pointer) => {
                let kept = to.as_ref().and_then(Value::as_array);
                let stays = |entry: &Value| kept.is_some_and(|list| list.contains(entry));
                let fresh: Vec<Value> = now
                    .iter()
                    .filter(|entry| !then.contains(entry) && !stays(entry))
                    .cloned()
                    .collect();
                if !fresh.is_empty() {
                    found.push(Swallowed {
                        pointer: pointer.clone(),
                        value: Value::Array(fresh),
                        meant: kept.is_none().then(|| then.clone()),
                    });
                }
            }
            (value, None, None) if known.pointer(pointer).is_none() => found.push(Swallowed {
                pointer: pointer.clone(),
                value: value.clone(),
                meant: None,
            }),
            _ => {}
        }
    }
    found
}

/// Puts back what was taken away.
pub(super) fn put_back(document: &mut Value, swallowed: &Swallowed) {
    let Some((parent, token)) = swallowed.pointer.rsplit_once('/') else {
        return;
    };
    let key = pointer::unescape(token).into_owned();
    let Some(Value::Object(parent)) = document.pointer_mut(parent) else {
        return;
    };
    match (parent.get_mut(&key), &swallowed.value) {
        (Some(Value::Array(list)), Value::Array(fresh)) => {
            let new = fresh.iter().filter(|entry| !list.contains(entry));
            let new: Vec<Value> = new.cloned().collect();
            list.extend(new);
        }
        (Some(_), _) => {}
        (None, value) => {
            parent.insert(key, value.clone());
        }
    }
}

/// A target that takes away only what the action was written for, where one can be told.
pub(super) fn narrower(target: &str, old: &Step, swallowed: &Swallowed) -> Option<String> {
    if let Some(meant) = &swallowed.meant {
        let entries: Vec<String> = meant
            .iter()
            .map(|entry| match entry.as_str() {
                Some(text) => format!("@ == '{}'", text.replace('\'', "\\'")),
                None => format!("@ == {entry}"),
            })
            .collect();
        return Some(format!("{target}[?{}]", entries.join(" || ")));
    }
    let (start, end) = target
        .split_once("[*]")
        .filter(|(_, end)| !end.contains("[*]"))?;
    let tokens = |pointer: &str| -> Vec<String> { pointer.split('/').map(str::to_owned).collect() };
    let new = tokens(&swallowed.pointer);
    let mut names: Vec<String> = Vec::new();
    for pointer in old.effects.keys().map(|pointer| tokens(pointer)) {
        let mut differing = pointer.iter().zip(&new).filter(|(old, new)| old != new);
        let (Some((name, _)), None, true) = (
            differing.next(),
            differing.next(),
            pointer.len() == new.len(),
        ) else {
            return None;
        };
        names.push(format!("'{}'", pointer::unescape(name)));
    }
    (!names.is_empty()).then(|| format!("{start}[{}]{end}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use spec_documents::overlay::Overlay;

    use super::super::effects::run;
    use super::*;

    /// What the action takes away too much, with its narrower target.
    fn told(target: &str, before: &Value, after: &Value) -> Vec<(String, Value, Option<String>)> {
        let text = format!(
            "overlay: 1.1.0\ninfo: {{title: t, version: '1'}}\nactions:\n  - {{target: \"{target}\", description: d, x-evidence: e, remove: true}}\n"
        );
        let overlay = Overlay::parse("overlay.yaml", &text).unwrap();
        let (_, old) = run(before, &overlay);
        let (mut document, new) = run(after, &overlay);
        let found = of(&old[0], &new[0], before);
        for swallowed in &found {
            put_back(&mut document, swallowed);
            assert!(document.pointer(&swallowed.pointer).is_some());
        }
        found
            .into_iter()
            .map(|one| {
                let narrower = narrower(target, &old[0], &one);
                (one.pointer, one.value, narrower)
            })
            .collect()
    }

    #[test]
    fn a_new_entry_of_a_list_that_is_removed_is_kept() {
        assert_eq!(
            told(
                "$.required",
                &json!({"required": ["payin"]}),
                &json!({"required": ["payin", "purpose"]})
            ),
            [(
                "/required".to_owned(),
                json!(["purpose"]),
                Some("$.required[?@ == 'payin']".to_owned())
            )]
        );
    }

    #[test]
    fn a_new_place_that_a_wildcard_reaches_is_kept() {
        assert_eq!(
            told(
                "$.responses[*].schema",
                &json!({"responses": {"400": {"schema": 1}, "401": {"schema": 2}}}),
                &json!({"responses": {"200": {"schema": 3}, "400": {"schema": 1}, "401": {"schema": 2}}})
            ),
            [(
                "/responses/200/schema".to_owned(),
                json!(3),
                Some("$.responses['400', '401'].schema".to_owned())
            )]
        );
    }

    #[test]
    fn what_was_there_before_is_taken_away_as_ever() {
        let same = json!({"required": ["a"], "x": 1});
        assert_eq!(told("$.required", &same, &same), []);
        assert_eq!(told("$.x", &same, &json!({"required": ["a"], "x": 2})), []);
        assert_eq!(told("$.required", &same, &json!({"required": []})), []);
    }
}
