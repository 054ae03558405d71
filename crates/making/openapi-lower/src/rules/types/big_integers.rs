//! Whole numbers that 64 bits do not hold.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "big-integers",
    statement: "Accepts an integer whose format or limits need more than 63 bits; emits one of 64 bits without a sign where these hold it, and NumberOrText, which keeps every digit, elsewhere.",
    apply,
};

/// Formats of integers without a sign that 64 bits hold.
const UNSIGNED: [&str; 2] = ["uint64", "unsigned-long"];
/// Formats of integers of any length, or of more than 64 bits.
const BEYOND: [&str; 9] = [
    "int128",
    "uint128",
    "int256",
    "uint256",
    "bigint",
    "big-int",
    "biginteger",
    "big-integer",
    "bignum",
];
/// Beyond these, 63 and 64 bits are not enough. Tools that hold numbers as doubles round the greatest
/// integers of these lengths up, which is no reason for another type.
const OF_63_BITS: f64 = 9_223_372_036_854_775_808.0;
const OF_64_BITS: f64 = 18_446_744_073_709_551_616.0;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Size {
    Unsigned,
    Any,
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_schema_mut(document, &mut |at, schema| {
        if schema::kind(schema) != Some("integer") || schema.contains_key("enum") {
            return;
        }
        match size(schema) {
            Some(Size::Unsigned) => {
                schema.insert("format".to_owned(), "uint64".into());
                scribe.note(at, "an integer of 64 bits without a sign");
            }
            Some(Size::Any) => {
                let limits = rust_type::become_runtime_type(schema, "NumberOrText", Vec::new());
                scribe.note(
                    at,
                    format!("an integer of more than 64 bits became NumberOrText{limits}"),
                );
            }
            None => {}
        }
    });
}

/// What a schema of an integer needs, if it is not the usual one.
pub(crate) fn size(schema: &Map<String, Value>) -> Option<Size> {
    let limit = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let greatest = limit("maximum").unwrap_or_default();
    let least = limit("minimum");
    match schema::format(schema) {
        Some(format) if UNSIGNED.contains(&format) => return Some(Size::Unsigned),
        Some(format) if BEYOND.contains(&format) => return Some(Size::Any),
        _ => {}
    }
    if greatest <= OF_63_BITS && least.is_none_or(|least| least >= -OF_63_BITS) {
        return None;
    }
    let no_sign = least.is_some_and(|least| least >= 0.0);
    Some(if no_sign && greatest <= OF_64_BITS {
        Size::Unsigned
    } else {
        Size::Any
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, runtime_type};

    #[test]
    fn an_integer_beyond_64_bits_keeps_every_digit() {
        for integer in [
            json!({"type": "integer", "format": "int128"}),
            json!({"type": "integer", "maximum": 1e30}),
            json!({"type": "integer", "minimum": -1e20}),
            json!({"type": "integer", "maximum": 18_446_744_073_709_551_615_u64}),
        ] {
            let (schema, report) = lower_answer_schema(integer.clone());
            assert_eq!(schema, runtime_type("NumberOrText"), "{integer}");
            assert_eq!(report.counts()["big-integers"], 1);
        }
    }

    #[test]
    fn an_integer_without_a_sign_has_64_bits() {
        let unsigned = json!({"type": "integer", "format": "uint64"});
        for integer in [
            unsigned.clone(),
            json!({"type": "integer", "minimum": 0, "maximum": 18_446_744_073_709_551_615_u64}),
        ] {
            assert_eq!(lower_answer_schema(integer.clone()).0, unsigned);
            assert_eq!(lower_request_schema(integer).0, unsigned);
        }
    }

    #[test]
    fn limits_that_a_tool_has_rounded_up_change_nothing() {
        let (schema, _) = lower_answer_schema(
            json!({"type": "integer", "minimum": -9_223_372_036_854_775_808_i64, "maximum": 9_223_372_036_854_775_808_u64}),
        );
        assert_eq!(schema, json!({"type": "integer", "format": "int64"}));
    }
}
