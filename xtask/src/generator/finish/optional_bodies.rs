//! Bodies that a document says may be left out: nothing is sent unless the caller gives one.

use std::collections::BTreeSet;

use serde_json::Value;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, FieldValue, ImplItem, Item, Member, Stmt, parse_quote};

use super::{FinishError, builders, module};

/// The mark of lowering on an operation whose body may be left out.
const MARK: &str = "x-body-optional";
/// The calls that write a body.
const WRITERS: [&str; 5] = [
    "json",
    "form_urlencoded",
    "deep_form",
    "styled_form",
    "media_body",
];

pub(super) fn apply(file: &mut syn::File, lowered: &Value) -> Result<(), FinishError> {
    let mut marked: BTreeSet<String> = builders(lowered)
        .filter(|(.., operation)| operation.get(MARK).is_some())
        .map(|(builder, ..)| builder)
        .collect();
    if marked.is_empty() {
        return Ok(());
    }
    for item in module(&mut file.items, "builder")? {
        match item {
            Item::Struct(builder) if marked.contains(&builder.ident.to_string()) => {
                field(&mut builder.fields);
            }
            Item::Impl(block) => {
                let syn::Type::Path(path) = &*block.self_ty else {
                    continue;
                };
                let name = path.path.segments.last();
                let name = name.map(|last| last.ident.to_string()).unwrap_or_default();
                if marked.contains(&name) && Optional::default().everywhere_in(block) {
                    marked.remove(&name);
                }
            }
            _ => {}
        }
    }
    match marked.first() {
        None => Ok(()),
        Some(builder) => Err(FinishError::missing(format!(
            "body in `builder::{builder}`"
        ))),
    }
}

