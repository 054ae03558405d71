//! How calls are authenticated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::engine::Engine;
use super::finding::Finding;
use super::inherited::{both_inherit, owner};
use super::operations::Operation;
use crate::place::Place;
use crate::{Class, Direction, Kind};

/// One way of authentication: the schemes that it needs, all of them.
#[derive(Clone)]
struct Way<'a> {
    /// What each scheme is on the wire, and the scopes that it needs.
    schemes: BTreeMap<String, BTreeSet<String>>,
    /// Where its first scheme is described.
    place: Place<'a>,
    names: String,
}

impl<'a> Engine<'a> {
    /// Compares the authentication of the whole API; `old` and `new` are the places that say it.
    pub(crate) fn security_of_all(
        &mut self,
        (old, new): (&Place<'a>, &Place<'a>),
        (before, after): (&Place<'a>, &Place<'a>),
    ) {
        self.security((ways(old, before), ways(new, after)), (before, after));
    }

    /// Compares the schemes that two documents describe.
    pub(crate) fn schemes(&mut self, old: &Place<'a>, new: &Place<'a>) {
        self.offered_scopes(old, new);
        self.unasked_schemes(old, new);
    }

    /// Compares schemes that are described and that nothing asks for: many documents leave it at that.
    fn unasked_schemes(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let asked: BTreeSet<&str> = asked(old).union(&asked(new)).copied().collect();
        let news: BTreeMap<&str, Place<'a>> = schemes(new).into_iter().collect();
        for (name, scheme) in schemes(old) {
            let Some(other) = news.get(name).filter(|_| !asked.contains(name)) else {
                continue;
            };
            let (before, after) = (
                on_the_wire(Some(&scheme), name),
                on_the_wire(Some(other), name),
            );
            if before != after {
                self.tell(
                    Finding::in_after(other, Kind::AuthenticationChanged, Direction::Api)
                        .values(Some(before.into()), Some(after.into()))
                        .classed((
                            Class::ReadThis,
                            "No operation asks for it by name. If our client authenticates in this way all the same, its \
                             calls are refused.",
                        ))
                        .says(format!("The scheme of authentication `{name}` is another one.")),
                );
            }
        }
    }

    /// Compares the authentication of two operations, where one has its own.
    pub(crate) fn security_of(&mut self, old: &Operation<'a>, new: &Operation<'a>) {
        if both_inherit(old, new, "security") {
            return;
        }
        let effective =
            |operation: &Operation<'a>| ways(&owner(operation, "security"), &operation.root);
        self.security((effective(old), effective(new)), (&old.place, &new.place));
    }

