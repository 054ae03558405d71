//! A deserializer that knows the status of the answer.

use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, EnumAccess, IntoDeserializer, VariantAccess,
        Visitor,
    },
};
use serde_json::Value;

use super::NEWTYPE_NAME;
use crate::wire::{other_members, whole_numbers};

/// Begins the error for a status that no variant names.
pub(crate) const NO_BODY_FOR_STATUS: &str = "no body is documented for status ";

/// Decodes a JSON body, giving every [`ByStatus`](super::ByStatus) the status to choose by.
///
/// # Errors
/// The body is no JSON, has something after it, or does not fit the type (for a `ByStatus`: the type
/// documented for this status).
pub fn decode_with_status<T: DeserializeOwned>(
    status: u16,
    body: &[u8],
) -> Result<T, serde_json::Error> {
    let body = without_mark(body);
    let read = |text: &str| {
        whole_numbers::read(text, |text| {
            let mut json = serde_json::Deserializer::from_str(text);
            let value = T::deserialize(StatusDeserializer {
                status,
                inner: &mut json,
            })?;
            json.end()?;
            Ok(value)
        })
    };
    // A text is checked once, and not again part by part.
    match std::str::from_utf8(body) {
        Ok(text) => read(text),
        Err(_) => other_members::passed_over(|| read(&with_halves(body))).map_err(|error| {
            let of_body = serde_json::from_slice::<Value>(body).err();
            of_body.filter(|_| error.is_syntax()).unwrap_or(error)
        }),
    }
}

/// `body` with half of a character, as JSON escapes it, for each of its bytes that is no UTF-8: neither can be read, and
/// both can be passed over.
fn with_halves(body: &[u8]) -> String {
    let mut text = String::with_capacity(body.len() + 64);
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        let escaping = text.len() - text.trim_end_matches('\\').len();
        if escaping % 2 == 1 && !chunk.invalid().is_empty() {
            // What begins an escape is to begin none of ours.
            text.push('\0');
        }
        text.extend(chunk.invalid().iter().map(|_| r"\udc80"));
    }
    text
}

/// Without the byte order mark, which a reader of JSON may pass over (RFC 8259, 8.1).
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body)
}

struct StatusDeserializer<D> {
    status: u16,
    inner: D,
}

macro_rules! forward {
    ($($method:ident),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for StatusDeserializer<D> {
    type Error = D::Error;

    forward!(
        deserialize_any,
        deserialize_bool,
        deserialize_i8,
        deserialize_i16,
        deserialize_i32,
        deserialize_i64,
        deserialize_i128,
        deserialize_u8,
        deserialize_u16,
        deserialize_u32,
        deserialize_u64,
        deserialize_u128,
        deserialize_f32,
        deserialize_f64,
        deserialize_char,
        deserialize_str,
        deserialize_string,
        deserialize_bytes,
        deserialize_byte_buf,
        deserialize_option,
        deserialize_unit,
        deserialize_seq,
        deserialize_map,
        deserialize_identifier,
        deserialize_ignored_any
    );

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if name == NEWTYPE_NAME {
            visitor.visit_newtype_struct(VariantOfStatus {
                status: self.status,
                inner: self.inner,
            })
        } else if name.starts_with('$') {
            // A private protocol between a type and its deserializer, such as serde_json's raw values.
            self.inner.deserialize_newtype_struct(name, visitor)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple(len, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_tuple_struct(name, len, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.inner.deserialize_enum(name, variants, visitor)
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// Hands out the enumeration whose variant is chosen by the status and whose content is the body.
struct VariantOfStatus<D> {
    status: u16,
    inner: D,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for VariantOfStatus<D> {
    type Error = D::Error;

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        match variant_for(self.status, variants) {
            Some(variant) => visitor.visit_enum(Chosen {
                variant,
                content: self.inner,
            }),
            None => Err(de::Error::custom(format_args!(
                "{NO_BODY_FOR_STATUS}{}, only for {}",
                self.status,
                variants.join(", ")
            ))),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, D::Error> {
        Err(de::Error::custom(
            "only an externally tagged enumeration can be chosen by status",
        ))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Chosen<D> {
    variant: &'static str,
    content: D,
}

impl<'de, D: Deserializer<'de>> EnumAccess<'de> for Chosen<D> {
    type Error = D::Error;
    type Variant = Content<D>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<D>), D::Error> {
        let variant = seed.deserialize(self.variant.into_deserializer())?;
        Ok((variant, Content(self.content)))
    }
}

struct Content<D>(D);

impl<'de, D: Deserializer<'de>> VariantAccess<'de> for Content<D> {
    type Error = D::Error;

    fn unit_variant(self) -> Result<(), D::Error> {
        self.0
            .deserialize_ignored_any(de::IgnoredAny)
            .map(|de::IgnoredAny| ())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, D::Error> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        self.0.deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct("body", fields, visitor)
    }
}

/// How closely a part of a variant's name (`400`, `4xx`) describes a status.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Rest,
    Range,
    Exact,
}

fn variant_for(status: u16, variants: &'static [&'static str]) -> Option<&'static str> {
    let mut best: Option<(Fit, &'static str)> = None;
    for variant in variants.iter().copied() {
        let Some(fit) = fit_of(status, variant) else {
            continue;
        };
        if best.as_ref().is_none_or(|(known, _)| fit > *known) {
            best = Some((fit, variant));
        }
    }
    best.map(|(_, variant)| variant)
}

fn fit_of(status: u16, variant: &str) -> Option<Fit> {
    if variant == "Other" {
        return Some(Fit::Rest);
    }
    let names = variant.strip_prefix("Status")?;
    let is = |digit: u8, value: u16| u16::from(digit) == u16::from(b'0') + value;
    // `400Or4xx`: names of three letters, and two between them.
    let fits = names.as_bytes().chunks(5).filter_map(|name| match *name {
        [first, ..] if !is(first, status / 100) => None,
        [_, b'x', b'x', ..] | [_, b'X', b'X', ..] => Some(Fit::Range),
        [_, second, third, ..] if is(second, status / 10 % 10) && is(third, status % 10) => {
            Some(Fit::Exact)
        }
        _ => None,
    });
    fits.max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_variant_wins_wherever_it_stands() {
        static VARIANTS: [&str; 5] = [
            "Other",
            "Status4xx",
            "Status400Or404",
            "Status2xx",
            "Status202",
        ];
        assert_eq!(variant_for(502, &["Status5XX"]), Some("Status5XX"));
        static MIXED: [&str; 2] = ["Status4xx", "Status400Or4xx"];
        assert_eq!(variant_for(400, &MIXED), Some("Status400Or4xx"));
        for (status, variant) in [
            (400, "Status400Or404"),
            (401, "Status4xx"),
            (410, "Status4xx"),
            (404, "Status400Or404"),
            (409, "Status4xx"),
            (200, "Status2xx"),
            (202, "Status202"),
            (500, "Other"),
        ] {
            assert_eq!(variant_for(status, &VARIANTS), Some(variant), "{status}");
        }
    }

    #[test]
    fn no_variant_fits_a_status_that_none_names() {
        assert_eq!(variant_for(500, &["Status400", "Status4xx"]), None);
        assert_eq!(variant_for(400, &["Refused"]), None);
    }
}
