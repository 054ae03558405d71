//! The members of answers, and answers that say something else than the documents have.

use super::{At, Shown};
use crate::alphabet::{Form, Says, becomes, gone, twice};
use crate::json::Json;

/// Puts a member, with the objects that it stands in.
pub(super) fn put(json: &mut Json, at: At, value: Json) {
    for end in 1..at.len() {
        let outer = at.get(..end).unwrap_or(at);
        if json.at(outer).is_none() {
            json.set(outer, Json::object([]));
        }
    }
    json.set(at, value);
}

/// Forms of a refund that say something else than the documents have, or leave out what they promise.
pub(super) fn odd_forms(shown: &Shown, prefix: &[&'static str], fine: Says) -> Vec<Form> {
    use Says::Anything;
    let within = |at: At| -> At { [prefix, at].concat().leak() };
    let mut forms = Vec::new();
    if let Some(at) = shown.status.map(within) {
        forms.extend([r#""PARKED""#, "5", "{}"].map(|json| becomes(at, json, Anything)));
        forms.push(twice(at, r#""PARKED""#));
        forms.push(gone(at, fine));
    }
    if let Some(at) = shown.reference.map(within) {
        forms.push(gone(at, fine));
    }
    if let Some((at, json)) = shown.amount {
        let at = within(at);
        forms.extend([r#""abc""#, "{}"].map(|json| becomes(at, json, Anything)));
        forms.push(becomes(at, negative(json), Anything));
        forms.push(gone(at, fine));
    }
    if let Some(at) = shown.currency.map(|currency| within(currency.0)) {
        forms.push(becomes(at, "{}", Anything));
        forms.push(gone(at, fine));
    }
    if let Some((at, _)) = shown.yes {
        forms.extend(["false", r#""no""#, "null", "{}"].map(|json| becomes(at, json, Anything)));
        forms.push(twice(at, "false"));
        forms.push(gone(at, Anything));
    }
    if prefix.is_empty() {
        forms.extend(different(shown, prefix));
    }
    forms
}

/// Forms of another refund, or of none.
pub(super) fn different(shown: &Shown, prefix: &[&'static str]) -> Vec<Form> {
    use Says::Anything;
    let within = |at: At| -> At { [prefix, at].concat().leak() };
    let mut forms = Vec::new();
    if let Some(at) = shown.id.map(within) {
        forms.extend([r#""""#, r#""   ""#, "null"].map(|json| becomes(at, json, Anything)));
        forms.push(gone(at, Anything));
    }
    if let Some(at) = shown.created.map(within)
        && !prefix.is_empty()
    {
        forms.push(becomes(at, r#""2025-12-01T00:00:00.000Z""#, Anything));
    }
    if let Some(at) = shown.reference.map(within) {
        forms.push(becomes(at, r#""r-9""#, Anything));
    }
    if let Some((at, json)) = shown.payment {
        forms.push(becomes(within(at), other(json), Anything));
    }
    if let Some((at, json)) = shown.amount {
        forms.push(becomes(within(at), other(json), Anything));
    }
    if let Some((at, _)) = shown.currency {
        forms.push(becomes(within(at), r#""XAF""#, Anything));
    }
    forms
}

/// Another amount or name in the same form: `500` becomes `1500`.
fn other(json: &'static str) -> &'static str {
    changed(json, "1")
}

fn negative(json: &'static str) -> &'static str {
    changed(json, "-")
}

fn changed(json: &'static str, with: &str) -> &'static str {
    match json.strip_prefix('"') {
        Some(rest) => format!("\"{with}{rest}").leak(),
        None => format!("{with}{json}").leak(),
    }
}

pub(super) fn quoted(word: &str) -> &'static str {
    Json::text(word).to_string().leak()
}
