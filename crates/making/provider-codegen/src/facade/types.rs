//! The types of a generated crate, as far as a refund needs them: read from its source, which is what has
//! to compile with what is written for them.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Attribute, Expr, Fields, Item, Lit, LitStr, Meta};

/// The types of a crate.
#[derive(Debug, Default)]
pub(super) struct Types(BTreeMap<String, Kind>);

#[derive(Debug)]
enum Kind {
    Struct(Vec<Field>),
    Words(Vec<String>),
    /// A type that holds one value of another.
    Held(String),
    Other,
}

/// A member of a type.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// Its name in JSON.
    pub(super) wire: String,
    /// In Rust.
    pub(super) rust: String,
    /// Its type without what is around it.
    pub(super) ty: String,
    pub(super) around: Vec<Around>,
    pub(super) docs: String,
}

/// What can be around a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    Option,
    Nullable,
    Box,
}

/// What a type is to somebody who fills it in or reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    /// A text that is a time.
    Time,
    Whole,
    Flag,
    /// A number with decimals.
    Amount,
    /// One that is written as a text.
    AmountText,
    Struct(String),
    Words(Vec<String>),
    List(String),
    Other,
}

impl Field {
    pub(super) fn is_optional(&self) -> bool {
        self.around.contains(&Around::Option)
    }
}

