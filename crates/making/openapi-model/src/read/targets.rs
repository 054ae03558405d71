//! Where references lead that are no pointers of the document: to definitions of the schema that they stand in, to anchors,
//! to identifiers and to names of schemas.

use std::collections::HashMap;

use serde_json::Value;

use crate::{Kind, Position, pointer, reference};

/// Keywords that hold definitions.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];
/// The pointer of what holds the named schemas.
const NAMED: &str = "/components/schemas";

/// What references may lead to, by what they say.
#[derive(Debug)]
pub(super) struct Targets<'d> {
    document: &'d Value,
    anchors: HashMap<&'d str, Vec<String>>,
    definitions: HashMap<&'d str, Vec<String>>,
    /// Identifiers with the pointers of their schemas.
    ids: Vec<(&'d str, String)>,
}

impl<'d> Targets<'d> {
    /// Everything in `document` that has an anchor, an identifier or a definition.
    pub(super) fn of(document: &'d Value) -> Self {
        let mut targets = Self {
            document,
            anchors: HashMap::new(),
            definitions: HashMap::new(),
            ids: Vec::new(),
        };
        let mut open = vec![(String::new(), Position::ROOT, document)];
        while let Some((at, position, value)) = open.pop() {
            if position == Position::one(Kind::Schema) {
                targets.add(&at, value);
            }
            let below = |token: &str, inner| {
                (
                    pointer::join(&at, token),
                    position.below(token, inner),
                    inner,
                )
            };
            match value {
                Value::Object(object) => {
                    open.extend(object.iter().rev().map(|(key, inner)| below(key, inner)));
                }
                Value::Array(list) => {
                    let list = list.iter().enumerate().rev();
                    open.extend(list.map(|(index, inner)| below(&index.to_string(), inner)));
                }
                _ => {}
            }
        }
        targets
    }

    fn add(&mut self, at: &str, schema: &'d Value) {
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
        let id = text("$id").map(|id| id.trim_end_matches('#'));
        // In older drafts, an identifier of a fragment only is an anchor.
        let anchor = id.and_then(|id| id.strip_prefix('#'));
        let anchors = [text("$anchor"), text("$dynamicAnchor"), anchor];
        for name in anchors.into_iter().flatten() {
            self.anchors.entry(name).or_default().push(at.to_owned());
        }
        let id = id.filter(|id| !id.is_empty() && anchor.is_none());
        self.ids.extend(id.map(|id| (id, at.to_owned())));
        for keyword in DEFINITIONS {
            let definitions = schema.get(keyword).and_then(Value::as_object);
            for name in definitions.into_iter().flat_map(|all| all.keys()) {
                let place = pointer::join(&pointer::join(at, keyword), name);
                self.definitions.entry(name).or_default().push(place);
            }
        }
    }

    fn there(&self, place: String) -> Option<String> {
        self.document.pointer(&place).is_some().then_some(place)
    }

    /// The pointer of what the schema at `at` refers to.
    pub(super) fn place(&self, at: &str, reference: &str) -> Option<String> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = reference::decode(fragment);
        if !base.is_empty() {
            let found = self.identified(base).and_then(|root| match &*fragment {
                "" => Some(root.to_owned()),
                path if path.starts_with('/') => self.there(format!("{root}{path}")),
                name => self.anchor(name, &[root]),
            });
            return found.or_else(|| self.there(pointer::join(NAMED, base)));
        }
        // The pointers of the schemas that it is in, the innermost first.
        let ends = at.match_indices('/').map(|(end, _)| end).skip(3);
        let mut homes: Vec<&str> = ends.map(|end| &at[..end]).chain([at]).collect();
        homes.reverse();
        if fragment.is_empty() {
            // The root of what JSON Schema calls a resource.
            let root = homes.iter().rfind(|home| home.starts_with(NAMED));
            return root
                .filter(|_| !reference.is_empty())
                .map(|root| (*root).to_owned());
        }
        if !fragment.starts_with('/') {
            let found = self.anchor(&fragment, &homes);
            return found.or_else(|| self.there(pointer::join(NAMED, &fragment)));
        }
        let mut below = homes.iter();
        below
            .find_map(|home| self.there(format!("{home}{fragment}")))
            .or_else(|| self.defined(&fragment))
    }

    /// The only definition of that name in the document, or else the named schema.
    fn defined(&self, fragment: &str) -> Option<String> {
        let name = DEFINITIONS.iter().find_map(|keyword| {
            let rest = fragment.strip_prefix('/')?.strip_prefix(keyword)?;
            rest.strip_prefix('/').filter(|name| !name.contains('/'))
        })?;
        match self
            .definitions
            .get(&*pointer::unescape(name))
            .map(Vec::as_slice)
        {
            Some([only]) => Some(only.clone()),
            Some(_) => None,
            None => self.there(format!("{NAMED}/{name}")),
        }
    }

    /// The pointer of the anchor `name` below one of `homes`, or anywhere if it is the only one.
    fn anchor(&self, name: &str, homes: &[&str]) -> Option<String> {
        let places = self.anchors.get(name)?;
        let own = homes.iter().find_map(|home| {
            let below = |place: &&String| {
                let rest = place.strip_prefix(*home);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            places.iter().find(below)
        });
        match (own, places.as_slice()) {
            (Some(own), _) => Some(own.clone()),
            (None, [only]) => Some(only.clone()),
            _ => None,
        }
    }

    /// The pointer of the schema with an identifier: the same, the same path, or else the same file.
    fn identified(&self, base: &str) -> Option<&str> {
        let base = base.trim_start_matches("./");
        let same: [&dyn Fn(&str) -> bool; 3] =
            [&|id| id == base, &|id| path(id) == path(base), &|id| {
                path(id).rsplit('/').next() == Some(base)
            }];
        same.iter().find_map(|same| {
            let mut found = self.ids.iter().filter(|(id, _)| same(id));
            match (found.next(), found.next()) {
                (Some((_, at)), None) => Some(at.as_str()),
                _ => None,
            }
        })
    }
}

/// `id` without the scheme and the host.
fn path(id: &str) -> &str {
    let path = match id.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => id,
    };
    path.trim_start_matches('/')
}
