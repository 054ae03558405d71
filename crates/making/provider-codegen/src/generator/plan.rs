//! What each operation of a lowered document does, decided once.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use openapi_lower::wire_names;
use openapi_model::{METHODS, reference};
use serde_json::Value;

use super::FinishError;

/// An operation, under the names of the wire.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) id: String,
    /// The Rust name of its builder.
    pub(super) builder: String,
    /// In lower case.
    pub(super) method: &'static str,
    /// With parameters in braces, without the mark of those that have slashes of their own.
    pub(super) path: String,
    /// Summary and description, as the document has them.
    pub(super) docs: Vec<String>,
    pub(super) is_deprecated: bool,
    /// In the order of the builder's fields: those of the path, of the query, headers.
    pub(super) parameters: Vec<Parameter>,
    pub(super) body: Option<Body>,
    /// The media types that are asked for.
    pub(super) accept: Option<String>,
    pub(super) successes: Answers,
    pub(super) errors: Answers,
    /// First and last of each range of statuses that are documented without a type.
    pub(super) documented: Vec<(u16, u16)>,
}

#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: Place,
    /// How it is written, where not by itself.
    pub(super) style: Option<Style>,
    pub(super) description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Path {
        /// Whether its slashes are those of the path.
        spans: bool,
    },
    Query,
    Header,
    Cookie,
}

/// A style of the run time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Style {
    /// The name of its constant.
    pub(super) constant: &'static str,
    pub(super) is_exploded: bool,
    pub(super) allows_reserved: bool,
}

#[derive(Debug)]
pub(super) struct Body {
    pub(super) writer: Writer,
    /// Whether nothing is sent unless the caller gives one.
    pub(super) is_optional: bool,
    pub(super) description: Option<String>,
}

/// How the run time writes a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Writer {
    Json {
        /// Where it is not `application/json`.
        media_type: Option<String>,
    },
    Form,
    /// A form with fields in these styles.
    StyledForm(Vec<(String, Style)>),
    Media,
}

/// Which statuses are documented, and how their bodies are read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answers {
    pub(super) kind: Kind,
    /// First and last of each range.
    pub(super) statuses: Vec<(u16, u16)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Json,
    Empty,
    Raw,
}

/// All operations of a lowered document, in its order.
///
/// # Errors
///
/// A body that no client of ours can write.
pub(super) fn operations(lowered: &Value) -> Result<Vec<Operation>, FinishError> {
    let paths = lowered.get("paths").and_then(Value::as_object);
    let mut operations = Vec::new();
    for (path, item) in paths.into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method)
                && operation.get("operationId").is_some()
            {
                operations.push(planned(lowered, path, item, method, operation)?);
            }
        }
    }
    Ok(operations)
}

fn planned(
    lowered: &Value,
    path: &str,
    item: &Value,
    method: &'static str,
    operation: &Value,
) -> Result<Operation, FinishError> {
    let id = text(operation, "operationId").unwrap_or_default();
    let successes = answers(lowered, operation, is_success);
    let errors = answers(lowered, operation, is_error);
    let asks_for_json = match successes.kind {
        Kind::Json => true,
        Kind::Empty => errors.kind == Kind::Json,
        Kind::Raw => false,
    };
    let accept = text(operation, "x-accept");
    Ok(Operation {
        builder: id.to_pascal_case(),
        method,
        path: wire_names(path).replace("{+", "{"),
        docs: ["summary", "description"]
            .into_iter()
            .filter_map(|key| text(operation, key))
            .collect(),
        is_deprecated: operation["deprecated"] == true,
        parameters: parameters(lowered, path, [item, operation]),
        body: operation
            .get("requestBody")
            .map(|body| planned_body(resolved(lowered, body), operation, &id))
            .transpose()?,
        accept: accept.or_else(|| asks_for_json.then(|| "application/json".to_owned())),
        documented: documented(operation, &successes, &errors),
        successes,
        errors,
        id,
    })
}

/// The statuses that are documented without a type, and have none by now.
fn documented(operation: &Value, successes: &Answers, errors: &Answers) -> Vec<(u16, u16)> {
    let listed = operation.get("x-statuses").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    let mut ranges: Vec<(u16, u16)> = listed.filter_map(|key| Some(range(status(key)?))).collect();
    let typed = [successes, errors].map(|side| &side.statuses);
    ranges.retain(|own| {
        let holds = |other: &(u16, u16)| other.0 <= own.0 && own.1 <= other.1;
        !typed.iter().any(|ranges| ranges.iter().any(holds))
    });
    ranges.sort_unstable();
    ranges
}

