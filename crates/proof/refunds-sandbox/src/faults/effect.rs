//! What a fault does to an answer that is there.

use serde_json::Value;

use super::{Fault, Literal};
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
        Fault::WrongContentType => answer.content_type = Some("text/html".into()),
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
        Fault::Contradict { member, value, .. } => {
            if let Body::Json(body) = &mut answer.body {
                contradict(body, member, value.as_ref());
            }
        }
        Fault::Replace {
            status,
            body,
            content_type,
            ..
        } => {
            answer.status = status.unwrap_or(answer.status);
            answer.body = Body::Bytes(body.clone().into_bytes());
            if let Some(content_type) = content_type {
                answer.content_type = Some(content_type.clone().into());
            }
        }
        _ => {}
    }
    answer
}

/// Puts a value where the pointer points, or takes away what is there.
fn contradict(answer: &mut Value, pointer: &str, value: Option<&Literal>) {
    let Some(rest) = pointer.strip_prefix('/') else {
        return;
    };
    let (name, rest) = match rest.find('/') {
        Some(end) => rest.split_at(end),
        None => (rest, ""),
    };
    let name = name.replace("~1", "/").replace("~0", "~");
    let is_last = rest.is_empty();
    match answer {
        Value::Object(members) if is_last => match value {
            Some(value) => {
                members.insert(name, value.to_value());
            }
            None => {
                members.remove(&name);
            }
        },
        Value::Object(members) => {
            if let Some(member) = members.get_mut(&name) {
                contradict(member, rest, value);
            }
        }
        Value::Array(items) if is_last => match (value, name.parse::<usize>()) {
            (Some(value), _) if name == "*" => items.fill(value.to_value()),
            (None, _) if name == "*" => items.clear(),
            (Some(value), Ok(index)) => {
                if let Some(item) = items.get_mut(index) {
                    *item = value.to_value();
                }
            }
            (None, Ok(index)) if index < items.len() => {
                items.remove(index);
            }
            _ => {}
        },
        Value::Array(items) => {
            let is_meant = |index: usize| name == "*" || name.parse() == Ok(index);
            for (index, item) in items.iter_mut().enumerate() {
                if is_meant(index) {
                    contradict(item, rest, value);
                }
            }
        }
        _ => {}
    }
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

    fn contradicted(member: &str, value: Option<Value>) -> Value {
        let answer = json!({"status": "success", "data": {"list": [{"a": 1}, {"a": 2}]}});
        let fault = Fault::Contradict {
            member: member.to_owned(),
            value: value.map(Literal::from),
            after_commit: true,
        };
        spoilt(answer, &fault)
    }

    #[test]
    fn a_contradiction_changes_adds_and_takes_away_one_member() {
        let list = json!([{"a": 1}, {"a": 2}]);
        assert_eq!(
            contradicted("/status", Some(json!("error"))),
            json!({"status": "error", "data": {"list": list}})
        );
        assert_eq!(
            contradicted("/data", Some(Value::Null)),
            json!({"status": "success", "data": null})
        );
        assert_eq!(
            contradicted("/data/new", Some(json!(5))),
            json!({"status": "success", "data": {"list": list, "new": 5}})
        );
        assert_eq!(contradicted("/data", None), json!({"status": "success"}));
        assert_eq!(
            contradicted("/data/list/*/a", Some(json!(0))),
            json!({"status": "success", "data": {"list": [{"a": 0}, {"a": 0}]}})
        );
        assert_eq!(
            contradicted("/data/list/1", None),
            json!({"status": "success", "data": {"list": [{"a": 1}]}})
        );
    }

    #[test]
    fn a_contradiction_without_a_place_leaves_the_answer() {
        let honest = json!({"status": "success", "data": {"list": [{"a": 1}, {"a": 2}]}});
        for member in ["/nothing/a", "/data/list/9", "/data/list/x", "/status/a"] {
            assert_eq!(contradicted(member, Some(json!(0))), honest, "{member}");
            assert_eq!(contradicted(member, None), honest, "{member}");
        }
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
