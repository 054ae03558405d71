//! What no rule takes: keywords that are unknown, and values that make no sense for theirs.

use std::collections::BTreeSet;

use openapi_model::{At, Part, Spot};

use super::engine::Engine;
use super::finding::Finding;
use super::judge;
use super::keywords::is_unit_extension;
use crate::{Class, Direction, Kind};

impl<'a> Engine<'a> {
    /// Compares, as they are, the keywords of two parts that nobody read.
    pub(crate) fn leftovers<T: Part<'a>>(&mut self, before: At<'a, T>, after: At<'a, T>) {
        if before.raw() == after.raw() {
            return;
        }
        if !before.raw().is_object() || !after.raw().is_object() {
            let (old, new) = (Some(before.spot()), Some(after.spot()));
            self.unknown(old, new, "the whole of it");
            return;
        }
        let names = before.unread().iter().chain(after.unread());
        for name in names.collect::<BTreeSet<_>>() {
            let (old, new) = (before.keyword(name), after.keyword(name));
            if old.map(|spot| spot.value) == new.map(|spot| spot.value) {
                continue;
            }
            if is_unit_extension(name) {
                self.unit_extension(old, new, name);
            } else if !name.starts_with("x-") {
                self.unknown(old, new, name);
            }
        }
    }

    /// Tells of a change for which there is no rule.
    pub(crate) fn unknown(
        &mut self,
        before: Option<Spot<'_>>,
        after: Option<Spot<'_>>,
        name: &str,
    ) {
        let what = match (before, after) {
            (None, _) => "is new",
            (_, None) => "is gone",
            _ => "is another one",
        };
        self.tell(
            Finding::in_either(before, after, Kind::Other)
                .classed(judge::unknown(self.direction))
                .says(format!("`{name}` {what}.")),
        );
    }

    /// Tells of a vendor's extension that speaks of the unit of an amount.
    pub(crate) fn unit_extension(
        &mut self,
        before: Option<Spot<'_>>,
        after: Option<Spot<'_>>,
        name: &str,
    ) {
        self.tell_of(
            Direction::Api,
            Finding::in_either(before, after, Kind::UnitChanged)
                .classed((
                    Class::ReadThis,
                    "An amount in another unit is another amount. Check the unit that our clients send and read.",
                ))
                .says(format!("`{name}`, which speaks of a unit, changed.")),
        );
    }
}
