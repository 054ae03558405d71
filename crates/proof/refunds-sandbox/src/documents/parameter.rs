//! Parameters: where they stand in a request, and whether their values fit.

use std::collections::BTreeMap;

use hyper::HeaderMap;
use serde_json::Value;

use super::{
    bundle::Direction,
    media,
    pairs::{Pair, decoded},
    problem::Problem,
    schema::Schema,
    shape::Shape,
    source::{Source, is_true, text},
    template::PathValue,
    texts::{self, Meanings},
};

pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: Place,
    required: bool,
    style: Style,
    explode: bool,
    allows_empty: bool,
    /// Whether it carries a credential, which no problem may repeat.
    pub(super) is_secret: bool,
    shape: Shape,
    value: Described,
}

/// What describes the value.
enum Described {
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
enum Style {
    Form,
    Simple,
    Label,
    Matrix,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
}

/// The parts of a request that have parameters.
pub(super) struct Parts<'a> {
    pub(super) path: Vec<PathValue>,
    pub(super) query: Vec<Pair>,
    pub(super) headers: &'a HeaderMap,
}

/// What a request has of a parameter.
enum Given {
    Nothing,
    /// A value that is not split here, since it can be read in several ways.
    Unjudged,
    Value(Meanings),
    Members(BTreeMap<String, Meanings>),
    /// Not in the style of the parameter.
    Misfit(&'static str),
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
        let shape = Shape::of(source, schema);
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
    fn is_spread(&self) -> bool {
        let is_text = matches!(self.value, Described::Content(..));
        !is_text && self.shape.has_objects && self.explode && self.style == Style::Form
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

    fn given(&self, parts: &Parts<'_>) -> Given {
        match self.place {
            Place::Path => self.given_in_path(parts),
            Place::Query => self.given_in_query(parts),
            Place::Header => {
                let lines = parts.headers.get_all(&self.name).iter();
                let lines = lines.map(|line| String::from_utf8_lossy(line.as_bytes()));
                let lines: Vec<_> = lines.collect();
                if lines.is_empty() {
                    return Given::Nothing;
                }
                let text = lines.join(",");
                self.simple(&text, text.split(',').map(str::trim))
            }
            Place::Cookie => self.given_in_cookie(parts),
        }
    }

    /// A text, or a list of these items.
    fn simple<'a>(&self, text: &str, items: impl Iterator<Item = &'a str>) -> Given {
        if self.shape.has_objects {
            return Given::Unjudged;
        }
        let mut meanings = texts::of_text(text);
        if self.shape.has_arrays {
            meanings.extend(texts::of_items(&items.collect::<Vec<_>>()));
        }
        Given::Value(meanings)
    }

    fn given_in_path(&self, parts: &Parts<'_>) -> Given {
        let Some(value) = parts.path.iter().find(|value| value.name == self.name) else {
            return Given::Nothing;
        };
        if !value.is_certain {
            return Given::Unjudged;
        }
        let is_one = !self.shape.has_arrays && !self.shape.has_objects;
        match self.style {
            Style::Label => match value.text.strip_prefix('.') {
                None => Given::Misfit("not in the style `label`"),
                Some(text) if is_one => Given::Value(texts::of_text(text)),
                Some(_) => Given::Unjudged,
            },
            Style::Matrix => {
                let rest = value.text.strip_prefix(';');
                let named = rest.and_then(|rest| rest.strip_prefix(self.name.as_str()));
                match (rest, named) {
                    // The members of an object are the names.
                    (Some(_), _) if self.shape.has_objects => Given::Unjudged,
                    (_, None) => Given::Misfit("not in the style `matrix`"),
                    (_, Some(text)) if is_one => {
                        let text = text.strip_prefix('=').unwrap_or(text);
                        Given::Value(texts::of_text(text))
                    }
                    (_, Some(_)) => Given::Unjudged,
                }
            }
            _ => {
                // A comma in a value is encoded; one that is not parts two of them.
                let raw = value.raw.as_deref().unwrap_or(&value.text);
                let items: Vec<String> = raw.split(',').map(path_decoded).collect();
                self.simple(&value.text, items.iter().map(String::as_str))
            }
        }
    }

    fn given_in_query(&self, parts: &Parts<'_>) -> Given {
        let own: Vec<&Pair> = parts
            .query
            .iter()
            .filter(|pair| pair.name == self.name)
            .collect();
        if let Described::Content(..) = self.value {
            let last = own.last().map(|pair| Value::String(pair.value.clone()));
            return last.map_or(Given::Nothing, |text| Given::Value(vec![text]));
        }
        if self.style == Style::DeepObject {
            return self.deep(parts, !own.is_empty());
        }
        if self.is_spread() {
            return self.spread(parts, !own.is_empty());
        }
        let values: Vec<&str> = own.iter().map(|pair| pair.value.as_str()).collect();
        let [pair] = own.as_slice() else {
            return match values.as_slice() {
                [] => Given::Nothing,
                _ if self.explode || !self.shape.has_arrays => {
                    Given::Value(texts::of_items(&values))
                }
                _ => Given::Misfit("given more than once, where one list is documented"),
            };
        };
        if self.allows_empty && pair.value.is_empty() {
            return Given::Unjudged;
        }
        let items: Vec<String> = match self.style {
            Style::SpaceDelimited => pair.value.split(' ').map(str::to_owned).collect(),
            Style::PipeDelimited => pair.value.split('|').map(str::to_owned).collect(),
            _ if self.explode => vec![pair.value.clone()],
            // A comma in a value is encoded; one that is not parts two of them.
            _ => pair.raw.split(',').map(decoded).collect(),
        };
        self.simple(&pair.value, items.iter().map(String::as_str))
    }

    fn deep(&self, parts: &Parts<'_>, has_own: bool) -> Given {
        let mut members: BTreeMap<String, Meanings> = BTreeMap::new();
        for pair in &parts.query {
            let Some(key) = key_of(&pair.name, &self.name) else {
                continue;
            };
            // Objects in objects, and lists: what they look like is not specified.
            if key.contains(['[', ']']) || members.contains_key(key) {
                return Given::Unjudged;
            }
            members.insert(key.to_owned(), texts::of_text(&pair.value));
        }
        match (members.is_empty(), has_own) {
            (true, true) if self.shape.is_object() => {
                Given::Misfit("not in the style `deepObject`")
            }
            (true, false) => Given::Nothing,
            (false, false) => Given::Members(members),
            _ => Given::Unjudged,
        }
    }

    fn spread(&self, parts: &Parts<'_>, has_own: bool) -> Given {
        if !self.shape.is_object() {
            return if has_own || !self.required {
                Given::Unjudged
            } else {
                self.spread_members(parts)
            };
        }
        self.spread_members(parts)
    }

    fn spread_members(&self, parts: &Parts<'_>) -> Given {
        // Names that are not told could be another parameter's.
        if self.shape.is_open {
            return Given::Unjudged;
        }
        let mut values: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for pair in &parts.query {
            if self.shape.members.contains(&pair.name) {
                values.entry(&pair.name).or_default().push(&pair.value);
            }
        }
        if values.is_empty() && !self.required {
            return Given::Nothing;
        }
        let members = values.into_iter().map(|(name, values)| {
            let mut meanings = match values.as_slice() {
                [text] => texts::of_text(text),
                _ => Meanings::new(),
            };
            meanings.extend(texts::of_items(&values));
            (name.to_owned(), meanings)
        });
        Given::Members(members.collect())
    }

    fn given_in_cookie(&self, parts: &Parts<'_>) -> Given {
        let Some(text) = cookie(parts.headers, &self.name) else {
            return Given::Nothing;
        };
        if self.shape.has_objects || (self.shape.has_arrays && self.explode) {
            return Given::Unjudged;
        }
        let mut meanings = texts::of_text(&text);
        meanings.extend(texts::of_text(&path_decoded(&text)));
        if self.shape.has_arrays {
            let items: Vec<String> = text.split(',').map(path_decoded).collect();
            meanings.extend(texts::of_items(&items));
        }
        Given::Value(meanings)
    }
}

/// A cookie's value, as sent.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all("cookie").iter().find_map(|line| {
        let line = String::from_utf8_lossy(line.as_bytes());
        let mut cookies = line
            .split(';')
            .filter_map(|cookie| cookie.trim().split_once('='));
        let (_, value) = cookies.find(|(given, _)| *given == name)?;
        Some(value.to_owned())
    })
}

fn path_decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

/// `b` of `a[b]`.
fn key_of<'a>(given: &'a str, name: &str) -> Option<&'a str> {
    given
        .strip_prefix(name)?
        .strip_prefix('[')?
        .strip_suffix(']')
}
