//! Documented payloads as files, one each: `<operation>/<status or request>-<label>.json`, and
//! `<webhook>/event-<label>.json`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use thiserror::Error;

use crate::Config;
use crate::samples::{Found, Owner, Unplaced};
use crate::text;

/// A payload and the file that it is kept in.
#[derive(Debug, Clone, PartialEq)]
pub struct Payload {
    /// Path relative to the folder of payloads, with `/`.
    pub file: String,
    /// The payload.
    pub value: Value,
    /// Where it is documented.
    pub from: String,
}

/// The payloads of a provider, and what could not be taken as one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Payloads {
    /// In the order of their files.
    pub payloads: Vec<Payload>,
    /// Samples that belong to no operation that has a name, and what was no payload in the first place.
    pub unplaced: Vec<Unplaced>,
}

/// Two payloads that would be kept in one file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "there are too many different payloads with the name {file}: give the samples different titles in transcribed.yaml or overlay.yaml"
)]
pub struct PayloadError {
    /// The name.
    pub file: String,
}

/// How many different payloads of one operation and status may have one title.
const MOST_ALIKE: usize = 99;

/// Names every sample; the same payload of one operation and status is kept once, under its first name.
///
/// # Errors
///
/// [`PayloadError`] if there are a hundred different payloads with the same title.
pub fn name(found: Found, config: &Config) -> Result<Payloads, PayloadError> {
    let mut named = Payloads {
        unplaced: found.unplaced,
        ..Payloads::default()
    };
    // Content in a settled order is its own identity.
    let mut seen = BTreeSet::new();
    let mut files: BTreeMap<String, Payload> = BTreeMap::new();
    for sample in found.samples {
        let (name, tables) = match &sample.owner {
            Owner::Operation(call) => (config.name_of(call), "[operations] or [documented]"),
            Owner::Webhook(event) => (config.name_of_event(event), "[webhooks]"),
        };
        let Some(operation) = name else {
            let owner = &sample.owner;
            named.unplaced.push(Unplaced {
                cause: format!("{owner} has no name in provider.toml: add it to {tables}"),
                from: sample.from,
                label: sample.label,
            });
            continue;
        };
        let folder = format!("{operation}/{}", sample.kind);
        if !seen.insert((folder.clone(), text::sorted(&sample.value))) {
            continue;
        }
        let file = free_name(&folder, &sample.label, &files)?;
        files.insert(
            file.clone(),
            Payload {
                file,
                value: sample.value,
                from: sample.from,
            },
        );
    }
    named.payloads = files.into_values().collect();
    Ok(named)
}

fn free_name(
    folder: &str,
    label: &str,
    files: &BTreeMap<String, Payload>,
) -> Result<String, PayloadError> {
    let slug = match text::slug(label) {
        slug if slug.is_empty() => "example".to_owned(),
        slug => slug,
    };
    let name = |suffix: &str| format!("{folder}-{slug}{suffix}.json");
    let numbered = (2..=MOST_ALIKE).map(|number| name(&format!("-{number}")));
    std::iter::once(name(""))
        .chain(numbered)
        .find(|file| !files.contains_key(file))
        .ok_or_else(|| PayloadError { file: name("") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Call;
    use crate::samples::{Kind, Sample};

    fn named(samples: Vec<Sample>) -> Result<Payloads, PayloadError> {
        let text = "name = \"p\"\ntitle = \"P\"\n[authentication]\nscheme = \"basic\"\nsource = \"d\"\n\
            [operations.create]\ncall = \"POST /x\"\nmoves_money = true\n[documented]\ntoken = \"POST /token\"\n";
        let unplaced = Vec::new();
        name(
            Found { samples, unplaced },
            &Config::parse("provider.toml", text).unwrap(),
        )
    }

    fn sample(path: &str, status: &str, label: &str, value: Value) -> Sample {
        let kind = if status == "request" {
            Kind::Request
        } else {
            Kind::Answer(status.into())
        };
        Sample {
            owner: Owner::Operation(Call::new("post", path)),
            kind,
            label: label.into(),
            value,
            from: format!("{label}!"),
            place: None,
        }
    }

    #[test]
    fn payloads_are_named_by_operation_status_and_label() {
        let samples = vec![
            sample("/x", "request", "Sample Request", json!(1)),
            sample("/x", "2XX", "", json!(1)),
            sample("/token", "200", "Token", json!({})),
        ];
        let named = named(samples).unwrap();
        let files: Vec<_> = named
            .payloads
            .iter()
            .map(|payload| payload.file.as_str())
            .collect();
        assert_eq!(
            files,
            [
                "create/2xx-example.json",
                "create/request-sample-request.json",
                "token/200-token.json"
            ]
        );
    }

    #[test]
    fn the_same_payload_counts_once_per_status_and_different_ones_are_numbered() {
        let samples = vec![
            sample("/x", "400", "Bad", json!({"a": 1, "b": 2})),
            sample("/x", "400", "Other", json!({"b": 2, "a": 1})),
            sample("/x", "400", "bad", json!(2)),
            sample("/x", "401", "Bad", json!({"a": 1, "b": 2})),
        ];
        let named = named(samples).unwrap();
        let files: Vec<_> = named
            .payloads
            .iter()
            .map(|payload| (payload.file.as_str(), payload.from.as_str()))
            .collect();
        assert_eq!(
            files,
            [
                ("create/400-bad-2.json", "bad!"),
                ("create/400-bad.json", "Bad!"),
                ("create/401-bad.json", "Bad!")
            ]
        );
    }

    #[test]
    fn a_sample_of_a_call_without_a_name_is_reported() {
        let named = named(vec![sample("/y", "200", "Y", json!(1))]).unwrap();
        assert!(named.payloads.is_empty());
        assert!(
            named.unplaced[0].cause.starts_with("POST /y has no name"),
            "{:?}",
            named.unplaced
        );
    }

    #[test]
    fn a_sample_of_an_event_goes_under_its_webhook() {
        let text = "name = \"p\"\ntitle = \"P\"\n[authentication]\nscheme = \"basic\"\nsource = \"d\"\n\
            [operations.create]\ncall = \"POST /x\"\nmoves_money = true\n[webhooks.paid]\nevent = \"refund.paid\"\n";
        let event = |event: &str| Sample {
            owner: Owner::Webhook(event.into()),
            kind: Kind::Event,
            ..sample("/x", "request", "Refund paid", json!(1))
        };
        let found = Found {
            samples: vec![event("refund.paid"), event("refund.lost")],
            ..Found::default()
        };
        let named = name(found, &Config::parse("provider.toml", text).unwrap()).unwrap();
        assert_eq!(named.payloads[0].file, "paid/event-refund-paid.json");
        assert_eq!(
            named.unplaced[0].cause,
            "the webhook refund.lost has no name in provider.toml: add it to [webhooks]"
        );
    }

    #[test]
    fn a_hundred_different_payloads_with_one_title_are_too_many() {
        let samples = (0..100)
            .map(|number| sample("/x", "200", "A", json!(number)))
            .collect();
        let error = named(samples).unwrap_err();
        assert_eq!(error.file, "create/200-a.json");
    }
}
