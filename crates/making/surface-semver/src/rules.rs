//! What step each sort of change needs, and why.

mod signature;

use api_surface::{Item, Kind};
use openapi_drift::{RustChange, Step};

use crate::index::Index;

/// A change of `item` with what it was and what it is.
fn change(
    item: &Item,
    before: Option<&Item>,
    after: Option<&Item>,
    verdict: (Step, String),
) -> RustChange {
    let (step, why) = verdict;
    RustChange {
        step,
        item: shown(item),
        before: before.map(line),
        after: after.map(line),
        why,
    }
}

/// The item's path without `crate::`; an implementation's with what is implemented.
fn shown(item: &Item) -> String {
    let path = item.path.strip_prefix("crate::").unwrap_or(&item.path);
    match item.kind {
        Kind::Derive => format!("{path} (derive {})", item.text),
        Kind::Implementation => {
            let header = item.text.split(" {").next().unwrap_or_default();
            format!("{path} ({header})")
        }
        Kind::PrivateFields => format!("{path} (private fields)"),
        _ => path.to_owned(),
    }
}

/// The item's line in a listing.
fn line(item: &Item) -> String {
    if item.cfg.is_empty() {
        item.text.clone()
    } else {
        format!("{} {}", item.cfg, item.text)
    }
}

pub(crate) fn removed(item: &Item) -> RustChange {
    let verdict = match item.kind {
        Kind::PrivateFields => (
            Step::Minor,
            "every field is public now, which takes nothing away".to_owned(),
        ),
        Kind::Derive | Kind::Implementation => (
            Step::Major,
            "the implementation is gone: code that relies on it does not compile".to_owned(),
        ),
        kind => (
            Step::Major,
            format!(
                "{} is gone: code that names it does not compile",
                called(kind)
            ),
        ),
    };
    change(item, Some(item), None, verdict)
}

/// `before` is the old surface: what a new member may break depends on what its type was.
pub(crate) fn added(item: &Item, before: &Index<'_>) -> RustChange {
    let owner = before.owner(item);
    let verdict = match (item.kind, owner) {
        (Kind::Field, Some(owner)) => {
            let open = is_open(owner) || before.has_private_fields(owner);
            new_member(open, "field", "struct literals and complete patterns")
        }
        (Kind::Variant, Some(owner)) => {
            new_member(is_open(owner), "variant", "a match without a wildcard")
        }
        (Kind::PrivateFields, Some(owner)) => new_member(
            is_open(owner),
            "field that is not public",
            "struct literals and complete patterns",
        ),
        (_, Some(owner)) if owner.kind == Kind::Trait && is_member_of_trait(item.kind) => {
            if has_default(item) {
                (Step::Minor, "implementations take the default".to_owned())
            } else {
                (
                    Step::Major,
                    "implementations outside of the crate lack it".to_owned(),
                )
            }
        }
        (kind, _) => (Step::Minor, format!("{} is new", called(kind))),
    };
    change(item, None, Some(item), verdict)
}

pub(crate) fn changed(old: &Item, new: &Item) -> RustChange {
    change(new, Some(old), Some(new), judged(old, new))
}

fn judged(old: &Item, new: &Item) -> (Step, String) {
    let (old_marks, old_text) = marks(&old.text);
    let (new_marks, new_text) = marks(&new.text);
    if old_text != new_text {
        return of_text(old, (old_text, new_text));
    }
    let gained = |mark: &str| !old_marks.contains(&mark) && new_marks.contains(&mark);
    if gained("#[non_exhaustive]") {
        return (
            Step::Major,
            "it became #[non_exhaustive]: struct literals and complete matches outside of the crate do not compile"
                .to_owned(),
        );
    }
    let repr = |marks: &[&str]| marks.iter().any(|mark| mark.starts_with("#[repr"));
    if repr(&old_marks) && old_marks != new_marks {
        return (Step::Major, "its layout in memory was promised".to_owned());
    }
    if old_marks != new_marks {
        let warned = gained("#[deprecated]") || gained("#[must_use]");
        let why = if warned {
            "code that uses it gets a warning"
        } else {
            "it is less restricted than before"
        };
        return (Step::Minor, why.to_owned());
    }
    if new.cfg.is_empty() {
        (Step::Minor, format!("it is there also without {}", old.cfg))
    } else {
        (
            Step::Major,
            format!("it is there only under {} now", new.cfg),
        )
    }
}

/// The same item with another declaration.
fn of_text(old: &Item, (before, after): (&str, &str)) -> (Step, String) {
    match old.kind {
        Kind::Function | Kind::Method => signature::compared(before, after),
        Kind::Field => (Step::Major, type_of_field(before, after)),
        Kind::Variant => (
            Step::Major,
            "the variant holds something else: patterns and constructors do not compile".to_owned(),
        ),
        Kind::Implementation => (
            Step::Major,
            "what belongs to the implementation is another type".to_owned(),
        ),
        kind => (
            Step::Major,
            format!("{} is declared in another way", called(kind)),
        ),
    }
}

/// What another type of a field does to code that reads or sets it.
fn type_of_field(before: &str, after: &str) -> String {
    let ty = |text: &str| text.split_once(": ").map_or("", |(_, ty)| ty).to_owned();
    let (before, after) = (ty(before), ty(after));
    if after == format!("Option<{before}>") {
        "the field may be absent now: code that reads it has to say what happens then".to_owned()
    } else if before == format!("Option<{after}>") {
        "the field is always there now: code that asks whether it is there does not compile"
            .to_owned()
    } else {
        "the field has another type: code that reads or sets it may not compile".to_owned()
    }
}

fn new_member(open: bool, what: &str, code: &str) -> (Step, String) {
    if open {
        (
            Step::Minor,
            format!("a new {what}; outside of the crate, {code} did not compile before either"),
        )
    } else {
        (
            Step::Major,
            format!("a new {what} breaks {code} outside of the crate"),
        )
    }
}

fn is_open(owner: &Item) -> bool {
    marks(&owner.text).0.contains(&"#[non_exhaustive]")
}

fn is_member_of_trait(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Method | Kind::AssociatedType | Kind::AssociatedConstant
    )
}

fn has_default(item: &Item) -> bool {
    item.text.ends_with(" { .. }") || item.text.ends_with(" = ..;")
}

/// The attributes that a listing shows before a declaration, and the declaration.
fn marks(text: &str) -> (Vec<&str>, &str) {
    let mut marks = Vec::new();
    let mut rest = text;
    while rest.starts_with("#[") {
        let Some((mark, after)) = rest.split_once("] ") else {
            break;
        };
        marks.push(&rest[..mark.len() + 1]);
        rest = after;
    }
    (marks, rest)
}

fn called(kind: Kind) -> &'static str {
    match kind {
        Kind::Module => "the module",
        Kind::ReExport => "the re-export",
        Kind::Constant | Kind::AssociatedConstant => "the constant",
        Kind::Static => "the static",
        Kind::Function => "the function",
        Kind::TypeAlias | Kind::AssociatedType => "the type",
        Kind::Trait => "the trait",
        Kind::Struct => "the struct",
        Kind::Union => "the union",
        Kind::Enum => "the enum",
        Kind::Macro => "the macro",
        Kind::Derive | Kind::Implementation => "the implementation",
        Kind::Field => "the field",
        Kind::Variant => "the variant",
        Kind::Method => "the method",
        _ => "the item",
    }
}
