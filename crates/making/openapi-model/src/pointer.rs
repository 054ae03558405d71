//! JSON pointers (RFC 6901): building them and taking them apart.

use std::borrow::Cow;

use serde_json::Value;

/// `base` with one more token, escaped.
pub fn join(base: &str, token: &str) -> String {
    let mut joined = String::with_capacity(base.len() + 1 + token.len());
    joined.push_str(base);
    push(&mut joined, token);
    joined
}

/// Puts one more token, escaped, behind `at`.
pub fn push(at: &mut String, token: &str) {
    at.push('/');
    at.push_str(&escape(token));
}

/// Does something at the place that is one token below `at`, which is as it was afterwards.
pub fn within<T>(at: &mut String, token: &str, act: impl FnOnce(&mut String) -> T) -> T {
    let length = at.len();
    push(at, token);
    let done = act(at);
    at.truncate(length);
    done
}

/// The same two tokens below `at`, where a list has the value.
pub fn at_index<T>(
    at: &mut String,
    list: &str,
    index: usize,
    act: impl FnOnce(&mut String) -> T,
) -> T {
    within(at, list, |at| within(at, &index.to_string(), act))
}

/// A token as it stands in a pointer.
pub fn escape(token: &str) -> Cow<'_, str> {
    // Hardly any token has to be escaped, and this is asked for every place of a document.
    if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// A token as it was before it was escaped.
pub fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') {
        Cow::Owned(token.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The tokens of a pointer, unescaped.
pub fn tokens(pointer: &str) -> impl Iterator<Item = Cow<'_, str>> {
    pointer.split('/').skip(1).map(unescape)
}

/// The pointer without its last token, and that token unescaped; nothing for the root.
pub fn split_last(pointer: &str) -> Option<(&str, String)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((parent, unescape(token).into_owned()))
}

/// The pointers of everything within `value` and then of `value` itself, each after what is within it.
pub fn all(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, &mut String::new(), &mut found);
    found
}

fn collect(value: &Value, at: &mut String, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                within(at, key, |at| collect(inner, at, found));
            }
        }
        Value::Array(list) => {
            for (index, inner) in list.iter().enumerate() {
                within(at, &index.to_string(), |at| collect(inner, at, found));
            }
        }
        _ => {}
    }
    found.push(at.clone());
}

/// Takes the member of an object, or the entry of a list, out of a document.
pub fn remove(document: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, token) = split_last(pointer)?;
    match document.pointer_mut(parent)? {
        Value::Object(object) => object.remove(&token),
        Value::Array(list) => {
            let index = token.parse().ok().filter(|index| *index < list.len());
            index.map(|index| list.remove(index))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_with_slash_and_tilde_is_escaped_and_unescaped() {
        let pointer = join("/paths", "/a~b/{c}");
        assert_eq!(pointer, "/paths/~1a~0b~1{c}");
        assert_eq!(split_last(&pointer), Some(("/paths", "/a~b/{c}".into())));
        assert_eq!(split_last(""), None);
        assert!(tokens(&pointer).eq(["paths", "/a~b/{c}"]));
    }

    /// RFC 6901, section 4: `~01` is `~1`, and not `/`.
    #[test]
    fn an_escaped_tilde_before_a_one_is_no_slash() {
        assert_eq!(unescape("~01"), "~1");
        assert_eq!(escape("~1"), "~01");
    }

    #[test]
    fn a_place_below_another_is_left_again() {
        let mut at = "/paths".to_owned();
        let below = within(&mut at, "/a", |at| within(at, "get", |at| at.clone()));
        assert_eq!((at.as_str(), below.as_str()), ("/paths", "/paths/~1a/get"));
        assert_eq!(
            at_index(&mut at, "parameters", 2, |at| at.clone()),
            "/paths/parameters/2"
        );
    }

    #[test]
    fn what_is_removed_is_no_place_any_more() {
        let mut document = json!({"a/b": [1, 2], "c": null});
        assert_eq!(all(&document), ["/a~1b/0", "/a~1b/1", "/a~1b", "/c", ""]);
        for (pointer, taken) in [
            ("/a~1b/2", None),
            ("/a~1b/0", Some(json!(1))),
            ("/c", Some(json!(null))),
            ("/c", None),
            ("", None),
        ] {
            assert_eq!(remove(&mut document, pointer), taken, "{pointer}");
        }
        assert_eq!(document, json!({"a/b": [2]}));
    }
}
