//! The run time by its own name, and by its own names what it does differently from progenitor's.

use proc_macro2::{Ident, Span};
use syn::visit_mut::{self, VisitMut};

use super::{FinishError, module};

/// progenitor's names, and those of our run time for the same things.
const NAMES: [(&str, &str); 2] = [
    ("progenitor_client", "provider_runtime"),
    ("ByteStream", "RawBody"),
];

pub(super) fn apply(file: &mut syn::File) -> Result<(), FinishError> {
    Rename.visit_file_mut(file);
    // The same type in each crate: it is the run time's.
    let types = module(&mut file.items, "types")?;
    *module(types, "error")? = vec![syn::parse_quote!(
        pub use provider_runtime::ConversionError;
    )];
    Ok(())
}

struct Rename;

impl VisitMut for Rename {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        rename(ident, &NAMES);
        visit_mut::visit_ident_mut(self, ident);
    }
}

fn rename(ident: &mut Ident, names: &[(&str, &str)]) {
    if let Some((_, ours)) = names.iter().find(|(theirs, _)| ident == theirs) {
        *ident = Ident::new(ours, Span::call_site());
    }
}
