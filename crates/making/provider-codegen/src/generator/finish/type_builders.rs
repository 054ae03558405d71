//! Builders of what is sent. Answers are made by nobody, so that they have none.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Expr, Fields, ImplItem, Item, ItemImpl, ItemStruct, Type, parse_quote};

use super::attributes::{doc, member_name, serde_says};
use super::name_of;
use super::other_members::is_others;
use super::requests::Request;
use super::setters::{Setters, argument, documented};
use super::short_paths::Short;
use super::syntax::{self, Holes, method, type_of};

/// The types that are sent, and what is printed for them.
pub(in crate::generator) struct TypeBuilders {
    /// All types of the document.
    names: BTreeSet<String>,
    sent: BTreeSet<String>,
    /// The values of those that have only one.
    constants: BTreeMap<String, Ident>,
    printed: Printed,
}

impl TypeBuilders {
    /// Those for the types that requests name, and for what these hold.
    pub(in crate::generator) fn of(
        types: &[Item],
        requests: &[Request<'_>],
        short: &mut Short,
    ) -> Self {
        let mut sent = BTreeSet::new();
        for ty in requests.iter().flat_map(Request::types) {
            idents(ty.to_token_stream(), &mut sent);
        }
        let names: BTreeSet<String> = types.iter().filter_map(name_of).collect();
        reach(types, &names, &mut sent);
        Self {
            constants: types.iter().filter_map(constant).collect(),
            printed: Printed::new(short),
            names,
            sent,
        }
    }

    /// The builder of a type that is sent.
    pub(in crate::generator) fn of_item(&self, item: &Item) -> Option<Vec<Item>> {
        let Item::Struct(object) = item else {
            return None;
        };
        if !matches!(object.fields, Fields::Named(_))
            || !self.sent.contains(&object.ident.to_string())
        {
            return None;
        }
        Some(self.builder(object))
    }
}

fn idents(tokens: TokenStream, names: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            proc_macro2::TokenTree::Ident(ident) => {
                names.insert(ident.to_string());
            }
            proc_macro2::TokenTree::Group(group) => idents(group.stream(), names),
            _ => {}
        }
    }
}

/// Adds all types that those in `sent` hold.
fn reach(types: &[Item], names: &BTreeSet<String>, sent: &mut BTreeSet<String>) {
    let mut holds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for item in types {
        let mut held = BTreeSet::new();
        let fields = |fields: &Fields, held: &mut BTreeSet<String>| {
            fields
                .iter()
                .for_each(|field| idents(field.ty.to_token_stream(), held));
        };
        match item {
            Item::Struct(item) => fields(&item.fields, &mut held),
            Item::Enum(item) => {
                item.variants
                    .iter()
                    .for_each(|variant| fields(&variant.fields, &mut held));
            }
            _ => continue,
        }
        if let Some(name) = name_of(item) {
            holds.insert(name, held);
        }
    }
    let mut open: Vec<String> = sent.iter().cloned().collect();
    while let Some(name) = open.pop() {
        for held in holds.remove(&name).into_iter().flatten() {
            if names.contains(&held) && sent.insert(held.clone()) {
                open.push(held);
            }
        }
    }
}

/// What is printed, with names in place of what differs.
struct Printed {
    setters: Setters,
    object: ItemStruct,
    /// What a member is that has a default and was not given.
    default: Expr,
}

impl Printed {
    fn new(short: &mut Short) -> Self {
        let mut printed = Self {
            setters: Setters::new(short),
            object: parse_quote! {
                #[derive(Clone, Debug, Default)]
                #[must_use]
                pub struct NAME {}
            },
            default: parse_quote!(::std::default::Default::default()),
        };
        short.visit_expr_mut(&mut printed.default);
        printed
    }
}

