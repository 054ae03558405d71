//! What is new or gone as a whole, in a few lines for a reader: fields with their types, in place of a schema.

use std::collections::BTreeSet;

use openapi_model::{Answer, At, Call, Callback, Id, MediaType, Parameter, PathItem, RequestBody};
use serde_json::Value;

use super::schema::{Flat, Schema};
use super::types::{Types, values};
use crate::Direction;

/// Lines of an outline, and levels of fields in it; what is left out is stated.
const MOST_LINES: usize = 60;
const DEEPEST: usize = 6;
/// Characters of a name, a description or a value.
const LONGEST: usize = 80;
/// Values of an enumeration.
const MOST_VALUES: usize = 12;

/// An answer: its status with its description, then each body.
pub(crate) fn answer<'a>(status: &str, place: At<'a, Answer<'a>>, direction: Direction) -> Value {
    let mut outline = Outline::new(direction);
    outline.answer(0, &status.to_lowercase().replace("xx", "XX"), place);
    outline.value()
}

/// The body of a request.
pub(crate) fn request_body<'a>(place: At<'a, RequestBody<'a>>, direction: Direction) -> Value {
    let mut outline = Outline::new(direction);
    outline.bodies(0, &place.said().content, |id| place.at(id));
    outline.value()
}

/// The body of one media type.
pub(crate) fn media_type<'a>(
    name: &str,
    place: At<'a, MediaType<'a>>,
    direction: Direction,
) -> Value {
    let mut outline = Outline::new(direction);
    outline.media_type(0, name, place);
    outline.value()
}

/// An operation: `label`, its parameters, its body and its answers.
pub(crate) fn operation<'a>(
    label: &str,
    parameters: impl Iterator<Item = At<'a, Parameter<'a>>>,
    place: At<'a, openapi_model::Operation<'a>>,
    sent: Direction,
) -> Value {
    let mut outline = Outline::new(sent);
    outline.line(0, label);
    parameters.for_each(|parameter| outline.parameter(parameter));
    if let Some(body) = place.body {
        let body = place.at(body);
        let required = match body.required {
            Some(true) => ", required",
            _ => "",
        };
        outline.line(1, &format!("request body{required}"));
        outline.bodies(2, &body.said().content, |id| place.at(id));
    }
    outline.direction = sent.reversed();
    for (status, answer) in &place.said().answers {
        outline.answer(1, &format!("answer {status}"), place.at(*answer));
    }
    outline.value()
}

/// A call of the provider.
pub(crate) fn call(name: &str, call: &Call<'_>) -> Value {
    let label = format!("{} {name}", call.method.to_uppercase());
    operation(&label, call.parameters(), call.operation, Direction::Answer)
}

/// The first call of a path item of the provider's.
pub(crate) fn item<'a>(name: &'a str, item: At<'a, PathItem<'a>>) -> Value {
    match item.calls(name).into_iter().next() {
        Some(first) => call(name, &first),
        None => Value::from(name),
    }
}

/// The first call of a callback.
pub(crate) fn callback<'a>(name: &'a str, callback: At<'a, Callback<'a>>) -> Value {
    let items = callback.said().items.iter();
    let calls = items.flat_map(|(_, item)| callback.at(*item).calls(name));
    match { calls }.next() {
        Some(first) => call(name, &first),
        None => Value::from(name),
    }
}

struct Outline {
    lines: Vec<String>,
    left_out: bool,
    direction: Direction,
}

impl Outline {
    fn new(direction: Direction) -> Self {
        Self {
            lines: Vec::new(),
            left_out: false,
            direction,
        }
    }

    fn line(&mut self, depth: usize, text: &str) {
        match self.lines.len() < MOST_LINES {
            true => self.lines.push(format!("{}{text}", "  ".repeat(depth))),
            false => self.left_out = true,
        }
    }

    fn value(mut self) -> Value {
        if self.left_out {
            self.lines
                .push("… and more, which the document has".to_owned());
        }
        Value::from(self.lines.join("\n"))
    }

