//! Which provider something concerns.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::providers;

/// A provider: one that this crate knows, whether or not its feature is on, or one of your own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProviderName {
    /// Kotani Pay, an African crypto off-ramp.
    Kotanipay,
    /// MCE (MetaComp), crypto payments.
    Mce,
    /// Optty, an aggregator of buy-now-pay-later providers.
    Optty,
    /// Tazapay, cross-border payments.
    Tazapay,
    /// A provider of your own; see [`custom`](crate::custom).
    Own(OwnName),
}

/// The built-in providers. A match over them does not compile where one is forgotten.
macro_rules! built_in {
    ($($variant:ident),*) => {{
        const fn is_one(provider: ProviderName) -> bool {
            match provider {
                $(ProviderName::$variant)|* => true,
                ProviderName::Own(_) => false,
            }
        }
        assert!($(is_one(ProviderName::$variant))&&*);
        [$(ProviderName::$variant),*]
    }};
}

/// The name of a provider of your own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OwnName(&'static str);

/// A text that names no provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the name of a provider: give 1 to 32 of the characters a to z, 0 to 9, `-` and `_`, with a letter first"
)]
pub struct NotAProvider;

/// The longest name, in bytes.
const LONGEST: usize = 32;
/// So many names of own providers are read from records in one process; they stay in memory.
const MOST: usize = 1_000;

impl ProviderName {
    /// The built-in providers.
    pub const BUILT_IN: [Self; 4] = built_in!(Kotanipay, Mce, Optty, Tazapay);

    /// A provider of your own; `None` if a built-in one has the name, or it is none: 1 to 32 of the characters a to z, 0
    /// to 9, `-` and `_`, a letter first. In a constant, a name that is none does not compile:
    ///
    /// ```
    /// use refunds::ProviderName;
    ///
    /// const ACME: ProviderName = ProviderName::own("acme").unwrap();
    /// assert_eq!(ACME.as_str(), "acme");
    /// assert!(ProviderName::own("Acme Inc.").is_none());
    /// assert!(ProviderName::own("tazapay").is_none());
    /// ```
    pub const fn own(name: &'static str) -> Option<Self> {
        let bytes = name.as_bytes();
        if !is_name(bytes) {
            return None;
        }
        let mut at = 0;
        while at < Self::BUILT_IN.len() {
            if is_same(Self::BUILT_IN[at].as_str().as_bytes(), bytes) {
                return None;
            }
            at += 1;
        }
        Some(Self::Own(OwnName(name)))
    }

    /// What the crate of a built-in provider says of it, such as its hosts; `None` where its feature is off, and of one of
    /// your own.
    pub fn described(self) -> Option<&'static provider_runtime::Provider> {
        providers::of(self)?.made_by.as_ref()
    }

    /// The name of its crate and feature, such as `optty`, or of your own provider.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kotanipay => "kotanipay",
            Self::Mce => "mce",
            Self::Optty => "optty",
            Self::Tazapay => "tazapay",
            Self::Own(OwnName(name)) => name,
        }
    }

    /// Keeps the name of a provider of this program, so that it can be read whatever else was.
    pub(crate) fn register(self) {
        if let Self::Own(OwnName(name)) = self {
            let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
            read.insert(name);
        }
    }
}

const fn is_name(bytes: &[u8]) -> bool {
    if bytes.is_empty() || bytes.len() > LONGEST || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        if !matches!(bytes[at], b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') {
            return false;
        }
        at += 1;
    }
    true
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// Names that were read from records, and those of this program's providers, for which there is room always.
static READ: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

impl FromStr for ProviderName {
    type Err = NotAProvider;

    fn from_str(name: &str) -> Result<Self, NotAProvider> {
        if let Some(known) = Self::BUILT_IN.iter().find(|known| known.as_str() == name) {
            return Ok(*known);
        }
        if !is_name(name.as_bytes()) {
            return Err(NotAProvider);
        }
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(name) {
            return Self::own(known).ok_or(NotAProvider);
        }
        if read.len() >= MOST {
            return Err(NotAProvider);
        }
        let kept: &'static str = name.to_owned().leak();
        read.insert(kept);
        Self::own(kept).ok_or(NotAProvider)
    }
}

impl Serialize for ProviderName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ProviderName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for OwnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_round_as_a_text() {
        for name in ["kotanipay", "mce", "optty", "tazapay", "acme", "acme-2_x"] {
            let read: ProviderName = name.parse().unwrap();
            assert_eq!(read.as_str(), name);
            let text = serde_json::to_string(&read).unwrap();
            assert_eq!(text, format!("\"{name}\""));
            assert_eq!(serde_json::from_str::<ProviderName>(&text).unwrap(), read);
        }
        assert_eq!("tazapay".parse(), Ok(ProviderName::Tazapay));
        assert_eq!("acme".parse().ok(), ProviderName::own("acme"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for name in ["", "Acme", "1acme", "ac me", "acmé", &"a".repeat(33)] {
            assert_eq!(name.parse::<ProviderName>(), Err(NotAProvider), "{name}");
        }
    }
}
