//! JSON as a provider may write it: numbers in any spelling, members twice or not at all.

use std::fmt::{self, Write};

/// A value, written as it is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// Text of JSON, or of what only looks like it.
    Raw(String),
    Text(String),
    Object(Vec<(String, Json)>),
    Array(Vec<Json>),
}

impl Json {
    pub fn raw(text: impl Into<String>) -> Self {
        Self::Raw(text.into())
    }

    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn object<const N: usize>(members: [(&str, Json); N]) -> Self {
        let members = members.into_iter();
        Self::Object(
            members
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        )
    }

    /// Sets the member at a path, whose last name may be new.
    pub fn set(&mut self, at: &[&str], value: Json) {
        match at {
            [] => *self = value,
            [name] => match self.member(name) {
                Some(member) => *member = value,
                None => self.push(name, value),
            },
            [name, rest @ ..] => {
                if let Some(member) = self.member(name) {
                    member.set(rest, value);
                }
            }
        }
    }

    /// Writes a further member of the same name, after all others.
    pub fn add(&mut self, at: &[&str], value: Json) {
        match at {
            [] => {}
            [name] => self.push(name, value),
            [name, rest @ ..] => {
                if let Some(member) = self.member(name) {
                    member.add(rest, value);
                }
            }
        }
    }

    /// Takes the member at a path away.
    pub fn remove(&mut self, at: &[&str]) {
        match at {
            [] => {}
            [name] => {
                if let Self::Object(members) = self {
                    members.retain(|(known, _)| known != name);
                }
            }
            [name, rest @ ..] => {
                if let Some(member) = self.member(name) {
                    member.remove(rest);
                }
            }
        }
    }

    /// The member at a path.
    pub fn at(&self, at: &[&str]) -> Option<&Json> {
        match at {
            [] => Some(self),
            [name, rest @ ..] => match self {
                Self::Object(members) => {
                    let (_, value) = members.iter().find(|(known, _)| known == name)?;
                    value.at(rest)
                }
                Self::Array(values) => values.get(name.parse::<usize>().ok()?)?.at(rest),
                Self::Raw(_) | Self::Text(_) => None,
            },
        }
    }

    /// Whether it is written so.
    pub fn is_written(&self, text: &str) -> bool {
        match self {
            Self::Raw(raw) => raw == text,
            Self::Text(own) => {
                let inner = text
                    .strip_prefix('"')
                    .and_then(|text| text.strip_suffix('"'));
                inner == Some(own)
            }
            Self::Object(members) if members.is_empty() => text == "{}",
            Self::Object(_) => text.starts_with("{\"") && self.to_string() == text,
            Self::Array(values) if values.is_empty() => text == "[]",
            Self::Array(_) => text.len() > 2 && text.starts_with('[') && self.to_string() == text,
        }
    }

    fn push(&mut self, name: &str, value: Json) {
        if let Self::Object(members) = self {
            members.push((name.to_owned(), value));
        }
    }

    fn member(&mut self, name: &str) -> Option<&mut Json> {
        match self {
            Self::Object(members) => {
                let (_, value) = members.iter_mut().find(|(known, _)| known == name)?;
                Some(value)
            }
            Self::Array(values) => values.get_mut(name.parse::<usize>().ok()?),
            Self::Raw(_) | Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Raw(text) => f.write_str(text),
            Self::Text(text) => quoted(f, text),
            Self::Object(members) => {
                f.write_char('{')?;
                for (at, (name, value)) in members.iter().enumerate() {
                    if at > 0 {
                        f.write_char(',')?;
                    }
                    quoted(f, name)?;
                    write!(f, ":{value}")?;
                }
                f.write_char('}')
            }
            Self::Array(values) => {
                f.write_char('[')?;
                for (at, value) in values.iter().enumerate() {
                    if at > 0 {
                        f.write_char(',')?;
                    }
                    write!(f, "{value}")?;
                }
                f.write_char(']')
            }
        }
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    let is_plain = |character: char| !matches!(character, '"' | '\\') && !character.is_control();
    if text.chars().all(is_plain) {
        f.write_str(text)?;
        return f.write_char('"');
    }
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            control if control.is_control() => write!(f, "\\u{:04x}", u32::from(control))?,
            character => f.write_char(character)?,
        }
    }
    f.write_char('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_set_added_twice_and_removed_by_their_path() {
        let mut json = Json::object([
            ("status", Json::text("success")),
            ("data", Json::object([("amount", Json::raw("1990"))])),
        ]);
        json.set(&["data", "amount"], Json::raw("1e999"));
        json.set(&["data", "id"], Json::text("a\"b"));
        json.add(&["data", "id"], Json::raw("null"));
        json.remove(&["status"]);
        let text = r#"{"data":{"amount":1e999,"id":"a\"b","id":null}}"#;
        assert_eq!(json.to_string(), text);
        let amount = json.at(&["data", "amount"]);
        assert!(amount.is_some_and(|amount| amount.is_written("1e999")));
    }
}
