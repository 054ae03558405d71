//! The builders of operations, each of which makes one `Call` of the run time.

use proc_macro2::Ident;
use quote::{ToTokens, format_ident, quote};
use syn::visit_mut::VisitMut;
use syn::{
    FieldValue, Fields, ImplItem, ImplItemFn, Item, ItemImpl, ItemStruct, Type, parse_quote,
};

use super::calls::{call_of, read};
use super::fields::{Field, Part};
use super::requests::Request;
use super::setters::{Setters, argument, docs, documented};
use super::short_paths::Short;
use super::syntax::{self, Holes};

/// The builders as they are printed, with names in place of what differs.
pub(in crate::generator) struct Printer {
    setters: Setters,
    object: ItemStruct,
    functions: ItemImpl,
    send: ImplItemFn,
    into_call: ImplItemFn,
    body: ImplItemFn,
    body_map: ImplItemFn,
    null_body: ImplItemFn,
}

impl Printer {
    pub(in crate::generator) fn new(short: &mut Short) -> Self {
        let mut printer = Self {
            setters: Setters::new(short),
            object: parse_quote! {
                #[must_use = "it is sent by `send`"]
                #[derive(Clone, Debug)]
                pub struct NAME<'a> {}
            },
            functions: parse_quote! {
                impl<'a> NAME<'a> {
                    /// One of which nothing is given.
                    pub fn new(client: &'a Client) -> Self {
                        BEGUN
                    }
                }
            },
            send: parse_quote! {
                pub async fn send(self) -> Outcome {
                    SENT.await
                }
            },
            into_call: parse_quote! {
                fn into_call(self) -> runtime::Call<'a> {
                    CALL
                }
            },
            body: parse_quote! {
                pub fn body(mut self, value: impl ::std::convert::TryInto<Built, Error: ::std::fmt::Display>) -> Self {
                    self.body = runtime::Given::<Built>::checked(value).built();
                    self
                }
            },
            body_map: parse_quote! {
                /// Changes the body by a function.
                pub fn body_map(mut self, change: impl FnOnce(Builder) -> Builder) -> Self {
                    self.body = self.body.map(change);
                    self
                }
            },
            null_body: parse_quote! {
                /// Sends `null`.
                pub fn null_body(mut self) -> Self {
                    self.body = runtime::Given::value(::std::option::Option::None);
                    self
                }
            },
        };
        short.visit_impl_item_fn_mut(&mut printer.body);
        short.visit_impl_item_fn_mut(&mut printer.null_body);
        printer
    }

    /// Imports what the builders name, and nothing else.
    pub(in crate::generator) fn imports(requests: &[Request<'_>]) -> [Item; 2] {
        let mentions = |name: &str| {
            let mut types = requests
                .iter()
                .flat_map(|request| request.types().chain([&request.outcome]));
            types.any(|ty| super::mentions(ty.to_token_stream(), name))
        };
        let used = |names: &[&str]| -> Vec<Ident> {
            let used = names.iter().filter(|name| mentions(name));
            used.map(|name| format_ident!("{name}")).collect()
        };
        let ours = used(&["types"]);
        let of_run_time = used(&["Error", "RawBody", "ResponseValue"]);
        [
            parse_quote!(use super::{Client, #(#ours),*};),
            parse_quote!(use provider_runtime::{self as runtime, #(#of_run_time),*};),
        ]
    }

    /// The builder of a request.
    pub(in crate::generator) fn items(
        &self,
        mut request: Request<'_>,
        short: &mut Short,
    ) -> [Item; 4] {
        let (name, client, operation) = (&request.name, &request.client, request.operation);
        let (success, error) = &request.answers;
        let line = |name, tokens| syntax::line(syntax::path(&["runtime", name]), tokens);
        let settings = line("call_settings", quote! { #name });
        let mut blocking = line("blocking", quote! { #name, #success, #error });
        short.visit_item_mut(&mut blocking);
        short.visit_type_mut(&mut request.outcome);
        for function in &mut request.pages {
            short.visit_impl_item_fn_mut(function);
        }
        for field in &mut request.fields {
            short.visit_type_mut(&mut field.ty);
            field
                .built
                .iter_mut()
                .for_each(|ty| short.visit_type_mut(ty));
            field
                .held
                .iter_mut()
                .for_each(|ty| short.visit_type_mut(ty));
        }

        let given = |ty: Type| syntax::type_of(&["runtime", "Given"], Some(ty));
        let nothing = || syntax::call(syntax::named(&["runtime", "Given", "default"]), []);
        let mut functions: Vec<ImplItem> = Vec::new();
        let mut members = vec![syntax::field(client, parse_quote!(&'a Client))];
        let mut begun = vec![match client == "client" {
            true => FieldValue {
                colon_token: None,
                ..syntax::field_value(client, syntax::named(&["client"]))
            },
            false => syntax::field_value(client, syntax::named(&["client"])),
        }];
        for field in &request.fields {
            members.push(syntax::field(&field.ident, given(field.ty.clone())));
            begun.push(syntax::field_value(&field.ident, nothing()));
            functions.extend(self.setters_of(field).into_iter().map(ImplItem::Fn));
        }
        let body = operation.body.as_ref();
        if let Some(media_types) = body.and_then(|body| body.others.as_ref()) {
            let told = format!(
                "Sends this in place of `body`, which is given otherwise; documented: {media_types}."
            );
            let other = syntax::ident("other_body");
            let ty = syntax::type_of(&["runtime", "MediaBody"], None);
            let setter = self.setters.setter(&other, &ty, docs([told.as_str()]));
            functions.push(ImplItem::Fn(setter));
            members.push(syntax::field(&other, given(ty)));
            begun.push(syntax::field_value(&other, nothing()));
        }
        let of_call = syntax::ident("settings");
        let ty = syntax::type_of(&["runtime", "CallSettings"], None);
        members.push(syntax::field(&of_call, ty));
        let default = syntax::named(&["runtime", "CallSettings", "default"]);
        begun.push(syntax::field_value(&of_call, syntax::call(default, [])));
        functions.extend(self.sending(&request).into_iter().map(ImplItem::Fn));

        let begun = syntax::object(begun);
        let mut holes = Holes {
            idents: &[("NAME", name)],
            values: &[("BEGUN", &begun)],
            ..Holes::default()
        };
        let mut object = holes.filled(&self.object, Holes::visit_item_struct_mut);
        let summary = format!("Makes a request of [`Client::{}`].", request.method);
        object.attrs.splice(0..0, docs([summary.as_str()]));
        if let Fields::Named(fields) = &mut object.fields {
            fields.named.extend(members);
        }
        let mut block = holes.filled(&self.functions, Holes::visit_item_impl_mut);
        block.items.extend(functions);
        [Item::Struct(object), settings, blocking, Item::Impl(block)]
    }

    /// The functions that send it. What pages is put together in one place.
    fn sending(&self, request: &Request<'_>) -> Vec<ImplItemFn> {
        let operation = request.operation;
        let sends = format!(
            "Sends `{} {}`.\n\n# Errors\nEverything but a documented success; [`Error::may_have_happened`] tells what it means.",
            operation.method.to_ascii_uppercase(),
            operation.path
        );
        let mut call = call_of(operation, &request.client, &request.fields);
        let mut into_call = None;
        if !request.pages.is_empty() {
            let mut holes = Holes {
                values: &[("CALL", &call)],
                ..Holes::default()
            };
            into_call = Some(holes.filled(&self.into_call, Holes::visit_impl_item_fn_mut));
            call = syntax::method(syntax::named(&["self"]), "into_call", []);
        }
        let sent = syntax::method(call, "send", read(operation));
        let mut holes = Holes {
            types: &[("Outcome", &request.outcome)],
            values: &[("SENT", &sent)],
            ..Holes::default()
        };
        let mut send = holes.filled(&self.send, Holes::visit_impl_item_fn_mut);
        send.attrs = docs([sends.as_str()]);
        let pages = request.pages.iter().cloned();
        [send].into_iter().chain(pages).chain(into_call).collect()
    }

    fn setters_of(&self, field: &Field<'_>) -> Vec<ImplItemFn> {
        let ident = &field.ident;
        let body = match &field.part {
            Part::Parameter(parameter) => {
                let mut said = docs(parameter.description.as_deref());
                if parameter.is_deprecated {
                    said.push(parse_quote!(#[deprecated]));
                }
                let documented = documented(ident, said, field.is_required);
                return vec![self.setters.setter(ident, &field.ty, documented)];
            }
            Part::Body(body) => body,
        };
        let said = docs([body.description.as_deref().unwrap_or("What is sent.")]);
        let is_null = argument(&field.ty, "Option");
        let Some(built) = is_null.or(field.built.as_ref()) else {
            return vec![self.setters.setter(ident, &field.ty, said)];
        };
        let mut holes = Holes {
            types: &[("Built", built), ("Builder", &field.ty)],
            ..Holes::default()
        };
        let mut taken = holes.filled(&self.body, Holes::visit_impl_item_fn_mut);
        taken.attrs = said;
        match is_null {
            Some(_) => vec![taken, self.null_body.clone()],
            None => {
                let map = holes.filled(&self.body_map, Holes::visit_impl_item_fn_mut);
                vec![taken, map]
            }
        }
    }
}
