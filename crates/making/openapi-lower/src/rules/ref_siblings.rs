//! Keywords beside a `$ref`.

use serde_json::{Map, Value, json};

use super::Rule;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, document, schema};

pub(super) const RULE: Rule = Rule {
    name: "ref-siblings",
    statement: "Accepts keywords beside a $ref, as 3.1 allows; emits an allOf of the reference, with the keywords beside it.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, schema| {
        if schema.len() > 1 && schema::reference(schema).is_some() {
            wrap(schema);
            scribe.note(
                at,
                "the reference moved into an allOf, beside the keywords that stood with it",
            );
        }
    });
    Ok(())
}

fn wrap(schema: &mut Map<String, Value>) {
    if let Some(reference) = schema.remove("$ref") {
        let member = json!({"$ref": reference});
        match schema.get_mut("allOf") {
            Some(Value::Array(members)) => members.insert(0, member),
            _ => {
                schema.insert("allOf".to_owned(), json!([member]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn a_description_beside_a_reference_is_kept() {
        let (schema, report) = lower_request_schema(
            json!({"$ref": "#/components/schemas/Body", "description": "mine"}),
        );
        assert_eq!(
            schema,
            json!({"allOf": [{"$ref": "#/components/schemas/Body"}], "description": "mine"})
        );
        assert_eq!(report.counts()["ref-siblings"], 1);
    }
}
