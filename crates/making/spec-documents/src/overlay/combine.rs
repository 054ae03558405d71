//! Merging the value of an update into a node.

use openapi_model::pointer;
use serde_json::Value;

/// Merges `update` into `node` and tells whether anything changed.
///
/// Objects merge member by member, lists are appended, and whatever is neither is replaced.
///
/// # Errors
///
/// The JSON pointer, relative to `node`, of an object or a list that the update would replace by
/// something else: that would drop it silently.
pub(super) fn combine(node: &mut Value, update: &Value, at: &str) -> Result<bool, String> {
    match (node, update) {
        (Value::Object(node), Value::Object(update)) => {
            let mut changed = false;
            for (key, value) in update {
                changed |= match node.get_mut(key) {
                    Some(existing) => combine(existing, value, &pointer::join(at, key))?,
                    None => {
                        node.insert(key.clone(), value.clone());
                        true
                    }
                };
            }
            Ok(changed)
        }
        (Value::Array(node), Value::Array(update)) => {
            node.extend(update.iter().cloned());
            Ok(!update.is_empty())
        }
        (Value::Object(_) | Value::Array(_), _) => Err(at.to_owned()),
        (node, update) => {
            let changed = node != update;
            *node = update.clone();
            Ok(changed)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn objects_merge_lists_append_and_the_rest_is_replaced() {
        let mut node = json!({"a": {"b": 1, "c": [1]}, "d": null, "t": "string"});
        let update = json!({"a": {"c": [1, 2], "e": 3}, "d": {}, "t": ["string", "null"]});
        assert_eq!(combine(&mut node, &update, ""), Ok(true));
        assert_eq!(
            node,
            json!({"a": {"b": 1, "c": [1, 1, 2], "e": 3}, "d": {}, "t": ["string", "null"]})
        );
    }

    #[test]
    fn what_is_already_so_is_no_change() {
        let mut node = json!({"a": {"b": 1}, "c": [1]});
        assert_eq!(
            combine(&mut node, &json!({"a": {"b": 1}, "c": []}), ""),
            Ok(false)
        );
    }

    #[test]
    fn an_object_or_a_list_is_not_replaced_silently() {
        let mut node = json!({"a": {"b/c": [1]}});
        assert_eq!(
            combine(&mut node, &json!({"a": {"b/c": 1}}), ""),
            Err("/a/b~1c".to_owned())
        );
        assert_eq!(
            combine(&mut node, &json!({"a": []}), ""),
            Err("/a".to_owned())
        );
    }
}
