//! Operations whose members are not what OpenAPI says.

use serde_json::{Map, Value, json};

use super::Rule;
use crate::document::METHODS;
use crate::draft::Draft;
use crate::report::Scribe;
use crate::{LowerError, pointer};

pub(super) const RULE: Rule = Rule {
    name: "malformed-operations",
    statement: "Accepts operations, parameters, bodies and answers with members of the wrong type or of OpenAPI 2; emits them with members of the right type, or without.",
    apply,
};

/// Members that are texts.
const TEXTS: [&str; 6] = [
    "operationId",
    "summary",
    "description",
    "name",
    "in",
    "style",
];
/// Members that are true or false.
const FLAGS: [&str; 4] = ["required", "deprecated", "explode", "allowEmptyValue"];
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

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    information(document);
    let Some(root) = document.as_object_mut() else {
        return Ok(());
    };
    if root.get("paths").is_some_and(|paths| !paths.is_object()) {
        scribe.left_out("/paths", "is no object: there is no operation");
        root.insert("paths".to_owned(), json!({}));
    }
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    // An extension is no path.
    paths.retain(|path, _| !path.starts_with("x-"));
    for (path, item) in paths.iter_mut() {
        let at = pointer::join("/paths", path);
        path_item(item, &at, scribe);
    }
    Ok(())
}

fn information(document: &mut Value) {
    let Some(info) = document.get_mut("info") else {
        return;
    };
    if !info.is_object() {
        *info = json!({"title": "", "version": ""});
    }
    let Some(info) = info.as_object_mut() else {
        return;
    };
    info.retain(|member, _| ["title", "version", "description"].contains(&member.as_str()));
    for value in info.values_mut() {
        *value = text_of(value).unwrap_or_default().into();
    }
}

fn path_item(item: &mut Value, at: &str, scribe: &mut Scribe<'_>) {
    if !item.is_object() {
        scribe.note(at, "is no object: it has no operation");
        *item = json!({});
    }
    let Some(item) = item.as_object_mut() else {
        return;
    };
    lower_case(item, at, scribe);
    members(item, at, scribe);
    parameters(item, at, scribe);
    for method in METHODS {
        let at = pointer::join(at, method);
        match item.get_mut(method) {
            None => {}
            Some(Value::Object(operation)) => {
                members(operation, &at, scribe);
                parameters(operation, &at, scribe);
                from_parameters(operation, &at, scribe);
                body(operation, &at, scribe);
                answers(operation, &at, scribe);
            }
            Some(_) => {
                scribe.note(&at, "is no object: it is no operation");
                item.remove(method);
            }
        }
    }
}

/// Methods as OpenAPI writes them.
fn lower_case(item: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let is_other = |name: &&String| {
        !METHODS.contains(&name.as_str()) && METHODS.contains(&name.to_ascii_lowercase().as_str())
    };
    let others: Vec<String> = item.keys().filter(is_other).cloned().collect();
    for name in others {
        let method = name.to_ascii_lowercase();
        if item.contains_key(&method) {
            scribe.left_out(
                &pointer::join(at, &name),
                format!("there is {method} as well: another operation has its place"),
            );
        } else if let Some(operation) = item.remove(&name) {
            scribe.note(&pointer::join(at, &name), format!("is the method {method}"));
            item.insert(method, operation);
        }
    }
}

