//! The body as it is signed: without its signature, written anew.

use provider_runtime::webhooks::{Malformed, Member, members};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::value::RawValue;

/// Objects and lists within one another. Documented bodies have four.
const DEEPEST: usize = 64;

/// The member that is not signed.
const SIGNATURE: &[u8] = b"signature";

/// What is signed of a body, and the signature that the body has itself, as a JSON value.
#[derive(Debug)]
pub(super) struct SignedText<'a> {
    pub(super) text: Vec<u8>,
    pub(super) signature: Option<&'a str>,
}

/// Writes `body` as it is signed.
///
/// # Errors
///
/// [`Malformed`] for what is no JSON object, is nested too deeply, or has two members of one name.
pub(super) fn of(body: &str) -> Result<SignedText<'_>, Malformed> {
    let mut signature = None;
    let mut signed = Vec::new();
    for member in members(body)? {
        if member.name == SIGNATURE {
            signature = Some(member.value);
        } else {
            signed.push(member);
        }
    }
    let mut text = Vec::with_capacity(body.len());
    write_object(&signed, 1, &mut text)?;
    Ok(SignedText { text, signature })
}

fn write_object(members: &[Member<'_>], depth: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    out.push(b'{');
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write_text(&member.name, out);
        out.push(b':');
        write_value(member.value, depth, out)?;
    }
    out.push(b'}');
    Ok(())
}

fn write_value(value: &str, depth: usize, out: &mut Vec<u8>) -> Result<(), Malformed> {
    match value.as_bytes().first() {
        Some(b'{' | b'[') if depth == DEEPEST => {
            Err(Malformed::new("is nested more deeply than any event"))
        }
        Some(b'{') => write_object(&members(value)?, depth + 1, out),
        Some(b'[') => {
            let items: Vec<&RawValue> = read(value)?;
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(item.get(), depth + 1, out)?;
            }
            out.push(b']');
            Ok(())
        }
        Some(b'"') => {
            let Text(text) = read(value)?;
            write_text(&text, out);
            Ok(())
        }
        // A number keeps its text, and a word has one only.
        _ => {
            out.extend_from_slice(value.as_bytes());
            Ok(())
        }
    }
}

fn read<'a, T: Deserialize<'a>>(value: &'a str) -> Result<T, Malformed> {
    serde_json::from_str(value).map_err(|_| Malformed::new("is not JSON"))
}

/// Writes a text, in UTF-8 but for lone surrogates (WTF-8), with the escapes of `JSON.stringify`
/// (ECMA-262, QuoteJSONString).
fn write_text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match (byte, tail) {
            (b'"' | b'\\', _) => out.extend([b'\\', byte]),
            (0x08, _) => out.extend(b"\\b"),
            (b'\t', _) => out.extend(b"\\t"),
            (b'\n', _) => out.extend(b"\\n"),
            (0x0c, _) => out.extend(b"\\f"),
            (b'\r', _) => out.extend(b"\\r"),
            (0..0x20, _) => out.extend(format!("\\u{byte:04x}").bytes()),
            // The three bytes of a surrogate; those of another character begin otherwise.
            (0xed, [second @ 0xa0..=0xbf, third, after @ ..]) => {
                let low_bits = u16::from(second & 0x3f) << 6 | u16::from(third & 0x3f);
                out.extend(format!("\\u{:04x}", 0xd000 | low_bits).bytes());
                rest = after;
            }
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// A text as bytes: serde_json takes lone surrogates in no other form.
struct Text(Vec<u8>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Text;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(bytes.to_owned()))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(body: &str) -> String {
        String::from_utf8(of(body).unwrap().text).unwrap()
    }

    #[test]
    fn numbers_and_the_order_of_members_stay_as_they_came() {
        for body in [
            r#"{"data":{"b":38.50,"a":1e3,"c":[1.0,-0,100000000000000000000000]},"event":"x"}"#,
            r#"{"event":"x","data":{"7":1E+2,"1":0.10}}"#,
            r#"{"event":"é ü 漢 😀","data":{"été":null,"a":[true,false,[],{}]}}"#,
            "{}",
        ] {
            assert_eq!(signed(body), body);
        }
    }

    #[test]
    fn white_space_between_values_goes_and_within_texts_stays() {
        let body = " {\r\n\t\"event\" : \"a  b\" ,\n \"data\" : [ 1 , { } ] } ";
        assert_eq!(signed(body), r#"{"event":"a  b","data":[1,{}]}"#);
    }

    // Expected by `JSON.stringify(JSON.parse(body))` of ECMA-262: QuoteJSONString escapes quote, backslash, the
    // controls below U+0020 and lone surrogates, and nothing else.
    #[test]
    fn texts_are_escaped_as_javascript_does() {
        for (body, expected) in [
            (r#"{"a":"\u00e9\u4e2d\ud83d\ude00"}"#, r#"{"a":"é中😀"}"#),
            (r#"{"a":"\/\u0022\u005c"}"#, r#"{"a":"/\"\\"}"#),
            (
                r#"{"a":"\u0008\u0009\u000a\u000c\u000d\u0000\u001F"}"#,
                r#"{"a":"\b\t\n\f\r\u0000\u001f"}"#,
            ),
            (
                "{\"a\":\"\\u007f\\u2028\\u2029\"}",
                "{\"a\":\"\u{7f}\u{2028}\u{2029}\"}",
            ),
            (r#"{"a":"\uD800x\udFfF"}"#, r#"{"a":"\ud800x\udfff"}"#),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\ud83d😀"}"#),
            (r#"{"\u0061\ud800":1}"#, r#"{"a\ud800":1}"#),
            // U+D7FF and U+E000 stand on both sides of the surrogates.
            (r#"{"a":"\ud7ff\ue000"}"#, "{\"a\":\"\u{d7ff}\u{e000}\"}"),
        ] {
            assert_eq!(signed(body), expected, "{body}");
        }
    }

    #[test]
    fn only_the_signature_of_the_body_itself_is_taken_out() {
        let body = r#"{"signature":"s","event":"x","data":{"signature":"kept"}}"#;
        let found = of(body).unwrap();
        assert_eq!(found.signature, Some("\"s\""));
        assert_eq!(found.text, br#"{"event":"x","data":{"signature":"kept"}}"#);
    }

    #[test]
    fn what_readers_may_understand_differently_is_refused() {
        for body in [
            r#"{"event":"a","event":"b"}"#,
            r#"{"signature":"a","signature":"b"}"#,
            r#"{"data":{"a":1,"\u0061":2}}"#,
            r#"{"data":[[{"a":1,"a":1}]]}"#,
        ] {
            let problem = of(body).unwrap_err().to_string();
            assert!(
                problem.contains("two members of one name"),
                "{body}: {problem}"
            );
        }
    }

    #[test]
    fn a_body_is_as_deep_as_an_event_at_most() {
        let nested =
            |depth: usize| format!("{{\"data\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(signed(&nested(DEEPEST - 1)), nested(DEEPEST - 1));
        for depth in [DEEPEST, 100_000] {
            let problem = of(&nested(depth)).unwrap_err().to_string();
            assert!(problem.contains("nested"), "{problem}");
        }
    }
}
