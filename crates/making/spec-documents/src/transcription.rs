//! The parts of a transcription: what a page takes the place of, once the provider publishes it.

use std::collections::BTreeSet;

use openapi_model::{Model, pointer, reference};
use serde_json::Value;

use crate::page;
use crate::syntax::{self, Format};
use crate::text::sorted;

/// A part of a transcription that a page can publish.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// JSON pointer of the part.
    pub pointer: String,
    /// What it is: `GET /v3/refund/{id}`, `webhook refund.paid` or `components/schemas/Refund`.
    pub name: String,
    /// Whether it is a component, which is there for others.
    pub is_component: bool,
}

/// The parts of a document: its operations, its webhooks and its components.
pub fn parts(document: &Value) -> Vec<Part> {
    let model = Model::of(document);
    let calls = model.calls().into_iter();
    let calls = calls.map(|call| (call.operation.pointer(), call.label(), false));
    let webhooks = model.webhooks().into_iter();
    let webhooks = webhooks.map(|call| {
        let name = format!("webhook {}", call.path);
        (call.operation.pointer(), name, false)
    });
    let sections = document.get("components").and_then(Value::as_object);
    let components = sections
        .into_iter()
        .flatten()
        .flat_map(|(section, members)| {
            let at = pointer::join("/components", section);
            let names = members.as_object().into_iter().flatten();
            names.map(move |(name, _)| {
                let label = format!("components/{section}/{name}");
                (pointer::join(&at, name), label, true)
            })
        });
    let all = calls.chain(webhooks).chain(components);
    all.map(|(pointer, name, is_component)| Part {
        pointer,
        name,
        is_component,
    })
    .collect()
}

/// The same part in another document: the names of path parameters, and the member that webhooks stand in, do not matter.
pub fn same<'a>(part: &Part, parts: &'a [Part]) -> Option<&'a Part> {
    let plain = |part: &Part| {
        let path = part
            .name
            .split('{')
            .map(|piece| match piece.split_once('}') {
                Some((_, rest)) => rest,
                None => piece,
            });
        path.collect::<Vec<_>>().join("{}")
    };
    parts.iter().find(|other| {
        other.is_component == part.is_component
            && (other.name == part.name || !part.is_component && plain(other) == plain(part))
    })
}

/// The names of the components of `parts` that nothing refers to: neither what is left of `document` without them, nor
/// `others`.
pub fn unreferenced(
    document: &Value,
    gone: &BTreeSet<String>,
    others: &[&Value],
) -> BTreeSet<String> {
    let mut gone = gone.clone();
    loop {
        let rest = without_parts(document, &gone);
        let mut found = Vec::new();
        for value in others.iter().copied().chain([&rest]) {
            reference::all(value, &mut found);
        }
        let used: BTreeSet<String> = found
            .iter()
            .filter_map(|found| reference::pointer_of(found))
            .map(|pointer| pointer.into_owned())
            .collect();
        // Schemes are referred to by name, and what is no reference may name one in another way.
        let idle = parts(&rest).into_iter().filter(|part| {
            part.pointer.starts_with("/components/schemas/") && !used.contains(&part.pointer)
        });
        let before = gone.len();
        gone.extend(idle.map(|part| part.pointer));
        if gone.len() == before {
            return gone;
        }
    }
}

/// The transcription's text without some of its parts, in another version if one is given; nothing if no part is left.
///
/// Lines are cut out, so that comments stay; where that cannot be done (an anchor that others use), the rest is written
/// anew.
pub fn without(
    text: &str,
    document: &Value,
    gone: &BTreeSet<String>,
    version: Option<&str>,
) -> Option<String> {
    let mut rest = without_parts(document, gone);
    if parts(&rest).is_empty() {
        return None;
    }
    if let (Some(version), Value::Object(rest)) = (version, &mut rest) {
        rest.insert("openapi".to_owned(), version.into());
    }
    let cut = cut(text, document, &rest, version);
    let is_same = syntax::parse(&cut, Format::Yaml).is_ok_and(|value| value == rest);
    Some(if is_same { cut } else { sorted(&rest) })
}

/// The document without some of its parts, and without what is empty then.
fn without_parts(document: &Value, gone: &BTreeSet<String>) -> Value {
    let mut rest = document.clone();
    for place in gone {
        let mut at = place.as_str();
        while let Some((parent, name)) = pointer::split_last(at) {
            let Some(Value::Object(members)) = rest.pointer_mut(parent) else {
                break;
            };
            members.remove(&name);
            if !members.is_empty() || parent.is_empty() {
                break;
            }
            at = parent;
        }
    }
    rest
}

