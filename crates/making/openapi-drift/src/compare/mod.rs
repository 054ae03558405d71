//! The comparison of two documents.

mod alternatives;
mod answers;
mod arrays;
mod bodies;
mod engine;
mod finding;
mod inherited;
mod judge;
mod keywords;
mod leftovers;
mod limits;
mod objects;
mod operation;
mod operations;
mod outline;
mod parameters;
mod schema;
mod schemas;
mod security;
mod servers;
mod types;
mod units;
mod words;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use self::engine::Engine;
use self::finding::Finding;
use self::inherited::Plan;
use self::operations::{of_item, operations};
pub use self::words::{Wording, wording};
use crate::place::Place;
use crate::{Change, Direction, Drift, Options, Side};

/// Compares two effective documents, with every operation that writes taken to move money.
///
/// Each may be irregular: what cannot be understood is compared as it is.
pub fn compare(before: &Value, after: &Value) -> Drift {
    compare_with(before, after, &Options::default())
}

/// Compares two effective documents, with what is known of their operations.
pub fn compare_with(before: &Value, after: &Value, options: &Options) -> Drift {
    let (before, after) = (Place::root(before), Place::root(after));
    let mut engine = Engine::new(options);
    engine.root(None, false, |engine| {
        engine.leftovers(&before, &after, keywords::DOCUMENT, Direction::Api);
    });
    compare_operations(&mut engine, &before, &after, options);
    compare_webhooks(&mut engine, &before, &after);
    engine.run();
    Drift {
        changes: changes(&engine, &before, &after),
    }
}

fn compare_operations<'a>(
    engine: &mut Engine<'a>,
    before: &Place<'a>,
    after: &Place<'a>,
    options: &Options,
) {
    let of = |root: &Place<'a>| {
        let paths = root.get("paths");
        paths
            .map(|paths| operations(root, &paths))
            .unwrap_or_default()
    };
    odd_paths(engine, before, after);
    let matched = engine.match_operations(of(before), of(after));
    let roots = (before, after);
    let servers = Plan::of("servers", roots, &matched.pairs);
    let security = Plan::of("security", roots, &matched.pairs);
    engine.root(None, false, |engine| {
        if let Some((old, new)) = &servers.whole {
            engine.servers_of_all(old, new);
        }
        if let Some((old, new)) = &security.whole {
            engine.security_of_all((old, new), roots);
        }
        engine.schemes(before, after);
    });
    for (old, new) in &matched.pairs {
        let moves_money = options.moves_money(&new.method, &new.path)
            || options.moves_money(&old.method, &old.path);
        engine.root(Some(new.label()), moves_money, |engine| {
            engine.moved(old, new);
            engine.operation(old, new, Direction::Request);
            if servers.one_by_one {
                engine.servers_of(old, new);
            }
            if security.one_by_one {
                engine.security_of(old, new);
            }
        });
    }
    for old in &matched.removed {
        let moves_money = options.moves_money(&old.method, &old.path);
        engine.root(Some(old.label()), moves_money, |engine| {
            engine.operation_removed(old)
        });
    }
    for new in &matched.added {
        let moves_money = options.moves_money(&new.method, &new.path);
        engine.root(Some(new.label()), moves_money, |engine| {
            engine.operation_added(new)
        });
    }
}

/// Compares, as they are, path items that have no operation on either side.
fn odd_paths<'a>(engine: &mut Engine<'a>, before: &Place<'a>, after: &Place<'a>) {
    let odd = |root: &Place<'a>| -> BTreeMap<&'a str, Place<'a>> {
        let all = root.entries_of("paths").into_iter();
        all.filter(|(path, item)| !path.starts_with("x-") && of_item(root, path, item).is_empty())
            .collect()
    };
    let (old, new) = (odd(before), odd(after));
    engine.root(None, false, |engine| {
        for (path, item) in &old {
            if let Some(other) = new.get(path) {
                engine.leftovers(item, other, keywords::PATH_ITEM, Direction::Api);
            }
        }
    });
}

