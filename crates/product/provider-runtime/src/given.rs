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