/// The text without the lines of what `rest` does not have.
fn cut(text: &str, document: &Value, rest: &Value, version: Option<&str>) -> String {
    let places = page::lines_of(text);
    let is_gone = |at: &str| document.pointer(at).is_some() && rest.pointer(at).is_none();
    let all: Vec<&str> = text.lines().collect();
    let mut dropped = BTreeSet::new();
    for (at, start) in places.iter().filter(|(at, _)| is_gone(at)) {
        let inside = format!("{at}/");
        let next = places
            .iter()
            .filter(|(other, line)| *line > start && !other.starts_with(&inside))
            .map(|(_, line)| *line)
            .min();
        let end = next.unwrap_or(all.len() + 1);
        // Comments above the next part are the next part's.
        let last = (*start..end).rev().find(|number| {
            let line = all.get(number - 1).map_or("", |line| line.trim());
            !line.is_empty() && !line.starts_with('#')
        });
        dropped.extend(*start..=last.unwrap_or(*start));
    }
    let kept = (1..)
        .zip(&all)
        .filter(|(number, _)| !dropped.contains(number));
    let lines: Vec<String> = kept
        .map(|(_, line)| match version {
            Some(version) if line.starts_with("openapi:") => format!("openapi: {version}"),
            _ => (*line).to_owned(),
        })
        .collect();
    format!("{}\n", lines.join("\n").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# All of it.\nopenapi: 3.0.3\npaths:\n  /a/{id}:\n    # One.\n    get:\n      x-source: s\n      responses:\n        '200':\n          $ref: '#/components/schemas/A'\n    # Two.\n    post:\n      x-source: s\n  /b:\n    get:\n      x-source: >-\n        s\n\n        t\nx-webhooks:\n  paid:\n    post: {x-source: s}\ncomponents:\n  schemas:\n    A:\n      properties:\n        b: {$ref: '#/components/schemas/B'}\n    # The last.\n    B: {type: string}\n";

    fn document(text: &str) -> Value {
        syntax::parse(text, Format::Yaml).unwrap()
    }

    fn rest(gone: &[&str]) -> Option<String> {
        let gone = gone.iter().map(|at| (*at).to_owned()).collect();
        without(TEXT, &document(TEXT), &gone, None)
    }

    #[test]
    fn parts_are_cut_out_with_what_is_empty_then_and_comments_stay() {
        assert_eq!(
            rest(&[
                "/paths/~1a~1{id}/get",
                "/x-webhooks/paid/post",
                "/components/schemas/A"
            ])
            .unwrap(),
            "# All of it.\nopenapi: 3.0.3\npaths:\n  /a/{id}:\n    # One.\n    # Two.\n    post:\n      x-source: s\n  /b:\n    get:\n      x-source: >-\n        s\n\n        t\ncomponents:\n  schemas:\n    # The last.\n    B: {type: string}\n"
        );
        let all = parts(&document(TEXT));
        let all: Vec<&str> = all.iter().map(|part| part.pointer.as_str()).collect();
        assert_eq!(rest(&all), None);
    }

    #[test]
    fn what_cannot_be_cut_out_is_written_anew() {
        let text = "openapi: 3.0.3\npaths:\n  /a:\n    get: &same\n      x-source: s\n  /b:\n    get: *same\n";
        let gone = BTreeSet::from(["/paths/~1a/get".to_owned()]);
        let rest = without(text, &document(text), &gone, Some("3.1.0")).unwrap();
        assert_eq!(
            document(&rest),
            serde_json::json!({"openapi": "3.1.0", "paths": {"/b": {"get": {"x-source": "s"}}}})
        );
    }

    #[test]
    fn a_component_goes_with_the_last_one_that_refers_to_it() {
        let gone = BTreeSet::from(["/paths/~1a~1{id}/get".to_owned()]);
        let found = unreferenced(&document(TEXT), &gone, &[]);
        assert!(found.contains("/components/schemas/A") && found.contains("/components/schemas/B"));
        let page = serde_json::json!({"$ref": "#/components/schemas/B"});
        let found = unreferenced(&document(TEXT), &gone, &[&page]);
        assert!(
            found.contains("/components/schemas/A") && !found.contains("/components/schemas/B")
        );
    }

    #[test]
    fn a_part_is_known_under_other_names_of_path_parameters_and_as_either_form_of_webhook() {
        let of = |text: &str| parts(&document(text));
        let page =
            of("paths:\n  /a/{other}: {get: {}}\n  /c: {get: {}}\nwebhooks:\n  paid: {post: {}}\n");
        let found: Vec<Option<&str>> = of(TEXT)
            .iter()
            .map(|part| same(part, &page).map(|part| part.name.as_str()))
            .collect();
        assert_eq!(
            found[..4],
            [Some("GET /a/{other}"), None, None, Some("webhook paid")]
        );
        assert_eq!(found[4..], [None, None]);
    }
}
