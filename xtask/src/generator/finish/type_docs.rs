//! What a type is for, where the document has no words for it, and the words of the wire.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Fields, Item};

use super::super::plan::Operation;
use super::debug::wire_name;
use super::docs::{doc, text_of, tidy};
use super::{FinishError, attributes_of, module};

pub(super) fn apply(file: &mut syn::File, operations: &[Operation]) -> Result<(), FinishError> {
    let mut uses = uses_by_operations(module(&mut file.items, "builder")?, operations);
    let types = module(&mut file.items, "types")?;
    for item in types.iter() {
        uses_by_members(item, &mut uses);
    }
    for item in types {
        let Some(name) = super::name_of(item) else {
            continue;
        };
        if let Some(attributes) = attributes_of(item) {
            // The generator says the name again where the document says nothing.
            let repeated = format!("`{name}`");
            let says = |attribute: &Attribute| text_of(attribute).map(|text| tidy(&text).concat());
            let is_repeated = |attribute: &Attribute| {
                says(attribute).is_some_and(|text| text.trim() == repeated || text.is_empty())
            };
            attributes.retain(|attribute| !is_repeated(attribute));
            let is_documented = attributes.iter().any(|attribute| says(attribute).is_some());
            if let Some(text) = uses.get(&name).filter(|_| !is_documented) {
                attributes.insert(0, doc(&format!(" {text}")));
            }
        }
        if let Item::Enum(words) = item {
            document_words(words);
        }
    }
    Ok(())
}

