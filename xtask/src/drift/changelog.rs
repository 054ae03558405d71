//! An entry for the CHANGELOG, in the form of Keep a Changelog.

use openapi_drift::{Change, Class, Drift, RustChange, Step};

use super::names::touches;

/// Headings in the order of Keep a Changelog.
const HEADINGS: [&str; 4] = ["Added", "Changed", "Deprecated", "Removed"];

/// The entry for the crate `name`; empty if nothing changed.
pub(super) fn entry(name: &str, drift: &Drift, changes: &[RustChange]) -> String {
    let mut lines: Vec<(&str, String)> = Vec::new();
    for change in &drift.changes {
        lines.push((heading(change), wire_line(name, change)));
    }
    for change in changes {
        // What breaks code is told in any case, unless a change of the wire that breaks says it.
        let told = drift.changes.iter().any(|wire| {
            (change.step < Step::Major || wire.class == Class::Breaking)
                && touches(name, &wire.rust, change)
        });
        let inner = change.item.starts_with("types::builder::") || change.step == Step::Patch;
        if !told && !inner {
            lines.push(rust_line(name, change));
        }
    }
    let mut entry = String::new();
    for wanted in HEADINGS {
        let under: Vec<&String> = lines
            .iter()
            .filter(|(heading, _)| *heading == wanted)
            .map(|(_, line)| line)
            .collect();
        if under.is_empty() {
            continue;
        }
        if !entry.is_empty() {
            entry.push('\n');
        }
        entry.push_str(&format!("### {wanted}\n\n"));
        for line in under {
            entry.push_str(&format!("- {line}\n"));
        }
    }
    entry
}

fn heading(change: &Change) -> &'static str {
    let code = change.kind.code();
    if code == "deprecated" {
        "Deprecated"
    } else if change.class == Class::Breaking && !code.ends_with("-removed") {
        "Changed"
    } else if code.ends_with("-added") {
        "Added"
    } else if code.ends_with("-removed") {
        "Removed"
    } else {
        "Changed"
    }
}

fn wire_line(name: &str, change: &Change) -> String {
    let breaking = match change.class {
        Class::Breaking => "**Breaking:** ",
        _ => "",
    };
    let names: Vec<String> = change.rust.iter().map(|name| format!("`{name}`")).collect();
    let names = if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    };
    format!(
        "{breaking}`{name}`: {}{names}.",
        change.message.trim_end_matches('.')
    )
}

fn rust_line(name: &str, change: &RustChange) -> (&'static str, String) {
    let breaking = match change.step {
        Step::Major => "**Breaking:** ",
        _ => "",
    };
    // What is implemented is said beside the type.
    let item = match change.item.split_once(" (") {
        Some((path, implemented)) => format!("`{name}::{path}` ({implemented}"),
        None => format!("`{name}::{}`", change.item),
    };
    match (&change.before, &change.after) {
        (None, _) => ("Added", format!("{breaking}{item}.")),
        (Some(_), None) => ("Removed", format!("{breaking}{item}.")),
        (Some(before), Some(after)) => (
            "Changed",
            format!("{breaking}{item} is `{after}` and was `{before}`."),
        ),
    }
}