    fn answer<'a>(&mut self, depth: usize, status: &str, place: At<'a, Answer<'a>>) {
        let said = match place.description.unwrap_or_default().trim() {
            "" => String::new(),
            said => format!(": {}", short(said)),
        };
        self.line(depth, &format!("{status}{said}"));
        for (name, _) in &place.said().headers {
            self.line(depth + 1, &format!("header {}", short(name)));
        }
        self.bodies(depth + 1, &place.said().content, |id| place.at(id));
    }

    fn bodies<'a>(
        &mut self,
        depth: usize,
        content: &[(&str, Id<MediaType<'a>>)],
        at: impl Fn(Id<MediaType<'a>>) -> At<'a, MediaType<'a>>,
    ) {
        for (name, media) in content {
            self.media_type(depth, name, at(*media));
        }
    }

    fn media_type<'a>(&mut self, depth: usize, name: &str, place: At<'a, MediaType<'a>>) {
        match place.schema.map(|id| Schema::new(place.at(id))) {
            Some(schema) => self.schema(depth, &short(name), "", &schema, &mut Vec::new()),
            None => self.line(depth, &short(name)),
        }
    }

    fn parameter<'a>(&mut self, place: At<'a, Parameter<'a>>) {
        let [location, name] = [place.location, place.name].map(Option::unwrap_or_default);
        let name = format!("{} {}", short(location), short(name));
        let required = if place.required { ", required" } else { "" };
        match place.schema.map(|id| Schema::new(place.at(id))) {
            Some(schema) => self.schema(1, &name, required, &schema, &mut Vec::new()),
            None => self.line(1, &format!("{name}{required}")),
        }
    }

    /// A line of a name with what a schema says, and below it the fields; `above` has the schemas that this is within.
    fn schema(
        &mut self,
        depth: usize,
        name: &str,
        marks: &str,
        schema: &Schema<'_>,
        above: &mut Vec<Vec<usize>>,
    ) {
        // A schema can reach thousands of others: nothing is looked at that is not shown.
        if self.lines.len() >= MOST_LINES {
            self.left_out = true;
            return;
        }
        let schema = schema.unwrapped();
        let Some(flat) = Flat::of(&schema) else {
            return;
        };
        let address = schema.ids();
        if above.contains(&address) {
            return self.line(depth, &format!("{name}: as above{marks}"));
        }
        self.line(depth, &format!("{name}: {}{marks}", said(&flat)));
        if above.len() >= DEEPEST {
            self.left_out |= !flat.members(|part| &part.properties).is_empty();
            return;
        }
        above.push(address);
        let required = flat.required();
        for (name, field) in flat.members(|part| &part.properties) {
            let goes = !field
                .places()
                .iter()
                .any(|place| super::objects::is_elsewhere(*place, self.direction));
            let marks = match required.contains(name) {
                true => ", required",
                false => "",
            };
            if goes {
                self.schema(depth + 1, &short(name), marks, &field, above);
            }
        }
        let within = [
            (flat.schemas(|part| part.items), "each"),
            (flat.schemas(|part| part.additional), "any other"),
        ];
        for (mut within, name) in within {
            within.retain(|place| place.raw().is_object());
            if let Some(within) = Schema::all_of(within) {
                self.schema(depth + 1, name, "", &within, above);
            }
        }
        for union in &flat.unions {
            for member in &union.members {
                let name = member
                    .name()
                    .map_or_else(|| "or".to_owned(), |name| format!("or {}", short(name)));
                self.schema(depth + 1, &name, "", member, above);
            }
        }
        above.pop();
    }
}

/// The type with its format, its values and its limits.
fn said(flat: &Flat<'_>) -> String {
    let types = Types::of(flat);
    let mut said = match types.text() {
        Value::String(name) if name == "any" => match types.implied() {
            Some(implied) => implied.name().to_owned(),
            None if !flat.unions.is_empty() => "one of these".to_owned(),
            None => name,
        },
        Value::String(name) => name,
        names => {
            let names = names.as_array().into_iter().flatten();
            names
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join(" or ")
        }
    };
    for format in flat.all(|part| part.format).collect::<BTreeSet<_>>() {
        said.push_str(&format!(" ({})", short(format)));
    }
    if flat.is(|part| part.nullable) || types.is_null_said() {
        said.push_str(" or null");
    }
    if let Some(values) = values(flat) {
        let shown = values.iter().take(MOST_VALUES).map(|value| match value {
            Value::String(text) => short(text),
            value => short(&value.to_string()),
        });
        let mut shown = shown.collect::<Vec<_>>().join(", ");
        if values.len() > MOST_VALUES {
            shown.push_str(&format!(" and {} more", values.len() - MOST_VALUES));
        }
        said.push_str(&format!(", one of: {shown}"));
    }
    said
}

/// A text of others in one line, of a length that can be read.
fn short(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() > LONGEST {
        true => format!("{}…", text.chars().take(LONGEST).collect::<String>()),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use openapi_model::Model;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_told_with_all_that_goes_over_the_wire() {
        let document = json!({"paths": {"/refund": {"post": {
                "parameters": [{"in": "path", "name": "id", "required": true, "schema": {"type": "string"}}],
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                    "required": ["amount"],
                    "properties": {
                        "amount": {"type": "integer", "format": "int64"},
                        "id": {"type": "string", "readOnly": true},
                    },
                }}}},
                "responses": {
                    "200": {"description": "done\nand well", "content": {"application/json": {"schema": {"$ref": "#/node"}}}},
                    "default": {"description": ""},
                },
            }}},
            "node": {
                "type": "object",
                "properties": {
                    "state": {"type": ["string", "null"], "enum": ["open", "done", null]},
                    "next": {"$ref": "#/node"},
                    "parts": {"type": "array", "items": {"type": "number"}},
                    "more": {"type": "object", "additionalProperties": {"type": "boolean"}},
                },
            },
        });
        let model = Model::of(&document);
        let post = model.calls()[0];
        let told = operation(
            &post.label(),
            post.parameters(),
            post.operation,
            Direction::Request,
        );
        assert_eq!(
            told.as_str().unwrap(),
            "\
POST /refund
  path id: string, required
  request body, required
    application/json: object
      amount: integer (int64), required
  answer 200: done and well
    application/json: object
      more: object
        any other: boolean
      next: as above
      parts: array
        each: number
      state: string or null, one of: open, done, null
  answer default"
        );
    }

    #[test]
    fn an_outline_of_a_large_body_ends_and_says_so() {
        let fields: serde_json::Map<String, Value> = (0..100)
            .map(|index| (format!("field{index}"), json!({"type": "string"})))
            .collect();
        let media = json!({"schema": {"type": "object", "properties": fields}});
        let document = json!({"components": {"mediaTypes": {"m": media}}});
        let model = Model::of(&document);
        let place = model.media_types().next().unwrap();
        let told = media_type("a/b", place, Direction::Answer);
        let lines: Vec<&str> = told.as_str().unwrap().lines().collect();
        assert_eq!(lines.len(), 61);
        assert_eq!(lines[60], "… and more, which the document has");
    }
}
