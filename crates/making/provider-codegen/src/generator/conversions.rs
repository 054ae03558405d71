//! Conversions that the generator prints for each type and that are the same for all: one line of the run time's.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Field, Fields, Item, ItemEnum, Type};

use super::finish::{of_run_time, wire_name};

/// A type whose conversions follow.
pub(super) struct Converted {
    name: String,
    kind: Kind,
    /// Of each its tokens.
    pub(super) conversions: Vec<Vec<TokenTree>>,
}

enum Kind {
    /// An enum of words: the line that has its conversions.
    Words(Item),
    /// A struct that holds one value of this type.
    Holds(Type),
}

impl Converted {
    /// An item of which that is known.
    pub(super) fn of(item: &Item) -> Option<Self> {
        let (name, kind) = match item {
            Item::Enum(item) => (&item.ident, Kind::Words(words(item)?)),
            Item::Struct(item) => {
                let Fields::Unnamed(fields) = &item.fields else {
                    return None;
                };
                let mut fields = fields.unnamed.iter();
                let (Some(Field { ty, .. }), None) = (fields.next(), fields.next()) else {
                    return None;
                };
                (&item.ident, Kind::Holds(ty.clone()))
            }
            _ => return None,
        };
        Some(Self {
            name: name.to_string(),
            kind,
            conversions: Vec::new(),
        })
    }

    /// Whether this is an implementation of a trait for the type, or of a conversion from it.
    pub(super) fn takes(&self, tokens: &[TokenTree]) -> bool {
        tokens.first().is_some_and(|first| is(first, "impl"))
            && tokens.iter().any(|token| is(token, "for"))
            && tokens.iter().any(|token| is(token, &self.name))
    }

