//! Syntax that is made without being printed and parsed again: a client has ten thousands of such pieces.

use proc_macro2::{Ident, Span, TokenStream};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{
    AngleBracketedGenericArguments, Expr, ExprLit, Field, FieldValue, GenericArgument, Item, Lit,
    LitInt, LitStr, Member, Path, PathSegment, Type, TypePath, Visibility,
};

/// What takes the place of these names in syntax that is parsed once and filled in for each member.
#[derive(Default)]
pub(super) struct Holes<'a> {
    pub(super) idents: &'a [(&'a str, &'a Ident)],
    pub(super) types: &'a [(&'a str, &'a Type)],
    pub(super) values: &'a [(&'a str, &'a Expr)],
}

impl Holes<'_> {
    /// A copy of `template` that is filled in; `visit` is the visitor's function for its kind of syntax.
    pub(super) fn filled<T: Clone>(&mut self, template: &T, visit: fn(&mut Self, &mut T)) -> T {
        let mut filled = template.clone();
        visit(self, &mut filled);
        filled
    }
}

fn find<'a, T>(holes: &[(&str, &'a T)], ident: &Ident) -> Option<&'a T> {
    let found = holes.iter().find(|(name, _)| ident == name);
    found.map(|(_, what)| *what)
}

impl VisitMut for Holes<'_> {
    fn visit_ident_mut(&mut self, ident: &mut Ident) {
        if let Some(name) = find(self.idents, ident) {
            *ident = name.clone();
        }
    }

    fn visit_type_mut(&mut self, ty: &mut Type) {
        let name = match &*ty {
            Type::Path(path) => path.path.get_ident(),
            _ => None,
        };
        match name.and_then(|name| find(self.types, name)) {
            Some(found) => *ty = found.clone(),
            None => visit_mut::visit_type_mut(self, ty),
        }
    }

    fn visit_expr_mut(&mut self, value: &mut Expr) {
        let name = match &*value {
            Expr::Path(path) => path.path.get_ident(),
            _ => None,
        };
        match name.and_then(|name| find(self.values, name)) {
            Some(found) => *value = found.clone(),
            None => visit_mut::visit_expr_mut(self, value),
        }
    }

    /// Attributes are complete.
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}
}

pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// `a::b::c` of `["a", "b", "c"]`.
pub(super) fn path(names: &[&str]) -> Path {
    Path {
        leading_colon: None,
        segments: names
            .iter()
            .map(|name| PathSegment::from(ident(name)))
            .collect(),
    }
}

/// That path as a value.
pub(super) fn named(names: &[&str]) -> Expr {
    Expr::Path(syn::ExprPath {
        attrs: Vec::new(),
        qself: None,
        path: path(names),
    })
}

pub(super) fn text(text: &str) -> Expr {
    literal(Lit::Str(LitStr::new(text, Span::call_site())))
}

fn literal(lit: Lit) -> Expr {
    Expr::Lit(ExprLit {
        attrs: Vec::new(),
        lit,
    })
}

/// `first..=last`.
pub(super) fn range(first: u16, last: u16) -> Expr {
    let bound = |number: u16| {
        let number = LitInt::new(&number.to_string(), Span::call_site());
        Some(Box::new(literal(Lit::Int(number))))
    };
    Expr::Range(syn::ExprRange {
        attrs: Vec::new(),
        start: bound(first),
        limits: syn::RangeLimits::Closed(Default::default()),
        end: bound(last),
    })
}

/// `&[…]`.
pub(super) fn list(values: impl IntoIterator<Item = Expr>) -> Expr {
    reference(Expr::Array(syn::ExprArray {
        attrs: Vec::new(),
        bracket_token: Default::default(),
        elems: values.into_iter().collect(),
    }))
}

pub(super) fn reference(value: Expr) -> Expr {
    Expr::Reference(syn::ExprReference {
        attrs: Vec::new(),
        and_token: Default::default(),
        mutability: None,
        expr: Box::new(value),
    })
}

/// `(first, second)`.
pub(super) fn pair(first: Expr, second: Expr) -> Expr {
    Expr::Tuple(syn::ExprTuple {
        attrs: Vec::new(),
        paren_token: Default::default(),
        elems: [first, second].into_iter().collect(),
    })
}

