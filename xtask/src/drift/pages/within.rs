//! Words and examples of documents, which no rule compares.

use std::collections::{BTreeMap, BTreeSet};

use openapi_drift::{Change, Drift, PageLine, Wording, wording};
use openapi_model::pointer;
use serde_json::Value;

use super::super::masked::within as is_within;
use super::super::short;
use super::{Lines, Text, changes};

/// Keywords that no rule compares, beside those that begin with `x-`: words for people, and names of formats of keys.
const WORDS: [&str; 10] = [
    "$comment",
    "bearerFormat",
    "description",
    "externalDocs",
    "info",
    "links",
    "operationId",
    "summary",
    "tags",
    "title",
];
/// Keywords of examples.
const EXAMPLES: [&str; 2] = ["example", "examples"];

/// The words and examples that differ between two documents where none of the changes `told` is about them.
pub(in crate::drift) fn within(
    before: &Value,
    after: &Value,
    told: &Drift,
    lines: &Lines,
) -> Vec<Change> {
    let used: BTreeSet<String> = [before, after].into_iter().flat_map(reached).collect();
    let (old, new) = (leaves(before, &used), leaves(after, &used));
    let pointers: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differing = pointers
        .into_iter()
        .filter(|at| old.get(*at) != new.get(*at) && !is_told(at, told))
        .filter(|at| {
            [(before, after), (after, before)]
                .into_iter()
                .all(|pair| !is_of_a_part(pair, at, told))
        });
    let texts = differing.map(|at| text(at, old.get(at), new.get(at), lines));
    changes(texts.collect())
}

/// The texts, and the plain values of examples and of components that are not `used`, by their pointers.
fn leaves<'a>(document: &'a Value, used: &BTreeSet<String>) -> BTreeMap<String, &'a Value> {
    let mut found = BTreeMap::new();
    collect(document, "", (false, false), used, &mut found);
    found
}

/// `names` where the members are called by the document's author, `inside` where every value is one that no rule compares.
fn collect<'a>(
    value: &'a Value,
    at: &str,
    (names, inside): (bool, bool),
    used: &BTreeSet<String>,
    found: &mut BTreeMap<String, &'a Value>,
) {
    let inside = inside || is_component(at) && !used.contains(at);
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                let is_word = WORDS.contains(&key.as_str())
                    || EXAMPLES.contains(&key.as_str())
                    || key.starts_with("x-") && key != "x-webhooks";
                let is_name = !names && ["properties", "patternProperties"].contains(&key.as_str());
                let inside = inside || is_word && !names;
                collect(
                    member,
                    &pointer::join(at, key),
                    (is_name, inside),
                    used,
                    found,
                );
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                let at = pointer::join(at, &index.to_string());
                collect(item, &at, (false, inside), used, found);
            }
        }
        // A plain value, or that nothing is in it.
        plain if inside => {
            found.insert(at.to_owned(), plain);
        }
        _ => {}
    }
}

/// Whether a pointer leads to a component.
fn is_component(at: &str) -> bool {
    at.starts_with("/components/") && pointer::tokens(at).count() == 3
}

/// The components that something uses which is itself no component, or is used: what no rule sees is not among them.
fn reached(document: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&Value> = match document {
        Value::Object(members) => {
            let rest = members.iter().filter(|(key, _)| *key != "components");
            // Of what is used by its name alone.
            for (key, member) in rest.clone() {
                named_in_security(key, member, &mut found);
            }
            rest.map(|(_, member)| member).collect()
        }
        _ => Vec::new(),
    };
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    named_in_security(key, member, &mut found);
                    open.push(member);
                }
            }
            Value::Array(items) => open.extend(items),
            Value::String(to) => {
                let at = to.strip_prefix('#').unwrap_or_default();
                let mut component = at.to_owned();
                while pointer::tokens(&component).count() > 3
                    && let Some((parent, _)) = pointer::split_last(&component)
                {
                    component = parent.to_owned();
                }
                if is_component(&component)
                    && let Some(target) = document.pointer(&component)
                    && found.insert(component)
                {
                    open.push(target);
                }
            }
            _ => {}
        }
    }
    found
}

/// Adds the schemes that a requirement names.
fn named_in_security(key: &str, value: &Value, found: &mut BTreeSet<String>) {
    let requirements = value.as_array().filter(|_| key == "security");
    for scheme in requirements
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flat_map(|requirement| requirement.keys())
    {
        found.insert(pointer::join("/components/securitySchemes", scheme));
    }
}

