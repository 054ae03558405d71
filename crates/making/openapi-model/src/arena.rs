//! Nodes of a document: each kind in a list of its own, with ids in place of references, and where each stands.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use serde_json::Value;

use crate::{Model, pointer};

/// Which node of its kind it is; of the model that gave it.
pub struct Id<T> {
    index: usize,
    kind: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    pub(crate) const fn new(index: usize) -> Self {
        let kind = PhantomData;
        Self { index, kind }
    }

    /// Its place among the nodes of its kind.
    pub fn index(self) -> usize {
        self.index
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for Id<T> {}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{}", self.index)
    }
}

/// In which directions something goes, seen from a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Directions {
    /// A client sends it: in its requests, and in its answers to webhooks and callbacks.
    pub sent: bool,
    /// A client receives it: in answers, and in what webhooks and callbacks bring.
    pub received: bool,
}

impl Directions {
    /// A client sends it, and nothing more.
    pub const SENT: Self = Self {
        sent: true,
        received: false,
    };
    /// A client receives it, and nothing more.
    pub const RECEIVED: Self = Self {
        sent: false,
        received: true,
    };

    pub(crate) fn reversed(self) -> Self {
        Self {
            sent: self.received,
            received: self.sent,
        }
    }

    /// Adds others; tells whether there was one that was not there.
    pub fn add(&mut self, other: Self) -> bool {
        let before = *self;
        self.sent |= other.sent;
        self.received |= other.received;
        *self != before
    }
}

/// A node: what a place of a document says, and what is known of the place.
#[derive(Debug)]
pub(crate) struct Node<'d, T> {
    pub(crate) place: PlaceId,
    pub(crate) raw: &'d Value,
    pub(crate) unread: Vec<&'d str>,
    pub(crate) malformed: Vec<&'d str>,
    pub(crate) directions: Directions,
    pub(crate) said: T,
}

/// What has nodes of its own in a model.
pub trait Part<'d>: Sized + 'd {
    #[doc(hidden)]
    fn nodes<'m>(model: &'m Model<'d>) -> &'m Nodes<'d, Self>;
}

/// All nodes of a kind.
#[derive(Debug)]
pub struct Nodes<'d, T>(pub(crate) Vec<Node<'d, T>>);

impl<T> Default for Nodes<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A node in its model: what it says, by [`Deref`], and where it stands.
pub struct At<'m, T> {
    model: &'m Model<'m>,
    id: Id<T>,
}

impl<T> Clone for At<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for At<'_, T> {}

impl<T> fmt::Debug for At<'_, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(formatter)
    }
}

impl<'m, T: Part<'m>> At<'m, T> {
    pub(crate) fn new(model: &'m Model<'m>, id: Id<T>) -> Self {
        Self { model, id }
    }

    fn node(self) -> &'m Node<'m, T> {
        &T::nodes(self.model).0[self.id.index]
    }

    /// The model that it is a node of.
    pub fn model(self) -> &'m Model<'m> {
        self.model
    }

    /// Its id.
    pub fn id(self) -> Id<T> {
        self.id
    }

    /// What it says.
    pub fn said(self) -> &'m T {
        &self.node().said
    }

    /// Another node of the same model.
    pub fn at<U: Part<'m>>(self, id: Id<U>) -> At<'m, U> {
        At::new(self.model, id)
    }

    /// What stands there, as it is written.
    pub fn raw(self) -> &'m Value {
        self.node().raw
    }

    /// Its JSON pointer.
    pub fn pointer(self) -> String {
        self.spot().pointer()
    }

    /// In which directions it goes.
    pub fn directions(self) -> Directions {
        self.node().directions
    }

    /// The keywords that nobody read: what the reader does not know, extensions, and what makes no sense there.
    pub fn unread(self) -> &'m [&'m str] {
        &self.node().unread
    }

    /// Those of them that hold what does not belong there.
    pub fn malformed(self) -> &'m [&'m str] {
        &self.node().malformed
    }

    /// Those of them that are not known: extensions, and what later versions may have.
    pub fn unknown(self) -> impl Iterator<Item = &'m str> {
        let unread = self.unread().iter().copied();
        unread.filter(move |key| !self.malformed().contains(key))
    }

    /// Where it stands.
    pub fn spot(self) -> Spot<'m> {
        let node = self.node();
        Spot {
            places: &self.model.places,
            place: node.place,
            keys: [None; 2],
            value: node.raw,
        }
    }

    /// Where one of its keywords stands, whatever it holds.
    pub fn keyword(self, key: &str) -> Option<Spot<'m>> {
        self.spot().below(key)
    }

    pub(crate) fn place(self) -> PlaceId {
        self.node().place
    }
}

