//! Operations as the rules read them.

use openapi_model::schema::{Type, Types};
use openapi_model::{Answer, At, Id, MediaType, Model, Operation, Parameter, RequestBody, Version};
use serde_json::{Map, Value, json};

use super::calls::{Called, Listed, is_of_whole_query, leads_nowhere, named, text, write_texts};
use super::schemas::Schemas;
use crate::media::{FORM, JSON, is_json};
use crate::pointer;
use crate::report::Scribe;

/// Keywords that a parameter of OpenAPI 2 has itself and not in a schema.
const OF_SCHEMA: [&str; 16] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
];

/// The status that `found` means: `200`, `2XX`, `default`.
fn status_of(found: &str) -> Option<String> {
    let text = found.trim();
    if text.eq_ignore_ascii_case("default") {
        return Some("default".to_owned());
    }
    let first = text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .next()?;
    let hundreds = first.chars().next().filter(|c| ('1'..='5').contains(c))?;
    let rest = first.get(1..)?;
    match rest.len() {
        2 if rest.bytes().all(|byte| byte.is_ascii_digit()) => Some(first.to_owned()),
        2 if rest.eq_ignore_ascii_case("xx") => Some(format!("{hundreds}XX")),
        _ => None,
    }
}

/// Of a body or an answer that is not known, everything is possible.
fn unknown() -> Value {
    json!({"description": "", "content": {"*/*": {}}})
}

/// Writes operations.
pub(super) struct Writer<'m, 's, 'r> {
    pub(super) model: &'m Model<'m>,
    pub(super) schemas: Schemas<'m>,
    pub(super) scribe: &'s mut Scribe<'r>,
}

impl<'m> Writer<'m, '_, '_> {
    /// An operation that answers with what a webhook brings.
    pub(super) fn stand_in(&mut self, called: &Called<'m>) -> Value {
        let operation = called.call.operation;
        let content = operation
            .body
            .map(|body| self.content(&operation.at(body).said().content));
        let answer = json!({"description": "The body of the webhook.", "content": content});
        json!({"operationId": called.id, "responses": {"200": answer}})
    }

    pub(super) fn operation(&mut self, called: &Called<'m>, at: &str) -> Value {
        let operation = called.call.operation;
        let mut written = json!({"operationId": called.id});
        write_texts(operation.raw(), &["summary", "description"], &mut written);
        if operation.deprecated {
            written["deprecated"] = true.into();
        }
        if !called.parameters.is_empty() {
            let at = pointer::join(at, "parameters");
            let all = called.parameters.iter();
            written["parameters"] = all.map(|one| self.parameter(one, &at)).collect();
        }
        if let Some(body) = self.body(operation, &called.of_body, at) {
            written["requestBody"] = body;
        }
        written["responses"] = self.answers(operation, at);
        written
    }

