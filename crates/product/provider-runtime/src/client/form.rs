//! Forms (`application/x-www-form-urlencoded`).

use std::collections::BTreeMap;

use reqwest::Request;
use reqwest::header::HeaderValue;
use serde::Serialize;
use serde_json::value::RawValue;

use super::call::set_body;
use super::style::{Place, encode_field};
use super::{Error, Style};
use crate::Json;
use crate::wire::brackets::text_of;

/// Writes `body` as a form. A field that is not in `fields` is a text, an object in JSON, or a list of these, each under the
/// name of the field (OpenAPI 3.0.4 and 3.1.1, Encoding Object, `contentType`).
pub(super) fn form<T: Serialize + ?Sized, E>(
    request: &mut Request,
    body: &T,
    fields: &[(&str, Style)],
) -> Result<(), Error<E>> {
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
        if let Some((_, style)) = fields.iter().find(|(field, _)| *field == name) {
            let field = style.write(Place::Form, &name, json);
            written.extend(field.map_err(|reason| refuse(format!("{name}: {reason}")))?);
            continue;
        }
        let values = match Json::of(json).map_err(|error| refuse(error.to_string()))? {
            Json::List(entries) => entries,
            value => vec![value],
        };
        let name = encode_field(&name);
        let texts = values.into_iter().filter_map(|value| match value {
            Json::List(_) | Json::Object(_) => Some(value.to_string()),
            scalar => text_of(scalar),
        });
        written.extend(texts.map(|text| format!("{name}={}", encode_field(&text))));
    }
    let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
    set_body(request, media_type, written.join("&"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use reqwest::{Method, Url, header::CONTENT_TYPE};
    use serde_json::{Value, json};

    use super::*;

    fn written(body: &impl Serialize, fields: &[(&str, Style)]) -> Result<String, Error<()>> {
        let mut request = Request::new(Method::POST, Url::parse("http://localhost/").unwrap());
        form(&mut request, body, fields)?;
        assert_eq!(
            request.headers()[CONTENT_TYPE],
            "application/x-www-form-urlencoded"
        );
        let bytes = request.body().unwrap().as_bytes().unwrap().to_vec();
        Ok(String::from_utf8(bytes).unwrap())
    }

    fn text_of_form(body: &Value, fields: &[(&str, Style)]) -> String {
        let text = written(body, fields).unwrap();
        percent_encoding::percent_decode_str(&text)
            .decode_utf8()
            .unwrap()
            .into_owned()
    }

    #[test]
    fn each_field_is_written_in_its_style() {
        let list = json!({"a": [1, "x"], "b": null});
        for (style, expected) in [
            (Style::DEEP_OBJECT, "a[0]=1&a[1]=x"),
            (Style::FORM, "a=1,x"),
            (Style::SPACE_DELIMITED, "a=1 x"),
            (Style::PIPE_DELIMITED, "a=1|x"),
            (Style::JSON, "a=[1,\"x\"]"),
        ] {
            assert_eq!(text_of_form(&list, &[("a", style), ("b", style)]), expected);
        }
        assert_eq!(text_of_form(&list, &[]), "a=1&a=x");
    }

    #[test]
    fn what_separates_two_texts_is_in_none_of_them_and_no_text_is_no_field() {
        let fields = [("a", Style::FORM), ("b", Style::FORM)];
        let body = json!({"a": ["x,y", "z"], "b": [], "c": ["x,y"]});
        assert_eq!(written(&body, &fields).unwrap(), "a=x%2Cy,z&c=x%2Cy");
        assert!(written(&[1], &[]).is_err());
    }

    /// OpenAPI 3.1.1, Encoding the x-www-form-urlencoded Media Type.
    #[test]
    fn an_object_of_which_nothing_is_said_is_json() {
        let body = json!({"id": "f8", "address": {"zip": "99999+1234", "to": ["a"]}, "lines": [{"n": 1}, {"n": 2}, null]});
        assert_eq!(
            text_of_form(&body, &[]),
            r#"address={"to":["a"],"zip":"99999+1234"}&id=f8&lines={"n":1}&lines={"n":2}"#
        );
    }

    #[test]
    fn amounts_are_written_digit_by_digit() {
        let amounts = |text: &str| -> crate::Amount { serde_json::from_str(text).unwrap() };
        let body = std::collections::BTreeMap::from([
            ("a", amounts("24.00")),
            ("b", amounts("0.0000001")),
        ]);
        let fields = [("b", Style::JSON)];
        assert_eq!(written(&body, &fields).unwrap(), "a=24.00&b=0.0000001");
    }

    #[test]
    fn members_are_joined_with_their_names_and_nested_ones_are_in_brackets() {
        let fields = [("a", Style::FORM)];
        assert_eq!(
            text_of_form(&json!({"a": {"x": 1, "y": 2}}), &fields),
            "a=x,1,y,2"
        );
        assert_eq!(text_of_form(&json!({"a": {"x": [1]}}), &fields), "a[x]=1");
        assert_eq!(text_of_form(&json!({"a": "1"}), &fields), "a=1");
    }
}
