//! How calls are authenticated.

use std::collections::{BTreeMap, BTreeSet};

use openapi_model::{At, Document, Model, Requirement, SecurityScheme, Spot};
use serde_json::{Map, Value};

use super::engine::Engine;
use super::finding::Finding;
use super::inherited::Said;
use super::operations::Operation;
use crate::{Class, Kind};

/// One way of authentication: the schemes that it needs, all of them.
#[derive(Clone)]
struct Way<'a> {
    /// What each scheme is on the wire, and the scopes that it needs.
    schemes: BTreeMap<String, BTreeSet<String>>,
    /// Where its first scheme is described.
    place: Spot<'a>,
    names: String,
    /// The types of its schemes.
    kinds: Vec<&'a str>,
}

impl<'a> Engine<'a> {
    /// Compares the authentication of the whole API.
    pub(crate) fn security_of_all(
        &mut self,
        (old, new): &(Said<'a, Requirement<'a>>, Said<'a, Requirement<'a>>),
        (before, after): (&'a Model<'a>, &'a Model<'a>),
    ) {
        let home = |model: &'a Model<'a>| {
            let root = model.root();
            root.keyword("security").unwrap_or_else(|| root.spot())
        };
        let ways = (ways(old, before), ways(new, after));
        self.security(ways, (home(before), home(after)));
    }

    /// Compares the schemes that two documents describe.
    pub(crate) fn schemes(&mut self, old: &'a Model<'a>, new: &'a Model<'a>) {
        self.offered_scopes(old.root(), new.root());
        self.unasked_schemes(old, new);
    }

    /// Compares schemes that are described and that nothing asks for: many documents leave it at that.
    fn unasked_schemes(&mut self, old: &'a Model<'a>, new: &'a Model<'a>) {
        let asked: BTreeSet<&str> = asked(old).union(&asked(new)).copied().collect();
        for (name, scheme, other) in described(old.root(), new.root()) {
            if asked.contains(name) {
                continue;
            }
            let (before, after) = (
                on_the_wire(Some(scheme), name),
                on_the_wire(Some(other), name),
            );
            if before != after {
                self.tell(
                    Finding::in_after(other, Kind::AuthenticationChanged)
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
        let (before, after) = (Said::by_operation(old), Said::by_operation(new));
        if before.is_own || after.is_own {
            let home = |operation: &Operation<'a>| {
                let place = operation.operation;
                place.keyword("security").unwrap_or_else(|| place.spot())
            };
            let ways = (
                ways(&before, old.operation.model()),
                ways(&after, new.operation.model()),
            );
            self.security(ways, (home(old), home(new)));
        }
    }

    fn security(
        &mut self,
        (mut old, mut new): (Vec<Way<'a>>, Vec<Way<'a>>),
        (before, after): (Spot<'a>, Spot<'a>),
    ) {
        // `{}` among the ways makes the others optional.
        let is_free = |ways: &[Way<'a>]| ways.iter().all(|way| way.schemes.is_empty());
        let is_needed =
            |ways: &[Way<'a>]| !is_free(ways) && ways.iter().all(|way| !way.schemes.is_empty());
        if is_free(&old) && is_free(&new) {
            return;
        }
        if !is_needed(&old) && is_needed(&new) {
            let (offered, words) = match is_free(&old) {
                true => (None, "where none was asked for"),
                false => (Some(shown(&old)), "where it was optional"),
            };
            self.tell(
                Finding::in_after(after, Kind::AuthenticationRequired)
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
                Finding::in_before(before, Kind::AuthenticationLifted)
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
            let alike = |other: &Way<'a>| other.names == way.names || other.kinds == way.kinds;
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
                Finding::in_before(way.place, Kind::AuthenticationRemoved)
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
                Finding::in_after(way.place, Kind::AuthenticationAdded)
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
            Finding::in_after(new.place, kind)
                .values(Some(old.text()), Some(new.text()))
                .classed(class)
                .says(message),
        );
    }

    /// Compares the scopes that can be asked for.
    fn offered_scopes(&mut self, old: At<'a, Document<'a>>, new: At<'a, Document<'a>>) {
        for (name, scheme, other) in described(old, new) {
            let scopes = |scheme: Scheme<'a>| -> BTreeSet<String> {
                let flows = scheme.said().flows.iter();
                let scopes = flows.flat_map(|(flow, said)| {
                    said.scopes
                        .iter()
                        .map(move |scope| format!("{flow}: {scope}"))
                });
                scopes.collect()
            };
            let (old, new) = (scopes(scheme), scopes(other));
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
                Finding::in_after(other, Kind::ScopesChanged)
                    .values(value(old), value(new))
                    .classed(class)
                    .says(format!("The scheme `{name}` offers other scopes.")),
            );
        }
    }
}

type Scheme<'a> = At<'a, SecurityScheme<'a>>;

/// The schemes that both documents describe, by name.
fn described<'a>(
    old: At<'a, Document<'a>>,
    new: At<'a, Document<'a>>,
) -> impl Iterator<Item = (&'a str, Scheme<'a>, Scheme<'a>)> {
    let news: BTreeMap<&str, _> = new.said().schemes.iter().copied().collect();
    old.said()
        .schemes
        .iter()
        .filter_map(move |(name, scheme)| Some((*name, old.at(*scheme), new.at(*news.get(name)?))))
}

/// The names of the schemes that the API or an operation asks for.
fn asked<'a>(model: &'a Model<'a>) -> BTreeSet<&'a str> {
    let calls = model.calls().into_iter().chain(model.webhooks());
    let owners = calls.map(|call| call.operation.said().security.as_deref());
    let asked = owners.chain([model.root().said().security.as_deref()]);
    asked
        .flat_map(Option::unwrap_or_default)
        .flat_map(|requirement| &model.at(*requirement).said().schemes)
        .map(|(name, ..)| *name)
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

/// The ways of authentication that are asked for.
fn ways<'a>(said: &Said<'a, Requirement<'a>>, model: &'a Model<'a>) -> Vec<Way<'a>> {
    let way = |place: At<'a, Requirement<'a>>| {
        let mut way = Way {
            schemes: BTreeMap::new(),
            place: place.spot(),
            names: String::new(),
            kinds: Vec::new(),
        };
        let mut names = Vec::new();
        for (name, scheme, scopes) in &place.said().schemes {
            let scheme = scheme.map(|id| place.at(id));
            if let Some(scheme) = scheme.filter(|_| names.is_empty()) {
                way.place = scheme.spot();
            }
            names.push(*name);
            way.kinds
                .extend(scheme.map(|scheme| scheme.said().kind.unwrap_or_default()));
            let text = |scope: &Value| match scope.as_str() {
                Some(text) => text.to_owned(),
                None => scope.to_string(),
            };
            let scopes = match scopes.as_array() {
                Some(scopes) => scopes.iter().map(text).collect(),
                None => BTreeSet::from([text(scopes)]),
            };
            way.schemes.insert(on_the_wire(scheme, name), scopes);
        }
        if !place.raw().is_object() {
            way.schemes.insert(place.raw().to_string(), BTreeSet::new());
        }
        way.kinds.sort_unstable();
        way.names = names.join(" and ");
        way
    };
    said.list.iter().map(|id| way(model.at(*id))).collect()
}

/// A scheme as text, without what is not on the wire: its name, its words, and what is offered besides.
fn on_the_wire(scheme: Option<Scheme<'_>>, name: &str) -> String {
    let Some(scheme) = scheme else {
        return format!("undescribed: {name}");
    };
    let mut value = scheme.raw().clone();
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
