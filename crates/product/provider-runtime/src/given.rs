//! A value that a caller may give for a parameter or a member of a body.

use std::fmt;

/// A value that a caller has given, has not given, or has given in a form that the document does not allow.
///
/// Builders hold one for each parameter and member, so that giving a value cannot fail: what is wrong is told by the
/// call, before anything is sent.
#[derive(Clone)]
pub struct Given<T>(State<T>);

#[derive(Clone)]
enum State<T> {
    Missing,
    Value(T),
    Refused(String),
}

impl<T> Default for Given<T> {
    fn default() -> Self {
        Self(State::Missing)
    }
}

impl<T> Given<T> {
    /// This value.
    pub fn value(value: impl Into<T>) -> Self {
        Self(State::Value(value.into()))
    }

    /// This value, if the document allows it.
    pub fn checked<V>(value: V) -> Self
    where
        V: TryInto<T>,
        V::Error: fmt::Display,
    {
        Self(match value.try_into() {
            Ok(value) => State::Value(value),
            Err(error) => State::Refused(error.to_string()),
        })
    }

    /// The same for a value without which nothing can be sent.
    #[must_use]
    pub fn required(self) -> Self {
        match self.0 {
            State::Missing => Self(State::Refused(
                "it is required, and was not given".to_owned(),
            )),
            given => Self(given),
        }
    }

    /// The same, where nothing that was given is what the type begins as.
    #[must_use]
    pub fn or_default(self) -> Self
    where
        T: Default,
    {
        match self.0 {
            State::Missing => Self(State::Value(T::default())),
            given => Self(given),
        }
    }

    /// What is made of the value, if there is one and it can be made.
    pub fn built<U>(self) -> Given<U>
    where
        T: TryInto<U>,
        T::Error: fmt::Display,
    {
        match self.0 {
            State::Missing => Given(State::Missing),
            State::Value(value) => Given::checked(value),
            State::Refused(reason) => Given(State::Refused(reason)),
        }
    }

    /// The same with a value that is changed; one that was not given begins as its type does.
    #[must_use]
    pub fn map(self, change: impl FnOnce(T) -> T) -> Self
    where
        T: Default,
    {
        Self(match self.0 {
            State::Missing => State::Value(change(T::default())),
            State::Value(value) => State::Value(change(value)),
            refused @ State::Refused(_) => refused,
        })
    }

    #[cfg(feature = "client")]
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.0, State::Missing)
    }

    /// The value, if one was given.
    ///
    /// # Errors
    /// Why the value of `name` is refused.
    pub fn optional(self, name: &str) -> Result<Option<T>, String> {
        match self.0 {
            State::Missing => Ok(None),
            State::Value(value) => Ok(Some(value)),
            State::Refused(reason) => Err(format!("{name}: {reason}")),
        }
    }

    /// The value, without which nothing can be made.
    ///
    /// # Errors
    /// Why the value of `name` is refused, or that there is none.
    pub fn needed(self, name: &str) -> Result<T, String> {
        match self.0 {
            State::Value(value) => Ok(value),
            State::Missing => Err(format!("{name}: it is required, and was not given")),
            State::Refused(reason) => Err(format!("{name}: {reason}")),
        }
    }
}

impl<T> From<T> for Given<T> {
    fn from(value: T) -> Self {
        Self(State::Value(value))
    }
}

impl<T> From<Option<T>> for Given<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::default, Self::from)
    }
}

/// How a type holds what is given for one of its members.
#[doc(hidden)]
pub trait Member<T>: Sized {
    /// The member, of what was given for it.
    ///
    /// # Errors
    /// Why the value of `name` is refused, or that there is none.
    fn made(given: Given<T>, name: &str) -> Result<Self, String>;

    /// What is given where the member is this.
    fn given(self) -> Given<T>;
}

macro_rules! held {
    ($($held:ty: $made:ident, |$value:ident| $put_in:expr, $taken_out:expr);* $(;)?) => {
        $(impl<T> Member<T> for $held {
            fn made(given: Given<T>, name: &str) -> Result<Self, String> {
                given.$made(name).map(|$value| $put_in)
            }

            fn given(self) -> Given<T> {
                let $value = self;
                $taken_out.into()
            }
        })*
    };
}

held! {
    T: needed, |value| value, value;
    Box<T>: needed, |value| Box::new(value), *value;
    Option<T>: optional, |value| value, value;
    Option<Box<T>>: optional, |value| value.map(Box::new), value.map(|value| *value);
    Box<Option<T>>: optional, |value| Box::new(value), *value;
}