/// For each type, what the first operation that names it does with it.
fn uses_by_operations(builders: &[Item], operations: &[Operation]) -> BTreeMap<String, String> {
    let ids: BTreeMap<&str, &str> = operations
        .iter()
        .map(|operation| (operation.builder.as_str(), operation.id.as_str()))
        .collect();
    let mut uses = BTreeMap::new();
    for item in builders {
        match item {
            Item::Struct(builder) => {
                let id = ids
                    .get(builder.ident.to_string().as_str())
                    .copied()
                    .unwrap_or_default();
                for field in builder.fields.iter().skip(1) {
                    let member = field.ident.as_ref().map(IdentExt::unraw);
                    let text = match member {
                        Some(member) if member != "body" => format!("The `{member}` of `{id}`."),
                        _ => format!("What `{id}` sends."),
                    };
                    add(field.ty.to_token_stream(), &text, &mut uses);
                }
            }
            Item::Impl(block) => {
                let of = block.self_ty.to_token_stream().to_string();
                let of = of.split_whitespace().next().unwrap_or_default();
                let id = ids.get(of).copied().unwrap_or_default();
                for item in &block.items {
                    if let syn::ImplItem::Fn(function) = item
                        && function.sig.ident == "send"
                    {
                        let outcome = function.sig.output.to_token_stream().to_string();
                        let (success, error) =
                            outcome.split_once("Error <").unwrap_or((&outcome, ""));
                        for (types, text) in [
                            (success, format!("What `{id}` answers.")),
                            (error, format!("An error of `{id}`.")),
                        ] {
                            for word in types.split_whitespace() {
                                uses.entry(word.to_owned()).or_insert_with(|| text.clone());
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    uses
}

/// For each type that a member has, of what it is a part.
fn uses_by_members(item: &Item, uses: &mut BTreeMap<String, String>) {
    let mut add_fields = |fields: &Fields, owner: &str| {
        for field in fields {
            let text = match field.ident.as_ref().map(IdentExt::unraw) {
                Some(member) => format!("The `{member}` of a [`{owner}`]."),
                None => format!("A part of a [`{owner}`]."),
            };
            add(field.ty.to_token_stream(), &text, uses);
        }
    };
    match item {
        Item::Struct(item) => add_fields(&item.fields, &item.ident.to_string()),
        Item::Enum(item) => {
            let owner = item.ident.to_string();
            item.variants
                .iter()
                .for_each(|variant| add_fields(&variant.fields, &owner));
        }
        _ => {}
    }
}

fn add(types: TokenStream, text: &str, uses: &mut BTreeMap<String, String>) {
    for word in types.to_string().split_whitespace() {
        uses.entry(word.to_owned())
            .or_insert_with(|| text.to_owned());
    }
}

/// The word of the wire at each variant that says nothing else.
fn document_words(words: &mut syn::ItemEnum) {
    for variant in &mut words.variants {
        let is_documented = variant
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("doc"));
        if let Some(word) = wire_name(&variant.attrs)
            && matches!(variant.fields, Fields::Unit)
            && !is_documented
            && !word.trim().is_empty()
            && !word.contains('`')
        {
            variant.attrs.insert(0, doc(&format!(" `{word}`")));
        }
    }
    rename_all(words);
}

/// How serde makes the words of the wire of a variant's name.
const CASES: [(&str, fn(&str) -> String); 6] = [
    ("lowercase", str::to_ascii_lowercase),
    ("UPPERCASE", str::to_ascii_uppercase),
    ("snake_case", |name| parted(name, '_')),
    ("SCREAMING_SNAKE_CASE", |name| {
        parted(name, '_').to_ascii_uppercase()
    }),
    ("kebab-case", |name| parted(name, '-')),
    ("camelCase", |name| {
        let (first, rest) = name.split_at(1);
        first.to_ascii_lowercase() + rest
    }),
];

/// The name in lower case, with `between` before what was in upper case.
fn parted(name: &str, between: char) -> String {
    let mut made = String::new();
    for (index, letter) in name.char_indices() {
        if index > 0 && letter.is_ascii_uppercase() {
            made.push(between);
        }
        made.push(letter.to_ascii_lowercase());
    }
    made
}

/// Says once how all words are made of the variants' names, where they are.
fn rename_all(words: &mut syn::ItemEnum) {
    let is_plain = |variant: &syn::Variant| {
        let name = variant.ident.to_string();
        matches!(variant.fields, Fields::Unit) && name.is_ascii() && !name.is_empty()
    };
    if words.variants.len() < 2 || !words.variants.iter().all(is_plain) {
        return;
    }
    let is_made = |case: &fn(&str) -> String| {
        words.variants.iter().all(|variant| {
            let name = variant.ident.to_string();
            wire_name(&variant.attrs).unwrap_or_else(|| name.clone()) == case(&name)
        })
    };
    let Some((case, _)) = CASES.iter().find(|(_, case)| is_made(case)) else {
        return;
    };
    words
        .attrs
        .push(syn::parse_quote!(#[serde(rename_all = #case)]));
    for variant in &mut words.variants {
        variant
            .attrs
            .retain(|attribute| !attribute.path().is_ident("serde"));
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn words_that_are_all_made_alike_are_named_once() {
        let mut words: syn::ItemEnum = parse_quote! {
            pub enum Status {
                #[serde(rename = "in_progress")]
                InProgress,
                #[serde(rename = "done")]
                Done,
            }
        };
        document_words(&mut words);
        let source = words.to_token_stream().to_string();
        assert!(source.contains("rename_all = \"snake_case\""), "{source}");
        assert!(!source.contains("rename ="), "{source}");
        assert!(
            source.contains("` in_progress `") || source.contains("`in_progress`"),
            "{source}"
        );
    }

    #[test]
    fn one_word_of_another_kind_leaves_each_with_its_own() {
        let mut words: syn::ItemEnum = parse_quote! {
            pub enum Status {
                #[serde(rename = "inProgress")]
                InProgress,
                #[serde(rename = "DONE")]
                Done,
            }
        };
        document_words(&mut words);
        let source = words.to_token_stream().to_string();
        assert!(!source.contains("rename_all"), "{source}");
        assert_eq!(source.matches("rename =").count(), 2, "{source}");
    }
}
