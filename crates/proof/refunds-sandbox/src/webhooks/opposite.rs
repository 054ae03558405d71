//! What somebody would say who wants money to be believed where it is not, or
//! not to be where it is.

use serde_json::Value;

/// Words and their opposites.
const OPPOSITES: [(&str, &str); 9] = [
    ("pending", "failed"),
    ("succeeded", "failed"),
    ("failed", "succeeded"),
    ("SUCCESSFUL", "FAILED"),
    ("FAILED", "SUCCESSFUL"),
    ("INVOICE_NEEDED", "SUCCESSFUL"),
    ("completed", "failed"),
    ("lightning.invoice_needed", "completed"),
    ("REVERSED", "FAILED"),
];

/// The same with each status turned into its opposite; numbers named `status`
/// become others.
pub(super) fn opposite(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| {
                let member = match (name.as_str(), member.as_i64()) {
                    ("status", Some(number)) => Value::from(number.wrapping_add(1)),
                    _ => opposite(member),
                };
                (name.clone(), member)
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(opposite).collect()),
        Value::String(text) => Value::String(opposite_word(text)),
        other => other.clone(),
    }
}

/// The opposite of a status or of an event's name.
pub(super) fn opposite_word(word: &str) -> String {
    let (prefix, last) = match word.strip_prefix("refund.") {
        Some(last) => ("refund.", last),
        None => ("", word),
    };
    let known = OPPOSITES.iter().find(|(known, _)| *known == last);
    known.map_or_else(
        || word.to_owned(),
        |(_, opposite)| format!("{prefix}{opposite}"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn statuses_and_names_turn_into_their_opposites_and_nothing_else_does() {
        let event = json!({
            "type": "refund.succeeded",
            "data": {"status": "succeeded", "id": "rfd_1", "amount": 100, "list": ["FAILED"]},
        });
        assert_eq!(
            opposite(&event),
            json!({
                "type": "refund.failed",
                "data": {"status": "failed", "id": "rfd_1", "amount": 100, "list": ["SUCCESSFUL"]},
            })
        );
        assert_eq!(opposite(&json!({"status": 1})), json!({"status": 2}));
        assert_eq!(
            opposite_word("refund.lightning.invoice_needed"),
            "refund.completed"
        );
    }
}
