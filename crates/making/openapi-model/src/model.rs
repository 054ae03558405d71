//! What a document says, part by part.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::arena::{At, Id, Nodes, Part, PlaceId, Places, Spot};
use crate::sample::Sample;
use crate::schema::Schema;
use crate::version::{Version, VersionError};
use crate::{pointer, reference};

/// A document, read.
#[derive(Debug)]
pub struct Model<'d> {
    /// The document as it is written.
    pub document: &'d Value,
    /// Its version, if it is one that is known.
    pub version: Result<Version, VersionError>,
    /// What was malformed, in the order of reading.
    pub notes: Vec<Note>,
    pub(crate) places: Places<'d>,
    /// References, each by where it stands and the pointer that it leads to.
    pub(crate) references: Vec<(PlaceId, String)>,
    pub(crate) documents: Nodes<'d, Document<'d>>,
    pub(crate) items: Nodes<'d, PathItem<'d>>,
    pub(crate) operations: Nodes<'d, Operation<'d>>,
    pub(crate) parameters: Nodes<'d, Parameter<'d>>,
    pub(crate) bodies: Nodes<'d, RequestBody<'d>>,
    pub(crate) answers: Nodes<'d, Answer<'d>>,
    pub(crate) media_types: Nodes<'d, MediaType<'d>>,
    pub(crate) encodings: Nodes<'d, Encoding<'d>>,
    pub(crate) schemas: Nodes<'d, Schema<'d>>,
    pub(crate) callbacks: Nodes<'d, Callback<'d>>,
    pub(crate) servers: Nodes<'d, Server<'d>>,
    pub(crate) requirements: Nodes<'d, Requirement<'d>>,
    pub(crate) schemes: Nodes<'d, SecurityScheme<'d>>,
}

/// Something malformed, and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// JSON pointer of the place.
    pub pointer: String,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong at a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A keyword holds what does not belong there.
    #[error("`{0}` holds what does not belong there: it is passed over")]
    Keyword(String),
    /// Something else than an object.
    #[error("no object: it says nothing")]
    NoObject,
    /// A reference leads nowhere.
    #[error("the reference {0} leads nowhere in this document")]
    LeadsNowhere(String),
    /// A keyword has a word of another language, or of an older one.
    #[error("`{keyword}` is read as {meant}")]
    Meant {
        /// The keyword.
        keyword: String,
        /// What it is read as.
        meant: &'static str,
    },
}

/// The root of a document.
#[derive(Debug, Default)]
pub struct Document<'d> {
    /// The path items, but for extensions.
    pub paths: Vec<(&'d str, Id<PathItem<'d>>)>,
    /// What the provider calls: `webhooks`, or `x-webhooks` where a version has no place for them.
    pub webhooks: Vec<(&'d str, Id<PathItem<'d>>)>,
    /// Servers, if it says any.
    pub servers: Option<Vec<Id<Server<'d>>>>,
    /// Ways of authentication, if it says any.
    pub security: Option<Vec<Id<Requirement<'d>>>>,
    /// The described schemes of authentication.
    pub schemes: Vec<(&'d str, Id<SecurityScheme<'d>>)>,
    /// The schemas that have names.
    pub schemas: Vec<(&'d str, Id<Schema<'d>>)>,
}

/// A path.
#[derive(Debug, Default)]
pub struct PathItem<'d> {
    /// Another one, whose operations count as well.
    pub target: Option<Id<PathItem<'d>>>,
    /// Parameters of all operations.
    pub parameters: Vec<Id<Parameter<'d>>>,
    /// Servers of all operations, if it says any.
    pub servers: Option<Vec<Id<Server<'d>>>>,
    /// Its own operations, by method.
    pub operations: Vec<(&'d str, Id<Operation<'d>>)>,
}

/// An operation.
#[derive(Debug, Default)]
pub struct Operation<'d> {
    /// `operationId`.
    pub id: Option<&'d str>,
    /// `summary`.
    pub summary: Option<&'d str>,
    /// `description`.
    pub description: Option<&'d str>,
    /// `deprecated`.
    pub deprecated: bool,
    /// Its own parameters.
    pub parameters: Vec<Id<Parameter<'d>>>,
    /// What is sent.
    pub body: Option<Id<RequestBody<'d>>>,
    /// What comes back, by status, as it is written.
    pub answers: Vec<(&'d str, Id<Answer<'d>>)>,
    /// What is called because of it.
    pub callbacks: Vec<(&'d str, Id<Callback<'d>>)>,
    /// Its own ways of authentication, if it says any.
    pub security: Option<Vec<Id<Requirement<'d>>>>,
    /// Its own servers, if it says any.
    pub servers: Option<Vec<Id<Server<'d>>>>,
}

