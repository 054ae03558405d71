//! A member that is present and null is not a member that is missing.

use syn::visit_mut::{self, VisitMut};
use syn::{Field, Type, parse_quote};

pub(super) fn apply(file: &mut syn::File) {
    Present.visit_file_mut(file);
}

struct Present;

impl VisitMut for Present {
    fn visit_field_mut(&mut self, field: &mut Field) {
        // Without this, serde's `Option` takes a null for a missing member before `Nullable` sees it.
        if is_optional_nullable(&field.ty) {
            field.attrs.push(
                parse_quote!(#[serde(deserialize_with = "provider_runtime::nullable::present")]),
            );
        }
        visit_mut::visit_field_mut(self, field);
    }
}

fn is_optional_nullable(ty: &Type) -> bool {
    argument(ty, "Option").is_some_and(|inner| argument(inner, "Nullable").is_some())
}

/// `T` of `…::NAME<T>`.
fn argument<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|last| last.ident == name)?;
    let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        syn::GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_optional_nullable_field_tells_null_from_missing() {
        let mut file: syn::File = parse_quote! {
            pub struct Request {
                pub a: ::std::option::Option<::provider_runtime::Nullable<String>>,
                pub b: ::std::option::Option<String>,
            }
        };
        apply(&mut file);
        let source = prettyplease::unparse(&file);
        assert_eq!(
            source
                .matches("provider_runtime::nullable::present")
                .count(),
            1,
            "{source}"
        );
        assert!(
            source.find("present").unwrap() < source.find("pub a").unwrap(),
            "{source}"
        );
    }
}
