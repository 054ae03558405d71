//! Headers of whatever framework.

use http::HeaderMap;

/// Something that gives the values of a header.
///
/// It is there for [`http::HeaderMap`], which hyper, axum and others use, and for lists of pairs.
///
/// ```
/// use provider_runtime::webhooks::Headers;
///
/// let headers = [("X-Signature", "abc"), ("x-signature", "def")];
/// assert_eq!(headers.as_slice().values_of("X-SIGNATURE"), [b"abc", b"def"]);
/// ```
pub trait Headers {
    /// Every value of the header `name`, whose case does not matter, in the order in which they came.
    fn values_of<'a>(&'a self, name: &str) -> Vec<&'a [u8]>;
}

impl Headers for HeaderMap {
    fn values_of<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        // A text that is no header name is in no map.
        self.get_all(name)
            .iter()
            .map(|value| value.as_bytes())
            .collect()
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    fn values_of<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        let of_that_name = self
            .iter()
            .filter(|(found, _)| found.as_ref().eq_ignore_ascii_case(name));
        of_that_name.map(|(_, value)| value.as_ref()).collect()
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const LENGTH: usize> Headers for [(N, V); LENGTH] {
    fn values_of<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.as_slice().values_of(name)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for Vec<(N, V)> {
    fn values_of<'a>(&'a self, name: &str) -> Vec<&'a [u8]> {
        self.as_slice().values_of(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_whatever_its_case() {
        let pairs = vec![("X-Signature", "a"), ("other", "b"), ("x-signature", "c")];
        assert_eq!(pairs.values_of("x-SIGNATURE"), [b"a", b"c"]);
        let mut map = HeaderMap::new();
        map.append("X-Signature", "a".parse().unwrap());
        map.append("x-signature", "c".parse().unwrap());
        assert_eq!(map.values_of("x-SIGNATURE"), [b"a", b"c"]);
    }

    #[test]
    fn a_text_that_is_no_header_name_has_no_values() {
        assert!(HeaderMap::new().values_of("no name\n").is_empty());
        assert!([("a", "b")].values_of("").is_empty());
    }
}
