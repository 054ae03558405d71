//! What the rules have decided of a document so far and the document has no word for.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::keyed::Keyed;
use crate::plan::{Body, Scheme, Server, Style, Tag, Webhook};

/// What is decided, by what names it for as long as rules run: an operation by its `operationId`, a schema by its name,
/// a union or an enumeration by its `$id`, a property by its pointer.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// The paths that stand for webhooks, with the names of these.
    pub(crate) stand_ins: BTreeMap<String, String>,
    pub(crate) webhooks: Vec<Webhook>,
    operations: BTreeMap<String, OfOperation>,
    /// What schemas are called in the document that have other names by now.
    pub(crate) origins: BTreeMap<String, String>,
    unions: Vec<(Map<String, Value>, Tag)>,
    meanings: Vec<BTreeMap<String, String>>,
    /// The properties that tell a member of a union from the others.
    pub(crate) telling: BTreeSet<String>,
}

/// Begins the `$id` of an enumeration.
const WORDS: &str = "words-";

/// What is decided of an operation.
#[derive(Debug, Default)]
pub(crate) struct OfOperation {
    pub(crate) servers: Vec<Server>,
    pub(crate) security: Option<Vec<Vec<Scheme>>>,
    /// Of the parameters that are not written by themselves, by their names.
    pub(crate) styles: BTreeMap<String, Written>,
    pub(crate) body: Option<Body>,
    pub(crate) accept: Option<String>,
    /// The statuses that are documented without a type.
    pub(crate) untyped: Vec<String>,
}

/// How a parameter is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Written {
    pub(crate) style: Style,
    pub(crate) in_cookie: bool,
}

impl Facts {
    /// What is decided of an operation that has its name.
    pub(crate) fn of(&mut self, operation: &Map<String, Value>) -> &mut OfOperation {
        self.named(operation.text("operationId"))
    }

    /// The same by its name.
    pub(crate) fn named(&mut self, id: Option<&str>) -> &mut OfOperation {
        let id = id.unwrap_or_default().to_owned();
        self.operations.entry(id).or_default()
    }

    /// Notes what tells the members of `union` apart, wherever it is put from now on.
    pub(crate) fn tell_apart(&mut self, union: &mut Map<String, Value>, tag: Tag) {
        // Unions that say the same are one type.
        let known = self.unions.iter().position(|(known, _)| known == union);
        let index = known.unwrap_or_else(|| {
            self.unions.push((union.clone(), tag));
            self.unions.len() - 1
        });
        union.insert("$id".to_owned(), index.to_string().into());
    }

    /// What tells the members of `union` apart.
    pub(crate) fn told_apart(&self, union: &Map<String, Value>) -> Option<&Tag> {
        let index: usize = union.get("$id")?.as_str()?.parse().ok()?;
        Some(&self.unions.get(index)?.1)
    }

    /// Notes what the words of an enumeration mean, wherever it is put from now on.
    pub(crate) fn give_meaning(
        &mut self,
        words: &mut Map<String, Value>,
        meanings: BTreeMap<String, String>,
    ) {
        let known = self.meanings.iter().position(|known| *known == meanings);
        let index = known.unwrap_or_else(|| {
            self.meanings.push(meanings);
            self.meanings.len() - 1
        });
        words.insert("$id".to_owned(), format!("{WORDS}{index}").into());
    }

    /// What the words of an enumeration mean, where it is known.
    pub(crate) fn meanings(&self, words: &Map<String, Value>) -> Option<&BTreeMap<String, String>> {
        let index = words.get("$id")?.as_str()?.strip_prefix(WORDS)?;
        self.meanings.get(index.parse::<usize>().ok()?)
    }

    /// What the schema `name` is called in the document.
    pub(crate) fn origin<'a>(&'a self, name: &'a str) -> &'a str {
        // Each has its name from one that was there before it.
        let mut name = name;
        while let Some(before) = self.origins.get(name) {
            name = before;
        }
        name
    }
}
