//! Members that only errors have, in an answer that should have none.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The first of these top-level members that tells something, as JSON. A body in which they cannot be looked for
/// tells an error, too.
pub(crate) fn error_members(body: &[u8], names: &'static [&'static str]) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    match deserializer.deserialize_map(Members(names)) {
        Ok(found) => found,
        Err(_) => Some("cannot be read".to_owned()),
    }
}

struct Members(&'static [&'static str]);

impl<'de> Visitor<'de> for Members {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<String>, A::Error> {
        let mut found = None;
        while let Some(name) = map.next_key::<Name<'de>>()? {
            if !self.0.contains(&&*name.0) {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value::<&'de RawValue>()?.get();
            if !matches!(value, "null" | "\"\"" | "[]" | "{}" | "false") {
                found.get_or_insert_with(|| value.to_owned());
            }
        }
        Ok(found)
    }
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] std::borrow::Cow<'a, str>);
