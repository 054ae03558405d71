//! Types that hold one value: a name for a list, a map or a text.

use crate::ConversionError;

/// Implements the ways into and out of a type that holds one value of another: `Deref`, and `From` both ways.
///
/// ```
/// struct Codes(Vec<u8>);
/// provider_runtime::holds!(Codes, Vec<u8>);
///
/// assert_eq!(Codes::from(vec![7]).len(), 1);
/// ```
#[macro_export]
macro_rules! holds {
    ($name:ident, $held:ty) => {
        impl ::std::ops::Deref for $name {
            type Target = $held;

            fn deref(&self) -> &$held {
                &self.0
            }
        }

        impl ::std::convert::From<$name> for $held {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::std::convert::From<$held> for $name {
            fn from(value: $held) -> Self {
                Self(value)
            }
        }
    };
}

/// Implements the ways into and out of a type that holds any text: those of [`holds!`](crate::holds), `Display` and
/// `FromStr`.
///
/// ```
/// struct Note(String);
/// provider_runtime::holds_text!(Note);
///
/// let note: Note = "late".parse().unwrap();
/// assert_eq!((note.len(), note.to_string()), (4, "late".to_owned()));
/// ```
#[macro_export]
macro_rules! holds_text {
    ($name:ident) => {
        $crate::holds!($name, ::std::string::String);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, ::std::convert::Infallible> {
                ::std::result::Result::Ok(Self(text.to_owned()))
            }
        }
    };
}

/// Implements the ways into and out of a type that holds a text of so many characters, or of a pattern: what does not
/// keep the limits is a [`ConversionError`], wherever it comes from.
///
/// A pattern is one of ECMAScript with the flag `u`, as JSON Schema has them (Core, 6.4), and needs the crate
/// `regress` in the crate that uses it; one that cannot be built refuses nothing.
///
/// ```
/// struct Key(String);
/// provider_runtime::limited_text!(Key, min 1, max 255);
///
/// assert_eq!(Key::try_from("k").map(|key| key.len()), Ok(1));
/// assert!("".parse::<Key>().is_err());
/// ```
#[macro_export]
macro_rules! limited_text {
    ($name:ident $(, min $min:literal)? $(, max $max:literal)? $(, pattern $pattern:literal)?) => {
        impl ::std::ops::Deref for $name {
            type Target = ::std::string::String;

            fn deref(&self) -> &::std::string::String {
                &self.0
            }
        }

        impl ::std::convert::From<$name> for ::std::string::String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ConversionError;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::ConversionError> {
                $($crate::at_least(text, $min)?;)?
                $($crate::at_most(text, $max)?;)?
                $({
                    static PATTERN: ::std::sync::LazyLock<::std::option::Option<::regress::Regex>> =
                        ::std::sync::LazyLock::new(|| {
                            ::regress::Regex::with_flags($pattern, "u").ok()
                        });
                    if PATTERN.as_ref().is_some_and(|pattern| pattern.find(text).is_none()) {
                        return ::std::result::Result::Err(
                            ::std::concat!("does not match the pattern ", $pattern).into(),
                        );
                    }
                })?
                ::std::result::Result::Ok(Self(text.to_owned()))
            }
        }

        impl ::std::convert::TryFrom<&str> for $name {
            type Error = $crate::ConversionError;

            fn try_from(text: &str) -> ::std::result::Result<Self, $crate::ConversionError> {
                text.parse()
            }
        }

        impl ::std::convert::TryFrom<::std::string::String> for $name {
            type Error = $crate::ConversionError;

            fn try_from(text: ::std::string::String) -> ::std::result::Result<Self, $crate::ConversionError> {
                text.parse()
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::string::String as ::serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(<D::Error as ::serde::de::Error>::custom)
            }
        }
    };
}

/// What [`limited_text!`](crate::limited_text) asks: characters are counted as JSON Schema counts them, by code points.
///
/// # Errors
///
/// The text is longer.
#[doc(hidden)]
pub fn at_most(text: &str, max: usize) -> Result<(), ConversionError> {
    if text.chars().count() > max {
        return Err(format!("longer than {max} characters").into());
    }
    Ok(())
}

/// The same for a text that is too short.
///
/// # Errors
///
/// The text is shorter.
#[doc(hidden)]
pub fn at_least(text: &str, min: usize) -> Result<(), ConversionError> {
    if text.chars().count() < min {
        return Err(format!("shorter than {min} characters").into());
    }
    Ok(())
}
