//! Media types of bodies.

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::media::{self, JSON};
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "json-bodies",
    statement: "Accepts answers in several media types, in a dialect of JSON or without a schema; emits application/json with its schema, or a raw body, and decides which media types are asked for, where they are not JSON alone.",
    apply,
};

/// The media type of a body that is kept as it came.
pub(crate) const RAW: &str = media::ANY;

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    document::each_operation_mut(document, &mut |at, operation| {
        let Some(Value::Object(responses)) = operation.get_mut("responses") else {
            return;
        };
        let responses_at = pointer::join(at, "responses");
        let any_success = responses.keys().any(|status| status.starts_with('2'));
        let mut accepted = Accepted::default();
        for (status, response) in responses.iter_mut() {
            if let Some(response) = response.as_object_mut() {
                let at = pointer::join(&responses_at, status);
                let documented = one_media_type(response, &at, scribe);
                let success = status.starts_with('2') || (status == "default" && !any_success);
                accepted.add(documented, success);
            }
        }
        if let Some(header) = accepted.header() {
            scribe.note(at, format!("is called with Accept: {header}"));
            facts.of(operation).accept = Some(header);
        }
    });
}

/// What the body of an answer became, with the media types that were documented for it.
enum Documented {
    Json(String),
    Raw(Vec<String>),
    Nothing,
}

/// The media types of the answers of an operation.
#[derive(Default)]
struct Accepted {
    successes: Vec<String>,
    errors: Vec<String>,
    /// Whether a success has a type, which is when the generator asks for JSON by itself.
    typed: bool,
}

impl Accepted {
    fn add(&mut self, documented: Documented, success: bool) {
        match documented {
            Documented::Json(media_type) if success => {
                self.typed = true;
                self.successes.push(media_type);
            }
            Documented::Raw(media_types) if success => self.successes.extend(media_types),
            Documented::Json(media_type) => self.errors.push(media_type),
            // The run time keeps such an error whatever its media type is.
            Documented::Raw(_) | Documented::Nothing => {}
        }
    }

    /// The value of the header, where the generator writes another one or where none would not do.
    fn header(self) -> Option<String> {
        let asks_for_json = self.typed || self.successes.is_empty();
        let all = self.successes.into_iter().chain(self.errors);
        let mut wanted: Vec<String> = Vec::new();
        for media_type in all {
            if !wanted
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&media_type))
            {
                wanted.push(media_type);
            }
        }
        let by_itself = asks_for_json && wanted.iter().all(|media_type| media_type == JSON);
        let anything = wanted.iter().any(|media_type| media_type == media::ANY);
        let header = wanted.join(", ");
        (!wanted.is_empty() && !by_itself && !anything && media::is_header(&header))
            .then_some(header)
    }
}

fn one_media_type(
    response: &mut Map<String, Value>,
    at: &str,
    scribe: &mut Scribe<'_>,
) -> Documented {
    let Some(Value::Object(content)) = response.get_mut("content") else {
        return Documented::Nothing;
    };
    if content.is_empty() {
        response.remove("content");
        return Documented::Nothing;
    }
    let found = content.keys().cloned().collect::<Vec<_>>().join(", ");
    let json = content
        .iter()
        .filter(|(media_type, media)| {
            media::is_json(media_type) && media.get("schema").is_some_and(Value::is_object)
        })
        .min_by_key(|(media_type, _)| media::preference(media_type))
        .map(|(media_type, media)| (media::on_the_wire(media_type), media.clone()));
    let (chosen, media, documented) = match json {
        Some((media_type, mut media)) => {
            if let Some(media) = media.as_object_mut() {
                media.retain(|member, _| member == "schema");
            }
            (JSON, media, Documented::Json(media_type))
        }
        None => {
            let all = content
                .keys()
                .map(|media_type| media_type.trim().to_owned());
            (RAW, json!({}), Documented::Raw(all.collect()))
        }
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
    documented
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{lowered, planned};

    fn content_of_200(content: Value) -> Value {
        let lowered = lowered(
            json!({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}}),
            json!({}),
        );
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
    fn a_stream_of_events_beside_json_is_in_the_report() {
        let content =
            json!({"text/event-stream": {}, "application/json": {"schema": {"type": "boolean"}}});
        let lowered = lowered(
            json!({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}}),
            json!({}),
        );
        let told = lowered.report.applied().iter().any(|applied| {
            applied.pointer == "/paths/~1a/get/responses/200"
                && applied.detail.contains("text/event-stream")
        });
        assert!(told);
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

    fn accept(responses: Value) -> Option<String> {
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": responses}}}
        });
        planned(document).accept
    }

    fn answer(media_type: &str) -> Value {
        json!({"description": "", "content": {media_type: {"schema": {"type": "object"}}}})
    }

    #[test]
    fn the_documented_media_types_are_asked_for_where_they_are_not_json_alone() {
        assert_eq!(
            accept(
                json!({"200": answer("application/vnd.api+json"), "404": answer("application/vnd.api+json")})
            ),
            Some("application/vnd.api+json".to_owned())
        );
        assert_eq!(
            accept(
                json!({"200": answer("application/json"), "404": answer("application/problem+json")})
            ),
            Some("application/json, application/problem+json".to_owned())
        );
        assert_eq!(
            accept(json!({"200": answer("text/csv"), "404": answer("application/json")})),
            Some("text/csv, application/json".to_owned())
        );
    }

    #[test]
    fn json_alone_and_ranges_need_no_word() {
        for responses in [
            json!({"200": answer("application/json; charset=utf-8"), "404": answer("application/json")}),
            json!({"200": {"description": "", "content": {"*/*": {}}}, "404": answer("application/json")}),
            json!({"204": {"description": ""}, "404": answer("application/json")}),
            json!({"204": {"description": ""}}),
            json!({"200": answer("a/\u{fc}")}),
        ] {
            let accept = accept(responses.clone());
            let by_itself = accept.is_none_or(|accept| accept == "application/json");
            assert!(by_itself, "{responses}");
        }
    }
}
