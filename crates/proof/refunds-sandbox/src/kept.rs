//! JSON that is remembered for long.

use std::sync::Arc;

use serde_json::Value;

/// JSON as its text: a million refunds are remembered, and a tree takes several times as much.
#[derive(Debug, Clone)]
pub(crate) struct Kept(Arc<str>);

impl Kept {
    pub(crate) fn value(&self) -> Value {
        // It was written from a value.
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl From<&Value> for Kept {
    fn from(value: &Value) -> Self {
        Self(value.to_string().into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::money;

    #[test]
    fn what_is_kept_is_what_it_was() {
        let amount = money::exactly("1.10");
        let value =
            json!({"amount": amount, "of": [1, 2.5, null, "ä\u{0}"], "b": {"d": 1, "c": true}});
        assert_eq!(Kept::from(&value).value(), value);
    }
}
