//! What `impl` blocks add to the visible types and traits.

use quote::quote;
use syn::visit::{self, Visit};
use syn::{GenericParam, ImplItem, Item as Source, ItemImpl, Path};

use crate::attributes;
use crate::item::{Item, Kind};
use crate::modules::{Crate, ModuleId, is_public};
use crate::names::Target;
use crate::text;
use crate::visibility::{Place, Visible};

/// The lines of all `impl` blocks whose types and traits a user can name.
pub(crate) fn describe(source: &Crate, visible: &Visible<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for (module, parsed) in source.modules.iter().enumerate() {
        for item in &parsed.items {
            let Source::Impl(block) = item else { continue };
            if attributes::is_left_out(&block.attrs) {
                continue;
            }
            let Some(place) = owner(source, visible, module, block) else {
                continue;
            };
            let mut cfgs = attributes::cfgs(&block.attrs);
            cfgs.extend(source.cfgs_of(module));
            if block.trait_.is_some() {
                let of_std = is_of_std(source, module, block);
                items.push(implementation(block, of_std, place, &cfgs));
            } else {
                add_inherent_items(block, place, &cfgs, &mut items);
            }
        }
    }
    items
}

/// The type or trait under which a block is listed: the implementing type if it
/// is of this crate, else the trait, else a type that the trait is given. None
/// when it is of no use outside.
fn owner<'a>(
    source: &Crate,
    visible: &'a Visible<'_>,
    module: ModuleId,
    block: &ItemImpl,
) -> Option<&'a Place> {
    let mut paths = Paths::default();
    paths.visit_type(&block.self_ty);
    if let Some((path, _)) = &block.trait_ {
        paths.visit_path(path);
    }
    let mut owner = None;
    for path in paths.found {
        let is_parameter = path.len() == 1
            && block
                .generics
                .params
                .iter()
                .any(|parameter| match parameter {
                    GenericParam::Type(parameter) => {
                        path.iter().all(|name| parameter.ident == name)
                    }
                    _ => false,
                });
        if is_parameter {
            continue;
        }
        let mut items =
            source
                .resolve(module, &path)
                .into_iter()
                .filter_map(|target| match target {
                    Target::Item(id) => Some(id),
                    _ => None,
                });
        let Some(id) = items.find(|id| is_type_or_trait(source.item(*id))) else {
            continue;
        };
        let place = visible.place_of(id)?;
        owner = owner.or(Some(place));
    }
    owner
}

fn is_type_or_trait(item: Option<&Source>) -> bool {
    matches!(
        item,
        Some(
            Source::Struct(_)
                | Source::Enum(_)
                | Source::Union(_)
                | Source::Trait(_)
                | Source::Type(_)
        )
    )
}

/// All paths in a type, outer ones first.
#[derive(Default)]
struct Paths {
    found: Vec<Vec<String>>,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_path(&mut self, path: &'ast Path) {
        if path.leading_colon.is_none() {
            let names = path
                .segments
                .iter()
                .map(|segment| segment.ident.to_string());
            self.found.push(names.collect());
        }
        visit::visit_path(self, path);
    }
}

/// Whether the trait is one of the standard library, whose name says enough.
fn is_of_std(source: &Crate, module: ModuleId, block: &ItemImpl) -> bool {
    let Some((path, _)) = &block.trait_ else {
        return false;
    };
    let names: Vec<String> = path
        .segments
        .iter()
        .map(|part| part.ident.to_string())
        .collect();
    text::is_standard(path)
        || source
            .resolve(module, &names)
            .iter()
            .any(|target| match target {
                Target::Foreign(path) => path.starts_with("std::") || path.starts_with("core::"),
                _ => false,
            })
}

fn implementation(block: &ItemImpl, of_std: bool, place: &Place, cfgs: &[String]) -> Item {
    let mut header = block.clone();
    header.items.clear();
    if let Some((path, _)) = &mut header.trait_
        && of_std
    {
        text::keep_last(path);
    }
    let types: Vec<String> = block
        .items
        .iter()
        .filter_map(|item| match item {
            ImplItem::Type(associated) => Some(format!(
                "type {} = {};",
                associated.ident,
                text::of_type(&associated.ty)
            )),
            _ => None,
        })
        .collect();
    let mut text = text::header(quote!(#header));
    if !types.is_empty() {
        text = format!("{text} {{ {} }}", types.join(" "));
    }
    Item {
        module: place.module.clone(),
        path: place.path(),
        kind: Kind::Implementation,
        cfg: place.shown_cfgs(cfgs),
        text,
    }
}

fn add_inherent_items(block: &ItemImpl, place: &Place, cfgs: &[String], items: &mut Vec<Item>) {
    let condition = condition(block);
    for item in &block.items {
        let (kind, name, attributes, text) = match item {
            ImplItem::Fn(method) if is_public(&method.vis) => {
                let signature = &method.sig;
                let text = text::header(quote!(pub #signature {}));
                (
                    Kind::Method,
                    signature.ident.to_string(),
                    &method.attrs,
                    text,
                )
            }
            ImplItem::Const(constant) if is_public(&constant.vis) => {
                let name = constant.ident.to_string();
                let text = format!("pub const {name}: {}", text::of_type(&constant.ty));
                (Kind::AssociatedConstant, name, &constant.attrs, text)
            }
            _ => continue,
        };
        if attributes::is_left_out(attributes) {
            continue;
        }
        let cfgs: Vec<String> = cfgs
            .iter()
            .cloned()
            .chain(attributes::cfgs(attributes))
            .collect();
        items.push(Item {
            module: place.module.clone(),
            path: format!("{}::{name}", place.path()),
            kind,
            cfg: place.shown_cfgs(&cfgs),
            text: attributes::shown(attributes) + &text + &condition,
        });
    }
}

/// The header of a block that does not hold for every form of its type, such as
/// `impl Page<Refund>` or `impl<T: Clone> Page<T>`, as a remark.
fn condition(block: &ItemImpl) -> String {
    let bounded = block.generics.where_clause.is_some()
        || block
            .generics
            .params
            .iter()
            .any(|parameter| match parameter {
                GenericParam::Type(parameter) => !parameter.bounds.is_empty(),
                _ => false,
            });
    let mut header = block.clone();
    header.items.clear();
    let parameters: Vec<String> = block
        .generics
        .params
        .iter()
        .map(|parameter| match parameter {
            GenericParam::Type(parameter) => parameter.ident.to_string(),
            GenericParam::Const(parameter) => parameter.ident.to_string(),
            GenericParam::Lifetime(parameter) => parameter.lifetime.to_string(),
        })
        .collect();
    let arguments = text::of_type(&block.self_ty);
    let arguments = arguments
        .split_once('<')
        .map_or("", |(_, arguments)| arguments);
    if !bounded && arguments.trim_end_matches('>') == parameters.join(", ") {
        return String::new();
    }
    format!(" // {}", text::header(quote!(#header)))
}
