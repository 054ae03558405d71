//! Enumerations of bodies.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::{self, DeserializeSeed, EnumAccess, VariantAccess, Visitor};

/// An enumeration of bodies. [`by_status!`](crate::by_status) implements it.
pub trait Bodies: Sized {
    /// Its name in Rust.
    const NAME: &'static str;
    /// The names of its variants.
    const VARIANTS: &'static [&'static str];

    /// Reads a variant.
    ///
    /// # Errors
    /// Those of its body.
    fn read<'de, A: VariantAccess<'de>>(variant: &'static str, body: A) -> Result<Self, A::Error>;
}

/// Reads the variant that the deserializer chooses.
///
/// # Errors
/// Those of the deserializer, and of the body.
pub fn read<'de, T: Bodies, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_enum(T::NAME, T::VARIANTS, Body(PhantomData))
}

struct Body<T>(PhantomData<T>);

impl<'de, T: Bodies> Visitor<'de> for Body<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "enum {}", T::NAME)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<T, A::Error> {
        let (variant, body) = access.variant_seed(Variant(T::VARIANTS))?;
        T::read(variant, body)
    }
}

/// Reads the name of a variant.
struct Variant(&'static [&'static str]);

impl<'de> DeserializeSeed<'de> for Variant {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Variant {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a variant")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<&'static str, E> {
        let found = self.0.iter().copied().find(|variant| *variant == name);
        found.ok_or_else(|| E::unknown_variant(name, self.0))
    }
}

/// Implements what makes an enumeration of its bodies, and what reads and writes it.
///
/// ```
/// use provider_runtime::{Amount, ByStatus, decode_with_status};
///
/// #[derive(Debug, PartialEq)]
/// enum Answer {
///     Status200(Amount),
///     Status202Or203(String),
/// }
/// provider_runtime::by_status!(Answer { Status200(Amount), Status202Or203(String) });
///
/// let answer: ByStatus<Answer> = decode_with_status(202, br#""later""#)?;
/// assert_eq!(*answer, Answer::from("later".to_owned()));
/// assert_eq!(serde_json::to_string(&answer)?, r#""later""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! by_status {
    ($name:ident { $($variant:ident($body:ty)),+ $(,)? }) => {
        $(impl ::std::convert::From<$body> for $name {
            fn from(body: $body) -> Self {
                Self::$variant(body)
            }
        })+

        impl $crate::by_status::Bodies for $name {
            const NAME: &'static str = ::std::stringify!($name);
            const VARIANTS: &'static [&'static str] = &[$(::std::stringify!($variant)),+];

            fn read<'de, A: ::serde::de::VariantAccess<'de>>(
                variant: &'static str,
                body: A,
            ) -> ::std::result::Result<Self, A::Error> {
                match variant {
                    $(::std::stringify!($variant) => body.newtype_variant().map(Self::$variant),)+
                    _ => ::std::result::Result::Err(::serde::de::Error::unknown_variant(variant, Self::VARIANTS)),
                }
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::std::result::Result<Self, D::Error> {
                $crate::by_status::read(deserializer)
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                match self {
                    $(Self::$variant(body) => serializer.serialize_newtype_variant(
                        ::std::stringify!($name), 0, ::std::stringify!($variant), body,
                    ),)+
                }
            }
        }
    };
}
