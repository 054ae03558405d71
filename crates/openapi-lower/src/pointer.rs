//! JSON pointers (RFC 6901): building and looking up.

use serde_json::Value;

/// `base` with one more token, escaped.
pub(crate) fn join(base: &str, token: &str) -> String {
    let mut joined = String::with_capacity(base.len() + 1 + token.len());
    joined.push_str(base);
    push(&mut joined, token);
    joined
}

/// Does something at the place that is one token below `at`, which is as it was afterwards.
pub(crate) fn within<T>(at: &mut String, token: &str, act: impl FnOnce(&mut String) -> T) -> T {
    let length = at.len();
    push(at, token);
    let done = act(at);
    at.truncate(length);
    done
}

/// The same two tokens below `at`, where a list has the value.
pub(crate) fn at_index<T>(
    at: &mut String,
    list: &str,
    index: usize,
    act: impl FnOnce(&mut String) -> T,
) -> T {
    within(at, list, |at| within(at, &index.to_string(), act))
}

fn push(at: &mut String, token: &str) {
    at.push('/');
    // Hardly any token has to be escaped.
    if !token.contains(['~', '/']) {
        at.push_str(token);
        return;
    }
    for character in token.chars() {
        match character {
            '~' => at.push_str("~0"),
            '/' => at.push_str("~1"),
            other => at.push(other),
        }
    }
}

/// A token as it was before it was escaped.
pub(crate) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// Whether the schema at `at` is one of a parameter of an operation or of a path.
pub(crate) fn is_parameter(at: &str) -> bool {
    // `/paths/PATH/parameters/…` or `/paths/PATH/METHOD/parameters/…`.
    let mut tokens = at.split('/').skip(1);
    tokens.next() == Some("paths") && tokens.skip(1).take(2).any(|token| token == "parameters")
}

/// Where a local `$ref` (`#/…`) points to, or nothing if it is not local or dangles.
pub(crate) fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(&decode(reference.strip_prefix('#')?))
}

/// Percent-escapes of a URI fragment undone, as `$ref`s to paths use them.
pub(crate) fn decode(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match escape {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| fragment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_with_slash_and_tilde_is_escaped() {
        assert_eq!(join("/paths", "/a~b/{c}"), "/paths/~1a~0b~1{c}");
    }

    #[test]
    fn a_place_below_another_is_left_again() {
        let mut at = "/paths".to_owned();
        let below = within(&mut at, "/a", |at| within(at, "get", |at| at.clone()));
        assert_eq!((at.as_str(), below.as_str()), ("/paths", "/paths/~1a/get"));
    }

    #[test]
    fn a_reference_with_percent_escapes_is_found() {
        let document = serde_json::json!({"paths": {"/a/{b}": 7}});
        assert_eq!(
            resolve(&document, "#/paths/~1a~1%7Bb%7D"),
            Some(&Value::from(7))
        );
        assert_eq!(resolve(&document, "#/paths/absent"), None);
        assert_eq!(resolve(&document, "other.yaml#/x"), None);
    }
}
