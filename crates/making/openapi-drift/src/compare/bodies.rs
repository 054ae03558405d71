//! Bodies and their media types.

use std::collections::BTreeMap;

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Presence, Shift};
use super::keywords;
use super::outline;
use crate::place::Place;
use crate::{Class, Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares the request bodies of two operations.
    pub(crate) fn request_bodies(&mut self, old: &Place<'a>, new: &Place<'a>, sent: Direction) {
        let body = |operation: &Place<'a>| {
            let body = operation.get("requestBody")?;
            body.object()?;
            Some(body.resolved())
        };
        let (old, new) = (body(old), body(new));
        let needed = |body: &Place<'_>| body.is("required");
        if let Some(presence) = judge::presence(old.as_ref().map(needed), new.as_ref().map(needed))
        {
            self.body_presence(old.as_ref(), new.as_ref(), presence, sent);
        } else if let (Some(old), Some(new)) = (&old, &new) {
            self.body_left_out(old, new, sent);
        }
        if let (Some(old), Some(new)) = (old, new) {
            self.leftovers(&old, &new, keywords::REQUEST_BODY, sent);
            let words = |place: &Place<'a>| -> Vec<Place<'a>> {
                place.get("description").into_iter().collect()
            };
            self.wording(&words(&old), &words(&new));
            self.contents(Some(&old), Some(&new), sent);
        }
    }

    /// `required: false` means what no word about it means, but it makes the client send nothing by itself.
    fn body_left_out(&mut self, old: &Place<'a>, new: &Place<'a>, sent: Direction) {
        let said = |body: &Place<'a>| body.get("required").is_some();
        if sent == Direction::Request && said(old) != said(new) {
            self.tell(
                Finding::in_either(Some(old), Some(new), Kind::BodyOptional, sent)
                    .values(
                        old.get("required").map(|required| required.value.clone()),
                        new.get("required").map(|required| required.value.clone()),
                    )
                    .classed((
                        Class::ReadThis,
                        "where a document says that a body may be left out, the client sends none that was not given; elsewhere it sends what it has",
                    ))
                    .says("The document says in another way that the request body may be left out."),
            );
        }
    }

    fn body_presence(
        &mut self,
        old: Option<&Place<'a>>,
        new: Option<&Place<'a>>,
        presence: Presence,
        sent: Direction,
    ) {
        let kind = match presence {
            Presence::Added { .. } => Kind::BodyAdded,
            Presence::Removed { .. } => Kind::BodyRemoved,
            Presence::Required => Kind::BodyRequired,
            Presence::Optional => Kind::BodyOptional,
        };
        let told = |body: Option<&Place<'a>>| body.map(|body| outline::request_body(body, sent));
        let (before, after) = match (old, new) {
            (Some(_), Some(_)) => presence.needs(),
            _ => (told(old), told(new)),
        };
        self.tell(
            Finding::in_either(old, new, kind, sent)
                .values(before, after)
                .classed(presence.judged(sent))
                .says(format!("The request body {}.", presence.words())),
        );
    }

    /// Compares the media types of two bodies, parameters or headers.
    pub(crate) fn contents(
        &mut self,
        old: Option<&Place<'a>>,
        new: Option<&Place<'a>>,
        direction: Direction,
    ) {
        let (before, after) = (media_types(old), media_types(new));
        for (name, (text, media)) in &before {
            match after.get(name) {
                Some((other_text, other)) => {
                    if text != other_text {
                        self.media_type_parameters((text, other_text), other, direction);
                    }
                    self.media_type(media, other, direction);
                }
                None => {
                    let covering = covering(&after, name);
                    let is_spelt_out = after
                        .keys()
                        .any(|new| !before.contains_key(new) && is_within(new, name));
                    let became = match (covering, is_spelt_out) {
                        (Some(_), _) => Some(Shift::Widened),
                        (None, true) => Some(Shift::Narrowed),
                        (None, false) => None,
                    };
                    match became {
                        Some(shift) => self.range_changed(text, media, shift, direction),
                        None => self.media_type_gone(text, media, after.is_empty(), direction),
                    }
                    if let Some(range) = covering {
                        self.media_type(media, range, direction);
                    }
                }
            }
        }
        for (name, (text, media)) in &after {
            if !before.contains_key(name) {
                self.media_type_new(text, media, direction);
                if let Some(range) = covering(&before, name) {
                    self.media_type(range, media, direction);
                }
            }
        }
    }

    fn media_type(&mut self, old: &Place<'a>, new: &Place<'a>, direction: Direction) {
        self.leftovers(old, new, keywords::MEDIA_TYPE, direction);
        let encoding = |media: &Place<'a>| media.get("encoding").map(|place| place.value);
        if encoding(old) != encoding(new) {
            let (class, _) = judge::unknown(direction);
            let place = new.get("encoding");
            let finding = Finding::in_either(
                old.get("encoding").as_ref(),
                place.as_ref(),
                Kind::SerializationChanged,
                direction,
            );
            self.tell(
                finding
                    .classed((class, "The parts of the form are other bytes on the wire."))
                    .says("The encoding of the parts of the body is another one."),
            );
        }
        self.value(old, new, direction, "As the body");
    }

    fn media_type_parameters(
        &mut self,
        (old, new): (&str, &str),
        place: &Place<'a>,
        direction: Direction,
    ) {
        self.tell(
            Finding::in_after(place, Kind::MediaTypeParametersChanged, direction)
                .values(Some(old.into()), Some(new.into()))
                .classed((Class::Compatible, "The body itself is of the same type."))
                .says(format!("The media type `{old}` is written `{new}` now.")),
        );
    }

    /// Tells that a media type is in a range now, or that a range became media types that are in it.
    fn range_changed(&mut self, name: &str, place: &Place<'a>, shift: Shift, direction: Direction) {
        let what = match shift {
            Shift::Widened => format!("The media type `{name}` is one of a range now."),
            _ => format!("Of the media types `{name}`, some are named in place of all."),
        };
        self.tell(
            Finding::in_before(place, Kind::MediaTypeRemoved, direction)
                .values(Some(name.into()), None)
                .classed(judge::shift(direction, shift))
                .says(what),
        );
    }

    fn media_type_gone(
        &mut self,
        name: &str,
        place: &Place<'a>,
        was_last: bool,
        direction: Direction,
    ) {
        let class = match direction {
            Direction::Request => (
                Class::Breaking,
                "Bodies of this type are refused now. See which type our client sends.",
            ),
            _ if was_last => (
                Class::Breaking,
                "An answer with that body is what clients read; without it, what it told is not known.",
            ),
            _ => (
                Class::Breaking,
                "The provider no longer answers in this type, and clients that ask for it get another one or none.",
            ),
        };
        let kind = match was_last && direction != Direction::Request {
            true => Kind::BodyRemoved,
            false => Kind::MediaTypeRemoved,
        };
        let what = match kind {
            Kind::BodyRemoved => format!("The body, of type `{name}`, is gone."),
            _ => format!("The media type `{name}` is gone."),
        };
        self.tell(
            Finding::in_before(place, kind, direction)
                .values(Some(outline::media_type(name, place, direction)), None)
                .classed(class)
                .says(what),
        );
    }

    fn media_type_new(&mut self, name: &str, place: &Place<'a>, direction: Direction) {
        let why = match direction {
            Direction::Request => "Bodies of the types of before are still accepted.",
            _ => {
                "What came before still comes; our clients keep a body that they do not expect as bytes."
            }
        };
        self.tell(
            Finding::in_after(place, Kind::MediaTypeAdded, direction)
                .values(None, Some(outline::media_type(name, place, direction)))
                .classed((Class::Compatible, why))
                .says(format!("There is a body of type `{name}` now.")),
        );
    }
}

