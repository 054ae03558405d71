//! One success type and one error type per operation.

use serde_json::{Map, Value, json};

use super::json_bodies;
use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::rules::naming::names;
use crate::{document, pointer, reference, rust_type, shape};

pub(crate) const RULE: Rule = Rule {
    name: "one-response-type",
    statement: "Accepts any number of answers; emits one success type and one error type: equal shapes merge, different ones become variants chosen by status.",
    apply,
};

/// A side of the answers of an operation.
#[derive(Clone, Copy)]
enum Side {
    Success,
    Error,
}

impl Side {
    /// Ending of the names that are given to types of this side.
    fn suffix(self) -> &'static str {
        match self {
            Self::Success => "Response",
            Self::Error => "Error",
        }
    }

    fn covers(self, status: &str) -> bool {
        match self {
            Self::Success => status.starts_with('2'),
            Self::Error => status.starts_with('4') || status.starts_with('5'),
        }
    }
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let mut operations = Vec::new();
    document::each_operation_mut(document, &mut |at, operation| {
        if spread_default(operation, at, scribe) {
            let untyped = &mut facts.of(operation).untyped;
            // Where it says nothing of a body, it is documented itself.
            if !untyped.iter().any(|status| status == "default") {
                untyped.push("3XX".to_owned());
            }
        }
        let id = operation.text("operationId").unwrap_or(at);
        operations.push((at.to_owned(), names::pascal(id)));
    });
    for (at, name) in operations {
        for side in [Side::Success, Side::Error] {
            let answers = Answers {
                at: pointer::join(&at, "responses"),
                name: format!("{name}{}", side.suffix()),
                side,
                document,
                scribe,
            };
            answers.unify();
        }
    }
}

/// `default` stands for every status that is not listed: errors, and successes where none is listed. Redirections are
/// documented by it, and have no type: no client follows them. Says whether there was one.
fn spread_default(operation: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) -> bool {
    let Some(responses) = operation.object_mut("responses") else {
        return false;
    };
    responses.retain(|status, _| {
        let interim = status.starts_with('1');
        if interim {
            let at = pointer::join(&pointer::join(at, "responses"), status);
            scribe.note(&at, "no answer yet: the one that follows it counts");
        }
        !interim
    });
    let Some(default) = responses.remove("default") else {
        return false;
    };
    let listed_success = responses.keys().any(|status| Side::Success.covers(status));
    let mut ranges = vec!["4XX", "5XX"];
    if !listed_success {
        ranges.insert(0, "2XX");
    }
    for range in &ranges {
        responses.entry(*range).or_insert_with(|| default.clone());
    }
    scribe.note(
        &pointer::join(&pointer::join(at, "responses"), "default"),
        format!("stands for {}", ranges.join(", ")),
    );
    true
}

/// What an answer carries.
enum Body {
    Json(Value),
    Raw,
    Nothing,
}

fn body_of(response: &Value) -> Body {
    let Some(content) = response.object("content") else {
        return Body::Nothing;
    };
    match content
        .get("application/json")
        .and_then(|media| media.get("schema"))
    {
        Some(schema) => Body::Json(schema.clone()),
        None => Body::Raw,
    }
}

/// The schema of an answer without a body.
fn nothing() -> Value {
    json!({rust_type::EXTENSION: rust_type::extension("NoBody", Vec::new())})
}

/// The answers of one side of an operation.
struct Answers<'a, 's> {
    at: String,
    /// What their type is called.
    name: String,
    side: Side,
    document: &'a mut Value,
    scribe: &'a mut Scribe<'s>,
}

impl Answers<'_, '_> {
    fn unify(self) {
        let responses = self.document.pointer(&self.at).and_then(Value::as_object);
        let bodies: Vec<(String, Body)> = responses
            .into_iter()
            .flatten()
            .filter(|(status, _)| self.side.covers(status))
            .map(|(status, response)| (status.clone(), body_of(response)))
            .collect();
        let typed: Vec<(String, Value)> = bodies
            .iter()
            .filter_map(|(status, body)| match body {
                Body::Json(schema) => Some((status.clone(), schema.clone())),
                _ => None,
            })
            .collect();
        if typed.len() != bodies.len() {
            return self.mixed(&bodies, typed);
        }
        self.unify_typed(typed);
    }

    fn responses(&mut self) -> Option<&mut Map<String, Value>> {
        self.document.pointer_mut(&self.at)?.as_object_mut()
    }

