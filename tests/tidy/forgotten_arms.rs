//! A match that names a provider names all of them: one with `_`, and `matches!`, which has one, would take the next
//! provider for another.

use std::collections::BTreeSet;

use syn::{
    parse::ParseStream,
    visit::{self, Visit},
};

use crate::tree::Tree;

/// Where each provider that is built in has a folder.
const FOLDERS: &str = "crates/product/refunds/src/providers/";

/// What knows their names and cannot depend on them.
const FACADE: &str = "crates/making/provider-codegen/src/facade/mod.rs";

/// The providers that are built in, by their names.
fn built_in(tree: &Tree) -> BTreeSet<&str> {
    let within = tree.paths().filter_map(|path| path.strip_prefix(FOLDERS));
    within
        .filter_map(|path| Some(path.split_once('/')?.0))
        .collect()
}

/// The variant that is a provider, wherever it stands.
fn variant(name: &str) -> String {
    let words = name.split('_').flat_map(|word| {
        let (first, rest) = word.split_at(1.min(word.len()));
        [first.to_ascii_uppercase(), rest.to_owned()]
    });
    words.collect()
}

/// The matches that name a provider and have an arm for everything else, and the list of names where one is missing.
pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let names = built_in(tree);
    let providers: Vec<_> = names.iter().map(|name| variant(name)).collect();
    let sources = tree.texts().filter(|(path, text)| {
        path.ends_with(".rs")
            && !path.contains("/generated/")
            && providers.iter().any(|name| text.contains(name.as_str()))
    });
    let problems = sources.flat_map(|(path, text)| match syn::parse_file(text) {
        Ok(file) => {
            let mut found = Found {
                providers: &providers,
                found: Vec::new(),
            };
            found.visit_file(&file);
            let told = found.found.into_iter();
            told.map(|(line, name)| {
                format!("{path}:{line}: names {name} beside an arm `_`; name the others")
            })
            .collect()
        }
        Err(error) => vec![format!("{path}: {error}")],
    });
    let facade = tree.texts().find(|(path, _)| *path == FACADE);
    let forgotten = facade.into_iter().flat_map(|(path, text)| {
        let names = names.iter();
        let missing = names.filter(move |name| !text.contains(&format!("\"{name}\"")));
        missing.map(move |name| {
            format!("{path}: `add-provider --facade` would take {name}, which is built in")
        })
    });
    problems.chain(forgotten).collect()
}

struct Found<'a> {
    providers: &'a [String],
    found: Vec<(usize, &'a str)>,
}

impl<'ast> Visit<'ast> for Found<'_> {
    fn visit_expr_match(&mut self, found: &'ast syn::ExprMatch) {
        let mut named = Named::of(self.providers);
        for arm in &found.arms {
            named.visit_pat(&arm.pat);
        }
        let forgets = |arm: &syn::Arm| is_all(&arm.pat);
        if let (Some(name), true) = (named.name, found.arms.iter().any(forgets)) {
            let line = found.match_token.span.start().line;
            self.found.push((line, name));
        }
        visit::visit_expr_match(self, found);
    }

    fn visit_macro(&mut self, found: &'ast syn::Macro) {
        if found.path.is_ident("matches")
            && let Ok(pattern) = found.parse_body_with(matched)
        {
            let mut named = Named::of(self.providers);
            named.visit_pat(&pattern);
            let line = syn::spanned::Spanned::span(found).start().line;
            self.found.extend(named.name.map(|name| (line, name)));
        }
    }
}

/// The pattern of a `matches!`.
fn matched(input: ParseStream<'_>) -> syn::Result<syn::Pat> {
    let _: syn::Expr = input.parse()?;
    let _: syn::Token![,] = input.parse()?;
    let pattern = syn::Pat::parse_multi_with_leading_vert(input)?;
    // A condition, or a comma.
    let _: proc_macro2::TokenStream = input.parse()?;
    Ok(pattern)
}

/// `_`, or a tuple of nothing else. One with a condition is neither.
fn is_all(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Wild(_) => true,
        syn::Pat::Tuple(tuple) => tuple.elems.iter().all(is_all),
        _ => false,
    }
}

/// The provider that a pattern names.
struct Named<'a> {
    providers: &'a [String],
    name: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn of(providers: &'a [String]) -> Self {
        let name = None;
        Self { providers, name }
    }
}

impl<'ast> Visit<'ast> for Named<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter().rev();
        let variant = segments.next().map(|segment| segment.ident.to_string());
        let of_provider = segments.next().is_some_and(|of| {
            of.ident == "ProviderName" || of.ident == "Provider" || of.ident == "Self"
        });
        let mut providers = self.providers.iter();
        if let Some(name) = providers.find(|name| variant.as_ref() == Some(*name))
            && of_provider
        {
            self.name = Some(name);
        }
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folders of two providers.
    const FOLDERS: [(&str, &str); 2] = [
        ("crates/product/refunds/src/providers/mce/mod.rs", ""),
        ("crates/product/refunds/src/providers/quill_pay/mod.rs", ""),
    ];

    fn problems_in(path: &str, source: &str) -> Vec<String> {
        problems(&Tree::of(FOLDERS.into_iter().chain([(path, source)])))
    }

    fn problems_of(arms: &str) -> Vec<String> {
        let source = format!("fn told(name: ProviderName) {{ match name {{ {arms} }} }}");
        problems_in("a.rs", &source)
    }

    #[test]
    fn a_built_in_name_that_add_provider_would_take_is_told() {
        let source = r#"fn check_name(name: &str) -> bool { ["mce"].contains(&name) }"#;
        let problem = "would take quill_pay, which is built in";
        let found = problems_in(FACADE, source);
        assert!(
            matches!(&found[..], [only] if only.ends_with(problem)),
            "{found:?}"
        );
    }

    #[test]
    fn a_match_that_names_a_provider_and_forgets_the_others_is_told() {
        let found = problems_of("ProviderName::Mce => 1, _ => 2");
        assert_eq!(
            found,
            ["a.rs:1: names Mce beside an arm `_`; name the others"]
        );
        let source = "fn f() { match (at, n) { (Provider::QuillPay, 1) => 1, (_, _) => 2 } }";
        assert_eq!(problems_in("b.rs", source).len(), 1);
        let source = "fn f() -> bool { matches!(of, Some(Provider::Mce | Provider::Optty) if so) }";
        assert_eq!(problems_in("c.rs", source).len(), 1);
    }

    #[test]
    fn one_that_names_them_all_or_none_is_not() {
        assert!(problems_of("ProviderName::Mce => 1, ProviderName::Own(_) => 2").is_empty());
        assert!(problems_of("1 => 1, _ => 2").is_empty());
        assert!(problems_of("ProviderName::Mce => match 1 { 1 => 1, _ => 2 }").is_empty());
    }
}