impl TypeBuilders {
    fn builder(&self, object: &ItemStruct) -> Vec<Item> {
        let name = &object.ident;
        let (mut given, mut setters) = (Vec::new(), Vec::new());
        let mut members: Vec<TokenStream> = Vec::new();
        let mut others = None;
        for field in &object.fields {
            let (Some(ident), Some(member_name)) = (&field.ident, member_name(field)) else {
                continue;
            };
            if is_others(field) {
                let ty = type_of(&["runtime", "OtherMembers"], None);
                given.push(syntax::field(ident, ty));
                let one = ident.to_string().replace("members", "member");
                let one = Ident::new(&one, ident.span());
                others = Some(quote!(, #one, #ident));
                continue;
            }
            let Held {
                mut ty,
                missing,
                is_needed,
            } = self.held(field);
            Outward(&self.names).visit_type_mut(&mut ty);
            let is_kept = |attribute: &&Attribute| {
                ["doc", "deprecated"]
                    .iter()
                    .any(|kept| attribute.path().is_ident(kept))
            };
            let said = field.attrs.iter().filter(is_kept).cloned().collect();
            let is_only = is_needed && missing.is_some();
            let mut documented = documented(ident, said, is_needed && !is_only);
            if is_only {
                let is_doc = |attribute: &Attribute| attribute.path().is_ident("doc");
                let end = documented
                    .iter()
                    .rposition(is_doc)
                    .map_or(0, |last| last + 1);
                let told = [
                    doc(""),
                    doc(" Where it is not given, the one documented value is sent."),
                ];
                documented.splice(end..end, told);
            }
            let wire = (*ident != member_name).then(|| quote!(= #member_name));
            let missing = missing.map(|missing| quote!(or #missing));
            members.push(quote!(#ident #wire #missing));
            setters.push(ImplItem::Fn(
                self.printed.setters.setter(ident, &ty, documented),
            ));
            given.push(syntax::field(
                ident,
                type_of(&["runtime", "Given"], Some(ty)),
            ));
        }
        let mut holes = Holes {
            idents: &[("NAME", name)],
            ..Holes::default()
        };
        let mut printed = holes.filled(&self.printed.object, Holes::visit_item_struct_mut);
        let summary = format!(" Makes a [`{name}`](super::{name}).");
        printed.attrs.insert(0, doc(&summary));
        if let Fields::Named(fields) = &mut printed.fields {
            fields.named.extend(given);
        }
        let mut functions: ItemImpl = parse_quote!(impl #name {});
        functions.items = setters;
        let builds = quote!(#name { #(#members),* } #others);
        vec![
            Item::Struct(printed),
            Item::Impl(functions),
            syntax::line(syntax::path(&["runtime", "builds"]), builds),
        ]
    }

    fn held(&self, field: &syn::Field) -> Held {
        let ty = &field.ty;
        let says = |word| serde_says(&field.attrs, word);
        let may_be_left_out = says("default").is_some() || says("skip_serializing_if").is_some();
        let held = |ty: &Type, missing, is_needed| Held {
            ty: ty.clone(),
            missing,
            is_needed,
        };
        if let Some(inner) = argument(ty, "Option").filter(|_| may_be_left_out) {
            return held(argument(inner, "Box").unwrap_or(inner), None, false);
        }
        if let Some(inner) = argument(ty, "Box") {
            return match argument(inner, "Option").filter(|_| may_be_left_out) {
                Some(inner) => held(inner, None, false),
                None => held(inner, None, true),
            };
        }
        if may_be_left_out || says("flatten").is_some() {
            let by: Option<syn::Path> = says("default")
                .flatten()
                .and_then(|path| syn::parse_str(&path).ok());
            let by = by.map(|path| parse_quote!(super::#path()));
            return held(ty, by.or_else(|| Some(self.printed.default.clone())), false);
        }
        held(ty, only_value(ty, &self.constants), true)
    }
}

/// How a member is held.
struct Held {
    /// The type that is given for it.
    ty: Type,
    /// What it is where nothing was given, if the type that holds it does not tell.
    missing: Option<Expr>,
    /// Whether it is always there.
    is_needed: bool,
}

/// The name of an enumeration with a single value, and that value.
fn constant(item: &Item) -> Option<(String, Ident)> {
    let Item::Enum(item) = item else {
        return None;
    };
    let mut values = item.variants.iter();
    let only = values
        .next()
        .filter(|value| matches!(value.fields, Fields::Unit))?;
    values
        .next()
        .is_none()
        .then(|| (item.ident.to_string(), only.ident.clone()))
}

/// The single value of a type, if it is one of these.
fn only_value(ty: &Type, constants: &BTreeMap<String, Ident>) -> Option<Expr> {
    let open = argument(ty, "Open");
    let Type::Path(path) = open.unwrap_or(ty) else {
        return None;
    };
    let name = path.path.get_ident()?;
    let value = constants.get(&name.to_string())?;
    let value = parse_quote!(super::#name::#value);
    Some(match open {
        Some(_) => method(value, "into", []),
        None => value,
    })
}

/// Types of the module above, by their paths from the module of builders.
struct Outward<'a>(&'a BTreeSet<String>);

impl VisitMut for Outward<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path.leading_colon.is_none()
            && path
                .segments
                .first()
                .is_some_and(|first| self.0.contains(&first.ident.to_string()))
        {
            path.segments.insert(0, parse_quote!(super));
        }
        visit_mut::visit_path_mut(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is printed for the first of these types, which all are sent.
    fn printed(file: syn::File) -> String {
        let mut short = Short::of(&file);
        let mut builders = TypeBuilders::of(&file.items, &[], &mut short);
        builders.sent.clone_from(&builders.names);
        let items = builders.of_item(&file.items[0]).unwrap();
        prettyplease::unparse(&syn::File { items, ..file })
    }

    #[test]
    fn a_needed_member_of_one_documented_value_need_not_be_given() {
        let source = printed(parse_quote! {
            pub struct Body {
                pub kind: Kind,
                pub open: provider_runtime::Open<Kind>,
                #[serde(default, rename = "fashion")]
                pub mode: Option<Kind>,
                pub state: State,
                #[serde(default, rename = "type")]
                pub numbers: Vec<u8>,
            }
            pub enum Kind { Capture }
            pub enum State { Done, Failed }
        });
        let source: String = source.split_whitespace().collect();
        let told = source.matches("theonedocumentedvalueissent").count();
        assert_eq!(told, 2, "{source}");
        let builds = concat!(
            "runtime::builds!(Body{kindorsuper::Kind::Capture,openorsuper::Kind::Capture.into(),",
            r#"mode="fashion",state,numbers="type"orDefault::default()});"#
        );
        assert!(source.ends_with(builds), "{source}");
    }
}
