//! What attributes say.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Field, Item, Lit, LitStr, Meta, Path, Token, parse_quote};

/// The attributes of the kinds of items that generators make.
pub(crate) fn attributes_of(item: &mut Item) -> Option<&mut Vec<Attribute>> {
    Some(match item {
        Item::Const(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Fn(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Use(item) => &mut item.attrs,
        _ => return None,
    })
}

/// What serde is told by `word`: nothing, the word alone, or with a text.
pub(super) fn serde_says(attributes: &[Attribute], word: &str) -> Option<Option<String>> {
    let mut found = None;
    let of_serde = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    for attribute in of_serde {
        // What is no list of words and texts is none of the generator's.
        let _ = attribute.parse_nested_meta(|meta| {
            let text = match meta.input.peek(Token![=]) {
                true => Some(meta.value()?.parse::<LitStr>()?.value()),
                false => None,
            };
            if meta.path.is_ident(word) {
                found = Some(text);
            }
            Ok(())
        });
    }
    found
}

/// The name that `#[serde(rename = "…")]` gives a field or a variant.
pub(crate) fn wire_name(attributes: &[Attribute]) -> Option<String> {
    serde_says(attributes, "rename").flatten()
}

/// The name of a field on the wire.
pub(super) fn member_name(field: &Field) -> Option<String> {
    let ident = field.ident.as_ref()?;
    Some(wire_name(&field.attrs).unwrap_or_else(|| ident.unraw().to_string()))
}

/// The paths of `#[derive(…)]`.
fn derived(attribute: &Attribute) -> Option<Punctuated<Path, Token![,]>> {
    let parse = Punctuated::<Path, Token![,]>::parse_terminated;
    let is_derive = attribute.path().is_ident("derive");
    is_derive.then(|| attribute.parse_args_with(parse).ok())?
}

fn is(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

/// Whether a trait of this name is derived.
pub(super) fn derives(attributes: &[Attribute], name: &str) -> bool {
    let mut derived = attributes.iter().filter_map(derived).flatten();
    derived.any(|path| is(&path, name))
}

/// Takes a trait out of the derives; says whether it was there.
pub(super) fn underive(attributes: &mut [Attribute], name: &str) -> bool {
    let mut found = false;
    for attribute in attributes {
        if let Some(paths) =
            derived(attribute).filter(|paths| paths.iter().any(|path| is(path, name)))
        {
            let kept = paths.into_iter().filter(|path| !is(path, name));
            *attribute = parse_quote!(#[derive(#(#kept),*)]);
            found = true;
        }
    }
    found
}

/// `#[doc = "…"]`, built and not parsed: a document has a hundred thousand of them.
pub(super) fn doc(line: &str) -> Attribute {
    let span = Span::call_site();
    Attribute {
        pound_token: Default::default(),
        style: syn::AttrStyle::Outer,
        bracket_token: Default::default(),
        meta: Meta::NameValue(syn::MetaNameValue {
            path: syn::Ident::new("doc", span).into(),
            eq_token: Default::default(),
            value: Expr::Lit(syn::ExprLit {
                attrs: Vec::new(),
                lit: Lit::Str(LitStr::new(line, span)),
            }),
        }),
    }
}

/// The text of `#[doc = "…"]`.
pub(super) fn text_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(literal) if pair.path.is_ident("doc") => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}
