//! What the targets of the other readers run: wire types, pages and documents. `tests/fuzz_corpus.rs` runs them on the
//! committed corpus, with a stable compiler and without libFuzzer.
//!
//! The judge of what is JSON is serde_json with raw texts; of what a number is worth, digits that are compared here.

use openapi_model::Model;
use provider_runtime::{Amount, OtherMembers, RequestAmount, Timestamp, one_of};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use spec_documents::syntax::{self, Format};

/// `data` as JSON text, if it is one.
fn json(data: &[u8]) -> Option<&str> {
    let text = serde_json::from_slice::<&RawValue>(data).ok()?;
    Some(text.get())
}

/// Digits of a decimal without a sign, zeros at either end and the point, and where the point stands; `None` if it is
/// no plain decimal.
fn digits(text: &str) -> Option<(String, usize)> {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let all = format!("{whole}{fraction}");
    if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    Some((format!("{whole}{fraction}"), whole.len()))
}

/// Amounts: what came goes round as it came, and what is sent has the digits that were given.
pub fn amount(data: &[u8]) {
    if let Some(text) = json(data)
        && let Ok(amount) = serde_json::from_str::<Amount>(text)
    {
        let again = serde_json::to_string(&amount).unwrap();
        if text.starts_with('"') {
            let texts = [&again, text].map(|text| serde_json::from_str::<String>(text).ok());
            assert_eq!(texts[0], texts[1]);
        } else {
            assert_eq!(again, text, "a number keeps its text");
        }
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(amount) = text.parse::<RequestAmount>() {
        let sent = serde_json::to_string(&amount).unwrap();
        let sent = sent.trim_matches('"');
        let worth = digits(sent);
        assert!(worth.is_some(), "{sent} is no plain decimal");
        if let Some(given) = digits(text) {
            assert_eq!(worth, Some(given), "{text} was sent as {sent}");
        }
    }
}

/// Timestamps: any text goes round, and reading it as an instant never panics.
pub fn timestamp(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let timestamp = Timestamp::from(text);
    assert_eq!(timestamp.as_str(), text);
    if let (Some(instant), Some(naive)) = (timestamp.instant(), timestamp.naive()) {
        let apart = instant.naive_utc().signed_duration_since(naive);
        assert!(apart.num_hours().abs() <= 24, "{text}: {apart}");
    }
    if let Some(text) = json(data)
        && let Ok(timestamp) = serde_json::from_str::<Timestamp>(text)
    {
        let again = serde_json::to_string(&timestamp).unwrap();
        if text.starts_with('"') {
            let texts = [&again, text].map(|text| serde_json::from_str::<String>(text).ok());
            assert_eq!(texts[0], texts[1]);
        }
    }
}

struct Card {
    card: String,
    fee: Option<Amount>,
    others: OtherMembers,
}
provider_runtime::object!(Card { card required, fee }, others);

struct Bank {
    bank: String,
    owner: Option<Box<Payer>>,
    others: OtherMembers,
}
provider_runtime::object!(Bank { bank required, owner }, others);

#[derive(Serialize)]
#[serde(untagged)]
enum Payer {
    Card(Card),
    Bank(Bank),
    Other(provider_runtime::Json),
}

fn read<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

impl<'de> Deserialize<'de> for Payer {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        one_of::decode(
            deserializer,
            &[
                |text| read(text).map(Self::Card),
                |text| read(text).map(Self::Bank),
            ],
            Some(|text| read(text).map(Self::Other)),
        )
    }
}

/// Whether a member is given twice anywhere, or is null: of two the last one counts, and a null of a member that may be
/// left out is left out.
fn is_plain(text: &str, value: &Value) -> bool {
    fn members(value: &Value) -> usize {
        match value {
            Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
            Value::Array(list) => list.iter().map(members).sum(),
            _ => 0,
        }
    }
    fn has_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Object(object) => object.values().any(has_null),
            Value::Array(list) => list.iter().any(has_null),
            _ => false,
        }
    }
    // Outside of texts, each member has one colon.
    let mut colons = 0;
    let (mut inside, mut escaped) = (false, false);
    for character in text.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => inside = !inside,
            ':' if !inside => colons += 1,
            _ => {}
        }
    }
    colons == members(value) && !has_null(value)
}

/// Unions: whichever form an instance has, nothing of it is lost.
pub fn union(data: &[u8]) {
    let Some(text) = json(data) else { return };
    // Halves of characters are no text to the judge.
    let Ok(before) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let Ok(payer) = serde_json::from_str::<Payer>(text) else {
        return;
    };
    let again = serde_json::to_string(&payer).unwrap();
    let after: Value = serde_json::from_str(&again).unwrap();
    if is_plain(text, &before) {
        assert_eq!(after, before);
    }
}

/// Pages of providers, and the documents in them.
pub fn page(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for file in ["page.md", "page.json", "page.yaml"] {
        let _ = spec_documents::page::read(file, text);
        let strict = spec_documents::page::documents(file, text);
        if let Ok((documents, repairs)) = spec_documents::page::documents_leniently(file, text)
            && repairs.is_empty()
        {
            assert_eq!(
                strict.map(|strict| strict.len()).ok(),
                Some(documents.len())
            );
        }
    }
    // JSON is YAML (YAML 1.2.2, 1.3), but for what our readers refuse as too large or too deep.
    if let (Ok(json), Ok(yaml)) = (
        syntax::parse(text, Format::Json),
        syntax::parse(text, Format::Yaml),
    ) {
        assert_eq!(json.is_object(), yaml.is_object());
    }
}

/// Any document: read into the model, in which every part stands somewhere, and no different from itself.
pub fn model(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(document) = syntax::parse(text, Format::Json) else {
        return;
    };
    let model = Model::of(&document);
    for call in model.calls() {
        let at = call.operation.pointer();
        assert!(document.pointer(&at).is_some(), "{at}");
    }
    let same = openapi_drift::compare(&document, &document);
    assert_eq!(same.changes, []);
}

/// Any document: read and lowered, or refused with a place in it.
pub fn document(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(document) = syntax::parse(text, Format::Json) else {
        return;
    };
    if let Ok(lowered) = openapi_lower::lower(&document) {
        // The same inputs give the same bytes.
        let again = openapi_lower::lower(&document).map(|again| again.document);
        assert_eq!(again.ok(), Some(lowered.document));
    }
}
