//! The entries of lists.

use super::engine::Engine;
use super::objects::Rest;
use super::schema::Flat;
use crate::place::{Place, subject};
use crate::{Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares what two lists may hold.
    pub(crate) fn arrays(&mut self, before: &Flat<'a>, after: &Flat<'a>, direction: Direction) {
        let (old, new) = (Entries::of(before), Entries::of(after));
        let homes = (&before.home, &after.home);
        let name = subject(&after.home.at);
        for index in 0..old.first.len().max(new.first.len()) {
            self.rest(
                (&old.at(index), &new.at(index)),
                homes,
                Kind::ItemsChanged,
                direction,
                &format!("As entry {index} of {name}"),
            );
        }
        self.rest(
            (&old.rest, &new.rest),
            homes,
            Kind::ItemsChanged,
            direction,
            &format!("As an entry of {name}"),
        );
    }
}

/// The first entries one by one, and all others.
struct Entries<'a> {
    first: Vec<Vec<Place<'a>>>,
    rest: Rest<'a>,
}

impl<'a> Entries<'a> {
    fn of(flat: &Flat<'a>) -> Self {
        let mut first: Vec<Vec<Place<'a>>> = Vec::new();
        let mut rest = Vec::new();
        for part in &flat.parts {
            let items = part.get("items");
            // Before JSON Schema 2020-12, a list of schemas under `items`, and `additionalItems` for the others.
            let is_tuple = items.as_ref().is_some_and(|items| items.value.is_array());
            let (tuple, others) = match is_tuple {
                true => (items, part.get("additionalItems")),
                false => (part.get("prefixItems"), items),
            };
            let tuple = tuple.map(|tuple| tuple.items()).unwrap_or_default();
            for (index, place) in tuple.into_iter().enumerate() {
                match first.get_mut(index) {
                    Some(places) => places.push(place),
                    None => first.push(vec![place]),
                }
            }
            rest.extend(others);
        }
        Self {
            first,
            rest: Rest::of(rest),
        }
    }

    fn at(&self, index: usize) -> Rest<'a> {
        match self.first.get(index) {
            Some(places) => Rest::of(places.clone()),
            None => self.rest.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compare::schema::Schema;

    #[test]
    fn a_tuple_is_read_in_both_of_its_forms() {
        let old = json!({"items": [{"type": "string"}], "additionalItems": false});
        let new = json!({"prefixItems": [{"type": "string"}], "items": false});
        for document in [old, new] {
            let flat = Flat::of(&Schema::new(Place::root(&document))).unwrap();
            let entries = Entries::of(&flat);
            assert_eq!(entries.first.len(), 1);
            assert!(matches!(entries.rest, Rest::Nothing(_)));
        }
    }
}
