//! What a type is for, where the document has no words for it, and the words of the wire.

use std::collections::BTreeMap;

use openapi_lower::plan::Operation;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Fields, Item, Type};

use super::debug::wire_name;
use super::docs::{doc, text_of, tidy};
use super::setters::argument;
use super::{FinishError, attributes_of, module};

pub(super) fn apply(file: &mut syn::File, operations: &[Operation]) -> Result<(), FinishError> {
    let mut uses = Uses::default();
    for item in module(&mut file.items, "types")? {
        if let Item::Enum(words) = item {
            document_words(words);
        }
        let Some(name) = super::name_of(item) else {
            continue;
        };
        if let Some(attributes) = attributes_of(item) {
            // The generator says the name again where the document says nothing.
            let repeated = format!("`{name}`");
            attributes.retain(|attribute| {
                let text = text_of(attribute).map(|text| tidy(&text).concat());
                text.is_none_or(|text| !text.is_empty() && text.trim() != repeated)
            });
            if !attributes
                .iter()
                .any(|attribute| attribute.path().is_ident("doc"))
            {
                uses.of.insert(name, None);
            }
        }
    }
    uses.by_operations(module(&mut file.items, "builder")?, operations);
    let types = module(&mut file.items, "types")?;
    types.iter().for_each(|item| uses.by_members(item));
    for item in types {
        let text = super::name_of(item).and_then(|name| uses.of.remove(&name)?);
        if let (Some(text), Some(attributes)) = (text, attributes_of(item)) {
            attributes.insert(0, doc(&format!(" {text}")));
        }
    }
    Ok(())
}

/// Where the types are that operations name.
const TYPES: &str = "types";

/// For each type without words of the document's, what first names it.
#[derive(Default)]
struct Uses {
    of: BTreeMap<String, Option<String>>,
}

impl Uses {
    /// What operations do with it.
    fn by_operations(&mut self, builders: &[Item], operations: &[Operation]) {
        let ids: BTreeMap<&str, &str> = operations
            .iter()
            .map(|operation| (operation.builder.as_str(), operation.id.as_str()))
            .collect();
        let id_of = |builder: &str| ids.get(builder).copied().unwrap_or_default();
        for item in builders {
            match item {
                Item::Struct(builder) => {
                    let id = id_of(&builder.ident.to_string());
                    for field in builder.fields.iter().skip(1) {
                        let text = match field.ident.as_ref().map(IdentExt::unraw) {
                            Some(member) if member != "body" => {
                                format!("The `{member}` of `{id}`.")
                            }
                            _ => format!("What `{id}` sends."),
                        };
                        self.add(&field.ty, Some(TYPES), &text);
                    }
                }
                Item::Impl(block) => {
                    let Some(outcome) = send_of(block) else {
                        continue;
                    };
                    let of = block.self_ty.to_token_stream().to_string();
                    let id = id_of(of.split_whitespace().next().unwrap_or_default());
                    if let Some(success) = argument(outcome, "Result") {
                        self.add(success, Some(TYPES), &format!("What `{id}` answers."));
                    }
                    // The success has its words by now.
                    self.add(outcome, Some(TYPES), &format!("An error of `{id}`."));
                }
                _ => {}
            }
        }
    }

    /// Of what it is a part.
    fn by_members(&mut self, item: &Item) {
        match item {
            Item::Struct(item) => self.by_fields(&item.fields, &item.ident),
            Item::Enum(item) => {
                for variant in &item.variants {
                    self.by_fields(&variant.fields, &item.ident);
                }
            }
            _ => {}
        }
    }

    fn by_fields(&mut self, fields: &Fields, owner: &syn::Ident) {
        for field in fields {
            let text = match field.ident.as_ref().map(IdentExt::unraw) {
                Some(member) => format!("The `{member}` of a [`{owner}`]."),
                None => format!("A part of a [`{owner}`]."),
            };
            self.add(&field.ty, None, &text);
        }
    }

    /// Notes the text for each type of the document's in `ty`, which is named within `module`.
    fn add(&mut self, ty: &Type, module: Option<&str>, text: &str) {
        let mut named = Named {
            module,
            found: Vec::new(),
        };
        named.visit_type(ty);
        for name in named.found {
            if let Some(of) = self.of.get_mut(&name) {
                of.get_or_insert_with(|| text.to_owned());
            }
        }
    }
}

/// The types of the document's, which are in this module, or here.
struct Named<'a> {
    module: Option<&'a str>,
    found: Vec<String>,
}

impl<'ast> Visit<'ast> for Named<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let first = path.segments.first();
        let is_ours = match self.module {
            Some(module) => first.is_some_and(|first| first.ident == module),
            None => path.leading_colon.is_none() && path.segments.len() == 1,
        };
        if let Some(last) = path.segments.last().filter(|_| is_ours) {
            self.found.push(last.ident.to_string());
        }
        visit::visit_path(self, path);
    }
}

/// What the `send` of a builder gives.
fn send_of(block: &syn::ItemImpl) -> Option<&syn::Type> {
    block.items.iter().find_map(|item| match item {
        syn::ImplItem::Fn(function) if function.sig.ident == "send" => match &function.sig.output {
            syn::ReturnType::Type(_, outcome) => Some(&**outcome),
            syn::ReturnType::Default => None,
        },
        _ => None,
    })
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

/// A word of the wire, made of a variant's name.
type Case = fn(&str) -> String;

/// How serde makes the words of the wire of a variant's name.
const CASES: [(&str, Case); 6] = [
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
    let is_made = |case: &Case| {
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
        assert!(source.contains("\" `in_progress`\""), "{source}");
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