    fn security(
        &mut self,
        (mut old, mut new): (Vec<Way<'a>>, Vec<Way<'a>>),
        (before, after): (&Place<'a>, &Place<'a>),
    ) {
        // `{}` among the ways makes the others optional.
        let is_free = |ways: &[Way<'a>]| ways.iter().all(|way| way.schemes.is_empty());
        let is_needed =
            |ways: &[Way<'a>]| !is_free(ways) && ways.iter().all(|way| !way.schemes.is_empty());
        let home = |home: &Place<'a>| home.get("security").unwrap_or_else(|| home.clone());
        if is_free(&old) && is_free(&new) {
            return;
        }
        if !is_needed(&old) && is_needed(&new) {
            let (offered, words) = match is_free(&old) {
                true => (None, "where none was asked for"),
                false => (Some(shown(&old)), "where it was optional"),
            };
            self.tell(
                Finding::in_after(&home(after), Kind::AuthenticationRequired, Direction::Api)
                    .values(offered, Some(shown(&new)))
                    .classed((
                        Class::Breaking,
                        "Calls without it are refused now. See whether our client authenticates in this way.",
                    ))
                    .says(format!("Calls need authentication, {words}.")),
            );
            if is_free(&old) {
                return;
            }
        }
        if is_free(&new) || (is_needed(&old) && !is_needed(&new)) {
            let offered = (!is_free(&new)).then(|| shown(&new));
            self.tell(
                Finding::in_before(&home(before), Kind::AuthenticationLifted, Direction::Api)
                    .values(Some(shown(&old)), offered)
                    .classed((
                        Class::ReadThis,
                        "An API that moves money and asks for no key is more likely a mistake of the document. Ask the provider.",
                    ))
                    .says("Calls need no authentication any more."),
            );
            if is_free(&new) {
                return;
            }
        }
        old.retain(|way| !way.schemes.is_empty());
        new.retain(|way| !way.schemes.is_empty());
        old.retain(|way| {
            let same = new.iter().position(|other| other.schemes == way.schemes);
            same.map(|index| new.remove(index)).is_none()
        });
        let mut gone = Vec::new();
        for way in old {
            let alike = |other: &Way<'a>| other.names == way.names || kinds(other) == kinds(&way);
            match new.iter().position(alike) {
                Some(index) => self.way_changed(&way, &new.remove(index)),
                None => gone.push(way),
            }
        }
        if gone.len() == new.len() {
            for (way, other) in gone.drain(..).zip(new.drain(..)) {
                self.way_changed(&way, &other);
            }
        }
        for way in gone {
            self.tell(
                Finding::in_before(&way.place, Kind::AuthenticationRemoved, Direction::Api)
                    .values(Some(way.text()), None)
                    .classed((
                        Class::Breaking,
                        "Who authenticates in this way is refused. See which way our client takes.",
                    ))
                    .says(format!(
                        "Calls can no longer be authenticated by {}.",
                        way.called()
                    )),
            );
        }
        for way in new {
            self.tell(
                Finding::in_after(&way.place, Kind::AuthenticationAdded, Direction::Api)
                    .values(None, Some(way.text()))
                    .classed((Class::Compatible, "The ways of before still work."))
                    .says(format!(
                        "Calls can be authenticated by {} as well.",
                        way.called()
                    )),
            );
        }
    }

    fn way_changed(&mut self, old: &Way<'a>, new: &Way<'a>) {
        let same_schemes = old.schemes.keys().eq(new.schemes.keys());
        let only_fewer = same_schemes
            && old.schemes.iter().all(|(scheme, scopes)| {
                new.schemes
                    .get(scheme)
                    .is_some_and(|other| other.is_subset(scopes))
            });
        let (kind, class, message) = if only_fewer {
            let why = "A token of before has all scopes that are needed.";
            (
                Kind::ScopesChanged,
                (Class::Compatible, why),
                "Calls need fewer scopes.".to_owned(),
            )
        } else if same_schemes {
            let why =
                "A token without the new scope is refused. Ask for it where the token is fetched.";
            (
                Kind::ScopesChanged,
                (Class::Breaking, why),
                "Calls need other scopes.".to_owned(),
            )
        } else {
            let why = "Calls that are authenticated as before are refused. Change the `authentication` of `provider.toml`.";
            let message = format!(
                "Calls are authenticated in another way: by {}.",
                new.called()
            );
            (Kind::AuthenticationChanged, (Class::Breaking, why), message)
        };
        self.tell(
            Finding::in_after(&new.place, kind, Direction::Api)
                .values(Some(old.text()), Some(new.text()))
                .classed(class)
                .says(message),
        );
    }

    /// Compares the scopes that can be asked for.
    fn offered_scopes(&mut self, old: &Place<'a>, new: &Place<'a>) {
        let news: BTreeMap<&str, Place<'a>> = schemes(new).into_iter().collect();
        for (name, scheme) in schemes(old) {
            let Some(other) = news.get(name) else {
                continue;
            };
            let scopes = |scheme: &Place<'a>| -> BTreeSet<String> {
                let flows = scheme.resolved().entries_of("flows").into_iter();
                flows
                    .flat_map(|(flow, place)| {
                        let scopes = place.entries_of("scopes").into_iter();
                        scopes.map(move |(scope, _)| format!("{flow}: {scope}"))
                    })
                    .collect()
            };
            let (old, new) = (scopes(&scheme), scopes(other));
            if old == new {
                continue;
            }
            let class = match old.is_subset(&new) {
                true => (
                    Class::Compatible,
                    "The scopes of before can still be asked for.",
                ),
                false => (
                    Class::ReadThis,
                    "See whether our client asks for a scope that is gone.",
                ),
            };
            let value = |scopes: BTreeSet<String>| Some(scopes.into_iter().collect());
            self.tell(
                Finding::in_after(other, Kind::ScopesChanged, Direction::Api)
                    .values(value(old), value(new))
                    .classed(class)
                    .says(format!("The scheme `{name}` offers other scopes.")),
            );
        }
    }
}

/// The schemes of a document, by name.
fn schemes<'a>(root: &Place<'a>) -> Vec<(&'a str, Place<'a>)> {
    let components = root.get("components");
    components
        .map(|components| components.entries_of("securitySchemes"))
        .unwrap_or_default()
}

