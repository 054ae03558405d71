//! Structs of the members that a schema names, and of those that it does not: what reads and writes them is here, once
//! for all of them.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::json::JsonObject;
use super::one_of;
use super::other_members::OtherMembers;

/// A struct of members. [`object!`](crate::object) implements it.
pub trait Object: Sized {
    /// Its name in Rust.
    const NAME: &'static str;
    /// The names of its members on the wire, in the order in which they are written.
    const MEMBERS: &'static [&'static str];
    /// Whether members of other names are kept; else they are refused.
    const IS_OPEN: bool;

    /// Reads it.
    ///
    /// # Errors
    /// Those of the map, and of its members.
    fn read<'de, A: MapAccess<'de>>(members: Members<A>) -> Result<Self, A::Error>;

    /// Writes its members.
    ///
    /// # Errors
    /// Those of the map.
    fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;
}

/// `Deserialize` of an object.
///
/// # Errors
/// Those of the deserializer, and of the members.
pub fn read<'de, T: Object, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_struct(T::NAME, T::MEMBERS, Read(PhantomData))
}

/// `Serialize` of an object.
///
/// # Errors
/// Those of the serializer.
pub fn write<T: Object, S: Serializer>(object: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    object.write(&mut map)?;
    map.end()
}

struct Read<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for Read<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "struct {}", T::NAME)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::read(Members {
            map,
            names: T::MEMBERS,
            is_open: T::IS_OPEN,
            others: OtherMembers::default(),
        })
    }
}

/// The members of an object that is read.
#[derive(Debug)]
pub struct Members<A> {
    map: A,
    names: &'static [&'static str],
    is_open: bool,
    /// Those that the schema does not name.
    pub others: OtherMembers,
}

impl<'de, A: MapAccess<'de>> Members<A> {
    /// Reads them: each into its place, which are in the order of the names.
    ///
    /// # Errors
    /// Those of the map, a member that is there twice, and one of another name where there may be none.
    pub fn read(&mut self, places: &mut [&mut dyn Place<'de, A>]) -> Result<(), A::Error> {
        let (names, mut next) = (self.names, 0);
        while let Some(name) = self.map.next_key_seed(Name { names, next })? {
            match name {
                Named::Listed(index) => {
                    let (Some(name), Some(place)) = (names.get(index), places.get_mut(index))
                    else {
                        continue;
                    };
                    match place.read(&mut self.map)? {
                        Came::Kept => {}
                        Came::AsNull if self.is_open => self.others.keep_null(name),
                        Came::AsNull => {}
                        Came::Again => return Err(de::Error::duplicate_field(name)),
                    }
                    next = index + 1;
                }
                Named::Other(name) if !self.is_open => {
                    return Err(de::Error::unknown_field(&name, names));
                }
                Named::Other(_) if OtherMembers::are_passed_over() => {
                    self.map.next_value::<IgnoredAny>()?;
                }
                Named::Other(name) => {
                    let text = self.map.next_value_seed(Text)?;
                    self.others.keep(name, text);
                }
            }
        }
        Ok(())
    }
}

enum Named {
    Listed(usize),
    Other(String),
}

/// Reads the name of a member.
struct Name {
    names: &'static [&'static str],
    /// Where it is looked for first: most writers keep an order.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Named;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Named, E> {
        let (before, after) = self.names.split_at(self.next);
        let place = |names: &[&str]| names.iter().position(|listed| *listed == name);
        let found = place(after).map(|place| self.next + place);
        let found = found.or_else(|| place(before));
        Ok(found.map_or_else(|| Named::Other(name.to_owned()), Named::Listed))
    }
}

/// Reads how a member is written.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        one_of::text_of(deserializer)
    }
}

/// Where a member goes that is read.
pub trait Place<'de, A: MapAccess<'de>> {
    /// Reads it, unless it is there already.
    ///
    /// # Errors
    /// Those of its type.
    fn read(&mut self, map: &mut A) -> Result<Came, A::Error>;
}