impl<'m, T: Part<'m>> Deref for At<'m, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.said()
    }
}

/// A place of a document and what stands there.
#[derive(Clone, Copy)]
pub struct Spot<'m> {
    pub(crate) places: &'m Places<'m>,
    pub(crate) place: PlaceId,
    pub(crate) keys: [Option<&'m str>; 2],
    /// What stands there, as it is written.
    pub value: &'m Value,
}

impl Spot<'_> {
    /// Its JSON pointer.
    pub fn pointer(&self) -> String {
        let mut pointer = self.places.pointer(self.place);
        for key in self.keys.iter().flatten() {
            pointer::push(&mut pointer, key);
        }
        pointer
    }

    /// The member of an object that stands there; at most two below a part.
    pub fn below(self, key: &str) -> Option<Self> {
        let (key, value) = self.value.as_object()?.get_key_value(key)?;
        let keys = match self.keys {
            [None, _] => [Some(key.as_str()), None],
            [first, None] => [first, Some(key.as_str())],
            _ => return None,
        };
        Some(Self {
            keys,
            value,
            ..self
        })
    }
}

impl fmt::Debug for Spot<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.pointer(), self.value)
    }
}

impl<'m, T: Part<'m>> From<At<'m, T>> for Spot<'m> {
    fn from(node: At<'m, T>) -> Self {
        node.spot()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlaceId(usize);

#[derive(Debug, Clone, Copy)]
pub(crate) enum Token<'d> {
    Key(&'d str),
    Index(usize),
}

/// The places of a document as a tree, so that a pointer is made where it is asked for.
#[derive(Debug)]
pub(crate) struct Places<'d>(Vec<(PlaceId, Token<'d>)>);

impl<'d> Places<'d> {
    pub(crate) const ROOT: PlaceId = PlaceId(0);

    pub(crate) fn new() -> Self {
        // The root is its own parent.
        Self(vec![(Self::ROOT, Token::Key(""))])
    }

    pub(crate) fn below(&mut self, place: PlaceId, token: Token<'d>) -> PlaceId {
        self.0.push((place, token));
        PlaceId(self.0.len() - 1)
    }

    /// The tokens from the root to a place.
    pub(crate) fn tokens(&self, place: PlaceId) -> Vec<Token<'d>> {
        let mut tokens = Vec::new();
        let mut place = place;
        while place != Self::ROOT {
            let (parent, token) = self.0[place.0];
            tokens.push(token);
            place = parent;
        }
        tokens.reverse();
        tokens
    }

    pub(crate) fn pointer(&self, place: PlaceId) -> String {
        let mut pointer = String::new();
        for token in self.tokens(place) {
            match token {
                Token::Key(key) => pointer::push(&mut pointer, key),
                Token::Index(index) => pointer::push(&mut pointer, &index.to_string()),
            }
        }
        pointer
    }

    /// Section and name of the component that a place is, or is within.
    pub(crate) fn component(&self, place: PlaceId) -> Option<Component<'d>> {
        let tokens = self.tokens(place);
        let [
            Token::Key("components"),
            Token::Key(section),
            Token::Key(name),
            ..,
        ] = tokens[..]
        else {
            return None;
        };
        Some(Component {
            section,
            name,
            is_whole: tokens.len() == 3,
        })
    }
}

/// A component, or a place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Component<'d> {
    pub(crate) section: &'d str,
    pub(crate) name: &'d str,
    pub(crate) is_whole: bool,
}
