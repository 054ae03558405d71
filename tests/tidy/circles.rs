//! No circle between the files of what makes the clients: who reads one has to read no other that needs it.

use std::collections::{BTreeMap, BTreeSet};

use syn::visit::{self, Visit};

use crate::tree::Tree;

/// The crates that are looked at.
const MAKING: [&str; 2] = ["crates/making/", "xtask/"];

/// Files by their modules, and the modules that each names.
type Named = BTreeMap<String, BTreeSet<String>>;

/// A circle of each crate that has one. A module and what is within it are no circle.
pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let mut crates: BTreeMap<&str, BTreeMap<String, &str>> = BTreeMap::new();
    for (path, text) in tree.texts() {
        if let Some((folder, rest)) = path.split_once("/src/")
            && MAKING.iter().any(|making| path.starts_with(making))
            && let Some(file) = rest.strip_suffix(".rs")
        {
            let module = file.strip_suffix("/mod").unwrap_or(file).replace('/', "::");
            crates.entry(folder).or_default().insert(module, text);
        }
    }
    let problems = crates.into_iter().filter_map(|(folder, files)| {
        let named: Named = files
            .iter()
            .map(|(module, text)| (module.clone(), named_in(module, text, &files)))
            .collect();
        let circle = circle(&named)?.join(", ");
        Some(format!(
            "{folder}: {circle} name each other in a circle; give what both need a file of its own"
        ))
    });
    problems.collect()
}

/// The modules that one names, but for those that it is in.
fn named_in(module: &str, text: &str, files: &BTreeMap<String, &str>) -> BTreeSet<String> {
    let mut paths = Paths::default();
    // A file that is no Rust is another check's.
    if let Ok(file) = syn::parse_file(text) {
        paths.visit_file(&file);
    }
    let own: Vec<&str> = match module {
        "lib" | "main" => Vec::new(),
        module => module.split("::").collect(),
    };
    let named = paths.0.iter().filter_map(|path| {
        let mut at = own.clone();
        let mut rest = path.as_slice();
        while let [first, next @ ..] = rest {
            match first.as_str() {
                "crate" => at.clear(),
                "self" => {}
                "super" => drop(at.pop()),
                _ => break,
            }
            rest = next;
        }
        at.extend(rest.iter().map(String::as_str));
        let ends = (1..=at.len()).rev();
        ends.map(|end| at[..end].join("::"))
            .find(|name| files.contains_key(name))
    });
    let is_within = |outer: &String| module == outer || module.starts_with(&format!("{outer}::"));
    named.filter(|name| !is_within(name)).collect()
}

/// The paths that begin in the crate, or above or within the module; tests are left out.
#[derive(Default)]
struct Paths(Vec<Vec<String>>);

impl Paths {
    fn add(&mut self, path: Vec<String>) {
        if let Some("crate" | "self" | "super") = path.first().map(String::as_str) {
            self.0.push(path);
        }
    }

    fn tree(&mut self, tree: &syn::UseTree, mut path: Vec<String>) {
        match tree {
            syn::UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.tree(&inner.tree, path);
            }
            syn::UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|tree| self.tree(tree, path.clone()));
            }
            syn::UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.add(path);
            }
            syn::UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                self.add(path);
            }
            syn::UseTree::Glob(_) => self.add(path),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&item.tree, Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        self.add(segments.map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }
}

/// Modules that name each other, if there are such.
fn circle(named: &Named) -> Option<Vec<&str>> {
    let is_in = |module: &&String| reached(named, module).contains(module.as_str());
    let from = named.keys().find(is_in)?;
    let all = reached(named, from).into_iter();
    Some(
        all.filter(|other| reached(named, other).contains(from.as_str()))
            .collect(),
    )
}

/// What a module names, directly or through others.
fn reached<'a>(named: &'a Named, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let of = |module: &str| named.get(module).into_iter().flatten().map(String::as_str);
    let mut open: Vec<&str> = of(from).collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(of(module));
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(shape: &str, area: &str) -> Vec<String> {
        problems(&Tree::of([
            ("xtask/src/lib.rs", "mod shape;\nmod area;\nuse area::of;"),
            ("xtask/src/shape.rs", shape),
            ("xtask/src/area/mod.rs", area),
            ("xtask/src/area/unit.rs", "use super::Area;"),
        ]))
    }

    #[test]
    fn files_that_name_each_other_are_found_however_they_do() {
        for shape in [
            "use crate::area::Area;",
            "use super::{other, area::{self, Area}};",
            "fn f() -> crate::area::Area { loop {} }",
            "use crate::area::unit::Unit;",
        ] {
            let area =
                "pub mod unit;\npub struct Area(crate::shape::Shape);\nuse self::unit::Unit;";
            let found = problems_of(shape, area);
            assert_eq!(found.len(), usize::from(!shape.contains("unit")), "{shape}");
            for told in found {
                assert!(
                    told.starts_with("xtask: area, shape name each other"),
                    "{told}"
                );
            }
        }
    }

    #[test]
    fn a_module_and_what_is_within_it_are_no_circle_nor_are_tests() {
        let area = "pub mod unit;\npub struct Area;\nuse self::unit::Unit;\nmod tests { use crate::shape::Shape; }";
        assert!(problems_of("use crate::area::Area;", area).is_empty());
    }
}
