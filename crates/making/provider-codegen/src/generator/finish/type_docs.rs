//! What a type is for, where the document has no words for it, and the words of the wire.

use std::collections::BTreeMap;

use openapi_lower::plan::{Plan, Type};
use syn::ext::IdentExt;
use syn::visit::{self, Visit};
use syn::{Fields, Item};

use super::attributes::{attributes_of, doc, member_name, text_of, wire_name};
use super::docs::{repeats, tidy};
use super::requests::Request;
use super::setters::docs;
use super::{FinishError, module};

/// Gives back what first names each type.
pub(super) fn apply(
    file: &mut syn::File,
    plan: &Plan,
    requests: &[Request<'_>],
) -> Result<BTreeMap<String, Owner>, FinishError> {
    let unknown = BTreeMap::new();
    let mut warns = false;
    let mut uses = Uses::default();
    for item in module(&mut file.items, "types")? {
        if let Item::Enum(words) = item {
            let planned = plan.types.get(&words.ident.to_string());
            document_words(words, planned.map_or(&unknown, |planned| &planned.meanings));
        }
        let Some(name) = super::name_of(item) else {
            continue;
        };
        if let (Item::Struct(object), Some(planned)) = (&mut *item, plan.types.get(&name)) {
            warns |= deprecate(object, planned);
        }
        if let Some(attributes) = attributes_of(item) {
            // The generator says the name again where the document says nothing.
            attributes.retain(|attribute| {
                let text = text_of(attribute).map(|text| tidy(&text).concat());
                text.is_none_or(|text| !text.is_empty() && !repeats(&text, &name))
            });
            if !attributes
                .iter()
                .any(|attribute| attribute.path().is_ident("doc"))
            {
                uses.of.insert(name, None);
            }
        }
    }
    uses.by_requests(requests);
    for webhook in &plan.webhooks {
        let of = webhook.body.as_ref().and_then(|body| uses.of.get_mut(body));
        if let Some(of) = of {
            of.get_or_insert_with(|| format!("What the webhook `{}` sends.", webhook.name));
        }
    }
    let types = module(&mut file.items, "types")?;
    types.iter().for_each(|item| uses.by_members(item));
    for item in types {
        let text = super::name_of(item).and_then(|name| uses.of.remove(&name)?);
        if let (Some(text), Some(attributes)) = (text, attributes_of(item)) {
            attributes.insert(0, doc(&format!(" {text}")));
        }
    }
    if warns {
        // Whoever uses them is to be warned, and not who compiles the crate.
        let types = file
            .items
            .iter_mut()
            .filter(|item| matches!(item, Item::Mod(module) if module.ident == TYPES));
        for attributes in types.filter_map(attributes_of) {
            attributes.push(syn::parse_quote!(#[allow(deprecated)]));
        }
    }
    Ok(uses.owners)
}

/// What names a type.
#[derive(Clone)]
pub(super) enum Owner {
    /// The operation of this name.
    Operation(String),
    /// The type of this name.
    Type(String),
}

/// Marks the members that the document advises against; says whether there are any.
fn deprecate(object: &mut syn::ItemStruct, planned: &Type) -> bool {
    let old = planned.members.iter().filter(|member| member.is_deprecated);
    let old: Vec<&str> = old.map(|member| member.name.as_str()).collect();
    for field in object.fields.iter_mut().filter(|_| !old.is_empty()) {
        if member_name(field).is_some_and(|name| old.contains(&name.as_str())) {
            field.attrs.push(syn::parse_quote!(#[deprecated]));
        }
    }
    !old.is_empty()
}

/// Where the types are that operations name.
const TYPES: &str = "types";

/// What first names each type, and what that says of one without words of the document's.
#[derive(Default)]
struct Uses {
    of: BTreeMap<String, Option<String>>,
    owners: BTreeMap<String, Owner>,
}

impl Uses {
    /// What operations do with it.
    fn by_requests(&mut self, requests: &[Request<'_>]) {
        for request in requests {
            let id = &request.operation.id;
            let owner = Owner::Operation(id.clone());
            for field in &request.fields {
                let text = match field.ident.unraw() {
                    member if member != "body" => format!("The `{member}` of `{id}`."),
                    _ => format!("What `{id}` sends."),
                };
                self.add(&field.ty, &owner, &text);
            }
            let (success, error) = &request.answers;
            self.add(success, &owner, &format!("What `{id}` answers."));
            self.add(error, &owner, &format!("An error of `{id}`."));
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
        let article = match owner.to_string().starts_with(['A', 'E', 'I', 'O']) {
            true => "an",
            false => "a",
        };
        let by = Owner::Type(owner.to_string());
        for field in fields {
            let text = match field.ident.as_ref().map(IdentExt::unraw) {
                Some(member) => format!("The `{member}` of {article} [`{owner}`]."),
                None => format!("A part of {article} [`{owner}`]."),
            };
            self.add(&field.ty, &by, &text);
        }
    }

    /// Notes the owner of each type of the document's in `ty`, and the text.
    fn add(&mut self, ty: &syn::Type, owner: &Owner, text: &str) {
        let mut named = Named {
            module: matches!(owner, Owner::Operation(_)).then_some(TYPES),
            found: Vec::new(),
        };
        named.visit_type(ty);
        for name in named.found {
            if !self.owners.contains_key(&name) {
                self.owners.insert(name.clone(), owner.clone());
            }
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

/// The word of the wire at each variant that says nothing else, with what it means.
fn document_words(words: &mut syn::ItemEnum, meanings: &BTreeMap<String, String>) {
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
            let text = match meanings.get(&word) {
                Some(meaning) => format!("`{word}`: {meaning}"),
                None => format!("`{word}`"),
            };
            variant.attrs.splice(0..0, docs([text.as_str()]));
        }
    }
}

#[cfg(test)]
mod tests {
    use openapi_lower::plan::Member;
    use quote::ToTokens;
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_member_that_the_document_advises_against_is_marked_by_its_name_on_the_wire() {
        let mut object: syn::ItemStruct = parse_quote! {
            pub struct Card { #[serde(rename = "cardNo")] pub card_no: String, pub name: String }
        };
        let member = |name: &str, is_deprecated| Member {
            name: name.to_owned(),
            is_shown: false,
            is_deprecated,
        };
        let planned = Type {
            members: vec![member("cardNo", true), member("name", false)],
            ..Type::default()
        };
        assert!(deprecate(&mut object, &planned));
        let marked = object.fields.iter().map(|field| {
            let mut attributes = field.attrs.iter();
            attributes.any(|found| found.path().is_ident("deprecated"))
        });
        assert_eq!(marked.collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_variant_says_its_word_and_what_it_means() {
        let mut words: syn::ItemEnum = parse_quote! {
            pub enum Status {
                #[serde(rename = "in_progress")]
                InProgress,
                #[serde(rename = "done")]
                Done,
            }
        };
        let meanings = BTreeMap::from([("in_progress".to_owned(), "Not done.".to_owned())]);
        document_words(&mut words, &meanings);
        let source = words.to_token_stream().to_string();
        assert!(source.contains("\" `in_progress`: Not done.\""), "{source}");
        assert!(source.contains("\" `done`\""), "{source}");
    }
}
