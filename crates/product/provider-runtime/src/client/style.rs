//! How parameters and the fields of forms are written: the styles of OpenAPI, which are those of RFC 6570.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde::Serialize;

use super::generated::{PATH_SEGMENT, encode_text};
use super::json_body;
use crate::Json;
use crate::wire::brackets::{self, Lists, text_of};

/// How a parameter, or a field of a form, is written (OpenAPI, Style Values).
///
/// Null is not there: not as a value, an entry of a list or a member of an object. A list or an object without
/// anything in it is not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    kind: Kind,
    explode: bool,
    allow_reserved: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    Cookie,
    Json,
}

/// Where something is written, which says how its texts are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Cookie,
    Form,
}

impl Style {
    /// `blue,black`, `R,100`; exploded `R=100`.
    pub const SIMPLE: Self = Self::of(Kind::Simple);
    /// `.blue,black`; exploded `.blue.black` and `.R=100`.
    pub const LABEL: Self = Self::of(Kind::Label);
    /// `;color=blue,black`; exploded `;color=blue;color=black` and `;R=100`.
    pub const MATRIX: Self = Self::of(Kind::Matrix);
    /// `color=blue,black`; exploded `color=blue&color=black` and `R=100`.
    pub const FORM: Self = Self::of(Kind::Form);
    /// `color=blue%20black`.
    pub const SPACE_DELIMITED: Self = Self::of(Kind::SpaceDelimited);
    /// `color=blue%7Cblack`.
    pub const PIPE_DELIMITED: Self = Self::of(Kind::PipeDelimited);
    /// `color[R]=100`, with the brackets escaped; lists are numbered.
    pub const DEEP_OBJECT: Self = Self::of(Kind::DeepObject);
    /// `color=blue,black`, unescaped; exploded `color=blue; color=black` and `R=100`.
    pub const COOKIE: Self = Self::of(Kind::Cookie);
    /// As JSON.
    pub const JSON: Self = Self::of(Kind::Json);

    const fn of(kind: Kind) -> Self {
        Self {
            kind,
            explode: false,
            allow_reserved: false,
        }
    }

    /// The same with each entry and each member by itself.
    #[must_use]
    pub const fn exploded(mut self) -> Self {
        self.explode = true;
        self
    }

