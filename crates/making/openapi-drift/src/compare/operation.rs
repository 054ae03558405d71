//! Two operations that are the same one.

use super::engine::Engine;
use super::finding::Finding;
use super::judge;
use super::keywords;
use super::operations::{Operation, of_item};
use super::outline;
use crate::place::Place;
use crate::{Class, Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares two operations but for their servers and authentication; `sent` is the direction of their requests.
    pub(crate) fn operation(&mut self, old: &Operation<'a>, new: &Operation<'a>, sent: Direction) {
        self.leftovers(&old.item, &new.item, keywords::PATH_ITEM, Direction::Api);
        self.leftovers(&old.place, &new.place, keywords::OPERATION, Direction::Api);
        for key in ["summary", "description"] {
            let words = |operation: &Operation<'a>| -> Vec<Place<'a>> {
                operation.place.get(key).into_iter().collect()
            };
            self.wording(&words(old), &words(new));
        }
        let deprecated = new
            .place
            .get("deprecated")
            .unwrap_or_else(|| new.place.clone());
        self.deprecation(
            old.place.is("deprecated"),
            new.place.is("deprecated"),
            &deprecated,
        );
        self.parameters(old, new, sent);
        self.request_bodies(&old.place, &new.place, sent);
        self.answers(&old.place, &new.place, sent.reversed());
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
        let (before, after) = (
            old.place.entries_of("callbacks"),
            new.place.entries_of("callbacks"),
        );
        let find = |list: &[(&str, Place<'a>)], name: &str| {
            list.iter()
                .find(|(found, _)| *found == name)
                .map(|(_, place)| place.clone())
        };
        for (name, callback) in &before {
            match find(&after, name) {
                Some(other) => self.callback(name, old, new, (callback, &other), sent),
                None => self.callback_gone(name, callback),
            }
        }
        for (name, callback) in &after {
            if find(&before, name).is_none() {
                self.callback_new(name, callback);
            }
        }
    }

    fn callback(
        &mut self,
        name: &str,
        old: &Operation<'a>,
        new: &Operation<'a>,
        (before, after): (&Place<'a>, &Place<'a>),
        sent: Direction,
    ) {
        let (before, after) = (before.resolved(), after.resolved());
        let is_expression = |(key, _): &(&str, Place<'a>)| !key.starts_with("x-");
        let entries = |callback: &Place<'a>| -> Vec<(&'a str, Place<'a>)> {
            callback
                .entries()
                .into_iter()
                .filter(is_expression)
                .collect()
        };
        let (olds, news) = (entries(&before), entries(&after));
        if before.value != after.value && (before.object().is_none() || after.object().is_none()) {
            return self.unknown(Some(&before), Some(&after), name, sent);
        }
        for index in 0..olds.len().max(news.len()) {
            match (olds.get(index), news.get(index)) {
                (Some((old_to, old_item)), Some((new_to, new_item))) => {
                    if old_to != new_to {
                        self.tell(
                            Finding::in_after(new_item, Kind::SerializationChanged, Direction::Api)
                                .values(Some((*old_to).into()), Some((*new_to).into()))
                                .classed((
                                    Class::ReadThis,
                                    "The provider calls another URL than the one that was given for it.",
                                ))
                                .says(format!("The callback `{name}` goes elsewhere.")),
                        );
                    }
                    let from = of_item(&old.root, old_to, old_item);
                    let to = of_item(&new.root, new_to, new_item);
                    if from.is_empty() && to.is_empty() {
                        self.leftovers(old_item, new_item, keywords::PATH_ITEM, sent);
                    }
                    self.calls_of_the_provider(name, from, to, sent);
                }
                (Some((_, item)), None) => self.callback_gone(name, item),
                (None, Some((_, item))) => self.callback_new(name, item),
                (None, None) => {}
            }
        }
    }

    /// Compares what the provider calls, method by method; `sent` is the direction of its requests.
    pub(crate) fn calls_of_the_provider(
        &mut self,
        name: &str,
        old: Vec<Operation<'a>>,
        new: Vec<Operation<'a>>,
        sent: Direction,
    ) {
        let mut new = new;
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
            self.callback_gone(name, &call.place);
        }
        for call in new {
            self.callback_new(name, &call.place);
        }
    }

    /// Tells of a call of the provider that is made no more.
    pub(crate) fn callback_gone(&mut self, name: &str, place: &Place<'a>) {
        self.tell(
            Finding::in_before(place, Kind::CallbackRemoved, Direction::Answer)
                .values(Some(outline::calls(name, place)), None)
                .classed((
                    Class::Breaking,
                    "Who waits for the provider's call waits in vain. Read the state instead.",
                ))
                .says(format!("The provider's call `{name}` is gone.")),
        );
    }

    /// Tells of a new call of the provider.
    pub(crate) fn callback_new(&mut self, name: &str, place: &Place<'a>) {
        self.tell(
            Finding::in_after(place, Kind::CallbackAdded, Direction::Answer)
                .values(None, Some(outline::calls(name, place)))
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
        (before, after): (Option<&Place<'a>>, &Place<'a>),
        keyword: &str,
        (old, new): (String, String),
        direction: Direction,
    ) {
        if old == new {
            return;
        }
        let (class, _) = judge::unknown(direction);
        let finding = match (after.get(keyword), before) {
            (Some(place), _) => Finding::in_after(&place, Kind::SerializationChanged, direction),
            _ => Finding::in_after(after, Kind::SerializationChanged, direction),
        };
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
