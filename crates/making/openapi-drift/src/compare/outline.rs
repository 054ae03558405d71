//! What is new or gone as a whole, in a few lines for a reader: fields with their types, in place of a schema.

use serde_json::Value;

use super::objects::members;
use super::operations::METHODS;
use super::schema::{Flat, Schema};
use super::types::{Types, values};
use crate::Direction;
use crate::place::Place;

/// Lines of an outline, and levels of fields in it; what is left out is stated.
const MOST_LINES: usize = 60;
const DEEPEST: usize = 6;
/// Characters of a name, a description or a value.
const LONGEST: usize = 80;
/// Values of an enumeration.
const MOST_VALUES: usize = 12;

/// An answer: its status with its description, then each body.
pub(crate) fn answer(status: &str, place: &Place<'_>, direction: Direction) -> Value {
    let mut outline = Outline::new(direction);
    outline.answer(0, &status.to_lowercase().replace("xx", "XX"), place);
    outline.value()
}

/// The body of a request.
pub(crate) fn request_body(place: &Place<'_>, direction: Direction) -> Value {
    let mut outline = Outline::new(direction);
    outline.bodies(0, place);
    outline.value()
}

/// The body of one media type.
pub(crate) fn media_type(name: &str, place: &Place<'_>, direction: Direction) -> Value {
    let mut outline = Outline::new(direction);
    outline.media_type(0, name, place);
    outline.value()
}

/// An operation: `label`, its parameters, its body and its answers.
pub(crate) fn operation(
    label: &str,
    item: Option<&Place<'_>>,
    place: &Place<'_>,
    sent: Direction,
) -> Value {
    let mut outline = Outline::new(sent);
    outline.line(0, label);
    let lists = item.into_iter().chain([place]);
    for parameter in lists.flat_map(|place| place.items_of("parameters")) {
        outline.parameter(&parameter.resolved());
    }
    if let Some(body) = place.get("requestBody") {
        let body = body.resolved();
        let required = if body.is("required") {
            ", required"
        } else {
            ""
        };
        outline.line(1, &format!("request body{required}"));
        outline.bodies(2, &body);
    }
    outline.direction = sent.reversed();
    for (status, answer) in place.entries_of("responses") {
        if !status.starts_with("x-") {
            outline.answer(1, &format!("answer {status}"), &answer);
        }
    }
    outline.value()
}

/// A call of the provider: a callback, a path item or an operation.
pub(crate) fn calls(name: &str, item: &Place<'_>) -> Value {
    let item = item.resolved();
    // Of a callback, the expressions of the URL are between the name and the path item.
    let inner = item
        .entries()
        .into_iter()
        .map(|(_, inner)| inner.resolved());
    for item in [item.clone()].into_iter().chain(inner) {
        for method in METHODS {
            if let Some(place) = item.get(method).filter(|place| place.object().is_some()) {
                let label = format!("{} {name}", method.to_uppercase());
                return operation(&label, Some(&item), &place, Direction::Answer);
            }
        }
    }
    operation(name, None, &item, Direction::Answer)
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

    fn answer(&mut self, depth: usize, status: &str, place: &Place<'_>) {
        let place = place.resolved();
        let said = place.text("description").unwrap_or_default();
        let said = match said.trim() {
            "" => String::new(),
            said => format!(": {}", short(said)),
        };
        self.line(depth, &format!("{status}{said}"));
        for (name, _) in place.entries_of("headers") {
            self.line(depth + 1, &format!("header {}", short(name)));
        }
        self.bodies(depth + 1, &place);
    }

    fn bodies(&mut self, depth: usize, place: &Place<'_>) {
        for (name, media) in place.entries_of("content") {
            self.media_type(depth, name, &media.resolved());
        }
    }

    fn media_type(&mut self, depth: usize, name: &str, place: &Place<'_>) {
        match place.get("schema") {
            Some(schema) => self.schema(
                depth,
                &short(name),
                "",
                &Schema::new(schema),
                &mut Vec::new(),
            ),
            None => self.line(depth, &short(name)),
        }
    }

    fn parameter(&mut self, place: &Place<'_>) {
        let text = |key| place.text(key).unwrap_or_default();
        let name = format!("{} {}", short(text("in")), short(text("name")));
        let required = if place.is("required") {
            ", required"
        } else {
            ""
        };
        match place.get("schema") {
            Some(schema) => self.schema(1, &name, required, &Schema::new(schema), &mut Vec::new()),
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
        let address = schema.addresses();
        if above.contains(&address) {
            return self.line(depth, &format!("{name}: as above{marks}"));
        }
        self.line(depth, &format!("{name}: {}{marks}", said(&flat)));
        if above.len() >= DEEPEST {
            self.left_out |= !members(&flat, "properties").is_empty();
            return;
        }
        above.push(address);
        let required: Vec<&str> = flat
            .all("required")
            .iter()
            .flat_map(Place::items)
            .filter_map(|name| name.value.as_str())
            .collect();
        for (name, field) in members(&flat, "properties") {
            let goes = !field
                .places()
                .iter()
                .any(|place| super::objects::is_elsewhere(place, self.direction));
            let marks = match required.contains(&name) {
                true => ", required",
                false => "",
            };
            if goes {
                self.schema(depth + 1, &short(name), marks, &field, above);
            }
        }
        for (keyword, name) in [("items", "each"), ("additionalProperties", "any other")] {
            let within = flat
                .all(keyword)
                .into_iter()
                .filter(|place| place.object().is_some());
            if let Some(within) = Schema::all_of(within.collect()) {
                self.schema(depth + 1, name, "", &within, above);
            }
        }
        for union in &flat.unions {
            for member in &union.members {
                let name = member
                    .name()
                    .map_or_else(|| "or".to_owned(), |name| format!("or {}", short(&name)));
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
            Some(name) => name.to_owned(),
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
    for format in flat.texts("format") {
        said.push_str(&format!(" ({})", short(format)));
    }
    if flat.null_by_union || flat.is("nullable") || types.is_null_said() {
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
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_told_with_all_that_goes_over_the_wire() {
        let document = json!({
            "refund": {
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
            },
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
        let root = Place::root(&document);
        let place = root.get("refund").unwrap();
        let told = operation("POST /refund", None, &place, Direction::Request);
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
        let document = json!({"schema": {"type": "object", "properties": fields}});
        let told = media_type("a/b", &Place::root(&document), Direction::Answer);
        let lines: Vec<&str> = told.as_str().unwrap().lines().collect();
        assert_eq!(lines.len(), 61);
        assert_eq!(lines[60], "… and more, which the document has");
    }
}
