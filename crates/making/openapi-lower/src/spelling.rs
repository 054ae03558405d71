//! What names of a document are in Rust.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use unicode_ident::{is_xid_continue, is_xid_start};

/// Words that cannot be a member's name; the generator adds an underscore.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "_",
];

/// What the generator makes of a name.
fn in_rust(name: &str, case: fn(&str) -> String) -> String {
    let name = match name {
        "+1" => "plus1".to_owned(),
        "-1" => "minus1".to_owned(),
        _ => name
            .replace('\'', "")
            .replace(|character: char| !is_xid_continue(character), "-"),
    };
    case(&name)
}

/// A name of a type or a variant.
pub(crate) fn pascal(name: &str) -> String {
    begin_with_letter(in_rust(name, |name| name.to_pascal_case()), "X")
}

/// A name of a function, a parameter or a member.
pub(crate) fn snake(name: &str) -> String {
    let name = begin_with_letter(in_rust(name, |name| name.to_snake_case()), "x");
    if KEYWORDS.contains(&name.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}

fn begin_with_letter(name: String, letter: &str) -> String {
    match name.chars().next() {
        Some(first) if is_xid_start(first) || first == '_' => name,
        _ => format!("{letter}{name}"),
    }
}

/// A name made of `name` that is not in `taken`, and is from now on.
pub(crate) fn free(name: String, separator: &str, taken: &mut BTreeSet<String>) -> String {
    let chosen = openapi_model::names::free(&name, separator, |name| taken.contains(name));
    taken.insert(chosen.clone());
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_what_the_generator_makes_of_them() {
        for (name, type_name, member) in [
            ("fooBar", "FooBar", "foo_bar"),
            ("type", "Type", "type_"),
            ("3ds", "X3ds", "x3ds"),
            // A digit to Unicode, but no part of a name to Rust.
            ("m\u{00B2}", "M", "m"),
            ("$", "X", "x"),
            ("+1", "Plus1", "plus1"),
            ("don't", "Dont", "dont"),
        ] {
            assert_eq!(
                (pascal(name).as_str(), snake(name).as_str()),
                (type_name, member)
            );
        }
    }
}
