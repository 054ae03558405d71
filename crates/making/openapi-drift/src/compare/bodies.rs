//! Bodies and their media types.

use std::collections::BTreeMap;

use openapi_model::{At, Id, MediaType, Operation, Part, RequestBody, Spot};

use super::engine::Engine;
use super::finding::Finding;
use super::judge::{self, Presence, Shift};
use super::objects::Rest;
use super::outline;
use super::schemas::words;
use crate::{Class, Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares the request bodies of two operations.
    pub(crate) fn request_bodies(
        &mut self,
        old: At<'a, Operation<'a>>,
        new: At<'a, Operation<'a>>,
    ) {
        let body = |operation: At<'a, Operation<'a>>| Some(operation.at(operation.body?));
        let (old, new) = (body(old), body(new));
        let needed = |body: Body<'_>| body.required == Some(true);
        if let Some(presence) = judge::presence(old.map(needed), new.map(needed)) {
            self.body_presence(old, new, presence);
        } else if let (Some(old), Some(new)) = (old, new) {
            self.body_left_out(old, new);
        }
        if let (Some(old), Some(new)) = (old, new) {
            self.leftovers(old, new);
            self.wording(&words([old]), &words([new]));
            self.contents((old, &old.said().content), (new, &new.said().content));
        }
    }

    /// `required: false` means what no word about it means, but it makes the client send nothing by itself.
    fn body_left_out(&mut self, old: Body<'a>, new: Body<'a>) {
        let said = |body: Body<'a>| body.keyword("required");
        if self.direction == Direction::Request && said(old).is_some() != said(new).is_some() {
            let value = |body| said(body).map(|required| required.value.clone());
            self.tell(
                Finding::in_after(new, Kind::BodyOptional)
                    .values(value(old), value(new))
                    .classed((
                        Class::ReadThis,
                        "where a document says that a body may be left out, the client sends none that was not given; elsewhere it sends what it has",
                    ))
                    .says("The document says in another way that the request body may be left out."),
            );
        }
    }

    fn body_presence(&mut self, old: Option<Body<'a>>, new: Option<Body<'a>>, presence: Presence) {
        let kind = match presence {
            Presence::Added { .. } => Kind::BodyAdded,
            Presence::Removed { .. } => Kind::BodyRemoved,
            Presence::Required => Kind::BodyRequired,
            Presence::Optional => Kind::BodyOptional,
        };
        let told =
            |body: Option<Body<'a>>| body.map(|body| outline::request_body(body, self.direction));
        let (before, after) = match (old, new) {
            (Some(_), Some(_)) => presence.needs(),
            _ => (told(old), told(new)),
        };
        self.tell(
            Finding::in_either(old, new, kind)
                .values(before, after)
                .classed(presence.judged(self.direction))
                .says(format!("The request body {}.", presence.words())),
        );
    }

    /// Compares the media types of two bodies, parameters or headers.
    pub(crate) fn contents<T: Part<'a>>(
        &mut self,
        (old, old_content): (At<'a, T>, Content<'a>),
        (new, new_content): (At<'a, T>, Content<'a>),
    ) {
        let (before, after) = (media_types(old, old_content), media_types(new, new_content));
        for (name, (text, media)) in &before {
            match after.get(name) {
                Some((other_text, other)) => {
                    if text != other_text {
                        self.media_type_parameters((text, other_text), *other);
                    }
                    self.media_type(*media, *other);
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
                        Some(shift) => self.range_changed(text, *media, shift),
                        None => self.media_type_gone(text, *media, after.is_empty()),
                    }
                    if let Some(range) = covering {
                        self.media_type(*media, range);
                    }
                }
            }
        }
        for (name, (text, media)) in &after {
            if !before.contains_key(name) {
                self.media_type_new(text, *media);
                if let Some(range) = covering(&before, name) {
                    self.media_type(range, *media);
                }
            }
        }
    }

    fn media_type(&mut self, old: Media<'a>, new: Media<'a>) {
        self.leftovers(old, new);
        let encoding = |media: Media<'a>| media.keyword("encoding");
        let value = |spot: Option<Spot<'a>>| spot.map(|spot| spot.value);
        if value(encoding(old)) != value(encoding(new)) {
            let (class, _) = judge::unknown(self.direction);
            let finding =
                Finding::in_either(encoding(old), encoding(new), Kind::SerializationChanged);
            self.tell(
                finding
                    .classed((class, "The parts of the form are other bytes on the wire."))
                    .says("The encoding of the parts of the body is another one."),
            );
        }
        let rest = |media: Media<'a>, id: Option<_>| {
            Rest::of(id.map(|id| media.at(id)).into_iter().collect())
        };
        for (before, after, what) in [
            (old.schema, new.schema, "As the body"),
            (old.item, new.item, "As one of several in the body"),
        ] {
            let (before, after) = (rest(old, before), rest(new, after));
            self.rest((&before, &after), (old, new), Kind::TypeChanged, what);
        }
    }

    fn media_type_parameters(&mut self, (old, new): (&str, &str), place: Media<'a>) {
        self.tell(
            Finding::in_after(place, Kind::MediaTypeParametersChanged)
                .values(Some(old.into()), Some(new.into()))
                .classed((Class::Compatible, "The body itself is of the same type."))
                .says(format!("The media type `{old}` is written `{new}` now.")),
        );
    }

    /// Tells that a media type is in a range now, or that a range became media types that are in it.
    fn range_changed(&mut self, name: &str, place: Media<'a>, shift: Shift) {
        let what = match shift {
            Shift::Widened => format!("The media type `{name}` is one of a range now."),
            _ => format!("Of the media types `{name}`, some are named in place of all."),
        };
        self.tell(
            Finding::in_before(place, Kind::MediaTypeRemoved)
                .values(Some(name.into()), None)
                .classed(judge::shift(self.direction, shift))
                .says(what),
        );
    }

    fn media_type_gone(&mut self, name: &str, place: Media<'a>, was_last: bool) {
        let class = match self.direction {
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
        let kind = match was_last && self.direction != Direction::Request {
            true => Kind::BodyRemoved,
            false => Kind::MediaTypeRemoved,
        };
        let what = match kind {
            Kind::BodyRemoved => format!("The body, of type `{name}`, is gone."),
            _ => format!("The media type `{name}` is gone."),
        };
        self.tell(
            Finding::in_before(place, kind)
                .values(Some(outline::media_type(name, place, self.direction)), None)
                .classed(class)
                .says(what),
        );
    }

    fn media_type_new(&mut self, name: &str, place: Media<'a>) {
        let why = match self.direction {
            Direction::Request => "Bodies of the types of before are still accepted.",
            _ => {
                "What came before still comes; our clients keep a body that they do not expect as bytes."
            }
        };
        self.tell(
            Finding::in_after(place, Kind::MediaTypeAdded)
                .values(None, Some(outline::media_type(name, place, self.direction)))
                .classed((Class::Compatible, why))
                .says(format!("There is a body of type `{name}` now.")),
        );
    }
}

type Body<'a> = At<'a, RequestBody<'a>>;
type Media<'a> = At<'a, MediaType<'a>>;
type Content<'a> = &'a [(&'a str, Id<MediaType<'a>>)];

/// As written and what is said of them, by type in small letters without its parameters.
type MediaTypes<'a> = BTreeMap<String, (&'a str, Media<'a>)>;

/// The narrowest range that a media type is in: `text/*` before `*/*`.
fn covering<'a>(types: &MediaTypes<'a>, name: &str) -> Option<Media<'a>> {
    let ranges = types.iter().filter(|(range, _)| is_within(name, range));
    let narrowest = ranges.max_by_key(|(range, _)| range.len());
    narrowest.map(|(_, (_, place))| *place)
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
fn media_types<'a, T: Part<'a>>(owner: At<'a, T>, content: Content<'a>) -> MediaTypes<'a> {
    let all = content.iter().map(|(name, media)| {
        let plain = name.split(';').next().unwrap_or(name);
        (plain.trim().to_lowercase(), (*name, owner.at(*media)))
    });
    all.collect()
}
