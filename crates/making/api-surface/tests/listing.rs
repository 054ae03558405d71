//! What a listing shows of a crate, and what it leaves out.

use api_surface::{Kind, list_sources, surface_of};

/// The listing of a crate with one file, without the line of the root module.
fn listing(source: &str) -> String {
    let listing = list_sources("src/lib.rs", [("src/lib.rs", source)])
        .unwrap_or_else(|error| error.to_string());
    listing
        .strip_prefix("mod crate\n\n")
        .map(str::to_owned)
        .unwrap_or(listing)
}

#[test]
fn a_structure_shows_its_public_fields_and_that_others_exist() {
    let source = "
        /// Documentation is not listed.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        pub struct Refund {
            /// Nor here.
            #[serde(rename = \"x\")]
            pub order: String,
            pub amount: Option<Amount>,
            note: u8,
        }";
    assert_eq!(
        listing(source),
        "#[non_exhaustive] pub struct Refund { .. }
    derive(Clone, Debug)
    (private fields)
    pub amount: Option<Amount>
    pub order: String
"
    );
}

#[test]
fn a_tuple_structure_numbers_its_fields() {
    assert_eq!(
        listing("pub struct Pair<T>(pub T, u8) where T: Copy;"),
        "pub struct Pair<T>(..) where T: Copy\n    (private fields)\n    pub 0: T\n"
    );
    assert_eq!(listing("pub struct Nothing;"), "pub struct Nothing\n");
}

#[test]
fn an_enumeration_shows_each_variant_with_its_content() {
    let source = "pub enum Outcome {
        Done,
        /// Documented.
        Refused(String, u16),
        Unknown { status: u16, body: Vec<u8> },
        #[doc(hidden)]
        Later,
        Numbered = 7,
    }";
    assert_eq!(
        listing(source),
        "pub enum Outcome
    Done
    Numbered = 7
    Refused(String, u16)
    Unknown { status: u16, body: Vec<u8> }
"
    );
}

#[test]
fn a_trait_tells_required_items_from_provided_ones() {
    let source = "pub trait TokenSource: Send + Sync {
        type Error: std::error::Error;
        const NAME: &'static str;
        const TRIES: u8 = 2;
        fn token(&self) -> Result<String, Self::Error>;
        fn forget(&mut self) { drop(1) }
    }";
    assert_eq!(
        listing(source),
        "pub trait TokenSource: Send + Sync
    const NAME: &'static str;
    const TRIES: u8 = ..;
    type Error: std::error::Error;
    fn forget(&mut self) { .. }
    fn token(&self) -> Result<String, Self::Error>;
"
    );
}

#[test]
fn functions_constants_statics_and_aliases_have_no_body_and_no_value() {
    let source = "
        pub const LIMIT: usize = 3 * 7;
        pub static NAME: &str = \"x\";
        pub type Answer<T> = std::result::Result<T, Error>;
        #[must_use = \"words\"]
        pub async fn send<B>(mut body: B, (a, b): (u8, u8)) -> u8 where B: Into<Vec<u8>> { a }";
    assert_eq!(
        listing(source),
        "pub type Answer<T> = Result<T, Error>

pub const LIMIT: usize

pub static NAME: &str

#[must_use] pub async fn send<B>(body: B, _: (u8, u8)) -> u8 where B: Into<Vec<u8>>
"
    );
}

#[test]
fn a_long_signature_stays_on_one_line() {
    let source = "pub fn a_name_that_is_rather_long<First, Second>(first_argument: ::std::option::Option<First>, second_argument: Second) -> ::std::result::Result<First, Second> where First: Clone + Send, Second: Into<First> { loop {} }";
    assert_eq!(
        listing(source),
        "pub fn a_name_that_is_rather_long<First, Second>(first_argument: Option<First>, second_argument: Second) -> Result<First, Second> where First: Clone + Send, Second: Into<First>\n"
    );
}

