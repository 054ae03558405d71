//! Tazapay: the refund as its calls show it, under the event's id and time.

use provider_runtime::webhooks::Verified;
use tazapay::{Timestamp, types::RefundData, webhooks::Event};

use crate::{
    ProviderName, RefundStatus, WordField,
    evidence::{Fact, Facts, Table},
    providers::tazapay::state::{amount, tell},
    request::REFERENCE_KEY,
    webhooks::{ProviderEvent, RefundKey, RefundUpdate, Told, told::judged},
};

const NAME: ProviderName = ProviderName::Tazapay;

impl From<Verified<Event>> for RefundUpdate {
    fn from(event: Verified<Event>) -> Self {
        let told = told(
            event.event(),
            event.key(),
            event.occurred_at(),
            Table::of(NAME),
        );
        Self::new(told, ProviderEvent::Tazapay(Box::new(event)))
    }
}

pub(super) fn told(
    event: &Event,
    key: &str,
    occurred_at: Option<&Timestamp>,
    table: Table,
) -> Told {
    let data = event.refund().map(|event| &event.data);
    let named = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let status = data.and_then(|data| {
        let word = data.status.as_ref().map(ToString::to_string);
        // Without a status, what the event's name means; `refund.created` means none.
        let meaning = match event {
            Event::RefundPending(_) => Some(RefundStatus::Pending),
            Event::RefundSucceeded(_) => Some(RefundStatus::Succeeded),
            Event::RefundFailed(_) => Some(RefundStatus::Failed),
            _ => None,
        };
        word.filter(|word| !word.is_empty())
            .map_or(meaning, |word| {
                Some(RefundStatus::from_word(WordField::Tazapay, &word))
            })
    });
    let mut facts = Facts::new();
    if let Some(event) = event.refund() {
        facts
            .put(Fact::Envelope, Some(event.type_.as_str()))
            .put(Fact::Body, event.object.as_deref());
        tell(&mut facts, &event.data, None);
    }
    let (status, contradicted_by) = judged(table, &facts, status);
    Told {
        provider: NAME,
        refund: data
            .and_then(|data| named(&data.id))
            .map(|id| RefundKey::new(NAME, id)),
        reference: data.and_then(reference),
        transaction: data.and_then(|data| named(&data.payin)),
        status,
        contradicted_by,
        amount: data.and_then(amount),
        occurred_at: occurred_at.cloned(),
        key: key.to_owned(),
    }
}

/// Ours, if it travelled under the default key.
fn reference(data: &RefundData) -> Option<String> {
    let told = data.metadata.as_ref()?.get(REFERENCE_KEY)?;
    (!told.is_empty()).then(|| told.clone())
}
