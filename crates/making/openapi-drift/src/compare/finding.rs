//! A change as the comparison meets it, before it is known which operations reach it.

use openapi_model::Spot;
use serde_json::Value;

use crate::{Class, Direction, Kind, Side};

/// A change at a place.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) class: Class,
    pub(crate) kind: Kind,
    /// Known when it is told.
    pub(crate) direction: Direction,
    pub(crate) side: Side,
    pub(crate) pointer: String,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
    pub(crate) message: String,
    pub(crate) why: String,
    /// It is a change only where an operation that moves money reaches it.
    pub(crate) only_where_money_moves: bool,
}

impl Finding {
    /// At a place of the new document.
    pub(crate) fn in_after<'s>(place: impl Into<Spot<'s>>, kind: Kind) -> Self {
        Self::at(Side::After, place.into(), kind)
    }

    /// At a place of the old document, which is gone.
    pub(crate) fn in_before<'s>(place: impl Into<Spot<'s>>, kind: Kind) -> Self {
        Self::at(Side::Before, place.into(), kind)
    }

    /// At the new place if there is one, otherwise at the old one.
    pub(crate) fn in_either<'s>(
        before: Option<impl Into<Spot<'s>>>,
        after: Option<impl Into<Spot<'s>>>,
        kind: Kind,
    ) -> Self {
        let before: Option<Spot<'s>> = before.map(Into::into);
        let after: Option<Spot<'s>> = after.map(Into::into);
        let mut finding = match (before, after) {
            (_, Some(after)) => Self::in_after(after, kind),
            (Some(before), None) => Self::in_before(before, kind),
            (None, None) => Self::new(Side::After, String::new(), kind),
        };
        finding.before = before.map(|place| place.value.clone());
        finding.after = after.map(|place| place.value.clone());
        finding
    }

    fn at(side: Side, place: Spot<'_>, kind: Kind) -> Self {
        Self::new(side, place.pointer(), kind)
    }

    fn new(side: Side, pointer: String, kind: Kind) -> Self {
        Self {
            class: Class::Breaking,
            kind,
            direction: Direction::Api,
            side,
            pointer,
            before: None,
            after: None,
            message: String::new(),
            why: String::new(),
            only_where_money_moves: false,
        }
    }

    /// With what was there and what is there.
    pub(crate) fn values(mut self, before: Option<Value>, after: Option<Value>) -> Self {
        self.before = before;
        self.after = after;
        self
    }

    /// With its class and the reason.
    pub(crate) fn classed(mut self, (class, why): (Class, impl Into<String>)) -> Self {
        self.class = class;
        self.why = why.into();
        self
    }

    /// With what changed, in a sentence, which begins with a capital letter.
    pub(crate) fn says(mut self, message: impl Into<String>) -> Self {
        self.message = message.into();
        if let Some(first) = self.message.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        self
    }
}
