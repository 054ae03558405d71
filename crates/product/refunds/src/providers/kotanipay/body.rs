//! What the 2xx of a write tells, whose body is not documented.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{RefundStatus, custom::Told, evidence::Fact};

/// An object's members as JSON; where two have one name, what they tell cannot be read.
type Members<'a> = BTreeMap<Cow<'a, str>, Cow<'a, str>>;

/// What a member tells that is there twice.
const TWICE: &str = "told twice";

/// What the body tells. Without one it tells nothing.
pub(super) fn told(body: &[u8]) -> Told {
    // What has been paid, only a read or an event tells, whose members are documented.
    let told = facts(body);
    let state = RefundStatus::from_refund_status(
        told.facts.get(Fact::Status),
        told.facts.get(Fact::PaymentStatus),
    );
    told.with_status(state.filter(|status| !status.is_final()))
}

fn facts(body: &[u8]) -> Told {
    let kind = |of_body| Told::new().with(Fact::Body, Some(of_body));
    if body.trim_ascii().is_empty() || body.trim_ascii() == b"null" {
        return kind("nothing");
    }
    let Some(members) = members(body) else {
        return kind("something else");
    };
    let data = match members.get("data").map(|data| data.trim()) {
        None | Some("null" | "[]") => Members::new(),
        Some(data) => match self::members(data.as_bytes()) {
            Some(data) => own(data),
            None => return kind("something else"),
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
    kind("object")
        .with(Fact::Envelope, both("success"))
        .with(Fact::Code, code)
        .with(Fact::Error, error)
        .with(Fact::Message, both("message"))
        .with(Fact::Reference, both("referenceId"))
        .with(Fact::Status, both("refundStatus"))
        .with(Fact::PaymentStatus, text(&data, "status"))
}

fn is_success(code: &str) -> bool {
    code.starts_with('2')
        || ["success", "ok"]
            .iter()
            .any(|word| code.eq_ignore_ascii_case(word))
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
