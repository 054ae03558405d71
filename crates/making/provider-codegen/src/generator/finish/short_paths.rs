//! Paths as a person would write them, where no type of the document's has the name.

use std::collections::BTreeSet;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::{ToTokens, format_ident};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Item, LitStr, Path, Token, parse_quote};

/// What is known by its last name: to every Rust file, or by an import.
const PRELUDE: [&str; 14] = [
    "std::boxed::Box",
    "std::convert::From",
    "std::convert::Into",
    "std::convert::TryFrom",
    "std::convert::TryInto",
    "std::default::Default",
    "std::option::Option::None",
    "std::option::Option::Some",
    "std::option::Option",
    "std::result::Result",
    "std::string::String",
    "std::vec::Vec",
    "serde::Deserialize",
    "serde::Serialize",
];

/// Of those, what is imported where it is used.
const IMPORTED: [&str; 2] = ["Deserialize", "Serialize"];

/// The names of all types.
fn names(items: &[Item], taken: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Item::Struct(item) => _ = taken.insert(item.ident.to_string()),
            Item::Enum(item) => _ = taken.insert(item.ident.to_string()),
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    names(items, taken);
                }
            }
            _ => {}
        }
    }
}

/// What serde is told with a path in a text.
const OF_PATHS: [&str; 5] = [
    "default",
    "deserialize_with",
    "serialize_with",
    "skip_serializing_if",
    "with",
];

/// What shortens paths.
#[derive(Default)]
pub(in crate::generator) struct Short {
    taken: BTreeSet<String>,
    /// Whether the module is the one that imports.
    imports: bool,
    /// What has to be imported there.
    used: BTreeSet<&'static str>,
}

impl Short {
    /// One that leaves their names to the types of `file`.
    pub(super) fn of(file: &syn::File) -> Self {
        let mut short = Self::default();
        names(&file.items, &mut short.taken);
        short
    }

    /// A type as it is printed, without spaces.
    pub(super) fn ty(&mut self, ty: &syn::Type) -> String {
        let mut ty = ty.clone();
        self.visit_type_mut(&mut ty);
        ty.to_token_stream().to_string().replace([' ', '\n'], "")
    }

    /// How many segments a path can lose at its beginning.
    fn superfluous(&mut self, text: &str) -> usize {
        let full = PRELUDE.iter().find(|full| {
            text.strip_prefix(**full)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        });
        let name = full.and_then(|full| full.rsplit("::").next());
        match (full, name) {
            (Some(full), Some(name))
                if !self.taken.contains(name) && (self.imports || !IMPORTED.contains(&name)) =>
            {
                self.used
                    .extend(IMPORTED.iter().find(|imported| **imported == name));
                full.matches("::").count()
            }
            _ => 0,
        }
    }

    fn text(&mut self, text: &str) -> String {
        let Some(text) = text.strip_prefix("::") else {
            return text.to_owned();
        };
        let parts: Vec<&str> = text.split("::").collect();
        parts[self.superfluous(text)..].join("::")
    }

    /// The same for the arguments of an attribute, which are not parsed: paths and texts that are paths.
    fn in_tokens(&mut self, tokens: TokenStream) -> TokenStream {
        let mut made: Vec<TokenTree> = Vec::new();
        let mut tokens = tokens.into_iter().peekable();
        let (mut begins, mut is_path) = (true, false);
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if begins && punct.as_char() == ':' => {
                    // Both colons.
                    tokens.next();
                }
                TokenTree::Punct(punct) => {
                    begins = matches!(punct.as_char(), ',' | '<' | '=');
                    made.push(punct.into());
                }
                TokenTree::Group(group) => {
                    made.push(Group::new(group.delimiter(), self.in_tokens(group.stream())).into());
                    begins = false;
                }
                TokenTree::Literal(literal) => {
                    let text = syn::parse2::<LitStr>(TokenTree::from(literal.clone()).into());
                    made.push(match text {
                        Ok(text) if is_path && text.value().starts_with("::") => {
                            LitStr::new(&self.text(&text.value()), text.span())
                                .token()
                                .into()
                        }
                        _ => literal.into(),
                    });
                    begins = false;
                }
                TokenTree::Ident(ident) => {
                    // Other texts, as that of `rename`, are words of the wire.
                    is_path = OF_PATHS.iter().any(|name| ident == name);
                    made.push(ident.into());
                    begins = false;
                }
            }
        }
        made.into_iter().collect()
    }
}

