//! What the 2xx of a write tells, whose body is not documented.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    RefundStatus,
    evidence::{Fact, Facts},
};

/// An object's members as JSON; where two have one name, what they tell cannot be read.
type Members<'a> = BTreeMap<Cow<'a, str>, Cow<'a, str>>;

/// What a member tells that is there twice.
const TWICE: &str = "told twice";

/// What the body tells. Without one it tells nothing.
pub(super) fn told(body: &[u8]) -> Facts<'_> {
    let mut told = Facts::new();
    if body.trim_ascii().is_empty() || body.trim_ascii() == b"null" {
        told.put(Fact::Body, Some("nothing"));
        return told;
    }
    let Some(members) = members(body) else {
        told.put(Fact::Body, Some("something else"));
        return told;
    };
    let data = match members.get("data").map(|data| data.trim()) {
        None | Some("null" | "[]") => Members::new(),
        Some(data) => match self::members(data.as_bytes()) {
            Some(data) => own(data),
            None => {
                told.put(Fact::Body, Some("something else"));
                return told;
            }
        },
    };
    // A member that is `null` tells nothing, a text tells what it says, and anything else its JSON.
    let text = |from: &Members<'_>, name: &str| from.get(name).and_then(|json| text_of(json));
    // Each place speaks for itself.
    let places = |name: &'static str| {
        [text(&members, name), text(&data, name)]
            .into_iter()
            .flatten()
    };
    let both = |name| {
        let mut places = places(name).filter(|told| !told.is_empty());
        let first = places.next();
        if places.next().is_some_and(|second| Some(second) != first) {
            return Some(TWICE.to_owned());
        }
        first
    };
    let error = ["error", "error_code", "errors"]
        .into_iter()
        .flat_map(places)
        .find(|error| !matches!(&**error, "" | "false" | "[]" | "{}"));
    // Beside `data` stands how the call ended, within it how the off-ramp stands. The gravest code counts.
    let codes = places("statusCode").chain(text(&members, "status"));
    let code = codes.reduce(|first, second| if is_success(&first) { second } else { first });
    told.put(Fact::Body, Some("object"))
        .put(Fact::Envelope, both("success"))
        .put(Fact::Code, code)
        .put(Fact::Error, error)
        .put(Fact::Message, both("message"))
        .put(Fact::Reference, both("referenceId"))
        .put(Fact::Status, both("refundStatus"))
        .put(Fact::OfframpStatus, text(&data, "status"));
    told
}

fn is_success(code: &str) -> bool {
    code.starts_with('2')
        || ["success", "ok"]
            .iter()
            .any(|word| code.eq_ignore_ascii_case(word))
}

/// The state of the refund, where the body tells one that is not final: what has been paid, only a read or an
/// event tells, whose members are documented.
pub(super) fn status(body: &[u8]) -> Option<RefundStatus> {
    let told = told(body);
    RefundStatus::from_refund_status(told.get(Fact::Status), told.get(Fact::OfframpStatus))
        .filter(|status| !status.is_final())
}

fn own(members: Members<'_>) -> Members<'static> {
    members
        .into_iter()
        .map(|(name, json)| (name.into_owned().into(), json.into_owned().into()))
        .collect()
}

fn text_of(json: &str) -> Option<String> {
    match json {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        json => Some(json.to_owned()),
    }
}

fn members(json: &[u8]) -> Option<Members<'_>> {
    struct Pairs<'a>(Members<'a>);

    impl<'de> Deserialize<'de> for Pairs<'de> {
        fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor;

            impl<'de> serde::de::Visitor<'de> for Visitor {
                type Value = Pairs<'de>;

                fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<A: serde::de::MapAccess<'de>>(
                    self,
                    mut map: A,
                ) -> Result<Pairs<'de>, A::Error> {
                    let mut members = Members::new();
                    while let Some(name) = map.next_key::<String>()? {
                        let json = map.next_value::<&'de RawValue>()?.get();
                        let twice = members.contains_key(&*name);
                        let told = if twice { TWICE } else { json };
                        members.insert(name.into(), told.into());
                    }
                    Ok(Pairs(members))
                }
            }

            deserializer.deserialize_map(Visitor)
        }
    }

    let pairs: Pairs<'_> = serde_json::from_slice(json).ok()?;
    Some(pairs.0)
}
