//! The names of the wire, where lowering had to find other ones for Rust.

use openapi_lower::wire_names;
use syn::LitStr;
use syn::visit_mut::{self, VisitMut};

pub(super) fn apply(file: &mut syn::File) {
    Wire.visit_file_mut(file);
}

struct Wire;

impl VisitMut for Wire {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        let text = literal.value();
        if let std::borrow::Cow::Owned(named) = wire_names(&text) {
            *literal = LitStr::new(&named, literal.span());
        }
    }

    fn visit_meta_list_mut(&mut self, list: &mut syn::MetaList) {
        list.tokens = in_tokens(std::mem::take(&mut list.tokens));
    }

    fn visit_macro_mut(&mut self, found: &mut syn::Macro) {
        found.tokens = in_tokens(std::mem::take(&mut found.tokens));
        visit_mut::visit_macro_mut(self, found);
    }
}

/// The same for what is not parsed, as the arguments of attributes and macros.
fn in_tokens(tokens: proc_macro2::TokenStream) -> proc_macro2::TokenStream {
    use proc_macro2::{Group, TokenTree};
    tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut named = Group::new(group.delimiter(), in_tokens(group.stream()));
                named.set_span(group.span());
                TokenTree::Group(named)
            }
            // Hardly any text has them, and parsing one costs.
            TokenTree::Literal(literal)
                if literal.to_string().is_ascii() && !literal.to_string().contains("\\u") =>
            {
                TokenTree::Literal(literal)
            }
            TokenTree::Literal(literal) => {
                match syn::parse2::<LitStr>(TokenTree::from(literal.clone()).into()) {
                    Ok(mut text) => {
                        Wire.visit_lit_str_mut(&mut text);
                        TokenTree::Literal(text.token())
                    }
                    Err(_) => TokenTree::Literal(literal),
                }
            }
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_names_in_attributes_expressions_and_macros_become_those_of_the_wire() {
        // `ASC` as lowering writes it, called `Asc2`.
        let spoken = "\u{E001}Asc2\u{E000}\u{F0041}\u{F0053}\u{F0043}";
        let mut file: syn::File = syn::parse_quote! {
            #[doc = #spoken]
            pub enum Order {
                #[serde(rename = #spoken)]
                Asc2,
            }
            fn name() -> &'static str {
                println!("{}", #spoken);
                #spoken
            }
        };
        apply(&mut file);
        let source = prettyplease::unparse(&file);
        assert_eq!(source.matches("ASC").count(), 4, "{source}");
        assert!(!source.contains('\u{E001}'), "{source}");
    }
}