/// Implements what a builder and the type that it makes, which has its name in the module above, are to each other: the
/// conversions, `builder`, and the function that gives a member which no schema names.
///
/// Members are listed by their names in Rust; `=` says another one of the wire, `or` what a member is that was not given.
///
/// ```
/// mod types {
///     use provider_runtime::OtherMembers;
///
///     #[derive(Debug, PartialEq)]
///     pub struct Order {
///         pub amount: i64,
///         pub type_: Option<Box<String>>,
///         pub copies: u8,
///         pub other_members: OtherMembers,
///     }
///
///     pub mod builder {
///         use provider_runtime::{Given, OtherMembers};
///
///         #[derive(Default)]
///         pub struct Order {
///             pub amount: Given<i64>,
///             pub type_: Given<String>,
///             pub copies: Given<u8>,
///             pub other_members: OtherMembers,
///         }
///         provider_runtime::builds!(Order { amount, type_ = "type", copies or 1 }, other_member, other_members);
///     }
/// }
/// use provider_runtime::Given;
/// use types::{Order, builder};
///
/// let mut begun = Order::builder();
/// begun.type_ = Given::checked("card");
/// let told = Order::try_from(begun).unwrap_err().to_string();
/// assert_eq!(told, "amount: it is required, and was not given");
///
/// let mut begun = Order::builder().other_member("payer", "ann");
/// begun.amount = Given::value(500);
/// let order = Order::try_from(begun)?;
/// assert_eq!((order.amount, order.copies), (500, 1));
/// assert_eq!(Order::try_from(builder::Order::from(order))?.other_members.len(), 1);
/// # Ok::<(), provider_runtime::ConversionError>(())
/// ```
#[macro_export]
macro_rules! builds {
    (
        $name:ident { $($member:ident $(= $wire:literal)? $(or $missing:expr)?),* }
        $(, $one:ident, $others:ident)?
    ) => {
        impl super::$name {
            /// Begins one of which nothing is given.
            pub fn builder() -> $name {
                ::std::default::Default::default()
            }
        }

        $(impl $name {
            /// A member that the document does not name.
            pub fn $one(
                mut self,
                name: impl ::std::convert::Into<::std::string::String>,
                value: impl ::std::convert::Into<$crate::Json>,
            ) -> Self {
                self.$others.insert(name, value);
                self
            }
        })?

        impl ::std::convert::TryFrom<$name> for super::$name {
            type Error = $crate::ConversionError;

            fn try_from(given: $name) -> ::std::result::Result<Self, Self::Error> {
                const LISTED: &[&str] = &[$($crate::builds!(@wire $member $($wire)?)),*];
                ::std::result::Result::Ok(Self {
                    $($member: $crate::builds!(
                        @made given.$member, $crate::builds!(@wire $member $($wire)?) $(, $missing)?
                    ),)*
                    $($others: given.$others.beside(LISTED)?,)?
                })
            }
        }

        impl ::std::convert::From<super::$name> for $name {
            fn from(value: super::$name) -> Self {
                Self {
                    $($member: $crate::Member::given(value.$member),)*
                    $($others: value.$others,)?
                }
            }
        }
    };
    (@wire $member:ident) => { ::std::stringify!($member) };
    (@wire $member:ident $wire:literal) => { $wire };
    (@made $given:expr, $wire:expr) => { $crate::Member::made($given, $wire)? };
    (@made $given:expr, $wire:expr, $missing:expr) => { $given.optional($wire)?.unwrap_or_else(|| $missing) };
}

/// Tells whether there is a value, and not which.
impl<T> fmt::Debug for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            State::Missing => "missing",
            State::Value(_) => "given",
            State::Refused(_) => "refused",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_given_is_missing_only_where_it_is_needed() {
        let none = Given::<String>::default;
        assert_eq!(none().optional("note"), Ok(None));
        assert_eq!(
            none().needed("email").unwrap_err(),
            "email: it is required, and was not given"
        );
        assert!(none().required().optional("id").is_err());
        assert_eq!(
            Given::<String>::value("a").required().optional("id"),
            Ok(Some("a".to_owned()))
        );
    }

    #[test]
    fn a_value_that_cannot_be_is_refused_with_its_name_and_reason() {
        let given = Given::<u8>::checked(300_i32);
        let reason = given.clone().optional("count").unwrap_err();
        assert!(reason.starts_with("count: out of range"), "{reason}");
        assert!(given.map(|_| 1).needed("count").is_err());
    }

    #[test]
    fn a_change_begins_with_what_was_given_or_with_nothing() {
        let longer = |text: String| text + "b";
        assert_eq!(
            Given::<String>::default().map(longer).needed(""),
            Ok("b".to_owned())
        );
        assert_eq!(
            Given::<String>::value("a").map(longer).needed(""),
            Ok("ab".to_owned())
        );
    }

    #[test]
    fn no_value_is_shown() {
        assert_eq!(format!("{:?}", Given::<String>::value("secret")), "given");
        assert_eq!(format!("{:?}", Given::<u8>::checked(300_i32)), "refused");
    }
}
