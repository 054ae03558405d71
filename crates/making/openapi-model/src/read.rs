//! Reading: what is malformed becomes a note, and the nearest thing that means something.

mod parts;
mod schema;
mod targets;

use std::collections::{HashMap, VecDeque};

use serde_json::Value;
use targets::Targets;

use crate::arena::{Id, Node, Nodes, Part, PlaceId, Places, Token};
use crate::model::{Document, Model, Note, PathItem, Problem};
use crate::sample::Sample;
use crate::schema::Schema;
use crate::{Directions, Version, VersionError, directions, pointer, reference};

impl<'d> Model<'d> {
    /// Reads a document of OpenAPI 3.0, 3.1 or 3.2.
    ///
    /// # Errors
    ///
    /// It says that it is something else. Nothing else fails.
    pub fn read(document: &'d Value) -> Result<Self, VersionError> {
        let model = Self::of(document);
        match model.version {
            Ok(_) => Ok(model),
            Err(error) => Err(error),
        }
    }

    /// Reads a document, whatever it says that it is.
    pub fn of(document: &'d Value) -> Self {
        model(document)
    }
}

fn model(document: &Value) -> Model<'_> {
    let mut reader = Reader {
        model: Model {
            document,
            version: Version::of(document),
            notes: Vec::new(),
            places: Places::new(),
            references: Vec::new(),
            documents: Nodes::default(),
            items: Nodes::default(),
            operations: Nodes::default(),
            parameters: Nodes::default(),
            bodies: Nodes::default(),
            answers: Nodes::default(),
            media_types: Nodes::default(),
            encodings: Nodes::default(),
            schemas: Nodes::default(),
            callbacks: Nodes::default(),
            servers: Nodes::default(),
            requirements: Nodes::default(),
            schemes: Nodes::default(),
        },
        known: HashMap::new(),
        waiting: VecDeque::new(),
        targets: None,
    };
    reader.node::<Document<'_>>(Places::ROOT, document);
    // One after the other and not one within the other: a document may be deeper than the stack.
    while let Some((read, index)) = reader.waiting.pop_front() {
        read(&mut reader, index);
    }
    let mut model = reader.model;
    directions::mark(&mut model);
    model
}

/// What became of a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Read,
    /// It should hold words, and says nothing of the wire anyway.
    Mute,
    /// It holds what does not belong there; what can be made of it was taken.
    Malformed,
    /// It is not known.
    Unknown,
}

use Fate::{Malformed, Mute, Read, Unknown};

impl Fate {
    fn of(makes_sense: bool) -> Self {
        if makes_sense { Read } else { Malformed }
    }
}

/// Puts what was found in its place.
fn set<T>(into: &mut Option<T>, found: Option<T>) -> Fate {
    match found {
        Some(found) => {
            *into = Some(found);
            Read
        }
        None => Malformed,
    }
}

fn put<T>(into: &mut Vec<T>, found: Option<Vec<T>>) -> Fate {
    let fate = Fate::of(found.is_some());
    into.extend(found.into_iter().flatten());
    fate
}

fn flag(into: &mut bool, value: &Value) -> Fate {
    match value {
        Value::Bool(flag) => {
            *into = *flag;
            Read
        }
        _ => Malformed,
    }
}

/// What a flag says, or the word that stands in its place.
fn truth(value: &Value) -> Option<bool> {
    let word = || match value.as_str()?.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    };
    value.as_bool().or_else(word)
}

/// Words that say nothing of the wire: whatever they are, they are read.
fn words<'d>(into: &mut Option<&'d str>, value: &'d Value) -> Fate {
    *into = value.as_str();
    match value {
        Value::String(_) | Value::Null => Read,
        _ => Mute,
    }
}

/// A kind of node that is read.
trait Readable<'d>: Part<'d> + Default {
    /// What tells it from other kinds.
    const KIND: u8;

    fn nodes_mut<'m>(model: &'m mut Model<'d>) -> &'m mut Nodes<'d, Self>;

    /// Reads one keyword.
    fn keyword(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Fate;

    /// What is known only when all keywords are read; gives those that were read in vain.
    fn end(&mut self, _: &mut Reader<'d>, _: PlaceId, _: &'d Value) -> Vec<&'d str> {
        Vec::new()
    }

    /// What something that is no object says.
    fn other(&mut self, reader: &mut Reader<'d>, place: PlaceId, _: &'d Value) {
        reader.note(place, None, Problem::NoObject);
    }
}

type Task<'d> = (fn(&mut Reader<'d>, usize), usize);

