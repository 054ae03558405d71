//! Parameters of requests, and headers of answers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Presence};
use super::keywords;
use super::objects::Rest;
use super::operations::Operation;
use crate::place::Place;
use crate::{Class, Direction, Kind};

/// Where a parameter goes, and its name there; of a path, its place.
type Key = (String, String);

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
        let lists = [&operation.item, &operation.place];
        for entry in lists
            .into_iter()
            .flat_map(|place| place.items_of("parameters"))
        {
            let parameter = entry.resolved();
            match key(&parameter, &operation.path) {
                Some(key) => drop(parameters.known.insert(key, parameter)),
                None => parameters.odd.push(parameter),
            }
        }
        parameters
    }
}

fn key(parameter: &Place<'_>, path: &str) -> Option<Key> {
    let (place, name) = (parameter.text("in")?, parameter.text("name")?);
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
    pub(crate) fn parameters(&mut self, old: &Operation<'a>, new: &Operation<'a>, sent: Direction) {
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
                self.parameter_moved((&old, &from.0), (&new, &to.0), sent);
            }
        }
        for (key, parameter) in &before.known {
            match after.known.get(key) {
                Some(other) => self.parameter(parameter, other, sent),
                None => self.parameter_presence(Some(parameter), None, sent),
            }
        }
        for (_, parameter) in after
            .known
            .iter()
            .filter(|(key, _)| !before.known.contains_key(*key))
        {
            self.parameter_presence(None, Some(parameter), sent);
        }
        self.odd_entries(&before.odd, &after.odd, sent);
    }

    fn odd_entries(&mut self, before: &[Place<'a>], after: &[Place<'a>], sent: Direction) {
        let lacks = |list: &[Place<'a>], place: &Place<'a>| {
            list.iter().all(|other| other.value != place.value)
        };
        for place in before.iter().filter(|place| lacks(after, place)) {
            self.unknown(Some(place), None, "an entry of parameters", sent);
        }
        for place in after.iter().filter(|place| lacks(before, place)) {
            self.unknown(None, Some(place), "an entry of parameters", sent);
        }
    }

    fn parameter_moved(
        &mut self,
        (old, from): (&Place<'a>, &str),
        (new, to): (&Place<'a>, &str),
        sent: Direction,
    ) {
        self.tell(
            Finding::in_after(new, Kind::ParameterMoved, sent)
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
        self.parameter(old, new, sent);
    }

    fn parameter(&mut self, old: &Place<'a>, new: &Place<'a>, sent: Direction) {
        self.leftovers(old, new, keywords::PARAMETER, sent);
        self.parameter_presence(Some(old), Some(new), sent);
        let words = |place: &Place<'a>| -> Vec<Place<'a>> {
            place.get("description").into_iter().collect()
        };
        self.wording(&words(old), &words(new));
        let deprecated = new.get("deprecated").unwrap_or_else(|| new.clone());
        self.deprecation(old.is("deprecated"), new.is("deprecated"), &deprecated);
        for keyword in ["style", "explode", "allowReserved", "allowEmptyValue"] {
            let is_said = old.get(keyword).or(new.get(keyword)).is_some();
            // Another place has another way of writing by itself, which the move tells already.
            if old.text("in") != new.text("in") && !is_said {
                continue;
            }
            let texts = (written(old, keyword), written(new, keyword));
            self.serialization((Some(old), new), keyword, texts, sent);
        }
        self.value(old, new, sent, &format!("As the parameter `{}`", name(new)));
    }

    /// Compares what a parameter, a header or a media type holds.
    pub(crate) fn value(
        &mut self,
        old: &Place<'a>,
        new: &Place<'a>,
        direction: Direction,
        what: &str,
    ) {
        let has_content = |place: &Place<'a>| place.get("content").is_some();
        let is_rewritten = has_content(old) != has_content(new);
        if is_rewritten {
            self.content_or_schema(old, new, direction);
        }
        let schema = |place: &Place<'a>| {
            let in_content = || place.entries_of("content").into_iter().next();
            place.get("schema").or_else(|| {
                let (_, media) = in_content().filter(|_| is_rewritten)?;
                media.resolved().get("schema")
            })
        };
        let rest = |place: &Place<'a>| Rest::of(schema(place).into_iter().collect());
        self.rest(
            (&rest(old), &rest(new)),
            (old, new),
            Kind::TypeChanged,
            direction,
            what,
        );
        if has_content(old) && has_content(new) {
            self.contents(Some(old), Some(new), direction);
        }
    }

    /// Tells that a value is written by the rules of a media type and no longer by a style, or the reverse.
    fn content_or_schema(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        let (class, _) = judge::unknown(direction);
        let written = |place: &Place<'a>| match place.entries_of("content").first() {
            Some((media_type, _)) => format!("as `{media_type}`"),
            None if place.get("content").is_some() => "as a media type".to_owned(),
            None => "by its style".to_owned(),
        };
        let (from, to) = (written(old), written(new));
        self.tell(
            Finding::in_after(new, Kind::SerializationChanged, direction)
                .values(Some(from.clone().into()), Some(to.clone().into()))
                .classed((class, "The same value is other bytes on the wire."))
                .says(format!("It was written {from} and is written {to} now.")),
        );
    }

    fn parameter_presence(
        &mut self,
        old: Option<&Place<'a>>,
        new: Option<&Place<'a>>,
        sent: Direction,
    ) {
        let needed = |place: &Place<'_>| place.is("required") || place.text("in") == Some("path");
        let Some(presence) = judge::presence(old.map(needed), new.map(needed)) else {
            return;
        };
        let Some(place) = new.or(old) else { return };
        let where_to = place.text("in").unwrap_or_default();
        // What the provider sends of that name in its own calls says nothing of ours.
        let is_key = sent == Direction::Request
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
            _ => presence.judged(sent),
        };
        let (before_needs, after_needs) = presence.needs();
        let is_new_or_gone = old.is_none() || new.is_none();
        let finding = match is_new_or_gone {
            true => {
                let mut finding = Finding::in_either(old, new, kind, sent);
                finding.before = old.map(schema_of);
                finding.after = new.map(schema_of);
                finding
            }
            false => Finding::in_after(
                &place.get("required").unwrap_or_else(|| place.clone()),
                kind,
                sent,
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
    pub(crate) fn headers(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        let headers = |place: &Place<'a>| -> BTreeMap<String, (&'a str, Place<'a>)> {
            let all = place.entries_of("headers").into_iter();
            // The media types of the body say it.
            all.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"))
                .map(|(name, place)| (name.to_lowercase(), (name, place.resolved())))
                .collect()
        };
        let (before, after) = (headers(old), headers(new));
        for (key, (name, header)) in &before {
            let other = after.get(key).map(|(_, place)| place);
            self.header_presence(name, Some(header), other, direction);
            if let Some(other) = other {
                self.header(name, header, other, direction);
            }
        }
        for (_, (name, header)) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            self.header_presence(name, None, Some(header), direction);
        }
    }

    fn header(&mut self, name: &str, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        self.leftovers(old, new, keywords::PARAMETER, direction);
        let words = |place: &Place<'a>| -> Vec<Place<'a>> {
            place.get("description").into_iter().collect()
        };
        self.wording(&words(old), &words(new));
        let deprecated = new.get("deprecated").unwrap_or_else(|| new.clone());
        self.deprecation(old.is("deprecated"), new.is("deprecated"), &deprecated);
        for keyword in ["style", "explode"] {
            let texts = (written(old, keyword), written(new, keyword));
            self.serialization((Some(old), new), keyword, texts, direction);
        }
        self.value(old, new, direction, &format!("In the header `{name}`"));
    }

    fn header_presence(
        &mut self,
        name: &str,
        old: Option<&Place<'a>>,
        new: Option<&Place<'a>>,
        direction: Direction,
    ) {
        let needed = |place: &Place<'_>| place.is("required");
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
            Finding::in_either(old, new, kind, direction)
                .values(before, after)
                .classed(presence.judged(direction))
                .says(format!("The header `{name}` {}.", presence.words())),
        );
    }
}

fn name<'a>(parameter: &Place<'a>) -> &'a str {
    parameter.text("name").unwrap_or_default()
}

fn schema_of(place: &Place<'_>) -> Value {
    let schema = place.get("schema").map(|schema| schema.resolved());
    schema.map_or_else(|| place.value.clone(), |schema| schema.value.clone())
}

/// How a value is written, with the defaults of OpenAPI put in.
fn written(place: &Place<'_>, keyword: &str) -> String {
    let style = place.text("style").unwrap_or(match place.text("in") {
        Some("query" | "cookie") => "form",
        _ => "simple",
    });
    match keyword {
        "style" => style.to_owned(),
        "explode" => {
            let stated = place.get("explode").and_then(|value| value.value.as_bool());
            stated.unwrap_or(style == "form").to_string()
        }
        keyword => place.is(keyword).to_string(),
    }
}
