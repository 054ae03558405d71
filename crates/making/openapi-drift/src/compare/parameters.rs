//! Parameters of requests, and headers of answers.

use std::collections::BTreeMap;

use openapi_model::{Answer, At, Parameter};
use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Presence};
use super::objects::Rest;
use super::operations::Operation;
use super::schemas::words;
use crate::{Class, Direction, Kind};

/// Where a parameter goes, and its name there; of a path, its place.
type Key = (String, String);

type Place<'a> = At<'a, Parameter<'a>>;

/// The parameters of one operation.
struct Parameters<'a> {
    known: BTreeMap<Key, Place<'a>>,
    /// Entries that are no parameters.
    odd: Vec<Place<'a>>,
}

impl<'a> Parameters<'a> {
    /// Those of the operation, and those of its path that it does not replace.
    fn of(operation: &Operation<'a>) -> Self {
        let mut parameters = Self {
            known: BTreeMap::new(),
            odd: Vec::new(),
        };
        for parameter in operation.parameters() {
            match key(parameter, operation.path) {
                Some(key) => drop(parameters.known.insert(key, parameter)),
                None => parameters.odd.push(parameter),
            }
        }
        parameters
    }
}

fn key(parameter: Place<'_>, path: &str) -> Option<Key> {
    let (place, name) = (parameter.location?, parameter.name?);
    let name = match place {
        "header" => name.to_lowercase(),
        "path" => index_in(path, name).map_or_else(|| name.to_owned(), |index| format!("#{index}")),
        _ => name.to_owned(),
    };
    Some((place.to_owned(), name))
}

/// Which placeholder of the path has this name.
fn index_in(path: &str, name: &str) -> Option<usize> {
    let placeholders = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next());
    placeholders.into_iter().position(|found| found == name)
}

impl<'a> Engine<'a> {
    /// Compares the parameters of two operations.
    pub(crate) fn parameters(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        let (mut before, mut after) = (Parameters::of(old), Parameters::of(new));
        let mut moved = Vec::new();
        for key in before
            .known
            .keys()
            .filter(|key| !after.known.contains_key(*key))
        {
            let same_name = |other: &&Key| other.1 == key.1 && !before.known.contains_key(*other);
            if let Some(to) = after.known.keys().find(same_name) {
                moved.push((key.clone(), to.clone()));
            }
        }
        for (from, to) in moved {
            if let (Some(old), Some(new)) = (before.known.remove(&from), after.known.remove(&to)) {
                self.parameter_moved((old, &from.0), (new, &to.0));
            }
        }
        for (key, parameter) in &before.known {
            match after.known.get(key) {
                Some(other) => self.parameter(*parameter, *other),
                None => self.parameter_presence(Some(*parameter), None),
            }
        }
        for (_, parameter) in after
            .known
            .iter()
            .filter(|(key, _)| !before.known.contains_key(*key))
        {
            self.parameter_presence(None, Some(*parameter));
        }
        self.odd_entries(&before.odd, &after.odd);
    }