    fn parameter(&mut self, listed: &Listed<'m>, at: &str) -> Value {
        let Listed { name, place, said } = listed;
        let mut written = json!({"name": name, "in": place});
        let Some(parameter) = said else {
            if place == "path" {
                written["required"] = true.into();
            }
            written["schema"] = json!({"type": "string"});
            return written;
        };
        let raw = parameter.raw();
        // Before 3.2 it says nothing of other places than the query.
        let may_reserve = place == "query" || self.model.version == Ok(Version::V3_2);
        write_texts(raw, &["description", "style"], &mut written);
        for (key, flag) in [
            ("required", parameter.required || place == "path"),
            ("deprecated", parameter.deprecated),
            ("allowReserved", parameter.allow_reserved && may_reserve),
        ] {
            if flag {
                written[key] = true.into();
            }
        }
        if let Some(explode) = parameter.explode {
            written["explode"] = explode.into();
        }
        let schema = parameter.schema.map(|schema| parameter.at(schema));
        let content = parameter.said().content.as_deref().unwrap_or_default();
        if let Some(schema) = schema.filter(|schema| schema.raw().is_object()) {
            written["schema"] = self.schemas.schema(schema, self.scribe);
            return written;
        }
        let Some((media_type, media)) = content.first() else {
            written["schema"] = self.own_schema(raw, at);
            return written;
        };
        let media = self.model.at(*media);
        let end = media.schema.map(|schema| media.at(schema).end());
        let schema = self.content(&content[..1])[*media_type]["schema"].take();
        let schema = Some(schema).filter(|schema| !schema.is_null());
        if is_of_whole_query(*parameter) {
            let told = format!("{name:?} is the whole query: each of its members is a parameter");
            self.scribe.note(at, told);
            written["schema"] = schema.unwrap_or_else(|| json!({}));
            return written;
        }
        if is_json(media_type) {
            self.scribe.note(at, format!("{name:?} is sent as JSON"));
            let json = json!({"schema": schema.unwrap_or_else(|| json!({}))});
            written["content"] = json!({*media_type: json});
            return written;
        }
        let told = format!("{name:?} is a text in {media_type}");
        self.scribe.note(at, told);
        let description = match written["description"].as_str() {
            Some(text) => format!("{text}\n\nA text in {media_type}."),
            None => format!("A text in {media_type}."),
        };
        written["description"] = description.into();
        // An object or a list has a form there that is the caller's to write.
        let is_plain = |types: Types| !types.has(Type::Object) && !types.has(Type::Array);
        let is_scalar =
            end.is_some_and(|end| end.types.is_some_and(is_plain) || end.values.is_some());
        let schema = schema.filter(|_| is_scalar);
        written["schema"] = schema.unwrap_or_else(|| json!({"type": "string"}));
        written
    }

    /// What a parameter of OpenAPI 2 says of its values; a text, if it says nothing.
    fn own_schema(&mut self, raw: &Value, at: &str) -> Value {
        let own = raw.as_object().into_iter().flatten();
        let own = own.filter(|(key, _)| OF_SCHEMA.contains(&key.as_str()));
        let own: Map<String, Value> = own
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if own.is_empty() {
            self.scribe.note(at, "has no schema: a text");
            return json!({"type": "string"});
        }
        self.scribe
            .note(at, "the keywords of its schema became a schema");
        let alone = json!({"components": {"schemas": {"Own": own}}});
        let model = Model::of(&alone);
        let mut written = Schemas::of(&model).named(self.scribe);
        written.remove("Own").unwrap_or_default()
    }

    /// The body of a request, which OpenAPI 2 lists among the parameters.
    fn body(
        &mut self,
        operation: At<'m, Operation<'m>>,
        listed: &[At<'m, Parameter<'m>>],
        at: &str,
    ) -> Option<Value> {
        let found = operation.raw().get("requestBody");
        if operation.malformed().contains(&"requestBody") && found != Some(&Value::Null) {
            let at = pointer::join(at, "requestBody");
            self.scribe.left_out(&at, "is no object: no body is known");
        }
        if !listed.is_empty() {
            let at = pointer::join(at, "parameters");
            self.scribe
                .note(&at, "parameters of the body became a request body");
        }
        let Some(body) = operation.body.map(|body| operation.at(body)) else {
            return (!listed.is_empty()).then(|| self.of_parameters(listed, at));
        };
        if let Some(reference) = body.raw().get("$ref") {
            let at = pointer::join(at, "requestBody");
            self.scribe.left_out(&at, leads_nowhere(reference));
            return Some(unknown());
        }
        let RequestBody {
            required, content, ..
        } = body.said();
        let mut written = json!({"content": self.content(content)});
        if let Some(required) = required {
            written["required"] = (*required).into();
        }
        write_texts(body.raw(), &["description"], &mut written);
        Some(written)
    }

