//! Two operations that are the same one.

use openapi_model::{At, Callback, Parameter, PathItem, Spot};
use serde_json::Value;

use super::engine::Engine;
use super::finding::Finding;
use super::judge;
use super::operations::Operation;
use super::outline;
use crate::{Class, Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares two operations but for their servers and authentication; `sent` is the direction of their requests.
    pub(crate) fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>, sent: Direction) {
        self.leftovers(old.item, new.item);
        self.leftovers(old.operation, new.operation);
        for key in ["summary", "description"] {
            let words = |operation: &Operation<'a>| -> Vec<Spot<'a>> {
                operation.operation.keyword(key).into_iter().collect()
            };
            self.wording(&words(old), &words(new));
        }
        let deprecated = new.operation.keyword("deprecated");
        self.deprecation(
            old.operation.deprecated,
            new.operation.deprecated,
            deprecated.unwrap_or_else(|| new.operation.spot()),
        );
        self.going(sent, |engine| {
            engine.parameters(old, new);
            engine.request_bodies(old.operation, new.operation);
        });
        self.going(sent.reversed(), |engine| {
            engine.answers(old.operation, new.operation);
        });
        self.callbacks(old, new, sent.reversed());
    }

    /// Compares two operations with what they say themselves of servers and authentication.
    pub(crate) fn operation_and_access(
        &mut self,
        old: &Operation<'a>,
        new: &Operation<'a>,
        sent: Direction,
    ) {
        self.operation(old, new, sent);
        if sent == Direction::Request {
            self.servers_of(old, new);
        }
        self.security_of(old, new);
    }

    /// Compares the calls that the provider makes because of an operation.
    fn callbacks(&mut self, old: &Operation<'a>, new: &Operation<'a>, sent: Direction) {
        let callbacks = |operation: &Operation<'a>| -> Vec<(&'a str, At<'a, Callback<'a>>)> {
            let place = operation.operation;
            let all = place.said().callbacks.iter();
            all.map(|(name, id)| (*name, place.at(*id))).collect()
        };
        let spot = |operation: &Operation<'a>, name: &str, callback: At<'a, Callback<'a>>| {
            let listed = operation.operation.keyword("callbacks");
            listed
                .and_then(|listed| listed.below(name))
                .unwrap_or_else(|| callback.spot())
        };
        let (before, after) = (callbacks(old), callbacks(new));
        let find = |list: &[(&str, At<'a, Callback<'a>>)], name: &str| {
            let mut list = list.iter();
            list.find(|(found, _)| *found == name)
                .map(|(_, place)| *place)
        };
        for (name, callback) in &before {
            match find(&after, name) {
                Some(other) => self.callback(name, (*callback, other), sent),
                None => {
                    let spot = spot(old, name, *callback);
                    self.callback_gone(name, spot, outline::callback(name, *callback));
                }
            }
        }
        for (name, callback) in &after {
            if find(&before, name).is_none() {
                let spot = spot(new, name, *callback);
                self.callback_new(name, spot, outline::callback(name, *callback));
            }
        }
    }

    fn callback(
        &mut self,
        name: &str,
        (before, after): (At<'a, Callback<'a>>, At<'a, Callback<'a>>),
        sent: Direction,
    ) {
        if before.raw() != after.raw() && !(before.raw().is_object() && after.raw().is_object()) {
            return self.going(sent, |engine| {
                engine.unknown(Some(before.spot()), Some(after.spot()), name);
            });
        }
        let (olds, news) = (&before.said().items, &after.said().items);
        for index in 0..olds.len().max(news.len()) {
            match (olds.get(index), news.get(index)) {
                (Some((old_to, old_item)), Some((new_to, new_item))) => {
                    let (old_item, new_item) = (before.at(*old_item), after.at(*new_item));
                    if old_to != new_to {
                        self.tell(
                            Finding::in_after(new_item, Kind::SerializationChanged)
                                .values(Some((*old_to).into()), Some((*new_to).into()))
                                .classed((
                                    Class::ReadThis,
                                    "The provider calls another URL than the one that was given for it.",
                                ))
                                .says(format!("The callback `{name}` goes elsewhere.")),
                        );
                    }
                    self.calls_of_the_provider(name, (old_to, old_item), (new_to, new_item), sent);
                }
                (Some((_, item)), None) => {
                    let item = before.at(*item);
                    self.callback_gone(name, item.spot(), outline::item(name, item));
                }
                (None, Some((_, item))) => {
                    let item = after.at(*item);
                    self.callback_new(name, item.spot(), outline::item(name, item));
                }
                (None, None) => {}
            }
        }
    }

    /// Compares what the provider calls, method by method; `sent` is the direction of its requests.
    pub(crate) fn calls_of_the_provider(
        &mut self,
        name: &str,
        (old_to, old_item): (&'a str, At<'a, PathItem<'a>>),
        (new_to, new_item): (&'a str, At<'a, PathItem<'a>>),
        sent: Direction,
    ) {
        let calls = |item: At<'a, PathItem<'a>>, to| -> Vec<Operation<'a>> { item.calls(to) };
        let (old, mut new) = (calls(old_item, old_to), calls(new_item, new_to));
        if old.is_empty() && new.is_empty() {
            self.going(sent, |engine| engine.leftovers(old_item, new_item));
        }
        let mut gone = Vec::new();
        for call in old {
            match new.iter().position(|other| other.method == call.method) {
                Some(index) => self.operation_and_access(&call, &new.remove(index), sent),
                None => gone.push(call),
            }
        }
        if let ([old], [other]) = (gone.as_slice(), new.as_slice()) {
            self.moved(old, other);
            return self.operation_and_access(old, other, sent);
        }
        for call in gone {
            self.callback_gone(name, call.operation.spot(), outline::call(name, &call));
        }
        for call in new {
            self.callback_new(name, call.operation.spot(), outline::call(name, &call));
        }
    }

    /// Tells of a call of the provider that is made no more.
    pub(crate) fn callback_gone(&mut self, name: &str, place: Spot<'a>, told: Value) {
        self.tell_of(
            Direction::Answer,
            Finding::in_before(place, Kind::CallbackRemoved)
                .values(Some(told), None)
                .classed((
                    Class::Breaking,
                    "Who waits for the provider's call waits in vain. Read the state instead.",
                ))
                .says(format!("The provider's call `{name}` is gone.")),
        );
    }

    /// Tells of a new call of the provider.
    pub(crate) fn callback_new(&mut self, name: &str, place: Spot<'a>, told: Value) {
        self.tell_of(
            Direction::Answer,
            Finding::in_after(place, Kind::CallbackAdded)
                .values(None, Some(told))
                .classed((
                    Class::Compatible,
                    "It comes only to those who ask for it, as a rule. See whether our endpoint is called.",
                ))
                .says(format!("The provider's call `{name}` is new.")),
        );
    }

    /// Tells that something is written in another way.
    pub(crate) fn serialization(
        &mut self,
        after: At<'a, Parameter<'a>>,
        keyword: &str,
        (old, new): (String, String),
    ) {
        if old == new {
            return;
        }
        let (class, _) = judge::unknown(self.direction);
        let place = after.keyword(keyword).unwrap_or_else(|| after.spot());
        let finding = Finding::in_after(place, Kind::SerializationChanged);
        self.tell(
            finding
                .values(Some(old.clone().into()), Some(new.clone().into()))
                .classed((class, "The same value is other bytes on the wire."))
                .says(format!(
                    "It is written in another way: `{keyword}` was {old} and is {new} now."
                )),
        );
    }
}