struct Reader<'d> {
    model: Model<'d>,
    /// The nodes by kind and address: what a reference leads to is the node that stands there.
    known: HashMap<(u8, *const Value), usize>,
    /// Nodes that are still to be read.
    waiting: VecDeque<Task<'d>>,
    /// What references may lead to that are no pointers; made when the first one is met.
    targets: Option<Targets<'d>>,
}

/// Members of an object, or none.
fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flatten();
    members.map(|(key, value)| (key.as_str(), value))
}

impl<'d> Reader<'d> {
    fn note(&mut self, place: PlaceId, key: Option<&str>, problem: Problem) {
        let mut pointer = self.model.places.pointer(place);
        if let Some(key) = key {
            pointer::push(&mut pointer, key);
        }
        self.model.notes.push(Note { pointer, problem });
    }

    fn place(&mut self, place: PlaceId, key: &'d str) -> PlaceId {
        self.model.places.below(place, Token::Key(key))
    }

    /// The node at a value that stands at `place`, to be read later.
    fn node<T: Readable<'d>>(&mut self, place: PlaceId, raw: &'d Value) -> Id<T> {
        let nodes = &mut T::nodes_mut(&mut self.model).0;
        let index = *self
            .known
            .entry((T::KIND, std::ptr::from_ref(raw)))
            .or_insert(nodes.len());
        if index == nodes.len() {
            nodes.push(Node {
                place,
                raw,
                unread: Vec::new(),
                malformed: Vec::new(),
                directions: Directions::default(),
                said: T::default(),
            });
            self.waiting.push_back((Self::read::<T>, index));
        }
        Id::new(index)
    }

    fn read<T: Readable<'d>>(&mut self, index: usize) {
        let node = &T::nodes_mut(&mut self.model).0[index];
        let (place, raw) = (node.place, node.raw);
        let mut said = T::default();
        let (mut unread, mut malformed) = (Vec::new(), Vec::new());
        match raw.as_object() {
            Some(object) => {
                for (key, value) in object {
                    let fate = said.keyword(self, place, key, value);
                    if matches!(fate, Malformed | Mute) {
                        self.note(place, Some(key), Problem::Keyword(key.clone()));
                    }
                    if fate == Malformed {
                        malformed.push(key.as_str());
                    }
                    if matches!(fate, Malformed | Unknown) {
                        unread.push(key.as_str());
                        self.mentioned(place, key, value);
                    }
                }
                for key in said.end(self, place, raw) {
                    self.note(place, Some(key), Problem::Keyword(key.to_owned()));
                    unread.push(key);
                    malformed.push(key);
                }
            }
            None => said.other(self, place, raw),
        }
        let node = &mut T::nodes_mut(&mut self.model).0[index];
        (node.said, node.unread, node.malformed) = (said, unread, malformed);
    }

    /// Takes note of references in what nobody reads.
    fn mentioned(&mut self, place: PlaceId, key: &str, value: &Value) {
        let mut texts: Vec<&str> = Vec::new();
        match value {
            Value::String(text) if key == "$ref" => texts.push(text),
            value => reference::all(value, &mut texts),
        }
        let pointers = texts.into_iter().filter_map(reference::pointer_of);
        let found = pointers.map(|pointer| (place, pointer.into_owned()));
        self.model.references.extend(found);
    }

    /// The node that a value stands for, which may refer to it.
    fn entry<T: Readable<'d>>(&mut self, place: PlaceId, value: &'d Value) -> Id<T> {
        // What stands beside the reference of a path item counts as well.
        if T::KIND == PathItem::KIND {
            return self.node(place, value);
        }
        let mut current = value;
        let mut at = None;
        for _ in 0..reference::LONGEST_CHAIN {
            let Some(text) = reference::of(current) else {
                break;
            };
            let target = reference::pointer_of(text)
                .and_then(|pointer| Some((self.model.document.pointer(&pointer)?, pointer)));
            let Some((next, pointer)) = target else {
                break;
            };
            if at.is_none() {
                self.model
                    .references
                    .push((place, pointer.clone().into_owned()));
            }
            (current, at) = (next, Some(pointer));
        }
        // Its last reference leads nowhere, or all of them in a circle.
        if let Some(text) = reference::of(current) {
            self.note(place, None, Problem::LeadsNowhere(text.to_owned()));
        }
        let is_known = self
            .known
            .contains_key(&(T::KIND, std::ptr::from_ref(current)));
        let place = match at.filter(|_| !is_known) {
            Some(pointer) => self.walk(&pointer),
            None => place,
        };
        self.node(place, current)
    }

    /// The place that a pointer of the document leads to.
    fn walk(&mut self, pointer: &str) -> PlaceId {
        let mut value = Some(self.model.document);
        let mut place = Places::ROOT;
        for token in pointer::tokens(pointer) {
            let step = match value {
                Some(Value::Object(object)) => object
                    .get_key_value(&*token)
                    .map(|(key, value)| (Token::Key(key.as_str()), value)),
                Some(Value::Array(list)) => {
                    let index = token.parse().ok();
                    index.and_then(|index: usize| Some((Token::Index(index), list.get(index)?)))
                }
                _ => None,
            };
            let Some((token, inner)) = step else { break };
            place = self.model.places.below(place, token);
            value = Some(inner);
        }
        place
    }

    /// The nodes of a map.
    fn map<T: Readable<'d>>(
        &mut self,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Option<Vec<(&'d str, Id<T>)>> {
        self.map_of(place, key, value, |_| true)
    }

    /// The nodes of a map, its extensions left out.
    fn plain_map<T: Readable<'d>>(
        &mut self,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Option<Vec<(&'d str, Id<T>)>> {
        self.map_of(place, key, value, |name| !name.starts_with("x-"))
    }

    fn map_of<T: Readable<'d>>(
        &mut self,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
        is_wanted: fn(&str) -> bool,
    ) -> Option<Vec<(&'d str, Id<T>)>> {
        value.as_object()?;
        let place = self.place(place, key);
        let wanted = members(value).filter(|(name, _)| is_wanted(name));
        let all = wanted.map(|(name, value)| {
            let place = self.place(place, name);
            (name, self.entry(place, value))
        });
        Some(all.collect())
    }

    /// The nodes of a list.
    fn list<T: Readable<'d>>(
        &mut self,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Option<Vec<Id<T>>> {
        let list = value.as_array()?;
        let place = self.place(place, key);
        let all = list.iter().enumerate().map(|(index, value)| {
            let place = self.model.places.below(place, Token::Index(index));
            self.entry(place, value)
        });
        Some(all.collect())
    }

    /// A list that counts as said even if it is none.
    fn said_list<T: Readable<'d>>(
        &mut self,
        into: &mut Option<Vec<Id<T>>>,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Fate {
        let list = self.list(place, key, value);
        let fate = Fate::of(list.is_some());
        *into = Some(list.unwrap_or_default());
        fate
    }

    /// A schema under a keyword.
    fn schema(&mut self, place: PlaceId, key: &'d str, value: &'d Value) -> Id<Schema<'d>> {
        let place = self.place(place, key);
        self.node(place, value)
    }

    fn maybe<T: Readable<'d>>(
        &mut self,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Option<Id<T>> {
        value.as_object()?;
        let place = self.place(place, key);
        Some(self.entry(place, value))
    }

    /// The examples beside a schema.
    fn samples(
        &mut self,
        into: &mut Vec<Sample<'d>>,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Fate {
        let own = self.place(place, key);
        if key == "example" {
            // A reference is not what may stand here, and meant all the same.
            let alone = value.as_object().is_some_and(|object| object.len() == 1);
            let sample = match reference::of(value).filter(|_| alone) {
                Some(_) => self.sample(None, own, value),
                None => Some(Sample {
                    name: None,
                    place: own,
                    key: None,
                    value,
                }),
            };
            into.extend(sample);
            return Read;
        }
        for (name, value) in members(value) {
            let own = self.place(own, name);
            into.extend(self.sample(Some(name), own, value));
        }
        Read
    }

    /// The value of an example with words of its own.
    fn sample(
        &mut self,
        name: Option<&'d str>,
        place: PlaceId,
        value: &'d Value,
    ) -> Option<Sample<'d>> {
        let mut place = place;
        let mut value = value;
        for _ in 0..reference::LONGEST_CHAIN {
            let Some(text) = reference::of(value) else {
                let (key, value) = value.as_object()?.get_key_value("value")?;
                let key = Some(key.as_str());
                return Some(Sample {
                    name,
                    place,
                    key,
                    value,
                });
            };
            let target = reference::pointer_of(text)
                .and_then(|pointer| Some((self.model.document.pointer(&pointer)?, pointer)));
            let Some((next, pointer)) = target else {
                self.note(place, None, Problem::LeadsNowhere(text.to_owned()));
                return None;
            };
            self.model
                .references
                .push((place, pointer.clone().into_owned()));
            (value, place) = (next, self.walk(&pointer));
        }
        None
    }
}
