//! A match that names a provider names all of them: one with `_` would take the next provider for another.

use syn::visit::{self, Visit};

use crate::tree::Tree;

/// The variants that are providers, wherever they stand.
const PROVIDERS: [&str; 4] = ["Kotanipay", "Mce", "Optty", "Tazapay"];

/// The matches that name a provider and have an arm for everything else.
pub(crate) fn problems(tree: &Tree) -> Vec<String> {
    let sources = tree.texts().filter(|(path, text)| {
        path.ends_with(".rs")
            && !path.contains("/generated/")
            && PROVIDERS.iter().any(|name| text.contains(name))
    });
    let problems = sources.flat_map(|(path, text)| match syn::parse_file(text) {
        Ok(file) => {
            let mut found = Found::default();
            found.visit_file(&file);
            let told = found.0.into_iter();
            told.map(|(line, name)| {
                format!("{path}:{line}: names {name} beside an arm `_`; name the others")
            })
            .collect()
        }
        Err(error) => vec![format!("{path}: {error}")],
    });
    problems.collect()
}

#[derive(Default)]
struct Found(Vec<(usize, &'static str)>);

impl<'ast> Visit<'ast> for Found {
    fn visit_expr_match(&mut self, found: &'ast syn::ExprMatch) {
        let mut named = Named(None);
        for arm in &found.arms {
            named.visit_pat(&arm.pat);
        }
        let forgets = |arm: &syn::Arm| is_all(&arm.pat);
        if let (Some(name), true) = (named.0, found.arms.iter().any(forgets)) {
            let line = found.match_token.span.start().line;
            self.0.push((line, name));
        }
        visit::visit_expr_match(self, found);
    }
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
struct Named(Option<&'static str>);

impl<'ast> Visit<'ast> for Named {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        let mut segments = path.segments.iter().rev();
        let variant = segments.next().map(|segment| segment.ident.to_string());
        let of_provider = segments.next().is_some_and(|of| {
            of.ident == "ProviderName" || of.ident == "Provider" || of.ident == "Self"
        });
        let mut providers = PROVIDERS.into_iter();
        if let Some(name) = providers.find(|name| variant.as_deref() == Some(*name))
            && of_provider
        {
            self.0 = Some(name);
        }
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(arms: &str) -> Vec<String> {
        let source = format!("fn told(name: ProviderName) {{ match name {{ {arms} }} }}");
        problems(&Tree::of([("a.rs", source.as_str())]))
    }

    #[test]
    fn a_match_that_names_a_provider_and_forgets_the_others_is_told() {
        let found = problems_of("ProviderName::Mce => 1, _ => 2");
        assert_eq!(
            found,
            ["a.rs:1: names Mce beside an arm `_`; name the others"]
        );
        let source = "fn f() { match (at, n) { (Provider::Optty, 1) => 1, (_, _) => 2 } }";
        assert_eq!(problems(&Tree::of([("b.rs", source)])).len(), 1);
    }

    #[test]
    fn one_that_names_them_all_or_none_is_not() {
        assert!(problems_of("ProviderName::Mce => 1, ProviderName::Own(_) => 2").is_empty());
        assert!(problems_of("1 => 1, _ => 2").is_empty());
        assert!(problems_of("ProviderName::Mce => match 1 { 1 => 1, _ => 2 }").is_empty());
    }
}
