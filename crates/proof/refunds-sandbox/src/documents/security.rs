//! What a call asks of credentials. Whether they are the right ones, it does not say.

use hyper::{HeaderMap, header::AUTHORIZATION};
use serde_json::Value;

use super::{
    given::cookie,
    pairs::Pair,
    parameter::Place,
    problem::Problem,
    source::{Source, text},
};

/// Alternatives, one of which has to be met whole.
pub(super) struct Security(Vec<Vec<Scheme>>);

enum Scheme {
    /// `Authorization: <word> …`.
    Http(String),
    ApiKey(Place, String),
    /// Nothing of it is in a request.
    Unseen,
}

impl Security {
    /// An operation's own, else that of the whole document.
    pub(super) fn of(source: &Source, operation: &Value) -> Self {
        let described = operation
            .get("security")
            .or_else(|| source.root().get("security"));
        let alternatives = described.and_then(Value::as_array).into_iter().flatten();
        let alternatives = alternatives.filter_map(Value::as_object).map(|schemes| {
            let schemes = schemes.keys().map(|name| Scheme::named(source, name));
            schemes.collect()
        });
        Self(alternatives.collect())
    }

    pub(super) fn judge(&self, headers: &HeaderMap, query: &[Pair]) -> Vec<Problem> {
        let missing = self.0.iter().map(|schemes| {
            let missing = schemes
                .iter()
                .filter_map(|scheme| scheme.missing(headers, query));
            missing.collect::<Vec<_>>()
        });
        missing.min_by_key(Vec::len).unwrap_or_default()
    }
}

impl Scheme {
    /// A scheme that the document does not describe asks for nothing that can be seen.
    fn named(source: &Source, name: &str) -> Self {
        let described = schemes(source).find(|(given, _)| *given == name);
        described.map_or(Self::Unseen, |(_, described)| Self::of(described))
    }

    fn of(described: &Value) -> Self {
        match text(described, "type") {
            Some("http") => Self::Http(word(text(described, "scheme").unwrap_or("bearer"))),
            Some("oauth2" | "openIdConnect") => Self::Http("Bearer".to_owned()),
            Some("apiKey") => api_key(described).map_or(Self::Unseen, |(place, name)| {
                Self::ApiKey(place, name.to_owned())
            }),
            _ => Self::Unseen,
        }
    }

    fn missing(&self, headers: &HeaderMap, query: &[Pair]) -> Option<Problem> {
        match self {
            Self::Unseen => None,
            Self::Http(word) => {
                let given = headers
                    .get(AUTHORIZATION)
                    .map(|value| String::from_utf8_lossy(value.as_bytes()));
                let given = given.as_deref().and_then(|value| value.split_once(' '));
                let is_given = given.is_some_and(|(given, _)| given.eq_ignore_ascii_case(word));
                (!is_given)
                    .then(|| Problem::at("header/Authorization", format!("no {word} credentials")))
            }
            Self::ApiKey(place, name) => {
                let is_given = match place {
                    Place::Header => headers.contains_key(name),
                    Place::Query => query.iter().any(|pair| pair.name == *name),
                    Place::Cookie => cookie(headers, name).is_some(),
                    Place::Path => true,
                };
                (!is_given).then(|| Problem::at(format!("{}/{name}", place.word()), "no API key"))
            }
        }
    }
}

/// All places of API keys that the document has, with their names.
pub(super) fn api_keys(source: &Source) -> Vec<(Place, String)> {
    let keys = schemes(source).filter_map(|(_, described)| api_key(described));
    keys.map(|(place, name)| (place, name.to_owned())).collect()
}

fn api_key(described: &Value) -> Option<(Place, &str)> {
    if text(described, "type") != Some("apiKey") {
        return None;
    }
    Some((Place::of(text(described, "in")?)?, text(described, "name")?))
}

fn schemes(source: &Source) -> impl Iterator<Item = (&str, &Value)> {
    let schemes = source.root().pointer("/components/securitySchemes");
    let schemes = schemes.and_then(Value::as_object).into_iter().flatten();
    schemes.filter_map(|(name, described)| Some((name.as_str(), source.behind(described).ok()?)))
}

/// The scheme as it is usually written; its letters' case means nothing.
fn word(scheme: &str) -> String {
    let mut letters = scheme.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