/// `body: Result<…>` is in an `Option`.
fn field(fields: &mut syn::Fields) {
    for field in fields {
        if field.ident.as_ref().is_some_and(|ident| ident == "body") {
            let ty = &field.ty;
            field.ty = parse_quote!(Option<#ty>);
        }
    }
}

/// What was changed in an implementation.
#[derive(Default)]
struct Optional {
    /// What the body begins as, where the caller changes it and does not give it.
    initial: Option<Expr>,
    begun: bool,
    set: bool,
    read: bool,
    written: bool,
}

impl Optional {
    /// Changes all that deals with the body; says whether each place was there.
    fn everywhere_in(mut self, block: &mut syn::ItemImpl) -> bool {
        for item in &mut block.items {
            if let ImplItem::Fn(function) = item {
                self.visit_impl_item_fn_mut(function);
            }
        }
        self.begun && self.set && self.read && self.written
    }

    /// `self.body = …` of the two functions by which a caller gives the body.
    fn assignment(&mut self, assignment: &mut syn::ExprAssign) {
        let given = &assignment.right;
        let changes = matches!(&**given, Expr::MethodCall(call)
            if call.method == "map" && is_field(&call.receiver));
        *assignment.right = match (changes, &self.initial) {
            (true, Some(initial)) => {
                let Expr::MethodCall(call) = &**given else {
                    return;
                };
                let change = &call.args;
                parse_quote!(Some(self.body.unwrap_or_else(|| #initial).map(#change)))
            }
            _ => parse_quote!(Some(#given)),
        };
        self.set = true;
    }
}

impl VisitMut for Optional {
    fn visit_field_value_mut(&mut self, field: &mut FieldValue) {
        let is_body = matches!(&field.member, Member::Named(name) if name == "body");
        if is_body && field.colon_token.is_some() && !self.begun {
            let none = parse_quote!(None);
            self.initial = Some(std::mem::replace(&mut field.expr, none));
            self.begun = true;
        }
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        // `let body = body….map_err(…)?;`
        if let Stmt::Local(local) = statement
            && matches!(&local.pat, syn::Pat::Ident(name) if name.ident == "body")
            && let Some(init) = &mut local.init
            && let Expr::Try(attempt) = &*init.expr
        {
            let read = &attempt.expr;
            *init.expr = parse_quote!(body.map(|body| #read).transpose()?);
            self.read = true;
            return;
        }
        visit_mut::visit_stmt_mut(self, statement);
    }

    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Assign(assignment) if is_field(&assignment.left) => self.assignment(assignment),
            Expr::Try(attempt) => match writer(&attempt.expr) {
                Some(call) => {
                    let (begun, write) = apart(call);
                    *expression = either(begun, &parse_quote!(#write?));
                    self.written = true;
                }
                None => visit_mut::visit_expr_mut(self, expression),
            },
            _ => match writer(expression) {
                Some(call) => {
                    let (begun, write) = apart(call);
                    *expression = either(begun, &write);
                    self.written = true;
                }
                None => visit_mut::visit_expr_mut(self, expression),
            },
        }
    }
}

/// Whether an expression is `self.body`.
fn is_field(expression: &Expr) -> bool {
    matches!(expression, Expr::Field(field)
        if matches!(&field.member, Member::Named(name) if name == "body"))
}

/// The call that writes the body, if the expression is one.
fn writer(expression: &Expr) -> Option<&syn::ExprMethodCall> {
    let Expr::MethodCall(call) = expression else {
        return None;
    };
    let writes = WRITERS.iter().any(|name| call.method == name);
    (writes && !call.args.is_empty()).then_some(call)
}

/// The request without the body, and the call that writes the body into it.
fn apart(call: &syn::ExprMethodCall) -> (Expr, Expr) {
    let mut write = call.clone();
    let begun = std::mem::replace(&mut *write.receiver, parse_quote!(begun));
    if let Some(first) = write.args.first_mut() {
        *first = parse_quote!(body);
    }
    (begun, Expr::MethodCall(write))
}

fn either(begun: Expr, write: &Expr) -> Expr {
    parse_quote!({
        let begun = #begun;
        match &body {
            Some(body) => #write,
            None => begun,
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(writes: &str, given: &str) -> String {
        format!(
            "mod builder {{
                pub struct Capture<'a> {{ client: &'a super::Client, body: Result<types::builder::B, String> }}
                impl<'a> Capture<'a> {{
                    pub fn new(client: &'a super::Client) -> Self {{ Self {{ client: client, body: Ok(Default::default()) }} }}
                    {given}
                    pub async fn send(self) -> Result<(), String> {{
                        let Self {{ client, body }} = self;
                        let body = body.and_then(|v| types::B::try_from(v)).map_err(Error::invalid_request)?;
                        let mut request = client.client.post(url){writes}.headers(header_map).build()?;
                        Ok(())
                    }}
                }}
            }}"
        )
    }

    const GIVEN: &str =
        "pub fn body<V>(mut self, value: V) -> Self { self.body = value.try_into(); self }
        pub fn body_map<F>(mut self, f: F) -> Self { self.body = self.body.map(f); self }";

    fn finished(source: &str) -> Result<String, FinishError> {
        let lowered =
            json!({"paths": {"/a": {"post": {"operationId": "capture", "x-body-optional": true}}}});
        let mut file = syn::parse_file(source).unwrap();
        apply(&mut file, &lowered)?;
        let printed = prettyplease::unparse(&file);
        Ok(printed.split_whitespace().collect())
    }

    #[test]
    fn a_body_is_sent_only_if_it_was_given() {
        let printed = finished(&source(".json(&body)", GIVEN)).unwrap();
        for expected in [
            "body:Option<Result<types::builder::B,String>>",
            "client:client,body:None",
            "self.body=Some(value.try_into())",
            "self.body=Some(self.body.unwrap_or_else(||Ok(Default::default())).map(f))",
            "letbody=body.map(|body|{body.and_then(|v|types::B::try_from(v)).map_err(Error::invalid_request)}).transpose()?",
            "letbegun=client.client.post(url);match&body{Some(body)=>begun.json(body),None=>begun,}}",
        ] {
            assert!(printed.contains(expected), "{expected}\n{printed}");
        }
    }

    #[test]
    fn a_body_that_cannot_be_written_is_told_as_before() {
        let printed = finished(&source(".styled_form(&body, &[])?", GIVEN)).unwrap();
        let expected = "Some(body)=>begun.styled_form(body,&[])?,None=>begun";
        assert!(printed.contains(expected), "{printed}");
    }

    #[test]
    fn a_marked_operation_without_a_body_in_the_code_is_refused() {
        for source in [source("", GIVEN), source(".json(&body)", "")] {
            let error = finished(&source).unwrap_err().to_string();
            assert!(error.contains("body in `builder::Capture`"), "{error}");
        }
    }
}
