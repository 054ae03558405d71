//! Which of several documented forms an instance has.

mod loss;

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::other_members;
use super::scalar::{RAW_VALUE, WrapperKey};
use super::whole_numbers;
use loss::{Members, lost};

/// How deep an instance may be nested, as for every other type (a limit of serde_json).
const DEPTH: usize = 128;
/// How many forms are tried for one instance, those inside of it included. Forms that contain each other
/// could otherwise be made to be tried for ever.
const TRIES: usize = 100_000;

/// Reads one of several forms: the first one that loses nothing of what came, or else the one that loses
/// least. For generated code, with a function for each form, and `other` for what has none of them.
///
/// What a provider adds to a form does not make it another one: `other` is taken only where no form can be
/// read, where several forms together keep more than any of them, or where too little is known of what came.
///
/// # Errors
///
/// The deserializer's error if the instance has none of the forms.
pub fn decode<'de, T, D>(
    deserializer: D,
    forms: &[Form<T>],
    other: Option<Form<T>>,
) -> Result<T, D::Error>
where
    T: Serialize,
    D: Deserializer<'de>,
{
    decode_by(deserializer, None, forms, other)
}

/// Reads one of several forms: the one that the value of the tag names. Where it names none, or an instance
/// has no tag, the form is found as [`decode`] finds it; what has a value that names none is `other` unless a form
/// loses nothing of it. For generated code, with a function for each form.
///
/// # Errors
///
/// The deserializer's error if the instance has none of the forms.
pub fn decode_tagged<'de, T, D>(
    deserializer: D,
    tag: &Tag<'_>,
    forms: &[Form<T>],
    other: Option<Form<T>>,
) -> Result<T, D::Error>
where
    T: Serialize,
    D: Deserializer<'de>,
{
    decode_by(deserializer, Some(tag), forms, other)
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
    other: Option<Form<T>>,
) -> Result<T, D::Error>
where
    T: Serialize,
    D: Deserializer<'de>,
{
    let text = text_of(deserializer)?;
    let outermost = Budget::enter();
    let found = find(&text, tag, forms, other);
    drop(outermost);
    found.map_err(de::Error::custom)
}

/// One form, if `text` has it.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    whole_numbers::read(text, |text| serde_json::from_str(text)).ok()
}

fn find<T: Serialize>(
    text: &str,
    tag: Option<&Tag<'_>>,
    forms: &[Form<T>],
    other: Option<Form<T>>,
) -> Result<T, String> {
    if depth(text) > DEPTH {
        return Err(format!("nested deeper than {DEPTH} levels"));
    }
    let whole: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let other = || other.and_then(|other| other(text));
    let value = tag.and_then(|tag| tag.value(&whole));
    if let Some((tag, value)) = tag.zip(value.as_deref()) {
        let named = tag.forms(forms, &|values| values.contains(&value));
        let is_told = tag.none || !named.is_empty();
        if let Some(found) = read_all(text, &whole, &named, written)?.best() {
            return Ok(found.read);
        }
        if is_told {
            let untold = tag.forms(forms, &|values| values.is_empty());
            let found = read_all(text, &whole, &untold, written)?.best();
            // Of another kind than the document knows: what else it has is its own, as long as it is kept.
            let is_kept = |found: &Found<T>| {
                let again = written_whole(&found.read);
                again.is_some_and(|again| lost(&whole, &[&again]) == 0)
            };
            if let Some(found) = found.filter(is_kept).map(|found| found.read) {
                return Ok(found);
            }
            if let Some(other) = other() {
                return Ok(other);
            }
        }
    }
    let found = read_all(text, &whole, forms, written)?;
    let is_known = match &value {
        Some(_) => found.0.iter().any(|found| found.lost == 0),
        None => found.is_known(&whole),
    };
    if !is_known && let Some(other) = other() {
        return Ok(other);
    }
    let best = found.best().map(|found| found.read);
    best.ok_or_else(|| format!("has none of the {} documented forms", forms.len()))
}

impl Tag<'_> {
    /// Its value in an instance.
    fn value(&self, whole: &Value) -> Option<String> {
        match whole.get(self.name)? {
            Value::String(text) => Some(text.clone()),
            value @ (Value::Bool(_) | Value::Number(_)) => Some(value.to_string()),
            _ => None,
        }
    }

    /// The forms whose values are `wanted`.
    fn forms<T>(&self, forms: &[Form<T>], wanted: &dyn Fn(&[&str]) -> bool) -> Vec<Form<T>> {
        let values = |index: usize| self.values.get(index).copied().unwrap_or_default();
        let forms = forms.iter().enumerate();
        let forms = forms.filter(|(index, _)| wanted(values(*index)));
        forms.map(|(_, form)| *form).collect()
    }
}

/// An instance as one of its forms.
struct Found<T> {
    read: T,
    /// What is written again of it; nothing if it cannot be written.
    again: Option<Value>,
    lost: usize,
}

/// An instance in every form that it can be read as.
struct AllFound<T>(Vec<Found<T>>);