/// First and last status of what a key of the answers stands for.
fn range(status: u16) -> (u16, u16) {
    match status {
        DEFAULT => (0, 999),
        range if range >= RANGE => (range - RANGE, range - RANGE + 99),
        single => (single, single),
    }
}

/// The text of a member, with the names of the wire.
fn text(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?;
    (!text.is_empty()).then(|| wire_names(text).into_owned())
}

/// What a value refers to, where it refers to something.
fn resolved<'a>(lowered: &'a Value, value: &'a Value) -> &'a Value {
    reference::followed(lowered, value)
}

/// The parameters as the generator orders them; those of the operation count before those of its path.
fn parameters(lowered: &Value, path: &str, owners: [&Value; 2]) -> Vec<Parameter> {
    let mut found: BTreeMap<String, (Place, &Value)> = BTreeMap::new();
    for owner in owners {
        let list = owner.get("parameters").and_then(Value::as_array);
        for parameter in list.into_iter().flatten() {
            let parameter = resolved(lowered, parameter);
            let place = match parameter["in"].as_str() {
                Some("path") => Place::Path { spans: false },
                Some("query") => Place::Query,
                Some("header") if parameter["x-style"]["in"] == "cookie" => Place::Cookie,
                Some("header") => Place::Header,
                _ => continue,
            };
            if let Some(name) = parameter["name"].as_str() {
                found.insert(name.to_owned(), (place, parameter));
            }
        }
    }
    let mut ordered: Vec<_> = found
        .into_iter()
        .map(|(name, (place, parameter))| {
            // Where it stands in the path; the others are in the order of their names.
            let at = path.find(&format!("{{{name}}}")).unwrap_or_default();
            let wire = wire_names(&name);
            let spans = wire.starts_with('+');
            let place = match place {
                Place::Path { .. } => Place::Path { spans },
                other => other,
            };
            let order = match place {
                Place::Path { .. } => (0, at),
                Place::Query => (1, 0),
                Place::Header | Place::Cookie => (2, 0),
            };
            let planned = Parameter {
                name: match place {
                    Place::Path { spans: true } => wire.trim_start_matches('+').to_owned(),
                    _ => wire.into_owned(),
                },
                place,
                style: style(&parameter["x-style"]),
                description: text(parameter, "description"),
            };
            (order, planned)
        })
        .collect();
    ordered.sort_by_key(|(order, _)| *order);
    ordered
        .into_iter()
        .map(|(_, parameter)| parameter)
        .collect()
}

/// What lowering says of how something is written.
fn style(mark: &Value) -> Option<Style> {
    let constant = match mark["style"].as_str()? {
        "simple" => "SIMPLE",
        "label" => "LABEL",
        "matrix" => "MATRIX",
        "form" => "FORM",
        "spaceDelimited" => "SPACE_DELIMITED",
        "pipeDelimited" => "PIPE_DELIMITED",
        "deepObject" => "DEEP_OBJECT",
        "cookie" => "COOKIE",
        "json" => "JSON",
        _ => return None,
    };
    Some(Style {
        constant,
        is_exploded: mark["explode"] == true,
        allows_reserved: mark["allowReserved"] == true,
    })
}

fn planned_body(body: &Value, operation: &Value, id: &str) -> Result<Body, FinishError> {
    let content = body.get("content").and_then(Value::as_object);
    let media_type = content.and_then(|content| content.keys().next());
    let mark = operation.get("x-body");
    let writer = match (mark, media_type.map(String::as_str)) {
        (Some(Value::Object(fields)), _) => Writer::StyledForm(
            fields
                .iter()
                .filter_map(|(name, mark)| Some((wire_names(name).into_owned(), style(mark)?)))
                .collect(),
        ),
        (Some(mark), _) if mark == "media" => Writer::Media,
        (_, Some("application/x-www-form-urlencoded")) => Writer::Form,
        (_, Some("application/json")) => Writer::Json {
            media_type: text(operation, "x-content-type"),
        },
        (_, other) => {
            let other = other.unwrap_or("no media type");
            return Err(FinishError::missing(format!(
                "way to write the body of {id} ({other})"
            )));
        }
    };
    Ok(Body {
        writer,
        is_optional: operation.get("x-body-optional").is_some(),
        description: text(body, "description"),
    })
}

/// A documented status, [`RANGE`] and the first one of a range, or [`DEFAULT`].
fn status(key: &str) -> Option<u16> {
    match key {
        "default" => Some(DEFAULT),
        _ => match key.strip_suffix("XX").or_else(|| key.strip_suffix("xx")) {
            Some(class) => Some(class.parse::<u16>().ok()? * 100 + RANGE),
            None => key.parse().ok(),
        },
    }
}

const DEFAULT: u16 = 10_000;
/// Added to the first status of a range, so that it comes after each of its members.
const RANGE: u16 = 5_000;

