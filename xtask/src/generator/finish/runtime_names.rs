//! The run time by its own name, and by its own names what it does differently from progenitor's.

use proc_macro2::{Ident, Span};
use syn::visit_mut::{self, VisitMut};

/// progenitor's names, and those of our run time for the same things.
const NAMES: [(&str, &str); 2] = [
    ("progenitor_client", "provider_runtime"),
    ("ByteStream", "RawBody"),
];

/// Variants of `Error` that progenitor makes from bare values, and the functions of ours that do.
const CONSTRUCTORS: [(&str, &str); 3] = [
    ("InvalidRequest", "invalid_request"),
    ("ErrorResponse", "error_response"),
    ("UnexpectedResponse", "unexpected_response"),
];

pub(super) fn apply(file: &mut syn::File) {
    Rename.visit_file_mut(file);
}

struct Rename;

impl VisitMut for Rename {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        rename(ident, &NAMES);
        visit_mut::visit_ident_mut(self, ident);
    }

    fn visit_expr_path_mut(&mut self, path: &mut syn::ExprPath) {
        if path.path.segments.len() == 2 && path.path.segments[0].ident == "Error" {
            rename(&mut path.path.segments[1].ident, &CONSTRUCTORS);
        }
        visit_mut::visit_expr_path_mut(self, path);
    }
}

fn rename(ident: &mut Ident, names: &[(&str, &str)]) {
    if let Some((_, ours)) = names.iter().find(|(theirs, _)| ident == theirs) {
        *ident = Ident::new(ours, Span::call_site());
    }
}