fn read_all<T: Serialize>(
    text: &str,
    whole: &Value,
    forms: &[Form<T>],
    written: fn(&T) -> Option<Value>,
) -> Result<AllFound<T>, String> {
    let mut all = Vec::new();
    for form in forms {
        if !Budget::spend() {
            return Err(format!("has no form that {TRIES} tries would find"));
        }
        let Some(read) = form(text) else { continue };
        let again = written(&read);
        // It has read a number that no value of serde_json's holds: nothing is known to be lost.
        let lost = again.as_ref().map_or(0, |again| lost(whole, &[again]));
        let is_whole = lost == 0 && again.is_some();
        all.push(Found { read, again, lost });
        if is_whole {
            break;
        }
    }
    Ok(AllFound(all))
}

impl<T> AllFound<T> {
    /// The first one that loses least, and best one that is known to.
    fn best(self) -> Option<Found<T>> {
        let mut all = self.0;
        let whole = all
            .iter()
            .position(|found| found.lost == 0 && found.again.is_some());
        let least = || {
            let least = all.iter().map(|found| found.lost).min();
            all.iter().position(|found| Some(found.lost) == least)
        };
        whole.or_else(least).map(|index| all.swap_remove(index))
    }

    /// Whether the best form is the one that `whole` has, as far as can be seen: what it loses is new, then.
    fn is_known(&self, whole: &Value) -> bool {
        let least = self.0.iter().map(|found| found.lost).min();
        let Some(best) = self.0.iter().find(|found| Some(found.lost) == least) else {
            return false;
        };
        let Some(again) = best.again.as_ref().filter(|_| best.lost > 0) else {
            return true;
        };
        let others = self.0.iter().filter_map(|found| found.again.as_ref());
        let mut others = others.filter(|other| !std::ptr::eq(*other, again));
        let Members {
            kept,
            lost: unknown,
        } = Members::of(whole, again);
        if self.0.len() == 1 {
            return kept > 0;
        }
        kept > unknown && others.all(|other| lost(whole, &[again, other]) == best.lost)
    }
}

/// What is written again of what was read, if it can be written: what its schemas name.
fn written<T: Serialize>(read: &T) -> Option<Value> {
    other_members::hidden(|| written_whole(read))
}

/// The same with members that no schema names.
fn written_whole<T: Serialize>(read: &T) -> Option<Value> {
    serde_json::to_value(read).ok()
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

/// The text of any JSON value, with every digit.
pub(super) fn text_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    deserializer.deserialize_newtype_struct(RAW_VALUE, TextVisitor)
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
                None,
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

    #[derive(Debug, PartialEq, Serialize)]
    #[serde(untagged)]
    enum Expandable {
        Id(String),
        Card(Card),
        Bank(Bank),
        Other(Value),
    }

    impl<'de> Deserialize<'de> for Expandable {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            decode(
                deserializer,
                &[
                    |text| read(text).map(Self::Id),
                    |text| read(text).map(Self::Card),
                    |text| read(text).map(Self::Bank),
                ],
                Some(|text| read(text).map(Self::Other)),
            )
        }
    }

    #[test]
    fn what_a_provider_adds_to_a_form_does_not_make_it_another_one() {
        let read = |json: &str| serde_json::from_str::<Expandable>(json).unwrap();
        let added = r#"{"iban":"DE1","balance":1,"new":{"a":1,"b":[2,3]}}"#;
        assert!(matches!(read(added), Expandable::Bank(_)));
        assert!(matches!(read(r#""id""#), Expandable::Id(_)));
        // Of neither, of both, and of another type.
        for json in [
            r#"{"wallet":"w"}"#,
            r#"{"last4":"1234","wallet":"w"}"#,
            r#"{"last4":"1234","iban":"DE1"}"#,
            r#"{"last4":"1234","iban":"DE1","balance":2}"#,
            "7",
            "[1]",
        ] {
            assert!(matches!(read(json), Expandable::Other(_)), "{json}");
        }
    }

    #[test]
    fn an_object_that_only_one_form_can_be_is_of_that_form_with_more_that_is_new_than_known() {
        #[derive(Debug, Serialize)]
        #[serde(untagged)]
        enum Charge {
            Id(String),
            Card(Card),
            Other(Value),
        }
        let read = |json: &str| -> Charge {
            decode(
                &mut serde_json::Deserializer::from_str(json),
                &[
                    |text| read(text).map(Charge::Id),
                    |text| read(text).map(Charge::Card),
                ],
                Some(|text| read(text).map(Charge::Other)),
            )
            .unwrap()
        };
        let known = read(r#"{"last4":"1234","a":1,"b":2}"#);
        assert!(matches!(known, Charge::Card(_)), "{known:?}");
        let unknown = read(r#"{"a":1,"b":2}"#);
        assert!(matches!(unknown, Charge::Other(_)), "{unknown:?}");
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
            ],
            Some(|text| read(text).map(Pet::Other)),
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
                None,
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