/// Whether a change is about the text at a pointer, or about something that it is in.
fn is_told(at: &str, told: &Drift) -> bool {
    told.changes.iter().any(|change| {
        let whole =
            change.kind.code().ends_with("-removed") || change.kind.code().ends_with("-added");
        change.pointer == at
            || whole
                && at
                    .strip_prefix(change.pointer.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// Whether a text belongs to a part that the document has not and the other has, and that came or went as a whole: with a
/// change that is told, or as a component that something refers to, which shows it.
fn is_of_a_part((document, other): (&Value, &Value), at: &str, told: &Drift) -> bool {
    let mut part = pointer::split_last(at).map_or("", |(parent, _)| parent);
    if document.pointer(part).is_some() {
        return false;
    }
    while let Some((parent, _)) = pointer::split_last(part)
        && document.pointer(parent).is_none()
    {
        part = parent;
    }
    let tokens: Vec<_> = pointer::tokens(part).collect();
    let is_component = tokens.len() <= 3
        && tokens.first().is_some_and(|first| first == "components")
        && refers(other, &format!("#{part}"));
    let mut changes = told.changes.iter();
    is_component || is_told(part, told) || changes.any(|change| is_within(&change.pointer, part))
}

/// Whether something refers to a place, or to one in it.
fn refers(document: &Value, place: &str) -> bool {
    match document {
        Value::Object(members) => members.iter().any(|(key, member)| match member {
            Value::String(to) => key == "$ref" && is_within(to, place),
            member => refers(member, place),
        }),
        Value::Array(items) => items.iter().any(|item| refers(item, place)),
        _ => false,
    }
}

fn text(at: &str, before: Option<&&Value>, after: Option<&&Value>, lines: &Lines) -> Text {
    // A number and the text of it differ.
    let are_texts = [before, after]
        .into_iter()
        .flatten()
        .all(|value| value.is_string());
    let words = |value: Option<&&Value>| match value {
        Some(Value::String(text)) if are_texts => Some(text.clone()),
        value => value.map(|value| short(value)),
    };
    let (before, after) = (words(before), words(after));
    let is_example = at.contains("/example");
    let about = about(at);
    let name = name(at);
    // What an example of an amount says is in its name.
    let sentence = |text: &Option<String>| {
        let text = text.clone().unwrap_or_default();
        match is_example && !text.is_empty() {
            true => format!("{name} {text}"),
            false => text,
        }
    };
    Text {
        place: lines.of(at).cloned().unwrap_or(PageLine {
            file: String::new(),
            line: 1,
        }),
        wording: match wording(&sentence(&before), &sentence(&after)) {
            // Two values differ, though they are no words.
            Wording::Same if is_example && before != after => Wording::Words,
            judged => judged,
        },
        what: match is_example {
            true => format!("the example of `{name}` shows"),
            false => format!("`{name}` says"),
        },
        before,
        after,
    }
    .under(&about)
}

/// The name of what a text or a value is of.
fn name(at: &str) -> String {
    let tokens: Vec<_> = pointer::tokens(at).collect();
    let is_name = |token: &&std::borrow::Cow<'_, str>| {
        !EXAMPLES.contains(&token.as_ref()) && token.parse::<usize>().is_err()
    };
    let name = tokens.iter().rev().find(is_name).or(tokens.last());
    name.map(|name| name.to_string()).unwrap_or_default()
}

/// The names that say what a text or a value is about: of what it is said, and those within it.
fn about(at: &str) -> String {
    let tokens: Vec<_> = pointer::tokens(at).collect();
    let keyword = tokens.iter().position(|token| {
        WORDS.contains(&token.as_ref())
            || EXAMPLES.contains(&token.as_ref())
            || token.starts_with("x-")
    });
    // Of a component that nothing uses, all of it.
    let first = keyword.map_or(2, |at| at.saturating_sub(1));
    let names = tokens.get(first..).unwrap_or_default().iter();
    names.map(|name| format!("{name} ")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use spec_documents::Provider;

    use super::*;

    fn told(before: Value, after: Value) -> Vec<(bool, String)> {
        let provider = Provider::from_inputs(BTreeMap::from([(
            "provider.toml".to_owned(),
            "name = \"a\"\ntitle = \"A\"\n[authentication]\nscheme = \"bearer\"\nsource = \"s\"\n[operations.a]\ncall = \"GET /a\"\nmoves_money = false\n".to_owned(),
        )]))
        .unwrap();
        let found = within(&before, &after, &Drift::default(), &Lines::new(&provider));
        found
            .into_iter()
            .map(|change| (change.money, change.message))
            .collect()
    }

    #[test]
    fn an_amount_of_an_example_is_about_money_and_a_name_is_not() {
        let example =
            |amount: &str, name: &str| json!({"example": {"refundAmount": amount, "name": name}});
        assert_eq!(
            told(example("90000", "A"), example("900.00", "B")),
            [
                (
                    true,
                    "What the example of `refundAmount` shows changed where it matters for money."
                        .to_owned()
                ),
                (
                    false,
                    "What the example of `name` shows changed.".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn a_number_of_an_example_that_becomes_a_text_is_another_value() {
        for (name, is_money) in [("refundAmount", true), ("name", false)] {
            let example = |value: Value| json!({"example": {name: value}});
            let found = told(example(json!(90_000)), example(json!("90000")));
            assert_eq!(found.len(), 1, "{name}");
            assert_eq!(found[0].0, is_money, "{name}");
        }
    }

    #[test]
    fn extensions_count_and_what_webhooks_are_made_of_does_not() {
        let document = |key: &str, text: &str| json!({key: {"paid": {"in": text}}});
        let pair = |key| told(document(key, "Signed."), document(key, "Not signed."));
        assert_eq!(pair("x-notes").len(), 1);
        assert_eq!(pair("x-webhooks"), []);
    }

    #[test]
    fn the_text_of_info_counts_and_a_field_that_is_called_title_does_not() {
        let document = |text: &str, kind: &str| json!({"info": {"x-notes": text}, "properties": {"title": {"type": kind}}});
        assert_eq!(
            told(
                document("Keys expire.", "string"),
                document("Keys last.", "number")
            ),
            [(
                true,
                "What `x-notes` says changed where it matters for money.".to_owned()
            )]
        );
    }
}