    /// A body of OpenAPI 2: one parameter of JSON, or the fields of a form.
    fn of_parameters(&mut self, listed: &[At<'m, Parameter<'m>>], at: &str) -> Value {
        let mut schema_of = |parameter: At<'m, Parameter<'m>>| match parameter.schema {
            Some(schema) => self.schemas.schema(parameter.at(schema), self.scribe),
            None => self.own_schema(parameter.raw(), at),
        };
        if let Some(body) = listed.iter().find(|one| one.location == Some("body")) {
            let mut request = json!({"content": {JSON: {"schema": schema_of(*body)}}});
            if body.raw().get("required").is_some() {
                request["required"] = body.required.into();
            }
            return request;
        }
        let mut schema = json!({"type": "object", "properties": {}});
        let mut required = Vec::new();
        let mut media = FORM;
        for field in listed {
            let Some((name, _)) = named(*field) else {
                continue;
            };
            let member = schema_of(*field);
            if member["format"] == "binary" {
                media = "multipart/form-data";
            }
            schema["properties"][&name] = member;
            if field.required {
                required.push(name);
            }
        }
        let mut request = json!({});
        // A form has no word for it, but its fields have.
        if !required.is_empty() {
            schema["required"] = required.into();
            request["required"] = true.into();
        }
        request["content"] = json!({media: {"schema": schema}});
        request
    }

    fn answers(&mut self, operation: At<'m, Operation<'m>>, at: &str) -> Value {
        let at = pointer::join(at, "responses");
        let mut written = Map::new();
        for (found, answer) in &operation.said().answers {
            let Some(status) = status_of(found) else {
                let told = "is no status: such an answer arrives as an unexpected one";
                self.scribe.left_out(&pointer::join(&at, found), told);
                continue;
            };
            if !written.contains_key(&status) {
                let answer = self.answer(operation.at(*answer), || pointer::join(&at, found));
                written.insert(status, answer);
            }
        }
        Value::Object(written)
    }

    fn answer(&mut self, answer: At<'m, Answer<'m>>, at: impl Fn() -> String) -> Value {
        if let Some(reference) = answer.raw().get("$ref") {
            self.scribe.left_out(&at(), leads_nowhere(reference));
            return unknown();
        }
        let description = text(answer.raw(), "description");
        let mut written = json!({"description": description.unwrap_or_default()});
        if !answer.said().content.is_empty() {
            written["content"] = self.content(&answer.said().content);
        }
        written
    }

