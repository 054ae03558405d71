//! Which of several documented forms an instance has.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scalar::{RAW_VALUE, WrapperKey};

/// How deep an instance may be nested, as for every other type (a limit of serde_json).
const DEPTH: usize = 128;
/// How many forms are tried for one instance, those inside of it included. Forms that contain each other
/// could otherwise be made to be tried for ever.
const TRIES: usize = 100_000;

/// Reads one of several forms: the first one that loses nothing of what came, or else the one that loses
/// least. For generated code, with a function for each form.
///
/// # Errors
///
/// The deserializer's error if the instance has none of the forms.
pub fn decode<'de, T, D>(deserializer: D, forms: &[Form<T>]) -> Result<T, D::Error>
where
    T: Serialize,
    D: Deserializer<'de>,
{
    decode_by(deserializer, None, forms)
}

/// Reads one of several forms: the one that the value of the tag names. Where it names none, or an instance
/// has no tag, the form is found as [`decode`] finds it. For generated code, with a function for each form.
///
/// # Errors
///
/// The deserializer's error if the instance has none of the forms.
pub fn decode_tagged<'de, T, D>(
    deserializer: D,
    tag: &Tag<'_>,
    forms: &[Form<T>],
) -> Result<T, D::Error>
where
    T: Serialize,
    D: Deserializer<'de>,
{
    decode_by(deserializer, Some(tag), forms)
}

/// Reads one form, if a text has it.
pub type Form<T> = fn(&str) -> Option<T>;

/// The member of an object whose value tells which form it has.
#[derive(Debug, Clone, Copy)]
pub struct Tag<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its values in each of the forms, in their order, numbers and flags as JSON writes them; none: the form
    /// is not told by the tag.
    pub values: &'a [&'a [&'a str]],
    /// Whether an instance with another value has a form that is not told by the tag, if there is one. Else
    /// it may have any form.
    pub none: bool,
}

fn decode_by<'de, T, D>(
    deserializer: D,
    tag: Option<&Tag<'_>>,
    forms: &[Form<T>],
) -> Result<T, D::Error>
where
    T: Serialize,
    D: Deserializer<'de>,
{
    let text = deserializer.deserialize_newtype_struct(RAW_VALUE, TextVisitor)?;
    let outermost = Budget::enter();
    let found = find(&text, tag, forms);
    drop(outermost);
    found.map_err(de::Error::custom)
}

/// One form, if `text` has it.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

fn find<T: Serialize>(text: &str, tag: Option<&Tag<'_>>, forms: &[Form<T>]) -> Result<T, String> {
    if depth(text) > DEPTH {
        return Err(format!("nested deeper than {DEPTH} levels"));
    }
    let whole: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    for group in tag
        .map(|tag| groups(tag, &whole, forms))
        .unwrap_or_default()
    {
        if let Some(found) = best(text, &whole, &group)? {
            return Ok(found);
        }
    }
    best(text, &whole, forms)?
        .ok_or_else(|| format!("has none of the {} documented forms", forms.len()))
}

/// The forms that are tried before all of them are: those that the tag's value names, and those that no
/// value names.
fn groups<T>(tag: &Tag<'_>, whole: &Value, forms: &[Form<T>]) -> Vec<Vec<Form<T>>> {
    let value = match whole.get(tag.name) {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Bool(_) | Value::Number(_))) => value.to_string(),
        _ => return Vec::new(),
    };
    let values = |index: usize| tag.values.get(index).copied().unwrap_or_default();
    let chosen = |wanted: &dyn Fn(&[&str]) -> bool| -> Vec<Form<T>> {
        let forms = forms.iter().enumerate();
        let forms = forms.filter(|(index, _)| wanted(values(*index)));
        forms.map(|(_, form)| *form).collect()
    };
    let named = chosen(&|values| values.contains(&value.as_str()));
    let mut groups = Vec::new();
    if tag.none || !named.is_empty() {
        groups.push(named);
        groups.push(chosen(&|values| values.is_empty()));
    }
    groups
}

fn best<T: Serialize>(text: &str, whole: &Value, forms: &[Form<T>]) -> Result<Option<T>, String> {
    let mut best: Option<(usize, T)> = None;
    for form in forms {
        if !Budget::spend() {
            return Err(format!("has no form that {TRIES} tries would find"));
        }
        let Some(read) = form(text) else { continue };
        if forms.len() == 1 {
            return Ok(Some(read));
        }
        let lost = match written(&read) {
            Some(again) => match lost(whole, &again) {
                0 => return Ok(Some(read)),
                lost => lost,
            },
            // It has read an amount that is kept and cannot be sent: nothing is known to be lost.
            None => 0,
        };
        if best.as_ref().is_none_or(|(least, _)| lost < *least) {
            best = Some((lost, read));
        }
    }
    Ok(best.map(|(_, read)| read))
}

/// What is written again of what was read, if it can be written.
fn written(read: &impl Serialize) -> Option<Value> {
    serde_json::to_value(read).ok()
}

/// How much of `whole` is not in `again`.
fn lost(whole: &Value, again: &Value) -> usize {
    match (whole, again) {
        (Value::Object(whole), Value::Object(again)) => whole
            .iter()
            .map(|(name, member)| lost(member, again.get(name).unwrap_or(&Value::Null)))
            .sum(),
        (Value::Array(whole), Value::Array(again)) if whole.len() == again.len() => whole
            .iter()
            .zip(again)
            .map(|(item, again)| lost(item, again))
            .sum(),
        (Value::Number(whole), Value::Number(again)) if whole.as_f64() == again.as_f64() => 0,
        (whole, again) if whole == again => 0,
        (whole, _) => size(whole),
    }
}

