//! A schema, and what it says once its references and `allOf` are put together.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use openapi_model::pointer::unescape;
use serde_json::Value;

use super::keywords::{self, Shape};
use crate::place::Place;

/// Schemas that hold at once; mostly one.
#[derive(Debug, Clone)]
pub(crate) struct Schema<'a> {
    places: Vec<Place<'a>>,
    /// Something may lead here from elsewhere.
    by_reference: bool,
}

impl<'a> Schema<'a> {
    pub(crate) fn new(place: Place<'a>) -> Self {
        Self {
            places: vec![place],
            by_reference: false,
        }
    }

    /// One that asks for all of these; nothing when there are none.
    pub(crate) fn all_of(places: Vec<Place<'a>>) -> Option<Self> {
        (!places.is_empty()).then_some(Self {
            places,
            by_reference: false,
        })
    }

    /// The schemas that hold at once.
    pub(crate) fn places(&self) -> &[Place<'a>] {
        &self.places
    }

    /// This without references that stand alone.
    pub(crate) fn unwrapped(&self) -> Self {
        let mut by_reference = self.by_reference;
        let places = self.places.iter().map(|place| {
            let mut place = place.clone();
            let mut seen = HashSet::new();
            while seen.insert(place.address()) && is_bare_reference(&place) {
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
        const JOINTS: [&str; 4] = ["$ref", "allOf", "oneOf", "anyOf"];
        let has_joint = |place: &Place<'_>| JOINTS.iter().any(|key| place.get(key).is_some());
        self.by_reference || self.places.len() > 1 || self.places.iter().any(has_joint)
    }

    /// What tells it from other schemas of the document.
    pub(crate) fn addresses(&self) -> Vec<usize> {
        let mut addresses: Vec<usize> = self.places.iter().map(Place::address).collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    /// Whether both are the same text.
    pub(crate) fn is_written_like(&self, other: &Schema<'_>) -> bool {
        let values = |schema: &Schema<'_>| -> Vec<Value> {
            schema
                .places
                .iter()
                .map(|place| place.value.clone())
                .collect()
        };
        values(self) == values(other)
    }

    /// Name of the component that this is, for matching alternatives.
    pub(crate) fn name(&self) -> Option<String> {
        match self.unwrapped().places.as_slice() {
            [place] => component_name(&place.at),
            _ => None,
        }
    }
}

/// The last token of the pointer of a component.
pub(crate) fn component_name(pointer: &str) -> Option<String> {
    let name = pointer.strip_prefix("/components/schemas/")?;
    (!name.contains('/')).then(|| unescape(name).into_owned())
}

fn is_bare_reference(place: &Place<'_>) -> bool {
    place.text("$ref").is_some()
        && place.object().is_some_and(|object| {
            object.keys().all(|key| {
                key == "$ref"
                    || (keywords::is_off_the_wire(key) && !keywords::is_unit_extension(key))
            })
        })
}

/// Whether a schema allows anything.
pub(crate) fn allows_anything(place: &Place<'_>) -> bool {
    match place.value {
        Value::Bool(any) => *any,
        Value::Object(object) => object
            .keys()
            .all(|key| keywords::is_off_the_wire(key) && !keywords::is_unit_extension(key)),
        _ => false,
    }
}

/// Alternatives of which a value matches one (`oneOf`) or some (`anyOf`).
#[derive(Debug, Clone)]
pub(crate) struct Union<'a> {
    pub(crate) keyword: &'static str,
    pub(crate) place: Place<'a>,
    pub(crate) members: Vec<Schema<'a>>,
}

/// A schema with its references and `allOf` put together.
#[derive(Debug)]
pub(crate) struct Flat<'a> {
    /// Where the schema is.
    pub(crate) home: Place<'a>,
    /// The objects that it is put together from.
    pub(crate) parts: Vec<Place<'a>>,
    pub(crate) unions: Vec<Union<'a>>,
    /// `null` is one of the alternatives.
    pub(crate) null_by_union: bool,
    /// Alternatives that say nothing but their type, each as one set.
    pub(crate) bare_types: Vec<BTreeSet<&'a str>>,
    /// The schema `false`.
    pub(crate) refuses: Option<Place<'a>>,
    /// References that lead nowhere, by their text.
    pub(crate) broken: BTreeMap<&'a str, Place<'a>>,
}

impl<'a> Flat<'a> {
    /// Puts a schema together; nothing for one without a place.
    pub(crate) fn of(schema: &Schema<'a>) -> Option<Self> {
        let mut flat = Self {
            home: schema.places.first()?.clone(),
            parts: Vec::new(),
            unions: Vec::new(),
            null_by_union: false,
            bare_types: Vec::new(),
            refuses: None,
            broken: BTreeMap::new(),
        };
        let mut open: VecDeque<Place<'a>> = schema.places.iter().cloned().collect();
        let mut seen = HashSet::new();
        while let Some(place) = open.pop_front() {
            if seen.insert(place.address()) {
                flat.take(place, &mut open);
            }
        }
        Some(flat)
    }

    fn take(&mut self, place: Place<'a>, open: &mut VecDeque<Place<'a>>) {
        match place.value {
            Value::Bool(true) => return,
            Value::Bool(false) => {
                self.refuses.get_or_insert(place);
                return;
            }
            _ => {}
        }
        if let Some(reference) = place.text("$ref") {
            match place.target() {
                Some(target) => open.push_back(target),
                None => drop(self.broken.insert(reference, place.clone())),
            }
        }
        open.extend(place.items_of("allOf"));
        for keyword in ["oneOf", "anyOf"] {
            if let Some(list) = place.get(keyword) {
                self.take_union(keyword, list, open);
            }
        }
        self.parts.push(place);
    }

