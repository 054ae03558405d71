//! Forms (`application/x-www-form-urlencoded`).

use std::collections::BTreeMap;

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;

use super::Error;
use super::generated::encode_text;
use crate::wire::brackets::{self, Lists, text_of};
use crate::wire::tree::Tree;

/// How a field of a form is written, where not by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldStyle {
    /// Members and the numbers of entries in brackets: `a[0]=1&a[1]=2`.
    Brackets,
    /// The entries of a list in one text: `a=1,2`.
    Commas,
    /// The same with spaces between them.
    Spaces,
    /// The same with `|` between them.
    Pipes,
    /// A text in JSON.
    Json,
}

/// Writes `body` as a form; fields that are not in `fields` have their members in brackets, and their lists
/// as `lists` says.
pub(super) fn form<T: Serialize + ?Sized, E>(
    request: RequestBuilder,
    body: &T,
    lists: Lists,
    fields: &[(&str, FieldStyle)],
) -> Result<RequestBuilder, Error<E>> {
    let refuse =
        |reason: String| Error::invalid_request(format!("the form cannot be written: {reason}"));
    let text = serde_json::to_string(body).map_err(|error| refuse(error.to_string()))?;
    let members: BTreeMap<String, &RawValue> = match text.as_str() {
        "null" => BTreeMap::new(),
        text => {
            serde_json::from_str(text).map_err(|_| refuse("its body has no members".to_owned()))?
        }
    };
    let mut written = Vec::new();
    for (name, json) in members {
        let mut pairs = Vec::new();
        let value = Tree::parse(json.get()).map_err(|error| refuse(error.to_string()))?;
        let style = fields.iter().find(|(field, _)| *field == name);
        match style.map(|(_, style)| *style) {
            None => brackets::flatten(name, value, lists, &mut pairs),
            Some(FieldStyle::Brackets) => {
                brackets::flatten(name, value, Lists::Numbered, &mut pairs);
            }
            Some(FieldStyle::Json) if value == Tree::Null => {}
            Some(FieldStyle::Json) => pairs.push((name, json.get().to_owned())),
            Some(FieldStyle::Commas) => match texts_of(value) {
                // The comma between two is not escaped, and one within a text is (RFC 6570, 3.2.1).
                Ok(texts) if !texts.is_empty() => {
                    let texts: Vec<String> = texts.iter().map(|text| encode_text(text)).collect();
                    written.push(format!("{}={}", escaped(&name), texts.join(",")));
                }
                Ok(_) => {}
                Err(other) => brackets::flatten(name, other, Lists::Repeated, &mut pairs),
            },
            Some(FieldStyle::Spaces) => joined(name, value, " ", &mut pairs),
            Some(FieldStyle::Pipes) => joined(name, value, "|", &mut pairs),
        }
        let pairs = pairs.iter();
        written.extend(pairs.map(|(name, text)| format!("{}={}", escaped(name), escaped(text))));
    }
    Ok(request
        .header(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        )
        .body(written.join("&")))
}

/// A name or a text as it stands in a form, in which a space is a plus.
fn escaped(text: &str) -> String {
    encode_text(text).replace("%20", "+")
}

/// One text of all entries, or of all names and values; what is nested deeper is in brackets.
fn joined(name: String, value: Tree, between: &str, pairs: &mut Vec<(String, String)>) {
    match texts_of(value) {
        Ok(texts) if texts.is_empty() => {}
        Ok(texts) => pairs.push((name, texts.join(between))),
        Err(other) => brackets::flatten(name, other, Lists::Repeated, pairs),
    }
}

/// The texts of all entries, or all names and values; the value itself where it has something nested deeper.
fn texts_of(value: Tree) -> Result<Vec<String>, Tree> {
    match value {
        Tree::List(entries) if entries.iter().all(Tree::is_scalar) => {
            Ok(entries.into_iter().filter_map(text_of).collect())
        }
        Tree::Object(members) if members.values().all(Tree::is_scalar) => Ok(members
            .into_iter()
            .filter_map(|(member, value)| Some([member, text_of(value)?]))
            .flatten()
            .collect()),
        other => Err(other),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Client;
    use serde_json::{Value, json};

    use super::*;

    fn text_of_form(body: &Value, fields: &[(&str, FieldStyle)]) -> String {
        let request = Client::new().post("http://localhost/");
        let request: Result<_, Error<()>> = form(request, body, Lists::Repeated, fields);
        let request = request.unwrap().build().unwrap();
        let bytes = request.body().unwrap().as_bytes().unwrap().to_vec();
        let text = String::from_utf8(bytes).unwrap();
        percent_encoding::percent_decode_str(&text)
            .decode_utf8()
            .unwrap()
            .into_owned()
    }

    #[test]
    fn each_field_is_written_in_its_style() {
        let list = json!({"a": [1, "x"], "b": null});
        for (style, expected) in [
            (FieldStyle::Brackets, "a[0]=1&a[1]=x"),
            (FieldStyle::Commas, "a=1,x"),
            (FieldStyle::Spaces, "a=1+x"),
            (FieldStyle::Pipes, "a=1|x"),
            (FieldStyle::Json, "a=[1,\"x\"]"),
        ] {
            assert_eq!(text_of_form(&list, &[("a", style), ("b", style)]), expected);
        }
        assert_eq!(text_of_form(&list, &[]), "a=1&a=x");
    }

    #[test]
    fn what_separates_two_texts_is_in_none_of_them_and_no_text_is_no_field() {
        let fields = [("a", FieldStyle::Commas), ("b", FieldStyle::Commas)];
        let body = json!({"a": ["x,y", "z"], "b": [], "c": ["x,y"]});
        let request = Client::new().post("http://localhost/");
        let request: Result<_, Error<()>> = form(request, &body, Lists::Repeated, &fields);
        let request = request.unwrap().build().unwrap();
        let bytes = request.body().unwrap().as_bytes().unwrap();
        assert_eq!(bytes, b"a=x%2Cy,z&c=x%2Cy");
    }

    #[test]
    fn amounts_are_written_digit_by_digit() {
        let amounts = |text: &str| -> crate::Amount { serde_json::from_str(text).unwrap() };
        let body = std::collections::BTreeMap::from([
            ("a", amounts("24.00")),
            ("b", amounts("0.0000001")),
        ]);
        let request = Client::new().post("http://localhost/");
        let fields = [("b", FieldStyle::Json)];
        let request: Result<_, Error<()>> = form(request, &body, Lists::Repeated, &fields);
        let request = request.unwrap().build().unwrap();
        let bytes = request.body().unwrap().as_bytes().unwrap();
        assert_eq!(bytes, b"a=24.00&b=0.0000001");
    }

    #[test]
    fn members_are_joined_with_their_names_and_nested_ones_are_in_brackets() {
        let fields = [("a", FieldStyle::Commas)];
        assert_eq!(
            text_of_form(&json!({"a": {"x": 1, "y": 2}}), &fields),
            "a=x,1,y,2"
        );
        assert_eq!(text_of_form(&json!({"a": {"x": [1]}}), &fields), "a[x]=1");
        assert_eq!(text_of_form(&json!({"a": "1"}), &fields), "a=1");
    }
}
