//! The lines of a visible item and of its members.

use quote::quote;
use syn::{Attribute, Fields, Item as Source, TraitItem};

use crate::attributes;
use crate::item::{Item, Kind};
use crate::modules::{Crate, is_public};
use crate::text;
use crate::visibility::{Place, Visible};

/// All visible items with their members, without what `impl` blocks add.
pub(crate) fn describe(source: &Crate, visible: &Visible<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for (id, place) in visible.places() {
        if let Some(item) = source.item(id) {
            Description {
                place,
                items: &mut items,
            }
            .item(item);
        }
    }
    items
}

/// Writes the lines of one item.
struct Description<'a> {
    place: &'a Place,
    items: &'a mut Vec<Item>,
}

impl Description<'_> {
    fn item(&mut self, item: &Source) {
        // The name under which it is visible, which a `pub use … as` may change.
        let name = quote::format_ident!("{}", self.place.name.trim_start_matches("r#"));
        match item {
            Source::Const(item) => {
                let ty = text::of_type(&item.ty);
                self.header(
                    Kind::Constant,
                    &item.attrs,
                    &format!("pub const {name}: {ty}"),
                );
            }
            Source::Static(item) => {
                let mutable = matches!(item.mutability, syn::StaticMutability::Mut(_));
                let mutable = if mutable { "mut " } else { "" };
                let ty = text::of_type(&item.ty);
                self.header(
                    Kind::Static,
                    &item.attrs,
                    &format!("pub static {mutable}{name}: {ty}"),
                );
            }
            Source::Fn(item) => {
                let mut signature = item.sig.clone();
                signature.ident = name;
                let text = text::header(quote!(pub #signature {}));
                self.header(Kind::Function, &item.attrs, &text);
            }
            Source::Type(item) => {
                let (generics, ty) = (&item.generics, &item.ty);
                let text = text::one_line(quote!(pub type #name #generics = #ty;));
                self.header(Kind::TypeAlias, &item.attrs, text.trim_end_matches(';'));
            }
            Source::Struct(item) => {
                let (generics, clause) = (&item.generics, &item.generics.where_clause);
                let shape = match &item.fields {
                    Fields::Named(_) => " { .. }",
                    Fields::Unnamed(_) => "(..)",
                    Fields::Unit => "",
                };
                let bare = text::header(quote!(pub struct #name #generics {}));
                let full = text::header(quote!(pub struct #name #generics #clause {}));
                let text = format!("{bare}{shape}{}", full.strip_prefix(&bare).unwrap_or(""));
                self.header(Kind::Struct, &item.attrs, &text);
                self.derives(&item.attrs);
                self.fields(&item.fields);
            }
            Source::Union(item) => {
                let (generics, clause) = (&item.generics, &item.generics.where_clause);
                let text = text::header(quote!(pub struct #name #generics #clause {}));
                let text = text.replacen("struct", "union", 1);
                self.header(Kind::Union, &item.attrs, &text);
                self.derives(&item.attrs);
                self.fields(&Fields::Named(item.fields.clone()));
            }
            Source::Enum(item) => {
                let (generics, clause) = (&item.generics, &item.generics.where_clause);
                let text = text::header(quote!(pub enum #name #generics #clause {}));
                self.header(Kind::Enum, &item.attrs, &text);
                self.derives(&item.attrs);
                for variant in &item.variants {
                    let text = text::of_variant(variant);
                    self.member(
                        Kind::Variant,
                        &variant.ident.to_string(),
                        &variant.attrs,
                        &text,
                    );
                }
            }
            Source::Trait(item) => {
                let (unsafety, generics) = (&item.unsafety, &item.generics);
                let (colon, bounds) = (&item.colon_token, &item.supertraits);
                let clause = &item.generics.where_clause;
                let text = text::header(
                    quote!(pub #unsafety trait #name #generics #colon #bounds #clause {}),
                );
                self.header(Kind::Trait, &item.attrs, &text);
                for member in &item.items {
                    self.trait_item(member);
                }
            }
            Source::TraitAlias(item) => {
                let (generics, bounds) = (&item.generics, &item.bounds);
                let text = text::one_line(quote!(pub trait #name #generics = #bounds;));
                self.header(Kind::Trait, &item.attrs, text.trim_end_matches(';'));
            }
            _ => {}
        }
    }

    fn fields(&mut self, fields: &Fields) {
        let mut has_private = false;
        for (index, field) in fields.iter().enumerate() {
            if !is_public(&field.vis) || attributes::is_left_out(&field.attrs) {
                has_private = true;
                continue;
            }
            let name = field
                .ident
                .as_ref()
                .map_or_else(|| index.to_string(), ToString::to_string);
            let text = format!("pub {name}: {}", text::of_type(&field.ty));
            self.member(Kind::Field, &name, &field.attrs, &text);
        }
        if has_private {
            self.add(
                Kind::PrivateFields,
                self.place.path(),
                &[],
                "(private fields)".to_owned(),
            );
        }
    }

    fn trait_item(&mut self, item: &TraitItem) {
        match item {
            TraitItem::Fn(method) => {
                let signature = &method.sig;
                let text = text::header(quote!(#signature {}));
                let body = if method.default.is_some() {
                    " { .. }"
                } else {
                    ";"
                };
                let name = signature.ident.to_string();
                self.member(Kind::Method, &name, &method.attrs, &(text + body));
            }
            TraitItem::Type(associated) => {
                let text = text::of_trait_item(associated);
                let name = associated.ident.to_string();
                self.member(Kind::AssociatedType, &name, &associated.attrs, &text);
            }
            TraitItem::Const(associated) => {
                let default = if associated.default.is_some() {
                    " = .."
                } else {
                    ""
                };
                let ty = text::of_type(&associated.ty);
                let name = associated.ident.to_string();
                let text = format!("const {name}: {ty}{default};");
                self.member(Kind::AssociatedConstant, &name, &associated.attrs, &text);
            }
            _ => {}
        }
    }

    fn derives(&mut self, attributes: &[Attribute]) {
        for derive in attributes::derives(attributes) {
            let mut cfgs = attributes::cfgs(attributes);
            cfgs.extend(derive.cfg);
            self.add(Kind::Derive, self.place.path(), &cfgs, derive.name);
        }
    }

    fn header(&mut self, kind: Kind, attributes: &[Attribute], text: &str) {
        let text = attributes::shown(attributes) + text;
        self.add(kind, self.place.path(), &attributes::cfgs(attributes), text);
    }

    fn member(&mut self, kind: Kind, name: &str, attributes: &[Attribute], text: &str) {
        if attributes::is_left_out(attributes) {
            return;
        }
        let path = format!("{}::{name}", self.place.path());
        let text = attributes::shown(attributes) + text;
        self.add(kind, path, &attributes::cfgs(attributes), text);
    }

    fn add(&mut self, kind: Kind, path: String, cfgs: &[String], text: String) {
        self.items.push(Item {
            module: self.place.module.clone(),
            path,
            kind,
            cfg: self.place.shown_cfgs(cfgs),
            text,
        });
    }
}
