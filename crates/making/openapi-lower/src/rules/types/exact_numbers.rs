//! Numbers that are not whole.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "exact-numbers",
    statement: "Accepts a number, or a text of format decimal; emits Amount or AmountText in answers, RequestAmount or RequestAmountText in requests, exact decimals written as the document says; limits stay with the provider.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        let Some((found, [tolerant, strict])) = exact_types(schema) else {
            return;
        };
        // An answer is read as it comes; what is only ever sent has one form.
        let only_sent = direction.sent && !direction.received;
        let name = if only_sent { strict } else { tolerant };
        let limits = rust_type::become_runtime_type(schema, name, Vec::new());
        scribe.note(at, format!("a {found} became {name}{limits}"));
    });
}

/// What the schema is, and its types in answers and in requests.
fn exact_types(schema: &Map<String, Value>) -> Option<(&'static str, [&'static str; 2])> {
    match (schema::kind(schema)?, schema::format(schema)) {
        ("number", _) => Some(("number", ["Amount", "RequestAmount"])),
        ("string", Some("decimal")) => Some(("decimal text", ["AmountText", "RequestAmountText"])),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::{lower_answer_schema, lower_request_schema, runtime_type};

    #[test]
    fn a_number_becomes_an_exact_amount_whatever_its_format() {
        assert_eq!(
            lower_answer_schema(json!({"type": "number"})).0,
            runtime_type("Amount")
        );
        assert_eq!(
            lower_request_schema(json!({"type": "number", "format": "double", "minimum": 0})).0,
            runtime_type("RequestAmount")
        );
    }

    #[test]
    fn a_decimal_text_becomes_an_exact_amount_written_as_text() {
        assert_eq!(
            lower_answer_schema(json!({"type": "string", "format": "decimal"})).0,
            runtime_type("AmountText")
        );
        assert_eq!(
            lower_request_schema(json!({"type": "string", "format": "decimal"})).0,
            runtime_type("RequestAmountText")
        );
    }
}
