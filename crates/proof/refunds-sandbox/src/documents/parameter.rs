//! Parameters: what is documented of them, and whether their values fit.

use serde_json::Value;

use super::{
    bundle::Direction,
    given::{Given, Parts, key_of},
    media,
    problem::Problem,
    schema::Schema,
    shape::Shape,
    source::{Source, is_true, text},
    texts,
};

pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) required: bool,
    pub(super) style: Style,
    pub(super) explode: bool,
    pub(super) allows_empty: bool,
    /// Whether it carries a credential, which no problem may repeat.
    pub(super) is_secret: bool,
    pub(super) shape: Shape,
    pub(super) value: Described,
}

/// What describes the value.
pub(super) enum Described {
    Schema(Schema),
    /// A text of this media type, with the schema of what it holds.
    Content(String, Schema),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Form,
    Simple,
    Label,
    Matrix,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

impl Place {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        let all = [Self::Path, Self::Query, Self::Header, Self::Cookie];
        all.into_iter().find(|place| place.word() == word)
    }
}

impl Parameter {
    /// None for the three headers that parameters do not describe.
    pub(super) fn of(source: &Source, described: &Value) -> Result<Option<Self>, Problem> {
        let described = source.behind(described)?;
        let unread = |what: String| Problem::of_document(what);
        let name = text(described, "name")
            .ok_or_else(|| unread("a parameter without a name".to_owned()))?;
        let place = text(described, "in")
            .and_then(Place::of)
            .ok_or_else(|| unread(format!("parameter {name} is in no place of a request")))?;
        let ignored = ["accept", "content-type", "authorization"];
        if place == Place::Header && ignored.contains(&name.to_ascii_lowercase().as_str()) {
            return Ok(None);
        }
        let style = match (text(described, "style"), place) {
            (None, Place::Query | Place::Cookie) | (Some("form"), _) => Style::Form,
            (None, Place::Path | Place::Header) | (Some("simple"), _) => Style::Simple,
            (Some("label"), _) => Style::Label,
            (Some("matrix"), _) => Style::Matrix,
            (Some("spaceDelimited"), _) => Style::SpaceDelimited,
            (Some("pipeDelimited"), _) => Style::PipeDelimited,
            (Some("deepObject"), _) => Style::DeepObject,
            (Some(other), _) => {
                return Err(unread(format!("parameter {name} has the style {other:?}")));
            }
        };
        let explode = described.get("explode").and_then(Value::as_bool);
        let content = described.get("content").and_then(Value::as_object);
        let any = Value::Bool(true);
        let content = content.and_then(|content| content.iter().next());
        let schema = content
            .map_or(described, |(_, media)| media)
            .get("schema")
            .unwrap_or(&any);
        // What is described by `content` is one text, whatever it holds.
        let shape = match content {
            Some(_) => Shape::default(),
            None => Shape::of(source, schema),
        };
        let schema = Schema::of(schema.clone(), Direction::Request);
        Ok(Some(Self {
            name: name.to_owned(),
            place,
            required: place == Place::Path || is_true(described, "required"),
            style,
            explode: explode.unwrap_or(style == Style::Form),
            allows_empty: place == Place::Query && is_true(described, "allowEmptyValue"),
            is_secret: false,
            shape,
            value: match content {
                Some((media_type, _)) => Described::Content(media_type.clone(), schema),
                None => Described::Schema(schema),
            },
        }))
    }

    pub(super) const fn schema(&self) -> &Schema {
        match &self.value {
            Described::Schema(schema) | Described::Content(_, schema) => schema,
        }
    }

    /// Whether the name in a query is this parameter's or a part of it.
    pub(super) fn has_query_name(&self, name: &str) -> bool {
        if self.place != Place::Query {
            return false;
        }
        if self.style == Style::DeepObject && key_of(name, &self.name).is_some() {
            return true;
        }
        if self.is_spread() && (self.shape.is_open || self.shape.members.contains(name)) {
            return true;
        }
        let is_only_spread = self.is_spread() && self.shape.is_object();
        name == self.name && !is_only_spread
    }

    /// Whether the members of an object stand side by side in the query.
    pub(super) fn is_spread(&self) -> bool {
        self.shape.has_objects && self.explode && self.style == Style::Form
    }

    pub(super) fn judge(&self, source: &Source, parts: &Parts<'_>, problems: &mut Vec<Problem>) {
        let place = format!("{}/{}", self.place.word(), self.name);
        let faults = match self.given(parts) {
            Given::Nothing if self.required => {
                problems.push(Problem::at(place, "missing"));
                return;
            }
            Given::Nothing | Given::Unjudged => return,
            Given::Misfit(what) => {
                problems.push(Problem::at(place, what));
                return;
            }
            Given::Value(meanings) => match &self.value {
                Described::Schema(schema) => texts::faults(schema, source, &meanings),
                Described::Content(media_type, schema) if media::is_json(media_type) => {
                    let text = meanings.first().and_then(Value::as_str).unwrap_or_default();
                    match serde_json::from_str(text) {
                        Ok(value) => schema.faults(source, &value),
                        Err(_) => {
                            problems.push(Problem::at(place, "not the JSON that is documented"));
                            return;
                        }
                    }
                }
                Described::Content(..) => return,
            },
            Given::Members(members) => texts::member_faults(self.schema(), source, &members),
        };
        problems.extend(self.schema().flaw(source));
        let is_secret = self.is_secret;
        problems.extend(faults.into_iter().map(|mut fault| {
            if is_secret {
                fault.problem.clone_from(&fault.masked);
            }
            fault.at(&place)
        }));
    }
}
