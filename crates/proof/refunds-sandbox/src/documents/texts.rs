//! Texts that stand for values of other types: what they may mean, and whether one meaning fits.
//!
//! A query or a form does not say whether `12` is a number. It is right where the text fits, or the
//! JSON that it spells.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    schema::{Fault, FaultKind, Schema},
    source::Source,
};

/// What a text may mean, the text itself first; nothing where it is not judged.
pub(super) type Meanings = Vec<Value>;

pub(super) fn of_text(text: &str) -> Meanings {
    let mut meanings = vec![Value::String(text.to_owned())];
    meanings.extend(spelled(text));
    meanings
}

/// A list: all texts, or each what it spells.
pub(super) fn of_items<T: AsRef<str>>(items: &[T]) -> Meanings {
    let items = items.iter().map(AsRef::as_ref);
    let texts = items.clone().map(|item| Value::String(item.to_owned()));
    let values = items.map(|item| spelled(item).unwrap_or_else(|| Value::String(item.to_owned())));
    let (texts, values) = (
        Value::Array(texts.collect()),
        Value::Array(values.collect()),
    );
    if texts == values {
        vec![texts]
    } else {
        vec![texts, values]
    }
}

/// The JSON that is no string and that the text is.
fn spelled(text: &str) -> Option<Value> {
    let value: Value = serde_json::from_str(text).ok()?;
    (!value.is_string()).then_some(value)
}

/// Nothing if one of the meanings fits, else what is wrong with the likeliest.
pub(super) fn faults(schema: &Schema, source: &Source, meanings: &Meanings) -> Vec<Fault> {
    let found = meanings.iter().map(|value| schema.faults(source, value));
    likeliest(found.collect(), "").map_or_else(Vec::new, |(_, faults)| faults)
}

/// The same for an object of such texts.
pub(super) fn member_faults(
    schema: &Schema,
    source: &Source,
    members: &BTreeMap<String, Meanings>,
) -> Vec<Fault> {
    let first = |meanings: &Meanings| meanings.first().cloned().unwrap_or(Value::Null);
    let mut object: Map<String, Value> = members
        .iter()
        .map(|(name, meanings)| (name.clone(), first(meanings)))
        .collect();
    for (name, meanings) in members {
        let faults_with = |meaning: &Value| {
            let mut object = object.clone();
            object.insert(name.clone(), meaning.clone());
            let faults = schema.faults(source, &Value::Object(object));
            let of_member = faults.into_iter().filter(|fault| is_in(fault, name));
            of_member.collect::<Vec<_>>()
        };
        let found = meanings.iter().map(faults_with).collect();
        let chosen = likeliest(found, &pointer(name)).and_then(|(index, _)| meanings.get(index));
        if let Some(meaning) = chosen {
            object.insert(name.clone(), meaning.clone());
        }
    }
    // `anyOf` and the like do not say which member they mean: all meanings at once, then.
    let mut candidates = vec![object];
    let most = members.values().map(Vec::len).max().unwrap_or_default();
    for index in 0..most {
        let nth = |meanings: &Meanings| meanings.get(index).or(meanings.last()).cloned();
        let object = members
            .iter()
            .map(|(name, meanings)| (name.clone(), nth(meanings).unwrap_or(Value::Null)));
        candidates.push(object.collect());
    }
    let is_unjudged = |name: &String| members.get(name).is_some_and(Vec::is_empty);
    let has_unjudged = members.keys().any(is_unjudged);
    let found = candidates.into_iter().map(|object| {
        let mut faults = schema.faults(source, &Value::Object(object));
        faults.retain(|fault| {
            let is_hidden =
                has_unjudged && fault.path.is_empty() && fault.kind == FaultKind::Branches;
            let mut unjudged = members.keys().filter(|name| is_unjudged(name));
            !is_hidden && !unjudged.any(|name| is_in(fault, name))
        });
        faults
    });
    let mut found: Vec<_> = found.collect();
    let fits = found.iter().any(Vec::is_empty);
    if fits || found.is_empty() {
        return Vec::new();
    }
    found.swap_remove(0)
}

/// The meaning with the least faults: one that is of another type altogether is the farthest off,
/// then come those with a part of another type. Of equals it is the first.
fn likeliest(found: Vec<Vec<Fault>>, place: &str) -> Option<(usize, Vec<Fault>)> {
    let distance = |faults: &[Fault]| {
        let of_type = |fault: &&Fault| fault.kind == FaultKind::Type;
        let is_other = faults
            .iter()
            .filter(of_type)
            .any(|fault| fault.path == place);
        let has_other = faults.iter().any(|fault| of_type(&fault));
        (is_other, has_other, faults.len())
    };
    let found = found.into_iter().enumerate();
    found.min_by_key(|(_, faults)| distance(faults))
}

/// Whether a fault is in this member of the object.
fn is_in(fault: &Fault, name: &str) -> bool {
    let rest = fault.path.strip_prefix(&pointer(name));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A JSON pointer to a member.
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