    /// The same with reserved characters, and `%` before two hexadecimal digits, as they are (RFC 6570, 3.2.3).
    #[must_use]
    pub const fn allowing_reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }

    /// What `value` is in this style; nothing where it is nothing.
    ///
    /// # Errors
    /// Why it has no form in this style.
    pub(super) fn write<T: Serialize + ?Sized>(
        self,
        place: Place,
        name: &str,
        value: &T,
    ) -> Result<Option<String>, String> {
        if self.kind == Kind::Json {
            let json = json_body::json(&value).map_err(|error| error.to_string())?;
            let json = String::from_utf8(json).map_err(|error| error.to_string())?;
            return Ok((json != "null").then(|| self.json(place, name, &json)));
        }
        let value = Json::of(value).map_err(|error| error.to_string())?;
        let is_nested = match &value {
            Json::List(entries) => !entries.iter().all(Json::is_scalar),
            Json::Object(members) => !members.iter().all(|(_, member)| member.is_scalar()),
            _ => false,
        };
        match self.kind {
            _ if value == Json::Null => Ok(None),
            Kind::DeepObject => Ok(self.in_brackets(place, name, value)),
            _ if is_nested && matches!(place, Place::Query | Place::Form) => {
                Ok(self.in_brackets(place, name, value))
            }
            _ if is_nested => {
                Err("it holds a list or an object where only a text can be".to_owned())
            }
            _ => self.expanded(place, name, value),
        }
    }

    /// RFC 6570, 3.2.1, with the separators of OpenAPI's own styles.
    fn expanded(self, place: Place, name: &str, value: Json) -> Result<Option<String>, String> {
        let (first, between, if_empty) = match self.kind {
            Kind::Label => (".", ".", None),
            Kind::Matrix => (";", ";", Some("")),
            Kind::Cookie => ("", "; ", Some("=")),
            Kind::Form | Kind::SpaceDelimited | Kind::PipeDelimited => ("", "&", Some("=")),
            Kind::Simple | Kind::DeepObject | Kind::Json => ("", ",", None),
        };
        let pair = |name: &str, text: &str, if_empty: &str| match text {
            "" => format!("{name}{if_empty}"),
            text => format!("{name}={text}"),
        };
        // With its name, in the styles that have it.
        let name = encode_text(name);
        let named = |text: &str| match if_empty {
            Some(if_empty) => pair(&name, text, if_empty),
            None => text.to_owned(),
        };
        let escaped = |text: String| self.escaped(place, text);
        let mut parts = Vec::new();
        match value {
            Json::List(entries) => {
                for text in entries.into_iter().filter_map(text_of) {
                    parts.push(escaped(text)?);
                }
                if self.explode {
                    parts = parts.iter().map(|text| named(text)).collect();
                }
            }
            Json::Object(members) => {
                for (member, value) in members {
                    let Some(text) = text_of(value) else { continue };
                    let (member, text) = (escaped(member)?, escaped(text)?);
                    if self.explode {
                        parts.push(pair(&member, &text, if_empty.unwrap_or("=")));
                    } else {
                        parts.extend([member, text]);
                    }
                }
            }
            scalar => {
                let text = escaped(text_of(scalar).unwrap_or_default())?;
                return Ok(Some(format!("{first}{}", named(&text))));
            }
        }
        if parts.is_empty() {
            return Ok(None);
        }
        let written = if self.explode {
            parts.join(between)
        } else {
            named(&parts.join(self.separator()))
        };
        Ok(Some(format!("{first}{written}")))
    }

    /// What is between the texts of one value that is not exploded. A URL has no space and no bar, so these are
    /// escaped like the texts (OpenAPI, Percent-Encoding and Form Media Types).
    fn separator(self) -> &'static str {
        match self.kind {
            Kind::SpaceDelimited => "%20",
            Kind::PipeDelimited => "%7C",
            _ => ",",
        }
    }

    /// A text as it stands in this place.
    fn escaped(self, place: Place, text: String) -> Result<String, String> {
        // What separates texts and is not told from one within a text afterwards.
        let separates = match self.kind {
            Kind::SpaceDelimited if !self.explode => Some(' '),
            Kind::PipeDelimited if !self.explode => Some('|'),
            Kind::Cookie => Some(';'),
            _ => None,
        };
        match separates {
            Some(separator) if text.contains(separator) => Err(format!(
                "it holds {separator:?}, which separates values here: write it in another way, as the provider documents"
            )),
            _ if place == Place::Header || self.kind == Kind::Cookie => Ok(text),
            _ if self.allow_reserved && place == Place::Path => Ok(encode_in_segment(&text)),
            _ if self.allow_reserved => Ok(encode_reserved(&text)),
            _ if place == Place::Form => Ok(encode_field(&text)),
            _ => Ok(encode_text(&text)),
        }
    }

    /// Members, and numbers of entries, in brackets: what OpenAPI has for objects of one level, for any.
    fn in_brackets(self, place: Place, name: &str, value: Json) -> Option<String> {
        let lists = match self.kind {
            Kind::DeepObject => Lists::Numbered,
            _ => Lists::Repeated,
        };
        let is_own =
            self.kind != Kind::DeepObject && self.explode && matches!(value, Json::Object(_));
        let name = if is_own { "" } else { name };
        let mut pairs = Vec::new();
        brackets::flatten(name.to_owned(), value, lists, &mut pairs);
        let encode = match place {
            Place::Form => encode_field,
            _ => encode_text,
        };
        let text = |text: &str| match self.allow_reserved {
            true => encode_reserved(text),
            false => encode(text),
        };
        let pairs = pairs.iter();
        let written: Vec<String> = pairs
            .map(|(name, value)| format!("{}={}", encode(name), text(value)))
            .collect();
        (!written.is_empty()).then(|| written.join("&"))
    }

    fn json(self, place: Place, name: &str, json: &str) -> String {
        match place {
            Place::Path => encode_text(json),
            Place::Header => in_ascii(json),
            Place::Form => format!("{}={}", encode_field(name), encode_field(json)),
            Place::Query | Place::Cookie if self.allow_reserved => {
                format!("{}={}", encode_text(name), encode_reserved(json))
            }
            Place::Query | Place::Cookie => format!("{}={}", encode_text(name), encode_text(json)),
        }
    }
}

/// A name or a text as it stands in a form, in which a space is a plus.
pub(super) fn encode_field(text: &str) -> String {
    encode_text(text).replace("%20", "+")
}

/// Escapes all but what is unreserved or reserved, and triplets of `%` (RFC 6570, 3.2.1).
fn encode_reserved(text: &str) -> String {
    const ALLOWED: &AsciiSet = &PATH_SEGMENT
        .remove(b'/')
        .remove(b'?')
        .remove(b'#')
        .remove(b'[')
        .remove(b']');
    encode_but_triplets(text, ALLOWED)
}

/// The same for what stays in its segment of a path (OpenAPI 3.2.0, Path Templating: no `/`, `?` or `#`; RFC 3986, 3.3: no
/// brackets).
fn encode_in_segment(text: &str) -> String {
    encode_but_triplets(text, PATH_SEGMENT)
}

