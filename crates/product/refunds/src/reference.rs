//! The user's own name for a refund.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// As many characters as the strictest documented key takes (Tazapay's `Idempotency-Key`).
const LONGEST: usize = 255;

/// The user's own reference of a refund, by which a provider that can recognises a repeated request.
///
/// Use one reference for one refund, keep it before sending, and send the same one after a restart.
/// It is 1 to 255 characters of visible ASCII, without blanks. Cloning shares it.
///
/// ```
/// use refunds::Reference;
///
/// let reference = Reference::new("refund-2024-0001")?;
/// assert_eq!(reference.as_str(), "refund-2024-0001");
/// assert!(Reference::new("two words").is_err());
/// # Ok::<(), refunds::ReferenceError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(Arc<str>);

/// A text cannot be a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// There is no text.
    #[error("the reference is empty: give each refund a name of its own")]
    Empty,
    /// The text is too long.
    #[error("the reference has {length} characters: shorten it to 255")]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
    /// The text has a character that a header or a path would change.
    #[error(
        "character {position} of the reference is a blank, a control character or not ASCII: use \
         visible ASCII"
    )]
    Character {
        /// Which character, from 1.
        position: usize,
    },
}

impl Reference {
    /// Checks a text and makes it a reference.
    ///
    /// # Errors
    /// The text is empty, longer than 255 characters or has others than visible ASCII.
    pub fn new(text: impl AsRef<str>) -> Result<Self, ReferenceError> {
        let text = text.as_ref();
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        let unfit = |character: char| !character.is_ascii_graphic();
        if let Some(before) = text.chars().position(unfit) {
            return Err(ReferenceError::Character {
                position: before + 1,
            });
        }
        match text.len() {
            length if length > LONGEST => Err(ReferenceError::TooLong { length }),
            _ => Ok(Self(text.into())),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Reference {
    type Error = ReferenceError;

    fn try_from(text: String) -> Result<Self, ReferenceError> {
        Self::new(text)
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.as_str().to_owned()
    }
}

impl AsRef<str> for Reference {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visible_ascii_of_up_to_255_characters_is_a_reference() {
        for text in ["r", "R-1_2.3/4#!~", &"x".repeat(255)] {
            assert_eq!(Reference::new(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn an_empty_or_too_long_reference_is_refused() {
        assert_eq!(Reference::new(""), Err(ReferenceError::Empty));
        assert_eq!(
            Reference::new("x".repeat(256)),
            Err(ReferenceError::TooLong { length: 256 })
        );
    }

    #[test]
    fn a_character_that_could_change_on_the_way_is_refused_with_its_place() {
        for (text, position) in [("a b", 2), (" a", 1), ("a\n", 2), ("aé", 2), ("\u{7f}", 1)] {
            assert_eq!(
                Reference::new(text),
                Err(ReferenceError::Character { position }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_reference_that_was_stored_is_checked_again_when_it_is_read() {
        let reference = Reference::new("r-1").unwrap();
        let stored = serde_json::to_string(&reference).unwrap();
        assert_eq!(stored, r#""r-1""#);
        assert_eq!(
            serde_json::from_str::<Reference>(&stored).unwrap(),
            reference
        );
        assert!(serde_json::from_str::<Reference>(r#""a b""#).is_err());
    }
}