/// How many values there are in `value`; null says nothing.
fn size(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// How deep JSON text is nested.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

thread_local! {
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The tries that are left for an instance; given back when its outermost form is read.
struct Budget {
    outermost: bool,
}

impl Budget {
    fn enter() -> Self {
        let outermost = LEFT.get().is_none();
        if outermost {
            LEFT.set(Some(TRIES));
        }
        Self { outermost }
    }

    fn spend() -> bool {
        let left = LEFT.get().and_then(|left| left.checked_sub(1));
        if left.is_some() {
            LEFT.set(left);
        }
        left.is_some()
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        if self.outermost {
            LEFT.set(None);
        }
    }
}

/// Takes the text of any JSON value.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<String, D::Error> {
        Value::deserialize(inner).map(|value| value.to_string())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        match map.next_key_seed(WrapperKey)? {
            Some(true) => map.next_value_seed(Text),
            _ => Err(de::Error::custom(
                "the deserializer does not give JSON text",
            )),
        }
    }
}

struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        String::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::Amount;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Card {
        #[serde(skip_serializing_if = "Option::is_none")]
        last4: Option<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Bank {
        #[serde(skip_serializing_if = "Option::is_none")]
        iban: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        balance: Option<Amount>,
    }

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Source {
        Card(Card),
        Bank(Bank),
        Nested(BTreeMap<String, Source>),
    }

    impl<'de> Deserialize<'de> for Source {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            decode(
                deserializer,
                &[
                    |text| read(text).map(Self::Card),
                    |text| read(text).map(Self::Bank),
                    |text| read(text).map(Self::Nested),
                ],
            )
        }
    }

    #[test]
    fn the_form_that_loses_nothing_is_taken_although_an_earlier_one_fits() {
        let source: Source = serde_json::from_str(r#"{"iban":"DE1"}"#).unwrap();
        assert!(matches!(&source, Source::Bank(bank) if bank.iban.as_deref() == Some("DE1")));
    }

    #[test]
    fn where_every_form_loses_something_the_one_that_loses_least_is_taken() {
        let json = r#"{"iban":"DE1","balance":1,"new":true}"#;
        let source: Source = serde_json::from_str(json).unwrap();
        assert!(matches!(source, Source::Bank(_)));
    }

    #[test]
    fn an_amount_inside_of_a_form_keeps_its_digits() {
        let json = r#"{"balance":0.1234567890123456789}"#;
        let Source::Bank(bank) = serde_json::from_str(json).unwrap() else {
            panic!("another form is taken");
        };
        assert_eq!(bank.balance.unwrap().to_string(), "0.1234567890123456789");
    }

    #[test]
    fn an_instance_that_was_parsed_before_is_read_too() {
        let value = serde_json::json!({"iban": "DE1", "balance": 24.98});
        let source: Source = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&source).unwrap(), value);
    }

    #[test]
    fn what_has_none_of_the_forms_is_refused_with_their_number() {
        let error = serde_json::from_str::<Source>("[]")
            .unwrap_err()
            .to_string();
        assert!(error.contains("none of the 3 documented forms"), "{error}");
    }

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Pet {
        Cat(BTreeMap<String, Value>),
        Dog(BTreeMap<String, Value>),
        Other(Value),
    }

    fn pet(json: &str, none: bool) -> Pet {
        let tag = Tag {
            name: "kind",
            values: &[&["cat", "tomcat"], &["dog", "1"]],
            none,
        };
        let mut deserializer = serde_json::Deserializer::from_str(json);
        decode_tagged(
            &mut deserializer,
            &tag,
            &[
                |text| read(text).map(Pet::Cat),
                |text| read(text).map(Pet::Dog),
                |text| read(text).map(Pet::Other),
            ],
        )
        .unwrap()
    }

    #[test]
    fn the_value_of_a_tag_names_the_form_although_an_earlier_one_loses_nothing() {
        assert!(matches!(pet(r#"{"kind":"tomcat"}"#, true), Pet::Cat(_)));
        assert!(matches!(pet(r#"{"kind":"dog"}"#, true), Pet::Dog(_)));
        assert!(matches!(pet(r#"{"kind":1}"#, false), Pet::Dog(_)));
    }

    #[test]
    fn a_value_that_names_no_form_is_of_one_without_a_tag_or_of_any() {
        assert!(matches!(pet(r#"{"kind":"bird"}"#, true), Pet::Other(_)));
        assert!(matches!(pet(r#"{"kind":"bird"}"#, false), Pet::Cat(_)));
    }

    #[test]
    fn an_instance_without_a_tag_has_the_form_that_loses_nothing() {
        assert!(matches!(pet("{}", true), Pet::Cat(_)));
        assert!(matches!(pet("[1]", true), Pet::Other(_)));
    }

    /// Two forms that fit the same instances: each level doubles the tries.
    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Tree {
        Left(BTreeMap<String, Tree>),
        Right(BTreeMap<String, Tree>),
    }

    impl<'de> Deserialize<'de> for Tree {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            decode(
                deserializer,
                &[
                    |text| read(text).map(Self::Left),
                    |text| read(text).map(Self::Right),
                ],
            )
        }
    }

    fn deep(levels: usize) -> String {
        let leaf = r#"{"x":[]}"#;
        format!("{}{leaf}{}", "{\"a\":".repeat(levels), "}".repeat(levels))
    }

    #[test]
    fn an_instance_that_would_be_tried_for_ever_is_refused() {
        let error = serde_json::from_str::<Tree>(&deep(40)).unwrap_err();
        assert!(error.to_string().contains("100000 tries"), "{error}");
    }

    #[test]
    fn an_instance_that_is_nested_too_deep_is_refused() {
        for levels in [128, 100_000] {
            assert!(
                serde_json::from_str::<Source>(&deep(levels)).is_err(),
                "{levels}"
            );
        }
    }
}
