//! One small change of a crate per line, with the step that Cargo's reference gives it.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is a failure of the test"
)]

use api_surface::Surface;
use openapi_drift::{RustChange, Step};
use surface_semver::{compare, step};

fn surface(source: &str) -> Surface {
    api_surface::surface_of("src/lib.rs", [("src/lib.rs", source)]).unwrap()
}

fn changes(before: &str, after: &str) -> Vec<RustChange> {
    compare(&surface(before), &surface(after))
}

/// Each is one change of one item.
const SINGLE: &[(&str, &str, &str, Step)] = &[
    ("pub fn f() {}", "", "f", Step::Major),
    ("", "pub fn f() {}", "f", Step::Minor),
    ("pub fn f(a: u8) {}", "pub fn f(b: u8) {}", "f", Step::Patch),
    (
        "pub fn f(a: u8) {}",
        "pub fn f(a: u16) {}",
        "f",
        Step::Major,
    ),
    (
        "pub fn f(a: u8) {}",
        "pub fn f(a: u8, b: u8) {}",
        "f",
        Step::Major,
    ),
    (
        "pub fn f() -> u8 { 0 }",
        "pub fn f() -> u16 { 0 }",
        "f",
        Step::Major,
    ),
    ("pub fn f() {}", "pub async fn f() {}", "f", Step::Major),
    (
        "pub fn f() {}",
        "#[deprecated] pub fn f() {}",
        "f",
        Step::Minor,
    ),
    (
        "pub fn f() {}",
        "#[must_use] pub fn f() {}",
        "f",
        Step::Minor,
    ),
    (
        "pub fn f() {}",
        "#[cfg(feature = \"x\")] pub fn f() {}",
        "f",
        Step::Major,
    ),
    (
        "#[cfg(feature = \"x\")] pub fn f() {}",
        "pub fn f() {}",
        "f",
        Step::Minor,
    ),
    (
        "pub const A: u8 = 1;",
        "pub const A: u16 = 1;",
        "A",
        Step::Major,
    ),
    ("pub type T = u8;", "pub type T = u16;", "T", Step::Major),
    (
        "pub struct S { pub a: u8 }",
        "pub struct S { pub a: u16 }",
        "S::a",
        Step::Major,
    ),
    (
        "pub struct S { pub a: u8 }",
        "pub struct S { pub a: Option<u8> }",
        "S::a",
        Step::Major,
    ),
    (
        "pub struct S { pub a: u8 }",
        "pub struct S { pub a: u8, pub b: u8 }",
        "S::b",
        Step::Major,
    ),
    (
        "#[non_exhaustive] pub struct S { pub a: u8 }",
        "#[non_exhaustive] pub struct S { pub a: u8, pub b: u8 }",
        "S::b",
        Step::Minor,
    ),
    (
        "pub struct S { pub a: u8, c: u8 }",
        "pub struct S { pub a: u8, pub b: u8, c: u8 }",
        "S::b",
        Step::Minor,
    ),
    (
        "pub struct S { pub a: u8 }",
        "pub struct S { pub a: u8, b: u8 }",
        "S (private fields)",
        Step::Major,
    ),
    (
        "pub struct S { pub a: u8, b: u8 }",
        "pub struct S { pub a: u8 }",
        "S (private fields)",
        Step::Minor,
    ),
    (
        "pub struct S { pub a: u8 }",
        "#[non_exhaustive] pub struct S { pub a: u8 }",
        "S",
        Step::Major,
    ),
    (
        "#[non_exhaustive] pub struct S { pub a: u8 }",
        "pub struct S { pub a: u8 }",
        "S",
        Step::Minor,
    ),
    ("pub struct S;", "pub struct S {}", "S", Step::Major),
    (
        "#[repr(C)] pub struct S;",
        "pub struct S;",
        "S",
        Step::Major,
    ),
    (
        "#[derive(Clone)] pub struct S;",
        "pub struct S;",
        "S (derive Clone)",
        Step::Major,
    ),
    (
        "pub struct S;",
        "#[derive(Clone)] pub struct S;",
        "S (derive Clone)",
        Step::Minor,
    ),
    (
        "pub enum E { A }",
        "pub enum E { A, B }",
        "E::B",
        Step::Major,
    ),
    (
        "#[non_exhaustive] pub enum E { A }",
        "#[non_exhaustive] pub enum E { A, B }",
        "E::B",
        Step::Minor,
    ),
    (
        "pub enum E { A, B }",
        "pub enum E { A }",
        "E::B",
        Step::Major,
    ),
    (
        "pub enum E { A }",
        "pub enum E { A(u8) }",
        "E::A",
        Step::Major,
    ),
    (
        "pub struct S; impl S { pub fn f(&self) {} }",
        "pub struct S; impl S { pub fn f(self) {} }",
        "S::f",
        Step::Major,
    ),
    (
        "pub struct S; impl S { pub fn f(&self, a: u8) {} }",
        "pub struct S; impl S { pub fn f(&self, b: u8) {} }",
        "S::f",
        Step::Patch,
    ),
    (
        "pub struct S; impl From<u8> for S { fn from(_: u8) -> S { S } }",
        "pub struct S;",
        "S (impl From<u8> for S)",
        Step::Major,
    ),
    (
        "pub struct S; impl std::str::FromStr for S { type Err = u8; fn from_str(_: &str) -> Result<S, u8> { Ok(S) } }",
        "pub struct S; impl std::str::FromStr for S { type Err = u16; fn from_str(_: &str) -> Result<S, u16> { Ok(S) } }",
        "S (impl FromStr for S)",
        Step::Major,
    ),
    (
        "pub trait T {}",
        "pub trait T { fn f(&self); }",
        "T::f",
        Step::Major,
    ),
    (
        "pub trait T {}",
        "pub trait T { fn f(&self) {} }",
        "T::f",
        Step::Minor,
    ),
    (
        "pub trait T { fn f(&self) {} }",
        "pub trait T { fn f(&self); }",
        "T::f",
        Step::Major,
    ),
    (
        "pub trait T { fn f(&self); }",
        "pub trait T { fn f(&self) {} }",
        "T::f",
        Step::Minor,
    ),
];

