//! Methods that reqwest's client has no function for.

use proc_macro2::{Ident, Span};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Member, parse_quote};

pub(super) fn apply(file: &mut syn::File) {
    Methods.visit_file_mut(file);
}

struct Methods;

impl VisitMut for Methods {
    fn visit_expr_method_call_mut(&mut self, call: &mut syn::ExprMethodCall) {
        let method: Option<Expr> = match call.method.to_string().as_str() {
            "options" => Some(parse_quote!(::reqwest::Method::OPTIONS)),
            "trace" => Some(parse_quote!(::reqwest::Method::TRACE)),
            _ => None,
        };
        if let Some(method) = method.filter(|_| begins_request(call)) {
            call.method = Ident::new("request", Span::call_site());
            call.args.insert(0, method);
        }
        visit_mut::visit_expr_method_call_mut(self, call);
    }
}

/// Whether this is the call of the HTTP client with which a request begins.
pub(super) fn begins_request(call: &syn::ExprMethodCall) -> bool {
    matches!(&*call.receiver, Expr::Field(field)
        if matches!(&field.member, Member::Named(name) if name == "client"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_trace_are_requests_with_a_method() {
        let mut file: syn::File = parse_quote! {
            fn send() {
                client.client.options(url).build()?;
                client.client.trace(url);
                client.client.get(url);
                settings.options(url);
            }
        };
        apply(&mut file);
        let source = prettyplease::unparse(&file);
        assert!(
            source.contains("client.client.request(::reqwest::Method::OPTIONS, url).build()?"),
            "{source}"
        );
        assert!(source.contains("client.client.request(::reqwest::Method::TRACE, url)"));
        assert!(source.contains("client.client.get(url)"));
        assert!(source.contains("settings.options(url)"));
    }
}