/// A parameter, or a header of an answer or a part.
#[derive(Debug, Default)]
pub struct Parameter<'d> {
    /// Its name; of a header, what holds it says it.
    pub name: Option<&'d str>,
    /// Where it goes (`in`).
    pub location: Option<&'d str>,
    /// `description`.
    pub description: Option<&'d str>,
    /// Whether it has to be there. One of a path has to.
    pub required: bool,
    /// `deprecated`.
    pub deprecated: bool,
    /// `style`, where it is said.
    pub style: Option<&'d str>,
    /// `explode`, where it is said.
    pub explode: Option<bool>,
    /// `allowReserved`.
    pub allow_reserved: bool,
    /// `allowEmptyValue`.
    pub allow_empty: bool,
    /// What it holds, written by its style.
    pub schema: Option<Id<Schema<'d>>>,
    /// What it holds, written by the rules of a media type; nothing where it is not said.
    pub content: Option<Vec<(&'d str, Id<MediaType<'d>>)>>,
    /// Examples.
    pub examples: Vec<Sample<'d>>,
}

/// The body of a request.
#[derive(Debug, Default)]
pub struct RequestBody<'d> {
    /// `description`.
    pub description: Option<&'d str>,
    /// Whether it has to be there, where that is said.
    pub required: Option<bool>,
    /// Its media types.
    pub content: Vec<(&'d str, Id<MediaType<'d>>)>,
}

/// An answer.
#[derive(Debug, Default)]
pub struct Answer<'d> {
    /// `description`.
    pub description: Option<&'d str>,
    /// Its headers, by name.
    pub headers: Vec<(&'d str, Id<Parameter<'d>>)>,
    /// Its media types.
    pub content: Vec<(&'d str, Id<MediaType<'d>>)>,
}

/// The body of one media type.
#[derive(Debug, Default)]
pub struct MediaType<'d> {
    /// What it holds.
    pub schema: Option<Id<Schema<'d>>>,
    /// What each of several holds that come one after the other.
    pub item: Option<Id<Schema<'d>>>,
    /// How the fields of a form are written.
    pub encoding: Vec<(&'d str, Id<Encoding<'d>>)>,
    /// Examples.
    pub examples: Vec<Sample<'d>>,
}

/// How a field of a form is written.
#[derive(Debug, Default)]
pub struct Encoding<'d> {
    /// Its media types.
    pub content_type: Option<&'d str>,
    /// Its headers, by name.
    pub headers: Vec<(&'d str, Id<Parameter<'d>>)>,
    /// `style`, where it is said.
    pub style: Option<&'d str>,
    /// `explode`, where it is said.
    pub explode: Option<bool>,
    /// `allowReserved`.
    pub allow_reserved: bool,
}

/// What the provider calls because of an operation: path items by the expression of their URL.
#[derive(Debug, Default)]
pub struct Callback<'d> {
    /// The path items.
    pub items: Vec<(&'d str, Id<PathItem<'d>>)>,
}

/// A server.
#[derive(Debug, Default)]
pub struct Server<'d> {
    /// Its URL, with variables in braces.
    pub url: Option<&'d str>,
    /// `description`.
    pub description: Option<&'d str>,
    /// What stands for each variable if nobody says anything.
    pub variables: Vec<(&'d str, Option<&'d str>)>,
}

/// A way of authentication: the schemes that it needs, all of them.
#[derive(Debug, Default)]
pub struct Requirement<'d> {
    /// Each scheme's name, what is known of it, and the scopes that are needed.
    pub schemes: Vec<(&'d str, Option<Id<SecurityScheme<'d>>>, &'d Value)>,
}

/// A scheme of authentication.
#[derive(Debug, Default)]
pub struct SecurityScheme<'d> {
    /// `type`.
    pub kind: Option<&'d str>,
    /// `scheme`, of HTTP's own.
    pub scheme: Option<&'d str>,
    /// `in`, of a key.
    pub location: Option<&'d str>,
    /// `name`, of a key.
    pub name: Option<&'d str>,
    /// The flows of OAuth 2.0.
    pub flows: Vec<(&'d str, Flow<'d>)>,
}

/// A flow of OAuth 2.0.
#[derive(Debug, Default)]
pub struct Flow<'d> {
    /// Where a token is fetched.
    pub token_url: Option<&'d str>,
    /// The scopes that can be asked for.
    pub scopes: Vec<&'d str>,
}

/// An operation with what leads to it.
#[derive(Debug, Clone, Copy)]
pub struct Call<'m> {
    /// Path template, name of a webhook, or expression of a callback.
    pub path: &'m str,
    /// As the document has it; in small letters but for methods of its own.
    pub method: &'m str,
    /// The path item that the references of its path end at.
    pub item: At<'m, PathItem<'m>>,
    /// The operation.
    pub operation: At<'m, Operation<'m>>,
}

impl<'d> Model<'d> {
    /// The root of the document.
    pub fn root(&self) -> At<'_, Document<'_>> {
        self.at(Id::new(0))
    }