    fn odd_entries(&mut self, before: &[Place<'a>], after: &[Place<'a>]) {
        let lacks = |list: &[Place<'a>], place: &Place<'a>| {
            list.iter().all(|other| other.raw() != place.raw())
        };
        for place in before.iter().filter(|place| lacks(after, place)) {
            self.unknown(Some(place.spot()), None, "an entry of parameters");
        }
        for place in after.iter().filter(|place| lacks(before, place)) {
            self.unknown(None, Some(place.spot()), "an entry of parameters");
        }
    }

    fn parameter_moved(&mut self, (old, from): (Place<'a>, &str), (new, to): (Place<'a>, &str)) {
        self.tell(
            Finding::in_after(new, Kind::ParameterMoved)
                .values(Some(from.into()), Some(to.into()))
                .classed((
                    Class::Breaking,
                    "Where clients put it today, it is refused or ignored.",
                ))
                .says(format!(
                    "The parameter `{}` goes into the {to} and no longer into the {from}.",
                    name(new)
                )),
        );
        self.parameter(old, new);
    }

    fn parameter(&mut self, old: Place<'a>, new: Place<'a>) {
        self.parameter_presence(Some(old), Some(new));
        for keyword in ["style", "explode", "allowReserved", "allowEmptyValue"] {
            let is_said = old.keyword(keyword).or(new.keyword(keyword)).is_some();
            // Another place has another way of writing by itself, which the move tells already.
            if old.location == new.location || is_said {
                self.written(old, new, keyword);
            }
        }
        self.held(old, new, &format!("As the parameter `{}`", name(new)));
    }

    fn written(&mut self, old: Place<'a>, new: Place<'a>, keyword: &str) {
        let texts = (written(old, keyword), written(new, keyword));
        self.serialization(new, keyword, texts);
    }

    /// Compares what parameters and headers say in the same way.
    fn held(&mut self, old: Place<'a>, new: Place<'a>, what: &str) {
        self.leftovers(old, new);
        self.wording(&words([old]), &words([new]));
        let deprecated = new.keyword("deprecated").unwrap_or_else(|| new.spot());
        self.deprecation(old.deprecated, new.deprecated, deprecated);
        let is_rewritten = old.content.is_some() != new.content.is_some();
        if is_rewritten {
            self.content_or_schema(old, new);
        }
        let rest = |place: Place<'a>| {
            let in_content = || {
                let content = place.said().content.as_ref().filter(|_| is_rewritten)?;
                let (_, media) = content.first()?;
                place.at(*media).schema
            };
            let schema = place.schema.or_else(in_content);
            Rest::of(schema.map(|id| place.at(id)).into_iter().collect())
        };
        self.rest(
            (&rest(old), &rest(new)),
            (old, new),
            Kind::TypeChanged,
            what,
        );
        if let (Some(old_content), Some(new_content)) = (&old.said().content, &new.said().content) {
            self.contents((old, old_content), (new, new_content));
        }
    }

