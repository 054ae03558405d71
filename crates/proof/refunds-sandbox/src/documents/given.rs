//! What a request has of a parameter, as the parameter's style writes it.

use std::collections::BTreeMap;

use hyper::HeaderMap;

use super::{
    pairs::{Pair, decoded},
    parameter::{Parameter, Place, Style},
    template::PathValue,
    texts::{self, Meanings},
};

/// The parts of a request that have parameters.
pub(super) struct Parts<'a> {
    pub(super) path: Vec<PathValue>,
    pub(super) query: Vec<Pair>,
    pub(super) headers: &'a HeaderMap,
}

/// What a request has of a parameter.
pub(super) enum Given {
    Nothing,
    /// A value that is not split here, since it can be read in several ways.
    Unjudged,
    Value(Meanings),
    Members(BTreeMap<String, Meanings>),
    /// Not in the style of the parameter.
    Misfit(&'static str),
}

impl Parameter {
    pub(super) fn given(&self, parts: &Parts<'_>) -> Given {
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
        // A value that is no object has the parameter's own name.
        let may_be_other = !self.shape.is_object() && (has_own || !self.required);
        // Names that are not told could be another parameter's.
        if may_be_other || self.shape.is_open {
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
pub(super) fn key_of<'a>(given: &'a str, name: &str) -> Option<&'a str> {
    given
        .strip_prefix(name)?
        .strip_prefix('[')?
        .strip_suffix(']')
}
