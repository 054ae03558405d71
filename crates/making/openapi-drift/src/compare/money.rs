//! What is about money, or may be.
//!
//! No list of words knows every name that an amount can have. What is new where money moves is taken for money unless it can
//! be seen that it is none: in a request always, since the provider decides what it means to leave it out; in an answer if it
//! can hold a number, or a yes or no.

use serde_json::Value;

use super::finding::Finding;
use super::units;
use super::words::{Wording, wording};
use crate::{Direction, Kind};

/// Names of what is paid, kept or owed, beside those of amounts.
const NAMES: [&str; 23] = [
    "credit",
    "debit",
    "deposit",
    "due",
    "exchange",
    "fx",
    "gross",
    "held",
    "kept",
    "net",
    "owe",
    "owed",
    "paid",
    "payable",
    "payout",
    "refunded",
    "returned",
    "revers",
    "settle",
    "surcharge",
    "tax",
    "tip",
    "withheld",
];
/// Beginnings of formats of numbers that are written as texts.
const NUMBERS: [&str; 7] = [
    "currency", "decimal", "double", "float", "int", "money", "number",
];

/// Whether a change is about money, or may be; `moves_money` where an operation that does so reaches it.
pub(super) fn is_about(finding: &Finding, moves_money: bool) -> bool {
    let is_answer = finding.direction == Direction::Answer;
    let values = || finding.before.iter().chain(&finding.after);
    finding.kind.is_about_money()
        || units::is_amount(&finding.pointer)
        || match finding.kind {
            Kind::FieldAdded
            | Kind::FieldRemoved
            | Kind::HeaderAdded
            | Kind::HeaderRemoved
            | Kind::ParameterAdded
            | Kind::ParameterRemoved
            | Kind::BodyAdded => match is_answer {
                true => names_money(last(&finding.pointer)) || values().any(may_be_money),
                false => moves_money,
            },
            // A word of an answer says how a refund stands.
            Kind::EnumAdded
            | Kind::EnumRemoved
            | Kind::EnumValuesAdded
            | Kind::EnumValuesRemoved => is_answer || moves_money,
            Kind::LimitTightened | Kind::LimitLoosened => {
                moves_money
                    && ["inimum", "aximum", "multipleOf"]
                        .iter()
                        .any(|end| finding.pointer.ends_with(end))
            }
            // The provider decides what it means to leave it out.
            Kind::BodyOptional | Kind::FieldOptional => !is_answer && moves_money,
            // A status decides what a refusal proves, and another form of a body may hold amounts in another unit.
            Kind::CallbackAdded
            | Kind::CallbackRemoved
            | Kind::DefaultChanged
            | Kind::MediaTypeAdded
            | Kind::StatusAdded
            | Kind::StatusRemoved
            | Kind::SuccessStatusChanged => moves_money,
            _ => false,
        }
}

/// The last part of a pointer.
fn last(pointer: &str) -> &str {
    pointer.rsplit('/').next().unwrap_or_default()
}

/// Whether a name has a word of money in it.
fn names_money(name: &str) -> bool {
    let apart = super::words::apart(name).to_lowercase();
    let mut words = apart.split(|letter: char| !letter.is_alphanumeric());
    // Short ones begin words that have nothing to do with them, as `net` begins `network`.
    words.any(|word| {
        let mut known = NAMES.iter();
        known.any(|known| word == *known || known.len() > 4 && word.starts_with(known))
    }) || wording("", &apart) == Wording::Money
}

/// Whether a value of this schema may be an amount, or say something about one.
fn may_be_money(schema: &Value) -> bool {
    let Value::Object(schema) = schema else {
        return true;
    };
    let text = |keyword: &str| {
        schema
            .get(keyword)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    // What refers elsewhere, and what says nothing of its type, can be anything.
    types.is_empty()
        || types
            .iter()
            .any(|kind| ["boolean", "integer", "number"].contains(kind))
        || NUMBERS
            .iter()
            .any(|number| text("format").starts_with(number))
        || ["\\d", "0-9"]
            .iter()
            .any(|digits| text("pattern").contains(digits))
        || ["description", "title"]
            .iter()
            .any(|words| wording("", text(words)) == Wording::Money)
        || schema.keys().any(|keyword| {
            keyword.starts_with("example") || keyword == "default" || keyword == "const"
        })
        || listed(schema.get("enum")).any(|word| word.as_str().is_none_or(names_money))
        || schema.get("items").is_some_and(may_be_money)
        || schema
            .get("additionalProperties")
            .is_some_and(|rest| rest.is_object() && may_be_money(rest))
        || ["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|all| listed(schema.get(*all)).any(may_be_money))
        || fields(schema.get("properties"))
            .any(|(name, field)| names_money(name) || may_be_money(field))
}

fn listed(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn fields(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_is_of_money_by_its_words() {
        for name in [
            "tax",
            "netTotal",
            "paid_out",
            "isReversed",
            "processing_fee",
            "settledAt",
            "X-Refund-Fee",
        ] {
            assert!(names_money(name), "{name}");
        }
        for name in [
            "refund_method",
            "network",
            "description",
            "duel",
            "multiple",
        ] {
            assert!(!names_money(name), "{name}");
        }
    }

    #[test]
    fn only_a_text_that_says_nothing_of_money_is_none() {
        for schema in [
            json!({"type": "string"}),
            json!({"type": ["string", "null"], "description": "Where it was made."}),
            json!({"type": "string", "enum": ["original", "bank_transfer"]}),
            json!({"type": "object", "properties": {"city": {"type": "string"}}}),
            json!({"type": "array", "items": {"type": "string", "format": "date-time"}}),
        ] {
            assert!(!may_be_money(&schema), "{schema}");
        }
        for schema in [
            json!({}),
            json!({"$ref": "#/components/schemas/A"}),
            json!({"type": "integer"}),
            json!({"type": "boolean"}),
            json!({"type": ["number", "null"]}),
            json!({"type": "string", "format": "decimal"}),
            json!({"type": "string", "pattern": "^[0-9]+$"}),
            json!({"type": "string", "description": "What is charged."}),
            json!({"type": "string", "example": "19.90"}),
            json!({"type": "string", "enum": ["made", "reversed"]}),
            json!({"type": "array", "items": {"type": "number"}}),
            json!({"type": "object", "properties": {"tax": {"type": "string"}}}),
            json!({"type": "object", "additionalProperties": {"type": "number"}}),
        ] {
            assert!(may_be_money(&schema), "{schema}");
        }
    }
}
