//! From the tokens of a file to its items, one after the other.
//!
//! A parser that is given a whole file holds it three times: as tokens, as its own buffer of them, and as
//! items. Item by item, only the last one is whole at the end.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::token::Brace;
use syn::{File, Item, ItemMod};

/// Parses the tokens of a file, which are given away.
pub(super) fn parse(tokens: TokenStream) -> syn::Result<File> {
    let mut file: File = syn::parse2(TokenStream::new())?;
    file.items = items(tokens)?;
    Ok(file)
}

fn items(tokens: TokenStream) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut pending: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let ends = match &token {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            // Braces end an item, but for those of a `use` or of a value.
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::Brace
                    && !matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == ';')
            }
            _ => false,
        };
        pending.push(token);
        if ends {
            items.push(item(std::mem::take(&mut pending))?);
        }
    }
    if !pending.is_empty() {
        items.push(item(pending)?);
    }
    Ok(items)
}

/// One item; a module is looked into.
fn item(mut tokens: Vec<TokenTree>) -> syn::Result<Item> {
    let is_module = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "mod");
    if !tokens.iter().any(is_module) {
        return syn::parse2(tokens.into_iter().collect());
    }
    let Some(TokenTree::Group(content)) = tokens.pop_if(|last| matches!(last, TokenTree::Group(_)))
    else {
        return syn::parse2(tokens.into_iter().collect());
    };
    let content = content.stream();
    tokens.push(Group::new(Delimiter::Brace, TokenStream::new()).into());
    let mut module: ItemMod = syn::parse2(tokens.into_iter().collect())?;
    module.content = Some((Brace::default(), items(content)?));
    Ok(Item::Mod(module))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn items_are_those_that_the_parser_makes_of_the_whole_file() {
        let tokens = quote! {
            use a::{b, c};
            /// A module.
            #[allow(clippy::all)]
            pub mod outer {
                const LIST: [u8; 2] = { [1, 2] };
                pub struct Unit;
                pub struct Pair(u8, u8);
                pub struct Named { field: u8 }
                mod inner { impl Named { fn get(&self) -> u8 { if true { 1 } else { 2 } } } }
                mod empty {}
            }
            pub fn last<T>(value: T) -> T where T: Sized { value }
            pub type Short = Vec<u8>;
        };
        let whole: File = syn::parse2(tokens.clone()).unwrap();
        assert_eq!(
            prettyplease::unparse(&parse(tokens).unwrap()),
            prettyplease::unparse(&whole)
        );
    }

    #[test]
    fn what_is_no_item_is_an_error() {
        assert!(parse(quote! { pub struct A { a: u8 } what is this }).is_err());
        assert!(parse(quote! { mod m { 7 } }).is_err());
    }
}
