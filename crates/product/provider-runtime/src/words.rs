//! Enumerations of words.

/// Implements what makes an enum of its words on the wire, and gives them: `Display`, `FromStr` and `TryFrom` of
/// texts. Another text is a [`ConversionError`](crate::ConversionError).
///
/// ```
/// #[derive(Debug, PartialEq)]
/// enum Status {
///     Pending,
///     InReview,
/// }
/// provider_runtime::words!(Status { Pending = "pending", InReview = "in_review" });
///
/// assert_eq!("in_review".parse(), Ok(Status::InReview));
/// assert_eq!(Status::Pending.to_string(), "pending");
/// assert!(Status::try_from("Pending").is_err());
/// ```
#[macro_export]
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(match self {
                    $(Self::$variant => $word,)+
                })
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::ConversionError;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::ConversionError> {
                match text {
                    $($word => ::std::result::Result::Ok(Self::$variant),)+
                    _ => ::std::result::Result::Err("none of the documented words".into()),
                }
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
    };
}