    /// Media types with what belongs into them.
    fn content(&mut self, content: &[(&'m str, Id<MediaType<'m>>)]) -> Value {
        let all = content.iter().map(|(media_type, media)| {
            let media = self.model.at(*media);
            let mut written = Map::new();
            let schema = media.schema.map(|schema| media.at(schema));
            let says = |raw: &Value| raw.is_object() || *raw == Value::Bool(true);
            if let Some(schema) = schema.filter(|schema| says(schema.raw())) {
                let schema = self.schemas.schema(schema, self.scribe);
                written.insert("schema".to_owned(), schema);
            }
            let encoding = media
                .raw()
                .get("encoding")
                .filter(|found| found.is_object());
            if let Some(encoding) = encoding {
                written.insert("encoding".to_owned(), encoding.clone());
            }
            if !media.examples.is_empty() {
                let examples = media.examples.iter().map(|example| example.value.clone());
                written.insert("examples".to_owned(), examples.collect());
            }
            ((*media_type).to_owned(), Value::Object(written))
        });
        all.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;
    use crate::plan::Writer;
    use crate::rules::testing::{self, left_out};

    fn lowered(item: Value) -> Value {
        testing::lowered(json!({"/a": item, "x-note": "n", "/b": null}), json!({})).document["paths"]["/a"]
            .clone()
    }

    #[test]
    fn a_referenced_response_and_parameter_are_written_out() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {
                "operationId": "a",
                "parameters": [{"$ref": "#/components/parameters/P"}],
                "responses": {"200": {"$ref": "#/components/responses/Done"}}
            }}},
            "components": {
                "parameters": {"P": {"name": "p", "in": "query", "schema": {"type": "string"}}},
                "responses": {"Done": {"description": "done"}}
            }
        }))
        .unwrap();
        let operation = &lowered.document["paths"]["/a"]["get"];
        assert_eq!(operation["parameters"][0]["name"], "p");
        assert_eq!(
            operation["responses"]["200"],
            json!({"description": "done"})
        );
    }

    #[test]
    fn a_reference_that_leads_nowhere_is_unknown_and_reported_with_its_place() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {
                "/a": {"post": {
                    "operationId": "a",
                    "parameters": [{"$ref": ""}],
                    "requestBody": {"$ref": "other.yaml#/Body"},
                    "responses": {"200": {"$ref": "#/components/responses/Loop"}}
                }},
                "/b": {"$ref": 7}
            },
            "components": {"responses": {"Loop": {"$ref": "#/components/responses/Loop"}}}
        }))
        .unwrap();
        assert_eq!(
            left_out(&lowered.report),
            [
                "/paths/~1a/post/parameters/0",
                "/paths/~1b",
                "/paths/~1a/post/requestBody",
                "/paths/~1a/post/responses/200"
            ]
        );
        let operation = &lowered.document["paths"]["/a"]["post"];
        assert_eq!(operation["responses"]["200"]["content"], json!({"*/*": {}}));
        let body = lowered.plan.operations[0].body.as_ref().unwrap();
        assert_eq!(body.writer, Writer::Media);
    }

    #[test]
    fn nulls_where_objects_and_lists_belong_are_as_good_as_absent() {
        let item = lowered(json!({
            "parameters": null,
            "get": {"operationId": 7, "tags": null, "parameters": null, "requestBody": null, "responses": {"200": null, "404": {"content": null}}},
            "put": null
        }));
        assert_eq!(item["get"]["operationId"], "x7");
        assert_eq!(
            item["get"]["responses"],
            json!({"200": {"description": ""}})
        );
        assert!(item.get("put").is_none());
    }

    #[test]
    fn a_status_is_found_in_what_is_written_around_it() {
        let item = lowered(json!({"get": {"operationId": "a", "responses": {
            "200 OK": {"description": "fine", "content": {"application/json": {"schema": {"type": "boolean"}}}}, "sometimes": {"description": ""}
        }}}));
        assert_eq!(
            item["get"]["responses"],
            json!({"200": {"description": "fine", "content": {"application/json": {"schema": {"type": "boolean"}}}}})
        );
    }

    #[test]
    fn fields_of_a_form_among_the_parameters_become_a_body() {
        let item = lowered(
            json!({"post": {"operationId": "a", "responses": {"204": {"description": ""}}, "parameters": [
                {"name": "age", "in": "formData", "type": "integer", "format": "int32", "required": "true"}
            ]}}),
        );
        assert_eq!(
            item["post"]["requestBody"]["content"],
            json!({"application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/ARequest"}}})
        );
    }

    #[test]
    fn a_parameter_without_a_place_is_left_out_with_its_pointer() {
        let lowered = testing::lowered(
            json!({"/a": {"get": {
                "operationId": "a", "parameters": [{"name": "b"}, 7], "responses": {"204": {"description": ""}}
            }}}),
            json!({}),
        );
        assert_eq!(
            left_out(&lowered.report),
            ["/paths/~1a/get/parameters/0", "/paths/~1a/get/parameters/1"]
        );
    }

    #[test]
    fn a_method_in_capitals_and_an_answer_of_openapi_2_are_read() {
        let lowered = testing::lowered(
            json!({"/a": {"GET": {"operationId": "a", "responses": {"200": {
                "description": "", "schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}
            }}}}}),
            json!({}),
        );
        let operation = &lowered.document["paths"]["/a"]["get"];
        assert_eq!(operation["operationId"], "a");
        let content = &operation["responses"]["200"]["content"];
        assert!(content.get("application/json").is_some(), "{operation}");
    }
}
