//! Bodies that progenitor knows no word for: the run time writes them.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use proc_macro2::{Ident, Span};
use serde_json::Value;
use syn::visit_mut::{self, VisitMut};

use super::{FinishError, module};

/// The mark of lowering on an operation whose body is written in another way.
const MARK: &str = "x-body";
/// What progenitor writes for such a body.
const FORM: &str = "form_urlencoded";

pub(super) fn apply(file: &mut syn::File, lowered: &Value) -> Result<(), FinishError> {
    let mut writers = writers(lowered);
    if writers.is_empty() {
        return Ok(());
    }
    for item in module(&mut file.items, "builder")? {
        let syn::Item::Impl(block) = item else {
            continue;
        };
        let syn::Type::Path(path) = &*block.self_ty else {
            continue;
        };
        let builder = path.path.segments.last().map(|last| last.ident.to_string());
        let Some(builder) = builder else { continue };
        if let Some(writer) = writers.get(&builder) {
            let mut rename = Rename {
                writer,
                renamed: false,
            };
            rename.visit_item_impl_mut(block);
            if rename.renamed {
                writers.remove(&builder);
            }
        }
    }
    match writers.keys().next() {
        None => Ok(()),
        Some(builder) => Err(FinishError::missing(format!(
            "call of `{FORM}` in `builder::{builder}`"
        ))),
    }
}

/// The function of the run time for each builder whose operation is marked.
fn writers(lowered: &Value) -> BTreeMap<String, &'static str> {
    let paths = lowered.get("paths").and_then(Value::as_object);
    let operations = paths
        .into_iter()
        .flat_map(|paths| paths.values())
        .filter_map(Value::as_object)
        .flat_map(|item| item.values());
    operations
        .filter_map(|operation| {
            let writer = match operation.get(MARK)?.as_str()? {
                "deep-form" => "deep_form",
                "media" => "media_body",
                _ => return None,
            };
            let id = operation.get("operationId")?.as_str()?;
            Some((id.to_pascal_case(), writer))
        })
        .collect()
}

struct Rename<'a> {
    writer: &'a str,
    renamed: bool,
}

impl VisitMut for Rename<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if call.method == FORM {
            call.method = Ident::new(self.writer, Span::call_site());
            self.renamed = true;
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syn::parse_quote;

    use super::*;

    fn lowered(mark: &str) -> Value {
        json!({"paths": {"/a": {"post": {"operationId": "upload_proof", "x-body": mark}}}})
    }

    #[test]
    fn the_body_of_a_marked_operation_is_written_by_the_run_time() {
        let mut file: syn::File = parse_quote! {
            mod builder {
                impl UploadProof { fn send(self) { request.form_urlencoded(&body)?; } }
                impl Other { fn send(self) { request.form_urlencoded(&body)?; } }
            }
        };
        apply(&mut file, &lowered("media")).unwrap();
        let source = prettyplease::unparse(&file);
        assert_eq!(source.matches("media_body(&body)").count(), 1, "{source}");
        assert_eq!(source.matches("form_urlencoded(&body)").count(), 1);
    }

    #[test]
    fn a_marked_operation_without_a_body_in_the_code_is_refused() {
        let mut file: syn::File = parse_quote! { mod builder {} };
        let error = apply(&mut file, &lowered("deep-form")).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("`form_urlencoded` in `builder::UploadProof`"),
            "{error}"
        );
    }
}