    /// A node.
    pub fn at<'m, T: Part<'m>>(&'m self, id: Id<T>) -> At<'m, T> {
        At::new(self, id)
    }

    /// Every schema, in no order.
    pub fn schemas(&self) -> impl Iterator<Item = At<'_, Schema<'_>>> {
        (0..self.schemas.0.len()).map(|index| self.at(Id::new(index)))
    }

    /// Every body of a media type, in no order.
    pub fn media_types(&self) -> impl Iterator<Item = At<'_, MediaType<'_>>> {
        (0..self.media_types.0.len()).map(|index| self.at(Id::new(index)))
    }

    /// Every parameter and header, in no order.
    pub fn parameters(&self) -> impl Iterator<Item = At<'_, Parameter<'_>>> {
        (0..self.parameters.0.len()).map(|index| self.at(Id::new(index)))
    }

    /// Every operation of the paths, in their order.
    pub fn calls(&self) -> Vec<Call<'_>> {
        let paths = self.root().said().paths.iter();
        paths
            .flat_map(|(path, item)| self.at(*item).calls(path))
            .collect()
    }

    /// Every operation that webhooks call, in their order.
    pub fn webhooks(&self) -> Vec<Call<'_>> {
        let webhooks = self.root().said().webhooks.iter();
        webhooks
            .flat_map(|(name, item)| self.at(*item).calls(name))
            .collect()
    }

    /// Section and name of every component that something outside of the components leads to, by whatever is between.
    pub fn reached(&self) -> BTreeSet<(String, String)> {
        let mut led: BTreeMap<_, Vec<(String, String)>> = BTreeMap::new();
        for (place, target) in &self.references {
            let from = self.places.component(*place);
            let from = from.map(|from| (from.section.to_owned(), from.name.to_owned()));
            led.entry(from).or_default().extend(component(target));
        }
        let mut reached = BTreeSet::new();
        let mut open = led.remove(&None).unwrap_or_default();
        while let Some(found) = open.pop() {
            if reached.insert(found.clone()) {
                open.extend(led.remove(&Some(found)).unwrap_or_default());
            }
        }
        reached
    }

    /// Where an example stands.
    pub fn spot<'m>(&'m self, sample: &Sample<'m>) -> Spot<'m> {
        Spot {
            places: &self.places,
            place: sample.place,
            keys: [sample.key, None],
            value: sample.value,
        }
    }
}

impl<'m> Call<'m> {
    /// As in `POST /refunds`.
    pub fn label(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Its parameters, after those of its path.
    pub fn parameters(&self) -> impl Iterator<Item = At<'m, Parameter<'m>>> + use<'m> {
        let operation = self.operation;
        let of_path = self.item.said().parameters.iter();
        let all = of_path.chain(&operation.said().parameters);
        all.map(move |id| operation.at(*id))
    }
}

impl<'m> At<'m, PathItem<'m>> {
    /// This, or where its references end.
    pub fn end(self) -> Self {
        self.chain().last().unwrap_or(self)
    }

    fn chain(self) -> impl Iterator<Item = Self> {
        let next = |item: &Self| item.target.map(|id| item.at(id));
        std::iter::successors(Some(self), next).take(reference::LONGEST_CHAIN)
    }

    /// Its operations and, after them, those of the path items that it refers to, by method in the order of
    /// [`METHODS`](crate::METHODS).
    pub fn calls(self, path: &'m str) -> Vec<Call<'m>> {
        let mut calls: Vec<Call<'m>> = Vec::new();
        for item in self.chain() {
            for (method, operation) in &item.said().operations {
                if calls.iter().all(|known| known.method != *method) {
                    calls.push(Call {
                        path,
                        method,
                        item: self.end(),
                        operation: self.at(*operation),
                    });
                }
            }
        }
        let order = |call: &Call<'m>| {
            let known = crate::METHODS
                .iter()
                .position(|known| *known == call.method);
            (known.unwrap_or(usize::MAX), call.method)
        };
        calls.sort_by_key(order);
        calls
    }
}

/// Section and name of the component that a pointer leads to or into.
fn component(at: &str) -> Option<(String, String)> {
    let mut tokens = pointer::tokens(at);
    tokens.next().filter(|first| first == "components")?;
    Some((tokens.next()?.into_owned(), tokens.next()?.into_owned()))
}

macro_rules! parts {
    ($($part:ident in $nodes:ident),*) => {
        $(impl<'d> Part<'d> for $part<'d> {
            fn nodes<'m>(model: &'m Model<'d>) -> &'m Nodes<'d, Self> {
                &model.$nodes
            }
        })*
    };
}

parts!(
    Document in documents, PathItem in items, Operation in operations, Parameter in parameters, RequestBody in bodies,
    Answer in answers, MediaType in media_types, Encoding in encodings, Schema in schemas, Callback in callbacks, Server in servers,
    Requirement in requirements, SecurityScheme in schemes
);
