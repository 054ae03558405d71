//! Media types of bodies.

use serde_json::{Map, Value, json};

use super::Rule;
use super::media::{self, JSON};
use crate::report::Scribe;
use crate::{LowerError, document, pointer};

pub(super) const RULE: Rule = Rule {
    name: "json-bodies",
    statement: "Accepts answers in several media types, in a dialect of JSON or without a schema; emits application/json with its schema, or a raw body.",
    apply,
};

/// The media type of a body that is kept as it came.
pub(super) const RAW: &str = media::ANY;

fn apply(document: &mut Value, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_operation_mut(document, &mut |at, operation| {
        let Some(responses) = operation
            .get_mut("responses")
            .and_then(Value::as_object_mut)
        else {
            return;
        };
        let at = pointer::join(at, "responses");
        for (status, response) in responses.iter_mut() {
            if let Some(response) = response.as_object_mut() {
                one_media_type(response, &pointer::join(&at, status), scribe);
            }
        }
    });
    Ok(())
}

fn one_media_type(response: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Object(content)) = response.get_mut("content") else {
        return;
    };
    if content.is_empty() {
        response.remove("content");
        return;
    }
    let found = content.keys().cloned().collect::<Vec<_>>().join(", ");
    let json = content
        .iter()
        .filter(|(media_type, media)| {
            media::is_json(media_type) && media.get("schema").is_some_and(Value::is_object)
        })
        .min_by_key(|(media_type, _)| (media::essence(media_type) != JSON, (*media_type).clone()))
        .map(|(_, media)| media.clone());
    let (chosen, media) = match json {
        Some(mut media) => {
            if let Some(media) = media.as_object_mut() {
                media.remove("encoding");
            }
            (JSON, media)
        }
        None => (RAW, json!({})),
    };
    if found != chosen {
        scribe.note(
            at,
            format!(
                "{found} became {}",
                if chosen == RAW { "a raw body" } else { chosen }
            ),
        );
    }
    *content = Map::from_iter([(chosen.to_owned(), media)]);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn content_of_200(content: Value) -> Value {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}}
        }))
        .unwrap();
        lowered.document["paths"]["/a"]["get"]["responses"]["200"]["content"].clone()
    }

    #[test]
    fn json_is_preferred_and_its_dialects_are_json() {
        let schema = json!({"schema": {"type": "boolean"}});
        assert_eq!(
            content_of_200(json!({"text/plain": {}, "application/problem+json": schema})),
            json!({"application/json": schema})
        );
        assert_eq!(
            content_of_200(json!({"application/json; charset=utf-8": schema})),
            json!({"application/json": schema})
        );
    }

    #[test]
    fn an_answer_without_json_or_without_a_schema_is_kept_raw() {
        assert_eq!(
            content_of_200(json!({"application/pdf": {"schema": {"type": "string"}}})),
            json!({"*/*": {}})
        );
        assert_eq!(
            content_of_200(json!({"application/json": {}})),
            json!({"*/*": {}})
        );
    }
}
