//! Bodies by media type, with the schemas of what they hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{
    bundle::Direction,
    media,
    pairs::{Pair, decoded, pairs},
    problem::Problem,
    schema::{Fault, Schema},
    shape::Shape,
    source::{Source, text},
    texts::{self, Meanings},
};

/// The documented media types of a body.
pub(super) struct Content(Vec<Media>);

pub(super) struct Media {
    media_type: String,
    schema: Schema,
    form: Form,
}

/// How the fields of a form are written.
#[derive(Default)]
struct Form {
    members: BTreeSet<String>,
    /// Of the lists that are one field, what parts their items.
    separators: BTreeMap<String, char>,
}

/// What was read from a body.
pub(super) struct ReadBody {
    /// JSON, or an object of texts from a form; none of another media type.
    pub(super) value: Option<Value>,
    pub(super) problems: Vec<Problem>,
}

impl Content {
    /// None where no media type is documented.
    pub(super) fn of(source: &Source, holder: &Value, direction: Direction) -> Option<Self> {
        let content = holder.get("content")?.as_object()?;
        let media = content.iter().map(|(media_type, described)| {
            let schema = described
                .get("schema")
                .cloned()
                .unwrap_or(Value::Bool(true));
            let form = if media::is_form(media_type) {
                Form::of(source, &schema, described)
            } else {
                Form::default()
            };
            Media {
                media_type: media_type.clone(),
                schema: Schema::of(schema, direction),
                form,
            }
        });
        let content = Self(media.collect());
        (!content.0.is_empty()).then_some(content)
    }

    pub(super) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        self.0.iter().map(|media| &media.schema)
    }

    /// Whether a body without a single byte is none of these.
    pub(super) fn needs_bytes(&self) -> bool {
        self.0.iter().all(|media| media::is_json(&media.media_type))
    }

    /// The media types that a given one best fits.
    fn fitting(&self, given: &str) -> Vec<&Media> {
        let fit = |media: &&Media| media::fit(&media.media_type, given);
        let best = self.0.iter().filter_map(|media| fit(&media)).max();
        let is_best = |media: &&Media| best.is_some() && fit(media) == best;
        self.0.iter().filter(is_best).collect()
    }

    /// The body against what is documented of its media type.
    pub(super) fn judge(&self, source: &Source, given: &str, body: &[u8]) -> ReadBody {
        let mut problems = Vec::new();
        let mut fitting = self.fitting(given);
        if fitting.is_empty() {
            let documented: Vec<_> = self
                .0
                .iter()
                .map(|media| media.media_type.as_str())
                .collect();
            problems.push(Problem::at(
                "header/Content-Type",
                format!("{given:?} where {} is documented", documented.join(" or ")),
            ));
            // Where only one is documented it is what was meant.
            if let [only] = self.0.as_slice() {
                fitting.push(only);
            }
        }
        let read = fitting
            .into_iter()
            .map(|media| media.judge(source, given, body));
        let mut read: Vec<ReadBody> = read.collect();
        let is_right = |read: &ReadBody| read.problems.iter().all(Problem::is_of_document);
        let index = read.iter().position(is_right).unwrap_or_default();
        let value = if read.is_empty() {
            None
        } else {
            let chosen = read.swap_remove(index);
            problems.extend(chosen.problems);
            chosen.value
        };
        ReadBody { value, problems }
    }
}

impl Media {
    fn judge(&self, source: &Source, given: &str, body: &[u8]) -> ReadBody {
        // A range says nothing of what is in it; what is given does.
        let media_type = if self.media_type.contains('*') {
            given
        } else {
            &self.media_type
        };
        let (value, faults) = if media::is_json(media_type) {
            match serde_json::from_slice(body) {
                Ok(value) => {
                    let faults = self.schema.faults(source, &value);
                    (value, faults)
                }
                Err(error) => {
                    return ReadBody {
                        value: None,
                        problems: vec![Problem {
                            place: "body".to_owned(),
                            not_json_at: Some(offset(body, &error)),
                            problem: error.to_string(),
                        }],
                    };
                }
            }
        } else if media::is_form(media_type) {
            let fields = pairs(&String::from_utf8_lossy(body));
            let faults = self.form.faults(&self.schema, source, &fields);
            let fields = fields.into_iter();
            let texts = fields.map(|pair| (pair.name, Value::String(pair.value)));
            (Value::Object(texts.collect::<Map<_, _>>()), faults)
        } else {
            return ReadBody {
                value: None,
                problems: Vec::new(),
            };
        };
        let mut problems: Vec<_> = faults.into_iter().map(|fault| fault.at("body")).collect();
        problems.extend(self.schema.flaw(source));
        ReadBody {
            value: Some(value),
            problems,
        }
    }
}

impl Form {
    fn of(source: &Source, schema: &Value, media: &Value) -> Self {
        let encodings = media.get("encoding").and_then(Value::as_object);
        let separators = encodings
            .into_iter()
            .flatten()
            .filter_map(|(name, encoding)| {
                let explode = encoding.get("explode").and_then(Value::as_bool);
                let separator = match text(encoding, "style") {
                    Some("spaceDelimited") => ' ',
                    Some("pipeDelimited") => '|',
                    _ if explode == Some(false) => ',',
                    _ => return None,
                };
                Some((name.clone(), separator))
            });
        Self {
            members: Shape::of(source, schema).members,
            separators: separators.collect(),
        }
    }

    fn faults(&self, schema: &Schema, source: &Source, fields: &[Pair]) -> Vec<Fault> {
        let mut grouped: BTreeMap<&str, Vec<&Pair>> = BTreeMap::new();
        let mut members: BTreeMap<String, Meanings> = BTreeMap::new();
        for pair in fields {
            match pair.name.split_once('[') {
                // Objects and lists in fields: what they look like is not specified.
                Some((name, _)) if !self.members.contains(&pair.name) => {
                    members.insert(name.to_owned(), Meanings::new());
                }
                _ => grouped.entry(&pair.name).or_default().push(pair),
            }
        }
        for (name, pairs) in grouped {
            let meanings = self.meanings(name, &pairs);
            members.entry(name.to_owned()).or_insert(meanings);
        }
        texts::member_faults(schema, source, &members)
    }

    fn meanings(&self, name: &str, pairs: &[&Pair]) -> Meanings {
        let values: Vec<&str> = pairs.iter().map(|pair| pair.value.as_str()).collect();
        let mut meanings = Meanings::new();
        if let [pair] = pairs {
            meanings.extend(texts::of_text(&pair.value));
            match self.separators.get(name) {
                Some(',') => {
                    let items: Vec<_> = pair.raw.split(',').map(decoded).collect();
                    meanings.extend(texts::of_items(&items));
                }
                Some(separator) => {
                    let items: Vec<_> = pair.value.split(*separator).collect();
                    meanings.extend(texts::of_items(&items));
                }
                None => {}
            }
        }
        meanings.extend(texts::of_items(&values));
        meanings
    }
}

/// Where in the body, from 0, reading stopped.
fn offset(body: &[u8], error: &serde_json::Error) -> usize {
    let before = body.split(|byte| *byte == b'\n');
    let lines_before = before.take(error.line().saturating_sub(1));
    let start: usize = lines_before.map(|line| line.len() + 1).sum();
    start + error.column().saturating_sub(1)
}
