//! Operations without a documented success.

use serde_json::{Map, Value, json};

use super::json_bodies;
use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "absent-success",
    statement: "Accepts an operation that documents no 2xx and no default; emits a success of any 2xx with any body or none, kept raw.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    document::each_operation_mut(document, &mut |at, operation| {
        let responses = operation
            .entry("responses")
            .or_insert_with(|| Value::Object(Map::new()));
        let Some(responses) = responses.as_object_mut() else {
            return;
        };
        if !responses
            .keys()
            .any(|status| status == "default" || status.starts_with('2'))
        {
            let raw = json!({"description": "Any success, with any body or none.", "content": {json_bodies::RAW: {}}});
            responses.insert("2XX".to_owned(), raw);
            scribe.note(
                &pointer::join(at, "responses"),
                "no success is documented: any 2xx, kept raw",
            );
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::lowered;

    fn responses(responses: Value) -> Value {
        let lowered = lowered(
            json!({"/a": {"post": {"operationId": "a", "responses": responses}}}),
            json!({}),
        );
        lowered.document["paths"]["/a"]["post"]["responses"].clone()
    }

    #[test]
    fn an_operation_without_a_documented_success_accepts_any_and_keeps_it_raw() {
        let responses = responses(json!({"400": {"description": "no"}}));
        assert_eq!(responses["2XX"]["content"], json!({"*/*": {}}));
    }

    #[test]
    fn a_documented_success_is_left_alone() {
        assert_eq!(
            responses(json!({"204": {"description": "done"}})),
            json!({"204": {"description": "done"}})
        );
    }
}
