//! What a fault does to an answer that is there.

use serde_json::Value;

use super::Fault;
use crate::answer::{Answer, Body};

/// A word that no document names.
const UNKNOWN_WORD: &str = "RECONSIDERED";
/// A number that stands for no documented status.
const UNKNOWN_NUMBER: i64 = 9_071;
/// No JSON, no text.
const GARBAGE: &[u8] = b"\x00\xff{\"status\"::[[ 0.1.2 \xfe";

/// The answer as the client gets to see it.
pub(crate) fn spoil(mut answer: Answer, fault: &Fault) -> Answer {
    match fault {
        Fault::Garbage => answer.body = Body::Bytes(GARBAGE.to_vec()),
        Fault::WrongContentType => answer.content_type = Some("text/html"),
        Fault::UnknownStatusWord => {
            if let Body::Json(value) = &mut answer.body {
                status_words(value, &mut |word| {
                    *word = match word {
                        Value::Number(_) => Value::from(UNKNOWN_NUMBER),
                        _ => Value::from(UNKNOWN_WORD),
                    }
                });
            }
        }
        Fault::Nulls => {
            if let Body::Json(value) = &mut answer.body {
                nullify(value);
            }
        }
        _ => {}
    }
    answer
}

/// Visits each status word of an answer; the envelope's own (`"status":
/// "success"`) is none.
fn status_words(answer: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    match answer.get_mut("data") {
        Some(data) => words_within(data, visit),
        None => words_within(answer, visit),
    }
}

fn words_within(value: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if matches!(name.as_str(), "status" | "refundStatus" | "onchainStatus") {
                    visit(member);
                } else {
                    words_within(member, visit);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| words_within(item, visit)),
        _ => {}
    }
}

fn nullify(value: &mut Value) {
    match value {
        Value::Object(members) if !members.is_empty() => members.values_mut().for_each(nullify),
        Value::Array(items) if !items.is_empty() => items.iter_mut().for_each(nullify),
        _ => *value = Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spoilt(body: Value, fault: &Fault) -> Value {
        let Body::Json(value) = spoil(Answer::json(200, body), fault).body else {
            panic!("no JSON");
        };
        value
    }

    #[test]
    fn unknown_words_replace_those_of_the_refund_and_not_of_the_envelope() {
        let answer = json!({"status": "success", "data": {"status": "pending", "amount": 5}});
        assert_eq!(
            spoilt(answer, &Fault::UnknownStatusWord),
            json!({"status": "success", "data": {"status": "RECONSIDERED", "amount": 5}})
        );
        let answer = json!({"status": "SUCCESSFUL", "refunds": [{"status": "SUCCESSFUL"}]});
        assert_eq!(
            spoilt(answer, &Fault::UnknownStatusWord),
            json!({"status": "RECONSIDERED", "refunds": [{"status": "RECONSIDERED"}]})
        );
        assert_eq!(
            spoilt(json!({"data": {"status": 1}}), &Fault::UnknownStatusWord),
            json!({"data": {"status": 9071}})
        );
    }

    #[test]
    fn nulls_take_the_place_of_every_value() {
        let answer = json!({"status": "success", "data": {"id": "a", "metadata": {}, "list": [1]}});
        assert_eq!(
            spoilt(answer, &Fault::Nulls),
            json!({"status": null, "data": {"id": null, "metadata": null, "list": [null]}})
        );
    }
}
