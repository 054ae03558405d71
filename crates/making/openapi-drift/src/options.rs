//! What the caller knows of the operations.

use std::collections::BTreeSet;

/// How documents are compared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The operations that move money: there, words about limits, retries and the like are to be read.
    pub moves_money: Calls,
    /// Request headers on whose value the provider de-duplicates, besides those whose name says so.
    pub idempotency_headers: BTreeSet<String>,
}

/// A set of operations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Calls {
    /// Every operation that is no GET, HEAD or OPTIONS.
    #[default]
    Writing,
    /// These, each as `POST /v3/refund/{id}`; the names of the path's parameters do not matter.
    These(BTreeSet<String>),
}

impl Options {
    /// Whether the operation moves money.
    pub(crate) fn moves_money(&self, method: &str, path: &str) -> bool {
        let method = method.to_uppercase();
        match &self.moves_money {
            Calls::Writing => !["GET", "HEAD", "OPTIONS"].contains(&method.as_str()),
            Calls::These(calls) => {
                let wanted = (method, anonymous(path));
                calls
                    .iter()
                    .filter_map(|call| call.split_once(' '))
                    .any(|(method, path)| (method.to_uppercase(), anonymous(path)) == wanted)
            }
        }
    }

    /// Whether a request header tells repeated requests apart from new ones.
    pub(crate) fn is_idempotency_header(&self, name: &str) -> bool {
        name.to_lowercase().contains("idempoten")
            || self
                .idempotency_headers
                .iter()
                .any(|header| header.eq_ignore_ascii_case(name))
    }
}

/// A path template without the names of its parameters: `/refund/{}`.
pub(crate) fn anonymous(path: &str) -> String {
    let mut anonymous = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        anonymous.push_str(before);
        anonymous.push_str("{}");
        rest = after;
    }
    anonymous.push_str(rest);
    anonymous
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_operations_move_money_unless_the_caller_knows_better() {
        let unknown = Options::default();
        assert!(unknown.moves_money("POST", "/refund"));
        assert!(!unknown.moves_money("GET", "/refund"));
        let known = Options {
            moves_money: Calls::These(BTreeSet::from(["post /refund/{id}".to_owned()])),
            ..Options::default()
        };
        assert!(known.moves_money("POST", "/refund/{refundId}"));
        assert!(!known.moves_money("POST", "/orders/{id}/details"));
    }

    #[test]
    fn a_path_loses_the_names_of_its_parameters_only() {
        assert_eq!(anonymous("/a/{b}/c{d}"), "/a/{}/c{}");
        assert_eq!(anonymous("/a/{b"), "/a/{b");
    }

    #[test]
    fn an_idempotency_header_is_known_by_its_name_or_from_the_caller() {
        let mut options = Options::default();
        assert!(options.is_idempotency_header("Idempotency-Key"));
        assert!(!options.is_idempotency_header("X-Request-Id"));
        options
            .idempotency_headers
            .insert("x-request-id".to_owned());
        assert!(options.is_idempotency_header("X-Request-Id"));
    }
}
