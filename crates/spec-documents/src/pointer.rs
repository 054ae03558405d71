//! JSON pointers (RFC 6901).

/// `base` with one more token, escaped.
pub(crate) fn join(base: &str, token: &str) -> String {
    let token = token.replace('~', "~0").replace('/', "~1");
    format!("{base}/{token}")
}

/// The pointer without its last token, and that token unescaped; nothing for the root.
pub(crate) fn split_last(pointer: &str) -> Option<(&str, String)> {
    let (parent, token) = pointer.rsplit_once('/')?;
    Some((parent, token.replace("~1", "/").replace("~0", "~")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_escaped_and_unescaped() {
        let pointer = join("/paths", "/a~b/{c}");
        assert_eq!(pointer, "/paths/~1a~0b~1{c}");
        assert_eq!(
            split_last(&pointer),
            Some(("/paths", "/a~b/{c}".to_owned()))
        );
        assert_eq!(split_last(""), None);
    }
}
