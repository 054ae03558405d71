//! Where a user of the crate finds each item.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use syn::Item as Source;

use crate::attributes;
use crate::exports::is_listed;
use crate::item::{Item, Kind};
use crate::modules::{Crate, ModuleId, ROOT};
use crate::names::{ItemId, Target, name_of};

/// The path at which something is found.
pub(crate) struct Place {
    pub(crate) module: String,
    pub(crate) name: String,
    /// The `#[cfg(…)]` that apply to all of the module.
    pub(crate) module_cfgs: Vec<String>,
    /// Those on the way from the module to the item.
    cfgs: Vec<String>,
}

impl Place {
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }

    /// The `#[cfg(…)]` to show at the item itself, given its own.
    pub(crate) fn shown_cfgs(&self, own: &[String]) -> String {
        let all: BTreeSet<&String> = self.cfgs.iter().chain(own).collect();
        let shown = all
            .into_iter()
            .filter(|cfg| !self.module_cfgs.contains(cfg));
        shown.map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// A module's path and all `#[cfg(…)]` that lead there.
#[derive(Clone)]
struct ModulePlace {
    path: String,
    cfgs: Vec<String>,
}

/// The public items, each with one place, and the further paths to them.
pub(crate) struct Visible<'a> {
    source: &'a Crate,
    items: BTreeMap<ItemId, Place>,
    modules: BTreeMap<ModuleId, ModulePlace>,
    /// Modules whose `pub use` are still to be followed.
    waiting: VecDeque<ModuleId>,
    listed: Vec<Item>,
}

impl<'a> Visible<'a> {
    pub(crate) fn of(source: &'a Crate) -> Self {
        let mut visible = Self {
            source,
            items: BTreeMap::new(),
            modules: BTreeMap::new(),
            waiting: VecDeque::new(),
            listed: Vec::new(),
        };
        visible.show_module(
            ROOT,
            ModulePlace {
                path: "crate".to_owned(),
                cfgs: Vec::new(),
            },
            "",
        );
        visible.show_exported_macros();
        while let Some(id) = visible.waiting.pop_front() {
            let Some(place) = visible.modules.get(&id).cloned() else {
                continue;
            };
            for export in source.exports(id) {
                visible.show(&export.target, &export.name, &export.cfgs, &place);
            }
        }
        visible
    }

    /// The place of an item, if a user can name it.
    pub(crate) fn place_of(&self, id: ItemId) -> Option<&Place> {
        self.items.get(&id)
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = (ItemId, &Place)> {
        self.items.iter().map(|(id, place)| (*id, place))
    }

    /// The lines for modules, further paths and macros.
    pub(crate) fn into_listed(self) -> Vec<Item> {
        self.listed
    }

    /// Makes a module and what is public in it visible; `cfg` is what its line
    /// shows.
    fn show_module(&mut self, id: ModuleId, place: ModulePlace, cfg: &str) {
        self.listed.push(Item {
            module: place.path.clone(),
            path: place.path.clone(),
            kind: Kind::Module,
            cfg: cfg.to_owned(),
            text: format!("mod {}", place.path),
        });
        self.modules.insert(id, place.clone());
        self.waiting.push_back(id);
        let source = self.source;
        let Some(module) = source.modules.get(id) else {
            return;
        };
        for (index, item) in module.items.iter().enumerate() {
            if is_listed(item)
                && let Some(name) = name_of(item)
            {
                let target = Target::Item(ItemId { module: id, index });
                self.show(&target, &name.to_string(), &[], &place);
            }
        }
        for child in &module.children {
            if let Some(module) = source.modules.get(*child).filter(|module| module.public) {
                self.show(&Target::Module(*child), &module.name, &[], &place);
            }
        }
    }

    /// Makes a target visible in a module under a name. The first place is the
    /// item's own; any other is a further path to it.
    fn show(&mut self, target: &Target, name: &str, cfgs: &[String], within: &ModulePlace) {
        let place = |own: Vec<String>| Place {
            module: within.path.clone(),
            name: name.to_owned(),
            module_cfgs: within.cfgs.clone(),
            cfgs: cfgs.iter().cloned().chain(own).collect(),
        };
        let known = match target {
            Target::Item(id) => match self.items.get(id) {
                Some(known) => known.path(),
                None => {
                    let own = self.source.cfgs_of(id.module);
                    self.items.insert(*id, place(own));
                    return;
                }
            },
            Target::Module(id) => match self.modules.get(id) {
                Some(known) => known.path.clone(),
                None => {
                    let place = place(self.source.cfgs_of(*id));
                    let mut all = within.cfgs.clone();
                    all.extend(place.cfgs.iter().cloned());
                    let cfg = place.shown_cfgs(&[]);
                    let place = ModulePlace {
                        path: place.path(),
                        cfgs: all,
                    };
                    return self.show_module(*id, place, &cfg);
                }
            },
            Target::Within(id, member) => match self.items.get(id) {
                Some(known) => format!("{}::{member}", known.path()),
                None => {
                    let name = self.source.item(*id).and_then(name_of);
                    name.map_or_else(|| member.clone(), |name| format!("{name}::{member}"))
                }
            },
            Target::Foreign(path) => path.clone(),
        };
        self.list_further_path(&known, name, &place(Vec::new()));
    }

    fn list_further_path(&mut self, of: &str, name: &str, place: &Place) {
        let keeps_name = of == name || of.ends_with(&format!("::{name}"));
        let renamed = if keeps_name {
            String::new()
        } else {
            format!(" as {name}")
        };
        self.listed.push(Item {
            module: place.module.clone(),
            path: place.path(),
            kind: Kind::ReExport,
            cfg: place.shown_cfgs(&[]),
            text: format!("pub use {of}{renamed}"),
        });
    }

    /// `#[macro_export]` puts a macro into the root, wherever it is written.
    fn show_exported_macros(&mut self) {
        for (id, module) in self.source.modules.iter().enumerate() {
            for item in &module.items {
                let Source::Macro(source) = item else {
                    continue;
                };
                let (Some(name), true, false) = (
                    &source.ident,
                    attributes::has(&source.attrs, "macro_export"),
                    attributes::is_left_out(&source.attrs),
                ) else {
                    continue;
                };
                let mut cfgs = attributes::cfgs(&source.attrs);
                cfgs.extend(self.source.cfgs_of(id));
                self.listed.push(Item {
                    module: "crate".to_owned(),
                    path: format!("crate::{name}"),
                    kind: Kind::Macro,
                    cfg: cfgs.join(" "),
                    text: format!("macro_rules! {name}"),
                });
            }
        }
    }
}
