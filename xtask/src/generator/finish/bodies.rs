//! Bodies that progenitor knows no word for: the run time writes them.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};
use quote::quote;
use serde_json::Value;
use syn::parse_quote;
use syn::visit_mut::{self, VisitMut};

use super::{FinishError, builders, each_builder};

/// The mark of lowering on an operation whose body is written in another way.
const MARK: &str = "x-body";
/// What progenitor writes for such a body.
const FORM: &str = "form_urlencoded";

pub(super) fn apply(file: &mut syn::File, lowered: &Value) -> Result<(), FinishError> {
    let mut writers: BTreeMap<String, Writer> = builders(lowered)
        .filter_map(|(builder, _, operation)| Some((builder, Writer::of(operation.get(MARK)?)?)))
        .collect();
    each_builder(file, &mut |builder, block| {
        if let Some(writer) = writers.get(builder) {
            let mut rename = Rename {
                writer,
                renamed: false,
            };
            rename.visit_item_impl_mut(block);
            if rename.renamed {
                writers.remove(builder);
            }
        }
    })?;
    match writers.keys().next() {
        None => Ok(()),
        Some(builder) => Err(FinishError::missing(format!(
            "call of `{FORM}` in `builder::{builder}`"
        ))),
    }
}

/// How the run time writes a body.
enum Writer {
    /// With this function.
    Function(&'static str),
    /// As a form with fields in these styles.
    Styled(Vec<(String, &'static str)>),
}

impl Writer {
    fn of(mark: &Value) -> Option<Self> {
        match mark {
            Value::String(word) if word == "deep-form" => Some(Self::Function("deep_form")),
            Value::String(word) if word == "media" => Some(Self::Function("media_body")),
            Value::Object(fields) => {
                let styled = fields.iter().filter_map(|(name, style)| {
                    let style = match style.as_str()? {
                        "brackets" => "Brackets",
                        "commas" => "Commas",
                        "spaces" => "Spaces",
                        "pipes" => "Pipes",
                        "json" => "Json",
                        _ => return None,
                    };
                    Some((name.clone(), style))
                });
                Some(Self::Styled(styled.collect()))
            }
            _ => None,
        }
    }
}

struct Rename<'a> {
    writer: &'a Writer,
    renamed: bool,
}

impl VisitMut for Rename<'_> {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        if call.method == FORM {
            let name = match self.writer {
                Writer::Function(name) => name,
                Writer::Styled(fields) => {
                    let fields = fields.iter().map(|(name, style)| {
                        let style = Ident::new(style, Span::call_site());
                        quote! { (#name, ::provider_runtime::FieldStyle::#style) }
                    });
                    call.args.push(parse_quote!(&[#(#fields),*]));
                    "styled_form"
                }
            };
            call.method = Ident::new(name, Span::call_site());
            self.renamed = true;
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

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
    fn the_fields_of_a_form_are_written_in_their_styles() {
        let mut file: syn::File = parse_quote! {
            mod builder {
                impl UploadProof { fn send(self) { request.form_urlencoded(&body)?; } }
            }
        };
        let mut lowered = lowered("");
        lowered["paths"]["/a"]["post"]["x-body"] = json!({"a-b": "commas", "c": "json"});
        apply(&mut file, &lowered).unwrap();
        let source: String = prettyplease::unparse(&file).split_whitespace().collect();
        let fields = "(\"a-b\",::provider_runtime::FieldStyle::Commas),(\"c\",::provider_runtime::FieldStyle::Json)";
        assert!(source.contains("styled_form(&body,&["), "{source}");
        assert!(source.contains(fields), "{source}");
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
