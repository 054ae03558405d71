//! A schema, and what it says once its references and `allOf` are put together.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use openapi_model::schema::is_annotation;
use openapi_model::{At, Id, Spot, schema};

use super::keywords::is_unit_extension;

/// A schema of a document.
pub(crate) type One<'a> = At<'a, schema::Schema<'a>>;

/// Schemas that hold at once; mostly one.
#[derive(Debug, Clone)]
pub(crate) struct Schema<'a> {
    places: Vec<One<'a>>,
    /// Something may lead here from elsewhere.
    by_reference: bool,
}

impl<'a> Schema<'a> {
    pub(crate) fn new(place: One<'a>) -> Self {
        Self {
            places: vec![place],
            by_reference: false,
        }
    }

    /// One that asks for all of these; nothing when there are none.
    pub(crate) fn all_of(places: Vec<One<'a>>) -> Option<Self> {
        (!places.is_empty()).then_some(Self {
            places,
            by_reference: false,
        })
    }

    /// The schemas that hold at once.
    pub(crate) fn places(&self) -> &[One<'a>] {
        &self.places
    }

    /// This without references that stand alone.
    pub(crate) fn unwrapped(&self) -> Self {
        let mut by_reference = self.by_reference;
        let places = self.places.iter().map(|place| {
            let mut place = *place;
            let mut seen = HashSet::new();
            while seen.insert(place.id().index()) && is_bare_reference(place) {
                let Some(target) = place.target() else { break };
                place = target;
                by_reference = true;
            }
            place
        });
        Self {
            places: places.collect(),
            by_reference,
        }
    }

    /// Whether the same pair may be met again, and has to be compared only once.
    pub(crate) fn is_shared(&self) -> bool {
        let has_joint = |place: &One<'_>| {
            place.reference.is_some() || !place.all_of.is_empty() || !place.unions.is_empty()
        };
        self.by_reference || self.places.len() > 1 || self.places.iter().any(has_joint)
    }

    /// What tells it from other schemas of the document.
    pub(crate) fn ids(&self) -> Vec<usize> {
        let mut ids: Vec<usize> = self.places.iter().map(|place| place.id().index()).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Whether both are the same text.
    pub(crate) fn is_written_like(&self, other: &Schema<'_>) -> bool {
        let texts = |schema: &Self| schema.places.len();
        texts(self) == other.places.len()
            && self
                .places
                .iter()
                .zip(&other.places)
                .all(|(one, other)| one.raw() == other.raw())
    }

    /// Name of the component that this is, for matching alternatives.
    pub(crate) fn name(&self) -> Option<&'a str> {
        match self.unwrapped().places.as_slice() {
            [place] => place.name(),
            _ => None,
        }
    }
}

/// Whether a keyword says nothing, not even of a unit.
fn is_nothing(keyword: &str) -> bool {
    is_annotation(keyword) && !is_unit_extension(keyword)
}

fn is_bare_reference(place: One<'_>) -> bool {
    let mut keywords = place.raw().as_object().into_iter().flatten();
    place.reference.is_some() && keywords.all(|(key, _)| key == "$ref" || is_nothing(key))
}

/// Whether a schema allows anything.
pub(crate) fn allows_anything(place: One<'_>) -> bool {
    let mut keywords = place.raw().as_object().into_iter().flatten();
    !place.is_never && !place.is_malformed() && keywords.all(|(key, _)| is_nothing(key))
}

/// Alternatives of which a value matches one (`oneOf`) or some (`anyOf`).
#[derive(Debug, Clone)]
pub(crate) struct Union<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) place: Spot<'a>,
    pub(crate) members: Vec<Schema<'a>>,
}

/// A schema with its references and `allOf` put together.
#[derive(Debug)]
pub(crate) struct Flat<'a> {
    /// Where the schema is.
    pub(crate) home: One<'a>,
    /// The schemas that it is put together from.
    pub(crate) parts: Vec<One<'a>>,
    pub(crate) unions: Vec<Union<'a>>,
    /// One of them is `false`.
    pub(crate) refuses: bool,
    /// References that lead nowhere, by their text.
    pub(crate) broken: BTreeMap<&'a str, One<'a>>,
}

impl<'a> Flat<'a> {
    /// Puts a schema together; nothing for one without a place.
    pub(crate) fn of(schema: &Schema<'a>) -> Option<Self> {
        let mut flat = Self {
            home: *schema.places.first()?,
            parts: Vec::new(),
            unions: Vec::new(),
            refuses: false,
            broken: BTreeMap::new(),
        };
        let mut open: VecDeque<One<'a>> = schema.places.iter().copied().collect();
        let mut seen = HashSet::new();
        while let Some(place) = open.pop_front() {
            if seen.insert(place.id().index()) {
                flat.take(place, &mut open);
            }
        }
        Some(flat)
    }

