//! The documented payloads: as files, as the documents have them, and compared.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Number, Value};
use spec_documents::Provider;

use crate::specs_of;

/// Payloads by file, relative to the provider's folder of payloads, with `/`.
pub type Payloads = BTreeMap<String, Value>;

/// Payloads that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PayloadsError {
    /// The file system refused.
    #[error("{path} cannot be read; check that it exists and may be read")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file is not JSON.
    #[error("{path} is no JSON; import the pages again, or remove it")]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// The documents of the provider cannot be used.
    #[error("the documents of {provider} cannot be used; run the code generation, which says more")]
    Documents {
        /// The provider.
        provider: String,
        /// Why.
        source: Box<spec_documents::Error>,
    },
}

/// Every file of the provider's folder of payloads, however deep and whatever it is called.
///
/// # Errors
/// When one cannot be read or is no JSON.
pub fn on_disk(provider: &str) -> Result<Payloads, PayloadsError> {
    let folder = specs_of(provider).join(spec_documents::provider::PAYLOADS);
    let mut payloads = Payloads::new();
    collect(&folder, "", &mut payloads)?;
    Ok(payloads)
}

fn collect(folder: &Path, prefix: &str, payloads: &mut Payloads) -> Result<(), PayloadsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| PayloadsError::Io { path, source }
    };
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{name}/"), payloads)?;
        } else {
            let bytes = fs::read(&path).map_err(failed(&path))?;
            let value = serde_json::from_slice(&bytes)
                .map_err(|source| PayloadsError::NotJson { path, source })?;
            payloads.insert(name, value);
        }
    }
    Ok(())
}

/// Every payload that the provider's documents hold, with the document that it is in.
///
/// # Errors
/// When the documents cannot be used.
pub fn documented(provider: &str) -> Result<Vec<spec_documents::payloads::Payload>, PayloadsError> {
    let read = || -> Result<_, spec_documents::Error> {
        let loaded = Provider::load(&specs_of(provider))?;
        Ok(loaded.payloads(&loaded.effective()?)?.payloads)
    };
    read().map_err(|source| PayloadsError::Documents {
        provider: provider.to_owned(),
        source: Box::new(source),
    })
}

/// What keeps the files from being the documented payloads, one line each.
#[must_use]
pub fn differences(documented: &Payloads, on_disk: &Payloads) -> Vec<String> {
    let mut found = Vec::new();
    for (file, value) in documented {
        match on_disk.get(file) {
            None => found.push(format!("{file} is documented and missing")),
            Some(kept) if kept != value => found.push(format!("{file} differs from its document")),
            Some(_) => {}
        }
    }
    let left_over = on_disk
        .keys()
        .filter(|file| !documented.contains_key(*file));
    found.extend(left_over.map(|file| format!("{file} is documented nowhere")));
    found
}

/// Whether a payload is a request or an event, and the statuses that it is to be tried with if it is an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A request.
    Request,
    /// An answer with one of these statuses.
    Answer(Vec<u16>),
    /// The body of a webhook.
    Event,
}

/// The operation or webhook and the kind of a payload, by its file: `<operation>/<kind>-<label>.json`.
#[must_use]
pub fn parse_name(file: &str) -> Option<(&str, Kind)> {
    let (operation, rest) = file.split_once('/')?;
    let (kind, _) = rest.strip_suffix(".json")?.split_once('-')?;
    let kind = match kind {
        "request" => Kind::Request,
        "event" => Kind::Event,
        "2xx" => Kind::Answer(vec![200, 201]),
        status => Kind::Answer(vec![status.parse().ok()?]),
    };
    Some((operation, kind))
}

/// The value without members that are `null`, which in an answer say what absent ones say.
#[must_use]
pub fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            let kept = kept.map(|(name, value)| (name.clone(), without_nulls(value)));
            Value::Object(kept.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_nulls).collect()),
        scalar => scalar.clone(),
    }
}

/// Whether two values are the same, numbers by their value and not by how they are written.
#[must_use]
pub fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => same_number(one, other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let matches = |(name, value): (&String, &Value)| {
                other.get(name).is_some_and(|other| same(value, other))
            };
            one.len() == other.len() && one.iter().all(matches)
        }
        _ => one == other,
    }
}

/// Integers are compared exactly; 2^53 + 1 and 2^53 are two numbers, though one as a float.
fn same_number(one: &Number, other: &Number) -> bool {
    let is_integer = |number: &Number| number.is_i64() || number.is_u64();
    if is_integer(one) && is_integer(other) {
        one == other
    } else {
        one.as_f64() == other.as_f64()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_file_name_tells_operation_and_kind() {
        assert_eq!(
            parse_name("refund_order/400-over-refund-limit.json"),
            Some(("refund_order", Kind::Answer(vec![400])))
        );
        assert_eq!(parse_name("a/request-x.json"), Some(("a", Kind::Request)));
        assert_eq!(parse_name("a/event-x.json"), Some(("a", Kind::Event)));
        assert_eq!(
            parse_name("a/2xx-x.json"),
            Some(("a", Kind::Answer(vec![200, 201])))
        );
        for file in [
            "a.json",
            "a/200.json",
            "a/200-x.txt",
            "a/ok-x.json",
            ".DS_Store",
        ] {
            assert_eq!(parse_name(file), None, "{file}");
        }
    }

    #[test]
    fn numbers_are_compared_by_value_and_nothing_else_is() {
        assert!(same(
            &json!({"a": [100, null]}),
            &json!({"a": [100.0, null]})
        ));
        assert!(!same(
            &json!(9_007_199_254_740_993_u64),
            &json!(9_007_199_254_740_992_u64)
        ));
        assert!(!same(&json!({"a": {}}), &json!({})));
        assert!(!same(&json!({}), &json!({"a": {}})));
        assert!(!same(&json!("100"), &json!(100)));
        assert!(!same(&json!([1]), &json!([1, 2])));
    }

    #[test]
    fn only_null_members_are_left_out() {
        let value =
            json!({"a": null, "b": {"c": null, "d": []}, "e": [null, {"f": null}], "g": ""});
        assert_eq!(
            without_nulls(&value),
            json!({"b": {"d": []}, "e": [null, {}], "g": ""})
        );
    }

    #[test]
    fn missing_different_and_superfluous_files_are_found() {
        let payloads = |pairs: &[(&str, Value)]| -> Payloads {
            let pairs = pairs.iter().cloned();
            pairs
                .map(|(file, value)| (file.to_owned(), value))
                .collect()
        };
        let documented = payloads(&[("a", json!(1)), ("b", json!(2)), ("c", json!(3))]);
        let kept = payloads(&[("b", json!(2)), ("c", json!(4)), ("d", json!(5))]);
        assert_eq!(
            differences(&documented, &kept),
            [
                "a is documented and missing",
                "c differs from its document",
                "d is documented nowhere"
            ]
        );
        assert_eq!(differences(&documented, &documented), [""; 0]);
    }
}
