//! Answers that have no body by the rules of HTTP.

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "bodiless-answers",
    statement: "Accepts a documented body where HTTP has none: with 204, 205 or 304, and in answers to HEAD; emits these answers without it.",
    apply,
};

/// RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5.
const WITHOUT_BODY: [&str; 3] = ["204", "205", "304"];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_operation_mut(document, &mut |at, operation| {
        // RFC 9110, section 9.3.2.
        let to_head = at.ends_with("/head");
        let at = pointer::join(at, "responses");
        let responses = operation.object_mut("responses");
        for (status, response) in responses.into_iter().flatten() {
            let none = to_head || WITHOUT_BODY.contains(&status.as_str());
            let Some(response) = response.as_object_mut().filter(|_| none) else {
                continue;
            };
            if response.remove("content").is_some() {
                scribe.note(&pointer::join(&at, status), "has no body in HTTP");
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::lowered;

    fn responses(method: &str, status: &str) -> Value {
        let lowered = lowered(
            json!({"/a": {method: {"operationId": "a", "responses": {
                status: {"description": "", "content": {"application/json": {"schema": {"type": "boolean"}}}}
            }}}}),
            json!({}),
        );
        lowered.document["paths"]["/a"][method]["responses"].clone()
    }

    #[test]
    fn a_body_goes_where_http_has_none() {
        for (method, status) in [("delete", "204"), ("post", "205"), ("head", "200")] {
            assert_eq!(
                responses(method, status),
                json!({status: {"description": ""}})
            );
        }
    }

    #[test]
    fn any_other_answer_keeps_its_body() {
        let schema = json!({"type": "boolean"});
        assert_eq!(
            responses("get", "200")["200"]["content"],
            json!({"application/json": {"schema": schema}})
        );
    }
}