/// The names of the schemes that the API or an operation asks for.
fn asked<'a>(root: &Place<'a>) -> BTreeSet<&'a str> {
    let groups = ["paths", "webhooks", "x-webhooks"].map(|key| root.entries_of(key));
    let items = groups.into_iter().flatten();
    let operations = items.flat_map(|(_, item)| item.resolved().entries());
    let owners = operations
        .map(|(_, operation)| operation)
        .chain([root.clone()]);
    owners
        .flat_map(|owner| owner.items_of("security"))
        .flat_map(|requirement| requirement.entries())
        .map(|(name, _)| name)
        .collect()
}

impl Way<'_> {
    fn text(&self) -> Value {
        let schemes = self
            .schemes
            .iter()
            .map(|(scheme, scopes)| match scopes.is_empty() {
                true => scheme.clone(),
                false => format!(
                    "{scheme} with {}",
                    scopes.iter().cloned().collect::<Vec<_>>().join(", ")
                ),
            });
        let text = schemes.collect::<Vec<_>>().join(" and ");
        Value::from(if text.is_empty() {
            "nothing".to_owned()
        } else {
            text
        })
    }

    fn called(&self) -> String {
        match self.names.is_empty() {
            true => "nothing".to_owned(),
            false => format!("`{}`", self.names),
        }
    }
}

fn shown(ways: &[Way<'_>]) -> Value {
    ways.iter().map(Way::text).collect()
}

/// The types of the schemes, to find the way that another one became.
fn kinds(way: &Way<'_>) -> Vec<String> {
    let types = way.schemes.keys().map(|scheme| {
        let value: Value = serde_json::from_str(scheme).unwrap_or_default();
        value["type"].as_str().unwrap_or_default().to_owned()
    });
    types.collect()
}

/// The ways of authentication that `owner` asks for.
fn ways<'a>(owner: &Place<'a>, root: &Place<'a>) -> Vec<Way<'a>> {
    let schemes = root
        .get("components")
        .and_then(|components| components.get("securitySchemes"));
    let requirement = |place: Place<'a>| {
        let mut way = Way {
            schemes: BTreeMap::new(),
            place: place.clone(),
            names: String::new(),
        };
        let mut names = Vec::new();
        for (name, scopes) in place.entries() {
            let scheme = schemes.as_ref().and_then(|schemes| schemes.get(name));
            if let (Some(scheme), true) = (&scheme, names.is_empty()) {
                way.place = scheme.clone();
            }
            names.push(name);
            let items = match scopes.value.is_array() {
                true => scopes.items(),
                false => vec![scopes],
            };
            let text = |scope: &Place<'_>| match scope.value.as_str() {
                Some(text) => text.to_owned(),
                None => scope.value.to_string(),
            };
            let scopes = items.iter().map(text).collect();
            way.schemes
                .insert(on_the_wire(scheme.as_ref(), name), scopes);
        }
        if place.object().is_none() {
            way.schemes.insert(place.value.to_string(), BTreeSet::new());
        }
        way.names = names.join(" and ");
        way
    };
    owner
        .items_of("security")
        .into_iter()
        .map(requirement)
        .collect()
}

/// A scheme as text, without what is not on the wire: its name, its words, and what is offered besides.
fn on_the_wire(scheme: Option<&Place<'_>>, name: &str) -> String {
    let Some(scheme) = scheme.map(Place::resolved) else {
        return format!("undescribed: {name}");
    };
    let mut value = scheme.value.clone();
    if let Some(object) = value.as_object_mut() {
        strip(object, &["description", "bearerFormat"]);
        if let Some(Value::String(scheme)) = object.get_mut("scheme") {
            *scheme = scheme.to_lowercase();
        }
        let flows = object.get_mut("flows").and_then(Value::as_object_mut);
        for flow in flows.into_iter().flat_map(Map::values_mut) {
            if let Some(flow) = flow.as_object_mut() {
                let is_regular = flow.get("scopes").is_none_or(Value::is_object);
                strip(flow, if is_regular { &["scopes"] } else { &[] });
            }
        }
    }
    value.to_string()
}

fn strip(object: &mut Map<String, Value>, keys: &[&str]) {
    object.retain(|key, _| !keys.contains(&key.as_str()) && !key.starts_with("x-"));
}