    /// Tells that a value is written by the rules of a media type and no longer by a style, or the reverse.
    fn content_or_schema(&mut self, old: Place<'a>, new: Place<'a>) {
        let (class, _) = judge::unknown(self.direction);
        let written = |place: Place<'a>| match place.content.as_deref() {
            Some([(media_type, _), ..]) => format!("as `{media_type}`"),
            Some([]) => "as a media type".to_owned(),
            None => "by its style".to_owned(),
        };
        let (from, to) = (written(old), written(new));
        self.tell(
            Finding::in_after(new, Kind::SerializationChanged)
                .values(Some(from.clone().into()), Some(to.clone().into()))
                .classed((class, "The same value is other bytes on the wire."))
                .says(format!("It was written {from} and is written {to} now.")),
        );
    }

    fn parameter_presence(&mut self, old: Option<Place<'a>>, new: Option<Place<'a>>) {
        let needed = |place: Place<'_>| place.required;
        let Some(presence) = judge::presence(old.map(needed), new.map(needed)) else {
            return;
        };
        let Some(place) = new.or(old) else { return };
        let where_to = place.location.unwrap_or_default();
        // What the provider sends of that name in its own calls says nothing of ours.
        let is_key = self.direction == Direction::Request
            && where_to == "header"
            && self.options.is_idempotency_header(name(place));
        let kind = match (presence, is_key) {
            (Presence::Added { .. }, true) => Kind::IdempotencyKeyAdded,
            (Presence::Added { .. }, false) => Kind::ParameterAdded,
            (Presence::Removed { .. }, true) => Kind::IdempotencyKeyRemoved,
            (Presence::Removed { .. }, false) => Kind::ParameterRemoved,
            (Presence::Required, true) => Kind::IdempotencyKeyRequired,
            (Presence::Required, false) => Kind::ParameterRequired,
            (Presence::Optional, true) => Kind::IdempotencyKeyOptional,
            (Presence::Optional, false) => Kind::ParameterOptional,
        };
        let class = match (presence, is_key) {
            (Presence::Added { required: false }, true) => (
                Class::ReadThis,
                "The provider recognises repeated requests by it. Send it, and name it as `idempotency_header` in \
                 `provider.toml`, so that an interrupted request can be sent again.",
            ),
            (Presence::Removed { .. }, true) => (
                Class::Breaking,
                "The provider no longer recognises repeated requests by it: sending one again can pay twice. Remove \
                 `idempotency_header` from `provider.toml`.",
            ),
            (Presence::Optional, true) => (
                Class::ReadThis,
                "A request without it is accepted and is not recognised when it is repeated. Go on sending it.",
            ),
            _ => presence.judged(self.direction),
        };
        let (before_needs, after_needs) = presence.needs();
        let is_new_or_gone = old.is_none() || new.is_none();
        let finding = match is_new_or_gone {
            true => {
                let mut finding = Finding::in_either(old, new, kind);
                finding.before = old.map(schema_of);
                finding.after = new.map(schema_of);
                finding
            }
            false => Finding::in_after(
                place.keyword("required").unwrap_or_else(|| place.spot()),
                kind,
            )
            .values(before_needs, after_needs),
        };
        self.tell(finding.classed(class).says(format!(
            "The {where_to} parameter `{}` {}.",
            name(place),
            presence.words()
        )));
    }

    /// Compares the headers of two answers.
    pub(crate) fn headers(&mut self, old: At<'a, Answer<'a>>, new: At<'a, Answer<'a>>) {
        let headers = |answer: At<'a, Answer<'a>>| -> BTreeMap<String, (&'a str, Place<'a>)> {
            let all = answer.said().headers.iter();
            // The media types of the body say it.
            all.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
                .map(|(name, header)| (name.to_lowercase(), (*name, answer.at(*header))))
                .collect()
        };
        let (before, after) = (headers(old), headers(new));
        for (key, (name, header)) in &before {
            let other = after.get(key).map(|(_, place)| *place);
            self.header_presence(name, Some(*header), other);
            if let Some(other) = other {
                for keyword in ["style", "explode"] {
                    self.written(*header, other, keyword);
                }
                self.held(*header, other, &format!("In the header `{name}`"));
            }
        }
        for (_, (name, header)) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            self.header_presence(name, None, Some(*header));
        }
    }

    fn header_presence(&mut self, name: &str, old: Option<Place<'a>>, new: Option<Place<'a>>) {
        let needed = |place: Place<'_>| place.required;
        let Some(presence) = judge::presence(old.map(needed), new.map(needed)) else {
            return;
        };
        let kind = match presence {
            Presence::Added { .. } => Kind::HeaderAdded,
            Presence::Removed { .. } => Kind::HeaderRemoved,
            Presence::Required => Kind::HeaderRequired,
            Presence::Optional => Kind::HeaderOptional,
        };
        let (before, after) = match (old, new) {
            (Some(_), Some(_)) => presence.needs(),
            _ => (old.map(schema_of), new.map(schema_of)),
        };
        self.tell(
            Finding::in_either(old, new, kind)
                .values(before, after)
                .classed(presence.judged(self.direction))
                .says(format!("The header `{name}` {}.", presence.words())),
        );
    }
}

fn name<'a>(parameter: Place<'a>) -> &'a str {
    parameter.name.unwrap_or_default()
}

fn schema_of(place: Place<'_>) -> Value {
    let schema = place.schema.map(|id| place.at(id).end());
    schema.map_or(place.raw(), |schema| schema.raw()).clone()
}

/// How a value is written, with the defaults of OpenAPI put in.
fn written(place: Place<'_>, keyword: &str) -> String {
    let style = place.style.unwrap_or(match place.location {
        Some("query" | "cookie") => "form",
        _ => "simple",
    });
    match keyword {
        "style" => style.to_owned(),
        "explode" => place.explode.unwrap_or(style == "form").to_string(),
        "allowReserved" => place.allow_reserved.to_string(),
        _ => place.allow_empty.to_string(),
    }
}
