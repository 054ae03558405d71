//! Reads the fields of a struct, and what is beside them.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::nulls::Noticing;
use super::{OtherMembers, PASSED_OVER};
use crate::wire::one_of;

/// Reads how a member is written.
struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        one_of::text_of(deserializer)
    }
}

/// Reads the fields of a struct as serde derives it, and keeps the members that it would pass over. For
/// [`keeps_other_members`](crate::keeps_other_members).
#[derive(Debug)]
pub struct Keeping<'a, D> {
    inner: D,
    others: &'a mut OtherMembers,
}

impl<'a, D> Keeping<'a, D> {
    /// Reads from `inner`, and adds to `others`.
    pub fn new(inner: D, others: &'a mut OtherMembers) -> Self {
        Self { inner, others }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Keeping<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let others = self.others;
        let members = Members {
            fields,
            others,
            of: visitor,
        };
        self.inner.deserialize_struct(name, fields, members)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Visits an object, or hands out its members, or the name of one, and keeps what is not among the fields.
struct Members<'a, T> {
    fields: &'static [&'static str],
    others: &'a mut OtherMembers,
    of: T,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Members<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.of.visit_map(Kept {
            fields: self.fields,
            others: self.others,
            of: map,
            name: None,
            field: None,
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<V::Value, A::Error> {
        Err(de::Error::invalid_type(de::Unexpected::Seq, &self))
    }
}

struct Kept<'a, A> {
    fields: &'static [&'static str],
    others: &'a mut OtherMembers,
    of: A,
    /// The name that was read last, if it is not among the fields.
    name: Option<String>,
    /// The field that it is else.
    field: Option<&'static str>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Kept<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        self.of.next_key_seed(Named {
            fields: self.fields,
            name: &mut self.name,
            field: &mut self.field,
            of: seed,
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        let Some(name) = self.name.take() else {
            let mut is_null = false;
            let noticing = Noticing {
                is_null: &mut is_null,
                of: seed,
            };
            let value = self.of.next_value_seed(noticing)?;
            if let Some(field) = self.field.filter(|_| is_null) {
                self.others.keep_null(field);
            }
            return Ok(value);
        };
        let text = self.of.next_value_seed(Text)?;
        self.others.keep(name, text);
        seed.deserialize(de::value::UnitDeserializer::new())
    }

    fn size_hint(&self) -> Option<usize> {
        self.of.size_hint()
    }
}

/// Reads the name of a member, and remembers it if it is not among the fields.
struct Named<'a, T> {
    fields: &'static [&'static str],
    name: &'a mut Option<String>,
    field: &'a mut Option<&'static str>,
    of: T,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Named<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<K::Value, D::Error> {
        self.of.deserialize(Named {
            fields: self.fields,
            name: self.name,
            field: self.field,
            of: deserializer,
        })
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Named<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.of.deserialize_identifier(Named {
            fields: self.fields,
            name: self.name,
            field: self.field,
            of: visitor,
        })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Named<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.of.expecting(f)
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<V::Value, E> {
        *self.field = self.fields.iter().copied().find(|field| *field == name);
        if self.field.is_none() && !PASSED_OVER.get() {
            *self.name = Some(name.to_owned());
        }
        self.of.visit_str(name)
    }
}
