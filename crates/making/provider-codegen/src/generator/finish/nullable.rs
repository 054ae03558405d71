//! A member that is present and null is not a member that is missing, when it is read and when it is written.

use syn::visit_mut::{self, VisitMut};
use syn::{Field, Type, parse_quote};

use super::attributes::serde_says;
use super::setters::argument;

pub(super) fn apply(file: &mut syn::File) {
    Present.visit_file_mut(file);
}

struct Present;

impl VisitMut for Present {
    fn visit_field_mut(&mut self, field: &mut Field) {
        // Without this, serde's `Option` takes a null for a missing member before `Nullable`, or any JSON, sees it.
        let present = match argument(&field.ty, "Option") {
            Some(inner) if argument(inner, "Nullable").is_some() => {
                Some("provider_runtime::nullable::present")
            }
            Some(inner) if *inner == parse_quote!(::provider_runtime::Json) => {
                Some("provider_runtime::nullable::json")
            }
            _ => None,
        };
        if let Some(present) = present {
            field
                .attrs
                .push(parse_quote!(#[serde(deserialize_with = #present)]));
            // With a function of its own, serde no longer takes a missing member for `None` by itself.
            if serde_says(&field.attrs, "default").is_none() {
                field.attrs.push(parse_quote!(#[serde(default)]));
            }
        }
        // The generator sees to it that a missing member is not written, but not in a box.
        if is_boxed_option(&field.ty)
            && serde_says(&field.attrs, "default").is_some()
            && serde_says(&field.attrs, "skip_serializing_if").is_none()
        {
            field.attrs.push(
                parse_quote!(#[serde(skip_serializing_if = "::std::option::Option::is_none")]),
            );
        }
        visit_mut::visit_field_mut(self, field);
    }
}

fn is_boxed_option(ty: &Type) -> bool {
    argument(ty, "Box").is_some_and(|inner| argument(inner, "Option").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_optional_field_that_null_is_a_value_of_tells_it_from_missing() {
        let mut file: syn::File = parse_quote! {
            pub struct Request {
                pub a: ::std::option::Option<::provider_runtime::Nullable<String>>,
                pub b: ::std::option::Option<String>,
                pub c: ::std::option::Option<::provider_runtime::Json>,
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
        let any = source.matches("provider_runtime::nullable::json");
        assert_eq!(any.count(), 1, "{source}");
        // One that is missing is read all the same.
        assert_eq!(source.matches("#[serde(default)]").count(), 2, "{source}");
    }

    #[test]
    fn a_boxed_member_that_is_missing_is_not_written_as_null() {
        let mut file: syn::File = parse_quote! {
            pub struct Filter {
                #[serde(rename = "not", default)]
                pub not: ::std::boxed::Box<::std::option::Option<Filter>>,
                pub required: ::std::boxed::Box<::std::option::Option<Filter>>,
                #[serde(default, skip_serializing_if = "::std::option::Option::is_none")]
                pub plain: ::std::option::Option<::std::boxed::Box<Filter>>,
            }
        };
        apply(&mut file);
        let source = prettyplease::unparse(&file);
        assert_eq!(source.matches("skip_serializing_if").count(), 2, "{source}");
        assert!(
            source.find("skip_serializing_if").unwrap() < source.find("pub not").unwrap(),
            "{source}"
        );
    }
}