fn is_success(status: u16) -> bool {
    status == DEFAULT || (200..300).contains(&status) || status == 200 + RANGE
}

fn is_error(status: u16) -> bool {
    status == DEFAULT
        || (400..600).contains(&status)
        || [400 + RANGE, 500 + RANGE].contains(&status)
}

fn answers(lowered: &Value, operation: &Value, counts: fn(u16) -> bool) -> Answers {
    let responses = operation.get("responses").and_then(Value::as_object);
    let mut found: Vec<(u16, Kind)> = responses
        .into_iter()
        .flatten()
        .filter_map(|(key, answer)| Some((status(key)?, kind(resolved(lowered, answer)))))
        .collect();
    // A document that says nothing of a success leaves open what comes.
    if !found.iter().any(|(status, _)| is_success(*status)) {
        found.push((200 + RANGE, Kind::Raw));
    }
    found.retain(|(status, _)| counts(*status));
    found.sort_by_key(|(status, _)| *status);
    let mut statuses: Vec<(u16, u16)> = Vec::new();
    for (status, _) in &found {
        let (first, last) = match *status {
            DEFAULT if counts(200) => (200, 299),
            other => range(other),
        };
        match statuses.last_mut() {
            Some((_, before)) if first == *before + 1 && last > first => *before = last,
            _ => statuses.push((first, last)),
        }
    }
    // What a later range holds as well need not be said.
    let ranges = statuses.clone();
    statuses.retain(|own| {
        !ranges
            .iter()
            .any(|other| other != own && other.0 <= own.0 && own.1 <= other.1)
    });
    statuses.dedup();
    Answers {
        kind: found.first().map_or(Kind::Empty, |(_, kind)| *kind),
        statuses,
    }
}

fn kind(answer: &Value) -> Kind {
    let content = answer.get("content").and_then(Value::as_object);
    let mut media_types = content.into_iter().flatten().map(|(name, _)| name);
    let is_json =
        |name: &String| name == "application/json" || name.starts_with("application/json;");
    match content.map_or(0, serde_json::Map::len) {
        0 => Kind::Empty,
        _ if media_types.any(is_json) => Kind::Json,
        _ => Kind::Raw,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn planned_answers(responses: Value) -> (Answers, Answers) {
        let operation = json!({"responses": responses});
        (
            answers(&json!({}), &operation, is_success),
            answers(&json!({}), &operation, is_error),
        )
    }

    #[test]
    fn statuses_that_follow_one_another_are_one_range() {
        let json = json!({"content": {"application/json": {"schema": {}}}});
        let (successes, errors) =
            planned_answers(json!({"200": json, "202": json, "4XX": json, "5XX": json}));
        assert_eq!(successes.statuses, [(200, 200), (202, 202)]);
        assert_eq!(errors.statuses, [(400, 599)]);
        assert_eq!((successes.kind, errors.kind), (Kind::Json, Kind::Json));
    }

    #[test]
    fn a_default_stands_for_every_success_and_for_every_error() {
        let json = json!({"content": {"application/json": {"schema": {}}}});
        let (successes, errors) = planned_answers(json!({"default": json, "404": json}));
        assert_eq!(successes.statuses, [(200, 299)]);
        assert_eq!(errors.statuses, [(0, 999)]);
    }

    #[test]
    fn where_no_success_is_documented_any_is_taken_as_it_comes() {
        let (successes, errors) = planned_answers(json!({"404": {"description": ""}}));
        assert_eq!(
            (successes.kind, successes.statuses),
            (Kind::Raw, vec![(200, 299)])
        );
        assert_eq!(
            (errors.kind, errors.statuses),
            (Kind::Empty, vec![(404, 404)])
        );
    }

    #[test]
    fn parameters_are_in_the_order_of_the_path_and_then_of_their_names() {
        let parameter = |name: &str, place: &str| json!({"name": name, "in": place});
        let operation = json!({"parameters": [
            parameter("Zeta", "header"), parameter("b", "query"), parameter("a", "query"), parameter("two", "path"),
        ]});
        let item = json!({"parameters": [parameter("one", "path")]});
        let names: Vec<_> = parameters(&json!({}), "/x/{two}/{one}", [&item, &operation])
            .into_iter()
            .map(|parameter| parameter.name)
            .collect();
        assert_eq!(names, ["two", "one", "a", "b", "Zeta"]);
    }

    #[test]
    fn a_body_that_nobody_can_write_is_refused() {
        let body = json!({"content": {"text/plain": {}}});
        let error = planned_body(&body, &json!({}), "upload").unwrap_err();
        assert!(
            error
                .to_string()
                .contains("the body of upload (text/plain)"),
            "{error}"
        );
    }
}
