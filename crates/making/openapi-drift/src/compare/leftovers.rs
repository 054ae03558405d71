//! What no rule takes: keywords that are unknown, and values that have not the shape of their keyword.

use std::collections::BTreeSet;

use super::engine::Engine;
use super::finding::Finding;
use super::judge;
use super::keywords::{self, Shape, Table};
use crate::place::Place;
use crate::{Class, Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares, as they are, the members of two objects for which `table` has no rule.
    pub(crate) fn leftovers(
        &mut self,
        before: &Place<'a>,
        after: &Place<'a>,
        table: Table,
        direction: Direction,
    ) {
        if before.value == after.value {
            return;
        }
        if before.object().is_none() || after.object().is_none() {
            self.unknown(Some(before), Some(after), "the whole of it", direction);
            return;
        }
        let names = [before, after]
            .into_iter()
            .flat_map(|place| place.object().into_iter().flatten())
            .map(|(name, _)| name.as_str());
        for name in names.collect::<BTreeSet<_>>() {
            let (old, new) = (before.get(name), after.get(name));
            if old.as_ref().map(|place| place.value) == new.as_ref().map(|place| place.value) {
                continue;
            }
            if keywords::is_unit_extension(name) {
                self.unit_extension(old.as_ref(), new.as_ref(), name);
                continue;
            }
            let fits = |place: &Option<Place<'_>>, shape: Shape| {
                place.as_ref().is_none_or(|place| shape.fits(place.value))
            };
            match keywords::shape(table, name) {
                Some(Shape::OffTheWire) => {}
                Some(shape) if fits(&old, shape) && fits(&new, shape) => {}
                _ => self.unknown(old.as_ref(), new.as_ref(), name, direction),
            }
        }
    }

    /// Tells of a change for which there is no rule.
    pub(crate) fn unknown(
        &mut self,
        before: Option<&Place<'_>>,
        after: Option<&Place<'_>>,
        name: &str,
        direction: Direction,
    ) {
        let what = match (before, after) {
            (None, _) => "is new",
            (_, None) => "is gone",
            _ => "is another one",
        };
        self.tell(
            Finding::in_either(before, after, Kind::Other, direction)
                .classed(judge::unknown(direction))
                .says(format!("`{name}` {what}.")),
        );
    }

    /// Tells of a vendor's extension that speaks of the unit of an amount.
    pub(crate) fn unit_extension(
        &mut self,
        before: Option<&Place<'_>>,
        after: Option<&Place<'_>>,
        name: &str,
    ) {
        self.tell(
            Finding::in_either(before, after, Kind::UnitChanged, Direction::Api)
                .classed((
                    Class::ReadThis,
                    "An amount in another unit is another amount. Check the unit that our clients send and read.",
                ))
                .says(format!("`{name}`, which speaks of a unit, changed.")),
        );
    }
}
