//! Where references lead, also those that JSON Schema has and OpenAPI 3.0 has not: to definitions of the
//! schema that they stand in, to anchors and to identifiers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::{document, pointer, reference, schema};

/// Keywords that hold definitions.
const DEFINITIONS: [&str; 2] = ["$defs", "definitions"];
/// The pointer of what holds the named schemas.
const NAMED: &str = "/components/schemas";

/// What references may lead to, by what they say.
#[derive(Debug, Default)]
pub(crate) struct Targets {
    anchors: BTreeMap<String, Vec<String>>,
    definitions: BTreeMap<String, Vec<String>>,
    /// Identifiers with the pointers of their schemas.
    ids: Vec<(String, String)>,
    /// Where the schemas that got a name stand, by that name: what they refer to is found from there.
    origins: BTreeMap<String, String>,
}

impl Targets {
    /// Everything in `document` that has an anchor, an identifier or a definition.
    pub(crate) fn of(document: &mut Value) -> Self {
        let mut targets = Self::default();
        document::each_schema_mut(document, &mut |at, schema| targets.add(at, schema));
        targets
    }

    fn add(&mut self, at: &str, schema: &Map<String, Value>) {
        let text = |keyword: &str| schema.get(keyword).and_then(Value::as_str);
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(keyword) {
                let places = self.anchors.entry(name.to_owned()).or_default();
                places.push(at.to_owned());
            }
        }
        if let Some(id) = text("$id") {
            let id = id.trim_end_matches('#');
            // In older drafts, an identifier of a fragment only is an anchor.
            match id.strip_prefix('#') {
                Some(name) => {
                    let places = self.anchors.entry(name.to_owned()).or_default();
                    places.push(at.to_owned());
                }
                None if id.is_empty() => {}
                None => self.ids.push((id.to_owned(), at.to_owned())),
            }
        }
        for keyword in DEFINITIONS {
            let definitions = schema.get(keyword).and_then(Value::as_object);
            for name in definitions.into_iter().flat_map(Map::keys) {
                let place = pointer::join(&pointer::join(at, keyword), name);
                self.definitions
                    .entry(name.clone())
                    .or_default()
                    .push(place);
            }
        }
    }

    /// Notes that what stood at `place` is the named schema `name` from now on.
    pub(crate) fn moved(&mut self, place: &str, name: &str) {
        self.origins.insert(name.to_owned(), place.to_owned());
    }

    /// The pointer of what the schema at `at` refers to.
    pub(crate) fn place(&self, document: &Value, at: &str, reference: &str) -> Option<String> {
        let (base, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = reference::decode(fragment);
        let there = |place: String| document.pointer(&place).is_some().then_some(place);
        if !base.is_empty() {
            let found = self.identified(base).and_then(|root| match &*fragment {
                "" => Some(root.to_owned()),
                path if path.starts_with('/') => there(format!("{root}{path}")),
                name => self.anchor(name, &[root]),
            });
            return found.or_else(|| there(pointer::join(NAMED, base)));
        }
        let homes = self.homes(at);
        if fragment.is_empty() {
            // The root of what JSON Schema calls a resource.
            return homes
                .iter()
                .rfind(|home| home.starts_with(NAMED))
                .filter(|_| !reference.is_empty())
                .cloned();
        }
        if !fragment.starts_with('/') {
            let own: Vec<&str> = homes.iter().map(String::as_str).collect();
            return self
                .anchor(&fragment, &own)
                .or_else(|| there(pointer::join(NAMED, &fragment)));
        }
        there(fragment.clone().into_owned())
            .or_else(|| {
                homes
                    .iter()
                    .find_map(|home| there(format!("{home}{fragment}")))
            })
            .or_else(|| self.defined(&fragment).and_then(there))
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
            None => Some(format!("{NAMED}/{name}")),
        }
    }

    /// The pointer of the anchor `name` below one of `homes`, or anywhere if it is the only one.
    fn anchor(&self, name: &str, homes: &[&str]) -> Option<String> {
        let places = self.anchors.get(name)?;
        let own = homes.iter().find_map(|home| {
            let below = |place: &&String| {
                place
                    .strip_prefix(*home)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
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

    /// The pointers of the schemas that `at` is in, the innermost first, and from the named schema on those
    /// that it was in when it had no name.
    fn homes(&self, at: &str) -> Vec<String> {
        let mut homes = Vec::new();
        let mut seen = BTreeSet::new();
        let mut at = at.to_owned();
        loop {
            let ends = at.match_indices('/').map(|(end, _)| end).skip(3);
            let mut prefixes: Vec<String> = ends.map(|end| at[..end].to_owned()).collect();
            prefixes.push(at.clone());
            homes.extend(prefixes.into_iter().rev());
            let name = at
                .strip_prefix(NAMED)
                .and_then(|rest| rest.split('/').nth(1))
                .map(|name| pointer::unescape(name).into_owned());
            let origin = name
                .filter(|name| seen.insert(name.clone()))
                .and_then(|name| self.origins.get(&name));
            match origin {
                Some(origin) => at = origin.clone(),
                None => return homes,
            }
        }
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

/// References that follow the instance (2020-12's `$dynamicRef`, 2019-09's `$recursiveRef`) become plain
/// ones. Gives back the keyword that was there.
pub(crate) fn static_reference(schema: &mut Map<String, Value>) -> Option<&'static str> {
    let mut found = None;
    for keyword in ["$dynamicRef", "$recursiveRef"] {
        let Some(Value::String(reference)) = schema.remove(keyword) else {
            continue;
        };
        found = Some(keyword);
        if schema::reference(schema).is_none() {
            schema.insert("$ref".to_owned(), reference.into());
        }
    }
    found
}
