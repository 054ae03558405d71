//! Events that the documents do not describe, or not as they came.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::DecodeError;

/// An event of an unknown name, or of a known name and another form. `Debug` shows no body.
#[derive(Clone)]
pub struct UnknownEvent {
    name: String,
    raw: Box<RawValue>,
    problem: Option<DecodeError>,
}

impl UnknownEvent {
    /// The name as it came; empty if there is none.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole body as JSON, character for character.
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// Why it could not be read although its name is known; `None` for an unknown name.
    pub fn problem(&self) -> Option<&DecodeError> {
        self.problem.as_ref()
    }

    fn new(name: &str, body: &str, problem: Option<DecodeError>) -> Self {
        Self {
            name: name.to_owned(),
            // A body that is no JSON is refused before its event is asked for.
            raw: serde_json::from_str(body).unwrap_or_else(|_| RawValue::NULL.to_owned()),
            problem,
        }
    }
}

impl fmt::Debug for UnknownEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("UnknownEvent")
            .field("name", &self.name)
            .field("problem", &self.problem)
            .finish_non_exhaustive()
    }
}

impl PartialEq for UnknownEvent {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.raw() == other.raw() && self.problem == other.problem
    }
}

impl Serialize for UnknownEvent {
    /// The body as it came.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(serializer)
    }
}

/// The event `name` with the content of `body`: `known` for a `T`, `unknown` if it is none. Without
/// `known` the name is an unknown one.
pub fn decode<T: DeserializeOwned, E>(
    name: &str,
    body: &str,
    known: Option<fn(T) -> E>,
    unknown: fn(UnknownEvent) -> E,
) -> E {
    let Some(known) = known else {
        return unknown(UnknownEvent::new(name, body, None));
    };
    match serde_json::from_str(body) {
        Ok(event) => known(event),
        Err(error) => {
            let problem = DecodeError::new(&error, body.is_empty());
            unknown(UnknownEvent::new(name, body, Some(problem)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Event {
        Known(Vec<u8>),
        Unknown(UnknownEvent),
    }

    fn met(known: bool, body: &str) -> Event {
        let known: Option<fn(Vec<u8>) -> Event> = known.then_some(Event::Known as _);
        decode("name", body, known, Event::Unknown)
    }

    #[test]
    fn an_unknown_event_is_kept_character_for_character() {
        let Event::Unknown(event) = met(false, " {\"a\": 1.50} ") else {
            panic!("known");
        };
        assert_eq!(event.name(), "name");
        assert_eq!(event.raw(), "{\"a\": 1.50}");
        assert_eq!(event.problem(), None);
        assert_eq!(serde_json::to_string(&event).unwrap(), "{\"a\": 1.50}");
        assert!(!format!("{event:?}").contains("1.50"));
    }

    #[test]
    fn a_known_event_of_another_form_is_unknown_and_says_why() {
        assert_eq!(met(true, "[7]"), Event::Known(vec![7]));
        let Event::Unknown(event) = met(true, "[\"private\"]") else {
            panic!("known");
        };
        let problem = event.problem().unwrap().to_string();
        assert!(problem.contains("found string"), "{problem}");
        assert!(!problem.contains("private"), "{problem}");
    }
}