#[test]
fn every_single_change_has_the_step_of_the_reference() {
    for (before, after, item, step) in SINGLE {
        let found = changes(before, after);
        let told: Vec<_> = found
            .iter()
            .map(|change| (change.item.as_str(), change.step))
            .collect();
        assert_eq!(told, [(*item, *step)], "{before} -> {after}");
    }
}

#[test]
fn a_surface_is_no_change_from_itself() {
    for (before, after, ..) in SINGLE {
        for source in [before, after] {
            assert_eq!(changes(source, source), [], "{source}");
        }
    }
}

#[test]
fn a_new_or_lost_type_is_told_once_and_not_by_its_members() {
    let source = "#[derive(Clone)] pub struct S { pub a: u8 } impl S { pub fn f(&self) {} }";
    let items = |changes: Vec<RustChange>| -> Vec<String> {
        changes.into_iter().map(|change| change.item).collect()
    };
    assert_eq!(items(changes("", source)), ["S"]);
    assert_eq!(items(changes(source, "")), ["S"]);
}

#[test]
fn before_and_after_are_lines_of_the_listings() {
    let found = changes(
        "pub struct S { pub a: u8 }",
        "pub struct S { #[cfg(unix)] pub a: Option<u8> }",
    );
    assert_eq!(found[0].before.as_deref(), Some("pub a: u8"));
    assert_eq!(
        found[0].after.as_deref(),
        Some("#[cfg(unix)] pub a: Option<u8>")
    );
    assert!(
        found[0].why.contains("may be absent now"),
        "{}",
        found[0].why
    );
}

#[test]
fn the_largest_step_comes_first_and_is_that_of_all() {
    let found = changes(
        "pub fn a(x: u8) {} pub fn z() {}",
        "pub fn a(y: u8) {} pub fn b() {}",
    );
    let steps: Vec<_> = found.iter().map(|change| change.step).collect();
    assert_eq!(steps, [Step::Major, Step::Minor, Step::Patch]);
    assert_eq!(step(&found), Step::Major);
    assert_eq!(step(&[]), Step::None);
}

#[test]
fn the_same_method_in_two_impl_blocks_is_told_for_the_one_that_changed() {
    let source = |ty: &str| {
        format!(
            "pub struct P<T>(T); impl P<u8> {{ pub fn f(&self) -> {ty} {{ loop {{}} }} }} impl P<u16> {{ pub fn f(&self) -> u16 {{ 0 }} }}"
        )
    };
    let found = changes(&source("u8"), &source("u32"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].step, Step::Major);
}