    fn take(&mut self, place: One<'a>, open: &mut VecDeque<One<'a>>) {
        if place.raw().is_boolean() {
            self.refuses |= place.is_never;
            return;
        }
        if let Some(reference) = place.reference {
            match reference.target {
                Some(target) => open.push_back(place.at(target)),
                None => drop(self.broken.insert(reference.text, place)),
            }
        }
        open.extend(place.all_of.iter().map(|id| place.at(*id)));
        for union in &place.said().unions {
            let keyword = union.choice.keyword();
            let members = union.members.iter();
            self.unions.push(Union {
                keyword,
                place: place.keyword(keyword).unwrap_or_else(|| place.spot()),
                members: members.map(|id| Schema::new(place.at(*id))).collect(),
            });
        }
        self.parts.push(place);
    }

    /// What each part says of something.
    pub(crate) fn all<T>(
        &self,
        said: impl Fn(&'a schema::Schema<'a>) -> Option<T>,
    ) -> impl Iterator<Item = T> {
        self.parts.iter().filter_map(move |part| said(part.said()))
    }

    /// The schemas that the parts hold in one way.
    pub(crate) fn schemas(
        &self,
        held: impl Fn(&'a schema::Schema<'a>) -> Option<Id<schema::Schema<'a>>>,
    ) -> Vec<One<'a>> {
        let parts = self.parts.iter();
        parts
            .filter_map(|part| Some(part.at(held(part.said())?)))
            .collect()
    }

    /// The schemas that the parts hold by names in one way.
    pub(crate) fn members(
        &self,
        held: impl Fn(&'a schema::Schema<'a>) -> &'a [(&'a str, Id<schema::Schema<'a>>)],
    ) -> BTreeMap<&'a str, Schema<'a>> {
        let mut places: BTreeMap<&str, Vec<One<'a>>> = BTreeMap::new();
        for part in &self.parts {
            for (name, id) in held(part.said()) {
                places.entry(name).or_default().push(part.at(*id));
            }
        }
        let schemas = places.into_iter();
        schemas
            .filter_map(|(name, places)| Some((name, Schema::all_of(places)?)))
            .collect()
    }

    /// The members that have to be there.
    pub(crate) fn required(&self) -> BTreeSet<&'a str> {
        let parts = self.parts.iter();
        parts
            .flat_map(|part| part.said().required.iter().copied())
            .collect()
    }

    /// Whether one part says so.
    pub(crate) fn is(&self, said: impl Fn(&schema::Schema<'a>) -> bool) -> bool {
        self.parts.iter().any(|part| said(part.said()))
    }

    /// Where a keyword is, or the schema itself.
    pub(crate) fn spot(&self, keyword: &str) -> Spot<'a> {
        let mut spots = self.parts.iter().filter_map(|part| part.keyword(keyword));
        spots.next().unwrap_or_else(|| self.home.spot())
    }

    /// Where a keyword is.
    pub(crate) fn keyword(&self, keyword: &str) -> Option<Spot<'a>> {
        self.parts.iter().find_map(|part| part.keyword(keyword))
    }

    /// Whether nothing but alternatives, a type and null is said.
    pub(crate) fn is_only_a_union(&self) -> bool {
        const SAID: [&str; 7] = [
            "$ref",
            "allOf",
            "oneOf",
            "anyOf",
            "discriminator",
            "nullable",
            "type",
        ];
        let is_said = |key: &String| SAID.contains(&key.as_str()) || is_annotation(key);
        let is_only = |part: &One<'_>| {
            part.raw()
                .as_object()
                .is_some_and(|object| object.keys().all(is_said))
        };
        self.unions.len() == 1 && self.parts.iter().all(is_only)
    }

    /// What no rule takes: unknown keywords, and values that make no sense for theirs.
    pub(crate) fn leftovers(&self) -> BTreeMap<&'a str, Vec<Spot<'a>>> {
        let mut leftovers: BTreeMap<&'a str, Vec<Spot<'a>>> = BTreeMap::new();
        for part in &self.parts {
            if part.is_malformed() {
                leftovers.entry("schema").or_default().push(part.spot());
            }
            for keyword in part.unread() {
                if !keyword.starts_with("x-") || is_unit_extension(keyword) {
                    leftovers
                        .entry(keyword)
                        .or_default()
                        .extend(part.keyword(keyword));
                }
            }
        }
        leftovers
    }
}
