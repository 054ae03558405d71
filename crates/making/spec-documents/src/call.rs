use std::fmt;
use std::str::FromStr;

use openapi_model::{At, METHODS, Model, Operation, is_method, pointer};
use serde::Deserialize;
use thiserror::Error;

/// The method and the path template of an operation: `POST /orders/{orderReference}/refund`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Call {
    /// Path template as in the document, with a leading slash.
    pub path: String,
    /// Method in upper case.
    pub method: String,
}

/// A text is not a call.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "\"{text}\" is not a call: write the method in upper case, one space and the path, as in \"POST /refunds\""
)]
pub struct CallError {
    /// The text that was given.
    pub text: String,
}

impl Call {
    /// A call from a method in any case and a path.
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_ascii_uppercase(),
            path: path.to_owned(),
        }
    }

    /// JSON pointer of the operation in an OpenAPI document.
    pub fn pointer(&self) -> String {
        let item = pointer::join("/paths", &self.path);
        pointer::join(&item, &self.method.to_ascii_lowercase())
    }
}

impl FromStr for Call {
    type Err = CallError;

    fn from_str(text: &str) -> Result<Self, CallError> {
        let error = || CallError {
            text: text.to_owned(),
        };
        let (method, path) = text.split_once(' ').ok_or_else(error)?;
        let known = METHODS
            .iter()
            .any(|known| known.to_ascii_uppercase() == method);
        if known && path.starts_with('/') && !path.contains(char::is_whitespace) {
            Ok(Self::new(method, path))
        } else {
            Err(error())
        }
    }
}

impl TryFrom<String> for Call {
    type Error = CallError;

    fn try_from(text: String) -> Result<Self, CallError> {
        text.parse()
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// Every operation of a document that a call can name, in the order of path and method.
pub(crate) fn operations<'m>(model: &'m Model<'m>) -> Vec<(Call, At<'m, Operation<'m>>)> {
    let calls = model.calls().into_iter();
    let named = calls.filter(|call| is_method(call.method));
    let named = named.map(|call| (Call::new(call.method, call.path), call.operation));
    let mut found: Vec<_> = named.collect();
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_read_and_printed_alike() {
        let call: Call = "POST /orders/{id}/refund".parse().unwrap();
        assert_eq!(call.to_string(), "POST /orders/{id}/refund");
        assert_eq!(call.pointer(), "/paths/~1orders~1{id}~1refund/post");
    }

    #[test]
    fn what_is_not_a_call_is_refused() {
        for text in [
            "",
            "POST",
            "post /x",
            "POST x",
            "POST  /x",
            "FETCH /x",
            "POST /x y",
        ] {
            assert!(text.parse::<Call>().is_err(), "{text}");
        }
    }
}
