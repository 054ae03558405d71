//! The items of a surface by what makes them the same item.

use std::collections::BTreeMap;

use api_surface::{Item, Kind, Surface};

/// Path and kind; for what a type implements, also what that is.
type Key = (String, Kind, String);

/// The items of a surface.
pub(crate) struct Index<'a> {
    groups: BTreeMap<Key, Vec<&'a Item>>,
    /// Types and traits by their paths.
    owners: BTreeMap<&'a str, &'a Item>,
}

impl<'a> Index<'a> {
    pub(crate) fn of(surface: &'a Surface) -> Self {
        let mut groups: BTreeMap<Key, Vec<&Item>> = BTreeMap::new();
        let mut owners = BTreeMap::new();
        for item in surface.items() {
            groups.entry(key(item)).or_default().push(item);
            if !item.kind.is_member() {
                owners.insert(item.path.as_str(), item);
            }
        }
        Self { groups, owners }
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = (&Key, &[&'a Item])> {
        self.groups
            .iter()
            .map(|(key, items)| (key, items.as_slice()))
    }

    pub(crate) fn group(&self, key: &Key) -> &[&'a Item] {
        self.groups.get(key).map_or(&[], Vec::as_slice)
    }

    /// The type or trait that a member belongs to.
    pub(crate) fn owner(&self, member: &Item) -> Option<&'a Item> {
        self.owners.get(owner_path(member)).copied()
    }

    /// Whether `item` is a member of a type of this surface that the `other` one does not have: the type tells it.
    pub(crate) fn owner_is_gone(&self, item: &Item, other: &Self) -> bool {
        item.kind.is_member() && !other.owners.contains_key(owner_path(item))
    }

    /// Whether a type has fields that are not public.
    pub(crate) fn has_private_fields(&self, owner: &Item) -> bool {
        let key = (owner.path.clone(), Kind::PrivateFields, String::new());
        self.groups.contains_key(&key)
    }
}

fn key(item: &Item) -> Key {
    let detail = match item.kind {
        Kind::Derive => item.text.clone(),
        Kind::Implementation => {
            let header = item.text.split(" {").next();
            header.unwrap_or_default().to_owned()
        }
        _ => String::new(),
    };
    (item.path.clone(), item.kind, detail)
}

fn owner_path(member: &Item) -> &str {
    match member.kind {
        Kind::Derive | Kind::Implementation | Kind::PrivateFields => &member.path,
        _ => member
            .path
            .rsplit_once("::")
            .map_or(member.path.as_str(), |(owner, _)| owner),
    }
}

/// What is left of two groups of one key when equal items are taken out of both.
pub(crate) fn unpaired<'a>(old: &[&'a Item], new: &[&'a Item]) -> (Vec<&'a Item>, Vec<&'a Item>) {
    let mut new = new.to_vec();
    let mut left = Vec::new();
    for old in old {
        match new.iter().position(|candidate| candidate == old) {
            Some(index) => {
                new.remove(index);
            }
            None => left.push(*old),
        }
    }
    (left, new)
}