    /// Makes the body of an answer another one.
    fn put(&mut self, status: &str, content: Value) {
        if let Some(response) = self.responses().and_then(|all| all.get_mut(status)) {
            response["content"] = content;
        }
    }

    fn note_of(&mut self, status: &str, told: &str) {
        self.scribe.note(&pointer::join(&self.at, status), told);
    }

    /// Answers of which not all are JSON.
    fn mixed(mut self, bodies: &[(String, Body)], typed: Vec<(String, Value)>) {
        let all_empty = bodies.iter().all(|(_, body)| matches!(body, Body::Nothing));
        let all_raw = bodies.iter().all(|(_, body)| matches!(body, Body::Raw));
        if all_raw || (all_empty && matches!(self.side, Side::Success)) {
            return;
        }
        let any_raw = bodies.iter().any(|(_, body)| matches!(body, Body::Raw));
        let json = |schema: &Value| json!({"application/json": {"schema": schema}});
        let mut all = Vec::new();
        for (status, body) in bodies {
            let schema = match (self.side, body) {
                // A success must never look like an error, so that all of them are kept raw.
                (Side::Success, _) if any_raw => {
                    self.put(status, json!({json_bodies::RAW: {}}));
                    continue;
                }
                (Side::Success, Body::Json(schema)) => {
                    self.put(status, json(schema));
                    schema.clone()
                }
                (Side::Error, Body::Json(schema)) => schema.clone(),
                (Side::Success, _) => {
                    self.put(status, json(&nothing()));
                    nothing()
                }
                (Side::Error, _) => {
                    // What stands for the other statuses of its range says nothing of this one.
                    let range = format!("{}XX", &status[..1]);
                    if *status == range || typed.iter().all(|(other, _)| *other != range) {
                        // The run time keeps status, headers and body of an answer without a type.
                        self.responses().and_then(|all| all.remove(status));
                        self.note_of(status, "an error without a JSON body: it arrives as an unexpected answer, with all that it carried");
                        continue;
                    }
                    self.put(status, json(&nothing()));
                    self.note_of(status, "an error without a JSON body: of a type of its own beside that of its range");
                    nothing()
                }
            };
            all.push((status.clone(), schema));
        }
        if any_raw && matches!(self.side, Side::Success) {
            let told = "successes with and without a JSON body: all of them are kept raw";
            return self.scribe.note(&self.at, told);
        }
        self.unify_typed(all);
    }

    fn unify_typed(mut self, typed: Vec<(String, Value)>) {
        let Some((_, first)) = typed.first() else {
            return;
        };
        let is_same = |schema: &Value| shape::same(self.document, first, schema);
        let is_referred = |schema: &Value| schema == first && schema.get("$ref").is_some();
        let schema = if typed.iter().all(|(_, schema)| is_referred(schema)) {
            first.clone()
        } else if typed.iter().all(|(_, schema)| is_same(schema)) {
            let merged = reference::followed(self.document, first).clone();
            let merged = named(self.document, &self.name, merged);
            if typed.len() > 1 {
                let statuses: Vec<_> = typed.iter().map(|(status, _)| status.as_str()).collect();
                let told = format!("{} have one shape and became one type", statuses.join(", "));
                self.scribe.note(&self.at, told);
            }
            merged
        } else {
            self.by_status(&typed)
        };
        for (status, _) in &typed {
            let at = pointer::join(&self.at, status);
            let place = format!("{at}/content/application~1json/schema");
            if let Some(place) = self.document.pointer_mut(&place) {
                *place = schema.clone();
            }
        }
        self.leave_to_ranges(&typed);
    }

    /// A status within a range that is listed as well says nothing more, now that both have one type.
    fn leave_to_ranges(&mut self, typed: &[(String, Value)]) {
        for (status, _) in typed {
            let range = format!("{}XX", &status[..1]);
            let is_left = |all: &mut Map<String, Value>| {
                *status != range && all.contains_key(&range) && all.remove(status).is_some()
            };
            if self.responses().is_some_and(is_left) {
                self.note_of(
                    status,
                    &format!("of the type of {range} by now: left to it"),
                );
            }
        }
    }