/// How a member came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It is in its place.
    Kept,
    /// It is a null, of which its place keeps nothing.
    AsNull,
    /// It has come before.
    Again,
}

/// The place of a member of which null is a value, or an error.
#[derive(Debug)]
pub struct Plain<T>(pub Option<T>);

/// The place of a member that may be null in place of its value.
#[derive(Debug)]
pub struct OrNull<T>(pub Option<Option<T>>);

impl<'de, T: Deserialize<'de>, A: MapAccess<'de>> Place<'de, A> for Plain<T> {
    fn read(&mut self, map: &mut A) -> Result<Came, A::Error> {
        if self.0.is_some() {
            return Ok(Came::Again);
        }
        self.0 = Some(map.next_value()?);
        Ok(Came::Kept)
    }
}

impl<'de, T: Deserialize<'de>, A: MapAccess<'de>> Place<'de, A> for OrNull<T> {
    fn read(&mut self, map: &mut A) -> Result<Came, A::Error> {
        if self.0.is_some() {
            return Ok(Came::Again);
        }
        let value = self.0.insert(map.next_value()?);
        Ok(if value.is_some() {
            Came::Kept
        } else {
            Came::AsNull
        })
    }
}

/// A member that has to be there.
///
/// # Errors
/// It is not.
pub fn required<T, E: de::Error>(place: Option<T>, name: &'static str) -> Result<T, E> {
    place.ok_or_else(|| E::missing_field(name))
}

/// A type that says whether a member is there.
pub trait MayBeAbsent {
    /// What the member is, where it is there.
    type Value;

    /// The member, of what was read.
    fn of(read: Option<Option<Self::Value>>) -> Self;

    /// The member, where it is there.
    fn value(&self) -> Option<&Self::Value>;
}

impl<T> MayBeAbsent for Option<T> {
    type Value = T;

    fn of(read: Option<Self>) -> Self {
        read.flatten()
    }

    fn value(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T> MayBeAbsent for Box<Option<T>> {
    type Value = T;

    fn of(read: Option<Option<T>>) -> Self {
        Self::new(read.flatten())
    }

    fn value(&self) -> Option<&T> {
        self.as_ref().as_ref()
    }
}

/// What is absent where it is empty.
macro_rules! absent_if_empty {
    ($([$($of:ident),*] $held:ty),* $(,)?) => {$(
        impl<$($of),*> MayBeAbsent for $held {
            type Value = Self;

            fn of(read: Option<Option<Self>>) -> Self {
                read.flatten().unwrap_or_default()
            }

            fn value(&self) -> Option<&Self> {
                (!self.is_empty()).then_some(self)
            }
        }
    )*};
}
absent_if_empty!([T] Vec<T>, [K, V] BTreeMap<K, V>, [] JsonObject);

/// A member that is written.
pub trait Written<M: SerializeMap> {
    /// Writes it, unless it is absent; says whether it is there.
    ///
    /// # Errors
    /// Those of the map.
    fn write(&self, name: &'static str, map: &mut M) -> Result<bool, M::Error>;
}

/// One that is always there.
#[derive(Debug)]
pub struct Always<'a, T>(pub &'a T);

/// One that may be absent.
#[derive(Debug)]
pub struct Sometimes<'a, T>(pub &'a T);

impl<T: Serialize, M: SerializeMap> Written<M> for Always<'_, T> {
    fn write(&self, name: &'static str, map: &mut M) -> Result<bool, M::Error> {
        map.serialize_entry(name, self.0)?;
        Ok(true)
    }
}

impl<T: MayBeAbsent<Value: Serialize>, M: SerializeMap> Written<M> for Sometimes<'_, T> {
    fn write(&self, name: &'static str, map: &mut M) -> Result<bool, M::Error> {
        let value = self.0.value();
        if let Some(value) = value {
            map.serialize_entry(name, value)?;
        }
        Ok(value.is_some())
    }
}