#[test]
fn implementations_are_listed_under_the_type_wherever_they_are_written() {
    let source = "
        mod hidden_place {
            use crate::Amount;
            impl Amount {
                pub const ZERO: Amount = Amount;
                pub fn new(text: &str) -> Self { Amount }
                fn secret(&self) {}
                pub(crate) fn inner(&self) {}
            }
            impl ::std::fmt::Display for Amount { }
            impl<'a> From<&'a super::Amount> for String { }
            use std::fmt;
            impl fmt::Debug for Amount { }
            impl std::str::FromStr for Amount { type Err = u8; }
        }
        pub struct Amount;";
    assert_eq!(
        listing(source),
        "pub struct Amount
    pub const ZERO: Amount
    pub fn new(text: &str) -> Self
    impl Debug for Amount
    impl Display for Amount
    impl FromStr for Amount { type Err = u8; }
    impl<'a> From<&'a super::Amount> for String
"
    );
}

#[test]
fn a_method_of_some_forms_of_a_type_says_of_which() {
    let source = "
        pub struct Page<T> { pub items: Vec<T> }
        impl<T> Page<T> { pub fn len(&self) -> usize { 0 } }
        impl Page<u8> { pub fn bytes(&self) {} }
        impl<T: Clone> Page<T> { pub fn copy(&self) {} }";
    assert_eq!(
        listing(source),
        "pub struct Page<T> { .. }
    pub items: Vec<T>
    pub fn bytes(&self) // impl Page<u8>
    pub fn copy(&self) // impl<T: Clone> Page<T>
    pub fn len(&self) -> usize
"
    );
}

#[test]
fn private_hidden_and_test_items_are_left_out() {
    let source = "
        fn private() {}
        pub(crate) struct Inner;
        #[doc(hidden)] pub fn hidden() {}
        #[doc(hidden)] pub mod also_hidden { pub fn x() {} }
        #[cfg(test)] pub mod tests { pub fn y() {} }
        mod closed { pub struct Sealed; impl Clone for Sealed {} }
        impl From<Inner> for Shown {}
        pub struct Shown;";
    assert_eq!(listing(source), "pub struct Shown\n");
}