/// `owner.member`.
pub(super) fn member(owner: Expr, member: &Ident) -> Expr {
    Expr::Field(syn::ExprField {
        attrs: Vec::new(),
        base: Box::new(owner),
        dot_token: Default::default(),
        member: Member::Named(member.clone()),
    })
}

pub(super) fn call(function: Expr, arguments: impl IntoIterator<Item = Expr>) -> Expr {
    Expr::Call(syn::ExprCall {
        attrs: Vec::new(),
        func: Box::new(function),
        paren_token: Default::default(),
        args: arguments.into_iter().collect(),
    })
}

/// `receiver.name(…)`.
pub(super) fn method(
    receiver: Expr,
    name: &str,
    arguments: impl IntoIterator<Item = Expr>,
) -> Expr {
    method_of(receiver, name, None, arguments)
}

/// `receiver.name::<of>(…)`.
pub(super) fn method_of(
    receiver: Expr,
    name: &str,
    of: Option<&Type>,
    arguments: impl IntoIterator<Item = Expr>,
) -> Expr {
    let of_one = |ty: &Type| AngleBracketedGenericArguments {
        colon2_token: Some(Default::default()),
        lt_token: Default::default(),
        args: std::iter::once(GenericArgument::Type(ty.clone())).collect(),
        gt_token: Default::default(),
    };
    Expr::MethodCall(syn::ExprMethodCall {
        attrs: Vec::new(),
        receiver: Box::new(receiver),
        dot_token: Default::default(),
        method: ident(name),
        turbofish: of.map(of_one),
        paren_token: Default::default(),
        args: arguments.into_iter().collect(),
    })
}

/// `Self { … }`.
pub(super) fn object(fields: impl IntoIterator<Item = FieldValue>) -> Expr {
    Expr::Struct(syn::ExprStruct {
        attrs: Vec::new(),
        qself: None,
        path: path(&["Self"]),
        brace_token: Default::default(),
        fields: fields.into_iter().collect(),
        dot2_token: None,
        rest: None,
    })
}

/// `member: value`.
pub(super) fn field_value(member: &Ident, value: Expr) -> FieldValue {
    FieldValue {
        attrs: Vec::new(),
        member: Member::Named(member.clone()),
        colon_token: Some(Default::default()),
        expr: value,
    }
}

/// A private field of a struct.
pub(super) fn field(name: &Ident, ty: Type) -> Field {
    Field {
        attrs: Vec::new(),
        vis: Visibility::Inherited,
        modifiers: Default::default(),
        ident: Some(name.clone()),
        colon_token: Some(Default::default()),
        ty,
        default: None,
    }
}

/// `path<of>` of the path of a type.
pub(super) fn type_of(names: &[&str], of: Option<Type>) -> Type {
    let mut path = path(names);
    if let (Some(of), Some(last)) = (of, path.segments.last_mut()) {
        let args: Punctuated<_, _> = std::iter::once(GenericArgument::Type(of)).collect();
        last.arguments = syn::PathArguments::AngleBracketed(AngleBracketedGenericArguments {
            colon2_token: None,
            lt_token: Default::default(),
            args,
            gt_token: Default::default(),
        });
    }
    Type::Path(TypePath {
        attrs: Vec::new(),
        qself: None,
        path,
    })
}

/// A line of the run time's macro `name`, as an item.
pub(in crate::generator) fn of_run_time(name: &str, tokens: TokenStream) -> Item {
    let mut path = path(&["provider_runtime", name]);
    path.leading_colon = Some(Default::default());
    line(path, tokens)
}

/// A line of a macro.
pub(super) fn line(path: Path, tokens: TokenStream) -> Item {
    Item::Macro(syn::ItemMacro {
        attrs: Vec::new(),
        ident: None,
        mac: syn::Macro {
            path,
            bang_token: Default::default(),
            delimiter: syn::MacroDelimiter::Paren(Default::default()),
            tokens,
        },
        semi_token: Some(Default::default()),
    })
}