fn compare_webhooks<'a>(engine: &mut Engine<'a>, before: &Place<'a>, after: &Place<'a>) {
    // OpenAPI 3.0 has no webhooks; documents have them under the second key, in the same form.
    let all = |root: &Place<'a>| -> Vec<(&'a str, Place<'a>)> {
        let groups = ["webhooks", "x-webhooks"].map(|key| root.entries_of(key));
        groups.into_iter().flatten().collect()
    };
    let (old, new) = (all(before), all(after));
    let find = |list: &[(&str, Place<'a>)], name: &str| {
        list.iter()
            .find(|(found, _)| *found == name)
            .map(|(_, place)| place.clone())
    };
    for (name, item) in &old {
        engine.root(
            Some(format!("webhook {name}")),
            // What a webhook tells is how a refund stands, and its signature is who tells it.
            true,
            |engine| match find(&new, name) {
                Some(other) => {
                    let calls = |root, item| of_item(root, name, item);
                    let (from, to) = (calls(before, item), calls(after, &other));
                    if from.is_empty() && to.is_empty() {
                        engine.leftovers(item, &other, keywords::PATH_ITEM, Direction::Answer);
                    }
                    engine.calls_of_the_provider(name, from, to, Direction::Answer);
                }
                None => engine.callback_gone(name, item),
            },
        );
    }
    for (name, item) in &new {
        if find(&old, name).is_none() {
            engine.root(Some(format!("webhook {name}")), true, |engine| {
                engine.callback_new(name, item)
            });
        }
    }
}

/// What is the same change, whatever leads to it.
type Key = (String, &'static str, Direction, Side, String);

/// The changes with the operations that reach them, the worst first.
fn changes(engine: &Engine<'_>, before: &Place<'_>, after: &Place<'_>) -> Vec<Change> {
    let mut found: BTreeMap<Key, (&Finding, bool, Vec<String>)> = BTreeMap::new();
    for (root, findings) in engine.reached() {
        for finding in findings {
            if finding.only_where_money_moves && !root.moves_money {
                continue;
            }
            let values = format!("{:?}", (&finding.before, &finding.after));
            let key = (
                finding.pointer.clone(),
                finding.kind.code(),
                finding.direction,
                finding.side,
                values,
            );
            let (first, money, operations) = found
                .entry(key)
                .or_insert_with(|| (finding, false, Vec::new()));
            if finding.class > first.class {
                *first = finding;
            }
            *money |= root.moves_money;
            operations.extend(
                root.operation
                    .iter()
                    .filter(|name| !operations.contains(name))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by(|(left_key, left), (right_key, right)| {
        let order = |(finding, money, _): &(&Finding, bool, Vec<String>)| {
            (Reverse(finding.class), Reverse(*money), finding.kind)
        };
        order(left)
            .cmp(&order(right))
            .then_with(|| left_key.cmp(right_key))
    });
    found
        .into_iter()
        .map(|(_, (finding, _, operations))| change(finding, operations, before, after))
        .collect()
}

fn change(
    finding: &Finding,
    operations: Vec<String>,
    before: &Place<'_>,
    after: &Place<'_>,
) -> Change {
    let mut operations = operations.into_iter();
    let document = match finding.side {
        Side::Before => before,
        Side::After => after,
    };
    let mut change = Change {
        class: finding.class,
        kind: finding.kind,
        direction: finding.direction,
        operation: operations.next(),
        also_in: operations.collect(),
        pointer: finding.pointer.clone(),
        pointer_in: finding.side,
        before: finding.before.clone(),
        after: finding.after.clone(),
        message: with_name_of_parameter(&finding.message, &finding.pointer, document),
        why: finding.why.clone(),
        money: finding.kind.is_about_money() || units::is_amount(&finding.pointer),
        fingerprint: String::new(),
        page: None,
        masked_by: Vec::new(),
        judged: None,
        rust: Vec::new(),
    };
    change.fingerprint = change.fingerprint_at(&by_name(&finding.pointer, document));
    change
}

/// The pointer with the name of a parameter instead of its number, which another parameter changes.
fn by_name(pointer: &str, document: &Place<'_>) -> String {
    let named = || {
        let (list, rest) = pointer.split_once("/parameters/")?;
        let (index, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let parameter = document.at_pointer(&format!("{list}/parameters/{index}"))?;
        let parameter = parameter.resolved();
        let (place, name) = (parameter.text("in")?, parameter.text("name")?);
        Some(format!("{list}/parameters/{place} {name}/{rest}"))
    };
    named().unwrap_or_else(|| pointer.to_owned())
}

/// A message that speaks of "the parameter", with the name of the one that the pointer leads into.
fn with_name_of_parameter(message: &str, pointer: &str, document: &Place<'_>) -> String {
    let named = || {
        let (list, rest) = pointer.split_once("/parameters/")?;
        let index = rest.split('/').next()?;
        let parameter = document.at_pointer(&format!("{list}/parameters/{index}"))?;
        parameter.resolved().text("name").map(str::to_owned)
    };
    let ends = |at: usize| !message[at..].starts_with(" `");
    for words in ["The parameter", "the parameter"] {
        let end = message.find(words).map(|at| at + words.len());
        if let (Some(end), Some(name)) = (end.filter(|end| ends(*end)), named()) {
            return format!("{} `{name}`{}", &message[..end], &message[end..]);
        }
    }
    message.to_owned()
}