/// Escapes what is not in `allowed`, and `%` where no two hexadecimal digits follow it.
fn encode_but_triplets(text: &str, allowed: &'static AsciiSet) -> String {
    let mut parts = text.split('%');
    let encoded = |part: &str| utf8_percent_encode(part, allowed).to_string();
    let mut written = parts.next().map(encoded).unwrap_or_default();
    for part in parts {
        let digits = part.bytes().take(2);
        let is_triplet =
            digits.clone().count() == 2 && digits.clone().all(|byte| byte.is_ascii_hexdigit());
        written.push_str(if is_triplet { "%" } else { "%25" });
        written.push_str(&encoded(part));
    }
    written
}

/// JSON without any character that a header may not have.
fn in_ascii(json: &str) -> String {
    let mut written = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            written.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                written.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn written(style: Style, place: Place, value: Value) -> String {
        style.write(place, "p", &value).unwrap().unwrap_or_default()
    }

    #[test]
    fn reserved_characters_and_triplets_pass_where_they_are_allowed() {
        let text = "a:/?#[]@!$&'()*+,;=b %2F%zz%2 é|";
        assert_eq!(
            encode_reserved(text),
            "a:/?#[]@!$&'()*+,;=b%20%2F%25zz%252%20%C3%A9%7C"
        );
        assert_eq!(encode_reserved(""), "");
        let in_path = Style::SIMPLE.allowing_reserved();
        assert_eq!(
            written(in_path, Place::Path, json!(text)),
            "a:%2F%3F%23%5B%5D@!$&'()*+,;=b%20%2F%25zz%252%20%C3%A9%7C"
        );
    }

    #[test]
    fn an_empty_text_has_an_equals_sign_where_rfc_6570_says_so() {
        let entries = json!(["a", ""]);
        let style = Style::MATRIX.exploded();
        assert_eq!(written(style, Place::Path, entries.clone()), ";p=a;p");
        let style = Style::FORM.exploded();
        assert_eq!(written(style, Place::Query, entries), "p=a&p=");
        let members = json!({"x": ""});
        for (style, expected) in [
            (Style::MATRIX, ";x"),
            (Style::LABEL, ".x="),
            (Style::SIMPLE, "x="),
            (Style::FORM, "x="),
        ] {
            assert_eq!(
                written(style.exploded(), Place::Path, members.clone()),
                expected
            );
        }
    }

    #[test]
    fn what_is_nested_is_in_brackets_where_there_are_names_and_refused_elsewhere() {
        let value = json!({"gte": 5, "in": {"x": "y"}, "sort": ["a", "b"], "none": null});
        for (style, expected) in [
            (
                Style::DEEP_OBJECT,
                "p[gte]=5&p[in][x]=y&p[sort][0]=a&p[sort][1]=b",
            ),
            (Style::FORM, "p[gte]=5&p[in][x]=y&p[sort]=a&p[sort]=b"),
            (Style::FORM.exploded(), "gte=5&in[x]=y&sort=a&sort=b"),
        ] {
            let expected = expected.replace('[', "%5B").replace(']', "%5D");
            assert_eq!(written(style, Place::Query, value.clone()), expected);
        }
        assert_eq!(
            written(Style::DEEP_OBJECT, Place::Query, json!("plain")),
            "p=plain"
        );
        let refused = Style::SIMPLE.write(Place::Path, "p", &value).unwrap_err();
        assert!(refused.contains("only a text can be"), "{refused}");
    }

    #[test]
    fn a_separator_within_a_value_is_escaped_or_refused_and_never_one_more_value() {
        let list = json!(["a,b", "c"]);
        assert_eq!(
            written(Style::FORM, Place::Query, list.clone()),
            "p=a%2Cb,c"
        );
        assert_eq!(written(Style::SIMPLE, Place::Path, list), "a%2Cb,c");
        for (style, place, list) in [
            (Style::SPACE_DELIMITED, Place::Query, json!(["a b", "c"])),
            (Style::PIPE_DELIMITED, Place::Query, json!({"a|b": "c"})),
            (Style::COOKIE, Place::Cookie, json!("a; q=1")),
        ] {
            let refused = style.write(place, "p", &list).unwrap_err();
            assert!(refused.contains("separates values"), "{refused}");
        }
    }

    #[test]
    fn a_value_in_json_keeps_its_digits_and_is_ascii_in_a_header() {
        let amount: crate::Amount = serde_json::from_str("24.00").unwrap();
        let of = |place| Style::JSON.write(place, "p", &[&amount]).unwrap().unwrap();
        assert_eq!(of(Place::Query), "p=%5B24.00%5D");
        assert_eq!(of(Place::Path), "%5B24.00%5D");
        assert_eq!(
            written(Style::JSON, Place::Header, json!({"a": "é🦀"})),
            r#"{"a":"\u00e9\ud83e\udd80"}"#
        );
    }
}
