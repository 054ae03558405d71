//! References: what a `$ref` and a discriminator's mapping lead to.
//!
//! The fragment of a reference is a JSON pointer whose characters may be percent-encoded, since it stands in a
//! URI (RFC 6901, section 6): it is decoded before it is followed, here and nowhere else.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::pointer;

/// Chains longer than this are loops.
pub const LONGEST_CHAIN: usize = 64;

/// Percent-escapes of a URI undone; a text that is none afterwards stays as it is.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    percent_decode_str(text)
        .decode_utf8()
        .unwrap_or(Cow::Borrowed(text))
}

/// The JSON pointer that a reference to a place of its own document holds.
pub fn pointer_of(reference: &str) -> Option<Cow<'_, str>> {
    reference.strip_prefix('#').map(decode)
}

/// A reference to a place of the document itself.
pub fn to(pointer: &str) -> String {
    // A percent sign begins an escape of a URI.
    format!("#{}", pointer.replace('%', "%25"))
}

/// A reference to a named schema.
pub fn to_schema(name: &str) -> String {
    to(&pointer::join("/components/schemas", name))
}

/// What a reference of `document` to itself leads to; nothing if it leads elsewhere or nowhere.
pub fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    document.pointer(&pointer_of(reference)?)
}

/// The `$ref` of an object.
pub fn of(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()
}

/// What `value` stands for: itself, or where its chain of references ends. Nothing if that is nowhere.
pub fn follow<'a>(document: &'a Value, value: &'a Value) -> Option<&'a Value> {
    follow_at(document, String::new(), value).map(|(_, found)| found)
}

/// The same, with the JSON pointer of where it ends; `value` stands at `at`.
pub fn follow_at<'a>(
    document: &'a Value,
    mut at: String,
    value: &'a Value,
) -> Option<(String, &'a Value)> {
    let mut current = value;
    for _ in 0..LONGEST_CHAIN {
        let Some(reference) = of(current) else {
            return Some((at, current));
        };
        at = pointer_of(reference)?.into_owned();
        current = document.pointer(&at)?;
    }
    None
}

/// What `value` stands for, as far as its references lead anywhere.
pub fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let next = |current: &&'a Value| resolve(document, of(current)?);
    let chain = std::iter::successors(Some(value), next);
    chain.take(LONGEST_CHAIN).last().unwrap_or(value)
}

/// Section and name of `#/components/SECTION/NAME`, and of anything below it.
pub fn component(reference: &str) -> Option<(&str, Cow<'_, str>)> {
    let (section, rest) = reference.strip_prefix("#/components/")?.split_once('/')?;
    let name = rest.split('/').next()?;
    Some((section, name_in(name)))
}

/// `NAME` of `#/components/schemas/NAME`, and of nothing below it.
pub fn schema_name(reference: &str) -> Option<Cow<'_, str>> {
    let name = reference.strip_prefix("#/components/schemas/")?;
    (!name.contains('/')).then(|| name_in(name))
}

fn name_in(token: &str) -> Cow<'_, str> {
    match decode(token) {
        Cow::Borrowed(token) => pointer::unescape(token),
        Cow::Owned(token) => Cow::Owned(pointer::unescape(&token).into_owned()),
    }
}

/// Every text under a `$ref` key and under a discriminator's `mapping` within `value`.
pub fn all<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                match inner {
                    Value::String(reference) if key == "$ref" => found.push(reference),
                    Value::Object(mapping) if key == "mapping" => {
                        found.extend(mapping.values().filter_map(Value::as_str));
                        all(inner, found);
                    }
                    _ => all(inner, found),
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| all(inner, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reference_with_percent_escapes_is_found() {
        let document = json!({"paths": {"/a/{b}": 7}});
        let found = |reference: &str| resolve(&document, reference).cloned();
        assert_eq!(found("#/paths/~1a~1%7Bb%7D"), Some(json!(7)));
        assert_eq!(found("#/paths/absent"), None);
        assert_eq!(found("other.yaml#/x"), None);
    }

    #[test]
    fn a_name_with_reserved_characters_is_read_as_it_was_written() {
        let name = "a/b~c%d e";
        let reference = to_schema(name);
        assert_eq!(reference, "#/components/schemas/a~1b~0c%25d e");
        assert_eq!(schema_name(&reference).as_deref(), Some(name));
        assert_eq!(
            schema_name("#/components/schemas/Pay%20In").as_deref(),
            Some("Pay In")
        );
        assert_eq!(schema_name("#/components/schemas/A/properties/b"), None);
        let below = component("#/components/responses/Pay%20In/content");
        assert_eq!(below, Some(("responses", "Pay In".into())));
    }

    #[test]
    fn a_loop_of_references_ends() {
        let document =
            json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}, "c": {"$ref": "#/d"}, "d": 7});
        assert_eq!(follow(&document, &document["a"]), None);
        assert_eq!(follow(&document, &document["c"]), Some(&json!(7)));
        assert_eq!(follow(&document, &json!({"$ref": "other.yaml#/x"})), None);
        assert_eq!(followed(&document, &document["c"]), &json!(7));
        let elsewhere = json!({"$ref": "other.yaml#/x"});
        assert_eq!(followed(&document, &elsewhere), &elsewhere);
    }

    #[test]
    fn a_pointer_tells_where_the_references_end() {
        let document = json!({"a": {"$ref": "#/b"}, "b": {"$ref": "#/c/d%20e"}, "c": {"d e": 7}});
        let at = |name: &str| follow_at(&document, format!("/{name}"), &document[name]);
        assert_eq!(at("a"), Some(("/c/d e".to_owned(), &json!(7))));
        assert_eq!(at("c"), Some(("/c".to_owned(), &json!({"d e": 7}))));
    }
}