/// As written and what is said of them, by type in small letters without its parameters.
type MediaTypes<'a> = BTreeMap<String, (&'a str, Place<'a>)>;

/// The narrowest range that a media type is in: `text/*` before `*/*`.
fn covering<'b, 'a>(types: &'b MediaTypes<'a>, name: &str) -> Option<&'b Place<'a>> {
    let ranges = types.iter().filter(|(range, _)| is_within(name, range));
    let narrowest = ranges.max_by_key(|(range, _)| range.len());
    narrowest.map(|(_, (_, place))| place)
}

/// Whether a media type, or a range of them, is in another range.
fn is_within(name: &str, range: &str) -> bool {
    let group = range.strip_suffix('*').filter(|group| group.ends_with('/'));
    match group {
        _ if name == range => false,
        Some("*/") => name.contains('/'),
        Some(group) => name.starts_with(group),
        None => false,
    }
}

/// The media types of a body.
fn media_types<'a>(body: Option<&Place<'a>>) -> MediaTypes<'a> {
    let all = body
        .map(|body| body.entries_of("content"))
        .unwrap_or_default();
    all.into_iter()
        .map(|(name, place)| {
            let plain = name.split(';').next().unwrap_or(name);
            (plain.trim().to_lowercase(), (name, place.resolved()))
        })
        .collect()
}