#[test]
fn features_are_shown_where_they_apply() {
    let source = "
        #[cfg(feature = \"client\")]
        pub mod client { pub fn send() {} #[cfg(feature = \"rustls\")] pub fn tls() {} }
        #[cfg_attr(feature = \"serde\", derive(Serialize))]
        #[derive(Clone)]
        pub struct Model { #[cfg(feature = \"more\")] pub extra: u8 }
        #[cfg(feature = \"client\")]
        impl Model { #[cfg(feature = \"json\")] pub fn json(&self) {} }
        #[cfg(feature = \"raw\")]
        mod raw { pub struct Raw; }
        #[cfg(feature = \"raw\")]
        pub use raw::Raw;";
    assert_eq!(
        listing(source),
        "pub struct Model { .. }
    derive(Clone)
    #[cfg(feature = \"serde\")] derive(Serialize)
    #[cfg(feature = \"more\")] pub extra: u8
    #[cfg(feature = \"client\")] #[cfg(feature = \"json\")] pub fn json(&self)

#[cfg(feature = \"raw\")] pub struct Raw

#[cfg(feature = \"client\")] mod crate::client

pub fn send()

#[cfg(feature = \"rustls\")] pub fn tls()
"
    );
}

#[test]
fn an_item_of_a_private_module_is_listed_where_it_is_re_exported() {
    let source = "
        mod generated {
            pub use progenitor_client::{Error, ResponseValue};
            pub mod types { pub struct Order; }
            pub struct Client;
            impl Client { pub fn order(&self) -> types::Order { types::Order } }
            pub mod prelude { pub use self::super::Client; }
        }
        extern crate provider_runtime as progenitor_client;
        pub use generated::*;
        pub use generated::types::Order as Purchase;";
    assert_eq!(
        listing(source),
        "pub use provider_runtime::Error
pub use provider_runtime::ResponseValue

pub struct Client
    pub fn order(&self) -> types::Order

pub struct Purchase

mod crate::prelude

pub use crate::Client

mod crate::types

pub use crate::Purchase as Order
"
    );
}

#[test]
fn a_star_gives_way_to_the_names_of_the_module_itself() {
    let source = "
        mod generated { pub struct Client; pub struct Other; }
        pub use generated::*;
        pub struct Client { pub own: u8 }
        pub use elsewhere::prelude::*;
        pub enum Way { Left }
        pub use Way::*;
        pub use Way::Left as Links;";
    assert_eq!(
        listing(source),
        "pub use crate::Way::*
pub use elsewhere::prelude::*
pub use crate::Way::Left as Links

pub struct Client { .. }
    pub own: u8

pub struct Other

pub enum Way
    Left
"
    );
}

#[test]
fn a_circle_of_re_exports_ends() {
    let source = "
        pub mod a { pub use super::b::*; pub struct A; }
        pub mod b { pub use super::a::*; pub use super::b::Missing; }";
    assert_eq!(
        listing(source),
        "mod crate::a

pub use super::b::Missing

pub struct A

mod crate::b

pub use crate::a::A
pub use super::b::Missing
"
    );
}

#[test]
fn modules_are_followed_into_their_files() {
    let files = [
        (
            "src/lib.rs",
            "pub mod a; pub mod b; pub mod inline { pub mod deep; } #[path = \"odd/name.rs\"] pub mod c;",
        ),
        ("src/a.rs", "pub mod within;"),
        ("src/a/within.rs", "pub const A: u8 = 1;"),
        ("src/b/mod.rs", "pub mod within;"),
        ("src/b/within.rs", "pub const B: u8 = 1;"),
        ("src/inline/deep.rs", "pub const D: u8 = 1;"),
        ("src/odd/name.rs", "mod r#type; pub use r#type::T;"),
        ("src/odd/type.rs", "pub const T: u8 = 1;"),
        ("src/unused.rs", "this is not Rust and no module"),
    ];
    let listed = surface_of("src/lib.rs", files).unwrap();
    let constants: Vec<&str> = listed
        .items()
        .iter()
        .filter(|item| item.kind == Kind::Constant)
        .map(|item| item.path.as_str())
        .collect();
    assert_eq!(
        constants,
        [
            "crate::a::within::A",
            "crate::b::within::B",
            "crate::c::T",
            "crate::inline::deep::D"
        ]
    );
}

#[test]
fn one_more_field_is_one_more_line() {
    let before = listing("pub struct A { pub x: u8, pub z: u8 } pub struct B;");
    let after = listing("pub struct B; pub struct A { pub z: u8, pub y: u8, pub x: u8 }");
    let added: Vec<&str> = after
        .lines()
        .filter(|line| !before.lines().any(|old| old == *line))
        .collect();
    assert_eq!(added, ["    pub y: u8"]);
    assert_eq!(before.lines().count() + 1, after.lines().count());
}

#[test]
fn exported_macros_are_in_the_root() {
    let source = "mod m { #[macro_export] macro_rules! shout { () => {} } macro_rules! whisper { () => {} } }";
    assert_eq!(listing(source), "macro_rules! shout\n");
}

#[test]
fn items_carry_their_path_and_kind() {
    let surface = surface_of(
        "src/lib.rs",
        [("src/lib.rs", "pub mod m { pub struct S { pub f: u8 } }")],
    )
    .unwrap();
    let found: Vec<_> = surface
        .items()
        .iter()
        .map(|item| (item.path.as_str(), item.kind, item.module.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("crate", Kind::Module, "crate"),
            ("crate::m", Kind::Module, "crate::m"),
            ("crate::m::S", Kind::Struct, "crate::m"),
            ("crate::m::S::f", Kind::Field, "crate::m"),
        ]
    );
}

#[test]
fn a_syntax_error_names_file_line_and_column() {
    let files = [
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "fn ok() {}\nfn 1bad() {}"),
    ];
    let message = list_sources("src/lib.rs", files).unwrap_err().to_string();
    assert!(
        message.starts_with("src/a.rs:2:4 does not parse: "),
        "{message}"
    );
}

#[test]
fn a_module_without_a_file_names_the_places_that_were_tried() {
    let message = list_sources("src/lib.rs", [("src/lib.rs", "pub mod gone;")])
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "src/lib.rs declares `mod gone;`, but there is no src/gone.rs or src/gone/mod.rs; \
         add the file or remove the declaration"
    );
}

#[test]
fn a_missing_root_is_refused() {
    let message = list_sources("src/lib.rs", [("src/main.rs", "")])
        .unwrap_err()
        .to_string();
    assert!(
        message.starts_with("src/lib.rs was not found; "),
        "{message}"
    );
}

#[test]
fn this_crate_lists_its_own_surface_from_the_disk() {
    let listing = api_surface::list(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
    let expected = "pub fn list(crate_dir: &Path) -> Result<String, SurfaceError>\n";
    assert!(listing.contains(expected), "{listing}");
    assert!(!listing.contains("visibility"), "{listing}");
}
