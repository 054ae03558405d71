//! What an operation says itself or inherits from the document: its servers and its authentication.

use openapi_model::{At, Document, Id, Requirement, Server, Spot};

use super::operations::Operation;

/// What an operation may inherit.
pub(crate) trait Inherited<'a>: Sized {
    /// Its keyword.
    const KEY: &'static str;

    /// What the whole document says.
    fn of_document(document: &'a Document<'a>) -> Option<&'a [Id<Self>]>;

    /// What an operation says itself, or its path if it may stand there.
    fn of_operation(operation: &Operation<'a>) -> Option<(&'a [Id<Self>], Spot<'a>)>;
}

impl<'a> Inherited<'a> for Server<'a> {
    const KEY: &'static str = "servers";

    fn of_document(document: &'a Document<'a>) -> Option<&'a [Id<Self>]> {
        document.servers.as_deref()
    }

    fn of_operation(operation: &Operation<'a>) -> Option<(&'a [Id<Self>], Spot<'a>)> {
        let (place, item) = (operation.operation, operation.item);
        let own = place.said().servers.as_deref();
        let own = own.and_then(|list| Some((list, place.keyword(Self::KEY)?)));
        own.or_else(|| Some((item.said().servers.as_deref()?, item.keyword(Self::KEY)?)))
    }
}

impl<'a> Inherited<'a> for Requirement<'a> {
    const KEY: &'static str = "security";

    fn of_document(document: &'a Document<'a>) -> Option<&'a [Id<Self>]> {
        document.security.as_deref()
    }

    fn of_operation(operation: &Operation<'a>) -> Option<(&'a [Id<Self>], Spot<'a>)> {
        let place = operation.operation;
        Some((place.said().security.as_deref()?, place.keyword(Self::KEY)?))
    }
}

/// What holds, and whether an operation or its path says it.
pub(crate) struct Said<'a, T> {
    pub(crate) list: &'a [Id<T>],
    /// As it is written; nothing where nobody says anything.
    pub(crate) spot: Option<Spot<'a>>,
    pub(crate) is_own: bool,
}

impl<'a, T: Inherited<'a>> Said<'a, T> {
    /// What holds for the API as a whole.
    pub(crate) fn by_document(root: At<'a, Document<'a>>) -> Self {
        Self {
            list: T::of_document(root.said()).unwrap_or_default(),
            spot: root.keyword(T::KEY),
            is_own: false,
        }
    }

    /// What holds for an operation.
    pub(crate) fn by_operation(operation: &Operation<'a>) -> Self {
        match T::of_operation(operation) {
            Some((list, spot)) => Self {
                list,
                spot: Some(spot),
                is_own: true,
            },
            None => Self::by_document(operation.operation.model().root()),
        }
    }
}

/// Where it is compared, so that each change on the wire is told once.
pub(crate) struct Plan<'a, T> {
    /// What holds for the API as a whole, if it is compared as a whole.
    pub(crate) whole: Option<(Said<'a, T>, Said<'a, T>)>,
    /// Whether operations are compared that say it themselves, on one side at least.
    pub(crate) one_by_one: bool,
}

impl<'a, T: Inherited<'a>> Plan<'a, T> {
    /// The documents count alone where there are no operations on both sides; otherwise what counts is what holds for
    /// each operation.
    pub(crate) fn of(
        (old, new): (At<'a, Document<'a>>, At<'a, Document<'a>>),
        pairs: &[(Operation<'a>, Operation<'a>)],
    ) -> Self {
        let roots = || (Said::by_document(old), Said::by_document(new));
        let mut owners: Vec<(Said<'a, T>, Said<'a, T>)> = pairs
            .iter()
            .map(|(old, new)| (Said::by_operation(old), Said::by_operation(new)))
            .collect();
        if owners.is_empty() {
            return Self {
                whole: Some(roots()),
                one_by_one: false,
            };
        }
        let said = |(old, new): &(Said<'a, T>, Said<'a, T>)| {
            let value = |said: &Said<'a, T>| said.spot.map(|spot| spot.value);
            (value(old), value(new))
        };
        let (root_before, root_after) = said(&roots());
        let all_agree = owners.iter().all(|one| said(one) == said(&owners[0]));
        let some_inherit = owners.iter().any(|(old, new)| !old.is_own || !new.is_own);
        if root_before != root_after && all_agree && some_inherit {
            return Self {
                whole: Some(owners.swap_remove(0)),
                one_by_one: false,
            };
        }
        let some_inherit_both = owners.iter().any(|(old, new)| !old.is_own && !new.is_own);
        Self {
            whole: some_inherit_both.then(roots),
            one_by_one: true,
        }
    }
}
