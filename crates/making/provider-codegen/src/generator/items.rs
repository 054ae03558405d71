//! From the tokens of a file to its items, one after the other.
//!
//! A parser that is given a whole file holds it three times: as tokens, as its own buffer of them, and as
//! items. Item by item, only the last one is whole at the end.
//!
//! Of the functions of the client only their signatures are parsed: what they do is printed of the plan. Nor are the
//! conversions of words and of types that hold one value: each is one line of the run time's.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::token::Brace;
use syn::{File, Item, ItemMod};

use super::conversions::Converted;

/// Parses the tokens of a file, which are given away.
pub(super) fn parse(tokens: TokenStream) -> syn::Result<File> {
    let mut file: File = syn::parse2(TokenStream::new())?;
    file.items = items(tokens, Within::File)?;
    Ok(file)
}

/// Where items are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    File,
    Types,
    /// A module of which everything is kept.
    Other,
}

fn items(tokens: TokenStream, within: Within) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    let mut converted: Option<Converted> = None;
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
            let pending = std::mem::take(&mut pending);
            if let Some(last) = &mut converted
                && last.takes(&pending)
            {
                last.conversions.push(pending);
                continue;
            }
            if let Some(last) = converted.take() {
                items.extend(last.items()?);
            }
            items.extend(item(pending, within)?);
            if within == Within::Types {
                converted = items.last().and_then(Converted::of);
            }
        }
    }
    if let Some(last) = converted {
        items.extend(last.items()?);
    }
    if !pending.is_empty() {
        items.extend(item(pending, within)?);
    }
    Ok(items)
}

/// One item, if it is wanted; a module is looked into.
fn item(mut tokens: Vec<TokenTree>, within: Within) -> syn::Result<Option<Item>> {
    let is =
        |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident == word);
    let module = tokens.iter().position(|token| is(token, "mod"));
    let Some(module) = module else {
        if within == Within::File && is_of_client(&tokens) {
            tokens = signatures(tokens);
        }
        return syn::parse2(tokens.into_iter().collect()).map(Some);
    };
    let name = tokens.get(module + 1).map(ToString::to_string);
    let inside = match (within, name.as_deref()) {
        (Within::File, Some("types")) => Within::Types,
        _ => Within::Other,
    };
    let Some(TokenTree::Group(content)) = tokens.pop_if(|last| matches!(last, TokenTree::Group(_)))
    else {
        return syn::parse2(tokens.into_iter().collect()).map(Some);
    };
    let content = content.stream();
    tokens.push(Group::new(Delimiter::Brace, TokenStream::new()).into());
    let mut module: ItemMod = syn::parse2(tokens.into_iter().collect())?;
    module.content = Some((Brace::default(), items(content, inside)?));
    Ok(Some(Item::Mod(module)))
}

/// Whether this is an implementation of the client, and not of a trait.
fn is_of_client(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., TokenTree::Ident(of), TokenTree::Ident(name), _] if of == "impl" && name == "Client")
}

/// The implementation with functions that have no body and no attributes.
fn signatures(mut tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    let Some(TokenTree::Group(content)) = tokens.pop() else {
        return tokens;
    };
    let mut functions = Vec::new();
    let mut is_signature = false;
    for token in content.stream() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                functions.push(Group::new(Delimiter::Brace, TokenStream::new()).into());
                is_signature = false;
            }
            token => {
                // Attributes come before it.
                is_signature |= matches!(&token, TokenTree::Ident(_));
                if is_signature {
                    functions.push(token);
                }
            }
        }
    }
    let functions = functions.into_iter().collect();
    tokens.push(Group::new(Delimiter::Brace, functions).into());
    tokens
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
    fn of_the_clients_functions_only_the_signatures_are_there() {
        let tokens = quote! {
            #[allow(clippy::all)]
            impl Client {
                /// Gets it.
                #[must_use]
                pub async fn get<'a>(&'a self, id: &'a str) -> Result<ResponseValue<types::A>, Error<()>> { loop {} }
                pub fn new() -> Self { Self }
            }
            impl ClientInfo<()> for Client { fn inner(&self) -> &() { &() } }
        };
        let expected: File = syn::parse2(quote! {
            #[allow(clippy::all)]
            impl Client {
                pub async fn get<'a>(&'a self, id: &'a str) -> Result<ResponseValue<types::A>, Error<()>> {}
                pub fn new() -> Self {}
            }
            impl ClientInfo<()> for Client { fn inner(&self) -> &() { &() } }
        })
        .unwrap();
        assert_eq!(
            prettyplease::unparse(&parse(tokens).unwrap()),
            prettyplease::unparse(&expected)
        );
    }

    #[test]
    fn what_is_no_item_is_an_error() {
        assert!(parse(quote! { pub struct A { a: u8 } what is this }).is_err());
        assert!(parse(quote! { mod m { 7 } }).is_err());
    }
}
