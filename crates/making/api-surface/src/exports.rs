//! What the `pub use` declarations of a module make visible.

use std::collections::BTreeSet;

use syn::Item;

use crate::attributes;
use crate::modules::{Brings, Crate, Import, ModuleId, is_public};
use crate::names::{ItemId, Target, name_of};

/// One name that a module gives to others.
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) cfgs: Vec<String>,
}

impl Crate {
    /// What the `pub use` of a module bring, those with a name first: `*` gives
    /// way to them.
    pub(crate) fn exports(&self, id: ModuleId) -> Vec<Export> {
        self.exports_once(id, &mut BTreeSet::new())
    }

    fn exports_once(&self, id: ModuleId, followed: &mut BTreeSet<ModuleId>) -> Vec<Export> {
        let Some(module) = self.modules.get(id).filter(|_| followed.insert(id)) else {
            return Vec::new();
        };
        let mut exports = Vec::new();
        for import in module.imports.iter().filter(|import| import.public) {
            if let Brings::Name(name) = &import.brings {
                exports.extend(self.named_exports(id, import, name));
            }
        }
        exports.sort_by(|left, right| left.name.cmp(&right.name));
        let mut own: BTreeSet<String> = exports.iter().map(|export| export.name.clone()).collect();
        own.extend(
            module
                .children
                .iter()
                .map(|child| self.modules[*child].name.clone()),
        );
        own.extend(
            module
                .items
                .iter()
                .filter_map(name_of)
                .map(ToString::to_string),
        );
        for import in module.imports.iter().filter(|import| import.public) {
            if import.brings == Brings::All {
                let all = self.exports_of_all(id, import, followed);
                exports.extend(all.into_iter().filter(|export| !own.contains(&export.name)));
            }
        }
        exports
    }

    fn named_exports(&self, module: ModuleId, import: &Import, name: &str) -> Vec<Export> {
        let mut targets = self.targets_of(module, import);
        if targets.is_empty() {
            // What a macro defines is not seen; its path says enough.
            targets.push(Target::Foreign(import.path.join("::")));
        }
        let export = |target| Export {
            name: name.to_owned(),
            target,
            cfgs: import.cfgs.clone(),
        };
        targets
            .into_iter()
            .filter(|target| self.may_be_exported(target))
            .map(export)
            .collect()
    }

    /// A name may stand for a private function and a public type.
    fn may_be_exported(&self, target: &Target) -> bool {
        match target {
            Target::Item(id) | Target::Within(id, _) => self.item(*id).is_some_and(is_listed),
            Target::Module(id) => self.modules.get(*id).is_some_and(|module| module.public),
            Target::Foreign(_) => true,
        }
    }

    fn exports_of_all(
        &self,
        id: ModuleId,
        import: &Import,
        followed: &mut BTreeSet<ModuleId>,
    ) -> Vec<Export> {
        let mut exports = Vec::new();
        for target in self.targets_of(id, import) {
            let target = match target {
                Target::Module(module) => {
                    exports.extend(self.contents(module));
                    exports.extend(self.exports_once(module, followed));
                    continue;
                }
                Target::Foreign(path) => Target::Foreign(format!("{path}::*")),
                Target::Item(id) => Target::Within(id, "*".to_owned()),
                Target::Within(id, path) => Target::Within(id, format!("{path}::*")),
            };
            exports.push(Export {
                name: "*".to_owned(),
                target,
                cfgs: Vec::new(),
            });
        }
        for export in &mut exports {
            export.cfgs.extend(import.cfgs.iter().cloned());
        }
        exports
    }

    /// The public items and modules of a module, as a `*` brings them.
    fn contents(&self, id: ModuleId) -> Vec<Export> {
        let Some(module) = self.modules.get(id) else {
            return Vec::new();
        };
        let export = |name: String, target| Export {
            name,
            target,
            cfgs: Vec::new(),
        };
        let items = module
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| is_listed(item));
        let items = items.filter_map(|(index, item)| {
            let target = Target::Item(ItemId { module: id, index });
            Some(export(name_of(item)?.to_string(), target))
        });
        let children = module.children.iter().filter_map(|child| {
            let module = self.modules.get(*child).filter(|module| module.public)?;
            Some(export(module.name.clone(), Target::Module(*child)))
        });
        items.chain(children).collect()
    }
}

/// Whether an item is public and part of the API.
pub(crate) fn is_listed(item: &Item) -> bool {
    let (visibility, attributes) = match item {
        Item::Const(item) => (&item.vis, &item.attrs),
        Item::Enum(item) => (&item.vis, &item.attrs),
        Item::Fn(item) => (&item.vis, &item.attrs),
        Item::Static(item) => (&item.vis, &item.attrs),
        Item::Struct(item) => (&item.vis, &item.attrs),
        Item::Trait(item) => (&item.vis, &item.attrs),
        Item::TraitAlias(item) => (&item.vis, &item.attrs),
        Item::Type(item) => (&item.vis, &item.attrs),
        Item::Union(item) => (&item.vis, &item.attrs),
        _ => return false,
    };
    is_public(visibility) && !attributes::is_left_out(attributes)
}