impl Types {
    /// Those of the file of types.
    pub(super) fn read(source: &str) -> syn::Result<Self> {
        let mut types = BTreeMap::new();
        for item in syn::parse_file(source)?.items {
            match item {
                Item::Struct(item) => {
                    let kind = match &item.fields {
                        Fields::Named(_) => Kind::Struct(fields(&item.fields)),
                        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                            let held = fields.unnamed.first().map(|field| text(&field.ty));
                            Kind::Held(held.unwrap_or_default())
                        }
                        _ => Kind::Other,
                    };
                    types.insert(item.ident.to_string(), kind);
                }
                Item::Enum(item) => {
                    let words = item.variants.iter().map(|variant| {
                        let is_word = matches!(variant.fields, Fields::Unit);
                        is_word.then(|| {
                            renamed(&variant.attrs).unwrap_or_else(|| variant.ident.to_string())
                        })
                    });
                    let kind = match words.collect() {
                        Some(words) => Kind::Words(words),
                        None => Kind::Other,
                    };
                    types.insert(item.ident.to_string(), kind);
                }
                Item::Type(item) => {
                    types.insert(item.ident.to_string(), Kind::Held(text(&item.ty)));
                }
                Item::Macro(item) => {
                    let line = item.mac.path.segments.last();
                    let line = line.map(|last| last.ident.to_string());
                    match (line.as_deref(), listed(item.mac.tokens)) {
                        (Some("words"), Some((name, list))) => {
                            types.insert(name, Kind::Words(words(list)));
                        }
                        (Some("object"), Some((name, list))) => {
                            if let Some(Kind::Struct(fields)) = types.get_mut(&name) {
                                rename(fields, list);
                            }
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(Self(types))
    }

    /// The members of a type that has some.
    pub(super) fn members(&self, name: &str) -> &[Field] {
        match self.0.get(local(name)) {
            Some(Kind::Struct(fields)) => fields,
            Some(Kind::Held(held)) if local(held) != local(name) => self.members(held),
            _ => &[],
        }
    }

    pub(super) fn shape(&self, ty: &str) -> Shape {
        let ty = within(ty, "Open").unwrap_or(ty);
        if let Some(entry) = within(ty, "Vec") {
            return Shape::List(around(entry).0.to_owned());
        }
        let is_own = !ty.contains("::") || ty.starts_with("types::") || ty.starts_with("super::");
        match local(ty) {
            own if is_own && self.0.contains_key(own) => {}
            "String" | "str" | "Uuid" => return Shape::Text,
            "Timestamp" => return Shape::Time,
            "bool" => return Shape::Flag,
            "Amount" | "RequestAmount" | "ExactAmount<AsNumber>" => return Shape::Amount,
            "AmountText" | "RequestAmountText" => return Shape::AmountText,
            "NumberOrText" | "AnyText" => return Shape::Text,
            number if NUMBERS.contains(&number) => return Shape::Whole,
            _ => {}
        }
        match self.0.get(local(ty)) {
            Some(Kind::Struct(_)) => Shape::Struct(local(ty).to_owned()),
            Some(Kind::Words(words)) => Shape::Words(words.clone()),
            Some(Kind::Held(held)) if local(held) != local(ty) => self.shape(around(held).0),
            _ => Shape::Other,
        }
    }

    /// What the document says of the first member of this name, in a type or in what it holds.
    pub(super) fn docs_of(&self, ty: &str, wire: &str, depth: usize) -> String {
        for field in self.members(ty) {
            if field.wire == wire {
                return field.docs.clone();
            }
            if depth > 0
                && let Shape::Struct(inner) = self.shape(&field.ty)
            {
                let found = self.docs_of(&inner, wire, depth - 1);
                if !found.is_empty() {
                    return format!("{} {found}", field.docs);
                }
            }
        }
        String::new()
    }

    /// A type by its path from another crate.
    pub(super) fn qualified(&self, ty: &str, client: &str) -> String {
        let is_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let mut out = String::new();
        let mut rest = ty;
        while !rest.is_empty() {
            let end = rest.find(|c| !is_of_name(c)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.starts_with("provider_runtime::") {
                out.push_str("refunds::");
                out.push_str(word);
            } else if self.0.contains_key(local(word)) && !word.starts_with("::") {
                out.push_str(&format!("{client}::types::{}", local(word)));
            } else {
                out.push_str(word);
            }
            let next = after.find(is_of_name).unwrap_or(after.len());
            out.push_str(&after[..next]);
            rest = &after[next..];
        }
        out
    }

    /// Whether it has a builder of its own.
    pub(super) fn is_built(&self, name: &str) -> bool {
        matches!(self.0.get(local(name)), Some(Kind::Struct(_)))
    }
}

const NUMBERS: [&str; 8] = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"];

/// The name and the list of `Name { … }`.
fn listed(tokens: TokenStream) -> Option<(String, TokenStream)> {
    let mut tokens = tokens.into_iter();
    match (tokens.next()?, tokens.next()?) {
        (TokenTree::Ident(name), TokenTree::Group(list)) => Some((name.to_string(), list.stream())),
        _ => None,
    }
}

/// The words of `Variant = "word", …`.
fn words(list: TokenStream) -> Vec<String> {
    let words = list.into_iter().filter_map(literal);
    words.collect()
}

/// Gives fields the names of the wire, by `member = "name" required, …`.
fn rename(fields: &mut [Field], list: TokenStream) {
    let mut member = None;
    let mut begins = true;
    for token in list {
        match token {
            TokenTree::Ident(ident) if begins => {
                let name = ident.to_string();
                member = fields.iter_mut().find(|field| field.rust == name);
                begins = false;
            }
            TokenTree::Punct(punct) => begins = punct.as_char() == ',',
            token => {
                if let (Some(field), Some(wire)) = (&mut member, literal(token)) {
                    field.wire = wire;
                }
            }
        }
    }
}

fn literal(token: TokenTree) -> Option<String> {
    let literal: LitStr = match token {
        TokenTree::Literal(literal) => syn::parse_str(&literal.to_string()).ok()?,
        _ => return None,
    };
    Some(literal.value())
}

fn fields(fields: &Fields) -> Vec<Field> {
    let named = fields.iter().filter_map(|field| {
        let rust = field.ident.as_ref()?.to_string();
        let ty = text(&field.ty);
        if ty.ends_with("OtherMembers") {
            return None;
        }
        let (inner, layers) = around(&ty);
        Some(Field {
            wire: renamed(&field.attrs).unwrap_or_else(|| rust.trim_start_matches("r#").to_owned()),
            ty: inner.to_owned(),
            around: layers,
            docs: docs(&field.attrs),
            rust,
        })
    });
    named.collect()
}

fn text(tokens: &impl ToTokens) -> String {
    tokens
        .to_token_stream()
        .to_string()
        .replace([' ', '\n'], "")
}

/// The type within a generic one of this name, wherever it is from.
fn within<'a>(ty: &'a str, name: &str) -> Option<&'a str> {
    let (outer, rest) = ty.split_once('<')?;
    (local(outer) == name).then(|| rest.strip_suffix('>'))?
}

/// A type, and what is around it, from outside to inside.
fn around(ty: &str) -> (&str, Vec<Around>) {
    let (mut inner, mut layers) = (ty, Vec::new());
    loop {
        let found = [
            ("Option", Around::Option),
            ("Nullable", Around::Nullable),
            ("Box", Around::Box),
        ]
        .into_iter()
        .find_map(|(name, layer)| Some((within(inner, name)?, layer)));
        let Some((held, layer)) = found else {
            return (inner, layers);
        };
        inner = held;
        layers.push(layer);
    }
}

/// A type's name without its modules.
pub(super) fn local(ty: &str) -> &str {
    let end = ty.find('<').unwrap_or(ty.len());
    let start = ty[..end].rfind("::").map_or(0, |at| at + 2);
    &ty[start..]
}

/// The name that serde writes.
fn renamed(attributes: &[Attribute]) -> Option<String> {
    let serde = attributes
        .iter()
        .filter(|found| found.path().is_ident("serde"));
    serde
        .filter_map(|found| {
            let code = text(&found.meta);
            let (_, rest) = code.split_once("rename=\"")?;
            let literal: LitStr =
                syn::parse_str(&format!("\"{}\"", rest.split_once('"')?.0)).ok()?;
            Some(literal.value())
        })
        .next()
}

fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(line) => Some(line.value().trim().to_owned()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
    lines.collect::<Vec<_>>().join(" ")
}
