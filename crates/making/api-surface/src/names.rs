//! What a path in the source means.

use std::collections::HashSet;

use syn::Item;

use crate::modules::{Brings, Crate, Import, ModuleId, ROOT};

/// An item of this crate that is neither a module nor an import.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct ItemId {
    pub(crate) module: ModuleId,
    pub(crate) index: usize,
}

/// What a path leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    Module(ModuleId),
    Item(ItemId),
    /// Something in an item: a variant.
    Within(ItemId, String),
    /// An item of another crate, by its path there, or one that this source does
    /// not show.
    Foreign(String),
}

/// The imports that are being followed, so that a circle ends.
type Followed = HashSet<(ModuleId, usize)>;

impl Crate {
    pub(crate) fn item(&self, id: ItemId) -> Option<&Item> {
        self.modules.get(id.module)?.items.get(id.index)
    }

    /// What an import leads to; nothing when the source does not show it.
    pub(crate) fn targets_of(&self, module: ModuleId, import: &Import) -> Vec<Target> {
        self.follow(module, import, &mut Followed::new())
    }

    /// What a path written in a module leads to. One name may stand for a type
    /// and a function, hence several targets.
    pub(crate) fn resolve(&self, module: ModuleId, path: &[String]) -> Vec<Target> {
        self.resolve_path(module, path, &mut Followed::new())
    }

    fn follow(&self, module: ModuleId, import: &Import, followed: &mut Followed) -> Vec<Target> {
        if import.of_crate {
            return vec![Target::Foreign(import.path.join("::"))];
        }
        self.resolve_path(module, &import.path, followed)
    }

    fn resolve_path(
        &self,
        module: ModuleId,
        path: &[String],
        followed: &mut Followed,
    ) -> Vec<Target> {
        let mut current: Option<Vec<Target>> = None;
        for name in path {
            current = Some(match (name.as_str(), current) {
                ("crate", None) => vec![Target::Module(ROOT)],
                ("self", None) => vec![Target::Module(module)],
                ("super", None) => self.parent_of(&[Target::Module(module)]),
                ("super", Some(targets)) => self.parent_of(&targets),
                (_, None) => self.first_name(module, name, followed),
                (_, Some(targets)) => targets
                    .iter()
                    .flat_map(|target| self.within(target, name, followed))
                    .collect(),
            });
        }
        current.unwrap_or_default()
    }

    fn parent_of(&self, targets: &[Target]) -> Vec<Target> {
        let parent = |target: &Target| match target {
            Target::Module(id) => self.modules.get(*id)?.parent.map(Target::Module),
            _ => None,
        };
        targets.iter().filter_map(parent).collect()
    }

    fn first_name(&self, module: ModuleId, name: &str, followed: &mut Followed) -> Vec<Target> {
        let found = self.lookup(module, name, followed);
        if !found.is_empty() {
            return found;
        }
        // `extern crate a as b;` in the root gives `b` to all modules.
        let renamed = self.modules[ROOT].imports.iter().find(|import| {
            import.of_crate
                && import.path.len() == 1
                && import.brings == Brings::Name(name.to_owned())
        });
        let path = renamed.map_or_else(|| name.to_owned(), |import| import.path.join("::"));
        vec![Target::Foreign(path)]
    }

    fn within(&self, target: &Target, name: &str, followed: &mut Followed) -> Vec<Target> {
        match target {
            Target::Module(id) => self.lookup(*id, name, followed),
            Target::Item(id) => vec![Target::Within(*id, name.to_owned())],
            Target::Within(id, path) => vec![Target::Within(*id, format!("{path}::{name}"))],
            Target::Foreign(path) => vec![Target::Foreign(format!("{path}::{name}"))],
        }
    }

    /// What a name means in a module: its own items and imports, else those
    /// that a `*` brings.
    fn lookup(&self, id: ModuleId, name: &str, followed: &mut Followed) -> Vec<Target> {
        let Some(module) = self.modules.get(id) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for child in &module.children {
            if self.modules[*child].name == name {
                found.push(Target::Module(*child));
            }
        }
        for (index, item) in module.items.iter().enumerate() {
            if name_of(item).is_some_and(|item_name| item_name == name) {
                found.push(Target::Item(ItemId { module: id, index }));
            }
        }
        let named = Brings::Name(name.to_owned());
        for (index, import) in module.imports.iter().enumerate() {
            if import.brings == named && followed.insert((id, index)) {
                found.extend(self.follow(id, import, followed));
                followed.remove(&(id, index));
            }
        }
        if !found.is_empty() {
            return found;
        }
        for (index, import) in module.imports.iter().enumerate() {
            if import.brings == Brings::All && followed.insert((id, index)) {
                for target in self.follow(id, import, followed) {
                    if let Target::Module(id) = target {
                        found.extend(self.lookup(id, name, followed));
                    }
                }
                followed.remove(&(id, index));
            }
        }
        found
    }
}

/// The name that an item gives to its module.
pub(crate) fn name_of(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}