    /// An enum with a variant for each group of statuses whose answers have the same shape, inside `ByStatus`.
    fn by_status(&mut self, typed: &[(String, Value)]) -> Value {
        let mut groups: Vec<(Vec<&str>, &Value)> = Vec::new();
        for (status, schema) in typed {
            let is_same = |other: &Value| shape::same(self.document, other, schema);
            match groups.iter_mut().find(|(_, other)| is_same(other)) {
                Some((statuses, _)) => statuses.push(status),
                None => groups.push((vec![status], schema)),
            }
        }
        let mut variants = Vec::new();
        let mut labels = Vec::new();
        for (statuses, schema) in groups {
            let statuses = statuses.join("Or").replace("XX", "xx");
            let schema = match schema.get("$ref") {
                Some(_) => schema.clone(),
                None => {
                    let name = format!("{}{statuses}", self.name);
                    named(self.document, &name, schema.clone())
                }
            };
            let label = format!("Status{statuses}");
            variants.push(json!({
                "type": "object",
                "required": [label],
                "properties": {label.as_str(): schema},
                "additionalProperties": false,
            }));
            labels.push(label);
        }
        let kind = match self.side {
            Side::Success => "answers",
            Side::Error => "errors",
        };
        let union = json!({"description": format!("The documented {kind}, by HTTP status."), "oneOf": variants});
        let union = document::add_component(self.document, &self.name, union);
        let labels = labels.join(", ");
        let told = format!("different shapes became variants by status: {labels}");
        self.scribe.note(&self.at, told);
        json!({rust_type::EXTENSION: rust_type::extension("ByStatus", vec![document::reference_to(&union)])})
    }
}

