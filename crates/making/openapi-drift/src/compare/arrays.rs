//! The entries of lists.

use super::engine::Engine;
use super::objects::Rest;
use super::schema::{Flat, One};
use crate::Kind;
use crate::place::subject;

impl<'a> Engine<'a> {
    /// Compares what two lists may hold.
    pub(crate) fn arrays(&mut self, before: &Flat<'a>, after: &Flat<'a>) {
        let (old, new) = (Entries::of(before), Entries::of(after));
        let homes = (before.home, after.home);
        let name = subject(&after.home.pointer());
        for index in 0..old.first.len().max(new.first.len()) {
            self.rest(
                (&old.at(index), &new.at(index)),
                homes,
                Kind::ItemsChanged,
                &format!("As entry {index} of {name}"),
            );
        }
        self.rest(
            (&old.rest, &new.rest),
            homes,
            Kind::ItemsChanged,
            &format!("As an entry of {name}"),
        );
    }
}

/// The first entries one by one, and all others.
struct Entries<'a> {
    first: Vec<Vec<One<'a>>>,
    rest: Rest<'a>,
}

impl<'a> Entries<'a> {
    fn of(flat: &Flat<'a>) -> Self {
        let mut first: Vec<Vec<One<'a>>> = Vec::new();
        for part in &flat.parts {
            for (index, id) in part.first.iter().enumerate() {
                match first.get_mut(index) {
                    Some(places) => places.push(part.at(*id)),
                    None => first.push(vec![part.at(*id)]),
                }
            }
        }
        Self {
            first,
            rest: Rest::of(flat.schemas(|part| part.items)),
        }
    }

    fn at(&self, index: usize) -> Rest<'a> {
        match self.first.get(index) {
            Some(places) => Rest::of(places.clone()),
            None => self.rest.clone(),
        }
    }
}
