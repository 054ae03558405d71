//! What is signed, and how.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provider_runtime::Timestamp;
use provider_runtime::webhooks::{Delivery, Format, Malformed, Member, Scheme, Signed, members};

use super::Event;

/// How Tazapay's webhooks are read and signed.
#[derive(Debug, Clone, Copy)]
pub struct Tazapay;

/// The members of an event that its signature needs.
struct Envelope {
    name: String,
    id: String,
    created_at: String,
    occurred_at: Option<Timestamp>,
}

impl Envelope {
    fn read(body: &str) -> Result<Self, Malformed> {
        let members = members(body)?;
        let created_at = find(&members, "created_at");
        Ok(Self {
            name: find(&members, "type")
                .and_then(Member::text)
                .unwrap_or_default(),
            id: signed_text(find(&members, "id"), "id")?,
            created_at: signed_text(created_at, "created_at")?,
            occurred_at: created_at.and_then(|member| serde_json::from_str(member.value).ok()),
        })
    }
}

fn find<'m, 'b>(members: &'m [Member<'b>], name: &str) -> Option<&'m Member<'b>> {
    members.iter().find(|member| member.name == name.as_bytes())
}

/// A text without its quotes and escapes, a number as it is written.
fn signed_text(member: Option<&Member<'_>>, name: &str) -> Result<String, Malformed> {
    let is_number = |member: &&Member<'_>| {
        member
            .value
            .starts_with(|first: char| first == '-' || first.is_ascii_digit())
    };
    let number = member
        .filter(is_number)
        .map(|member| member.value.to_owned());
    number
        .or_else(|| member.and_then(Member::text))
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Malformed::new(format!("has no text `{name}`, which is signed with it")))
}

impl Format for Tazapay {
    type Event = Event;

    fn delivery(body: &str) -> Result<Delivery, Malformed> {
        let envelope = Envelope::read(body)?;
        Ok(Delivery::with_id(envelope.id, envelope.occurred_at))
    }

    fn event(body: &str) -> Event {
        let name = Envelope::read(body).map(|envelope| envelope.name);
        Event::read(&name.unwrap_or_default(), body)
    }
}

impl Scheme for Tazapay {
    const SIGNATURE_HEADER: &'static str = "signature";
    const SIGNATURE_FORM: &'static str = "the Base64 of 32 bytes, with padding";

    fn signature(value: &str) -> Option<Vec<u8>> {
        let tag = STANDARD.decode(value).ok()?;
        (tag.len() == 32).then_some(tag)
    }

    fn signed(body: &str) -> Result<Signed<'_>, Malformed> {
        let envelope = Envelope::read(body)?;
        Ok(Signed::new(vec![
            envelope.id.into_bytes().into(),
            body.as_bytes().into(),
            envelope.created_at.into_bytes().into(),
        ]))
    }

    fn near_misses(body: &str) -> Vec<(&'static str, Vec<u8>)> {
        let Ok(Envelope { id, created_at, .. }) = Envelope::read(body) else {
            return Vec::new();
        };
        let trimmed = body.trim();
        let compact = serde_json::from_str::<serde_json::Value>(body).map(|body| body.to_string());
        let mut found = vec![
            (
                "it fits the body alone, without id and created_at",
                body.to_owned(),
            ),
            (
                "it fits id and body, without created_at",
                format!("{id}{body}"),
            ),
            (
                "it fits body and created_at, without id",
                format!("{body}{created_at}"),
            ),
            (
                "it fits created_at, body and id, in this order",
                format!("{created_at}{body}{id}"),
            ),
        ];
        if trimmed != body {
            let signed = format!("{id}{trimmed}{created_at}");
            found.push(("it fits the body without the white space around it", signed));
        }
        if let Ok(compact) = compact {
            let signed = format!("{id}{compact}{created_at}");
            found.push((
                "it fits the body written anew without white space, its keys sorted",
                signed,
            ));
        }
        found
            .into_iter()
            .map(|(words, signed)| (words, signed.into_bytes()))
            .collect()
    }
}