impl VisitMut for Short {
    /// The module of the types imports what it names so.
    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        let outside = std::mem::replace(&mut self.imports, module.ident == "types");
        visit_mut::visit_item_mod_mut(self, module);
        let is_types = std::mem::replace(&mut self.imports, outside);
        if let Some((_, items)) = module.content.as_mut().filter(|_| is_types)
            && !self.used.is_empty()
        {
            let imported = self.used.iter().map(|name| format_ident!("{name}"));
            items.insert(0, parse_quote!(use serde::{#(#imported),*};));
        }
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        if path.leading_colon.take().is_some() {
            let names: Vec<String> = path
                .segments
                .iter()
                .map(|part| part.ident.to_string())
                .collect();
            let superfluous = self.superfluous(&names.join("::"));
            if superfluous > 0 {
                path.segments = std::mem::take(&mut path.segments)
                    .into_iter()
                    .skip(superfluous)
                    .collect();
            }
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_item_macro_mut(&mut self, item: &mut syn::ItemMacro) {
        let types = Punctuated::<syn::Type, Token![,]>::parse_terminated;
        let path = item.mac.path.segments.last();
        if path.is_some_and(|name| name.ident == "holds")
            && let Ok(mut types) = item.mac.parse_body_with(types)
        {
            types.iter_mut().for_each(|ty| self.visit_type_mut(ty));
            item.mac.tokens = types.to_token_stream();
        }
        item.mac.tokens = self.in_tokens(std::mem::take(&mut item.mac.tokens));
        visit_mut::visit_item_macro_mut(self, item);
    }

    fn visit_meta_list_mut(&mut self, list: &mut syn::MetaList) {
        let derived = Punctuated::<Path, Token![,]>::parse_terminated;
        if list.path.is_ident("derive")
            && let Ok(mut paths) = list.parse_args_with(derived)
        {
            paths.iter_mut().for_each(|path| self.visit_path_mut(path));
            list.tokens = paths.to_token_stream();
            return;
        }
        list.tokens = self.in_tokens(std::mem::take(&mut list.tokens));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shortened(mut file: syn::File) -> String {
        Short::of(&file).visit_file_mut(&mut file);
        prettyplease::unparse(&file)
    }

    #[test]
    fn what_every_file_knows_is_called_by_its_last_name() {
        let source = shortened(parse_quote! {
            pub mod types {
                #[derive(::serde::Serialize, Clone)]
                pub struct A {
                    #[serde(skip_serializing_if = "::std::option::Option::is_none")]
                    pub b: ::std::option::Option<::std::vec::Vec<::provider_runtime::Amount>>,
                }
                impl ::std::fmt::Debug for A {}
                ::provider_runtime::holds!(A, ::std::vec::Vec<::std::string::String>);
            }
        });
        for expected in [
            "use serde::Serialize;",
            "#[derive(Serialize, Clone)]",
            "pub b: Option<Vec<provider_runtime::Amount>>",
            "\"Option::is_none\"",
            "impl std::fmt::Debug for A",
            "provider_runtime::holds!(A, Vec < String >);",
        ] {
            assert!(source.contains(expected), "{expected} in {source}");
        }
    }

    #[test]
    fn a_word_of_the_wire_is_no_path() {
        let source = shortened(parse_quote! {
            pub enum Listen {
                #[serde(rename = "::1")]
                Local,
            }
        });
        assert!(source.contains("rename = \"::1\""), "{source}");
    }

    #[test]
    fn where_nothing_is_imported_the_path_stays() {
        let source = shortened(parse_quote! {
            #[derive(::serde::Serialize)]
            pub struct A;
        });
        assert!(source.contains("#[derive(serde::Serialize)]"), "{source}");
    }

    #[test]
    fn a_type_of_the_document_keeps_its_name_for_itself() {
        let source = shortened(parse_quote! {
            pub struct Option { pub a: ::std::option::Option<::std::string::String> }
        });
        assert!(
            source.contains("pub a: std::option::Option<String>"),
            "{source}"
        );
    }
}
