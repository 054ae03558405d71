//! What stands under the keys of an object, as far as it is of the kind that is asked for.

use std::borrow::Cow;
use std::iter::Flatten;
use std::option;

use openapi_model::reference;
use serde_json::{Map, Value};

/// The members of an object, if there is one.
type Members<'a> = Flatten<option::IntoIter<&'a Map<String, Value>>>;

/// An object, or a value that may be one.
pub(crate) trait Keyed {
    fn under(&self, key: &str) -> Option<&Value>;

    fn under_mut(&mut self, key: &str) -> Option<&mut Value>;

    fn text(&self, key: &str) -> Option<&str> {
        self.under(key)?.as_str()
    }

    fn is_true(&self, key: &str) -> bool {
        self.under(key) == Some(&Value::Bool(true))
    }

    /// The entries of the list under `key`.
    fn list(&self, key: &str) -> &[Value] {
        let list = self.under(key).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    fn object(&self, key: &str) -> Option<&Map<String, Value>> {
        self.under(key)?.as_object()
    }

    fn object_mut(&mut self, key: &str) -> Option<&mut Map<String, Value>> {
        self.under_mut(key)?.as_object_mut()
    }

    /// The members of the object under `key`.
    fn members(&self, key: &str) -> Members<'_> {
        self.object(key).into_iter().flatten()
    }

    /// Whether a schema requires the member `name`.
    fn requires(&self, name: &str) -> bool {
        self.list("required").iter().any(|one| one == name)
    }

    /// The names that a schema requires.
    fn required<'a>(&'a self) -> impl Iterator<Item = &'a str>
    where
        Self: 'a,
    {
        self.list("required").iter().filter_map(Value::as_str)
    }

    /// The alternatives of a schema.
    fn union(&self) -> Option<&[Value]> {
        let union = self.under("oneOf").or_else(|| self.under("anyOf"));
        Some(union?.as_array()?.as_slice())
    }

    /// The part that a schema is made of, if it is one.
    fn only_part(&self) -> Option<&Value> {
        match self.list("allOf") {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The named schema that is referred to.
    fn referred(&self) -> Option<String> {
        reference::schema_name(self.text("$ref")?).map(Cow::into_owned)
    }

    /// The named schema that is referred to, or of which alone a schema is made.
    fn stands_for(&self) -> Option<String> {
        self.referred().or_else(|| self.only_part()?.referred())
    }
}

macro_rules! keyed {
    ($($kind:ty),*) => {
        $(impl Keyed for $kind {
            fn under(&self, key: &str) -> Option<&Value> {
                self.get(key)
            }

            fn under_mut(&mut self, key: &str) -> Option<&mut Value> {
                self.get_mut(key)
            }
        })*
    };
}

keyed!(Map<String, Value>, Value);
