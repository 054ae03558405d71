//! Builders of what is sent. Answers are made by nobody, so that they have none.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Expr, Fields, FnArg, ImplItem, Item, ItemImpl, ItemStruct, Type, parse_quote,
};

use super::attributes::{doc, member_name, serde_says};
use super::name_of;
use super::other_members::is_others;
use super::requests::Request;
use super::setters::{Setters, argument, documented};
use super::short_paths::Short;
use super::syntax::{self, Holes, call, field_value, list, method, named, text, tried, type_of};

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

    /// What follows a type that is sent, and its builder.
    pub(in crate::generator) fn of_item(&self, item: &Item) -> Option<(Item, Vec<Item>)> {
        let Item::Struct(object) = item else {
            return None;
        };
        if !matches!(object.fields, Fields::Named(_))
            || !self.sent.contains(&object.ident.to_string())
        {
            return None;
        }
        let mut holes = Holes {
            idents: &[("NAME", &object.ident)],
            ..Holes::default()
        };
        let begins = holes.filled(&self.printed.begins, Holes::visit_item_impl_mut);
        Some((Item::Impl(begins), self.builder(object)))
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

/// How a member is held by its type.
enum Shape {
    /// As it is; without it there is no value.
    Plain,
    Boxed,
    Optional,
    /// `Option<Box<T>>`
    OptionalBox,
    /// `Box<Option<T>>`
    BoxedOption,
    /// By itself, or by this function.
    Defaulted(Option<syn::Path>),
}

/// What is printed, with names in place of what differs.
struct Printed {
    setters: Setters,
    begins: ItemImpl,
    object: ItemStruct,
    made: ItemImpl,
    made_of: ItemImpl,
    /// What is given for a member that may be missing, and for one that may not.
    optional: Expr,
    needed: Expr,
    /// A member of a value.
    held: Expr,
    boxed: Expr,
}

impl Printed {
    fn new(short: &mut Short) -> Self {
        let mut printed = Self {
            setters: Setters::new(short),
            begins: parse_quote! {
                impl NAME {
                    /// Begins one of which nothing is given.
                    pub fn builder() -> builder::NAME {
                        ::std::default::Default::default()
                    }
                }
            },
            object: parse_quote! {
                #[derive(Clone, Debug, Default)]
                #[must_use]
                pub struct NAME {}
            },
            made: parse_quote! {
                impl ::std::convert::TryFrom<NAME> for super::NAME {
                    type Error = super::error::ConversionError;
                    fn try_from(given: NAME) -> ::std::result::Result<Self, Self::Error> {
                        Ok(MADE)
                    }
                }
            },
            made_of: parse_quote! {
                impl ::std::convert::From<super::NAME> for NAME {
                    fn from(value: super::NAME) -> Self {
                        MADE
                    }
                }
            },
            optional: parse_quote!(given.MEMBER.optional(TEXT)?),
            needed: parse_quote!(given.MEMBER.needed(TEXT)?),
            held: parse_quote!(value.MEMBER),
            boxed: parse_quote!(::std::boxed::Box::new),
        };
        for block in [&mut printed.begins, &mut printed.made, &mut printed.made_of] {
            short.visit_item_impl_mut(block);
        }
        short.visit_expr_mut(&mut printed.boxed);
        printed
    }

    /// A member made of what was given, and what is given of a member.
    fn member(&self, ident: &Ident, name: &str, shape: &Shape, only: Option<Expr>) -> (Expr, Expr) {
        let name = text(name);
        let mut holes = Holes {
            idents: &[("MEMBER", ident)],
            values: &[("TEXT", &name)],
            ..Holes::default()
        };
        let mut filled = |template| holes.filled(template, Holes::visit_expr_mut);
        let (optional, needed, held) = (&self.optional, &self.needed, &self.held);
        let into = |value: Expr| method(value, "into", []);
        let unboxed = |value: Expr| -> Expr { parse_quote!((*#value)) };
        let boxed = |value: Expr| call(self.boxed.clone(), [value]);
        match shape {
            Shape::Plain => {
                let value = match only {
                    Some(only) => method(filled(optional), "unwrap_or", [only]),
                    None => filled(needed),
                };
                (value, into(filled(held)))
            }
            Shape::Boxed => (boxed(filled(needed)), into(unboxed(filled(held)))),
            Shape::Optional => (filled(optional), into(filled(held))),
            Shape::OptionalBox => {
                let unboxed = method(filled(held), "map", [parse_quote!(|inner| *inner)]);
                (
                    method(filled(optional), "map", [self.boxed.clone()]),
                    into(unboxed),
                )
            }
            Shape::BoxedOption => (boxed(filled(optional)), into(unboxed(filled(held)))),
            Shape::Defaulted(None) => (
                method(filled(optional), "unwrap_or_default", []),
                into(filled(held)),
            ),
            Shape::Defaulted(Some(path)) => {
                let default = parse_quote!(super::#path);
                (
                    method(filled(optional), "unwrap_or_else", [default]),
                    into(filled(held)),
                )
            }
        }
    }
}

impl TypeBuilders {
    fn builder(&self, object: &ItemStruct) -> Vec<Item> {
        let name = &object.ident;
        let (mut given, mut setters) = (Vec::new(), Vec::new());
        let (mut read, mut kept) = (Vec::new(), Vec::new());
        let mut others = None;
        let listed = object.fields.iter().filter(|field| !is_others(field));
        let listed: Vec<String> = listed.filter_map(member_name).collect();
        for field in &object.fields {
            let (Some(ident), Some(member_name)) = (&field.ident, member_name(field)) else {
                continue;
            };
            if is_others(field) {
                given.push(syntax::field(
                    ident,
                    type_of(&["runtime", "OtherMembers"], None),
                ));
                let given_one = Ident::new(
                    &ident.to_string().replace("members", "member"),
                    ident.span(),
                );
                others = Some(
                    parse_quote! { runtime::gives_other_members!(#name, #given_one, #ident); },
                );
                let [given, value] =
                    ["given", "value"].map(|owner| syntax::member(named(&[owner]), ident));
                let names = list(listed.iter().map(|name| text(name)));
                read.push(field_value(ident, tried(method(given, "beside", [names]))));
                kept.push(field_value(ident, value));
                continue;
            }
            let (shape, mut ty) = shape(field);
            Outward(&self.names).visit_type_mut(&mut ty);
            let is_kept = |attribute: &&Attribute| {
                ["doc", "deprecated"]
                    .iter()
                    .any(|kept| attribute.path().is_ident(kept))
            };
            let said = field.attrs.iter().filter(is_kept).cloned().collect();
            let only =
                only_value(&field.ty, &self.constants).filter(|_| matches!(shape, Shape::Plain));
            let is_needed = matches!(shape, Shape::Plain | Shape::Boxed) && only.is_none();
            let mut documented = documented(ident, said, is_needed);
            if only.is_some() {
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
            let (value, held) = self.printed.member(ident, &member_name, &shape, only);
            setters.push(ImplItem::Fn(
                self.printed.setters.setter(ident, &ty, documented),
            ));
            given.push(syntax::field(
                ident,
                type_of(&["runtime", "Given"], Some(ty)),
            ));
            read.push(field_value(ident, value));
            kept.push(field_value(ident, held));
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
        let mut items = vec![Item::Struct(printed)];
        let mut functions: ItemImpl = parse_quote!(impl #name {});
        functions.items = setters;
        items.push(Item::Impl(functions));
        items.extend(others);
        for (template, members) in [(&self.printed.made, read), (&self.printed.made_of, kept)] {
            let is_empty = members.is_empty();
            let made = syntax::object(members);
            let mut holes = Holes {
                idents: &[("NAME", name)],
                values: &[("MADE", &made)],
                ..Holes::default()
            };
            let mut block = holes.filled(template, Holes::visit_item_impl_mut);
            if is_empty {
                // What has no members is made of nothing.
                block.items.iter_mut().for_each(take_nothing);
            }
            items.push(Item::Impl(block));
        }
        items
    }
}

/// How a member is held, and the type that is given for it.
fn shape(field: &syn::Field) -> (Shape, Type) {
    let ty = &field.ty;
    let says = |word| serde_says(&field.attrs, word);
    let may_be_left_out = says("default").is_some() || says("skip_serializing_if").is_some();
    if let Some(inner) = argument(ty, "Option").filter(|_| may_be_left_out) {
        return match argument(inner, "Box") {
            Some(inner) => (Shape::OptionalBox, inner.clone()),
            None => (Shape::Optional, inner.clone()),
        };
    }
    if let Some(inner) = argument(ty, "Box") {
        return match argument(inner, "Option").filter(|_| may_be_left_out) {
            Some(inner) => (Shape::BoxedOption, inner.clone()),
            None => (Shape::Boxed, inner.clone()),
        };
    }
    if may_be_left_out || says("flatten").is_some() {
        let by = says("default")
            .flatten()
            .and_then(|path| syn::parse_str(&path).ok());
        return (Shape::Defaulted(by), ty.clone());
    }
    (Shape::Plain, ty.clone())
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

/// The parameter of a function without a name.
fn take_nothing(item: &mut ImplItem) {
    if let ImplItem::Fn(function) = item
        && let Some(FnArg::Typed(parameter)) = function.sig.inputs.first_mut()
    {
        *parameter.pat = syn::Pat::Wild(syn::PatWild {
            attrs: Vec::new(),
            underscore_token: Default::default(),
        });
    }
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
        let (begins, mut items) = builders.of_item(&file.items[0]).unwrap();
        items.push(begins);
        prettyplease::unparse(&syn::File { items, ..file })
    }

    /// A closed object without members: nothing of it is read, and the compiler warns of what is named and not used.
    #[test]
    fn what_has_no_members_names_nothing_that_it_does_not_use() {
        let source = printed(parse_quote! { pub struct Body {} });
        assert!(
            !source.contains("given:") && !source.contains("value:"),
            "{source}"
        );
    }

    #[test]
    fn a_needed_member_of_one_documented_value_need_not_be_given() {
        let source = printed(parse_quote! {
            pub struct Body {
                pub kind: Kind,
                pub open: provider_runtime::Open<Kind>,
                #[serde(default)]
                pub mode: Option<Kind>,
                pub state: State,
            }
            pub enum Kind { Capture }
            pub enum State { Done, Failed }
        });
        let members: Vec<_> = source
            .split("Ok(Self {")
            .nth(1)
            .and_then(|rest| rest.split_once('}'))
            .map(|(members, _)| members.split_whitespace().collect::<String>())
            .into_iter()
            .collect();
        assert_eq!(
            members,
            [concat!(
                r#"kind:given.kind.optional("kind")?.unwrap_or(super::Kind::Capture),"#,
                r#"open:given.open.optional("open")?.unwrap_or(super::Kind::Capture.into()),"#,
                r#"mode:given.mode.optional("mode")?,"#,
                r#"state:given.state.needed("state")?,"#,
            )]
        );
        let told = source.matches("the one documented value is sent").count();
        assert_eq!(told, 2, "{source}");
    }
}