/// A reference to `schema` under `name`; a scalar needs no name. That the answer may be null is said where
/// it is referred to, as everywhere.
fn named(document: &mut Value, name: &str, mut schema: Value) -> Value {
    if !names::deserves_a_name(&schema) {
        return schema;
    }
    let nullable = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("nullable"));
    let name = document::add_component(document, name, schema);
    let reference = document::reference_to(&name);
    match nullable {
        Some(Value::Bool(true)) => json!({"allOf": [reference], "nullable": true}),
        _ => reference,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Lowered;
    use crate::rules::testing::{self, answer, answering, object, reference};

    fn lowered(responses: Value) -> Lowered {
        testing::lowered(
            json!({"/a": {"post": {"operationId": "call_it", "responses": responses}}}),
            json!({"Bad": object("x"), "Gone": object("x"), "Busy": object("y")}),
        )
    }

    fn schema_of(lowered: &Lowered, status: &str) -> Value {
        lowered.document["paths"]["/a"]["post"]["responses"][status]["content"]["application/json"]
            ["schema"]
            .clone()
    }

    #[test]
    fn errors_of_one_shape_become_one_type_whatever_their_names() {
        let lowered = lowered(
            json!({"200": answer(object("a")), "400": answer(reference("Bad")), "404": answer(reference("Gone"))}),
        );
        assert_eq!(schema_of(&lowered, "400"), reference("CallItError"));
        assert_eq!(schema_of(&lowered, "404"), reference("CallItError"));
        assert_eq!(schema_of(&lowered, "200"), reference("CallItResponse"));
    }

    #[test]
    fn errors_of_different_shapes_become_variants_by_status() {
        let lowered = lowered(json!({
            "204": {"description": ""},
            "400": answer(reference("Bad")), "404": answer(reference("Gone")), "429": answer(reference("Busy")), "5XX": answer(object("z"))
        }));
        let schema = schema_of(&lowered, "400");
        assert_eq!(schema["x-rust-type"]["path"], "provider_runtime::ByStatus");
        assert_eq!(
            schema["x-rust-type"]["parameters"],
            json!([reference("CallItError")])
        );
        assert_eq!(schema, schema_of(&lowered, "5XX"));
        let variants: Vec<_> = lowered.document["components"]["schemas"]["CallItError"]["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|variant| variant["properties"].clone())
            .collect();
        assert_eq!(
            variants,
            [
                json!({"Status400Or404": reference("Bad")}),
                json!({"Status429": reference("Busy")}),
                json!({"Status5xx": reference("CallItError5xx")}),
            ]
        );
    }

    #[test]
    fn a_default_stands_for_errors_where_a_success_is_listed() {
        let lowered =
            lowered(json!({"200": answer(object("a")), "default": answer(reference("Bad"))}));
        assert_eq!(schema_of(&lowered, "4XX"), reference("Bad"));
        assert_eq!(schema_of(&lowered, "5XX"), reference("Bad"));
        assert_eq!(lowered.plan.operations[0].documented, [(300, 399)]);
        assert!(
            lowered.document["paths"]["/a"]["post"]["responses"]
                .get("2XX")
                .is_none()
        );
    }

    #[test]
    fn a_status_within_a_listed_range_keeps_its_variant_and_is_left_to_the_range() {
        let lowered = lowered(
            json!({"204": {"description": ""}, "4XX": answer(reference("Bad")), "429": answer(reference("Busy"))}),
        );
        let responses = &lowered.document["paths"]["/a"]["post"]["responses"];
        assert!(responses.get("429").is_none());
        let union = &lowered.document["components"]["schemas"]["CallItError"]["oneOf"];
        assert_eq!(union[0]["required"], json!(["Status429"]));
        assert_eq!(union[1]["required"], json!(["Status4xx"]));
    }

    #[test]
    fn an_error_without_a_body_is_not_of_the_type_of_the_default() {
        let lowered = lowered(
            json!({"204": {"description": ""}, "401": {"description": ""}, "default": answer(reference("Bad"))}),
        );
        let union = &lowered.document["components"]["schemas"]["CallItError"]["oneOf"];
        assert_eq!(
            union[0]["properties"]["Status401"]["x-rust-type"]["path"],
            "provider_runtime::NoBody"
        );
        assert_eq!(union[1]["required"], json!(["Status4xxOr5xx"]));
    }

    #[test]
    fn a_default_alone_stands_for_successes_too() {
        let lowered = lowered(json!({"default": answer(reference("Bad"))}));
        assert_eq!(schema_of(&lowered, "2XX"), reference("Bad"));
    }

    #[test]
    fn a_success_without_a_body_is_a_variant_beside_those_with_one() {
        let lowered = lowered(json!({"200": answer(object("a")), "204": {"description": ""}}));
        let union = &lowered.document["components"]["schemas"]["CallItResponse"]["oneOf"];
        assert_eq!(
            union[0]["properties"]["Status200"],
            reference("CallItResponse200")
        );
        assert_eq!(
            union[1]["properties"]["Status204"]["x-rust-type"]["path"],
            "provider_runtime::NoBody"
        );
        assert_eq!(schema_of(&lowered, "204"), schema_of(&lowered, "200"));
    }

    #[test]
    fn successes_of_which_one_is_no_json_are_all_kept_raw() {
        let pdf = json!({"description": "", "content": {"application/pdf": {}}});
        let lowered = lowered(json!({"200": answer(object("a")), "206": pdf}));
        let responses = &lowered.document["paths"]["/a"]["post"]["responses"];
        assert_eq!(responses["200"]["content"], json!({"*/*": {}}));
        assert_eq!(responses["206"]["content"], json!({"*/*": {}}));
    }

    #[test]
    fn an_error_without_a_json_body_is_left_to_the_run_time() {
        let lowered = lowered(
            json!({"204": {"description": ""}, "400": answer(reference("Bad")), "502": {"description": ""}}),
        );
        assert_eq!(schema_of(&lowered, "400"), reference("Bad"));
        assert!(
            lowered.document["paths"]["/a"]["post"]["responses"]
                .get("502")
                .is_none()
        );
        assert!(
            lowered
                .report
                .applied()
                .iter()
                .any(|applied| applied.pointer == "/paths/~1a/post/responses/502")
        );
    }

    #[test]
    fn an_answer_that_may_be_null_is_nullable_where_its_type_is_referred_to() {
        let union = json!({"nullable": true, "oneOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}},
            {"type": "object", "required": ["b"], "properties": {"b": {"type": "boolean"}}}
        ]});
        let lowered = answering(union, json!({}));
        assert_eq!(
            lowered.document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]
                ["schema"],
            json!({"allOf": [{"$ref": "#/components/schemas/AResponse"}], "nullable": true})
        );
        let component = &lowered.document["components"]["schemas"]["AResponse"];
        assert!(
            component["oneOf"].is_array() && component.get("nullable").is_none(),
            "{component}"
        );
    }

    #[test]
    fn an_answer_that_may_be_null_gets_its_name_without_it() {
        let flags = json!({"type": "array", "items": {"type": "boolean"}});
        for schema in [
            json!({"type": "string", "nullable": true, "enum": ["a", "b"]}),
            json!({"nullable": true, "oneOf": [{"type": "boolean"}, flags]}),
            json!({"type": "object", "nullable": true, "properties": {"a": {"type": "boolean"}}}),
        ] {
            let lowered = answering(schema, json!({}));
            let named = &lowered.document["components"]["schemas"]["AResponse"];
            assert_eq!(named.get("nullable"), None, "{named}");
            let answer = lowered.document["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"].clone();
            assert_eq!(answer["nullable"], true, "{answer}");
        }
    }
}
