//! What is signed, and how.

use provider_runtime::Timestamp;
use provider_runtime::webhooks::{Delivery, Format, Malformed, Scheme, Signed, members};
use serde::Deserialize;

use super::{Event, signed_text};

/// How Kotani Pay's webhooks are read and signed.
#[derive(Debug, Clone, Copy)]
pub struct KotaniPay;

/// Begins a signature.
const PREFIX: &str = "sha256=";
/// Length of an HMAC-SHA256 in hexadecimal digits.
const DIGITS: usize = 64;

/// Where the events that have a time have it.
#[derive(Deserialize)]
struct Dated {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    timestamp: Timestamp,
}

impl Format for KotaniPay {
    type Event = Event;

    fn delivery(body: &str) -> Result<Delivery, Malformed> {
        let signed = signed_text::of(body)?;
        let dated = serde_json::from_str::<Dated>(body);
        let occurred_at = dated.ok().map(|dated| dated.data.timestamp);
        Ok(Delivery::by_content(&signed.text, occurred_at))
    }

    fn event(body: &str) -> Event {
        let members = members(body).unwrap_or_default();
        let name = members.iter().find(|member| member.name == b"event");
        let name = name.and_then(|member| member.text()).unwrap_or_default();
        Event::read(&name, body)
    }
}

impl Scheme for KotaniPay {
    const SIGNATURE_HEADER: &'static str = "X-Kotani-Signature";
    const SIGNATURE_FORM: &'static str = "sha256= and 64 lower-case hexadecimal digits";

    fn signature(value: &str) -> Option<Vec<u8>> {
        tag(value.strip_prefix(PREFIX)?)
    }

    fn signed(body: &str) -> Result<Signed<'_>, Malformed> {
        let signed = signed_text::of(body)?;
        let repeated = signed.signature.and_then(repeated);
        Ok(Signed::new(vec![signed.text.into()]).with_repeated(repeated))
    }

    fn near_misses(body: &str) -> Vec<(&'static str, Vec<u8>)> {
        let mut found = vec![("it fits the body as it came", body.into())];
        let Ok(members) = members(body) else {
            return found;
        };
        let data = members.iter().find(|member| member.name == b"data");
        found.extend(data.map(|data| ("it fits the data alone", data.value.into())));
        // A body that something on the way has parsed and written anew.
        if let Ok(serde_json::Value::Object(mut body)) = serde_json::from_str(body) {
            body.remove("signature");
            let sorted = serde_json::Value::Object(body).to_string();
            let words = "it fits the body with its numbers written anew and its members sorted";
            found.push((words, sorted.into()));
        }
        found
    }
}

fn tag(digits: &str) -> Option<Vec<u8>> {
    let is_lower_case = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_tag = digits.len() == DIGITS && digits.bytes().all(is_lower_case);
    is_tag.then(|| hex::decode(digits).ok()).flatten()
}

/// The signature that a body has itself, if it is a whole one; one that cannot fit if it is long enough to
/// be one and is none.
fn repeated(value: &str) -> Option<Vec<u8>> {
    if value == "null" {
        return None;
    }
    let Ok(text) = serde_json::from_str::<String>(value) else {
        // No provider writes it, and nothing else would tell that it was altered.
        return Some(Vec::new());
    };
    let digits = text.strip_prefix(PREFIX).unwrap_or(&text);
    (text.len() >= DIGITS).then(|| tag(digits).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_the_documented_form_and_no_other() {
        let digits = "0f".repeat(32);
        let tag = [0x0f; 32].to_vec();
        assert_eq!(KotaniPay::signature(&format!("sha256={digits}")), Some(tag));
        for value in [
            String::new(),
            digits.clone(),
            format!("sha256={}", digits.to_uppercase()),
            format!("SHA256={digits}"),
            format!("sha256={digits}00"),
            format!("sha256={}", &digits[2..]),
            format!(" sha256={digits}"),
            "sha256=…".to_owned(),
        ] {
            assert_eq!(KotaniPay::signature(&value), None, "{value}");
        }
    }

    #[test]
    fn a_signature_in_the_body_counts_if_it_is_long_enough_for_one() {
        let digits = "0f".repeat(32);
        let whole = format!("\"sha256={digits}\"");
        assert_eq!(repeated(&whole), Some(vec![0x0f; 32]));
        assert_eq!(repeated(&format!("\"{digits}\"")), Some(vec![0x0f; 32]));
        for broken in [
            whole.replacen("0f", "0g", 1),
            whole.replacen("sha", "sah", 1),
            "7".to_owned(),
            "{}".to_owned(),
            "\"\\ud800\"".to_owned(),
        ] {
            assert_eq!(repeated(&broken), Some(Vec::new()), "{broken}");
        }
        for other in ["\"sha256=…\"", "\"\"", "null"] {
            assert_eq!(repeated(other), None, "{other}");
        }
    }
}