/// Writes members, which are in the order of their names.
///
/// # Errors
/// Those of the map.
pub fn write_all<M: SerializeMap>(
    map: &mut M,
    names: &'static [&'static str],
    members: &[&dyn Written<M>],
    others: Others<'_>,
) -> Result<(), M::Error> {
    for (name, member) in names.iter().copied().zip(members) {
        if !member.write(name, map)?
            && others
                .0
                .is_some_and(|others| others.is_written_as_null(name))
        {
            map.serialize_entry(name, &())?;
        }
    }
    match others {
        Others(Some(others), said) => others.write(said, map),
        Others(None, _) => Ok(()),
    }
}

/// The members beside those that are listed, and whether the document says that there may be some.
#[derive(Debug)]
pub struct Others<'a>(pub Option<&'a OtherMembers>, pub bool);

/// Implements `Deserialize` and `Serialize` for a struct.
///
/// Members are listed by their names in Rust, in the order in which they are written; `=` says another one of the wire.
/// A member may be left out, or null in its place, unless it is
/// - `required`: it has to be there;
/// - `nullable`: its type tells a null from a member that is not there;
/// - `required nullable`: it has to be there, and is `None` where it is null.
///
/// The field for members of other names stands after the list. With `documented`, the document says of the object that
/// it may have some, which tells it from others in a union; without the field, they are refused.
///
/// ```
/// use provider_runtime::{Amount, Nullable, OtherMembers};
///
/// struct Refund {
///     id: String,
///     amount: Option<Amount>,
///     note: Option<Nullable<String>>,
///     other_members: OtherMembers,
/// }
/// provider_runtime::object!(
///     Refund { id = "refundId" required, amount, note nullable }, other_members
/// );
///
/// let text = r#"{"refundId":"rfd_1","note":null,"fee":0.10}"#;
/// let refund: Refund = serde_json::from_str(text)?;
/// assert_eq!((refund.id.as_str(), refund.note.as_ref()), ("rfd_1", Some(&Nullable::Null)));
/// assert_eq!(refund.other_members.text("fee"), Some("0.10"));
/// assert_eq!(serde_json::to_string(&refund)?, text);
/// assert!(serde_json::from_str::<Refund>("{}").is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! object {
    (
        $name:ident { $($member:ident $(= $wire:literal)? $($kind:ident)*),* $(,)? }
        $(, $others:ident $($said:ident)?)?
    ) => {
        impl $crate::object::Object for $name {
            const NAME: &'static str = ::std::stringify!($name);
            const MEMBERS: &'static [&'static str] = &[$($crate::object!(@wire $member $($wire)?)),*];
            const IS_OPEN: bool = $crate::object!(@is_open $($others)?);

            #[allow(unused_mut)]
            fn read<'de, A: ::serde::de::MapAccess<'de>>(
                mut members: $crate::object::Members<A>,
            ) -> ::std::result::Result<Self, A::Error> {
                $(let mut $member = $crate::object!(@place $($kind)*);)*
                members.read(&mut [$(&mut $member),*])?;
                ::std::result::Result::Ok(Self {
                    $($member: $crate::object!(
                        @made $member.0, $crate::object!(@wire $member $($wire)?), $($kind)*
                    ),)*
                    $($others: members.others,)?
                })
            }

            fn write<M: ::serde::ser::SerializeMap>(
                &self,
                map: &mut M,
            ) -> ::std::result::Result<(), M::Error> {
                $crate::object::write_all(
                    map,
                    Self::MEMBERS,
                    &[$($crate::object!(@written &self.$member, $($kind)*)),*],
                    $crate::object!(@others $(&self.$others, $($said)?)?),
                )
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                $crate::object::read(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::object::write(self, serializer)
            }
        }
    };
    (@wire $member:ident) => { ::std::stringify!($member) };
    (@wire $member:ident $wire:literal) => { $wire };
    (@is_open) => { false };
    (@is_open $others:ident) => { true };
    (@place) => { $crate::object::OrNull(::std::option::Option::None) };
    (@place required nullable) => { $crate::object::OrNull(::std::option::Option::None) };
    (@place $kind:ident) => { $crate::object::Plain(::std::option::Option::None) };
    (@made $place:expr, $wire:expr,) => { $crate::object::MayBeAbsent::of($place) };
    (@made $place:expr, $wire:expr, nullable) => { $place };
    (@made $place:expr, $wire:expr, required $($nullable:ident)?) => { $crate::object::required($place, $wire)? };
    (@written $member:expr, required $($nullable:ident)?) => { &$crate::object::Always($member) };
    (@written $member:expr, $($nullable:ident)?) => { &$crate::object::Sometimes($member) };
    (@others) => { $crate::object::Others(::std::option::Option::None, false) };
    (@others $others:expr,) => { $crate::object::Others(::std::option::Option::Some($others), false) };
    (@others $others:expr, documented) => { $crate::object::Others(::std::option::Option::Some($others), true) };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Nullable;

    #[derive(Debug, PartialEq)]
    struct Refund {
        id: String,
        kind: Option<String>,
        note: Option<Nullable<String>>,
        payer: Option<String>,
        parent: Box<Option<u8>>,
        links: BTreeMap<String, String>,
        others: OtherMembers,
    }
    crate::object!(
        Refund { id required, kind = "type", note nullable, payer required nullable, parent, links },
        others
    );

    #[derive(Debug, PartialEq)]
    struct Closed {
        id: String,
        kind: Option<String>,
    }
    crate::object!(Closed { id required, kind = "type" });

    fn told<T: for<'a> Deserialize<'a> + fmt::Debug>(text: &str) -> String {
        serde_json::from_str::<T>(text).unwrap_err().to_string()
    }

    #[test]
    fn a_member_is_written_as_it_came_and_in_its_place() {
        for text in [
            r#"{"id":"r","payer":null}"#,
            r#"{"id":"r","type":null,"note":null,"payer":"ann","parent":null,"links":null,"new":[1.0]}"#,
            r#"{"id":"r","type":"full","note":"late","payer":null,"parent":7,"links":{"self":"/r"}}"#,
        ] {
            let refund: Refund = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&refund).unwrap(), text);
        }
    }

    #[test]
    fn what_is_absent_is_told_from_null_where_the_type_does() {
        let refund = |text: &str| serde_json::from_str::<Refund>(text).unwrap();
        let absent = refund(r#"{"id":"r","payer":null}"#);
        assert_eq!((&absent.note, &absent.payer), (&None, &None));
        assert!(absent.others.came_as_null("payer"));
        let null = refund(r#"{"id":"r","note":null,"payer":"ann"}"#);
        assert_eq!(null.note, Some(Nullable::Null));
        assert!(!null.others.came_as_null("note"));
        // One that has to be there is null also where no null came.
        let made = Refund {
            payer: None,
            ..null
        };
        let text = r#"{"id":"r","note":null,"payer":null}"#;
        assert_eq!(serde_json::to_string(&made).unwrap(), text);
    }

    #[test]
    fn a_member_that_is_missing_twice_there_or_of_no_name_is_an_error() {
        let wrong = [
            (told::<Refund>(r#"{"id":"r"}"#), "missing field `payer`"),
            (
                told::<Refund>(r#"{"id":null,"payer":"a"}"#),
                "invalid type: null",
            ),
            (
                told::<Closed>(r#"{"type":"a","id":"r","type":"b"}"#),
                "duplicate field `type`",
            ),
            (
                told::<Closed>(r#"{"id":"r","id":"s"}"#),
                "duplicate field `id`",
            ),
            (
                told::<Closed>(r#"{"id":"r","new":1}"#),
                "unknown field `new`",
            ),
            (
                told::<Closed>(r#"["r"]"#),
                "invalid type: sequence, expected struct Closed",
            ),
        ];
        for (told, begins) in wrong {
            assert!(told.starts_with(begins), "{told}");
        }
        let closed: Closed = serde_json::from_str(r#"{"id":"r","type":null}"#).unwrap();
        assert_eq!(serde_json::to_string(&closed).unwrap(), r#"{"id":"r"}"#);
    }
}