    fn take_union(
        &mut self,
        keyword: &'static str,
        list: Place<'a>,
        open: &mut VecDeque<Place<'a>>,
    ) {
        let all = list.items();
        let members: Vec<Place<'a>> = all
            .iter()
            .filter(|member| !is_null(member))
            .cloned()
            .collect();
        self.null_by_union |= members.len() < all.len();
        if let [only] = members.as_slice() {
            open.push_back(only.clone());
            return;
        }
        let bare: Option<BTreeSet<&str>> = members.iter().map(bare_type).collect();
        match bare {
            Some(types) if !types.is_empty() => self.bare_types.push(types),
            _ if members.is_empty() => {}
            _ => self.unions.push(Union {
                keyword,
                place: list,
                members: members.into_iter().map(Schema::new).collect(),
            }),
        }
    }

    /// The values of a keyword in all parts, those that have the shape that it asks for.
    pub(crate) fn all(&self, keyword: &str) -> Vec<Place<'a>> {
        let fits = |place: &Place<'_>| {
            keywords::shape(keywords::SCHEMA, keyword).is_some_and(|shape| shape.fits(place.value))
        };
        self.parts
            .iter()
            .filter_map(|part| part.get(keyword))
            .filter(fits)
            .collect()
    }

    /// The texts of a keyword.
    pub(crate) fn texts(&self, keyword: &str) -> BTreeSet<&'a str> {
        let places = self.all(keyword).into_iter();
        places.filter_map(|place| place.value.as_str()).collect()
    }

    /// Whether a keyword is `true` somewhere.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.parts.iter().any(|part| part.is(keyword))
    }

    /// Where a keyword is, or the schema itself.
    pub(crate) fn spot(&self, keyword: &str) -> Place<'a> {
        let mut places = self.parts.iter().filter_map(|part| part.get(keyword));
        places.next().unwrap_or_else(|| self.home.clone())
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
        self.unions.len() == 1
            && self.parts.iter().all(|part| {
                part.object().is_some_and(|object| {
                    object
                        .keys()
                        .all(|key| SAID.contains(&key.as_str()) || keywords::is_off_the_wire(key))
                })
            })
    }

    /// What no rule takes: unknown keywords, and values that make no sense for theirs.
    pub(crate) fn leftovers(&self) -> BTreeMap<&'a str, Vec<Place<'a>>> {
        let mut leftovers: BTreeMap<&'a str, Vec<Place<'a>>> = BTreeMap::new();
        for part in &self.parts {
            let Some(_) = part.object() else {
                leftovers.entry("schema").or_default().push(part.clone());
                continue;
            };
            for (keyword, place) in part.entries() {
                let makes_sense = match keywords::shape(keywords::SCHEMA, keyword) {
                    Some(Shape::OffTheWire) => !keywords::is_unit_extension(keyword),
                    Some(shape) => shape.fits(place.value) && makes_sense(keyword, &place, part),
                    None => false,
                };
                if !makes_sense {
                    leftovers.entry(keyword).or_default().push(place);
                }
            }
        }
        leftovers
    }
}

/// Whether the rule of a keyword can do something with its value.
fn makes_sense(keyword: &str, place: &Place<'_>, part: &Place<'_>) -> bool {
    let value = place.value;
    let is_schema = value.is_object() || value.is_boolean();
    let is_filled = value.as_array().is_some_and(|list| !list.is_empty());
    match keyword {
        "type" => types_of(value).is_some(),
        "required" => place.items().iter().all(|name| name.value.is_string()),
        "allOf" | "oneOf" | "anyOf" => is_filled,
        "additionalProperties" | "unevaluatedProperties" | "additionalItems" => is_schema,
        "items" => is_schema || value.is_array(),
        "exclusiveMinimum" => value.is_number() || part.get("minimum").is_some(),
        "exclusiveMaximum" => value.is_number() || part.get("maximum").is_some(),
        "propertyNames" | "contains" | "not" | "if" | "then" | "else" => is_schema,
        _ => true,
    }
}

/// The types that a `type` names, `null` among them; nothing when it makes no sense.
pub(crate) fn types_of(value: &Value) -> Option<BTreeSet<&str>> {
    const KNOWN: [&str; 7] = [
        "string", "number", "integer", "boolean", "object", "array", "null",
    ];
    let known = |value: &Value| -> Option<&'static str> {
        KNOWN
            .iter()
            .find(|known| value.as_str() == Some(known))
            .copied()
    };
    match value {
        Value::Array(list) => list.iter().map(known).collect(),
        value => known(value).map(|name| BTreeSet::from([name])),
    }
}

fn is_null(member: &Place<'_>) -> bool {
    let member = member.resolved();
    let only_null = |key: &str, null: &Value| {
        member
            .object()
            .and_then(|object| object.get(key))
            .is_some_and(|value| value == null)
    };
    only_null("type", &Value::from("null"))
        || only_null("const", &Value::Null)
        || only_null("enum", &Value::from(vec![Value::Null]))
}

/// The type of a schema that says nothing else.
fn bare_type<'a>(member: &Place<'a>) -> Option<&'a str> {
    let bare = member
        .object()?
        .keys()
        .all(|key| key == "type" || keywords::is_off_the_wire(key));
    member.text("type").filter(|_| bare)
}