/// Texts and flags of the right type; what has no text or flag in it goes.
fn members(object: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    for (names, right) in [
        (&TEXTS[..], text_of as fn(&Value) -> Option<String>),
        (&FLAGS[..], flag_of),
    ] {
        for name in names {
            let Some(found) = object.get(*name) else {
                continue;
            };
            let flag = FLAGS.contains(name);
            if found.is_string() && !flag || found.is_boolean() && flag {
                continue;
            }
            let found = found.clone();
            let (became, value) = match right(&found) {
                Some(text) if flag => (text.clone(), Some(Value::Bool(text == "true"))),
                Some(text) => (format!("{text:?}"), Some(text.into())),
                None => ("absent".to_owned(), None),
            };
            object.remove(*name);
            if let Some(value) = value {
                object.insert((*name).to_owned(), value);
            }
            if !found.is_null() {
                scribe.note(&pointer::join(at, name), format!("{found} became {became}"));
            }
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn flag_of(value: &Value) -> Option<String> {
    match value.as_str()?.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" => Some("true".to_owned()),
        "false" | "no" => Some("false".to_owned()),
        _ => None,
    }
}

fn parameters(owner: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let at = pointer::join(at, "parameters");
    match owner.get_mut("parameters") {
        None => {}
        Some(Value::Array(list)) => {
            let mut index = 0;
            list.retain_mut(|entry| {
                let at = pointer::join(&at, &index.to_string());
                index += 1;
                parameter(entry, &at, scribe)
            });
        }
        Some(found) => {
            if !found.is_null() {
                scribe.left_out(&at, "is no list: no parameter is known");
            }
            owner.remove("parameters");
        }
    }
}

/// Mends one parameter; says whether it is one at all.
fn parameter(entry: &mut Value, at: &str, scribe: &mut Scribe<'_>) -> bool {
    let Some(object) = entry.as_object_mut() else {
        scribe.left_out(at, "is no object: no parameter can be told from it");
        return false;
    };
    members(object, at, scribe);
    if !object.contains_key("name") || !object.contains_key("in") {
        scribe.left_out(
            at,
            "has no name or no place: no parameter can be told from it",
        );
        return false;
    }
    if object
        .get("schema")
        .is_none_or(|schema| !schema.is_object())
        && !has_content(object)
    {
        let (own, rest): (Map<String, Value>, Map<String, Value>) = std::mem::take(object)
            .into_iter()
            .partition(|(keyword, _)| OF_SCHEMA.contains(&keyword.as_str()));
        *object = rest;
        object.remove("content");
        let schema = if own.is_empty() {
            scribe.note(at, "has no schema: a text");
            json!({"type": "string"})
        } else {
            scribe.note(at, "the keywords of its schema became a schema");
            Value::Object(own)
        };
        object.insert("schema".to_owned(), schema);
    }
    true
}

fn has_content(object: &Map<String, Value>) -> bool {
    object
        .get("content")
        .and_then(Value::as_object)
        .is_some_and(|content| !content.is_empty())
}

/// Bodies that OpenAPI 2 lists among the parameters.
fn from_parameters(operation: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Array(list)) = operation.get_mut("parameters") else {
        return;
    };
    let place = |entry: &Value| entry.get("in").and_then(Value::as_str).map(str::to_owned);
    let (of_body, others): (Vec<Value>, Vec<Value>) = std::mem::take(list)
        .into_iter()
        .partition(|entry| matches!(place(entry).as_deref(), Some("body" | "formData")));
    *list = others;
    if of_body.is_empty() {
        return;
    }
    let body = of_body.iter().find(|entry| entry["in"] == "body");
    let content = match body {
        Some(body) => json!({"application/json": {"schema": body["schema"]}}),
        None => form(&of_body),
    };
    let mut request = json!({"content": content});
    // A form has no word for it, but its fields have.
    let required = match body {
        Some(body) => body.get("required").cloned(),
        None => {
            let mut fields = of_body.iter();
            fields
                .any(|field| field["required"] == true)
                .then_some(Value::Bool(true))
        }
    };
    if let Some(required) = required {
        request["required"] = required;
    }
    scribe.note(
        &pointer::join(at, "parameters"),
        "parameters of the body became a request body",
    );
    operation.entry("requestBody").or_insert(request);
}

fn form(fields: &[Value]) -> Value {
    let mut schema = json!({"type": "object", "properties": {}});
    let mut required = Vec::new();
    let mut media = "application/x-www-form-urlencoded";
    for field in fields {
        let Some(name) = field["name"].as_str() else {
            continue;
        };
        let mut member = field["schema"].clone();
        if member["type"] == "file" {
            media = "multipart/form-data";
            member = json!({"type": "string", "format": "binary"});
        }
        schema["properties"][name] = member;
        if field["required"] == true {
            required.push(Value::from(name));
        }
    }
    if !required.is_empty() {
        schema["required"] = Value::Array(required);
    }
    json!({media: {"schema": schema}})
}

fn body(operation: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let at = pointer::join(at, "requestBody");
    match operation.get_mut("requestBody") {
        None => {}
        Some(Value::Object(body)) => {
            members(body, &at, scribe);
            content(body, &at, scribe);
        }
        Some(found) => {
            if !found.is_null() {
                scribe.left_out(&at, "is no object: no body is known");
            }
            operation.remove("requestBody");
        }
    }
}

fn answers(operation: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let at = pointer::join(at, "responses");
    let responses = operation.entry("responses").or_insert_with(|| json!({}));
    if !responses.is_object() {
        scribe.note(&at, "is no object: no answer is documented");
        *responses = json!({});
    }
    let Some(responses) = responses.as_object_mut() else {
        return;
    };
    for (found, mut answer) in std::mem::take(responses) {
        if found.starts_with("x-") {
            continue;
        }
        let at = pointer::join(&at, &found);
        let Some(status) = status_of(&found) else {
            scribe.left_out(
                &at,
                "is no status: such an answer arrives as an unexpected one",
            );
            continue;
        };
        if !answer.is_object() {
            scribe.note(
                &at,
                "is no object: an answer without a description or a body",
            );
            answer = json!({});
        }
        if let Some(answer) = answer.as_object_mut() {
            members(answer, &at, scribe);
            answer.entry("description").or_insert_with(|| "".into());
            if !answer.contains_key("content")
                && let Some(schema) = answer.remove("schema")
            {
                scribe.note(
                    &at,
                    "the schema of an answer of OpenAPI 2 became that of JSON",
                );
                answer.insert(
                    "content".to_owned(),
                    json!({"application/json": {"schema": schema}}),
                );
            }
            content(answer, &at, scribe);
        }
        if status != found {
            scribe.note(&at, format!("is the status {status}"));
        }
        responses.entry(status).or_insert(answer);
    }
}

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

/// Media types with what belongs into them.
fn content(owner: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let at = pointer::join(at, "content");
    match owner.get_mut("content") {
        None => {}
        Some(Value::Object(content)) => {
            for (media_type, media) in content.iter_mut() {
                let at = pointer::join(&at, media_type);
                if !media.is_object() {
                    scribe.note(&at, "is no object: a body without a schema");
                    *media = json!({});
                }
                let Some(media) = media.as_object_mut() else {
                    continue;
                };
                match media.get("schema") {
                    None | Some(Value::Object(_)) => {}
                    Some(Value::Bool(true)) => {
                        media.insert("schema".to_owned(), json!({}));
                    }
                    Some(_) => {
                        scribe.note(&pointer::join(&at, "schema"), "is no schema: any body");
                        media.remove("schema");
                    }
                }
                if media
                    .get("encoding")
                    .is_some_and(|found| !found.is_object())
                {
                    media.remove("encoding");
                }
            }
        }
        Some(found) => {
            if !found.is_null() {
                scribe.note(&at, "is no object: no body is known");
            }
            owner.remove("content");
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::lower;

    fn lowered(item: Value) -> Value {
        lower(&json!({"openapi": "3.0.3", "info": null, "paths": {"/a": item, "x-note": "n", "/b": null}}))
            .unwrap()
            .document["paths"]["/a"]
            .clone()
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
        let lowered = lower(&json!({"openapi": "3.0.3", "paths": {"/a": {"get": {
            "operationId": "a", "parameters": [{"name": "b"}, 7], "responses": {"204": {"description": ""}}
        }}}}))
        .unwrap();
        let left_out: Vec<_> = lowered
            .report
            .applied()
            .iter()
            .filter(|applied| applied.left_out)
            .map(|applied| applied.pointer.as_str())
            .collect();
        assert_eq!(
            left_out,
            ["/paths/~1a/get/parameters/0", "/paths/~1a/get/parameters/1"]
        );
    }

    #[test]
    fn a_method_in_capitals_and_an_answer_of_openapi_2_are_read() {
        let lowered = lower(&json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"GET": {"operationId": "a", "responses": {"200": {
                "description": "", "schema": {"type": "object", "properties": {"b": {"type": "boolean"}}}
            }}}}}
        }))
        .unwrap();
        let operation = &lowered.document["paths"]["/a"]["get"];
        assert_eq!(operation["operationId"], "a");
        let content = &operation["responses"]["200"]["content"];
        assert!(content.get("application/json").is_some(), "{operation}");
    }
}
