//! Tazapay: refunds under a key, which can be read back by their id.

#[cfg(feature = "tazapay")]
mod calls;
#[cfg(all(feature = "tazapay", feature = "webhooks"))]
pub(crate) mod events;
#[cfg(feature = "tazapay")]
mod prepared;
mod request;
mod rows;
#[cfg(feature = "tazapay")]
mod state;

#[cfg(feature = "tazapay")]
pub use calls::TazapayRefunds;
pub use request::{TazapayCustomer, TazapayPhone, TazapayRefund};

use std::time::Duration;

use crate::{
    AmountNeed, AmountUnit, Capabilities, Deduplication, NextStep, PartialRefunds, ProviderName,
    ReadBack, Reconciliation, RefundIds, RefundStatus, Webhooks, WordField,
    custom::{Profile, Repetition},
    status::DocumentedWord,
};
use RefundStatus::{Cancelled, Failed, Pending, Succeeded};

/// For how long Tazapay answers a repeated key as it answered the first request.
const KEY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

const CAPABILITIES: Capabilities = Capabilities {
    provider: ProviderName::Tazapay,
    creates: true,
    retries: false,
    takes_invoices: false,
    partial_refunds: PartialRefunds::WhereThePaymentMethodAllows,
    amount: AmountNeed::Optional,
    unit: AmountUnit::Hundredths,
    deduplication: Deduplication::Key {
        header: "Idempotency-Key",
        kept: KEY_KEPT,
        only_successes: true,
    },
    read_back: ReadBack::ById,
    reconciliation: Reconciliation::ByKey,
    webhooks: Webhooks::Signed,
    ids: RefundIds::OneForAll,
};

#[cfg(feature = "tazapay")]
const CRATE: Option<provider_runtime::Provider> = Some(tazapay::PROVIDER);
#[cfg(not(feature = "tazapay"))]
const CRATE: Option<provider_runtime::Provider> = None;

pub(crate) static PROFILE: Profile = Profile::built_in(CAPABILITIES, "create_refund")
    .with_read("refund")
    .with_hints("payment_attempt")
    .with_crate(CRATE)
    .with_rows(rows::ROWS)
    .with_lookups("Lookup::TazapayRefund")
    .with_documented(WORDS)
    .with_words_in_any_case()
    // A second refund of everything is refused; of two parts, both could be paid.
    .with_repetition_of_everything(Repetition::SecondIsRefused)
    .with_repetition(Repetition::KeyKeepsSuccesses { kept: KEY_KEPT })
    .with_last_resort(NextStep::AwaitEvent)
    .with_events_in_order();

const OBJECT: &str = "object page";
const TEXT: &str = "OpenAPI text";

const fn word(word: &'static str, meaning: RefundStatus, source: &'static str) -> DocumentedWord {
    DocumentedWord {
        field: WordField::Tazapay,
        word,
        meaning: Some(meaning),
        source,
    }
}

static WORDS: &[DocumentedWord] = &[
    word("requested", Pending, OBJECT),
    word("pending", Pending, TEXT),
    word("initiated", Pending, OBJECT),
    word("processing", Pending, TEXT),
    word("succeeded", Succeeded, TEXT),
    word("failed", Failed, TEXT),
    word("rejected", Failed, OBJECT),
    word("cancelled", Cancelled, "states page"),
];
