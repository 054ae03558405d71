//! An event as it goes on the wire.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    Announcement,
    opposite::{opposite, opposite_word},
    signature,
};
use crate::{EventPart, Provider, SigningSecret, money};

/// What somebody else signs with.
const OTHER_SECRET: &str = "somebody else's secret";
/// What Kotani Pay calls its customer.
const INTEGRATOR: &str = "sandbox";

/// Headers and body of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// Who writes a letter, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// The provider, as documented.
    Provider,
    /// The provider, with another secret.
    ProviderWithOtherSecret,
    /// Somebody else, who knows no secret and says the opposite.
    Forger,
    /// Somebody on the way, who changes the body into its opposite.
    Between,
    /// The provider, with one part that says the opposite.
    ProviderInContradiction(EventPart),
}

impl Letter {
    /// Whether this part of an event has an opposite.
    pub(super) fn has_opposite(announcement: &Announcement, part: EventPart) -> bool {
        match part {
            EventPart::Name => opposite_word(&announcement.event) != announcement.event,
            EventPart::Data => {
                let data = announcement.data.value();
                opposite(&data) != data
            }
        }
    }

    /// Writes the event of this number.
    pub(super) fn write(
        announcement: &Announcement,
        number: u64,
        secret: Option<&SigningSecret>,
        hand: Hand,
    ) -> Self {
        let other_secret = SigningSecret::new(OTHER_SECRET);
        let secret = match hand {
            Hand::Provider | Hand::Between | Hand::ProviderInContradiction(_) => secret,
            Hand::ProviderWithOtherSecret | Hand::Forger => secret.map(|_| &other_secret),
        };
        let draft = Draft {
            number: if hand == Hand::Forger {
                format!("9{number:011}")
            } else {
                format!("{number:012}")
            },
            event: announcement.event.clone(),
            data: announcement.data.value(),
            at: announcement.at,
        };
        let lie = Draft {
            event: opposite_word(&draft.event),
            data: opposite(&draft.data),
            ..draft.clone()
        };
        let contradiction = match hand {
            Hand::ProviderInContradiction(EventPart::Name) => Draft {
                event: lie.event.clone(),
                ..draft.clone()
            },
            _ => Draft {
                data: lie.data.clone(),
                ..draft.clone()
            },
        };
        let (signed, sent) = match hand {
            Hand::Provider | Hand::ProviderWithOtherSecret => (&draft, &draft),
            Hand::Forger => (&lie, &lie),
            Hand::Between => (&draft, &lie),
            Hand::ProviderInContradiction(_) => (&contradiction, &contradiction),
        };
        let mut letter = match announcement.provider {
            Provider::Kotanipay => kotanipay(signed, sent, secret),
            Provider::Tazapay => tazapay(signed, sent, secret),
            Provider::Optty => bare(&json!({"event": sent.event, "data": sent.data})),
            Provider::Mce => bare(&json!({
                "eventType": sent.event,
                "notificationId": format!("NTF{}", sent.number),
                "data": sent.data,
            })),
        };
        letter.header("content-type", "application/json");
        letter
    }

    fn header(&mut self, name: &str, value: impl Into<String>) {
        self.headers.insert(name.to_owned(), value.into());
    }
}

#[derive(Clone)]
struct Draft {
    number: String,
    event: String,
    data: Value,
    at: DateTime<Utc>,
}

fn bare(body: &Value) -> Letter {
    Letter {
        headers: BTreeMap::new(),
        body: money::text(body),
    }
}

/// `{"event", "data", "signature"}`, in the order of the samples. The signature
/// is over the same without `signature`.
fn kotanipay(signed: &Draft, sent: &Draft, secret: Option<&SigningSecret>) -> Letter {
    let members = |draft: &Draft| {
        let event = Value::from(draft.event.as_str());
        format!(r#""event":{event},"data":{}"#, money::text(&draft.data))
    };
    let Some(secret) = secret else {
        return Letter {
            headers: BTreeMap::new(),
            body: format!("{{{}}}", members(sent)),
        };
    };
    let signature = signature::kotanipay(secret, &format!("{{{}}}", members(signed)));
    let mut letter = Letter {
        headers: BTreeMap::new(),
        body: format!(r#"{{{},"signature":"{signature}"}}"#, members(sent)),
    };
    letter.header("x-kotani-signature", signature);
    letter.header("x-kotani-event", sent.event.as_str());
    letter.header("x-kotani-integrator", INTEGRATOR);
    letter
}

/// `{"type", "created_at", "data", "id", "object"}`, in the order of the sample.
fn tazapay(signed: &Draft, sent: &Draft, secret: Option<&SigningSecret>) -> Letter {
    let id = format!("evt_{}", sent.number);
    let created_at = sent.at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let body = |draft: &Draft| {
        let event = Value::from(draft.event.as_str());
        let data = money::text(&draft.data);
        format!(
            r#"{{"type":{event},"created_at":"{created_at}","data":{data},"id":"{id}","object":"event"}}"#
        )
    };
    let mut letter = Letter {
        headers: BTreeMap::new(),
        body: body(sent),
    };
    if let Some(secret) = secret {
        let signature = signature::tazapay(secret, &id, &body(signed), &created_at);
        letter.header("signature", signature);
    }
    letter
}
