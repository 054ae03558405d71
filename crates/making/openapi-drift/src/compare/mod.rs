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
mod money;
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

use openapi_model::{At, Model, PathItem, Requirement, Server, reference};
use serde_json::Value;

use self::engine::Engine;
use self::finding::Finding;
use self::inherited::Plan;
use self::operations::Operation;
pub use self::words::{Wording, wording};
use crate::{Change, Direction, Drift, Options, Side};

/// Compares two effective documents, with every operation that writes taken to move money.
///
/// Each may be irregular: what cannot be understood is compared as it is.
pub fn compare(before: &Value, after: &Value) -> Drift {
    compare_with(before, after, &Options::default())
}

/// Compares two effective documents, with what is known of their operations.
pub fn compare_with(before: &Value, after: &Value, options: &Options) -> Drift {
    let (before, after) = (&Model::of(before), &Model::of(after));
    let mut engine = Engine::new(options);
    engine.root(None, false, |engine| {
        engine.leftovers(before.root(), after.root());
    });
    compare_operations(&mut engine, before, after, options);
    compare_webhooks(&mut engine, before, after);
    engine.run();
    Drift {
        changes: changes(&engine, before.document, after.document),
    }
}

fn compare_operations<'a>(
    engine: &mut Engine<'a>,
    before: &'a Model<'a>,
    after: &'a Model<'a>,
    options: &Options,
) {
    let of = |model: &'a Model<'a>| -> Vec<Operation<'a>> { model.calls() };
    odd_paths(engine, before, after);
    let matched = engine.match_operations(of(before), of(after));
    let roots = (before.root(), after.root());
    let servers: Plan<'a, Server<'a>> = Plan::of(roots, &matched.pairs);
    let security: Plan<'a, Requirement<'a>> = Plan::of(roots, &matched.pairs);
    engine.root(None, false, |engine| {
        if let Some(whole) = &servers.whole {
            engine.servers_of_all(whole, (before, after));
        }
        if let Some(whole) = &security.whole {
            engine.security_of_all(whole, (before, after));
        }
        engine.schemes(before, after);
    });
    for (old, new) in &matched.pairs {
        let moves_money =
            options.moves_money(new.method, new.path) || options.moves_money(old.method, old.path);
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
        let moves_money = options.moves_money(old.method, old.path);
        engine.root(Some(old.label()), moves_money, |engine| {
            engine.operation_removed(old)
        });
    }
    for new in &matched.added {
        let moves_money = options.moves_money(new.method, new.path);
        engine.root(Some(new.label()), moves_money, |engine| {
            engine.operation_added(new)
        });
    }
}

/// Compares, as they are, path items that have no operation on either side.
fn odd_paths<'a>(engine: &mut Engine<'a>, before: &'a Model<'a>, after: &'a Model<'a>) {
    let odd = |model: &'a Model<'a>| -> BTreeMap<&'a str, At<'a, PathItem<'a>>> {
        let all = model.root().said().paths.iter();
        all.map(|(path, id)| (*path, model.at(*id)))
            .filter(|(path, item)| item.calls(path).is_empty())
            .collect()
    };
    let (old, new) = (odd(before), odd(after));
    engine.root(None, false, |engine| {
        for (path, item) in &old {
            if let Some(other) = new.get(path) {
                engine.leftovers(*item, *other);
            }
        }
    });
}

fn compare_webhooks<'a>(engine: &mut Engine<'a>, before: &'a Model<'a>, after: &'a Model<'a>) {
    let all = |model: &'a Model<'a>| -> Vec<(&'a str, At<'a, PathItem<'a>>)> {
        let all = model.root().said().webhooks.iter();
        all.map(|(name, id)| (*name, model.at(*id))).collect()
    };
    let (old, new) = (all(before), all(after));
    let find = |list: &[(&str, At<'a, PathItem<'a>>)], name: &str| {
        list.iter()
            .find(|(found, _)| *found == name)
            .map(|(_, item)| *item)
    };
    for (name, item) in old {
        engine.root(
            Some(format!("webhook {name}")),
            // What a webhook tells is how a refund stands, and its signature is who tells it.
            true,
            |engine| match find(&new, name) {
                Some(other) => {
                    let (from, to) = ((name, item), (name, other));
                    engine.calls_of_the_provider(name, from, to, Direction::Answer);
                }
                None => engine.callback_gone(name, item.spot(), outline::item(name, item)),
            },
        );
    }
    for (name, item) in &new {
        if find(&all(before), name).is_none() {
            engine.root(Some(format!("webhook {name}")), true, |engine| {
                engine.callback_new(name, item.spot(), outline::item(name, *item))
            });
        }
    }
}

/// What is the same change, whatever leads to it.
type Key = (String, &'static str, Direction, Side, String);

/// The changes with the operations that reach them, the worst first.
fn changes(engine: &Engine<'_>, before: &Value, after: &Value) -> Vec<Change> {
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
        .map(|(_, (finding, moves_money, operations))| {
            let mut change = change(finding, operations, before, after);
            change.money = money::is_about(finding, moves_money);
            change
        })
        .collect()
}

fn change(finding: &Finding, operations: Vec<String>, before: &Value, after: &Value) -> Change {
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
        money: false,
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
fn by_name(pointer: &str, document: &Value) -> String {
    let named = || {
        let (list, rest) = pointer.split_once("/parameters/")?;
        let (index, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let parameter = document.pointer(&format!("{list}/parameters/{index}"))?;
        let parameter = reference::followed(document, parameter);
        let (place, name) = (
            parameter.get("in")?.as_str()?,
            parameter.get("name")?.as_str()?,
        );
        Some(format!("{list}/parameters/{place} {name}/{rest}"))
    };
    named().unwrap_or_else(|| pointer.to_owned())
}

/// A message that speaks of "the parameter", with the name of the one that the pointer leads into.
fn with_name_of_parameter(message: &str, pointer: &str, document: &Value) -> String {
    let named = || {
        let (list, rest) = pointer.split_once("/parameters/")?;
        let index = rest.split('/').next()?;
        let parameter = document.pointer(&format!("{list}/parameters/{index}"))?;
        reference::followed(document, parameter)
            .get("name")?
            .as_str()
            .map(str::to_owned)
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