    /// The items that the conversions are.
    ///
    /// # Errors
    ///
    /// One that is none that is known, and cannot be parsed.
    pub(super) fn items(self) -> syn::Result<Vec<Item>> {
        let mut traits: Vec<&str> = self.conversions.iter().map(|one| of_trait(one)).collect();
        traits.sort_unstable();
        traits.dedup();
        let name = syn::Ident::new(&self.name, proc_macro2::Span::call_site());
        let known = match &self.kind {
            Kind::Words(line) => {
                (traits == ["Display", "FromStr", "TryFrom"]).then(|| line.clone())
            }
            Kind::Holds(held) => match traits.as_slice() {
                ["Deref", "From"] => Some(of_run_time("holds", quote! { #name, #held })),
                ["Deref", "Display", "From", "FromStr"] if is_text(held) => {
                    Some(of_run_time("holds_text", name.to_token_stream()))
                }
                ["Deref", "Deserialize", "From", "FromStr", "TryFrom"] if is_text(held) => self
                    .conversions
                    .iter()
                    .find(|one| of_trait(one) == "FromStr")
                    .and_then(|one| limits(one.last()?))
                    .map(|limits| of_run_time("limited_text", quote! { #name #limits })),
                _ => None,
            },
        };
        match known {
            Some(line) => Ok(vec![line]),
            None => {
                let parsed = |tokens: Vec<TokenTree>| syn::parse2(tokens.into_iter().collect());
                self.conversions.into_iter().map(parsed).collect()
            }
        }
    }
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// The trait that is implemented, where it is one that is known.
fn of_trait(tokens: &[TokenTree]) -> &'static str {
    const TRAITS: [&str; 6] = [
        "Deref",
        "Deserialize",
        "Display",
        "FromStr",
        "TryFrom",
        "From",
    ];
    let header = tokens.iter().take_while(|token| !is(token, "for"));
    let mut idents = header.filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    idents
        .find_map(|ident| TRAITS.into_iter().find(|name| ident == *name))
        .unwrap_or_default()
}

fn is_text(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "String"))
}

/// The line for an enum whose variants are all words.
fn words(item: &ItemEnum) -> Option<Item> {
    let is_word = |variant: &syn::Variant| variant.fields.is_empty();
    if item.variants.is_empty() || !item.variants.iter().all(is_word) {
        return None;
    }
    let words = item.variants.iter().map(|variant| {
        let ident = &variant.ident;
        let word = wire_name(&variant.attrs).unwrap_or_else(|| ident.to_string());
        quote! { #ident = #word }
    });
    let name = &item.ident;
    Some(of_run_time("words", quote! { #name { #(#words),* } }))
}

/// The limits of its length, and the pattern, that `FromStr` of a text checks; nothing if it checks something else as
/// well.
fn limits(body: &TokenTree) -> Option<TokenStream> {
    let text = body.to_string();
    let number = |comparison: &str| -> Option<usize> {
        let (_, rest) = text.split_once(&format!("value . chars () . count () {comparison} "))?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    let (min, max) = (number("<"), number(">"));
    let pattern = pattern(body.clone().into());
    let known =
        usize::from(min.is_some()) + usize::from(max.is_some()) + usize::from(pattern.is_some());
    if known == 0 || text.matches("if ").count() != known {
        return None;
    }
    let literal = proc_macro2::Literal::usize_unsuffixed;
    let min = min.map(literal).map(|min| quote! { , min #min });
    let max = max.map(literal).map(|max| quote! { , max #max });
    let pattern = pattern.map(|pattern| quote! { , pattern #pattern });
    Some(quote! { #min #max #pattern })
}

/// The text that a regular expression is made of.
fn pattern(tokens: TokenStream) -> Option<TokenTree> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let made = tokens.windows(5).find_map(|window| match window {
        [of, _, _, new, TokenTree::Group(arguments)] if is(of, "Regex") && is(new, "new") => {
            arguments.stream().into_iter().next()
        }
        _ => None,
    });
    made.or_else(|| {
        tokens.into_iter().find_map(|token| match token {
            TokenTree::Group(group) => pattern(group.stream()),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The items that `tokens` are, the first of which is the type.
    fn made(tokens: TokenStream) -> String {
        let file: syn::File = syn::parse2(tokens).unwrap();
        let mut items = file.items.into_iter();
        let mut converted = Converted::of(&items.next().unwrap()).unwrap();
        for item in items {
            let tokens: Vec<TokenTree> = item.to_token_stream().into_iter().collect();
            assert!(converted.takes(&tokens));
            converted.conversions.push(tokens);
        }
        let items = converted.items().unwrap();
        quote! { #(#items)* }.to_string().replace(' ', "")
    }

    #[test]
    fn the_conversions_of_words_are_one_line_with_the_words_of_the_wire() {
        let line = made(quote! {
            enum Status { #[serde(rename = "in_review")] InReview, Done }
            impl ::std::fmt::Display for Status {}
            impl ::std::str::FromStr for Status {}
            impl ::std::convert::TryFrom<&str> for Status {}
        });
        assert_eq!(
            line,
            "::provider_runtime::words!(Status{InReview=\"in_review\",Done=\"Done\"});"
        );
    }

    #[test]
    fn a_type_that_holds_another_is_one_line() {
        let line = made(quote! {
            struct Codes(Vec<u8>);
            impl ::std::ops::Deref for Codes {}
            impl ::std::convert::From<Codes> for Vec<u8> {}
            impl ::std::convert::From<Vec<u8>> for Codes {}
        });
        assert_eq!(line, "::provider_runtime::holds!(Codes,Vec<u8>);");
    }

    #[test]
    fn limits_of_length_and_a_pattern_are_said_and_other_checks_stay_as_they_are() {
        let limited = |checks: TokenStream| {
            made(quote! {
                struct Key(::std::string::String);
                impl ::std::ops::Deref for Key {}
                impl ::std::convert::From<Key> for ::std::string::String {}
                impl ::std::str::FromStr for Key {
                    fn from_str(value: &str) -> Result<Self, E> { #checks Ok(Self(value.to_string())) }
                }
                impl ::std::convert::TryFrom<&str> for Key {}
                impl<'de> ::serde::Deserialize<'de> for Key {}
            })
        };
        let longest = quote! { if value.chars().count() > 255usize { return Err(a); } };
        let shortest = quote! { if value.chars().count() < 1usize { return Err(a); } };
        assert_eq!(
            limited(quote! { #longest #shortest }),
            "::provider_runtime::limited_text!(Key,min1,max255);"
        );
        let pattern = quote! {
            static PATTERN: ::std::sync::LazyLock<::regress::Regex> =
                ::std::sync::LazyLock::new(|| { ::regress::Regex::new("^a$").unwrap() });
            if PATTERN.find(value).is_none() { return Err(a); }
        };
        assert_eq!(
            limited(quote! { #longest #pattern }),
            "::provider_runtime::limited_text!(Key,max255,pattern\"^a$\");"
        );
        let other = quote! { if value.is_empty() { return Err(a); } };
        assert!(limited(quote! { #longest #other }).contains("is_empty"));
    }
}
